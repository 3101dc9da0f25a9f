//! Columns that stand in the names of directories.

use super::refusal::RefusalReason;

/// One column of a hive-partitioned snapshot and its value for all rows below a directory.
///
/// Read from a directory called `name=value`. Both sides are percent-decoded, as Hive and Spark
/// write them: `%2F` is a slash, while a `%` before anything but two hexadecimal digits stands
/// for itself. The value is text; its type is not decided here.
///
/// Source: Hive, `FileUtils.unescapePathName`; Spark, `PartitioningUtils.parsePartitionColumn`.
/// Other than there, bytes beyond ASCII are taken as UTF-8, not each as a character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// The name of the column, decoded.
    pub name: String,
    /// The value, decoded; `None` for null, which is written `__HIVE_DEFAULT_PARTITION__`.
    pub value: Option<String>,
}

impl Partition {
    /// Reads a directory's name; `Ok(None)` when there is no `=` in it. The first `=` divides.
    ///
    /// # Errors
    /// When a side of the `=` is empty, or does not decode to UTF-8.
    pub(super) fn parse(directory: &str) -> Result<Option<Self>, RefusalReason> {
        let Some((name, value)) = directory.split_once('=') else {
            return Ok(None);
        };
        if name.is_empty() {
            return Err(RefusalReason::PartitionWithoutName);
        }
        let value = match value {
            "" => return Err(RefusalReason::PartitionWithoutValue),
            NULL => None,
            value => Some(decode(value)?),
        };
        Ok(Some(Self { name: decode(name)?, value }))
    }
}

/// What Hive, Spark and Arrow write for a null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

fn decode(text: &str) -> Result<String, RefusalReason> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = after.first_chunk().filter(|_| *first == b'%').and_then(|pair| hex(*pair));
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).map_err(|_| RefusalReason::PartitionNotUtf8)
}

/// Two hexadecimal digits of either case as a byte.
fn hex(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(directory: &str) -> Option<(String, Option<String>)> {
        Partition::parse(directory).unwrap().map(|partition| (partition.name, partition.value))
    }

    fn column(name: &str, value: &str) -> (String, Option<String>) {
        (name.to_owned(), Some(value.to_owned()))
    }

    #[test]
    fn a_directory_with_an_equals_sign_is_a_column() {
        assert_eq!(read("month=2026-11"), Some(column("month", "2026-11")));
        assert_eq!(read("_part=1"), Some(column("_part", "1")));
        assert_eq!(read("a=b=c"), Some(column("a", "b=c")));
        assert_eq!(read("month"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn the_default_partition_is_null_and_its_likes_are_not() {
        assert_eq!(read("x=__HIVE_DEFAULT_PARTITION__"), Some(("x".to_owned(), None)));
        assert_eq!(read("x=__hive_default_partition__").unwrap().1.unwrap().len(), 26);
        assert_eq!(read("x=null"), Some(column("x", "null")));
    }

    #[test]
    fn both_sides_are_percent_decoded_and_a_stray_percent_stands_for_itself() {
        assert_eq!(read("a%3Db=x%2Fy%20z%25"), Some(column("a=b", "x/y z%")));
        assert_eq!(read("t=12%3A30%3a00"), Some(column("t", "12:30:00")));
        assert_eq!(read("x=%C3%A9é"), Some(column("x", "éé")));
        assert_eq!(read("x=100%"), Some(column("x", "100%")));
        assert_eq!(read("x=%4"), Some(column("x", "%4")));
        assert_eq!(read("x=%zz%+1%%41"), Some(column("x", "%zz%+1%A")));
        assert_eq!(read("x=%0A"), Some(column("x", "\n")));
    }

    #[test]
    fn an_empty_side_or_broken_utf_8_is_refused() {
        assert_eq!(Partition::parse("=1"), Err(RefusalReason::PartitionWithoutName));
        assert_eq!(Partition::parse("x="), Err(RefusalReason::PartitionWithoutValue));
        assert_eq!(Partition::parse("x=%FF"), Err(RefusalReason::PartitionNotUtf8));
        assert_eq!(Partition::parse("%C3=1"), Err(RefusalReason::PartitionNotUtf8));
    }
}
