use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

fn message(file: &str, bytes: &[u8]) -> String {
    parse(file, bytes, None).expect_err(file).to_string()
}

/// A workbook with a title, a header on row 3 and one row of values.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Khác").unwrap().write_string(0, 0, "x").unwrap();
    let sheet = workbook.add_worksheet().set_name("Biểu 03").unwrap();
    sheet.write_string(0, 0, "BIỂU MẪU 03").unwrap();
    sheet.write_string(2, 0, "Đơn vị").unwrap();
    sheet.write_string(2, 2, "Ngày nhận").unwrap();
    sheet.write_string(3, 0, " =1+1 ").unwrap();
    sheet.write_number(3, 1, 1234.0).unwrap();
    let day = ExcelDateTime::from_ymd(2025, 11, 9).unwrap();
    let format = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_datetime_with_format(3, 2, &day, &format).unwrap();
    sheet.write_formula(3, 3, rust_xlsxwriter::Formula::new("=B4*2").set_result("2468")).unwrap();
    sheet.write_boolean(3, 4, true).unwrap();
    workbook.save_to_buffer().unwrap()
}

/// The workbook with one part changed.
fn changed(part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let bytes = workbook();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).unwrap();
        let mut content = String::new();
        std::io::Read::read_to_string(&mut entry, &mut content).unwrap();
        let name = entry.name().unwrap().into_owned();
        let content = if name == part { change(content) } else { content };
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_gives_text_numbers_and_dates_of_the_sheet_that_is_asked_for() {
    let rows = parse("a.xlsx", &workbook(), Some("Biểu 03")).unwrap();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 3, 4]);
    let day = Date::constant(2025, 11, 9);
    assert_eq!(
        rows[2].cells[..4],
        [text("=1+1"), Cell::Number(1234.0), Cell::Date(day), Cell::Number(2468.0)]
    );
    assert!(matches!(rows[2].cells[4], Cell::Other(_)));
    assert_eq!(rows[1].cells, [text("Đơn vị"), Cell::Empty, text("Ngày nhận")]);
    assert_eq!(parse("a.XLSX", &workbook(), None).unwrap()[0].cells, [text("x")]);
    let missing = parse("a.xlsx", &workbook(), Some("Biểu 04")).unwrap_err().to_string();
    assert!(missing.contains("no sheet `Biểu 04`, found `Khác`, `Biểu 03`"), "{missing}");
}

#[test]
fn dates_of_the_1904_system_are_the_days_that_were_typed() {
    let bytes = changed("xl/workbook.xml", |text| {
        text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ")
    });
    let rows = parse("a.xlsx", &bytes, Some("Biểu 03")).unwrap();
    // The same serial number, 1462 days later.
    assert_eq!(rows[2].cells[2], Cell::Date(Date::constant(2029, 11, 10)));
}

#[test]
fn csv_is_read_whatever_its_separator() {
    for (separator, mark) in [(",", ""), (";", "\u{feff}"), ("\t", "")] {
        let lines = ["Tiêu đề", "Đơn vị|Số lượt", "", "\"Xã A\"|1.234"].join("\r\n");
        let bytes = format!("{mark}{}", lines.replace('|', separator));
        let rows = parse("a.csv", bytes.as_bytes(), None).unwrap();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 4], "{separator}");
        assert_eq!(rows[2].cells, [text("Xã A"), text("1.234")]);
    }
}

#[test]
fn other_encodings_and_formats_are_named() {
    let utf16: Vec<u8> = "a;b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (file, bytes, expected) in [
        ("a.csv", &utf16[..], "UTF-16"),
        ("a.csv", b"a;b\nX\xe3;1\n", "bytes on line 2 that are not UTF-8, perhaps Windows-1258"),
        ("a.csv", b"PK\x03\x04rest", "the content of an XLSX file"),
        ("a.csv", b"\n;;\n", "has no value"),
        ("a.xls", b"", "the extension `xls`, expected `csv` or `xlsx`"),
        ("a", b"", "no extension"),
        ("a.xlsx", b"", "not a whole XLSX file"),
        ("a.xlsx", b"PK\x03\x04", "not a whole XLSX file"),
    ] {
        let found = message(file, bytes);
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_held() {
    let wide = "x;".repeat(MAX_COLUMNS as usize) + "x";
    assert!(message("a.csv", wide.as_bytes()).contains("a value in column 501"));
    let long = "x\n".repeat(MAX_ROWS as usize + 1);
    assert!(message("a.csv", long.as_bytes()).contains("more than 50000 rows"));
    let bomb = changed("xl/worksheets/sheet1.xml", |_| " ".repeat(MAX_UNPACKED_BYTES as usize));
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert!(message("a.xlsx", &bomb).contains("bytes unpacked"));
    let strings = changed("xl/sharedStrings.xml", |text| {
        text.replace("uniqueCount=\"", "uniqueCount=\"99999999999")
    });
    assert!(message("a.xlsx", &strings).contains("a table of 99999999999"));
    let far =
        changed("xl/worksheets/sheet1.xml", |text| text.replace("r=\"A1\"", "r=\"XFD1048576\""));
    assert!(message("a.xlsx", &far).contains("a value in column 16384"));
}

#[test]
fn a_damaged_workbook_is_an_error_and_never_a_panic() {
    let whole = workbook();
    for end in (0..whole.len()).step_by(37) {
        assert!(parse("a.xlsx", &whole[..end], None).is_err(), "{end}");
    }
    for place in (0..whole.len()).step_by(11) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        let _ = parse("a.xlsx", &bytes, Some("Biểu 03"));
    }
    for (from, to) in
        [("r=\"A1\"", "r=\"A0\""), ("r=\"1\"", "r=\"4294967296\""), ("t=\"s\"", "t=\"zz\"")]
    {
        let bytes = changed("xl/worksheets/sheet1.xml", |text| text.replace(from, to));
        let _ = parse("a.xlsx", &bytes, None);
    }
}
