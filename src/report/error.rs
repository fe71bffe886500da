//! What can be wrong with a template, a label or the values they ask for.

use std::fmt;

use crate::error::{Fault, Kind};

/// Where in a template something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    /// Counted from 1; `None` when only the file is known.
    pub line: Option<usize>,
}

impl Place {
    /// A place in a file of templates or labels.
    pub fn new(file: &str, line: Option<usize>) -> Self {
        Place { file: file.to_owned(), line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "`{}`, line {line}", self.file),
            None => write!(f, "`{}`", self.file),
        }
    }
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("template `{name}` does not exist, found {}", listed(.known))]
    UnknownTemplate { name: String, known: Vec<String> },
    #[error("report.documents names `{found}`, expected any of {}", listed(.known))]
    UnknownDocument { found: String, near: String, known: Vec<String> },
    #[error("template folder `{path}` cannot be read: {message}")]
    Folder { path: String, message: String },
    #[error("{place}: {message}")]
    Template { place: Place, message: String },
    #[error("{place}: unknown field `{field}`, expected one of {}", listed(.known))]
    UnknownField { place: Place, field: String, known: Vec<String> },
    #[error("{place}: unknown block `{kind}`, expected one of {}", listed(.known))]
    UnknownBlock { place: Place, kind: String, known: Vec<String> },
    #[error("{place}: block `{kind}`: {message}")]
    Block { place: Place, kind: String, message: String },
    #[error("{place}: unknown table `{table}`, expected one of {}", listed(.known))]
    UnknownTable { place: Place, table: String, known: Vec<String> },
    #[error("{place}: table `{table}` has no column `{column}`, expected one of {}", listed(.known))]
    UnknownColumn { place: Place, table: String, column: String, known: Vec<String> },
    #[error("{place}: {construct} is not supported in a report")]
    Unsupported { place: Place, construct: &'static str },
    #[error(
        "{place}: note `{name}` has no text, expected a paragraph that begins with `[^{name}]:`"
    )]
    Note { place: Place, name: String },
    #[error("label `{key}` is missing in `{file}`")]
    MissingLabel { file: String, key: String },
    #[error("`{file}` cannot be read as TOML: {message}")]
    File { file: String, message: String },
    #[error("found month `{found}`, expected the form 2025-10")]
    Month { found: String },
    #[error(
        "table `{table}`: column `{column}` has type {found}, expected text, number, date or boolean"
    )]
    ColumnType { table: String, column: String, found: String },
}

impl Fault for ReportError {
    fn kind(&self) -> Kind {
        match self {
            ReportError::ColumnType { .. } => Kind::Input,
            _ => Kind::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            ReportError::Unsupported { .. } => Some(
                "use headings, paragraphs, lists, bold, italic and the blocks named at the head of \
                 the template"
                    .into(),
            ),
            ReportError::MissingLabel { file, key } => {
                Some(format!("add `{key}` to `{file}`; `init` writes a complete one"))
            }
            ReportError::UnknownDocument { near, .. } => Some(format!("did you mean `{near}`?")),
            _ => None,
        }
    }
}

/// Names in backquotes, separated by commas.
fn listed(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
