//! What is due, and months that are not named.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

use crate::program::{Answer, CONFIG, Case};
use crate::samples::{SampleFile, row};

/// What `init --example gia-lai` writes of what is due.
fn gia_lai() -> Case {
    let case = Case::new();
    let answer = case.run(&["init", "gia-lai", "--example", "gia-lai"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let press =
        "unit,received_on\nBáo Gia Lai,27/6/2024\nĐài Phát thanh - Truyền hình Gia Lai,28/6/2024\n";
    case.write("gia-lai/campaign/2024-06/form-02.csv", press);
    let operators = "unit,received_on\nViettel,11/12/2025\nVNPT,12/12/2025\nMobiFone,20/12/2025\n";
    case.write("gia-lai/campaign/2025-11/form-04.csv", operators);
    case
}

fn due(case: &Case, more: &[&str]) -> Answer {
    let fixed = ["due", "--config", "gia-lai/ispeed-report.toml", "--month", "2025-11"];
    let forms = ["--set", "campaign.folder=\"gia-lai/campaign/{month}\""];
    let answer = case.run(&[&fixed[..], &forms, more].concat());
    assert_eq!(answer.code, 0, "{answer:?}");
    answer
}

fn item<'a>(answer: &'a Value, form: &str, unit: &str) -> &'a Value {
    let items = answer["items"].as_array().unwrap();
    items.iter().find(|item| item["form"] == form && item["unit"] == unit).unwrap()
}

#[test]
fn forms_are_received_late_missing_and_open() {
    let case = gia_lai();
    let answer = due(&case, &["--today", "2025-12-14", "--json"]).json();
    let state = |form: &str, unit: &str| {
        let item = item(&answer, form, unit);
        json!([item["state"], item["last_day"], item["received_on"], item["days_left"]])
    };
    assert_eq!(state("04", "Viettel"), json!(["received", "2025-12-11", "2025-12-11", null]));
    assert_eq!(state("04", "VNPT"), json!(["late", "2025-12-11", "2025-12-12", null]));
    assert_eq!(state("04", "MobiFone"), json!(["missing", "2025-12-11", null, null]), "not yet");
    // Due once, in an earlier month; before day 28 is day 27.
    assert_eq!(state("02", "Báo Gia Lai"), json!(["received", "2024-06-27", "2024-06-27", null]));
    let radio = "Đài Phát thanh - Truyền hình Gia Lai";
    assert_eq!(state("02", radio), json!(["late", "2024-06-27", "2024-06-28", null]));
    // Nothing names the departments, and no folder of bundles is given.
    assert_eq!(state("01", "")[0], "unknown");
    assert_eq!(state("ministry", ""), json!(["unknown", "2025-12-15", null, 1]));
    let communes: Vec<&Value> =
        answer["items"].as_array().unwrap().iter().filter(|item| item["form"] == "03").collect();
    assert_eq!(communes.len(), 135);
    assert!(communes.iter().all(|item| item["state"] == "missing"));
}

#[test]
fn a_deadline_on_a_weekend_is_a_warning_and_does_not_move() {
    let case = gia_lai();
    let fixed = ["due", "--config", "gia-lai/ispeed-report.toml", "--month", "2025-12"];
    let answer = case.run(&[&fixed[..], &["--today", "2026-01-05"]].concat());
    assert!(
        answer.stdout.contains("last valid day 2026-01-11 (Sunday, a weekend, 6 days left)"),
        "{answer:?}"
    );
    assert!(answer.stderr.contains("`Biểu mẫu 03`, 2026-01-11, is a weekend"), "{answer:?}");
    let holiday = ["--today", "2026-01-05", "--set", "calendar.holidays=[2026-01-15]"];
    let answer = case.run(&[&fixed[..], &holiday].concat());
    assert!(answer.stdout.contains("last valid day 2026-01-15 (Thursday, a holiday"), "{answer:?}");
}

