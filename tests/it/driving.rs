//! A real phone log from Cork, Ireland, with a register and boundaries of its own.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::bundle::{Bundle, matching, only};
use crate::program::Case;

const LOG: &str = "../shared/data/real/ucc_5g_driving.parquet";
const MONTH: &str = "2020-02";
/// Rows of the log, and of its February.
const ROWS: u64 = 27_591;
const FEBRUARY: u64 = 12_511;

/// The log and the folder `fixtures/cork` in a case; none, with a message, without the log.
fn cork() -> Option<(Case, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let log = root.join(LOG);
    if !log.is_file() {
        eprintln!("skipped: the reference data `{LOG}` are not there");
        return None;
    }
    let case = Case::new();
    crate::bundle::copy(&root.join("fixtures/cork"), &case.path(""));
    Some((case, log.display().to_string()))
}

#[test]
fn a_drive_gives_statistics_by_technology() {
    let Some((case, log)) = cork() else { return };
    let answer = case.month(MONTH, &["--samples", &log, "--json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let bundle = Bundle::at(&case.path("out/CK-2020-02"));
    let ledger = bundle.ledger();
    assert_eq!(ledger["read"], ROWS);
    assert_eq!(ledger["rejected_by_rule"]["outside_period"], ROWS - FEBRUARY);
    let accepted = ledger["accepted"].as_u64().unwrap();
    assert!(accepted > 12_000, "{ledger}");
    assert_eq!(ledger["position_placed"], accepted);
    assert_eq!(ledger["operator_unknown"], 0);
    by_technology(&bundle, accepted);
    let communes = bundle.table("commune");
    let communes = matching(&communes, json!({"family": "mobile"}));
    assert_eq!(communes.len(), 4, "the fifth has no test");
    let quota = bundle.table("quota");
    let none = json!({"commune_code": "CK05", "family": "mobile"});
    assert_eq!(only(&quota, none)["shortfall"], 300);
}

fn by_technology(bundle: &Bundle, accepted: u64) {
    let technologies = bundle.table("operator_technology");
    let mobile =
        matching(&technologies, json!({"operator": "Operator B", "access_type": "mobile"}));
    let names: Vec<_> = mobile.iter().map(|row| row["technology"].as_str().unwrap()).collect();
    assert_eq!(names, ["3G", "4G", "5G"]);
    let tests = mobile.iter().map(|row| row["tests_ok"].as_u64().unwrap());
    assert_eq!(tests.sum::<u64>(), accepted);
    for row in &mobile {
        assert_eq!(row["tests_ok"], row["samples_effective"], "the log has no device");
        assert_eq!(row["tests_ok"], row["tests_without_device"]);
        assert!(row["download_mbps_median"].as_f64().unwrap() > 0.0, "{row:?}");
    }
}

#[test]
fn without_boundaries_every_row_is_rejected_and_the_setting_is_named() {
    let Some((case, log)) = cork() else { return };
    let config = fs::read_to_string(case.path("ispeed-report.toml")).unwrap();
    let (before, _) = config.split_once("[[communes.boundaries]]").unwrap();
    let (_, after) = config.split_once("[operators]").unwrap();
    case.write("ispeed-report.toml", format!("{before}[operators]{after}"));
    let answer = case.month(MONTH, &["--samples", &log]);
    answer.assert_failed(3, &["27591 of 27591 rows were rejected", "[[communes.boundaries]]"]);
    let ledger = Bundle::at(&case.path("out/CK-2020-02.rejected")).ledger();
    assert_eq!(ledger["rejected_by_rule"]["position_without_boundaries"], ROWS);
    assert_eq!(ledger["accepted"], 0);
    assert!(!case.path("out/CK-2020-02").exists());
}

#[test]
fn check_lists_the_months_of_the_log() {
    let Some((case, log)) = cork() else { return };
    let config = ["--config", "ispeed-report.toml"];
    let counts = case.counts(&[&[log.as_str()], &config[..]].concat());
    assert_eq!(counts["months"]["2020-02"], FEBRUARY);
    let months: Vec<_> = counts["months"].as_object().unwrap().keys().collect();
    assert_eq!(months, ["2019-12", "2020-01", "2020-02"]);
    let total: u64 =
        counts["months"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(total, ROWS);
    assert_eq!(counts["unconverted"], json!({}));
}
