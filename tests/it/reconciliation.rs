//! Published figures beside ours, on rows counted by hand.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{Bundle, only, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};

const FIGURES: &str = "\
commune_code,commune_name,operator,access_type,family,count,median_download_mbps,median_upload_mbps
,,,mobile,,20,40,
24121,,Viettel Telecom,mobile,,8,12.5,5
,phường tân lập,VNPT,mobile,,0,,
,,,,mobile_5g,4,200,80
# not in the province
99999,Xã Xa,Viettel,mobile,,9,1,1
,,Sóng Lạ,fixed,,7,30,
";

/// In Phường Tân Lập: six tests of a phone of Viettel (10 to 15 Mbit/s), two of another (50 and 60
/// Mbit/s), two failed, one over again, and rejected: two abroad, of which one is too fast, and one
/// without time. VNPT with 5G elsewhere: three tests of three phones. One row of VNPT without any
/// place, one of Viettel in another province.
fn samples() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |id: &str, different: Value| rows.push(row(id, different));
    for number in 0..6 {
        let download = 10.0 + f64::from(number);
        let test = json!({"device_id": "a", "download_mbps": download,
            "upload_mbps": download / 2.0});
        add(&format!("a{number}"), test);
    }
    add("b0", json!({"device_id": "b", "download_mbps": 50.0, "upload_mbps": 25.0}));
    let next_day = json!({"device_id": "b", "download_mbps": 60.0, "upload_mbps": 30.0,
        "measured_at": "2025-10-11T03:00:00Z"});
    add("b1", next_day.clone());
    add("b1", next_day);
    add("f0", json!({"status": "failed"}));
    add("f1", json!({"status": "failed"}));
    add("x0", json!({"server_country": "SG"}));
    add("x1", json!({"server_country": "SG", "download_mbps": 3000.0}));
    add("x2", json!({"measured_at": null}));
    for number in 0..3 {
        let test = json!({"network_mcc_mnc": "452-02", "technology": "5G", "commune_code": "24163",
            "download_mbps": 200.0 + f64::from(number)});
        add(&format!("v{number}"), test);
    }
    add("y0", json!({"network_mcc_mnc": "452-02", "commune_code": null}));
    add("y1", json!({"commune_code": "00004"}));
    rows
}

fn case(figures: &str) -> Case {
    let case = Case::with_config(&format!(
        "{CONFIG}\n[statistics]\npublish_from = 3\n\n[reconciliation]\nfile = \"vnnic.csv\"\n"
    ));
    case.write("vnnic.csv", figures);
    case.samples("a.parquet", &SampleFile::of(samples()));
    case
}

fn bundle() -> &'static Bundle {
    static BUILT: OnceLock<(Case, Bundle)> = OnceLock::new();
    let (_, bundle) = BUILT.get_or_init(|| {
        let case = case(FIGURES);
        let bundle = case.build("2025-10");
        (case, bundle)
    });
    bundle
}

fn assert_line(line: u64, expected: Value) {
    let table = bundle().table("reconciliation");
    let row = only(&table, json!({"line": line}));
    for (column, value) in expected.as_object().unwrap() {
        let same = match (row[column].as_f64(), value.as_f64()) {
            (Some(found), Some(wanted)) => (found - wanted).abs() < 1e-12,
            _ => row[column] == *value,
        };
        assert!(same, "line {line} {column}: found {}, expected {value}", row[column]);
    }
}

#[test]
fn the_province_counts_every_row_that_may_be_its_own() {
    // Samples: 12.5, 50 and 60 of Viettel, 200, 201 and 202 of VNPT.
    assert_line(
        2,
        json!({"family": "mobile", "commune_name": null, "operator": null, "matched": true,
            "published_tests": 20, "tests_ok": 11, "samples_effective": 6,
            "tests_difference": -9, "tests_difference_share": -0.45,
            "tests_failed": 2, "tests_duplicate": 1, "tests_rejected": 4, "tests_collapsed": 5,
            "published_download_mbps": 40, "download_mbps_raw_median": 15,
            "download_mbps_raw_difference": -25, "download_mbps_raw_difference_share": -0.625,
            "download_mbps_median": 130, "download_mbps_difference": 90,
            "download_mbps_difference_share": 2.25,
            "published_upload_mbps": null, "upload_mbps_difference": null}),
    );
}

