//! The kinds there are: the one list to add to.

use std::fmt;
use std::sync::Arc;

use schemars::{Schema, SchemaGenerator};

use super::{
    Criterion, evaluation, fairness, observability, parity, performance, security, unit_tests,
};
use crate::yaml::{Faults, Fields};

/// A kind of gate.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The word after `kind:`.
    pub word: &'static str,
    /// Reads a gate's own keys; `name`, `severity`, `owner`, `message` and `kind` were asked for.
    pub(crate) read: fn(&mut Fields<'_>, &mut Faults) -> Option<Arc<dyn Criterion>>,
    /// The form of a gate of this kind, for editors.
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
}

impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Kind").field(&self.word).finish()
    }
}

/// Every kind, in the order of the policy reference.
pub const KINDS: &[Kind] = &[
    unit_tests::KIND,
    evaluation::KIND,
    fairness::KIND,
    performance::KIND,
    security::KIND,
    parity::KIND,
    observability::KIND,
];
