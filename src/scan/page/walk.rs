//! Walks the pages of one column chunk, decompressing each into memory that is used again.

use std::ops::Range;

use parquet::basic::Compression;

use super::header::{PageHeader, PageKind};
use crate::identity::PART_BYTES;
use crate::scan::footer::ParquetFile;
use crate::snapshot::StableFile;

/// Memory for one thread, kept from page to page and from chunk to chunk.
#[derive(Default)]
pub(in crate::scan) struct PageBuffers {
    window: Window,
    plain: Plain,
}

/// One page, levels and values still together.
pub(super) struct StoredPage<'a> {
    pub(super) header: PageHeader,
    /// Of a version 2 page: levels, not compressed. Empty otherwise.
    pub(super) levels: &'a [u8],
    /// Everything else.
    pub(super) body: &'a [u8],
}

/// A position in a column chunk.
pub(super) struct PageWalk<'a> {
    file: &'a StableFile,
    next: u64,
    end: u64,
    codec: Codec,
    page_bytes_max: u64,
}

/// Codecs that are decompressed here; others are left to the general reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codec {
    None,
    Snappy,
    Zstd,
}

impl<'a> PageWalk<'a> {
    /// A walk over the bytes `start..end` of a file; `None` for a codec that is not known here.
    pub(super) fn new(
        file: &'a ParquetFile,
        start: u64,
        end: u64,
        codec: Compression,
    ) -> Option<Self> {
        let codec = match codec {
            Compression::UNCOMPRESSED => Codec::None,
            Compression::SNAPPY => Codec::Snappy,
            Compression::ZSTD(_) => Codec::Zstd,
            _ => return None,
        };
        let page_bytes_max = file.limits.page_bytes;
        Some(Self { file: &file.stable, next: start, end, codec, page_bytes_max })
    }

    /// Tells the system that all pages will be read.
    pub(super) fn read_ahead(&self) {
        self.file.will_read(self.next..self.end);
    }

    /// The header of the next page, and where its body begins; `None` at a fault.
    pub(super) fn peek(&self, buffers: &mut PageBuffers) -> Option<(PageHeader, u64)> {
        let left = usize::try_from(self.end.checked_sub(self.next)?).ok()?;
        let mut length = left.min(HEADER_BYTES);
        loop {
            let bytes = buffers.window.read(self.file, self.next..self.end, length)?;
            if let Some((header, bytes)) = PageHeader::read(bytes) {
                return Some((header, self.next.checked_add(bytes as u64)?));
            }
            // Statistics may make a header long.
            (length < left.min(HEADER_BYTES_MAX)).then_some(())?;
            length = left.min(length * 8);
        }
    }

    /// Whether all bytes of the chunk are behind.
    pub(super) fn is_done(&self) -> bool {
        self.next >= self.end
    }

    /// Goes on behind the next page without reading it.
    pub(super) fn skip(&mut self, buffers: &mut PageBuffers) -> Option<()> {
        let (header, body) = self.peek(buffers)?;
        self.next = body.checked_add(header.stored as u64).filter(|&next| next <= self.end)?;
        Some(())
    }

    /// Reads and decompresses the next page; `None` at a fault.
    pub(super) fn next<'b>(&mut self, buffers: &'b mut PageBuffers) -> Option<StoredPage<'b>> {
        let (header, body) = self.peek(buffers)?;
        // The general reader names the limit.
        (header.plain as u64 <= self.page_bytes_max).then_some(())?;
        let PageBuffers { window, plain } = buffers;
        let stored = window.read(self.file, body..self.end, header.stored)?;
        self.next = body.checked_add(header.stored as u64)?;
        if header.crc.is_some_and(|crc| crc32fast::hash(stored) != crc) {
            return None;
        }
        let (levels, compressed) = match header.kind {
            PageKind::DataV2 { repetition, definition, compressed, .. } => {
                (repetition.checked_add(definition)?, compressed)
            }
            PageKind::Data | PageKind::Dictionary => (0, true),
        };
        let (levels, body) = stored.split_at_checked(levels)?;
        let length = header.plain.checked_sub(levels.len())?;
        let body = if self.codec == Codec::None || !compressed {
            (body.len() == length).then_some(body)?
        } else {
            plain.decompress(self.codec, body, length)?
        };
        Some(StoredPage { header, levels, body })
    }
}

impl PageBuffers {
    /// Forgets which file was read.
    pub(super) fn restart(&mut self) {
        self.window.length = 0;
    }
}

/// Some bytes of a file in memory.
#[derive(Default)]
struct Window {
    bytes: Vec<u8>,
    start: u64,
    length: usize,
}

impl Window {
    /// The first `length` bytes of `range`, reading ahead within it.
    fn read(&mut self, file: &StableFile, range: Range<u64>, length: usize) -> Option<&[u8]> {
        let Range { start, end } = range;
        let wanted = start.checked_add(length as u64).filter(|&wanted| wanted <= end)?;
        let loaded = self.start..self.start.checked_add(self.length as u64)?;
        if start < loaded.start || wanted > loaded.end {
            let mut kept = 0;
            if loaded.contains(&start) {
                let from = usize::try_from(start - loaded.start).ok()?;
                self.bytes.copy_within(from..self.length, 0);
                kept = self.length - from;
            }
            (self.start, self.length) = (start, 0);
            // Reads that meet where parts of the file's digest do leave none to be read again.
            let whole = start.checked_add(WINDOW_BYTES.max(length) as u64)?;
            let whole = whole.checked_next_multiple_of(PART_BYTES)?.min(end);
            let ahead = usize::try_from(whole - start).ok()?;
            if self.bytes.len() < ahead {
                self.bytes.resize(ahead, 0);
            }
            let room = self.bytes.get_mut(kept..ahead)?;
            file.read_exact_at(room, start.checked_add(kept as u64)?).ok()?;
            self.length = ahead;
        }
        let at = usize::try_from(start.checked_sub(self.start)?).ok()?;
        self.bytes.get(at..at.checked_add(length)?)
    }
}

/// A page decompressed.
#[derive(Default)]
struct Plain {
    bytes: Vec<u8>,
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl Plain {
    /// Decompresses a page of `length` bytes, neither more nor fewer.
    fn decompress(&mut self, codec: Codec, packed: &[u8], length: usize) -> Option<&[u8]> {
        (length <= PAGE_BYTES_MAX).then_some(())?;
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
        let room = self.bytes.get_mut(..length)?;
        // A page without any value may be stored as nothing.
        let found = match codec {
            _ if length == 0 => 0,
            Codec::None => return None,
            Codec::Snappy => snap::raw::Decoder::new().decompress(packed, room).ok()?,
            Codec::Zstd => {
                if self.zstd.is_none() {
                    self.zstd = Some(zstd::bulk::Decompressor::new().ok()?);
                }
                self.zstd.as_mut()?.decompress_to_buffer(packed, room).ok()?
            }
        };
        (found == length).then_some(room)
    }
}

/// Bytes read at a time, unless a page is longer: small enough to stay in the cache.
const WINDOW_BYTES: usize = 256 << 10;
const HEADER_BYTES: usize = 512;
const HEADER_BYTES_MAX: usize = 1 << 20;
/// Longest page that is decompressed here.
const PAGE_BYTES_MAX: usize = 64 << 20;
