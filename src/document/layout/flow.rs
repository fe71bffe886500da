//! Pieces onto pages: what belongs together stays together, and no page is left empty.

use std::rc::Rc;

use super::notes::{Note, RULE_HEIGHT, foot_height, foot_rule};
use super::piece::{Head, Piece};
use super::style::Geometry;
use crate::document::page::{Page, Placed};

/// Rounding of sums must not push a piece to the next page.
const SLACK: f64 = 0.01;

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
}

impl Flow {
    pub fn new(geometry: Geometry) -> Self {
        let (sheets, notes) = (Vec::new(), Vec::new());
        let mut flow = Flow { geometry, sheets, y: 0.0, fresh: true, notes };
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
        let height: f64 = group.iter().map(|piece| piece.space + piece.height).sum();
        let notes: f64 = group.iter().map(Piece::notes_height).sum();
        if !self.has_room(height, notes) {
            self.turn_for(group.first());
        }
        for piece in group {
            if !self.has_room(piece.space + piece.height, piece.notes_height()) {
                self.turn_for(Some(&piece));
            }
            self.put(piece);
        }
    }

    /// Whether there is room for pieces and their footnotes.
    fn has_room(&self, height: f64, notes: f64) -> bool {
        let notes = notes + self.notes.iter().map(|note| note.height).sum::<f64>();
        self.y + height + foot_height(notes) <= self.geometry.height + SLACK
    }

    fn turn_for(&mut self, piece: Option<&Piece>) {
        if self.fresh {
            return;
        }
        self.turn();
        if let Some(head) = piece.and_then(|piece| piece.head.clone()) {
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
        self.put_notes();
        if self.fresh {
            self.sheets.pop();
        }
        self.sheets
    }
}
