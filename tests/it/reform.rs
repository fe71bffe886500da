//! A month on both sides of 01/07/2025: codes were reused, districts ended.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{matching, only};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};
use crate::seats::{Cells, reference};
use crate::shared::Built;

/// Polygon of the new Phường Tân An, in which every position of this file lies.
const BOUNDARIES: &str = r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
    "properties": {"commune_code": "24163"}, "geometry": {"type": "Polygon", "coordinates":
    [[[108.0, 12.6], [108.2, 12.6], [108.2, 12.8], [108.0, 12.8], [108.0, 12.6]]]}}]}"#;

fn rows() -> Vec<Row> {
    let at = |id: &str, time: &str, more: Value| {
        let mut row = row(id, json!({"measured_at": time, "device_id": null}));
        row.extend(more.as_object().unwrap().clone());
        row
    };
    let place = json!({"latitude": 12.7, "longitude": 108.1, "download_mbps": 77.0});
    vec![
        at("old", "2025-06-20T03:00:00Z", place),
        at("last_evening", "2025-06-30T16:59:59Z", json!({})),
        at("first_night", "2025-06-30T17:00:00Z", json!({})),
        at("new", "2025-07-05T03:00:00Z", json!({})),
        at("new_again", "2025-07-05T04:00:00Z", json!({})),
        // Phú Yên, another province, until 30/06; Đắk Lắk since.
        at("phu_yen", "2025-06-20T03:00:00Z", json!({"commune_code": "22015"})),
        at("tuy_hoa", "2025-07-05T03:00:00Z", json!({"commune_code": "22015"})),
        // A code that ended.
        at("ended", "2025-06-20T03:00:00Z", json!({"commune_code": "24118"})),
        at("ended_after", "2025-07-05T03:00:00Z", json!({"commune_code": "24118"})),
        at("day_14", "2025-06-14T16:59:59Z", json!({})),
        at("day_15", "2025-07-14T17:00:00Z", json!({})),
    ]
}

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case = Case::with_config(&format!(
            "{CONFIG}\n[period]\nfirst_day = 15\n\n[communes]\nrestated_on = 2025-07-01\n\n\
             [[communes.boundaries]]\nfile = \"new.geojson\"\nvalid_from = 2025-07-01\n"
        ));
        case.write("new.geojson", BOUNDARIES);
        case.samples("a.parquet", &SampleFile::of(rows()));
        let bundle = case.build("2025-07");
        Built { case, bundle }
    })
}

#[test]
fn a_window_from_day_15_is_half_open_in_local_time() {
    let ledger = built().bundle.ledger();
    assert_eq!(ledger["rejected_by_rule"]["outside_period"], 2);
    let period = &built().bundle.json("manifest.json")["period"];
    assert_eq!(*period, json!({"from": "2025-06-15", "until": "2025-07-15"}));
}

#[test]
fn a_code_is_the_commune_of_its_day() {
    let communes = built().bundle.table("commune");
    let both = matching(&communes, json!({"commune_code": "24121"}));
    assert_eq!(both.len(), 2, "two communes, not one as a join by code alone would give");
    let old = only(&communes, json!({"commune_code": "24121", "commune_name": "Phường Tân Hòa"}));
    assert_eq!(old["tests_ok"], 2, "a join by code alone would give 5");
    assert_eq!(old["district_code"], "643");
    assert_eq!(old["district_name"], "Thành phố Buôn Ma Thuột");
    assert_ne!(old["commune_valid_from"], "2025-07-01");
    let new = only(&communes, json!({"commune_code": "24121", "commune_name": "Phường Tân Lập"}));
    assert_eq!(new["tests_ok"], 3, "a join by code alone would give 5");
    assert_eq!((&new["district_code"], &new["district_name"]), (&Value::Null, &Value::Null));
    assert_eq!(new["commune_valid_from"], "2025-07-01");
    let sum: u64 = both.iter().map(|row| row["tests_ok"].as_u64().unwrap()).sum();
    assert_eq!(sum, 5, "a join by code alone would count each test twice");
}

#[test]
fn a_late_evening_in_utc_is_the_next_day_in_vietnam() {
    let effective = built().bundle.effective();
    let day = |day: &str| matching(&effective, json!({"local_day": day, "commune_code": "24121"}));
    let (last, first) = (day("2025-06-30"), day("2025-07-01"));
    assert_eq!((last.len(), first.len()), (1, 1));
    assert_eq!(last[0]["commune_name"], "Phường Tân Hòa");
    assert_eq!(first[0]["commune_name"], "Phường Tân Lập");
}

#[test]
fn a_code_of_another_province_or_era_is_rejected_on_that_side_only() {
    let quarantine = built().bundle.quarantine();
    let rules = |id: &str| only(&quarantine, json!({"sample_id": id}))["rules"].clone();
    assert_eq!(rules("phu_yen"), "outside_province");
    assert_eq!(rules("ended_after"), "unknown_commune");
    for accepted in ["tuy_hoa", "ended"] {
        assert!(matching(&quarantine, json!({"sample_id": accepted})).is_empty(), "{accepted}");
    }
}

#[test]
fn districts_hold_the_old_samples_only() {
    let districts = built().bundle.table("district");
    let found: Vec<_> =
        districts.iter().map(|row| (&row["district_code"], &row["tests_ok"])).collect();
    let total: u64 = districts.iter().map(|row| row["tests_ok"].as_u64().unwrap()).sum();
    assert_eq!(total, 3, "{found:?}");
    assert_eq!(only(&districts, json!({"district_code": "643"}))["family"], "mobile");
}

