//! Repeated sample ids: sought among rows that pass every rule, the first in time is kept.

use serde_json::{Value, json};

use crate::bundle::{Bundle, only};
use crate::program::Case;
use crate::samples::{Row, SampleFile, row};
use crate::shared::Built;

/// A test at that hour whose download tells it from the others.
fn at(id: &str, hour: u32, download: u32) -> Row {
    let time = format!("2025-10-10T{hour:02}:00:00Z");
    row(id, json!({"measured_at": time, "download_mbps": download, "device_id": null}))
}

fn abroad(mut row: Row) -> Row {
    row.insert("server_country".into(), json!("US"));
    row
}

fn first_file() -> Vec<Row> {
    vec![
        at("later_here", 5, 11),
        at("tie", 3, 21),
        at("same", 3, 31),
        at("same", 3, 31),
        abroad(at("rejected_first", 1, 41)),
        at("rejected_first", 2, 42),
        at("three", 3, 51),
    ]
}

fn second_file() -> Vec<Row> {
    vec![
        at("later_here", 4, 12),
        at("tie", 3, 22),
        at("three", 2, 52),
        at("three", 1, 53),
        at("alone", 3, 61),
    ]
}

fn build(first: Vec<Row>, second: Vec<Row>) -> Built {
    let case = Case::new();
    case.samples("a.parquet", &SampleFile::of(first));
    case.samples("b.parquet", &SampleFile::of(second));
    let bundle = case.build("2025-10");
    Built { case, bundle }
}

fn downloads(bundle: &Bundle) -> Vec<f64> {
    let effective = bundle.effective();
    let mut values: Vec<f64> =
        effective.iter().map(|row| row["download_mbps"].as_f64().unwrap()).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn four(counts: &Value) -> [u64; 4] {
    ["read", "accepted", "duplicate", "rejected"].map(|name| counts[name].as_u64().unwrap())
}

#[test]
fn the_first_in_time_is_kept_whatever_the_order_of_files_and_rows() {
    let Built { bundle, case: _case } = build(first_file(), second_file());
    let kept = downloads(&bundle);
    assert!([21.0, 22.0].contains(&kept[1]), "{kept:?}");
    assert_eq!(kept, [12.0, kept[1], 31.0, 42.0, 53.0, 61.0]);
    let ledger = bundle.ledger();
    assert_eq!(four(&ledger), [12, 6, 5, 1]);
    assert_eq!(ledger["duplicate_conflicting"], 4, "all but the row that is the same");
    let files = ledger["files"].as_array().unwrap();
    let sums = files
        .iter()
        .map(four)
        .fold([0; 4], |sum, file| [0, 1, 2, 3].map(|place| sum[place] + file[place]));
    assert_eq!(sums, [12, 6, 5, 1]);
    let tie_here = u64::from(kept[1] == 21.0);
    assert_eq!(four(&files[0]), [7, 2 + tie_here, 4 - tie_here, 1]);
    assert_eq!(four(&files[1]), [5, 4 - tie_here, 1 + tie_here, 0]);

    let reversed = |rows: Vec<Row>| rows.into_iter().rev().collect::<Vec<_>>();
    let other = build(reversed(second_file()), reversed(first_file()));
    assert_eq!(downloads(&other.bundle), kept);
    let ledger = other.bundle.ledger();
    assert_eq!(four(&ledger), [12, 6, 5, 1]);
    assert_eq!(ledger["duplicate_conflicting"], 4);
}

#[test]
fn a_copy_of_a_rejected_row_is_rejected_and_no_duplicate() {
    let rows = vec![abroad(at("x", 1, 1)), abroad(at("x", 1, 1)), at("y", 1, 2)];
    let case = Case::with_samples(&SampleFile::of(rows));
    let counts = case.counts(&["samples"]);
    assert_eq!(four(&counts), [3, 1, 0, 2]);
}

#[test]
fn a_null_is_other_content_than_a_value() {
    let mut null = at("x", 1, 1);
    null.insert("jitter_ms".into(), Value::Null);
    let case = Case::with_samples(&SampleFile::of(vec![at("x", 1, 1), null]));
    let counts = case.counts(&["samples"]);
    assert_eq!((four(&counts), &counts["duplicate_conflicting"]), ([2, 1, 1, 0], &json!(1)));
}

#[test]
fn conflicting_duplicates_give_a_warning() {
    let case = Case::with_samples(&SampleFile::of(vec![at("x", 1, 1), at("x", 2, 2)]));
    let answer = case.run(&["check", "samples"]);
    assert_eq!(answer.code, 0);
    let warning =
        "warning: 1 duplicate rows have the sample_id of another row but different content";
    assert!(answer.stderr.contains(warning), "{answer:?}");
}

#[test]
fn months_count_every_row() {
    let case = Case::with_samples(&SampleFile::of([first_file(), second_file()].concat()));
    let counts = case.counts(&["samples"]);
    assert_eq!(counts["months"], json!({"2025-10": 12}));
    let files: Vec<Row> = counts["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f.as_object().unwrap().clone())
        .collect();
    assert_eq!(only(&files, json!({"file": "a.parquet"}))["duplicate"], 5);
}
