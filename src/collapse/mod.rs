//! Effective samples: one value per device, commune, operator, access type, technology and day.
//!
//! `queries/collapse/` says what they are. As long as those queries are the shipped ones, they are computed
//! directly (`direct.rs`), many times as fast as an engine runs them, and with the same result
//! (tests/it/direct.rs); a changed query is run as it stands.

mod direct;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Float64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use rayon::prelude::*;

use crate::bundle::tables::writer_properties;
use crate::engine;
use crate::error::Result;
use crate::numbered::{Accepted, Numbered, Part, Reader, Rows, cell_table, effective_batch};
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::queries::Indicator;
use crate::statistics::{commune_table, whole_numbers};
use crate::validation::{ValidSamples, ValidationFault, pool, register_accepted};

const DEVICES: &str = "collapse/devices.sql";
const EFFECTIVE: &str = "collapse/effective.sql";
/// Rows that are written at a time.
const BATCH_ROWS: usize = 65_536;

/// The collapsed samples of a month, in files that statistics read.
pub struct EffectiveSamples {
    pub file: PathBuf,
    /// The same with peak hours apart.
    pub by_day_part: PathBuf,
    /// The same by the communes of `communes.restated_on`, where the period begins before it.
    pub restated: Option<PathBuf>,
    /// The number of each device (`device_id`, `cluster_no`); absent where it was not needed.
    pub devices: Option<RecordBatch>,
    /// The same samples by number, where they were computed directly.
    pub numbered: Option<Numbered>,
}

/// Collapses the accepted samples into files. Devices are numbered; identifiers stay behind.
pub fn collapse(
    plan: &Plan,
    valid: &mut ValidSamples,
    file: PathBuf,
    by_day_part: PathBuf,
    restated: Option<PathBuf>,
    progress: Progress<'_>,
) -> Result<EffectiveSamples> {
    progress(Step::Stage { name: "collapse", rows: 0 });
    match plan.queries.direct_measures() {
        // By the communes of another day, samples are collapsed only in months before a reform.
        Some(measures) if restated.is_none() => {
            collapse_directly(plan, valid, &measures, file, by_day_part)
        }
        _ => collapse_by_query(plan, valid, file, by_day_part, restated),
    }
}

fn collapse_directly(
    plan: &Plan,
    valid: &mut ValidSamples,
    measures: &[String],
    file: PathBuf,
    by_day_part: PathBuf,
) -> Result<EffectiveSamples> {
    let accepted = accepted(plan, valid, measures)?;
    let fault = |e: ArrowError| ValidationFault::Query {
        query: EFFECTIVE.to_owned(),
        message: e.to_string(),
    };
    let cells = cell_table(&plan.register, &accepted.cells).map_err(fault)?;
    let gridded = plan.queries.indicators.len();
    let indicators = &measures[..gridded];
    let collapsed = |target: &Path, by_part: bool| -> Result<Rows> {
        let found = direct::collapse(&accepted, by_part, gridded);
        let mut output = Output::new(plan, valid, target);
        let (codes, rows) = (&accepted.restated_codes, found.cell.len());
        for from in (0..rows.max(1)).step_by(BATCH_ROWS) {
            let of = from..rows.min(from + BATCH_ROWS);
            let batch = effective_batch(&cells, codes, measures, &found, of, by_part);
            output.write(&batch.map_err(fault)?)?;
        }
        output.close(None)?;
        Ok(Rows::of_effective(found, by_part, indicators))
    };
    let pool = pool(plan)?;
    let effective = pool.install(|| collapsed(&file, false))?;
    let parts = pool.install(|| collapsed(&by_day_part, true))?;
    let numbered = pool.install(|| Numbered::new(indicators, cells, accepted, effective, parts));
    let numbered = Some(numbered.map_err(fault)?);
    Ok(EffectiveSamples { file, by_day_part, restated: None, devices: None, numbered })
}

/// The accepted samples, with devices in their order; takes those that are numbered already.
fn accepted(plan: &Plan, valid: &mut ValidSamples, measures: &[String]) -> Result<Accepted> {
    let peak = plan.config.statistics.peak_hours;
    let reader = Reader::new(measures, peak, &valid.duplicates)?;
    let read: Vec<Result<Part>> =
        pool(plan)?.install(|| valid.passed.par_iter().map(|file| reader.part(file)).collect());
    let mut parts = std::mem::take(&mut valid.parts);
    parts.extend(read.into_iter().collect::<Result<Vec<_>>>()?);
    let (mut accepted, mut devices) = Accepted::join(parts, measures.len());
    if !devices.number() {
        for file in &valid.passed {
            reader.tied(file, &mut devices)?;
        }
        devices.number();
    }
    accepted.order(&devices);
    Ok(accepted)
}

