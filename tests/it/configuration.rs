//! Configuration, `init`, and what an analyst changes without Rust.

use std::fs;

use serde_json::{Value, json};

use crate::bundle::{Bundle, only, squeezed};
use crate::program::{CONFIG, Case};
use crate::shared::small_month;

fn refused(config: &str, month: &str, parts: &[&str]) {
    let case = Case::with_config(config);
    crate::bundle::copy(&small_month().case.path("samples"), &case.path("samples"));
    let answer = case.month(month, &[]);
    answer.assert_failed(2, parts);
    assert!(!case.path("out").exists());
    let answer = case.month(month, &["--json"]);
    assert_eq!((answer.code, answer.json()["exit_code"].as_i64()), (2, Some(2)), "{answer:?}");
    assert_eq!(answer.json()["status"], "failed");
}

#[test]
fn an_unknown_key_is_an_error_with_line_and_nearest_name() {
    let text = format!("{CONFIG}\n[validation]\nwarn_rejected_shar = 0.1\n");
    refused(
        &text,
        "2025-10",
        &[
            "`ispeed-report.toml`",
            "line 8: `validation.warn_rejected_shar`",
            "`warn_rejected_share`?",
        ],
    );
    refused(
        &format!("{CONFIG}\n[perod]\nfirst_day = 15\n"),
        "2025-10",
        &["line 7", "`perod`", "did you mean `period`?"],
    );
}

#[test]
fn a_value_that_makes_no_sense_is_named() {
    let text = format!("{CONFIG}\n[period]\nfirst_day = 31\n");
    refused(&text, "2025-10", &["`period.first_day`", "is 31, expected 1 to 28"]);
    let text = format!("{CONFIG}\n[period]\nzone = \"Asia/Hanoi\"\n");
    refused(&text, "2025-10", &["Asia/Hanoi", "Asia/Ho_Chi_Minh"]);
    let text = format!("{CONFIG}\n[validation]\nfail_rejected_share = 50\n");
    refused(&text, "2025-10", &["`validation.fail_rejected_share`", "expected 0 to 1"]);
    let text = format!("{CONFIG}\n[validation.max_mbps]\n4g = 10.0\n");
    refused(&text, "2025-10", &["`validation.max_mbps.4g`", "did you mean `4G`?"]);
}

#[test]
fn an_unknown_profile_province_and_month_are_named() {
    let text = format!("{CONFIG}profile = \"g-netrack\"\n");
    refused(&text, "2025-10", &["`g-netrack`", "nearest: `g-nettrack`"]);
    let text = CONFIG.replace("66", "98");
    refused(&text, "2025-10", &["province `98`", "66 Tỉnh Đắk Lắk"]);
    // Phú Yên had the code 54 until 30/06/2025; since then no province has it.
    let text = CONFIG.replace("66", "54");
    refused(&text, "2025-10", &["province `54`"]);
    refused(CONFIG, "2025-13", &["month `2025-13`"]);
    refused(CONFIG, "10/2025", &["month `10/2025`"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = format!(
        "{CONFIG}\n[statistics]\nqouta = 1\npublish_from = 0\n\n[operators]\nfile = \"no.csv\"\n\n\
         [reconciliation]\nfile = \"/etc/hostname\"\n"
    );
    let case = Case::with_config(&text);
    let answer = case.run(&["config", "check", "--config", "ispeed-report.toml", "--set", "a.b=1"]);
    let parts = [
        "has 5 mistakes",
        "line 8: `statistics.qouta`",
        "line 9: `statistics.publish_from` is 0",
        "line 12: `operators.file` is `no.csv`, expected a file that is there",
        "line 15: `reconciliation.file` is `/etc/hostname`, expected a path below one of `roots`",
        "--set a.b=1: `a` has no setting `a`",
    ];
    answer.assert_failed(2, &parts);
}

#[test]
fn paths_leave_the_folder_only_where_roots_say_so() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("operators.csv"), "operator,kind,key_type,key\nA,mno,name,A\n")
        .unwrap();
    let file = |path: &str| format!("{CONFIG}\n[operators]\nfile = \"{path}\"\n");
    let check = |case: &Case| case.run(&["config", "check", "--config", "ispeed-report.toml"]);
    let case = Case::with_config(&file("inner/operators.csv"));
    std::os::unix::fs::symlink(outside.path(), case.path("inner")).unwrap();
    check(&case).assert_failed(2, &["`inner/operators.csv`", "below one of `roots`"]);
    let folder = outside.path().display();
    let text = format!("roots = [\".\", \"{folder}\"]\n{}", file("inner/operators.csv"));
    let case = Case::with_config(&text);
    std::os::unix::fs::symlink(outside.path(), case.path("inner")).unwrap();
    assert_eq!(check(&case).code, 0, "{:?}", check(&case));
}

