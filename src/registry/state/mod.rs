//! What follows from the events: a pure fold, without files, keys or clocks.
//!
//! [`State::apply`] takes one [`Entry`] after the other and refuses the first that the state does
//! not allow, with the reason ([`Transition`]) and unchanged itself. Same entries, same state: so
//! the state as it was at any event is that of the events up to it.
//!
//! Rules that hold whoever signs: only what was registered is asked for, only what was asked for
//! is promoted and only once, from the version that runs; a report opens an environment once; a
//! hold stops promotions, and rollbacks to the version it is about; what is rolled back to ran
//! there before; a revoked version goes nowhere. What an approval is worth, how many it takes and
//! when a request expires is judged by those who ask.

mod apply;
mod dated;
mod entry;
mod model;
mod request;
mod revoked;
mod runs;
mod state_now;
mod times;
mod transition;

pub use dated::Dated;
pub use entry::Entry;
pub use model::{Drill, Hold, Model, Move, Place, Report, Revocation, Step, Version};
pub use request::{Approval, Request, RequestState};
pub use state_now::{Actions, State};
pub(in crate::registry) use times::Times;
pub use transition::Transition;
