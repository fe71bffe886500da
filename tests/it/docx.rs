//! The DOCX of each report: what an office opens to edit the draft.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::bundle::squeezed;
use crate::shared::small_month;

/// A part of a DOCX file.
pub fn part(file: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A copy of a DOCX file whose text was edited, as a word processor saves it: with other times.
pub fn edit(file: &Path, to: &Path, change: impl Fn(String) -> String) {
    let mut archive = ZipArchive::new(Cursor::new(std::fs::read(file).unwrap())).unwrap();
    let mut copy = ZipWriter::new(std::fs::File::create(to).unwrap());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name == "word/document.xml" {
            bytes = change(String::from_utf8(bytes).unwrap()).into_bytes();
        }
        copy.start_file(name, SimpleFileOptions::default()).unwrap();
        copy.write_all(&bytes).unwrap();
    }
    copy.finish().unwrap();
}

/// The text between tags.
pub fn text(xml: &str) -> String {
    let parts = xml.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    parts.collect::<Vec<_>>().join(" ").replace("&amp;", "&").replace("&quot;", "\"")
}

#[test]
fn it_says_what_the_pdf_says() {
    let files = small_month().bundle.files();
    for report in ["ministry", "committee"] {
        let docx = &files[&format!("send/reports/{report}.docx")];
        let words = squeezed(&text(&part(docx, "word/document.xml")));
        for expected in [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Số: /BC-SKHCN",
            "Kính gửi:",
            "Phụ lục I",
            "Nơi nhận:",
            "./.",
        ] {
            assert!(words.contains(&squeezed(expected)), "{report}: no `{expected}`");
        }
        for header in ["word/header1.xml", "word/header2.xml", "word/header4.xml"] {
            assert!(part(docx, header).contains("DỰ THẢO"), "{report}: {header}");
        }
        let properties = part(docx, "docProps/core.xml");
        assert!(properties.contains("2025-11-15T00:00:00Z"), "{properties}");
    }
}

#[test]
fn every_table_repeats_its_head() {
    let docx = &small_month().bundle.files()["send/reports/ministry.docx"];
    let body = part(docx, "word/document.xml");
    let tables = body.matches("<w:tblBorders>").count();
    assert!(tables > 5, "{tables}");
    assert_eq!(body.matches("<w:tblHeader/>").count(), tables);
}
