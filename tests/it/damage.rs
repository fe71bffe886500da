//! Files that are cut, encrypted, no Parquet at all, or damaged behind a valid footer.

use std::io::Write;
use std::ops::Range;

use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::ParquetMetaDataReader;
use serde_json::json;

use crate::program::{Answer, Case};
use crate::samples::{SampleFile, row};

fn file(compression: Compression) -> Vec<u8> {
    let rows = (0..200).map(|n| row(&format!("s{n}"), json!({"download_mbps": 50 + n})));
    SampleFile::of(rows.collect()).compressed(compression).bytes()
}

/// The answer of `run`; the file is named, nothing but the run report is written, nothing panics.
fn refused(bytes: &[u8]) -> Answer {
    let case = Case::new();
    case.write("samples/a.parquet", bytes);
    let answer = case.month("2025-10", &[]);
    answer.assert_failed(1, &["`samples/a.parquet`"]);
    assert!(!answer.stderr.contains("panic"), "{answer:?}");
    let left = std::fs::read_dir(case.path("out")).into_iter().flatten();
    let left = left.map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.map(|name| name.into_string().unwrap()).collect();
    let is_of_run = |name: &String| name.starts_with('.') || name.ends_with(".run.json");
    assert!(left.iter().all(is_of_run), "something was written: {left:?}");
    answer
}

#[test]
fn a_truncated_file_is_an_error() {
    let whole = file(Compression::UNCOMPRESSED);
    for length in [0, 4, 11, whole.len() / 2, whole.len() - 100, whole.len() - 1] {
        let answer = refused(&whole[..length]);
        assert!(answer.stderr.contains("cannot be read as Parquet"), "{length}: {answer:?}");
    }
}

#[test]
fn garbage_is_an_error() {
    refused(b"sample_id;measured_at\na;2025-10-10\n");
    refused(&[0x5a; 4096]);
}

#[test]
fn an_encrypted_file_is_an_error_that_says_so() {
    let mut bytes = file(Compression::UNCOMPRESSED);
    let end = bytes.len();
    bytes[..4].copy_from_slice(b"PARE");
    bytes[end - 4..].copy_from_slice(b"PARE");
    let answer = refused(&bytes);
    assert!(answer.stderr.contains("crypt"), "{answer:?}");
}

/// Where the pages of a column lie.
fn pages(bytes: &[u8], column: &str) -> Range<usize> {
    let mut copy = tempfile::tempfile().unwrap();
    copy.write_all(bytes).unwrap();
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&copy).unwrap();
    let group = metadata.row_group(0);
    let chunk = group.columns().iter().find(|c| c.column_path().string() == column).unwrap();
    let (start, length) = chunk.byte_range();
    start as usize..(start + length) as usize
}

fn damaged(compression: Compression, column: &str) -> Vec<u8> {
    let mut bytes = file(compression);
    let range = pages(&bytes, column);
    bytes[range].fill(0xff);
    bytes
}

#[test]
fn damaged_pages_behind_a_valid_footer_are_an_error() {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(3).unwrap());
    for compression in [Compression::UNCOMPRESSED, zstd] {
        for column in ["download_mbps", "sample_id", "measured_at"] {
            let answer = refused(&damaged(compression, column));
            assert!(answer.stderr.contains("damaged"), "{answer:?}");
        }
    }
}

#[test]
fn damaged_pages_name_their_column() {
    let answer = refused(&damaged(Compression::UNCOMPRESSED, "upload_mbps"));
    assert!(answer.stderr.contains("`upload_mbps`"), "{answer:?}");
}

#[test]
fn damage_in_a_later_file_leaves_the_previous_bundle_alone() {
    let built = crate::shared::small_month_copy();
    let before = built.bundle.files();
    built.case.write("samples/z.parquet", damaged(Compression::UNCOMPRESSED, "latency_ms"));
    built.case.month("2025-10", &[]).assert_failed(1, &["`samples/z.parquet`"]);
    assert!(built.bundle.files() == before, "the previous bundle changed");
}
