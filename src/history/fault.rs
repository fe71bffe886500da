//! What is wrong with the history that a run was given.

use crate::error::{Fault, Kind};

/// Why earlier bundles cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryFault {
    /// The path names nothing that can be read.
    #[error("history `{path}` cannot be read: {message}; expected a bundle or a folder of bundles")]
    Unreadable { path: String, message: String },
    /// A trend has one value a month.
    #[error("`{first}` and `{second}` are both of province {province} and {month}, expected one")]
    Twice { province: String, month: String, first: String, second: String },
    /// A file is not what it was.
    #[error("`{file}` of the history bundle `{bundle}` has {found}, its manifest says {expected}")]
    Changed { bundle: String, file: String, found: String, expected: String },
    /// The bundle was made by a program that did not have the file.
    #[error("the history bundle `{bundle}` has no `{file}`, expected a bundle of this program")]
    Missing { bundle: String, file: String },
    /// The table was made by other queries.
    #[error("`{file}` of the history bundle `{bundle}` {found}, expected {expected}")]
    Table { bundle: String, file: String, found: String, expected: String },
    /// Simulated and real months do not mix.
    #[error(
        "the history bundle `{bundle}` is of {} samples, those of the report are {}",
        if *.report { "real" } else { "simulated" },
        if *.report { "simulated" } else { "real" }
    )]
    Simulated { bundle: String, report: bool },
}

impl Fault for HistoryFault {
    fn kind(&self) -> Kind {
        match self {
            HistoryFault::Twice { .. } | HistoryFault::Simulated { .. } => Kind::Usage,
            _ => Kind::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            HistoryFault::Unreadable { .. } => "see --history and [history] of the configuration",
            HistoryFault::Twice { .. } => "name the bundles one by one",
            HistoryFault::Changed { .. } => {
                "build the bundle again from its samples, or leave it out (--history)"
            }
            HistoryFault::Missing { .. } | HistoryFault::Table { .. } => {
                "build the bundle again with this program (run --force)"
            }
            HistoryFault::Simulated { .. } => "keep real and simulated bundles apart",
        };
        Some(hint.into())
    }
}
