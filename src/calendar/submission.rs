//! A form that came in.

use jiff::civil::Date;

/// One form of one sender about one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The `id` of the form in the configuration.
    pub form: String,
    /// Who sent it, as the configuration names it.
    pub unit: String,
    /// `2025-10`.
    pub month: String,
    pub received_on: Date,
}
