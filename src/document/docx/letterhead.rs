//! The head of an official document (Nghị định 30/2020/NĐ-CP, Phụ lục I, ô 1 to 5 and 9a): a table
//! without borders, as offices set it in their word processors.

use super::body::Writer;
use super::paragraph::{Look, Paragraph};
use super::table::{Cell, frameless};
use crate::document::block::Letterhead;
use crate::document::font::with_blanks;
use crate::document::layout::{MILLIMETRE, Style};
use crate::document::page::Face;

/// A rule between a third and a half of the line above it.
const SHORT_RULE: f64 = 0.4;

/// The issuer keeps this share of the width.
const LEAST_LEFT: f64 = 0.3;

/// The blank between the two columns.
const GUTTER: f64 = 3.0 * MILLIMETRE;

/// Times New Roman is a little wider than the face that measures.
const WIDER: f64 = 1.03;

impl Writer<'_> {
    pub fn letterhead(&mut self, head: &Letterhead) {
        let widths = self.letterhead_columns(head);
        let [left, right] = widths;
        let (body, capitals) = (self.style.body, self.style.capitals());
        let number =
            self.centred(&with_blanks(&head.number), Look::PLAIN.sized(self.style.number()));
        let date = self.centred(&with_blanks(&head.place_and_date), Look::ITALIC.sized(body));
        let gap = Some(self.style.paragraph_gap);
        let mut below = vec![Paragraph { before: gap, ..number }];
        if !head.about.trim().is_empty() {
            let about = self.centred(&head.about, Look::PLAIN.sized(capitals));
            below.push(Paragraph { before: gap, ..about });
        }
        let rows = vec![
            vec![
                Cell::new(self.issuer(head, left), left),
                Cell::new(self.nation(head, right), right),
            ],
            vec![Cell::new(below, left), Cell::new(vec![Paragraph { before: gap, ..date }], right)],
        ];
        self.push_table(frameless(&widths, rows));
    }

    fn letterhead_columns(&self, head: &Letterhead) -> [f64; 2] {
        let needs = |text: &str, face, size| self.family.width(face, size, text) * WIDER;
        let right = needs(&head.nation, Face::Bold, self.style.capitals())
            .max(needs(&head.motto, Face::Bold, self.style.body))
            .max(needs(&head.place_and_date, Face::Italic, self.style.body))
            + GUTTER;
        let right = right.clamp(self.width * 0.5, self.width * (1.0 - LEAST_LEFT));
        [self.width - right, right]
    }

    fn issuer(&self, head: &Letterhead, width: f64) -> Vec<Paragraph> {
        let size = self.style.capitals();
        let rule = self.family.width(Face::Bold, size, &head.issuer).min(width) * SHORT_RULE;
        vec![
            self.centred(&head.parent, Look::PLAIN.sized(size)),
            self.centred(&head.issuer, Look::BOLD.sized(size)),
            Paragraph::rule(rule, width),
        ]
    }

    fn nation(&self, head: &Letterhead, width: f64) -> Vec<Paragraph> {
        let rule = self.family.width(Face::Bold, self.style.body, &head.motto).min(width);
        vec![
            self.centred(&head.nation, Look::BOLD.sized(self.style.capitals())),
            self.centred(&head.motto, Look::BOLD.sized(self.style.body)),
            Paragraph::rule(rule, width),
        ]
    }

    /// The type of the document, its subject and a short rule.
    pub fn title(&mut self, kind: &str, subject: &str) {
        let look = Look::BOLD.sized(Style::TITLE);
        let mut kind_line = self.centred(kind, look);
        kind_line.style = "Title";
        kind_line.before = Some(3.0 * self.style.paragraph_gap);
        kind_line.keep_next = true;
        self.push(kind_line);
        if !subject.trim().is_empty() {
            let mut line = self.centred(subject, look);
            line.keep_next = true;
            self.push(line);
        }
        let last = if subject.trim().is_empty() { kind } else { subject };
        let width = self.family.width(Face::Bold, Style::TITLE, last).min(self.width);
        self.push(Paragraph::rule(width * SHORT_RULE, self.width));
    }

    /// One addressee on the line of `Kính gửi:`, several below it with dashes under the colon.
    pub fn addressees(&mut self, title: &str, names: &[String]) {
        let before = Some(2.0 * self.style.paragraph_gap);
        if let [] | [_] = names {
            let text = format!("{title} {}", names.join(""));
            let line = self.centred(text.trim_end(), Look::PLAIN.sized(self.style.body));
            self.push(Paragraph { before, keep_next: true, ..line });
            return;
        }
        let measure = |text: &str| self.family.width(Face::Regular, self.style.body, text);
        let (colon, dash) = (measure(title.trim_end_matches(':')), measure("- "));
        let entries = crate::document::layout::punctuated(names);
        let widest = entries.iter().map(|entry| measure(entry)).fold(0.0, f64::max);
        let left = ((self.width - colon - dash - widest) / 2.0).max(0.0);
        let look = Look::PLAIN.sized(self.style.body);
        let line = Paragraph::of("Letterhead", title, look);
        self.push(Paragraph { before, keep_next: true, indents: Some((left, 0.0)), ..line });
        for entry in entries {
            let line = Paragraph::of("Letterhead", &format!("- {entry}"), look);
            let indents = Some((left + colon + dash, 0.0));
            self.push(Paragraph { indents, hanging: dash, keep_next: true, ..line });
        }
    }
}
