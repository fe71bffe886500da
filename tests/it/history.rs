//! Earlier bundles as history: trends, since when, what opened and closed, and the reform between.

use std::fs;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{Bundle, copy, matching, only, squeezed};
use crate::program::Case;
use crate::samples::{Row, SampleFile, row};

/// New communes of Đắk Lắk: low throughout; low, then fast; low, then uncertain.
const LOW: &str = "24121";
const FASTER: &str = "22015";
const UNCERTAIN: &str = "22045";
const MEDIANS: [&str; 3] =
    ["download_mbps_median", "download_mbps_median_low", "download_mbps_median_high"];

/// One test each of many devices on a day, with speeds in turn.
fn tests(count: usize, month: &str, code: &str, network: &str, speeds: &[f64]) -> Vec<Row> {
    let test = |n: usize| {
        let id = format!("{code}-{network}-{month}-{n}");
        let speed = speeds[n % speeds.len()];
        row(
            &id,
            json!({"measured_at": format!("{month}-10T03:00:00Z"), "commune_code": code,
                "network_mcc_mnc": network, "download_mbps": speed, "upload_mbps": speed / 3.0}),
        )
    };
    (0..count).map(test).collect()
}

/// Builds a month of a province from its rows.
fn month(case: &Case, province: &str, month: &str, rows: Vec<Row>, history: &[&str]) -> Bundle {
    let name = format!("{province}-{month}");
    case.samples(&format!("{name}.parquet"), &SampleFile::of(rows));
    case.write(
        &format!("{name}.toml"),
        format!(
            "[province]\ncode = \"{province}\"\n[samples]\npaths = [\"samples/{name}.parquet\"]"
        ),
    );
    let config = format!("{name}.toml");
    let mut arguments = vec!["run", "--config", &config, "--month", month, "--out", "out"];
    history.iter().for_each(|path| arguments.extend(["--history", path]));
    let answer = case.run(&arguments);
    assert_eq!(answer.code, 0, "{answer:?}");
    Bundle::at(&case.path(&format!("out/{name}")))
}

struct Autumn {
    case: Case,
    september: Bundle,
    october: Bundle,
}

/// Three months of Đắk Lắk; an operator that had tests in September has none in October.
fn autumn() -> &'static Autumn {
    static AUTUMN: OnceLock<Autumn> = OnceLock::new();
    AUTUMN.get_or_init(|| {
        let case = Case::new();
        let (slow, fast) = ([20.0, 24.0, 28.0], [50.0, 60.0, 70.0]);
        let viettel =
            |month: &str, code: &str, speeds: &[f64]| tests(120, month, code, "452-04", speeds);
        let august = viettel("2025-08", LOW, &slow);
        month(&case, "66", "2025-08", august, &[]);
        let september = [
            viettel("2025-09", LOW, &slow),
            viettel("2025-09", FASTER, &slow),
            viettel("2025-09", UNCERTAIN, &slow),
            tests(40, "2025-09", LOW, "452-02", &fast),
        ];
        let september = month(&case, "66", "2025-09", september.concat(), &["out"]);
        let october = [
            viettel("2025-10", LOW, &slow),
            viettel("2025-10", FASTER, &fast),
            viettel("2025-10", UNCERTAIN, &[20.0, 62.0]),
        ];
        let october = month(&case, "66", "2025-10", october.concat(), &["out"]);
        Autumn { case, september, october }
    })
}

#[test]
fn earlier_months_are_shown_as_they_were_published() {
    let Autumn { september, october, .. } = autumn();
    let trend = october.table("trend");
    for operator in september.table("operator") {
        let key = json!({"level": "operator", "month": "2025-09", "operator": operator["operator"],
            "family": operator["family"]});
        let shown = only(&trend, key);
        for column in ["tests_ok", "samples_adjusted", "tier"].iter().chain(&MEDIANS) {
            assert_eq!(shown[*column], operator[*column], "{column}");
        }
    }
    let months: Vec<_> = october.table("trend_months").iter().map(|m| m["month"].clone()).collect();
    assert_eq!(months, ["2025-08", "2025-09", "2025-10"]);
    let quota = october.table("trend_quota");
    let then = only(&quota, json!({"family": "mobile", "month": "2025-09"}));
    assert_eq!((&then["tests_ok"], &then["communes"]), (&json!(400), &json!(102)));
    let commune = json!({"level": "commune", "commune_code": FASTER, "family": "mobile"});
    let of_commune = matching(&trend, commune);
    let medians: Vec<_> = of_commune.iter().map(|row| row[MEDIANS[0]].clone()).collect();
    assert_eq!(medians, [json!(24.0), json!(60.0)]);
}

