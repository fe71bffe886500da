//! The only module that knows every stage.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::bias;
use crate::bundle::verify::is_current;
use crate::bundle::{Manifest, Origin, OutputFolder, OutputRoot, Staging};
use crate::campaign::{self, Campaign};
use crate::checks;
use crate::collapse;
use crate::comparison;
use crate::coverage;
use crate::disclosure::protect;
use crate::error::{Fault, Kind, Result};
use crate::gaps;
use crate::history;
use crate::import::Samples;
use crate::measured::{self, Measured};
use crate::origin;
use crate::output;
use crate::plan::Plan;
use crate::progress::{Progress, RunId, Step};
use crate::provenance::{self, Provenance};
use crate::reconciliation::reconcile;
use crate::revision::{self, Grouping, Revision};
use crate::statistics::{self, Bench};
use crate::validation::ledger::Ledger;
use crate::validation::{ValidSamples, validate};
use crate::warning::{Warning, warnings};
use crate::weighting;

/// What a run needs and a plan may lack.
#[derive(Debug, thiserror::Error)]
pub enum PipelineFault {
    #[error("a run needs a month and a report date")]
    NoPeriod,
    #[error(
        "a file changed while it was read, expected all inputs to stay as they are during a run"
    )]
    Moving,
}

impl Fault for PipelineFault {
    fn kind(&self) -> Kind {
        match self {
            PipelineFault::NoPeriod => Kind::Usage,
            PipelineFault::Moving => Kind::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        let moving = matches!(self, PipelineFault::Moving);
        moving.then(|| "run again when the files are complete; nothing was published".into())
    }
}

/// Where a bundle goes.
#[derive(Debug, Clone)]
pub struct Request {
    pub out: OutputRoot,
    /// Rebuild also when nothing changed.
    pub force: bool,
    /// Check everything, write nothing.
    pub dry_run: bool,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Built,
    Unchanged,
    DryRun,
    /// Too many rows were rejected: ledger and quarantine are there, reports are not.
    Refused,
}

/// What a run did.
#[derive(Debug)]
pub struct Outcome {
    pub verdict: Verdict,
    /// The bundle, there or (in a dry run) to be; after a refusal the folder of ledger and quarantine.
    pub bundle: PathBuf,
    /// Absent when nothing changed: then nothing was read.
    pub ledger: Option<Ledger>,
    /// Whether samples were not read again, since the bundle that stood there was made of the same.
    pub recalled: bool,
    pub warnings: Vec<Warning>,
}

/// What a contract check found.
#[derive(Debug)]
pub struct Checked {
    pub ledger: Ledger,
    pub warnings: Vec<Warning>,
}

/// Checks samples against the contract; writes nothing but intermediate files.
pub fn check(plan: &Plan, samples: &Samples, progress: Progress<'_>) -> Result<Checked> {
    let (valid, warnings) = valid(plan, samples, progress)?;
    Ok(Checked { ledger: valid.ledger, warnings })
}

fn valid(
    plan: &Plan,
    samples: &Samples,
    progress: Progress<'_>,
) -> Result<(ValidSamples, Vec<Warning>)> {
    let valid = validate(plan, samples, progress)?;
    let mut warnings = warnings(samples, &valid.ledger);
    warnings.extend(checks::find(plan, &valid)?);
    Ok((valid, warnings))
}

/// From samples to a bundle `OUT/<province>-<month>`.
pub fn run(
    plan: &Plan,
    samples: &Samples,
    request: &Request,
    progress: Progress<'_>,
) -> Result<Outcome> {
    let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
    let name = format!("{}-{}", plan.config.province.code, period.month);
    let bundle = request.out.path().join(&name);
    progress(Step::Stage { name: "inputs", rows: 0 });
    plan.history.check(samples.simulated())?;
    let mut origin = origin::origin(plan, samples)?;
    let key = origin.key()?;
    progress(Step::Identified(RunId::of(&key)));
    let outcome = |verdict, bundle, ledger, warnings| Outcome {
        verdict,
        bundle,
        ledger,
        recalled: false,
        warnings,
    };
    if request.dry_run {
        let (valid, warnings) = valid(plan, samples, progress)?;
        let refused = valid.ledger.fails();
        let rejected = request.out.path().join(output::refusal_name(&name));
        let (verdict, place) =
            if refused { (Verdict::Refused, rejected) } else { (Verdict::DryRun, bundle) };
        return Ok(outcome(verdict, place, Some(valid.ledger), warnings));
    }
    if !request.force && is_current(&bundle, &key) {
        return Ok(outcome(Verdict::Unchanged, bundle, None, Vec::new()));
    }
    // Held from here on, so that no other run changes what this one replaces.
    let folder = request.out.hold()?;
    let staging = folder.stage(&name)?;
    let measured_key = measured::key(plan, &origin)?;
    let recall = || Measured::recall(&bundle, &measured_key, &staging);
    let recalled = if request.force { None } else { recall() };
    let is_recalled = recalled.is_some();
    let measured = match recalled {
        Some(measured) => measured,
        None => {
            let (valid, warnings) = valid(plan, samples, progress)?;
            if valid.ledger.fails() {
                refuse(&folder, &name, &origin, &valid, &warnings)?;
                let rejected = request.out.path().join(output::refusal_name(&name));
                return Ok(outcome(Verdict::Refused, rejected, Some(valid.ledger), warnings));
            }
            measure(plan, valid, warnings, &staging, progress)?
        }
    };
    measured.keep(&measured_key, &staging)?;
    let mut warnings = measured.warnings.clone();
    warnings.extend(plan.monthly.warning());
    warnings.extend(plan.campaign.iter().flat_map(|campaign| campaign.warnings()));
    warnings.extend(Campaign::unwatched(plan));
    let groupings = groupings(plan);
    let names: Vec<&str> = groupings.iter().map(|grouping| grouping.table).collect();
    let revision = Revision::next(request.out.path(), &name, &origin, &names)?;
    let as_read = origin.clone();
    origin.revision = revision.number;
    origin.replaces.clone_from(&revision.replaces);
    for (input, file) in origin.inputs.iter_mut().zip(&samples.files) {
        input.rows = file.rows();
    }
    let provenance = write(plan, &measured, &revision, &warnings, &staging, progress)?;
    progress(Step::Stage { name: "bundle", rows: 0 });
    write_manifest(&staging, &origin, &measured.ledger, &warnings, provenance)?;
    if origin::origin(plan, samples)? != as_read {
        return Err(PipelineFault::Moving.into());
    }
    let bundle = staging.commit_keeping(revision.keeps.as_deref())?;
    output::forget_refusal(request.out.path(), &name);
    let ledger = Some(measured.ledger);
    Ok(Outcome { verdict: Verdict::Built, bundle, ledger, recalled: is_recalled, warnings })
}

/// The published tables whose figures are compared with those of the revision before.
fn groupings(plan: &Plan) -> Vec<Grouping<'_>> {
    let statistics = plan.queries.tables.iter().map(|table| Grouping {
        table: &table.name,
        keys: table.keys.iter().map(String::as_str).collect(),
    });
    let quota = ["commune_code", "commune_valid_from", "family"].to_vec();
    statistics.chain([Grouping { table: "quota", keys: quota }]).collect()
}

