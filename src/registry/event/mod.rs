//! An event: one thing that happened to a model, its version or the registry itself.
//!
//! [`EventBody`] says what happened, [`Event`] adds where in the ledger and when; signed as an
//! in-toto statement ([`Event::statement`]) whose subjects are the objects it rests on, and read
//! back strictly ([`Event::read`]): spelled to the byte as this version would spell it. Names in
//! events ([`words`]) are short and plain, since they become file names and stand in messages.
//!
//! Nothing here knows whether an event is allowed: [`State`](super::State) does.
//!
//! ```
//! use driftgate::registry::EventBody;
//!
//! let body: EventBody = serde_json::from_str(
//!     r#"{"kind":"hold-placed","model":"fraud","environment":"prod","version":null,
//!         "role":"owner","comment":"labels are late"}"#,
//! )?;
//! assert_eq!(body.kind(), "hold-placed");
//! assert_eq!(body.environment().map(AsRef::as_ref), Some("prod"));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod body;
pub(in crate::registry) mod instant;
mod json_schema;
mod place;
mod statement;
pub mod words;

pub use crate::signing::keyring::GOVERNANCE_TYPE;
pub use body::{ActionOutcome, EventBody};
pub use json_schema::json_schema;
pub(in crate::registry) use json_schema::{Instant, Sha256Hex};
pub use place::{EventReference, Seq};
pub use statement::{EVENT_BYTES_MAX, EVENT_TYPE, Event, EventError, SCHEMA_VERSION, Subject};
pub use words::{
    ActionName, Comment, EnvironmentName, GateName, ModelName, RoleName, SubjectName, VersionName,
};
