//! The tables `history_…`: what earlier bundles say, in columns that queries know.
//!
//! An indicator that an earlier bundle did not have has no values in its months.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray, new_null_array,
};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use arrow::error::ArrowError;

use super::bundles::Bundle;
use super::fault::HistoryFault;
use super::months::{Basis, Month};
use super::restated;
use crate::engine::EngineFault;
use crate::error::{Error, Result};
use crate::plan::{Plan, table};
use crate::queries::Queries;
use crate::statistics::Tables;

/// The tables of a bundle that a trend is read from.
pub const PUBLISHED: [&str; 5] = ["province", "operator", "commune", "quota_area", "gaps"];

/// One that bundles from before it was made do not have.
pub const PUBLISHED_LATELY: [&str; 1] = ["province_technology"];

/// Those, and the samples of a month that could not be restated.
const TABLES: [&str; 7] =
    ["province", "province_technology", "operator", "commune", "quota_area", "gaps", "unrestated"];

const TEXT: DataType = DataType::Utf8;
const COUNT: DataType = DataType::Int64;
const COMMUNE: [(&str, DataType); 3] =
    [("commune_code", TEXT), ("commune_name", TEXT), ("commune_valid_from", DataType::Date32)];

/// What follows the name of a statistic, and of the ends of its interval.
const ENDS: [&str; 3] = ["", "_low", "_high"];

/// Columns of a table; the last `measures` of them may be missing.
struct Shape {
    columns: Vec<(String, DataType)>,
    measures: usize,
}

impl Shape {
    fn of(table: &str, queries: &Queries) -> Self {
        let keys: &[(&str, DataType)] = match table {
            "operator" => &[("operator", TEXT), ("family", TEXT)],
            "province_technology" => &[("access_type", TEXT), ("technology", TEXT)],
            "commune" => &[&COMMUNE[..], &[("family", TEXT)]].concat(),
            "quota_area" => {
                let columns = [
                    &[("level", TEXT), ("area_code", TEXT), ("family", TEXT)][..],
                    &[("legal", DataType::Boolean), ("quota", COUNT), ("tests_ok", COUNT)],
                    &[("counted", COUNT), ("communes", COUNT), ("communes_met", COUNT)],
                    &[("communes_zero", COUNT)],
                ];
                return Self::fixed(&columns.concat());
            }
            "gaps" => {
                let columns = [
                    &[("gap_class", TEXT), ("state", TEXT)][..],
                    &COMMUNE,
                    &[("access_type", TEXT), ("family", TEXT), ("operator", TEXT)],
                    &[("technology", TEXT), ("indicator", TEXT), ("place", TEXT)],
                ];
                return Self::fixed(&columns.concat());
            }
            "unrestated" => {
                return Self::fixed(&[("commune_code", TEXT), ("district_code", TEXT)]);
            }
            _ => &[("family", TEXT)],
        };
        let common = [
            ("tests_ok", COUNT),
            ("samples_effective", COUNT),
            ("samples_adjusted", COUNT),
            ("devices", COUNT),
            ("tier", TEXT),
        ];
        let mut shape = Self::fixed(&[keys, &common].concat());
        let statistics: &[&str] =
            if table == "province_technology" { &["mean", "median"] } else { &["median"] };
        for indicator in &queries.indicators {
            for (statistic, end) in statistics.iter().flat_map(|s| ENDS.map(|end| (s, end))) {
                let name = format!("{}_{statistic}{end}", indicator.name);
                shape.columns.push((name, DataType::Float64));
                shape.measures += 1;
            }
        }
        shape
    }

    fn fixed(columns: &[(&str, DataType)]) -> Self {
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), kind.clone()));
        Shape { columns: columns.collect(), measures: 0 }
    }

    /// With the columns that say of which month a row is.
    fn schema(&self) -> SchemaRef {
        let month = [("month", TEXT), ("months_back", COUNT), ("basis", TEXT)];
        let month = month.into_iter().map(|(name, kind)| Field::new(name, kind, true));
        let own = self.columns.iter().map(|(name, kind)| Field::new(name, kind.clone(), true));
        Arc::new(Schema::new(month.chain(own).collect::<Vec<_>>()))
    }

    /// The rows of a table as those of a month; the error is the column that does not fit.
    fn rows(&self, month: &Month, table: &RecordBatch) -> Result<RecordBatch, String> {
        let rows = table.num_rows();
        let text = |value: &str| -> ArrayRef { Arc::new(StringArray::from(vec![value; rows])) };
        let mut columns = vec![
            text(&month.month),
            Arc::new(Int64Array::from(vec![month.months_back; rows])),
            text(month.basis.map_or("", Basis::name)),
        ];
        let required = self.columns.len() - self.measures;
        for (at, (name, kind)) in self.columns.iter().enumerate() {
            columns.push(match table.column_by_name(name) {
                Some(column) => cast(column, kind).map_err(|_| name.clone())?,
                None if at >= required => new_null_array(kind, rows),
                None => return Err(name.clone()),
            });
        }
        RecordBatch::try_new(self.schema(), columns).map_err(|e| e.to_string())
    }
}

