//! Why a document is not issued.

use std::path::PathBuf;

use jiff::civil::Date;
use thiserror::Error;

use crate::error::{Fault, Kind};

/// Why a document is not issued.
#[derive(Debug, Error)]
pub enum IssuingError {
    #[error("the number is 0, expected 1 or more")]
    Number,
    #[error("the signer's name is empty, expected the name under the signature")]
    Signer,
    #[error(
        "the date is {found}, before the period of the bundle has ended; expected {until} or later"
    )]
    TooEarly { found: Date, until: Date },
    #[error("`{}` is not what its manifest says ({count} found): {first}", bundle.display())]
    Changed { bundle: PathBuf, count: usize, first: String },
    #[error("document `{name}` was issued as number {number} of {date} already")]
    Issued { name: String, number: u32, date: Date },
    #[error("the bundle was made with the fonts {0}, expected the folder that holds them")]
    Fonts(String),
    #[error("font `{}` is not the one that the bundle was made with", .0.display())]
    OtherFont(PathBuf),
    #[error("the configuration in the manifest has no usable form: {0}")]
    Form(serde_json::Error),
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("`{}` is no list of issued documents: {source}", path.display())]
    Malformed { path: PathBuf, source: serde_json::Error },
    #[error("cannot write the list of issued documents: {0}")]
    Json(serde_json::Error),
}

impl Fault for IssuingError {
    fn kind(&self) -> Kind {
        match self {
            IssuingError::Number
            | IssuingError::Signer
            | IssuingError::TooEarly { .. }
            | IssuingError::Issued { .. }
            | IssuingError::Fonts(_)
            | IssuingError::OtherFont(_) => Kind::Usage,
            IssuingError::Changed { .. }
            | IssuingError::Form(_)
            | IssuingError::Unreadable { .. }
            | IssuingError::Malformed { .. } => Kind::Input,
            IssuingError::Json(_) => Kind::Output,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            IssuingError::Changed { .. } => {
                Some("only a bundle as it was made is issued; `run --force` builds it again".into())
            }
            IssuingError::Issued { .. } => Some(
                "--replace issues it anew; its files, also signed ones, are then overwritten"
                    .into(),
            ),
            IssuingError::Fonts(_) | IssuingError::OtherFont(_) => {
                Some("name the folder with these files with --fonts".into())
            }
            _ => None,
        }
    }
}
