//! Every integer that a real file claims of itself, changed to others: whatever is still accepted
//! shows the rows of the original, so that no two readers of the same bytes can see other rows.
//!
//! The footer is rewritten around each change. Page headers stand between the pages, so there only
//! changes that keep the length are made.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use driftgate::contract::WideningRule;
use driftgate::identity::DigestAlgorithm;
use driftgate::scan::{Asked, Limits, OpenSnapshot, Pool, manifest_of, profile_snapshot};
use driftgate::snapshot::{Listing, ListingRules, Location};
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::workplace::Workplace;

const WRITE: &str = "
import pyarrow as pa, pyarrow.parquet as pq
rows = range(120)
def gaps(values, every):
    return [None if i % every == 0 else value for i, value in enumerate(values)]
table = pa.table({
    'amount': pa.array(gaps([i * 0.25 for i in rows], 7), pa.float64()),
    'id': pa.array(list(rows), pa.int64()),
    'country': pa.array(gaps([['NO', 'SE', 'DK'][i % 3] for i in rows], 11)),
    'note': pa.array([str(i) for i in rows]),
})
for version in ['1.0', '2.0']:
    pq.write_table(table, f'v{version[0]}.parquet', row_group_size=60, compression='snappy',
        use_dictionary=['country', 'id'], data_page_version=version, data_page_size=200,
        write_page_checksum=False)
";

#[test]
#[expect(clippy::print_stdout, reason = "how many were tried is told with --nocapture")]
fn no_claim_can_be_changed_so_that_other_rows_are_read() {
    let place = Workplace::new();
    place.python_code(WRITE);
    for name in ["v1", "v2"] {
        let good = fs::read(place.path(format!("{name}.parquet"))).unwrap();
        let path = place.path(format!("{name}-mutant.parquet"));
        fs::write(&path, &good).unwrap();
        let (truth, mutants) = (read(&path).unwrap(), mutants(&good));
        let (mut accepted, mut refused) = (BTreeMap::<String, usize>::new(), 0);
        for mutant in &mutants {
            fs::write(&path, &mutant.bytes).unwrap();
            match read(&path) {
                Ok(found) => {
                    assert_eq!(found.rows, truth.rows, "{name}: {}", mutant.what);
                    // What a column is may change with its claim, and its values with that.
                    if !mutant.changes_meaning() {
                        assert_eq!(found, truth, "{name}: {}", mutant.what);
                    }
                    *accepted.entry(mutant.place.clone()).or_default() += 1;
                }
                Err(message) => {
                    assert!(message.contains("mutant.parquet"), "{}: {message}", mutant.what);
                    refused += 1;
                }
            }
        }
        println!("{name}: {} mutants, {refused} refused, accepted at {accepted:?}", mutants.len());
        assert!(refused > 500, "{name}: {refused} refused");
        for counted in COUNTS {
            assert!(!accepted.contains_key(counted), "{name}: {counted} can lie");
        }
    }
}

/// Counts of rows and values, by field numbers of the format: rows of the file, rows of a row group,
/// values of a chunk; values of a page, and of one of version 2 its nulls and rows.
const COUNTS: [&str; 7] =
    ["footer 3", "footer 4.3", "footer 4.1.3.5", "page 5.1", "page 8.1", "page 8.2", "page 8.3"];

/// What a file shows.
#[derive(Debug, PartialEq)]
struct Shown {
    rows: u64,
    /// Name, nulls, and smallest and largest value.
    columns: Vec<(String, u64, String)>,
}

fn read(path: &Path) -> Result<Shown, String> {
    let paths = [path.to_str().unwrap().to_owned()];
    let listing = Listing::of(&Location::find(&paths).unwrap(), &ListingRules::default()).unwrap();
    let pool = Pool::new(1, 0).unwrap();
    pool.run(|| {
        let opened = OpenSnapshot::open(listing, &Limits::default(), WideningRule::Refused)?;
        let manifest = manifest_of(&opened, DigestAlgorithm::Sha256)?;
        let profile = profile_snapshot(&pool, &opened, manifest, &Asked::default())?;
        let columns = profile.schema().columns().iter().zip(profile.columns());
        let columns = columns.map(|(column, found)| {
            let ends = format!("{:?} {:?}", found.keys, found.texts);
            (column.name.clone(), found.presence.nulls, ends)
        });
        Ok(Shown { rows: profile.rows().0, columns: columns.collect() })
    })
    .map_err(|error: driftgate::scan::ScanError| error.to_string())
}

/// A file with one integer changed.
struct Mutant {
    /// Footer or page header, and the field numbers that lead to it.
    place: String,
    what: String,
    bytes: Vec<u8>,
}

