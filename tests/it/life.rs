//! The life of a bundle: built, left alone, built again, refused, verified.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde_json::json;

use crate::bundle::{Bundle, files};
use crate::program::{Answer, Case};
use crate::samples::{SampleFile, row};
use crate::shared::{small_month, small_month_copy};

/// Changes whenever a bundle is put in its place, also with the same bytes.
fn mark(folder: &Path) -> (u64, i64, i64) {
    let found = fs::metadata(folder.join("manifest.json")).unwrap();
    (found.ino(), found.mtime(), found.mtime_nsec())
}

/// Ten rows, six of which have a server abroad.
fn bad() -> SampleFile {
    let country = |n: usize| json!({"server_country": if n < 6 { "US" } else { "VN" }});
    SampleFile::of((0..10).map(|n| row(&format!("s{n}"), country(n))).collect())
}

fn assert_silent(answer: &Answer) {
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""), "{answer:?}");
}

/// The small month has tests on two days and no text for its reports, and nothing else to warn of.
fn assert_warns_of_days_only(answer: &Answer) {
    assert_eq!(answer.code, 0, "{answer:?}");
    let of_data = |line: &&str| !line.contains("report.monthly_text");
    let lines: Vec<_> = answer.stderr.lines().filter(of_data).collect();
    let [line] = lines.as_slice() else { panic!("{answer:?}") };
    assert!(line.starts_with("warning: no test was accepted on 29 of the days"), "{answer:?}");
}

#[test]
fn a_run_says_what_it_built() {
    let bundle = small_month().bundle.folder.clone();
    for name in [
        "manifest.json",
        "internal/ledger.json",
        "internal/quarantine.parquet",
        "internal/samples_effective.parquet",
        "internal/queries/statistics/operator.sql",
        "send/reports/ministry.pdf",
        "send/reports/committee.pdf",
        "send/annex.xlsx",
        "send/tables/operator.csv",
        "send/tables/commune_operator.parquet",
        "send/tables/commune.csv",
        "send/tables/quota.csv",
        "send/tables/gaps.csv",
    ] {
        assert!(bundle.join(name).is_file(), "{name}");
    }
    let top: Vec<_> = fs::read_dir(&bundle).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(top.len(), 3, "{top:?}");
}

#[test]
fn unchanged_inputs_leave_the_bundle_alone() {
    let built = small_month_copy();
    let before = mark(&built.bundle.folder);
    let answer = built.case.month("2025-10", &[]);
    assert_warns_of_days_only(&answer);
    assert!(answer.stdout.starts_with("nothing changed"), "{answer:?}");
    assert_eq!(mark(&built.bundle.folder), before);
    let answer = built.case.month("2025-10", &["--json", "--threads", "1"]);
    assert_silent(&answer);
    assert_eq!(answer.json()["status"], "unchanged");
    assert_eq!(answer.json()["counts"]["accepted"], 78);
    assert_eq!(answer.json()["bundle"], "out/66-2025-10");
    assert_eq!(mark(&built.bundle.folder), before);
}

#[test]
fn force_builds_the_same_bundle_again_and_clears_what_dead_runs_left() {
    let built = small_month_copy();
    built.case.write("out/.staging-66-2025-10/send/half.pdf", "half");
    built.case.write("out/66-2025-10.rejected/manifest.json", "{}");
    let (mark_before, before) = (mark(&built.bundle.folder), built.bundle.files());
    let answer = built.case.month("2025-10", &["--force"]);
    assert_warns_of_days_only(&answer);
    assert!(answer.stdout.starts_with("built out/66-2025-10\n"), "{answer:?}");
    assert!(answer.stdout.contains("out/66-2025-10/send/reports/ministry.pdf"), "{answer:?}");
    assert_ne!(mark(&built.bundle.folder), mark_before);
    assert!(built.bundle.files() == before, "other bytes from the same inputs");
    let left: Vec<_> = files(&built.case.path("out")).into_keys().collect();
    let beside = [".lock", "66-2025-10.run.json"];
    let ours = |name: &String| beside.contains(&name.as_str()) || name.starts_with("66-2025-10/");
    assert!(left.iter().all(ours), "{left:?}");
}

