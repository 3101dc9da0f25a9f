//! One report in many writings: a file for each.
//!
//! | format | for |
//! |---|---|
//! | [`terminal`] | a person at a prompt or reading a log |
//! | [`json`] | other programs |
//! | [`markdown`] | a comment on a pull request |
//! | [`junit`] | CI servers that show test results |
//! | [`github`] | annotations beside the policy's lines |
//!
//! Each writes the document and nothing else, decides nothing, and treats every name and value
//! as hostile: what could command a terminal, end a tag, break a table or start a workflow
//! command is escaped in the manner of the format.

pub mod github;
pub mod json;
pub mod junit;
mod label;
pub mod markdown;
mod table;
pub mod terminal;

pub use super::histogram::Charset;
pub use label::headline;
