//! The bundles that a run was given as history.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::fault::HistoryFault;
use super::months::{Basis, Scope};
use super::tables::{PUBLISHED, PUBLISHED_LATELY};
use crate::bundle::manifest::{FILE_NAME, Manifest, sha256_file};
use crate::bundle::{Earlier, OutputFile};
use crate::error::Result;
use crate::output::refusal_name;
use crate::plan::Plan;
use crate::statistics::Tables;

/// Samples by the communes after the reform.
pub const RESTATED: &str = "internal/samples_effective_restated.parquet";

/// One earlier bundle; what is read of it was compared with its manifest.
#[derive(Debug)]
pub struct Bundle {
    pub folder: PathBuf,
    pub manifest: Manifest,
    /// Where the values of its month come from, if anywhere.
    pub basis: Option<Basis>,
    /// Of a month on the same side of the reform, its tables; of another, its quota.
    pub tables: Tables,
}

impl Bundle {
    /// One of which nothing was read yet.
    pub(crate) fn unread(folder: PathBuf, manifest: Manifest) -> Self {
        Bundle { folder, manifest, basis: None, tables: Tables::new() }
    }

    pub(super) fn earlier(&self) -> Earlier {
        Earlier {
            province: self.province().to_owned(),
            month: self.month().to_owned(),
            key: self.manifest.key.clone(),
        }
    }

    pub(super) fn province(&self) -> &str {
        &self.manifest.origin.province
    }

    pub(super) fn month(&self) -> &str {
        &self.manifest.origin.month
    }

    fn open(folder: PathBuf, manifest: Manifest, basis: Option<Basis>) -> Result<Self> {
        let key = manifest.origin.key()?;
        let mut bundle = Bundle { folder, manifest, basis, tables: Tables::new() };
        if key != bundle.manifest.key {
            let (found, expected) =
                (format!("key {}", bundle.manifest.key), format!("key {key} by what it lists"));
            let (bundle, file) = (bundle.name(), FILE_NAME.to_owned());
            return Err(HistoryFault::Changed { bundle, file, found, expected }.into());
        }
        let names: &[&str] = match basis {
            Some(Basis::Published) => &PUBLISHED,
            Some(Basis::Restated) => &["quota_area"],
            None => &[],
        };
        for name in names {
            let table = bundle.table(&bundle.place(name))?;
            bundle.tables.insert((*name).to_owned(), table);
        }
        let lately = PUBLISHED_LATELY.map(|name| (name, bundle.place(name)));
        let listed = lately.iter().filter(|(_, file)| bundle.lists(file));
        let listed: Vec<_> = listed.filter(|_| basis == Some(Basis::Published)).collect();
        for (name, file) in listed {
            let table = bundle.table(file)?;
            bundle.tables.insert((*name).to_owned(), table);
        }
        if basis == Some(Basis::Restated) {
            bundle.checked(RESTATED)?;
        }
        Ok(bundle)
    }

    /// The complete table; bundles from before tables were protected have it under `send/`.
    fn place(&self, table: &str) -> String {
        let complete = format!("internal/tables/{table}.parquet");
        if self.lists(&complete) { complete } else { format!("send/tables/{table}.parquet") }
    }

    pub(crate) fn lists(&self, file: &str) -> bool {
        self.manifest.outputs.iter().any(|one| one.file == file)
    }

    pub(super) fn name(&self) -> String {
        self.folder.display().to_string()
    }

    /// The path of a file that still is what the manifest says.
    pub(crate) fn checked(&self, file: &str) -> Result<PathBuf> {
        let listed = self.manifest.outputs.iter().find(|listed| listed.file == file);
        let missing = || HistoryFault::Missing { bundle: self.name(), file: file.to_owned() };
        let listed = listed.ok_or_else(missing)?;
        let path = self.folder.join(file);
        let (sha256, bytes) = sha256_file(&path)?;
        if (&sha256, bytes) == (&listed.sha256, listed.bytes) {
            return Ok(path);
        }
        let said = |one: &OutputFile| format!("{} bytes with SHA-256 {}", one.bytes, one.sha256);
        let found = OutputFile { file: file.to_owned(), sha256, bytes };
        let (found, expected) = (said(&found), said(listed));
        let (bundle, file) = (self.name(), file.to_owned());
        Err(HistoryFault::Changed { bundle, file, found, expected }.into())
    }

    /// A table that still is what the manifest says.
    pub(crate) fn table(&self, file: &str) -> Result<RecordBatch> {
        let path = self.checked(file)?;
        let fault = |message: String| HistoryFault::Table {
            bundle: self.name(),
            file: file.to_owned(),
            found: format!("cannot be read ({message})"),
            expected: "a Parquet file".to_owned(),
        };
        let opened = File::open(&path).map_err(|e| fault(e.to_string()))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(opened);
        let reader = reader.and_then(|r| r.build()).map_err(|e| fault(e.to_string()))?;
        let schema = arrow::array::RecordBatchReader::schema(&reader);
        let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| fault(e.to_string()))?;
        Ok(concat_batches(&schema, &batches).map_err(|e| fault(e.to_string()))?)
    }
}

/// The bundles at these paths that belong to the trend, by month and province.
pub(super) fn read(paths: &[PathBuf], plan: &Plan, scope: &Scope) -> Result<Vec<Bundle>> {
    let mut bundles: BTreeMap<(String, String), Bundle> = BTreeMap::new();
    let own = format!("{}-{}", plan.config.province.code, scope.month());
    for folder in folders(paths, &own)? {
        let manifest = Manifest::read(&folder)?;
        if !scope.takes(&manifest.origin) {
            continue;
        }
        let key = (manifest.origin.month.clone(), manifest.origin.province.clone());
        if let Some(first) = bundles.get(&key) {
            let (month, province) = key;
            let (first, second) = (first.name(), folder.display().to_string());
            return Err(HistoryFault::Twice { province, month, first, second }.into());
        }
        let basis = scope.basis(&manifest.origin);
        bundles.insert(key, Bundle::open(folder, manifest, basis)?);
    }
    Ok(bundles.into_values().collect())
}

/// Every bundle at or right below these paths, each once. The bundle that the run makes, what refused
/// runs left and hidden folders are none.
fn folders(paths: &[PathBuf], own: &str) -> Result<Vec<PathBuf>> {
    let (mut seen, mut folders) = (BTreeSet::new(), Vec::new());
    for path in paths {
        for folder in below(path, own)? {
            let real = fs::canonicalize(&folder).map_err(|e| unreadable(&folder, &e))?;
            if seen.insert(real) {
                folders.push(folder);
            }
        }
    }
    folders.sort();
    Ok(folders)
}

fn below(path: &Path, own: &str) -> Result<Vec<PathBuf>> {
    if path.join(FILE_NAME).exists() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(|e| unreadable(path, &e))? {
        let folder = entry.map_err(|e| unreadable(path, &e))?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let passed = name == own || name.starts_with('.') || name.ends_with(&refusal_name(""));
        if !passed && folder.join(FILE_NAME).exists() {
            found.push(folder);
        }
    }
    Ok(found)
}

fn unreadable(path: &Path, error: &std::io::Error) -> HistoryFault {
    let path = path.display().to_string();
    HistoryFault::Unreadable { path, message: error.to_string() }
}