#[test]
fn a_dry_run_writes_nothing() {
    let case = Case::with_samples(&bad());
    case.write(
        "ispeed-report.toml",
        "[province]\ncode = \"66\"\n[validation]\nfail_rejected_share = 0.7\n",
    );
    let before = files(&case.path(""));
    let answer = case.month("2025-10", &["--samples", "samples", "--dry-run"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.stdout.starts_with("dry run, nothing written"), "{answer:?}");
    assert!(answer.stderr.starts_with("warning: 60.0 % of rows were rejected"), "{answer:?}");
    assert!(files(&case.path("")) == before);
}

#[test]
fn too_many_rejected_rows_give_ledger_and_quarantine_and_no_reports() {
    let case = Case::with_samples(&bad());
    let answer = case.month("2025-10", &[]);
    answer.assert_failed(3, &["6 of 10 rows were rejected", "fail threshold of 50.0 %"]);
    let refused = Bundle::at(&case.path("out/66-2025-10.rejected"));
    assert_eq!(refused.ledger()["rejected"], 6);
    assert_eq!(refused.quarantine().len(), 6);
    assert!(!case.path("out/66-2025-10").exists());
    let reports = refused.files().into_keys().find(|name| name.ends_with(".pdf"));
    assert_eq!(reports, None);
    let answer = case.month("2025-10", &["--json"]);
    let json = answer.json();
    assert_eq!((answer.code, &json["status"]), (3, &json!("failed")));
    assert_eq!(json["exit_code"], 3);
    assert_eq!(json["counts"]["rejected"], 6);
}

#[test]
fn a_refused_run_leaves_the_previous_bundle() {
    let built = small_month_copy();
    let (mark_before, before) = (mark(&built.bundle.folder), built.bundle.files());
    built.case.samples("a.parquet", &bad());
    assert_eq!(built.case.month("2025-10", &[]).code, 3);
    assert_eq!(mark(&built.bundle.folder), mark_before);
    assert!(built.bundle.files() == before);
    assert!(built.case.path("out/66-2025-10.rejected/internal/ledger.json").is_file());
}

#[test]
fn verify_finds_a_changed_byte_a_missing_and_an_added_file() {
    let built = small_month_copy();
    let verify = || built.case.run(&["verify", "out/66-2025-10"]);
    let answer = verify();
    assert_silent(&answer);
    assert!(answer.stdout.contains("nothing changed"), "{answer:?}");
    let table = built.bundle.folder.join("send/tables/operator.csv");
    let mut bytes = fs::read(&table).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&table, bytes).unwrap();
    let answer = verify();
    answer.assert_failed(1, &["1 problem found"]);
    assert!(answer.stdout.contains("`send/tables/operator.csv`"), "{answer:?}");
    fs::remove_file(table).unwrap();
    fs::write(built.bundle.folder.join("send/notes.txt"), "").unwrap();
    let answer = verify();
    answer.assert_failed(1, &["2 problems found"]);
    assert!(answer.stdout.contains("`send/notes.txt`"), "{answer:?}");
}

#[test]
fn a_folder_of_the_user_is_never_replaced() {
    let case = Case::with_samples(&SampleFile::of(vec![row("a", json!({}))]));
    case.write("out/66-2025-10/mine.txt", "mine");
    for more in [&[][..], &["--force"]] {
        let answer = case.month("2025-10", more);
        answer.assert_failed(4, &["`out/66-2025-10` is a folder without manifest.json"]);
    }
    let left = files(&case.path("out/66-2025-10"));
    assert_eq!(left.into_keys().collect::<Vec<_>>(), ["mine.txt"]);
}

#[test]
fn an_output_folder_that_is_a_file_is_an_output_error() {
    let case = Case::with_samples(&SampleFile::of(vec![row("a", json!({}))]));
    case.write("out", "a file");
    case.month("2025-10", &[]).assert_failed(4, &["`out`"]);
}
