//! The embedded engine: Polars.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use ::polars::prelude::{
    Column, DataFrame, Engine as Execution, Field, IntoLazy, LazyFrame, PlRefPath, PlSmallStr,
    PolarsError, PolarsResult, ScanArgsParquet, Schema, polars_bail,
};
use ::polars::sql::SQLContext;
use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use polars_buffer::Buffer;
use polars_plan::callback::PlanCallback;
use polars_plan::dsl::BaseColumnUdf;
use polars_plan::dsl::udf::UserDefinedFunction;
use polars_sql::function_registry::{FunctionOptions, FunctionRegistry};

use super::statement::{Unrolled, unrolled};
use super::{Engine, EngineFault, Function, STACK, Sink, bridge};
use crate::error::Result;

/// Rows handed over at a time by [`Engine::stream`].
const BATCH_ROWS: usize = 65_536;

/// Tables and functions of one Polars SQL context.
///
/// The context needs exclusive access to parse, hence the lock; execution happens outside it.
pub struct PolarsEngine {
    context: Mutex<SQLContext>,
}

impl PolarsEngine {
    /// An engine without tables.
    pub fn new(functions: &[Arc<dyn Function>]) -> Self {
        let functions = functions.iter().map(|f| (f.name().to_owned(), f.clone())).collect();
        let registry = Arc::new(Functions(functions));
        PolarsEngine { context: Mutex::new(SQLContext::new().with_function_registry(registry)) }
    }

    /// Plans on a stack that is large enough for every query that is short enough.
    fn plan(&self, query: &str, sql: &str) -> Result<LazyFrame, EngineFault> {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let planned = thread.spawn_scoped(scope, || self.plan_here(query, sql));
            let planned = planned.map_err(|e| failed(query, e.to_string()))?;
            planned.join().unwrap_or_else(|panic| Err(failed(query, panic_text(panic))))
        })
    }

    fn plan_here(&self, query: &str, sql: &str) -> Result<LazyFrame, EngineFault> {
        let mut context = self.context.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let Unrolled { steps, body } = unrolled(sql).map_err(|message| failed(query, message))?;
        let known = context.get_tables();
        if let Some((name, _)) = steps.iter().find(|(name, _)| known.contains(name)) {
            let message = format!("WITH names `{name}`, which is a table already");
            return Err(failed(query, message));
        }
        let planned = guarded(query, || {
            for (name, sql) in &steps {
                let step = context.execute(sql)?;
                context.register(name, step);
            }
            context.execute(&body)
        });
        steps.iter().for_each(|(name, _)| context.unregister(name));
        planned
    }
}

impl Engine for PolarsEngine {
    fn register_batches(
        &mut self,
        name: &str,
        schema: SchemaRef,
        batches: &[RecordBatch],
    ) -> Result<()> {
        let fault = |message| EngineFault::Table { table: name.to_owned(), message };
        let whole = concat_batches(&schema, batches).map_err(|e| fault(e.to_string()))?;
        let frame = bridge::to_frame(&whole).map_err(fault)?;
        self.register_view_of(name, frame.lazy());
        Ok(())
    }

    fn register_parquet(&mut self, name: &str, files: &[PathBuf]) -> Result<()> {
        let fault = |message| EngineFault::Table { table: name.to_owned(), message };
        let paths: Buffer<PlRefPath> = files
            .iter()
            .map(|file| PlRefPath::try_from_path(file).map_err(|e| fault(e.to_string())))
            .collect::<Result<Vec<_>, _>>()?
            .into();
        let options = ScanArgsParquet { glob: false, ..Default::default() };
        let scan = LazyFrame::scan_parquet_files(paths, options);
        self.register_view_of(name, scan.map_err(|e| fault(e.to_string()))?);
        Ok(())
    }

    fn register_view(&mut self, name: &str, sql: &str) -> Result<()> {
        let plan = self.plan(name, sql)?;
        self.register_view_of(name, plan);
        Ok(())
    }

    fn query(&self, name: &str, sql: &str) -> Result<RecordBatch> {
        let plan = self.plan(name, sql)?;
        let frame = guarded(name, || plan.collect())?;
        Ok(converted(name, &frame)?)
    }

