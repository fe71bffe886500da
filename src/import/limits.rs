//! How much a file of samples may ask for, so that no file takes more memory than is stated here.
//!
//! A Parquet file says of itself how large it is when decoded, and a damaged or malicious one lies.
//! Whatever it says is held against these limits before anything is allocated: the footer by
//! `footer`, the pages of a row group by `pages`. Reading then holds at most
//!
//! ```text
//! footers:     30 × FOOTERS_BYTES                  (a footer grows when it is parsed)
//! per thread:  PAGES_BYTES + 14 × BATCH_BYTES      (pages, rows held back, a batch in its stages)
//! ```
//!
//! beside what the program holds anyway (register, boundaries, fonts, accepted samples by number). Batches are made shorter
//! where rows are wide, so a good file with long texts is read, only in smaller steps.

/// Bytes of one footer.
pub const FOOTER_BYTES: u64 = 16 << 20;

/// Bytes of the footers of all files of a run.
pub const FOOTERS_BYTES: u64 = 128 << 20;

/// Files of a run.
pub const FILES: usize = 20_000;

/// Columns of a file, nested ones counted with their parts.
pub const COLUMNS: u64 = 2_000;

/// Levels of nesting of a schema.
pub const DEPTH: usize = 32;

/// Row groups of a file.
pub const ROW_GROUPS: u64 = 20_000;

/// Rows of a file.
pub const ROWS: u64 = 200_000_000;

/// Rows of a file for each of its bytes, from a million rows on: a few bytes can claim any number of
/// rows that are all alike, but tests differ in time and speed.
pub const ROWS_PER_BYTE: u64 = 8;
const FEW_ROWS: u64 = 1_000_000;

/// How many rows a file of so many bytes may have.
pub fn rows_of(file_bytes: u64) -> u64 {
    file_bytes.saturating_mul(ROWS_PER_BYTE).clamp(FEW_ROWS, ROWS)
}

/// Bytes of the header of a page, with the statistics in it.
pub const HEADER_BYTES: usize = 1 << 20;

/// Bytes of a page, as it is stored and decompressed.
pub const PAGE_BYTES: u64 = 64 << 20;

/// Bytes of the largest pages of all columns that are read together.
pub const PAGES_BYTES: u64 = 512 << 20;

/// Bytes of the longest text: names, identifiers and versions are far shorter.
pub const TEXT_BYTES: u64 = 1024;

/// Bytes of decoded values that a batch may have.
pub const BATCH_BYTES: u64 = 64 << 20;

/// Something of which there is too much, in words for a message.
pub fn exceeded(what: &str, found: impl std::fmt::Display, limit: u64) -> String {
    format!("{what}: found {found}, expected at most {limit}")
}

/// An error when there is more than the limit.
pub fn at_most(what: &str, found: u64, limit: u64) -> Result<(), String> {
    if found > limit { Err(exceeded(what, found, limit)) } else { Ok(()) }
}
