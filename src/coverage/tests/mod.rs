//! The queries on small months whose answers are worked out by hand.
//!
//! Interval bounds are those of `scipy.stats.binomtest(k, n).proportion_ci(method="wilson")`.

mod absence;
mod places;
mod shares;
mod signal;

use std::sync::Arc;

use arrow::array::{Array, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray};
use arrow::datatypes::Float64Type;
use arrow::util::display::array_value_to_string;
use serde_json::{Map, Value};

use super::*;
use crate::engine;
use crate::plan::table;

/// The middle of the cell `12.66N 108.03E`, and of the cell to the north of it.
const HERE: (f64, f64) = (12.665, 108.035);
const NORTH: (f64, f64) = (12.675, 108.035);
/// Two cells away, which is no neighbour.
const FAR: (f64, f64) = (12.685, 108.035);

/// One accepted test: successful, on 4G of Viettel, in the cell HERE, but for what is said.
#[derive(Debug, Clone)]
struct Test {
    device: Option<String>,
    day: i32,
    position: Option<(f64, f64)>,
    accuracy: Option<f64>,
    commune: &'static str,
    operator: &'static str,
    technology: Option<&'static str>,
    access: &'static str,
    is_ok: bool,
    signal: Option<f64>,
    unknown: bool,
}

fn test(device: &str, day: i32) -> Test {
    Test {
        device: (!device.is_empty()).then(|| device.to_owned()),
        day,
        position: Some(HERE),
        accuracy: None,
        commune: "24121",
        operator: "Viettel",
        technology: Some("4G"),
        access: "mobile",
        is_ok: true,
        signal: None,
        unknown: false,
    }
}

impl Test {
    fn failed(self) -> Self {
        Test { is_ok: false, ..self }
    }

    fn at(self, position: (f64, f64)) -> Self {
        Test { position: Some(position), ..self }
    }

    fn on(self, technology: &'static str) -> Self {
        Test { technology: Some(technology), ..self }
    }

    fn of(self, operator: &'static str) -> Self {
        Test { operator, ..self }
    }

    fn hears(self, dbm: f64) -> Self {
        Test { signal: Some(dbm), ..self }
    }

    fn times(self, number: usize) -> Vec<Self> {
        vec![self; number]
    }
}

fn text(values: impl IntoIterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

fn degrees(tests: &[Test], of: fn((f64, f64)) -> f64) -> ArrayRef {
    Arc::new(tests.iter().map(|t| t.position.map(of)).collect::<Float64Array>())
}

fn flags(tests: &[Test], of: fn(&Test) -> bool) -> ArrayRef {
    Arc::new(BooleanArray::from_iter(tests.iter().map(|t| Some(of(t)))))
}

/// The columns of accepted samples that the queries read.
fn accepted(tests: &[Test]) -> RecordBatch {
    let own = |of: fn(&Test) -> &'static str| text(tests.iter().map(|t| Some(of(t).to_owned())));
    let from: ArrayRef = Arc::new(Date32Array::from(vec![20_270; tests.len()]));
    let columns = [
        ("source_file", own(|_| "a.parquet")),
        ("source_row", Arc::new(Int64Array::from_iter_values(1..=tests.len() as i64)) as ArrayRef),
        ("access_type", own(|t| t.access)),
        ("technology", text(tests.iter().map(|t| t.technology.map(str::to_owned)))),
        ("operator", own(|t| t.operator)),
        ("operator_unknown", flags(tests, |t| t.unknown)),
        ("commune_code", own(|t| t.commune)),
        ("commune_valid_from", from),
        ("latitude", degrees(tests, |position| position.0)),
        ("longitude", degrees(tests, |position| position.1)),
        (
            "location_accuracy_m",
            Arc::new(tests.iter().map(|t| t.accuracy).collect::<Float64Array>()) as ArrayRef,
        ),
        ("local_day", Arc::new(Date32Array::from_iter_values(tests.iter().map(|t| t.day)))),
        ("is_ok", flags(tests, |t| t.is_ok)),
        (
            "signal_dbm",
            Arc::new(tests.iter().map(|t| t.signal).collect::<Float64Array>()) as ArrayRef,
        ),
        ("device_id", text(tests.iter().map(|t| t.device.clone()))),
    ];
    table("accepted", columns).unwrap()
}

fn communes() -> RecordBatch {
    let codes = ["24121", "24163"];
    let same = |word: Option<&str>| text(codes.map(|_| word.map(str::to_owned)));
    let from: ArrayRef = Arc::new(Date32Array::from(vec![20_270; 2]));
    let columns = [
        ("province_code", same(Some("66"))),
        ("district_code", same(None)),
        ("district_name", same(None)),
        ("commune_code", text(codes.map(|code| Some(code.to_owned())))),
        ("commune_name", text(codes.map(|code| Some(format!("Xã {code}"))))),
        ("valid_from", from),
    ];
    table("communes", columns).unwrap()
}

fn general() -> RecordBatch {
    let accuracy: ArrayRef = Arc::new(Float64Array::from(vec![500.0]));
    let simulated: ArrayRef = Arc::new(BooleanArray::from(vec![false]));
    let columns = [("max_location_accuracy_m", accuracy), ("simulated", simulated)];
    table("parameters", columns).unwrap()
}

type Row = Map<String, Value>;

/// What a month gives.
#[derive(Debug, PartialEq)]
struct Found {
    basis: Vec<Row>,
    evidence: Vec<Row>,
    suspected: Vec<Row>,
}

/// On a thread like those of the program: planning needs more stack than a test has.
fn found_with(tests: &[Test], settings: &Coverage, hamlets: &[Hamlet]) -> Found {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(engine::STACK);
        thread.spawn_scoped(scope, || sought(tests, settings, hamlets)).unwrap().join().unwrap()
    })
}

