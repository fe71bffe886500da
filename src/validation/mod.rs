//! Checks every row against the contract and places it; nothing is lost on the way.
//!
//! Rows are read section by section, in parallel: import profile → `placed.sql` → `checked.sql`.
//! Rows that pass every rule and rows that fail go to Parquet files of their own. Rows that plainly pass
//! (`plain.rs`), which are most, are placed without an engine and numbered on the way; the numbers stay in memory (some 70
//! bytes a row, and 90 a device and section), everything else is held batch by batch.

mod duplicates;
pub mod ledger;
mod naming;
mod placement;
mod plain;
pub mod quarantine;
mod repeats;
mod section;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use rayon::prelude::*;

use crate::bundle::manifest::sha256_file;
use crate::engine::{self, Engine, Function, STACK};
use crate::error::{Fault, Kind, Result};
use crate::import::functions::{FoldName, LocalDate, LocalHour, ParseTime};
use crate::import::{Samples, Section};
use crate::numbered::Part;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use ledger::{FileLedger, Ledger};
use plain::Contract;
use section::Outcome;

/// Rows that one task reads; large enough to be worth a task, small enough to share the work.
const SECTION_ROWS: u64 = 524_288;

/// Rows that cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum ValidationFault {
    #[error("`{query}` does not fit the program: {message}")]
    Query { query: String, message: String },
    #[error("`{path}` cannot be written: {message}")]
    Work { path: String, message: String },
    #[error("worker threads cannot be started: {0}")]
    Threads(String),
}

impl Fault for ValidationFault {
    fn kind(&self) -> Kind {
        match self {
            ValidationFault::Query { .. } => Kind::Usage,
            _ => Kind::Output,
        }
    }

    fn hint(&self) -> Option<String> {
        let work = matches!(self, ValidationFault::Work { .. });
        work.then(|| "make room there; TMPDIR names the folder of intermediate files".into())
    }
}

/// Samples that pass every rule, without duplicates, in files that queries read as `accepted`.
pub struct ValidSamples {
    /// Files of rows that passed by the queries, duplicates among them.
    pub passed: Vec<PathBuf>,
    /// Files of rows that plainly pass.
    pub plain: Vec<PathBuf>,
    /// The same rows by number.
    pub parts: Vec<Part>,
    pub duplicates: RecordBatch,
    /// Rejected rows, in the order of files and rows.
    pub quarantine: Vec<PathBuf>,
    pub ledger: Ledger,
}

impl ValidSamples {
    /// Makes the rejected rows known to an engine, as the table `quarantine`.
    pub fn register_quarantine(&self, engine: &mut dyn Engine) -> Result<()> {
        if self.quarantine.is_empty() {
            let empty = quarantine::empty();
            return engine.register_batches("quarantine", empty.schema(), &[]);
        }
        engine.register_parquet("quarantine", &self.quarantine)
    }
}

/// The functions that queries of this stage may call.
fn functions(plan: &Plan) -> Vec<Arc<dyn Function>> {
    let province = plan.province_known.then(|| plan.config.province.code.clone());
    let names = naming::Names { register: plan.register.clone(), province };
    vec![
        Arc::new(ParseTime),
        Arc::new(FoldName),
        Arc::new(LocalDate(plan.zone.clone())),
        Arc::new(LocalHour(plan.zone.clone())),
        Arc::new(placement::CommuneAt(plan.boundaries.clone())),
        Arc::new(placement::CommuneNear(plan.boundaries.clone(), plan.config.communes.snap_m)),
        Arc::new(placement::BoundariesOn(plan.boundaries.clone())),
        Arc::new(naming::CommuneNamed(names.clone())),
        Arc::new(naming::CommunesNamed(names)),
    ]
}

/// Checks all samples.
pub fn validate(plan: &Plan, samples: &Samples, progress: Progress<'_>) -> Result<ValidSamples> {
    let rows = samples.files.iter().map(|file| file.rows()).sum();
    progress(Step::Stage { name: "validation", rows });
    let mut outcomes = check_sections(plan, samples, progress)?;
    let files = |of: fn(&Outcome) -> &Option<PathBuf>| -> Vec<PathBuf> {
        outcomes.iter().filter_map(|outcome| of(outcome).clone()).collect()
    };
    let passed = files(|outcome| &outcome.passed);
    let plain = files(|outcome| &outcome.plain);
    let quarantine = files(|outcome| &outcome.quarantine);
    let mut ledger = ledger_of(plan, samples, &outcomes)?;
    progress(Step::Stage { name: "duplicates", rows: 0 });
    let duplicates = duplicates::find(plan, &passed, &mut ledger)?;
    ledger.total();
    let parts = outcomes.iter_mut().filter_map(|outcome| outcome.part.take()).collect();
    let mut valid = ValidSamples { passed, plain, parts, duplicates, quarantine, ledger };
    valid.ledger.notes = notes(plan, &valid)?;
    for (name, count) in outcomes.iter().flat_map(|outcome| outcome.notes.named()) {
        *valid.ledger.notes.entry(name.to_owned()).or_default() += count;
    }
    Ok(valid)
}

