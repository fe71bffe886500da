//! Figures that were published elsewhere, to set ours beside.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where the published figures are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reconciliation {
    /// A CSV file of counts and medians per commune, operator and family; absent: no comparison.
    pub file: Option<PathBuf>,
}
