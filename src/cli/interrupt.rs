//! Signals that end the process, and what is tidied up before.

use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::durable::abandon;

/// From here on, `SIGINT` and `SIGTERM` take this process's temporary files away before they end
/// it as they otherwise would: whoever waits for it sees a process ended by that signal.
///
/// `SIGHUP` is left alone, so that `nohup` can have it ignored.
pub(super) fn tidy_up_when_interrupted() {
    // Without handlers or a thread, the signals end the process as they do any other.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let tidy_up = move || {
        if let Some(signal) = signals.forever().next() {
            abandon();
            drop(emulate_default_handler(signal));
        }
    };
    drop(thread::Builder::new().name("signals".to_owned()).spawn(tidy_up));
}
