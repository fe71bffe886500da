//! Footnotes: a raised number in the text, the note at the foot of the page on which it stands.

use std::rc::Rc;

use super::Context;
use super::lines::Set;
use super::piece::{Piece, rule, tag};
use super::style::{MILLIMETRE, Style};
use super::words::{Look, Word};
use crate::document::page::{Face, Placed};
use crate::document::structure::{ElementId, Role};

/// The rule above footnotes.
const RULE_WIDTH: f64 = 50.0 * MILLIMETRE;

/// From the lowest place of the text to the rule.
const RULE_SPACE: f64 = 7.0;

/// From the rule to the first footnote.
const RULE_GAP: f64 = 3.0;

/// The room that the rule takes when a page has footnotes.
pub(super) const RULE_HEIGHT: f64 = RULE_SPACE + RULE_GAP;

/// A footnote, ready to be placed. Its items are placed from its top left corner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Note {
    pub height: f64,
    pub items: Vec<Placed>,
}

/// The height of the foot of a page with notes of a total height.
pub(super) fn foot_height(notes: f64) -> f64 {
    if notes > 0.0 { notes + RULE_HEIGHT } else { 0.0 }
}

/// The rule above the notes, from the top of the foot.
pub(super) fn foot_rule() -> Placed {
    rule(0.0, RULE_WIDTH, RULE_SPACE)
}

impl Context<'_> {
    /// Puts the number of a new footnote behind a word.
    pub fn mark_note(&self, word: &mut Word, size: f64, text: &str, parent: ElementId) {
        let number = self.tags.next_note().to_string();
        let reference = self.tags.child(parent, Role::Reference);
        let label = self.tags.child(reference, Role::Label);
        let look = Look { face: Face::Regular, raised: true, element: Some(label) };
        number.chars().for_each(|digit| word.push(self.family, size, look, digit));
        word.notes.push(Rc::new(self.note(&number, text, parent)));
    }

    fn note(&self, number: &str, text: &str, parent: ElementId) -> Note {
        let (size, width) = (Style::FOOTNOTE, self.geometry.width);
        let element = self.tags.child(parent, Role::Note);
        let label = self.tags.child(element, Role::Label);
        let body = self.tags.child(element, Role::Paragraph);
        let mut mark = Word::default();
        let look = Look { face: Face::Regular, raised: true, element: Some(label) };
        number.chars().for_each(|digit| mark.push(self.family, size, look, digit));
        mark.space = self.family.advance(Face::Regular, size, ' ');
        let text = self.plain(text, Face::Regular, size);
        let words = std::iter::once(mark).chain(text).collect();
        let lines = self.break_lines(words, size, width, width);
        let (full, last) = lines.split_at(lines.len().saturating_sub(1));
        let mut pieces = self.pieces(full, size, 0.0, width, Set::Justified);
        pieces.extend(self.pieces(last, size, 0.0, width, Set::Left));
        tag(&mut pieces, body);
        stacked(pieces)
    }
}

fn stacked(pieces: Vec<Piece>) -> Note {
    let mut note = Note { height: 0.0, items: Vec::new() };
    for piece in pieces {
        let y = note.height;
        note.items.extend(piece.items.into_iter().map(|placed| placed.moved(0.0, y)));
        note.height += piece.height;
    }
    note
}
