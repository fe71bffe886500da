//! Comparing an edited document with the bundle it came from: which numbers are not those that were
//! measured?
//!
//! Words may be rewritten freely. A number counts as kept where the text around it, or the cell it
//! stands in, still has it; blanks for number, day and signer may be filled in.
//!
//! | file | what |
//! |---|---|
//! | `docx`, `pdf` | an edited file → passages of text |
//! | `passage` | a document of the bundle → passages of text |
//! | `token` | text → words and numbers in Vietnamese form |
//! | `align` | which passage became which |
//! | `compare` | numbers that were changed, added or left out |

mod align;
mod compare;
mod difference;
mod docx;
mod fault;
mod passage;
mod pdf;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::document::issue::issued;
use crate::document::store;
use crate::error::Result;

pub use self::difference::{Change, Difference};
pub use self::fault::EditedError;
use self::passage::{Passage, passages};

/// What the comparison of a file with its bundle gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The document of the bundle that the file was compared with.
    pub document: String,
    /// How many numbers that document has.
    pub numbers: usize,
    /// Every number that differs, in the order of the document.
    pub differences: Vec<Difference>,
}

/// The two formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Docx,
    Pdf,
}

/// Compares a file with a document of a bundle: with the one of this name, or with the one that is
/// most like it.
pub fn compare(bundle: &Path, file: &Path, name: Option<&str>) -> Result<Comparison> {
    let bytes = fs::read(file)
        .map_err(|source| EditedError::Unreadable { path: file.to_owned(), source })?;
    let format = format(file, &bytes)?;
    let found = match format {
        Format::Docx => docx::read(&bytes),
        Format::Pdf => pdf::read(&bytes),
    };
    let found = found.map_err(|reason| EditedError::Damaged { path: file.to_owned(), reason })?;
    let documents = documents(bundle, format)?;
    let (document, expected) = chosen(&documents, &found, name, file)?;
    let known: BTreeSet<&str> =
        documents.iter().flat_map(|(_, passages)| passages).flat_map(Passage::numbers).collect();
    let differences = match format {
        Format::Docx => align::differences(expected, &found, &known),
        Format::Pdf => align::differences_of_pages(expected, &found, &known),
    };
    let numbers = expected.iter().flat_map(Passage::numbers).count();
    Ok(Comparison { document: document.clone(), numbers, differences })
}

/// Formats are told by how a file begins, whatever its name.
fn format(file: &Path, bytes: &[u8]) -> Result<Format> {
    if bytes.starts_with(b"PK") {
        return Ok(Format::Docx);
    }
    if bytes.starts_with(b"%PDF") {
        return Ok(Format::Pdf);
    }
    Err(EditedError::Format(file.to_owned()).into())
}

/// Every document of the bundle as the draft has it. In our PDF charts are text, in one that a word
/// processor made they are pictures: such a document stands in the list in both forms.
fn documents(bundle: &Path, format: Format) -> Result<Vec<(String, Vec<Passage>)>> {
    let mut documents = Vec::new();
    for name in store::names(bundle)? {
        let document = issued(&store::load(bundle, &name)?, None);
        documents.push((name.clone(), passages(&document, false)));
        if format == Format::Pdf {
            documents.push((name, passages(&document, true)));
        }
    }
    Ok(documents)
}

/// The document of this name, or the one that is most like the file.
fn chosen<'a>(
    documents: &'a [(String, Vec<Passage>)],
    found: &[Passage],
    name: Option<&str>,
    file: &Path,
) -> Result<&'a (String, Vec<Passage>)> {
    let candidates = documents.iter().filter(|(known, _)| name.is_none_or(|name| name == known));
    let best = candidates
        .map(|document| (align::likeness(&document.1, found), document))
        // Of equals the first is taken, so that the choice does not depend on anything else.
        .rev()
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    match (best, name) {
        (Some((likeness, document)), _) if name.is_some() || likeness >= align::ALIKE => {
            Ok(document)
        }
        (None, Some(found)) => {
            let known: BTreeSet<&str> = documents.iter().map(|(name, _)| name.as_str()).collect();
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            Err(EditedError::Unknown { found: found.to_owned(), known }.into())
        }
        _ => Err(EditedError::Unlike(file.to_owned()).into()),
    }
}
