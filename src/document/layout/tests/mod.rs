//! Layout, compared as page model.

mod decree;
mod flow;
mod hostile;
mod notes;
mod overlap;
mod structure;
mod tables;

use std::sync::LazyLock;

use super::*;
use crate::document::block::{Align, Column, Figure, Letterhead, Plate, Signature, Span, Table};
use crate::document::page::{Drawing, Face, TextRun};

const HALF_A_MILLIMETRE: f64 = 0.5 * MILLIMETRE;

fn family() -> &'static Family {
    static FAMILY: LazyLock<Family> = LazyLock::new(|| Family::libertinus().unwrap());
    &FAMILY
}

fn span(text: &str) -> Span {
    Span { text: text.into(), ..Span::default() }
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![span(text)])
}

fn pages(blocks: Vec<Block>) -> Vec<Page> {
    let document = Document { blocks, ..Document::default() };
    lay_out(&document, family(), &Style::default()).unwrap().pages
}

fn runs(page: &Page) -> Vec<&TextRun> {
    fn text(item: &Item) -> Option<&TextRun> {
        match item {
            Item::Text(run) => Some(run),
            Item::Path(_) => None,
        }
    }
    page.items.iter().map(|placed| &placed.item).filter_map(text).collect()
}

fn run<'a>(page: &'a Page, text: &str) -> &'a TextRun {
    let found = runs(page).into_iter().find(|run| run.text.starts_with(text));
    found.unwrap_or_else(|| panic!("no run starts with {text}"))
}

fn right_edge(run: &TextRun) -> f64 {
    let spaces = run.text.chars().filter(|c| *c == ' ').count() as f64;
    run.x + family().width(run.face, run.size, &run.text) + spaces * run.word_spacing
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < HALF_A_MILLIMETRE, "found {found}, expected {expected}");
}

fn column(title: &str, align: Align) -> Column {
    Column { title: title.into(), align, width: None }
}

fn table(rows: usize) -> Table {
    let row = |n: usize| vec![format!("row{n}"), format!("{n},5")];
    Table {
        source: String::new(),
        caption: "Caption".into(),
        columns: vec![column("Name", Align::Left), column("Value", Align::Right)],
        rows: (0..rows).map(row).collect(),
        note: "Note".into(),
    }
}

fn letterhead() -> Block {
    Block::Letterhead(Letterhead {
        parent: "ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK".into(),
        issuer: "SỞ KHOA HỌC VÀ CÔNG NGHỆ".into(),
        number: "Số:      /BC-SKHCN".into(),
        about: String::new(),
        nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".into(),
        motto: "Độc lập - Tự do - Hạnh phúc".into(),
        place_and_date: "Đắk Lắk, ngày      tháng 11 năm 2025".into(),
    })
}

/// The rules of a page: start, length and height.
fn rules(page: &Page) -> Vec<(f64, f64, f64)> {
    let rule = |item: &Item| match item {
        Item::Path(path) => {
            path.rings.first().map(|ring| (ring[0].0, ring[1].0 - ring[0].0, ring[0].1))
        }
        Item::Text(_) => None,
    };
    page.items.iter().map(|placed| &placed.item).filter_map(rule).collect()
}