#[test]
fn what_was_issued_is_no_longer_due() {
    let case = Case::with_config(&format!(
        "{CONFIG}[[due]]\nid = \"ministry\"\ntitle = \"Báo cáo\"\nfrom = \"issuer\"\nevery = \"month\"\non_day = 15\n"
    ));
    case.samples("a.parquet", &SampleFile::of(vec![row("a", json!({}))]));
    case.build("2025-10");
    let state = |day: &str| {
        let fixed = ["due", "--config", "ispeed-report.toml", "--month", "2025-10", "--out", "out"];
        let answer = case.run(&[&fixed[..], &["--json", "--today", day]].concat()).json();
        answer["items"][0]["state"].clone()
    };
    assert_eq!((state("2025-11-15"), state("2025-11-16")), (json!("open"), json!("missing")));
    let issue =
        ["finalize", "out/66-2025-10", "--number", "7", "--date", "2025-11-14", "--signer", "A"];
    let answer = case.run(&issue);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(state("2025-11-16"), json!("received"));
}

#[test]
fn a_run_without_a_month_takes_the_last_complete_one() {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let before = Timestamp::now();
    let case = Case::new();
    case.samples("a.parquet", &SampleFile::of(vec![row("a", json!({}))]));
    // No row is of that month, so the run fails, and says of which month.
    let answer = case.run(&["run", "--config", "ispeed-report.toml", "--out", "out", "--json"]);
    assert_eq!(answer.code, 3, "{answer:?}");
    let month = |now: Timestamp| {
        let today = zone.to_datetime(now).date();
        today.first_of_month().checked_sub(1.day()).unwrap().strftime("%Y-%m").to_string()
    };
    let expected = [month(before), month(Timestamp::now())];
    let bundle = answer.json()["bundle"].as_str().unwrap().to_owned();
    assert!(expected.iter().any(|month| bundle.contains(month)), "{bundle}: {expected:?}");
}

#[test]
fn samples_lie_in_a_folder_of_their_month() {
    let case =
        Case::with_config("[province]\ncode = \"66\"\n[samples]\npaths = [\"samples/{month}\"]\n");
    case.samples("2025-10/a.parquet", &SampleFile::of(vec![row("a", json!({}))]));
    case.write("samples/2025-11/b.parquet", "not a file of samples");
    assert_eq!(case.month("2025-10", &["--dry-run"]).code, 0);
    case.month("2025-11", &["--dry-run"]).assert_failed(1, &["b.parquet"]);
    case.month("2025-12", &["--dry-run"]).assert_failed(1, &["samples/2025-12"]);
}

#[test]
fn a_schedule_runs_what_is_given() {
    let case = gia_lai();
    let fixed = ["--config", "gia-lai/ispeed-report.toml", "--out", "my out"];
    let answer = case.run(&[&["schedule", "systemd", "--units", "units"], &fixed[..]].concat());
    assert_eq!(answer.code, 0, "{answer:?}");
    let read = |name: &str| std::fs::read_to_string(case.path(name)).unwrap();
    let timer = read("units/ispeed-report-52.timer");
    assert!(timer.contains("OnCalendar=*-*-12..15 06:00:00 Asia/Ho_Chi_Minh"), "{timer}");
    let service = read("units/ispeed-report-52.service");
    let here = case.path("").canonicalize().unwrap();
    let config = format!("run --config {}/gia-lai/ispeed-report.toml", here.display());
    assert!(service.contains(&config), "{service}");
    let again = case.run(&[&["schedule", "systemd", "--units", "units"], &fixed[..]].concat());
    again.assert_failed(4, &["ispeed-report-52.service"]);
    let cron = case.run(&[&["schedule", "cron"], &fixed[..]].concat()).stdout;
    let (zone, line) = cron.trim_end().split_once('\n').unwrap();
    assert_eq!(zone, "CRON_TZ=Asia/Ho_Chi_Minh");
    let command = line.strip_prefix("0 6 12-15 * * ").unwrap();
    // The line does what it says: a shell runs it, and it finds no samples.
    let run = std::process::Command::new("sh")
        .args(["-c", command])
        .env_clear()
        .current_dir("/")
        .output();
    let run = Answer::of(run.unwrap());
    run.assert_failed(1, &["samples"]);
}
