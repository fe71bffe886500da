//! The form of Nghị định 30/2020/NĐ-CP, Phụ lục I: paper, margins, sizes.

use super::LayoutError;
use crate::error::{Error, Result};

/// Points in a millimetre.
pub const MILLIMETRE: f64 = 72.0 / 25.4;

/// Single line spacing as word processors have it for Times New Roman, as a multiple of the size.
pub(super) const SINGLE: f64 = 1.15;

/// A4, the short side first, in millimetres.
const A4: (f64, f64) = (210.0, 297.0);

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
    /// The indent of a paragraph's first line, in millimetres: 10 or 12.7.
    pub indent: f64,
    /// The gap between paragraphs, in points.
    pub paragraph_gap: f64,
    /// The distance of baselines, as a multiple of single spacing.
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
            line_spacing: 1.05,
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
    /// Notes at the foot of a page.
    pub(in crate::document) const FOOTNOTE: f64 = 10.0;

    /// The number of the document: 13, whatever the size of the text.
    pub(in crate::document) fn number(&self) -> f64 {
        13.0
    }

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

    /// Refuses what the decree does not allow (Phụ lục I, Phần I, mục I and II.6).
    pub fn check(&self) -> Result<()> {
        let Margins { top, bottom, left, right } = self.margins;
        within("margins.top", top, (20.0, 25.0), " mm")?;
        within("margins.bottom", bottom, (20.0, 25.0), " mm")?;
        within("margins.left", left, (30.0, 35.0), " mm")?;
        within("margins.right", right, (15.0, 20.0), " mm")?;
        within("body", self.body, (13.0, 14.0), " pt")?;
        within("table", self.table, (8.0, 14.0), " pt")?;
        if ![10.0, 12.7].contains(&self.indent) {
            return Err(fault("indent", self.indent, " mm", "10 or 12.7 mm".into()));
        }
        within("paragraph_gap", self.paragraph_gap, (6.0, 36.0), " pt")?;
        within("line_spacing", self.line_spacing, (1.0, 1.5), "")
    }
}

fn within(setting: &'static str, value: f64, range: (f64, f64), unit: &'static str) -> Result<()> {
    let (least, most) = range;
    if value >= least && value <= most {
        return Ok(());
    }
    Err(fault(setting, value, unit, format!("{least} to {most}{unit}")))
}

fn fault(setting: &'static str, found: f64, unit: &'static str, expected: String) -> Error {
    LayoutError::Style { setting, found, unit, expected }.into()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(change: impl Fn(&mut Style)) -> String {
        let mut style = Style::default();
        change(&mut style);
        style.check().unwrap_err().to_string()
    }

    #[test]
    fn the_ranges_of_the_decree_are_kept() {
        Style::default().check().unwrap();
        let widest = Style {
            margins: Margins { top: 25.0, bottom: 25.0, left: 35.0, right: 20.0 },
            body: 14.0,
            table: 11.0,
            indent: 10.0,
            paragraph_gap: 6.0,
            line_spacing: 1.5,
        };
        widest.check().unwrap();
        type Change = fn(&mut Style);
        let cases: [(&str, Change); 8] = [
            ("`margins.top` is 19.9 mm, expected 20 to 25 mm", |s| s.margins.top = 19.9),
            ("`margins.bottom` is 26 mm, expected 20 to 25 mm", |s| s.margins.bottom = 26.0),
            ("`margins.left` is 29 mm, expected 30 to 35 mm", |s| s.margins.left = 29.0),
            ("`margins.right` is NaN mm, expected 15 to 20 mm", |s| s.margins.right = f64::NAN),
            ("`body` is 12 pt, expected 13 to 14 pt", |s| s.body = 12.0),
            ("`indent` is 11 mm, expected 10 or 12.7 mm", |s| s.indent = 11.0),
            ("`paragraph_gap` is 3 pt, expected 6 to 36 pt", |s| s.paragraph_gap = 3.0),
            ("`line_spacing` is 2, expected 1 to 1.5", |s| s.line_spacing = 2.0),
        ];
        for (expected, change) in cases {
            assert_eq!(refusal(change), expected);
        }
    }
}
