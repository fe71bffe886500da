//! Samples: Parquet files of many shapes → batches of the canonical columns.

mod columns;
pub mod contract;
mod fault;
mod footer;
pub mod functions;
mod inflate;
pub mod limits;
mod pages;
pub mod profile;
mod reader;
mod source;
mod thrift;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch, new_null_array};
use arrow::datatypes::{Field, Schema};

pub use columns::on_grid;
pub use fault::ImportFault;
pub use reader::{BATCH_ROWS, OpenFile, Section};
pub use source::{SourceFile, find};

use crate::demo::SIMULATED_KEY;
use crate::engine::Engine;
use crate::error::Result;
use contract::{COLUMNS, Content, SOURCE_FILE, SOURCE_ROW};
use jiff::tz::TimeZone;
use profile::Profile;

use crate::queries::Queries;

/// The files of a run, opened and checked.
pub struct Samples {
    pub files: Vec<OpenFile>,
    pub profile: Profile,
}

impl Samples {
    /// Opens every file behind `paths` and checks its columns against the profile.
    pub fn open(
        paths: &[String],
        profile: &str,
        queries: &Queries,
        naive_zone: Option<&TimeZone>,
    ) -> Result<Self> {
        let profile = Profile::find(queries, profile)?;
        let files = find(paths)?;
        let exceeded = |message| ImportFault::TooMuch { message };
        limits::at_most("files", files.len() as u64, limits::FILES as u64).map_err(exceeded)?;
        let (mut open, mut footers) = (Vec::new(), 0);
        for file in &files {
            let file = OpenFile::open(file, &profile, queries, naive_zone)?;
            footers += file.footer_bytes;
            limits::at_most("bytes of footers", footers, limits::FOOTERS_BYTES)
                .map_err(exceeded)?;
            open.push(file);
        }
        Ok(Samples { files: open, profile })
    }

    /// Whether any file says of itself that its samples are simulated.
    pub fn simulated(&self) -> bool {
        self.files.iter().any(|file| file.property(SIMULATED_KEY) == Some("true"))
    }

    /// Rows of all files, by their footers.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(OpenFile::rows).sum()
    }
}

/// A batch of rows in canonical columns, and how many texts could not be read, per column.
pub struct Imported {
    pub batch: RecordBatch,
    pub unconverted: BTreeMap<&'static str, u64>,
}

/// Runs the profile over a batch of raw rows.
pub fn import(engine: &mut dyn Engine, profile: &Profile, raw: RecordBatch) -> Result<Imported> {
    let source_file = raw.column_by_name(SOURCE_FILE).cloned();
    let source_row = raw.column_by_name(SOURCE_ROW).cloned();
    let rows = raw.num_rows();
    engine.register_batches("raw", raw.schema(), &[raw])?;
    let query = format!("import/{}.sql", profile.name);
    let selected = engine.query(&query, &profile.sql)?;
    let schema = selected.schema();
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    profile.check_output(&names)?;
    if selected.num_rows() != rows {
        return Err(profile.fault(&format!(
            "gives {} rows for {rows}, expected one for each (no WHERE, no GROUP BY)",
            selected.num_rows()
        )));
    }
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (name, content) in COLUMNS {
        let array = match selected.column_by_name(name) {
            Some(array) => columns::canonical(array, content)
                .map_err(|e| profile.fault(&format!("column `{name}`: {e}")))?,
            None => new_null_array(&content.arrow_type(), rows),
        };
        fields.push(Field::new(name, content.arrow_type(), true));
        arrays.push(array);
    }
    for (name, array) in [(SOURCE_FILE, source_file), (SOURCE_ROW, source_row)] {
        if let Some(array) = array {
            fields.push(Field::new(name, array.data_type().clone(), true));
            arrays.push(array);
        }
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|e| profile.fault(&e.to_string()))?;
    let unconverted = unconverted(&selected, &batch);
    Ok(Imported { batch, unconverted })
}

/// Counts the values that are there as text (`<column>_raw`) but not as a value.
fn unconverted(selected: &RecordBatch, canonical: &RecordBatch) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for (name, content) in COLUMNS {
        let raw = selected.column_by_name(&format!("{name}_raw"));
        let (Some(raw), Some(value)) = (raw, canonical.column_by_name(name)) else { continue };
        if content == Content::Text {
            continue;
        }
        let lost = (0..raw.len()).filter(|row| raw.is_valid(*row) && value.is_null(*row)).count();
        if lost > 0 {
            counts.insert(name, lost as u64);
        }
    }
    counts
}