/// Where files may lie differs between machines and is no part of what a bundle is made from.
#[test]
fn a_bundle_does_not_know_the_roots() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().display().to_string();
    let built = |config: &str| {
        let case = Case::with_config(config);
        crate::bundle::copy(&small_month().case.path("samples"), &case.path("samples"));
        fs::read_to_string(case.build("2025-10").folder.join("manifest.json")).unwrap()
    };
    let manifest = built(&format!("roots = [\".\", \"{folder}\"]\n{CONFIG}"));
    assert!(!manifest.contains(&folder));
    assert!(manifest == built(CONFIG), "another bundle for other roots");
}

/// What is shown is a configuration with the same settings.
#[test]
fn what_is_in_force_is_shown_with_its_origin() {
    let case = Case::new();
    assert_eq!(case.run(&["init", "mine"]).code, 0);
    let file = "mine/ispeed-report.toml";
    let show = |file: &str, more: &[&str]| {
        let answer = case.run(&[&["config", "show", "--config", file], more].concat());
        assert_eq!(answer.code, 0, "{answer:?}");
        answer
    };
    let set = ["--set", "statistics.quota=200", "--set", "report.place=Đắk Lắk", "--json"];
    let shown = show(file, &set).json()["settings"].clone();
    let found = |name: &str| {
        let entries = shown.as_array().unwrap();
        entries.iter().find(|entry| entry["setting"] == name).unwrap_or(&Value::Null).clone()
    };
    assert_eq!(found("statistics.quota")["value"], 200);
    assert_eq!(found("statistics.quota")["from"], "--set statistics.quota=200");
    assert_eq!(found("report.place")["value"], "Đắk Lắk");
    assert!(found("benchmarks[2].value")["from"].as_str().unwrap().starts_with("line "));
    assert_eq!(found("form.fonts")["from"], "default");
    let text = show(file, &[]).stdout;
    case.write("mine/again.toml", &text);
    let again = show("mine/again.toml", &["--json"]).json()["settings"].clone();
    let values = |shown: &Value| -> Vec<(Value, Value)> {
        let entries = shown.as_array().unwrap().iter();
        entries.map(|entry| (entry["setting"].clone(), entry["value"].clone())).collect()
    };
    assert_eq!(values(&again), values(&show(file, &["--json"]).json()["settings"]));
}

#[test]
fn the_environment_sets_what_the_file_does_not_and_flags_win() {
    let case = Case::new();
    let shown = |arguments: &[&str]| {
        let fixed = ["config", "show", "--config", "ispeed-report.toml", "--json"];
        let variables = [("ISPEED_REPORT_STATISTICS__QUOTA", "250")];
        case.run_with(&[&fixed, arguments].concat(), &variables)
    };
    let quota = |answer: &crate::program::Answer| {
        let settings = answer.json()["settings"].clone();
        let found =
            settings.as_array().unwrap().iter().find(|s| s["setting"] == "statistics.quota");
        found.unwrap().clone()
    };
    let found = quota(&shown(&[]));
    assert_eq!(found["value"], 250);
    assert_eq!(found["from"], "environment variable ISPEED_REPORT_STATISTICS__QUOTA");
    assert_eq!(quota(&shown(&["--set", "statistics.quota=100"]))["value"], 100);
    let check = ["config", "check", "--config", "ispeed-report.toml"];
    let answer = case.run_with(&check, &[("ISPEED_REPORT_STATISTICS__QOUTA", "1")]);
    answer.assert_failed(2, &["environment variable ISPEED_REPORT_STATISTICS__QOUTA", "`quota`?"]);
}

#[test]
fn a_missing_configuration_leads_to_init() {
    let case = Case::new();
    fs::remove_file(case.path("ispeed-report.toml")).unwrap();
    case.month("2025-10", &[]).assert_failed(2, &["`ispeed-report.toml`", "init DIR"]);
}

#[test]
fn init_overwrites_nothing() {
    let case = Case::new();
    case.write("mine/reports/ministry.md", "mine");
    case.run(&["init", "mine"]).assert_failed(2, &["`mine/reports/ministry.md` is there already"]);
    assert_eq!(crate::bundle::files(&case.path("mine")).len(), 1);
}

/// Appends to a file.
fn append(case: &Case, name: &str, more: &str) {
    let text = fs::read_to_string(case.path(name)).unwrap();
    case.write(name, text + more);
}

const INDICATOR: &str = r#"
[[indicator]]
name = "upload_ratio"
expression = "1.0 * upload_mbps / download_mbps"
unit = ""
worse = "low"
definition = "Upload speed as a part of the download speed."
source = "an example"

