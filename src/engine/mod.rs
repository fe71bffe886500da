//! Runs SQL over named tables. Everything outside this module sees Arrow only.
//!
//! An engine knows four things: register a table, register a function, run SQL and give back
//! Arrow batches, or stream them. Queries keep to the subset of SQL that several engines answer
//! alike (see `queries/README.md`), so that another engine is one more file here.

mod bridge;
mod polars;
mod statement;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};

use crate::error::{Fault, Kind, Result};

/// A query that could not be run.
#[derive(Debug, thiserror::Error)]
pub enum EngineFault {
    /// The engine refused or failed the query.
    #[error("query `{query}` failed: {message}")]
    Query { query: String, message: String },
    /// A table could not be handed to the engine.
    #[error("table `{table}` cannot be read: {message}")]
    Table { table: String, message: String },
}

impl Fault for EngineFault {
    fn kind(&self) -> Kind {
        match self {
            EngineFault::Query { .. } => Kind::Usage,
            EngineFault::Table { .. } => Kind::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            EngineFault::Query { query, .. } => Some(format!(
                "compare `{query}` with the shipped file (`ispeed-report init` writes a copy)"
            )),
            EngineFault::Table { .. } => None,
        }
    }
}

/// The names of the tables that a query reads, whatever the engine.
pub fn tables_read(query: &str, sql: &str) -> Result<BTreeSet<String>> {
    let fault = |message| EngineFault::Query { query: query.to_owned(), message };
    Ok(statement::tables_read(sql).map_err(fault)?)
}

/// A function of ours that SQL may call, one value in and out per row.
pub trait Function: Send + Sync {
    /// The name in SQL.
    fn name(&self) -> &'static str;

    /// The type of its result.
    fn returns(&self) -> DataType;

    /// Evaluates `rows` rows; an argument of length 1 is a constant.
    fn call(&self, arguments: &[ArrayRef], rows: usize) -> std::result::Result<ArrayRef, String>;
}

/// Stack of a thread that plans queries: planning recurses over expressions as deep as the rules
/// make them. Only what is used is ever resident.
pub const STACK: usize = 64 * 1024 * 1024;

/// What receives the batches of a streamed query.
pub type Sink<'a> = &'a mut dyn FnMut(RecordBatch) -> Result<()>;

/// Tables and functions with the SQL that reads them.
pub trait Engine {
    /// Makes batches in memory known under a name.
    fn register_batches(
        &mut self,
        name: &str,
        schema: SchemaRef,
        batches: &[RecordBatch],
    ) -> Result<()>;

    /// Makes Parquet files of one schema known under a name, without reading them.
    fn register_parquet(&mut self, name: &str, files: &[PathBuf]) -> Result<()>;

    /// Makes a query known under a name; it is evaluated where it is used.
    fn register_view(&mut self, name: &str, sql: &str) -> Result<()>;

    /// Runs a query whose inputs and result fit in memory; `name` is for messages.
    fn query(&self, name: &str, sql: &str) -> Result<RecordBatch>;

    /// Runs a query over tables of any size and hands over its result in order, batch by batch.
    fn stream(&self, name: &str, sql: &str, sink: Sink<'_>) -> Result<SchemaRef>;
}

/// The engine in use, with the functions that queries may call.
pub fn open(functions: &[Arc<dyn Function>]) -> Box<dyn Engine + Send> {
    Box::new(polars::PolarsEngine::new(functions))
}
