//! Headings, paragraphs, lists.

use super::Context;
use super::lines::{Line, Set};
use super::piece::{Piece, keep_all, space_before, tag};
use super::style::MILLIMETRE;
use super::words::{Look, Word};
use crate::document::block::Span;
use crate::document::font::clean;
use crate::document::page::Face;
use crate::document::structure::{ElementId, Role};

impl Context<'_> {
    fn indent(&self) -> f64 {
        self.style.indent * MILLIMETRE
    }

    /// A justified paragraph whose first line is indented.
    pub fn paragraph(&self, spans: &[Span]) -> Vec<Piece> {
        if is_blank(spans) {
            return Vec::new();
        }
        let element = self.tags.element(Role::Paragraph);
        self.running(self.words(spans, self.style.body, element), element)
    }

    /// A heading: it stays with the text below it.
    pub fn heading(&self, level: u8, spans: &[Span]) -> Vec<Piece> {
        if is_blank(spans) {
            return Vec::new();
        }
        let bold = |span: &Span| Span { bold: span.bold || level < 3, ..span.clone() };
        let spans: Vec<Span> = spans.iter().map(bold).collect();
        let text: String = spans.iter().map(|span| clean(&span.text)).collect();
        let element = self.tags.heading(level, text.trim());
        let mut pieces = self.indented(self.words(&spans, self.style.body, element), element);
        keep_all(&mut pieces);
        let gap = if level <= 1 { 2.0 } else { 1.0 };
        space_before(&mut pieces, self.style.paragraph_gap * gap);
        pieces
    }

    /// Items with a dash, set as the decree sets them: indented first line, full width below.
    pub fn list(&self, items: &[Vec<Span>]) -> Vec<Piece> {
        let items: Vec<_> = items.iter().filter(|spans| !is_blank(spans)).collect();
        if items.is_empty() {
            return Vec::new();
        }
        let list = self.tags.element(Role::List);
        items.into_iter().flat_map(|spans| self.list_item(spans, list)).collect()
    }

    fn list_item(&self, spans: &[Span], list: ElementId) -> Vec<Piece> {
        let item = self.tags.child(list, Role::ListItem);
        let label = self.tags.child(item, Role::Label);
        let body = self.tags.child(item, Role::ListBody);
        let size = self.style.body;
        let mut words = self.words(spans, size, body);
        // The dash and the no-break space after it belong to the first word.
        let mut dashed = Word::default();
        let look = Look { element: Some(label), ..Look::plain(Face::Regular) };
        ['-', '\u{a0}'].iter().for_each(|c| dashed.push(self.family, size, look, *c));
        if let Some(first) = words.first_mut() {
            dashed.append(std::mem::take(first));
            *first = dashed;
        }
        self.running(words, body)
    }

    fn running(&self, words: Vec<Word>, element: ElementId) -> Vec<Piece> {
        let mut pieces = self.indented(words, element);
        keep_ends(&mut pieces);
        space_before(&mut pieces, self.style.paragraph_gap);
        pieces
    }

    fn indented(&self, words: Vec<Word>, element: ElementId) -> Vec<Piece> {
        let (size, width, indent) = (self.style.body, self.geometry.width, self.indent());
        let lines = self.break_lines(words, size, width - indent, width);
        let Some((last, full)) = lines.split_last() else {
            return Vec::new();
        };
        let lay = |index: usize, line: &Line, set: Set| {
            let x = if index == 0 { indent } else { 0.0 };
            self.pieces(std::slice::from_ref(line), size, x, width - x, set)
        };
        let full = full.iter().enumerate();
        let mut pieces: Vec<Piece> =
            full.flat_map(|(index, line)| lay(index, line, Set::Justified)).collect();
        pieces.extend(lay(lines.len() - 1, last, Set::Left));
        tag(&mut pieces, element);
        pieces
    }
}

fn is_blank(spans: &[Span]) -> bool {
    spans.iter().all(|span| span.text.trim().is_empty() && span.footnote.is_none())
}

/// No first line alone at the foot of a page, no last line alone at the head of one.
fn keep_ends(pieces: &mut [Piece]) {
    let count = pieces.len();
    if count < 2 {
        return;
    }
    for index in [0, count - 2] {
        pieces[index].keep = true;
    }
}
