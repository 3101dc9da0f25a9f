//! One action, done.

use super::decision::Decision;
use super::difference::Difference;
use super::error::DeliveryError;
use super::outside::Outside;
use super::{exec, file, github, gitlab, mlflow, webhook};
use crate::policy::Action;
use crate::registry::event::{Comment, VersionName};
use crate::verdict::text;

/// What came of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Where it can be seen: an address, a path, what a program said.
    pub reference: Comment,
    /// Whether anything had to be done.
    pub change: Change,
}

/// Whether anything had to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was done now.
    Made,
    /// It had been done before.
    Found,
}

impl Delivered {
    /// The reference is cut and made harmless: servers and programs give it.
    pub(super) fn new(reference: &str, change: Change) -> Self {
        let shown = text::printable(&text::cut(reference.trim(), REFERENCE_CHARS_MAX));
        let shown = if shown.is_empty() { "done" } else { shown.as_str() };
        let nothing = || "done".parse().expect("a word is a comment");
        Self { reference: shown.parse().unwrap_or_else(|_| nothing()), change }
    }
}

/// Does what an action says about a decision, as far as it has not been done before.
///
/// # Errors
/// [`DeliveryError`]; what was done until then stays, and a second call goes on from there.
pub fn deliver(
    action: &Action,
    decision: &Decision,
    outside: &Outside,
) -> Result<Delivered, DeliveryError> {
    match action {
        Action::Mlflow { url, model, alias } => {
            mlflow::deliver(mlflow::Address { url, model, alias }, decision, outside)
        }
        Action::Exec { argv, timeout_seconds } => {
            exec::deliver(argv, *timeout_seconds, decision, outside)
        }
        Action::Webhook { url } => webhook::deliver(url, decision, outside),
        Action::Github { url, repository } => github::deliver(url, repository, decision, outside),
        Action::Gitlab { url, project } => gitlab::deliver(url, project, decision, outside),
        Action::File { folder } => file::deliver(folder, decision, outside),
    }
}

/// What stands outside otherwise than a decision that is in force says, where that can be looked
/// at: alias and tags of a registered model. Puts it right when `mend` says so; what is given is
/// what was found before.
///
/// `about` are the last decisions about the versions that it names, in any environment: a version
/// has its tags once, however many environments it runs in.
///
/// # Errors
/// [`DeliveryError`]; what was put right until then stays.
pub fn compare(
    action: &Action,
    decision: &Decision,
    about: &[(&VersionName, &Decision)],
    mend: bool,
    outside: &Outside,
) -> Result<Vec<Difference>, DeliveryError> {
    match action {
        Action::Mlflow { url, model, alias } => {
            let address = mlflow::Address { url, model, alias };
            mlflow::compare(address, decision, about, mend, outside)
        }
        Action::Exec { .. }
        | Action::Webhook { .. }
        | Action::Github { .. }
        | Action::Gitlab { .. }
        | Action::File { .. } => Ok(Vec::new()),
    }
}

/// Longest reference that is kept: addresses are shorter.
const REFERENCE_CHARS_MAX: usize = 500;
