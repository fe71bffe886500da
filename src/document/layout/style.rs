//! The form of Nghị định 30/2020/NĐ-CP, Phụ lục I: paper, margins, sizes.

use super::LayoutError;
use crate::error::Result;

/// Points in a millimetre.
pub const MILLIMETRE: f64 = 72.0 / 25.4;

/// A4, the short side first, in millimetres.
const A4: (f64, f64) = (210.0, 297.0);

/// Less room than this, in millimetres, is a mistake in the margins.
const LEAST_ROOM: f64 = 50.0;

/// The blank edges of a page, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margins {
    pub top: f64,
    pub bottom: f64,
    pub left: f64,
    pub right: f64,
}

/// How a document is set. Type sizes are points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    pub margins: Margins,
    /// Running text: 13 or 14.
    pub body: f64,
    /// Cells of tables; a table that is too wide is set smaller.
    pub table: f64,
    /// The indent of a paragraph's first line, in millimetres.
    pub indent: f64,
    /// The gap between paragraphs, in points.
    pub paragraph_gap: f64,
    /// The distance of baselines, as a multiple of the type size.
    pub line_spacing: f64,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            margins: Margins { top: 20.0, bottom: 20.0, left: 30.0, right: 15.0 },
            body: 13.0,
            table: 11.0,
            indent: 12.7,
            paragraph_gap: 6.0,
            line_spacing: 1.2,
        }
    }
}

impl Style {
    /// Type of the document and what it is about.
    pub(in crate::document) const TITLE: f64 = 14.0;
    /// Numbers of pages.
    pub(in crate::document) const PAGE_NUMBER: f64 = 13.0;
    /// `Nơi nhận:`.
    pub(in crate::document) const RECIPIENTS_TITLE: f64 = 12.0;
    /// The recipients.
    pub(in crate::document) const RECIPIENTS: f64 = 11.0;
    /// Captions of tables and figures.
    pub(in crate::document) const CAPTION: f64 = 12.0;
    /// Notes under tables.
    pub(in crate::document) const NOTE: f64 = 10.5;

    /// Quốc hiệu and the issuing bodies: 12 beside a body of 13, 13 beside 14.
    pub(in crate::document) fn capitals(&self) -> f64 {
        self.body - 1.0
    }

    pub(in crate::document) fn geometry(&self, landscape: bool) -> Geometry {
        let (width, height) = if landscape { (A4.1, A4.0) } else { A4 };
        let Margins { top, bottom, left, right } = self.margins;
        Geometry {
            page_width: width * MILLIMETRE,
            page_height: height * MILLIMETRE,
            left: left * MILLIMETRE,
            top: top * MILLIMETRE,
            width: (width - left - right) * MILLIMETRE,
            height: (height - top - bottom) * MILLIMETRE,
        }
    }

    /// Refuses sizes that leave no room for text.
    pub(in crate::document) fn check(&self) -> Result<()> {
        let Margins { top, bottom, left, right } = self.margins;
        positive("top margin", top)?;
        positive("bottom margin", bottom)?;
        positive("left margin", left)?;
        positive("right margin", right)?;
        within("room beside the margins", A4.0 - left - right, LEAST_ROOM, A4.0)?;
        within("room between the margins", A4.0 - top - bottom, LEAST_ROOM, A4.0)?;
        within("body size", self.body, 6.0, 24.0)?;
        within("table size", self.table, 5.0, 24.0)?;
        within("indent", self.indent, 0.0, LEAST_ROOM / 2.0)?;
        within("paragraph gap", self.paragraph_gap, 0.0, 72.0)?;
        within("line spacing", self.line_spacing, 0.8, 3.0)
    }
}

fn positive(what: &'static str, value: f64) -> Result<()> {
    within(what, value, 0.0, A4.1)
}

fn within(what: &'static str, value: f64, least: f64, most: f64) -> Result<()> {
    if value >= least && value <= most {
        return Ok(());
    }
    Err(LayoutError::Style { what, value, least, most }.into())
}

/// A page and the area on it that text may fill, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::document) struct Geometry {
    pub page_width: f64,
    pub page_height: f64,
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}
