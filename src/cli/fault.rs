//! What goes wrong on the command line itself.

use std::path::Path;

use ispeed_report::error::{Fault, Kind};

/// An error of a subcommand.
#[derive(Debug, thiserror::Error)]
pub enum CliFault {
    #[error("nothing is called `{found}`")]
    UnknownName { found: String, nearest: String },
    #[error("{rejected} of {read} rows were rejected, more than the fail threshold of {:.1} %", limit * 100.0)]
    Rejected { rejected: u64, read: u64, limit: f64 },
    #[error("{problems} found in `{bundle}`")]
    Differs { bundle: String, problems: String },
    #[error("{differences} of `{file}` not as in the bundle")]
    Edited { file: String, differences: String },
    #[error("`{0}` is there already, expected a folder without it")]
    Exists(String),
    #[error("`{path}` cannot be written: {message}")]
    Write { path: String, message: String },
    #[error("no folder for intermediate files can be made in `{path}`: {message}")]
    Work { path: String, message: String },
    #[error("the place of this program or folder cannot be told: {0}")]
    Place(String),
    #[error("the answer cannot be printed: {0}")]
    Stdout(String),
    #[error("`{}` and `{}` both make {bundle}, expected different provinces", files[0], files[1])]
    SameBundle { bundle: String, files: [String; 2] },
    #[error("{failed} of {all} provinces failed")]
    Provinces { failed: usize, all: usize, alike: Option<Kind> },
    #[error("internal error: {0}")]
    Bug(String),
    #[error("`--set {0}` is no setting, expected KEY=VALUE")]
    Set(String),
    #[error("`{name}` is not as expected: {message}")]
    Definitions { name: String, message: String },
}

impl CliFault {
    /// A bug, with what the panic said.
    pub fn bug(place: Option<String>) -> Self {
        CliFault::Bug(place.unwrap_or_else(|| "no message".into()))
    }

    /// A file or folder that cannot be written.
    pub fn write(path: &Path, error: &std::io::Error) -> Self {
        CliFault::Write { path: path.display().to_string(), message: error.to_string() }
    }
}

impl Fault for CliFault {
    fn kind(&self) -> Kind {
        match self {
            CliFault::UnknownName { .. } | CliFault::Definitions { .. } => Kind::Usage,
            CliFault::Exists(_) | CliFault::Set(_) | CliFault::Place(_) => Kind::Usage,
            CliFault::SameBundle { .. } => Kind::Usage,
            CliFault::Provinces { alike, .. } => alike.unwrap_or(Kind::Partial),
            CliFault::Bug(_) => Kind::Internal,
            CliFault::Rejected { .. } => Kind::Threshold,
            CliFault::Differs { .. } | CliFault::Edited { .. } => Kind::Input,
            CliFault::Write { .. } | CliFault::Work { .. } | CliFault::Stdout(_) => Kind::Output,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            CliFault::UnknownName { nearest, .. } => {
                Some(format!("the nearest name is `{nearest}`; `ispeed-report explain` lists all"))
            }
            CliFault::Rejected { .. } => Some(
                "no reports are made above validation.fail_rejected_share; see rejected_by_rule and the quarantine".into(),
            ),
            CliFault::Differs { .. } => Some(
                "the bundle was changed after it was made; `run --force` builds it again".into(),
            ),
            CliFault::Edited { .. } => Some(
                "correct them in the document, or explain the numbers that people added".into(),
            ),
            CliFault::SameBundle { .. } => Some("give each province once".into()),
            CliFault::Provinces { .. } => {
                Some("each failure is told above; those that are done need no second run".into())
            }
            CliFault::Bug(_) => {
                Some("this is a bug of the program, please report it with this message".into())
            }
            CliFault::Exists(_) => Some("choose another folder; nothing was written".into()),
            CliFault::Work { .. } => {
                Some("set TMPDIR to a folder with room for about the size of the samples".into())
            }
            _ => None,
        }
    }
}
