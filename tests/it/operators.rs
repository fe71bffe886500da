//! Whose a test is: fixed lines by name or ASN, mobile ones by network code, name, ASN.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::only;
use crate::program::Case;
use crate::samples::{Row, SampleFile, row};
use crate::shared::Built;

const UNKNOWN: &str = "Không xác định";

/// What a fixed line says, and whose it is.
fn fixed() -> Vec<(Value, &'static str)> {
    vec![
        (json!({"network_mcc_mnc": "452-04", "sim_mcc_mnc": "452-04"}), UNKNOWN),
        (json!({"operator": "FPT Telecom", "network_mcc_mnc": "452-04"}), "FPT"),
        (json!({"asn": 18403, "sim_mcc_mnc": "452-02"}), "FPT"),
        (json!({"operator": "VNPT", "asn": 7552}), "VNPT"),
        (json!({"operator": "VNPT", "asn": 45899}), "VNPT"),
        (json!({"operator": "Mạng lạ", "asn": 7552}), "Viettel"),
    ]
}

/// What a mobile test says, and whose it is.
fn mobile() -> Vec<(Value, &'static str)> {
    vec![
        (json!({"network_mcc_mnc": "452-04", "operator": "MobiFone"}), "Viettel"),
        (json!({"network_mcc_mnc": "45204", "asn": 18403}), "Viettel"),
        (json!({"operator": "vina phone"}), "VNPT"),
        (json!({"operator": "VINAPHONE", "network_mcc_mnc": "452-02"}), "VNPT"),
        (json!({"operator": "Tap doan Vien thong Quan doi"}), "Viettel"),
        (json!({"operator": "VMS", "asn": 7552}), "MobiFone"),
        (json!({"network_mcc_mnc": "999-99", "operator": "VMS"}), "MobiFone"),
        (json!({"asn": 131_429}), "MobiFone"),
        (json!({"operator": "Mạng lạ"}), UNKNOWN),
        (json!({}), UNKNOWN),
    ]
}

/// Mobile tests with a SIM of another network.
fn sims() -> Vec<(Value, &'static str)> {
    vec![
        (json!({"network_mcc_mnc": "452-02", "sim_mcc_mnc": "452-08"}), "iTel"),
        (json!({"network_mcc_mnc": "452-01", "sim_mcc_mnc": "452-02"}), "MobiFone"),
        (json!({"network_mcc_mnc": "452-04", "sim_mcc_mnc": "310-260"}), "Viettel"),
        (json!({"network_mcc_mnc": "452-04", "sim_mcc_mnc": "45204"}), "Viettel"),
    ]
}

fn rows() -> Vec<(Row, &'static str)> {
    let access =
        |access: &'static str, technology: &'static str, cases: Vec<(Value, &'static str)>| {
            cases.into_iter().map(move |(says, expected)| {
                let mut all = json!({"access_type": access, "technology": technology,
                                 "network_mcc_mnc": null, "device_id": null});
                all.as_object_mut().unwrap().extend(says.as_object().unwrap().clone());
                (all, expected)
            })
        };
    access("fixed", "wifi", fixed())
        .chain(access("mobile", "4G", [mobile(), sims()].concat()))
        .enumerate()
        .map(|(number, (mut says, expected))| {
            // The download speed tells the rows apart in the effective samples.
            says["download_mbps"] = json!(1.0 + number as f64);
            (row(&format!("s{number}"), says), expected)
        })
        .collect()
}

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let rows = rows().into_iter().map(|(row, _)| row).collect();
        let case = Case::with_samples(&SampleFile::of(rows));
        let bundle = case.build("2025-10");
        Built { case, bundle }
    })
}

#[test]
fn every_test_goes_to_its_operator() {
    let effective = built().bundle.effective();
    for (row, expected) in rows() {
        let found = only(&effective, json!({"download_mbps": row["download_mbps"]}));
        assert_eq!(found["operator"], expected, "{row:?}");
    }
}

#[test]
fn conflicts_roaming_and_mvnos_are_counted() {
    let ledger = built().bundle.ledger();
    assert_eq!(ledger["rejected"], 0, "an unknown operator is no rejection");
    for (note, expected) in [
        ("operator_conflict_fixed", 1),
        ("operator_conflict_mobile", 1),
        ("operator_unknown", 3),
        ("sim_mvno", 1),
        ("sim_roaming", 2),
    ] {
        assert_eq!(ledger[note], expected, "{note}");
    }
}

#[test]
fn unknown_operators_have_rows_of_their_own() {
    let operators = built().bundle.table("operator");
    let tests = |access: &str| {
        only(&operators, json!({"operator": UNKNOWN, "family": access}))["tests_ok"].clone()
    };
    assert_eq!((tests("fixed"), tests("mobile")), (json!(1), json!(2)));
    let itel = only(&operators, json!({"operator": "iTel", "family": "mobile"}));
    assert_eq!(itel["tests_ok"], 1, "an MVNO is not counted under its host");
}

/// The contract lets the SIM be the only thing known. The SIM names no network, so the operator is
/// unknown, and what is unknown is counted.
#[test]
fn a_test_that_knows_only_its_sim_is_counted_as_unknown() {
    let rows = vec![row("a", json!({"sim_mcc_mnc": "452-04"}))];
    let case = Case::with_samples(&SampleFile::of(rows).without("network_mcc_mnc"));
    let counts = case.counts(&["samples"]);
    assert_eq!((&counts["accepted"], &counts["operator_unknown"]), (&json!(1), &json!(1)));
}
