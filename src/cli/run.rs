//! `run`: the two reports of a month.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use clap::{Args, value_parser};
use ispeed_report::bundle::{Manifest, OutputRoot};
use ispeed_report::config::Config;
use ispeed_report::error::Result;
use ispeed_report::import::Samples;
use ispeed_report::period::{Period, parse_day};
use ispeed_report::pipeline::{self, Outcome, Request, Verdict};
use ispeed_report::plan::Plan;
use serde_json::{Value, json};

use super::answer::{Answer, Format};
use super::ending::Ending;
use super::environment::{default_threads, last_panic, today, work_folder};
use super::fault::CliFault;
use super::ledger;
use super::log::Log;
use super::provinces;
use super::settings::SetArgs;
use super::watch::Watch;

const LONG: &str = "\
Make the reports of a month: samples in, a bundle out.

The bundle OUT/PROVINCE-MONTH/ holds send/ (reports, charts, tables, annex), internal/ (ledger, \
quarantine, effective samples, the SQL that was run) and manifest.json. It appears whole or not at \
all. When samples, configuration, templates and program are the same as last time, nothing is done; \
when only templates, forms, texts or the words of the configuration are others, samples are not read again. \
When more rows are rejected than the fail threshold allows, ledger and quarantine are written but no \
reports, and the exit code is 3.

With several configurations, one that fails stops none of the others; each has its own run report and \
commands at the end. The exit code is 0 when all are done, that of the failures when all failed alike, \
else 5.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report run --config dak-lak.toml --month 2025-10 --out out
  ispeed-report run --config dak-lak.toml --out out --history out
  ispeed-report run --config dak-lak.toml --month 2025-10 --out out --dry-run
  ispeed-report run --config dak-lak.toml --month 2025-10 --out out --history out
  ispeed-report run --config dak-lak.toml --config gia-lai.toml --out out
  ispeed-report run --config dak-lak.toml --month 2025-10 --out out --samples 'new/*.parquet'";

/// Make the reports of a month
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct RunArgs {
    /// Configuration of a province (`ispeed-report init` writes one); repeat it for several provinces,
    /// which then run side by side
    #[arg(long = "config", value_name = "FILE", required = true)]
    pub configs: Vec<PathBuf>,
    #[command(flatten)]
    pub settings: SetArgs,
    /// Reporting month [default: the last complete one]
    #[arg(long, value_name = "YYYY-MM")]
    pub month: Option<String>,
    /// Parquet file, folder or glob, in which {month} stands for the month; repeat it for several
    /// [default: samples.paths of the configuration]
    #[arg(long, value_name = "PATH")]
    pub samples: Vec<String>,
    /// Bundle of an earlier month, or folder that holds bundles; repeat it for several [default:
    /// history.paths of the configuration]
    #[arg(long, value_name = "PATH")]
    pub history: Vec<PathBuf>,
    /// Folder that bundles are written into
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Date of the reports [default: day 15 of the month after the reporting month]
    #[arg(long, value_name = "DATE")]
    pub report_date: Option<String>,
    #[command(flatten)]
    pub manner: Manner,
}

/// How a run goes about it; none of this changes what it makes.
#[derive(Debug, Default, Args)]
pub struct Manner {
    /// Threads to work with; the result does not depend on it [default: as many as the machine
    /// runs at once]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Provinces that run at the same time; each needs memory of its own [default: as many as
    /// threads, at most 4]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Check everything, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Build the bundle again also when nothing changed
    #[arg(long)]
    pub force: bool,
    /// Print only warnings and errors
    #[arg(long)]
    pub quiet: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
    /// How to log on stderr, instead of showing progress
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub log: Log,
}

impl Manner {
    /// How the answer is printed.
    pub fn format(&self) -> Format {
        match (self.json, self.quiet) {
            (true, _) => Format::Json,
            (false, true) => Format::Quiet,
            (false, false) => Format::Text,
        }
    }

    /// Whether progress is drawn: not into a log.
    fn progress(&self) -> Format {
        if self.log == Log::None { self.format() } else { Format::Quiet }
    }

    /// The number of threads.
    pub fn threads(&self) -> usize {
        self.threads.map_or_else(default_threads, usize::from)
    }

    /// The number of provinces at once.
    pub fn jobs(&self) -> usize {
        self.jobs.map_or_else(|| self.threads().min(4), usize::from)
    }
}

/// Runs one province or several.
pub fn run(args: &RunArgs) -> Result<Answer> {
    args.manner.log.open();
    let root = OutputRoot::new(&args.out);
    let [file] = args.configs.as_slice() else { return provinces::run(args, &root) };
    let config = configuration(args, file)?;
    let month = month(args, &config)?;
    Ok(province(args, config, file, &month, &root, args.manner.progress()))
}

/// A configuration as the command line changes it.
pub fn configuration(args: &RunArgs, file: &Path) -> Result<Config> {
    let mut config = args.settings.read(file)?;
    if !args.history.is_empty() {
        config.history.paths.clone_from(&args.history);
    }
    // Before the first run there is no earlier month yet.
    config.history.paths.retain(|path| *path != args.out || path.exists());
    Ok(config)
}

