//! Running text as words: what a line may not break, with its width.

use super::Context;
use crate::document::block::Span;
use crate::document::font::{Family, clean};
use crate::document::page::Face;

/// A part of a word in one face.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fragment {
    pub face: Face,
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
}

impl Word {
    fn push(&mut self, family: &Family, size: f64, face: Face, character: char) {
        let advance = family.advance(face, size, character);
        self.width += advance;
        match self.fragments.last_mut() {
            Some(last) if last.face == face => {
                last.text.push(character);
                last.width += advance;
            }
            _ => self.fragments.push(Fragment { face, text: character.into(), width: advance }),
        }
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
    /// The words of mixed text.
    pub fn words(&self, spans: &[Span], size: f64) -> Vec<Word> {
        let (mut words, mut word) = (Vec::new(), Word::default());
        for span in spans {
            let face = face(span);
            for character in clean(&span.text).chars() {
                if character != ' ' {
                    word.push(self.family, size, face, character);
                } else if !word.fragments.is_empty() {
                    word.space = self.family.advance(face, size, ' ');
                    words.push(std::mem::take(&mut word));
                }
            }
        }
        words.extend(Some(word).filter(|word| !word.fragments.is_empty()));
        words
    }

    /// The words of text in one face.
    pub fn plain(&self, text: &str, face: Face, size: f64) -> Vec<Word> {
        let bold = matches!(face, Face::Bold | Face::BoldItalic);
        let italic = matches!(face, Face::Italic | Face::BoldItalic);
        let text = text.to_string();
        self.words(&[Span { text, bold, italic, footnote: None }], size)
    }

    /// A word cut between letters into parts of at most `first`, then `rest`; each part has a
    /// letter, however narrow the room.
    pub fn chop(&self, word: &Word, size: f64, first: f64, rest: f64) -> Vec<Word> {
        let (mut parts, mut part, mut room) = (Vec::new(), Word::default(), first);
        for fragment in &word.fragments {
            for character in fragment.text.chars() {
                let advance = self.family.advance(fragment.face, size, character);
                if !part.fragments.is_empty() && part.width + advance > room {
                    parts.push(std::mem::take(&mut part));
                    room = rest;
                }
                part.push(self.family, size, fragment.face, character);
            }
        }
        part.space = word.space;
        parts.push(part);
        parts
    }
}
