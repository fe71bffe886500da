//! Tables of statistics: per operator, commune and both, from accepted and effective samples.
//!
//! A table of `queries/statistics/tables.toml` is computed in steps, one SQL file each: its groups,
//! the values of each group, point estimates, what devices add to their variance, adjusted sizes,
//! intervals, and the table itself. Between steps, the program only looks up quantiles of known
//! distributions ([`quantiles`]): the statistics themselves are SQL, for any engine.
//!
//! While those queries are the shipped ones, what they say is computed without an engine (`direct`), with
//! the same result (tests/it/direct.rs).

mod direct;
mod inputs;
pub mod quantiles;
pub mod student;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;

pub use inputs::{benchmarks, commune_table, inputs};

use crate::bundle::tables::writer_properties;
use crate::collapse::EffectiveSamples;
use crate::engine::{self, Engine, EngineFault, Sink};
use crate::error::Result;
use crate::numbered::UNKNOWN_TECHNOLOGY;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::queries::{NULLABLE_KEYS, QUANTILES, Queries, Series, StatisticsTable};
use crate::validation::{ValidSamples, ValidationFault, register_accepted};
use direct::{Direct, Limits, LookedUp, Made};

/// Tables by name, each in a total order.
pub type Tables = BTreeMap<String, RecordBatch>;

/// A query that was run and the table it made.
#[derive(Debug, Clone)]
pub struct RunQuery {
    /// Where the bundle keeps its text, e.g. `statistics/operator.sql`.
    pub name: String,
    /// Empty where the result was not kept.
    pub table: String,
    pub sql: String,
}

/// An engine with everything that statistics and gaps read, and what it ran.
pub struct Bench {
    engine: Box<dyn Engine + Send>,
    work: PathBuf,
    /// Samples by number, until statistics were computed from them.
    direct: Option<Direct>,
    /// Results.
    pub tables: Tables,
    /// What queries read beside samples and results: parameters, register, quantiles.
    pub inputs: Tables,
    /// In the order in which they were run.
    pub queries: Vec<RunQuery>,
}

impl Bench {
    /// Makes samples, register and parameters known.
    pub fn new(plan: &Plan, valid: &ValidSamples, effective: EffectiveSamples) -> Result<Self> {
        let simulated = valid.ledger.simulated;
        let mut bench = Self::open(plan, simulated)?;
        let e = bench.engine.as_mut();
        register_accepted(e, plan, valid, simulated)?;
        valid.register_quarantine(e)?;
        e.register_parquet("samples_effective", std::slice::from_ref(&effective.file))?;
        e.register_parquet(
            "samples_effective_day_part",
            std::slice::from_ref(&effective.by_day_part),
        )?;
        if let Some(devices) = &effective.devices {
            e.register_batches("devices", devices.schema(), std::slice::from_ref(devices))?;
        }
        let views = views(plan, effective.devices.is_some());
        views.iter().try_for_each(|(name, sql)| bench.view(name, sql))?;
        if let Some(numbered) = effective.numbered {
            let limits = limits(plan, simulated);
            let direct = Direct::new(&plan.queries, numbered, &bench.inputs, limits, plan.threads)?;
            bench.direct = Some(direct);
        }
        Ok(bench)
    }

    /// A bench over what an engine knows; `work` is a folder for intermediate files.
    pub fn over(engine: Box<dyn Engine + Send>, work: PathBuf) -> Self {
        let (tables, inputs) = (Tables::new(), Tables::new());
        Bench { engine, work, direct: None, tables, inputs, queries: Vec::new() }
    }

    /// Makes register and parameters known, and no samples yet.
    pub fn open(plan: &Plan, simulated: bool) -> Result<Self> {
        let mut bench = Self::over(engine::open(&[]), plan.work.clone());
        for (name, batch) in inputs::inputs(plan, simulated)? {
            bench.input(&name, batch)?;
        }
        Ok(bench)
    }

    /// Makes samples in memory known, in place of those of a run.
    pub fn samples(&mut self, name: &str, batch: &RecordBatch) -> Result<()> {
        self.engine.register_batches(name, batch.schema(), std::slice::from_ref(batch))
    }

    /// The same for samples in a file.
    pub fn samples_file(&mut self, name: &str, file: PathBuf) -> Result<()> {
        self.engine.register_parquet(name, &[file])
    }

