//! Tables that people fill in, as CSV or XLSX: rows of cells, whatever the file.
//!
//! The files come from many hands, so nothing in them is believed: a file has at most
//! `MAX_FILE_BYTES`, an XLSX unpacks to at most `MAX_UNPACKED_BYTES`, a sheet has at most
//! `MAX_ROWS` rows with a value, `MAX_COLUMNS` columns and `MAX_CELLS` cells. Reading one takes at
//! most about 500 MB of memory.

mod text;
mod xlsx;

use std::path::Path;

use jiff::civil::Date;

use crate::error::{Fault, Kind};

const MAX_FILE_BYTES: u64 = 16 << 20;
const MAX_UNPACKED_BYTES: u64 = 32 << 20;
const MAX_ROWS: u32 = 50_000;
const MAX_COLUMNS: u32 = 500;
const MAX_CELLS: usize = 2_000_000;

/// Why a file cannot be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum SheetFault {
    #[error("cannot read `{file}`: {message}")]
    Unreadable { file: String, message: String },
    #[error("`{file}` has {found}, expected {expected}")]
    Content { file: String, found: String, expected: String },
    #[error("`{file}` has no sheet `{sheet}`, found {found}")]
    NoSheet { file: String, sheet: String, found: String },
}

impl Fault for SheetFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            SheetFault::Content { expected, .. } if expected.contains("UTF-8") => {
                Some("save the file as “CSV UTF-8” or as XLSX".into())
            }
            SheetFault::Content { .. } => Some("save the form again as XLSX or CSV UTF-8".into()),
            SheetFault::NoSheet { .. } => Some("set `sheet` to one of them".into()),
            SheetFault::Unreadable { .. } => None,
        }
    }
}

/// What a cell holds. A formula stands for the value that was saved with it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    /// Without space around, never empty.
    Text(String),
    Number(f64),
    Date(Date),
    /// A truth value, a duration, an error such as `#REF!`: nothing that a form asks for.
    Other(String),
}

impl Cell {
    /// What a reader sees in the cell; empty where it is.
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Other(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Date(date) => date.to_string(),
        }
    }

    fn text(text: &str) -> Self {
        match text.trim() {
            "" => Cell::Empty,
            text => Cell::Text(text.to_owned()),
        }
    }
}

/// One row with at least one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// In the file, from 1: of a CSV the line, of an XLSX the row.
    pub number: u32,
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell of a column, counted from 0; empty where the row is shorter.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

/// Reads the rows of a file; `sheet` is the one of an XLSX file, the first by default.
pub fn read(path: &Path, sheet: Option<&str>) -> Result<Vec<Row>, SheetFault> {
    let file = path.display().to_string();
    let unreadable =
        |e: std::io::Error| SheetFault::Unreadable { file: file.clone(), message: e.to_string() };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > MAX_FILE_BYTES {
        return Err(too_large(
            &file,
            &format!("{bytes} bytes"),
            &format!("{MAX_FILE_BYTES} bytes"),
        ));
    }
    parse(&file, &std::fs::read(path).map_err(unreadable)?, sheet)
}

/// The same for the bytes of a file of this name.
pub fn parse(file: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Vec<Row>, SheetFault> {
    match Path::new(file).extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref() {
        Some("csv" | "txt" | "tsv") => text::parse(file, bytes),
        Some("xlsx") => xlsx::parse(file, bytes, sheet),
        other => Err(SheetFault::Content {
            file: file.to_owned(),
            found: other.map_or("no extension".into(), |e| format!("the extension `{e}`")),
            expected: "`csv` or `xlsx`".into(),
        }),
    }
}

fn too_large(file: &str, found: &str, limit: &str) -> SheetFault {
    let (file, found) = (file.to_owned(), found.to_owned());
    SheetFault::Content { file, found, expected: format!("at most {limit}") }
}

/// Rows in the making, within the limits.
struct Rows<'a> {
    file: &'a str,
    rows: Vec<Row>,
    cells: usize,
}

impl<'a> Rows<'a> {
    fn of(file: &'a str) -> Self {
        Rows { file, rows: Vec::new(), cells: 0 }
    }

    /// Adds a cell; those of a row have to come one after the other.
    fn add(&mut self, number: u32, column: u32, cell: Cell) -> Result<(), SheetFault> {
        if cell == Cell::Empty {
            return Ok(());
        }
        if column >= MAX_COLUMNS {
            let found = format!("a value in column {}", u64::from(column) + 1);
            return Err(too_large(self.file, &found, &format!("{MAX_COLUMNS} columns")));
        }
        if self.rows.last().is_none_or(|row| row.number != number) {
            if self.rows.len() as u32 == MAX_ROWS {
                let found = format!("more than {MAX_ROWS} rows");
                return Err(too_large(self.file, &found, &format!("{MAX_ROWS} rows")));
            }
            self.rows.push(Row { number, cells: Vec::new() });
        }
        let Some(row) = self.rows.last_mut() else { return Ok(()) };
        let column = column as usize;
        let missing = (column + 1).saturating_sub(row.cells.len());
        self.cells += missing;
        if self.cells > MAX_CELLS {
            let found = format!("more than {MAX_CELLS} cells");
            return Err(too_large(self.file, &found, &format!("{MAX_CELLS} cells")));
        }
        row.cells.resize(row.cells.len() + missing, Cell::Empty);
        row.cells[column] = cell;
        Ok(())
    }

    fn finish(self) -> Result<Vec<Row>, SheetFault> {
        if self.rows.is_empty() {
            let (file, found) = (self.file.to_owned(), "no value".to_owned());
            return Err(SheetFault::Content { file, found, expected: "rows of a form".into() });
        }
        Ok(self.rows)
    }
}

#[cfg(test)]
mod tests;
