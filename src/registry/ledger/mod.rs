//! The chain of events: files, and what each has to be to follow the one before.
//!
//! [`LedgerFolder`] reads and creates the files and knows nothing of what they say. A [`Chain`]
//! holds what is known after the events so far and takes the next one: the bytes have to be an
//! envelope signed by somebody who counts, its payload an event spelled as we would, of this
//! registry, with the number that follows and the digest of the file before, not earlier than the
//! latest time so far, by a signer with the role it claims and the one that the policy in force wants,
//! on objects that say what it says, and allowed by the state. A [`VerifiedEvent`] comes out of a chain alone.

mod anchor;
mod chain;
mod changes;
mod doors;
mod fault;
mod folder;
mod founding;
mod papers;
mod signers;
mod spelling;
mod verified_event;

pub use anchor::Anchor;
pub use chain::{CLOCK_SKEW_SECONDS_MAX, Chain};
pub use fault::{EventFault, FolderFault};
pub use folder::{ENTRIES_MAX, LedgerFolder};
pub use verified_event::VerifiedEvent;

pub use super::event::{EventReference as Head, Seq};