#[test]
fn a_finding_is_dated_and_the_operator_is_written_to_in_the_second_month() {
    let Autumn { september, october, .. } = autumn();
    let low = json!({"gap_class": "low_quality", "commune_code": LOW, "operator": "Viettel"});
    for (bundle, months) in [(september, 2), (october, 3)] {
        let gaps = bundle.table("gaps");
        let found = only(&gaps, low.clone());
        assert_eq!((&found["since"], &found["months_found"]), (&json!("2025-08"), &json!(months)));
        assert_eq!(found["notify"], true);
    }
    let gaps = september.table("gaps");
    let new = json!({"gap_class": "low_quality", "commune_code": FASTER});
    let found = only(&gaps, new);
    assert_eq!((&found["since"], &found["notify"]), (&json!("2025-09"), &json!(false)));
}

#[test]
fn a_gap_closes_only_when_the_interval_clears_the_benchmark() {
    let changes = autumn().october.table("gap_changes");
    for (code, change) in [(LOW, "continuing"), (FASTER, "closed"), (UNCERTAIN, "not_confirmed")] {
        let row = only(&changes, json!({"gap_class": "low_quality", "commune_code": code}));
        assert_eq!(row["change"], change, "{row:?}");
        assert_eq!(row["compared_month"], "2025-09");
        let (low, high) = (&row["mean_low"], &row["mean_high"]);
        let cleared = low.as_f64().unwrap() >= 40.0;
        assert_eq!(cleared, change == "closed", "{low} to {high}");
    }
    let shortfalls = matching(&changes, json!({"gap_class": "shortfall"}));
    assert_eq!(shortfalls.len(), 2 * 102);
    assert!(shortfalls.iter().all(|row| row["change"] == "continuing"));
}

#[test]
fn what_changed_oddly_is_warned_of_and_the_reports_show_the_months() {
    let bundle = &autumn().october;
    let manifest = bundle.json("manifest.json");
    let warnings = manifest["warnings"].to_string();
    assert!(
        warnings.contains("VNPT has no mobile test, after 40 in the month before"),
        "{warnings}"
    );
    for report in ["ministry", "committee"] {
        let Some(pages) = bundle.pages(report) else { return };
        let text = squeezed(&pages.concat());
        for words in
            ["DIỄN BIẾN THEO THÁNG", "08/2025", "so với tháng 09/2025", "VNPT không có lượt đo"]
        {
            assert!(text.contains(&squeezed(words)), "{report}: no `{words}`");
        }
    }
}

#[test]
fn the_history_decides_the_bundle() {
    let Autumn { case, october, .. } = autumn();
    let manifest = october.json("manifest.json");
    let history: Vec<_> =
        manifest["history"].as_array().unwrap().iter().map(|h| h["month"].clone()).collect();
    assert_eq!(history, ["2025-08", "2025-09"]);
    let again = |history: &[&str]| {
        let fixed = ["run", "--config", "66-2025-10.toml", "--month", "2025-10", "--out", "out"];
        let more: Vec<&str> = history.iter().flat_map(|path| ["--history", path]).collect();
        case.run(&[&fixed[..], &["--json"], &more].concat())
    };
    // In another order, and one of them twice.
    let same = again(&["out/66-2025-09", "out/66-2025-08", "out"]);
    assert_eq!(same.json()["status"], "unchanged", "{same:?}");
    again(&["nowhere"]).assert_failed(1, &["history `nowhere`"]);
    copy(&case.path("out/66-2025-09"), &case.path("copy"));
    again(&["out", "copy"]).assert_failed(2, &["province 66 and 2025-09", "`copy`"]);
    let table = case.path("copy/internal/tables/operator.parquet");
    let mut bytes = fs::read(&table).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&table, bytes).unwrap();
    again(&["copy"]).assert_failed(1, &["`internal/tables/operator.parquet`", "`copy`", "SHA-256"]);
}

struct Reform {
    june: Bundle,
    both: Bundle,
    one: Bundle,
}

/// June 2025 of both old provinces and October of the new one, with both and with one as history.
fn reform() -> &'static Reform {
    static REFORM: OnceLock<Reform> = OnceLock::new();
    REFORM.get_or_init(|| {
        let case = Case::new();
        // One device on one day in two old communes that went into one; a part of another commune.
        let twice = |id: &str, code: &str, speed: f64| {
            let time = "2025-06-10T03:00:00Z";
            row(
                id,
                json!({"measured_at": time, "commune_code": code, "download_mbps": speed,
                "device_id": "both"}),
            )
        };
        let mut june = tests(40, "2025-06", "24121", "452-04", &[50.0, 60.0]);
        june.extend([twice("a", "24118", 10.0), twice("b", "24166", 30.0)]);
        june.extend(tests(1, "2025-06", "24550", "452-04", &[50.0]));
        june.extend(tests(35, "2025-06", "24547", "452-04", &[50.0, 52.0]));
        let june = month(&case, "66", "2025-06", june, &[]);
        let phu_yen = tests(40, "2025-06", "22015", "452-04", &[30.0, 40.0]);
        month(&case, "54", "2025-06", phu_yen, &[]);
        let october = || tests(40, "2025-10", LOW, "452-04", &[50.0, 60.0]);
        month(&case, "66", "2025-10", october(), &["out/66-2025-06"]);
        copy(&case.path("out/66-2025-10"), &case.path("one"));
        let one = Bundle::at(&case.path("one"));
        // Kept for as long as the tests run.
        let both = month(&case, "66", "2025-10", october(), &["out"]);
        std::mem::forget(case);
        Reform { june, both, one }
    })
}

