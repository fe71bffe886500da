//! `annex.xlsx`: the tables for people, one sheet each.
//!
//! Numbers are numbers and dates are dates, shown with the separators of the reader's own office
//! program. Text is typed as text: `=HYPERLINK(…)` or `https://…` from the data stays what it
//! says, also when somebody edits the cell. The same tables give the same bytes: the creation
//! time is the report date, the times in the ZIP are constant.

use arrow::array::RecordBatch;
use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook,
    Worksheet, XlsxError,
};
use thiserror::Error;

use super::cell::{Cell, Column};
use crate::error::{Fault, Kind, Result};

const HEAD: Color = Color::RGB(0xE7ECF2);
const A4: u8 = 9;
const NARROWEST: usize = 8;
const WIDEST: usize = 48;
const LINE_HEIGHT: usize = 15;
/// Excel's limit, in UTF-16 units.
const NAME_LENGTH: usize = 31;

/// Why the workbook cannot be written.
#[derive(Debug, Error)]
pub enum AnnexError {
    /// A sheet shows a column that its table does not have.
    #[error("sheet `{sheet}` shows column `{key}`, found only {found}")]
    Column {
        /// The sheet.
        sheet: String,
        /// The column.
        key: String,
        /// The columns of the table.
        found: String,
    },
    /// The writer refused: too many rows, too long a text, a date outside the calendar.
    #[error("cannot write sheet `{sheet}` of the annex: {source}")]
    Sheet {
        /// The sheet.
        sheet: String,
        /// What it said.
        source: XlsxError,
    },
    /// The finished workbook cannot be packed.
    #[error("cannot write the annex: {0}")]
    Workbook(#[from] XlsxError),
}

impl Fault for AnnexError {
    fn kind(&self) -> Kind {
        Kind::Output
    }
}

/// One table on its sheet.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Name on the tab; changed where Excel's rules demand it.
    pub name: String,
    /// First row.
    pub title: String,
    /// Rows below it, for instance that the data are simulated.
    pub notes: Vec<String>,
    /// The columns to show, in this order.
    pub columns: Vec<SheetColumn>,
    /// The table.
    pub batch: RecordBatch,
}

/// How one column of a table is shown.
#[derive(Debug, Clone)]
pub struct SheetColumn {
    /// Its name in the table.
    pub key: String,
    /// Its title on the sheet.
    pub title: String,
    /// Digits after the point of a float; `None` shows what there is.
    pub decimals: Option<u8>,
    /// Whether a ratio is shown as a percentage.
    pub percent: bool,
}

/// The workbook as bytes.
pub fn workbook(title: &str, report_date: Date, sheets: &[Sheet]) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let day = excel_date(report_date).and_then(|day| day.and_hms(0, 0, 0));
    let properties = DocProperties::new()
        .set_title(title)
        .set_creation_datetime(&day.map_err(AnnexError::Workbook)?);
    workbook.set_properties(&properties);
    for (sheet, name) in sheets.iter().zip(sheet_names(sheets)) {
        let shown = columns(sheet)?;
        let filled = fill(workbook.add_worksheet(), &name, sheet, &shown);
        filled.map_err(|source| AnnexError::Sheet { sheet: name, source })?;
    }
    Ok(workbook.save_to_buffer().map_err(AnnexError::Workbook)?)
}

struct Shown<'a> {
    head: &'a SheetColumn,
    values: Column,
}

fn columns(sheet: &Sheet) -> Result<Vec<Shown<'_>>> {
    let read = |head: &SheetColumn| -> Result<Column> {
        let Some(array) = sheet.batch.column_by_name(&head.key) else {
            return Err(missing(sheet, head).into());
        };
        Ok(Column::read(&head.key, array)?)
    };
    let shown = |head| read(head).map(|values| Shown { head, values });
    sheet.columns.iter().map(shown).collect()
}

fn missing(sheet: &Sheet, head: &SheetColumn) -> AnnexError {
    let schema = sheet.batch.schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    AnnexError::Column { sheet: sheet.name.clone(), key: head.key.clone(), found: names.join(", ") }
}

