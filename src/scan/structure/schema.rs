//! The schema as the footer spells it: a tree, written as a list of its nodes from the root down.

use std::collections::HashSet;

use super::fault::FaultKind;
use crate::scan::limits::{LimitName, Limits};
use crate::scan::thrift::{Fields, Value};

/// A column that holds values.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    /// Names from below the root down.
    pub(super) path: Vec<&'a [u8]>,
    /// Physical type.
    pub(super) kind: i64,
    /// Whether a row may hold several values.
    pub(super) repeated: bool,
}

/// The leaves by place and by path.
#[derive(Debug)]
pub(super) struct Leaves<'l, 'a> {
    pub(super) in_order: &'l [Leaf<'a>],
    /// Some readers find chunks by path, others by place: a chunk at one leaf's place with the
    /// path of another would be two columns.
    pub(super) by_path: HashSet<&'l [&'a [u8]]>,
}

impl<'l, 'a> From<&'l [Leaf<'a>]> for Leaves<'l, 'a> {
    fn from(in_order: &'l [Leaf<'a>]) -> Self {
        Self { in_order, by_path: in_order.iter().map(|leaf| leaf.path.as_slice()).collect() }
    }
}

impl Leaf<'_> {
    /// The path as people write it.
    pub(super) fn name(&self) -> String {
        let parts: Vec<_> = self.path.iter().map(|part| String::from_utf8_lossy(part)).collect();
        parts.join(".")
    }
}

/// The tree while its nodes come in.
#[derive(Debug, Default)]
pub(super) struct SchemaTree<'a> {
    /// Groups that still lack children, from the root down.
    open: Vec<Group<'a>>,
    begun: bool,
    pub(super) leaves: Vec<Leaf<'a>>,
}

#[derive(Debug)]
struct Group<'a> {
    name: &'a [u8],
    repeated: bool,
    missing: u64,
}

/// One node as it stands in the footer.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    kind: Option<i64>,
    repetition: Option<i64>,
    name: Option<&'a [u8]>,
    children: Option<i64>,
}

impl<'a> Node<'a> {
    /// Reads a `SchemaElement`.
    pub(super) fn read(fields: &mut Fields<'a>) -> Option<Self> {
        let mut node = Self::default();
        fields.structure(|fields, id, value| {
            match (id, value) {
                (1, Value::Integer(kind)) => node.kind = Some(kind),
                (3, Value::Integer(repetition)) => node.repetition = Some(repetition),
                (4, Value::Binary(name)) => node.name = Some(name),
                (5, Value::Integer(children)) => node.children = Some(children),
                (1 | 3..=5, _) => return None,
                (_, value) => fields.pass(value)?,
            }
            Some(())
        })?;
        Some(node)
    }
}

impl<'a> SchemaTree<'a> {
    /// Takes the next node.
    ///
    /// # Errors
    /// A node that has no place in the tree, and more of them than the limits allow.
    pub(super) fn take(&mut self, node: &Node<'a>, limits: &Limits) -> Result<(), FaultKind> {
        let name = node.name.ok_or_else(|| broken("a schema element without a name"))?;
        let shown = || String::from_utf8_lossy(name).into_owned();
        let children = node.children.unwrap_or(0);
        let children = u64::try_from(children)
            .map_err(|_| broken(&format!("`{}` claims {children} children", shown())))?;
        if !self.begun {
            self.begun = true;
            self.open.push(Group { name, repeated: false, missing: children });
            self.close();
            return Ok(());
        }
        let Some(parent) = self.open.last_mut() else {
            return Err(broken("the schema goes on behind its last column"));
        };
        // Groups with no child missing have been closed.
        parent.missing = parent.missing.saturating_sub(1);
        let repeated = parent.repeated || node.repetition == Some(REPEATED);
        match node.kind {
            Some(kind) if children == 0 => {
                let groups = self.open.iter().skip(1).map(|group| group.name);
                let path = groups.chain([name]).collect();
                self.leaves.push(Leaf { path, kind, repeated });
                FaultKind::over(LimitName::Columns, self.leaves.len() as u64, limits)?;
            }
            Some(_) => return Err(broken(&format!("`{}` is a value and has children", shown()))),
            None => {
                // The root is no level.
                let depth = self.open.len() as u64;
                self.open.push(Group { name, repeated, missing: children });
                FaultKind::over(LimitName::Depth, depth, limits)?;
            }
        }
        self.close();
        Ok(())
    }

    /// The leaves, once all nodes are there.
    ///
    /// # Errors
    /// A tree with nodes missing.
    pub(super) fn finish(&self) -> Result<&[Leaf<'a>], FaultKind> {
        match (self.begun, self.open.last()) {
            (true, None) => Ok(&self.leaves),
            (true, Some(group)) => {
                Err(broken(&format!("the schema ends {} children too early", group.missing)))
            }
            (false, _) => Err(broken("the footer has no schema")),
        }
    }

    /// Leaves groups whose children are all there.
    fn close(&mut self) {
        while self.open.pop_if(|group| group.missing == 0).is_some() {}
    }
}

fn broken(problem: &str) -> FaultKind {
    FaultKind::Broken(format!("damaged footer: {problem}"))
}

/// `FieldRepetitionType::REPEATED`.
const REPEATED: i64 = 2;
