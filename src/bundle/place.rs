//! Atomic appearance: a bundle is written beside its place and moved there in one step.
//!
//! A run that fails or is killed leaves the previous bundle as it was; what it wrote lies in a
//! hidden folder that the next run removes. Everything reaches the disk (fsync) before the step,
//! and the step itself before the old bundle is removed.
//!
//! The step is `rename` where nothing stands yet, else an exchange of the two folders. File
//! systems that cannot exchange (some network and FUSE mounts) need two renames: the old bundle
//! aside to `.retired-<name>`, the new one in. A kill exactly between the two leaves no bundle at
//! its place for a moment; the next run puts the old one back before it does anything else.
//!
//! A bundle that is to be kept as an earlier revision is first linked file by file into `.revisions/`,
//! where it appears in one step as well. A kill after that leaves the same bundle in two places, and
//! the next run goes on from there.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};
use rustix::io::Errno;
use thiserror::Error;

use super::folder::{self, FileError, Nature, at};
use super::manifest;
use crate::error::{Fault, Kind, Result};

/// The folder, beside the bundles, of their earlier revisions.
pub const REVISIONS: &str = ".revisions";

const LOCK: &str = ".lock";
const STAGING: &str = ".staging-";
const RETIRED: &str = ".retired-";
const FOLDERS: [&str; 4] = ["send/reports", "send/charts", "send/tables", "internal/queries"];

/// Why a bundle cannot take its place.
#[derive(Debug, Error)]
pub enum PlaceError {
    /// The name would leave the output folder or hide the bundle.
    #[error(
        "bundle name `{0}` is not usable, expected one folder name without separators that does not start with a dot"
    )]
    Name(String),
    /// A file name inside the bundle would leave it.
    #[error("file name `{0}` leaves the bundle, expected a relative path with forward slashes")]
    File(String),
    /// Another run writes to the same output folder.
    #[error("`{}` is locked by another run, expected to be the only one", .0.display())]
    Held(PathBuf),
    /// Something else stands where the bundle goes.
    #[error("`{}` is {found}, expected a bundle or nothing", target.display())]
    Occupied {
        /// Where the bundle goes.
        target: PathBuf,
        /// What stands there.
        found: String,
    },
    /// A bundle without manifest could never be verified or replaced.
    #[error(
        "the folder `{0}` has no list of its contents, expected it to be written before the commit"
    )]
    Unfinished(String),
}

impl Fault for PlaceError {
    fn kind(&self) -> Kind {
        match self {
            PlaceError::Name(_) => Kind::Usage,
            _ => Kind::Output,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            PlaceError::Held(_) => Some("wait until the other run has ended".into()),
            PlaceError::Occupied { .. } => Some("move it away or choose another --out".into()),
            _ => None,
        }
    }
}

/// An output folder that this run alone may write to, cleared of what dead runs left.
#[derive(Debug)]
pub struct OutputFolder {
    folder: PathBuf,
    /// The lock belongs to the open file: the system releases it also when the process is killed.
    _lock: File,
}

/// Where the runs of one process write: locked from the first that needs it to the last.
#[derive(Debug, Clone)]
pub struct OutputRoot {
    folder: PathBuf,
    held: Arc<Mutex<Weak<OutputFolder>>>,
}

impl OutputRoot {
    /// A folder that nobody holds yet.
    pub fn new(folder: &Path) -> Self {
        OutputRoot { folder: folder.to_owned(), held: Arc::default() }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// The locked folder, the same for all that ask while one of them has it.
    pub fn hold(&self) -> Result<Arc<OutputFolder>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = held.upgrade() {
            return Ok(folder);
        }
        let folder = OutputFolder::open(&self.folder)?;
        *held = Arc::downgrade(&folder);
        Ok(folder)
    }
}

impl OutputFolder {
    /// Makes the folder, locks it, puts back or removes what interrupted runs left in it.
    pub fn open(folder: &Path) -> Result<Arc<Self>> {
        fs::create_dir_all(folder).map_err(at("make folder", folder))?;
        let lock = lock(folder)?;
        recover(folder)?;
        Ok(Arc::new(OutputFolder { folder: folder.to_owned(), _lock: lock }))
    }

    /// Begins a bundle; bundles of different names may be staged at the same time.
    pub fn stage(self: &Arc<Self>, name: &str) -> Result<Staging> {
        let staging = self.stage_marked(name, manifest::FILE_NAME)?;
        for part in FOLDERS {
            let part = staging.path.join(part);
            fs::create_dir_all(&part).map_err(at("make folder", &part))?;
        }
        Ok(staging)
    }

