//! How tests are spread over devices, days, hours and communes, on rows counted by hand.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{Bundle, only};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};

const MORNING: &str = "2025-10-10T01:30:00Z";
/// 05:30 of the next day in Vietnam.
const NEXT_DAY: &str = "2025-10-10T22:30:00Z";

/// 13 successful mobile tests of three devices and of one that is not known, four failed ones;
/// fixed lines of two devices, and of 101 devices of which two measured three times.
fn samples() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |count: usize, different: Value| {
        for _ in 0..count {
            let id = format!("s{:03}", rows.len());
            rows.push(row(&id, different.clone()));
        }
    };
    let android = "Android";
    add(6, json!({"device_id": "a", "measured_at": MORNING, "platform": android}));
    add(2, json!({"device_id": "b", "measured_at": NEXT_DAY, "platform": "android"}));
    let ios = json!({"device_id": "c", "technology": "5G", "platform": "ios",
        "commune_code": "24163"});
    add(3, ios);
    add(1, json!({"device_id": null, "platform": null}));
    let vnpt = json!({"device_id": "a", "measured_at": MORNING, "platform": "=1+1",
        "network_mcc_mnc": "452-02"});
    add(1, vnpt);
    add(4, json!({"device_id": "a", "status": "failed", "commune_code": "22015"}));
    let fixed = |device: &str, operator: &str, technology: Value| {
        json!({"access_type": "fixed", "device_id": device, "operator": operator,
            "network_mcc_mnc": null, "technology": technology, "platform": "web"})
    };
    add(3, fixed("d", "FPT", json!("wifi")));
    add(1, fixed("d", "FPT", json!("ethernet")));
    add(2, fixed("d", "FPT", Value::Null));
    add(4, fixed("e", "Viettel", json!("wifi")));
    add(1, fixed("e", "Viettel", json!("ethernet")));
    for device in 0..101 {
        let often = if device == 5 || device == 77 { 3 } else { 1 };
        add(often, fixed(&format!("home-{device}"), "VNPT", json!("wifi")));
    }
    rows
}

fn bundle() -> &'static Bundle {
    static BUILT: OnceLock<(Case, Bundle)> = OnceLock::new();
    let (_, bundle) = BUILT.get_or_init(|| {
        let case = Case::with_config(&format!("{CONFIG}\n[statistics]\npublish_from = 5\n"));
        case.samples("a.parquet", &SampleFile::of(samples()));
        let bundle = case.build("2025-10");
        (case, bundle)
    });
    bundle
}

fn assert_cell(key: Value, expected: Value) {
    let table = bundle().table("bias");
    let row = only(&table, key.clone());
    for (column, value) in expected.as_object().unwrap() {
        let (found, wanted) = (row[column].as_f64(), value.as_f64());
        let same = match (found, wanted) {
            (Some(found), Some(wanted)) => (found - wanted).abs() < 1e-12,
            (found, wanted) => found == wanted,
        };
        assert!(same, "{key} {column}: found {}, expected {value}", row[column]);
    }
}

#[test]
fn tests_are_counted_per_device() {
    assert_cell(
        json!({"family": "mobile", "operator": "Viettel"}),
        json!({"tests_ok": 12, "tests_without_device": 1, "devices": 3,
            "tests_per_device_median": 3, "tests_per_device_p90": 5.4, "tests_per_device_max": 6,
            "most_active_share": 6.0 / 11.0}),
    );
}

#[test]
fn a_device_of_two_operators_counts_once_in_the_family() {
    assert_cell(
        json!({"family": "mobile", "operator": null}),
        json!({"tests_ok": 13, "tests_without_device": 1, "devices": 3,
            "tests_per_device_median": 3, "tests_per_device_p90": 6.2, "tests_per_device_max": 7,
            "most_active_share": 7.0 / 12.0}),
    );
}

#[test]
fn one_percent_of_the_devices_is_rounded_up() {
    assert_cell(
        json!({"family": "fixed", "operator": "VNPT"}),
        json!({"tests_ok": 105, "devices": 101, "most_active_share": 6.0 / 105.0,
            "tests_per_device_median": 1, "tests_per_device_max": 3}),
    );
    assert_cell(
        json!({"family": "fixed", "operator": null}),
        json!({"tests_ok": 116, "devices": 103, "most_active_share": 11.0 / 116.0}),
    );
}

#[test]
fn days_hours_and_communes_are_those_of_successful_tests() {
    // 08:30 and 10:00 on 10 October, 05:30 on the next day.
    assert_cell(
        json!({"family": "mobile", "operator": "Viettel"}),
        json!({"days_covered": 2, "days_of_period": 31, "hours_covered": 3,
            "communes_covered": 2}),
    );
    assert_cell(
        json!({"family": "mobile_5g", "operator": "Viettel"}),
        json!({"tests_ok": 3, "days_covered": 1, "hours_covered": 1, "communes_covered": 1}),
    );
}

#[test]
fn wifi_is_a_share_of_the_fixed_tests_whose_connection_is_known() {
    assert_cell(
        json!({"family": "fixed", "operator": "Viettel"}),
        json!({"tests_link_known": 5, "wifi_share": 0.8}),
    );
    assert_cell(
        json!({"family": "fixed", "operator": null}),
        json!({"tests_link_known": 114, "wifi_share": 112.0 / 114.0}),
    );
    assert_cell(
        json!({"family": "mobile", "operator": null}),
        json!({"tests_link_known": 0, "wifi_share": null}),
    );
}

#[test]
fn below_the_tier_only_counts_are_given() {
    let withheld = json!({"tests_per_device_median": null, "tests_per_device_p90": null,
        "tests_per_device_max": null, "most_active_share": null});
    assert_cell(json!({"family": "mobile", "operator": "VNPT"}), withheld.clone());
    assert_cell(json!({"family": "mobile_5g", "operator": null}), withheld);
    assert_cell(
        json!({"family": "fixed", "operator": "FPT"}),
        json!({"tests_ok": 6, "tests_per_device_median": 6, "tests_link_known": 4,
            "wifi_share": null}),
    );
}

#[test]
fn platforms_are_counted_by_known_names() {
    let table = bundle().table("platforms");
    let found: Vec<Value> = table
        .iter()
        .map(|row| json!([row["family"], row["platform"], row["tests_ok"], row["devices"]]))
        .collect();
    let expected = json!([
        ["fixed", "web", 116, 103],
        ["mobile", "android", 8, 2],
        ["mobile", "ios", 3, 1],
        ["mobile", "other", 1, 1],
        ["mobile", "unknown", 1, 0],
        ["mobile_5g", "ios", 3, 1],
    ]);
    assert_eq!(json!(found), expected);
    let share = |family: &str, platform: &str| {
        only(&table, json!({"family": family, "platform": platform}))["tests_share"].as_f64()
    };
    assert_eq!(share("mobile", "android"), Some(8.0 / 13.0));
    assert_eq!(share("mobile_5g", "ios"), None);
}

#[test]
fn the_reports_show_the_spread() {
    let Some(pages) = bundle().pages("ministry") else { return };
    let text = crate::bundle::squeezed(&pages.concat());
    for words in ["Số lượt đo trên một thiết bị", "tất cả doanh nghiệp", "Trình duyệt web"]
    {
        assert!(text.contains(&crate::bundle::squeezed(words)), "no `{words}`");
    }
}
