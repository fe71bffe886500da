//! The tables that statistics read beside samples: from configuration and register.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use jiff::civil::Date;

use crate::communes::Commune;
use crate::config::{Benchmark, TECHNOLOGIES};
use crate::error::Result;
use crate::import::functions::days;
use crate::plan::{Plan, table};
use crate::queries::Family;

const ACCESS_TYPES: [&str; 2] = ["fixed", "mobile"];

/// The tables that come from the configuration and the register.
pub fn inputs(plan: &Plan, simulated: bool) -> Result<Vec<(String, RecordBatch)>> {
    let mut inputs = vec![
        ("parameters".to_owned(), plan.parameters(simulated)?),
        ("communes".to_owned(), commune_table(&plan.communes())?),
        ("benchmarks".to_owned(), benchmarks(plan, simulated)?),
    ];
    inputs.push(("families".into(), families(plan)?));
    let types: ArrayRef = Arc::new(StringArray::from(ACCESS_TYPES.to_vec()));
    inputs.push(("access_types".into(), table("access_types", [("access_type", types)])?));
    let all = plan.period.as_ref().map_or_else(Vec::new, |period| period.days());
    let all: ArrayRef = Arc::new(Date32Array::from_iter_values(all.into_iter().map(days)));
    inputs.push(("days".into(), table("days", [("local_day", all)])?));
    for indicator in plan.queries.indicators.iter().filter(|i| i.benchmark) {
        let name = format!("benchmark_{}", indicator.name);
        inputs.push((name, benchmark_keys(plan, &indicator.name)?));
        let name = format!("benchmark_of_operator_{}", indicator.name);
        inputs.push((name, operator_benchmark_keys(plan, &indicator.name)?));
    }
    Ok(inputs)
}

/// The families with their quotas of tests per commune and month.
fn families(plan: &Plan) -> Result<RecordBatch> {
    let families = &plan.queries.families;
    let settings = &plan.config.statistics;
    let quota = |name: &str| settings.family_quota.get(name).copied().unwrap_or(settings.quota);
    let names: ArrayRef =
        Arc::new(StringArray::from_iter_values(families.iter().map(|f| f.name.as_str())));
    let types: ArrayRef =
        Arc::new(StringArray::from_iter_values(families.iter().map(|f| f.access_type.as_str())));
    let legal: ArrayRef =
        Arc::new(BooleanArray::from_iter(families.iter().map(|f| Some(f.technology.is_none()))));
    let quotas: ArrayRef =
        Arc::new(Int64Array::from_iter_values(families.iter().map(|f| i64::from(quota(&f.name)))));
    Ok(table(
        "families",
        [("family", names), ("access_type", types), ("legal", legal), ("quota", quotas)],
    )?)
}

/// Communes as queries read them.
pub fn commune_table(communes: &[&Commune]) -> Result<RecordBatch> {
    let text = |of: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
        Arc::new((0..communes.len()).map(of).collect::<StringArray>())
    };
    let seat = |of: fn((f64, f64)) -> f64| -> ArrayRef {
        Arc::new(communes.iter().map(|c| c.seat.map(of)).collect::<Float64Array>())
    };
    let from = communes.iter().map(|c| days(c.valid_from));
    let from: ArrayRef = Arc::new(Date32Array::from_iter_values(from));
    let district = |c: usize| communes[c].district.as_ref();
    Ok(table(
        "communes",
        [
            ("province_code", text(&|c| Some(communes[c].province_code.clone()))),
            ("province_name", text(&|c| Some(communes[c].province_name.clone()))),
            ("district_code", text(&|c| district(c).map(|d| d.code.clone()))),
            ("district_name", text(&|c| district(c).map(|d| d.name.clone()))),
            ("commune_code", text(&|c| Some(communes[c].code.clone()))),
            ("commune_name", text(&|c| Some(communes[c].name.clone()))),
            ("valid_from", from),
            ("seat_latitude", seat(|(latitude, _)| latitude)),
            ("seat_longitude", seat(|(_, longitude)| longitude)),
        ],
    )?)
}

/// The benchmarks that hold on every day of the period.
fn in_force(plan: &Plan) -> impl Iterator<Item = &Benchmark> {
    plan.config.benchmarks.iter().filter(|benchmark| {
        plan.period.as_ref().is_none_or(|period| {
            benchmark.valid_from.is_none_or(|from| from <= period.from)
                && benchmark.valid_until.is_none_or(|until| until >= period.to)
        })
    })
}

