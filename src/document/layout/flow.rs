//! Pieces onto pages: what belongs together stays together, and no page is left empty.

use super::piece::{Head, Piece};
use super::style::Geometry;
use crate::document::page::{Item, Page};

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
}

impl Flow {
    pub fn new(geometry: Geometry) -> Self {
        let mut flow = Flow { geometry, sheets: Vec::new(), y: 0.0, fresh: true };
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
        if !self.has_room(height) {
            self.turn_for(group.first());
        }
        for piece in group {
            if !self.has_room(piece.space + piece.height) {
                self.turn_for(Some(&piece));
            }
            self.put(piece);
        }
    }

    fn has_room(&self, height: f64) -> bool {
        self.y + height <= self.geometry.height + SLACK
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
        self.draw(head.items.clone());
        self.y += head.height;
    }

    fn put(&mut self, piece: Piece) {
        if !self.fresh {
            self.y += piece.space;
        }
        self.draw(piece.items);
        self.y += piece.height;
        self.fresh = false;
    }

    fn draw(&mut self, items: Vec<Item>) {
        let (dx, dy) = (self.geometry.left, self.geometry.top + self.y);
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.page.items.extend(items.into_iter().map(|item| item.moved(dx, dy)));
        }
    }

    /// The pages; a last page that nothing was put on is dropped.
    pub fn finish(mut self) -> Vec<Sheet> {
        if self.fresh {
            self.sheets.pop();
        }
        self.sheets
    }
}
