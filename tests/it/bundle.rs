//! Reads what a run wrote.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::util::display::array_value_to_string;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::program::tool;
use crate::samples::Row;

/// A folder `OUT/<province>-<month>`.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub folder: PathBuf,
}

impl Bundle {
    /// The bundle in that folder.
    pub fn at(folder: &Path) -> Self {
        Bundle { folder: folder.to_owned() }
    }

    /// The ledger.
    pub fn ledger(&self) -> Value {
        self.json("internal/ledger.json")
    }

    /// A JSON file.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.folder.join(name)).unwrap()).unwrap()
    }

    /// A complete table, as its Parquet file has it; that of changes is made of what is published.
    pub fn table(&self, name: &str) -> Vec<Row> {
        let whole = self.folder.join(format!("internal/tables/{name}.parquet"));
        if whole.exists() { rows(&whole) } else { self.sent(name) }
    }

    /// A table as it leaves the office.
    pub fn sent(&self, name: &str) -> Vec<Row> {
        rows(&self.folder.join(format!("send/tables/{name}.parquet")))
    }

    /// The effective samples.
    pub fn effective(&self) -> Vec<Row> {
        rows(&self.folder.join("internal/samples_effective.parquet"))
    }

    /// The effective samples by the communes after the reform.
    pub fn restated(&self) -> Vec<Row> {
        rows(&self.folder.join("internal/samples_effective_restated.parquet"))
    }

    /// The rejected rows.
    pub fn quarantine(&self) -> Vec<Row> {
        rows(&self.folder.join("internal/quarantine.parquet"))
    }

    /// Every file by its path in the bundle.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.folder)
    }

    /// The text of a report, page by page; none where no tool extracts it.
    pub fn pages(&self, report: &str) -> Option<Vec<String>> {
        let file = self.folder.join(format!("send/reports/{report}.pdf"));
        let text = tool("pdftotext", &["-raw"], &file)?;
        Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
    }
}

/// Text without any space, so that where lines are broken does not matter.
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Every file below a folder, by its path there.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let below = files(&path).into_iter();
            found.extend(below.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// Copies a folder with all it holds.
pub fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The rows of a Parquet file.
pub fn rows(path: &Path) -> Vec<Row> {
    let file = File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for batch in reader.map(Result::unwrap) {
        let schema = batch.schema();
        rows.extend((0..batch.num_rows()).map(|row| {
            let names = schema.fields().iter().map(|field| field.name().clone());
            names.zip(batch.columns()).map(|(name, array)| (name, value(array, row))).collect()
        }));
    }
    rows
}

fn value(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => json!(array.as_boolean().value(row)),
        found if found.is_integer() => {
            json!(cast(array, &DataType::Int64).unwrap().as_primitive::<Int64Type>().value(row))
        }
        found if found.is_floating() => {
            json!(cast(array, &DataType::Float64).unwrap().as_primitive::<Float64Type>().value(row))
        }
        DataType::Timestamp(..) => {
            let micros = cast(array, &DataType::Int64).unwrap();
            json!(micros.as_primitive::<Int64Type>().value(row))
        }
        _ => json!(array_value_to_string(array, row).unwrap()),
    }
}

/// The rows that have these values.
pub fn matching(rows: &[Row], values: Value) -> Vec<&Row> {
    let wanted = values.as_object().unwrap();
    let fits = |row: &&Row| wanted.iter().all(|(name, value)| row.get(name) == Some(value));
    rows.iter().filter(fits).collect()
}

/// The one row that has these values.
pub fn only(rows: &[Row], values: Value) -> &Row {
    let found = matching(rows, values.clone());
    assert_eq!(found.len(), 1, "rows with {values} among {rows:#?}");
    found[0]
}
