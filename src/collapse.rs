//! Effective samples: one value per device, commune, operator, access type, technology and day.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Float64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;

use crate::bundle::tables::writer_properties;
use crate::engine;
use crate::error::Result;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::queries::Indicator;
use crate::statistics::{commune_table, whole_numbers};
use crate::validation::{ValidSamples, ValidationFault, register_accepted};

const DEVICES: &str = "collapse/devices.sql";
const EFFECTIVE: &str = "collapse/effective.sql";

/// The collapsed samples of a month, in files that statistics read.
pub struct EffectiveSamples {
    pub file: PathBuf,
    /// The same with peak hours apart.
    pub by_day_part: PathBuf,
    /// The same by the communes of `communes.restated_on`, where the period begins before it.
    pub restated: Option<PathBuf>,
    /// The number of each device (`device_id`, `cluster_no`).
    pub devices: RecordBatch,
}

/// Collapses the accepted samples into files. Devices are numbered; identifiers stay behind.
pub fn collapse(
    plan: &Plan,
    valid: &ValidSamples,
    file: PathBuf,
    by_day_part: PathBuf,
    restated: Option<PathBuf>,
    progress: Progress<'_>,
) -> Result<EffectiveSamples> {
    progress(Step::Stage { name: "collapse", rows: 0 });
    let mut engine = engine::open(&[]);
    register_accepted(engine.as_mut(), plan, valid, valid.ledger.simulated)?;
    let devices = engine.query(DEVICES, &plan.queries.sql(DEVICES)?)?;
    engine.register_batches("devices", devices.schema(), std::slice::from_ref(&devices))?;
    let communes = commune_table(&plan.restated_communes())?;
    engine.register_batches("restated_communes", communes.schema(), &[communes])?;
    let targets = [(&file, false, false), (&by_day_part, true, false)];
    let restating = restated.iter().map(|target| (target, false, true));
    for (target, day_part, by_restated) in targets.into_iter().chain(restating) {
        let mut output = Output {
            target,
            indicators: &plan.queries.indicators,
            simulated: valid.ledger.simulated,
            writer: None,
        };
        let sql = plan.queries.collapse_sql(EFFECTIVE, day_part, by_restated)?;
        let schema = engine.stream(EFFECTIVE, &sql, &mut |batch| output.write(&batch))?;
        output.close(&schema)?;
    }
    Ok(EffectiveSamples { file, by_day_part, restated, devices })
}

/// Steps per unit that medians of values on the grid of 10⁻⁶ lie on.
const STEPS: f64 = 2e6;

/// Indicators as the floats nearest to their grid. Engines may divide by multiplying with the
/// reciprocal, which misses the nearest float by one bit.
fn on_grid(batch: &RecordBatch, indicators: &[Indicator]) -> Result<RecordBatch, ArrowError> {
    let mut columns = batch.columns().to_vec();
    for indicator in indicators {
        let Ok(at) = batch.schema().index_of(&indicator.name) else { continue };
        let values = cast(&columns[at], &DataType::Float64)?;
        let rounded: Float64Array =
            values.as_primitive::<Float64Type>().unary(|value| (value * STEPS).round() / STEPS);
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

impl Output<'_> {
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
    fn close(mut self, schema: &SchemaRef) -> Result<()> {
        if self.writer.is_none() {
            self.write(&RecordBatch::new_empty(schema.clone()))?;
        }
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(|e| self.fault(e))?;
        }
        Ok(())
    }
}
