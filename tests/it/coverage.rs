//! Places where a network may be missing, from samples to the reports.

use std::sync::OnceLock;

use serde_json::json;

use crate::bundle::{Bundle, matching, only, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};
use crate::shared::Built;

const HEADING: &str = "Khu vực có dấu hiệu lõm sóng, đề nghị kiểm tra thực địa";
const HOLE: (f64, f64) = (12.6951, 108.0449);

/// A test at the hole, or `north` cells north of it.
fn at(id: &str, device: &str, day: u32, north: i32, more: serde_json::Value) -> Row {
    let place = json!({
        "latitude": HOLE.0 + f64::from(north) * 0.01, "longitude": HOLE.1,
        "location_accuracy_m": 20.0,
        "device_id": device, "measured_at": format!("2025-10-{day:02}T03:00:00Z"),
    });
    let mut row = row(id, place);
    row.extend(more.as_object().unwrap().clone());
    row
}

/// Four phones of Viettel fail here and measure one cell to the north; eight of MobiFone measure in
/// both cells. Far away one phone fails fifty times.
fn rows() -> Vec<Row> {
    let failed = json!({"status": "failed", "download_mbps": null, "upload_mbps": null});
    let mobifone = json!({"network_mcc_mnc": "452-01"});
    let mut rows = Vec::new();
    for phone in 0..4 {
        let device = format!("viettel-{phone}");
        for day in [5, 6] {
            rows.push(at(&format!("f{phone}-{day}"), &device, day, 0, failed.clone()));
            rows.push(at(&format!("n{phone}-{day}"), &device, day, 1, json!({})));
        }
    }
    for phone in 0..8 {
        let device = format!("mobifone-{phone}");
        rows.push(at(&format!("m{phone}"), &device, 7, 0, mobifone.clone()));
        rows.push(at(&format!("o{phone}"), &device, 8, 1, mobifone.clone()));
    }
    let lonely = (0..50).map(|n| at(&format!("l{n}"), "lonely", 1 + n % 25, 9, failed.clone()));
    rows.extend(lonely);
    rows.push(at("imprecise", "x", 5, 0, json!({"location_accuracy_m": 900.0})));
    rows.push(row("nowhere", json!({})));
    rows
}

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case = Case::with_samples(&SampleFile::of(rows()));
        let bundle = case.build("2025-10");
        Built { case, bundle }
    })
}

#[test]
fn a_hole_is_suspected_and_a_lonely_phone_is_not() {
    let suspected = built().bundle.table("suspected_coverage");
    let hole = only(&suspected, json!({}));
    for (column, value) in [
        ("commune_code", json!("24121")),
        ("place", json!("12.69N 108.04E")),
        ("place_kind", json!("cell")),
        ("operator", json!("Viettel")),
        ("access_type", json!("mobile")),
        ("kinds", json!("failures, absence")),
        ("tests", json!(8)),
        ("tests_ok", json!(0)),
        ("tests_failed", json!(8)),
        ("devices", json!(4)),
        ("days", json!(2)),
        ("n_eff", json!(8)),
        ("n_adj", json!(4.0)),
        ("latitude", json!(12.695)),
        ("longitude", json!(108.045)),
    ] {
        assert_eq!(hole[column], value, "{column}");
    }
    // Four of four: 4 / (4 + z²).
    assert!((hole["low"].as_f64().unwrap() - 4.0 / 7.841_458_820_694_124).abs() < 1e-12);
}

#[test]
fn evidence_shows_what_was_too_little() {
    let evidence = built().bundle.table("coverage_evidence");
    let absence = only(&evidence, json!({"kind": "absence"}));
    // Viettel has 8 of 16 device-days in the next cell, and none among those of 8 phones here.
    assert!((absence["value"].as_f64().unwrap() - 0.5_f64.powi(8)).abs() < 1e-15);
    assert_eq!(matching(&evidence, json!({"place": "12.78N 108.04E"})), [] as [&Row; 0]);
    let basis = built().bundle.table("coverage_basis");
    for (column, value) in [("tests", 84), ("tests_without_position", 1), ("tests_imprecise", 1)] {
        assert_eq!(basis[0][column], value, "{column}");
    }
    assert_eq!(basis[0]["tests_placed"], 82);
}