    /// Makes a query known that is evaluated where it is used.
    pub fn view(&mut self, name: &str, sql: &str) -> Result<()> {
        self.engine.register_view(name, sql)
    }

    /// The same for a query of `queries/`, whose text the bundle keeps.
    pub fn query_view(&mut self, name: &str, query: &str, sql: String) -> Result<()> {
        self.view(name, &sql)?;
        self.queries.push(RunQuery { name: query.to_owned(), table: name.to_owned(), sql });
        Ok(())
    }

    /// Makes a table known that queries read, and keeps it for the bundle.
    pub fn input(&mut self, name: &str, batch: RecordBatch) -> Result<()> {
        self.engine.register_batches(name, batch.schema(), std::slice::from_ref(&batch))?;
        self.inputs.insert(name.to_owned(), batch);
        Ok(())
    }

    /// Runs a query, keeps its result as a table, and makes it known to later queries.
    pub fn run(&mut self, table: &str, query: &str, sql: String) -> Result<()> {
        let whole = self.step(table, query, sql)?;
        self.tables.insert(table.to_owned(), whole);
        Ok(())
    }

    /// Runs a query and makes its result known to later queries only.
    pub fn step(&mut self, table: &str, query: &str, sql: String) -> Result<RecordBatch> {
        let mut batches = Vec::new();
        let schema = self.engine.stream(query, &sql, &mut |batch| {
            batches.push(batch);
            Ok(())
        })?;
        let fault = |e: ArrowError| failed(query, &e);
        let whole = arrow::compute::concat_batches(&schema, &batches).map_err(fault)?;
        let whole = whole_numbers(&whole).map_err(fault)?;
        self.engine.register_batches(table, whole.schema(), std::slice::from_ref(&whole))?;
        self.queries.push(RunQuery { name: query.to_owned(), table: table.to_owned(), sql });
        Ok(whole)
    }

    /// Makes the result of a query known to later queries, which was had without the engine.
    fn computed(
        &mut self,
        table: &str,
        query: &str,
        sql: String,
        result: RecordBatch,
    ) -> Result<()> {
        self.engine.register_batches(table, result.schema(), &[result])?;
        self.queries.push(RunQuery { name: query.to_owned(), table: table.to_owned(), sql });
        Ok(())
    }

    /// Runs a query and hands over its rows, batch by batch, without keeping them.
    pub fn read(&mut self, query: &str, sql: String, sink: Sink<'_>) -> Result<()> {
        self.engine.stream(query, &sql, sink)?;
        let table = String::new();
        self.queries.push(RunQuery { name: query.to_owned(), table, sql });
        Ok(())
    }

    /// Runs a query whose result is as large as the samples, into a file that later queries read.
    pub fn spill(&mut self, table: &str, query: &str, sql: String) -> Result<()> {
        let file = self.work.join(format!("{table}.parquet"));
        write(self.engine.as_ref(), query, &sql, &file)?;
        self.engine.register_parquet(table, &[file])?;
        self.queries.push(RunQuery { name: query.to_owned(), table: table.to_owned(), sql });
        Ok(())
    }

    /// Forgets a spilled table.
    pub(crate) fn drop_spilled(&self, table: &str) {
        // The folder is removed after the run; a file that stays only takes space until then.
        let _ = std::fs::remove_file(self.work.join(format!("{table}.parquet")));
    }
}

fn limits(plan: &Plan, simulated: bool) -> Limits {
    let settings = &plan.config.statistics;
    Limits {
        publish_from: settings.publish_from.into(),
        publish_devices: settings.publish_devices.into(),
        mean_from: settings.mean_from.into(),
        sufficient_from: settings.sufficient_from.into(),
        max_without_device_share: settings.max_without_device_share,
        own_deff_devices: settings.own_deff_devices.into(),
        simulated,
    }
}

fn failed(query: &str, error: &dyn std::fmt::Display) -> EngineFault {
    EngineFault::Query { query: query.to_owned(), message: error.to_string() }
}

