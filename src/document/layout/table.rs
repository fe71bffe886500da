//! Tables: rows that stay whole, a head that comes back on each page, a thin grid.

use std::rc::Rc;

use super::columns::PADDING;
use super::decimal::{self, Parts};
use super::lines::{Line, Set, Slot};
use super::piece::{Head, Piece, RULE, keep_all, space_before, tag, tag_items};
use super::style::{SINGLE, Style};
use super::{Context, LayoutError};
use crate::document::block::{Align, Table};
use crate::document::page::{Face, Item, Path, Placed};
use crate::document::structure::{ElementId, Role, Shown};
use crate::error::Result;

/// The blank above and below the text of a cell.
const CELL_GAP: f64 = 2.0;

/// A head higher than this share of the page is printed once and not repeated.
const HIGHEST_HEAD: f64 = 0.4;

/// How a column is set.
#[derive(Debug, Clone, Copy)]
struct Setting {
    width: f64,
    align: Align,
    /// The widest parts of its numbers, when they fit into it side by side.
    numbers: Option<Parts>,
}

/// A table that has been measured.
struct Grid<'a> {
    context: &'a Context<'a>,
    size: f64,
    columns: Vec<Setting>,
}

/// What stands in a cell.
#[derive(Debug, Clone)]
struct Cell {
    lines: Vec<Line>,
    element: ElementId,
    /// How far its number reaches before the place where the column's numbers are aligned.
    reach: Option<f64>,
}

/// The cells of a row.
type Cells = Vec<Cell>;

