//! The page model as a PDF 1.7 file, the same bytes for the same pages.
//!
//! printpdf turns pages into content streams; its object tree is then finished with lopdf, because
//! printpdf numbers resources and identifiers from one counter of the process and swallows what
//! goes wrong while saving.

mod content;
mod finish;
mod subset;
#[cfg(test)]
mod tests;

use printpdf::{PdfDocument, PdfPage, PdfParseErrorSeverity, PdfSaveOptions, Pt, Rect};
use thiserror::Error;

use self::subset::Subsets;
use super::block::Document;
use super::font::Family;
use super::page::Page;
use crate::error::{Fault, Kind, Result};

/// Why a PDF cannot be written.
#[derive(Debug, Error)]
pub enum PdfError {
    #[error("font `{font}` cannot be reduced to the letters in use: {reason}")]
    Subset { font: String, reason: String },
    #[error("the PDF library reports: {0}")]
    Library(String),
    #[error("the PDF could not be assembled: {0}")]
    Assembly(String),
    #[error("the PDF that was written has {found} pages, expected {expected}")]
    Pages { found: usize, expected: usize },
    #[error("the document has no page, expected at least one")]
    Empty,
}

impl Fault for PdfError {
    fn kind(&self) -> Kind {
        match self {
            PdfError::Subset { .. } => Kind::Usage,
            _ => Kind::Output,
        }
    }

    fn hint(&self) -> Option<String> {
        let PdfError::Subset { .. } = self else {
            return None;
        };
        Some("configure another font family; fonts with CFF2 outlines cannot be embedded".into())
    }
}

/// The bytes of a PDF file.
///
/// `document` gives the title, author and date of the file's properties.
pub fn write(pages: &[Page], document: &Document, family: &Family) -> Result<Vec<u8>> {
    if pages.is_empty() {
        return Err(PdfError::Empty.into());
    }
    let subsets = Subsets::new(pages, family)?;
    let mut pdf = PdfDocument::new("");
    pdf.resources.fonts.map.extend(subsets.fonts()?);
    pdf.pages = pages.iter().map(|page| sheet(page, &subsets)).collect();
    let file = assemble(&pdf)?;
    finish::finish(file, document, pages.len())
}

fn sheet(page: &Page, subsets: &Subsets<'_>) -> PdfPage {
    let paper = Rect::from_wh(Pt(content::round(page.width)), Pt(content::round(page.height)));
    PdfPage {
        media_box: paper.clone(),
        trim_box: paper.clone(),
        crop_box: paper,
        ops: content::operations(page, subsets),
    }
}

fn assemble(pdf: &PdfDocument) -> Result<lopdf::Document> {
    let mut warnings = Vec::new();
    let options =
        PdfSaveOptions { optimize: false, subset_fonts: false, ..PdfSaveOptions::default() };
    let file = pdf.to_lopdf_document(&options, &mut warnings);
    match warnings.into_iter().find(|w| w.severity == PdfParseErrorSeverity::Error) {
        Some(warning) => Err(PdfError::Library(warning.msg).into()),
        None => Ok(file),
    }
}
