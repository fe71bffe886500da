//! The table of `status`: counts by commune, with where they will be and what is missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use jiff::civil::Date;

use super::projection::{Counts, Days, Projection, common_dispersion, project};
use super::{Standing, TABLE};
use crate::engine::EngineFault;
use crate::import::functions::days as days_since_epoch;
use crate::plan::table;

/// Only for the projection.
const SQUARES: &str = "squares";

/// A commune with a kind of access, and where it will be.
struct Place {
    quota: i64,
    counted: i64,
    total: Option<Projection>,
}

impl Place {
    fn standing(&self) -> Option<&'static str> {
        self.total.map(|total| Standing::of(self.counted, self.quota, total).word())
    }
}

/// The rows of `queries/status/status.sql` with what they become.
pub(super) fn projected(
    counts: &RecordBatch,
    through: Date,
    days: Days,
    simulated: bool,
) -> Result<RecordBatch, EngineFault> {
    let places = places(counts, days)?;
    let rows = counts.num_rows();
    let whole = |of: &dyn Fn(&Place) -> Option<i64>| -> ArrayRef {
        Arc::new(places.iter().map(of).collect::<Int64Array>())
    };
    let real = |of: &dyn Fn(&Place) -> Option<f64>| -> ArrayRef {
        Arc::new(places.iter().map(of).collect::<Float64Array>())
    };
    let standings = places.iter().map(Place::standing).collect::<StringArray>();
    let schema = counts.schema();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let counted = names.zip(counts.columns().iter().cloned()).filter(|(name, _)| *name != SQUARES);
    let added: [(&str, ArrayRef); 10] = [
        ("through", Arc::new(Date32Array::from(vec![days_since_epoch(through); rows]))),
        ("days_done", whole(&|_| Some(days.done.into()))),
        ("days_left", whole(&|_| Some(days.left.into()))),
        ("per_day", real(&|place| Some(place.counted as f64 / f64::from(days.done)))),
        ("projected", real(&|place| place.total.map(|total| total.total))),
        ("projected_low", whole(&|place| place.total.map(|total| total.low))),
        ("projected_high", whole(&|place| place.total.map(|total| total.high))),
        ("standing", Arc::new(standings)),
        ("needed_per_day", whole(&|place| needed_per_day(place.quota - place.counted, days))),
        ("simulated", Arc::new(BooleanArray::from(vec![simulated; rows]))),
    ];
    table(TABLE, counted.chain(added))
}

/// Each kind of access scatters in its own way.
fn places(table: &RecordBatch, days: Days) -> Result<Vec<Place>, EngineFault> {
    let [quotas, totals, squares] =
        ["quota", "counted", SQUARES].map(|name| column(table, name, DataType::Int64));
    let families = column(table, "family", DataType::Utf8)?;
    let families = families.as_string::<i32>();
    let counts: Vec<Counts> = integers(&totals?)
        .zip(integers(&squares?))
        .map(|(total, squares)| Counts { total, squares })
        .collect();
    let mut by_family: BTreeMap<Option<&str>, Vec<Counts>> = BTreeMap::new();
    for (family, counts) in families.iter().zip(&counts) {
        by_family.entry(family).or_default().push(*counts);
    }
    let dispersions: BTreeMap<Option<&str>, f64> =
        by_family.iter().map(|(family, all)| (*family, common_dispersion(all, days))).collect();
    let place = |((family, counts), quota): ((Option<&str>, &Counts), i64)| {
        let dispersion = dispersions.get(&family).copied().unwrap_or(1.0);
        Place { quota, counted: counts.total, total: project(*counts, days, dispersion) }
    };
    Ok(families.iter().zip(&counts).zip(integers(&quotas?)).map(place).collect())
}

/// Null counts as nothing.
fn integers(column: &ArrayRef) -> impl Iterator<Item = i64> {
    column.as_primitive::<Int64Type>().iter().map(Option::unwrap_or_default)
}

fn column(table: &RecordBatch, name: &str, kind: DataType) -> Result<ArrayRef, EngineFault> {
    let fault = |message: String| EngineFault::Table { table: TABLE.to_owned(), message };
    let found = table.column_by_name(name);
    let found = found.ok_or_else(|| fault(format!("it has no column `{name}`")))?;
    cast(found, &kind).map_err(|error| fault(format!("column `{name}`: {error}")))
}

/// Whole tests a day that make up for what is missing; none when nothing is, or no day is left.
fn needed_per_day(missing: i64, days: Days) -> Option<i64> {
    (missing > 0 && days.left > 0).then(|| {
        let left = i64::from(days.left);
        (missing + left - 1) / left
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::fixture::batch;

    #[test]
    fn what_is_needed_is_rounded_up() {
        let of = |missing, left| needed_per_day(missing, Days { done: 1, left });
        assert_eq!([of(31, 10), of(30, 10), of(0, 10), of(5, 0)], [Some(4), Some(3), None, None]);
    }

    #[test]
    fn a_query_without_its_columns_is_an_error() {
        let counts = batch("family:s quota:i counted:i", &[json!({"family": "mobile"})]);
        let day = Date::constant(2025, 10, 1);
        let found = projected(&counts, day, Days { done: 1, left: 30 }, false).unwrap_err();
        assert!(found.to_string().contains("`squares`"), "{found}");
    }
}
