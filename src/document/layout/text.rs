//! Headings, paragraphs, lists.

use super::Context;
use super::lines::{Line, Set};
use super::piece::{Piece, keep_all, space_before};
use super::style::MILLIMETRE;
use crate::document::block::Span;

impl Context<'_> {
    fn indent(&self) -> f64 {
        self.style.indent * MILLIMETRE
    }

    /// A justified paragraph whose first line is indented.
    pub fn paragraph(&self, spans: &[Span]) -> Vec<Piece> {
        let mut pieces = self.indented(spans, Set::Justified);
        keep_ends(&mut pieces);
        space_before(&mut pieces, self.style.paragraph_gap);
        pieces
    }

    /// A heading: it stays with the text below it.
    pub fn heading(&self, level: u8, spans: &[Span]) -> Vec<Piece> {
        let bold = |span: &Span| Span { bold: span.bold || level < 3, ..span.clone() };
        let spans: Vec<Span> = spans.iter().map(bold).collect();
        let mut pieces = self.indented(&spans, Set::Justified);
        keep_all(&mut pieces);
        let gap = if level <= 1 { 2.0 } else { 1.0 };
        space_before(&mut pieces, self.style.paragraph_gap * gap);
        pieces
    }

    /// Items with a dash, set as the decree sets them: indented first line, full width below.
    pub fn list(&self, items: &[Vec<Span>]) -> Vec<Piece> {
        let item = |spans: &Vec<Span>| {
            // The dash takes the weight of what it introduces only by being regular itself.
            let dash = Span { text: "-\u{a0}".into(), ..Span::default() };
            let spans: Vec<Span> = std::iter::once(dash).chain(spans.iter().cloned()).collect();
            self.paragraph(&spans)
        };
        items.iter().flat_map(item).collect()
    }

    fn indented(&self, spans: &[Span], set: Set) -> Vec<Piece> {
        let (size, width, indent) = (self.style.body, self.geometry.width, self.indent());
        let words = self.words(spans, size);
        let lines = self.break_lines(words, size, width - indent, width);
        let Some((last, full)) = lines.split_last() else {
            return Vec::new();
        };
        let lay = |index: usize, line: &Line, set: Set| {
            let x = if index == 0 { indent } else { 0.0 };
            self.pieces(std::slice::from_ref(line), size, x, width - x, set)
        };
        let mut pieces: Vec<Piece> =
            full.iter().enumerate().flat_map(|(index, line)| lay(index, line, set)).collect();
        pieces.extend(lay(full.len(), last, Set::Left));
        pieces
    }
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
