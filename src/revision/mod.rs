//! Revisions of a month: a bundle made again from other inputs replaces the one that stood there.
//!
//! `OUT/<province>-<month>` is always the current revision; those before it lie in
//! `OUT/.revisions/<province>-<month>.<number>`, unchanged. A revision says in its manifest which one it
//! replaces, and in its documents which published figures differ from that one. The same inputs made
//! again are the same revision.

mod changes;

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;

pub use changes::{Grouping, TABLE, changes};

use crate::bundle::manifest::{FILE_NAME, Manifest, Replaced, sha256_file};
use crate::bundle::{Origin, REVISIONS};
use crate::error::Result;
use crate::history::Bundle;
use crate::statistics::Tables;

/// Which revision a run makes.
#[derive(Debug, Default)]
pub struct Revision {
    /// From 1.
    pub number: u32,
    /// The one before, where it is at hand.
    pub replaces: Option<Replaced>,
    /// Its published tables.
    before: Tables,
    /// Under which name the bundle that stands at the place now is kept.
    pub keeps: Option<String>,
}

impl Revision {
    /// What a run with this origin makes of what lies in the output folder; tables of these names are
    /// read of the revision before.
    pub fn next(out: &Path, name: &str, origin: &Origin, tables: &[&str]) -> Result<Self> {
        let kept = highest(out, name);
        let Ok(current) = Manifest::read(&out.join(name)) else {
            // A bundle that can no longer be read may still hold documents that were sent.
            let stands = out.join(name).join(FILE_NAME).exists();
            let keeps = stands.then(|| format!("{name}.{}", kept + 1));
            let number = kept + 1 + u32::from(stands);
            return Ok(Revision { number, keeps, ..Revision::default() });
        };
        let number = current.origin.revision;
        if current.origin.inputs_key()? == origin.inputs_key()? {
            let before = folder(out, name, number.saturating_sub(1));
            let replaces = current.origin.replaces.filter(|one| one.stands_in(&before));
            let before = replaces.as_ref().map(|_| read(&before, tables)).unwrap_or_default();
            return Ok(Revision { number, replaces, before, keeps: None });
        }
        let place = out.join(name);
        Ok(Revision {
            number: number.max(kept) + 1,
            replaces: Some(Replaced {
                revision: number,
                key: current.key,
                manifest_sha256: sha256_file(&place.join(FILE_NAME))?.0,
            }),
            before: read(&place, tables),
            keeps: Some(format!("{name}.{number}")),
        })
    }

    /// The published figures that differ from those of the revision before; none where there is none.
    pub fn changes(
        &self,
        groupings: &[Grouping<'_>],
        tables: &Tables,
        title: &dyn Fn(&str, &str) -> String,
    ) -> Result<Option<RecordBatch>> {
        match &self.replaces {
            Some(_) => changes(groupings, &self.before, tables, title).map(Some),
            None => Ok(None),
        }
    }
}

impl Replaced {
    fn stands_in(&self, bundle: &Path) -> bool {
        sha256_file(&bundle.join(FILE_NAME)).is_ok_and(|(sha256, _)| sha256 == self.manifest_sha256)
    }
}

/// Where an earlier revision lies.
pub fn folder(out: &Path, name: &str, number: u32) -> PathBuf {
    out.join(REVISIONS).join(format!("{name}.{number}"))
}

/// The highest number among the revisions of a bundle that were kept.
fn highest(out: &Path, name: &str) -> u32 {
    let entries = fs::read_dir(out.join(REVISIONS)).into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| {
        let kept = entry.file_name().into_string().ok()?;
        kept.strip_prefix(name)?.strip_prefix('.')?.parse().ok()
    });
    numbers.max().unwrap_or(0)
}

/// The tables that still are what the manifest says; a damaged one is compared with nothing.
fn read(bundle: &Path, names: &[&str]) -> Tables {
    let Ok(manifest) = Manifest::read(bundle) else { return Tables::new() };
    let bundle = Bundle::unread(bundle.to_owned(), manifest);
    let table = |name: &&str| {
        let batch = bundle.table(&format!("send/tables/{name}.parquet")).ok()?;
        Some(((*name).to_owned(), batch))
    };
    names.iter().filter_map(table).collect()
}
