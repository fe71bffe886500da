//! Tables of statistics: per operator, commune and both, from accepted and effective samples.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;

use crate::bundle::tables::writer_properties;
use crate::config::Benchmark;
use crate::engine::{self, Engine};
use crate::error::Result;
use crate::import::functions::days;
use crate::plan::{Plan, table};
use crate::progress::{Progress, Step};
use crate::validation::{ValidSamples, ValidationFault, register_accepted};

/// Tables by name, each in a total order.
pub type Tables = BTreeMap<String, RecordBatch>;

/// What effective samples and benchmarks are joined by, for a test without technology.
const UNKNOWN_TECHNOLOGY: &str = "unknown";

/// The text of every query that was run, by name: the bundle keeps them.
pub type RunQueries = BTreeMap<String, String>;

/// An engine with everything that statistics and gaps read, and what it ran.
pub struct Bench {
    engine: Box<dyn Engine + Send>,
    pub tables: Tables,
    /// Tables that queries read besides samples and the tables above.
    pub inputs: Tables,
    pub queries: RunQueries,
}

impl Bench {
    /// Makes samples, register and parameters known.
    pub fn new(plan: &Plan, valid: &ValidSamples, effective: &Path) -> Result<Self> {
        let mut engine = engine::open(&[]);
        let e = engine.as_mut();
        register_accepted(e, plan, &valid.passed, &valid.duplicates)?;
        e.register_parquet("samples_effective", &[effective.to_owned()])?;
        e.register_view(
            "effective",
            &format!(
                "SELECT *, COALESCE(technology, '{UNKNOWN_TECHNOLOGY}') AS technology_key \
                 FROM samples_effective"
            ),
        )?;
        for table in ["accepted", "effective"] {
            e.register_view(&format!("{table}_by_family"), &plan.queries.by_family(table))?;
        }
        let simulated = valid.ledger.simulated;
        for (name, batch) in inputs(plan, simulated)? {
            e.register_batches(&name, batch.schema(), &[batch])?;
        }
        Ok(Bench::over(engine))
    }

    /// A bench over what an engine knows.
    pub fn over(engine: Box<dyn Engine + Send>) -> Self {
        let (tables, inputs) = (Tables::new(), Tables::new());
        Bench { engine, tables, inputs, queries: RunQueries::new() }
    }

    /// Makes a table known to later queries, and keeps it beside their text.
    pub fn input(&mut self, name: &str, batch: RecordBatch) -> Result<()> {
        self.engine.register_batches(name, batch.schema(), std::slice::from_ref(&batch))?;
        self.inputs.insert(name.to_owned(), batch);
        Ok(())
    }

    /// Makes a query known to later ones, without running it.
    pub fn view(&mut self, name: &str, query: &str, sql: String) -> Result<()> {
        self.engine.register_view(name, &sql)?;
        self.queries.insert(query.to_owned(), sql);
        Ok(())
    }

    /// Runs a query whose result stays in `file`, and makes it known to later ones.
    pub fn spill(&mut self, name: &str, query: &str, sql: String, file: &Path) -> Result<()> {
        spill(self.engine.as_ref(), query, &sql, file)?;
        self.engine.register_parquet(name, &[file.to_owned()])?;
        self.queries.insert(query.to_owned(), sql);
        Ok(())
    }

    /// Runs a query, keeps its result as a table, and makes it known to later queries.
    pub fn run(&mut self, table: &str, query: &str, sql: String) -> Result<()> {
        let whole = self.step(table, query, sql)?;
        self.tables.insert(table.to_owned(), whole);
        Ok(())
    }

    /// The same, without keeping the table: only its query is.
    pub fn step(&mut self, table: &str, query: &str, sql: String) -> Result<RecordBatch> {
        let mut batches = Vec::new();
        let schema = self.engine.stream(query, &sql, &mut |batch| {
            batches.push(batch);
            Ok(())
        })?;
        let fault = |e: ArrowError| engine::EngineFault::Query {
            query: query.to_owned(),
            message: e.to_string(),
        };
        let whole = arrow::compute::concat_batches(&schema, &batches).map_err(fault)?;
        let whole = whole_numbers(&whole).map_err(fault)?;
        self.engine.register_batches(table, whole.schema(), std::slice::from_ref(&whole))?;
        self.queries.insert(query.to_owned(), sql);
        Ok(whole)
    }
}

/// Computes every table of `queries/statistics/tables.toml`, and those of fixed shape.
pub fn compute(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    progress(Step::Stage { name: "statistics", rows: 0 });
    for table in &plan.queries.tables {
        let sql = plan.queries.statistics_sql(table)?;
        bench.run(&table.name, &format!("statistics/{}.sql", table.name), sql)?;
    }
    for name in ["daily", "commune_location"] {
        let query = format!("statistics/{name}.sql");
        bench.run(name, &query, plan.queries.sql(&query)?)?;
    }
    Ok(())
}

