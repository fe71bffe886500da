//! What does not depend on a changed input is not made again, and comes out as if it were.

use std::fs;

use serde_json::{Value, json};

use crate::bundle::{Bundle, files, only};
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};
use crate::shared::small_month_copy;

const CAMPAIGN: &str = "
[campaign]
folder = \"campaign\"

[[due]]
id = \"02\"
title = \"Biểu mẫu 02\"
from = \"press\"
every = \"month\"
before_day = 12
units = [\"Báo Đắk Lắk\"]
";

/// Tests of ten phones, in June of the two provinces that later were one.
fn june(province: &str, commune: &str) -> Case {
    let config = CONFIG.replace("66", province);
    let case = Case::with_config(&config);
    let test = |n: usize| {
        let day = format!("2025-06-{:02}T03:00:00Z", 1 + n % 28);
        let device = format!("phone-{}", n % 10);
        row(
            &format!("{n}"),
            json!({"measured_at": day, "device_id": device, "commune_code": commune}),
        )
    };
    let rows: Vec<Row> = (0..60).map(test).collect();
    case.samples("a.parquet", &SampleFile::of(rows));
    case
}

/// Runs the month; whether its samples were recalled. Then makes it again from the samples: nothing
/// but the run report may differ.
fn recalled(case: &Case, month: &str, more: &[&str]) -> (bool, Bundle) {
    let answer = case.month(month, &[&["--json"], more].concat());
    assert_eq!(answer.code, 0, "{answer:?}");
    let answer = answer.json();
    assert_eq!(answer["status"], "built");
    let bundle = Bundle::at(&case.path(answer["bundle"].as_str().unwrap()));
    let report = format!("{}.run.json", bundle.folder.display());
    let report: Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    let stages = report["stages"].as_array().unwrap();
    let read = stages.iter().any(|stage| stage["name"] == "validation");
    let recalled = answer["samples_unchanged"].as_bool().unwrap();
    assert_eq!(read, !recalled, "{stages:?}");
    let made = bundle.files();
    let again = case.month(month, &[&["--json", "--force"], more].concat()).json();
    assert_eq!(again["samples_unchanged"], false);
    let afresh = files(&bundle.folder);
    let names = || afresh.keys().chain(made.keys());
    let differ: Vec<_> = names().filter(|name| made.get(*name) != afresh.get(*name)).collect();
    assert!(differ.is_empty(), "{differ:?}");
    (recalled, bundle)
}

#[test]
fn words_and_forms_do_not_touch_the_samples() {
    let built = small_month_copy();
    let case = &built.case;
    let contact = ["--set", "report.contact='Phòng Viễn thông'"];
    let (samples_unchanged, bundle) = recalled(case, "2025-10", &contact);
    assert!(samples_unchanged);
    assert_eq!(bundle.json("manifest.json")["revision"], 2);
    assert!(bundle.table("revision_changes").is_empty(), "no figure changed");

    let config = fs::read_to_string(case.path("ispeed-report.toml")).unwrap();
    case.write("ispeed-report.toml", config + CAMPAIGN);
    case.write(
        "campaign/form-02.csv",
        "Tên đơn vị,Ngày nhận,Số tin bài\nBáo Đắk Lắk,2025-11-10,7\n",
    );
    let (samples_unchanged, bundle) = recalled(case, "2025-10", &contact);
    assert!(samples_unchanged);
    let sent = bundle.table("campaign");
    assert_eq!(only(&sent, json!({"unit": "Báo Đắk Lắk"}))["form"], "02");
    case.write("campaign/form-02.csv", "Tên đơn vị,Ngày nhận,Số tin bài\n");
    let (samples_unchanged, bundle) = recalled(case, "2025-10", &contact);
    assert!(samples_unchanged && bundle.table("campaign").is_empty());
}

#[test]
fn restated_samples_are_recalled_too() {
    let case = june("66", "24163");
    case.build("2025-06");
    let (samples_unchanged, bundle) = recalled(&case, "2025-06", &["--set", "report.contact='a'"]);
    assert!(samples_unchanged && !bundle.restated().is_empty());
}

#[test]
fn what_the_tables_depend_on_makes_them_again() {
    let built = small_month_copy();
    let case = &built.case;
    let quota = ["--set", "statistics.quota=10"];
    assert!(!recalled(case, "2025-10", &quota).0);
    case.samples("b.parquet", &SampleFile::of(vec![row("late", json!({}))]));
    assert!(!recalled(case, "2025-10", &quota).0);
    // Nothing but the word that reports have for it: it groups samples.
    let both = [&quota[..], &["--set", "operators.unknown_label='?'"]].concat();
    assert!(!recalled(case, "2025-10", &both).0);
}

#[test]
fn a_damaged_bundle_is_not_recalled() {
    for file in ["internal/measured.json", "internal/tables/operator.parquet", "manifest.json"] {
        let built = small_month_copy();
        built.case.write(&format!("out/66-2025-10/{file}"), "{}");
        let more = ["--set", "report.contact='a'"];
        let (samples_unchanged, bundle) = recalled(&built.case, "2025-10", &more);
        assert!(!samples_unchanged, "{file}");
        assert!(!bundle.table("operator").is_empty());
        let kept = fs::read_to_string(built.case.path("out/.revisions/66-2025-10.1").join(file));
        assert_eq!(kept.unwrap(), "{}", "what was there before is kept, whatever it is");
    }
}
