//! Made-up tables for tests: small, but with every shape that a month can have.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray};
use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::labels::Labels;
use super::settings::Settings;
use super::{MonthlyText, Sources, Templates};
use crate::config::{DueForm, Gaps, Statistics};
use crate::warning::Warning;

const STATISTICS: [&str; 6] = ["mean", "median", "p05", "p10", "p90", "p95"];
const INDICATORS: [(&str, f64); 4] =
    [("download_mbps", 80.0), ("upload_mbps", 30.0), ("latency_ms", 25.0), ("jitter_ms", 4.0)];

/// Everything that [`Sources`] borrows.
pub struct Fixture {
    pub tables: BTreeMap<String, RecordBatch>,
    pub ledger: Value,
    pub settings: Settings,
    pub labels: Labels,
    pub province: String,
    pub month: String,
    pub from: Date,
    pub to: Date,
    pub report_date: Date,
    pub simulated: bool,
    pub limits: Statistics,
    pub gaps: Gaps,
    pub warnings: Vec<Warning>,
    pub monthly: MonthlyText,
    pub due: Vec<DueForm>,
    pub revision: u32,
}

impl Fixture {
    /// October 2025 in Đắk Lắk with these communes, operators and samples of the largest cell.
    pub fn new(communes: &[&str], operators: &[&str], samples: i64) -> Self {
        Fixture {
            tables: tables(communes, operators, samples),
            ledger: ledger(),
            settings: Settings::default(),
            labels: Templates::embedded().labels().unwrap(),
            province: "Đắk Lắk".into(),
            month: "2025-10".into(),
            from: Date::constant(2025, 10, 1),
            to: Date::constant(2025, 11, 1),
            report_date: Date::constant(2025, 11, 15),
            simulated: false,
            limits: Statistics::default(),
            gaps: Gaps::default(),
            warnings: Vec::new(),
            monthly: MonthlyText::default(),
            due: Vec::new(),
            revision: 1,
        }
    }

    /// Puts these verdicts on pairs of operators of mobile access.
    pub fn compare(&mut self, pairs: &[(&str, &str, &str)]) {
        let row = |(a, b, verdict): &(&str, &str, &str)| {
            json!({"family": "mobile", "indicator": "download_mbps", "operator_a": a,
                "operator_b": b, "verdict": verdict, "devices_a": 30, "devices_b": 30,
                "median_a": 50.0, "median_b": 40.0})
        };
        let rows: Vec<Value> = pairs.iter().map(row).collect();
        self.tables.insert("comparisons".into(), batch(COMPARISONS, &rows));
    }

    /// An operator of mobile access that is known and has no test.
    pub fn add_operator_without_tests(&mut self, name: &str) {
        let keys = json!({"province_code": "66", "province_name": "Đắk Lắk", "operator": name});
        let before = self.tables["operator"].clone();
        let columns = "province_code:s province_name:s operator:s";
        let columns = format!("{columns} {COUNTS}{}", statistics_columns());
        let row = batch(&columns, &[measured(keys, "mobile", 0, 1.0)]);
        let all = concat_batches(&before.schema(), [&before, &row]).unwrap();
        self.tables.insert("operator".into(), all);
    }

    /// Three communes and three operators.
    pub fn small() -> Self {
        Self::new(
            &["Xã Ea Kar", "Phường Đông Hòa", "Xã Cư M’gar"],
            &["VNPT", "MobiFone", "Viettel"],
            640,
        )
    }

    pub fn sources(&self) -> Sources<'_> {
        Sources {
            tables: &self.tables,
            ledger: &self.ledger,
            settings: &self.settings,
            labels: &self.labels,
            province_code: "66",
            unknown_operator: "Không xác định",
            province_name: &self.province,
            month: &self.month,
            period_from: self.from,
            period_to: self.to,
            report_date: self.report_date,
            simulated: self.simulated,
            limits: &self.limits,
            gaps: &self.gaps,
            program_version: "0.1.0",
            warnings: &self.warnings,
            monthly: &self.monthly,
            due: &self.due,
            revision: self.revision,
        }
    }
}

