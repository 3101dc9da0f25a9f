//! The registry: what was decided, by whom, in which order, in plain files.
//!
//! A registry is a folder. `ledger/00000042.dsse.json` holds one signed event each: never changed,
//! created only if it is not there, naming the digest of the event before it. `objects/sha256/…`
//! holds the evidence that events rest on, under its digest. Whatever else is in the folder is a
//! cache (`heads/`) or a reader's memory (`pins/`) and can be thrown away.
//!
//! [`Registry::load`] replays the ledger: each event's signature, place in the chain, time and
//! signer are checked ([`ledger`]), and a pure fold over the events gives the [`State`]: which
//! versions there are, which runs where, what was asked, approved, held, revoked. An event that
//! the state does not allow is a fault, as a broken signature is. [`Registry::append`] adds an
//! event by compare-and-swap: of two that want the same place one wins, and the other is told who
//! did. [`audit()`] looks at everything and tells all that is wrong.
//!
//! # Who is believed
//!
//! An event counts when its signer counted *at the event's own time*: known to the keyring then in
//! force in the ledger itself, in the key's time, not revoked, allowed to sign events and to speak
//! for the event's environment, with the role it claims. With a keyring from outside
//! ([`Anchor::Keyring`]) the signer has to count by that one too. A key that was revoked still
//! proves what it signed before, and nothing it signed later: an event by it counts only if its
//! time lies before `revoked_at` *and* it stands in the chain before the `keyring-changed` event
//! that records the revocation. As long as no event records it the ledger is refused, since nobody
//! could tell an event from before from one that is slipped in today.
//!
//! Where a policy is in force, who promotes, rolls back or drills needs the role that its door wants,
//! and who releases a hold one that has a say there, by the policy in force at that event: an event
//! that somebody wrote by hand is refused as the commands would have refused to write it. So is one
//! whose request or verification summary says something else. Whether the door was open is decided again by [`audit()`] and by whoever acts
//! upon an event ([`decide_again`], [`Replayed::misdecided`]).
//!
//! Whoever changes the keyring or the policy changes whom and what to believe: an identity needs
//! [`GOVERNANCE_TYPE`](event::GOVERNANCE_TYPE) among its listed `predicates` for that, and for what
//! makes anything easier the consent of a second one ([`governance`]).
//!
//! # Time
//!
//! Each event bears the time of its writer's clock, and may lie a few minutes before the latest, not
//! more: whoever could date back could use keys and approvals whose time is over. So one clock that
//! was far ahead keeps all others from writing. It is not written where the writer's own clock is
//! known to say something else ([`Moment`]); where it stands in the ledger, somebody who may change
//! keyring and policy corrects it ([`EventBody::ClockCorrected`]), by an event whose time is held to
//! the last one before. Giving later events the wrong time instead would need nobody, but would let a
//! forger choose from when on approvals age and keys are over. Taking the latest time down by itself,
//! as soon as somebody writes an earlier one, would let everybody date back. What was dated ahead
//! counts from then on as written at the last time before it ([`State::believed_time`]), and until
//! then doors do not count it at all.
//!
//! # What a folder cannot tell
//!
//! A folder cannot tell that its last events were cut off, nor that all of it was written anew with
//! keys of somebody's own: that takes a keyring and a [`Pin`] kept elsewhere.
//!
//! This module reads no clock and no environment.

pub mod approval;
pub mod audit;
mod bars;
mod by_files;
mod decided_again;
pub mod door;
mod error;
pub mod event;
pub mod governance;
pub mod heads;
pub mod hearing;
mod json_schema;
pub mod ledger;
mod misdecision;
mod moment;
pub mod objects;
pub mod passport;
pub mod pin;
mod registry_folder;
mod replayed;
pub mod request;
pub mod state;
mod statement;
pub mod summary;

pub use audit::{Audit, AuditFault, audit};
pub use bars::{Bar, Bars};
pub use by_files::{ByFiles, Named};
pub use decided_again::decide_again;
pub use error::RegistryError;
pub use event::{Event, EventBody, Subject};
pub use json_schema::json_schemas;
pub use ledger::{Anchor, EventFault, Head, Seq, VerifiedEvent};
pub use misdecision::Misdecision;
pub use moment::Moment;
pub use objects::{ObjectError, Objects};
pub use passport::Passport;
pub use pin::{Pin, PinFault};
pub use registry_folder::{Appended, Registry};
pub use replayed::Replayed;
pub use state::State;
