//! Every rule of the input contract, on rows whose failed rules are known by heart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, StringArray};
use serde_json::{Value, json};

use crate::bundle::only;
use crate::program::{CONFIG, Case};
use crate::samples::{SampleFile, row, unchecked};
use crate::shared::Built;

/// What differs from a good row, and the rules that it fails.
type RuleCase = (Value, &'static [&'static str]);

fn keys_and_times() -> Vec<RuleCase> {
    vec![
        (json!({}), &[]),
        (json!({"sample_id": null}), &["missing_id"]),
        (json!({"sample_id": "  "}), &["missing_id"]),
        (json!({"measured_at": null}), &["missing_time"]),
        (json!({"measured_at": "2025-09-30T16:59:59.999999Z"}), &["outside_period"]),
        (json!({"measured_at": "2025-09-30T17:00:00Z"}), &[]),
        (json!({"measured_at": "2025-10-31T16:59:59.999999Z"}), &[]),
        (json!({"measured_at": "2025-10-31T17:00:00Z"}), &["outside_period"]),
        (json!({"access_type": null}), &["bad_access_type"]),
        (json!({"access_type": "wifi"}), &["bad_access_type"]),
        (json!({"technology": null}), &[]),
        (json!({"technology": "6G"}), &["unknown_technology"]),
        (json!({"technology": "wifi"}), &["mobile_over_fixed_link"]),
        (json!({"technology": "ethernet"}), &["mobile_over_fixed_link"]),
        (json!({"access_type": "fixed", "technology": "wifi", "operator": "FPT"}), &[]),
        (json!({"access_type": "fixed", "technology": "ethernet", "operator": "FPT"}), &[]),
        (json!({"status": null}), &[]),
        (json!({"status": "maybe"}), &["unknown_status"]),
        (json!({"device_id": null}), &[]),
        (json!({"server_country": "SG"}), &["foreign_server"]),
        (json!({"server_country": null}), &[]),
    ]
}

fn places() -> Vec<RuleCase> {
    const NO_BOUNDARIES: &str = "position_without_boundaries";
    vec![
        (json!({"commune_code": null}), &["no_location"]),
        (json!({"commune_code": ""}), &["no_location"]),
        (json!({"commune_code": null, "latitude": 12.7}), &["no_location"]),
        (json!({"commune_code": "99999"}), &["unknown_commune"]),
        (json!({"commune_code": null, "commune_name": "P. Tân Lập"}), &[]),
        (json!({"commune_code": null, "commune_name": "Xã Tân Lập"}), &["unknown_commune_name"]),
        (json!({"commune_code": null, "commune_name": "???"}), &["unknown_commune_name"]),
        // Xã Cẩm Giang or Xã Cẩm Giàng.
        (
            json!({"commune_code": null, "commune_name": "Cam Giang", "province_name": "Hải Phòng"}),
            &["ambiguous_commune_name"],
        ),
        // The code goes before the name.
        (json!({"commune_code": "99999", "commune_name": "P. Tân Lập"}), &["unknown_commune"]),
        (json!({"commune_name": "???"}), &[]),
        (
            json!({"commune_code": null, "commune_name": "Phường Ba Đình", "province_name": "Hà Nội"}),
            &["outside_province"],
        ),
        // A commune of Đắk Lắk until 30/06/2025; nobody has the code since.
        (json!({"commune_code": "24118"}), &["unknown_commune"]),
        (json!({"commune_code": "00004"}), &["outside_province"]),
        (json!({"latitude": 91.0, "longitude": 108.0}), &["coordinates_out_of_range"]),
        (json!({"latitude": 12.0, "longitude": 180.5}), &["coordinates_out_of_range"]),
        (json!({"latitude": "NaN", "longitude": 108.0}), &["coordinates_out_of_range"]),
        (json!({"latitude": 0.0, "longitude": 0.0}), &["coordinates_out_of_range"]),
        (
            json!({"commune_code": null, "latitude": 0.0, "longitude": 0.0}),
            &["coordinates_out_of_range", NO_BOUNDARIES],
        ),
        (json!({"commune_code": null, "latitude": 12.7, "longitude": 108.1}), &[NO_BOUNDARIES]),
        (
            json!({"commune_code": null, "latitude": 12.7, "longitude": 108.1,
                   "location_accuracy_m": 500.5}),
            &["too_imprecise", NO_BOUNDARIES],
        ),
        (
            json!({"commune_code": null, "latitude": 12.7, "longitude": 108.1,
                   "location_accuracy_m": 500.0}),
            &[NO_BOUNDARIES],
        ),
        (json!({"latitude": 12.7, "longitude": 108.1, "location_accuracy_m": 9000.0}), &[]),
    ]
}

