//! Writes the standard pair: `cargo bench --bench generate -- FOLDER ROWS [CODEC [PREFIXES]]`.
//!
//! `CODEC` is `snappy` (default), `zstd` or `none`; `PREFIXES`, with commas, choose columns by how
//! their names begin. Ten million rows a side are what speed is measured on. With `--test` a small
//! pair is written to a temporary folder.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod support;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use parquet::basic::{Compression, ZstdLevel};
use support::standard_pair::write_pair;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let rows = |rows: &str| rows.replace('_', "").parse();
    let (folder, rows, codec, columns) = match &arguments[..] {
        [folder, count] => (folder, rows(count)?, "snappy", ""),
        [folder, count, codec] => (folder, rows(count)?, codec.as_str(), ""),
        [folder, count, codec, columns] => (folder, rows(count)?, codec.as_str(), columns.as_str()),
        _ => {
            let folder = tempfile::tempdir()?;
            write_pair(folder.path(), 2_000, Compression::SNAPPY, "")?;
            println!("usage: cargo bench --bench generate -- FOLDER ROWS [CODEC [PREFIXES]]");
            return Ok(());
        }
    };
    let codec = match codec {
        "snappy" => Compression::SNAPPY,
        "zstd" => Compression::ZSTD(ZstdLevel::default()),
        "none" => Compression::UNCOMPRESSED,
        other => return Err(format!("`{other}` is not one of snappy, zstd, none").into()),
    };
    std::fs::create_dir_all(folder)?;
    let started = Instant::now();
    for path in write_pair(&PathBuf::from(folder), rows, codec, columns)? {
        println!("{} ({} bytes)", path.display(), path.metadata()?.len());
    }
    println!("{:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}
