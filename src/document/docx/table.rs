//! Tables: a grid whose head comes back on each page and whose rows stay whole; and the tables
//! without borders that place two columns beside each other.

use super::body::Writer;
use super::paragraph::{Look, Paragraph, Set, border, run, run_of, value};
use super::twips;
use crate::document::block::{Align, Table};
use crate::document::font::clean;
use crate::document::layout::{Style, column_widths};
use crate::document::markup::Element;
use crate::document::page::Face;

/// Columns are measured this much wider than the type in them: digits of Times New Roman are wider
/// than those of the face that measures, and a number must not be broken.
const SLACK: f64 = 1.12;

/// The same for a line that may just fit, with the wide `%` of Times New Roman; to break it needlessly
/// does no harm.
const WIDER: f64 = 1.2;

/// The blank inside a cell, at its sides and above and below.
const PADDING: (f64, f64) = (3.0, 2.0);

/// A cell with its width.
pub(super) struct Cell {
    content: Vec<Paragraph>,
    width: f64,
    middle: bool,
}

impl Cell {
    pub fn new(content: Vec<Paragraph>, width: f64) -> Self {
        Cell { content, width, middle: false }
    }

    /// A cell holds at least one paragraph.
    fn into_element(mut self) -> Element {
        if self.content.is_empty() {
            self.content.push(Paragraph::new("Letterhead"));
        }
        let mut properties = Element::new("w:tcPr").child(width("w:tcW", self.width));
        if self.middle {
            properties = properties.child(value("w:vAlign", "center"));
        }
        let content = self.content.into_iter().map(Paragraph::into_element);
        Element::new("w:tc").child(properties).children(content)
    }
}

impl Writer<'_> {
    /// Caption, grid, note.
    pub fn table(&mut self, table: &Table) {
        let above = match table.caption.trim() {
            "" => Paragraph { before: Some(self.style.paragraph_gap), ..super::body::thin() },
            caption => Paragraph::of("Caption", caption, Look::PLAIN),
        };
        self.push(Paragraph { keep_next: true, ..above });
        if !table.columns.is_empty() {
            let grid = self.grid(table);
            self.push_table(grid);
        }
        let note = match table.note.trim() {
            "" => Paragraph { before: Some(self.style.paragraph_gap), ..super::body::thin() },
            note => Paragraph::of("TableNote", note, Look::PLAIN),
        };
        self.push(note);
    }

    fn grid(&self, table: &Table) -> Element {
        let wider = Style { table: self.style.table * SLACK, ..*self.style };
        let (size, widths) = column_widths(table, self.family, &wider, self.landscape);
        let widths = within(widths, self.width);
        let look = Look::PLAIN.sized((size / SLACK * 2.0).floor() / 2.0);
        let heads = table.columns.iter().map(|column| (column.title.as_str(), Align::Centre));
        let head = self.cells(heads, &widths, Look { bold: true, ..look }, true);
        let last = table.rows.len().saturating_sub(1);
        let rows = table.rows.iter().enumerate().map(|(index, row)| {
            // The first row stays with the head, the last with the note.
            let keep = index == 0 || (index == last && !table.note.trim().is_empty());
            let aligns = table.columns.iter().map(|column| column.align);
            let texts = row.iter().map(String::as_str).zip(aligns);
            self::row(self.cells(texts, &widths, look, keep), false)
        });
        let properties = properties(&widths).child(borders()).child(fixed()).child(padding());
        Element::new("w:tbl")
            .child(properties)
            .child(columns(&widths))
            .child(self::row(head, true))
            .children(rows)
    }

    fn cells<'t>(
        &self,
        texts: impl Iterator<Item = (&'t str, Align)>,
        widths: &[f64],
        look: Look,
        keep_next: bool,
    ) -> Vec<Cell> {
        let cell = |((text, align), width): ((&str, Align), &f64)| {
            let set = set(align);
            let room = width - 2.0 * PADDING.0;
            let runs = match (set, look.size) {
                (Set::Right, Some(size)) => broken(&self.number_lines(text, size, room), look),
                _ => vec![run(text, look)],
            };
            let text = Paragraph { runs, ..Paragraph::new("TableText") };
            let content = vec![Paragraph { set: Some(set), keep_next, ..text }];
            Cell { middle: true, ..Cell::new(content, *width) }
        };
        texts.zip(widths).map(cell).collect()
    }

    /// Numbers broken only at their spaces: left alone, a word processor parts an interval at its
    /// dash.
    fn number_lines(&self, text: &str, size: f64, room: f64) -> Vec<String> {
        let fits = |line: &str| self.family.width(Face::Regular, size, line) * WIDER <= room;
        let mut lines: Vec<String> = Vec::new();
        for word in clean(text).split(' ') {
            match lines.last_mut() {
                Some(line) if fits(&format!("{line} {word}")) => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }
}

/// No table is wider than the text.
fn within(widths: Vec<f64>, room: f64) -> Vec<f64> {
    let factor = (room / widths.iter().sum::<f64>()).min(1.0);
    widths.into_iter().map(|width| width * factor).collect()
}

/// Lines of one paragraph.
fn broken(lines: &[String], look: Look) -> Vec<Element> {
    let mut runs = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            runs.push(run_of(Element::new("w:br"), look));
        }
        runs.push(run(line, look));
    }
    runs
}

/// A table without borders, as wide as the text.
pub(super) fn frameless(widths: &[f64], rows: Vec<Vec<Cell>>) -> Element {
    let none = ["w:left", "w:right"].map(|side| width(side, 0.0));
    let properties =
        properties(widths).child(fixed()).child(Element::new("w:tblCellMar").children(none));
    Element::new("w:tbl")
        .child(properties)
        .child(columns(widths))
        .children(rows.into_iter().map(|cells| row(cells, false)))
}

/// Cells of a column have the same number of decimals: set flush right, their commas stand below
/// each other. A decimal tab would look for the separator of the reader's system.
fn set(align: Align) -> Set {
    match align {
        Align::Left => Set::Left,
        Align::Centre => Set::Centre,
        Align::Right | Align::Decimal => Set::Right,
    }
}

/// A row that is never split.
fn row(cells: Vec<Cell>, head: bool) -> Element {
    let mut properties = Element::new("w:trPr").child(Element::new("w:cantSplit"));
    if head {
        properties = properties.child(Element::new("w:tblHeader"));
    }
    Element::new("w:tr").child(properties).children(cells.into_iter().map(Cell::into_element))
}

fn properties(widths: &[f64]) -> Element {
    Element::new("w:tblPr")
        .child(width("w:tblW", widths.iter().sum()))
        .child(value("w:jc", "center"))
}

fn columns(widths: &[f64]) -> Element {
    let column = |width: &f64| Element::new("w:gridCol").with("w:w", twips(*width));
    Element::new("w:tblGrid").children(widths.iter().map(column))
}

fn borders() -> Element {
    let sides = ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"];
    Element::new("w:tblBorders").children(sides.map(|side| border(side, 4)))
}

fn fixed() -> Element {
    Element::new("w:tblLayout").with("w:type", "fixed")
}

fn padding() -> Element {
    let (side, above) = PADDING;
    let sides = [("w:top", above), ("w:left", side), ("w:bottom", above), ("w:right", side)];
    Element::new("w:tblCellMar").children(sides.map(|(name, points)| width(name, points)))
}

fn width(name: &'static str, points: f64) -> Element {
    Element::new(name).with("w:w", twips(points)).with("w:type", "dxa")
}
