//! What lies below an output root: the current bundles and the revisions before them.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::folder::{FileError, at};
use super::manifest::{FILE_NAME, Manifest, sha256_file};
use super::place::REVISIONS;
use super::verify::{self, Verification};
use crate::error::Result;

/// One bundle.
#[derive(Debug)]
pub struct Shelved {
    pub folder: PathBuf,
    /// Whether it is the current revision of its month.
    pub current: bool,
    /// Or why it cannot be read.
    pub manifest: Result<Manifest>,
}

/// A chain from a revision to the one that it replaces, or from a month to one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The folder of the bundle whose manifest names the other one.
    pub bundle: PathBuf,
    /// What it names, and what is there.
    pub found: String,
}

/// Every bundle below a root, by name and revision; what refused runs and issued documents left are none.
pub fn list(root: &Path) -> Result<Vec<Shelved>> {
    let mut shelved = bundles(root, true)?;
    let revisions = root.join(REVISIONS);
    if revisions.is_dir() {
        shelved.extend(bundles(&revisions, false)?);
    }
    let month = |one: &Shelved| {
        let origin = one.manifest.as_ref().ok().map(|manifest| &manifest.origin);
        origin.map(|o| (o.province.clone(), o.month.clone(), o.revision))
    };
    shelved.sort_by_key(|one| (month(one), one.current, one.folder.clone()));
    // A run that was killed may have linked the current bundle among the revisions before it went on.
    shelved.dedup_by(|one, before| {
        month(one).is_some() && month(one) == month(before) && {
            let same = key(one) == key(before);
            before.current |= same && one.current;
            same
        }
    });
    Ok(shelved)
}

fn key(one: &Shelved) -> Option<&str> {
    one.manifest.as_ref().ok().map(|manifest| manifest.key.as_str())
}

fn bundles(folder: &Path, current: bool) -> Result<Vec<Shelved>, FileError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at("list", folder))? {
        let path = entry.map_err(at("list", folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_bundle = path.join(FILE_NAME).exists() && !name.starts_with('.');
        if is_bundle && !name.ends_with(".rejected") {
            found.push(Shelved { manifest: Manifest::read(&path), folder: path, current });
        }
    }
    Ok(found)
}

/// Compares every file of a bundle with its manifest; one whose manifest cannot be read is an error.
pub fn verify(shelved: &[Shelved]) -> Vec<(&Shelved, Result<Verification>)> {
    shelved.iter().map(|one| (one, verify::verify(&one.folder))).collect()
}

/// Revisions whose predecessor is missing or another one.
pub fn broken(shelved: &[Shelved]) -> Result<Vec<Broken>> {
    let mut broken = Vec::new();
    for one in shelved {
        let Ok(manifest) = &one.manifest else { continue };
        let Some(replaced) = &manifest.origin.replaces else { continue };
        let mut there = shelved.iter().filter(|other| key(other) == Some(&*replaced.key));
        let number = replaced.revision;
        let found = match there.next() {
            None => format!("replaces revision {number}, which is not there"),
            Some(other) => {
                let (sha256, _) = sha256_file(&other.folder.join(FILE_NAME))?;
                if sha256 == replaced.manifest_sha256 {
                    continue;
                }
                format!("replaces revision {number} with another manifest than the one there")
            }
        };
        broken.push(Broken { bundle: one.folder.clone(), found });
    }
    Ok(broken)
}
