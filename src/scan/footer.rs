//! One Parquet file: its footer, read once and held to the bounds it must respect.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema as ArrowSchema};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::Encoding;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};

use super::encryption::names_an_algorithm;
use super::error::{Place, ScanError, bounded};
use super::limits::Limits;
use crate::contract::{Schema, schema_from_arrow};
use crate::snapshot::{SnapshotFile, StableFile};

/// An opened file of a snapshot with its footer.
#[derive(Debug)]
pub struct ParquetFile {
    /// Its place in the snapshot.
    pub listed: SnapshotFile,
    /// The one opening that hashing and decoding share.
    pub stable: StableFile,
    /// The footer, with text columns that are dictionaries throughout to be read as such.
    pub(super) metadata: ArrowReaderMetadata,
    /// Columns in the file; partition columns are not among them.
    pub schema: Schema,
    leaves: Leaves,
}

impl ParquetFile {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// [`ScanError`] when the file cannot be opened, is no Parquet file, is encrypted, breaks a
    /// limit, or claims counts that contradict each other.
    pub fn open(listed: SnapshotFile, limits: &Limits) -> Result<Self, ScanError> {
        let stable = StableFile::open(&listed.path)?;
        let name = listed.relative.clone();
        let bytes = footer_bytes(&stable, &name, limits)?;
        if names_an_algorithm(&bytes) {
            return Err(ScanError::Encrypted { file: name });
        }
        let damaged = |problem: String| ScanError::Unreadable {
            file: name.clone(),
            place: Place::default(),
            problem: format!("damaged footer: {}", bounded(&problem)),
        };
        let decoded = catch_unwind(AssertUnwindSafe(|| {
            let metadata = Arc::new(ParquetMetaDataReader::decode_metadata(&bytes)?);
            let plain = ArrowReaderMetadata::try_new(metadata, ArrowReaderOptions::new())?;
            Ok::<_, parquet::errors::ParquetError>(plain)
        }));
        let metadata = match decoded {
            Ok(Ok(metadata)) => metadata,
            Ok(Err(error)) => return Err(damaged(error.to_string())),
            Err(_) => return Err(damaged("the reader gave up on it".to_owned())),
        };
        check_counts(metadata.metadata(), &stable, &name, limits)?;
        let schema = schema_from_arrow(metadata.schema().fields(), limits.columns, limits.depth)
            .map_err(|source| ScanError::Schema { file: name.clone(), source })?;
        let metadata = with_dictionaries(metadata);
        let leaves = Leaves::of(metadata.metadata());
        Ok(Self { listed, stable, metadata, schema, leaves })
    }

    /// The one leaf of the schema that holds the column of that dotted name; `None` where several
    /// make it up or share the name.
    pub(super) fn leaf(&self, column: &str) -> Option<usize> {
        *self.leaves.by_name.get(column)?
    }

    /// The file's metadata.
    #[must_use]
    pub fn parquet(&self) -> &ParquetMetaData {
        self.metadata.metadata()
    }

    /// Column chunks by the codec they are compressed with.
    #[must_use]
    pub fn codecs(&self) -> BTreeMap<String, usize> {
        let mut codecs = BTreeMap::new();
        for chunk in self.parquet().row_groups().iter().flat_map(RowGroupMetaData::columns) {
            let codec = format!("{:?}", chunk.compression());
            let name = codec.split('(').next().unwrap_or_default().to_ascii_lowercase();
            *codecs.entry(name).or_insert(0) += 1;
        }
        codecs
    }

    /// What wrote the file, in its own words.
    #[must_use]
    pub fn writer(&self) -> Option<&str> {
        self.parquet().file_metadata().created_by()
    }

    /// Rows of one row group.
    #[must_use]
    pub fn row_group_rows(&self, row_group: usize) -> u64 {
        u64::try_from(self.parquet().row_group(row_group).num_rows()).unwrap_or(0)
    }

    /// Rows of the file.
    #[must_use]
    pub fn rows(&self) -> u64 {
        (0..self.parquet().num_row_groups()).map(|group| self.row_group_rows(group)).sum()
    }
}

/// Leaves of the schema by their dotted name.
#[derive(Debug)]
struct Leaves {
    /// Absent where two leaves share a name.
    by_name: HashMap<String, Option<usize>>,
}

impl Leaves {
    fn of(metadata: &ParquetMetaData) -> Self {
        let descriptor = metadata.file_metadata().schema_descr();
        let mut by_name = HashMap::new();
        for (leaf, column) in descriptor.columns().iter().enumerate() {
            let seen = by_name.entry(column.path().string());
            seen.and_modify(|found| *found = None).or_insert(Some(leaf));
        }
        Self { by_name }
    }
}

