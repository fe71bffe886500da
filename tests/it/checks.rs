//! Warnings of a batch that is odd as a whole, in the manifest, on the screen and in the reports.

use serde_json::{Value, json};

use crate::bundle::{Bundle, squeezed};
use crate::program::{Answer, Case};
use crate::samples::{Row, SampleFile, row};

/// Tests that differ from the usual one alike, on every day of October 2025 in turn.
fn tests(count: usize, different: Value) -> Vec<Row> {
    let test = |number: usize| {
        let time = format!("2025-10-{:02}T03:00:00Z", number % 31 + 1);
        let mut test = row(&format!("s{number:04}"), json!({"measured_at": time}));
        test.extend(different.as_object().unwrap().clone());
        test
    };
    (0..count).map(test).collect()
}

fn run(rows: Vec<Row>) -> (Case, Answer) {
    let case = Case::with_samples(&SampleFile::of(rows));
    let answer = case.month("2025-10", &[]);
    (case, answer)
}

/// The warnings of the data in the manifest of a bundle; those on the screen are the same.
fn warnings(rows: Vec<Row>) -> (Bundle, Vec<String>, Case) {
    let (case, answer) = run(rows);
    assert_eq!(answer.code, 0, "{answer:?}");
    let bundle = Bundle::at(&case.path("out/66-2025-10"));
    let warnings = in_manifest(&bundle);
    for warning in &warnings {
        assert!(answer.stderr.contains(warning.as_str()), "no `{warning}` in {answer:?}");
    }
    (bundle, warnings, case)
}

fn in_manifest(bundle: &Bundle) -> Vec<String> {
    let manifest = bundle.json("manifest.json");
    let warnings = manifest["warnings"].as_array().unwrap().iter();
    let warnings = warnings.map(|warning| warning.as_str().unwrap().to_owned());
    // Nobody has written a text for the reports of these months.
    warnings.filter(|warning| !warning.contains("report.monthly_text")).collect()
}

fn assert_report_says(bundle: &Bundle, words: &[&str]) {
    for report in ["ministry", "committee"] {
        let Some(pages) = bundle.pages(report) else { return };
        let text = squeezed(&pages.concat());
        for words in words {
            assert!(text.contains(&squeezed(words)), "{report}: no `{words}`");
        }
    }
}

#[test]
fn an_ordinary_batch_gives_no_warning() {
    let (bundle, warnings, _case) = warnings(tests(62, json!({})));
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_report_says(&bundle, &["Chương trình không ghi nhận cảnh báo nào về dữ liệu."]);
}

#[test]
fn swapped_columns_are_told_for_all_and_for_each_operator() {
    let mut rows = tests(93, json!({"download_mbps": 20.0, "upload_mbps": 80.0}));
    rows[..31].iter_mut().for_each(|row| row["network_mcc_mnc"] = json!("452-02"));
    // 29 tests of one operator tell nothing.
    rows[31..60].iter_mut().for_each(|row| row["network_mcc_mnc"] = json!("452-01"));
    let (bundle, warnings, _case) = warnings(rows);
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    for (warning, start) in warnings.iter().zip([
        "mobile tests: median upload 80.0 Mbit/s is above median download 20.0 Mbit/s (93 tests)",
        "mobile tests of VNPT: ",
        "mobile tests of Viettel: ",
    ]) {
        assert!(warning.starts_with(start), "{warning}");
        assert!(warning.contains("swapped") && warning.contains("samples.profile"), "{warning}");
    }
    assert_report_says(
        &bundle,
        &[
            "Cảnh báo về dữ liệu",
            "Chương trình ghi nhận 03 cảnh báo về dữ liệu, nêu tại Phụ lục III.",
            "Băng rộng di động của VNPT: trung vị tải lên (80 Mbps) lớn hơn",
        ],
    );
}

