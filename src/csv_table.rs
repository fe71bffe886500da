//! Small CSV files that a user may replace: the register of communes, the operators.
//!
//! Cells are trimmed, an empty cell is no value, lines that begin with `#` are comments. Every
//! complaint names file, line, column, what was found and what was expected.

use crate::error::{Fault, Kind};
use crate::text_file;
use csv::{Position, ReaderBuilder, StringRecord, Trim};
use jiff::civil::Date;
use std::path::Path;
use thiserror::Error;

/// Why a CSV file cannot be used.
#[derive(Debug, Error)]
pub enum CsvFault {
    /// The file cannot be opened or is not UTF-8.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Path as configured.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A required column is not there.
    #[error("{file} has no column `{column}`, found {found}")]
    MissingColumn {
        /// Path as configured.
        file: String,
        /// The column that is missing.
        column: String,
        /// The columns that are there.
        found: String,
    },
    /// A column that means nothing here, perhaps a misspelt optional one.
    #[error("{file} has an unknown column `{column}`, expected only {expected}")]
    UnknownColumn {
        /// Path as configured.
        file: String,
        /// The column found.
        column: String,
        /// The known columns.
        expected: String,
    },
    /// Two columns of one name.
    #[error("{file} has the column `{column}` twice, expected it once")]
    RepeatedColumn {
        /// Path as configured.
        file: String,
        /// The column.
        column: String,
    },
    /// A line that does not have the shape of the header.
    #[error("{file}, line {line}: found {found} cells, expected {expected} as in the header")]
    Shape {
        /// Path as configured.
        file: String,
        /// Line in the file, from 1.
        line: u64,
        /// Cells found.
        found: u64,
        /// Cells of the header.
        expected: u64,
    },
    /// A cell that cannot be used.
    #[error("{file}, line {line}, column `{column}`: found {found}, expected {expected}")]
    Value {
        /// Path as configured.
        file: String,
        /// Line in the file, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What is in the cell, quoted, or `nothing`.
        found: String,
        /// What should be there.
        expected: String,
    },
}

impl Fault for CsvFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            CsvFault::Unreadable { .. } => {
                Some("check the path in the configuration and save the file as UTF-8".into())
            }
            CsvFault::MissingColumn { found, .. } if found.contains(';') => {
                Some("separate the columns by commas, not by semicolons".into())
            }
            CsvFault::UnknownColumn { column, expected, .. } => nearest(column, expected),
            _ => None,
        }
    }
}

fn nearest(column: &str, known: &str) -> Option<String> {
    known
        .split(", ")
        .map(|name| (strsim::damerau_levenshtein(column, name.trim_matches('`')), name))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, name)| format!("the nearest known column is {name}"))
}

/// The content of one CSV file with a header.
pub struct CsvTable {
    file: String,
    header: Vec<String>,
    /// With the line each begins on.
    records: Vec<(u64, StringRecord)>,
}

impl CsvTable {
    /// Reads a file; other columns than the named ones are an error.
    pub fn read(path: &Path, required: &[&str], optional: &[&str]) -> Result<Self, CsvFault> {
        let file = path.display().to_string();
        match text_file::read(path, text_file::TABLE_BYTES) {
            Ok(text) => Self::parse(&file, &text, required, optional),
            Err(source) => Err(CsvFault::Unreadable { file, source }),
        }
    }

    /// Reads a file in which other columns are ignored.
    pub fn read_among(path: &Path, required: &[&str]) -> Result<Self, CsvFault> {
        let file = path.display().to_string();
        match text_file::read(path, text_file::TABLE_BYTES) {
            Ok(text) => Self::parse_among(&file, &text, required),
            Err(source) => Err(CsvFault::Unreadable { file, source }),
        }
    }

    /// The same for text in memory; `file` is its name in messages.
    pub fn parse(
        file: &str,
        text: &str,
        required: &[&str],
        optional: &[&str],
    ) -> Result<Self, CsvFault> {
        let table = Self::parse_among(file, text, required)?;
        check_unknown(file, &table.header, required, optional)?;
        Ok(table)
    }

    /// The same for text in which other columns are ignored.
    pub fn parse_among(file: &str, text: &str, required: &[&str]) -> Result<Self, CsvFault> {
        let mut reader =
            ReaderBuilder::new().trim(Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| csv_fault(file, text, e))?;
        let header: Vec<String> = header.iter().map(String::from).collect();
        check_header(file, &header, required)?;
        let mut records = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| csv_fault(file, text, e))?;
            records.push((line_of(text, record.position()), record));
        }
        Ok(Self { file: file.into(), header, records })
    }

    /// The rows in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = CsvRow<'_>> {
        self.records.iter().map(|(line, record)| CsvRow { table: self, line: *line, record })
    }

    /// The name of the file in messages.
    pub fn file(&self) -> &str {
        &self.file
    }
}

fn check_header(file: &str, header: &[String], required: &[&str]) -> Result<(), CsvFault> {
    let file = file.to_owned();
    if let Some(column) = required.iter().find(|name| !header.iter().any(|h| h == *name)) {
        let column = column.to_string();
        return Err(CsvFault::MissingColumn { file, column, found: listed(header) });
    }
    for (i, column) in header.iter().enumerate() {
        let column = column.clone();
        if header[..i].contains(&column) {
            return Err(CsvFault::RepeatedColumn { file, column });
        }
    }
    Ok(())
}