impl Mutant {
    /// Whether the schema or an encoding says something else of the same values.
    fn changes_meaning(&self) -> bool {
        ["footer 2.", "page 5.2", "page 5.3", "page 7.2", "page 8.4"]
            .iter()
            .any(|place| self.place.starts_with(place))
    }
}

fn mutants(good: &[u8]) -> Vec<Mutant> {
    let end = good.len() - 8;
    let length = u32::from_le_bytes(*good[end..].first_chunk().unwrap()) as usize;
    let (data, footer) = (&good[..end - length], &good[end - length..end]);
    let mut mutants = Vec::new();
    for (place, at, old) in integers(footer).1 {
        for new in others(old) {
            let footer = [&footer[..at.start], &zigzag(new), &footer[at.end..]].concat();
            let tail = u32::try_from(footer.len()).unwrap().to_le_bytes();
            let bytes = [data, &footer, &tail, b"PAR1"].concat();
            let what = format!("footer {place}: {old} to {new}");
            mutants.push(Mutant { place: format!("footer {place}"), what, bytes });
        }
    }
    for start in page_starts(good) {
        for (place, at, old) in integers(&good[start..]).1 {
            for new in others(old).into_iter().filter(|&new| zigzag(new).len() == at.len()) {
                let mut bytes = good.to_vec();
                bytes[start + at.start..start + at.end].copy_from_slice(&zigzag(new));
                let what = format!("page at {start}, {place}: {old} to {new}");
                mutants.push(Mutant { place: format!("page {place}"), what, bytes });
            }
        }
    }
    mutants
}

/// What an integer is changed to.
fn others(old: i64) -> Vec<i64> {
    let (small, large) = (i64::from(i32::MIN), i64::from(i32::MAX));
    let mut others =
        vec![0, 1, -1, old + 1, old - 1, old * 2, old / 2, -old, small, large, 1 << 62];
    others.sort_unstable();
    others.dedup();
    others.retain(|&other| other != old);
    others
}

/// Where the pages of all chunks begin.
fn page_starts(good: &[u8]) -> Vec<usize> {
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(good)).unwrap();
    let mut starts = Vec::new();
    for chunk in reader.metadata().row_groups().iter().flat_map(|group| group.columns()) {
        let (start, length) = chunk.byte_range();
        let end = usize::try_from(start + length).unwrap();
        let mut at = usize::try_from(start).unwrap();
        while at < end {
            starts.push(at);
            let (header, integers) = integers(&good[at..]);
            let stored = integers.iter().find(|(place, ..)| place == "3").unwrap().2;
            at += header + usize::try_from(stored).unwrap();
        }
    }
    starts
}

/// An integer of a Thrift structure: the field numbers that lead to it, its bytes, its value.
type Integer = (String, Range<usize>, i64);

/// The length of a structure in Thrift's compact protocol, and its integers in order.
fn integers(bytes: &[u8]) -> (usize, Vec<Integer>) {
    let mut walk = Walk { bytes, at: 0, found: Vec::new() };
    walk.structure("");
    (walk.at, walk.found)
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    found: Vec<Integer>,
}

impl Walk<'_> {
    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.bytes[self.at - 1]
    }

    fn varint(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = self.byte();
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                break;
            }
        }
        value
    }

    fn structure(&mut self, path: &str) {
        let mut id = 0;
        loop {
            let head = self.byte();
            if head == 0 {
                return;
            }
            // A step of 0 would be a field number of its own, which these writers never need.
            id += head >> 4;
            let path = if path.is_empty() { id.to_string() } else { format!("{path}.{id}") };
            self.value(head & 15, &path);
        }
    }

    fn value(&mut self, kind: u8, path: &str) {
        match kind {
            1 | 2 => {}
            3 => self.at += 1,
            4..=6 => {
                let start = self.at;
                let value = self.varint();
                let value = (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
                self.found.push((path.to_owned(), start..self.at, value));
            }
            7 => self.at += 8,
            8 => {
                let length = usize::try_from(self.varint()).unwrap();
                self.at += length;
            }
            9 => {
                let head = self.byte();
                let count = if head >> 4 == 15 { self.varint() } else { u64::from(head >> 4) };
                (0..count).for_each(|_| self.value(head & 15, path));
            }
            12 => self.structure(path),
            other => panic!("kind {other} at {path}"),
        }
    }
}

fn zigzag(value: i64) -> Vec<u8> {
    let mut rest = (value << 1 ^ value >> 63).cast_unsigned();
    let mut bytes = Vec::new();
    while rest > 127 {
        bytes.push(u8::try_from(rest & 127).unwrap() | 128);
        rest >>= 7;
    }
    bytes.push(u8::try_from(rest).unwrap());
    bytes
}
