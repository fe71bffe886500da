//! Measures the pages of a row group by their headers, before any of them is decoded.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use parquet::basic::Type;
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use super::inflate;
use super::limits::{self, at_most};
use super::thrift::{Kind, Walker};

/// Encodings of data pages, as Parquet numbers them.
const PLAIN_DICTIONARY: i64 = 2;
const DELTA_BYTE_ARRAY: i64 = 7;
const RLE_DICTIONARY: i64 = 8;

/// Bytes that are read at first for the header of a page.
const FIRST_READ: usize = 4096;

/// What a column of a row group takes when it is read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Bytes of its largest pages, as stored and decompressed.
    pub pages: u64,
    /// Bytes of a value on average, in the page where they are widest.
    pub width: u64,
}

/// `PageHeader`, as far as it is of interest.
#[derive(Debug, Default)]
struct Header {
    is_dictionary: bool,
    stored: i64,
    decompressed: i64,
    values: i64,
    encoding: i64,
}

/// Measures a column of a row group.
pub fn measure(file: &Arc<File>, chunk: &ColumnChunkMetaData) -> Result<Size, String> {
    let (mut at, length) = chunk.byte_range();
    let end = at.saturating_add(length);
    let is_text = chunk.column_type() == Type::BYTE_ARRAY;
    let (mut size, mut longest, mut dictionary) = (Size { pages: 0, width: 16 }, 0, 0);
    while at < end {
        let (header, taken) = header(file, at, end - at)?;
        at += taken;
        let (stored, decompressed) = lengths(&header, end - at)?;
        check_inflation(file, chunk, at, stored, decompressed)?;
        at += stored;
        if header.is_dictionary {
            dictionary = stored + decompressed;
            longest = if is_text { longest_text(file, chunk)? } else { 0 };
        } else {
            size.pages = size.pages.max(stored + decompressed);
            size.width = size.width.max(width(&header, decompressed, longest, is_text));
        }
    }
    size.pages += dictionary;
    Ok(size)
}

fn header(file: &File, at: u64, left: u64) -> Result<(Header, u64), String> {
    let most = left.min(limits::HEADER_BYTES as u64);
    let mut parsed = Err("it is empty".to_owned());
    for length in [most.min(FIRST_READ as u64), most] {
        let bytes = read(file, at, length)?;
        parsed = parse(&bytes);
        if parsed.is_ok() || length == most {
            break;
        }
    }
    parsed.map_err(|message| format!("the header of a page is damaged: {message}"))
}

fn read(mut file: &File, at: u64, length: u64) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; length as usize];
    file.seek(SeekFrom::Start(at)).map_err(|e| e.to_string())?;
    file.read_exact(&mut bytes).map_err(|e| e.to_string())?;
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Result<(Header, u64), String> {
    let mut walker = Walker::new(bytes);
    let (mut header, mut before) = (Header::default(), 0);
    while let Some((number, kind)) = walker.field(before)? {
        match (number, kind) {
            (2, Kind::Integer) => header.decompressed = walker.integer()?,
            (3, Kind::Integer) => header.stored = walker.integer()?,
            // Headers of data pages, of dictionaries, of data pages of version 2.
            (5, Kind::Struct) => values(&mut walker, 2, &mut header)?,
            (7, Kind::Struct) => {
                header.is_dictionary = true;
                values(&mut walker, 2, &mut header)?;
            }
            (8, Kind::Struct) => values(&mut walker, 4, &mut header)?,
            (_, kind) => walker.skip(kind)?,
        }
        before = number;
    }
    Ok((header, walker.at() as u64))
}

/// The number of values is field 1, the encoding one that depends on the kind of page.
fn values(walker: &mut Walker<'_>, encoding: i64, header: &mut Header) -> Result<(), String> {
    let mut before = 0;
    while let Some((number, kind)) = walker.field(before)? {
        match (number, kind) {
            (1, Kind::Integer) => header.values = walker.integer()?,
            (number, Kind::Integer) if number == encoding => header.encoding = walker.integer()?,
            (_, kind) => walker.skip(kind)?,
        }
        before = number;
    }
    Ok(())
}

/// Bytes of a page, stored and decompressed.
fn lengths(header: &Header, left: u64) -> Result<(u64, u64), String> {
    let length = |value: i64| {
        let length = u64::try_from(value).map_err(|_| format!("a page of {value} bytes"))?;
        at_most("bytes of a page", length, limits::PAGE_BYTES)?;
        Ok::<u64, String>(length)
    };
    let (stored, decompressed) = (length(header.stored)?, length(header.decompressed)?);
    if stored > left {
        return Err(format!("a page of {stored} bytes, {left} are left of its column"));
    }
    Ok((stored, decompressed))
}

fn check_inflation(
    file: &File,
    chunk: &ColumnChunkMetaData,
    at: u64,
    stored: u64,
    decompressed: u64,
) -> Result<(), String> {
    if !inflate::is_unbounded(chunk.compression()) {
        return Ok(());
    }
    inflate::check(chunk.compression(), &read(file, at, stored)?, decompressed)
}

/// Bytes of a value of a data page, on average; a text of a dictionary may be its longest always.
fn width(header: &Header, decompressed: u64, longest: u64, is_text: bool) -> u64 {
    match header.encoding {
        _ if !is_text => 0,
        PLAIN_DICTIONARY | RLE_DICTIONARY => longest,
        // Every text may repeat the one before.
        DELTA_BYTE_ARRAY => decompressed,
        _ => decompressed / u64::try_from(header.values).unwrap_or(0).max(1) + 1,
    }
}

/// Bytes of the longest text of a dictionary.
fn longest_text(file: &Arc<File>, chunk: &ColumnChunkMetaData) -> Result<u64, String> {
    let pages = SerializedPageReader::new(file.clone(), chunk, 0, None);
    let first = pages.and_then(|mut pages| pages.get_next_page()).map_err(|e| e.to_string())?;
    let Some(Page::DictionaryPage { buf, .. }) = first else { return Ok(0) };
    let (mut rest, mut longest) = (&buf[..], 0u64);
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u64::from(u32::from_le_bytes(*length));
        longest = longest.max(length);
        rest = after.get(length as usize..).unwrap_or_default();
    }
    at_most("bytes of a text", longest, limits::TEXT_BYTES)?;
    Ok(longest)
}
