//! Issuing: a document of a bundle gets its number, day and signer and is no draft any more.
//!
//! What is issued stands in a folder of its own beside the bundle, `<bundle>.issued/`, with
//! `issued.json` as its list; the bundle itself is never changed. The banner of simulated samples
//! stays. There is no signature field in the files: the office signs with its own means, and the
//! blank above the signer's name is left for that.

mod fault;
mod form;
mod letters;
mod record;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::bundle::manifest::{self, Manifest, sha256};
use crate::bundle::{OutputFile, OutputFolder, Staging, verify};
use crate::document::font::clean;
use crate::document::issue::{Issue, issued};
use crate::document::layout::lay_out;
use crate::document::{docx, pdf, store};
use crate::error::Result;

pub use self::fault::IssuingError;
use self::form::Form;
pub use self::letters::{IssuedLetter, issued_letters, record_of};
use self::record::{Entry, Record};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The folder of the bundle.
    pub bundle: &'a Path,
    /// Names of documents.
    pub documents: &'a [String],
    /// Number, day and signer.
    pub issue: Issue,
    /// Where the folder of issued documents goes; beside the bundle when not given.
    pub out: Option<&'a Path>,
    /// The folder of the configured fonts, where the bundle was made with any.
    pub fonts: Option<&'a Path>,
    /// Whether a document that was issued before is issued anew.
    pub replace: bool,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The folder of issued documents.
    pub folder: PathBuf,
    /// What was written into it.
    pub files: Vec<String>,
    /// Whether the documents still say that their samples are simulated.
    pub simulated: bool,
}

/// A file that was made, by its name in the folder.
type File = (String, Vec<u8>);

/// Makes PDF and DOCX of each document and puts them into the folder of issued documents in one
/// step; what was issued before stays there.
pub fn finalize(request: &Request<'_>) -> Result<Issued> {
    let issue = checked(&request.issue)?;
    let origin = Manifest::read(request.bundle)?.origin;
    if issue.date < origin.period.until {
        let (found, until) = (issue.date, origin.period.until);
        return Err(IssuingError::TooEarly { found, until }.into());
    }
    unchanged(request.bundle)?;
    let form = form::form(&origin, request.fonts)?;
    let made: Vec<(&String, Vec<File>)> = request
        .documents
        .iter()
        .map(|name| Ok((name, files(request.bundle, name, &issue, &form)?)))
        .collect::<Result<_>>()?;
    let manifest_sha256 = manifest_hash(request.bundle)?;
    let staging = staging(request)?;
    let mut record = Record::read(staging.path())?;
    let mut written = Vec::new();
    for (name, files) in made {
        let entry = Entry {
            number: issue.number,
            date: issue.date,
            signer: issue.signer.clone(),
            simulated: origin.simulated,
            manifest_sha256: manifest_sha256.clone(),
            files: files.iter().map(listed).collect(),
        };
        if !request.replace {
            record.allows(staging.path(), name, &entry)?;
        }
        record.documents.insert(name.clone(), entry);
        for (file, bytes) in files {
            staging.write(&file, &bytes)?;
            written.push(file);
        }
    }
    staging.write(record::FILE_NAME, &record.bytes()?)?;
    let folder = staging.commit()?;
    Ok(Issued { folder, files: written, simulated: origin.simulated })
}

/// The days on which documents of a bundle were issued, as recorded beside it.
pub fn issue_dates(bundle: &Path) -> Result<BTreeMap<String, Date>> {
    let mut folder = bundle.as_os_str().to_owned();
    folder.push(".issued");
    let record = Record::read(Path::new(&folder))?;
    Ok(record.documents.into_iter().map(|(name, entry)| (name, entry.date)).collect())
}

/// The issue with its signer as it will be printed.
fn checked(issue: &Issue) -> Result<Issue> {
    let signer = clean(&issue.signer).trim().to_owned();
    if issue.number == 0 {
        return Err(IssuingError::Number.into());
    }
    if signer.is_empty() {
        return Err(IssuingError::Signer.into());
    }
    Ok(Issue { signer, ..issue.clone() })
}

/// Refuses a bundle that is not what its manifest says.
fn unchanged(bundle: &Path) -> Result<()> {
    let problems = verify(bundle)?.problems;
    match problems.first() {
        None => Ok(()),
        Some(first) => {
            let (count, first) = (problems.len(), first.to_string());
            Err(IssuingError::Changed { bundle: bundle.to_owned(), count, first }.into())
        }
    }
}

fn files(bundle: &Path, name: &str, issue: &Issue, form: &Form) -> Result<Vec<File>> {
    let document = issued(&store::load(bundle, name)?, Some(issue));
    let Form { style, family } = form;
    let laid = lay_out(&document, family, style)?;
    Ok(vec![
        (format!("{name}.pdf"), pdf::write(&laid, &document, family)?),
        (format!("{name}.docx"), docx::write(&document, family, style)?),
    ])
}

fn listed((file, bytes): &File) -> OutputFile {
    OutputFile { file: file.clone(), sha256: sha256(bytes), bytes: bytes.len() as u64 }
}

fn manifest_hash(bundle: &Path) -> Result<String> {
    Ok(manifest::sha256_file(&bundle.join(manifest::FILE_NAME))?.0)
}

/// The folder in the making, with all that was issued before.
fn staging(request: &Request<'_>) -> Result<Staging> {
    let unreadable = |source| IssuingError::Unreadable { path: request.bundle.to_owned(), source };
    let bundle = fs::canonicalize(request.bundle).map_err(unreadable)?;
    let name = bundle.file_name().unwrap_or_default().to_string_lossy();
    // `out/66-2025-10` reads better in messages than where it is from the root; `.` has no parent.
    let beside = match request.bundle.parent() {
        Some(parent) if !parent.as_os_str().is_empty() && request.bundle.ends_with(&*name) => {
            parent
        }
        _ => bundle.parent().unwrap_or(&bundle),
    };
    let output = OutputFolder::open(request.out.unwrap_or(beside))?;
    let staging = output.stage_marked(&format!("{name}.issued"), record::FILE_NAME)?;
    staging.keep()?;
    Ok(staging)
}
