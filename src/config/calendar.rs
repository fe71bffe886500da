//! Days on which offices are closed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What the calendar has to know of a province.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// Holidays beside 1 January, 30 April, 1 May and 2 September, as text: `2026-02-17`.
    pub holidays: Vec<Date>,
}
