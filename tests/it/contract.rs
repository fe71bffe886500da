//! What does not fit the contract stops with a clear error, and nothing is written.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, StringArray, StructArray};
use arrow::datatypes::{DataType, Field, Float64Type, TimeUnit};
use serde_json::json;

use crate::program::Case;
use crate::samples::{SampleFile, row, unchecked, with_column};

fn good() -> SampleFile {
    SampleFile::of(vec![row("a", json!({})), row("b", json!({}))])
}

/// Exit code 1 from `run` and `check`, each part in the message, no output folder.
fn refused(case: &Case, parts: &[&str]) {
    let answer = case.month("2025-10", &[]);
    answer.assert_failed(1, parts);
    assert_eq!(answer.stdout, "", "{answer:?}");
    assert!(!case.path("out").exists(), "something was written");
    let checked = case.run(&["check", "samples"]);
    checked.assert_failed(1, parts);
    assert_eq!(checked.stderr, answer.stderr);
}

fn refused_file(bytes: impl AsRef<[u8]>, parts: &[&str]) {
    let case = Case::new();
    case.write("samples/a.parquet", bytes);
    refused(&case, &[&["`samples/a.parquet`"], parts].concat());
}

#[test]
fn a_missing_column_is_named_with_the_nearest_profile() {
    let case = Case::with_samples(&good().without("access_type"));
    let answer = case.month("2025-10", &[]);
    assert_eq!(
        answer.stderr,
        "error: column `access_type` is missing from `samples/a.parquet`, expected text\n  \
         hint: choose an import profile with --profile (nearest: `ispeed`, 13 of its 26 columns \
         are there; known: g-nettrack, ispeed, rtr), or write one in queries/import/\n"
    );
    refused(&case, &["`access_type`", "`samples/a.parquet`", "nearest: `ispeed`"]);
}

#[test]
fn a_file_of_another_export_leads_to_its_profile() {
    let text = |value: &str| -> ArrayRef { Arc::new(StringArray::from(vec![value])) };
    let columns = [
        ("open_test_uuid", "Oabc"),
        ("time", "2025-10-10 03:00:00"),
        ("cat_technology", "4G"),
        ("download_kbit", "50000"),
        ("upload_kbit", "20000"),
        ("ping_ms", "25"),
    ];
    let columns = columns.map(|(name, value)| (name.to_owned(), text(value)));
    let bytes = unchecked(columns.to_vec());
    refused_file(bytes, &["column `sample_id` is missing", "nearest: `rtr`"]);
}

#[test]
fn one_column_of_the_operator_and_of_the_place_must_be_there() {
    let file = good().without("operator").without("network_mcc_mnc");
    refused_file(
        file.bytes(),
        &["at least one of `operator`, `network_mcc_mnc`, `sim_mcc_mnc`, `asn`"],
    );
    let file = good().without("commune_code");
    refused_file(
        file.bytes(),
        &["`commune_code`", "at least one of `commune_code`, `commune_name`, `latitude`"],
    );
}

#[test]
fn a_latitude_without_a_longitude_column_is_no_place() {
    let file = SampleFile::of(vec![row("a", json!({"latitude": 12.7}))]).without("commune_code");
    refused_file(file.bytes(), &["`longitude`"]);
}

#[test]
fn a_wrong_type_is_named() {
    let file = good().typed("download_mbps", DataType::Utf8);
    refused_file(file.bytes(), &["column `download_mbps`", "has type Utf8, expected number"]);
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["2025-10-10 10:00:00"]));
    let bytes = with_column("measured_at", texts);
    refused_file(bytes, &["column `measured_at`", "has type Utf8, expected time"]);
    let numbers: ArrayRef = Arc::new(arrow::array::Int64Array::from(vec![24121]));
    let bytes = with_column("commune_code", numbers);
    refused_file(bytes, &["column `commune_code`", "has type Int64, expected text"]);
}

#[test]
fn a_nested_column_is_named() {
    let place: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    let field = Arc::new(Field::new("name", DataType::Utf8, true));
    let bytes = with_column("place", Arc::new(StructArray::from(vec![(field, place)])));
    refused_file(bytes, &["column `place`", "Struct", "expected a flat column"]);
    let list = ListArray::from_iter_primitive::<Float64Type, _, _>([Some([Some(50.0)])]);
    let bytes = with_column("download_mbps", Arc::new(list));
    refused_file(bytes, &["column `download_mbps`", "List"]);
}

#[test]
fn a_column_that_stands_twice_is_named() {
    let mut columns = good().columns();
    let again = columns.iter().find(|(name, _)| name == "upload_mbps").unwrap().clone();
    columns.push(again);
    refused_file(unchecked(columns), &["column `upload_mbps` stands twice"]);
}

#[test]
fn an_empty_folder_a_missing_path_and_a_glob_without_match_are_errors() {
    let case = Case::new();
    std::fs::create_dir(case.path("samples")).unwrap();
    refused(&case, &["folder `samples` holds no file"]);
    let answer = case.month("2025-10", &["--samples", "nowhere"]);
    answer.assert_failed(1, &["`nowhere`"]);
    let answer = case.month("2025-10", &["--samples", "samples/*.parquet"]);
    answer.assert_failed(1, &["`samples/*.parquet`"]);
    assert!(!case.path("out").exists());
}

#[test]
fn the_second_of_two_files_is_checked_before_anything_is_written() {
    let case = Case::with_samples(&good());
    case.samples("b.parquet", &good().without("sample_id"));
    refused(&case, &["`sample_id`", "`samples/b.parquet`"]);
}

#[test]
fn a_file_without_rows_is_no_error() {
    let case = Case::with_samples(&SampleFile::of(vec![row("a", json!({}))]));
    let empty = SampleFile::of(vec![row("a", json!({}))]).columns();
    let empty = empty.into_iter().map(|(name, array)| (name, array.slice(0, 0))).collect();
    case.write("samples/empty.parquet", unchecked(empty));
    let counts = case.counts(&["samples"]);
    assert_eq!(counts["files"][1]["file"], "empty.parquet");
    assert_eq!(counts["files"][1]["read"], 0);
    assert_eq!(counts["accepted"], 1);
}

#[test]
fn times_without_a_zone_need_a_configured_one() {
    let naive = DataType::Timestamp(TimeUnit::Microsecond, None);
    let local = |id, time| row(id, json!({"measured_at": time}));
    // Half an hour from either end of the month, by a clock in Vietnam.
    let rows = vec![local("a", "2025-10-01T00:30:00Z"), local("b", "2025-10-31T23:30:00Z")];
    let file = SampleFile::of(rows).typed("measured_at", naive);
    refused_file(
        file.bytes(),
        &["column `measured_at`", "times without a zone, expected UTC", "samples.naive_zone"],
    );
    let zone = "naive_zone = \"Asia/Ho_Chi_Minh\"\n";
    let case = Case::with_config(&format!("{}{zone}", crate::program::CONFIG));
    case.samples("a.parquet", &file);
    let counts = case.counts(&["samples", "--config", "ispeed-report.toml", "--month", "2025-10"]);
    assert_eq!(counts["accepted"], 2, "{counts}");
}
