//! One phone that tests without end does not decide the figure of its commune.

use serde_json::json;

use crate::bundle::only;
use crate::program::Case;
use crate::samples::{Row, SampleFile, row};

const PHONES: u32 = 120;
const REPEATS: u32 = 200;

/// One test each of 120 phones: 20 to 79.5 Mbit/s, over the days of the month.
fn month() -> Vec<Row> {
    let test = |n: u32| {
        let day = format!("2025-10-{:02}T03:00:00Z", 2 + n % 28);
        row(
            &format!("a{n:03}"),
            json!({"download_mbps": 20.0 + 0.5 * f64::from(n), "measured_at": day}),
        )
    };
    (0..PHONES).map(test).collect()
}

/// 200 fast tests of one phone on one day.
fn repeats() -> Vec<Row> {
    let test = |n: u32| {
        let time = format!("2025-10-15T{:02}:{:02}:00Z", 1 + n / 60, n % 60);
        let download = 300.0 + f64::from(n);
        row(
            &format!("r{n:03}"),
            json!({"device_id": "tireless", "download_mbps": download, "measured_at": time}),
        )
    };
    (0..REPEATS).map(test).collect()
}

/// The row of the commune in the bundle of a month.
fn commune(rows: Vec<Row>) -> Row {
    let case = Case::with_samples(&SampleFile::of(rows));
    let table = case.build("2025-10").table("commune");
    only(&table, json!({"commune_code": "24121", "family": "mobile"})).clone()
}

fn mean(rows: &[Row]) -> f64 {
    let values = rows.iter().map(|row| row["download_mbps"].as_f64().unwrap());
    values.sum::<f64>() / rows.len() as f64
}

#[test]
fn two_hundred_tests_of_one_phone_move_the_median_by_less_than_its_interval() {
    let all = [month(), repeats()].concat();
    let moved = mean(&all) - mean(&month());
    let (before, after) = (commune(month()), commune(all));
    let of = |row: &Row, end: &str| row[&format!("download_mbps_median{end}")].as_f64().unwrap();
    let width = of(&before, "_high") - of(&before, "_low");
    let shift = (of(&after, "") - of(&before, "")).abs();
    assert!(width > 0.0);
    assert!(shift < width / 2.0, "the median moved by {shift}, the interval is {width} wide");
    // What is counted is all there, and would have decided a mean of tests.
    assert_eq!(after["tests_ok"], PHONES + REPEATS);
    assert_eq!(after["samples_effective"], PHONES + 1);
    assert!(
        moved > 3.0 * width,
        "the mean of tests moved by {moved}, the interval is {width} wide"
    );
}
