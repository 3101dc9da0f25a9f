//! Categories of one row group: codes and what they stand for.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::class::texts_of;
use super::error::RowsError;
use super::number::{fold_key_rows, unreadable};
use crate::contract::KeyDomain;
use crate::profile::text_of;
use crate::scan::keys::is_nan;
use crate::scan::read::for_each_batch_of_rows;
use crate::scan::source::Task;

/// Categories, one per row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryPart {
    /// The number of each row's category in `names`.
    pub codes: Vec<u32>,
    /// Categories as people write them; `None` is the one of rows without a value.
    pub names: Vec<Option<String>>,
}

impl CategoryPart {
    /// Reads a column of numbers of that domain, or of texts.
    pub(super) fn read(
        task: &Task<'_>,
        column: &str,
        domain: Option<&KeyDomain>,
    ) -> Result<Self, RowsError> {
        let mut part = Self::default();
        match domain {
            Some(domain) => part = Self::read_keys(task, column, domain)?,
            None => part.read_texts(task, column)?,
        }
        part.check(column)
    }

    fn read_keys(task: &Task<'_>, column: &str, domain: &KeyDomain) -> Result<Self, RowsError> {
        let empty = || (Self::default(), HashMap::<Option<u64>, u32>::new());
        let (part, _) = fold_key_rows(task, column, empty, |(part, known), rows| {
            for (row, &key) in rows.keys.iter().enumerate() {
                let present = rows.validity.as_ref().is_none_or(|validity| validity.is_valid(row));
                let key = Some(key).filter(|&key| present && !(rows.floats && is_nan(key)));
                let names = &mut part.names;
                let code = *known.entry(key).or_insert_with(|| {
                    names.push(key.map(|key| domain.text(key)));
                    code_of(names.len() - 1)
                });
                part.codes.push(code);
            }
        })?;
        Ok(part)
    }

    fn read_texts(&mut self, task: &Task<'_>, column: &str) -> Result<(), RowsError> {
        let mut known: HashMap<Option<Vec<u8>>, u32> = HashMap::new();
        for_each_batch_of_rows(task, &[column], |arrays| {
            for array in arrays {
                let texts = texts_of(array).map_err(|problem| unreadable(task, column, problem))?;
                let mut last: Option<(Option<&[u8]>, u32)> = None;
                for text in &texts {
                    let code = match last {
                        Some((before, code)) if before == text => code,
                        _ => match known.get(&text.map(<[u8]>::to_vec)) {
                            Some(&code) => code,
                            // One more than can be is enough to tell.
                            None if known.len() > CATEGORIES_MAX => 0,
                            None => {
                                let code = code_of(self.names.len());
                                known.insert(text.map(<[u8]>::to_vec), code);
                                self.names.push(text.map(name_of));
                                code
                            }
                        },
                    };
                    last = Some((text, code));
                    self.codes.push(code);
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn check(self, column: &str) -> Result<Self, RowsError> {
        if self.names.len() <= CATEGORIES_MAX {
            return Ok(self);
        }
        Err(RowsError::Categories { column: column.to_owned(), limit: CATEGORIES_MAX })
    }
}

/// Gives the categories of all parts one numbering, in the order of their names, those without a
/// value first.
pub(super) fn unify<'a>(
    column: &str,
    parts: impl Iterator<Item = &'a mut CategoryPart>,
) -> Result<(), RowsError> {
    let parts: Vec<&mut CategoryPart> = parts.collect();
    let names = parts.iter().flat_map(|part| part.names.iter().cloned());
    let mut all: BTreeMap<Option<String>, u32> = names.map(|name| (name, 0)).collect();
    for (number, code) in all.values_mut().enumerate() {
        *code = code_of(number);
    }
    if all.len() > CATEGORIES_MAX {
        return Err(RowsError::Categories { column: column.to_owned(), limit: CATEGORIES_MAX });
    }
    for part in parts {
        let renumbered: Vec<u32> =
            part.names.iter().map(|name| all.get(name).copied().unwrap_or(0)).collect();
        for code in &mut part.codes {
            *code = renumbered[*code as usize];
        }
        part.names = all.keys().cloned().collect();
    }
    Ok(())
}

/// The whole text, so that no two categories become one; bytes and monsters as profiles write them.
fn name_of(text: &[u8]) -> String {
    let name = std::str::from_utf8(text).ok().filter(|name| name.len() <= NAME_BYTES_MAX);
    name.map_or_else(|| text_of(text), str::to_owned)
}

fn code_of(number: usize) -> u32 {
    u32::try_from(number).expect("there are few categories")
}

/// Different values of a column whose groups are told apart.
pub const CATEGORIES_MAX: usize = 1000;

const NAME_BYTES_MAX: usize = 4096;
