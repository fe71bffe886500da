//! The head of an official document: issuer on the left, Quốc hiệu on the right (ô 1 to 4), then
//! its title (ô 5a) and whom it is addressed to (ô 9a).

use super::Context;
use super::lines::{Line, Set, Slot};
use super::piece::{Piece, keep_all, rule, space_before, tag, tag_items};
use super::style::{MILLIMETRE, SINGLE, Style};
use crate::document::block::Letterhead;
use crate::document::font::{clean, with_blanks};
use crate::document::page::{Face, Placed};
use crate::document::structure::{ElementId, Role};

/// The blank between the two columns.
const GUTTER: f64 = 4.0 * MILLIMETRE;

/// However long Quốc hiệu is in the font, the issuer keeps this share of the width.
const LEAST_LEFT: f64 = 0.3;

/// A rule between a third and a half of the line above it.
const SHORT_RULE: f64 = 0.4;

/// The blank above `V/v …` (ô 5b).
const ABOUT_GAP: f64 = 6.0;

/// The blank between a line and the rule below it.
const RULE_GAP: f64 = 2.0;

/// A column of centred lines that grows downwards. They are set solid, as the decree asks for Quốc
/// hiệu and Tiêu ngữ.
struct Stack<'a> {
    context: &'a Context<'a>,
    x: f64,
    width: f64,
    y: f64,
    items: Vec<Placed>,
}

impl<'a> Stack<'a> {
    fn new(context: &'a Context<'a>, x: f64, width: f64, y: f64) -> Self {
        let items = Vec::new();
        Stack { context, x, width, y, items }
    }

    /// Adds centred lines as a paragraph; the width of the last is returned.
    fn text(&mut self, text: &str, face: Face, size: f64) -> f64 {
        if text.trim().is_empty() {
            return 0.0;
        }
        self.element(text, face, size, self.context.tags.element(Role::Paragraph))
    }

    fn element(&mut self, text: &str, face: Face, size: f64, element: ElementId) -> f64 {
        let words = self.context.plain(text, face, size);
        let lines = self.context.balanced(words, size, self.width);
        lines.iter().for_each(|line| self.line(line, size));
        tag_items(&mut self.items, element);
        lines.last().map_or(0.0, |line| line.width)
    }

    fn line(&mut self, line: &Line, size: f64) {
        let height = size * SINGLE;
        let baseline = self.y + self.context.baseline(size, height);
        let (x, width, set) = (self.x, self.width, Set::Centre);
        self.items.extend(line.items(&Slot { x, width, baseline, size, set }));
        self.y += height;
    }

    fn rule(&mut self, width: f64) {
        if width > 0.0 {
            let x = self.x + (self.width - width) / 2.0;
            self.items.push(rule(x, width, self.y + RULE_GAP));
            self.y += 2.0 * RULE_GAP;
        }
    }

    fn into_piece(self) -> Piece {
        Piece { height: self.y, items: self.items, ..Piece::default() }
    }
}

