//! `status`: who is at risk of missing the quota, during the month.

use serde_json::{Value, json};

use crate::bundle::only;
use crate::program::{CONFIG, Case, tool};
use crate::samples::{Row, SampleFile, row};

/// Ten tests a day in Phường Tân Lập and one in all in another commune, to the end of day 15.
fn half_a_month() -> Case {
    let mut rows: Vec<Row> = (0..150)
        .map(|n| {
            let day = format!("2025-10-{:02}T03:00:00Z", 1 + n % 15);
            row(
                &format!("{n:03}"),
                json!({"measured_at": day, "device_id": format!("phone-{}", n % 10)}),
            )
        })
        .collect();
    rows.push(row("single", json!({"commune_code": "24133"})));
    let case = Case::with_config(&format!("{CONFIG}\n[statistics]\nquota = 300\n"));
    case.samples("a.parquet", &SampleFile::of(rows));
    case
}

fn status(case: &Case, more: &[&str]) -> crate::program::Answer {
    let begin =
        ["status", "--config", "ispeed-report.toml", "--month", "2025-10", "--samples", "samples"];
    case.run(&[&begin[..], more].concat())
}

/// Bounds as in `src/status/projection.rs`, whose tests have them from scipy.
#[test]
fn every_commune_is_projected_to_the_end_of_the_month() {
    let case = half_a_month();
    let found = status(&case, &["--today", "2025-10-16", "--format", "json"]);
    assert_eq!(found.code, 0, "{found:?}");
    let found = found.json();
    assert_eq!((&found["days_done"], &found["days_left"]), (&json!(15), &json!(16)));
    assert_eq!(found["through"], "2025-10-15");
    let communes: Vec<Row> = serde_json::from_value(found["communes"].clone()).unwrap();
    assert_eq!(communes.len(), 204, "102 communes, mobile and fixed");
    let busy = only(&communes, json!({"commune_code": "24121", "family": "mobile"}));
    assert_eq!(
        (&busy["counted"], &busy["per_day"], &busy["projected"]),
        (&json!(150), &json!(10.0), &json!(310.0))
    );
    assert_eq!((&busy["standing"], &busy["needed_per_day"]), (&json!("uncertain"), &json!(10)));
    let one = only(&communes, json!({"commune_code": "24133", "family": "mobile"}));
    assert_eq!(
        (&one["counted"], &one["standing"], &one["needed_per_day"]),
        (&json!(1), &json!("short"), &json!(19))
    );
    let none = only(&communes, json!({"commune_code": "24121", "family": "fixed"}));
    assert_eq!((&none["counted"], &none["projected_low"]), (&json!(0), &json!(0)));
    assert_ne!(none["projected_high"], json!(0));
}

#[test]
fn it_is_a_table_a_sheet_and_a_document() {
    let case = half_a_month();
    let text = status(&case, &["--today", "2025-10-16", "--pdf", "status.pdf"]);
    assert_eq!(text.code, 0, "{text:?}");
    for part in
        ["15 days over, 16 left", "101 short", "150/300", "needs 10 a day", "Phường Tân Lập"]
    {
        assert!(text.stdout.contains(part), "no `{part}` in {}", text.stdout);
    }
    let csv = status(&case, &["--today", "2025-10-16", "--format", "csv"]).stdout;
    assert_eq!(csv.lines().count(), 205, "{csv}");
    assert!(
        csv.lines().any(|line| line.contains("24121") && line.contains("mobile,300,150")),
        "{csv}"
    );
    if let Some(pages) = tool("pdftotext", &["-layout"], &case.path("status.pdf")) {
        let pages = pages.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in
            ["TÀI LIỆU NỘI BỘ", "Đã qua 15 ngày, còn 16 ngày", "Phường Tân Lập", "chưa chắc chắn"]
        {
            assert!(pages.contains(part), "no `{part}` in {pages}");
        }
    }
    status(&case, &["--today", "2025-10-16", "--pdf", "status.pdf"])
        .assert_failed(4, &["status.pdf"]);
}

/// An export that ended on day 15, looked at on day 20: nobody knows whether nothing was measured since.
#[test]
fn days_without_samples_at_the_end_are_told() {
    let case = half_a_month();
    let found = status(&case, &["--today", "2025-10-20"]);
    assert_eq!(found.code, 0);
    assert!(found.stderr.contains("2025-10-15") && found.stderr.contains("--today"), "{found:?}");
    let before: Value = status(&case, &["--today", "2025-10-06", "--format", "json"]).json();
    let communes: Vec<Row> = serde_json::from_value(before["communes"].clone()).unwrap();
    let busy = only(&communes, json!({"commune_code": "24121", "family": "mobile"}));
    assert_eq!(busy["counted"], json!(50), "later days do not count");
    status(&case, &["--today", "2025-10-01"]).assert_failed(2, &["2025-10-01", "--today"]);
}