/// The footer's bytes, after the magic at both ends and its length have been checked.
fn footer_bytes(stable: &StableFile, name: &str, limits: &Limits) -> Result<Vec<u8>, ScanError> {
    let refuse = |problem: String| {
        Err(ScanError::Unreadable { file: name.to_owned(), place: Place::default(), problem })
    };
    let size = stable.size().0;
    if size < SMALLEST_FILE_BYTES {
        return refuse(format!("{size} bytes are too few for a Parquet file"));
    }
    let (mut head, mut tail) = ([0; 4], [0; 8]);
    stable.read_exact_at(&mut head, 0)?;
    stable.read_exact_at(&mut tail, size - 8)?;
    let [a, b, c, d, magic @ ..] = tail;
    if &magic == ENCRYPTED_MAGIC {
        return Err(ScanError::Encrypted { file: name.to_owned() });
    }
    if &head != MAGIC || &magic != MAGIC {
        return refuse("no Parquet file: `PAR1` is missing at its start or end".to_owned());
    }
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if length > limits.footer_bytes {
        return Err(ScanError::Limit {
            file: name.to_owned(),
            place: Place::default(),
            what: "bytes of footer",
            found: length,
            limit: limits.footer_bytes,
        });
    }
    if length > size - SMALLEST_FILE_BYTES {
        return refuse(format!("claims a footer of {length} bytes in a file of {size}"));
    }
    let mut footer = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    stable.read_exact_at(&mut footer, size - 8 - length)?;
    Ok(footer)
}

/// All levels of counts must agree: a file that tells two stories shows other rows to other
/// readers.
fn check_counts(
    metadata: &ParquetMetaData,
    stable: &StableFile,
    name: &str,
    limits: &Limits,
) -> Result<(), ScanError> {
    let limit = |what, found: u64, limit: u64| {
        if found <= limit {
            return Ok(());
        }
        let place = Place::default();
        Err(ScanError::Limit { file: name.to_owned(), place, what, found, limit })
    };
    limit("row groups", metadata.num_row_groups() as u64, limits.row_groups as u64)?;
    let mut total = 0i64;
    for (index, group) in metadata.row_groups().iter().enumerate() {
        let refuse = |column: Option<String>, problem: String| {
            let place = Place { row_group: Some(index), column };
            Err(ScanError::Unreadable { file: name.to_owned(), place, problem })
        };
        let rows = group.num_rows();
        let Some(sum) = total.checked_add(rows).filter(|_| rows >= 0) else {
            return refuse(None, format!("claims {rows} rows"));
        };
        total = sum;
        for chunk in group.columns() {
            let path = || Some(chunk.column_path().string());
            if chunk.column_descr().max_rep_level() == 0 && chunk.num_values() != rows {
                let values = chunk.num_values();
                return refuse(path(), format!("{values} values in a row group of {rows} rows"));
            }
            let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
            let length = chunk.compressed_size();
            let end = start.checked_add(length).and_then(|end| u64::try_from(end).ok());
            if rows == 0 && length == 0 {
                continue;
            }
            if start < 4 || length < 0 || end.is_none_or(|end| end > stable.size().0) {
                return refuse(path(), format!("{length} bytes at {start} lie outside the file"));
            }
        }
    }
    limit("rows", total.unsigned_abs(), limits.rows)?;
    let claimed = metadata.file_metadata().num_rows();
    if claimed != total {
        return Err(ScanError::Unreadable {
            file: name.to_owned(),
            place: Place::default(),
            problem: format!("claims {claimed} rows, but its row groups claim {total}"),
        });
    }
    Ok(())
}

/// Asks for text columns that are dictionary-encoded throughout as dictionaries, so that codes
/// are counted and values looked at once. Where the reader refuses the request, values are read
/// one by one: the numbers are the same.
fn with_dictionaries(plain: ArrowReaderMetadata) -> ArrowReaderMetadata {
    let parquet = plain.metadata();
    let descriptor = parquet.file_metadata().schema_descr();
    let mut all_dictionary = vec![true; plain.schema().fields().len()];
    for leaf in 0..descriptor.num_columns() {
        let root = descriptor.get_column_root_idx(leaf);
        let only = |group: &RowGroupMetaData| {
            group.column(leaf).page_encoding_stats_mask().is_some_and(|mask| {
                mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY)
            })
        };
        if let Some(flag) = all_dictionary.get_mut(root) {
            *flag &= parquet.row_groups().iter().all(only);
        }
    }
    let fields: Vec<Field> = plain
        .schema()
        .fields()
        .iter()
        .zip(all_dictionary)
        .map(|(field, dictionary)| match field.data_type() {
            text @ (DataType::Utf8 | DataType::LargeUtf8) if dictionary => {
                let key = Box::new(DataType::Int32);
                let data_type = DataType::Dictionary(key, Box::new(text.clone()));
                Field::new(field.name(), data_type, field.is_nullable())
            }
            _ => field.as_ref().clone(),
        })
        .collect();
    let hint = Arc::new(ArrowSchema::new(fields));
    let options = ArrowReaderOptions::new().with_schema(hint);
    ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options).unwrap_or(plain)
}

const MAGIC: &[u8; 4] = b"PAR1";
const ENCRYPTED_MAGIC: &[u8; 4] = b"PARE";
/// Magic, footer length and magic.
const SMALLEST_FILE_BYTES: u64 = 12;
