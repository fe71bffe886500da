//! Documents in a bundle: as JSON beside their files, drawings apart and by name, so that a
//! document can be written again when it is issued, and compared with an edited copy.
//!
//! | path | what |
//! |---|---|
//! | `internal/documents/<name>.json` | a document, number, day and signer left open |
//! | `internal/figures/<name>.json` | a drawing, once for all documents that show it |
//! | `send/charts/<name>.png` or `internal/figures/<name>.png` | the same as a picture |

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::block::{Block, Document, Figure, Plate};
use super::page::Drawing;
use crate::error::{Fault, Kind, Result};

const DOCUMENTS: &str = "internal/documents";
const FIGURES: &str = "internal/figures";
const CHARTS: &str = "send/charts";

/// Why a document cannot be kept or found again.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("the bundle has no document `{found}`, expected one of {known}")]
    Unknown { found: String, known: String },
    #[error("cannot read `{path}`: {source}")]
    Unreadable { path: String, source: io::Error },
    #[error("`{path}` is no document of this program: {source}")]
    Malformed { path: String, source: serde_json::Error },
    #[error("two different figures are called `{0}`, expected names that differ")]
    SameName(String),
    #[error("`{0}` cannot name a file, expected letters, digits, `_` and `-`")]
    Name(String),
    #[error("cannot write document `{name}` as JSON: {source}")]
    Json { name: String, source: serde_json::Error },
}

impl Fault for StoreError {
    fn kind(&self) -> Kind {
        match self {
            StoreError::Unknown { .. } | StoreError::SameName(_) | StoreError::Name(_) => {
                Kind::Usage
            }
            StoreError::Json { .. } => Kind::Output,
            StoreError::Unreadable { .. } | StoreError::Malformed { .. } => Kind::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            StoreError::Unreadable { .. } | StoreError::Malformed { .. } => Some(
                "bundles of earlier versions hold no documents; `run --force` builds it again"
                    .into(),
            ),
            _ => None,
        }
    }
}

/// The files that keep documents, by their path in the bundle.
///
/// Pictures of the figures in `charts` stand in `send/charts/` already and are not kept twice.
pub fn save(
    documents: &BTreeMap<String, Document>,
    charts: &BTreeSet<String>,
) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let mut figures: BTreeMap<&str, &Plate> = BTreeMap::new();
    for (name, document) in documents {
        check_name(name)?;
        files.push((format!("{DOCUMENTS}/{name}.json"), json(name, document)?));
        for Figure { name, plate, .. } in shown(document) {
            let known = figures.insert(name, plate);
            if known.is_some_and(|known| known.drawing != plate.drawing) {
                return Err(StoreError::SameName(name.clone()).into());
            }
        }
    }
    for (name, plate) in figures {
        check_name(name)?;
        files.push((format!("{FIGURES}/{name}.json"), json(name, &plate.drawing)?));
        if !charts.contains(name) && !plate.image.is_empty() {
            files.push((format!("{FIGURES}/{name}.png"), plate.image.to_vec()));
        }
    }
    Ok(files)
}

/// The names of the documents in a bundle, sorted; one in a folder is named with its folder.
pub fn names(bundle: &Path) -> Result<Vec<String>> {
    let root = bundle.join(DOCUMENTS);
    let (mut names, mut folders) = (Vec::new(), vec![(root.clone(), String::new())]);
    while let Some((folder, prefix)) = folders.pop() {
        let unreadable =
            |source| StoreError::Unreadable { path: folder.display().to_string(), source };
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match name.strip_suffix(".json") {
                Some(name) => names.push(name.to_owned()),
                None if entry.path().is_dir() => folders.push((entry.path(), name + "/")),
                None => {}
            }
        }
    }
    names.sort();
    Ok(names)
}

/// A document with its drawings.
pub fn load(bundle: &Path, name: &str) -> Result<Document> {
    let known = names(bundle)?;
    if !known.iter().any(|known| known == name) {
        let (found, known) = (name.to_owned(), known.join(", "));
        return Err(StoreError::Unknown { found, known }.into());
    }
    let mut document: Document = read(bundle, &format!("{DOCUMENTS}/{name}.json"))?;
    for block in &mut document.blocks {
        if let Block::Figure(figure) = block {
            check_name(&figure.name)?;
            figure.plate = plate(bundle, &figure.name)?;
        }
    }
    Ok(document)
}