[[indicator]]
name = "signal_level_dbm"
expression = "signal_dbm"
unit = "dBm"
worse = "low"
definition = "Received level."
source = "an example"
"#;
const LABEL: &str = r#"
[indicators.upload_ratio]
name = "Tỷ lệ tải lên trên tải xuống"
short = "Tỷ lệ tải lên"
unit = "lần"

[indicators.signal_level_dbm]
name = "Mức thu"
short = "Mức thu"
unit = "dBm"
"#;
const SENTENCE: &str = "Câu này do chuyên viên của Sở viết thêm.";

/// A folder from `init` with an indicator, a sentence and a report more, and its bundle.
fn adapted() -> (Case, Bundle) {
    let case = Case::new();
    crate::bundle::copy(&small_month().case.path("samples"), &case.path("mine/samples/2025-10"));
    let answer = case.run(&["init", "mine"]);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""), "{answer:?}");
    append(&case, "mine/queries/indicators.toml", INDICATOR);
    append(&case, "mine/reports/labels.toml", LABEL);
    append(&case, "mine/reports/committee.md", &format!("\n\n{SENTENCE}\n"));
    let copy = fs::read_to_string(case.path("mine/reports/committee.md")).unwrap();
    case.write("mine/reports/department.md", copy);
    let config = "mine/ispeed-report.toml";
    let answer =
        case.run(&["run", "--config", config, "--month", "2025-10", "--out", "out", "--json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let bundle = Bundle::at(&case.path("out/66-2025-10"));
    (case, bundle)
}

#[test]
fn what_an_analyst_changes_in_a_folder_from_init_takes_effect() {
    let (case, bundle) = adapted();
    an_indicator_has_its_columns(&bundle);
    everything_else_is_as_before(&bundle);
    let config = "mine/ispeed-report.toml";
    let answer = case.run(&["explain", "upload_ratio", "--config", config]);
    assert!(answer.stdout.contains("part of the download speed"), "{answer:?}");
    for report in ["committee", "department"] {
        let Some(pages) = bundle.pages(report) else { return };
        assert!(squeezed(&pages.concat()).contains(&squeezed(SENTENCE)), "{report}");
    }
}

fn an_indicator_has_its_columns(bundle: &Bundle) {
    let effective = bundle.effective();
    assert!(effective.iter().all(|row| is_two_fifths(&row["upload_ratio"])), "{effective:?}");
    let operators = bundle.table("operator");
    let viettel = only(&operators, json!({"operator": "Viettel", "family": "mobile"}));
    for statistic in ["median", "p05", "p10", "p90", "p95", "raw_median"] {
        let value = &viettel[&format!("upload_ratio_{statistic}")];
        assert!(is_two_fifths(value), "{statistic}: {value}");
    }
    assert_eq!(viettel["upload_ratio_n"], 42);
    for table in ["province", "commune", "commune_operator", "operator_technology"] {
        let row = &bundle.table(table)[0];
        for column in ["upload_ratio_mean", "upload_ratio_p95_high", "signal_level_dbm_median_low"]
        {
            assert!(row.contains_key(column), "{table}: {column}");
        }
        // Levels are never averaged.
        assert!(!row.contains_key("signal_level_dbm_mean"), "{table}");
    }
}

fn is_two_fifths(value: &Value) -> bool {
    value.as_f64().is_some_and(|value| (value - 0.4).abs() < 1e-12)
}

/// The tables of the shared bundle, which the embedded definitions made, column by column.
fn everything_else_is_as_before(bundle: &Bundle) {
    let before = &small_month().bundle;
    for table in ["province", "operator", "commune", "commune_operator", "quota", "gaps", "daily"] {
        let (new, old) = (bundle.table(table), before.table(table));
        assert_eq!(new.len(), old.len(), "{table}");
        for (new, old) in new.iter().zip(&old) {
            for (column, value) in old {
                assert_eq!(new.get(column), Some(value), "{table}.{column}");
            }
        }
    }
}

#[test]
fn the_report_date_is_day_15_of_the_next_month_or_as_given() {
    let built = small_month();
    assert_eq!(built.bundle.json("manifest.json")["report_date"], "2025-11-15");
    let answer = built.case.month("2025-10", &["--report-date", "2025-11-12", "--dry-run"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let answer = built.case.month("2025-10", &["--report-date", "12/11/2025", "--dry-run"]);
    answer.assert_failed(2, &["date `12/11/2025`"]);
}

/// Cargo hands variables of the build on to the program that it runs.
#[test]
fn what_cargo_sets_is_no_setting() {
    let variables: Vec<(String, String)> = std::env::vars().collect();
    let variables: Vec<_> = variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let answer =
        Case::new().run_with(&["config", "check", "--config", "ispeed-report.toml"], &variables);
    assert_eq!(answer.code, 0, "{answer:?}");
}
