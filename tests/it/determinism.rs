//! Neither the number of threads nor the order of rows changes what is sent.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::json;

use crate::bundle::Bundle;
use crate::program::{ALL_DOCUMENTS, CONFIG, Case};
use crate::samples::{Row, SampleFile, row};
use crate::shared::Built;

const COMMUNES: [&str; 4] = ["24121", "24163", "22015", "22045"];
const NETWORKS: [&str; 3] = ["452-04", "452-02", "452-01"];

/// Numbers that look random and are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Rows with shared devices, repeated ids, equal times, failed and rejected tests.
fn rows(file: u64, count: u64) -> Vec<Row> {
    let mut numbers = Numbers(file);
    let mut any = |end: u64| numbers.below(end);
    let one = |number: u64| {
        let fixed = any(3) == 0;
        let id = if any(12) == 0 { any(count) } else { file * 10_000 + number };
        let time = format!("2025-10-{:02}T{:02}:00:00Z", 1 + any(28), any(15));
        let device = (any(4) > 0).then(|| format!("device-{}", any(60)));
        row(
            &format!("s{id}"),
            json!({
                "measured_at": time,
                "access_type": if fixed { "fixed" } else { "mobile" },
                "technology": if fixed { "wifi" } else { ["4G", "5G"][any(2) as usize] },
                "operator": fixed.then(|| ["VNPT", "FPT", "Viettel"][any(3) as usize]),
                "network_mcc_mnc": (!fixed).then(|| NETWORKS[any(3) as usize]),
                "commune_code": COMMUNES[any(4) as usize],
                "status": if any(20) == 0 { "failed" } else { "ok" },
                "download_mbps": 1.0 + any(300_000) as f64 / 1000.0 + 0.1,
                "upload_mbps": 0.1 + any(90_000) as f64 / 700.0,
                "latency_ms": 5.0 + any(9_000) as f64 / 90.0,
                "device_id": device,
                "server_country": if any(40) == 0 { "SG" } else { "VN" },
            }),
        )
    };
    (0..count).map(one).collect()
}

fn shuffled(mut rows: Vec<Row>) -> Vec<Row> {
    let mut numbers = Numbers(99);
    for place in (1..rows.len()).rev() {
        rows.swap(place, numbers.below(place as u64 + 1) as usize);
    }
    rows
}

fn build(threads: &str, order: fn(Vec<Row>) -> Vec<Row>) -> Built {
    let case = Case::with_config(&format!("{CONFIG}{ALL_DOCUMENTS}"));
    for (name, file, count) in [("a.parquet", 1, 700), ("b.parquet", 2, 400), ("c.parquet", 3, 1)] {
        case.samples(name, &SampleFile::of(order(rows(file, count))));
    }
    let answer = case.month("2025-10", &["--threads", threads]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let bundle = Bundle::at(&case.path("out/66-2025-10"));
    Built { case, bundle }
}

fn two_threads() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| build("2", |rows| rows))
}

/// The names of the files that differ.
fn differing(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    names.into_iter().filter(|name| a.get(*name) != b.get(*name)).cloned().collect()
}

#[test]
fn the_samples_of_this_case_are_worth_it() {
    let ledger = two_threads().bundle.ledger();
    for name in ["duplicate", "duplicate_conflicting", "rejected", "tests_failed", "without_device"]
    {
        assert!(ledger[name].as_u64().unwrap() > 5, "{name} in {ledger}");
    }
    let operators = two_threads().bundle.table("operator");
    let published = operators.iter().filter(|row| !row["download_mbps_median"].is_null());
    assert!(published.count() >= 6);
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let one = build("1", |rows| rows);
    let differing = differing(&one.bundle.files(), &two_threads().bundle.files());
    assert_eq!(differing, Vec::<String>::new());
}

#[test]
fn shuffled_rows_give_the_same_tables_charts_and_documents() {
    let shuffled = build("2", shuffled);
    let (a, b) = (shuffled.bundle.files(), two_threads().bundle.files());
    let allowed = [
        "internal/ledger.json",
        "internal/measured.json",
        "internal/quarantine.parquet",
        "manifest.json",
    ];
    let differing = differing(&a, &b);
    let wrong: Vec<_> = differing.iter().filter(|name| !allowed.contains(&name.as_str())).collect();
    assert!(wrong.is_empty(), "{wrong:?} differ");
    assert!(differing.contains(&"manifest.json".to_owned()), "the inputs did not differ");
    let counts = |bundle: &Bundle| {
        let mut ledger = bundle.ledger();
        for file in ledger["files"].as_array_mut().unwrap() {
            file["sha256"] = json!("");
        }
        ledger
    };
    assert_eq!(counts(&shuffled.bundle), counts(&two_threads().bundle));
}
