//! `manifest.json`: what a bundle was made from and what it holds, each with its SHA-256.
//!
//! Nothing in it depends on where, when, on which machine or with how many threads a run was
//! made: file names are relative with forward slashes, keys have one order, lists are sorted.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::folder::{self, FileError, Nature, at, reading};
use crate::error::{Fault, Kind, Result};
use crate::provenance::Provenance;

/// The file name of the manifest in its bundle.
pub const FILE_NAME: &str = "manifest.json";

/// The version of the manifest's own shape.
pub const SCHEMA: u32 = 1;

/// Why a manifest cannot be read or written.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// There is no manifest, or it cannot be read.
    #[error("cannot read the manifest `{}`: {source}", path.display())]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no manifest.
    #[error("`{}` is no manifest: {source}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where it goes wrong.
        source: serde_json::Error,
    },
    /// The manifest was written by a program of another generation.
    #[error("`{}` has schema {found}, expected {SCHEMA}", path.display())]
    Schema {
        /// Which file.
        path: PathBuf,
        /// Its schema.
        found: u32,
    },
    /// A name would tell where the run was made, or the bundle holds what it may not.
    #[error("`{name}` is {found}, expected a file with a relative path and forward slashes")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        found: &'static str,
    },
    /// The configuration or the counts cannot stand in JSON.
    #[error("cannot write the manifest as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Fault for ManifestError {
    fn kind(&self) -> Kind {
        match self {
            ManifestError::Name { .. } | ManifestError::Json(_) => Kind::Output,
            _ => Kind::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            ManifestError::Name { .. } | ManifestError::Json(_) => None,
            _ => Some("name the folder of a bundle; rebuild a damaged one with --force".into()),
        }
    }
}

/// The program that made a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Program {
    /// This program.
    pub fn this() -> Self {
        Program {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Half-open local days: `from` belongs to the period, `until` no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// First day.
    pub from: Date,
    /// The day after the last.
    pub until: Date,
}

/// One file of samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its name relative to what the user named, with forward slashes.
    pub file: String,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// How many rows were read; not part of the key, which is known before reading.
    pub rows: u64,
}

/// One query or template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name, such as `statistics/operator.sql`.
    pub name: String,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

impl Definition {
    /// A definition with this text.
    pub fn of(name: impl Into<String>, text: &str) -> Self {
        Definition { name: name.into(), sha256: sha256(text.as_bytes()) }
    }
}

/// The bundle of an earlier month that a trend was made with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Earlier {
    /// Code of its province.
    pub province: String,
    /// `2025-09`.
    pub month: String,
    /// Its key.
    pub key: String,
}

/// The revision that a bundle replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// Its number.
    pub revision: u32,
    /// Its key.
    pub key: String,
    /// SHA-256 of its manifest.
    pub manifest_sha256: String,
}

/// One file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Its path in the bundle.
    pub file: String,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Everything that decides what a bundle holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The version of the manifest's shape.
    pub schema: u32,
    /// Who made it.
    pub program: Program,
    /// Code of the province.
    pub province: String,
    /// `2025-10`.
    pub month: String,
    /// The days of the period in the configured zone.
    pub period: Days,
    /// The date on the documents.
    pub report_date: Date,
    /// Which revision of the month it is, from 1.
    #[serde(default = "first_revision")]
    pub revision: u32,
    /// The one before; not written where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaced>,
    /// Whether the samples are simulated.
    pub simulated: bool,
    /// The resolved configuration, without absolute paths and thread counts.
    pub configuration: Value,
    /// The files of samples, and files the configuration names (register, boundaries).
    pub inputs: Vec<Input>,
    /// Bundles of earlier months; not written where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Earlier>,
    /// The queries.
    pub queries: Vec<Definition>,
    /// The templates of the reports.
    pub templates: Vec<Definition>,
}

fn first_revision() -> u32 {
    1
}

impl Origin {
    /// The key that it would have as the first revision: the same inputs, whatever they replace.
    pub fn inputs_key(&self) -> Result<String> {
        Origin { revision: 1, replaces: None, ..self.clone() }.key()
    }

    /// SHA-256 over all of it: the same key means the same bundle, so nothing is left to do.
    pub fn key(&self) -> Result<String> {
        let mut origin = self.in_order();
        for input in &mut origin.inputs {
            input.rows = 0;
        }
        let text = serde_json::to_vec(&origin).map_err(ManifestError::Json)?;
        Ok(sha256(&text))
    }

