//! The footer as a whole, in one pass over its bytes.

use super::fault::{Fault, FaultKind};
use super::row_group::RowGroup;
use super::schema::{Leaves, Node, SchemaTree};
use crate::scan::limits::{LimitName, Limits};
use crate::scan::thrift::{Fields, List, Value};

/// Holds a footer to the format. `data_end` is where the footer begins in the file: no chunk may
/// reach beyond it.
///
/// # Errors
/// The first [`Fault`]: bytes that are no footer, a schema that is no tree or too large, counts
/// that contradict each other, chunks outside the file or over one another, encrypted columns.
pub(in crate::scan) fn check_footer(
    footer: &[u8],
    data_end: u64,
    limits: &Limits,
) -> Result<(), Fault> {
    let mut claims = Claims {
        limits,
        data_end,
        schema: SchemaTree::default(),
        rows: None,
        counted: 0,
        extents: Vec::new(),
        fault: None,
    };
    let mut fields = Fields::new(footer, 0);
    let read = fields.for_each(|fields, id, value| claims.take(fields, id, value));
    if let Some(fault) = claims.fault.take() {
        return Err(fault);
    }
    if read.is_none() {
        let problem = format!("damaged footer: unreadable behind byte {}", fields.position());
        return Err(FaultKind::Broken(problem).of_file());
    }
    claims.finish()
}

/// What was read of the footer so far.
struct Claims<'a, 'l> {
    limits: &'l Limits,
    data_end: u64,
    schema: SchemaTree<'a>,
    rows: Option<i64>,
    /// Rows of the row groups together.
    counted: u64,
    /// Where chunks begin and end.
    extents: Vec<(u64, u64)>,
    fault: Option<Fault>,
}

impl<'a> Claims<'a, '_> {
    /// Takes a field of `FileMetaData`.
    fn take(&mut self, fields: &mut Fields<'a>, id: i16, value: Value<'a>) -> Option<()> {
        match (id, value) {
            (2, Value::List(list)) => fields.structures(list, |fields| {
                let node = Node::read(fields)?;
                let taken = self.schema.take(&node, self.limits);
                self.keep(taken.map_err(FaultKind::of_file))
            }),
            (3, Value::Integer(rows)) => {
                self.rows = Some(rows);
                Some(())
            }
            (4, Value::List(list)) => self.take_row_groups(fields, list),
            (8, _) => self.keep(Err(FaultKind::Encrypted.of_file())),
            (2..=4, _) => None,
            (_, value) => fields.pass(value),
        }
    }

    fn take_row_groups(&mut self, fields: &mut Fields<'a>, list: List) -> Option<()> {
        let few = FaultKind::over(LimitName::RowGroups, list.count as u64, self.limits);
        self.keep(few.map_err(FaultKind::of_file))?;
        let schema = std::mem::take(&mut self.schema);
        let leaves = match schema.finish() {
            Ok(leaves) => Leaves::from(leaves),
            Err(fault) => return self.keep(Err(fault.of_file())),
        };
        let mut indices = 0..;
        fields.structures(list, |fields| {
            let index = indices.next()?;
            let group = RowGroup::read(fields, &leaves)?;
            let checked = group.check(index, &leaves, self.data_end, &mut self.extents);
            if let Ok(rows) = checked {
                self.counted = self.counted.checked_add(rows)?;
            }
            self.keep(checked.map(drop))
        })?;
        self.schema = schema;
        Some(())
    }

    /// Notes a fault, which ends the reading.
    fn keep(&mut self, checked: Result<(), Fault>) -> Option<()> {
        checked.map_err(|fault| self.fault = Some(fault)).ok()
    }

    fn finish(mut self) -> Result<(), Fault> {
        self.schema.finish().map_err(FaultKind::of_file)?;
        FaultKind::over(LimitName::Rows, self.counted, self.limits).map_err(FaultKind::of_file)?;
        let (claimed, counted) = (self.rows.unwrap_or(-1), self.counted);
        if u64::try_from(claimed) != Ok(counted) {
            let problem = format!("claims {claimed} rows, but its row groups claim {counted}");
            return Err(FaultKind::Broken(problem).of_file());
        }
        self.extents.sort_unstable();
        let pairs = self.extents.iter().zip(self.extents.iter().skip(1));
        for (&(first, end), &(second, _)) in pairs {
            if second < end {
                let problem = format!(
                    "the column chunk at {second} begins before the one at {first} has ended"
                );
                return Err(FaultKind::Broken(problem).of_file());
            }
        }
        Ok(())
    }
}