fn plate(bundle: &Path, name: &str) -> Result<Plate> {
    let drawing: Drawing = read(bundle, &format!("{FIGURES}/{name}.json"))?;
    let picture = |folder| fs::read(bundle.join(format!("{folder}/{name}.png"))).ok();
    let image = picture(FIGURES).or_else(|| picture(CHARTS)).unwrap_or_default();
    Ok(Plate { drawing, image: Arc::new(image), ..Plate::default() })
}

fn read<T: DeserializeOwned>(bundle: &Path, file: &str) -> Result<T> {
    let path = file.to_owned();
    let text = fs::read(bundle.join(file))
        .map_err(|source| StoreError::Unreadable { path: path.clone(), source })?;
    Ok(serde_json::from_slice(&text).map_err(|source| StoreError::Malformed { path, source })?)
}

fn shown(document: &Document) -> impl Iterator<Item = &Figure> {
    document.blocks.iter().filter_map(|block| match block {
        Block::Figure(figure) => Some(figure),
        _ => None,
    })
}

fn json(name: &str, value: &impl serde::Serialize) -> Result<Vec<u8>> {
    let name = name.to_owned();
    let mut text = serde_json::to_vec(value).map_err(|source| StoreError::Json { name, source })?;
    text.push(b'\n');
    Ok(text)
}

/// Names come from templates; none leads out of its folder.
fn check_name(name: &str) -> Result<()> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(allowed);
    if name.split('/').all(part) {
        return Ok(());
    }
    Err(StoreError::Name(name.to_owned()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::page::Item;
    use crate::document::page::{Colour, Face, TextRun};

    fn figure(name: &str, x: f64) -> Block {
        let run = TextRun {
            x,
            y: 2.0,
            text: "Đắk Lắk".into(),
            face: Face::Bold,
            size: 9.0,
            colour: Colour::BLACK,
            word_spacing: 0.0,
            rotation: 0.0,
        };
        let drawing = Drawing { width: 10.0, height: 5.0, items: vec![Item::Text(run)] };
        let plate = Plate { drawing, image: Arc::new(vec![1, 2, 3]), ..Plate::default() };
        let (caption, alternative) = ("Hình 1".into(), "cao nhất".into());
        Block::Figure(Figure { name: name.into(), plate, caption, alternative })
    }

    fn documents(blocks: Vec<Block>) -> BTreeMap<String, Document> {
        let document = Document { title: "Báo cáo".into(), blocks, ..Document::default() };
        BTreeMap::from([("ministry".to_owned(), document)])
    }

    #[test]
    fn what_is_saved_is_loaded_again_with_its_drawings() {
        let folder = tempfile::tempdir().unwrap();
        let all = documents(vec![figure("trend", 0.1 + 0.2), figure("trend", 0.1 + 0.2)]);
        let files = save(&all, &BTreeSet::new()).unwrap();
        let names_of: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names_of,
            [
                "internal/documents/ministry.json",
                "internal/figures/trend.json",
                "internal/figures/trend.png"
            ]
        );
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        assert_eq!(names(folder.path()).unwrap(), ["ministry"]);
        assert_eq!(load(folder.path(), "ministry").unwrap(), all["ministry"]);
        let unknown = load(folder.path(), "minister").unwrap_err().to_string();
        assert!(unknown.contains("`minister`") && unknown.contains("ministry"), "{unknown}");
    }

    #[test]
    fn a_picture_that_is_sent_anyway_is_not_kept_twice() {
        let charts = BTreeSet::from(["trend".to_owned()]);
        let files = save(&documents(vec![figure("trend", 1.0)]), &charts).unwrap();
        assert_eq!(files.len(), 2);
    }

    #[test]
    fn names_that_lead_elsewhere_or_mean_two_things_are_refused() {
        for name in ["../x", "a//b", "/a", "", ".x"] {
            assert!(save(&documents(vec![figure(name, 1.0)]), &BTreeSet::new()).is_err(), "{name}");
        }
        let two = documents(vec![figure("a", 1.0), figure("a", 2.0)]);
        assert!(save(&two, &BTreeSet::new()).is_err());
    }
}