#[test]
fn the_reports_ask_for_a_visit_and_do_not_judge() {
    for report in ["ministry", "committee"] {
        let Some(pages) = built().bundle.pages(report) else { return };
        let text = squeezed(&pages.concat());
        for words in [
            HEADING,
            "lượt đo không thành công; vắng lượt đo thành công",
            "Công văn số 1603/BTTTT-CVT ngày 25/4/2024",
            "Chỉ riêng việc không có lượt đo thì không được coi là dấu hiệu lõm sóng",
            "từ 5 lượt, của từ 3 thiết bị, trong từ 2 ngày",
            "không xét vì chưa cấu hình mức so sánh",
        ] {
            assert!(text.contains(&squeezed(words)), "{report}: no `{words}`");
        }
        // Four phones are too few to say where.
        assert!(!text.contains(&squeezed("12,69°B 108,04°Đ")), "{report}");
        // Levels that are general knowledge only are never printed.
        assert!(!text.contains("dBm"), "{report}");
    }
}

#[test]
fn no_device_and_no_position_of_one_is_in_the_bundle() {
    for (name, bytes) in built().bundle.files() {
        // The place of a commune on a map without boundaries is the median of 30 positions or more.
        if name.contains("commune_location") {
            continue;
        }
        let path = built().bundle.folder.join(&name);
        let text = match name.ends_with(".parquet") {
            true => json!(crate::bundle::rows(&path)).to_string(),
            false => String::from_utf8_lossy(&bytes).into_owned(),
        };
        for part in ["viettel-", "lonely", "12.6951", "108.0449"] {
            assert!(!text.contains(part), "{name} holds {part}");
        }
        assert!(!name.contains("device_days") || name.ends_with(".sql"), "{name}");
    }
    let places =
        crate::bundle::rows(&built().bundle.folder.join("internal/inputs/coverage_places.parquet"));
    let names: Vec<_> = places.iter().map(|row| row["place"].as_str().unwrap()).collect();
    assert_eq!(names, ["12.69N 108.04E", "12.70N 108.04E"], "not the cell of a single phone");
}

#[test]
fn without_suspicion_the_reports_say_so() {
    let few = rows().into_iter().filter(|row| row["status"] == "ok").collect();
    let case = Case::with_samples(&SampleFile::of(few));
    let bundle = case.build("2025-10");
    assert_eq!(bundle.table("suspected_coverage"), [] as [Row; 0]);
    let Some(pages) = bundle.pages("ministry") else { return };
    let text = squeezed(&pages.concat());
    let words = "không có khu vực nào có đủ dấu hiệu để đề nghị kiểm tra thực địa";
    assert!(text.contains(&squeezed(words)));
    assert!(text.contains("1603/BTTTT-CVT"));
}

/// A month with these lines more in its configuration, and a list of hamlets.
fn configured(more: &str, hamlets: &str) -> Case {
    let case = Case::with_config(&format!("{CONFIG}\n{more}"));
    case.samples("a.parquet", &SampleFile::of(rows()));
    case.write("thon.csv", hamlets);
    case
}

#[test]
fn hamlets_take_the_place_of_cells() {
    let hamlets = "name,commune_code,latitude,longitude\nThôn 5,24121,12.6950,108.0450\n";
    let case = configured("[coverage]\nhamlets = \"thon.csv\"\n", hamlets);
    let bundle: Bundle = case.build("2025-10");
    let suspected = bundle.table("suspected_coverage");
    let hole = only(&suspected, json!({}));
    assert_eq!((&hole["place"], &hole["place_kind"]), (&json!("Thôn 5"), &json!("hamlet")));
    let manifest = bundle.json("manifest.json");
    let inputs = manifest["inputs"].as_array().unwrap();
    assert!(inputs.iter().any(|input| input["file"] == "hamlets/thon.csv"), "{inputs:?}");
    assert_eq!(manifest["configuration"]["coverage"]["hamlets"], "thon.csv");
    // Another list is another bundle.
    case.write("thon.csv", hamlets.replace("Thôn 5", "Thôn 6"));
    let answer = case.month("2025-10", &["--json"]);
    assert_eq!(answer.json()["status"], "built", "{answer:?}");
}

#[test]
fn a_list_or_limit_that_does_not_fit_is_named() {
    let hamlets = "name,commune_code,latitude,longitude\nThôn 5,24121,12.6950,\n";
    let case = configured("[coverage]\nhamlets = \"thon.csv\"\n", hamlets);
    case.month("2025-10", &[]).assert_failed(2, &["thon.csv", "line 2", "`longitude`"]);
    let case = configured("[coverage.failures]\ndevices = 2\n", hamlets);
    let parts = ["`coverage.failures.devices`", "is 2, expected at least 3"];
    case.month("2025-10", &[]).assert_failed(2, &parts);
}