/// The benchmarks in force, in a total order.
pub fn benchmarks(plan: &Plan, simulated: bool) -> Result<RecordBatch> {
    let mut rows: Vec<&Benchmark> = in_force(plan).collect();
    rows.sort_by_key(|b| (&b.indicator, &b.access_type, &b.technology, &b.operator));
    let text = |of: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
        Arc::new((0..rows.len()).map(of).collect::<StringArray>())
    };
    let values: ArrayRef = Arc::new(Float64Array::from_iter_values(rows.iter().map(|b| b.value)));
    let day = |of: fn(&Benchmark) -> Option<Date>| -> ArrayRef {
        Arc::new(rows.iter().map(|b| of(b).map(days)).collect::<Date32Array>())
    };
    let mark: ArrayRef = Arc::new(BooleanArray::from(vec![simulated; rows.len()]));
    Ok(table(
        "benchmarks",
        [
            ("indicator", text(&|r| Some(rows[r].indicator.clone()))),
            ("access_type", text(&|r| Some(rows[r].access_type.clone()))),
            ("technology", text(&|r| rows[r].technology.clone())),
            ("family", text(&|r| family_of(plan, rows[r]).map(Into::into))),
            ("operator", text(&|r| rows[r].operator.clone())),
            ("value", values),
            ("source", text(&|r| Some(rows[r].source.clone()))),
            ("valid_from", day(|b| b.valid_from)),
            ("valid_until", day(|b| b.valid_until)),
            ("target_date", day(|b| b.target_date)),
            ("simulated", mark),
        ],
    )?)
}

/// The family whose results a benchmark stands beside.
fn family_of<'a>(plan: &'a Plan, benchmark: &Benchmark) -> Option<&'a str> {
    let families = || plan.queries.families.iter();
    let of_type = |family: &&Family| family.access_type == benchmark.access_type;
    families()
        .filter(of_type)
        .find(|family| family.technology == benchmark.technology)
        .or_else(|| families().filter(of_type).find(|family| family.technology.is_none()))
        .map(|family| family.name.as_str())
}

/// The benchmarks of one indicator for all operators, by access type and technology.
fn benchmark_keys(plan: &Plan, indicator: &str) -> Result<RecordBatch> {
    let mut keys = BTreeMap::new();
    for access_type in ACCESS_TYPES {
        for technology in TECHNOLOGIES {
            if let Some(value) = value_for(plan, indicator, access_type, technology, None) {
                keys.insert((access_type, technology), value);
            }
        }
    }
    let text = |of: fn(&(&'static str, &'static str)) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(keys.keys().map(of)))
    };
    let values: ArrayRef = Arc::new(Float64Array::from_iter_values(keys.values().copied()));
    Ok(table(
        "benchmark",
        [("access_type", text(|k| k.0)), ("technology_key", text(|k| k.1)), ("value", values)],
    )?)
}

/// The same for each operator that declared a value of its own.
fn operator_benchmark_keys(plan: &Plan, indicator: &str) -> Result<RecordBatch> {
    let declared = in_force(plan).filter(|b| b.indicator == indicator);
    let operators: BTreeSet<&str> = declared.filter_map(|b| b.operator.as_deref()).collect();
    let mut keys: BTreeMap<(&str, &str, &str), f64> = BTreeMap::new();
    for operator in operators {
        for access_type in ACCESS_TYPES {
            for technology in TECHNOLOGIES {
                let value = value_for(plan, indicator, access_type, technology, Some(operator));
                keys.extend(value.map(|value| ((operator, access_type, technology), value)));
            }
        }
    }
    let operators: ArrayRef = Arc::new(StringArray::from_iter_values(keys.keys().map(|k| k.0)));
    let access: ArrayRef = Arc::new(StringArray::from_iter_values(keys.keys().map(|k| k.1)));
    let technology: ArrayRef = Arc::new(StringArray::from_iter_values(keys.keys().map(|k| k.2)));
    let values: ArrayRef = Arc::new(Float64Array::from_iter_values(keys.values().copied()));
    Ok(table(
        "benchmark_of_operator",
        [
            ("operator", operators),
            ("access_type", access),
            ("technology_key", technology),
            ("value", values),
        ],
    )?)
}

/// What a sample is compared with: the benchmark of its technology, else that of any; of each, the
/// one that its operator declared, else that for all.
fn value_for(
    plan: &Plan,
    indicator: &str,
    access_type: &str,
    technology: &str,
    operator: Option<&str>,
) -> Option<f64> {
    let fits = |b: &&Benchmark| b.indicator == indicator && b.access_type == access_type;
    let find = |technology: Option<&str>, operator: Option<&str>| {
        let same = |b: &Benchmark| {
            b.technology.as_deref() == technology && b.operator.as_deref() == operator
        };
        // Of several, the last of the configuration.
        in_force(plan).filter(fits).filter(|b| same(b)).last().map(|b| b.value)
    };
    [Some(technology), None]
        .into_iter()
        .find_map(|technology| find(technology, operator).or_else(|| find(technology, None)))
}
