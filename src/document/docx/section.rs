//! Sections: the document and each annex, with paper of its own and pages numbered from 1; and
//! what stands in the upper margin.

use super::paragraph::{Look, Paragraph, Set, run, run_of, value};
use super::twips;
use crate::document::block::Document;
use crate::document::layout::{MILLIMETRE, Style};
use crate::document::markup::Element;

/// What stands in the upper margin of some pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub file: &'static str,
    pub relationship: &'static str,
    first: bool,
    landscape: bool,
}

/// First pages have no number; the banners end where the text of the page ends.
pub(super) const HEADERS: [Header; 4] = [
    Header { file: "header1.xml", relationship: "rIdHeader1", first: false, landscape: false },
    Header { file: "header2.xml", relationship: "rIdHeader2", first: true, landscape: false },
    Header { file: "header3.xml", relationship: "rIdHeader3", first: false, landscape: true },
    Header { file: "header4.xml", relationship: "rIdHeader4", first: true, landscape: true },
];

/// From the upper edge of the paper to the first line in the margin.
const HEADER_TOP: f64 = 5.0 * MILLIMETRE;
/// The height of a line with banners.
const BANNER_LINE: f64 = 3.4 * MILLIMETRE;
const BANNER: f64 = 8.5;
/// The top of the line with the page number, so that the number stands 15 mm below the edge.
const NUMBER_TOP: f64 = 10.4 * MILLIMETRE;
const NUMBER_LINE: f64 = 16.0;
/// Two banners of together so many letters fit on one line.
const SHARED_LINE: usize = 85;

/// The properties of a section.
pub(super) fn section(style: &Style, landscape: bool) -> Element {
    let page = style.geometry(landscape);
    let mut paper = Element::new("w:pgSz")
        .with("w:w", twips(page.page_width))
        .with("w:h", twips(page.page_height));
    if landscape {
        paper = paper.with("w:orient", "landscape");
    }
    let headers = HEADERS.iter().filter(|header| header.landscape == landscape);
    Element::new("w:sectPr")
        .children(headers.map(Header::reference))
        .child(value("w:type", "nextPage"))
        .child(paper)
        .child(margins(style))
        .child(Element::new("w:pgNumType").with("w:start", 1))
        .child(Element::new("w:titlePg"))
}

fn margins(style: &Style) -> Element {
    let margins = style.margins;
    Element::new("w:pgMar")
        .with("w:top", twips(margins.top * MILLIMETRE))
        .with("w:right", twips(margins.right * MILLIMETRE))
        .with("w:bottom", twips(margins.bottom * MILLIMETRE))
        .with("w:left", twips(margins.left * MILLIMETRE))
        .with("w:header", twips(HEADER_TOP))
        .with("w:footer", twips(HEADER_TOP))
        .with("w:gutter", 0)
}

impl Header {
    fn reference(&self) -> Element {
        let kind = if self.first { "first" } else { "default" };
        Element::new("w:headerReference").with("w:type", kind).with("r:id", self.relationship)
    }

    /// The banners and, below them, the number of the page.
    pub fn part(&self, document: &Document, style: &Style) -> Element {
        let mut lines = banners(document, style.geometry(self.landscape).width);
        if !self.first {
            lines.push(number(lines.len()));
        } else if lines.is_empty() {
            lines.push(Paragraph::new("Header"));
        }
        let lines = lines.into_iter().map(Paragraph::into_element);
        super::package::root("w:hdr").children(lines)
    }
}

/// The number of the page below some lines with banners.
fn number(banners: usize) -> Paragraph {
    let above = HEADER_TOP + BANNER_LINE * banners as f64;
    let field = Element::new("w:fldSimple")
        .with("w:instr", " PAGE ")
        .child(run("2", Look::PLAIN.sized(Style::PAGE_NUMBER)));
    Paragraph {
        before: Some((NUMBER_TOP - above).max(0.0)),
        line: Some(NUMBER_LINE),
        set: Some(Set::Centre),
        runs: vec![field],
        ..Paragraph::new("Header")
    }
}

/// The banners; two short ones share a line, as in the PDF.
fn banners(document: &Document, width: f64) -> Vec<Paragraph> {
    let mut rows: Vec<Vec<&str>> = Vec::new();
    for banner in &document.banners {
        match rows.last_mut() {
            Some(row) if row.len() == 1 && letters(row[0]) + letters(banner) <= SHARED_LINE => {
                row.push(banner);
            }
            _ => rows.push(vec![banner]),
        }
    }
    rows.iter().map(|row| banner_line(row, width)).collect()
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

fn banner_line(row: &[&str], width: f64) -> Paragraph {
    let look = Look::BOLD.sized(BANNER);
    let mut runs = Vec::new();
    for (index, banner) in row.iter().enumerate() {
        if index > 0 {
            runs.push(run_of(Element::new("w:tab"), look));
        }
        runs.push(run(banner, look));
    }
    Paragraph { right_tab: Some(width), line: Some(BANNER_LINE), runs, ..Paragraph::new("Header") }
}
