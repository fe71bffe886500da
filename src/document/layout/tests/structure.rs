//! What the things on pages are.

use super::*;
use crate::document::specimen;
use crate::document::structure::{Element, Role, Structure};

fn laid(document: &Document) -> crate::document::page::Laid {
    lay_out(document, family(), &Style::default()).unwrap()
}

fn outline(structure: &Structure) -> Vec<(u8, &str)> {
    fn heading(element: &Element) -> Option<(u8, &str)> {
        match element.role {
            Role::Heading(depth) => Some((depth, &element.text)),
            _ => None,
        }
    }
    structure.iter().filter_map(|(_, element)| heading(element)).collect()
}

#[test]
fn headings_nest_under_titles_and_annexes() {
    let report = laid(&specimen::report());
    let subject = "BÁO CÁO Kết quả đo chất lượng truy nhập Internet tháng 10 năm 2025 & <thử>";
    assert_eq!(
        outline(&report.structure),
        [
            (1, subject),
            (2, "I. KẾT QUẢ"),
            (3, "1. Thu thập mẫu"),
            (4, "a) Theo nhà mạng"),
            (1, "Phụ lục I KẾT QUẢ THEO XÃ"),
            (2, "I. BẢNG"),
            (1, "Phụ lục II PHƯƠNG PHÁP"),
        ]
    );
    let letters = laid(&specimen::letters());
    assert_eq!(
        outline(&letters.structure),
        [
            (1, "V/v đo i-Speed tại xã Ea Ktur"),
            (1, "Phụ lục DANH SÁCH"),
            (1, "V/v đo i-Speed tại phường Ea Kao"),
            (1, "Phụ lục DANH SÁCH"),
        ]
    );
}

#[test]
fn all_text_but_furniture_and_repeated_heads_is_content() {
    for document in [specimen::report(), specimen::letters()] {
        let laid = laid(&document);
        for page in &laid.pages {
            let loose = page.items.iter().filter(|placed| placed.element.is_none());
            for placed in loose {
                let Item::Text(run) = &placed.item else { continue };
                let banner = document.banners.contains(&run.text);
                let number = run.text.chars().all(|c| c.is_ascii_digit()) && run.y < 56.0;
                let head = run.face == Face::Bold && run.size == 11.0;
                assert!(banner || number || head, "{run:?}");
            }
        }
    }
}

#[test]
fn a_table_has_one_head_and_a_cell_for_every_place() {
    let laid = laid(&Document {
        blocks: vec![Block::Table(specimen::intervals(100))],
        ..Document::default()
    });
    assert!(laid.pages.len() > 1);
    let count = |role| laid.structure.iter().filter(|(_, e)| e.role == role).count();
    assert_eq!(count(Role::Table), 1);
    assert_eq!(count(Role::HeaderCell), 4);
    assert_eq!(count(Role::Row), 101);
    assert_eq!(count(Role::Cell), 400);
    assert_eq!(count(Role::Caption), 1);
}
