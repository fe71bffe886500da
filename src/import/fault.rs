//! Why samples cannot be read.

use crate::error::{Fault, Kind};

/// A file, column or profile that does not fit the contract.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    #[error("no samples: {0}")]
    NoSamples(String),
    #[error("`{path}` cannot be opened: {message}")]
    Unopened { path: String, message: String },
    #[error("`{path}` cannot be read as Parquet: {message}")]
    Unreadable { path: String, message: String },
    #[error("{} of `{path}` damaged near row {row}: {message}", damaged_part(column))]
    Damaged { path: String, column: Option<String>, row: u64, message: String },
    #[error("the samples of one run are too many, {message}")]
    TooMuch { message: String },
    #[error("column `{column}` stands twice in `{path}`")]
    Repeated { path: String, column: String },
    #[error("column `{column}` is missing from `{path}`, expected {expected}")]
    Missing { path: String, column: String, expected: String, hint: String },
    #[error("column `{column}` of `{path}` has type {found}, expected {expected}")]
    WrongType { path: String, column: String, found: String, expected: String, hint: String },
    #[error("column `{column}` of `{path}` has times without a zone, expected UTC")]
    NoZone { path: String, column: String },
    #[error("import profile `{name}` is unknown, expected one of {known}")]
    UnknownProfile { name: String, known: String, nearest: String },
    #[error("import profile `{name}`: {message}")]
    Profile { name: String, message: String },
    #[error("time zone `{0}` is unknown, expected an IANA name such as Asia/Ho_Chi_Minh")]
    UnknownZone(String),
}

fn damaged_part(column: &Option<String>) -> String {
    match column {
        Some(column) => format!("column `{column}`"),
        None => "data".into(),
    }
}

impl Fault for ImportFault {
    fn kind(&self) -> Kind {
        match self {
            ImportFault::UnknownProfile { .. }
            | ImportFault::Profile { .. }
            | ImportFault::UnknownZone(_) => Kind::Usage,
            _ => Kind::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            ImportFault::Missing { hint, .. } | ImportFault::WrongType { hint, .. } => {
                Some(hint.clone())
            }
            ImportFault::NoZone { .. } => {
                Some("set samples.naive_zone in the configuration to the zone they are in".into())
            }
            ImportFault::UnknownProfile { nearest, .. } => Some(format!("nearest: `{nearest}`")),
            ImportFault::TooMuch { .. } => Some(
                "write them as fewer, larger files, or give the files of one month only".into(),
            ),
            ImportFault::Unopened { .. } => Some(
                "put the export there, where this user may read it, or name another place \
                 (samples.paths, --samples)"
                    .into(),
            ),
            ImportFault::NoSamples(_) => {
                Some("give Parquet files, folders or globs that hold some".into())
            }
            ImportFault::Unreadable { .. } | ImportFault::Damaged { .. } => {
                Some("export the file again; encrypted files must be decrypted first".into())
            }
            _ => None,
        }
    }
}
