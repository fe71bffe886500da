//! Late samples make a new revision, and nothing of the one before is lost.

use std::fs;

use serde_json::{Value, json};

use crate::bundle::{Bundle, files, only, squeezed};
use crate::program::Case;
use crate::samples::{Row, SampleFile, row};

/// Tests of October by ten phones of Viettel in Phường Tân Lập.
fn phones(from: usize, to: usize) -> Vec<Row> {
    let test = |n: usize| {
        let day = format!("2025-10-{:02}T03:00:00Z", 1 + n % 28);
        let device = format!("phone-{}", n % 10);
        let different =
            json!({"measured_at": day, "device_id": device, "download_mbps": 40.0 + n as f64});
        row(&format!("{n:03}"), different)
    };
    (from..to).map(test).collect()
}

/// Forty tests, then twenty more that came late.
fn revised() -> Case {
    let case = Case::new();
    case.samples("a.parquet", &SampleFile::of(phones(0, 40)));
    case.build("2025-10");
    case.samples("late.parquet", &SampleFile::of(phones(40, 60)));
    case.build("2025-10");
    case
}

fn manifest(case: &Case, bundle: &str) -> Value {
    serde_json::from_slice(&fs::read(case.path(bundle).join("manifest.json")).unwrap()).unwrap()
}

#[test]
fn late_samples_make_a_revision_that_says_what_changed() {
    let case = Case::new();
    case.samples("a.parquet", &SampleFile::of(phones(0, 40)));
    let first = case.build("2025-10");
    assert_eq!(first.json("manifest.json")["revision"], 1);
    assert!(!first.folder.join("send/tables/revision_changes.parquet").exists());
    let before = first.files();
    case.samples("late.parquet", &SampleFile::of(phones(40, 60)));
    let second = case.build("2025-10");
    let kept = Bundle::at(&case.path("out/.revisions/66-2025-10.1"));
    assert_eq!(kept.files(), before, "the first revision is kept as it was");
    let (now, then) = (second.json("manifest.json"), kept.json("manifest.json"));
    assert_eq!((&now["revision"], &now["replaces"]["key"]), (&json!(2), &then["key"]));

    let changes = second.table("revision_changes");
    let tests = json!({"source_table": "operator", "figure": "tests_ok", "family": "mobile"});
    let tests = only(&changes, tests);
    let values = ["operator", "value_before", "value_after", "value_difference"];
    let values = values.map(|column| tests[column].clone());
    assert_eq!(values, [json!("Viettel"), json!(40.0), json!(60.0), json!(20.0)]);
    let quota = only(&changes, json!({"source_table": "quota", "figure": "counted"}));
    assert_eq!((&quota["commune_code"], &quota["value_after"]), (&json!("24121"), &json!(60.0)));
    // Every change is one of the tables, with what they have: nothing is listed twice or left out.
    let median =
        json!({"source_table": "province", "figure": "download_mbps_median", "family": "mobile"});
    let median = only(&changes, median);
    let of = |bundle: &Bundle| {
        only(&bundle.table("province"), json!({"family": "mobile"}))["download_mbps_median"].clone()
    };
    assert_eq!((&median["value_before"], &median["value_after"]), (&of(&kept), &of(&second)));

    for report in ["ministry", "committee"] {
        if let Some(pages) = second.pages(report) {
            let text = squeezed(&pages.concat());
            for part in ["THAYĐỔISOVỚIBẢNTRƯỚC", "bảnthứ02", "thaythếbảnthứ01", "406020"]
            {
                assert!(text.contains(part), "{part} in {report}");
            }
        }
        assert!(kept.pages(report).is_none_or(|pages| !pages.concat().contains("BẢN TRƯỚC")));
    }
}

#[test]
fn unchanged_inputs_make_no_revision_also_when_built_again() {
    let case = revised();
    let before = files(&case.path("out"));
    let again = case.month("2025-10", &["--json"]);
    assert_eq!(again.json()["status"], "unchanged");
    assert_eq!(case.month("2025-10", &["--force"]).code, 0);
    let mut after = files(&case.path("out"));
    let mut known = before;
    for one in [&mut known, &mut after] {
        one.retain(|name, _| !name.ends_with(".run.json"));
    }
    assert!(
        known == after,
        "{:?}",
        known.keys().filter(|k| known.get(*k) != after.get(*k)).collect::<Vec<_>>()
    );
}

#[test]
fn the_same_deliveries_make_the_same_revisions_elsewhere() {
    let (one, two) = (revised(), revised());
    let of = |case: &Case| Bundle::at(&case.path("out/66-2025-10")).files();
    assert!(of(&one) == of(&two));
}

#[test]
fn history_lists_revisions_and_verify_checks_all_of_them() {
    let case = revised();
    let listed = case.run(&["history", "out", "--json"]).json();
    let standing: Vec<Value> = listed["bundles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["month"], one["revision"], one["current"], one["accepted"]]))
        .collect();
    assert_eq!(standing, [json!(["2025-10", 1, false, 40]), json!(["2025-10", 2, true, 60])]);
    let text = case.run(&["history", "out"]).stdout;
    assert!(text.contains("replaced") && text.contains("current"), "{text}");
    let whole = case.run(&["verify", "out"]);
    assert_eq!(whole.code, 0, "{whole:?}");
    assert!(whole.stdout.contains("2 bundles"), "{whole:?}");

    let ledger = "out/.revisions/66-2025-10.1/internal/ledger.json";
    let good = fs::read(case.path(ledger)).unwrap();
    case.write(ledger, "{}");
    case.run(&["verify", "out"]).assert_failed(1, &["1 problem"]);
    case.write(ledger, good);
    assert_eq!(case.run(&["verify", "out"]).code, 0);
    fs::remove_dir_all(case.path("out/.revisions/66-2025-10.1")).unwrap();
    let lost = case.run(&["verify", "out"]);
    lost.assert_failed(1, &["1 problem"]);
    assert!(lost.stdout.contains("replaces revision 1, which is not there"), "{lost:?}");
}

#[test]
fn a_kill_after_the_old_revision_was_linked_loses_nothing() {
    let case = Case::new();
    case.samples("a.parquet", &SampleFile::of(phones(0, 40)));
    let first = case.build("2025-10");
    crate::bundle::copy(&first.folder, &case.path("out/.revisions/66-2025-10.1"));
    crate::bundle::copy(&first.folder, &case.path("out/.revisions/.staging-66-2025-10.1"));
    let listed = case.run(&["history", "out", "--json"]).json();
    assert_eq!(listed["bundles"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["bundles"][0]["current"], true);
    case.samples("late.parquet", &SampleFile::of(phones(40, 60)));
    case.build("2025-10");
    assert_eq!(manifest(&case, "out/66-2025-10")["revision"], 2);
    assert!(!case.path("out/.revisions/.staging-66-2025-10.1").exists());
    assert_eq!(case.run(&["verify", "out"]).code, 0);
}

#[test]
fn what_was_removed_by_hand_is_numbered_on() {
    let case = revised();
    fs::remove_dir_all(case.path("out/66-2025-10")).unwrap();
    let third = case.build("2025-10");
    let manifest = third.json("manifest.json");
    assert_eq!((&manifest["revision"], manifest.get("replaces")), (&json!(2), None));
}
