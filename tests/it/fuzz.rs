//! The fuzz targets on changed copies of good files, the same ones each time: a smoke run.
//!
//! `FUZZ_ROUNDS=1000` makes a longer one, `FUZZ_SEED=1` another, `FUZZ_TARGET=query` one target only;
//! `KEEP_CORPUS=folder` writes the good files, for the run that follows coverage (`tests/fuzz`).

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde_json::json;

use crate::samples::{SampleFile, row};

#[path = "../fuzz/mutation.rs"]
mod mutation;
#[path = "../fuzz/targets.rs"]
mod targets;

use mutation::Random;
use targets::{TARGETS, Target};

const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:C2"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Tên đơn vị</t></is></c><c r="B1" t="inlineStr"><is><t>Ngày nhận</t></is></c><c r="C1" t="str"><f>1+1</f><v>x</v></c></row><row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2"><v>45962</v></c><c r="C2" t="e"><v>#REF!</v></c></row></sheetData></worksheet>"#;
const CSV: &str =
    "Tên đơn vị;Ngày nhận;Số người được tuyên truyền\nSở Y tế;10/11/2025;1.200\nSở Nội vụ;;x\n";
const BOUNDARIES: &str = r#"{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"code": "24121"}, "geometry": {"type": "Polygon",
  "coordinates": [[[108,12],[109,12],[109,13],[108,13],[108,12]],[[108.1,12.1],[108.2,12.1],[108.2,12.2],[108.1,12.1]]]}},
 {"type": "Feature", "properties": {"code": "24163"}, "geometry": {"type": "MultiPolygon",
  "coordinates": [[[[107,12],[108,12],[108,13],[107,12]]]]}}]}"#;
const QUERIES: [&str; 4] = [
    "SELECT sample_id, COUNT(*) AS n FROM t GROUP BY sample_id ORDER BY sample_id",
    "WITH a AS (SELECT *, CASE WHEN download_mbps > 1 THEN 'x' ELSE NULL END AS c FROM t) \
     SELECT a.c, SUM(a.download_mbps) OVER (PARTITION BY a.c) AS s FROM a JOIN t ON a.sample_id = t.sample_id",
    "SELECT CAST(download_mbps AS BIGINT) AS n, SUBSTRING(sample_id, 1, 2) || 'a' AS s FROM t \
     WHERE sample_id IN ('a', 'b') AND download_mbps BETWEEN 0 AND 9.5 UNION ALL SELECT 1 AS n, 'x' AS s",
    "SELECT ROUND(download_mbps / 0, 2) AS r, COALESCE(sample_id, LOWER('Đ')) AS c FROM t LIMIT 3",
];
const TEMPLATE: &str = "# A {{ program_version }}\n\n{% for a in range(3) %}- x {{ a | string }}\n\
    {% endfor %}\n\n> [!NOTE]\n> **b** *c* `d`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n::: x\n:::\n";

/// Good inputs of a target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let texts = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    match target {
        "samples" => {
            let rows = (0..5).map(|n| row(&format!("s{n}"), json!({}))).collect();
            vec![SampleFile::of(rows).bytes()]
        }
        "profile" => texts(&[
            include_str!("../../queries/import/rtr.sql"),
            "-- required: sample_id text, measured_at text\nSELECT sample_id FROM raw\n",
        ]),
        "query" => texts(&QUERIES),
        "configuration" => texts(&[include_str!("../../src/config/template.toml")]),
        "boundaries" => texts(&[BOUNDARIES]),
        "form_csv" => texts(&[CSV]),
        "form_xlsx" => vec![targets::workbook(SHEET.as_bytes())],
        "form_sheet" => texts(&[SHEET]),
        "operators" => texts(&[include_str!("../../fixtures/cork/operators.csv")]),
        "register" => texts(&[include_str!("../../fixtures/cork/communes.csv")]),
        "template" => texts(&[TEMPLATE, include_str!("../../reports/leader.md")]),
        "monthly_text" => texts(&["[report]\na = \"b\"\n"]),
        other => panic!("no good input for `{other}`"),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn number(name: &str, default: u64) -> u64 {
    variable(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn no_changed_file_makes_a_target_panic() {
    let (rounds, seed) = (number("FUZZ_ROUNDS", 20), number("FUZZ_SEED", 0));
    let chosen = variable("FUZZ_TARGET");
    let wanted = |target: &&Target| chosen.as_ref().is_none_or(|name| name == target.name);
    for target in TARGETS.iter().filter(wanted) {
        let seeds = seeds(target.name);
        keep(target.name, &seeds);
        let executions = rounds * target.pace;
        for execution in 0..executions {
            let bytes = Random::of(seed, execution).changed(&seeds);
            let ended = catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes)));
            if ended.is_err() {
                let path = std::env::temp_dir().join(format!("finding-{}", target.name));
                fs::write(&path, &bytes).unwrap();
                panic!("{}, execution {execution}: see {}", target.name, path.display());
            }
        }
        println!("{}: {executions} executions, no finding", target.name);
    }
}

fn keep(target: &str, seeds: &[Vec<u8>]) {
    let Some(folder) = variable("KEEP_CORPUS") else { return };
    let folder = Path::new(&folder).join(target);
    fs::create_dir_all(&folder).unwrap();
    for (number, bytes) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("good-{number}")), bytes).unwrap();
    }
}

/// A target that refuses everything would find nothing.
#[test]
fn good_files_pass_their_targets() {
    let templates = |text| {
        let mut templates = ispeed_report::report::Templates::embedded();
        templates.insert("own.md", text);
        templates
    };
    targets::rendered(&templates("# A {{ program_version }}\n\nb\n")).unwrap();
    targets::rendered(&templates("# A {{ nothing }}\n")).unwrap_err();
    let workbook = targets::workbook(SHEET.as_bytes());
    assert_eq!(ispeed_report::spreadsheet::parse("a.xlsx", &workbook, None).unwrap().len(), 2);
}
