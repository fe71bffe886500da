//! The stage: effective samples in, the table `comparisons` out.

use std::collections::{BTreeMap, HashMap};

use arrow::array::{
    Array, AsArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};

use super::pairs::{self, OperatorSamples, Scope};
use super::rule::{Rule, Worse};
use super::samples::Sample;
use super::table::{Keys, table};
use crate::engine::EngineFault;
use crate::error::Result;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::statistics::Bench;
use crate::vietnamese::collation_key;

const SAMPLES: &str = "comparison/samples.sql";

/// Adds the table `comparisons`: every pair of known operators, per indicator that is compared and
/// per family, in the province and in communes where both have enough samples.
pub fn compare(
    plan: &Plan,
    bench: &mut Bench,
    simulated: bool,
    progress: Progress<'_>,
) -> Result<()> {
    progress(Step::Stage { name: "comparison", rows: 0 });
    let mut groups = Groups::new(plan, bench)?;
    if plan.queries.indicators.iter().any(|indicator| indicator.compare) {
        let sql = plan.queries.sql(SAMPLES)?;
        bench.read(SAMPLES, sql, &mut |batch| Ok(groups.add(&batch)?))?;
    }
    let (keys, scopes) = groups.scopes(plan);
    let limits = &plan.config.statistics;
    let rule = Rule {
        devices: limits.compare_devices as usize,
        publish_from: f64::from(limits.publish_from),
        without_device_share: limits.max_without_device_share,
    };
    let found = pairs::compare(&scopes, &rule);
    bench.tables.insert("comparisons".into(), table(plan, &keys, &found, simulated)?);
    Ok(())
}

/// A commune of the register: its code and the day from which it holds, in days since 1970.
pub type Commune = (String, i32);

/// Where operators are compared: indicator, family and, below the province, the commune.
type Place = (String, String, Option<Commune>);

/// Samples of each operator in each place.
struct Groups {
    operators: BTreeMap<Place, BTreeMap<String, OperatorSamples>>,
    strata: HashMap<(String, i32, String), u32>,
    /// Adjusted sizes by place and operator.
    sizes: HashMap<(Place, String), f64>,
    commune_from: f64,
}

fn fault(message: impl ToString) -> EngineFault {
    EngineFault::Query { query: SAMPLES.into(), message: message.to_string() }
}

impl Groups {
    fn new(plan: &Plan, bench: &Bench) -> Result<Self, EngineFault> {
        let mut sizes = HashMap::new();
        for indicator in plan.queries.indicators.iter().filter(|i| i.compare) {
            for name in ["operator", "commune_operator"] {
                let table = bench.tables.get(name);
                sizes.extend(table.into_iter().flat_map(|t| adjusted_sizes(t, &indicator.name)));
            }
        }
        let commune_from = f64::from(plan.config.statistics.compare_commune_from);
        let (operators, strata) = (BTreeMap::new(), HashMap::new());
        Ok(Groups { operators, strata, sizes, commune_from })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), EngineFault> {
        let rows = Rows::of(batch)?;
        for row in 0..batch.num_rows() {
            let operator = rows.operator.value(row);
            let code = rows.commune_code.value(row).to_owned();
            let commune = (code, rows.commune_valid_from.value(row));
            let sample = rows.sample(row, self.stratum(&commune, rows.technology.value(row)));
            let key = (rows.indicator.value(row).to_owned(), rows.family.value(row).to_owned());
            let local: Place = (key.0.clone(), key.1.clone(), Some(commune));
            let size = self.sizes.get(&(local.clone(), operator.to_owned()));
            // Communes that cannot be compared need not be kept.
            if size.is_some_and(|size| *size >= self.commune_from) {
                self.keep(local, operator, sample);
            }
            self.keep((key.0, key.1, None), operator, sample);
        }
        Ok(())
    }

    fn stratum(&mut self, commune: &Commune, technology: &str) -> u32 {
        let next = self.strata.len() as u32;
        let key = (commune.0.clone(), commune.1, technology.to_owned());
        *self.strata.entry(key).or_insert(next)
    }

