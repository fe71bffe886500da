//! What lies in a folder, by relative names that read the same on every machine.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::{Fault, Kind};

/// A file or folder on disk that could not be read or written.
#[derive(Debug, Error)]
#[error("cannot {action} `{}`: {source}", path.display())]
pub struct FileError {
    kind: Kind,
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl Fault for FileError {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn hint(&self) -> Option<String> {
        match self.source.kind() {
            io::ErrorKind::StorageFull => Some("free some space on the output disk".into()),
            io::ErrorKind::PermissionDenied if self.kind == Kind::Output => {
                Some("choose a folder you may write to".into())
            }
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory
                if self.kind == Kind::Output =>
            {
                Some("something else has this name; move it away or choose another folder".into())
            }
            _ => None,
        }
    }
}

/// Adds to an I/O error on the output what was being done, and to what.
pub(super) fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError + use<> {
    failed(Kind::Output, action, path)
}

/// The same for a file that is only read.
pub(super) fn reading(path: &Path) -> impl FnOnce(io::Error) -> FileError + use<> {
    failed(Kind::Input, "read", path)
}

fn failed(
    kind: Kind,
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> FileError + use<> {
    let path = path.to_owned();
    move |source| FileError { kind, action, path, source }
}

/// What an entry of a folder is, symbolic links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    File,
    Folder,
    SymbolicLink,
    /// A socket, a device, or a name that is not UTF-8 and so can stand in no manifest.
    Other,
}

impl Nature {
    /// The entry in words, for messages.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Nature::File => "a file",
            Nature::Folder => "a folder",
            Nature::SymbolicLink => "a symbolic link",
            Nature::Other => "neither file nor folder, or a name that is not UTF-8",
        }
    }
}

impl From<fs::FileType> for Nature {
    fn from(found: fs::FileType) -> Self {
        if found.is_symlink() {
            Nature::SymbolicLink
        } else if found.is_dir() {
            Nature::Folder
        } else if found.is_file() {
            Nature::File
        } else {
            Nature::Other
        }
    }
}

/// One entry below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path below the folder, parts joined by `/`.
    pub(super) name: String,
    pub(super) nature: Nature,
}

/// Everything below `root`, sorted by name, so a folder comes before what it holds.
pub(super) fn list(root: &Path) -> Result<Vec<Entry>, FileError> {
    let mut entries = Vec::new();
    let mut open = vec![String::new()];
    while let Some(prefix) = open.pop() {
        let folder = root.join(&prefix);
        for found in fs::read_dir(&folder).map_err(at("list", &folder))? {
            let found = found.map_err(at("list", &folder))?;
            let entry = describe(&prefix, &found).map_err(at("inspect", &found.path()))?;
            if entry.nature == Nature::Folder {
                open.push(entry.name.clone());
            }
            entries.push(entry);
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn describe(prefix: &str, found: &DirEntry) -> io::Result<Entry> {
    let raw = found.file_name();
    let nature = match raw.to_str() {
        Some(_) => found.file_type()?.into(),
        None => Nature::Other,
    };
    let leaf = raw.to_string_lossy();
    let name = if prefix.is_empty() { leaf.into_owned() } else { format!("{prefix}/{leaf}") };
    Ok(Entry { name, nature })
}

/// What stands at `path` itself, `None` when nothing does.
pub(super) fn nature(path: &Path) -> Result<Option<Nature>, FileError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found.file_type().into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at("inspect", path)(error)),
    }
}

/// Whether a name stays below the folder it is joined to, on every system.
pub(super) fn stays_inside(name: &str) -> bool {
    let allowed = |c: char| c != '\\' && c != ':' && !c.is_control();
    name.chars().all(allowed) && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_sorted_without_following_links() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("b/c")).unwrap();
        fs::write(root.path().join("b/c/x"), "").unwrap();
        fs::write(root.path().join("b-1"), "").unwrap();
        std::os::unix::fs::symlink("/", root.path().join("a")).unwrap();
        let found = list(root.path()).unwrap();
        let names: Vec<_> = found.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "b-1", "b/c", "b/c/x"]);
        assert_eq!(found[0].nature, Nature::SymbolicLink);
    }

    #[test]
    fn tells_names_that_escape() {
        for good in ["a", "send/tables/operator.csv", "Đắk Lắk.pdf", "a..b"] {
            assert!(stays_inside(good), "{good}");
        }
        for bad in ["", "/a", "../a", "a/../b", "a//b", "./a", "a/", "C:a", "a\\b", "a\0"] {
            assert!(!stays_inside(bad), "{bad}");
        }
    }
}
