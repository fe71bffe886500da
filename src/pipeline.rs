//! The only module that knows every stage.

use std::path::{Path, PathBuf};

use crate::bias;
use crate::bundle::verify::is_current;
use crate::bundle::{Manifest, Origin, Staging};
use crate::campaign::{self, Campaign};
use crate::checks;
use crate::collapse;
use crate::comparison;
use crate::coverage;
use crate::error::{Fault, Kind, Result};
use crate::gaps;
use crate::history;
use crate::import::Samples;
use crate::origin::origin;
use crate::output;
use crate::plan::Plan;
use crate::progress::{Progress, RunId, Step};
use crate::reconciliation::reconcile;
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
}

impl Fault for PipelineFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// Where a bundle goes.
#[derive(Debug, Clone)]
pub struct Request {
    pub out: PathBuf,
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
    let valid = validate(plan, samples, progress)?;
    let mut warnings = warnings(samples, &valid.ledger);
    warnings.extend(checks::find(plan, &valid)?);
    Ok(Checked { ledger: valid.ledger, warnings })
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
    let bundle = request.out.join(&name);
    progress(Step::Stage { name: "inputs", rows: 0 });
    plan.history.check(samples.simulated())?;
    let mut origin = origin(plan, samples)?;
    let key = origin.key()?;
    progress(Step::Identified(RunId::of(&key)));
    if !request.force && !request.dry_run && is_current(&bundle, &key) {
        return Ok(Outcome {
            verdict: Verdict::Unchanged,
            bundle,
            ledger: None,
            warnings: Vec::new(),
        });
    }
    let valid = validate(plan, samples, progress)?;
    let mut warnings = warnings(samples, &valid.ledger);
    warnings.extend(checks::find(plan, &valid)?);
    let outcome = |verdict, bundle, ledger, warnings| Outcome {
        verdict,
        bundle,
        ledger: Some(ledger),
        warnings,
    };
    if valid.ledger.fails() {
        let kept = request.out.join(output::refusal_name(&name));
        if !request.dry_run {
            refuse(request, &name, &origin, &valid, &warnings)?;
        }
        return Ok(outcome(Verdict::Refused, kept, valid.ledger, warnings));
    }
    warnings.extend(plan.monthly.warning());
    warnings.extend(plan.campaign.iter().flat_map(|campaign| campaign.warnings()));
    warnings.extend(Campaign::unwatched(plan));
    if request.dry_run {
        return Ok(outcome(Verdict::DryRun, bundle, valid.ledger, warnings));
    }
    for (input, file) in origin.inputs.iter_mut().zip(&samples.files) {
        input.rows = file.rows();
    }
    let staging = Staging::open(&request.out, &name)?;
    warnings = build(plan, &valid, warnings, &staging, progress)?;
    progress(Step::Stage { name: "bundle", rows: 0 });
    write_manifest(&staging, &origin, &valid, &warnings)?;
    let bundle = staging.commit()?;
    output::forget_refusal(&request.out, &name);
    Ok(outcome(Verdict::Built, bundle, valid.ledger, warnings))
}

/// Gives the warnings with those that statistics gave cause for.
fn build(
    plan: &Plan,
    valid: &ValidSamples,
    mut warnings: Vec<Warning>,
    staging: &Staging,
    progress: Progress<'_>,
) -> Result<Vec<Warning>> {
    let effective = staging.file("internal/samples_effective.parquet")?;
    let by_day_part = staging.file("internal/samples_effective_day_part.parquet")?;
    let restating = !plan.restated_communes().is_empty();
    let restated = restating.then_some("internal/samples_effective_restated.parquet");
    let restated = restated.map(|file| staging.file(file)).transpose()?;
    let effective = collapse::collapse(plan, valid, effective, by_day_part, restated, progress)?;
    let mut bench = Bench::new(plan, valid, &effective)?;
    statistics::compute(plan, &mut bench, progress)?;
    weighting::weigh(plan, &mut bench, progress)?;
    coverage::find(plan, &mut bench, progress)?;
    history::open(plan, &mut bench, progress)?;
    gaps::find(plan, &mut bench, progress)?;
    bias::describe(plan, &mut bench, progress)?;
    reconcile(plan, &mut bench, progress)?;
    campaign::consolidate(plan, &mut bench, progress)?;
    warnings.extend(history::compare(plan, &mut bench)?);
    let simulated = valid.ledger.simulated;
    comparison::compare(plan, &mut bench, simulated, progress)?;
    bench.tables.insert("benchmarks".into(), statistics::benchmarks(plan, simulated)?);
    output::ledger(staging, valid)?;
    output::queries(staging, plan, &bench)?;
    output::tables(staging, &bench.tables)?;
    progress(Step::Stage { name: "charts", rows: 0 });
    let plates = output::charts(staging, plan, &bench.tables, simulated)?;
    progress(Step::Stage { name: "documents", rows: 0 });
    output::documents(staging, plan, &bench.tables, valid, &plates, &warnings)?;
    output::annex(staging, plan, &bench.tables, simulated)?;
    Ok(warnings)
}

/// Keeps ledger and quarantine of a run with too many rejected rows, apart from the bundle.
fn refuse(
    request: &Request,
    name: &str,
    origin: &Origin,
    valid: &ValidSamples,
    warnings: &[Warning],
) -> Result<()> {
    let staging = Staging::open(&request.out, &output::refusal_name(name))?;
    output::ledger(&staging, valid)?;
    write_manifest(&staging, origin, valid, warnings)?;
    staging.commit().map(drop)
}

fn write_manifest(
    staging: &Staging,
    origin: &Origin,
    valid: &ValidSamples,
    warnings: &[Warning],
) -> Result<()> {
    let ledger = &valid.ledger;
    let counts = serde_json::json!({
        "read": ledger.read,
        "accepted": ledger.accepted,
        "duplicate": ledger.duplicate,
        "rejected": ledger.rejected,
    });
    let warnings = warnings.iter().map(ToString::to_string).collect();
    let folder: &Path = staging.path();
    Manifest::write(folder, origin, warnings, counts)?;
    Ok(())
}
