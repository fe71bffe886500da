//! `verify`: is a bundle still what its manifest says?

use std::path::PathBuf;

use clap::Args;
use ispeed_report::bundle;
use ispeed_report::error::Result;

use super::answer::Answer;
use super::fault::CliFault;
use super::grid::counted;

const LONG: &str = "\
Re-check every hash in the manifest of a bundle.

Each file that the manifest lists is read and compared by size and SHA-256; files that it does not \
list are problems too. The exit code is 1 when there is any problem.";

const EXAMPLES: &str = "\
Example:
  ispeed-report verify out/66-2025-10";

/// Re-check every hash in the manifest of a bundle
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct VerifyArgs {
    /// Folder of the bundle, the one with manifest.json
    bundle: PathBuf,
}

/// Compares the bundle with its manifest.
pub fn verify(args: &VerifyArgs) -> Result<Answer> {
    let found = bundle::verify(&args.bundle)?;
    let name = args.bundle.display().to_string();
    if found.problems.is_empty() {
        let files = counted(found.files as u64, "file");
        return Ok(Answer::text(format!("{files} of `{name}`: nothing changed\n")));
    }
    let lines = found.problems.iter().map(|problem| format!("{problem}\n"));
    let mut answer = Answer::text(lines.collect::<String>());
    let problems = counted(found.problems.len() as u64, "problem");
    answer.failure = Some(CliFault::Differs { bundle: name, problems }.into());
    Ok(answer)
}