    /// Begins a folder that this program knows again by a file of this name.
    pub fn stage_marked(self: &Arc<Self>, name: &str, mark: &'static str) -> Result<Staging> {
        if !folder::stays_inside(name) || name.contains('/') || name.starts_with('.') {
            return Err(PlaceError::Name(name.to_owned()).into());
        }
        is_ours(&self.folder.join(name), mark)?;
        let path = self.folder.join(format!("{STAGING}{name}"));
        fs::create_dir(&path).map_err(at("make folder", &path))?;
        Ok(Staging { output: Arc::clone(self), name: name.to_owned(), mark, path })
    }
}

/// A bundle in the making. Dropped without [`Staging::commit`], it vanishes.
#[derive(Debug)]
pub struct Staging {
    output: Arc<OutputFolder>,
    name: String,
    /// The file without which the folder is not finished.
    mark: &'static str,
    path: PathBuf,
}

impl Staging {
    /// Locks `out_dir` for this one bundle and begins it, with its `send/` and `internal/` folders.
    pub fn open(out_dir: &Path, name: &str) -> Result<Staging> {
        OutputFolder::open(out_dir)?.stage(name)
    }

    /// Where the files go.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one file, making the folders above it.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.file(name)?;
        fs::write(&path, bytes).map_err(at("write", &path))?;
        Ok(())
    }

    /// The path of a file that something else writes, its folders made.
    pub fn file(&self, name: &str) -> Result<PathBuf> {
        if !folder::stays_inside(name) {
            return Err(PlaceError::File(name.to_owned()).into());
        }
        let path = self.path.join(name);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above).map_err(at("make folder", above))?;
        }
        Ok(path)
    }

    /// Copies in what stands at its place already, so that the folder grows and is not replaced.
    pub fn keep(&self) -> Result<()> {
        let target = self.output.folder.join(&self.name);
        if !is_ours(&target, self.mark)? {
            return Ok(());
        }
        for entry in folder::list(&target)? {
            let (from, to) = (target.join(&entry.name), self.path.join(&entry.name));
            match entry.nature {
                Nature::Folder => fs::create_dir_all(&to).map_err(at("make folder", &to))?,
                Nature::File => drop(fs::copy(&from, &to).map_err(at("copy", &from))?),
                other => {
                    let found = other.describe().to_owned();
                    return Err(PlaceError::Occupied { target: from, found }.into());
                }
            }
        }
        Ok(())
    }

    /// Puts the bundle in its place in one step and removes the one that stood there.
    ///
    /// An old bundle that cannot be removed is no error: the new one stands, the next run tries
    /// again.
    pub fn commit(self) -> Result<PathBuf> {
        self.commit_keeping(None)
    }

    /// The same, and the one that stood there stays under a name among the revisions.
    pub fn commit_keeping(self, kept: Option<&str>) -> Result<PathBuf> {
        let mark = folder::nature(&self.path.join(self.mark))?;
        if mark != Some(Nature::File) {
            return Err(PlaceError::Unfinished(self.name.clone()).into());
        }
        sync_tree(&self.path)?;
        let target = self.output.folder.join(&self.name);
        if is_ours(&target, self.mark)? {
            if let Some(kept) = kept {
                keep(&target, &self.output.folder.join(REVISIONS), kept)?;
            }
            self.replace(&target)?;
        } else {
            appear(&self.path, &target)?;
        }
        sync(&self.output.folder)?;
        Ok(target) // dropping `self` removes the old bundle, which an exchange left in staging
    }

    fn replace(&self, target: &Path) -> Result<()> {
        match renameat_with(CWD, &self.path, CWD, target, RenameFlags::EXCHANGE) {
            Err(error) if unsupported(error) => {
                let retired = self.output.folder.join(format!("{RETIRED}{}", self.name));
                replace_in_two_steps(&self.path, target, &retired)
            }
            done => Ok(done.map_err(|error| at("replace", target)(error.into()))?),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Nobody is left to tell; the next run removes what cannot be removed now.
        let _ = remove(&self.path);
    }
}

