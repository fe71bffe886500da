//! The form of the documents within what Nghị định 30/2020/NĐ-CP leaves open, and their fonts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::mistakes::Checker;
use crate::document::layout::{Margins, Style};

const DECREE: &str = "Nghị định 30/2020/NĐ-CP, Phụ lục I";

/// How documents are set; lengths in millimetres, type in points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Form {
    /// 20 to 25.
    pub top_mm: f64,
    /// 20 to 25.
    pub bottom_mm: f64,
    /// 30 to 35.
    pub left_mm: f64,
    /// 15 to 20.
    pub right_mm: f64,
    /// Running text: 13 to 14.
    pub body_pt: f64,
    /// The indent of a paragraph's first line: 10 or 12.7.
    pub indent_mm: f64,
    /// The gap between paragraphs: 6 or more.
    pub paragraph_gap_pt: f64,
    /// The distance of lines, as a multiple of single spacing: 1 to 1.5.
    pub line_spacing: f64,
    /// A font family instead of the embedded one.
    pub fonts: Option<Fonts>,
}

/// The four files of a font family, TTF or OTF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fonts {
    pub regular: PathBuf,
    pub bold: PathBuf,
    pub italic: PathBuf,
    pub bold_italic: PathBuf,
}

impl Fonts {
    /// The files in the order of [`crate::document::font::FACES`].
    pub fn files(&self) -> [&PathBuf; 4] {
        [&self.regular, &self.bold, &self.italic, &self.bold_italic]
    }

    pub(super) fn files_mut(&mut self) -> [&mut PathBuf; 4] {
        [&mut self.regular, &mut self.bold, &mut self.italic, &mut self.bold_italic]
    }
}

impl Default for Form {
    fn default() -> Self {
        let style = Style::default();
        Form {
            top_mm: style.margins.top,
            bottom_mm: style.margins.bottom,
            left_mm: style.margins.left,
            right_mm: style.margins.right,
            body_pt: style.body,
            indent_mm: style.indent,
            paragraph_gap_pt: style.paragraph_gap,
            line_spacing: style.line_spacing,
            fonts: None,
        }
    }
}

impl Form {
    /// The style of all documents.
    pub fn style(&self) -> Style {
        Style {
            margins: Margins {
                top: self.top_mm,
                bottom: self.bottom_mm,
                left: self.left_mm,
                right: self.right_mm,
            },
            body: self.body_pt,
            indent: self.indent_mm,
            paragraph_gap: self.paragraph_gap_pt,
            line_spacing: self.line_spacing,
            ..Style::default()
        }
    }

    /// Notes what the decree does not allow.
    pub(super) fn check(&self, checker: &mut Checker<'_>) {
        for (setting, value, least, most) in self.ranges() {
            if !(least..=most).contains(&value) {
                checker.wrong(setting, value, &format!("{least} to {most} ({DECREE})"));
            }
        }
        if ![10.0, 12.7].contains(&self.indent_mm) {
            checker.wrong("form.indent_mm", self.indent_mm, &format!("10 or 12.7 ({DECREE})"));
        }
    }

    fn ranges(&self) -> [(&'static str, f64, f64, f64); 7] {
        [
            ("form.top_mm", self.top_mm, 20.0, 25.0),
            ("form.bottom_mm", self.bottom_mm, 20.0, 25.0),
            ("form.left_mm", self.left_mm, 30.0, 35.0),
            ("form.right_mm", self.right_mm, 15.0, 20.0),
            ("form.body_pt", self.body_pt, 13.0, 14.0),
            ("form.paragraph_gap_pt", self.paragraph_gap_pt, 6.0, 36.0),
            ("form.line_spacing", self.line_spacing, 1.0, 1.5),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_style_of_documents() {
        assert_eq!(Form::default().style(), Style::default());
    }
}
