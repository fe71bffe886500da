//! The page for leaders: one page, and no change that the intervals do not show.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fixture::{Fixture, batch};
use super::tests::text;
use super::*;
use crate::document::block::{Document, Plate};
use crate::document::font::Family;
use crate::document::issue::issued;
use crate::document::layout::{Style, lay_out};
use crate::document::page::Drawing;

fn figures() -> BTreeMap<String, Plate> {
    let drawing = Drawing { width: 467.0, height: 300.0, items: Vec::new() };
    BTreeMap::from([("map_quota_mobile_small".into(), Plate { drawing, ..Plate::default() })])
}

fn page(fixture: &Fixture) -> Document {
    let templates = Templates::embedded();
    issued(&render("leader.md", &templates, &fixture.sources(), &figures()).unwrap(), None)
}

fn assert_one_page(fixture: &Fixture) -> String {
    let document = page(fixture);
    let laid = lay_out(&document, &Family::libertinus().unwrap(), &Style::default()).unwrap();
    assert_eq!(laid.pages.len(), 1, "{}", text(&document));
    text(&document)
}

const TECHNOLOGY: &str = "access_type:s technology:s months_back:i month:s download_mbps_mean:f \
                          download_mbps_mean_low:f download_mbps_mean_high:f \
                          download_mbps_median:f download_mbps_median_low:f \
                          download_mbps_median_high:f";

/// A month of 4G with intervals of 2 to either side.
fn speeds(months_back: i64, mean: f64, median: f64) -> Value {
    json!({
        "access_type": "mobile", "technology": "4G", "months_back": months_back, "month": "2025-09",
        "download_mbps_mean": mean, "download_mbps_mean_low": mean - 2.0,
        "download_mbps_mean_high": mean + 2.0, "download_mbps_median": median,
        "download_mbps_median_low": median - 2.0, "download_mbps_median_high": median + 2.0,
    })
}

/// With values of this month and the one before.
fn with_months(now: (f64, f64), before: (f64, f64)) -> Fixture {
    let mut fixture = Fixture::small();
    let table = |row| batch(TECHNOLOGY, &[row]);
    fixture.tables.insert("province_technology".into(), table(speeds(0, now.0, now.1)));
    fixture.tables.insert("trend_technology".into(), table(speeds(1, before.0, before.1)));
    fixture
}

#[test]
fn a_change_is_one_when_the_intervals_lie_apart() {
    let words = assert_one_page(&with_months((60.0, 40.0), (50.0, 38.0)));
    let rows = "trung bình\n60,00 (58,00–62,00)\n50,00 (48,00–52,00)\ntăng\n\
                trung vị\n40,00 (38,00–42,00)\n38,00 (36,00–40,00)\nchưa đủ căn cứ\n";
    assert!(words.contains(rows), "{words}");
    let words = assert_one_page(&with_months((40.0, 30.0), (50.0, 34.1)));
    assert!(words.contains("52,00)\ngiảm\n") && words.contains("36,10)\ngiảm\n"), "{words}");
    let touching = assert_one_page(&with_months((54.0, 30.0), (50.0, 34.0)));
    assert!(!touching.contains("tăng\n") && !touching.contains("giảm\n"), "{touching}");
}

#[test]
fn without_a_month_before_nothing_is_compared() {
    let mut fixture = with_months((60.0, 40.0), (50.0, 38.0));
    fixture.tables.remove("trend_technology");
    let words = assert_one_page(&fixture);
    assert!(words.contains("trung bình\n60,00 (58,00–62,00)\nchưa có\nchưa so sánh\n"), "{words}");
    fixture.tables.remove("province_technology");
    let words = assert_one_page(&fixture);
    assert!(words.contains("4G: chưa đủ mẫu để công bố trong kỳ này."), "{words}");
}

const QUOTA: &str = "family:s month:s months_back:i quota:i communes:i communes_met:i";

