//! Writes the standard pair: `cargo bench --bench generate -- FOLDER ROWS [snappy|zstd|none]`.
//!
//! Ten million rows a side are what speed is measured on. With `--test` a small pair is written
//! to a temporary folder.

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
    let (folder, rows, codec) = match &arguments[..] {
        [folder, rows] => (folder, rows.replace('_', "").parse()?, "snappy"),
        [folder, rows, codec] => (folder, rows.replace('_', "").parse()?, codec.as_str()),
        _ => {
            let folder = tempfile::tempdir()?;
            write_pair(folder.path(), 2_000, Compression::SNAPPY)?;
            println!("usage: cargo bench --bench generate -- FOLDER ROWS [snappy|zstd|none]");
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
    for path in write_pair(&PathBuf::from(folder), rows, codec)? {
        println!("{} ({} bytes)", path.display(), path.metadata()?.len());
    }
    println!("{:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}
