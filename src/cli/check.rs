//! `check`: do these samples fit the contract?

use std::path::PathBuf;

use clap::Args;
use ispeed_report::config::Config;
use ispeed_report::error::Result;
use ispeed_report::import::Samples;
use ispeed_report::pipeline;
use ispeed_report::plan::Plan;
use serde_json::json;

use super::answer::{Answer, Format};
use super::bars::Bars;
use super::environment::{default_threads, work_folder};
use super::fault::CliFault;
use super::ledger;
use super::settings::SetArgs;

/// What `check` assumes when no configuration is given: every default, and no province.
const NO_CONFIG: &str = "[province]\ncode = \"\"\n";

const LONG: &str = "\
Check samples against the input contract and show the ledger; writes nothing else.

Every row is read. The ledger says how many rows were accepted, how many are duplicates, how many \
were rejected and by which rules (`ispeed-report explain RULE`). Without --month the period rule is \
off and the months found are listed. Without --config the defaults hold and any province is \
accepted. The exit code is 3 when more rows are rejected than the fail threshold allows.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report check samples/
  ispeed-report check 'export/2025-10-*.parquet' --month 2025-10 --config dak-lak.toml
  ispeed-report check drive.parquet --profile g-nettrack --json";

/// Check samples against the input contract and show the ledger
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Parquet files, folders (also hive-partitioned) or globs
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
    /// Reporting month; tests outside it are rejected
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<String>,
    /// Import profile, a file in queries/import/ [default: that of the configuration, else ispeed]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Configuration with province, limits, register and boundaries
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: SetArgs,
    /// Print one JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

/// Reads everything, keeps nothing.
pub fn check(args: &CheckArgs) -> Result<Answer> {
    let work = work_folder()?;
    let config = configuration(args)?;
    let profile = args.profile.clone().unwrap_or_else(|| config.samples.profile.clone());
    let known = args.config.is_some();
    let month = args.month.as_deref();
    let folder = work.path().to_owned();
    let plan = Plan::new(config, known, month, None, default_threads(), folder)?;
    let samples = Samples::open(&args.paths, &profile, &plan.queries, plan.naive_zone.as_ref())?;
    let bars = Bars::new(if args.json { Format::Json } else { Format::Text });
    let checked = pipeline::check(&plan, &samples, &|step| bars.show(step))?;
    let found = &checked.ledger;
    let mut answer = Answer::text(ledger::full(found, &plan.queries.rules))
        .member("status", "checked")
        .member("month", args.month.clone())
        .member("profile", profile)
        .member("counts", json!(found));
    answer.failure = found.fails().then(|| {
        let limit = found.fail_rejected_share;
        CliFault::Rejected { rejected: found.rejected, read: found.read, limit }.into()
    });
    answer.warnings = checked.warnings.iter().map(ToString::to_string).collect();
    Ok(answer)
}

fn configuration(args: &CheckArgs) -> Result<Config> {
    if let Some(file) = &args.config {
        return args.settings.read(file);
    }
    let parsed = toml::from_str(NO_CONFIG);
    Ok(parsed.map_err(|error| CliFault::Definitions {
        name: "the default configuration".into(),
        message: error.to_string(),
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_need_no_file() {
        let config: Config = toml::from_str(NO_CONFIG).unwrap();
        assert_eq!(config.samples.profile, "ispeed");
    }
}
