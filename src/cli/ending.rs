//! The end of a run: its report beside the bundle, then the command that the configuration names.

use std::path::PathBuf;

use ispeed_report::bundle::OutputRoot;
use ispeed_report::config::{Config, Hooks};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::Answer;
use super::hooks;
use super::run_report::{RunReport, now, peak_memory_bytes};
use super::watch::{Watch, thousandths};

/// What is known of a run when it begins.
pub struct Ending {
    out: OutputRoot,
    hooks: Hooks,
    province: String,
    month: String,
    threads: usize,
    started_at: Timestamp,
}

impl Ending {
    /// Takes the time.
    pub fn begin(out: &OutputRoot, config: &Config, month: &str, threads: usize) -> Self {
        Ending {
            out: out.clone(),
            hooks: config.hooks.clone(),
            province: config.province.code.clone(),
            month: month.to_owned(),
            threads,
            started_at: now(),
        }
    }

    /// Writes the report and calls the command; what goes wrong with either is one more warning.
    pub fn end(self, mut answer: Answer, watch: Watch) -> Answer {
        let report = self.report(&answer, watch);
        let dry = report.status == "dry_run";
        let written = if dry { None } else { self.keep(&report, &mut answer) };
        if !dry {
            answer.warnings.extend(hooks::call(&self.hooks, &report, written.as_deref()));
        }
        answer
    }

    /// Writes the report with the folder to itself: while another run holds it, the report that lies
    /// there is that of the other run. A run that fails before there is a folder makes none.
    fn keep(&self, report: &RunReport, answer: &mut Answer) -> Option<PathBuf> {
        if answer.failure.is_some() && !self.out.path().is_dir() {
            return None;
        }
        let name = format!("{}-{}", self.province, self.month);
        let written = self.out.hold().and_then(|_held| Ok(report.write(self.out.path(), &name)?));
        match written {
            Ok(path) => Some(path),
            Err(_) if answer.failure.is_some() => None, // one reason is enough
            Err(error) => {
                answer.warnings.push(error.to_string());
                None
            }
        }
    }

    fn report(&self, answer: &Answer, watch: Watch) -> RunReport {
        let (run, stages) = watch.end();
        let finished_at = now();
        let failure = answer.failure.as_ref();
        let text = |name: &str| answer.members.get(name).and_then(Value::as_str).map(str::to_owned);
        RunReport {
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            build: env!("BUILT_FROM"),
            run: run.map(|id| id.to_string()),
            province: self.province.clone(),
            month: self.month.clone(),
            status: text("status").unwrap_or_else(|| "failed".into()),
            exit_code: failure.map_or(0, |error| error.kind().exit_code()),
            error: failure.map(ToString::to_string),
            hint: failure.and_then(|error| error.hint()),
            bundle: text("bundle"),
            counts: answer.members.get("counts").cloned().unwrap_or_default(),
            warnings: answer.warnings.clone(),
            started_at: self.started_at,
            finished_at,
            seconds: thousandths(finished_at.duration_since(self.started_at).as_secs_f64()),
            threads: self.threads,
            peak_memory_bytes: peak_memory_bytes(),
            stages,
        }
    }
}
