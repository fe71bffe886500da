//! Whether a bundle still is what its manifest says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::Serialize;

use super::folder::{self, FileError, Nature};
use super::manifest::{FILE_NAME, Manifest, OutputFile, sha256_file};
use crate::error::Result;

/// What is wrong with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Listed, but not there.
    Missing,
    /// There with other bytes.
    Changed,
    /// There, but not listed.
    Unlisted,
    /// A symbolic link or another thing that is no file, listed or not.
    NotAFile,
    /// Listed under a path that leads out of the bundle, or twice.
    BadEntry,
    /// The manifest itself: its key does not follow from what it lists.
    Key,
}

/// One deviation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Path in the bundle.
    pub file: String,
    /// What kind of deviation.
    pub change: Change,
    /// What is there.
    pub found: String,
    /// What the manifest says.
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { file, found, expected, .. } = self;
        write!(f, "`{file}`: found {found}, expected {expected}")
    }
}

/// The result of checking a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// How many listed files were looked for.
    pub files: usize,
    /// Every deviation, sorted by file.
    pub problems: Vec<Problem>,
}

/// Compares every file of a bundle with its manifest; an unreadable manifest is an error.
pub fn verify(bundle: &Path) -> Result<Verification> {
    let manifest = Manifest::read(bundle)?;
    let mut on_disk = entries(bundle)?;
    let mut problems: Vec<Problem> = key_problem(&manifest)?.into_iter().collect();
    let mut seen = BTreeSet::new();
    for listed in &manifest.outputs {
        let found = on_disk.remove(&listed.file);
        problems.extend(if !seen.insert(&listed.file) || !folder::stays_inside(&listed.file) {
            Some(bad_entry(listed))
        } else {
            compare(bundle, listed, found)?
        });
    }
    problems.extend(on_disk.into_iter().filter_map(unlisted));
    problems.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(Verification { files: manifest.outputs.len(), problems })
}

/// Whether a whole, unchanged bundle of these inputs stands there, so that nothing is left to do.
///
/// A bundle that is missing, damaged or unreadable is not current: it has to be built again.
pub fn is_current(bundle: &Path, key: &str) -> bool {
    let manifest = Manifest::read(bundle);
    let same = manifest.is_ok_and(|one| one.origin.inputs_key().is_ok_and(|found| found == key));
    same && verify(bundle).is_ok_and(|found| found.problems.is_empty())
}

fn entries(bundle: &Path) -> Result<BTreeMap<String, Nature>, FileError> {
    let listed = folder::list(bundle)?.into_iter();
    let content = listed.filter(|entry| entry.name != FILE_NAME);
    Ok(content.map(|entry| (entry.name, entry.nature)).collect())
}

fn key_problem(manifest: &Manifest) -> Result<Option<Problem>> {
    let expected = manifest.origin.key()?;
    Ok((manifest.key != expected).then(|| Problem {
        file: FILE_NAME.to_owned(),
        change: Change::Key,
        found: format!("key {}", manifest.key),
        expected: format!("key {expected}"),
    }))
}

/// Opens only what the walk saw as a plain file, so no link is ever followed.
fn compare(bundle: &Path, listed: &OutputFile, found: Option<Nature>) -> Result<Option<Problem>> {
    let (change, found) = match found {
        Some(Nature::File) => {
            let (sha256, bytes) = sha256_file(&bundle.join(&listed.file))?;
            if sha256 == listed.sha256 && bytes == listed.bytes {
                return Ok(None);
            }
            (Change::Changed, content(&sha256, bytes))
        }
        None => (Change::Missing, "nothing".to_owned()),
        Some(other) => (Change::NotAFile, other.describe().to_owned()),
    };
    Ok(Some(Problem {
        file: listed.file.clone(),
        change,
        found,
        expected: content(&listed.sha256, listed.bytes),
    }))
}

fn content(sha256: &str, bytes: u64) -> String {
    format!("{bytes} bytes with SHA-256 {sha256}")
}

fn bad_entry(listed: &OutputFile) -> Problem {
    Problem {
        file: listed.file.clone(),
        change: Change::BadEntry,
        found: "a path that leaves the bundle or is listed twice".to_owned(),
        expected: "each file once, by a relative path".to_owned(),
    }
}

fn unlisted((file, nature): (String, Nature)) -> Option<Problem> {
    let change = match nature {
        Nature::Folder => return None,
        Nature::File => Change::Unlisted,
        _ => Change::NotAFile,
    };
    Some(Problem {
        file,
        change,
        found: nature.describe().to_owned(),
        expected: format!("nothing: {FILE_NAME} does not list it"),
    })
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
