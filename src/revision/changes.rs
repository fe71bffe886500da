//! Which published figures of two revisions differ, and by how much.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Float64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type};

use crate::engine::EngineFault;
use crate::error::Result;
use crate::plan::table;
use crate::statistics::Tables;

/// The table of changes.
pub const TABLE: &str = "revision_changes";

/// The columns that say what a figure is about, where its table has them.
const ABOUT: [&str; 8] = [
    "family",
    "access_type",
    "technology",
    "district_name",
    "commune_code",
    "commune_name",
    "operator",
    "day_part",
];
const VALID_FROM: &str = "commune_valid_from";

/// Not figures of their own: they move with the one they belong to.
const ENDINGS: [&str; 4] = ["_low", "_high", "_n_adj", "_n"];

/// A published table and the columns that tell its rows apart.
#[derive(Debug, Clone)]
pub struct Grouping<'a> {
    pub table: &'a str,
    pub keys: Vec<&'a str>,
}

/// One figure.
struct Change {
    table: String,
    about: [Option<String>; ABOUT.len()],
    valid_from: Option<i32>,
    figure: String,
    before: Option<f64>,
    after: Option<f64>,
}

/// One row of a table as it is compared.
struct Line<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

/// A row for each figure that is not the same in both, in the order of the tables and their keys. A
/// figure that only one of them has is compared with nothing. `title` words a column of a table.
pub fn changes(
    groupings: &[Grouping<'_>],
    before: &Tables,
    after: &Tables,
    title: &dyn Fn(&str, &str) -> String,
) -> Result<RecordBatch> {
    let mut found = Vec::new();
    for grouping in groupings {
        let of = |tables: &Tables| tables.get(grouping.table).cloned();
        let (before, after) = (of(before), of(after));
        let before_lines = lines(before.as_ref(), grouping)?;
        let after_lines = lines(after.as_ref(), grouping)?;
        let mut keys: Vec<_> = before_lines.keys().chain(after_lines.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            compare(grouping, before_lines.get(key), after_lines.get(key), &mut found)?;
        }
    }
    batch(&found, title)
}

fn lines<'a>(
    batch: Option<&'a RecordBatch>,
    grouping: &Grouping<'_>,
) -> Result<BTreeMap<Vec<Option<String>>, Line<'a>>> {
    let Some(batch) = batch else { return Ok(BTreeMap::new()) };
    let columns = grouping.keys.iter().map(|key| texts(batch, key)).collect::<Result<Vec<_>>>()?;
    let key = |row: usize| columns.iter().map(|column| text(column.as_ref(), row)).collect();
    Ok((0..batch.num_rows()).map(|row| (key(row), Line { batch, row })).collect())
}

fn compare(
    grouping: &Grouping<'_>,
    before: Option<&Line<'_>>,
    after: Option<&Line<'_>>,
    found: &mut Vec<Change>,
) -> Result<()> {
    let Some(shown) = after.or(before) else { return Ok(()) };
    for field in shown.batch.schema().fields() {
        let figure = field.name().as_str();
        let is_key = grouping.keys.contains(&figure);
        if is_key || !field.data_type().is_numeric() || ENDINGS.iter().any(|e| figure.ends_with(e))
        {
            continue;
        }
        let value = |line: Option<&Line<'_>>| line.map_or(Ok(None), |line| line.value(figure));
        let (before, after) = (value(before)?, value(after)?);
        if before != after {
            let mut about = [const { None }; ABOUT.len()];
            for (slot, column) in about.iter_mut().zip(ABOUT) {
                *slot = shown.text(column)?;
            }
            found.push(Change {
                table: grouping.table.to_owned(),
                about,
                valid_from: shown.valid_from(),
                figure: figure.to_owned(),
                before,
                after,
            });
        }
    }
    Ok(())
}

impl Line<'_> {
    fn value(&self, column: &str) -> Result<Option<f64>> {
        let Some(array) = self.batch.column_by_name(column) else { return Ok(None) };
        let one = cast(&array.slice(self.row, 1), &DataType::Float64);
        let one = one.map_err(|e| fault(e.to_string()))?;
        let one = one.as_primitive::<Float64Type>();
        Ok(one.is_valid(0).then(|| one.value(0)))
    }

    fn text(&self, column: &str) -> Result<Option<String>> {
        let one = self.batch.slice(self.row, 1);
        Ok(text(texts(&one, column)?.as_ref(), 0))
    }

    fn valid_from(&self) -> Option<i32> {
        let array = self.batch.column_by_name(VALID_FROM)?;
        let days = array.as_primitive_opt::<Date32Type>()?;
        days.is_valid(self.row).then(|| days.value(self.row))
    }
}