    fn keep(&mut self, place: Place, operator: &str, sample: Sample) {
        let operators = self.operators.entry(place).or_default();
        match operators.get_mut(operator) {
            Some(of) => of.samples.push(sample),
            None => {
                let samples = vec![sample];
                operators.insert(operator.to_owned(), OperatorSamples { samples, n_adj: None });
            }
        }
    }

    /// Places in order, each with its operators in the order of the Vietnamese alphabet.
    fn scopes(self, plan: &Plan) -> (Vec<Keys>, Vec<Scope>) {
        let Groups { operators, sizes, .. } = self;
        let worse = |name: &str| {
            let indicator = plan.queries.indicators.iter().find(|i| i.name == name);
            if indicator.is_some_and(|i| i.worse == "high") { Worse::High } else { Worse::Low }
        };
        let scope = |(place, operators): (Place, BTreeMap<String, OperatorSamples>)| {
            let mut named: Vec<(String, OperatorSamples)> = operators.into_iter().collect();
            named.sort_by_cached_key(|(name, _)| (collation_key(name), name.clone()));
            for (name, of) in &mut named {
                of.n_adj = sizes.get(&(place.clone(), name.clone())).copied();
            }
            let (names, operators) = named.into_iter().unzip();
            let worse = worse(&place.0);
            let (indicator, family, commune) = place;
            let keys = Keys { indicator, family, commune, operators: names };
            (keys, Scope { worse, operators })
        };
        operators.into_iter().map(scope).unzip()
    }
}

/// The typed columns of `comparison/samples.sql`.
struct Rows {
    indicator: StringArray,
    family: StringArray,
    commune_code: StringArray,
    commune_valid_from: Date32Array,
    operator: StringArray,
    technology: StringArray,
    cluster_no: Int64Array,
    tests: Int64Array,
    value: Float64Array,
}

impl Rows {
    fn of(batch: &RecordBatch) -> Result<Self, EngineFault> {
        let column = |name: &str, to: DataType| {
            let found = batch.column_by_name(name);
            let found = found.ok_or_else(|| fault(format!("column `{name}` is missing")))?;
            cast(found, &to).map_err(|e| fault(format!("column `{name}`: {e}")))
        };
        let text = |name: &str| Ok(column(name, DataType::Utf8)?.as_string::<i32>().clone());
        let count = |name: &str| {
            let array = column(name, DataType::Int64)?;
            Ok::<_, EngineFault>(array.as_primitive::<Int64Type>().clone())
        };
        let value = column("value", DataType::Float64)?;
        let from = column("commune_valid_from", DataType::Date32)?;
        Ok(Rows {
            indicator: text("indicator")?,
            family: text("family")?,
            commune_code: text("commune_code")?,
            commune_valid_from: from.as_primitive::<Date32Type>().clone(),
            operator: text("operator")?,
            technology: text("technology")?,
            cluster_no: count("cluster_no")?,
            tests: count("tests")?,
            value: value.as_primitive::<Float64Type>().clone(),
        })
    }

    fn sample(&self, row: usize, stratum: u32) -> Sample {
        let cluster = self.cluster_no.is_valid(row).then(|| self.cluster_no.value(row));
        let tests = u32::try_from(self.tests.value(row)).unwrap_or(u32::MAX);
        Sample { cluster, stratum, value: self.value.value(row), tests }
    }
}

