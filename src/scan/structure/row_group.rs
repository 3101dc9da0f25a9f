//! The row groups as the footer claims them: one chunk per leaf, inside the file, of equal counts.

use super::fault::{Fault, FaultKind};
use super::schema::{Leaf, Leaves};
use crate::scan::thrift::{Fields, Value};

/// A row group as it stands in the footer.
#[derive(Debug, Default)]
pub(super) struct RowGroup {
    rows: Option<i64>,
    chunks: Vec<Chunk>,
    /// What was wrong with a chunk while it was read: its number, and the fault.
    fault: Option<(usize, FaultKind)>,
}

#[derive(Debug, Default)]
struct Chunk {
    kind: Option<i64>,
    values: Option<i64>,
    plain_bytes: Option<i64>,
    stored_bytes: Option<i64>,
    data_page: Option<i64>,
    dictionary_page: Option<i64>,
}

impl RowGroup {
    /// Reads a `RowGroup`. A chunk that does not fit its leaf ends the reading: the fault is kept
    /// for [`Self::check`].
    pub(super) fn read<'a>(fields: &mut Fields<'a>, leaves: &Leaves<'_, 'a>) -> Option<Self> {
        let mut group = Self::default();
        fields
            .structure(|fields, id, value| {
                match (id, value) {
                    (1, Value::List(list)) if list.count == leaves.in_order.len() => {
                        let mut leaf = leaves.in_order.iter();
                        fields.structures(list, |fields| {
                            group.read_chunk(fields, leaf.next()?, leaves)
                        })?;
                    }
                    (1, Value::List(list)) => {
                        let (found, expected) = (list.count, leaves.in_order.len());
                        let problem =
                            format!("{found} column chunks where the schema has {expected}");
                        group.fault = Some((0, FaultKind::Broken(problem)));
                        return None;
                    }
                    (3, Value::Integer(rows)) => group.rows = Some(rows),
                    (1 | 3, _) => return None,
                    (_, value) => fields.pass(value)?,
                }
                Some(())
            })
            .or(group.fault.is_some().then_some(()))?;
        Some(group)
    }

    /// Reads a `ColumnChunk`.
    fn read_chunk<'a>(
        &mut self,
        fields: &mut Fields<'a>,
        leaf: &Leaf<'a>,
        leaves: &Leaves<'_, 'a>,
    ) -> Option<()> {
        let mut chunk = None;
        let mut fault = None;
        let read = fields.structure(|fields, id, value| {
            match (id, value) {
                (1, Value::Binary(path)) if !path.is_empty() => {
                    fault = Some(FaultKind::Broken("its values lie in another file".to_owned()));
                    return None;
                }
                (3, Value::Struct) => {
                    chunk = Some(Chunk::read(fields, (leaf, leaves), &mut fault)?);
                }
                (8, _) => {
                    fault = Some(FaultKind::Encrypted);
                    return None;
                }
                (_, value) => fields.pass(value)?,
            }
            Some(())
        });
        if let Some(fault) = fault {
            self.fault = Some((self.chunks.len(), fault));
            return None;
        }
        read?;
        self.chunks.push(chunk?);
        Some(())
    }

    /// Holds the claims to one another; adds where the chunks lie.
    ///
    /// # Errors
    /// The first claim that does not fit.
    pub(super) fn check(
        self,
        index: usize,
        leaves: &Leaves<'_, '_>,
        data_end: u64,
        extents: &mut Vec<(u64, u64)>,
    ) -> Result<u64, Fault> {
        let name = |leaf: usize| leaves.in_order.get(leaf).map(Leaf::name);
        if let Some((leaf, fault)) = self.fault {
            return Err(fault.at(index, name(leaf)));
        }
        let claimed = self.rows.unwrap_or(-1);
        let Ok(rows) = u64::try_from(claimed) else {
            return Err(broken(format!("claims {claimed} rows")).at(index, None));
        };
        if self.chunks.len() != leaves.in_order.len() {
            let problem =
                format!("{} column chunks of {}", self.chunks.len(), leaves.in_order.len());
            return Err(broken(problem).at(index, None));
        }
        for (place, (chunk, leaf)) in self.chunks.iter().zip(leaves.in_order).enumerate() {
            let extent = chunk
                .check(claimed, leaf.repeated)
                .and_then(|()| chunk.extent(data_end))
                .map_err(|fault| fault.at(index, name(place)))?;
            extents.extend(extent.filter(|(start, end)| start < end));
        }
        Ok(rows)
    }
}

