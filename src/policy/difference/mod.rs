//! What a new policy changes: which demands became stricter, which looser.
//!
//! Parsed policies are compared, so comments, order of keys and the way a number is written do
//! not count. Where the direction cannot be told from the policies alone (another regular
//! expression, another set of columns on both ends, an action outside) it is unclear, never a guess:
//! whoever decides by it has to reckon with the worse.

mod between;
mod change;
mod columns;
mod doors;
mod gates;

pub use between::differences;
pub use change::{Change, ChangeDirection};