/// Every table of the history; each is empty without one.
pub(super) fn history(plan: &Plan) -> Result<Vec<(String, RecordBatch)>> {
    let history = &plan.history;
    let mut tables = vec![("history_months".to_owned(), months(&history.months)?)];
    let mut parts: Vec<Vec<RecordBatch>> = vec![Vec::new(); TABLES.len()];
    for month in &history.months {
        let bundles: Vec<&Bundle> =
            history.bundles.iter().filter(|bundle| bundle.month() == month.month).collect();
        let restated = match month.basis {
            Some(Basis::Restated) => restated::statistics(plan, &month.month, &bundles)?,
            Some(Basis::Published) => Tables::new(),
            None => continue,
        };
        for (name, parts) in TABLES.iter().zip(&mut parts) {
            let shape = Shape::of(name, &plan.queries);
            let computed = restated.get(*name).into_iter().map(|table| (None, table));
            let published = bundles.iter().filter_map(|b| Some((Some(*b), b.tables.get(*name)?)));
            for (bundle, table) in computed.chain(published) {
                let rows = shape.rows(month, table);
                parts.push(rows.map_err(|column| misshapen(bundle, name, &column))?);
            }
        }
    }
    for (name, parts) in TABLES.iter().zip(parts) {
        let schema = Shape::of(name, &plan.queries).schema();
        let whole = concat_batches(&schema, &parts).map_err(broken)?;
        tables.push((format!("history_{name}"), whole));
    }
    tables.push(("crosswalk".to_owned(), crosswalk(plan)?));
    Ok(tables)
}

fn misshapen(bundle: Option<&Bundle>, table: &str, column: &str) -> Error {
    let found = format!("has no fitting column `{column}`");
    let bundle = bundle.map_or_else(String::new, Bundle::name);
    let (file, expected) = (format!("{table}.parquet"), "one".to_owned());
    HistoryFault::Table { bundle, file, found, expected }.into()
}

/// The table `history_months`: the month of the report (0 months back) and those before it.
fn months(months: &[Month]) -> Result<RecordBatch> {
    let text = |of: &dyn Fn(&Month) -> Option<String>| -> ArrayRef {
        Arc::new(months.iter().map(of).collect::<StringArray>())
    };
    let back: ArrayRef =
        Arc::new(months.iter().map(|m| Some(m.months_back)).collect::<Int64Array>());
    let comparable: ArrayRef =
        Arc::new(months.iter().map(|m| Some(m.basis.is_some())).collect::<BooleanArray>());
    let missing = |m: &Month| (!m.missing.is_empty()).then(|| m.missing.join(", "));
    Ok(table(
        "history_months",
        [
            ("month", text(&|m| Some(m.month.clone()))),
            ("months_back", back),
            ("basis", text(&|m| m.basis.map(|basis| basis.name().to_owned()))),
            ("comparable", comparable),
            ("reason", text(&|m| m.reason.map(str::to_owned))),
            ("missing", text(&missing)),
        ],
    )?)
}

/// The pairs of the crosswalk that concern the communes of the report.
fn crosswalk(plan: &Plan) -> Result<RecordBatch> {
    let reform = plan.config.communes.restated_on;
    let before = plan.period.as_ref().zip(reform).is_some_and(|(p, reform)| p.from < reform);
    let codes: Vec<&str> = plan.communes().into_iter().map(|c| c.code.as_str()).collect();
    Ok(plan.crosswalk.batch(&plan.register, |pair| {
        codes.binary_search(&if before { &*pair.old } else { &*pair.new }).is_ok()
    })?)
}

/// Which rows are of the month right before the report, as its bundle has them.
pub(super) fn is_last_month(table: &RecordBatch) -> BooleanArray {
    let back = table.column_by_name("months_back").and_then(|c| c.as_primitive_opt::<Int64Type>());
    let basis = table.column_by_name("basis").and_then(|c| c.as_string_opt::<i32>());
    let (Some(back), Some(basis)) = (back, basis) else {
        return BooleanArray::from(vec![false; table.num_rows()]);
    };
    let published = basis.iter().map(|basis| basis == Some(Basis::Published.name()));
    back.iter().zip(published).map(|(back, published)| Some(back == Some(1) && published)).collect()
}

pub(super) fn broken(error: ArrowError) -> EngineFault {
    EngineFault::Table { table: "history".into(), message: error.to_string() }
}
