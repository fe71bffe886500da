//! Tables: rows that stay whole, a head that comes back on each page, a thin grid.

use std::rc::Rc;

use super::columns::PADDING;
use super::lines::{Line, Set, Slot};
use super::piece::{Head, Piece, RULE, keep_all, space_before};
use super::style::Style;
use super::{Context, LayoutError};
use crate::document::block::{Align, Table};
use crate::document::page::{Face, Item, Path};
use crate::error::Result;

/// The blank above and below the text of a cell.
const CELL_GAP: f64 = 2.0;

/// Lines in a table are set closer than running text.
const CELL_SPACING: f64 = 1.15;

/// A head higher than this share of the page is printed once and not repeated.
const HIGHEST_HEAD: f64 = 0.4;

/// A table that has been measured.
struct Grid<'a> {
    context: &'a Context<'a>,
    size: f64,
    widths: Vec<f64>,
    aligns: Vec<Align>,
}

/// The lines of each cell of a row.
type Cells = Vec<Vec<Line>>;

impl Context<'_> {
    /// Caption, head, rows, note.
    pub fn table(&self, table: &Table) -> Result<Vec<Piece>> {
        check(table)?;
        let mut pieces = self.centred(&table.caption, Face::Bold, Style::CAPTION);
        keep_all(&mut pieces);
        space_before(&mut pieces, 1.5 * self.style.paragraph_gap);
        let gap = if pieces.is_empty() { 1.5 } else { 0.5 };
        let mut body = self.table_body(table);
        space_before(&mut body, gap * self.style.paragraph_gap);
        pieces.append(&mut body);
        let mut note = self.table_note(&table.note);
        if let (Some(last), false) = (pieces.last_mut(), note.is_empty()) {
            last.keep = true;
        }
        pieces.append(&mut note);
        // The text that follows stands off by as much as the caption does from what is above it.
        if let Some(last) = pieces.last_mut() {
            last.height += self.style.paragraph_gap;
        }
        Ok(pieces)
    }

    fn table_body(&self, table: &Table) -> Vec<Piece> {
        if table.columns.is_empty() {
            return Vec::new();
        }
        let (size, widths) = self.fit_columns(table);
        let aligns = table.columns.iter().map(|column| column.align).collect();
        let grid = Grid { context: self, size, widths, aligns };
        let titles = table.columns.iter().map(|column| column.title.as_str());
        let head = grid.cells(titles, Face::Bold);
        let rows = table.rows.iter();
        let rows = rows.map(|row| grid.cells(row.iter().map(String::as_str), Face::Regular));
        grid.pieces(head, rows)
    }

    fn table_note(&self, note: &str) -> Vec<Piece> {
        let (size, width) = (Style::NOTE, self.geometry.width);
        let words = self.plain(note, Face::Italic, size);
        let lines = self.break_lines(words, size, width, width);
        let mut pieces = self.pieces(&lines, size, 0.0, width, Set::Left);
        space_before(&mut pieces, 2.0);
        keep_all(&mut pieces);
        if let Some(last) = pieces.last_mut() {
            last.keep = false;
        }
        pieces
    }
}

fn check(table: &Table) -> Result<()> {
    let expected = table.columns.len();
    match table.rows.iter().position(|row| row.len() != expected) {
        None => Ok(()),
        Some(index) => Err(LayoutError::Row {
            table: table.caption.clone(),
            row: index + 1,
            found: table.rows.get(index).map_or(0, Vec::len),
            expected,
        }
        .into()),
    }
}

