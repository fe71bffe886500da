//! Rows with a position are placed by the boundaries of their day, in a register of one's own.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{matching, only};
use crate::program::Case;
use crate::samples::{Row, SampleFile, row};
use crate::shared::Built;

const REGISTER: &str = "\
commune_code,commune_name,province_code,province_name
A0001,Xã Một,ZZ,Tỉnh Thử Nghiệm
A0002,Xã Hai,ZZ,Tỉnh Thử Nghiệm
A0003,Xã Ba,ZZ,Tỉnh Thử Nghiệm
B0001,Xã Bên Cạnh,YY,Tỉnh Bên Cạnh
";
const WITHOUT: &str = "[province]\ncode = \"ZZ\"\n\n[samples]\npaths = [\"samples\"]\n\n\
    [validation]\nfail_rejected_share = 1.0\n\n[communes]\nregister = \"communes.csv\"\n";
const WITH: &str = "\n[[communes.boundaries]]\nfile = \"squares.geojson\"\n\
    valid_from = 2025-10-05\ncode_property = \"ma_xa\"\n";

/// A square of a tenth of a degree whose south-west corner is given.
fn square(code: &str, west: f64, south: f64) -> Value {
    let (east, north) = (west + 0.1, south + 0.1);
    let ring = json!([[west, south], [east, south], [east, north], [west, north], [west, south]]);
    json!({"type": "Feature", "properties": {"ma_xa": code},
           "geometry": {"type": "Polygon", "coordinates": [ring]}})
}

fn at(id: &str, longitude: f64, more: Value) -> Row {
    let mut row = row(id, json!({"commune_code": null, "latitude": 12.05, "longitude": longitude}));
    row.extend(more.as_object().unwrap().clone());
    row
}

fn rows() -> Vec<Row> {
    vec![
        at("in_1", 108.05, json!({})),
        at("in_2", 108.15, json!({"location_accuracy_m": 500.0})),
        at("on_the_border", 108.1, json!({})),
        at("next_door", 108.25, json!({})),
        at("outside", 109.0, json!({})),
        at("before", 108.05, json!({"measured_at": "2025-10-04T16:59:59Z"})),
        at("first_day", 108.05, json!({"measured_at": "2025-10-04T17:00:00Z"})),
        at("imprecise", 108.05, json!({"location_accuracy_m": 501.0})),
        at("code_only", 0.0, json!({"commune_code": "A0003", "latitude": null, "longitude": null})),
    ]
}

fn case(config: &str, rows: Vec<Row>) -> Case {
    let case = Case::with_config(config);
    case.write("communes.csv", REGISTER);
    let squares =
        [square("A0001", 108.0, 12.0), square("A0002", 108.1, 12.0), square("B0001", 108.2, 12.0)];
    let collection = json!({"type": "FeatureCollection", "features": squares});
    case.write("squares.geojson", collection.to_string());
    case.samples("a.parquet", &SampleFile::of(rows));
    case
}

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let case = case(&format!("{WITHOUT}{WITH}"), rows());
        let bundle = case.build("2025-10");
        Built { case, bundle }
    })
}

#[test]
fn positions_are_placed_in_their_polygon() {
    let bundle = &built().bundle;
    let communes = bundle.table("commune");
    let tests = |code: &str| only(&communes, json!({"commune_code": code}))["tests_ok"].clone();
    assert_eq!(tests("A0001"), 3, "in_1, first_day and the one on the border");
    assert_eq!(tests("A0002"), 1);
    assert_eq!(tests("A0003"), 1);
    let ledger = bundle.ledger();
    assert_eq!((&ledger["position_placed"], &ledger["code_placed"]), (&json!(4), &json!(1)));
}

#[test]
fn what_boundaries_cannot_place_fails_its_rule() {
    let quarantine = built().bundle.quarantine();
    let rules = |id: &str| only(&quarantine, json!({"sample_id": id}))["rules"].clone();
    assert_eq!(rules("next_door"), "outside_province");
    assert_eq!(rules("outside"), "outside_province");
    assert_eq!(rules("before"), "position_without_boundaries");
    assert_eq!(rules("imprecise"), "too_imprecise");
    assert_eq!(quarantine.len(), 4);
}

#[test]
fn a_position_decides_where_boundaries_are_configured() {
    let conflicting = at("x", 108.05, json!({"commune_code": "A0002"}));
    let case = case(&format!("{WITHOUT}{WITH}"), vec![conflicting]);
    let config = ["--config", "ispeed-report.toml"];
    let counts = case.counts(&[&["samples"], &config[..]].concat());
    assert_eq!((&counts["position_placed"], &counts["code_placed"]), (&json!(1), &json!(0)));
}

#[test]
fn the_map_is_drawn_and_every_commune_is_in_the_quota() {
    let files = built().bundle.files();
    assert!(
        files.keys().any(|name| name.contains("charts/") && name.contains("map")),
        "{:?}",
        files.keys()
    );
    let quota = built().bundle.table("quota");
    assert_eq!(quota.len(), 9);
    assert!(matching(&quota, json!({"commune_code": "B0001"})).is_empty());
}

#[test]
fn without_boundaries_positions_are_rejected_and_the_setting_is_named() {
    let case = case(WITHOUT, rows());
    let config = ["--config", "ispeed-report.toml", "--month", "2025-10"];
    let answer = case.run(&[&["check", "samples"], &config[..]].concat());
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.stderr.contains("8 rows have only a position"), "{answer:?}");
    assert!(answer.stderr.contains("[[communes.boundaries]]"), "{answer:?}");
    let counts = case.counts(&[&["samples"], &config[..]].concat());
    assert_eq!(counts["rejected_by_rule"]["position_without_boundaries"], 8);
    assert_eq!(counts["accepted"], 1);
}

#[test]
fn files_of_the_register_that_do_not_fit_are_configuration_errors() {
    let case = case(&format!("{WITHOUT}{WITH}"), rows());
    case.write("communes.csv", "commune_code;commune_name\nA0001;Xã Một\n");
    case.month("2025-10", &[]).assert_failed(2, &["communes.csv", "`commune_code`", "by commas"]);
    case.write("communes.csv", REGISTER);
    let number = json!({"type": "FeatureCollection", "features":
        [{"type": "Feature", "properties": {"ma_xa": 24121}, "geometry": null}]});
    case.write("squares.geojson", number.to_string());
    case.month("2025-10", &[]).assert_failed(2, &["squares.geojson", "24121", "as text"]);
    assert!(!case.path("out").exists());
}