/// A table from rows of JSON; the letter after a column's name is its type: s, i, f, b, d.
pub fn batch(columns: &str, rows: &[Value]) -> RecordBatch {
    let column = |spec: &str| -> (String, ArrayRef, bool) {
        let (name, kind) = spec.split_once(':').unwrap();
        let cells = || rows.iter().map(|row| &row[name]);
        let array: ArrayRef = match kind {
            "i" => Arc::new(cells().map(Value::as_i64).collect::<Int64Array>()),
            "f" => Arc::new(cells().map(Value::as_f64).collect::<Float64Array>()),
            "b" => Arc::new(cells().map(Value::as_bool).collect::<BooleanArray>()),
            "d" => Arc::new(cells().map(|v| v.as_str().map(days)).collect::<Date32Array>()),
            _ => Arc::new(cells().map(Value::as_str).collect::<StringArray>()),
        };
        (name.to_owned(), array, true)
    };
    RecordBatch::try_from_iter_with_nullable(columns.split_whitespace().map(column)).unwrap()
}

fn days(date: &str) -> i32 {
    let date: Date = date.parse().unwrap();
    (date - Date::constant(1970, 1, 1)).get_days()
}

const COMPARISONS: &str = "family:s commune_code:s commune_name:s indicator:s operator_a:s operator_b:s \
                           devices_a:i devices_b:i median_a:f median_b:f probability_b_higher:f \
                           probability_b_higher_low:f probability_b_higher_high:f p_adjusted:f verdict:s";
const COUNTS: &str = "family:s tests_ok:i tests_failed:i tests_without_device:i \
                      samples_effective:i samples_adjusted:i devices:i tier:s simulated:b";
const COMMUNE: &str = "province_code:s district_code:s district_name:s commune_code:s \
                       commune_name:s commune_valid_from:d";

fn statistics_columns() -> String {
    let mut columns = String::new();
    for (indicator, _) in INDICATORS {
        columns += &format!(" {indicator}_n:i");
        STATISTICS.iter().for_each(|s| {
            columns += &format!(" {indicator}_{s}:f {indicator}_{s}_low:f {indicator}_{s}_high:f");
        });
    }
    columns
        + " download_mbps_benchmark_n:i download_mbps_share_at_benchmark:f \
               download_mbps_raw_n:i download_mbps_raw_mean:f download_mbps_raw_median:f \
               download_mbps_raw_median_low:f download_mbps_raw_median_high:f"
}

/// Adds counts and statistics of `samples` effective samples to a row of keys.
fn measured(mut row: Value, access: &str, samples: i64, factor: f64) -> Value {
    let tier = match samples {
        300.. => "sufficient",
        30..=299 => "reference",
        _ => "count_only",
    };
    for (name, value) in [
        ("tests_ok", samples + samples / 7),
        ("tests_failed", samples / 25),
        ("tests_without_device", samples / 50),
        ("samples_effective", samples),
        ("samples_adjusted", samples * 9 / 10),
        ("devices", samples / 3 + 1),
        ("download_mbps_raw_n", samples + samples / 7),
    ] {
        row[name] = value.into();
    }
    row["family"] = access.into();
    row["tier"] = tier.into();
    row["simulated"] = true.into();
    for (indicator, base) in INDICATORS {
        row[format!("{indicator}_n")] = samples.into();
        for (statistic, share) in STATISTICS.iter().zip([1.0, 0.93, 0.21, 0.34, 1.7, 2.31]) {
            let value = base * share * factor;
            for (end, factor) in [("", 1.0), ("_low", 0.9), ("_high", 1.1)] {
                row[format!("{indicator}_{statistic}{end}")] =
                    if samples < 30 { Value::Null } else { (value * factor).into() };
            }
        }
    }
    let raw = |share: f64| {
        if samples < 30 { Value::Null } else { (80.0 * share * factor).into() }
    };
    row["download_mbps_raw_mean"] = raw(1.08);
    row["download_mbps_raw_median"] = raw(0.97);
    row["download_mbps_raw_median_low"] = raw(0.91);
    row["download_mbps_raw_median_high"] = raw(1.02);
    row["download_mbps_benchmark_n"] = samples.into();
    row["download_mbps_share_at_benchmark"] = 0.8125.into();
    row
}

