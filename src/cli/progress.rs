//! A progress bar for people who watch; nothing in a log.

use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::quantity::{Bytes, Rows};

/// Shows how many columns are done of how much data.
pub(in crate::cli) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over `columns`; hidden unless `watched`.
    #[must_use]
    pub(in crate::cli) fn new(columns: usize, rows: Rows, bytes: Bytes, watched: bool) -> Self {
        let target =
            if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(columns as u64), target);
        let data = format!("{} rows, {}", HumanCount(rows.0), HumanBytes(bytes.0));
        let template = format!("{{bar:30}} {{pos}}/{{len}} columns of {data}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// One more column is done.
    pub(in crate::cli) fn advance(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
