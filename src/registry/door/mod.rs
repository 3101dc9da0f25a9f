//! A door: whether a version may run in an environment, as a checklist.
//!
//! [`examine`] holds a version to the [`DoorRule`](crate::policy::DoorRule) of an environment: the
//! registry's state, the version's passport, the signed reports that were taken up for it, the
//! approvals of a request. Each demand becomes an [`Item`] that is met or says, with a stable code,
//! why not; a demand that nothing answers is not met. The door is open when every item is.
//!
//! Reports are believed for what they prove ([`believe`]): signed by somebody whom the keyring in
//! force lets sign for the environment, in time, made under the policy in force, decided again from
//! their own numbers, about this version, compared with what runs now, and about the answers that the
//! passport names where it names any. Of several reports that answer a gate the newest counts, so
//! that a failure is not hidden behind an older pass. Neither is it hidden by asking again: a report
//! that answers another request, or was used for this environment before, opens no door, but what
//! failed in it counts.
//!
//! Pure: bytes come in, no file is read, no clock looked at.

mod approvals;
mod asked;
mod examine;
mod gates;
mod item;
mod objection;
mod reports;

pub use approvals::withdrawn;
pub use asked::{Asked, Ground, Void, lapse};
pub use examine::{Case, Drilled, Others, Stable, examine};
pub use item::{Checklist, Item, Standing};
pub use objection::{lapsed, objection, redundance, welcome};
pub use reports::{Believed, Evidence, Reason, believe};