impl Grid<'_> {
    fn leading(&self) -> f64 {
        self.size * CELL_SPACING
    }

    fn cells<'t>(&self, texts: impl Iterator<Item = &'t str>, face: Face) -> Cells {
        let cell = |(text, width): (&str, &f64)| {
            // In a column narrower than its padding each letter gets a line of its own.
            let room = (width - 2.0 * PADDING).max(0.0);
            let words = self.context.plain(text, face, self.size);
            self.context.break_lines(words, self.size, room, room)
        };
        texts.zip(&self.widths).map(cell).collect()
    }

    fn pieces(&self, head: Cells, rows: impl Iterator<Item = Cells>) -> Vec<Piece> {
        let page = self.context.geometry.height;
        let head_height = self.height(&head);
        let repeated = head_height <= page * HIGHEST_HEAD;
        let room = if repeated { page - head_height } else { page };
        let mut pieces = self.split(head, room, true);
        keep_all(&mut pieces);
        let head = pieces
            .first()
            .filter(|_| repeated)
            .map(|piece| Rc::new(Head { height: piece.height, items: piece.items.clone() }));
        let first_row = pieces.len();
        for row in rows {
            let mut row = self.split(row, room, false);
            row.iter_mut().for_each(|piece| piece.head = head.clone());
            pieces.append(&mut row);
        }
        // Neither the first row nor the last stands alone beside a page break.
        let last = pieces.len().saturating_sub(1);
        for index in [first_row, last.saturating_sub(1)] {
            if index >= first_row && index < last {
                pieces[index].keep = true;
            }
        }
        if last < first_row {
            // A head without rows has nothing to stay with.
            pieces.iter_mut().for_each(|piece| piece.keep = false);
        }
        pieces
    }

    fn height(&self, cells: &Cells) -> f64 {
        let lines = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        lines as f64 * self.leading() + 2.0 * CELL_GAP
    }

    /// One piece, or as many as it takes when the row is higher than a page.
    fn split(&self, cells: Cells, room: f64, head: bool) -> Vec<Piece> {
        let most = (((room - 2.0 * CELL_GAP) / self.leading()) as usize).max(1);
        let lines = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let part = |index: usize| -> Cells {
            let some = |cell: &Vec<Line>| cell.chunks(most).nth(index).unwrap_or_default().to_vec();
            cells.iter().map(some).collect()
        };
        (0..lines.div_ceil(most)).map(|index| self.row(&part(index), head)).collect()
    }

    fn row(&self, cells: &Cells, head: bool) -> Piece {
        let height = self.height(cells);
        let mut items = vec![self.frame(height)];
        let mut x = 0.0;
        for ((lines, width), align) in cells.iter().zip(&self.widths).zip(&self.aligns) {
            let set = if head { Set::Centre } else { set(*align) };
            items.extend(self.cell(lines, x, *width, height, set));
            x += width;
        }
        Piece { height, items, ..Piece::default() }
    }

    /// The text of a cell, in the middle of its height.
    fn cell(&self, lines: &[Line], x: f64, width: f64, height: f64, set: Set) -> Vec<Item> {
        let leading = self.leading();
        let mut top = (height - lines.len() as f64 * leading) / 2.0;
        let mut items = Vec::new();
        for line in lines {
            items.extend(line.items(&Slot {
                x: x + PADDING,
                width: width - 2.0 * PADDING,
                baseline: top + self.context.baseline(self.size, leading),
                size: self.size,
                set,
            }));
            top += leading;
        }
        items
    }

    fn frame(&self, height: f64) -> Item {
        let width: f64 = self.widths.iter().sum();
        let mut rings = vec![
            vec![(0.0, 0.0), (width, 0.0)],
            vec![(0.0, height), (width, height)],
            vec![(0.0, 0.0), (0.0, height)],
        ];
        let mut x = 0.0;
        for column in &self.widths {
            x += column;
            rings.push(vec![(x, 0.0), (x, height)]);
        }
        Item::Path(Path { rings, closed: false, fill: None, stroke: Some(RULE) })
    }
}

fn set(align: Align) -> Set {
    match align {
        Align::Left => Set::Left,
        Align::Centre => Set::Centre,
        Align::Right | Align::Decimal => Set::Right,
    }
}
