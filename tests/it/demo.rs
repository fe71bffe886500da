//! The simulated month: what must hold for any bundle, on a bundle of every kind of row.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::bundle::{Bundle, files, only, rows, squeezed};
use crate::program::{Case, tool};
use crate::samples::Row;

const BANNER: &str = "Dữ liệu mô phỏng – không phải số liệu đo thực tế";
const INDICATORS: [&str; 4] = ["download_mbps", "upload_mbps", "latency_ms", "jitter_ms"];
const TABLES: [&str; 12] = [
    "province",
    "operator",
    "operator_technology",
    "commune",
    "commune_operator",
    "commune_operator_technology",
    "quota",
    "gaps",
    "daily",
    "daily_commune",
    "hourly",
    "commune_location",
];

struct Demo {
    case: Case,
    bundle: Bundle,
    stdout: String,
}

fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let case = Case::new();
        let answer = case.run(&["demo", "--samples", "3000", "--out", "out"]);
        assert_eq!(answer.code, 0, "{answer:?}");
        let bundle = Bundle::at(&case.path("out/demo/66-2025-10"));
        Demo { case, bundle, stdout: answer.stdout }
    })
}

#[test]
fn it_says_how_to_do_the_same_by_hand() {
    let line =
        "ispeed-report run --config out/demo/ispeed-report.toml --month 2025-10 --out out/demo";
    assert!(demo().stdout.contains(line), "{}", demo().stdout);
    let by_hand: Vec<&str> = line.split(' ').skip(1).collect();
    let answer = demo().case.run(&by_hand);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.stdout.starts_with("nothing changed"), "{answer:?}");
}

fn adds_up(counts: &Value) {
    let count = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!(
        count("read"),
        count("accepted") + count("duplicate") + count("rejected"),
        "{counts}"
    );
}

#[test]
fn every_row_is_accepted_duplicate_or_rejected() {
    let ledger = demo().bundle.ledger();
    assert_eq!(ledger["read"], 3000);
    assert_eq!(ledger["simulated"], true);
    adds_up(&ledger);
    let files = ledger["files"].as_array().unwrap();
    files.iter().for_each(adds_up);
    for name in ["read", "accepted", "duplicate", "rejected"] {
        let sum: u64 = files.iter().map(|file| file[name].as_u64().unwrap()).sum();
        assert_eq!(ledger[name], sum, "{name}");
    }
    let rejected = ledger["rejected"].as_u64().unwrap();
    assert_eq!(demo().bundle.quarantine().len() as u64, rejected);
}

#[test]
fn counts_of_the_tables_are_those_of_the_ledger() {
    let ledger = demo().bundle.ledger();
    let failed = ledger["tests_failed"].as_u64().unwrap();
    let ok = ledger["accepted"].as_u64().unwrap() - failed;
    for name in [
        "province",
        "operator",
        "operator_technology",
        "commune",
        "commune_operator",
        "commune_operator_technology",
        "quota",
        "daily",
        "hourly",
    ] {
        let table = demo().bundle.table(name);
        // 5G is a part of mobile.
        let whole = || table.iter().filter(|row| row.get("family") != Some(&json!("mobile_5g")));
        let sum = |column: &str| whole().map(|row| row[column].as_u64().unwrap()).sum::<u64>();
        assert_eq!((sum("tests_ok"), sum("tests_failed")), (ok, failed), "{name}");
    }
}

#[test]
fn every_commune_of_the_register_has_its_quota_for_every_family() {
    let quota = demo().bundle.table("quota");
    let found: BTreeSet<(String, String)> =
        quota.iter().map(|row| (text(row, "commune_code"), text(row, "family"))).collect();
    let register = include_str!("../../src/communes/data/communes.csv");
    let codes = register.lines().filter(|line| line.contains(",66,Tỉnh Đắk Lắk,2025-07-01,"));
    let expected: BTreeSet<(String, String)> = codes
        .flat_map(|line| {
            ["fixed", "mobile", "mobile_5g"].map(|access| (line[..5].to_owned(), access.to_owned()))
        })
        .collect();
    assert_eq!(expected.len(), 306);
    assert_eq!(found, expected);
    assert_eq!(quota.len(), 306);
    let gaps = demo().bundle.table("gaps");
    let short =
        quota.iter().filter(|row| row["legal"] == true && row["quota_met"] == false).count();
    let shortfalls = gaps.iter().filter(|row| row["gap_class"] == "shortfall").count();
    assert_eq!(shortfalls, short);
}

