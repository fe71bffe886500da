//! What ends a document (ô 7 and 9b), and the lines that open an annex.

use super::body::Writer;
use super::paragraph::{Look, Paragraph, Set};
use super::table::{Cell, frameless};
use crate::document::block::Signature;
use crate::document::font::with_blanks;
use crate::document::layout::Style;

/// The blank for seal and signature, in lines of body text.
const SIGNING_LINES: f64 = 4.0;

/// The height of a line of Times New Roman, as a multiple of its type.
const SINGLE: f64 = 1.15;

impl Writer<'_> {
    /// Recipients on the left, level with the signer's position on the right.
    pub fn signature(&mut self, signature: &Signature) {
        // A signature never stands alone on its page: the end of the text goes with it.
        self.keep_last();
        let gap = Paragraph { before: Some(2.0 * self.style.paragraph_gap), ..super::body::thin() };
        self.push(Paragraph { keep_next: true, ..gap });
        let half = self.width / 2.0;
        let row =
            vec![Cell::new(recipients(signature), half), Cell::new(self.signer(signature), half)];
        self.push_table(frameless(&[half, half], vec![row]));
    }

    fn signer(&self, signature: &Signature) -> Vec<Paragraph> {
        let look = Look::BOLD.sized(self.style.body);
        let mut lines: Vec<Paragraph> =
            signature.position.iter().map(|line| self.centred(line, look)).collect();
        let leading = self.style.body * SINGLE;
        let name = self.centred(&signature.name, look);
        lines.push(Paragraph { before: Some(SIGNING_LINES * leading), ..name });
        lines
    }

    /// The three centred lines that open an annex.
    pub fn annex(&mut self, label: &str, title: &str, reference: &str) {
        let look = Look::BOLD.sized(Style::TITLE);
        let mut line = self.centred(label, look);
        line.style = "Title";
        self.push(Paragraph { keep_next: true, ..line });
        if !title.trim().is_empty() {
            let line = self.centred(title, look);
            self.push(Paragraph { keep_next: true, ..line });
        }
        if !reference.trim().is_empty() {
            let line = self.centred(&with_blanks(reference), Look::ITALIC.sized(self.style.body));
            self.push(Paragraph { keep_next: true, before: Some(2.0), ..line });
        }
    }
}

fn recipients(signature: &Signature) -> Vec<Paragraph> {
    let title = Look { bold: true, italic: true, size: Some(Style::RECIPIENTS_TITLE) };
    let mut lines = vec![Paragraph::of("Letterhead", &signature.recipients_title, title)];
    let look = Look::PLAIN.sized(Style::RECIPIENTS);
    lines.extend(signature.recipients.iter().map(|name| Paragraph::of("Letterhead", name, look)));
    for line in &mut lines {
        line.set = Some(Set::Left);
    }
    lines
}
