//! Files that ask for more than there is: each is refused before its memory is taken.
//!
//! The program runs with its address space limited, so that taking the memory would abort it.

use std::process::Command;
use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::json;

use crate::program::{Answer, Case};
use crate::samples::{SampleFile, row, unchecked};

/// Address space of the program in KiB. A month of a few rows runs in it.
const SPACE: &str = "1500000";

/// `check` of one file in a limited address space.
fn limited(bytes: &[u8]) -> Answer {
    let case = Case::new();
    case.write("samples/a.parquet", bytes);
    let run = "ulimit -v \"$0\" && exec \"$@\"";
    let output = Command::new("sh")
        .args(["-c", run, SPACE, env!("CARGO_BIN_EXE_ispeed-report"), "check", "samples"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .current_dir(case.path(""))
        .output();
    Answer::of(output.unwrap())
}

fn refused(bytes: &[u8], parts: &[&str]) {
    let answer = limited(bytes);
    answer.assert_failed(1, &[&["`samples/a.parquet`"], parts].concat());
    assert!(!answer.stderr.contains("panic"), "{answer:?}");
}

fn good() -> SampleFile {
    SampleFile::of((0..50).map(|n| row(&format!("s{n}"), json!({}))).collect())
}

#[test]
fn a_good_file_is_read_in_that_space() {
    let answer = limited(&good().bytes());
    assert_eq!(answer.code, 0, "{answer:?}");
}

/// A file of a footer alone.
fn footer(footer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [b"PAR1", footer, &length, b"PAR1"].concat()
}

/// A number of the Thrift compact protocol.
fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// The head of a footer: version, and the schema's list of so many elements.
fn schema_of(elements: u64) -> Vec<u8> {
    [&[0x15, 0x02, 0x19, 0xfc][..], &varint(elements)].concat()
}

/// A column `a`, optional text; and a group of so many children.
const COLUMN: &[u8] = &[0x15, 0x0c, 0x25, 0x02, 0x18, 0x01, b'a', 0x00];
fn group(children: u64) -> Vec<u8> {
    [&[0x48, 0x01, b'g', 0x15][..], &varint(children << 1), &[0x00]].concat()
}

#[test]
fn a_footer_that_claims_more_than_the_file_is_refused() {
    for claimed in [100u32, 1 << 30, u32::MAX] {
        let bytes = [b"PAR1".as_slice(), &claimed.to_le_bytes(), b"PAR1"].concat();
        refused(&bytes, &["footer claims"]);
    }
}

#[test]
fn a_footer_beyond_the_limit_is_refused() {
    refused(&footer(&vec![0; (16 << 20) + 1]), &["bytes of the footer: found 16777217"]);
}

#[test]
fn lists_that_claim_elements_that_are_not_there_are_refused() {
    let long = varint(i32::MAX as u64);
    let groups = [&schema_of(2), &group(1), COLUMN, &[0x16, 0, 0x19, 0xfc], &long, &[0]].concat();
    refused(&footer(&groups), &["a list claims 2147483647 elements"]);
    refused(&footer(&[&schema_of(i32::MAX as u64)[..], &[0]].concat()), &["a list claims"]);
    let text = [&schema_of(2), &group(1), &[0x18][..], &long, b"abc"].concat();
    refused(&footer(&text), &["a value claims 2147483647 bytes"]);
}

#[test]
fn a_schema_nested_thousands_of_levels_deep_is_refused() {
    let depth = 1_900;
    let groups: Vec<u8> = (0..depth).flat_map(|_| group(1)).collect();
    let bytes = [&schema_of(depth + 1), &groups, COLUMN, &[0x16, 0, 0x19, 0x0c, 0]].concat();
    refused(&footer(&bytes), &["levels of nested columns: found 33, expected at most 32"]);
}

#[test]
fn an_encrypted_file_with_a_readable_footer_is_refused() {
    let bytes = [&schema_of(2), &group(1), COLUMN, &[0x16, 0, 0x19, 0x0c, 0x4c, 0x1c, 0, 0, 0]];
    refused(&footer(&bytes.concat()), &["encrypted"]);
}

/// The good file with ten thousand columns more.
#[test]
fn ten_thousand_columns_are_refused() {
    let mut columns = good().columns();
    let more: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>; 50]));
    columns.extend((0..10_000).map(|n| (format!("c{n}"), more.clone())));
    refused(&unchecked(columns), &["columns: found 10014, expected at most 2000"]);
}