fn text(row: &Row, column: &str) -> String {
    row[column].as_str().unwrap().to_owned()
}

#[test]
fn quantiles_are_in_order_and_given_from_30_adjusted_samples_on() {
    let mut published = 0;
    for name in ["province", "operator", "operator_technology", "commune", "commune_operator"] {
        for row in demo().bundle.table(name) {
            for indicator in INDICATORS {
                published += usize::from(in_order(&row, indicator));
            }
        }
    }
    assert!(published > 20, "{published}");
}

/// Whether statistics are given: from 30 adjusted samples and 5 devices on, from 30 samples on where
/// too many tests carry no device, and then in order.
fn in_order(row: &Row, indicator: &str) -> bool {
    let names = ["p05", "p10", "median", "p90", "p95"];
    let values: Vec<_> =
        names.iter().filter_map(|name| row[&format!("{indicator}_{name}")].as_f64()).collect();
    let count = |column: &str| row[&format!("{indicator}_{column}")].as_u64();
    let enough = match count("n_adj") {
        Some(size) => size >= 30 && row["devices"].as_u64() >= Some(5),
        None => count("n") >= Some(30),
    };
    assert_eq!(values.len(), if enough { 5 } else { 0 }, "{row:?}");
    assert!(values.is_sorted(), "{indicator}: {row:?}");
    enough
}

#[test]
fn every_table_says_that_the_data_are_simulated() {
    for name in TABLES {
        let table = demo().bundle.table(name);
        assert!(!table.is_empty(), "{name}");
        assert!(table.iter().all(|row| row["simulated"] == true), "{name}");
    }
    assert!(demo().bundle.effective().iter().all(|row| row["simulated"] == true));
    assert!(demo().bundle.quarantine().iter().all(|row| row["simulated"] == true));
    assert_eq!(demo().bundle.json("manifest.json")["simulated"], true);
}

#[test]
fn every_chart_says_that_the_data_are_simulated() {
    let charts = demo().bundle.files().into_iter().filter(|(name, _)| name.ends_with(".svg"));
    let charts: Vec<_> = charts.collect();
    assert!(!charts.is_empty());
    for (name, bytes) in charts {
        let svg = String::from_utf8(bytes).unwrap().to_lowercase();
        assert!(squeezed(&svg).contains(&squeezed("mô phỏng")), "{name}");
    }
}

/// The banner may be set in capitals.
#[test]
fn every_page_says_that_the_data_are_simulated() {
    for report in ["ministry", "committee"] {
        let Some(pages) = demo().bundle.pages(report) else { return };
        assert!(pages.len() >= 3, "{report}: {} pages", pages.len());
        for (number, page) in pages.iter().enumerate() {
            let text = squeezed(&page.to_lowercase());
            let banner = squeezed(&BANNER.to_lowercase());
            assert!(text.contains(&banner), "{report}, page {}", number + 1);
        }
    }
}

fn pdfs() -> Vec<PathBuf> {
    ["ministry", "committee"]
        .map(|report| demo().bundle.folder.join(format!("send/reports/{report}.pdf")))
        .to_vec()
}

#[test]
fn every_font_is_embedded() {
    for pdf in pdfs() {
        let output = std::process::Command::new("pdffonts").arg(&pdf).output();
        let Ok(output) = output else {
            eprintln!("skipped: `pdffonts` is not installed (package poppler-utils)");
            return;
        };
        let listing = String::from_utf8(output.stdout).unwrap();
        let fonts: Vec<&str> = listing.lines().skip(2).collect();
        assert!(!fonts.is_empty(), "{listing}");
        for font in fonts {
            // … emb sub uni object: embedded and with a map to Unicode.
            let words: Vec<&str> = font.split_whitespace().collect();
            let flags = &words[words.len() - 5..words.len() - 2];
            assert_eq!((flags[0], flags[2]), ("yes", "yes"), "{font}");
        }
    }
}

