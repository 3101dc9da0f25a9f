//! A progress bar for people who watch; nothing in a log.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::quantity::{Bytes, Rows};
use crate::snapshot::StableFile;

/// Shows how many bytes of the files are read, of how many rows.
pub(in crate::cli) struct Progress {
    bar: ProgressBar,
    watcher: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Shows nothing.
    #[must_use]
    pub(in crate::cli) fn hidden() -> Self {
        Self {
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
            watcher: None,
        }
    }

    /// A bar over the bytes to be read of some files that hold so many rows.
    #[must_use]
    pub(in crate::cli) fn shown(total: Bytes, rows: Rows, files: Vec<StableFile>) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total.0), ProgressDrawTarget::stderr());
        let rows = HumanCount(rows.0);
        let template = format!(
            "{{bar:30}} {{bytes}} of {{total_bytes}}, {rows} rows, {{bytes_per_sec}}, {{eta}} left"
        );
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        let (sender, ended) = channel::<()>();
        let shown = bar.clone();
        let watch = move || {
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let read: u64 = files.iter().map(|file| file.bytes_read().0).sum();
                // Pages looked at twice are no progress beyond the end.
                shown.set_position(read.min(total.0));
            }
        };
        Self { bar, watcher: Some((sender, std::thread::spawn(watch))) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, watcher)) = self.watcher.take() {
            drop(sender);
            // A bar that failed is no reason to fail.
            drop(watcher.join());
        }
        self.bar.finish_and_clear();
    }
}

const TICK: Duration = Duration::from_millis(100);
