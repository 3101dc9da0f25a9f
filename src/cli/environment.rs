//! The one place that asks the machine: time, folders, terminal.

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::exit_code::ExitCode;
use super::failure::Failure;
use crate::clock::{Clock, FixedClock, Timestamp};
use crate::registry::Moment;

/// What a command may know of the machine it runs on.
pub(in crate::cli) struct Environment {
    clock: FixedClock,
    /// Whether `SOURCE_DATE_EPOCH` is the clock.
    clock_given: bool,
    /// Whether people watch standard error.
    pub(in crate::cli) watched: bool,
    /// Columns of the terminal, or of a page.
    pub(in crate::cli) width: usize,
    state: Option<PathBuf>,
    key_password: Option<OsString>,
}

impl Environment {
    /// Reads the environment of the process. The time is that of the start, or
    /// `SOURCE_DATE_EPOCH` when set.
    ///
    /// # Errors
    /// [`Failure`] with [`ExitCode::Usage`] when `SOURCE_DATE_EPOCH` is no instant.
    pub(in crate::cli) fn of_process() -> Result<Self, Failure> {
        let given = std::env::var("SOURCE_DATE_EPOCH").ok();
        let now = match &given {
            Some(text) => {
                let seconds = text.trim().parse::<i64>().map_err(|_| {
                    let message = format!("SOURCE_DATE_EPOCH is `{text}`, not seconds since 1970");
                    Failure::new(ExitCode::Usage, message)
                })?;
                Timestamp::from_unix_seconds(seconds).ok_or_else(|| {
                    let message = format!("{seconds} seconds since 1970 are no date");
                    Failure::new(ExitCode::Usage, message)
                })?
            }
            None => machine_clock()
                .ok_or_else(|| Failure::new(ExitCode::Usage, "the machine's clock says no date"))?,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let state = folder("XDG_STATE_HOME").filter(|path| path.is_absolute());
        let state = state.or_else(|| Some(folder("HOME")?.join(".local").join("state")));
        Ok(Self {
            clock: FixedClock(now),
            clock_given: given.is_some(),
            watched: std::io::stderr().is_terminal() && std::env::var_os("CI").is_none(),
            width: columns.unwrap_or(PAGE_COLUMNS),
            state: state.map(|path| path.join("driftgate")),
            key_password: std::env::var_os("DRIFTGATE_KEY_PASSWORD"),
        })
    }

    /// The instant of this run.
    #[must_use]
    pub(in crate::cli) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time of an event that is written now, and the clock that it must not lie ahead of: the
    /// machine's own may have been set back since the start. Where `SOURCE_DATE_EPOCH` is set it is
    /// the clock, and the machine's is not asked.
    #[must_use]
    pub(in crate::cli) fn moment(&self) -> Moment {
        let clock = if self.clock_given { None } else { machine_clock() };
        Moment { at: self.now(), clock }
    }

    /// The password of encrypted keys, where the environment has one.
    #[must_use]
    pub(in crate::cli) fn key_password(&self) -> Option<&[u8]> {
        self.key_password.as_deref().map(OsStr::as_encoded_bytes)
    }

    /// The folder for what outlives a run: the local development key.
    ///
    /// # Errors
    /// [`Failure`] when neither `XDG_STATE_HOME` nor `HOME` is set.
    pub(in crate::cli) fn state_folder(&self) -> Result<PathBuf, Failure> {
        self.state.clone().ok_or_else(|| {
            Failure::new(ExitCode::Usage, "no folder for a local development key")
                .hint("set HOME, or give a key with `--key`")
        })
    }
}

/// What the machine's clock says; none outside the years that can be written.
fn machine_clock() -> Option<Timestamp> {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    };
    Timestamp::from_unix_seconds(seconds)
}

const PAGE_COLUMNS: usize = 100;
