//! Folders, hive-partitioned folders and globs.

use serde_json::{Value, json};

use crate::program::Case;
use crate::samples::{SampleFile, row};

/// Two rows without the columns that the folders carry.
fn part(id: &str) -> SampleFile {
    let rows = ["1", "2"].map(|n| row(&format!("{id}{n}"), json!({})));
    SampleFile::of(rows.to_vec()).without("commune_code")
}

fn partitioned() -> Case {
    let case = Case::new();
    case.samples("month=2025-10/commune_code=24121/p.parquet", &part("a"));
    case.samples("month=2025-10/commune_code=24163/p.parquet", &part("b"));
    case.samples("month=2025-10/commune_code=__HIVE_DEFAULT_PARTITION__/p.parquet", &part("c"));
    case
}

fn names(counts: &Value) -> Vec<&str> {
    let files = counts["files"].as_array().unwrap().iter();
    files.map(|entry| entry["file"].as_str().unwrap()).collect()
}

#[test]
fn the_folders_of_a_hive_layout_are_columns() {
    let case = partitioned();
    let counts = case.counts(&["samples"]);
    assert_eq!(counts["read"], 6);
    assert_eq!(counts["accepted"], 4);
    assert_eq!(counts["rejected_by_rule"], json!({"no_location": 2}));
    assert_eq!(
        names(&counts),
        [
            "month=2025-10/commune_code=24121/p.parquet",
            "month=2025-10/commune_code=24163/p.parquet",
            "month=2025-10/commune_code=__HIVE_DEFAULT_PARTITION__/p.parquet",
        ]
    );
}

#[test]
fn a_glob_chooses_among_them() {
    let case = partitioned();
    let counts = case.counts(&["samples/*/commune_code=24*/*.parquet"]);
    assert_eq!((&counts["read"], &counts["accepted"]), (&json!(4), &json!(4)));
    let counts = case.counts(&["samples/*/commune_code=2416?"]);
    assert_eq!(counts["read"], 2);
}

#[test]
fn a_file_that_two_paths_reach_counts_once() {
    let case = partitioned();
    let one = "samples/month=2025-10/commune_code=24121/p.parquet";
    assert_eq!(case.counts(&["samples", one, "samples/*"])["read"], 6);
}

#[test]
fn a_partition_may_be_a_number() {
    let case = Case::new();
    let file = SampleFile::of(vec![row("a", json!({}))]).without("network_mcc_mnc");
    case.samples("asn=7552/p.parquet", &file);
    let counts = case.counts(&["samples"]);
    assert_eq!((&counts["accepted"], &counts["operator_unknown"]), (&json!(1), &json!(0)));
}

/// Spark and Hive escape what a folder name cannot hold, and spaces.
#[test]
fn escaped_names_of_partitions_are_read() {
    let case = Case::new();
    let fixed = json!({"access_type": "fixed", "technology": "wifi", "network_mcc_mnc": null});
    let file = SampleFile::of(vec![row("a", fixed)]).without("operator");
    case.samples("operator=FPT%20Telecom/p.parquet", &file);
    let counts = case.counts(&["samples"]);
    assert_eq!((&counts["accepted"], &counts["operator_unknown"]), (&json!(1), &json!(0)));
}