    fn stream(&self, name: &str, sql: &str, sink: Sink<'_>) -> Result<SchemaRef> {
        let mut plan = self.plan(name, sql)?;
        let schema = guarded(name, || plan.collect_schema())?;
        let empty = converted(name, &DataFrame::empty_with_schema(&schema))?;
        stream_frames(name, plan, sink)?;
        Ok(empty.schema())
    }
}

impl PolarsEngine {
    fn register_view_of(&mut self, name: &str, plan: LazyFrame) {
        let context = self.context.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        context.register(name, plan);
    }
}

/// Runs the plan on a thread of its own and hands each frame over as it comes.
fn stream_frames(name: &str, plan: LazyFrame, sink: Sink<'_>) -> Result<()> {
    let (sender, receiver) = sync_channel::<DataFrame>(2);
    let hand_over = PlanCallback::new(move |frame: DataFrame| Ok(sender.send(frame).is_err()));
    let chunk = std::num::NonZeroUsize::new(BATCH_ROWS);
    let plan = guarded(name, || plan.sink_batches(hand_over, true, chunk))?;
    std::thread::scope(|scope| {
        let run = || guarded(name, || plan.collect_with_engine(Execution::Streaming)).map(|_| ());
        let thread = std::thread::Builder::new().stack_size(STACK);
        let run = thread.spawn_scoped(scope, run).map_err(|e| failed(name, e.to_string()))?;
        let mut outcome = Ok(());
        for frame in receiver {
            outcome = converted(name, &frame).map_err(Into::into).and_then(&mut *sink);
            if outcome.is_err() {
                // Dropping the receiver makes the query stop at its next batch.
                break;
            }
        }
        let ended = run.join().unwrap_or_else(|panic| Err(failed(name, panic_text(panic))));
        outcome.and(ended.map_err(Into::into))
    })
}

fn converted(name: &str, frame: &DataFrame) -> Result<RecordBatch, EngineFault> {
    bridge::to_batch(frame).map_err(|message| failed(name, message))
}

fn failed(query: &str, message: String) -> EngineFault {
    EngineFault::Query { query: query.to_owned(), message }
}

/// Runs a step of the engine; its errors and its panics become an [`EngineFault`].
fn guarded<T>(query: &str, step: impl FnOnce() -> PolarsResult<T>) -> Result<T, EngineFault> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(query, error.to_string())),
        Err(panic) => Err(failed(query, panic_text(panic))),
    }
}

fn panic_text(panic: Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the engine stopped unexpectedly").to_owned()
}

/// The functions that queries may call.
struct Functions(BTreeMap<String, Arc<dyn Function>>);

impl FunctionRegistry for Functions {
    fn register(&mut self, name: &str, _: UserDefinedFunction) -> PolarsResult<()> {
        polars_bail!(ComputeError: "function `{}` is registered when the engine is opened", name)
    }

    fn get_udf(&self, name: &str) -> PolarsResult<Option<UserDefinedFunction>> {
        self.0.get(name).map(|function| column_function(function.clone())).transpose()
    }

    fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

fn column_function(function: Arc<dyn Function>) -> PolarsResult<UserDefinedFunction> {
    let name = PlSmallStr::from_static(function.name());
    let returns = bridge::to_polars_type(&function.returns()).map_err(compute_error)?;
    let field_name = name.clone();
    let output = move |_: &Schema, fields: &[Field]| {
        let name = fields.first().map_or(&field_name, |field| field.name());
        Ok(Field::new(name.clone(), returns.clone()))
    };
    let evaluate = move |columns: &mut [Column]| evaluate(function.as_ref(), columns);
    let mut udf = UserDefinedFunction::new(name, BaseColumnUdf::new(evaluate, output));
    // One value in and out per row: lets the engine stream it.
    udf.options = FunctionOptions::elementwise();
    Ok(udf)
}

fn evaluate(function: &dyn Function, columns: &mut [Column]) -> PolarsResult<Column> {
    let rows = columns.iter().map(Column::len).max().unwrap_or(0);
    let rows = if columns.iter().any(|column| column.is_empty()) { 0 } else { rows };
    let arguments = columns
        .iter()
        .map(|column| bridge::to_array(column.as_materialized_series()))
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(compute_error)?;
    let result = function.call(&arguments, rows).map_err(compute_error)?;
    let name = columns.first().map_or("", |column| column.name().as_str());
    Ok(Column::from(bridge::to_series(name, &result).map_err(compute_error)?))
}

fn compute_error(message: String) -> PolarsError {
    PolarsError::ComputeError(message.into())
}