fn texts(batch: &RecordBatch, column: &str) -> Result<Option<ArrayRef>> {
    let array = batch.column_by_name(column);
    let texts = array.map(|array| cast(array, &DataType::Utf8)).transpose();
    Ok(texts.map_err(|e| fault(e.to_string()))?)
}

fn text(array: Option<&ArrayRef>, row: usize) -> Option<String> {
    let texts = array?.as_string::<i32>();
    texts.is_valid(row).then(|| texts.value(row).to_owned())
}

fn batch(found: &[Change], title: &dyn Fn(&str, &str) -> String) -> Result<RecordBatch> {
    let strings = |value: &dyn Fn(&Change) -> Option<String>| -> ArrayRef {
        Arc::new(found.iter().map(value).collect::<StringArray>())
    };
    let floats = |value: &dyn Fn(&Change) -> Option<f64>| -> ArrayRef {
        Arc::new(found.iter().map(value).collect::<Float64Array>())
    };
    let mut columns = vec![("source_table", strings(&|one| Some(one.table.clone())))];
    for (place, name) in ABOUT.into_iter().enumerate() {
        columns.push((name, strings(&|one| one.about[place].clone())));
    }
    let days: Date32Array = found.iter().map(|one| one.valid_from).collect();
    columns.push((VALID_FROM, Arc::new(days)));
    columns.push(("figure", strings(&|one| Some(one.figure.clone()))));
    columns.push(("figure_title", strings(&|one| Some(title(&one.table, &one.figure)))));
    columns.push(("value_before", floats(&|one| one.before)));
    columns.push(("value_after", floats(&|one| one.after)));
    let difference = |one: &Change| Some(one.after? - one.before?);
    columns.push(("value_difference", floats(&difference)));
    Ok(table(TABLE, columns)?)
}

fn fault(message: String) -> EngineFault {
    EngineFault::Table { table: TABLE.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::fixture::batch as rows;

    fn grouping() -> Grouping<'static> {
        Grouping { table: "operator", keys: vec!["operator", "family"] }
    }

    fn tables(values: &[serde_json::Value]) -> Tables {
        let columns =
            "operator:s family:s tests_ok:i download_mbps_median:f download_mbps_median_low:f";
        Tables::from([("operator".into(), rows(columns, values))])
    }

    #[test]
    fn figures_that_differ_are_listed_with_both_values() {
        let before = tables(&[
            json!({"operator": "A", "family": "mobile", "tests_ok": 10, "download_mbps_median": 1.5,
                "download_mbps_median_low": 1.0}),
            json!({"operator": "B", "family": "mobile", "tests_ok": 5}),
        ]);
        let after = tables(&[
            json!({"operator": "C", "family": "mobile", "tests_ok": 7}),
            json!({"operator": "A", "family": "mobile", "tests_ok": 12, "download_mbps_median": 1.5,
                "download_mbps_median_low": 0.5}),
        ]);
        let found =
            changes(&[grouping()], &before, &after, &|_, figure| figure.to_uppercase()).unwrap();
        let text = |column: &str, row| super::text(texts(&found, column).unwrap().as_ref(), row);
        let row = |row| {
            let value = |column: &str| Line { batch: &found, row }.value(column).unwrap();
            let about = (text("operator", row).unwrap(), text("figure_title", row).unwrap());
            (about, value("value_before"), value("value_after"), value("value_difference"))
        };
        let about = |operator: &str| (operator.to_owned(), "TESTS_OK".to_owned());
        assert_eq!(found.num_rows(), 3);
        assert_eq!(row(0), (about("A"), Some(10.0), Some(12.0), Some(2.0)));
        assert_eq!(row(1), (about("B"), Some(5.0), None, None));
        assert_eq!(row(2), (about("C"), None, Some(7.0), None));
    }

    #[test]
    fn the_same_in_another_order_is_no_change() {
        let one = json!({"operator": "A", "family": "mobile", "tests_ok": 10});
        let two =
            json!({"operator": "B", "family": null, "tests_ok": 5, "download_mbps_median": 0.1});
        let (before, after) = (tables(&[one.clone(), two.clone()]), tables(&[two, one]));
        assert_eq!(
            changes(&[grouping()], &before, &after, &|_, _| String::new()).unwrap().num_rows(),
            0
        );
    }
}