fn measures() -> Vec<RuleCase> {
    const ZERO: &[&str] = &["measure_not_positive"];
    const HIGH: &[&str] = &["above_ceiling"];
    const RATIO: &[&str] = &["ratio_out_of_range"];
    vec![
        (json!({"download_mbps": 0.0}), ZERO),
        (json!({"download_mbps": "NaN"}), ZERO),
        (json!({"download_mbps": "inf"}), ZERO),
        (json!({"download_mbps": "-inf"}), ZERO),
        (json!({"upload_mbps": -1.0}), ZERO),
        (json!({"latency_ms": 0.0}), ZERO),
        (json!({"jitter_ms": -0.5}), ZERO),
        (json!({"jitter_ms": "NaN"}), ZERO),
        (json!({"signal_dbm": "inf"}), ZERO),
        (json!({"signal_dbm": -140.0}), &[]),
        (json!({"packet_loss_ratio": 1.5}), RATIO),
        (json!({"packet_loss_ratio": -0.1}), RATIO),
        (json!({"packet_loss_ratio": "NaN"}), RATIO),
        (json!({"packet_loss_ratio": 0.0}), &[]),
        (json!({"packet_loss_ratio": 1.0}), &[]),
        (json!({"download_mbps": 2000.0}), &[]),
        (json!({"download_mbps": 2000.5}), HIGH),
        (json!({"upload_mbps": 2000.5}), HIGH),
        (json!({"technology": "3G", "download_mbps": 100.5}), HIGH),
        (json!({"technology": "2G", "download_mbps": 0.5, "upload_mbps": 1.5}), HIGH),
        (json!({"technology": null, "download_mbps": 9000.0}), &[]),
        (json!({"technology": null, "download_mbps": 10000.5}), HIGH),
        (json!({"latency_ms": 60000.5}), HIGH),
    ]
}

fn statuses_and_several() -> Vec<RuleCase> {
    let none = json!({"download_mbps": null, "upload_mbps": null, "latency_ms": null,
                      "jitter_ms": null});
    let failed = |more: Value| {
        let mut all = none.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all["status"] = json!("failed");
        all
    };
    vec![
        (none.clone(), &["ok_without_measure"]),
        (failed(json!({})), &[]),
        (failed(json!({"download_mbps": 0.0, "upload_mbps": 0.0, "latency_ms": 0.0})), &[]),
        (failed(json!({"download_mbps": 1e6, "latency_ms": 1e6})), &[]),
        (failed(json!({"packet_loss_ratio": 1.0})), &[]),
        (failed(json!({"server_country": "US"})), &["foreign_server"]),
        (failed(json!({"commune_code": null})), &["no_location"]),
        (
            json!({"sample_id": null, "measured_at": "2025-11-10T03:00:00Z", "access_type": "x",
                   "technology": "6G", "commune_code": "00004", "latitude": 95.0,
                   "download_mbps": -1.0, "upload_mbps": 99999.0, "packet_loss_ratio": 2.0,
                   "server_country": "US"}),
            &[
                "missing_id",
                "outside_period",
                "bad_access_type",
                "unknown_technology",
                "outside_province",
                "coordinates_out_of_range",
                "measure_not_positive",
                "ratio_out_of_range",
                "foreign_server",
            ],
        ),
    ]
}

fn cases() -> Vec<RuleCase> {
    [keys_and_times(), places(), measures(), statuses_and_several()].concat()
}

/// A run over all of them, with a threshold that lets it pass.
fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case =
            Case::with_config(&format!("{CONFIG}\n[validation]\nfail_rejected_share = 1.0\n"));
        let rows =
            cases().into_iter().enumerate().map(|(n, (row_, _))| row(&format!("s{n}"), row_));
        case.samples("a.parquet", &SampleFile::of(rows.collect()));
        let bundle = case.build("2025-10");
        Built { case, bundle }
    })
}

#[test]
fn every_rule_has_a_row_here() {
    let rules: toml::Table = include_str!("../../queries/rules.toml").parse().unwrap();
    let known: BTreeSet<&str> = rules["rule"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["name"].as_str().unwrap())
        .collect();
    let cases = cases();
    let shown: BTreeSet<&str> = cases.iter().flat_map(|(_, rules)| rules.iter().copied()).collect();
    assert_eq!(shown, known);
}

#[test]
fn a_row_is_quarantined_with_all_rules_that_it_fails() {
    let quarantine = built().bundle.quarantine();
    let found: BTreeMap<i64, BTreeSet<&str>> = quarantine
        .iter()
        .map(|row| {
            let rules = row["rules"].as_str().unwrap().split(',').collect();
            (row["source_row"].as_i64().unwrap(), rules)
        })
        .collect();
    for (number, (different, rules)) in cases().iter().enumerate() {
        let expected: BTreeSet<&str> = rules.iter().copied().collect();
        let found = found.get(&(number as i64 + 1)).cloned().unwrap_or_default();
        assert_eq!(found, expected, "row {}: {different}", number + 1);
    }
}