/// The tables of samples in the forms that queries read; single tests only where devices have numbers
/// there, since direct computation has its own.
fn views(plan: &Plan, with_tests: bool) -> Vec<(String, String)> {
    let effective = |name: &str| {
        format!(
            "SELECT *, COALESCE(technology, '{UNKNOWN_TECHNOLOGY}') AS technology_key FROM {name}"
        )
    };
    let tests = format!(
        "SELECT a.*, COALESCE(a.technology, '{UNKNOWN_TECHNOLOGY}') AS technology_key, d.cluster_no \
         FROM accepted AS a LEFT JOIN devices AS d ON a.device_id = d.device_id WHERE a.is_ok"
    );
    let mut views = vec![
        ("effective".to_owned(), effective("samples_effective")),
        ("effective_day_part".to_owned(), effective("samples_effective_day_part")),
        ("tests".to_owned(), tests),
    ];
    let all = ["accepted", "effective", "effective_day_part", "tests"];
    views.extend(all.map(|table| (format!("{table}_by_family"), plan.queries.by_family(table))));
    views.retain(|(name, _)| with_tests || !name.starts_with("tests"));
    views
}

/// Streams a query into a Parquet file.
fn write(engine: &dyn Engine, query: &str, sql: &str, file: &Path) -> Result<()> {
    let fault = |error: &dyn std::fmt::Display| {
        let path = file.display().to_string();
        ValidationFault::Work { path, message: error.to_string() }
    };
    let mut writer: Option<ArrowWriter<File>> = None;
    let open = |schema| -> Result<ArrowWriter<File>> {
        let target = File::create(file).map_err(|e| fault(&e))?;
        let writer = ArrowWriter::try_new(target, schema, Some(writer_properties()));
        Ok(writer.map_err(|e| fault(&e))?)
    };
    let schema = engine.stream(query, sql, &mut |batch| {
        let batch = whole_numbers(&batch).map_err(|e| failed(query, &e))?;
        let writer = match &mut writer {
            Some(writer) => writer,
            none => none.insert(open(batch.schema())?),
        };
        Ok(writer.write(&batch).map_err(|e| fault(&e))?)
    })?;
    let writer = match writer {
        Some(writer) => writer,
        None => {
            let empty = whole_numbers(&RecordBatch::new_empty(schema));
            open(empty.map_err(|e| failed(query, &e))?.schema())?
        }
    };
    Ok(writer.close().map(drop).map_err(|e| fault(&e))?)
}

/// Computes every table of `queries/statistics/tables.toml`, and those of fixed shape.
pub fn compute(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    progress(Step::Stage { name: "statistics", rows: 0 });
    tables(&plan.queries, &plan.queries.tables, bench)?;
    for name in ["daily", "daily_commune", "progress", "hourly", "commune_location"] {
        let query = format!("statistics/{name}.sql");
        bench.run(name, &query, plan.queries.sql(&query)?)?;
    }
    Ok(())
}

/// Computes tables of statistics from the samples that a bench knows.
pub fn tables(queries: &Queries, tables: &[StatisticsTable], bench: &mut Bench) -> Result<()> {
    let all: Vec<(&StatisticsTable, Vec<Series>)> =
        tables.iter().map(|table| (table, queries.series(table))).collect();
    match bench.direct.take() {
        Some(direct) => tables_directly(queries, &all, bench, direct),
        None => tables_by_query(queries, &all, bench),
    }
}

/// A table of statistics for one series of values.
type Of<'a> = (&'a StatisticsTable, &'a Series);

