//! CSV files: UTF-8 with or without byte order mark, separated by commas, semicolons or tabs.

use csv::ReaderBuilder;

use super::{Cell, Row, Rows, SheetFault};

/// The rows of a file. The separator is the one that the first line with any of them has most of.
pub(super) fn parse(file: &str, bytes: &[u8]) -> Result<Vec<Row>, SheetFault> {
    let text = decode(file, bytes)?;
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(text))
        .from_reader(text.as_bytes());
    let mut rows = Rows::of(file);
    let (mut at, mut number) = (0, 0);
    let mut line = 1;
    for record in reader.records() {
        let record = record.map_err(|e| SheetFault::Unreadable {
            file: file.to_owned(),
            message: e.to_string(),
        })?;
        // The reader's own count leaves out blank lines before a record.
        let begins = record.position().map_or(at, |position| position.byte() as usize);
        let blank = text.get(begins..).unwrap_or_default();
        let begins = begins + blank.len() - blank.trim_start_matches(['\r', '\n']).len();
        line += text.get(at..begins).unwrap_or_default().matches('\n').count();
        at = begins;
        number = u32::try_from(line).unwrap_or(u32::MAX).max(number + 1);
        for (column, cell) in (0..).zip(&record) {
            rows.add(number, column, Cell::text(cell))?;
        }
    }
    rows.finish()
}

/// Other encodings are not guessed: a wrong guess makes wrong names.
fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, SheetFault> {
    let fault = |found: &str| SheetFault::Content {
        file: file.to_owned(),
        found: found.to_owned(),
        expected: "text in UTF-8".to_owned(),
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0) {
        return Err(fault("text in UTF-16 or bytes that are no text"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(fault("the content of an XLSX file"));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        fault(&format!("bytes on line {line} that are not UTF-8, perhaps Windows-1258"))
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn separator(text: &str) -> u8 {
    let count = |line: &str, separator: u8| line.bytes().filter(|byte| *byte == separator).count();
    // The later of equal ones is taken: a semicolon before a comma.
    let most = |line: &str| {
        let counts = [b',', b'\t', b';'].map(|separator| (count(line, separator), separator));
        counts.into_iter().max_by_key(|(count, _)| *count).filter(|(count, _)| *count > 0)
    };
    text.lines().find_map(most).map_or(b',', |(_, separator)| separator)
}