#[test]
fn restating_collapses_again() {
    let june = &reform().june;
    let (of_day, restated) = (june.effective(), june.restated());
    assert_eq!(of_day.len(), 78);
    assert_eq!(restated.len(), 77, "two samples of one device became one");
    let new = json!({"commune_code": "24121", "commune_valid_from": "2025-07-01", "tests": 2});
    let merged = only(&restated, new);
    assert_eq!(
        (&merged["download_mbps"], &merged["commune_name"]),
        (&json!(20.0), &json!("Phường Tân Lập"))
    );
    assert_eq!(merged["district_code"], Value::Null);
    let divided = only(&restated, json!({"commune_code": "24550"}));
    assert_eq!(divided["restated_commune_code"], Value::Null);
    let counts = june.table("restated");
    assert_eq!(only(&counts, json!({"restated_by": "crosswalk"}))["tests"], 77);
    assert_eq!(only(&counts, json!({"restated_by": "not_restated"}))["tests"], 1);
}

#[test]
fn with_every_part_a_month_before_the_reform_is_computed_again() {
    let trend = reform().both.table("trend");
    let june = |level: &str| json!({"level": level, "month": "2025-06", "family": "mobile"});
    let province = only(&trend, june("province"));
    assert_eq!((&province["tests_ok"], &province["basis"]), (&json!(118), &json!("restated")));
    assert_eq!(province["samples_effective"], 117);
    let communes = matching(&trend, june("commune"));
    let of = |code: &str| *communes.iter().find(|row| row["commune_code"] == code).unwrap();
    assert_eq!((&of("24121")["tests_ok"], &of("24121")["comparable"]), (&json!(42), &json!(true)));
    assert!(of("22015")[MEDIANS[0]].as_f64().is_some(), "of Phú Yên then");
    // A part of an old commune whose tests could not be restated may belong to it.
    let doubtful = of("24544");
    assert_eq!(doubtful["reason"], "part_not_restated");
    assert_eq!(doubtful[MEDIANS[0]], Value::Null);
    let quota = reform().both.table("trend_quota");
    let then = only(&quota, json!({"month": "2025-06", "family": "mobile"}));
    assert_eq!(then["communes"], 180 + 106, "as it was judged then");
}

#[test]
fn without_the_other_part_the_trend_breaks() {
    let bundle = &reform().one;
    let months = bundle.table("trend_months");
    let june = only(&months, json!({"month": "2025-06"}));
    assert_eq!((&june["comparable"], &june["reason"]), (&json!(false), &json!("part_missing")));
    assert_eq!(june["missing"], "Tỉnh Phú Yên");
    let trend = bundle.table("trend");
    let rows = matching(&trend, json!({"month": "2025-06"}));
    assert_eq!(rows.len(), 3, "the province only, by family");
    assert!(rows.iter().all(|row| row["tests_ok"].is_null() && row["comparable"] == false));
    for report in ["ministry", "committee"] {
        let Some(pages) = bundle.pages(report) else { return };
        let text = squeezed(&pages.concat());
        assert!(text.contains(&squeezed("không so sánh được: thiếu số liệu của tỉnh Phú Yên")));
    }
}

#[test]
fn code_52_is_another_province_on_each_side() {
    let case = Case::new();
    month(&case, "52", "2025-05", tests(40, "2025-05", "21550", "452-04", &[50.0]), &[]);
    let june = tests(40, "2025-06", "21550", "452-04", &[60.0]);
    let binh_dinh = month(&case, "52", "2025-06", june, &["out"]);
    let months = binh_dinh.table("trend_months");
    assert_eq!(only(&months, json!({"month": "2025-05"}))["basis"], "published");
    let july = tests(40, "2025-07", "21583", "452-04", &[60.0]);
    let gia_lai = month(&case, "52", "2025-07", july, &["out"]);
    let months = gia_lai.table("trend_months");
    for month in ["2025-05", "2025-06"] {
        let row = only(&months, json!({"month": month}));
        assert_eq!(
            (&row["reason"], &row["missing"]),
            (&json!("part_missing"), &json!("Tỉnh Gia Lai"))
        );
    }
    let gaps = gia_lai.table("gaps");
    assert!(gaps.iter().all(|gap| gap["since"] == "2025-07"), "nothing goes on from Bình Định");
}