/// From valid samples to complete tables; samples without identifiers go into the bundle.
fn measure(
    plan: &Plan,
    mut valid: ValidSamples,
    mut warnings: Vec<Warning>,
    staging: &Staging,
    progress: Progress<'_>,
) -> Result<Measured> {
    output::quarantine(staging, &valid)?;
    let effective = staging.file("internal/samples_effective.parquet")?;
    let by_day_part = staging.file("internal/samples_effective_day_part.parquet")?;
    let restating = !plan.restated_communes().is_empty();
    let restated = restating.then_some(history::RESTATED);
    let restated = restated.map(|file| staging.file(file)).transpose()?;
    let effective =
        collapse::collapse(plan, &mut valid, effective, by_day_part, restated, progress)?;
    let mut bench = Bench::new(plan, &valid, effective)?;
    statistics::compute(plan, &mut bench, progress)?;
    weighting::weigh(plan, &mut bench, progress)?;
    coverage::find(plan, &mut bench, progress)?;
    history::open(plan, &mut bench, progress)?;
    gaps::find(plan, &mut bench, progress)?;
    bias::describe(plan, &mut bench, progress)?;
    reconcile(plan, &mut bench, progress)?;
    warnings.extend(history::compare(plan, &mut bench)?);
    let simulated = valid.ledger.simulated;
    comparison::compare(plan, &mut bench, simulated, progress)?;
    bench.tables.insert("benchmarks".into(), statistics::benchmarks(plan, simulated)?);
    let Bench { tables, inputs, queries, .. } = bench;
    Ok(Measured { ledger: valid.ledger, tables, inputs, queries, warnings })
}

