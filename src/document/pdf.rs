//! The page model as a PDF 1.7 file that follows PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1),
//! the same bytes for the same pages.
//!
//! printpdf turns pages into content streams; its object tree is then finished with lopdf, because
//! printpdf numbers resources and identifiers from one counter of the process and swallows what
//! goes wrong while saving.

mod content;
mod finish;
mod metadata;
mod outline;
mod role;
mod subset;
#[cfg(test)]
mod tests;
mod tree;

use printpdf::{Op, PdfDocument, PdfPage, PdfParseErrorSeverity, PdfSaveOptions, Pt, Rect};
use thiserror::Error;

use self::subset::Subsets;
use super::block::Document;
use super::font::Family;
use super::page::{Laid, Page};
use super::structure::ElementId;
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
pub fn write(laid: &Laid, document: &Document, family: &Family) -> Result<Vec<u8>> {
    if laid.pages.is_empty() {
        return Err(PdfError::Empty.into());
    }
    let subsets = Subsets::new(&laid.pages, family)?;
    let mut pdf = PdfDocument::new("");
    pdf.resources.fonts.map.extend(subsets.fonts()?);
    let mut marks: Vec<Vec<ElementId>> = Vec::with_capacity(laid.pages.len());
    for page in &laid.pages {
        let (ops, elements) = content::operations(page, &laid.structure, &subsets);
        pdf.pages.push(sheet(page, ops));
        marks.push(elements);
    }
    let mut file = finish::prepared(assemble(&pdf)?);
    tree::add(&mut file, laid, &marks, family)?;
    outline::add(&mut file, laid)?;
    metadata::add(&mut file, document)?;
    finish::finish(file, laid.pages.len())
}

fn sheet(page: &Page, ops: Vec<Op>) -> PdfPage {
    let paper = Rect::from_wh(Pt(content::round(page.width)), Pt(content::round(page.height)));
    PdfPage { media_box: paper.clone(), trim_box: paper.clone(), crop_box: paper, ops }
}

/// What lopdf reports while the file is put together.
fn fault(error: lopdf::Error) -> PdfError {
    PdfError::Assembly(error.to_string())
}

/// The pages of a file, in order.
fn page_ids(file: &lopdf::Document) -> Vec<lopdf::ObjectId> {
    file.get_pages().into_values().collect()
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