fn collapse_by_query(
    plan: &Plan,
    valid: &ValidSamples,
    file: PathBuf,
    by_day_part: PathBuf,
    restated: Option<PathBuf>,
) -> Result<EffectiveSamples> {
    let mut engine = engine::open(&[]);
    register_accepted(engine.as_mut(), plan, valid, valid.ledger.simulated)?;
    let devices = engine.query(DEVICES, &plan.queries.sql(DEVICES)?)?;
    engine.register_batches("devices", devices.schema(), std::slice::from_ref(&devices))?;
    let communes = commune_table(&plan.restated_communes())?;
    engine.register_batches("restated_communes", communes.schema(), &[communes])?;
    let targets = [(&file, false, false), (&by_day_part, true, false)];
    let restating = restated.iter().map(|target| (target, false, true));
    for (target, day_part, by_restated) in targets.into_iter().chain(restating) {
        let mut output = Output::new(plan, valid, target);
        let sql = plan.queries.collapse_sql(EFFECTIVE, day_part, by_restated)?;
        let schema = engine.stream(EFFECTIVE, &sql, &mut |batch| output.write(&batch))?;
        output.close(Some(&schema))?;
    }
    let devices = Some(devices);
    Ok(EffectiveSamples { file, by_day_part, restated, devices, numbered: None })
}

/// Indicators as the floats nearest to their grid. Engines may divide by multiplying with the
/// reciprocal, which misses the nearest float by one bit.
fn on_grid(batch: &RecordBatch, indicators: &[Indicator]) -> Result<RecordBatch, ArrowError> {
    let mut columns = batch.columns().to_vec();
    for indicator in indicators {
        let Ok(at) = batch.schema().index_of(&indicator.name) else { continue };
        let values = cast(&columns[at], &DataType::Float64)?;
        let rounded: Float64Array = values.as_primitive::<Float64Type>().unary(direct::on_grid);
        columns[at] = Arc::new(rounded);
    }
    let schema = batch.schema();
    let fields = schema
        .fields()
        .iter()
        .zip(&columns)
        .map(|(field, column)| Field::new(field.name(), column.data_type().clone(), true));
    RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns)
}

struct Output<'a> {
    target: &'a Path,
    indicators: &'a [Indicator],
    simulated: bool,
    writer: Option<ArrowWriter<File>>,
}

impl<'a> Output<'a> {
    fn new(plan: &'a Plan, valid: &ValidSamples, target: &'a Path) -> Self {
        let indicators = &plan.queries.indicators;
        Output { target, indicators, simulated: valid.ledger.simulated, writer: None }
    }

    fn fault(&self, message: impl ToString) -> crate::error::Error {
        let path = self.target.display().to_string();
        ValidationFault::Work { path, message: message.to_string() }.into()
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let batch = whole_numbers(batch).map_err(|e| self.fault(e))?;
        let batch = self.marked(&on_grid(&batch, self.indicators).map_err(|e| self.fault(e))?)?;
        if self.writer.is_none() {
            self.writer = Some(self.open(batch.schema())?);
        }
        if let Some(writer) = &mut self.writer {
            let written = writer.write(&batch);
            written.map_err(|e| self.fault(e))?;
        }
        Ok(())
    }

    fn open(&self, schema: SchemaRef) -> Result<ArrowWriter<File>> {
        let file = File::create(self.target).map_err(|e| self.fault(e))?;
        ArrowWriter::try_new(file, schema, Some(writer_properties())).map_err(|e| self.fault(e))
    }

    /// The batch with the column that says whether data are simulated.
    fn marked(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let mut fields = batch.schema().fields().to_vec();
        fields.push(Arc::new(Field::new("simulated", DataType::Boolean, true)));
        let mut columns = batch.columns().to_vec();
        let mark: ArrayRef = Arc::new(BooleanArray::from(vec![self.simulated; batch.num_rows()]));
        columns.push(mark);
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|e| self.fault(e))
    }

    /// A month without samples leaves a file without rows.
    fn close(mut self, schema: Option<&SchemaRef>) -> Result<()> {
        if let (None, Some(schema)) = (&self.writer, schema) {
            self.write(&RecordBatch::new_empty(schema.clone()))?;
        }
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(|e| self.fault(e))?;
        }
        Ok(())
    }
}
