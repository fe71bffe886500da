//! What stops a run because of forms: files and columns, never a single row.

use crate::error::{Fault, Kind};

/// What is wrong with a file of forms as a whole.
#[derive(Debug, thiserror::Error)]
pub enum CampaignFault {
    #[error("`{file}` has no column for `{column}` on row {row}, found {found}")]
    Header { file: String, column: &'static str, row: u32, found: String },
    #[error("`{file}` has two columns for `{column}`: {}", .headers.join(", "))]
    Repeated { file: String, column: String, headers: Vec<String> },
    #[error("`{setting}` is no field, expected one of {known}")]
    Field { setting: String, known: String },
    #[error("`{pattern}` is no pattern of files: {message}")]
    Pattern { pattern: String, message: String },
    #[error("form `{found}` is not due from others, expected one of {known}")]
    Form { found: String, known: String },
    #[error("measure `{name}` of campaign.measures is there already, expected another name")]
    Measure { name: String },
}

impl Fault for CampaignFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            CampaignFault::Header { column, .. } => Some(format!(
                "name the header in `columns.{column}` of the form, or set its `header_row`"
            )),
            CampaignFault::Repeated { .. } => Some("rename one of them in the file".into()),
            _ => None,
        }
    }
}
