//! Snapshots on a real file system: found, listed, named, held still.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use arrow_array::{Int64Array, RecordBatch};
use driftgate::identity::DigestAlgorithm;
use driftgate::snapshot::{
    Change, IgnoreReason, Listing, ListingRules, Location, Manifest, RefusalReason, SnapshotError,
    SnapshotId, StableFile, StableFileError, hash_file,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use tempfile::TempDir;

/// A directory of its own for one test.
struct Tree {
    directory: TempDir,
}

impl Tree {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// A Spark-like tree of two partitions, three files.
    fn spark() -> Self {
        let tree = Self::new();
        tree.parquet("data/month=2026-10/part-0.parquet", 10);
        tree.parquet("data/month=2026-11/part-0.parquet", 20);
        tree.parquet("data/month=2026-11/part-1.parquet", 30);
        tree.text("data/_SUCCESS", "");
        tree.text("data/month=2026-10/.part-0.parquet.crc", "crc");
        tree
    }

    fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        let path = self.directory.path().join(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn text(&self, relative: &str, content: &str) -> PathBuf {
        let path = self.path(relative);
        fs::write(&path, content).unwrap();
        path
    }

    /// A real Parquet file of one column, 0 to `rows`.
    fn parquet(&self, relative: impl AsRef<Path>, rows: i64) -> PathBuf {
        let path = self.path(relative);
        let column = Arc::new(Int64Array::from_iter_values(0..rows));
        let batch = RecordBatch::try_from_iter([("x", column as _)]).unwrap();
        let mut writer =
            ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        path
    }

    fn list(&self, relative: &[&str]) -> Result<Listing, SnapshotError> {
        self.list_by(relative, &ListingRules::default())
    }

    fn list_by(&self, relative: &[&str], rules: &ListingRules) -> Result<Listing, SnapshotError> {
        let typed: Vec<PathBuf> =
            relative.iter().map(|path| self.directory.path().join(path)).collect();
        Listing::of(&Location::find(&typed)?, rules)
    }

    fn names(&self, relative: &[&str]) -> Vec<String> {
        names(&self.list(relative).unwrap())
    }

    fn error(&self, relative: &[&str]) -> String {
        let message = self.list(relative).unwrap_err().to_string();
        message.replace(self.directory.path().to_str().unwrap(), "T")
    }

    fn refused(&self, relative: &[&str]) -> Vec<(String, RefusalReason)> {
        match self.list(relative).unwrap_err() {
            SnapshotError::Refused { refusals, total } => {
                assert_eq!(total, refusals.len());
                let shown = |name: &Path| name.to_string_lossy().into_owned();
                refusals.into_iter().map(|one| (shown(&one.name), one.reason)).collect()
            }
            error => panic!("not refused but: {error}"),
        }
    }

    fn id(&self, relative: &[&str]) -> SnapshotId {
        manifest(&self.list(relative).unwrap(), DigestAlgorithm::Sha256).id()
    }
}

fn names(listing: &Listing) -> Vec<String> {
    listing.files.iter().map(|file| file.relative.clone()).collect()
}

fn ignored(listing: &Listing) -> Vec<(&str, IgnoreReason)> {
    listing.ignored.iter().map(|one| (one.name.to_str().unwrap(), one.reason)).collect()
}

fn manifest(listing: &Listing, algorithm: DigestAlgorithm) -> Manifest {
    let digests = listing.files.iter().map(|file| {
        let opened = StableFile::open(&file.path).unwrap();
        let digest = hash_file(&opened, algorithm).unwrap();
        opened.verify_unchanged().unwrap();
        (file.relative.clone(), digest)
    });
    Manifest::new(algorithm, digests).unwrap()
}

/// The 64 digits that `sha256sum` prints for a file.
fn sha256sum(path: &Path) -> String {
    let output = Command::new("sha256sum").arg("--binary").arg(path).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

// --- the identity ---

#[test]
fn a_snapshot_has_the_same_id_wherever_it_lies() {
    let (here, there) = (Tree::spark(), Tree::new());
    let id = here.id(&["data"]);
    let copy = there.path("other/place/renamed");
    let copied = Command::new("cp").arg("-r").arg(here.path("data")).arg(&copy).status().unwrap();
    assert!(copied.success());
    assert_eq!(there.id(&["other/place/renamed"]), id);
    fs::rename(there.path("other"), there.path("moved")).unwrap();
    assert_eq!(there.id(&["moved/place/renamed/"]), id);
    symlink(there.path("moved"), there.path("way")).unwrap();
    assert_eq!(there.id(&["way/place/../place/./renamed"]), id);
}

#[test]
fn a_snapshot_has_the_same_id_however_it_is_named() {
    let tree = Tree::spark();
    let id = tree.id(&["data"]);
    let file = |name: &str| format!("data/month=2026-{name}.parquet");
    let (a, b, c) = (file("10/part-0"), file("11/part-0"), file("11/part-1"));
    assert_eq!(tree.id(&["data/*"]), id);
    assert_eq!(tree.id(&["data/**"]), id);
    assert_eq!(tree.id(&["data/**/*.parquet"]), id);
    assert_eq!(tree.id(&["data/month=*/part-[0-9].{parquet,pq}"]), id);
    assert_eq!(tree.id(&["data/month=2026-11", "data/month=2026-10"]), id);
    assert_eq!(tree.id(&[&c, &a, &b]), id);
    assert_eq!(tree.id(&["data/_SUCCESS", &c, "data/month=2026-1?/part-0*"]), id);
}

#[test]
fn any_other_byte_or_name_gives_another_id() {
    let tree = Tree::spark();
    let id = tree.id(&["data"]);
    tree.text("data/_SUCCESS", "ignored bytes do not count");
    assert_eq!(tree.id(&["data"]), id);
    fs::rename(
        tree.path("data/month=2026-11/part-1.parquet"),
        tree.path("data/month=2026-11/part-2.parquet"),
    )
    .unwrap();
    let renamed = tree.id(&["data"]);
    assert_ne!(renamed, id);
    tree.parquet("data/month=2026-11/part-2.parquet", 31);
    assert_ne!(tree.id(&["data"]), renamed);
}

#[test]
fn the_published_two_file_snapshot_has_its_published_id() {
    let tree = Tree::new();
    tree.text("part-00001.parquet", "PAR1demo-bPAR1");
    tree.text("part-00000.parquet", "PAR1demo-aPAR1");
    let manifest = manifest(&tree.list(&["."]).unwrap(), DigestAlgorithm::Sha256);
    // Python: hashlib.sha256 over f"{digest}  {name}\n" of both.
    assert_eq!(
        manifest.to_string(),
        "ce51af32a3b464ca96f8ab4ccb2c7f68f936dfdf4742674b4eb32468eb0aa1b0  part-00000.parquet\n\
         9030c54ced31a061576eed612442c199f9aab04633d4c081344c35578367f9ed  part-00001.parquet\n"
    );
    assert_eq!(
        manifest.id().to_string(),
        "sha256:88a0f4b82ca8211124a20d95b6ab9b33d2163579bb2e6a67cad8199b3f224e52"
    );
}

#[test]
fn sha256sum_accepts_the_manifest_and_its_own_sum_is_the_id() {
    let tree = Tree::spark();
    tree.parquet("data/month=2026-11/name with spaces, é and *.parquet", 5);
    let manifest = manifest(&tree.list(&["data"]).unwrap(), DigestAlgorithm::Sha256);
    let file = tree.text("manifest", &manifest.to_string());
    let check = || {
        let mut command = Command::new("sha256sum");
        command.args(["--check", "--strict"]).arg(&file).current_dir(tree.path("data"));
        command.output().unwrap().status.success()
    };
    assert!(check());
    assert_eq!(manifest.id().subject_digest(), sha256sum(&file));
    tree.parquet("data/month=2026-11/part-0.parquet", 21);
    assert!(!check());
}

#[test]
fn a_blake3_manifest_holds_blake3_digests_and_its_id_is_still_sha256() {
    let tree = Tree::spark();
    let listing = tree.list(&["data"]).unwrap();
    let manifest = manifest(&listing, DigestAlgorithm::Blake3);
    for (file, (name, digest)) in listing.files.iter().zip(manifest.files()) {
        assert_eq!(file.relative, name);
        let expected = blake3::hash(&fs::read(&file.path).unwrap());
        assert_eq!(digest.as_bytes(), expected.as_bytes());
    }
    let file = tree.text("manifest", &manifest.to_string());
    assert_eq!(manifest.id().subject_digest(), sha256sum(&file));
}

#[test]
fn a_file_is_hashed_whole_whatever_its_length_is_beside_the_chunks() {
    let tree = Tree::new();
    for length in [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 7] {
        let bytes: Vec<u8> = (0..length).map(|n: u32| n.to_le_bytes()[n as usize % 3]).collect();
        let path = tree.path("bytes");
        fs::write(&path, &bytes).unwrap();
        let file = StableFile::open(&path).unwrap();
        let sha256 = hash_file(&file, DigestAlgorithm::Sha256).unwrap();
        assert_eq!(sha256.to_hex(), sha256sum(&path), "of {length} bytes");
        let blake3 = hash_file(&file, DigestAlgorithm::Blake3).unwrap();
        assert_eq!(blake3.as_bytes(), blake3::hash(&bytes).as_bytes(), "of {length} bytes");
    }
}

// --- names and order ---

#[test]
fn a_single_file_is_called_by_its_file_name_and_has_no_partitions() {
    let tree = Tree::spark();
    let listing = tree.list(&["data/month=2026-10/part-0.parquet"]).unwrap();
    assert_eq!(names(&listing), ["part-0.parquet"]);
    assert_eq!(listing.files[0].partitions, []);
    let length = fs::metadata(&listing.files[0].path).unwrap().len();
    assert_eq!(listing.bytes().0, length);
    // Named outright, a file is taken whatever it is called.
    tree.parquet("_hidden", 1);
    assert_eq!(tree.names(&["_hidden"]), ["_hidden"]);
}

#[test]
fn files_are_sorted_by_the_bytes_of_their_names() {
    let tree = Tree::new();
    // `-` (0x2d) < `/` (0x2f) < `0` (0x30) < `B` < `a` < `é` (0xc3 0xa9)
    let sorted = ["B.parquet", "a-.parquet", "a/b.parquet", "a0.parquet", "é.parquet"];
    for name in sorted.iter().rev() {
        tree.parquet(name, 1);
    }
    assert_eq!(tree.names(&["."]), sorted);
}

#[test]
fn a_list_is_named_below_the_longest_directory_that_holds_it() {
    let tree = Tree::new();
    tree.parquet("x/y/a/1.parquet", 1);
    tree.parquet("x/y/b/c/2.parquet", 2);
    tree.parquet("x/y-z/3.parquet", 3);
    assert_eq!(tree.names(&["x/y/a", "x/y/b/c/2.parquet"]), ["a/1.parquet", "b/c/2.parquet"]);
    assert_eq!(
        tree.names(&["x/y/b/c/2.parquet", "x/y-z/3.parquet"]),
        ["y-z/3.parquet", "y/b/c/2.parquet"]
    );
    assert_eq!(tree.names(&["x/y/a/*"]), ["1.parquet"]);
    assert_eq!(tree.names(&["x/y*"]), ["y-z/3.parquet", "y/a/1.parquet", "y/b/c/2.parquet"]);
}

#[test]
fn the_one_partition_that_a_pattern_fits_remains_a_column() {
    let tree = Tree::new();
    tree.parquet("data/y=1/m=2/a.parquet", 1);
    tree.parquet("data/y=1/m=2/b.parquet", 1);
    let listing = tree.list(&["data/y=*/m=*/*.parquet"]).unwrap();
    assert_eq!(names(&listing), ["y=1/m=2/a.parquet", "y=1/m=2/b.parquet"]);
    assert_eq!(listing.files[0].partitions.len(), 2);
}

#[test]
fn a_file_named_twice_is_refused() {
    let tree = Tree::spark();
    let file = "data/month=2026-10/part-0.parquet";
    let error = tree.error(&["data/month=2026-10", file]);
    assert_eq!(error, "`month=2026-10/part-0.parquet` is named twice");
    assert_eq!(tree.error(&[file, "./data/./month=2026-10//part-0.parquet"]), error);
}

#[test]
fn a_list_that_climbs_out_of_its_directory_is_refused() {
    let tree = Tree::new();
    tree.parquet("a/1.parquet", 1);
    tree.parquet("b/2.parquet", 1);
    let refused = tree.refused(&["a/1.parquet", "a/../b/2.parquet"]);
    assert_eq!(refused, [("../b/2.parquet".to_owned(), RefusalReason::ParentDirectory)]);
}

// --- what was typed ---

#[test]
fn a_missing_path_is_told_with_the_nearest_name_that_exists() {
    let tree = Tree::new();
    tree.parquet("november/candidate.parquet", 1);
    let typed = ["novembre/candidate.parquet"];
    assert_eq!(
        tree.error(&typed),
        "no file or directory `T/novembre/candidate.parquet`; \
         the nearest name is `T/november/candidate.parquet`"
    );
    assert_eq!(
        tree.error(&["november/canditate.parquet"]),
        "no file or directory `T/november/canditate.parquet`; \
         the nearest name is `T/november/candidate.parquet`"
    );
    assert_eq!(tree.error(&["zzz"]), "no file or directory `T/zzz`");
    assert_eq!(Location::find::<&str>(&[]).unwrap_err().to_string(), "no snapshot was named");
    assert_eq!(Location::find(&[""]).unwrap_err().to_string(), "no file or directory ``");
}

#[test]
fn a_pattern_that_fits_nothing_or_makes_no_sense_is_told() {
    let tree = Tree::spark();
    assert_eq!(tree.error(&["data/*.csv"]), "pattern `T/data/*.csv` matches nothing");
    assert_eq!(tree.error(&["nowhere/*"]), "pattern `T/nowhere/*` matches nothing");
    assert_eq!(tree.error(&["data/[a"]), "pattern `[a` is not valid");
}

#[test]
fn a_name_that_exists_is_no_pattern() {
    let tree = Tree::new();
    tree.parquet("[ab]*.parquet", 1);
    tree.parquet("a.parquet", 2);
    assert_eq!(tree.names(&["[ab]*.parquet"]), ["[ab]*.parquet"]);
    assert_eq!(tree.names(&["[a]*.parquet"]), ["a.parquet"]);
}

#[test]
fn double_stars_do_not_enter_hidden_directories_and_single_stars_name_what_they_ignore() {
    let tree = Tree::spark();
    tree.parquet("data/_temporary/0/part.parquet", 1);
    assert_eq!(tree.names(&["data/**/*.parquet"]).len(), 3);
    let listing = tree.list(&["data/*"]).unwrap();
    assert_eq!(listing.files.len(), 3);
    assert_eq!(
        ignored(&listing),
        [
            ("_SUCCESS", IgnoreReason::Hidden),
            ("_temporary", IgnoreReason::Hidden),
            ("month=2026-10/.part-0.parquet.crc", IgnoreReason::Hidden),
        ]
    );
}

#[test]
fn a_snapshot_that_is_itself_a_symlink_is_refused_with_its_target() {
    let tree = Tree::spark();
    symlink("data", tree.path("latest")).unwrap();
    for typed in ["latest", "latest/", "latest/."] {
        assert_eq!(
            tree.error(&[typed]),
            "the snapshot holds what it must not: \
             `T/latest` (a symlink to `data`; name what it leads to instead)"
        );
    }
    // On the way to what was typed, symlinks are the system's affair.
    assert_eq!(tree.names(&["latest/month=2026-10"]), ["part-0.parquet"]);
}

// --- what is refused inside ---

#[test]
fn symlinks_inside_are_refused_by_name_even_when_they_lead_nowhere() {
    let tree = Tree::spark();
    symlink("month=2026-10", tree.path("data/month=2026-12")).unwrap();
    symlink("/nonexistent", tree.path("data/month=2026-11/part-2.parquet")).unwrap();
    let expected = [
        ("month=2026-11/part-2.parquet".to_owned(), "/nonexistent"),
        ("month=2026-12".to_owned(), "month=2026-10"),
    ]
    .map(|(name, target)| (name, RefusalReason::Symlink { target: target.into() }));
    assert_eq!(tree.refused(&["data"]), expected);
    assert_eq!(tree.refused(&["data/*"]), expected);
    // A pattern passes over a link that cannot hold what it looks for, but over no other.
    assert_eq!(tree.refused(&["data/**/part-0*"]), expected[1..]);
    let listed = ["data/month=2026-12/part-0.parquet", "data/month=2026-11/part-0.parquet"];
    assert_eq!(tree.refused(&listed), expected[1..]);
}

#[test]
fn a_fifo_or_socket_is_refused_without_being_opened() {
    let tree = Tree::spark();
    let fifo = tree.path("data/pipe.parquet");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let socket = std::os::unix::net::UnixListener::bind(tree.path("data/socket")).unwrap();
    assert_eq!(
        tree.refused(&["data"]),
        [
            ("pipe.parquet".to_owned(), RefusalReason::SpecialFile { kind: "FIFO" }),
            ("socket".to_owned(), RefusalReason::SpecialFile { kind: "socket" }),
        ]
    );
    assert!(tree.error(&["data/pipe.parquet"]).ends_with("`T/data/pipe.parquet` (a FIFO)"));
    // Opened all the same, it neither waits nor passes for a file.
    let error = StableFile::open(&fifo).unwrap_err();
    assert!(matches!(error, StableFileError::NotRegular { kind: "FIFO", .. }), "{error}");
    drop(socket);
}

#[test]
fn devices_and_directories_are_not_opened_as_files() {
    let kind = |path: &str| match StableFile::open(Path::new(path)).unwrap_err() {
        StableFileError::NotRegular { kind, .. } => kind,
        error => panic!("{error}"),
    };
    assert_eq!(kind("/dev/zero"), "character device");
    assert_eq!(kind("/"), "directory");
    let error = Location::find(&["/dev/zero"]).unwrap_err().to_string();
    assert!(error.ends_with("`/dev/zero` (a character device)"), "{error}");
}

#[test]
fn names_that_a_manifest_cannot_hold_are_refused_on_one_line() {
    let tree = Tree::new();
    for name in [&b"a\nb.parquet"[..], b"a\rb.parquet", b"a\\b.parquet", b"a\xffb.parquet"] {
        tree.parquet(Path::new("data").join(OsStr::from_bytes(name)), 1);
    }
    tree.parquet(Path::new("data").join(OsStr::from_bytes(b"d\xfe")).join("x.parquet"), 1);
    let character = |character| RefusalReason::NameCharacter { character };
    let reasons: Vec<_> = tree.refused(&["data"]).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        reasons,
        [
            character('\n'),
            character('\r'),
            character('\\'),
            RefusalReason::NotUtf8,
            RefusalReason::NotUtf8,
        ]
    );
    let message = tree.error(&["data"]);
    assert!(message.contains("`a\\nb.parquet` (its name holds \\n)"), "{message}");
    assert!(message.contains("`a\\xFFb.parquet` (its name is not UTF-8)"), "{message}");
    assert!(!message.contains(['\n', '\r']));
    assert!(tree.error(&["data/a\nb.parquet"]).contains("its name holds \\n"));
}

#[test]
fn leftovers_are_refused_by_name_unless_a_rule_ignores_them() {
    let tree = Tree::spark();
    tree.text("data/notes.txt", "remember");
    tree.text("data/month=2026-10/empty", "");
    assert_eq!(
        tree.error(&["data"]),
        "the snapshot holds what it must not: \
         `month=2026-10/empty` (not a Parquet file), `notes.txt` (not a Parquet file)"
    );
    let rules = ListingRules::ignoring(["*.txt", "month=*/empty"]).unwrap();
    let listing = tree.list_by(&["data"], &rules).unwrap();
    assert_eq!(
        ignored(&listing),
        [
            ("_SUCCESS", IgnoreReason::Hidden),
            ("month=2026-10/.part-0.parquet.crc", IgnoreReason::Hidden),
            ("month=2026-10/empty", IgnoreReason::Rule),
            ("notes.txt", IgnoreReason::Rule),
        ]
    );
    fs::remove_file(tree.path("data/notes.txt")).unwrap();
    fs::remove_file(tree.path("data/month=2026-10/empty")).unwrap();
    let clean = tree.list(&["data"]).unwrap();
    assert_eq!(clean.files, listing.files);
}

#[test]
fn parquet_is_known_by_its_content_whatever_its_name() {
    let tree = Tree::new();
    tree.parquet("data/000000_0", 1);
    tree.parquet("data/part.snappy", 1);
    tree.text("data/encrypted", "PARE....PARE");
    tree.text("data/damaged.PARQUET", "by name");
    assert_eq!(tree.names(&["data"]), ["000000_0", "damaged.PARQUET", "encrypted", "part.snappy"]);
    tree.text("data/half", "PAR1....");
    tree.text("data/mixed", "PAR1....PARE");
    tree.text("data/short", "PAR1AR1");
    let refused: Vec<_> = tree.refused(&["data"]).into_iter().map(|(name, _)| name).collect();
    assert_eq!(refused, ["half", "mixed", "short"]);
}

#[test]
fn a_directory_without_parquet_is_no_snapshot() {
    let tree = Tree::new();
    tree.text("data/_SUCCESS", "");
    fs::create_dir(tree.path("data/sub")).unwrap();
    assert_eq!(tree.error(&["data"]), "no Parquet file in `T/data` (1 ignored)");
    assert_eq!(tree.error(&["data/sub"]), "no Parquet file in `T/data/sub` (0 ignored)");
}

#[test]
fn a_table_format_is_refused_because_its_directory_holds_deleted_rows_too() {
    let tree = Tree::spark();
    tree.text("data/_delta_log/0.json", "{}");
    assert_eq!(
        tree.refused(&["data"]),
        [("_delta_log".to_owned(), RefusalReason::TableLog { format: "Delta Lake" })]
    );
    let rules = ListingRules::ignoring(["_delta_log"]).unwrap();
    assert_eq!(tree.list_by(&["data"], &rules).unwrap().files.len(), 3);
}

#[test]
fn limits_stop_the_walk_and_are_named() {
    let tree = Tree::spark();
    let mut rules = ListingRules::default();
    rules.entries_max = 7;
    assert_eq!(tree.list_by(&["data"], &rules).unwrap().files.len(), 3);
    rules.entries_max = 6;
    let error = tree.list_by(&["data"], &rules).unwrap_err();
    assert!(matches!(error, SnapshotError::TooManyEntries { limit: 6, .. }), "{error}");

    let deep: PathBuf = std::iter::repeat_n("d", 64).collect();
    tree.parquet(Path::new("deep").join(&deep).join("x.parquet"), 1);
    assert_eq!(tree.names(&["deep"]).len(), 1);
    tree.parquet(Path::new("deep").join(&deep).join("d/x.parquet"), 1);
    let error = tree.list(&["deep"]).unwrap_err();
    assert!(matches!(error, SnapshotError::TooDeep { limit: 64, .. }), "{error}");
}

// --- partitions ---

#[test]
fn partitions_are_columns_decoded_and_null_where_hive_says_so() {
    let tree = Tree::new();
    tree.parquet("data/a%20b=x%2Fy/_n=1/f.parquet", 1);
    tree.parquet("data/a%20b=__HIVE_DEFAULT_PARTITION__/_n=2/f.parquet", 1);
    tree.parquet("data/a%20b=plain/between/_n=3/f.parquet", 1);
    let listing = tree.list(&["data"]).unwrap();
    let partitions: Vec<Vec<(&str, Option<&str>)>> = listing
        .files
        .iter()
        .map(|file| file.partitions.iter().map(|p| (&*p.name, p.value.as_deref())).collect())
        .collect();
    assert_eq!(
        partitions,
        [
            [("a b", None), ("_n", Some("2"))],
            [("a b", Some("plain")), ("_n", Some("3"))],
            [("a b", Some("x/y")), ("_n", Some("1"))],
        ]
    );
}

#[test]
fn files_that_disagree_on_their_partitions_are_both_named() {
    let tree = Tree::spark();
    tree.parquet("data/stray.parquet", 1);
    assert_eq!(
        tree.error(&["data"]),
        "`month=2026-10/part-0.parquet` has partitions `month` but `stray.parquet` has none"
    );
    tree.parquet("order/a=1/b=2/f.parquet", 1);
    tree.parquet("order/b=1/a=2/f.parquet", 1);
    assert_eq!(
        tree.error(&["order"]),
        "`a=1/b=2/f.parquet` has partitions `a`, `b` but `b=1/a=2/f.parquet` has `b`, `a`"
    );
}

#[test]
fn a_partition_twice_on_a_path_or_without_a_side_is_refused() {
    let tree = Tree::new();
    tree.parquet("data/a=1/%61=2/f.parquet", 1);
    tree.parquet("data/b=/f.parquet", 1);
    tree.parquet("data/=c/f.parquet", 1);
    tree.parquet("data/d=%FF/f.parquet", 1);
    assert_eq!(
        tree.refused(&["data"]),
        [
            ("=c".to_owned(), RefusalReason::PartitionWithoutName),
            ("a=1/%61=2".to_owned(), RefusalReason::PartitionTwice { name: "a".to_owned() }),
            ("b=".to_owned(), RefusalReason::PartitionWithoutValue),
            ("d=%FF".to_owned(), RefusalReason::PartitionNotUtf8),
        ]
    );
}

// --- one opening ---

fn change_of(file: &StableFile) -> Change {
    match file.verify_unchanged().unwrap_err() {
        StableFileError::Changed { change, .. } => change,
        error => panic!("{error}"),
    }
}

#[test]
fn a_file_that_stays_as_it_is_is_unchanged() {
    let tree = Tree::new();
    let path = tree.parquet("a.parquet", 100);
    let file = StableFile::open(&path).unwrap();
    hash_file(&file, DigestAlgorithm::Sha256).unwrap();
    fs::read(&path).unwrap();
    file.verify_unchanged().unwrap();
}

#[test]
fn every_change_of_an_opened_file_is_told() {
    let tree = Tree::new();
    let path = tree.text("a", "0123456789");
    let open_anew = || {
        fs::write(&path, "0123456789").unwrap();
        StableFile::open(&path).unwrap()
    };

    let file = open_anew();
    fs::write(&path, "0123456789a").unwrap();
    let message = file.verify_unchanged().unwrap_err().to_string();
    assert!(
        message.ends_with("a` changed while it was read: its size was 10 bytes and is 11 bytes"),
        "{message}"
    );

    let file = open_anew();
    let later = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
    assert_eq!(change_of(&file), Change::Modified);

    let file = open_anew();
    fs::write(tree.path("b"), "0123456789").unwrap();
    fs::rename(tree.path("b"), &path).unwrap();
    assert_eq!(change_of(&file), Change::Replaced);

    let file = open_anew();
    fs::remove_file(&path).unwrap();
    assert_eq!(change_of(&file), Change::Removed);
}

#[test]
fn reads_are_held_to_the_length_at_opening() {
    let tree = Tree::new();
    let path = tree.text("a", "0123456789");
    let file = StableFile::open(&path).unwrap();
    fs::write(&path, "0123456789 and more").unwrap();
    assert_eq!(Length::len(&file), 10);
    assert_eq!(&file.get_bytes(7, 3).unwrap()[..], b"789");
    assert_eq!(&file.get_bytes(10, 0).unwrap()[..], b"");
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut file.get_read(4).unwrap(), &mut rest).unwrap();
    assert_eq!(rest, "456789");
    let outside = [(8, 3), (11, 0), (u64::MAX, 1), (0, usize::MAX), (u64::MAX, usize::MAX)];
    for (offset, length) in outside {
        let error = file.get_bytes(offset, length).unwrap_err().to_string();
        assert!(error.contains("has 10 bytes") && error.contains("do not lie in it"), "{error}");
    }
    assert!(file.get_read(11).is_err());
}

#[test]
fn a_file_cut_off_under_a_reader_is_an_error_with_its_place() {
    let tree = Tree::new();
    let path = tree.parquet("cut.parquet", 100_000);
    let file = StableFile::open(&path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file.clone()).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(1000).unwrap();

    let error = reader.build().unwrap().find_map(Result::err).unwrap().to_string();
    assert!(error.contains("cut.parquet` was cut off while it was read"), "{error}");
    let error = hash_file(&file, DigestAlgorithm::Sha256).unwrap_err();
    assert!(matches!(error, StableFileError::Truncated { offset: 0, .. }), "{error}");
    let error = file.read_exact_at(&mut [0; 2], 999).unwrap_err();
    assert!(matches!(error, StableFileError::Truncated { offset: 999, .. }), "{error}");
    let mut reader = file.get_read(990).unwrap();
    let error = std::io::copy(&mut reader, &mut std::io::sink()).unwrap_err().to_string();
    assert!(error.contains("the read at offset 1000 met its end"), "{error}");
    assert!(matches!(change_of(&file), Change::Size { .. }));
}

#[test]
fn the_crate_reads_through_one_opening_what_was_written() {
    let tree = Tree::new();
    let file = StableFile::open(&tree.parquet("a.parquet", 12_345)).unwrap();
    let rows =
        SerializedFileReader::new(file.clone()).unwrap().metadata().file_metadata().num_rows();
    assert_eq!(rows, 12_345);
    let batches = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let values: Vec<i64> = batches
        .flat_map(|batch| {
            let column = batch.unwrap().column(0).clone();
            column.as_any().downcast_ref::<Int64Array>().unwrap().values().to_vec()
        })
        .collect();
    assert_eq!(values, (0..12_345).collect::<Vec<i64>>());
}

#[test]
fn threads_that_share_one_opening_get_their_own_bytes() {
    let tree = Tree::new();
    let content: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let path = tree.path("a");
    fs::write(&path, &content).unwrap();
    let file = StableFile::open(&path).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (file, content) = (&file, &content);
            scope.spawn(move || {
                for round in 0..500 {
                    let offset = (thread * 97_003 + round * 7919) % 790_000;
                    let mut read = [0; 4096];
                    let mut reader = file.get_read(offset as u64).unwrap();
                    std::io::Read::read_exact(&mut reader, &mut read).unwrap();
                    assert_eq!(read[..], content[offset..offset + 4096]);
                    let bytes = file.get_bytes(offset as u64, 4096).unwrap();
                    assert_eq!(bytes[..], content[offset..offset + 4096]);
                }
            });
        }
    });
}
