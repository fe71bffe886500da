use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::*;
use crate::document::block::{Block, Document};
use crate::document::font::Family;
use crate::document::issue::Issue;
use crate::document::layout::{Style, lay_out};
use crate::document::page::Item;
use crate::document::{docx as docx_file, pdf as pdf_file, sample};
use jiff::civil::Date;
use tempfile::TempDir;

/// A bundle with nothing but the sample document and a shorter one.
struct Bundle {
    folder: TempDir,
}

impl Bundle {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let short = Document {
            blocks: vec![sample::paragraph("Công văn đôn đốc lần 2, gửi 77 xã")],
            ..Document::default()
        };
        let documents =
            BTreeMap::from([("letter".to_owned(), short), ("ministry".to_owned(), report())]);
        for (name, bytes) in store::save(&documents, &BTreeSet::new()).unwrap() {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Bundle { folder }
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("edited");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn compare(&self, bytes: &[u8]) -> Vec<String> {
        let found = compare(self.folder.path(), &self.file(bytes), None).unwrap();
        assert_eq!(found.document, "ministry");
        found.differences.iter().map(ToString::to_string).collect()
    }

    /// The differences of an edited document, in both formats.
    fn both(&self, document: &Document) -> [Vec<String>; 2] {
        let family = Family::libertinus().unwrap();
        let style = Style::default();
        let pages = lay_out(document, &family, &style).unwrap();
        [
            self.compare(&docx_file::write(document, &family, &style).unwrap()),
            self.compare(&pdf_file::write(&pages, document, &family).unwrap()),
        ]
    }
}

/// The sample without notes at the foot of pages.
fn report() -> Document {
    let mut document = sample::document();
    for block in &mut document.blocks {
        if let Block::Paragraph(spans) = block {
            spans.iter_mut().for_each(|span| span.footnote = None);
        }
    }
    document
}

fn draft() -> Document {
    issued(&report(), None)
}

fn edited(edit: impl Fn(&mut Block)) -> Document {
    let mut document = draft();
    document.blocks.iter_mut().for_each(edit);
    document
}

fn in_table(edit: impl Fn(&mut crate::document::block::Table)) -> Document {
    let mut document = draft();
    let tables = document.blocks.iter_mut().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    tables.take(1).for_each(edit);
    document
}

#[test]
fn what_nobody_edited_has_no_difference() {
    for found in Bundle::new().both(&draft()) {
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn number_day_and_signer_may_be_filled_in() {
    let date = Date::constant(2025, 12, 3);
    let issue = Issue { number: 987, date, signer: "Nguyễn Văn A".into() };
    for found in Bundle::new().both(&issued(&report(), Some(&issue))) {
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn a_changed_number_is_found_in_a_paragraph() {
    let document = edited(|block| {
        if let Block::Paragraph(spans) = block {
            for span in spans {
                span.text = span.text.replace("11/102", "12/102");
            }
        }
    });
    for found in Bundle::new().both(&document) {
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("đạt [12]/102 xã"), "{found:?}");
        assert!(found[0].ends_with("”: found 12, the bundle has 11"), "{found:?}");
    }
}

#[test]
fn a_changed_number_is_found_in_its_cell() {
    let document = in_table(|table| table.rows[0][2] = "83,52".into());
    let expected =
        "table 1, row \"Xã Ea Kar\", column \"Trung vị\": found 83,52, the bundle has 38,52";
    for found in Bundle::new().both(&document) {
        assert_eq!(found, [expected]);
    }
}

#[test]
fn neighbours_in_a_row_are_told_apart() {
    // The second number becomes what the first was.
    let document = in_table(|table| {
        table.rows[0][1] = "300".into();
        table.rows[0][2] = "1.234".into();
    });
    let place = "table 1, row \"Xã Ea Kar\", column";
    for found in Bundle::new().both(&document) {
        assert_eq!(
            found,
            [
                format!("{place} \"Mẫu\": found 300, the bundle has 1.234"),
                format!("{place} \"Trung vị\": found 1.234, the bundle has 38,52"),
            ]
        );
    }
}

#[test]
fn rows_that_change_places_keep_their_numbers_and_a_lost_row_is_missed() {
    let bundle = Bundle::new();
    let [docx, _] = bundle.both(&in_table(|table| drop(table.rows.remove(1))));
    let place = "table 1, row \"Xã Krông Pắc\", column";
    assert_eq!(
        docx,
        [
            format!("{place} \"Mẫu\": found nothing, the bundle has 300"),
            format!("{place} \"Trung vị\": found nothing, the bundle has 41,07"),
        ]
    );
}

#[test]
fn words_may_be_rewritten_and_known_figures_added() {
    let document = edited(|block| match block {
        Block::Paragraph(spans) if spans.len() > 1 => {
            spans[0].text = "Đến hết tháng, trên địa bàn có ".into();
            spans[1].text = "11 xã, phường trong tổng số 102 đạt chỉ tiêu".into();
        }
        Block::Paragraph(spans) => spans[0].text.push_str(" Xã Krông Pắc: 41,07 Mbps."),
        _ => {}
    });
    for found in Bundle::new().both(&document) {
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn an_added_number_that_was_not_measured_is_told() {
    let document = edited(|block| match block {
        Block::Paragraph(spans) if spans[0].text.starts_with("Trân") => {
            spans[0].text = "Sở đã tổ chức 46 buổi tuyên truyền. Trân trọng báo cáo./.".into();
        }
        _ => {}
    });
    for found in Bundle::new().both(&document) {
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("tổ chức [46] buổi"), "{found:?}");
        assert!(found[0].ends_with("found 46, not in the bundle"), "{found:?}");
    }
}

#[test]
fn the_document_is_found_or_named() {
    let bundle = Bundle::new();
    let docx =
        docx_file::write(&draft(), &Family::libertinus().unwrap(), &Style::default()).unwrap();
    let file = bundle.file(&docx);
    let found = compare(bundle.folder.path(), &file, Some("letter")).unwrap();
    assert!(found.differences.iter().any(|d| d.to_string().contains("the bundle has 77")));
    let unknown = compare(bundle.folder.path(), &file, Some("x")).unwrap_err().to_string();
    assert!(unknown.contains("letter, ministry"), "{unknown}");
    let other = compare(bundle.folder.path(), &bundle.file(b"hello"), None).unwrap_err();
    assert!(other.to_string().contains("neither a DOCX nor a PDF"), "{other}");
}

#[test]
fn numbers_that_change_places_are_found_where_the_words_stayed() {
    let swap = |text: &str| text.replace("66", "#").replace("40", "66").replace('#', "40");
    let document = edited(|block| {
        if let Block::List(items) = block {
            items.iter_mut().flatten().for_each(|span| span.text = swap(&span.text));
        }
    });
    for found in Bundle::new().both(&document) {
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].ends_with("found 40, the bundle has 66"), "{found:?}");
    }
}

#[test]
fn notes_at_the_foot_of_a_page_are_compared() {
    let mut noted = draft();
    noted.blocks.push(sample::noted("Xem thêm", "Tính đến 31/10/2025."));
    let mut changed = draft();
    changed.blocks.push(sample::noted("Xem thêm", "Tính đến 30/10/2025."));
    let docx = |document: &Document| {
        docx_file::write(document, &Family::libertinus().unwrap(), &Style::default()).unwrap()
    };
    let expected = passages(&noted, false);
    let known = BTreeSet::new();
    let compare = |document: &Document| {
        align::differences(&expected, &docx::read(&docx(document)).unwrap(), &known)
    };
    assert!(compare(&noted).is_empty());
    let found = compare(&changed);
    assert_eq!(
        found[0].to_string(),
        "paragraph “Tính đến [30/10/2025]”: found 30/10/2025, the bundle has 31/10/2025"
    );
}

#[test]
fn what_a_letter_is_about_is_no_blank() {
    let mut report = draft();
    for block in &mut report.blocks {
        if let Block::Letterhead(head) = block {
            head.about = "V/v kết quả tháng 10 năm 2025".into();
        }
    }
    let expected = passages(&report, false);
    let read = |document: &Document| {
        let family = Family::libertinus().unwrap();
        docx::read(&docx_file::write(document, &family, &Style::default()).unwrap()).unwrap()
    };
    assert!(align::differences(&expected, &read(&report), &BTreeSet::new()).is_empty());
    let Block::Letterhead(head) = &mut report.blocks[0] else { panic!() };
    head.about = "V/v kết quả tháng 11 năm 2025".into();
    head.number = "Số: 77/SKHCN".into();
    let found = align::differences(&expected, &read(&report), &BTreeSet::new());
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("found 11, the bundle has 10"), "{found:?}");
}

#[test]
fn a_figure_may_stand_where_there_was_room_but_its_numbers_must_stay() {
    let family = Family::libertinus().unwrap();
    let pdf = |document: &Document| {
        let pages = lay_out(document, &family, &Style::default()).unwrap();
        Bundle::new().compare(&pdf_file::write(&pages, document, &family).unwrap())
    };
    let mut moved = draft();
    let is_figure = |block: &Block| matches!(block, Block::Figure(_));
    let at = moved.blocks.iter().position(is_figure).unwrap();
    let figure = moved.blocks.remove(at);
    moved.blocks.push(figure);
    assert_eq!(pdf(&moved), Vec::<String>::new());
    let changed = edited(|block| {
        let Block::Figure(figure) = block else { return };
        for item in &mut figure.plate.drawing.items {
            if let Item::Text(run) = item {
                run.text.push_str(" 47");
            }
        }
    });
    assert_eq!(pdf(&changed), ["paragraph “Tốc độ <Mbps> [47]”: found 47, not in the bundle"]);
}
