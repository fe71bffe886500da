//! Pieces onto pages: what belongs together stays together, and no page is left empty.

use std::collections::VecDeque;
use std::rc::Rc;

use super::notes::{Note, RULE_HEIGHT, foot_height, foot_rule};
use super::piece::{Head, Piece};
use super::style::Geometry;
use crate::document::page::{Page, Placed};

/// Rounding of sums must not push a piece to the next page.
const SLACK: f64 = 0.01;

/// Less room than this below what opens a page is left blank.
const LEAST_TEXT: f64 = 64.0;

/// A page with its number within the document or annex.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sheet {
    pub page: Page,
    pub number: usize,
    pub geometry: Geometry,
}

/// The pages of one section: the document, or an annex.
#[derive(Debug)]
pub(super) struct Flow {
    geometry: Geometry,
    sheets: Vec<Sheet>,
    /// How far the last page is filled.
    y: f64,
    /// Whether the last page has no piece yet.
    fresh: bool,
    /// The footnotes of the last page.
    notes: Vec<Rc<Note>>,
    /// Groups that wait for the next page, in order.
    waiting: VecDeque<Vec<Piece>>,
}

impl Flow {
    pub fn new(geometry: Geometry) -> Self {
        let (sheets, notes) = (Vec::new(), Vec::new());
        let waiting = VecDeque::new();
        let mut flow = Flow { geometry, sheets, y: 0.0, fresh: true, notes, waiting };
        flow.turn();
        flow
    }

    /// A new page, unless the last one is still empty.
    pub fn break_page(&mut self) {
        if !self.fresh {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.put_notes();
        let page = Page {
            width: self.geometry.page_width,
            height: self.geometry.page_height,
            items: Vec::new(),
        };
        self.sheets.push(Sheet { page, number: self.sheets.len() + 1, geometry: self.geometry });
        (self.y, self.fresh) = (0.0, true);
        self.put_waiting();
    }

    /// What waits opens the new page, as much as it holds.
    fn put_waiting(&mut self) {
        while let Some(group) = self.waiting.pop_front() {
            if !self.fresh && !self.fits(&group) {
                self.waiting.push_front(group);
                return;
            }
            group.into_iter().for_each(|piece| self.put(piece));
            if self.geometry.height - self.y < LEAST_TEXT {
                // A line or two of a paragraph below a figure would be lost there.
                self.y = self.geometry.height;
            }
        }
    }

    /// Places all that waits.
    pub fn land(&mut self) {
        while !self.waiting.is_empty() {
            self.turn();
        }
    }

    /// Places pieces, group by group; a group that no page can hold is broken after all.
    pub fn place(&mut self, pieces: Vec<Piece>) {
        let mut group = Vec::new();
        for piece in pieces {
            let closed = !piece.keep;
            group.push(piece);
            if closed {
                self.place_group(std::mem::take(&mut group));
            }
        }
        self.place_group(group);
    }

    fn place_group(&mut self, group: Vec<Piece>) {
        let closes = group.iter().any(|piece| piece.closes);
        if closes {
            self.land();
        }
        let floats = !closes && group.first().is_some_and(|piece| piece.floats);
        if floats && !self.fresh && (!self.waiting.is_empty() || !self.fits(&group)) {
            self.waiting.push_back(group);
            return;
        }
        if !self.fits(&group) {
            self.turn_for(&group);
        }
        for piece in group {
            if !self.fits(std::slice::from_ref(&piece)) {
                self.turn_for(std::slice::from_ref(&piece));
            }
            self.put(piece);
        }
    }

    /// Whether the last page has room for pieces and their footnotes.
    fn fits(&self, pieces: &[Piece]) -> bool {
        let height: f64 = pieces.iter().map(|piece| piece.space + piece.height).sum();
        self.has_room(height, pieces.iter().map(Piece::notes_height).sum())
    }

    fn has_room(&self, height: f64, notes: f64) -> bool {
        let notes = notes + self.notes.iter().map(|note| note.height).sum::<f64>();
        self.y + height + foot_height(notes) <= self.geometry.height + SLACK
    }

    /// Turns until a page has room below what waited for it; one that nothing was put on has.
    fn turn_for(&mut self, pieces: &[Piece]) {
        if self.fresh {
            return;
        }
        let head = pieces.first().and_then(|piece| piece.head.clone());
        let head_height = head.as_ref().map_or(0.0, |head| head.height);
        let height: f64 = pieces.iter().map(|piece| piece.space + piece.height).sum();
        let notes = pieces.iter().map(Piece::notes_height).sum();
        self.turn();
        while !self.fresh && !self.has_room(head_height + height, notes) {
            self.turn();
        }
        if let Some(head) = head {
            self.put_head(&head);
        }
    }

    fn put_head(&mut self, head: &Head) {
        self.draw(head.items.clone(), self.y);
        self.y += head.height;
    }

    fn put(&mut self, piece: Piece) {
        if !self.fresh {
            self.y += piece.space;
        }
        self.draw(piece.items, self.y);
        self.y += piece.height;
        self.notes.extend(piece.notes);
        self.fresh = false;
    }

    /// The footnotes of the last page, at its foot.
    fn put_notes(&mut self) {
        let notes = std::mem::take(&mut self.notes);
        if notes.is_empty() {
            return;
        }
        let height = foot_height(notes.iter().map(|note| note.height).sum());
        let mut y = self.geometry.height - height;
        self.draw(vec![foot_rule()], y);
        y += RULE_HEIGHT;
        for note in notes {
            self.draw(note.items.clone(), y);
            y += note.height;
        }
    }

    fn draw(&mut self, items: Vec<Placed>, y: f64) {
        let (dx, dy) = (self.geometry.left, self.geometry.top + y);
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.page.items.extend(items.into_iter().map(|item| item.moved(dx, dy)));
        }
    }

    /// The pages; a last page that nothing was put on is dropped.
    pub fn finish(mut self) -> Vec<Sheet> {
        self.land();
        self.put_notes();
        if self.fresh {
            self.sheets.pop();
        }
        self.sheets
    }
}
