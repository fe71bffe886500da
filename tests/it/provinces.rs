//! Several provinces in one run.

use std::fs;

use serde_json::{Value, json};

use crate::bundle::files;
use crate::program::{CONFIG, Case};
use crate::samples::{SampleFile, row};

/// Đắk Lắk and Gia Lai with three tests each.
fn two() -> Case {
    let case = Case::new();
    for (province, commune) in [("66", "24121"), ("52", "21553")] {
        let config =
            CONFIG.replace("66", province).replace("\"samples\"", &format!("\"in/{province}\""));
        case.write(&format!("{province}.toml"), config);
        let rows =
            (0..3).map(|n| row(&format!("{province}-{n}"), json!({"commune_code": commune})));
        case.write(&format!("in/{province}/a.parquet"), SampleFile::of(rows.collect()).bytes());
    }
    case
}

const BOTH: [&str; 8] =
    ["run", "--config", "66.toml", "--config", "52.toml", "--month", "2025-10", "--json"];

fn of_province<'a>(answer: &'a Value, number: usize, member: &str) -> &'a Value {
    &answer["provinces"][number][member]
}

#[test]
fn side_by_side_they_make_what_each_makes_alone() {
    let case = two();
    let together = case.run(&[&BOTH[..], &["--out", "out", "--jobs", "2"]].concat());
    assert_eq!(together.code, 0, "{together:?}");
    let answer = together.json();
    for (number, province) in ["66", "52"].into_iter().enumerate() {
        let config = format!("{province}.toml");
        assert_eq!(of_province(&answer, number, "configuration"), &json!(config));
        assert_eq!(of_province(&answer, number, "status"), "built");
        let alone = ["run", "--config", &config, "--month", "2025-10", "--out", "alone"];
        assert_eq!(case.run(&alone).code, 0);
        let bundle = format!("{province}-2025-10");
        let [together, alone] =
            ["out", "alone"].map(|out| files(&case.path(&format!("{out}/{bundle}"))));
        assert!(together == alone, "{bundle} differs");
        assert!(case.path(&format!("out/{bundle}.run.json")).is_file());
    }
    let again = case.run(&[&BOTH[..], &["--out", "out"]].concat()).json();
    assert_eq!(of_province(&again, 1, "status"), "unchanged");
}

#[test]
fn one_that_fails_stops_no_other() {
    let case = two();
    for (broken, content, part) in [
        ("in/66/a.parquet", "no parquet", "a.parquet"),
        ("66.toml", "[province]\ncode = \"66\"\n[quota]\n", "quota"),
    ] {
        let whole = fs::read(case.path(broken)).unwrap();
        case.write(broken, content);
        let out = format!("out-{part}");
        let answer = case.run(&[&BOTH[..], &["--out", &out]].concat());
        answer.assert_failed(5, &["1 of 2 provinces"]);
        let answer = answer.json();
        let error = of_province(&answer, 0, "error").as_str().unwrap();
        assert!(error.contains(part), "{error}");
        assert_eq!(of_province(&answer, 1, "status"), "built");
        assert!(case.path(&format!("{out}/52-2025-10/manifest.json")).is_file());
        assert!(!case.path(&format!("{out}/66-2025-10")).exists());
        case.write(broken, whole);
    }
    case.write("in/66/a.parquet", "no parquet");
    case.write("in/52/a.parquet", "no parquet");
    case.run(&[&BOTH[..], &["--out", "none"]].concat()).assert_failed(1, &["2 of 2 provinces"]);
}

#[test]
fn a_province_is_given_once() {
    let case = two();
    case.write("again.toml", fs::read(case.path("66.toml")).unwrap());
    let more = ["--out", "out", "--config", "again.toml"];
    let answer = case.run(&[&BOTH[..], &more].concat());
    answer.assert_failed(2, &["66.toml", "again.toml", "66-2025-10"]);
    assert!(!case.path("out").exists());
}