#[test]
fn the_ledger_adds_up() {
    let ledger = built().bundle.ledger();
    let cases = cases();
    let rejected = cases.iter().filter(|(_, rules)| !rules.is_empty()).count();
    let mut by_rule: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in cases.iter().flat_map(|(_, rules)| rules.iter()) {
        *by_rule.entry(rule).or_default() += 1;
    }
    for counts in [&ledger, &ledger["files"][0]] {
        assert_eq!(counts["read"], cases.len());
        assert_eq!(counts["rejected"], rejected);
        assert_eq!(counts["accepted"], cases.len() - rejected);
        assert_eq!(counts["duplicate"], 0);
        assert_eq!(counts["rejected_by_rule"], json!(by_rule));
    }
}

#[test]
fn check_counts_what_run_counts() {
    let built = built();
    let config = ["--config", "ispeed-report.toml", "--month", "2025-10"];
    let counts = built.case.counts(&[&["samples"], &config[..]].concat());
    assert_eq!(counts, built.bundle.ledger());
}

#[test]
fn check_without_a_month_lists_the_months() {
    let counts = built().case.counts(&["samples"]);
    assert!(counts["rejected_by_rule"].get("outside_period").is_none(), "{counts}");
    let months: Vec<&String> = counts["months"].as_object().unwrap().keys().collect();
    assert_eq!(months, ["2025-09", "2025-10", "2025-11"]);
}

#[test]
fn the_quarantine_shows_offending_values_but_no_device_and_no_exact_position() {
    let quarantine = built().bundle.quarantine();
    for column in ["device_id", "latitude", "longitude"] {
        assert!(!quarantine[0].contains_key(column), "{column}");
    }
    let values = |id: &str| only(&quarantine, json!({"sample_id": id}))["offending_values"].clone();
    let of = |different: Value| {
        let place = cases().iter().position(|(case, _)| *case == different).unwrap();
        values(&format!("s{place}")).as_str().unwrap().to_owned()
    };
    assert!(of(json!({"download_mbps": 0.0})).contains("download_mbps=0"));
    assert!(of(json!({"technology": "6G"})).contains("technology=6G"));
    let position = of(json!({"commune_code": null, "latitude": 12.7, "longitude": 108.1}));
    assert!(position.contains("latitude=12.7"), "{position}");
}

#[test]
fn accepted_rows_are_counted_as_ok_or_failed() {
    let ledger = built().bundle.ledger();
    let quota = built().bundle.table("quota");
    let mobile = only(&quota, json!({"commune_code": "24121", "family": "mobile"}));
    let fixed = only(&quota, json!({"commune_code": "24121", "family": "fixed"}));
    assert_eq!(mobile["tests_failed"], 4);
    assert_eq!(ledger["tests_failed"], 4);
    let ok = mobile["tests_ok"].as_u64().unwrap() + fixed["tests_ok"].as_u64().unwrap();
    assert_eq!(ok + 4, ledger["accepted"].as_u64().unwrap());
    assert_eq!(fixed["tests_ok"], 2);
}

#[test]
fn the_share_of_rejected_rows_is_reported_also_when_it_is_fine() {
    let built = crate::shared::small_month();
    let answer = built.case.run(&["check", "samples"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let fine = "rejected      0    0.00 %  fine: warning above 5.00 %, no reports above 50.00 %";
    assert!(squeeze(&answer.stdout).contains(&squeeze(fine)), "{answer:?}");
}

fn squeeze(text: &str) -> String {
    crate::bundle::squeezed(text)
}

#[test]
fn text_that_does_not_convert_is_counted_and_stops_nothing() {
    let columns = [
        ("open_test_uuid", ["a", "b", "c"]),
        ("time", ["2025-10-10 03:00:00", "yesterday", "2025-10-10T03:00:00Z"]),
        ("cat_technology", ["4G", "4G", "WLAN"]),
        ("download_kbit", ["50000", "fast", "70000"]),
        ("lat", ["12.7", "12.7", "12.7"]),
        ("long", ["108.1", "108.1", "108.1"]),
        ("network_mcc_mnc", ["452-04", "452-04", ""]),
    ];
    let columns = columns.map(|(name, values)| {
        let array: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
        (name.to_owned(), array)
    });
    let case = Case::new();
    case.write("samples/rtr.parquet", unchecked(columns.to_vec()));
    let counts = case.counts(&["samples", "--profile", "rtr"]);
    assert_eq!(counts["unconverted"], json!({"download_mbps": 1, "measured_at": 1}));
    assert_eq!(counts["rejected_by_rule"]["missing_time"], 1);
    assert_eq!(counts["months"], json!({"2025-10": 2}));
}
