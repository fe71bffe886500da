//! What the page breaker moves: strips as wide as the text, each with what must stay with it.

use std::rc::Rc;

use super::Context;
use super::lines::{Line, Set, Slot};
use crate::document::page::{Colour, Face, Item, Path, Stroke};

/// Thin rules: the grid of a table, the rules of the letterhead.
pub(super) const RULE: Stroke = Stroke { colour: Colour::BLACK, width: 0.6 };

/// A strip that is never split. Its items are placed from its top left corner.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Piece {
    /// The gap above it, dropped at the head of a page.
    pub space: f64,
    pub height: f64,
    pub items: Vec<Item>,
    /// It stands on the same page as the next piece.
    pub keep: bool,
    /// What is printed above it when it opens a page: the head of its table.
    pub head: Option<Rc<Head>>,
}

/// The head of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    pub height: f64,
    pub items: Vec<Item>,
}

impl Context<'_> {
    /// The height of a line of type.
    pub fn leading(&self, size: f64) -> f64 {
        size * self.style.line_spacing
    }

    /// Where the baseline stands in a line of a height, the letters in its middle.
    pub fn baseline(&self, size: f64, height: f64) -> f64 {
        let ascent = self.family.ascent(Face::Regular, size);
        let descent = self.family.descent(Face::Regular, size);
        (height - ascent - descent) / 2.0 + ascent
    }

    /// One piece for each line, between `x` and `x + width`.
    pub fn pieces(&self, lines: &[Line], size: f64, x: f64, width: f64, set: Set) -> Vec<Piece> {
        let height = self.leading(size);
        let baseline = self.baseline(size, height);
        let slot = Slot { x, width, baseline, size, set };
        let piece = |line: &Line| Piece { height, items: line.items(&slot), ..Piece::default() };
        lines.iter().map(piece).collect()
    }

    /// Centred lines over the whole width.
    pub fn centred(&self, text: &str, face: Face, size: f64) -> Vec<Piece> {
        let width = self.geometry.width;
        let lines = self.balanced(self.plain(text, face, size), size, width);
        self.pieces(&lines, size, 0.0, width, Set::Centre)
    }
}

/// The pieces kept together, all of them with whatever follows.
pub(super) fn keep_all(pieces: &mut [Piece]) {
    pieces.iter_mut().for_each(|piece| piece.keep = true);
}

/// The pieces kept together, but free to part from what follows.
pub(super) fn keep_together(pieces: &mut [Piece]) {
    keep_all(pieces);
    if let Some(last) = pieces.last_mut() {
        last.keep = false;
    }
}

/// The gap above the first piece.
pub(super) fn space_before(pieces: &mut [Piece], space: f64) {
    if let Some(first) = pieces.first_mut() {
        first.space = space;
    }
}

/// A horizontal rule.
pub(super) fn rule(x: f64, width: f64, y: f64) -> Item {
    Item::Path(Path::line((x, y), (x + width, y), RULE))
}