    /// The same with lists and keys sorted, so that it has one spelling.
    fn in_order(&self) -> Origin {
        let mut origin = self.clone();
        origin.configuration.sort_all_objects();
        origin.inputs.sort_by(|a, b| (&a.file, &a.sha256).cmp(&(&b.file, &b.sha256)));
        origin.history.sort();
        origin.queries.sort_by(|a, b| a.name.cmp(&b.name));
        origin.templates.sort_by(|a, b| a.name.cmp(&b.name));
        origin
    }

    fn check_names(&self) -> Result<(), ManifestError> {
        let inputs = self.inputs.iter().map(|input| &input.file);
        let definitions = self.queries.iter().chain(&self.templates).map(|one| &one.name);
        match inputs.chain(definitions).find(|name| !folder::stays_inside(name)) {
            None => Ok(()),
            Some(name) => {
                Err(ManifestError::Name { name: name.clone(), found: "no relative name" })
            }
        }
    }
}

/// The manifest of one bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// What it was made from.
    #[serde(flatten)]
    pub origin: Origin,
    /// [`Origin::key`].
    pub key: String,
    /// What people should know, as the run told it.
    pub warnings: Vec<String>,
    /// Rows read, accepted and so on.
    pub counts: Value,
    /// How tables, charts and pages follow from the inputs; absent in bundles of earlier versions.
    #[serde(default)]
    pub provenance: Provenance,
    /// Every file of the bundle except this one, sorted by path.
    pub outputs: Vec<OutputFile>,
}

impl Manifest {
    /// Hashes every file of a staging folder and writes `manifest.json` into it.
    pub fn write(
        staging: &Path,
        origin: &Origin,
        warnings: Vec<String>,
        mut counts: Value,
        provenance: Provenance,
    ) -> Result<Manifest> {
        origin.check_names()?;
        counts.sort_all_objects();
        let manifest = Manifest {
            key: origin.key()?,
            origin: origin.in_order(),
            warnings,
            counts,
            provenance,
            outputs: outputs(staging)?,
        };
        let mut text = serde_json::to_vec_pretty(&manifest).map_err(ManifestError::Json)?;
        text.push(b'\n');
        let path = staging.join(FILE_NAME);
        fs::write(&path, text).map_err(at("write", &path))?;
        Ok(manifest)
    }

    /// The manifest of a bundle on disk.
    pub fn read(bundle: &Path) -> Result<Manifest> {
        let path = bundle.join(FILE_NAME);
        let text = read_regular(&path)?;
        let found: Shape = parse(&path, &text)?;
        if found.schema != SCHEMA {
            let found = found.schema;
            return Err(ManifestError::Schema { path, found }.into());
        }
        Ok(parse(&path, &text)?)
    }
}

/// Read first, so that another generation is named as such and not as a missing field.
#[derive(Deserialize)]
struct Shape {
    schema: u32,
}

fn parse<'t, T: Deserialize<'t>>(path: &Path, text: &'t [u8]) -> Result<T, ManifestError> {
    serde_json::from_slice(text)
        .map_err(|source| ManifestError::Malformed { path: path.to_owned(), source })
}

/// A link could lead out of the bundle, a pipe would never end.
fn read_regular(path: &Path) -> Result<Vec<u8>, ManifestError> {
    let unreadable = |source| ManifestError::Unreadable { path: path.to_owned(), source };
    let found = fs::symlink_metadata(path).map_err(unreadable)?;
    if !found.is_file() {
        let found = format!("found {}", Nature::from(found.file_type()).describe());
        return Err(unreadable(io::Error::other(found)));
    }
    fs::read(path).map_err(unreadable)
}

fn outputs(staging: &Path) -> Result<Vec<OutputFile>> {
    let mut outputs = Vec::new();
    for entry in folder::list(staging)? {
        match entry.nature {
            Nature::Folder => {}
            Nature::File if entry.name == FILE_NAME => {}
            Nature::File if folder::stays_inside(&entry.name) => {
                outputs.push(output(staging, entry.name)?);
            }
            other => {
                let (name, found) = (entry.name, other.describe());
                return Err(ManifestError::Name { name, found }.into());
            }
        }
    }
    Ok(outputs)
}

fn output(staging: &Path, file: String) -> Result<OutputFile, FileError> {
    let (sha256, bytes) = sha256_file(&staging.join(&file))?;
    Ok(OutputFile { file, sha256, bytes })
}

/// SHA-256 of some bytes in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// SHA-256 and size of a file, read in pieces.
pub fn sha256_file(path: &Path) -> Result<(String, u64), FileError> {
    let mut file = File::open(path).map_err(reading(path))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok((hexadecimal(&hash.finalize()), bytes)),
            Ok(read) => {
                hash.update(&piece[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(reading(path)(error)),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
pub(super) mod tests;
