//! Where every row went: read = accepted + duplicate + rejected, per file and in total.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts of one file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FileLedger {
    pub file: String,
    pub sha256: String,
    pub read: u64,
    pub accepted: u64,
    pub duplicate: u64,
    pub rejected: u64,
    pub rejected_by_rule: BTreeMap<String, u64>,
}

/// Counts of a whole run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    pub read: u64,
    pub accepted: u64,
    pub duplicate: u64,
    /// Of the duplicates, those whose content differs from the row that was kept.
    pub duplicate_conflicting: u64,
    pub rejected: u64,
    /// A row may fail several rules, so these may sum to more than `rejected`.
    pub rejected_by_rule: BTreeMap<String, u64>,
    pub rejected_share: f64,
    pub warn_rejected_share: f64,
    pub fail_rejected_share: f64,
    /// Texts that could not be read as a value, per column.
    pub unconverted: BTreeMap<String, u64>,
    /// Counts among accepted rows (`queries/validation/notes.sql`).
    #[serde(flatten)]
    pub notes: BTreeMap<String, u64>,
    /// Rows per local month, whatever became of them.
    pub months: BTreeMap<String, u64>,
    pub simulated: bool,
    pub files: Vec<FileLedger>,
}

impl Ledger {
    /// Adds up the files.
    pub fn total(&mut self) {
        for file in &self.files {
            self.read += file.read;
            self.duplicate += file.duplicate;
            self.accepted += file.accepted;
            self.rejected += file.rejected;
            for (rule, count) in &file.rejected_by_rule {
                *self.rejected_by_rule.entry(rule.clone()).or_default() += count;
            }
        }
        if self.read > 0 {
            self.rejected_share = self.rejected as f64 / self.read as f64;
        }
    }

    /// Whether more rows were rejected than reports may be made from.
    pub fn fails(&self) -> bool {
        self.read > 0 && self.rejected_share > self.fail_rejected_share
    }

    /// Whether more rows were rejected than should go unnoticed.
    pub fn warns(&self) -> bool {
        self.read > 0 && self.rejected_share > self.warn_rejected_share
    }
}
