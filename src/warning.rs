//! What a run noticed and its reader should know: printed once at the end, kept in the manifest.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::config::nearest;
use crate::import::Samples;
use crate::validation::ledger::Ledger;

/// Something seen, what it may mean, and which setting helps.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// More rows were rejected than the warn threshold.
    RejectedShare { share: f64, limit: f64 },
    /// Columns of a file that the profile does not read; one looks like a misspelt known column.
    MisspeltColumn { file: String, found: String, nearest: String },
    /// Texts that could not be read as a number or time.
    Unconverted { column: String, values: u64 },
    /// Rows with a position only, and no boundaries to place them.
    NoBoundaries { rows: u64 },
    /// Same id, different content.
    ConflictingDuplicates { rows: u64 },
    /// Tests whose operator no key matches.
    UnknownOperator { rows: u64 },
    /// No row was accepted at all.
    NothingAccepted,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::RejectedShare { share, limit } => write!(
                f,
                "{:.1} % of rows were rejected, above the warn threshold of {:.1} % \
                 (validation.warn_rejected_share); see rejected_by_rule",
                share * 100.0,
                limit * 100.0
            ),
            Warning::MisspeltColumn { file, found, nearest } => {
                write!(f, "column `{found}` of `{file}` is not read; was `{nearest}` meant?")
            }
            Warning::Unconverted { column, values } => write!(
                f,
                "{values} texts for `{column}` could not be read and count as missing; check the \
                 import profile"
            ),
            Warning::NoBoundaries { rows } => write!(
                f,
                "{rows} rows have only a position and no boundaries hold on their day; configure \
                 [[communes.boundaries]] with a GeoJSON file of commune polygons"
            ),
            Warning::ConflictingDuplicates { rows } => write!(
                f,
                "{rows} duplicate rows have the sample_id of another row but different content; \
                 the first in time was kept"
            ),
            Warning::UnknownOperator { rows } => write!(
                f,
                "{rows} accepted tests have an operator that no name, code or ASN of the operator \
                 table matches; they are counted apart (operators.file)"
            ),
            Warning::NothingAccepted => write!(
                f,
                "no row was accepted: every table is empty or says so; check month, province and \
                 rejected_by_rule"
            ),
        }
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What samples and ledger give cause to warn of.
pub fn warnings(samples: &Samples, ledger: &Ledger) -> Vec<Warning> {
    let mut warnings = misspelt(samples);
    if ledger.warns() {
        let (share, limit) = (ledger.rejected_share, ledger.warn_rejected_share);
        warnings.push(Warning::RejectedShare { share, limit });
    }
    if ledger.accepted == 0 {
        warnings.push(Warning::NothingAccepted);
    }
    if let Some(rows) = ledger.rejected_by_rule.get("position_without_boundaries") {
        warnings.push(Warning::NoBoundaries { rows: *rows });
    }
    if ledger.duplicate_conflicting > 0 {
        warnings.push(Warning::ConflictingDuplicates { rows: ledger.duplicate_conflicting });
    }
    if let Some(rows) = ledger.notes.get("operator_unknown").filter(|rows| **rows > 0) {
        warnings.push(Warning::UnknownOperator { rows: *rows });
    }
    for (column, values) in &ledger.unconverted {
        warnings.push(Warning::Unconverted { column: column.clone(), values: *values });
    }
    warnings
}

/// Columns that are not read but look much like one that a file lacks.
fn misspelt(samples: &Samples) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for file in &samples.files {
        let known = samples.profile.columns.iter().map(|column| column.name.as_str());
        let absent: Vec<&str> = known.filter(|name| !file.has(name)).collect();
        for found in &file.ignored {
            let Some(near) = nearest(found, absent.iter().copied()) else { continue };
            if strsim::osa_distance(found, near) <= 2 && near.len() > 3 {
                warnings.push(Warning::MisspeltColumn {
                    file: file.source.name.clone(),
                    found: found.clone(),
                    nearest: near.to_owned(),
                });
            }
        }
    }
    warnings
}
