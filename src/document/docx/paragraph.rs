//! Paragraphs and the runs of text in them.

use super::twips;
use crate::document::font::clean;
use crate::document::markup::Element;

/// Where the text of a paragraph stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Left,
    Centre,
    Right,
}

/// A paragraph in the making; what is not set comes from its style. Lengths are points.
#[derive(Debug, Clone, Default)]
pub(super) struct Paragraph {
    pub style: &'static str,
    pub keep_next: bool,
    pub page_break_before: bool,
    /// A rule along its upper edge, between its indents.
    pub rule: bool,
    /// A tab at this distance that sets text flush right.
    pub right_tab: Option<f64>,
    pub before: Option<f64>,
    /// Lines of exactly this height.
    pub line: Option<f64>,
    /// From the left and the right edge; the first line is not indented further.
    pub indents: Option<(f64, f64)>,
    /// The first line starts this much further left.
    pub hanging: f64,
    pub set: Option<Set>,
    /// The section that ends with this paragraph.
    pub section: Option<Element>,
    pub runs: Vec<Element>,
}

/// How a run differs from the style of its paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Look {
    pub bold: bool,
    pub italic: bool,
    pub size: Option<f64>,
}

impl Paragraph {
    pub fn new(style: &'static str) -> Self {
        Paragraph { style, ..Paragraph::default() }
    }

    /// A paragraph with one run.
    pub fn of(style: &'static str, text: &str, look: Look) -> Self {
        Paragraph { style, runs: vec![run(text, look)], ..Paragraph::default() }
    }

    /// A rule of some width in the middle of a column, as the upper edge of an empty paragraph.
    pub fn rule(width: f64, column: f64) -> Self {
        let side = ((column - width) / 2.0).max(0.0);
        Paragraph {
            style: "Letterhead",
            rule: true,
            line: Some(4.0),
            before: Some(2.0),
            indents: Some((side, side)),
            ..Paragraph::default()
        }
    }

    pub fn into_element(self) -> Element {
        let properties = self.properties();
        Element::new("w:p").child(properties).children(self.runs)
    }

    fn properties(&self) -> Element {
        let flag = |name, on: bool| on.then(|| Element::new(name));
        let parts = [
            Some(value("w:pStyle", self.style)),
            flag("w:keepNext", self.keep_next),
            flag("w:pageBreakBefore", self.page_break_before),
            flag("w:pBdr", self.rule).map(|borders| borders.child(border("w:top", 5))),
            self.right_tab.map(right_tab),
            self.spacing(),
            self.indent(),
            self.set.map(|set| value("w:jc", set.name())),
            self.section.clone(),
        ];
        Element::new("w:pPr").children(parts.into_iter().flatten())
    }

    fn spacing(&self) -> Option<Element> {
        if self.before.is_none() && self.line.is_none() {
            return None;
        }
        let mut spacing = Element::new("w:spacing");
        if let Some(before) = self.before {
            spacing = spacing.with("w:before", twips(before));
        }
        if let Some(line) = self.line {
            spacing = spacing.with("w:line", twips(line)).with("w:lineRule", "exact");
        }
        Some(spacing)
    }

    fn indent(&self) -> Option<Element> {
        let (left, right) = self.indents?;
        let indent =
            Element::new("w:ind").with("w:left", twips(left)).with("w:right", twips(right));
        Some(match self.hanging {
            0.0 => indent.with("w:firstLine", 0),
            hanging => indent.with("w:hanging", twips(hanging)),
        })
    }
}

impl Set {
    fn name(self) -> &'static str {
        match self {
            Set::Left => "left",
            Set::Centre => "center",
            Set::Right => "right",
        }
    }
}

/// Text in one look, in NFC and without characters that carry no meaning on paper.
pub(super) fn run(text: &str, look: Look) -> Element {
    let text = Element::new("w:t").with("xml:space", "preserve").text(clean(text));
    Element::new("w:r").children(look.properties()).child(text)
}

/// A run that holds something other than text.
pub(super) fn run_of(content: Element, look: Look) -> Element {
    Element::new("w:r").children(look.properties()).child(content)
}

impl Look {
    pub const PLAIN: Look = Look { bold: false, italic: false, size: None };
    pub const BOLD: Look = Look { bold: true, italic: false, size: None };
    pub const ITALIC: Look = Look { bold: false, italic: true, size: None };

    #[must_use]
    pub fn sized(self, size: f64) -> Self {
        Look { size: Some(size), ..self }
    }

    fn properties(self) -> Option<Element> {
        if self == Look::PLAIN {
            return None;
        }
        let mut properties = Element::new("w:rPr");
        if self.bold {
            properties = properties.child(Element::new("w:b")).child(Element::new("w:bCs"));
        }
        if self.italic {
            properties = properties.child(Element::new("w:i")).child(Element::new("w:iCs"));
        }
        Some(properties.children(self.size.into_iter().flat_map(size)))
    }
}

/// A type size, for Latin and for complex scripts; its unit is half a point.
pub(super) fn size(points: f64) -> [Element; 2] {
    let halves = (points * 2.0).round() as i64;
    [value("w:sz", halves), value("w:szCs", halves)]
}

/// An element with nothing but `w:val`.
pub(super) fn value(name: &'static str, value: impl ToString) -> Element {
    Element::new(name).with("w:val", value)
}

/// A black line; its unit is an eighth of a point.
pub(super) fn border(name: &'static str, eighths: u8) -> Element {
    value(name, "single").with("w:sz", eighths).with("w:space", 0).with("w:color", "000000")
}

fn right_tab(position: f64) -> Element {
    Element::new("w:tabs").child(value("w:tab", "right").with("w:pos", twips(position)))
}