/// Writes the result of a query to a Parquet file, batch by batch.
fn spill(engine: &dyn Engine, query: &str, sql: &str, file: &Path) -> Result<()> {
    let fault = |message: String| ValidationFault::Work {
        path: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        message,
    };
    let target = File::create(file).map_err(|e| fault(e.to_string()))?;
    let mut target = Some(target);
    let mut writer: Option<ArrowWriter<File>> = None;
    let mut write = |batch: &RecordBatch| -> Result<()> {
        let batch = whole_numbers(batch).map_err(|e| fault(e.to_string()))?;
        if let Some(target) = target.take() {
            let opened = ArrowWriter::try_new(target, batch.schema(), Some(writer_properties()));
            writer = Some(opened.map_err(|e| fault(e.to_string()))?);
        }
        let written = writer.as_mut().map_or(Ok(()), |writer| writer.write(&batch));
        Ok(written.map_err(|e| fault(e.to_string()))?)
    };
    let schema = engine.stream(query, sql, &mut |batch| write(&batch))?;
    // A query without rows still leaves a file with its columns.
    write(&RecordBatch::new_empty(schema))?;
    if let Some(writer) = writer {
        writer.close().map_err(|e| fault(e.to_string()))?;
    }
    Ok(())
}

/// Whole numbers of any width as 64-bit integers, so that a table looks alike from any engine.
pub fn whole_numbers(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let to = match column.data_type() {
            data_type if data_type.is_integer() => DataType::Int64,
            DataType::Null => DataType::Utf8,
            other => other.clone(),
        };
        columns.push(cast(column, &to)?);
        fields.push(Field::new(field.name(), to, true));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// The tables that come from the configuration and the register.
fn inputs(plan: &Plan, simulated: bool) -> Result<Vec<(String, RecordBatch)>> {
    let mut inputs = vec![
        ("parameters".to_owned(), plan.parameters(simulated)?),
        ("communes".to_owned(), communes(plan)?),
        ("benchmarks".to_owned(), benchmarks(plan, simulated)?),
    ];
    inputs.push(("families".into(), families(plan)?));
    let types: ArrayRef = Arc::new(StringArray::from(vec!["fixed", "mobile"]));
    inputs.push(("access_types".into(), table("access_types", [("access_type", types)])?));
    let all = plan.period.as_ref().map_or_else(Vec::new, |period| period.days());
    let all: ArrayRef = Arc::new(Date32Array::from_iter_values(all.into_iter().map(days)));
    inputs.push(("days".into(), table("days", [("local_day", all)])?));
    for indicator in plan.queries.indicators.iter().filter(|i| i.benchmark) {
        let name = format!("benchmark_{}", indicator.name);
        let batch = benchmark_keys(plan, &indicator.name)?;
        inputs.push((name, batch));
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
        Arc::new(families.iter().map(|f| f.access_type.as_deref()).collect::<StringArray>());
    let quotas: ArrayRef =
        Arc::new(Int64Array::from_iter_values(families.iter().map(|f| i64::from(quota(&f.name)))));
    Ok(table("families", [("family", names), ("access_type", types), ("quota", quotas)])?)
}

/// The communes of the province in the period.
fn communes(plan: &Plan) -> Result<RecordBatch> {
    let communes = plan.communes();
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
    rows.sort_by_key(|b| (&b.indicator, &b.access_type, &b.technology));
    let text = |of: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
        Arc::new((0..rows.len()).map(of).collect::<StringArray>())
    };
    let values: ArrayRef = Arc::new(Float64Array::from_iter_values(rows.iter().map(|b| b.value)));
    let from: ArrayRef =
        Arc::new(rows.iter().map(|b| b.valid_from.map(days)).collect::<Date32Array>());
    let until: ArrayRef =
        Arc::new(rows.iter().map(|b| b.valid_until.map(days)).collect::<Date32Array>());
    let mark: ArrayRef = Arc::new(arrow::array::BooleanArray::from(vec![simulated; rows.len()]));
    Ok(table(
        "benchmarks",
        [
            ("indicator", text(&|r| Some(rows[r].indicator.clone()))),
            ("access_type", text(&|r| Some(rows[r].access_type.clone()))),
            ("technology", text(&|r| rows[r].technology.clone())),
            ("value", values),
            ("source", text(&|r| Some(rows[r].source.clone()))),
            ("valid_from", from),
            ("valid_until", until),
            ("simulated", mark),
        ],
    )?)
}

/// The benchmarks of one indicator by access type and technology; one without technology holds for
/// every technology that has none of its own.
fn benchmark_keys(plan: &Plan, indicator: &str) -> Result<RecordBatch> {
    let mut keys: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    let configured = || in_force(plan).filter(|b| b.indicator == indicator);
    for benchmark in configured().filter(|b| b.technology.is_none()) {
        for technology in crate::config::TECHNOLOGIES {
            keys.insert((&benchmark.access_type, technology), benchmark.value);
        }
    }
    for benchmark in configured() {
        if let Some(technology) = &benchmark.technology {
            keys.insert((&benchmark.access_type, technology), benchmark.value);
        }
    }
    let access: ArrayRef = Arc::new(StringArray::from_iter_values(keys.keys().map(|k| k.0)));
    let technology: ArrayRef = Arc::new(StringArray::from_iter_values(keys.keys().map(|k| k.1)));
    let values: ArrayRef = Arc::new(Float64Array::from_iter_values(keys.values().copied()));
    Ok(table(
        "benchmark",
        [("access_type", access), ("technology_key", technology), ("value", values)],
    )?)
}
