//! `issued.json`: which documents of a bundle were issued, how, and what was written.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fault::IssuingError;
use crate::bundle::OutputFile;
use crate::bundle::manifest::sha256;

/// Its name in the folder of issued documents.
pub(super) const FILE_NAME: &str = "issued.json";

/// One document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub number: u32,
    pub date: Date,
    pub signer: String,
    /// Whether the samples are simulated, as the banner says.
    pub simulated: bool,
    /// Of the manifest of the bundle that the document was taken from.
    pub manifest_sha256: String,
    pub files: Vec<OutputFile>,
}

/// All documents by their names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Record {
    pub documents: BTreeMap<String, Entry>,
}

impl Record {
    /// The list in a folder; empty where there is none yet.
    pub fn read(folder: &Path) -> Result<Self, IssuingError> {
        let path = folder.join(FILE_NAME);
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|source| IssuingError::Malformed { path, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Record::default()),
            Err(source) => Err(IssuingError::Unreadable { path, source }),
        }
    }

    /// Refuses to issue a document a second time, unless nothing about it would change.
    pub fn allows(&self, folder: &Path, name: &str, entry: &Entry) -> Result<(), IssuingError> {
        match self.documents.get(name) {
            Some(before) if before != entry || !entry.stands_in(folder) => {
                let (name, number, date) = (name.to_owned(), before.number, before.date);
                Err(IssuingError::Issued { name, number, date })
            }
            _ => Ok(()),
        }
    }

    /// The file.
    pub fn bytes(&self) -> Result<Vec<u8>, IssuingError> {
        let mut text = serde_json::to_vec_pretty(self).map_err(IssuingError::Json)?;
        text.push(b'\n');
        Ok(text)
    }
}

impl Entry {
    /// Whether the files are those that were written; a signed copy is not.
    fn stands_in(&self, folder: &Path) -> bool {
        let same = |listed: &OutputFile| {
            fs::read(folder.join(&listed.file)).is_ok_and(|bytes| sha256(&bytes) == listed.sha256)
        };
        self.files.iter().all(same)
    }
}