#[test]
fn vietnamese_words_and_the_quality_page_are_in_the_text() {
    let ledger = demo().bundle.ledger();
    for report in ["ministry", "committee"] {
        let Some(pages) = demo().bundle.pages(report) else { return };
        let text = squeezed(&pages.concat());
        for words in [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "DỰ THẢO",
            "Nơi nhận",
            "Đắk Lắk",
            "từ ngày",
            "3.000",
        ] {
            assert!(text.contains(&squeezed(words)), "{report}: no `{words}`");
        }
        let accepted = ledger["accepted"].as_u64().unwrap();
        let accepted = format!("{}.{:03}", accepted / 1000, accepted % 1000);
        assert!(text.contains(&accepted), "{report}: no {accepted}");
        assert!(!text.contains('\u{fffd}'), "{report}");
    }
}

/// Identifiers of the samples: 16 hexadecimal digits each.
fn devices() -> BTreeSet<Vec<u8>> {
    let folder = demo().case.path("out/demo/samples");
    let samples = files(&folder).into_keys().flat_map(|name| rows(&folder.join(name)));
    let found: BTreeSet<Vec<u8>> =
        samples.filter_map(|row| Some(row["device_id"].as_str()?.as_bytes().to_vec())).collect();
    assert!(found.len() > 100 && found.iter().all(|device| device.len() == 16));
    found
}

#[test]
fn no_device_of_the_samples_is_anywhere_in_the_bundle() {
    let devices = devices();
    let clean = |name: &str, bytes: &[u8]| {
        let found = bytes.windows(16).find(|window| devices.contains(*window));
        assert!(found.is_none(), "{name} holds {:?}", found.map(String::from_utf8_lossy));
    };
    for (name, bytes) in demo().bundle.files() {
        clean(&name, &bytes);
        let path = demo().bundle.folder.join(&name);
        if name.ends_with(".parquet") {
            clean(&name, json!(rows(&path)).to_string().as_bytes());
        }
        if name.ends_with(".pdf") {
            clean(&name, tool("pdftotext", &["-raw"], &path).unwrap_or_default().as_bytes());
        }
    }
}

#[test]
fn nothing_of_this_machine_is_in_the_bundle() {
    let folder = demo().case.path("");
    let folder = folder.to_str().unwrap().trim_end_matches('/').as_bytes();
    let temporary = std::env::temp_dir().join("ispeed-report-");
    let temporary = temporary.to_str().unwrap().as_bytes();
    for (name, bytes) in demo().bundle.files() {
        for part in [folder, temporary, env!("CARGO_MANIFEST_DIR").as_bytes()] {
            let found = bytes.windows(part.len()).any(|window| window == part);
            assert!(!found, "{name} holds {}", String::from_utf8_lossy(part));
        }
    }
}

#[test]
fn cluster_numbers_begin_at_one_and_are_no_more_than_devices() {
    let effective = demo().bundle.effective();
    let numbers: BTreeSet<i64> =
        effective.iter().filter_map(|row| row["cluster_no"].as_i64()).collect();
    assert_eq!(numbers.first(), Some(&1));
    assert!(numbers.last().unwrap() - 1 < devices().len() as i64);
}

#[test]
fn csv_and_parquet_hold_the_same_rows() {
    for name in TABLES.into_iter().filter(|name| *name != "daily_commune") {
        let file = demo().bundle.folder.join(format!("send/tables/{name}.csv"));
        let mut reader = csv::Reader::from_path(file).unwrap();
        let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let table = demo().bundle.sent(name);
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), table.len(), "{name}");
        for (record, row) in records.iter().zip(&table) {
            for (head, cell) in heads.iter().zip(record) {
                assert!(same(cell, &row[head]), "{name}.{head}: `{cell}` and {}", row[head]);
            }
        }
    }
}

fn same(cell: &str, value: &Value) -> bool {
    match value {
        Value::Null => cell.is_empty(),
        Value::String(text) => cell == text,
        Value::Number(number) => cell.parse::<f64>().ok() == number.as_f64(),
        other => *cell == format!("{other}"),
    }
}

#[test]
fn an_operator_without_statistics_is_still_counted() {
    let operators = demo().bundle.table("operator");
    let few = operators.iter().find(|row| row["tier"] == "count_only").expect("a small operator");
    assert!(few["download_mbps_median"].is_null());
    let key = json!({"operator": few["operator"], "family": few["family"]});
    assert!(only(&operators, key)["tests_ok"].as_u64().unwrap() > 0);
}
