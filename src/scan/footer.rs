//! One Parquet file: its footer, read once and held to the bounds it must respect.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema as ArrowSchema};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::Encoding;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};

use super::error::{Place, ScanError, bounded};
use super::limits::{LimitName, Limits};
use super::structure::{Fault, PageFault, check_footer, check_pages};
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
    /// What it may ask for.
    pub(super) limits: Limits,
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
        let data_end = stable.size().0 - TAIL_BYTES - bytes.len() as u64;
        check_footer(&bytes, data_end, limits).map_err(|fault| fault.of(&name))?;
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
        let schema = schema_from_arrow(metadata.schema().fields(), limits.columns, limits.depth)
            .map_err(|source| ScanError::Schema { file: name.clone(), source })?;
        let metadata = with_dictionaries(metadata);
        let leaves = Leaves::of(metadata.metadata());
        let file = Self { listed, stable, metadata, schema, leaves, limits: *limits };
        file.check_empty_row_groups()?;
        Ok(file)
    }

    /// Row groups that claim no rows are never decoded: their pages may not hold any.
    fn check_empty_row_groups(&self) -> Result<(), ScanError> {
        for row_group in 0..self.parquet().num_row_groups() {
            if self.row_group_rows(row_group) == 0 {
                let leaves = 0..self.parquet().row_group(row_group).num_columns();
                leaves.into_iter().try_for_each(|leaf| self.check_pages(row_group, leaf))?;
            }
        }
        Ok(())
    }

    /// Holds the page headers of a column chunk to the format: to be asked before anything but
    /// our own page reader decodes it.
    ///
    /// # Errors
    /// [`ScanError`] with row group and column.
    pub(super) fn check_pages(&self, row_group: usize, leaf: usize) -> Result<(), ScanError> {
        let chunk = self.parquet().row_group(row_group).column(leaf);
        check_pages(&self.stable, chunk, &self.limits).map_err(|fault| match fault {
            PageFault::File(error) => error.into(),
            PageFault::Claim(kind) => {
                let column = Some(bounded(&chunk.column_path().string()));
                let place = Place { row_group: Some(row_group), column };
                Fault { place, kind }.of(&self.listed.relative)
            }
        })
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
    stable.read_exact_at(&mut tail, size - TAIL_BYTES)?;
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
            name: LimitName::Footer,
            found: length,
            limit: limits.footer_bytes,
        });
    }
    if length > size - SMALLEST_FILE_BYTES {
        return refuse(format!("claims a footer of {length} bytes in a file of {size}"));
    }
    let mut footer = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    stable.read_exact_at(&mut footer, size - TAIL_BYTES - length)?;
    Ok(footer)
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
/// Footer length and magic.
const TAIL_BYTES: u64 = 8;
/// Magic, footer length and magic.
const SMALLEST_FILE_BYTES: u64 = 12;