#[test]
fn fixed_lines_may_be_faster_upwards() {
    let fixed = json!({"access_type": "fixed", "technology": "ethernet", "operator": "VNPT",
        "network_mcc_mnc": null, "download_mbps": 20.0, "upload_mbps": 80.0});
    let (_, warnings, _case) = warnings(tests(62, fixed));
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn kilobits_are_told_also_when_the_run_is_refused() {
    let kbit = json!({"download_mbps": 50_000.0, "upload_mbps": 20_000.0});
    let (case, answer) = run(tests(40, kbit));
    let words = "40 of 40 mobile tests have a download above their ceiling, the median is \
                 50000.0 Mbit/s; was kbit/s read as Mbit/s?";
    answer.assert_failed(3, &[words]);
    let refused = Bundle::at(&case.path("out/66-2025-10.rejected"));
    let found = in_manifest(&refused);
    assert!(found.iter().any(|warning| warning.contains(words)), "{found:?}");
    let checked = case.run(&["check", "samples"]);
    assert!(checked.stderr.contains(words), "{checked:?}");
}

#[test]
fn a_file_in_kilobits_among_others_is_told() {
    let mut rows = tests(93, json!({}));
    let kbit = |row: &mut Row| {
        row["download_mbps"] = json!(61_000.0);
        row["upload_mbps"] = json!(21_000.0);
    };
    rows[62..].iter_mut().for_each(kbit);
    let (bundle, warnings, _case) = warnings(rows);
    let told = warnings.iter().filter(|warning| warning.contains("31 of 93 mobile tests"));
    assert_eq!(told.count(), 1, "{warnings:?}");
    assert_report_says(&bundle, &["31 trong 93 lượt đo có tốc độ tải xuống vượt trần kỹ thuật"]);
}

#[test]
fn rows_above_their_ceiling_that_are_no_kilobits_are_only_rejected() {
    let mut rows = tests(93, json!({}));
    // 2G tests of 60 Mbit/s: the technology is wrong, not the unit.
    rows[62..].iter_mut().for_each(|row| {
        row["technology"] = json!("2G");
        row["download_mbps"] = json!(60.0);
    });
    let (_, warnings, _case) = warnings(rows);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("33.3 % of rows were rejected"), "{warnings:?}");
}

#[test]
fn megabits_read_as_kilobits_are_told() {
    let (_, warnings, _case) =
        warnings(tests(62, json!({"download_mbps": 0.05, "upload_mbps": 0.02})));
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let words = "the median download of 62 mobile tests is 0.0500 Mbit/s; was Mbit/s read as";
    assert!(warnings[0].contains(words), "{warnings:?}");
}

#[test]
fn days_without_samples_are_listed() {
    let mut rows = tests(62, json!({}));
    let days = ["2025-10-04", "2025-10-05", "2025-10-31"];
    rows.retain(|row| !days.iter().any(|day| row["measured_at"].as_str().unwrap().contains(day)));
    let (bundle, warnings, _case) = warnings(rows);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let words = "on 3 of the days of the period: 2025-10-04 to 2025-10-05, 2025-10-31;";
    assert!(warnings[0].contains(words), "{warnings:?}");
    assert_report_says(&bundle, &["3 ngày trong kỳ", "từ 04/10/2025 đến 05/10/2025; 31/10/2025"]);
}

/// Tests between 08 and 22 by the clock on the wall, written down as instants `late` hours later.
fn by_the_clock(late: i32) -> Vec<Row> {
    let mut rows = tests(31 * 15, json!({}));
    for (number, row) in rows.iter_mut().enumerate() {
        // From the second day to the last but one, so that no row leaves the month.
        let (day, hour) = (number as i32 / 15 % 29 + 2, 8 + number as i32 % 15);
        let utc = day * 24 + hour - 7 + late;
        let time = format!("2025-10-{:02}T{:02}:00:00Z", utc / 24, utc % 24);
        row["measured_at"] = json!(time);
    }
    rows
}

fn of_hours(late: i32) -> Vec<String> {
    let (_, mut warnings, _case) = warnings(by_the_clock(late));
    warnings.retain(|warning| !warning.contains("days of the period"));
    warnings
}

#[test]
fn times_seven_hours_off_are_told_in_both_directions() {
    assert_eq!(of_hours(0), Vec::<String>::new());
    for (late, words) in [(7, "local times taken for UTC"), (-7, "UTC taken for local times")] {
        let found = of_hours(late);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("7 hours off") && found[0].contains(words), "{found:?}");
        assert!(found[0].contains("155 tests lie in the night"), "{found:?}");
    }
}
