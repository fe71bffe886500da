//! The cells behind the rows of a table, the same group under one key in all tables.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use serde::Deserialize;

use super::declaration::{Declaration, DisclosureFault};
use crate::queries::Family;

/// What a cell is of, by dimension; a dimension that is not there is summed over.
pub(super) type Key = BTreeMap<String, String>;

/// Rows say a district beside their commune; it is what communes add up to.
pub(super) const DISTRICT: &str = "district";

/// Dimensions and the names that are other than their columns.
const COLUMNS: [(&str, &str); 4] = [
    ("commune", "commune_code"),
    (DISTRICT, "district_code"),
    ("day", "local_day"),
    ("hour", "local_hour"),
];
const DIMENSIONS: [&str; 15] = [
    "commune",
    DISTRICT,
    "operator",
    "family",
    "access_type",
    "technology",
    "day",
    "hour",
    "day_part",
    "platform",
    "month",
    "place",
    "kind",
    "until",
    "quota_met",
];
/// Where null is a value and not the whole.
const VALUED: [&str; 2] = ["technology", "platform"];

/// One dimension of a cell and where a row says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Part {
    dimension: String,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Column(String),
    Constant(String),
}

impl TryFrom<String> for Part {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (dimension, source) = match text.split_once('=') {
            Some((dimension, source)) => (dimension.trim(), source.trim()),
            None => (text.trim(), ""),
        };
        if !DIMENSIONS.contains(&dimension) {
            let known = DIMENSIONS.join(", ");
            return Err(format!("found key `{dimension}`, expected one of {known}"));
        }
        let own = COLUMNS.iter().find(|(name, _)| *name == dimension);
        let constant = source.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let source = match constant {
            Some(constant) => Source::Constant(constant.to_owned()),
            None if source.is_empty() => {
                Source::Column(own.map_or(dimension, |(_, column)| column).to_owned())
            }
            None => Source::Column(source.to_owned()),
        };
        Ok(Part { dimension: dimension.to_owned(), source })
    }
}

impl Part {
    pub(super) fn is(&self, dimension: &str) -> bool {
        self.dimension == dimension
    }

    /// Whether the column is a key that a suppressed row keeps. A place is finer than a commune.
    pub(super) fn shows(&self, column: &str) -> bool {
        let is_own = matches!(&self.source, Source::Column(own) if own == column);
        let is_commune = self.dimension == "commune" && column == "commune_valid_from";
        (is_own || is_commune) && !["place", "kind"].contains(&self.dimension.as_str())
    }
}

/// What a table says of its rows.
#[derive(Debug)]
pub(super) struct Rows {
    /// The keys of each row.
    pub keys: Vec<Vec<Key>>,
    /// The district of each row's commune.
    pub districts: Vec<Option<String>>,
    /// The values of the columns by which totals are published.
    pub totals: Vec<String>,
    /// Devices behind the last cell of each row, where the table knows.
    pub devices: Vec<Option<i64>>,
    /// What each row counts of its last cell, summed.
    pub counts: Vec<i64>,
    /// Whether that is all its tests.
    pub is_of_all_tests: bool,
}

impl Rows {
    pub(super) fn read(
        declared: &Declaration,
        families: &[Family],
        table: &RecordBatch,
    ) -> Result<Self, DisclosureFault> {
        let all = 0..table.num_rows();
        let mut keys = vec![Vec::new(); table.num_rows()];
        for cell in &declared.cells {
            let of_cell = self::keys(declared, cell, families, table)?;
            keys.iter_mut().zip(of_cell).for_each(|(keys, key)| keys.push(key));
        }
        let districts = optional(table, "district_code");
        let district = |row| districts.as_ref().and_then(|d| valid(d, row).map(str::to_owned));
        let mut totals = vec![String::new(); table.num_rows()];
        for column in &declared.totals_by {
            let values = text(declared, table, column)?;
            for (row, total) in totals.iter_mut().enumerate() {
                total.push_str(valid(&values, row).unwrap_or_default());
            }
        }
        let mut counts = vec![0_i64; table.num_rows()];
        let is_of_all_tests =
            ["tests_ok", "tests_failed"].iter().all(|name| table.column_by_name(name).is_some());
        for column in declared.counts.iter().filter_map(|name| integers(table, name)) {
            let values = column.iter().map(Option::unwrap_or_default);
            counts.iter_mut().zip(values).for_each(|(sum, value)| *sum = sum.saturating_add(value));
        }
        let devices = integers(table, "devices");
        let devices = (0..table.num_rows())
            .map(|row| devices.as_ref().filter(|d| d.is_valid(row)).map(|d| d.value(row)))
            .collect();
        let districts = all.map(district).collect();
        Ok(Rows { keys, districts, totals, devices, counts, is_of_all_tests })
    }
}

fn keys(
    declared: &Declaration,
    cell: &[Part],
    families: &[Family],
    table: &RecordBatch,
) -> Result<Vec<Key>, DisclosureFault> {
    let mut keys = vec![Key::new(); table.num_rows()];
    for part in cell {
        let column = match &part.source {
            Source::Constant(text) => StringArray::from(vec![text.as_str(); table.num_rows()]),
            Source::Column(name) => text(declared, table, name)?,
        };
        let from = optional(table, "commune_valid_from");
        let back = integers(table, "months_back");
        let is_now = |row: usize| back.as_ref().is_some_and(|back| back.value(row) == 0);
        for (row, key) in keys.iter_mut().enumerate() {
            let value = valid(&column, row);
            match (part.dimension.as_str(), value) {
                ("commune", Some(code)) => {
                    let from = from.as_ref().and_then(|from| valid(from, row)).unwrap_or_default();
                    key.insert("commune".into(), format!("{code}/{from}"));
                }
                // The month of the report is that of the tables without a month.
                ("month", Some(_)) if is_now(row) => {}
                ("family", Some(name)) => insert_family(key, families, name),
                (dimension, Some(value)) => drop(key.insert(dimension.into(), value.to_owned())),
                (dimension, None) if VALUED.contains(&dimension) => {
                    key.insert(dimension.into(), String::new());
                }
                _ => {}
            }
        }
    }
    if let Some(levels) = optional(table, "level") {
        let of_province = |row: usize| valid(&levels, row) == Some("province");
        let keys = keys.iter_mut().enumerate().filter(|(row, _)| of_province(*row));
        keys.for_each(|(_, key)| drop(key.remove(DISTRICT)));
    }
    Ok(keys)
}

fn insert_family(key: &mut Key, families: &[Family], name: &str) {
    let Some(family) = families.iter().find(|family| family.name == name) else {
        key.insert("family".into(), name.to_owned());
        return;
    };
    key.insert("access_type".into(), family.access_type.clone());
    if let Some(technology) = &family.technology {
        key.insert("technology".into(), technology.clone());
    }
}

fn valid(values: &StringArray, row: usize) -> Option<&str> {
    values.is_valid(row).then(|| values.value(row))
}

fn text(
    declared: &Declaration,
    table: &RecordBatch,
    column: &str,
) -> Result<StringArray, DisclosureFault> {
    optional(table, column).ok_or_else(|| declared.fault(&format!("it has no column `{column}`")))
}

fn optional(table: &RecordBatch, column: &str) -> Option<StringArray> {
    let column = cast(table.column_by_name(column)?, &DataType::Utf8).ok()?;
    Some(column.as_string::<i32>().clone())
}

fn integers(table: &RecordBatch, column: &str) -> Option<Int64Array> {
    let column = cast(table.column_by_name(column)?, &DataType::Int64).ok()?;
    Some(column.as_primitive::<Int64Type>().clone())
}
