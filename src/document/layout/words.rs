//! Running text as words: what a line may not break, with its width.

use std::rc::Rc;

use super::Context;
use super::notes::Note;
use crate::document::block::Span;
use crate::document::font::{Family, clean};
use crate::document::page::Face;
use crate::document::structure::ElementId;

/// A raised mark is this much smaller than the text.
const RAISED_SIZE: f64 = 0.65;

/// How far a raised mark stands above the baseline, in em of the text.
const RAISED_BY: f64 = 0.34;

/// How letters look, and what they are when they are not simply text of their paragraph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub face: Face,
    /// The mark of a footnote.
    pub raised: bool,
    pub element: Option<ElementId>,
}

impl Look {
    pub fn plain(face: Face) -> Self {
        Look { face, raised: false, element: None }
    }

    /// The size of type in a line of a size.
    pub fn size(&self, size: f64) -> f64 {
        if self.raised { size * RAISED_SIZE } else { size }
    }

    /// How far the letters stand above the baseline.
    pub fn rise(&self, size: f64) -> f64 {
        if self.raised { size * RAISED_BY } else { 0.0 }
    }
}

/// A part of a word in one look.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fragment {
    pub look: Look,
    pub text: String,
    pub width: f64,
}

/// Letters between two spaces; in mixed text a word may change its face in the middle.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Word {
    pub fragments: Vec<Fragment>,
    pub width: f64,
    /// The width of the space after it when another word follows on the line.
    pub space: f64,
    /// The footnotes that are marked in it.
    pub notes: Vec<Rc<Note>>,
}

impl Word {
    pub fn push(&mut self, family: &Family, size: f64, look: Look, character: char) {
        let advance = family.advance(look.face, look.size(size), character);
        self.width += advance;
        match self.fragments.last_mut() {
            Some(last) if last.look == look => {
                last.text.push(character);
                last.width += advance;
            }
            _ => self.fragments.push(Fragment { look, text: character.into(), width: advance }),
        }
    }

    /// The letters of another word right behind the own ones.
    pub fn append(&mut self, other: Word) {
        self.fragments.extend(other.fragments);
        self.notes.extend(other.notes);
        self.width += other.width;
        self.space = other.space;
    }
}

/// The face of a span.
pub(super) fn face(span: &Span) -> Face {
    match (span.bold, span.italic) {
        (false, false) => Face::Regular,
        (true, false) => Face::Bold,
        (false, true) => Face::Italic,
        (true, true) => Face::BoldItalic,
    }
}

impl Context<'_> {
    /// The words of mixed text that is content of an element; its footnotes are set on the way.
    pub fn words(&self, spans: &[Span], size: f64, element: ElementId) -> Vec<Word> {
        let (mut words, mut word) = (Vec::new(), Word::default());
        for span in spans {
            self.read(&span.text, Look::plain(face(span)), size, &mut words, &mut word);
            let Some(note) = &span.footnote else {
                continue;
            };
            // The mark clings to the letters before it, also when a space was typed after them.
            let marked = match words.last_mut() {
                Some(last) if word.fragments.is_empty() => last,
                _ => &mut word,
            };
            self.mark_note(marked, size, note, element);
        }
        words.extend(Some(word).filter(|word| !word.fragments.is_empty()));
        words
    }

    /// The words of text in one look.
    pub fn plain(&self, text: &str, look: impl Into<Look>, size: f64) -> Vec<Word> {
        let (mut words, mut word) = (Vec::new(), Word::default());
        self.read(text, look.into(), size, &mut words, &mut word);
        words.extend(Some(word).filter(|word| !word.fragments.is_empty()));
        words
    }

    /// Cuts text at spaces; what follows the last space stays in `word`.
    fn read(&self, text: &str, look: Look, size: f64, words: &mut Vec<Word>, word: &mut Word) {
        for character in clean(text).chars() {
            if character != ' ' {
                word.push(self.family, size, look, character);
            } else if !word.fragments.is_empty() {
                word.space = self.family.advance(look.face, size, ' ');
                words.push(std::mem::take(word));
            }
        }
    }

    /// A word cut between letters into parts of at most `first`, then `rest`; each part has a
    /// letter, however narrow the room.
    pub fn chop(&self, word: &Word, size: f64, first: f64, rest: f64) -> Vec<Word> {
        let (mut parts, mut part, mut room) = (Vec::new(), Word::default(), first);
        for fragment in &word.fragments {
            let look = fragment.look;
            for character in fragment.text.chars() {
                let advance = self.family.advance(look.face, look.size(size), character);
                if !part.fragments.is_empty() && part.width + advance > room {
                    parts.push(std::mem::take(&mut part));
                    room = rest;
                }
                part.push(self.family, size, look, character);
            }
        }
        part.space = word.space;
        part.notes.clone_from(&word.notes);
        parts.push(part);
        parts
    }
}

impl From<Face> for Look {
    fn from(face: Face) -> Self {
        Look::plain(face)
    }
}
