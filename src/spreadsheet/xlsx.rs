//! XLSX files, through `calamine`.
//!
//! Cells are taken one by one, because a whole range would be as large as its last cell says.
//! `calamine` allocates as many strings as the file claims to have and may panic on damaged files, so
//! the parts of the file are measured first, and panics are caught: they are a fault of the file.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use jiff::ToSpan;
use jiff::civil::Date;
use zip::ZipArchive;

use super::{Cell, MAX_UNPACKED_BYTES, Row, Rows, SheetFault, too_large};

const MAX_PARTS: usize = 5_000;
/// Fonts and fills take many times their text in memory.
const MAX_STYLES_BYTES: u64 = 2 << 20;
const MAX_STRINGS: u64 = 2_000_000;

/// The rows of a sheet, the first by default.
pub(super) fn parse(file: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Vec<Row>, SheetFault> {
    let rows = catch_unwind(AssertUnwindSafe(|| {
        measure(file, bytes)?;
        rows(file, bytes, sheet)
    }));
    rows.unwrap_or_else(|_| Err(damaged(file, "parts that contradict each other")))
}

fn damaged(file: &str, message: &str) -> SheetFault {
    let (file, message) = (file.to_owned(), format!("not a whole XLSX file ({message})"));
    SheetFault::Unreadable { file, message }
}

/// Unpacks every part once without keeping it: what the file says of their sizes may be wrong.
fn measure(file: &str, bytes: &[u8]) -> Result<(), SheetFault> {
    let broken = |e: &dyn std::fmt::Display| damaged(file, &e.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    if archive.len() > MAX_PARTS {
        let found = format!("{} parts", archive.len());
        return Err(too_large(file, &found, &format!("{MAX_PARTS} parts")));
    }
    let mut left = MAX_UNPACKED_BYTES;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|e| broken(&e))?;
        let name = part.name().map_err(|e| broken(&e))?.to_lowercase();
        let styles = name.ends_with("styles.xml") || name.contains("theme");
        let limit = if styles { left.min(MAX_STYLES_BYTES) } else { left };
        let mut content = Vec::new();
        part.take(limit + 1).read_to_end(&mut content).map_err(|e| broken(&e))?;
        left = match limit.checked_sub(content.len() as u64) {
            Some(_) => left - content.len() as u64,
            None => {
                let found = format!("a part `{name}` of more than {limit} bytes unpacked");
                return Err(too_large(file, &found, &format!("{limit} bytes")));
            }
        };
        if name.ends_with("strings.xml") {
            check_count(file, &content)?;
        }
    }
    Ok(())
}

/// Refuses a table of strings that claims to be much longer than it can be.
fn check_count(file: &str, content: &[u8]) -> Result<(), SheetFault> {
    let text = std::str::from_utf8(content).ok().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| damaged(file, "strings that are not UTF-8"))?;
    for after in text.split("uniqueCount").skip(1) {
        let digits = after.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '>');
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let claimed = &digits[..end];
        if !claimed.is_empty() && claimed.parse().map_or(true, |n: u64| n > MAX_STRINGS) {
            let found = format!("a table of {claimed} strings");
            return Err(too_large(file, &found, &format!("{MAX_STRINGS} strings")));
        }
    }
    Ok(())
}

fn rows(file: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Vec<Row>, SheetFault> {
    let broken = |e: XlsxError| match e {
        XlsxError::Password => {
            let (file, found) = (file.to_owned(), "a password".to_owned());
            SheetFault::Content { file, found, expected: "none".into() }
        }
        other => damaged(file, &other.to_string()),
    };
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let name = sheet_name(file, &workbook.sheet_names(), sheet)?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(broken)?;
    let mut rows = Rows::of(file);
    let mut last = None;
    while let Some(found) = cells.next_cell().map_err(broken)? {
        let (row, column) = found.get_position();
        if last.is_some_and(|last| row < last) {
            return Err(damaged(file, "rows out of order"));
        }
        last = Some(row);
        rows.add(row.saturating_add(1), column, cell(found.get_value()))?;
    }
    rows.finish()
}

fn sheet_name(file: &str, names: &[String], wanted: Option<&str>) -> Result<String, SheetFault> {
    let found = match wanted {
        None => names.first(),
        Some(wanted) => names.iter().find(|name| *name == wanted),
    };
    found.cloned().ok_or_else(|| SheetFault::NoSheet {
        file: file.to_owned(),
        sheet: wanted.unwrap_or_default().to_owned(),
        found: names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    })
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::DateTime(time) => {
            date(time).map_or_else(|| Cell::Other(time.as_f64().to_string()), Cell::Date)
        }
        DataRef::DateTimeIso(text) => Cell::text(text),
        DataRef::Bool(truth) => Cell::Other(truth.to_string()),
        DataRef::DurationIso(text) => Cell::Other(text.clone()),
        DataRef::Error(error) => Cell::Other(error.to_string()),
    }
}

/// The day of a time, in the 1900 or the 1904 system as the file says.
fn date(time: &ExcelDateTime) -> Option<Date> {
    let in_calendar = (1.0..2_958_466.0).contains(&time.as_f64());
    let (year, month, day, ..) = time.to_ymd_hms_milli();
    let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    let date = first.checked_add((i64::from(day) - 1).days()).ok()?;
    (in_calendar && time.is_datetime()).then_some(date)
}
