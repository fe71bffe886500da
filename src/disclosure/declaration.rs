//! What `queries/disclosure.toml` says of each table.

use serde::Deserialize;

use super::cell::Part;
use crate::error::{Fault, Kind, Result};

/// Why tables cannot be protected; nothing is written under `send/` then.
#[derive(Debug, thiserror::Error)]
pub enum DisclosureFault {
    /// Nobody said what of the table may leave the office.
    #[error(
        "table `{table}` is not declared in `disclosure.toml`, expected a [[table]] of this name"
    )]
    Undeclared { table: String },
    /// A declaration that cannot be understood.
    #[error("`disclosure.toml` is not as expected: {message}")]
    Malformed { message: String },
    /// A table without a column that its declaration names.
    #[error("table `{table}` does not fit its declaration in `disclosure.toml`: {message}")]
    Misfit { table: String, message: String },
}

impl Fault for DisclosureFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("the head of disclosure.toml says what a table has to declare".into())
    }
}

/// How the rows of a table tell of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rule {
    Cells,
    Open,
    Internal,
}

/// One table; the file itself explains the fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    pub name: String,
    pub(super) rule: Rule,
    #[serde(default)]
    pub(super) cells: Vec<Vec<Part>>,
    #[serde(default)]
    pub(super) partition: bool,
    #[serde(default = "counts")]
    pub(super) counts: Vec<String>,
    #[serde(default)]
    pub(super) shown: Vec<String>,
    #[serde(default)]
    pub(super) beside: Vec<String>,
    #[serde(default)]
    pub(super) withheld: Vec<String>,
    #[serde(default)]
    pub(super) totals_by: Vec<String>,
}

fn counts() -> Vec<String> {
    ["tests_ok", "tests_failed"].map(String::from).into()
}

impl Declaration {
    /// Whether a suppressed row still has the column.
    pub(super) fn shows(&self, column: &str) -> bool {
        let is_key = || self.cells.iter().flatten().any(|part| part.shows(column));
        column == "simulated" || self.shown.iter().any(|shown| shown == column) || is_key()
    }

    pub(super) fn withholds(&self, column: &str) -> bool {
        self.withheld.iter().any(|withheld| withheld == column)
    }

    pub(super) fn fault(&self, message: &dyn std::fmt::Display) -> DisclosureFault {
        DisclosureFault::Misfit { table: self.name.clone(), message: message.to_string() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    table: Vec<Declaration>,
}

/// Reads `disclosure.toml`; `needed` are tables that it has to declare.
pub fn declarations<'a>(
    text: &str,
    needed: impl Iterator<Item = &'a str>,
) -> Result<Vec<Declaration>> {
    let malformed = |message: String| DisclosureFault::Malformed { message };
    let file: File =
        toml::from_str(text).map_err(|e| malformed(e.to_string().trim().replace('\n', " ")))?;
    let is_empty = |one: &&Declaration| one.rule == Rule::Cells && one.cells.is_empty();
    if let Some(one) = file.table.iter().find(is_empty) {
        let message = format!("table `{}` has rule = \"cells\" and no cells", one.name);
        return Err(malformed(message).into());
    }
    for table in needed {
        if !file.table.iter().any(|one| one.name == table) {
            return Err(DisclosureFault::Undeclared { table: table.to_owned() }.into());
        }
    }
    Ok(file.table)
}
