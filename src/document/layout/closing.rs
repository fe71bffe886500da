//! What ends a document: signer and recipients (ô 7, 9b); and what opens an annex.

use super::Context;
use super::lines::{Line, Set, Slot};
use super::piece::{Piece, keep_all, keep_together, space_before, tag_items};
use super::style::{SINGLE, Style};
use crate::document::block::Signature;
use crate::document::font::{clean, with_blanks};
use crate::document::page::{Face, Placed};
use crate::document::structure::{ElementId, Role};

/// The blank for seal and signature, in lines of body text.
const SIGNING_LINES: f64 = 4.0;

/// The signer's half of the width.
const SIGNER_SHARE: f64 = 0.5;

/// A line beside the signer's or below it.
struct Entry {
    line: Line,
    size: f64,
    element: ElementId,
}

/// Lines that share their edges.
struct Column {
    x: f64,
    width: f64,
    set: Set,
}

impl Context<'_> {
    /// Recipients on the left, level with the signer's position on the right. The signer is read
    /// first: the recipients are a note on where the document goes.
    pub fn signature(&self, signature: &Signature) -> Vec<Piece> {
        let width = self.geometry.width;
        let signer_width = width * SIGNER_SHARE;
        let (mut items, height) = self.signer(signature, width - signer_width, signer_width);
        let column = Column { x: 0.0, width: width - signer_width - 12.0, set: Set::Left };
        // What is beside the signer goes into one piece.
        let (mut rest, mut y) = (Vec::new(), 0.0);
        for entry in self.recipients(signature, column.width) {
            let leading = entry.size * SINGLE;
            if y < height {
                items.extend(self.entry(&entry, &column, leading, y));
                y += leading;
            } else {
                let items = self.entry(&entry, &column, leading, 0.0);
                rest.push(Piece { height: leading, items, ..Piece::default() });
            }
        }
        let space = 3.0 * self.style.paragraph_gap;
        let height = height.max(y);
        let mut pieces = vec![Piece { space, height, items, closes: true, ..Piece::default() }];
        // A long list goes on below the signer, so that even this block can be broken if it must.
        pieces.append(&mut rest);
        keep_together(&mut pieces);
        pieces
    }

    fn entry(&self, entry: &Entry, column: &Column, height: f64, y: f64) -> Vec<Placed> {
        let mut items = entry.line.items(&Slot {
            x: column.x,
            width: column.width,
            baseline: y + self.baseline(entry.size, height),
            size: entry.size,
            set: column.set,
        });
        tag_items(&mut items, entry.element);
        items
    }

    fn recipients(&self, signature: &Signature, width: f64) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut add = |text: &str, face, size, element| {
            let lines = self.break_lines(self.plain(text, face, size), size, width, width);
            entries.extend(lines.into_iter().map(|line| Entry { line, size, element }));
        };
        if !signature.recipients_title.trim().is_empty() {
            let element = self.tags.element(Role::Paragraph);
            let face = Face::BoldItalic;
            add(&signature.recipients_title, face, Style::RECIPIENTS_TITLE, element);
        }
        let recipients: Vec<&String> =
            signature.recipients.iter().filter(|recipient| !recipient.trim().is_empty()).collect();
        if recipients.is_empty() {
            return entries;
        }
        let list = self.tags.element(Role::List);
        for recipient in recipients {
            let item = self.tags.child(list, Role::ListItem);
            let body = self.tags.child(item, Role::ListBody);
            add(recipient, Face::Regular, Style::RECIPIENTS, body);
        }
        entries
    }

    /// The signer's side and its height.
    fn signer(&self, signature: &Signature, x: f64, width: f64) -> (Vec<Placed>, f64) {
        let size = self.style.body;
        let leading = self.leading(size);
        let column = Column { x, width, set: Set::Centre };
        let (mut items, mut y) = (Vec::new(), 0.0);
        let mut add = |text: &str, y: &mut f64| {
            if text.trim().is_empty() {
                return;
            }
            let element = self.tags.element(Role::Paragraph);
            for line in self.balanced(self.plain(text, Face::Bold, size), size, width) {
                items.extend(self.entry(&Entry { line, size, element }, &column, leading, *y));
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
        let text = clean(&format!("{label} {title}"));
        let mut pieces = Vec::new();
        if !text.trim().is_empty() {
            let element = self.tags.heading(0, text.trim());
            pieces.extend(self.centred(label, Face::Bold, Style::TITLE, element));
            pieces.extend(self.centred(title, Face::Bold, Style::TITLE, element));
        }
        let reference = with_blanks(reference);
        let mut reference =
            self.centred_as(Role::Paragraph, &reference, Face::Italic, self.style.body);
        space_before(&mut reference, 2.0);
        pieces.extend(reference);
        if let Some(last) = pieces.last_mut() {
            last.height += self.style.paragraph_gap;
        }
        keep_all(&mut pieces);
        pieces
    }
}
