//! What the samples of a month come to, and its recall from a bundle that was made of the same ones.
//!
//! The complete tables rest on samples, register, boundaries, operators, earlier months, queries, and
//! the limits of the configuration. All else of a bundle (campaign, protection, charts, documents) is
//! made of these tables. So they have a key of their own, in `internal/measured.json`: where the bundle
//! that stands there has the same, its tables are read back, and only the rest is made again.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::bundle::Staging;
use crate::bundle::manifest::{Manifest, ManifestError, Origin};
use crate::engine;
use crate::error::Result;
use crate::history::Bundle;
use crate::plan::Plan;
use crate::statistics::{Bench, RunQuery, Tables};
use crate::validation::ledger::Ledger;
use crate::warning::Warning;

/// Where a bundle says what it measured.
const FILE: &str = "internal/measured.json";

/// Sections of the configuration that change no complete table.
const LATER_SECTIONS: [&str; 7] =
    ["calendar", "campaign", "definitions", "due", "form", "privacy", "report"];

/// Files that change no complete table, by the folder they have in the manifest.
const LATER_INPUTS: [&str; 3] = ["campaign/", "fonts/", "texts/"];

/// Queries that change no complete table.
const LATER_QUERIES: [&str; 3] = ["campaign/", "status/", "disclosure.toml"];

/// Files beside the tables that hold what was measured, and are taken over as they are.
const FILES: [&str; 4] = [
    "internal/quarantine.parquet",
    "internal/samples_effective.parquet",
    "internal/samples_effective_day_part.parquet",
    "internal/samples_effective_restated.parquet",
];

/// What the samples of a month come to.
pub struct Measured {
    pub ledger: Ledger,
    /// The complete tables.
    pub tables: Tables,
    /// What queries read beside samples and tables.
    pub inputs: Tables,
    /// In the order in which they were run.
    pub queries: Vec<RunQuery>,
    /// What rows and tables gave cause to warn of.
    pub warnings: Vec<Warning>,
}

/// `measured.json`.
#[derive(Serialize, Deserialize)]
struct Record {
    key: String,
    tables: Vec<String>,
    inputs: Vec<String>,
    /// Names of queries, with the tables that they made.
    queries: Vec<(String, String)>,
    warnings: Vec<Warning>,
}

/// What decides the complete tables; the same key means the same tables.
pub fn key(plan: &Plan, origin: &Origin) -> Result<String> {
    let mut origin = origin.clone();
    if let Some(settings) = origin.configuration.as_object_mut() {
        LATER_SECTIONS.iter().for_each(|section| drop(settings.remove(*section)));
    }
    let is_later = |name: &str, later: &[&str]| later.iter().any(|start| name.starts_with(start));
    origin.inputs.retain(|input| !is_later(&input.file, &LATER_INPUTS));
    origin.queries.retain(|query| !is_later(&query.name, &LATER_QUERIES));
    origin.templates.clear();
    origin.report_date = origin.period.from;
    // Reports may word it, and samples are grouped by it.
    origin.configuration["unknown_operator"] = plan.unknown_operator.clone().into();
    origin.inputs_key()
}

impl Measured {
    /// Of the bundle that stands at `bundle`, if it measured the same; its files are taken over into the new
    /// one. A bundle that is damaged, or of another version, is no reason to fail: all is made again.
    pub fn recall(bundle: &Path, key: &str, staging: &Staging) -> Option<Self> {
        let kept = Bundle::unread(bundle.to_owned(), Manifest::read(bundle).ok()?);
        let read = |file: &str| fs::read(kept.checked(file).ok()?).ok();
        let record: Record = serde_json::from_slice(&read(FILE)?).ok()?;
        if record.key != key {
            return None;
        }
        let tables = |folder: &str, names: &[String]| -> Option<Tables> {
            let table = |name: &String| {
                Some((name.clone(), kept.table(&format!("internal/{folder}/{name}.parquet")).ok()?))
            };
            names.iter().map(table).collect()
        };
        let query = |(name, table): &(String, String)| {
            let sql = String::from_utf8(read(&format!("internal/queries/{name}"))?).ok()?;
            Some(RunQuery { name: name.clone(), table: table.clone(), sql })
        };
        let measured = Measured {
            ledger: serde_json::from_slice(&read("internal/ledger.json")?).ok()?,
            tables: tables("tables", &record.tables)?,
            inputs: tables("inputs", &record.inputs)?,
            queries: record.queries.iter().map(query).collect::<Option<_>>()?,
            warnings: record.warnings,
        };
        for file in FILES.iter().filter(|file| kept.lists(file)) {
            fs::copy(kept.checked(file).ok()?, staging.file(file).ok()?).ok()?;
        }
        Some(measured)
    }

    /// Writes what a later run needs to recall it, beside the files that are written in any case.
    pub fn keep(&self, key: &str, staging: &Staging) -> Result<()> {
        let names = |tables: &Tables| tables.keys().cloned().collect();
        let record = Record {
            key: key.to_owned(),
            tables: names(&self.tables),
            inputs: names(&self.inputs),
            queries: self.queries.iter().map(|one| (one.name.clone(), one.table.clone())).collect(),
            warnings: self.warnings.clone(),
        };
        let text = serde_json::to_string_pretty(&record).map_err(ManifestError::Json)? + "\n";
        staging.write(FILE, text.as_bytes())
    }

    /// A bench that knows the tables, and no sample.
    pub fn bench(&self, plan: &Plan) -> Result<Bench> {
        let mut bench = Bench::over(engine::open(&[]), plan.work.clone());
        for (name, table) in &self.inputs {
            bench.input(name, table.clone())?;
        }
        for (name, table) in &self.tables {
            bench.samples(name, table)?;
        }
        bench.tables.clone_from(&self.tables);
        bench.queries.clone_from(&self.queries);
        Ok(bench)
    }
}
