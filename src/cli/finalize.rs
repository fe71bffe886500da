//! `finalize`: a document gets its number, day and signer.

use std::path::PathBuf;

use clap::{Args, value_parser};
use ispeed_report::document::issue::Issue;
use ispeed_report::error::Result;
use ispeed_report::issuing::{self, Request};
use ispeed_report::period::parse_day;

use super::answer::Answer;

const LONG: &str = "\
Fill number, date and signer into a document of a bundle and remove the draft mark.

PDF and DOCX go into a folder beside the bundle, <BUNDLE>.issued/, with issued.json as its list; the \
bundle itself stays as it is. Documents that were issued before stay there. No signature field is \
made: the office signs the PDF with its own means, and room is left above the signer's name. What has \
no letterhead (communes, leader) goes out with a dispatch: it has no number and only loses the draft mark.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report finalize out/66-2025-10 --number 15 --date 2025-11-15 --signer \"Nguyễn Văn A\"
  ispeed-report finalize out/66-2025-10 --number 16 --date 2025-11-15 --signer \"Nguyễn Văn A\" \\
    --document committee --out issued";

/// Fill in number, date and signer of a document and remove the draft mark
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct FinalizeArgs {
    /// Folder of the bundle, the one with manifest.json
    bundle: PathBuf,
    /// Running number of the year; 5 is printed as 05
    #[arg(long, value_name = "N", value_parser = value_parser!(u32))]
    number: u32,
    /// Day of issue, after the period has ended
    #[arg(long, value_name = "DATE")]
    date: String,
    /// Name under the signature
    #[arg(long, value_name = "NAME")]
    signer: String,
    /// Document to issue; may be given more than once
    #[arg(long, value_name = "NAME", default_value = "ministry")]
    document: Vec<String>,
    /// Folder to write <BUNDLE>.issued/ into [default: where the bundle stands]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Folder with the configured fonts, where the bundle was made with any
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
    /// Issue anew what was issued already
    #[arg(long)]
    replace: bool,
}

/// Issues the documents.
pub fn finalize(args: &FinalizeArgs) -> Result<Answer> {
    let date = parse_day(&args.date)?;
    let done = issuing::finalize(&Request {
        bundle: &args.bundle,
        documents: &args.document,
        issue: Issue { number: args.number, date, signer: args.signer.clone() },
        out: args.out.as_deref(),
        fonts: args.fonts.as_deref(),
        replace: args.replace,
    })?;
    let folder = done.folder.display();
    let lines = done.files.iter().map(|file| format!("wrote {folder}/{file}\n"));
    let mut answer = Answer::text(lines.collect::<String>());
    if done.simulated {
        answer.warnings.push("the samples are simulated, and the documents still say so".into());
    }
    Ok(answer)
}
