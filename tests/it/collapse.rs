//! Effective samples and the statistics over them, on figures known by heart.

use serde_json::json;

use crate::bundle::{matching, only};
use crate::shared::small_month;

#[test]
fn a_row_without_device_is_never_collapsed() {
    let effective = small_month().bundle.effective();
    let without = matching(&effective, json!({"cluster_no": null, "access_type": "mobile"}));
    assert_eq!(without.len(), 40);
    assert!(without.iter().all(|row| row["tests"] == 1 && row["download_mbps"] == 50.0));
}

#[test]
fn tests_of_a_device_on_a_day_are_one_sample_with_their_median() {
    let effective = small_month().bundle.effective();
    let phone: Vec<_> = effective
        .iter()
        .filter(|row| row["access_type"] == "mobile" && !row["cluster_no"].is_null())
        .map(|row| (row["local_day"].clone(), row["tests"].clone(), row["download_mbps"].clone()))
        .collect();
    let expected = [
        (json!("2025-10-10"), json!(3), json!(20.0)),
        (json!("2025-10-11"), json!(1), json!(50.0)),
    ];
    assert_eq!(phone, expected);
}

#[test]
fn counts_of_the_operator_table_are_of_tests_and_of_samples() {
    let operators = small_month().bundle.table("operator");
    let viettel = only(&operators, json!({"operator": "Viettel", "family": "mobile"}));
    for (column, expected) in [
        ("tests_ok", 44),
        ("tests_failed", 3),
        ("tests_without_device", 40),
        ("samples_effective", 42),
        ("devices", 1),
        ("download_mbps_n", 42),
        ("download_mbps_raw_n", 44),
    ] {
        assert_eq!(viettel[column], expected, "{column}");
    }
    assert_eq!(viettel["tier"], "reference");
    assert_eq!(viettel["download_mbps_median"], 50.0);
    assert!(viettel["download_mbps_mean"].is_null(), "42 samples are too few for a mean");
    assert_eq!(viettel["download_mbps_raw_median"], 50.0);
    assert!(viettel["download_mbps_median_low"].is_null(), "most tests carry no device");
    assert!(viettel["samples_adjusted"].is_null());
}

#[test]
fn quantiles_interpolate_between_order_statistics() {
    let operators = small_month().bundle.table("operator");
    let vnpt = only(&operators, json!({"operator": "VNPT", "family": "fixed"}));
    // 100, 101, … 130: the quantile q lies at 100 + 30 q.
    for (statistic, expected) in
        [("p05", 101.5), ("p10", 103.0), ("median", 115.0), ("p90", 127.0), ("p95", 128.5)]
    {
        let value = vnpt[&format!("download_mbps_{statistic}")].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-9, "{statistic}: {value}");
    }
    // 31 devices of one test each: ranks 10 and 22 of 31.
    assert_eq!(vnpt["download_mbps_n_adj"], 31);
    assert_eq!(vnpt["download_mbps_median_low"], 109.0);
    assert_eq!(vnpt["download_mbps_median_high"], 121.0);
    assert_eq!(vnpt["download_mbps_share_at_benchmark"], 0.0, "the benchmark is 200");
    assert_eq!(vnpt["download_mbps_share_at_benchmark_low"], 0.0);
    // Wilson: z² / (n + z²).
    let high = vnpt["download_mbps_share_at_benchmark_high"].as_f64().unwrap();
    assert!((high - 3.841458820694124 / (31.0 + 3.841458820694124)).abs() < 1e-12, "{high}");
}

#[test]
fn failed_tests_enter_no_quota_and_no_statistic() {
    let bundle = &small_month().bundle;
    assert_eq!(bundle.ledger()["tests_failed"], 3);
    assert_eq!(bundle.ledger()["accepted"], 78);
    let quota = bundle.table("quota");
    let mobile = only(&quota, json!({"commune_code": "24121", "family": "mobile"}));
    assert_eq!(mobile["tests_ok"], 44);
    assert_eq!(mobile["tests_failed"], 3);
    assert_eq!(mobile["shortfall"], 256);
    assert_eq!(mobile["quota_met"], false);
}

#[test]
fn a_commune_without_tests_is_in_quota_and_gaps() {
    let bundle = &small_month().bundle;
    let quota = bundle.table("quota");
    assert_eq!(quota.len(), 3 * 102);
    let gaps = bundle.table("gaps");
    let none = json!({"commune_code": "22015", "family": "fixed", "gap_class": "shortfall"});
    assert_eq!(only(&gaps, none)["shortfall"], 300);
}
