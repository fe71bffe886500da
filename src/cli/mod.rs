//! The command line: one file per subcommand, and the only code that prints.
//!
//! A subcommand returns an [`Answer`]; [`output`] writes it, so that what goes to stdout, what to
//! stderr and which exit code follows is decided in one place.

mod answer;
mod bars;
mod campaign;
mod check;
mod completions;
mod config;
mod demo;
mod due;
mod ending;
mod environment;
mod explain;
mod explanations;
mod fault;
mod files;
mod finalize;
mod grid;
mod history;
mod hooks;
mod init;
mod ledger;
mod log;
mod manual;
mod output;
mod provinces;
mod run;
mod run_report;
mod schedule;
mod settings;
mod status;
mod trace;
mod verify;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ispeed_report::error::Result;

use answer::{Answer, Format};

/// Bundles name the version only: they do not depend on how it was built.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BUILT_FROM"), ")");

const LONG: &str = "\
From a month of i-Speed samples (Parquet) to the two official reports of a province: the report to \
the ministry and the report to the provincial people's committee, with tables, charts, a \
data-quality ledger and a manifest of everything that went in and came out.";

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the input cannot be read or does not fit the contract
  2  wrong usage or configuration
  3  more rows were rejected than the fail threshold allows
  4  the output cannot be written
  5  of several provinces some failed, or each for its own reason

Start with:
  ispeed-report demo                            a month of simulated samples, two reports
  ispeed-report init my-province                a configuration to adapt
  ispeed-report check samples/                  does my export fit?
  ispeed-report run --config my-province/ispeed-report.toml --month 2025-10 --out out";

/// From a month of i-Speed samples to the two official reports of a province.
#[derive(Debug, Parser)]
#[command(name = "ispeed-report", version = VERSION, long_about = LONG, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Run(run::RunArgs),
    Explain(explain::ExplainArgs),
    Verify(verify::VerifyArgs),
    History(history::HistoryArgs),
    Trace(trace::TraceArgs),
    Finalize(finalize::FinalizeArgs),
    Demo(demo::DemoArgs),
    Init(init::InitArgs),
    Config(config::ConfigCommand),
    Due(due::DueArgs),
    Status(status::StatusArgs),
    Schedule(schedule::ScheduleArgs),
    Campaign(campaign::CampaignArgs),
    Completions(completions::CompletionsArgs),
    Manual(manual::ManualArgs),
}

impl Command {
    fn format(&self) -> Format {
        match self {
            Command::Check(args) if args.json => Format::Json,
            Command::Run(args) => args.manner.format(),
            Command::Config(command) => command.format(),
            Command::Due(args) => args.format(),
            Command::Status(args) => args.format(),
            Command::History(args) => args.format(),
            Command::Trace(args) => args.format(),
            _ => Format::Text,
        }
    }

    fn threads(&self) -> usize {
        match self {
            Command::Run(args) => args.manner.threads(),
            _ => environment::default_threads(),
        }
    }

    fn execute(&self) -> Result<Answer> {
        match self {
            Command::Check(args) => check::check(args),
            Command::Run(args) => run::run(args),
            Command::Explain(args) => explain::explain(args),
            Command::Verify(args) => verify::verify(args),
            Command::History(args) => history::history(args),
            Command::Trace(args) => trace::trace(args),
            Command::Finalize(args) => finalize::finalize(args),
            Command::Demo(args) => demo::demo(args),
            Command::Init(args) => init::init(args),
            Command::Config(command) => config::config(command),
            Command::Due(args) => due::due(args),
            Command::Status(args) => status::status(args),
            Command::Schedule(args) => schedule::schedule(args),
            Command::Campaign(args) => campaign::campaign(args),
            Command::Completions(args) => completions::completions(args),
            Command::Manual(args) => manual::manual(args),
        }
    }
}

/// Parses the command line, does what it says, prints the answer.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error),
    };
    // No thread runs yet: this has to stay in front of everything that could start one.
    environment::prepare(cli.command.threads());
    let format = cli.command.format();
    let answer = catch_unwind(AssertUnwindSafe(|| cli.command.execute()));
    match answer {
        Ok(Ok(answer)) => output::print(answer, format),
        Ok(Err(error)) => output::print(Answer::failed(error), format),
        Err(_) => output::internal_error(environment::last_panic(), format),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_documented_line_parses() {
        for line in [
            "ispeed-report check a.parquet b/ --month 2025-10 --profile rtr --config c.toml --json",
            "ispeed-report run --config c.toml --month 2025-10 --samples a --samples b --out out \
             --report-date 2025-11-12 --threads 3 --dry-run --force --quiet --json",
            "ispeed-report explain",
            "ispeed-report explain download_mbps_p05",
            "ispeed-report verify out/66-2025-10",
            "ispeed-report verify out",
            "ispeed-report history out --json",
            "ispeed-report trace out/66-2025-10 ministry --page 3 --json",
            "ispeed-report verify out/66-2025-10 --document a.docx --name ministry",
            "ispeed-report finalize out/66-2025-10 --number 1 --date 2025-11-15 --signer A \
             --document ministry --document committee --out x --fonts f --replace",
            "ispeed-report demo --province 52 --month 2025-06 --samples 10 --seed 2 --out x",
            "ispeed-report init d",
            "ispeed-report config show --config c.toml --set statistics.quota=200 --json",
            "ispeed-report config check --config c.toml",
            "ispeed-report run --config c.toml --out out",
            "ispeed-report due --config c.toml --month 2025-10 --out out --today 2025-11-12 --json",
            "ispeed-report schedule systemd --config c.toml --out out --units d --hour 7",
            "ispeed-report schedule cron --config c.toml --out out",
            "ispeed-report init d --example gia-lai",
            "ispeed-report campaign template --config c.toml --month 2025-10 --form 03 --out f.xlsx",
            "ispeed-report completions bash",
            "ispeed-report manual d",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_is_missing_or_makes_no_sense_is_refused() {
        for line in [
            "ispeed-report",
            "ispeed-report check",
            "ispeed-report run --month 2025-10 --out out",
            "ispeed-report schedule daily --config c.toml --out out",
            "ispeed-report run --config c.toml --month 2025-10 --out out --threads 0",
            "ispeed-report verify out/66-2025-10 --name ministry",
            "ispeed-report finalize out/66-2025-10 --number -1 --date 2025-11-15 --signer A",
            "ispeed-report demo --samples 0",
            "ispeed-report completions tcl",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn json_wins_over_quiet() {
        let line = "ispeed-report run --config c --month 2025-10 --out o --quiet";
        assert_eq!(parse(line).unwrap().command.format(), Format::Quiet);
        let both = format!("{line} --json");
        assert_eq!(parse(&both).unwrap().command.format(), Format::Json);
    }
}
