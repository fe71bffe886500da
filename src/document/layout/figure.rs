//! Charts and maps: whole on one page, with their caption; where there is no room left, text goes on
//! and they open the next page.

use super::Context;
use super::piece::{Piece, keep_together, space_before};
use super::style::Style;
use crate::document::block::Figure;
use crate::document::font::clean;
use crate::document::page::{Drawing, Face, Item, Placed};
use crate::document::structure::{ElementId, Role, Shown};

/// Room left above a figure as high as a page, for the heading it stands under.
const HEADING_ROOM: f64 = 60.0;

impl Context<'_> {
    /// The drawing in the middle, never enlarged, and its caption below.
    pub fn figure(&self, figure: &Figure) -> Vec<Piece> {
        if figure.plate.drawing.items.is_empty() && figure.caption.trim().is_empty() {
            return Vec::new();
        }
        let group = self.tags.element(Role::Division);
        self.tags.shows(group, Shown::Figure(figure.name.clone()));
        let words = [&figure.alternative, &figure.caption, &figure.name];
        let words = words.into_iter().find(|text| !text.trim().is_empty());
        let alternative = words.map(|text| clean(text)).unwrap_or_default();
        let element = self.tags.described(group, Role::Figure, &alternative);
        let mut caption = self.caption(&figure.caption, group);
        space_before(&mut caption, 2.0);
        let below: f64 = caption.iter().map(|piece| piece.space + piece.height).sum();
        let room = (self.geometry.height - below - HEADING_ROOM).max(HEADING_ROOM);
        let mut pieces = vec![self.drawing(&figure.plate.drawing, room, element)];
        pieces.append(&mut caption);
        keep_together(&mut pieces);
        pieces.iter_mut().take(1).for_each(|piece| piece.floats = true);
        space_before(&mut pieces, self.style.paragraph_gap);
        if let Some(last) = pieces.last_mut() {
            last.height += self.style.paragraph_gap;
        }
        pieces
    }

    /// The caption of a table or a figure; nothing when it is blank.
    pub fn caption(&self, text: &str, parent: ElementId) -> Vec<Piece> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        let element = self.tags.child(parent, Role::Caption);
        self.centred(text, Face::Bold, Style::CAPTION, element)
    }

    fn drawing(&self, drawing: &Drawing, room: f64, element: ElementId) -> Piece {
        let across = self.geometry.width / drawing.width.max(1.0);
        let down = room / drawing.height.max(1.0);
        let factor = across.min(down).min(1.0);
        let x = (self.geometry.width - drawing.width * factor) / 2.0;
        let place = |item: &Item| {
            let mut item = item.clone().scaled(factor).moved(x, 0.0);
            if let Item::Text(run) = &mut item {
                run.text = clean(&run.text);
            }
            Placed { item, element: Some(element) }
        };
        Piece {
            height: drawing.height.max(0.0) * factor,
            items: drawing.items.iter().map(place).collect(),
            ..Piece::default()
        }
    }
}