fn fill(
    page: &mut Worksheet,
    name: &str,
    sheet: &Sheet,
    shown: &[Shown<'_>],
) -> Result<(), XlsxError> {
    page.set_name(name)?;
    let head = write_heading(page, sheet)?;
    let rows = sheet.batch.num_rows();
    let mut lines = 1;
    for (at, column) in (0u16..).zip(shown) {
        let width = width(column, rows);
        lines = lines.max(column.head.title.chars().count().div_ceil(width - 2));
        page.set_column_width(at, width as f64)?;
        page.write_string_with_format(head, at, &column.head.title, &head_format())?;
        write_column(page, head + 1, at, column, rows)?;
    }
    page.set_row_height(head, (LINE_HEIGHT * lines) as f64)?;
    arrange(page, head, rows, shown.len())
}

/// Title, notes and an empty row; returns the row of the table's head.
fn write_heading(page: &mut Worksheet, sheet: &Sheet) -> Result<u32, XlsxError> {
    let title = Format::new().set_bold().set_font_size(14);
    page.write_string_with_format(0, 0, &sheet.title, &title)?;
    let note = Format::new().set_italic();
    let mut row = 1;
    for text in &sheet.notes {
        page.write_string_with_format(row, 0, text, &note)?;
        row += 1;
    }
    Ok(row + 1)
}

/// Frozen head with filter, and pages that print as wide as the table.
fn arrange(page: &mut Worksheet, head: u32, rows: usize, columns: usize) -> Result<(), XlsxError> {
    page.set_freeze_panes(head + 1, 0)?;
    page.set_repeat_rows(head, head)?;
    page.set_landscape().set_paper_size(A4);
    page.set_print_fit_to_pages(1, 0);
    if columns == 0 {
        return Ok(());
    }
    let (last_row, last_column) = (head + rows as u32, columns as u16 - 1);
    page.autofilter(head, 0, last_row, last_column)?;
    // Codes are text on purpose: no green triangles.
    page.ignore_error_range(head, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

fn write_column(
    page: &mut Worksheet,
    first: u32,
    at: u16,
    column: &Shown<'_>,
    rows: usize,
) -> Result<(), XlsxError> {
    let format = value_format(column);
    for (row, index) in (first..).zip(0..rows) {
        write_cell(page, row, at, column.values.cell(index), &format)?;
    }
    Ok(())
}

fn write_cell(
    page: &mut Worksheet,
    row: u32,
    at: u16,
    cell: Cell<'_>,
    format: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => page.write_string_with_format(row, at, text, format)?,
        Cell::Integer(value) => page.write_number_with_format(row, at, value as f64, format)?,
        Cell::Number(value) => page.write_number_with_format(row, at, value, format)?,
        Cell::Truth(value) => page.write_boolean_with_format(row, at, value, format)?,
        Cell::Date(day) => match excel_date(day) {
            Ok(date) => page.write_datetime_with_format(row, at, date, format)?,
            // Excel knows no day before 1900: the ISO date then stands as text.
            Err(_) => page.write_string(row, at, day.to_string())?,
        },
    };
    Ok(())
}

fn excel_date(day: Date) -> Result<ExcelDateTime, XlsxError> {
    let part = |value: i8| value.unsigned_abs();
    let year = u16::try_from(day.year()).unwrap_or_default(); // 0 is refused like any before 1900
    ExcelDateTime::from_ymd(year, part(day.month()), part(day.day()))
}

fn head_format() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(HEAD)
        .set_border_bottom(FormatBorder::Thin)
}

/// `@` and the quote prefix keep text text when somebody edits the cell.
fn value_format(column: &Shown<'_>) -> Format {
    let format = Format::new();
    match &column.values {
        Column::Text(_) => format.set_num_format("@").set_quote_prefix(),
        Column::Date(_) => format.set_num_format("dd/mm/yyyy"),
        Column::Integer(_) | Column::Number(_) => format.set_num_format(number_format(column)),
        Column::Truth(_) | Column::Empty => format,
    }
}

fn number_format(column: &Shown<'_>) -> String {
    let decimals = match column.head.decimals {
        None | Some(0) => String::new(),
        Some(decimals) => format!(".{}", "0".repeat(usize::from(decimals))),
    };
    match (&column.values, column.head.decimals, column.head.percent) {
        (_, _, true) => format!("0{decimals}%"),
        (Column::Number(_), None, false) => "General".to_owned(),
        (Column::Number(_), Some(_), false) => format!("#,##0{decimals}"),
        _ => "#,##0".to_owned(),
    }
}

/// Wide enough for the longest value; a long title wraps instead.
fn width(column: &Shown<'_>, rows: usize) -> usize {
    let values = (0..rows).map(|row| length(column.values.cell(row), column.head));
    let words = column.head.title.split_whitespace().map(|word| word.chars().count());
    let title = column.head.title.chars().count().div_ceil(3);
    let widest = values.chain(words).chain([title]).max().unwrap_or_default();
    (widest + 3).clamp(NARROWEST, WIDEST) // 3: margins and the arrow of the filter
}

fn length(cell: Cell<'_>, head: &SheetColumn) -> usize {
    let grouped = |digits: usize| digits + digits.saturating_sub(1) / 3;
    match cell {
        Cell::Empty => 0,
        Cell::Text(text) => text.chars().count(),
        Cell::Integer(value) => grouped(value.to_string().len()),
        Cell::Number(value) => match head.decimals {
            Some(decimals) => grouped(format!("{value:.0}").len()) + 1 + usize::from(decimals),
            None => value.to_string().len().min(12),
        },
        Cell::Truth(_) => 5,
        Cell::Date(_) => 10,
    }
}

/// Excel's rules: 31 units, no `[]:*?/\`, no apostrophe at an end, not "History", unique without
/// regard to case.
fn sheet_names(sheets: &[Sheet]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(sheets.len());
    for sheet in sheets {
        let wanted = allowed(&sheet.name);
        let numbered = (2..).map(|number| {
            let suffix = format!(" ({number})");
            shorten(&wanted, NAME_LENGTH - suffix.len()) + &suffix
        });
        let free = |name: &String| !names.iter().any(|taken| same_name(taken, name));
        let name = std::iter::once(wanted.clone()).chain(numbered).find(free);
        names.extend(name);
    }
    names
}

fn allowed(name: &str) -> String {
    let replaced = name.chars().map(|c| match c {
        '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '-',
        c if c.is_control() => ' ',
        c => c,
    });
    let replaced: String = replaced.collect();
    let ends = |c: char| c == '\'' || c.is_whitespace();
    let short = shorten(replaced.trim_matches(ends), NAME_LENGTH);
    match short.trim_end_matches(ends) {
        "" => "Sheet".to_owned(),
        reserved if same_name(reserved, "History") => format!("{reserved}-"),
        name => name.to_owned(),
    }
}

fn shorten(name: &str, limit: usize) -> String {
    let mut left = limit;
    let fits = |c: &char| match left.checked_sub(c.len_utf16()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    name.chars().take_while(fits).collect()
}

fn same_name(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
#[path = "annex_tests.rs"]
mod tests;
