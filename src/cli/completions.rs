//! `completions`: a completion script for a shell.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use ispeed_report::error::Result;

use super::Cli;
use super::answer::Answer;

const EXAMPLES: &str = "\
Example:
  ispeed-report completions bash > ~/.local/share/bash-completion/completions/ispeed-report";

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArgs {
    /// The shell to complete in
    shell: Shell,
}

/// The script.
pub fn completions(args: &CompletionsArgs) -> Result<Answer> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "ispeed-report", &mut script);
    Ok(Answer::text(String::from_utf8_lossy(&script)))
}
