//! The letters to operators that were issued from a bundle.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::record::{FILE_NAME, Record};
use crate::document::block::Block;
use crate::document::store;
use crate::error::Result;

/// Letters to operators are documents of this folder.
const FOLDER: &str = "operators/";

/// A letter that asked its operator for a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedLetter {
    /// The name of its file, made of the operator's.
    pub name: String,
    pub number: u32,
    pub date: Date,
}

/// The list of what was issued from a bundle, where there is one.
pub fn record_of(bundle: &Path) -> Option<PathBuf> {
    let name = bundle.file_name()?.to_string_lossy();
    Some(bundle.with_file_name(format!("{name}.issued")).join(FILE_NAME))
        .filter(|path| path.is_file())
}

/// The letters of a bundle that have a reply form as their annex; others ask for nothing.
pub fn issued_letters(bundle: &Path) -> Result<Vec<IssuedLetter>> {
    let folder = record_of(bundle).and_then(|path| path.parent().map(Path::to_owned));
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let mut letters = Vec::new();
    for (document, entry) in Record::read(&folder)?.documents {
        let Some(name) = document.strip_prefix(FOLDER) else { continue };
        let asks = |block: &Block| matches!(block, Block::Annex { .. });
        if store::load(bundle, &document)?.blocks.iter().any(asks) {
            let (number, date) = (entry.number, entry.date);
            letters.push(IssuedLetter { name: name.to_owned(), number, date });
        }
    }
    Ok(letters)
}
