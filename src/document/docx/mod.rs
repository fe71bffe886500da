//! The blocks as a DOCX file, for the office that edits a draft in its word processor before it is
//! signed: the same form as the PDF, with real styles, tables, notes and page fields.
//!
//! The parts are written here because no crate writes all that an official document needs: docx-rs
//! 0.4 has no repeated table head and no alternative text for pictures. ECMA-376 wants the children
//! of properties in a fixed order; `paragraph`, `section` and `table` keep it.
//!
//! | file | what |
//! |---|---|
//! | `body` | blocks → paragraphs and tables |
//! | `paragraph` | a paragraph, runs of text |
//! | `letterhead`, `closing`, `table`, `figure` | the blocks with a form of their own |
//! | `section` | paper, margins, page numbers, banners |
//! | `styles` | the styles that people see in their word processor |
//! | `package` | the parts of the file |

mod body;
mod closing;
mod figure;
mod letterhead;
mod package;
mod paragraph;
mod section;
mod styles;
mod table;
#[cfg(test)]
mod tests;

use thiserror::Error;

use super::block::Document;
use super::font::Family;
use super::layout::Style;
use crate::error::{Fault, Kind, Result};

/// Why a DOCX file cannot be written.
#[derive(Debug, Error)]
pub enum DocxError {
    #[error("a part of the document cannot be written: {0}")]
    Part(#[from] std::io::Error),
    #[error("the parts of the document cannot be packed: {0}")]
    Pack(#[from] zip::result::ZipError),
}

impl Fault for DocxError {
    fn kind(&self) -> Kind {
        Kind::Output
    }
}

/// The bytes of a DOCX file, the same for the same document.
///
/// The word processor sets the lines; `family` only measures what has to be known before: rules
/// and columns.
pub fn write(document: &Document, family: &Family, style: &Style) -> Result<Vec<u8>> {
    style.check()?;
    let body = body::body(document, family, style);
    Ok(package::package(document, style, &body)?)
}

/// Twentieths of a point, the unit of lengths in a DOCX file.
fn twips(points: f64) -> i64 {
    (points * 20.0).round() as i64
}