fn sought(tests: &[Test], settings: &Coverage, hamlets: &[Hamlet]) -> Found {
    let mut engine = engine::open(&[]);
    for (name, batch) in
        [("accepted", accepted(tests)), ("communes", communes()), ("parameters", general())]
    {
        engine.register_batches(name, batch.schema(), &[batch]).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::over(engine, folder.path().to_owned());
    let queries = Queries::embedded().unwrap();
    Sources { queries: &queries, settings, hamlets }.find(&mut bench).unwrap();
    let rows = |name: &str| rows(&bench.tables[name]);
    Found {
        basis: rows("coverage_basis"),
        evidence: rows("coverage_evidence"),
        suspected: rows("suspected_coverage"),
    }
}

fn rows(batch: &RecordBatch) -> Vec<Row> {
    let schema = batch.schema();
    let names = || schema.fields().iter().map(|field| field.name().clone());
    let row = |row| names().zip(batch.columns().iter().map(|c| value(c, row))).collect();
    (0..batch.num_rows()).map(row).collect()
}

fn value(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        _ => array_value_to_string(array, row).unwrap().into(),
    }
}

/// Several months at once, a degree of longitude apart, since planning takes longer than running.
fn each_with(settings: &Coverage, months: &[Vec<Test>]) -> Vec<Found> {
    let shifted = |(number, tests): (usize, &Vec<Test>)| -> Vec<Test> {
        let shift = |t: &Test| Test {
            position: t.position.map(|(latitude, east)| (latitude, east + number as f64)),
            device: t.device.as_ref().map(|device| format!("{number} {device}")),
            ..t.clone()
        };
        tests.iter().map(shift).collect()
    };
    let all: Vec<_> = months.iter().enumerate().flat_map(shifted).collect();
    let found = found_with(&all, settings, &[]);
    let of = |rows: &[Row], number: usize| {
        let here = |row: &&Row| float(row, "longitude").floor() as usize == 108 + number;
        rows.iter().filter(here).cloned().collect()
    };
    let month = |number| Found {
        basis: found.basis.clone(),
        evidence: of(&found.evidence, number),
        suspected: of(&found.suspected, number),
    };
    (0..months.len()).map(month).collect()
}

fn each(months: &[Vec<Test>]) -> Vec<Found> {
    each_with(&Coverage::default(), months)
}

fn found(tests: &[Test]) -> Found {
    found_with(tests, &Coverage::default(), &[])
}

/// The one row of a kind.
fn only<'a>(rows: &'a [Row], kind: &str) -> &'a Row {
    let found: Vec<_> = rows.iter().filter(|row| row["kind"] == kind).collect();
    assert_eq!(found.len(), 1, "{kind}: {rows:#?}");
    found[0]
}

fn float(row: &Row, column: &str) -> f64 {
    row[column].as_f64().unwrap_or_else(|| panic!("{column} of {row:#?}"))
}

fn near(row: &Row, column: &str, expected: f64) {
    let value = float(row, column);
    assert!((value - expected).abs() < 1e-12, "{column} is {value}, expected {expected}");
}