fn place(index: usize, name: &str) -> Value {
    json!({
        "province_code": "66", "province_name": "Đắk Lắk",
        "commune_code": format!("{}", 24000 + 7 * index), "commune_name": name,
        "commune_valid_from": "2025-07-01",
    })
}

fn with(mut row: Value, name: &str, value: impl Into<Value>) -> Value {
    row[name] = value.into();
    row
}

fn tables(communes: &[&str], operators: &[&str], samples: i64) -> BTreeMap<String, RecordBatch> {
    let (mut by_commune, mut by_both, mut quota, mut gaps) = (vec![], vec![], vec![], vec![]);
    for (index, name) in communes.iter().enumerate() {
        // The last commune has no sample at all.
        let here = if index + 1 == communes.len() { 0 } else { samples / (1 + index as i64 % 9) };
        for access in ["mobile", "fixed"] {
            let total = if access == "fixed" { here / 4 } else { here };
            quota.push(quota_row(index, name, access, total));
            if total < 300 {
                gaps.push(shortfall(index, name, access, total));
            }
            if total > 0 {
                by_commune.push(measured(place(index, name), access, total, 1.0));
            }
            for (rank, operator) in operators.iter().enumerate().filter(|_| total > 0) {
                let row = with(place(index, name), "operator", *operator);
                let factor = (1.1 - 0.2 * rank as f64 - 0.04 * (index % 11) as f64).max(0.15);
                by_both.push(measured(row.clone(), access, total / (rank as i64 + 2), factor));
                if access == "mobile" && factor < 0.5 && total / (rank as i64 + 2) >= 30 {
                    gaps.push(low(row, total / (rank as i64 + 2), factor));
                }
            }
        }
    }
    let province = json!({"province_code": "66", "province_name": "Đắk Lắk"});
    let of_operators: Vec<_> = operators
        .iter()
        .enumerate()
        .flat_map(|(rank, operator)| {
            let row = with(province.clone(), "operator", *operator);
            let count = communes.len() as i64 * samples / (3 * (rank as i64 + 1));
            let factor = 1.0 - 0.03 * rank as f64;
            [measured(row.clone(), "mobile", count, factor), measured(row, "fixed", count / 4, 2.9)]
        })
        .collect();
    let statistics = statistics_columns();
    let table = |keys: &str, rows: &[Value]| batch(&format!("{keys} {COUNTS}{statistics}"), rows);
    let whole = [
        measured(province.clone(), "mobile", samples * 3, 1.0),
        measured(province, "fixed", samples, 2.9),
    ];
    BTreeMap::from([
        ("province".into(), table("province_code:s province_name:s", &whole)),
        ("operator".into(), table("province_code:s province_name:s operator:s", &of_operators)),
        ("district".into(), table("province_code:s district_code:s district_name:s", &[])),
        ("commune".into(), table(COMMUNE, &by_commune)),
        ("commune_operator".into(), table(&format!("{COMMUNE} operator:s"), &by_both)),
        ("quota".into(), batch(QUOTA, &quota)),
        ("gaps".into(), batch(GAPS, &gaps)),
        ("benchmarks".into(), batch(BENCHMARKS, &benchmarks())),
    ])
}

/// The district table of a month before 01/07/2025.
pub fn districts() -> RecordBatch {
    let row = |code: &str, name: &str, samples| {
        let keys = json!({"province_code": "66", "district_code": code, "district_name": name});
        measured(keys, "mobile", samples, 0.8)
    };
    let columns =
        format!("province_code:s district_code:s district_name:s {COUNTS}{}", statistics_columns());
    batch(&columns, &[row("643", "Thành phố Buôn Ma Thuột", 900), row("645", "Huyện Ea H’leo", 12)])
}

