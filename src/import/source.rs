//! Finds the Parquet files behind the paths a user gives.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::fault::ImportFault;
use crate::error::Result;

/// A file of samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub path: PathBuf,
    /// Relative to the path given, with `/`: the same on every machine.
    pub name: String,
    /// `key=value` folders of a hive layout, as columns.
    pub partitions: Vec<(String, Option<String>)>,
}

/// Files, folders and globs as files in the order of their names. A file reached twice counts once.
pub fn find(paths: &[String]) -> Result<Vec<SourceFile>> {
    if paths.is_empty() {
        return Err(ImportFault::NoSamples("no path was given".into()).into());
    }
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for (position, path) in paths.iter().enumerate() {
        for (file, name) in expand(path)? {
            let real = file.canonicalize().map_err(|e| unopened(&file, &e))?;
            if seen.insert(real) {
                let partitions = partitions(&file);
                files.push((position, SourceFile { path: file, name, partitions }));
            }
        }
    }
    Ok(with_unique_names(files))
}

fn unopened(path: &Path, error: &std::io::Error) -> ImportFault {
    ImportFault::Unopened { path: path.display().to_string(), message: error.to_string() }
}

/// The files behind one path, each with its name.
fn expand(given: &str) -> Result<Vec<(PathBuf, String)>> {
    let path = Path::new(given);
    if path.is_dir() {
        let mut files = Vec::new();
        walk(path, path, &mut files)?;
        if files.is_empty() {
            let message = format!("folder `{given}` holds no file that ends in .parquet");
            return Err(ImportFault::NoSamples(message).into());
        }
        files.sort_by(|a, b| a.1.cmp(&b.1));
        return Ok(files);
    }
    if path.exists() || !given.contains(['*', '?', '[']) {
        // A path that is not there fails here with the system's reason.
        std::fs::metadata(path).map_err(|e| unopened(path, &e))?;
        return Ok(vec![(path.to_owned(), file_name(path))]);
    }
    expand_glob(given)
}

fn expand_glob(pattern: &str) -> Result<Vec<(PathBuf, String)>> {
    let none = |why: String| ImportFault::NoSamples(format!("`{pattern}`: {why}"));
    let root: PathBuf = Path::new(pattern)
        .components()
        .take_while(|c| !c.as_os_str().to_string_lossy().contains(['*', '?', '[']))
        .collect();
    let mut files = Vec::new();
    for entry in glob::glob(pattern).map_err(|e| none(e.to_string()))? {
        let path = entry.map_err(|e| none(e.to_string()))?;
        if path.is_dir() {
            walk(&root, &path, &mut files)?;
        } else {
            let name = relative_name(&root, &path);
            files.push((path, name));
        }
    }
    if files.is_empty() {
        return Err(none("no file matches".into()).into());
    }
    files.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(files)
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, String)>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|e| unopened(folder, &e))? {
        let entry = entry.map_err(|e| unopened(folder, &e))?;
        let path = entry.path();
        let hidden = file_name(&path).starts_with('.');
        // Links to folders are not followed: they can form a loop.
        let is_folder = entry.file_type().is_ok_and(|t| t.is_dir());
        if is_folder && !hidden {
            walk(root, &path, files)?;
        } else if !hidden && path.extension().is_some_and(|e| e == "parquet") && path.is_file() {
            let name = relative_name(root, &path);
            files.push((path, name));
        }
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn relative_name(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// `month=2025-10/commune_code=24121/x.parquet` gives two columns.
fn partitions(path: &Path) -> Vec<(String, Option<String>)> {
    let folders = path.parent().into_iter().flat_map(Path::iter);
    folders
        .filter_map(|part| {
            let (key, value) = part.to_str()?.split_once('=')?;
            // Writers escape what a folder's name cannot hold.
            let text = |part| percent_decode_str(part).decode_utf8_lossy().into_owned();
            let value = (value != "__HIVE_DEFAULT_PARTITION__").then(|| text(value));
            Some((text(key), value))
        })
        .collect()
}

/// Files of several paths may have one name: then each is preceded by the number of its path.
fn with_unique_names(files: Vec<(usize, SourceFile)>) -> Vec<SourceFile> {
    let names: BTreeSet<&str> = files.iter().map(|(_, file)| file.name.as_str()).collect();
    let ambiguous = names.len() < files.len();
    let mut files: Vec<SourceFile> = files
        .into_iter()
        .map(|(position, mut file)| {
            if ambiguous {
                file.name = format!("{}/{}", position + 1, file.name);
            }
            file
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}