fn each<'a>(all: &'a [(&'a StatisticsTable, Vec<Series>)]) -> impl Iterator<Item = Of<'a>> {
    all.iter().flat_map(|(table, series)| series.iter().map(|series| (*table, series)))
}

/// Runs the queries of every step.
fn tables_by_query(
    queries: &Queries,
    all: &[(&StatisticsTable, Vec<Series>)],
    bench: &mut Bench,
) -> Result<()> {
    for (table, _) in all {
        let (name, query, sql) = groups(queries, table)?;
        bench.step(&name, &query, sql)?;
    }
    let step = |bench: &mut Bench, of: Of<'_>, step: &str| {
        let (name, query, sql) = step_of(queries, of, step)?;
        bench.step(&name, &query, sql)
    };
    let mut devices = BTreeSet::new();
    for of in each(all) {
        let (name, query, sql) = step_of(queries, of, "values")?;
        bench.spill(&name, &query, sql)?;
        step(bench, of, "points")?;
        devices.extend(quantiles::devices_of(&step(bench, of, "clusters")?));
    }
    bench.input("student_t", quantiles::student_t(&devices)?)?;
    let mut sizes = BTreeSet::new();
    for of in each(all) {
        sizes.extend(quantiles::sizes_of(&step(bench, of, "sizes")?));
    }
    bench.input("ranks", quantiles::ranks(&sizes)?)?;
    for of in each(all) {
        for name in ["means", "positions", "order", "bounds"] {
            step(bench, of, name)?;
        }
        bench.drop_spilled(&step_of(queries, of, "values")?.0);
    }
    for (table, _) in all {
        let (query, sql) = by_group(queries, table)?;
        bench.run(&table.name, &query, sql)?;
    }
    Ok(())
}

/// Computes the same from numbered samples; the queries stand in the bundle as what was computed.
fn tables_directly(
    queries: &Queries,
    all: &[(&StatisticsTable, Vec<Series>)],
    bench: &mut Bench,
    mut direct: Direct,
) -> Result<()> {
    let mut found_groups = BTreeMap::new();
    for (table, _) in all {
        let (name, query, sql) = groups(queries, table)?;
        let found = direct.groups(&name, &query, &sql)?;
        bench.computed(&name, &query, sql, found.clone())?;
        found_groups.insert(table.name.as_str(), found);
    }
    let mut together: BTreeMap<&str, Vec<Of<'_>>> = BTreeMap::new();
    for of in each(all) {
        together.entry(direct::samples(&of.1.source)).or_default().push(of);
    }
    let mut looked_up = LookedUp::default();
    let mut made: BTreeMap<(&str, &str), Made<'_>> = BTreeMap::new();
    for of in together.values() {
        let scan = direct.scan(queries, of)?;
        let names = of.iter().map(|(table, series)| (table.name.as_str(), series.suffix));
        made.extend(names.zip(scan.made(&direct.limits, &mut looked_up)?));
    }
    bench.input("student_t", quantiles::student_t(&looked_up.devices())?)?;
    bench.input("ranks", quantiles::ranks(&looked_up.sizes())?)?;
    for of in each(all) {
        for step in STEPS {
            let (name, query, sql) = step_of(queries, of, step)?;
            match made.get(&(of.0.name.as_str(), of.1.suffix)).filter(|_| step == "means") {
                Some(made) => bench.computed(&name, &query, sql, made.means()?)?,
                None => bench.queries.push(RunQuery { name: query, table: name, sql }),
            }
        }
    }
    for (table, series) in all {
        let key = |series: &Series| (table.name.as_str(), series.suffix);
        let made: Vec<Made<'_>> =
            series.iter().filter_map(|series| made.remove(&key(series))).collect();
        let Some(groups) = found_groups.get(table.name.as_str()) else { continue };
        let found = direct::by_group(table, groups, &made, &NULLABLE_KEYS, &direct.limits)?;
        let (query, sql) = by_group(queries, table)?;
        bench.computed(&table.name, &query, sql, found.clone())?;
        bench.tables.insert(table.name.clone(), found);
    }
    Ok(())
}

/// The steps of a series of values, in order.
const STEPS: [&str; 8] =
    ["values", "points", "clusters", "sizes", "means", "positions", "order", "bounds"];

/// The name of the groups of a table, of their query, and its text.
fn groups(queries: &Queries, table: &StatisticsTable) -> Result<(String, String, String)> {
    let sql = queries.statistics_sql("statistics/groups.sql", table, None)?;
    let name = format!("{}_groups", table.name);
    Ok((name.clone(), format!("statistics/{name}.sql"), sql))
}

/// The name of the result of a step, of its query, and its text.
fn step_of(
    queries: &Queries,
    (table, series): Of<'_>,
    step: &str,
) -> Result<(String, String, String)> {
    let sql = queries.statistics_sql(&format!("statistics/{step}.sql"), table, Some(series))?;
    let name = format!("{}{}_{step}", table.name, series.suffix);
    Ok((name.clone(), format!("statistics/{name}.sql"), sql))
}

/// The name of the query that makes a table, and its text.
fn by_group(queries: &Queries, table: &StatisticsTable) -> Result<(String, String)> {
    let sql = queries.statistics_sql("statistics/by_group.sql", table, None)?;
    Ok((format!("statistics/{}.sql", table.name), sql))
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
