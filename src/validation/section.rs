//! Checks one section of a file, batch by batch.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::{concat_batches, filter_record_batch, not, or};
use arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::ValidationFault;
use super::plain::{Contract, Notes, Plain};
use super::quarantine::{flags, quarantined};
use crate::engine::{self, Engine, Function};
use crate::error::Result;
use crate::import::contract::{COLUMNS, Content};
use crate::import::functions::civil;
use crate::import::limits;
use crate::import::{OpenFile, Samples, Section, import};
use crate::numbered::Part;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::queries::Rule;

/// The columns of a row that passed, and what they are called in `checked`.
const PASSED: [(&str, &str); 41] = [
    ("source_file", "source_file"),
    ("source_row", "source_row"),
    ("sample_id", "sample_id"),
    ("measured_at", "measured_at"),
    ("local_day", "local_day"),
    ("local_hour", "local_hour"),
    ("is_ok", "is_ok"),
    ("access_type", "access_type"),
    ("technology", "technology"),
    ("operator", "resolved_operator"),
    ("reported_operator", "operator"),
    ("network_mcc_mnc", "network_mcc_mnc"),
    ("sim_mcc_mnc", "sim_mcc_mnc"),
    ("asn", "asn"),
    ("operator_unknown", "operator_unknown"),
    ("operator_conflict", "operator_conflict"),
    ("sim_mvno", "sim_mvno"),
    ("sim_roaming", "sim_roaming"),
    ("placed_by", "placed_by"),
    ("code_differs", "code_differs"),
    ("province_code", "sample_province_code"),
    ("province_name", "located_province_name"),
    ("district_code", "located_district_code"),
    ("district_name", "located_district_name"),
    ("commune_code", "located_code"),
    ("commune_name", "located_name"),
    ("commune_valid_from", "commune_valid_from"),
    ("restated_commune_code", "restated_commune_code"),
    ("restated_by", "restated_by"),
    ("reported_commune_code", "commune_code"),
    ("reported_commune_name", "commune_name"),
    ("reported_district_name", "district_name"),
    ("reported_province_name", "province_name"),
    ("latitude", "latitude"),
    ("longitude", "longitude"),
    ("location_accuracy_m", "location_accuracy_m"),
    ("status", "status"),
    ("device_id", "device_id"),
    ("server_country", "server_country"),
    ("platform", "platform"),
    ("app_version", "app_version"),
];