#[test]
fn the_quota_has_the_communes_of_both_sides() {
    let quota = built().bundle.table("quota");
    let new = matching(&quota, json!({"commune_valid_from": "2025-07-01"}));
    assert_eq!(new.len(), 3 * 102);
    assert_eq!(quota.len(), 3 * (102 + 180));
    let legal = quota.iter().filter(|row| row["legal"] == true);
    let tests: u64 = legal.map(|row| row["tests_ok"].as_u64().unwrap()).sum();
    assert_eq!(tests, built().bundle.ledger()["accepted"].as_u64().unwrap());
}

#[test]
fn an_old_sample_with_a_position_is_restated_in_new_boundaries() {
    let effective = built().bundle.effective();
    let old = only(&effective, json!({"download_mbps": 77.0}));
    assert_eq!(old["commune_code"], "24121");
    assert_eq!(old["commune_name"], "Phường Tân Hòa");
    assert_eq!(old["restated_commune_code"], "24163");
}

#[test]
fn without_a_position_a_commune_that_went_whole_into_one_is_restated_to_it() {
    let effective = built().bundle.effective();
    // Phường Tân Hòa, whose code is that of Phường Tân Lập now, and the old Phường Tân Lập.
    for (code, name) in [("24121", "Phường Tân Hòa"), ("24118", "Phường Tân Lập")] {
        let key = json!({"commune_code": code, "commune_name": name, "tests": 1});
        let rows = matching(&effective, key);
        let by_code = rows.iter().find(|row| row["download_mbps"] != 77.0).unwrap();
        assert_eq!(by_code["restated_commune_code"], "24121", "{by_code:?}");
    }
    let restated = built().bundle.restated();
    let new = matching(&restated, json!({"commune_code": "24121"}));
    assert!(new.iter().all(|row| row["commune_valid_from"] == "2025-07-01"), "{new:?}");
    assert_eq!(new.len(), 5, "three of July and two of June");
    let counts = built().bundle.table("restated");
    let tests = |by: &str| only(&counts, json!({"restated_by": by}))["tests"].clone();
    assert_eq!((tests("position"), tests("crosswalk"), counts.len()), (json!(1), json!(2), 2));
}

/// One test for every commune of a province in June, and one in July, in one input.
fn all_communes(province: &str, old: &[Cells], new: &[Cells]) -> Vec<(Row, String)> {
    let of = |communes: &[Cells], day: &str| -> Vec<(String, String, String)> {
        let own = communes.iter().filter(|c| c["province_code"] == province);
        let row =
            |c: &Cells| (c["commune_code"].clone(), c["commune_name"].clone(), day.to_owned());
        own.map(row).collect()
    };
    let both = [of(old, "2025-06-20"), of(new, "2025-07-10")].concat();
    let test = |(number, (code, name, day)): (usize, (String, String, String))| {
        let speed = (1000.0 + number as f64) / 1000.0;
        let time = format!("{day}T03:00:00Z");
        let different = json!({"commune_code": code, "measured_at": time, "download_mbps": speed,
                               "device_id": null});
        (row(&format!("s{number}"), different), name)
    };
    both.into_iter().enumerate().map(test).collect()
}

/// How many tests a join by code alone, with the names of one era, would have named wrongly: those
/// of the other era whose code has another name there.
fn wrong_by_code_alone(province: &str, of: &[Cells], with: &[Cells]) -> usize {
    let names: BTreeMap<_, _> =
        with.iter().map(|c| (&c["commune_code"], &c["commune_name"])).collect();
    let own = of.iter().filter(|c| c["province_code"] == province);
    let named = own.filter_map(|c| Some((&c["commune_name"], names.get(&c["commune_code"])?)));
    named.filter(|(own, other)| own != *other).count()
}

#[test]
fn june_and_july_in_one_input_have_the_names_of_their_days() {
    let (Some(old), Some(new)) =
        (reference("communes_pre_2025-07.csv"), reference("communes_post_2025-07.csv"))
    else {
        return;
    };
    // Province, its communes in June and July, and how many of each would be called by a name of the
    // other era. Code 52 is Bình Định in June and Gia Lai in July.
    let provinces = [("66", 180, 102, 41, 71), ("52", 155, 135, 49, 96)];
    for (province, in_june, in_july, wrong_in_june, wrong_in_july) in provinces {
        let tests = all_communes(province, &old, &new);
        assert_eq!(tests.len(), in_june + in_july);
        let window = CONFIG.replace("66", province) + "\n[period]\nfirst_day = 15\n";
        let case = Case::with_config(&window);
        let rows = tests.iter().map(|(row, _)| row.clone()).collect();
        case.samples("a.parquet", &SampleFile::of(rows));
        let effective = case.build("2025-07").effective();
        assert_eq!(effective.len(), tests.len());
        for (row, name) in &tests {
            let found = only(&effective, json!({"download_mbps": row["download_mbps"]}));
            assert_eq!(found["commune_name"], *name, "{row:?}");
            assert_eq!(found["commune_code"], row["commune_code"]);
        }
        assert_eq!(wrong_by_code_alone(province, &old, &new), wrong_in_june);
        assert_eq!(wrong_by_code_alone(province, &new, &old), wrong_in_july);
    }
}