#[test]
fn a_commune_and_operator_are_found_by_code_and_name() {
    assert_line(
        3,
        json!({"commune_name": "Phường Tân Lập", "operator": "Viettel", "matched": true,
            "tests_ok": 8, "samples_effective": 3, "tests_difference": 0,
            "tests_failed": 2, "tests_duplicate": 1, "tests_rejected": 3, "tests_collapsed": 5,
            "download_mbps_raw_median": 13.5, "download_mbps_raw_difference": 1.0,
            "download_mbps_median": 50, "download_mbps_difference_share": 3.0,
            "upload_mbps_median": 25, "upload_mbps_difference": 20}),
    );
    assert_line(
        4,
        json!({"commune_code": "24121", "commune_name": "Phường Tân Lập", "operator": "VNPT",
            "published_tests": 0, "tests_ok": 0, "tests_difference": 0,
            "tests_difference_share": null, "download_mbps_median": null}),
    );
}

#[test]
fn a_part_of_a_family_is_compared_with_that_part() {
    assert_line(
        5,
        json!({"family": "mobile_5g", "tests_ok": 3, "samples_effective": 3,
            "tests_failed": 0, "tests_rejected": 0, "download_mbps_median": 201,
            "download_mbps_difference": 1, "download_mbps_difference_share": 0.005}),
    );
}

#[test]
fn what_fits_nothing_of_ours_stays() {
    assert_eq!(bundle().table("reconciliation").len(), 6);
    let none =
        json!({"matched": false, "tests_ok": 0, "samples_effective": 0, "tests_rejected": 0});
    assert_line(7, none.clone());
    assert_line(
        7,
        json!({"commune_code": "99999", "commune_name": "Xã Xa", "operator": "Viettel",
        "tests_difference": -9, "tests_difference_share": -1.0}),
    );
    assert_line(8, none);
    assert_line(8, json!({"commune_code": null, "operator": "Sóng Lạ", "family": "fixed"}));
}

#[test]
fn rejected_rows_are_counted_by_rule() {
    let table = bundle().table("reconciliation_reasons");
    let of = |line: u64| -> Vec<Value> {
        let rows = table.iter().filter(|row| row["line"] == line);
        rows.map(|row| json!([row["reason"], row["rule"], row["tests"]])).collect()
    };
    let expected = json!([
        ["collapsed", null, 5],
        ["duplicate", null, 1],
        ["failed", null, 2],
        ["rejected", null, 4],
        ["rejected", "above_ceiling", 1],
        ["rejected", "foreign_server", 2],
        ["rejected", "missing_time", 1],
        ["rejected", "no_location", 1],
    ]);
    assert_eq!(json!(of(2)), expected);
    assert_eq!(of(3)[3], json!(["rejected", null, 3]));
    assert_eq!(of(4), Vec::<Value>::new());
}

#[test]
fn the_annex_is_there_only_with_a_file() {
    let Some(pages) = bundle().pages("ministry") else { return };
    let text = squeezed(&pages.concat());
    for words in ["ĐỐI SOÁT VỚI SỐ LIỆU ĐÃ CÔNG BỐ", "Xã Xa", "Sóng Lạ", "toàn tỉnh"]
    {
        assert!(text.contains(&squeezed(words)), "no `{words}`");
    }
    let without = &crate::shared::small_month().bundle;
    let text = squeezed(&without.pages("ministry").unwrap().concat());
    assert!(!text.contains(&squeezed("ĐỐI SOÁT")));
    assert!(!without.folder.join("send/tables/reconciliation.csv").exists());
}

#[test]
fn the_file_is_an_input_and_a_change_of_it_is_noticed() {
    let case = case(FIGURES);
    let bundle = case.build("2025-10");
    let manifest = bundle.json("manifest.json");
    let inputs = manifest["inputs"].as_array().unwrap();
    let file = inputs.iter().find(|input| input["file"] == "reconciliation/vnnic.csv").unwrap();
    assert_eq!(file["bytes"], FIGURES.len());
    assert_eq!(manifest["configuration"]["reconciliation"]["file"], "vnnic.csv");
    assert!(case.month("2025-10", &[]).stdout.starts_with("nothing changed"));
    case.write("vnnic.csv", FIGURES.replace(",20,40,", ",21,40,"));
    assert!(case.month("2025-10", &[]).stdout.starts_with("built"));
}

#[test]
fn a_wrong_file_names_file_line_and_column() {
    let wrong = FIGURES.replace(",mobile,,8,", ",moblie,,8,");
    let parts = ["vnnic.csv, line 3, column `access_type`: found `moblie`", "`mobile` or `fixed`"];
    case(&wrong).month("2025-10", &[]).assert_failed(2, &parts);
}