impl Chunk {
    /// Reads a `ColumnMetaData`; what does not fit the leaf is a fault.
    fn read<'a>(
        fields: &mut Fields<'a>,
        (leaf, leaves): (&Leaf<'a>, &Leaves<'_, 'a>),
        fault: &mut Option<FaultKind>,
    ) -> Option<Self> {
        let mut chunk = Self::default();
        fields.structure(|fields, id, value| {
            match (id, value) {
                (1, Value::Integer(kind)) if kind != leaf.kind => {
                    let expected = leaf.kind;
                    let problem = format!("physical type {kind} where the schema has {expected}");
                    *fault = Some(broken(problem));
                    return None;
                }
                (1, Value::Integer(kind)) => chunk.kind = Some(kind),
                (3, Value::List(list)) => {
                    let mut path = Vec::with_capacity(leaf.path.len());
                    fields.binaries(list, |part| {
                        path.push(part);
                        Some(())
                    })?;
                    if path != leaf.path && leaves.by_path.contains(path.as_slice()) {
                        *fault = Some(broken("the chunk is of another column".to_owned()));
                        return None;
                    }
                }
                (5, Value::Integer(values)) => chunk.values = Some(values),
                (6, Value::Integer(bytes)) => chunk.plain_bytes = Some(bytes),
                (7, Value::Integer(bytes)) => chunk.stored_bytes = Some(bytes),
                (9, Value::Integer(offset)) => chunk.data_page = Some(offset),
                (11, Value::Integer(offset)) => chunk.dictionary_page = Some(offset),
                (1 | 3 | 5..=7 | 9 | 11, _) => return None,
                (_, value) => fields.pass(value)?,
            }
            Some(())
        })?;
        chunk.kind.is_some().then_some(chunk)
    }

    /// A flat column has a value or a null for each row; where rows hold several, no fewer.
    fn check(&self, rows: i64, repeated: bool) -> Result<(), FaultKind> {
        let values = self.values.unwrap_or(-1);
        let fits = if repeated { values >= rows } else { values == rows };
        if !fits || values < 0 {
            return Err(broken(format!("{values} values in a row group of {rows} rows")));
        }
        let plain = self.plain_bytes.unwrap_or(-1);
        if plain < 0 {
            return Err(broken(format!("claims {plain} bytes decompressed")));
        }
        Ok(())
    }

    /// Where the chunk begins and ends; `None` for one without bytes.
    fn extent(&self, data_end: u64) -> Result<Option<(u64, u64)>, FaultKind> {
        let (data, stored) = (self.data_page.unwrap_or(-1), self.stored_bytes.unwrap_or(-1));
        if stored == 0 && self.values == Some(0) {
            return Ok(None);
        }
        let first = self.dictionary_page.unwrap_or(data);
        let outside = || broken(format!("{stored} bytes at {first} lie outside the file"));
        let (start, length) = (u64::try_from(first), u64::try_from(stored));
        let (Ok(start), Ok(length)) = (start, length) else {
            return Err(outside());
        };
        let end = start.checked_add(length).filter(|&end| start >= MAGIC_BYTES && end <= data_end);
        let end = end.ok_or_else(outside)?;
        // The dictionary stands before the values that need it; without values it stands alone.
        let within = self.values == Some(0)
            || u64::try_from(data).is_ok_and(|data| start <= data && data < end);
        if !within {
            let problem =
                format!("its values begin at {data}, outside its {length} bytes at {start}");
            return Err(broken(problem));
        }
        Ok(Some((start, end)))
    }
}

fn broken(problem: String) -> FaultKind {
    FaultKind::Broken(problem)
}

/// `PAR1` at the start of the file.
const MAGIC_BYTES: u64 = 4;
