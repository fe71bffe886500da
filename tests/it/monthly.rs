//! What people write for the reports of a month: read, hashed, missed.

use serde_json::json;

use crate::bundle::{Bundle, squeezed};
use crate::program::{CONFIG, Case};
use crate::samples::{SampleFile, row};

const TEXTS: &str = "\n[report]\nmonthly_text = \"texts/{month}.toml\"\n";
const PARTS: [&str; 8] = [
    "direction",
    "shortcomings",
    "causes",
    "proposals_ministry",
    "proposals_committee",
    "proposals_operators",
    "proposals_communes",
    "next_month",
];
const GAP: &str = "[Chưa có nội dung: nguyên nhân. Đơn vị soạn thảo bổ sung.]";

fn case(config: &str) -> Case {
    let case = Case::with_config(config);
    let rows = (0..40).map(|n| row(&format!("s{n}"), json!({}))).collect();
    case.samples("a.parquet", &SampleFile::of(rows));
    case
}

/// A text of every part but `without`.
fn written(without: &str) -> String {
    let parts = PARTS.iter().filter(|part| **part != without);
    parts.map(|part| format!("{part} = \"Đã viết {part}.\"\n")).collect()
}

fn warnings(bundle: &Bundle) -> Vec<String> {
    let manifest = bundle.json("manifest.json");
    let warnings = manifest["warnings"].as_array().unwrap().iter();
    let warnings = warnings.map(|warning| warning.as_str().unwrap().to_owned());
    warnings.filter(|warning| warning.contains("report.monthly_text")).collect()
}

/// Whether the two reports say this.
fn reports_say(bundle: &Bundle, words: &str) -> Option<[bool; 2]> {
    let says = |report| Some(squeezed(&bundle.pages(report)?.concat()).contains(&squeezed(words)));
    Some([says("ministry")?, says("committee")?])
}

#[test]
fn a_text_is_read_and_a_change_of_it_noticed() {
    let case = case(&format!("{CONFIG}{TEXTS}"));
    let bundle = case.build("2025-10");
    let [warning] = &warnings(&bundle)[..] else { panic!("{:?}", warnings(&bundle)) };
    assert!(warning.contains("causes") && warning.contains("`2025-10.toml`"), "{warning}");
    if let Some(found) = reports_say(&bundle, GAP) {
        assert_eq!(found, [true, true]);
    }
    case.write("texts/2025-10.toml", written("causes"));
    let answer = case.month("2025-10", &[]);
    assert!(answer.stdout.starts_with("built"), "{answer:?}");
    assert!(answer.stderr.contains("causes not written in `2025-10.toml`"), "{answer:?}");
    case.write("texts/2025-10.toml", written(""));
    let bundle = case.build("2025-10");
    assert!(warnings(&bundle).is_empty());
    if let Some(found) = reports_say(&bundle, "Chưa có nội dung") {
        assert_eq!(found, [false, false]);
        assert_eq!(reports_say(&bundle, "Đã viết proposals_committee."), Some([true, true]));
        assert_eq!(reports_say(&bundle, "Đã viết proposals_ministry."), Some([true, false]));
    }
    assert!(case.month("2025-10", &[]).stdout.starts_with("nothing changed"));
}

#[test]
fn the_manifest_names_the_text_and_no_folder() {
    let case = case(&format!("{CONFIG}{TEXTS}"));
    case.write("texts/2025-10.toml", written("direction"));
    let manifest = case.build("2025-10").json("manifest.json");
    let inputs = manifest["inputs"].as_array().unwrap();
    let input = inputs.iter().find(|input| input["file"] == "texts/2025-10.toml").unwrap();
    assert_eq!(input["bytes"], written("direction").len());
    assert_eq!(manifest["configuration"]["report"]["monthly_text"], "{month}.toml");
}

#[test]
fn a_part_that_does_not_exist_names_file_line_and_the_nearest() {
    let case = case(&format!("{CONFIG}{TEXTS}"));
    case.write("texts/2025-10.toml", "direction = \"x\"\ncause = \"y\"\n");
    let parts = ["line 2 of `", "texts/2025-10.toml`", "`cause`", "did you mean `causes`?"];
    case.month("2025-10", &[]).assert_failed(2, &parts);
}

#[test]
fn the_form_from_init_is_read_where_it_is_written() {
    let case = case(CONFIG);
    assert_eq!(case.run(&["init", "mine"]).code, 0);
    let form = std::fs::read_to_string(case.path("mine/texts/2025-10.toml")).unwrap();
    case.write(
        "mine/texts/2025-10.toml",
        form.replacen("causes = \"\"\"\n", "causes = \"\"\"\nLũ.\n", 1),
    );
    let arguments = ["--month", "2025-10", "--out", "out", "--samples", "samples"];
    let answer =
        case.run(&[&["run", "--config", "mine/ispeed-report.toml"], &arguments[..]].concat());
    assert_eq!(answer.code, 0, "{answer:?}");
    let bundle = Bundle::at(&case.path("out/66-2025-10"));
    let [warning] = &warnings(&bundle)[..] else { panic!("{:?}", warnings(&bundle)) };
    assert!(warning.contains("direction") && !warning.contains("causes"), "{warning}");
}
