use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::*;
use crate::document::issue::issued;
use crate::document::sample;

fn file() -> Vec<u8> {
    let document = issued(&sample::document(), None);
    write(&document, &Family::libertinus().unwrap(), &Style::default()).unwrap()
}

fn part(file: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// How often an element stands in a part.
fn count(part: &str, element: &str) -> usize {
    [" ", "/>", ">"].map(|end| part.matches(&format!("<{element}{end}")).count()).iter().sum()
}

#[test]
fn every_part_is_well_formed_and_carries_the_date_of_the_report() {
    let file = file();
    let mut archive = ZipArchive::new(Cursor::new(&file)).unwrap();
    assert_eq!(archive.len(), 15);
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let time = entry.last_modified().unwrap();
        assert_eq!((time.year(), time.month(), time.day()), (2025, 11, 15), "{:?}", entry.name());
        if entry.name().unwrap().ends_with(".png") {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let mut reader = Reader::from_str(&text);
        while !matches!(reader.read_event().unwrap(), Event::Eof) {}
    }
    let properties = part(&file, "docProps/core.xml");
    assert!(properties.contains("2025-11-15T00:00:00Z</dcterms:modified>"), "{properties}");
    assert!(properties.contains("<dc:title>Báo cáo: kết quả đo tháng 10</dc:title>"));
    assert_eq!(file, self::file());
}

#[test]
fn sections_number_their_pages_anew_and_lie_as_the_annex_wants() {
    let body = part(&file(), "word/document.xml");
    assert_eq!(count(&body, "w:sectPr"), 3);
    assert_eq!(count(&body, "w:titlePg"), 3);
    assert_eq!(body.matches("<w:pgNumType w:start=\"1\"/>").count(), 3);
    // 210 × 297 mm; margins of 20, 15, 20, 30 mm.
    assert_eq!(body.matches("<w:pgSz w:w=\"11906\" w:h=\"16838\"/>").count(), 2);
    let landscape = "<w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/>";
    assert_eq!(body.matches(landscape).count(), 1);
    let margins = "w:top=\"1134\" w:right=\"850\" w:bottom=\"1134\" w:left=\"1701\"";
    assert_eq!(body.matches(margins).count(), 3);
    assert_eq!(body.matches("w:type=\"first\" r:id=\"rIdHeader4\"").count(), 1);
    assert!(body.find(landscape).unwrap() > body.find("Phụ lục I<").unwrap());
}

#[test]
fn banners_stand_on_every_page_and_numbers_on_all_but_the_first() {
    let file = file();
    let (first, others) = (part(&file, "word/header2.xml"), part(&file, "word/header1.xml"));
    for header in [&first, &others] {
        assert!(header.contains("DỰ THẢO") && header.contains("DỮ LIỆU MÔ PHỎNG"), "{header}");
    }
    assert!(!first.contains("PAGE"));
    assert!(others.contains("<w:fldSimple w:instr=\" PAGE \">"));
}

#[test]
fn tables_repeat_their_head_and_rows_stay_whole() {
    let body = part(&file(), "word/document.xml");
    assert_eq!(count(&body, "w:tblHeader"), 2);
    // Two tables of a head and three rows, two rows of the letterhead, one of the signature.
    assert_eq!(count(&body, "w:tr"), 2 * 4 + 2 + 1);
    assert_eq!(count(&body, "w:cantSplit"), 2 * 4 + 2 + 1);
}

#[test]
fn notes_lists_headings_and_pictures_are_real_ones() {
    let file = file();
    let body = part(&file, "word/document.xml");
    assert!(body.contains("<w:footnoteReference w:id=\"1\"/>"));
    assert!(part(&file, "word/footnotes.xml").contains("Tính đến 31/10/2025."));
    assert_eq!(body.matches("<w:pStyle w:val=\"ListBullet\"/>").count(), 2);
    assert!(part(&file, "word/numbering.xml").contains("<w:lvlText w:val=\"-\"/>"));
    assert_eq!(body.matches("<w:pStyle w:val=\"Heading1\"/>").count(), 1);
    let described = "descr=\"Tăng từ 30 lên 40 &amp; &quot;ổn định&quot;\"";
    assert!(body.contains(described), "{body}");
    // 200 points wide, half as high, in units of 1/12700 point.
    assert!(body.contains("<wp:extent cx=\"2540000\" cy=\"1270000\"/>"));
}

#[test]
fn text_of_the_data_stays_text() {
    let body = part(&file(), "word/document.xml");
    let hostile = "=HYPERLINK(&quot;x&quot;) &lt;b&gt;&amp;amp; ../x {{ x }}<";
    assert_eq!(body.matches(hostile).count(), 2);
}

#[test]
fn what_opens_a_page_is_no_empty_paragraph() {
    let body = part(&file(), "word/document.xml");
    let text = &body[..body.find("Hết.").unwrap()];
    let paragraph = &text[text.rfind("<w:p>").unwrap()..];
    assert!(paragraph.contains("<w:pageBreakBefore/>"), "{paragraph}");
    assert_eq!(count(&body, "w:pageBreakBefore"), 1);
}
