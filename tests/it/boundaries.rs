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

/// Along the southern side of the squares; a metre is 9.04 millionths of a degree of latitude there.
fn south(id: &str, longitude: f64, metres: f64, more: Value) -> Row {
    let mut row = at(id, longitude, json!({"latitude": 12.0 - metres * 9.04e-6}));
    row.extend(more.as_object().unwrap().clone());
    row
}

fn counts(config: &str, rows: Vec<Row>) -> Value {
    let case = case(&format!("{WITHOUT}{config}{WITH}"), rows);
    case.counts(&["samples", "--config", "ispeed-report.toml"])
}

#[test]
fn a_position_just_outside_goes_to_the_nearest_commune() {
    let rows = || {
        vec![
            south("inside", 108.05, -1.0, json!({})),
            south("beside_1", 108.05, 150.0, json!({"download_mbps": 11.0})),
            south("beside_both", 108.1, 199.0, json!({"download_mbps": 12.0})),
            south("beside_2", 108.1001, 199.0, json!({"download_mbps": 13.0})),
            south("too_far", 108.05, 201.0, json!({})),
            south("beside_next_door", 108.25, 50.0, json!({})),
            south("imprecise", 108.05, 50.0, json!({"location_accuracy_m": 501.0})),
            south(
                "no_longer_imprecise",
                108.05,
                50.0,
                json!({"location_accuracy_m": 501.0,
                "commune_code": "A0003"}),
            ),
            south("other_code", 108.05, 50.0, json!({"commune_code": "A0002"})),
        ]
    };
    let case = case(&format!("{WITHOUT}{WITH}"), rows());
    let bundle = case.build("2025-10");
    let quarantine = bundle.quarantine();
    let rules = |id: &str| only(&quarantine, json!({"sample_id": id}))["rules"].clone();
    assert_eq!(rules("too_far"), "outside_province");
    assert_eq!(rules("beside_next_door"), "outside_province", "its nearest commune is there");
    assert_eq!(rules("imprecise"), "too_imprecise");
    assert_eq!(quarantine.len(), 3);
    let effective = bundle.effective();
    let at = |speed: f64| only(&effective, json!({"download_mbps": speed}))["commune_code"].clone();
    assert_eq!([at(11.0), at(12.0), at(13.0)], ["A0001", "A0001", "A0002"]);
    let ledger = bundle.ledger();
    let placed = ["position_placed", "position_snapped", "code_placed", "name_placed"];
    assert_eq!(placed.map(|key| ledger[key].as_u64().unwrap()), [1, 4, 1, 0]);
    assert_eq!(ledger["code_position_differ"], 1);
    if let Some(pages) = bundle.pages("ministry") {
        let text = crate::bundle::squeezed(&pages.join(" "));
        for part in ["gán cho xã gần nhất: 4; theo mã xã: 1", "xác định theo tọa độ: 1."]
        {
            assert!(text.contains(&crate::bundle::squeezed(part)), "{text}");
        }
    }
}

#[test]
fn how_far_a_position_may_lie_outside_is_configured() {
    let rows = || vec![south("a", 108.05, 50.0, json!({})), south("b", 108.05, 900.0, json!({}))];
    let snapped = |config: &str| {
        let counts = counts(config, rows());
        let outside = counts["rejected_by_rule"]["outside_province"].as_u64().unwrap_or(0);
        (counts["position_snapped"].as_u64().unwrap(), outside)
    };
    assert_eq!(snapped(""), (1, 1), "200 m");
    assert_eq!(snapped("snap_m = 0\n"), (0, 2));
    assert_eq!(snapped("snap_m = 1000\n"), (2, 0));
    let case = case(&format!("{WITHOUT}snap_m = -1\n{WITH}"), rows());
    case.month("2025-10", &[]).assert_failed(2, &["communes.snap_m", "-1", "expected 0 to 5000"]);
}

#[test]
fn a_disagreement_of_code_and_position_is_counted_whichever_decides() {
    let rows = || {
        let with = |code: &str, more: Value| {
            let mut row = at(&format!("s{code}{more}"), 108.05, json!({"commune_code": code}));
            row.extend(more.as_object().unwrap().clone());
            row
        };
        vec![
            with("A0002", json!({})),
            with("A0003", json!({})),
            with("A0001", json!({})),
            with("A0002", json!({"location_accuracy_m": 501.0})),
            with("A0002", json!({"latitude": null})),
            with("A0002", json!({"measured_at": "2025-10-04T03:00:00Z"})),
        ]
    };
    let by_position = counts("", rows());
    let by_code = counts("prefer = \"code\"\n", rows());
    for counts in [&by_position, &by_code] {
        assert_eq!(counts["code_position_differ"], 2, "{counts}");
        assert_eq!(counts["accepted"], 6, "{counts}");
    }
    assert_eq!(
        (&by_position["position_placed"], &by_position["code_placed"]),
        (&json!(3), &json!(3))
    );
    assert_eq!((&by_code["position_placed"], &by_code["code_placed"]), (&json!(0), &json!(6)));
    // A position in no commune contradicts every code; where positions decide, it is rejected.
    let far = || vec![at("far", 109.0, json!({"commune_code": "A0001"}))];
    assert_eq!(counts("prefer = \"code\"\n", far())["code_position_differ"], 1);
    assert_eq!(counts("", far())["rejected_by_rule"], json!({"outside_province": 1}));
}

#[test]
fn a_name_is_placed_by_its_position_or_its_name_as_configured() {
    let rows = || {
        let named = |id: &str, name: &str, more: Value| {
            let mut row = at(id, 108.05, json!({"commune_name": name}));
            row.extend(more.as_object().unwrap().clone());
            row
        };
        vec![
            named("a", "xã hai", json!({})),
            named("b", "Xã Một", json!({})),
            named("c", "Hai", json!({"location_accuracy_m": 501.0})),
            named("d", "Hai", json!({"longitude": null})),
            named("e", "Xã Bên Cạnh", json!({"longitude": null, "province_name": "Bên Cạnh"})),
        ]
    };
    for (config, by_position, by_name) in [("", 2, 2), ("prefer = \"code\"\n", 0, 4)] {
        let counts = counts(config, rows());
        assert_eq!(counts["position_placed"], by_position, "{config}");
        assert_eq!(counts["name_placed"], by_name, "{config}");
        assert_eq!(counts["code_position_differ"], 1, "{config}");
        assert_eq!(counts["rejected_by_rule"], json!({"outside_province": 1}), "{config}");
    }
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