/// Links a bundle into the folder of revisions. One of this name that lies there already was linked by a
/// run that was killed before it could go on.
fn keep(bundle: &Path, revisions: &Path, name: &str) -> Result<(), FileError> {
    let (place, staging) = (revisions.join(name), revisions.join(format!("{STAGING}{name}")));
    if folder::nature(&place)?.is_some() {
        return Ok(());
    }
    fs::create_dir_all(&staging).map_err(at("make folder", &staging))?;
    for entry in folder::list(bundle)? {
        let (from, to) = (bundle.join(&entry.name), staging.join(&entry.name));
        match entry.nature {
            Nature::Folder => fs::create_dir_all(&to).map_err(at("make folder", &to))?,
            // Not every file system has links.
            Nature::File if fs::hard_link(&from, &to).is_err() => {
                fs::copy(&from, &to).map_err(at("copy", &from))?;
            }
            _ => {}
        }
    }
    sync_tree(&staging)?;
    fs::rename(&staging, &place).map_err(at("move the revision to", &place))?;
    sync(revisions)
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(at("open lock", &path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(PlaceError::Held(folder.to_owned()).into()),
        Err(error) => Err(at("lock", &path)(error.into()).into()),
    }
}

/// Puts back a bundle that a kill caught between the two renames; removes all other leftovers.
fn recover(folder: &Path) -> Result<()> {
    for found in fs::read_dir(folder).map_err(at("list", folder))? {
        let found = found.map_err(at("list", folder))?;
        let name = found.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(bundle) = name.strip_prefix(RETIRED) {
            put_back(&found.path(), &folder.join(bundle))?;
        } else if name.starts_with(STAGING) {
            remove(&found.path())?;
        } else if name == REVISIONS {
            forget_unfinished(&found.path())?;
        }
    }
    Ok(())
}

fn forget_unfinished(revisions: &Path) -> Result<(), FileError> {
    for found in fs::read_dir(revisions).map_err(at("list", revisions))? {
        let found = found.map_err(at("list", revisions))?;
        if found.file_name().to_string_lossy().starts_with(STAGING) {
            remove(&found.path())?;
        }
    }
    Ok(())
}

fn put_back(retired: &Path, target: &Path) -> Result<(), FileError> {
    match folder::nature(target)? {
        Some(_) => remove(retired),
        None => fs::rename(retired, target).map_err(at("put back", target)),
    }
}

/// Whether a folder with this mark stands at `target`; anything else there is somebody's and refused.
fn is_ours(target: &Path, mark: &'static str) -> Result<bool> {
    let found = match folder::nature(target)? {
        None => return Ok(false),
        Some(Nature::Folder) => match folder::nature(&target.join(mark))? {
            Some(Nature::File) => return Ok(true),
            _ => format!("a folder without {mark}"),
        },
        Some(other) => other.describe().to_owned(),
    };
    let target = target.to_owned();
    Err(PlaceError::Occupied { target, found }.into())
}

/// A plain `rename` would silently replace an empty folder made meanwhile, so it is asked not to.
fn appear(staging: &Path, target: &Path) -> Result<()> {
    let moved = match renameat_with(CWD, staging, CWD, target, RenameFlags::NOREPLACE) {
        Err(error) if unsupported(error) => fs::rename(staging, target),
        done => done.map_err(Into::into),
    };
    Ok(moved.map_err(at("move the bundle to", target))?)
}

/// For file systems without exchange. If the second step fails, the first is undone.
fn replace_in_two_steps(staging: &Path, target: &Path, retired: &Path) -> Result<()> {
    fs::rename(target, retired).map_err(at("move aside", target))?;
    if let Err(error) = fs::rename(staging, target) {
        fs::rename(retired, target).map_err(at("put back", target))?;
        return Err(at("move the bundle to", target)(error).into());
    }
    if let Some(above) = target.parent() {
        sync(above)?;
    }
    let _ = remove(retired); // the new bundle stands; the next run removes what is left
    Ok(())
}

/// Older kernels answer NOSYS, file systems that do not know the flag INVAL or OPNOTSUPP.
fn unsupported(error: Errno) -> bool {
    matches!(error, Errno::NOSYS | Errno::INVAL | Errno::OPNOTSUPP)
}

/// Removes a file or a folder with all it holds, never what a link points to.
fn remove(path: &Path) -> Result<(), FileError> {
    let removed = match folder::nature(path)? {
        None => Ok(()),
        Some(Nature::Folder) => fs::remove_dir_all(path),
        Some(_) => fs::remove_file(path),
    };
    removed.map_err(at("remove", path))
}

/// Brings files, then the folders that name them, to the disk.
fn sync_tree(root: &Path) -> Result<(), FileError> {
    for entry in folder::list(root)?.iter().rev() {
        if matches!(entry.nature, Nature::File | Nature::Folder) {
            sync(&root.join(&entry.name))?;
        }
    }
    sync(root)
}

fn sync(path: &Path) -> Result<(), FileError> {
    let file = File::open(path).map_err(at("open", path))?;
    file.sync_all().map_err(at("bring to disk", path))
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
