//! Where the time of a check went, for those who ask.

use std::fmt::Write;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount};

/// Seconds of each phase, as measured by the wall clock.
pub(in crate::cli) struct Timings {
    started: Instant,
    phase: Instant,
    lines: Vec<(&'static str, Duration, String)>,
}

impl Timings {
    /// Starts counting.
    #[must_use]
    pub(in crate::cli) fn start() -> Self {
        let now = Instant::now();
        Self { started: now, phase: now, lines: Vec::new() }
    }

    /// Ends the phase that began when the one before ended; `note` is made of its length.
    pub(in crate::cli) fn end(&mut self, name: &'static str, note: impl Fn(Duration) -> String) {
        let now = Instant::now();
        let spent = now.duration_since(self.phase);
        self.lines.push((name, spent, note(spent)));
        self.phase = now;
    }

    /// Ends a phase whose parts were timed one by one.
    pub(in crate::cli) fn of_parts(&mut self, parts: &[(&'static str, Duration, String)]) {
        self.lines.extend_from_slice(parts);
        self.phase = Instant::now();
    }

    /// The phases, a line each, with the whole in the first.
    #[must_use]
    pub(in crate::cli) fn text(&self) -> String {
        let whole = self.started.elapsed().as_secs_f64();
        let mut text = format!("timings     {whole:.3} s");
        for (name, spent, note) in &self.lines {
            let seconds = spent.as_secs_f64();
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  {name:<10}{seconds:.3} s   {note}");
        }
        text
    }
}

/// Does work and says how long it took.
pub(in crate::cli) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let done = work();
    (done, started.elapsed())
}

/// Bytes, and how many in a second.
pub(in crate::cli) fn rate(bytes: u64, spent: Duration) -> String {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is rounded anyway"
    )]
    let per_second = (bytes as f64 / spent.as_secs_f64().max(1e-9)) as u64;
    format!("{} ({}/s)", HumanBytes(bytes), HumanBytes(per_second))
}

/// A large number with its thousands apart.
pub(in crate::cli) fn count(number: u64) -> String {
    HumanCount(number).to_string()
}
