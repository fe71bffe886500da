//! Rejected rows with file, row, offending values and the names of all rules they failed.
//!
//! No device and no exact position: coordinates are given to a tenth of a degree.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::{DataType, Field, Float64Type, Schema, TimeUnit, TimestampMicrosecondType};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::import::contract::{self, Content};
use crate::queries::Rule;

/// The columns of a rejected row that are kept as they came.
const COLUMNS: [&str; 24] = [
    "source_file",
    "source_row",
    "sample_id",
    "measured_at",
    "access_type",
    "technology",
    "operator",
    "network_mcc_mnc",
    "sim_mcc_mnc",
    "asn",
    "commune_code",
    "commune_name",
    "district_name",
    "province_name",
    "location_accuracy_m",
    "status",
    "download_mbps",
    "upload_mbps",
    "latency_ms",
    "jitter_ms",
    "packet_loss_ratio",
    "signal_dbm",
    "server_country",
    "platform",
];

/// Where and whose a rejected row is, as far as that is known: its name here and in `checked`.
const RESOLVED: [(&str, &str); 3] = [
    ("located_commune_code", "located_code"),
    ("located_commune_valid_from", "commune_valid_from"),
    ("resolved_operator", "resolved_operator"),
];

/// The rejected rows of a checked batch.
pub fn quarantined(
    checked: &RecordBatch,
    rejected: &BooleanArray,
    rules: &[Rule],
    simulated: bool,
) -> Result<RecordBatch, String> {
    let rows = filter_record_batch(checked, rejected).map_err(|e| e.to_string())?;
    let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
    for name in COLUMNS {
        let array = rows.column_by_name(name).ok_or(format!("no column `{name}`"))?;
        columns.push((name, with_zone(array)));
    }
    for (name, from) in RESOLVED {
        let array = rows.column_by_name(from).ok_or(format!("no column `{from}`"))?;
        columns.push((name, cast(array, &DataType::Utf8).map_err(|e| e.to_string())?));
    }
    let (names, values) = reasons(&rows, rules)?;
    columns.insert(3, ("rules", Arc::new(StringArray::from(names))));
    columns.insert(4, ("offending_values", Arc::new(StringArray::from(values))));
    columns.push(("simulated", Arc::new(BooleanArray::from(vec![simulated; rows.num_rows()]))));
    let nullable = columns.into_iter().map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(nullable).map_err(|e| e.to_string())
}

/// A quarantine without rows: its schema.
pub fn empty() -> RecordBatch {
    let mut fields: Vec<Field> = COLUMNS
        .iter()
        .map(|name| {
            let content = contract::COLUMNS.iter().find(|(column, _)| column == name);
            let data_type = match content {
                Some((_, Content::Time)) => utc(),
                Some((_, content)) => content.arrow_type(),
                None if *name == contract::SOURCE_ROW => DataType::Int64,
                None => DataType::Utf8,
            };
            Field::new(*name, data_type, true)
        })
        .collect();
    fields.extend(RESOLVED.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true)));
    fields.insert(3, Field::new("rules", DataType::Utf8, true));
    fields.insert(4, Field::new("offending_values", DataType::Utf8, true));
    fields.push(Field::new("simulated", DataType::Boolean, true));
    RecordBatch::new_empty(Arc::new(Schema::new(fields)))
}

fn utc() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// Points in time leave the program marked as UTC.
pub fn with_zone(array: &ArrayRef) -> ArrayRef {
    match array.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(times) => Arc::new(times.clone().with_timezone("UTC")),
        None => array.clone(),
    }
}

/// Per row: the names of the failed rules, and `column=value` for the columns they look at.
fn reasons(rows: &RecordBatch, rules: &[Rule]) -> Result<(Vec<String>, Vec<String>), String> {
    let mut names = vec![Vec::new(); rows.num_rows()];
    let mut columns: Vec<Vec<&str>> = vec![Vec::new(); rows.num_rows()];
    for rule in rules {
        let failed = flags(rows, &rule.name)?;
        for row in (0..rows.num_rows()).filter(|row| failed.value(*row)) {
            names[row].push(rule.name.as_str());
            for column in &rule.columns {
                if !columns[row].contains(&column.as_str()) {
                    columns[row].push(column);
                }
            }
        }
    }
    let values = columns
        .iter()
        .enumerate()
        .map(|(row, columns)| {
            let shown =
                columns.iter().map(|column| Ok(format!("{column}={}", shown(rows, column, row)?)));
            Ok(shown.collect::<Result<Vec<_>, String>>()?.join("; "))
        })
        .collect::<Result<Vec<_>, String>>()?;
    Ok((names.iter().map(|names| names.join(",")).collect(), values))
}

/// The boolean column of a rule.
pub fn flags<'a>(batch: &'a RecordBatch, rule: &str) -> Result<&'a BooleanArray, String> {
    let column = batch.column_by_name(rule).and_then(|array| array.as_boolean_opt());
    column.ok_or_else(|| format!("rule `{rule}` is not a boolean column"))
}

fn shown(rows: &RecordBatch, column: &str, row: usize) -> Result<String, String> {
    if column == "device_id" {
        return Ok("withheld".into());
    }
    let array =
        rows.column_by_name(column).ok_or(format!("rules.toml names no column `{column}`"))?;
    if array.is_null(row) {
        return Ok("NULL".into());
    }
    if ["latitude", "longitude"].contains(&column) {
        let value = array.as_primitive_opt::<Float64Type>().map_or(f64::NAN, |a| a.value(row));
        return Ok(format!("{value:.1}"));
    }
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options).map_err(|e| e.to_string())?;
    Ok(formatter.value(row).to_string())
}
