//! The door through which the `parquet` crate reads a [`StableFile`].
//!
//! The crate's own reader for `std::fs::File` seeks a cursor that all its handles share, so two
//! threads reading one file can be given each other's bytes. This one reads by position, and
//! holds every range to the length of the file before it allocates.

use std::io::{self, BufReader, Read};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::stable_file::StableFile;

impl Length for StableFile {
    fn len(&self) -> u64 {
        self.size().0
    }
}

impl ChunkReader for StableFile {
    type T = BufReader<StableFileReader>;

    /// A reader of its own from `start` to the end of the file.
    ///
    /// # Errors
    /// `ParquetError::External` around a `StableFileError` when `start` lies past the end.
    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        self.check_range(start, 0).map_err(external)?;
        let reader = StableFileReader { file: self.clone(), position: start };
        Ok(BufReader::with_capacity(READ_AHEAD_BYTES, reader))
    }

    /// Exactly `length` bytes from `start` on.
    ///
    /// # Errors
    /// `ParquetError::External` around a `StableFileError`: range outside the file, file cut off
    /// meanwhile, fault of the system.
    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.check_range(start, length).map_err(external)?;
        let mut buffer = vec![0; length];
        self.read_exact_at(&mut buffer, start).map_err(external)?;
        Ok(buffer.into())
    }
}

/// Reads a [`StableFile`] onwards from a position that belongs to this reader alone.
#[derive(Debug)]
pub struct StableFileReader {
    file: StableFile,
    position: u64,
}

impl Read for StableFileReader {
    /// Ends at the length that the file had at opening; an end before that is an error.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_some_at(buffer, self.position).map_err(io::Error::other)?;
        self.position += read as u64;
        Ok(read)
    }
}

fn external(error: super::StableFileError) -> ParquetError {
    ParquetError::External(Box::new(error))
}

/// The `parquet` crate takes these readers for page headers, of some ten to some hundred bytes
/// each; page bodies come through `get_bytes`. Reading far ahead would copy bodies twice.
const READ_AHEAD_BYTES: usize = 1024;
