//! Holds the footer of a Parquet file against the limits before the reader parses it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use parquet::file::metadata::ParquetMetaData;

use super::limits::{self, at_most};
use super::thrift::{Kind, Walker};

/// Length of the footer and the magic number after it.
const TAIL: u64 = 8;

/// Walks over the footer; gives back its length.
///
/// A file that is no Parquet or encrypted is left to the reader, which says so.
pub fn check(file: &mut File) -> Result<u64, String> {
    let (length, magic) = tail(file)?;
    if magic != *b"PAR1" {
        return Ok(0);
    }
    at_most("bytes of the footer", length, limits::FOOTER_BYTES)?;
    let mut bytes = vec![0; length as usize];
    file.seek(SeekFrom::End(-((length + TAIL) as i64))).map_err(|e| e.to_string())?;
    file.read_exact(&mut bytes).map_err(|e| format!("footer of {length} bytes: {e}"))?;
    walk(&bytes).map_err(|message| format!("its footer cannot be used: {message}"))?;
    Ok(length)
}

fn tail(file: &mut File) -> Result<(u64, [u8; 4]), String> {
    let size = file.seek(SeekFrom::End(0)).map_err(|e| e.to_string())?;
    let mut bytes = [0; TAIL as usize];
    if size < TAIL {
        return Ok((0, *b"none"));
    }
    file.seek(SeekFrom::Start(size - TAIL)).map_err(|e| e.to_string())?;
    file.read_exact(&mut bytes).map_err(|e| e.to_string())?;
    let [a, b, c, d, magic @ ..] = bytes;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if magic == *b"PAR1" && length > size - TAIL {
        return Err(format!("its footer claims {length} bytes, the file has {size}"));
    }
    Ok((length, magic))
}

/// `FileMetaData`: field 2 is the schema, field 4 the row groups, field 8 how columns are encrypted.
fn walk(bytes: &[u8]) -> Result<(), String> {
    let mut walker = Walker::new(bytes);
    let mut before = 0;
    while let Some((number, kind)) = walker.field(before)? {
        match (number, kind) {
            (2, Kind::List) => schema(&mut walker)?,
            (4, Kind::List) => {
                let (count, kind) = walker.list()?;
                at_most("row groups", count, limits::ROW_GROUPS)?;
                (0..count).try_for_each(|_| walker.skip(kind))?;
            }
            (8, Kind::Struct) => return Err("its columns are encrypted".into()),
            (_, kind) => walker.skip(kind)?,
        }
        before = number;
    }
    Ok(())
}

/// The schema is a tree in preorder; the reader recurses over it.
fn schema(walker: &mut Walker<'_>) -> Result<(), String> {
    let (count, kind) = walker.list()?;
    at_most("columns", count.saturating_sub(1), limits::COLUMNS)?;
    if kind != Kind::Struct {
        return Err("its schema is no list of columns".into());
    }
    // Children that are still to come, of every column on the way down.
    let mut open: Vec<i64> = Vec::new();
    for _ in 0..count {
        let children = children(walker)?;
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        at_most("levels of nested columns", open.len() as u64, limits::DEPTH as u64)?;
        while open.last().is_some_and(|left| *left <= 0) {
            open.pop();
        }
    }
    Ok(())
}

/// `SchemaElement`: field 5 counts its children.
fn children(walker: &mut Walker<'_>) -> Result<i64, String> {
    let (mut before, mut children) = (0, 0);
    while let Some((number, kind)) = walker.field(before)? {
        match (number, kind) {
            (5, Kind::Integer) => children = walker.integer()?,
            (_, kind) => walker.skip(kind)?,
        }
        before = number;
    }
    Ok(children)
}

/// What the footer says of rows and of where the columns lie.
pub fn check_groups(metadata: &ParquetMetaData, size: u64) -> Result<(), String> {
    let mut rows = 0u64;
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let found = u64::try_from(group.num_rows())
            .map_err(|_| format!("row group {number} has {} rows", group.num_rows()))?;
        rows = rows.saturating_add(found);
        at_most("rows", rows, limits::rows_of(size))?;
        for chunk in group.columns() {
            let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
            let end = start.checked_add(chunk.compressed_size());
            let there = start >= 0 && chunk.compressed_size() >= 0;
            if !there || end.is_none_or(|end| end as u64 > size) {
                let name = chunk.column_path().string();
                return Err(format!(
                    "column `{name}` of row group {number} lies at byte {start} with {} bytes, the \
                     file has {size}",
                    chunk.compressed_size()
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A schema of columns that hold so many others each.
    fn schema_of(children: &[i8]) -> Result<(), String> {
        let mut bytes = vec![0xfc, children.len() as u8];
        for count in children {
            bytes.extend([0x55, (count << 1) as u8, 0x00]);
        }
        schema(&mut Walker::new(&bytes))
    }

    #[test]
    fn nesting_is_counted_by_level() {
        assert_eq!(schema_of(&[3, 0, 0, 0]), Ok(()));
        assert_eq!(schema_of(&[2, 1, 0, 1, 0]), Ok(()));
        assert_eq!(schema_of(&[[1; 31].as_slice(), &[0]].concat()), Ok(()));
        let deep = schema_of(&[[1; 40].as_slice(), &[0]].concat()).unwrap_err();
        assert_eq!(deep, "levels of nested columns: found 33, expected at most 32");
    }
}
