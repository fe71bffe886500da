//! `verify`: is a bundle still what its manifest says, and an edited document what the bundle says?

use std::path::{Path, PathBuf};

use clap::Args;
use ispeed_report::bundle::manifest::FILE_NAME;
use ispeed_report::bundle::shelf::{self, Shelved};
use ispeed_report::error::Result;
use ispeed_report::{bundle, edited};

use super::answer::Answer;
use super::fault::CliFault;
use super::grid::counted;

const LONG: &str = "\
Re-check every hash in the manifest of a bundle, or of all bundles below an output root.

Each file that the manifest lists is read and compared by size and SHA-256; files that it does not \
list are problems too. The exit code is 1 when there is any problem.

Of a root, the revisions that were replaced are checked as well, and that each is the one that its \
successor names.

With --document the numbers of an edited DOCX or PDF are compared with the bundle as well: those \
that were changed or left out, and those that people added and that are no figure of the bundle. \
Words may be rewritten freely, tracked changes count as accepted, and number, day and signer may be \
filled in.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report verify out/66-2025-10
  ispeed-report verify out
  ispeed-report verify out/66-2025-10 --document ministry-signed.docx";

/// Re-check every hash in the manifest of a bundle, and the numbers of an edited document
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct VerifyArgs {
    /// Folder of a bundle, the one with manifest.json, or of many
    bundle: PathBuf,
    /// DOCX or PDF whose numbers are compared with the bundle
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Document of the bundle to compare with [default: the one that is most like it]
    #[arg(long, value_name = "NAME", requires = "document")]
    name: Option<String>,
}

/// Compares the bundle with its manifest, then the document with the bundle.
pub fn verify(args: &VerifyArgs) -> Result<Answer> {
    let is_root = args.bundle.is_dir() && !args.bundle.join(FILE_NAME).exists();
    if is_root && args.document.is_none() {
        let shelved = shelf::list(&args.bundle)?;
        if !shelved.is_empty() {
            return all(args, &shelved);
        }
    }
    let found = bundle::verify(&args.bundle)?;
    let name = args.bundle.display().to_string();
    if found.problems.is_empty() {
        let files = counted(found.files as u64, "file");
        let answer = Answer::text(format!("{files} of `{name}`: nothing changed\n"));
        return match &args.document {
            Some(document) => numbers(args, document, answer),
            None => Ok(answer),
        };
    }
    let lines = found.problems.iter().map(|problem| format!("{problem}\n"));
    let mut answer = Answer::text(lines.collect::<String>());
    let problems = counted(found.problems.len() as u64, "problem");
    answer.failure = Some(CliFault::Differs { bundle: name, problems }.into());
    Ok(answer)
}

/// Compares every bundle with its manifest, and every revision with the one it replaces.
fn all(args: &VerifyArgs, shelved: &[Shelved]) -> Result<Answer> {
    let (mut text, mut problems) = (String::new(), 0);
    for (one, found) in shelf::verify(shelved) {
        let name = one.folder.display();
        let lines: Vec<String> = match found {
            Ok(found) => found.problems.iter().map(ToString::to_string).collect(),
            Err(error) => vec![error.to_string()],
        };
        problems += lines.len();
        text += &lines.iter().map(|line| format!("`{name}`: {line}\n")).collect::<String>();
    }
    for broken in shelf::broken(shelved)? {
        problems += 1;
        text += &format!("`{}`: {}\n", broken.bundle.display(), broken.found);
    }
    let bundles = counted(shelved.len() as u64, "bundle");
    let name = args.bundle.display().to_string();
    if problems == 0 {
        return Ok(Answer::text(format!("{bundles} of `{name}`: nothing changed\n")));
    }
    let problems = counted(problems as u64, "problem");
    let failure = CliFault::Differs { bundle: name, problems }.into();
    Ok(Answer { failure: Some(failure), ..Answer::text(text) })
}

/// Adds what the comparison of the document gave.
fn numbers(args: &VerifyArgs, document: &Path, mut answer: Answer) -> Result<Answer> {
    let found = edited::compare(&args.bundle, document, args.name.as_deref())?;
    let file = document.display().to_string();
    let numbers = counted(found.numbers as u64, "number");
    answer.text += &format!("`{file}` compared with {numbers} of document `{}`", found.document);
    if found.differences.is_empty() {
        answer.text += ": none differs\n";
        return Ok(answer);
    }
    let lines = found.differences.iter().map(|difference| format!("{difference}\n"));
    answer.text += &format!(":\n{}", lines.collect::<String>());
    let differences = counted(found.differences.len() as u64, "number");
    answer.failure = Some(CliFault::Edited { file, differences }.into());
    Ok(answer)
}
