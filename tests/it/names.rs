//! Samples that give the name of their commune instead of its code.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::bundle::only;
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};
use crate::seats::{Cells, reference};

/// Ways to write one name that exports really have.
const SPELLINGS: [fn(&str) -> String; 6] = [
    |name| name.to_owned(),
    |name| name.nfd().collect(),
    |name| name.to_uppercase(),
    |name| name.replace(['\'', '’'], "\u{2bc}").replace(' ', "\u{a0} "),
    |name| name.replace("òa", "oà").replace("ủy", "uỷ").replace("Đăk", "Đắk").replace("Hoà", "Hòa"),
    |name| {
        let short = [("Phường ", "P. "), ("Thị trấn ", "TT."), ("Xã ", "X. ")];
        let found = short.iter().find_map(|(long, short)| Some((short, name.strip_prefix(long)?)));
        found.map_or_else(|| name.to_owned(), |(short, rest)| format!("{short}{rest}"))
    },
];

/// A test with the name of a commune, told apart from others by its speed.
fn named(number: usize, day: &str, name: &str, district: Option<&str>) -> Row {
    row(
        &format!("s{number}"),
        json!({"measured_at": format!("{day}T03:00:00Z"), "device_id": null, "commune_code": null,
               "commune_name": name, "district_name": district,
               "download_mbps": (1000.0 + number as f64) / 1000.0}),
    )
}

/// Without its accented type it may also mean Xã Ia Băng, in the same district.
const AMBIGUOUS: &str = "X. Ia Bang";

/// Every commune of a province in every spelling, placed by a run of the month.
fn assert_placed(province: &str, month: &str, day: &str, communes: &[Cells]) {
    let communes = communes.iter().filter(|c| c["province_code"] == province);
    let spelt = communes.flat_map(|commune| SPELLINGS.map(|spell| (commune, spell)));
    let (mut rows, mut expected) = (Vec::new(), BTreeMap::new());
    for (number, (commune, spell)) in spelt.enumerate() {
        let district = commune.get("district_name").map(|name| spell(name));
        rows.push(named(number, day, &spell(&commune["commune_name"]), district.as_deref()));
        expected.insert(
            number,
            (rows[number]["commune_name"].clone(), commune["commune_code"].clone()),
        );
    }
    let case = Case::with_config(&CONFIG.replace("66", province));
    case.samples("a.parquet", &SampleFile::of(rows));
    let bundle = case.build(month);
    let ledger = bundle.ledger();
    let ambiguous = expected.values().filter(|(name, _)| name == AMBIGUOUS).count();
    assert_eq!(ambiguous, usize::from(province == "64"));
    expected.retain(|_, (name, _)| name != AMBIGUOUS);
    assert_eq!(ledger["name_placed"], expected.len(), "{}", ledger["rejected_by_rule"]);
    assert_eq!(ledger["rejected"], ambiguous, "{}", ledger["rejected_by_rule"]);
    for row in bundle.effective() {
        let number = (row["download_mbps"].as_f64().unwrap() * 1000.0 - 1000.0).round() as usize;
        let (name, code) = expected.remove(&number).unwrap();
        assert_eq!(row["commune_code"], code, "{name}");
    }
    assert!(expected.is_empty(), "{expected:?}");
}

#[test]
fn names_of_both_eras_lead_to_their_communes_in_every_spelling() {
    let (Some(old), Some(new)) =
        (reference("communes_pre_2025-07.csv"), reference("communes_post_2025-07.csv"))
    else {
        return;
    };
    assert_placed("66", "2025-06", "2025-06-10", &old);
    assert_placed("64", "2025-06", "2025-06-10", &old);
    assert_placed("66", "2025-07", "2025-07-10", &new);
    assert_placed("52", "2025-07", "2025-07-10", &new);
}

#[test]
fn a_name_that_stands_twice_is_rejected_without_its_district() {
    let rows = [
        ("Xã Ia O", None),
        ("Xã Ia O", Some("Huyện Ia Grai")),
        ("Xã Ia O", Some("Mang Yang")),
        ("Xã Ia Ko", None),
        ("Xã Ia Ô Ô", None),
        ("Phường Ia Ko", None),
    ];
    let rows = rows.iter().enumerate();
    let rows = rows.map(|(number, (name, district))| named(number, "2025-06-10", name, *district));
    let case = Case::with_config(&format!(
        "{}\n[validation]\nfail_rejected_share = 1.0\n",
        CONFIG.replace("66", "64")
    ));
    case.samples("a.parquet", &SampleFile::of(rows.collect()));
    let bundle = case.build("2025-06");
    let quarantine = bundle.quarantine();
    let rules = |id: &str| only(&quarantine, json!({"sample_id": id}))["rules"].clone();
    assert_eq!(rules("s0"), "ambiguous_commune_name");
    assert_eq!(rules("s2"), "unknown_commune_name");
    assert_eq!(rules("s4"), "unknown_commune_name");
    assert_eq!(rules("s5"), "unknown_commune_name", "it is a Xã");
    let first = only(&quarantine, json!({"sample_id": "s0"}));
    assert_eq!(first["commune_name"], "Xã Ia O");
    assert!(
        first["offending_values"].as_str().unwrap().contains("district_name=NULL"),
        "{first:?}"
    );
    let communes = bundle.table("commune");
    let tests = |name: &str| only(&communes, json!({"commune_name": name}))["tests_ok"].clone();
    assert_eq!((tests("Xã Ia O"), tests("Xã Ia Ko")), (json!(1), json!(1)));
    assert_eq!(
        only(&communes, json!({"commune_name": "Xã Ia O"}))["district_name"],
        "Huyện Ia Grai"
    );
}

#[test]
fn without_a_province_a_name_that_stands_often_rejects_nothing() {
    let case = Case::new();
    let rows = vec![named(0, "2025-10-10", "Tân Lập", None), named(1, "2025-10-10", "Tân", None)];
    case.samples("a.parquet", &SampleFile::of(rows));
    let counts = case.counts(&["samples"]);
    assert_eq!(counts["rejected_by_rule"], json!({"unknown_commune_name": 1}));
}

#[test]
fn a_name_is_enough_of_a_place() {
    let case = Case::new();
    let file = SampleFile::of(vec![named(0, "2025-10-10", "P. Tân Lập", None)]);
    case.samples("a.parquet", &file.without("commune_code"));
    let bundle = case.build("2025-10");
    assert_eq!(bundle.effective()[0]["commune_code"], "24121");
    let ledger = bundle.ledger();
    let counts = |key: &str| ledger[key].as_u64().unwrap();
    assert_eq!((counts("name_placed"), counts("code_placed")), (1, 0));
    assert_eq!(ledger["code_position_differ"], Value::from(0));
}

/// Of two rows with one id, place and time, the name decides which is kept: also when rows move.
#[test]
fn rows_that_differ_by_name_only_are_conflicting_duplicates() {
    let rows = || {
        let (mut a, mut b) =
            (named(0, "2025-10-10", "P. Tân Lập", None), named(0, "2025-10-10", "P. Tân An", None));
        a["sample_id"] = json!("same");
        b["sample_id"] = json!("same");
        vec![a, b]
    };
    let kept = |rows: Vec<Row>| {
        let case = Case::with_samples(&SampleFile::of(rows));
        let bundle = case.build("2025-10");
        assert_eq!(bundle.ledger()["duplicate_conflicting"], 1);
        bundle.effective()[0]["commune_code"].clone()
    };
    assert_eq!(kept(rows()), kept(rows().into_iter().rev().collect()));
}
