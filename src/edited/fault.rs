//! Why an edited document cannot be compared.

use std::path::PathBuf;

use thiserror::Error;

use crate::error::{Fault, Kind};

/// Why an edited document cannot be compared.
#[derive(Debug, Error)]
pub enum EditedError {
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("`{}` is neither a DOCX nor a PDF file", .0.display())]
    Format(PathBuf),
    #[error("the text of `{}` cannot be read: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("`{}` is like no document of the bundle", .0.display())]
    Unlike(PathBuf),
    #[error("the bundle has no document `{found}`, expected one of {known}")]
    Unknown { found: String, known: String },
}

impl Fault for EditedError {
    fn kind(&self) -> Kind {
        match self {
            EditedError::Unknown { .. } => Kind::Usage,
            _ => Kind::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            EditedError::Format(_) => Some("save it as DOCX or PDF first".into()),
            EditedError::Damaged { .. } => {
                Some("a scanned PDF holds pictures of text; compare the DOCX it came from".into())
            }
            EditedError::Unlike(_) => {
                Some("name the bundle it came from, or the document with --name".into())
            }
            _ => None,
        }
    }
}