impl Context<'_> {
    /// Caption, head, rows, note.
    pub fn table(&self, table: &Table) -> Result<Vec<Piece>> {
        check(table)?;
        if table.columns.is_empty() {
            return Ok(self.centred_as(
                Role::Paragraph,
                &table.caption,
                Face::Bold,
                Style::CAPTION,
            ));
        }
        let element = self.tags.element(Role::Table);
        self.tags.shows(element, Shown::Table(table.source.clone()));
        let mut pieces = self.caption(&table.caption, element);
        keep_all(&mut pieces);
        space_before(&mut pieces, 1.5 * self.style.paragraph_gap);
        let gap = if pieces.is_empty() { 1.5 } else { 0.5 };
        let mut body = self.table_body(table, element);
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

    fn table_body(&self, table: &Table, element: ElementId) -> Vec<Piece> {
        let (size, widths) = self.fit_columns(table);
        let setting = |(index, width): (usize, f64)| Setting {
            width,
            align: table.columns[index].align,
            numbers: self.numbers(table, index, size, width - 2.0 * PADDING),
        };
        let columns = widths.into_iter().enumerate().map(setting).collect();
        let grid = Grid { context: self, size, columns };
        let head = self.tags.child(element, Role::TableHead);
        let titles = table.columns.iter().map(|column| column.title.as_str());
        let head = grid.cells(titles, Face::Bold, self.tags.child(head, Role::Row));
        if table.rows.is_empty() {
            return grid.pieces(head, std::iter::empty());
        }
        let body = self.tags.child(element, Role::TableBody);
        let rows = table.rows.iter().map(|row| {
            let texts = row.iter().map(String::as_str);
            grid.cells(texts, Face::Regular, self.tags.child(body, Role::Row))
        });
        grid.pieces(head, rows)
    }

    /// The parts of a column's numbers; none when it has no room for them side by side.
    fn numbers(&self, table: &Table, index: usize, size: f64, room: f64) -> Option<Parts> {
        if table.columns.get(index)?.align != Align::Decimal {
            return None;
        }
        let texts = table.rows.iter().filter_map(|row| row.get(index)).map(String::as_str);
        let parts = decimal::parts(self.family, size, texts);
        (parts.width() <= room + 0.01).then_some(parts)
    }

    fn table_note(&self, note: &str) -> Vec<Piece> {
        if note.trim().is_empty() {
            return Vec::new();
        }
        let (size, width) = (Style::NOTE, self.geometry.width);
        let words = self.plain(note, Face::Italic, size);
        let lines = self.break_lines(words, size, width, width);
        let mut pieces = self.pieces(&lines, size, 0.0, width, Set::Left);
        tag(&mut pieces, self.tags.element(Role::Paragraph));
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
        self.size * SINGLE
    }

    fn cells<'t>(&self, texts: impl Iterator<Item = &'t str>, face: Face, row: ElementId) -> Cells {
        let head = face == Face::Bold;
        let role = if head { Role::HeaderCell } else { Role::Cell };
        let cell = |(text, column): (&str, &Setting)| {
            // In a column narrower than its padding each letter gets a line of its own.
            let room = (column.width - 2.0 * PADDING).max(0.0);
            let words = self.context.plain(text, face, self.size);
            let reach = column.numbers.filter(|_| !head);
            Cell {
                lines: self.context.break_lines(words, self.size, room, room),
                element: self.context.tags.child(row, role),
                reach: reach.and_then(|_| decimal::reach(self.context.family, self.size, text)),
            }
        };
        texts.zip(&self.columns).map(cell).collect()
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
            .map(|piece| Rc::new(Head { height: piece.height, items: untagged(&piece.items) }));
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
        line_count(cells) as f64 * self.leading() + 2.0 * CELL_GAP
    }

    /// One piece, or as many as it takes when the row is higher than a page.
    fn split(&self, cells: Cells, room: f64, head: bool) -> Vec<Piece> {
        let most = (((room - 2.0 * CELL_GAP) / self.leading()) as usize).max(1);
        let count = line_count(&cells);
        if count <= most {
            return vec![self.row(&cells, head)];
        }
        let part = |index: usize| -> Cells {
            let some = |cell: &Cell| {
                let lines = cell.lines.chunks(most).nth(index).unwrap_or_default();
                Cell { lines: lines.to_vec(), ..*cell }
            };
            cells.iter().map(some).collect()
        };
        (0..count.div_ceil(most)).map(|index| self.row(&part(index), head)).collect()
    }

    fn row(&self, cells: &Cells, head: bool) -> Piece {
        let height = self.height(cells);
        let mut items = vec![self.frame(height)];
        let mut x = 0.0;
        for (cell, column) in cells.iter().zip(&self.columns) {
            let set = if head { Set::Centre } else { set(column, cell) };
            items.extend(self.cell(cell, x + self.shift(cell, column), column.width, height, set));
            x += column.width;
        }
        Piece { height, items, ..Piece::default() }
    }

    /// How far a number is moved to the right, so that all of its column stand under each other
    /// and in the middle of the column.
    fn shift(&self, cell: &Cell, column: &Setting) -> f64 {
        let (Some(parts), Some(reach)) = (column.numbers, cell.reach) else {
            return 0.0;
        };
        let blank = (column.width - 2.0 * PADDING - parts.width()).max(0.0);
        blank / 2.0 + parts.before - reach
    }

    /// The text of a cell, in the middle of its height.
    fn cell(&self, cell: &Cell, x: f64, width: f64, height: f64, set: Set) -> Vec<Placed> {
        let leading = self.leading();
        let mut top = (height - cell.lines.len() as f64 * leading) / 2.0;
        let mut items = Vec::new();
        for line in &cell.lines {
            items.extend(line.items(&Slot {
                x: x + PADDING,
                width: width - 2.0 * PADDING,
                baseline: top + self.context.baseline(self.size, leading),
                size: self.size,
                set,
            }));
            top += leading;
        }
        tag_items(&mut items, cell.element);
        items
    }

    fn frame(&self, height: f64) -> Placed {
        let width: f64 = self.columns.iter().map(|column| column.width).sum();
        let mut rings = vec![
            vec![(0.0, 0.0), (width, 0.0)],
            vec![(0.0, height), (width, height)],
            vec![(0.0, 0.0), (0.0, height)],
        ];
        let mut x = 0.0;
        for column in &self.columns {
            x += column.width;
            rings.push(vec![(x, 0.0), (x, height)]);
        }
        let path = Path { rings, closed: false, fill: None, stroke: Some(RULE) };
        Item::Path(path).into()
    }
}

fn line_count(cells: &Cells) -> usize {
    cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0).max(1)
}

/// The head of a table on its further pages is there for the eye only.
fn untagged(items: &[Placed]) -> Vec<Placed> {
    items.iter().map(|placed| placed.item.clone().into()).collect()
}

fn set(column: &Setting, cell: &Cell) -> Set {
    match column.align {
        Align::Left => Set::Left,
        Align::Centre => Set::Centre,
        Align::Right => Set::Right,
        // Moved to its place when it is a number; words stand in the middle.
        Align::Decimal if column.numbers.is_none() => Set::Right,
        Align::Decimal if cell.reach.is_some() => Set::Left,
        Align::Decimal => Set::Centre,
    }
}