fn check_sections(plan: &Plan, samples: &Samples, progress: Progress<'_>) -> Result<Vec<Outcome>> {
    let tables = section::Tables::of(plan, samples)?;
    let tasks: Vec<(usize, usize, Section)> = samples
        .files
        .iter()
        .enumerate()
        .flat_map(|(file, open)| open.sections(SECTION_ROWS).into_iter().map(move |s| (file, s)))
        .enumerate()
        .map(|(number, (file, section))| (number, file, section))
        .collect();
    let pool = pool(plan)?;
    let mut contract = Contract::of(plan, samples);
    if let Some(contract) = &mut contract {
        let sections: Vec<(usize, &Section)> =
            tasks.iter().map(|(_, file, section)| (*file, section)).collect();
        contract.without(pool.install(|| repeats::find(samples, &sections))?);
    }
    let contract = contract.as_ref();
    let check = |(number, file, section): &(usize, usize, Section)| {
        let open = &samples.files[*file];
        let functions = functions(plan);
        let checker = section::Checker::new(plan, samples, &tables, &functions, contract, *file)?;
        checker.run(open, section, *number, progress)
    };
    // Collected in order first, so that the error reported does not depend on timing.
    let outcomes: Vec<Result<Outcome>> = pool.install(|| tasks.par_iter().map(check).collect());
    outcomes.into_iter().collect()
}

/// The threads of a plan.
pub fn pool(plan: &Plan) -> Result<rayon::ThreadPool, ValidationFault> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).stack_size(STACK).build();
    pool.map_err(|e| ValidationFault::Threads(e.to_string()))
}

fn ledger_of(plan: &Plan, samples: &Samples, outcomes: &[Outcome]) -> Result<Ledger> {
    let limits = &plan.config.validation;
    let mut ledger = Ledger {
        warn_rejected_share: limits.warn_rejected_share,
        fail_rejected_share: limits.fail_rejected_share,
        simulated: samples.simulated(),
        ..Default::default()
    };
    for open in &samples.files {
        let (sha256, _) = sha256_file(&open.source.path)?;
        let file = open.source.name.clone();
        ledger.files.push(FileLedger { file, sha256, ..Default::default() });
    }
    for outcome in outcomes {
        let file = &mut ledger.files[outcome.file];
        file.read += outcome.read;
        file.rejected += outcome.rejected;
        file.accepted += outcome.read - outcome.rejected;
        add(&mut file.rejected_by_rule, &outcome.rejected_by_rule);
        add(&mut ledger.months, &outcome.months);
        add(&mut ledger.unconverted, &outcome.unconverted);
    }
    Ok(ledger)
}

fn add(total: &mut BTreeMap<String, u64>, part: &BTreeMap<String, u64>) {
    for (key, count) in part {
        *total.entry(key.clone()).or_default() += count;
    }
}

/// Makes the accepted samples known to an engine, as the table `accepted`, with the parameters.
pub fn register_accepted(
    engine: &mut dyn Engine,
    plan: &Plan,
    valid: &ValidSamples,
    simulated: bool,
) -> Result<()> {
    if valid.plain.is_empty() {
        return register_by_query(engine, plan, valid, simulated, "accepted");
    }
    register_by_query(engine, plan, valid, simulated, "accepted_by_query")?;
    engine.register_parquet("plain", &valid.plain)?;
    let columns = plain::columns().join(", ");
    let select = |table: &str| format!("SELECT {columns}, 1 AS tests FROM {table}");
    let both = format!("{} UNION ALL {}", select("accepted_by_query"), select("plain"));
    engine.register_view("accepted", &both)
}

/// The same without the plain ones, under a name.
fn register_by_query(
    engine: &mut dyn Engine,
    plan: &Plan,
    valid: &ValidSamples,
    simulated: bool,
    name: &str,
) -> Result<()> {
    register_passed(engine, &valid.passed)?;
    let parameters = plan.parameters(simulated)?;
    engine.register_batches("parameters", parameters.schema(), &[parameters])?;
    let duplicates = &valid.duplicates;
    engine.register_batches("duplicates", duplicates.schema(), std::slice::from_ref(duplicates))?;
    engine.register_view(name, &plan.queries.sql("validation/accepted.sql")?)
}

fn register_passed(engine: &mut dyn Engine, passed: &[PathBuf]) -> Result<()> {
    if passed.is_empty() {
        let schema = section::passed_schema();
        return engine.register_batches("passed", schema, &[]);
    }
    engine.register_parquet("passed", passed)
}

/// What the ledger counts among rows that passed by the queries.
fn notes(plan: &Plan, valid: &ValidSamples) -> Result<BTreeMap<String, u64>> {
    let mut engine = engine::open(&[]);
    register_by_query(engine.as_mut(), plan, valid, valid.ledger.simulated, "accepted")?;
    let name = "validation/notes.sql";
    let row = engine.query(name, &plan.queries.sql(name)?)?;
    let mut notes = BTreeMap::new();
    for (field, column) in row.schema().fields().iter().zip(row.columns()) {
        notes.insert(field.name().clone(), duplicates::count(name, column)?);
    }
    Ok(notes)
}
