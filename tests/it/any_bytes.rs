//! Damage at every place of a file of samples: an error or rows that are still there, never a panic.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, TimestampMicrosecondArray, TimestampSecondArray};
use ispeed_report::error::Result;
use ispeed_report::import::Samples;
use ispeed_report::queries::Queries;
use parquet::basic::{Compression, ZstdLevel};
use serde_json::json;

use crate::program::{Answer, Case};
use crate::samples::{SampleFile, row, with_column};

const ROWS: usize = 60;

fn good(compression: Compression) -> Vec<u8> {
    let rows = (0..ROWS).map(|n| row(&format!("marked-{n}"), json!({"download_mbps": 50 + n})));
    SampleFile::of(rows.collect()).compressed(compression).bytes()
}

/// How many rows are read of a file.
fn rows_read(case: &Case, queries: &Queries, bytes: &[u8]) -> Result<usize> {
    case.write("a.parquet", bytes);
    let path = case.path("a.parquet").display().to_string();
    let samples = Samples::open(&[path], "ispeed", queries, None)?;
    let mut rows = 0;
    for file in &samples.files {
        for section in file.sections(65_536) {
            file.read(&section, &mut |batch| {
                rows += batch.num_rows();
                Ok(())
            })?;
        }
    }
    Ok(rows)
}

#[test]
fn a_file_cut_at_any_place_is_an_error() {
    let (case, queries) = (Case::new(), Queries::embedded().unwrap());
    let whole = good(Compression::UNCOMPRESSED);
    assert_eq!(rows_read(&case, &queries, &whole).unwrap(), ROWS);
    for part in 0..50 {
        let cut = &whole[..whole.len() * part / 50];
        let error = rows_read(&case, &queries, cut).expect_err("a cut file").to_string();
        assert!(error.contains("a.parquet"), "{part}/50: {error}");
    }
}

#[test]
fn a_flipped_bit_is_an_error_or_leaves_the_rows() {
    let (case, queries) = (Case::new(), Queries::embedded().unwrap());
    let zstd = Compression::ZSTD(ZstdLevel::try_new(3).unwrap());
    let mut refused = 0;
    for compression in [Compression::UNCOMPRESSED, zstd] {
        let whole = good(compression);
        for step in 0..200 {
            // Places all over the file: 7919 is a prime.
            let bit = (step * 7_919 * 8 + step) % (whole.len() * 8);
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            match rows_read(&case, &queries, &bytes) {
                Ok(rows) => assert!(rows <= ROWS, "bit {bit}: {rows} rows"),
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().contains("a.parquet"), "bit {bit}: {error}");
                }
            }
        }
    }
    assert!(refused > 100, "{refused} of 400 were refused");
}

/// `check` of one file for October 2025, and without a month.
fn checked(bytes: &[u8]) -> [Answer; 2] {
    let case = Case::new();
    case.write("samples/a.parquet", bytes);
    let month = ["--config", "ispeed-report.toml", "--month", "2025-10"];
    [&month[..], &[]].map(|more| case.run(&[&["check", "samples"], more].concat()))
}

#[test]
fn text_that_is_not_utf8_is_an_error_that_names_its_column() {
    let mut bytes = good(Compression::UNCOMPRESSED);
    let place = bytes.windows(7).position(|window| window == b"marked-").unwrap();
    bytes[place] = 0xff;
    for answer in checked(&bytes) {
        answer.assert_failed(1, &["`sample_id`", "`samples/a.parquet`"]);
    }
}

/// A time that no calendar has is no time, one of another age is outside the period.
#[test]
fn times_at_the_ends_of_the_calendar_reject_their_row() {
    let ends = [i64::MIN, -62_135_596_800_000_001, 253_402_300_800_000_000, i64::MAX];
    let times = TimestampMicrosecondArray::from(ends.to_vec()).with_timezone("UTC");
    let seconds = [i64::MIN, -62_135_596_801, 253_402_300_800, i64::MAX];
    let seconds = TimestampSecondArray::from(seconds.to_vec()).with_timezone("UTC");
    for times in [Arc::new(times) as ArrayRef, Arc::new(seconds)] {
        for place in 0..times.len() {
            let [month, any] = checked(&with_column("measured_at", times.slice(place, 1)));
            month.assert_failed(3, &["1 of 1 rows were rejected"]);
            assert!([0, 3].contains(&any.code), "{place}: {any:?}");
        }
    }
}
