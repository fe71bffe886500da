//! Blocks → the body of the document: paragraphs and tables in order, cut into sections.

use std::sync::Arc;

use super::paragraph::{Look, Paragraph, Set, run, run_of, value};
use super::section::section;
use crate::document::block::{Block, Document, Span};
use crate::document::font::Family;
use crate::document::layout::{Style, sections};
use crate::document::markup::Element;

/// What the blocks became.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub content: Vec<Element>,
    /// Notes at the foot of pages, numbered from 1.
    pub notes: Vec<String>,
    /// PNG files.
    pub images: Vec<Arc<Vec<u8>>>,
}

/// A paragraph may still change when it is known what follows.
pub(super) enum Piece {
    Paragraph(Paragraph),
    Table(Element),
}

/// The pieces of one section.
pub(super) struct Writer<'a> {
    pub family: &'a Family,
    pub style: &'a Style,
    pub landscape: bool,
    /// The width of the text.
    pub width: f64,
    pub pieces: Vec<Piece>,
    pub body: &'a mut Body,
}

/// The body of the document.
pub(super) fn body(document: &Document, family: &Family, style: &Style) -> Body {
    let mut body = Body::default();
    let sections = sections(&document.blocks);
    let last = sections.len().saturating_sub(1);
    for (index, part) in sections.iter().enumerate() {
        let landscape = part.landscape;
        let width = style.geometry(landscape).width;
        let pieces = Vec::new();
        let mut writer = Writer { family, style, landscape, width, pieces, body: &mut body };
        part.blocks.iter().for_each(|block| writer.block(block));
        writer.finish(index == last);
    }
    body
}

impl Writer<'_> {
    /// The properties of the last section stand at the end of the body, those of the others in
    /// the last paragraph of their section.
    fn finish(mut self, last: bool) {
        let section = section(self.style, self.landscape);
        if last {
            let pieces = std::mem::take(&mut self.pieces);
            self.body.content.extend(pieces.into_iter().map(Piece::into_element));
            self.body.content.push(section);
            return;
        }
        if !matches!(self.pieces.last(), Some(Piece::Paragraph(_))) {
            self.pieces.push(Piece::Paragraph(thin()));
        }
        if let Some(Piece::Paragraph(paragraph)) = self.pieces.last_mut() {
            paragraph.section = Some(section);
        }
        let pieces = std::mem::take(&mut self.pieces);
        self.body.content.extend(pieces.into_iter().map(Piece::into_element));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Letterhead(head) => self.letterhead(head),
            Block::Title { kind, subject } => self.title(kind, subject),
            Block::Addressees { title, names } => self.addressees(title, names),
            Block::Heading { level, text } => self.heading(*level, text),
            Block::Paragraph(spans) => self.spans("BodyText", spans),
            Block::List(items) => items.iter().for_each(|item| self.spans("ListBullet", item)),
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => self.figure(figure),
            Block::Signature(signature) => self.signature(signature),
            Block::Annex { label, title, reference, .. } => self.annex(label, title, reference),
            Block::PageBreak => self.push(Paragraph { page_break_before: true, ..thin() }),
            Block::Part { .. } => {}
        }
    }

    pub fn push(&mut self, paragraph: Paragraph) {
        // What opens a page is the paragraph itself, not an empty one in front of it.
        let opened = matches!(self.pieces.last(), Some(Piece::Paragraph(last))
            if last.page_break_before && last.runs.is_empty());
        if opened {
            self.pieces.pop();
        }
        let page_break_before = paragraph.page_break_before || opened;
        self.pieces.push(Piece::Paragraph(Paragraph { page_break_before, ..paragraph }));
    }

    /// Two tables that touch would become one: a thin paragraph parts them.
    pub fn push_table(&mut self, table: Element) {
        if matches!(self.pieces.last(), Some(Piece::Table(_))) {
            self.pieces.push(Piece::Paragraph(thin()));
        }
        self.pieces.push(Piece::Table(table));
    }

    /// The paragraph above stays on the page of what follows.
    pub fn keep_last(&mut self) {
        if let Some(Piece::Paragraph(last)) = self.pieces.last_mut() {
            last.keep_next = true;
        }
    }

    fn heading(&mut self, level: u8, spans: &[Span]) {
        let style = match level {
            0 | 1 => "Heading1",
            2 => "Heading2",
            _ => "Heading3",
        };
        self.spans(style, spans);
    }

    fn spans(&mut self, style: &'static str, spans: &[Span]) {
        let runs = spans.iter().flat_map(|span| self.runs(span)).collect();
        self.push(Paragraph { runs, ..Paragraph::new(style) });
    }

    /// The text of a span and the mark of its note.
    fn runs(&mut self, span: &Span) -> Vec<Element> {
        let mut runs =
            vec![run(&span.text, Look { bold: span.bold, italic: span.italic, size: None })];
        if let Some(note) = &span.footnote {
            self.body.notes.push(note.clone());
            let id = self.body.notes.len();
            let style = Element::new("w:rPr").child(value("w:rStyle", "FootnoteReference"));
            let mark = Element::new("w:footnoteReference").with("w:id", id);
            runs.push(Element::new("w:r").child(style).child(mark));
        }
        runs
    }

    /// A centred line of the letterhead's style.
    pub fn centred(&self, text: &str, look: Look) -> Paragraph {
        Paragraph { set: Some(Set::Centre), ..Paragraph::of("Letterhead", text, look) }
    }
}

impl Piece {
    fn into_element(self) -> Element {
        match self {
            Piece::Paragraph(paragraph) => paragraph.into_element(),
            Piece::Table(table) => table,
        }
    }
}

/// An empty paragraph that takes no room.
pub(super) fn thin() -> Paragraph {
    Paragraph { line: Some(1.0), before: Some(0.0), ..Paragraph::new("Letterhead") }
}

/// A note at the foot of a page.
pub(super) fn note(id: usize, text: &str) -> Element {
    let style = Element::new("w:rPr").child(value("w:rStyle", "FootnoteReference"));
    let mark = Element::new("w:r").child(style).child(Element::new("w:footnoteRef"));
    let space = run_of(Element::new("w:t").with("xml:space", "preserve").text(" "), Look::PLAIN);
    let runs = vec![mark, space, run(text, Look::PLAIN)];
    let paragraph = Paragraph { runs, ..Paragraph::new("FootnoteText") };
    Element::new("w:footnote").with("w:id", id).child(paragraph.into_element())
}
