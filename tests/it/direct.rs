//! What is computed directly is what the queries say: the same month, once with the shipped queries and
//! once with queries that differ from them by a comment, which are then run as they stand.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::bundle::rows as rows_of;
use crate::program::{CONFIG, Case};
use crate::samples::{Row, SampleFile, row};

const COMMUNES: [&str; 3] = ["24121", "24163", "22015"];

/// Rows with repeats of devices and ids, without device, with missing values, equal values and equal
/// times of first tests, failed tests and several technologies.
fn rows() -> Vec<Row> {
    let mut state = 7_u64;
    let mut any = |end: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    let one = |number: u64| {
        let fixed = any(3) == 0;
        let id = if any(15) == 0 { any(1500) } else { number };
        let technology = match (fixed, any(5)) {
            (_, 0) => None,
            (true, _) => Some(["wifi", "ethernet"][any(2) as usize]),
            (false, _) => Some(["3G", "4G", "5G"][any(3) as usize]),
        };
        let device = (any(6) > 0).then(|| format!("device-{}", any(40)));
        let value = |any: &mut dyn FnMut(u64) -> u64, of: f64| {
            (any(9) > 0).then(|| of + any(400) as f64 / 3.0)
        };
        row(
            &format!("the same long beginning {id:05}"),
            json!({
                "measured_at": format!("2025-10-{:02}T{:02}:00:00Z", 1 + any(2), any(15)),
                "access_type": if fixed { "fixed" } else { "mobile" },
                "technology": technology,
                "operator": fixed.then(|| ["VNPT", "nobody"][any(2) as usize]),
                "network_mcc_mnc": (!fixed).then(|| ["452-04", "452-02"][any(2) as usize]),
                "commune_code": COMMUNES[any(3) as usize],
                "status": if any(15) == 0 { "failed" } else { "ok" },
                "download_mbps": value(&mut any, 1.0),
                "upload_mbps": value(&mut any, 0.1),
                "latency_ms": value(&mut any, 5.0),
                "jitter_ms": value(&mut any, 0.0),
                "signal_dbm": value(&mut any, -110.0),
                "device_id": device,
            }),
        )
    };
    (0..2000).map(one).collect()
}

/// A month in which the queries named got a comment.
fn month(changed: &[&str]) -> Case {
    let benchmark = "[[benchmarks]]\nindicator = \"download_mbps\"\naccess_type = \"mobile\"\n\
                     technology = \"4G\"\nvalue = 60.0\nsource = \"x\"\n\
                     [definitions]\nqueries = \"mine/queries\"\n";
    let case = Case::with_config(&format!("{CONFIG}{benchmark}"));
    let answer = case.run(&["init", "mine"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    for name in changed {
        let file = case.path(&format!("mine/queries/{name}"));
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("-- The same.\n{text}")).unwrap();
    }
    case.samples("a.parquet", &SampleFile::of(rows()));
    case.build("2025-10");
    case
}

/// Every Parquet file under `internal/`.
fn files(case: &Case) -> Vec<PathBuf> {
    let internal = case.path("out/66-2025-10/internal");
    let mut found = Vec::new();
    for folder in [internal.clone(), internal.join("tables"), internal.join("inputs")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "parquet") {
                found.push(path.strip_prefix(&internal).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Equal but for the last bits of a quantile that lies between two values.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
        _ => a == b,
    }
}

fn assert_same(direct: &Case, other: &Case) {
    let names = files(direct);
    assert_eq!(names, files(other));
    assert!(names.len() > 40, "{names:?}");
    let mut compared = 0;
    for name in names {
        let file = |case: &Case| rows_of(&case.path("out/66-2025-10/internal").join(&name));
        let (direct, other) = (file(direct), file(other));
        assert_eq!(direct.len(), other.len(), "{}", name.display());
        for (at, (direct, other)) in direct.iter().zip(&other).enumerate() {
            let columns = |row: &Row| row.keys().cloned().collect::<Vec<_>>();
            assert_eq!(columns(direct), columns(other), "{}", name.display());
            for (column, value) in direct {
                let same = same(value, &other[column]);
                let names = format!("{} row {at} {column}", name.display());
                assert!(same, "{names}: {value} {}", other[column]);
                compared += 1;
            }
        }
    }
    assert!(compared > 20_000, "{compared}");
}

#[test]
fn collapse_and_statistics_are_what_the_queries_say() {
    let direct = month(&[]);
    let effective = rows_of(&direct.path("out/66-2025-10/internal/samples_effective.parquet"));
    let repeats = effective.iter().filter(|row| row["tests"].as_i64() > Some(1)).count();
    let without = effective.iter().filter(|row| row["cluster_no"].is_null()).count();
    assert!(repeats > 100 && without > 100, "{repeats} {without}");
    // Any one of them that is changed makes the program run all of them.
    assert_same(&direct, &month(&["statistics/order.sql"]));
}