/// Runs, and leaves a run report beside the bundle, also when the program has a bug.
pub fn province(
    args: &RunArgs,
    config: Config,
    file: &Path,
    month: &str,
    root: &OutputRoot,
    format: Format,
) -> Answer {
    let ending = Ending::begin(root, &config, month, args.manner.threads());
    let watch = Watch::new(format, file.display().to_string());
    let made = || make(args, config, month, root, &watch).map(answer);
    let made = catch_unwind(AssertUnwindSafe(made));
    let made = made.unwrap_or_else(|_| Err(CliFault::bug(last_panic()).into()));
    ending.end(made.unwrap_or_else(Answer::failed), watch)
}

/// Plans, opens the samples, runs the pipeline.
fn make(
    args: &RunArgs,
    config: Config,
    month: &str,
    root: &OutputRoot,
    watch: &Watch,
) -> Result<Outcome> {
    let work = work_folder()?;
    let plan = plan(args, config, month, work.path())?;
    let source = &plan.config.samples;
    let paths = if args.samples.is_empty() { &source.paths } else { &args.samples };
    let paths: Vec<String> = paths.iter().map(|path| path.replace("{month}", month)).collect();
    let zone = plan.naive_zone.as_ref();
    let samples = Samples::open(&paths, &source.profile, &plan.queries, zone)?;
    let Manner { force, dry_run, .. } = args.manner;
    let request = Request { out: root.clone(), force, dry_run };
    pipeline::run(&plan, &samples, &request, &|step| watch.see(step))
}

/// The month that is asked for, or the last one that is over.
pub fn month(args: &RunArgs, config: &Config) -> Result<String> {
    match &args.month {
        Some(month) => Ok(month.clone()),
        None => Ok(Period::last_complete(today(config)?, &config.period)?.month),
    }
}

fn plan(args: &RunArgs, config: Config, month: &str, work: &Path) -> Result<Plan> {
    let report_date = args.report_date.as_deref().map(parse_day).transpose()?;
    let threads = args.manner.threads();
    Plan::new(config, true, Some(month), report_date, threads, work.to_owned())
}

fn answer(outcome: Outcome) -> Answer {
    let (status, headline) = match outcome.verdict {
        Verdict::Built => ("built", "built"),
        Verdict::Unchanged => ("unchanged", "nothing changed (--force builds it again):"),
        Verdict::DryRun => ("dry_run", "dry run, nothing written; a run would build"),
        Verdict::Refused => ("failed", "no reports; ledger and quarantine of the rejected rows:"),
    };
    let bundle = outcome.bundle.display().to_string();
    let mut text = format!("{headline} {bundle}\n");
    if outcome.recalled {
        text +=
            "the samples are those of the bundle that stood there; only the rest was made again\n";
    }
    if let Some(found) = &outcome.ledger {
        text += &format!("\n{}", ledger::summary(found));
    }
    if matches!(outcome.verdict, Verdict::Built | Verdict::Unchanged) {
        text += &reports(&outcome.bundle);
    }
    let (counts, warnings) = counts_and_warnings(&outcome);
    let mut answer = Answer::text(text)
        .member("status", status)
        .member("bundle", bundle)
        .member("samples_unchanged", outcome.recalled || outcome.verdict == Verdict::Unchanged)
        .member("counts", counts);
    answer.warnings = warnings;
    if let (Verdict::Refused, Some(found)) = (outcome.verdict, &outcome.ledger) {
        let limit = found.fail_rejected_share;
        answer.failure =
            Some(CliFault::Rejected { rejected: found.rejected, read: found.read, limit }.into());
    }
    answer
}

/// When nothing changed nothing was read: then the bundle still says what it was.
fn counts_and_warnings(outcome: &Outcome) -> (Value, Vec<String>) {
    if let Some(ledger) = &outcome.ledger {
        let warnings = outcome.warnings.iter().map(ToString::to_string);
        return (json!(ledger), warnings.collect());
    }
    let ledger = fs::read(outcome.bundle.join("internal").join("ledger.json"));
    let counts = ledger.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let warnings = Manifest::read(&outcome.bundle).map(|manifest| manifest.warnings);
    (counts.unwrap_or_default(), warnings.unwrap_or_default())
}

/// The documents that wait for a signature.
fn reports(bundle: &Path) -> String {
    let folder = bundle.join("send").join("reports");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut pdfs: Vec<_> = paths.filter(|p| p.extension().is_some_and(|e| e == "pdf")).collect();
    pdfs.sort();
    let lines: String = pdfs.iter().map(|path| format!("  {}\n", path.display())).collect();
    if lines.is_empty() { lines } else { format!("\nreports\n{lines}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(verdict: Verdict, bundle: &Path) -> Outcome {
        let (bundle, warnings) = (bundle.to_owned(), Vec::new());
        Outcome { verdict, bundle, ledger: None, recalled: false, warnings }
    }

    #[test]
    fn the_reports_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let reports = folder.path().join("send/reports");
        fs::create_dir_all(&reports).unwrap();
        for name in ["ministry.pdf", "committee.pdf", "notes.txt"] {
            fs::write(reports.join(name), "").unwrap();
        }
        let text = answer(outcome(Verdict::Built, folder.path())).text;
        let names: Vec<_> = text.lines().filter_map(|line| line.rsplit('/').next()).collect();
        assert!(names.ends_with(&["committee.pdf", "ministry.pdf"]), "{text}");
    }

    #[test]
    fn a_dry_run_says_so() {
        let answer = answer(outcome(Verdict::DryRun, Path::new("out/66-2025-10")));
        assert_eq!(answer.members["status"], "dry_run");
        assert!(answer.text.contains("nothing written"), "{}", answer.text);
    }
}