/// The adjusted sizes of a table of statistics, where it has them.
fn adjusted_sizes(batch: &RecordBatch, indicator: &str) -> Vec<((Place, String), f64)> {
    let column = |name: &str, to: DataType| cast(batch.column_by_name(name)?, &to).ok();
    let read = || {
        let sizes = column(&format!("{indicator}_n_adj"), DataType::Float64)?;
        let (sizes, families) =
            (sizes.as_primitive::<Float64Type>(), column("family", DataType::Utf8)?);
        let operators = column("operator", DataType::Utf8)?;
        let codes = column("commune_code", DataType::Utf8);
        let from = column("commune_valid_from", DataType::Date32);
        let commune = |row: usize| -> Option<Commune> {
            let code = codes.as_ref()?.as_string::<i32>().value(row).to_owned();
            Some((code, from.as_ref()?.as_primitive::<Date32Type>().value(row)))
        };
        let text = |array: &dyn Array, row: usize| array.as_string::<i32>().value(row).to_owned();
        let rows = (0..batch.num_rows()).filter(|row| sizes.is_valid(*row));
        let entry = |row: usize| {
            let place = (indicator.to_owned(), text(&families, row), commune(row));
            ((place, text(&operators, row)), sizes.value(row))
        };
        Some(rows.map(entry).collect())
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    fn text(values: &[&str]) -> arrow::array::ArrayRef {
        std::sync::Arc::new(StringArray::from(values.to_vec()))
    }

    fn days(values: &[i32]) -> arrow::array::ArrayRef {
        std::sync::Arc::new(Date32Array::from(values.to_vec()))
    }

    fn numbers(values: &[Option<f64>]) -> arrow::array::ArrayRef {
        std::sync::Arc::new(Float64Array::from(values.to_vec()))
    }

    fn counts(values: &[Option<i64>]) -> arrow::array::ArrayRef {
        std::sync::Arc::new(Int64Array::from(values.to_vec()))
    }

    /// One commune code in two eras; only in the second both operators have enough samples.
    fn sizes() -> RecordBatch {
        let columns = [
            ("commune_code", text(&["1", "1", "1", "1"])),
            ("commune_valid_from", days(&[7, 7, 9, 9])),
            ("operator", text(&["A", "B", "A", "B"])),
            ("family", text(&["mobile"; 4])),
            ("download_mbps_n_adj", numbers(&[Some(99.9), None, Some(100.0), Some(250.0)])),
        ];
        plan::table("commune_operator", columns).unwrap()
    }

    fn samples() -> RecordBatch {
        let columns = [
            ("indicator", text(&["download_mbps"; 5])),
            ("family", text(&["mobile"; 5])),
            ("commune_code", text(&["1"; 5])),
            ("commune_valid_from", days(&[7, 7, 9, 9, 9])),
            ("operator", text(&["A", "B", "A", "B", "B"])),
            ("technology", text(&["4G", "4G", "4G", "5G", "4G"])),
            ("cluster_no", counts(&[Some(1), Some(2), Some(3), Some(4), None])),
            ("tests", counts(&[Some(1), Some(2), Some(3), Some(4), Some(1)])),
            ("value", numbers(&[Some(10.0), Some(20.0), Some(30.0), Some(40.0), Some(50.0)])),
        ];
        plan::table("samples", columns).unwrap()
    }

    fn groups() -> Groups {
        let sizes = adjusted_sizes(&sizes(), "download_mbps").into_iter().collect();
        let (operators, strata) = (BTreeMap::new(), HashMap::new());
        let mut groups = Groups { operators, strata, sizes, commune_from: 100.0 };
        groups.add(&samples()).unwrap();
        groups
    }

    #[test]
    fn communes_are_kept_from_their_adjusted_size_on() {
        let groups = groups();
        let places: Vec<_> = groups.operators.keys().map(|(_, _, commune)| commune).collect();
        assert_eq!(places, [&None, &Some(("1".to_owned(), 9))]);
        let whole = groups.operators.values().next().unwrap();
        assert_eq!((whole["A"].samples.len(), whole["B"].samples.len()), (2, 3));
    }

    #[test]
    fn strata_are_communes_of_an_era_by_technology() {
        let groups = groups();
        let local = groups.operators.values().next_back().unwrap();
        let strata: Vec<u32> =
            local.values().flat_map(|of| &of.samples).map(|s| s.stratum).collect();
        assert_eq!(strata, [1, 2, 1]);
        let last = local["B"].samples[1];
        assert_eq!((last.cluster, last.value, last.tests), (None, 50.0, 1));
    }

    #[test]
    fn tables_without_adjusted_sizes_have_none() {
        let plain = plan::table("operator", [("operator", text(&["A"]))]).unwrap();
        assert!(adjusted_sizes(&plain, "download_mbps").is_empty());
        assert!(adjusted_sizes(&sizes(), "upload_mbps").is_empty());
    }
}
