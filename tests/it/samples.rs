//! Files of samples: rows as JSON objects, columns in any type.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Schema};
use jiff::Timestamp;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value, json};

pub type Row = Map<String, Value>;

const NUMBERS: [&str; 10] = [
    "asn",
    "latitude",
    "longitude",
    "location_accuracy_m",
    "download_mbps",
    "upload_mbps",
    "latency_ms",
    "jitter_ms",
    "packet_loss_ratio",
    "signal_dbm",
];

/// A good mobile test of October 2025 in Phường Tân Lập, but for what is `different`.
pub fn row(id: &str, different: Value) -> Row {
    let mut row = json!({
        "sample_id": id,
        "measured_at": "2025-10-10T03:00:00Z",
        "access_type": "mobile",
        "technology": "4G",
        "operator": null,
        "network_mcc_mnc": "452-04",
        "commune_code": "24121",
        "status": "ok",
        "download_mbps": 50.0,
        "upload_mbps": 20.0,
        "latency_ms": 25.0,
        "jitter_ms": 3.0,
        "device_id": format!("device-{id}"),
        "server_country": "VN",
    });
    let (Some(row), Value::Object(different)) = (row.as_object_mut(), different) else {
        panic!("expected an object");
    };
    row.extend(different);
    std::mem::take(row)
}

/// A file in the making.
#[derive(Clone)]
pub struct SampleFile {
    rows: Vec<Row>,
    without: Vec<String>,
    types: Vec<(String, DataType)>,
    compression: Compression,
}

impl SampleFile {
    /// The rows with every column that any of them has.
    pub fn of(rows: Vec<Row>) -> Self {
        let compression = Compression::UNCOMPRESSED;
        SampleFile { rows, without: Vec::new(), types: Vec::new(), compression }
    }

    /// Leaves a column out.
    pub fn without(mut self, column: &str) -> Self {
        self.without.push(column.into());
        self
    }

    /// Writes a column in another type.
    pub fn typed(mut self, column: &str, data_type: DataType) -> Self {
        self.types.push((column.into(), data_type));
        self
    }

    /// Makes the ids differ from those of files with another number.
    pub fn numbered(mut self, number: usize) -> Self {
        for row in &mut self.rows {
            let id = format!("{number}-{}", row["sample_id"].as_str().unwrap());
            row["sample_id"] = json!(id);
        }
        self
    }

    /// Compresses the pages.
    pub fn compressed(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Name and values of each column, in order of appearance.
    pub fn columns(&self) -> Vec<(String, ArrayRef)> {
        let mut names: Vec<&String> = Vec::new();
        for name in self.rows.iter().flat_map(Row::keys) {
            if !names.contains(&name) && !self.without.contains(name) {
                names.push(name);
            }
        }
        names.into_iter().map(|name| (name.clone(), self.column(name))).collect()
    }

    fn column(&self, name: &str) -> ArrayRef {
        let values = self.rows.iter().map(|row| row.get(name).unwrap_or(&Value::Null));
        let array: ArrayRef = match name {
            "measured_at" => {
                let times: TimestampMicrosecondArray = values.map(instant).collect();
                Arc::new(times.with_timezone("UTC"))
            }
            name if NUMBERS.contains(&name) => {
                Arc::new(values.map(number).collect::<Float64Array>())
            }
            _ => Arc::new(values.map(Value::as_str).collect::<StringArray>()),
        };
        match self.types.iter().find(|(column, _)| column == name) {
            Some((_, data_type)) => cast(&array, data_type).unwrap(),
            None => array,
        }
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let columns = self.columns();
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        );
        parquet(&batch.unwrap(), self.compression)
    }
}

fn instant(value: &Value) -> Option<i64> {
    value.as_str().map(|text| text.parse::<Timestamp>().unwrap().as_microsecond())
}

/// JSON has no NaN and no infinity: those are given as text.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str().map(|text| text.parse().unwrap()))
}

/// A batch as a Parquet file, pages plain so that damage can be aimed.
pub fn parquet(batch: &RecordBatch, compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_dictionary_enabled(false)
        .build();
    let mut bytes = Vec::new();
    let schema = batch.schema();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A good file with one column put in place of another or beside it, whatever it holds.
pub fn with_column(name: &str, array: ArrayRef) -> Vec<u8> {
    let mut columns = SampleFile::of(vec![row("a", json!({}))]).columns();
    match columns.iter_mut().find(|(column, _)| column == name) {
        Some(column) => column.1 = array,
        None => columns.push((name.into(), array)),
    }
    unchecked(columns)
}

/// A file of columns as they are given, also two of one name.
pub fn unchecked(columns: Vec<(String, ArrayRef)>) -> Vec<u8> {
    let (fields, arrays): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .map(|(name, array)| {
            (arrow::datatypes::Field::new(name, array.data_type().clone(), true), array)
        })
        .unzip();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    parquet(&batch, Compression::UNCOMPRESSED)
}
