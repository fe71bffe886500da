//! What ends a document: signer and recipients (ô 7, 9b); and what opens an annex.

use super::Context;
use super::lines::{Line, Set, Slot};
use super::piece::{Piece, keep_all, keep_together, space_before};
use super::style::Style;
use crate::document::block::Signature;
use crate::document::font::with_blanks;
use crate::document::page::{Face, Item};

/// The blank for seal and signature, in lines of body text.
const SIGNING_LINES: f64 = 4.0;

/// The signer's half of the width.
const SIGNER_SHARE: f64 = 0.5;

/// Recipients run down the left side; what is beside the signer goes into one piece.
struct Column {
    lines: Vec<(Line, f64)>,
    x: f64,
    width: f64,
    set: Set,
}

impl Context<'_> {
    /// Recipients on the left, level with the signer's position on the right.
    pub fn signature(&self, signature: &Signature) -> Vec<Piece> {
        let width = self.geometry.width;
        let signer_width = width * SIGNER_SHARE;
        let (mut items, height) = self.signer(signature, width - signer_width, signer_width);
        let recipients = self.recipients(signature, width - signer_width - 12.0);
        let (mut rest, mut y) = (Vec::new(), 0.0);
        for (line, size) in &recipients.lines {
            let leading = size * 1.15;
            if y < height {
                items.extend(self.line_at(line, &recipients, *size, leading, y));
                y += leading;
            } else {
                rest.push(Piece {
                    height: leading,
                    items: self.line_at(line, &recipients, *size, leading, 0.0),
                    ..Piece::default()
                });
            }
        }
        let first = Piece {
            space: 3.0 * self.style.paragraph_gap,
            height: height.max(y),
            items,
            ..Piece::default()
        };
        let mut pieces = vec![first];
        // A long list goes on below the signer, so that even this block can be broken if it must.
        pieces.append(&mut rest);
        keep_together(&mut pieces);
        pieces
    }

    fn line_at(&self, line: &Line, column: &Column, size: f64, height: f64, y: f64) -> Vec<Item> {
        line.items(&Slot {
            x: column.x,
            width: column.width,
            baseline: y + self.baseline(size, height),
            size,
            set: column.set,
        })
    }

    fn recipients(&self, signature: &Signature, width: f64) -> Column {
        let mut lines = Vec::new();
        let size = Style::RECIPIENTS_TITLE;
        let title = self.plain(&signature.recipients_title, Face::BoldItalic, size);
        let add = |words, size| {
            let broken = self.break_lines(words, size, width, width);
            broken.into_iter().map(move |line| (line, size))
        };
        lines.extend(add(title, size));
        for recipient in &signature.recipients {
            let size = Style::RECIPIENTS;
            lines.extend(add(self.plain(recipient, Face::Regular, size), size));
        }
        Column { lines, x: 0.0, width, set: Set::Left }
    }

    /// The signer's side and its height.
    fn signer(&self, signature: &Signature, x: f64, width: f64) -> (Vec<Item>, f64) {
        let size = self.style.body;
        let leading = self.leading(size);
        let column = Column { lines: Vec::new(), x, width, set: Set::Centre };
        let (mut items, mut y) = (Vec::new(), 0.0);
        let mut add = |text: &str, y: &mut f64| {
            for line in self.balanced(self.plain(text, Face::Bold, size), size, width) {
                items.extend(self.line_at(&line, &column, size, leading, *y));
                *y += leading;
            }
        };
        signature.position.iter().for_each(|line| add(line, &mut y));
        y += SIGNING_LINES * leading;
        add(&signature.name, &mut y);
        (items, y)
    }

    /// The three centred lines that open an annex.
    pub fn annex(&self, label: &str, title: &str, reference: &str) -> Vec<Piece> {
        let mut pieces = self.centred(label, Face::Bold, Style::TITLE);
        pieces.extend(self.centred(title, Face::Bold, Style::TITLE));
        let mut reference = self.centred(&with_blanks(reference), Face::Italic, self.style.body);
        space_before(&mut reference, 2.0);
        pieces.extend(reference);
        if let Some(last) = pieces.last_mut() {
            last.height += self.style.paragraph_gap;
        }
        keep_all(&mut pieces);
        pieces
    }
}