/// From complete tables to everything in a bundle but its manifest.
fn write(
    plan: &Plan,
    measured: &Measured,
    revision: &Revision,
    warnings: &[Warning],
    staging: &Staging,
    progress: Progress<'_>,
) -> Result<Provenance> {
    let simulated = measured.ledger.simulated;
    let mut bench = measured.bench(plan)?;
    campaign::consolidate(plan, &mut bench, progress)?;
    output::ledger(staging, &measured.ledger)?;
    output::queries(staging, plan, &bench)?;
    output::complete_tables(staging, &bench.tables)?;
    progress(Step::Stage { name: "privacy", rows: 0 });
    let least = plan.config.privacy.min_devices;
    let queries = &plan.queries;
    let mut protected = protect(&queries.disclosure, &queries.families, least, &bench.tables)?;
    let labels = plan.templates.labels()?;
    let title = |table: &str, column: &str| {
        labels.column_title(table, column).unwrap_or_else(|_| column.to_owned())
    };
    let changes = revision.changes(&groupings(plan), protected.tables(), &title)?;
    if let Some(table) = changes {
        protected.add(revision::TABLE, table);
    }
    output::tables(staging, &protected)?;
    progress(Step::Stage { name: "charts", rows: 0 });
    let (plates, figures) = output::charts(staging, plan, &protected, simulated)?;
    progress(Step::Stage { name: "documents", rows: 0 });
    let ledger = &measured.ledger;
    let number = revision.number;
    let documents =
        output::documents(staging, plan, &protected, ledger, &plates, warnings, number)?;
    output::annex(staging, plan, &protected, simulated)?;
    let tables = provenance::tables(&bench.queries, &bench.inputs, protected.tables())?;
    Ok(Provenance { tables, figures, documents })
}

/// Keeps ledger and quarantine of a run with too many rejected rows, apart from the bundle.
fn refuse(
    folder: &Arc<OutputFolder>,
    name: &str,
    origin: &Origin,
    valid: &ValidSamples,
    warnings: &[Warning],
) -> Result<()> {
    let staging = folder.stage(&output::refusal_name(name))?;
    output::ledger(&staging, &valid.ledger)?;
    output::quarantine(&staging, valid)?;
    write_manifest(&staging, origin, &valid.ledger, warnings, Provenance::default())?;
    staging.commit().map(drop)
}

fn write_manifest(
    staging: &Staging,
    origin: &Origin,
    ledger: &Ledger,
    warnings: &[Warning],
    provenance: Provenance,
) -> Result<()> {
    let counts = serde_json::json!({
        "read": ledger.read,
        "accepted": ledger.accepted,
        "duplicate": ledger.duplicate,
        "rejected": ledger.rejected,
    });
    let warnings = warnings.iter().map(ToString::to_string).collect();
    let folder: &Path = staging.path();
    Manifest::write(folder, origin, warnings, counts, provenance)?;
    Ok(())
}
