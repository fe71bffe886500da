//! `manual`: the manual pages.

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use ispeed_report::error::Result;

use super::Cli;
use super::answer::Answer;
use super::fault::CliFault;

const EXAMPLES: &str = "\
Example:
  ispeed-report manual ~/.local/share/man/man1";

/// Write the manual pages, one for each command.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ManualArgs {
    /// Folder to write into
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes the pages.
pub fn manual(args: &ManualArgs) -> Result<Answer> {
    let fault = |error: std::io::Error| CliFault::write(&args.folder, &error);
    fs::create_dir_all(&args.folder).map_err(fault)?;
    clap_mangen::generate_to(Cli::command(), &args.folder).map_err(fault)?;
    Ok(Answer::text(format!("manual pages are in {}\n", args.folder.display())))
}
