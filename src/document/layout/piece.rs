//! What the page breaker moves: strips as wide as the text, each with what must stay with it.

use std::rc::Rc;

use super::Context;
use super::lines::{Line, Set, Slot};
use super::notes::Note;
use super::style::SINGLE;
use crate::document::page::{Colour, Face, Item, Path, Placed, Stroke};
use crate::document::structure::{ElementId, Role};

/// Thin rules: the grid of a table, the rules of the letterhead.
pub(super) const RULE: Stroke = Stroke { colour: Colour::BLACK, width: 0.6 };

/// A strip that is never split. Its items are placed from its top left corner.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Piece {
    /// The gap above it, dropped at the head of a page.
    pub space: f64,
    pub height: f64,
    pub items: Vec<Placed>,
    /// The footnotes that stand at the foot of the same page.
    pub notes: Vec<Rc<Note>>,
    /// It stands on the same page as the next piece.
    pub keep: bool,
    /// What begins with it may stand at the head of the next page, after text that follows it.
    pub floats: bool,
    /// Nothing that floats goes past it.
    pub closes: bool,
    /// What is printed above it when it opens a page: the head of its table.
    pub head: Option<Rc<Head>>,
}

/// The head of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    pub height: f64,
    pub items: Vec<Placed>,
}

impl Piece {
    /// The height of its footnotes.
    pub fn notes_height(&self) -> f64 {
        self.notes.iter().map(|note| note.height).sum()
    }
}

impl Context<'_> {
    /// The height of a line of type.
    pub fn leading(&self, size: f64) -> f64 {
        size * SINGLE * self.style.line_spacing
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
        let piece = |line: &Line| Piece {
            height,
            items: line.items(&slot),
            notes: line.words.iter().flat_map(|word| word.notes.clone()).collect(),
            ..Piece::default()
        };
        lines.iter().map(piece).collect()
    }

    /// Centred lines over the whole width, content of an element.
    pub fn centred(&self, text: &str, face: Face, size: f64, element: ElementId) -> Vec<Piece> {
        let width = self.geometry.width;
        let lines = self.balanced(self.plain(text, face, size), size, width);
        let mut pieces = self.pieces(&lines, size, 0.0, width, Set::Centre);
        tag(&mut pieces, element);
        pieces
    }

    /// A centred text that is an element of its own; nothing when it is blank.
    pub fn centred_as(&self, role: Role, text: &str, face: Face, size: f64) -> Vec<Piece> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        self.centred(text, face, size, self.tags.element(role))
    }
}

/// Makes text that is content of nothing yet content of an element; rules stay decoration.
pub(super) fn tag(pieces: &mut [Piece], element: ElementId) {
    pieces.iter_mut().for_each(|piece| tag_items(&mut piece.items, element));
}

/// [`tag`] for items.
pub(super) fn tag_items(items: &mut [Placed], element: ElementId) {
    let texts = items.iter_mut().filter(|placed| matches!(placed.item, Item::Text(_)));
    for placed in texts {
        placed.element.get_or_insert(element);
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
pub(super) fn rule(x: f64, width: f64, y: f64) -> Placed {
    Item::Path(Path::line((x, y), (x + width, y), RULE)).into()
}