fn check_unknown(
    file: &str,
    header: &[String],
    required: &[&str],
    optional: &[&str],
) -> Result<(), CsvFault> {
    for column in header {
        if !required.iter().chain(optional).any(|name| *name == column) {
            let expected = listed(&[required, optional].concat());
            let (file, column) = (file.to_owned(), column.clone());
            return Err(CsvFault::UnknownColumn { file, column, expected });
        }
    }
    Ok(())
}

fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    quoted.join(", ")
}

/// The line of a record; the reader gives that of the comments and blank lines before it.
fn line_of(text: &str, position: Option<&Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let rest = text.get(position.byte() as usize..).unwrap_or_default();
    let skipped = rest.lines().take_while(|line| line.starts_with('#') || line.is_empty());
    position.line() + skipped.count() as u64
}

fn csv_fault(file: &str, text: &str, error: csv::Error) -> CsvFault {
    let file = file.to_owned();
    if let csv::ErrorKind::UnequalLengths { pos, expected_len, len } = error.kind() {
        let line = line_of(text, pos.as_ref());
        return CsvFault::Shape { file, line, found: *len, expected: *expected_len };
    }
    CsvFault::Unreadable { file, source: std::io::Error::other(error) }
}

/// One row of a [`CsvTable`].
#[derive(Clone, Copy)]
pub struct CsvRow<'a> {
    table: &'a CsvTable,
    line: u64,
    record: &'a StringRecord,
}

impl<'a> CsvRow<'a> {
    /// The line in the file, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The cell of a column; `None` when it is empty or the column is not there.
    pub fn optional(&self, column: &str) -> Option<&'a str> {
        let index = self.table.header.iter().position(|name| name == column)?;
        self.record.get(index).filter(|cell| !cell.is_empty())
    }

    /// The cell of a column that must not be empty.
    pub fn required(&self, column: &str) -> Result<&'a str, CsvFault> {
        self.optional(column).ok_or_else(|| self.fault(column, "a value"))
    }

    /// A date such as `2025-07-01`, `None` when the cell is empty.
    pub fn date(&self, column: &str) -> Result<Option<Date>, CsvFault> {
        let parse = |cell: &str| Date::strptime("%Y-%m-%d", cell);
        let date = self.optional(column).map(parse).transpose();
        date.map_err(|_| self.fault(column, "a date such as 2025-07-01"))
    }

    /// A number within limits, `None` when the cell is empty.
    pub fn number(&self, column: &str, low: f64, high: f64) -> Result<Option<f64>, CsvFault> {
        let Some(cell) = self.optional(column) else {
            return Ok(None);
        };
        let value = cell.parse().ok().filter(|value| (low..=high).contains(value));
        let expected = || format!("a number from {low} to {high}");
        value.map(Some).ok_or_else(|| self.fault(column, &expected()))
    }

    /// The complaint that a cell is not what was expected.
    pub fn fault(&self, column: &str, expected: &str) -> CsvFault {
        CsvFault::Value {
            file: self.table.file.clone(),
            line: self.line(),
            column: column.into(),
            found: self.optional(column).map_or("nothing".into(), |cell| format!("`{cell}`")),
            expected: expected.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let table = CsvTable::parse("a.csv", text, &["code", "name"], &["valid_from", "latitude"]);
        let fault = table.and_then(|table| {
            for row in table.rows() {
                row.required("name")?;
                row.date("valid_from")?;
                row.number("latitude", -90.0, 90.0)?;
            }
            Ok(())
        });
        let fault = fault.expect_err("a fault");
        format!("{fault} | {}", fault.hint().unwrap_or_default())
    }

    #[test]
    fn rows_are_trimmed_and_comments_skipped() {
        let text = "\u{feff}code,name\n# a comment\n\n 01 , Đắk Lắk\n02,\n";
        let table = CsvTable::parse("a.csv", text, &["code", "name"], &[]).unwrap();
        let rows: Vec<_> = table.rows().collect();
        assert_eq!(rows[0].optional("name"), Some("Đắk Lắk"));
        assert_eq!((rows[0].line(), rows[1].line()), (4, 5));
        assert_eq!(rows[1].optional("name"), None);
    }

    #[test]
    fn complaints_name_file_line_and_column() {
        let cases = [
            ("code\n1\n", "a.csv has no column `name`, found `code` | "),
            (
                "code;name\n",
                "a.csv has no column `code`, found `code;name` | \
                 separate the columns by commas, not by semicolons",
            ),
            (
                "code,name,valid_form\n",
                "a.csv has an unknown column `valid_form`, expected only `code`, `name`, \
                 `valid_from`, `latitude` | the nearest known column is `valid_from`",
            ),
            ("code,name,name\n", "a.csv has the column `name` twice, expected it once | "),
            ("code,name\n1,x,y\n", "a.csv, line 2: found 3 cells, expected 2 as in the header | "),
            (
                "code,name\n1,x\n2,\n",
                "a.csv, line 3, column `name`: found nothing, expected a value | ",
            ),
            (
                "code,name,valid_from\n1,x,01/07/2025\n",
                "a.csv, line 2, column `valid_from`: found `01/07/2025`, \
                 expected a date such as 2025-07-01 | ",
            ),
            (
                "code,name,latitude\n1,x,108.2\n",
                "a.csv, line 2, column `latitude`: found `108.2`, \
                 expected a number from -90 to 90 | ",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(message(text), expected);
        }
    }
}