impl Context<'_> {
    /// The letterhead, one piece. It is read column by column: who writes, under which number and
    /// about what; then the state, its motto, place and date.
    pub fn letterhead(&self, head: &Letterhead) -> Vec<Piece> {
        let (left_width, right_width) = self.letterhead_columns(head);
        let mut left = Stack::new(self, 0.0, left_width, 0.0);
        self.issuer(&mut left, head);
        // Number and date stand on one line, below whichever column is longer.
        let y = left.y.max(self.nation_height(head, right_width)) + self.style.paragraph_gap;
        let (body, number) = (self.style.body, self.style.number());
        left.y = y + self.baseline(body, body * SINGLE) - self.baseline(number, number * SINGLE);
        self.number(&mut left, head);
        let mut right = Stack::new(self, self.geometry.width - right_width, right_width, 0.0);
        self.nation(&mut right, head);
        right.y = y;
        right.text(&with_blanks(&head.place_and_date), Face::Italic, self.style.body);
        left.y = left.y.max(right.y);
        left.items.append(&mut right.items);
        Some(left.into_piece()).into_iter().filter(|piece| !piece.items.is_empty()).collect()
    }

    /// The number; what an official letter is about is its title, and stands below.
    fn number(&self, stack: &mut Stack<'_>, head: &Letterhead) {
        stack.text(&with_blanks(&head.number), Face::Regular, self.style.number());
        if !head.about.trim().is_empty() {
            stack.y += ABOUT_GAP;
            let element = self.tags.heading(0, clean(&head.about).trim());
            stack.element(&head.about, Face::Regular, self.style.capitals(), element);
        }
    }

    fn letterhead_columns(&self, head: &Letterhead) -> (f64, f64) {
        let style = self.style;
        let needs = |text: &str, face, size| {
            let words = self.plain(text, face, size);
            let lines = self.break_lines(words, size, f64::INFINITY, f64::INFINITY);
            lines.iter().map(|line| line.width).fold(0.0, f64::max)
        };
        let right = needs(&head.nation, Face::Bold, style.capitals())
            .max(needs(&head.motto, Face::Bold, style.body))
            .max(needs(&with_blanks(&head.place_and_date), Face::Italic, style.body));
        let room = self.geometry.width - GUTTER;
        let right = right.clamp(room * 0.5, room * (1.0 - LEAST_LEFT));
        (room - right, right)
    }

    fn issuer(&self, stack: &mut Stack<'_>, head: &Letterhead) {
        let size = self.style.capitals();
        stack.text(&head.parent, Face::Regular, size);
        let width = stack.text(&head.issuer, Face::Bold, size);
        stack.rule(width * SHORT_RULE);
    }

    fn nation(&self, stack: &mut Stack<'_>, head: &Letterhead) {
        stack.text(&head.nation, Face::Bold, self.style.capitals());
        let width = stack.text(&head.motto, Face::Bold, self.style.body);
        stack.rule(width);
    }

    fn nation_height(&self, head: &Letterhead, width: f64) -> f64 {
        let lines = |text: &str, size: f64| {
            let words = self.plain(text, Face::Bold, size);
            self.balanced(words, size, width).len() as f64 * size * SINGLE
        };
        let motto = lines(&head.motto, self.style.body);
        let rule = if motto > 0.0 { 2.0 * RULE_GAP } else { 0.0 };
        lines(&head.nation, self.style.capitals()) + motto + rule
    }

    /// The type of the document, its subject, and a short rule. Both lines are its first heading,
    /// so that a reader who lists the headings of a document finds it at their head.
    pub fn title(&self, kind: &str, subject: &str) -> Vec<Piece> {
        let text = clean(&format!("{kind} {subject}"));
        if text.trim().is_empty() {
            return Vec::new();
        }
        let element = self.tags.heading(0, text.trim());
        let mut pieces = self.centred(kind, Face::Bold, Style::TITLE, element);
        pieces.extend(self.centred(subject, Face::Bold, Style::TITLE, element));
        space_before(&mut pieces, 3.0 * self.style.paragraph_gap);
        let last = if subject.trim().is_empty() { kind } else { subject };
        pieces.extend(self.title_rule(last));
        keep_all(&mut pieces);
        pieces
    }

    fn title_rule(&self, text: &str) -> Option<Piece> {
        let size = Style::TITLE;
        let lines = self.balanced(self.plain(text, Face::Bold, size), size, self.geometry.width);
        let width = lines.last()?.width * SHORT_RULE;
        let x = (self.geometry.width - width) / 2.0;
        Some(Piece {
            height: 2.0 * RULE_GAP + self.style.paragraph_gap,
            items: vec![rule(x, width, RULE_GAP)],
            ..Piece::default()
        })
    }

    /// One addressee on the line of `Kính gửi:`, several below it with dashes under the colon.
    pub fn addressees(&self, title: &str, names: &[String]) -> Vec<Piece> {
        let one =
            |text: &str| self.centred_as(Role::Paragraph, text, Face::Regular, self.style.body);
        let mut pieces = match names {
            [] => one(title),
            [name] => one(&format!("{title} {name}")),
            names => self.several_addressees(title, names),
        };
        keep_all(&mut pieces);
        space_before(&mut pieces, 2.0 * self.style.paragraph_gap);
        pieces
    }

    fn several_addressees(&self, title: &str, names: &[String]) -> Vec<Piece> {
        let (size, face) = (self.style.body, Face::Regular);
        let colon = self.family.width(face, size, title.trim_end_matches(':').trim_end());
        let dash = self.family.width(face, size, "- ");
        let entries = punctuated(names);
        let widest =
            entries.iter().map(|entry| self.family.width(face, size, entry)).fold(0.0, f64::max);
        // The block as a whole stands in the middle, but starts no further left than the text.
        let x = ((self.geometry.width - colon - dash - widest) / 2.0).max(0.0);
        let heading = self.break_lines(self.plain(title, face, size), size, f64::MAX, f64::MAX);
        let mut pieces = self.pieces(&heading, size, x, f64::MAX, Set::Left);
        tag(&mut pieces, self.tags.element(Role::Paragraph));
        let list = self.tags.element(Role::List);
        pieces.extend(entries.iter().flat_map(|entry| self.addressee(entry, x + colon, list)));
        pieces
    }

    /// A name with a dash before its first line, which stands at `x`.
    fn addressee(&self, name: &str, x: f64, list: ElementId) -> Vec<Piece> {
        let (size, face) = (self.style.body, Face::Regular);
        let item = self.tags.child(list, Role::ListItem);
        let label = self.tags.child(item, Role::Label);
        let at = x + self.family.width(face, size, "- ");
        let room = (self.geometry.width - at).max(size);
        let lines = self.break_lines(self.plain(name, face, size), size, room, room);
        let mut pieces = self.pieces(&lines, size, at, room, Set::Left);
        tag(&mut pieces, self.tags.child(item, Role::ListBody));
        let dash = self.break_lines(self.plain("-", face, size), size, size, size);
        let mut dash = self.pieces(&dash, size, x, size, Set::Left);
        tag(&mut dash, label);
        if let Some(first) = pieces.first_mut() {
            first.items.splice(0..0, dash.into_iter().flat_map(|piece| piece.items));
        }
        pieces
    }
}

/// Names with `;` after each and `.` after the last, unless they bring their own.
pub(in crate::document) fn punctuated(names: &[String]) -> Vec<String> {
    let last = names.len().saturating_sub(1);
    let entry = |(index, name): (usize, &String)| {
        let name = name.trim().trim_end_matches([';', '.', ',']).trim_start_matches("- ");
        format!("{name}{}", if index == last { "." } else { ";" })
    };
    names.iter().enumerate().map(entry).collect()
}
