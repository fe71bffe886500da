//! `campaign`: what is sent out for the campaign.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use ispeed_report::campaign::blank;
use ispeed_report::error::Result;
use ispeed_report::plan::Plan;

use super::answer::Answer;
use super::fault::CliFault;
use super::settings::ConfigArgs;

const LONG: &str = "\
Write an empty form (XLSX) for the units that have to send it: their names, the month, and the headers \
that `run` understands. A file that is there already is not overwritten.";

const EXAMPLES: &str = "\
Example:
  ispeed-report campaign template --config dak-lak/ispeed-report.toml --month 2025-10 --form 03 --out form-03.xlsx";

/// Forms that units send in on the campaign
#[derive(Debug, Args)]
pub struct CampaignArgs {
    #[command(subcommand)]
    command: CampaignCommand,
}

#[derive(Debug, Subcommand)]
enum CampaignCommand {
    Template(TemplateArgs),
}

/// Write an empty form for the units that have to send it
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct TemplateArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Month that the form is about
    #[arg(long, value_name = "YYYY-MM")]
    month: String,
    /// Id of the form in [[due]]
    #[arg(long, value_name = "ID")]
    form: String,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Does what the subcommand says.
pub fn campaign(args: &CampaignArgs) -> Result<Answer> {
    let CampaignCommand::Template(args) = &args.command;
    let mut config = args.config.read()?;
    // Nothing that was sent in, and no earlier month, decides about an empty form.
    config.campaign.forget_files();
    config.history.paths.clear();
    let plan = Plan::new(config, true, Some(&args.month), None, 1, PathBuf::new())?;
    let bytes = blank(&plan, &args.form)?;
    let fault = |error: std::io::Error| CliFault::write(&args.out, &error);
    let mut file = File::create_new(&args.out).map_err(fault)?;
    file.write_all(&bytes).map_err(fault)?;
    Ok(Answer::text(format!("wrote `{}`\n", args.out.display())))
}