/// One id of so many equal letters, compressed.
fn long_id(length: usize, compression: Compression) -> Vec<u8> {
    let rows = vec![row(&"a".repeat(length), json!({"device_id": "d"}))];
    SampleFile::of(rows).compressed(compression).bytes()
}

fn codecs() -> [Compression; 6] {
    [
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ]
}

#[test]
fn pages_beyond_the_limit_are_refused() {
    let parts = ["`sample_id`", "bytes of a page: found 80000010, expected at most 67108864"];
    refused(&long_id(80_000_000, Compression::SNAPPY), &parts);
}

#[test]
fn texts_beyond_the_limit_are_refused() {
    refused(&long_id(1_025, Compression::SNAPPY), &["`sample_id`", "bytes of a text: found 1025"]);
    let answer = limited(&long_id(1_024, Compression::SNAPPY));
    assert_eq!(answer.code, 0, "{answer:?}");
}

/// Pages that decompress to 4 MB and declare a hundred bytes, or 2 GB.
#[test]
fn pages_that_lie_about_their_length_are_refused() {
    let true_length = 4_000_010u64;
    for codec in codecs() {
        for (declared, part) in
            [(100u64, ""), (i32::MAX as u64, "bytes of a page: found 2147483647")]
        {
            let bytes = long_id(4_000_000, codec);
            refused(&redeclared(bytes, true_length, declared), &["`sample_id`", "damaged", part]);
        }
    }
}

/// The file with the length that its first page of that length declares replaced by another.
fn redeclared(mut bytes: Vec<u8>, length: u64, declared: u64) -> Vec<u8> {
    let found = [&[0x15][..], &varint(length << 1), &[0x15]].concat();
    let mut other = varint(declared << 1);
    // The same number with as many bytes as the place has.
    while other.len() < found.len() - 2 {
        *other.last_mut().unwrap() |= 0x80;
        other.push(0);
    }
    let at = bytes.windows(found.len()).position(|window| window == found).unwrap();
    bytes.splice(at + 1..at + found.len() - 1, other);
    bytes
}

/// Every text column the longest text allowed, once in a dictionary, for many rows.
#[test]
fn dictionaries_that_repeat_long_texts_are_read_in_small_steps() {
    let rows = 20_000;
    let text = "a".repeat(1_024);
    let columns = good().columns().into_iter().map(|(name, array)| {
        let keys = arrow::array::Int32Array::from(vec![0; rows]);
        let values: ArrayRef = match array.data_type() {
            arrow::datatypes::DataType::Utf8 => Arc::new(StringArray::from(vec![text.as_str()])),
            _ => array.slice(0, 1),
        };
        let one = DictionaryArray::<Int32Type>::new(keys, values.clone());
        let array = match values.data_type() {
            arrow::datatypes::DataType::Utf8 => Arc::new(one) as ArrayRef,
            other => arrow::compute::cast(&one, other).unwrap(),
        };
        (name, array, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut bytes = Vec::new();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    let answer = limited(&bytes);
    answer.assert_failed(3, &["20000 of 20000 rows"]);
}

#[test]
fn rows_that_take_no_bytes_are_refused() {
    let rows = 1_000_001;
    let columns = good().columns().into_iter().map(|(name, array)| {
        let nulls = arrow::array::new_null_array(array.data_type(), rows);
        (name, nulls)
    });
    refused(&unchecked(columns.collect()), &["rows: found 1000001, expected at most 1000000"]);
}