const QUOTA: &str = "province_code:s district_code:s district_name:s commune_code:s commune_name:s \
                     commune_valid_from:d family:s legal:b tests_ok:i tests_failed:i tests_duplicate:i tests_rejected:i counted:i quota:i \
                     shortfall:i quota_met:b simulated:b";
const GAPS: &str = "gap_class:s state:s family:s since:s n_adj:i mean_low:f mean_high:f province_code:s district_code:s district_name:s commune_code:s \
                    commune_name:s commune_valid_from:d access_type:s operator:s technology:s \
                    indicator:s benchmark:f mean:f median:f samples_effective:i tests_ok:i quota:i \
                    shortfall:i tier:s simulated:b";
const BENCHMARKS: &str = "indicator:s access_type:s technology:s family:s operator:s value:f source:s valid_from:d valid_until:d target_date:d simulated:b";

fn quota_row(index: usize, name: &str, access: &str, samples: i64) -> Value {
    let mut row = with(place(index, name), "family", access);
    row["legal"] = true.into();
    row["counted"] = (samples + samples / 7).into();
    row["tests_duplicate"] = 1.into();
    row["tests_rejected"] = 2.into();
    row["tests_ok"] = (samples + samples / 7).into();
    row["tests_failed"] = (samples / 25).into();
    row["quota"] = 300.into();
    row["shortfall"] = (300 - samples - samples / 7).max(0).into();
    row["quota_met"] = (samples + samples / 7 >= 300).into();
    row
}

fn shortfall(index: usize, name: &str, access: &str, samples: i64) -> Value {
    let row = with(quota_row(index, name, access, samples), "gap_class", "shortfall");
    with(row, "state", "found")
}

fn low(mut row: Value, samples: i64, factor: f64) -> Value {
    row["gap_class"] = "low_quality".into();
    row["access_type"] = "mobile".into();
    row["family"] = "mobile".into();
    row["state"] = "found".into();
    row["since"] = "2025-10".into();
    row["n_adj"] = (samples * 9 / 10).into();
    row["mean_low"] = (72.0 * factor).into();
    row["mean_high"] = (88.0 * factor).into();
    row["technology"] = "4G".into();
    row["indicator"] = "download_mbps".into();
    row["benchmark"] = 40.0.into();
    row["mean"] = (80.0 * factor).into();
    row["median"] = (74.4 * factor).into();
    row["samples_effective"] = samples.into();
    row["tier"] = if samples >= 300 { "sufficient" } else { "reference" }.into();
    row
}

fn benchmarks() -> Vec<Value> {
    let row = |technology: &str, value: f64| {
        json!({
            "indicator": "download_mbps", "access_type": "mobile", "technology": technology,
            "family": if technology == "5G" { "mobile_5g" } else { "mobile" },
            "value": value, "source": "Quyết định số 36/QĐ-TTg ngày 11/01/2024",
            "valid_from": "2024-01-11", "target_date": "2025-12-31",
        })
    };
    vec![row("4G", 40.0), row("5G", 100.0)]
}

fn ledger() -> Value {
    json!({
        "read": 10_000, "accepted": 9_600, "duplicate": 150, "duplicate_conflicting": 4,
        "rejected": 250, "rejected_by_rule": {"missing_id": 100, "foreign_server": 170},
        "warn_rejected_share": 0.05, "fail_rejected_share": 0.5, "rejected_share": 0.025,
        "unconverted": {"latency_ms": 3}, "tests_failed": 320, "without_device": 41,
        "operator_unknown": 12, "operator_conflict_fixed": 2, "operator_conflict_mobile": 3,
        "sim_mvno": 5, "sim_roaming": 1, "position_placed": 8_990, "position_snapped": 7, "code_placed": 600, "name_placed": 3,
        "code_position_differ": 25,
        "months": {"2025-10": 10_000},
        "files": [{
            "file": "samples/2025-10.parquet", "sha256": "00ff", "read": 10_000,
            "accepted": 9_600, "duplicate": 150, "rejected": 250, "rejected_by_rule": {},
        }],
    })
}