#[test]
fn communes_at_the_quota_are_compared_with_as_many_communes_only() {
    let mut fixture = Fixture::small();
    let before = |family: &str, communes: i64, met: i64| {
        json!({"family": family, "month": "2025-09", "months_back": 1, "quota": 300,
               "communes": communes, "communes_met": met})
    };
    let rows = [before("mobile", 3, 1), before("fixed", 4, 0)];
    fixture.tables.insert("trend_quota".into(), batch(QUOTA, &rows));
    let words = assert_one_page(&fixture);
    assert!(words.contains("Băng rộng di động\n3\n2\n66,7%\n1\n+1\n"), "{words}");
    assert!(words.contains("Băng rộng cố định\n3\n0\n0,0%\nchưa có\nchưa so sánh\n"), "{words}");
    let rows = [before("mobile", 3, 3), before("fixed", 3, 0)];
    fixture.tables.insert("trend_quota".into(), batch(QUOTA, &rows));
    let words = assert_one_page(&fixture);
    assert!(words.contains("\n3\n\u{2212}1\n") && words.contains("\n0\n0\n"), "{words}");
}

const SUSPECTED: &str = "commune_code:s commune_name:s commune_valid_from:d place:s operator:s \
                         kinds:s tests:i tests_failed:i devices:i days:i severity:f";
const GAPS: &str = "gap_class:s state:s family:s technology:s indicator:s commune_code:s \
                    commune_name:s commune_valid_from:d operator:s mean:f mean_low:f mean_high:f \
                    benchmark:f severity:f";

fn suspected(name: &str, severity: f64) -> Value {
    json!({"commune_code": "1", "commune_name": name, "commune_valid_from": "2025-07-01",
           "place": "Buôn Trấp Đắk Nuê Thượng", "operator": "Vietnamobile", "tests": 12_345,
           "kinds": "failures, fallback, signal, absence", "tests_failed": 2345, "devices": 40,
           "days": 22, "severity": severity})
}

fn low(name: &str, state: &str, severity: f64) -> Value {
    json!({"gap_class": "low_quality", "state": state, "family": "mobile", "technology": "4G",
           "indicator": "download_mbps", "commune_code": "2", "commune_name": name,
           "commune_valid_from": "2025-07-01", "operator": "Vietnamobile", "mean": 31.25,
           "mean_low": 29.0, "mean_high": 33.5, "benchmark": 40.0, "severity": severity})
}

#[test]
fn the_gravest_places_of_each_class_stand_on_the_page() {
    let mut fixture = with_months((1060.0, 1040.0), (1050.0, 1038.0));
    let name = "Phường Trần Hưng Đạo Nguyễn Thị Minh Khai";
    let places = [suspected("Xã Nhẹ", 0.1), suspected(name, 3.0), suspected("Xã Nặng", 4.0)];
    fixture.tables.insert("suspected_coverage".into(), batch(SUSPECTED, &places));
    let gaps = [
        low("Xã Vừa", "found", 0.2),
        low(name, "found", 0.9),
        low("Xã Kém", "found", 0.5),
        low("Xã Chưa Chắc", "watch", 0.0),
    ];
    fixture.tables.insert("gaps".into(), batch(GAPS, &gaps));
    fixture.simulated = true;
    let words = assert_one_page(&fixture);
    for expected in [
        "Nơi cần kiểm tra (dấu hiệu, chưa phải là kết luận): 03 trường hợp nghi vấn lõm sóng; 03 trường hợp ghi nhận kém mức đối chiếu; 01 trường hợp cần theo dõi.",
        "Xã Nặng\n",
        "Xã Kém\n",
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    for left_out in ["Xã Nhẹ", "Xã Vừa", "Xã Chưa Chắc"] {
        assert!(!words.contains(left_out), "{left_out}\n{words}");
    }
    assert!(words.find("Xã Nặng") < words.find(name));
}

#[test]
fn a_month_without_anything_is_a_page_too() {
    let mut fixture = Fixture::new(&["Xã A"], &[], 0);
    for name in ["operator", "commune", "commune_operator", "province", "gaps"] {
        let table = fixture.tables[name].slice(0, 0);
        fixture.tables.insert(name.into(), table);
    }
    let words = assert_one_page(&fixture);
    assert!(
        words.contains(
            "chưa có dấu hiệu nghi vấn lõm sóng; chưa ghi nhận trường hợp nào kém mức đối chiếu."
        ),
        "{words}"
    );
}