/// The schema of passed rows, for a run in which none passed.
pub fn passed_schema() -> SchemaRef {
    let type_of = |from: &str| match from {
        "source_row" | "local_hour" => DataType::Int64,
        "local_day" | "commune_valid_from" => DataType::Date32,
        "is_ok" | "code_differs" | "operator_unknown" | "operator_conflict" | "sim_mvno"
        | "sim_roaming" => DataType::Boolean,
        other => COLUMNS
            .iter()
            .find(|(name, _)| *name == other)
            .map_or(DataType::Utf8, |(_, content)| content.arrow_type()),
    };
    let fields =
        passed_columns().into_iter().map(|(name, from)| Field::new(name, type_of(&from), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Name and origin of every column of a passed row: those above and the measures.
fn passed_columns() -> Vec<(String, String)> {
    let fixed = PASSED.iter().map(|(name, from)| ((*name).to_owned(), (*from).to_owned()));
    let measures = COLUMNS
        .iter()
        .filter(|(_, content)| *content == Content::Measure)
        .map(|(name, _)| ((*name).to_owned(), (*name).to_owned()));
    fixed.chain(measures).collect()
}

/// Tables that every batch is joined with.
pub struct Tables(Vec<(&'static str, RecordBatch)>);

impl Tables {
    /// The tables of a plan.
    pub fn of(plan: &Plan, samples: &Samples) -> Result<Self> {
        let operators = plan.operators.batches()?;
        Ok(Tables(vec![
            ("register", plan.register.batch()?),
            ("crosswalk_whole", plan.crosswalk.whole()?),
            ("operator_names", operators.names),
            ("operator_codes", operators.codes),
            ("operator_asns", operators.asns),
            ("ceilings", plan.ceilings()?),
            ("parameters", plan.parameters(samples.simulated())?),
        ]))
    }
}

/// What became of a section.
pub struct Outcome {
    pub file: usize,
    pub read: u64,
    /// Plain rows (`plain.rs`): their file, themselves by number, and what the ledger counts of them.
    pub plain: Option<PathBuf>,
    pub part: Option<Part>,
    pub notes: Notes,
    pub rejected: u64,
    pub rejected_by_rule: BTreeMap<String, u64>,
    pub months: BTreeMap<String, u64>,
    pub unconverted: BTreeMap<String, u64>,
    pub passed: Option<PathBuf>,
    pub quarantine: Option<PathBuf>,
}

/// An engine with the tables and queries of this stage.
pub struct Checker<'a> {
    plan: &'a Plan,
    samples: &'a Samples,
    engine: Box<dyn Engine + Send>,
    placed: String,
    checked: String,
    simulated: bool,
    file: usize,
    contract: Option<&'a Contract<'a>>,
}

/// Rows that are held back for the queries: those run on few large batches, not on many small ones.
const HELD_ROWS: usize = 65_536;

/// Rows for the queries.
#[derive(Default)]
struct Held(Vec<RecordBatch>);

impl Held {
    /// Whether they are too many with another batch, by number or, where rows are wide, by size.
    fn is_full_with(&self, more: &RecordBatch) -> bool {
        let all = || self.0.iter().chain([more]);
        let rows: usize = all().map(RecordBatch::num_rows).sum();
        let bytes: usize = all().map(RecordBatch::get_array_memory_size).sum();
        rows > HELD_ROWS || bytes as u64 > limits::BATCH_BYTES
    }

    /// All of them in one batch; nothing is held after that.
    fn whole(&mut self) -> Result<Option<RecordBatch>> {
        let Some(first) = self.0.first() else { return Ok(None) };
        let whole = concat_batches(&first.schema(), &self.0);
        self.0.clear();
        Ok(Some(whole.map_err(|e| fault("validation/placed.sql", e.to_string()))?))
    }
}

impl<'a> Checker<'a> {
    /// A checker for one file.
    pub fn new(
        plan: &'a Plan,
        samples: &'a Samples,
        tables: &Tables,
        functions: &[Arc<dyn Function>],
        contract: Option<&'a Contract<'a>>,
        file: usize,
    ) -> Result<Self> {
        let mut engine = engine::open(functions);
        for (name, batch) in &tables.0 {
            engine.register_batches(name, batch.schema(), std::slice::from_ref(batch))?;
        }
        Ok(Checker {
            plan,
            samples,
            engine,
            placed: plan.queries.sql("validation/placed.sql")?,
            checked: plan.queries.sql("validation/checked.sql")?,
            simulated: samples.simulated(),
            file,
            contract,
        })
    }

    /// Reads the section and sorts its rows; `number` makes the names of its files.
    pub fn run(
        mut self,
        open: &OpenFile,
        section: &Section,
        number: usize,
        progress: Progress<'_>,
    ) -> Result<Outcome> {
        let mut outcome = Outcome {
            file: self.file,
            read: 0,
            rejected: 0,
            rejected_by_rule: BTreeMap::new(),
            months: BTreeMap::new(),
            unconverted: BTreeMap::new(),
            passed: None,
            quarantine: None,
            plain: None,
            part: None,
            notes: Notes::default(),
        };
        let mut plain = self.contract.map(Plain::new);
        let mut accepted =
            Intermediate::new(self.plan.work.join(format!("plain-{number:06}.parquet")));
        let mut held = Held::default();
        let mut passed =
            Intermediate::new(self.plan.work.join(format!("passed-{number:06}.parquet")));
        let mut refused =
            Intermediate::new(self.plan.work.join(format!("quarantine-{number:06}.parquet")));
        open.read(section, &mut |raw| {
            let rows = raw.num_rows() as u64;
            if let Some(plain) = &mut plain {
                let others = others(plain, &raw, &mut accepted)?;
                if held.is_full_with(&others) {
                    self.check(held.whole()?, &mut outcome, &mut passed, &mut refused)?;
                }
                held.0.push(others);
            } else {
                self.check(Some(raw), &mut outcome, &mut passed, &mut refused)?;
            }
            progress(Step::Rows(rows));
            Ok(())
        })?;
        self.check(held.whole()?, &mut outcome, &mut passed, &mut refused)?;
        outcome.passed = passed.close()?;
        outcome.quarantine = refused.close()?;
        outcome.plain = accepted.close()?;
        if let (Some(plain), Some(contract)) = (plain, self.contract) {
            outcome.read += plain.days.iter().sum::<u64>();
            let days = (contract.first_day()..).zip(plain.days).filter(|(_, rows)| *rows > 0);
            count_months(days, &mut outcome.months);
            outcome.part = Some(plain.part);
            outcome.notes = plain.notes;
        }
        Ok(outcome)
    }

    fn check(
        &mut self,
        raw: Option<RecordBatch>,
        outcome: &mut Outcome,
        passed: &mut Intermediate,
        refused: &mut Intermediate,
    ) -> Result<()> {
        let Some(raw) = raw.filter(|raw| raw.num_rows() > 0) else { return Ok(()) };
        let imported = import(self.engine.as_mut(), &self.samples.profile, raw)?;
        for (column, count) in imported.unconverted {
            *outcome.unconverted.entry(column.to_owned()).or_default() += count;
        }
        let rows = imported.batch.num_rows();
        self.engine.register_batches("imported", imported.batch.schema(), &[imported.batch])?;
        self.engine.register_view("placed", &self.placed)?;
        let checked = self.engine.query("validation/checked.sql", &self.checked)?;
        if checked.num_rows() != rows {
            let message = format!("{} rows came out of {rows}", checked.num_rows());
            return Err(fault("validation/placed.sql", message));
        }
        let rules = &self.plan.queries.rules;
        let rejected = rejected(&checked, rules).map_err(|m| fault("rules.toml", m))?;
        count(&checked, rules, &rejected, outcome).map_err(|m| fault("rules.toml", m))?;
        passed.write(&self.passed(&checked, &rejected)?)?;
        let rows = quarantined(&checked, &rejected, rules, self.simulated);
        refused.write(&rows.map_err(|m| fault("rules.toml", m))?)
    }

    fn passed(&self, checked: &RecordBatch, rejected: &BooleanArray) -> Result<RecordBatch> {
        let arrow = |e: arrow::error::ArrowError| fault("validation/placed.sql", e.to_string());
        let keep = not(rejected).map_err(arrow)?;
        let kept = filter_record_batch(checked, &keep).map_err(arrow)?;
        let schema = passed_schema();
        let mut columns = Vec::new();
        for ((_, from), field) in passed_columns().iter().zip(schema.fields()) {
            let missing = || fault("validation/placed.sql", format!("column `{from}` is missing"));
            let array = kept.column_by_name(from).ok_or_else(missing)?;
            columns.push(arrow::compute::cast(array, field.data_type()).map_err(arrow)?);
        }
        RecordBatch::try_new(schema, columns).map_err(arrow)
    }
}

fn fault(query: &str, message: String) -> crate::error::Error {
    ValidationFault::Query { query: query.to_owned(), message }.into()
}

/// The rows that fail any rule.
fn rejected(checked: &RecordBatch, rules: &[Rule]) -> Result<BooleanArray, String> {
    let mut any = BooleanArray::from(vec![false; checked.num_rows()]);
    for rule in rules {
        any = or(&any, flags(checked, &rule.name)?).map_err(|e| e.to_string())?;
    }
    Ok(any)
}

fn count(
    checked: &RecordBatch,
    rules: &[Rule],
    rejected: &BooleanArray,
    outcome: &mut Outcome,
) -> Result<(), String> {
    outcome.read += checked.num_rows() as u64;
    outcome.rejected += rejected.true_count() as u64;
    for rule in rules {
        let failed = flags(checked, &rule.name)?.true_count() as u64;
        if failed > 0 {
            *outcome.rejected_by_rule.entry(rule.name.clone()).or_default() += failed;
        }
    }
    let days = checked.column_by_name("local_day").ok_or("column `local_day` is missing")?;
    let days = days.as_primitive_opt::<Date32Type>().ok_or("`local_day` is not a date")?;
    let mut by_day: BTreeMap<i32, u64> = BTreeMap::new();
    for day in days.iter().flatten() {
        *by_day.entry(day).or_default() += 1;
    }
    count_months(by_day, &mut outcome.months);
    Ok(())
}

fn count_months(days: impl IntoIterator<Item = (i32, u64)>, months: &mut BTreeMap<String, u64>) {
    for (day, rows) in days {
        if let Some(day) = civil(day) {
            let month = format!("{:04}-{:02}", day.year(), day.month());
            *months.entry(month).or_default() += rows;
        }
    }
}

/// Takes the plain rows of a batch; gives the others.
fn others(plain: &mut Plain<'_>, raw: &RecordBatch, to: &mut Intermediate) -> Result<RecordBatch> {
    let (accepted, taken) = plain.take(raw)?;
    to.write(&accepted)?;
    let arrow = |e: arrow::error::ArrowError| fault("validation/placed.sql", e.to_string());
    filter_record_batch(raw, &not(&taken).map_err(arrow)?).map_err(arrow)
}

/// An intermediate Parquet file, made with its first row.
struct Intermediate {
    path: PathBuf,
    writer: Option<ArrowWriter<File>>,
}

impl Intermediate {
    fn new(path: PathBuf) -> Self {
        Intermediate { path, writer: None }
    }

    fn fault(&self, message: impl ToString) -> crate::error::Error {
        let path = self.path.display().to_string();
        ValidationFault::Work { path, message: message.to_string() }.into()
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        if self.writer.is_none() {
            let file = File::create(&self.path).map_err(|e| self.fault(e))?;
            // Read back once or twice, soon: speed matters more than size.
            let properties = WriterProperties::builder().set_compression(Compression::LZ4_RAW);
            // Without the Arrow schema, texts by number are read as texts.
            let options = ArrowWriterOptions::new()
                .with_properties(properties.build())
                .with_skip_arrow_metadata(true);
            let writer = ArrowWriter::try_new_with_options(file, batch.schema(), options);
            self.writer = Some(writer.map_err(|e| self.fault(e))?);
        }
        if let Some(writer) = &mut self.writer {
            let written = writer.write(batch);
            written.map_err(|e| self.fault(e))?;
        }
        Ok(())
    }

    fn close(mut self) -> Result<Option<PathBuf>> {
        let Some(writer) = self.writer.take() else { return Ok(None) };
        writer.close().map_err(|e| self.fault(e))?;
        Ok(Some(self.path))
    }
}
