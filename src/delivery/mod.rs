//! What happens outside after a decision: a registered model's alias moves, a program runs, people
//! are told.
//!
//! The ledger has decided already; what is done here follows from an event that stands in it, may
//! fail without making the event untrue, and is tried again by whoever reconciles. So every kind of
//! action looks first and then does what is missing: an alias that points to the version is left
//! alone, an issue whose text names the event is not opened again, a document that was posted twice
//! carries the same key. Only a program cannot be looked at; it is given the event by its digest and
//! has to tell a repetition itself.
//!
//! [`deliver()`] takes one [`Action`](crate::policy::Action) of a policy, the [`Decision`] and the
//! [`Outside`], which is what `cli` knows of the world: a client, tokens, a folder. It gives the
//! place where what was done can be seen. Texts of the policy are filled in by
//! [`Texts`](texts::Texts): `{model}`, `{version}`, `{environment}`, `{event}`, `{snapshot}`.
//!
//! What was done can be undone by anybody with access there: [`compare`] finds an alias or a tag that
//! no longer says what was decided, and puts it right.
//!
//! Whether the decision still stands is for the caller: an alias moved for a promotion that another
//! has followed since would point to the wrong version.

mod answer;
mod decision;
mod deliver;
mod difference;
mod error;
mod exec;
mod file;
mod github;
mod gitlab;
mod issue;
mod mlflow;
mod outside;
mod running;
#[cfg(test)]
mod tests;
pub mod texts;
mod webhook;

pub use decision::{Answered, DOCUMENT_TYPE, Decision, DecisionKind};
pub use deliver::{Change, Delivered, compare, deliver};
pub use difference::Difference;
pub use error::DeliveryError;
pub use exec::OUTPUT_BYTES_MAX;
pub use outside::{Outside, Tokens};
pub use running::ProgramFault;
