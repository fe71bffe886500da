//! The public page: nothing on it that is not published, and no difference that is not supported.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fixture::{Fixture, batch};
use super::tests::text;
use super::*;
use crate::document::block::{Block, Document, Table};
use crate::document::issue::issued;

fn page(fixture: &Fixture) -> Document {
    let templates = Templates::embedded();
    issued(&render("public.md", &templates, &fixture.sources(), &BTreeMap::new()).unwrap(), None)
}

fn tables(document: &Document) -> Vec<&Table> {
    let table = |block: &'_ Block| matches!(block, Block::Table(_));
    let tables = document.blocks.iter().filter(|block| table(block));
    tables
        .filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None })
        .collect()
}

const PAIRS: &str = "indicator:s family:s commune_code:s commune_name:s commune_valid_from:d \
                     operator_a:s operator_b:s verdict:s";

/// Two operators and the verdict on them.
type Pair<'a> = (&'a str, &'a str, &'a str);

/// Pairs of a commune, or of the province with an empty code.
fn with_pairs(code: &str, pairs: &[Pair<'_>]) -> Fixture {
    let mut fixture = Fixture::small();
    let rows: Vec<Value> = pairs
        .iter()
        .map(|(a, b, verdict)| {
            let (code, from) = if code.is_empty() {
                (Value::Null, Value::Null)
            } else {
                (json!(code), json!("2025-07-01"))
            };
            json!({"indicator": "download_mbps", "family": "mobile", "commune_code": code,
                   "commune_valid_from": from, "operator_a": a, "operator_b": b,
                   "verdict": verdict})
        })
        .collect();
    fixture.tables.insert("comparisons".into(), batch(PAIRS, &rows));
    fixture
}

/// The sentence about mobile operators behind a heading.
fn sentence(fixture: &Fixture, heading: &str) -> String {
    let words = text(&page(fixture));
    let behind = words.split_once(&format!("\n{heading}\n")).expect("heading").1;
    let found =
        behind.lines().find(|line| line.starts_with("Băng rộng di động") && line.len() > 30);
    found.unwrap_or_default().to_owned()
}

#[test]
fn only_published_cells_show_a_number() {
    let document = page(&Fixture::small());
    let commune = tables(&document).into_iter().find(|table| table.caption.is_empty()).unwrap();
    // Đông Hòa: 320 mobile samples, of which a half, a third and a quarter; a quarter of it fixed.
    let cells: Vec<&[String]> = commune.rows.iter().map(Vec::as_slice).collect();
    assert_eq!(cells[0][..4], ["Băng rộng di động", "MobiFone", "106", "63,98 (57,59–70,38)"]);
    let hidden = ["Băng rộng cố định", "Viettel", "–", "chưa đủ mẫu", "–"];
    assert_eq!(cells[4][..5], hidden);
    let words = text(&document);
    for internal in ["bị loại", "trùng lặp", "nghi vấn", "Thiết bị", "DỰ THẢO", "lõm sóng,"]
    {
        assert!(!words.contains(internal), "{internal}\n{words}");
    }
    assert!(document.banners.is_empty());
    assert!(words.contains("Xã Cư M’gar: chưa đủ mẫu để công bố."), "{words}");
}

#[test]
fn a_median_without_interval_is_not_public() {
    let mut fixture = Fixture::small();
    for table in ["operator", "commune_operator"] {
        let batch = &fixture.tables[table];
        let mut columns = batch.columns().to_vec();
        for end in ["low", "high"] {
            let at = batch.schema().index_of(&format!("download_mbps_median_{end}")).unwrap();
            let none: Vec<Option<f64>> = vec![None; batch.num_rows()];
            columns[at] = std::sync::Arc::new(arrow::array::Float64Array::from(none));
        }
        let schema = batch.schema();
        let batch = arrow::array::RecordBatch::try_new(schema, columns).unwrap();
        fixture.tables.insert(table.into(), batch);
    }
    let document = page(&fixture);
    let numbers = tables(&document)[0].rows.iter().flatten().filter(|cell| cell.contains(','));
    assert_eq!(numbers.count(), 0);
    let words = text(&document);
    assert!(words.contains("Kỳ này chưa có xã, phường nào đủ mẫu để công bố"), "{words}");
    assert!(words.contains("Phường Đông Hòa, Xã Cư M’gar và Xã Ea Kar: chưa đủ mẫu"), "{words}");
}

#[test]
fn communes_have_headings_and_the_province_one_table() {
    let document = page(&Fixture::small());
    let headings: Vec<u8> = document
        .blocks
        .iter()
        .filter_map(
            |block| if let Block::Heading { level, .. } = block { Some(*level) } else { None },
        )
        .collect();
    assert_eq!(headings, [1, 1, 1, 2, 2, 2, 1, 1]);
    assert_eq!(tables(&document).len(), 3);
}

#[test]
fn comparisons_say_what_the_tests_support() {
    let both = ["MobiFone", "Viettel", "VNPT"];
    let [a, b, c] = both;
    let cases: [(&[Pair<'_>], &str); 6] = [
        (
            &[],
            "Băng rộng di động: chưa đủ số liệu để so sánh tốc độ tải xuống của các doanh nghiệp.",
        ),
        (
            &[(a, b, "equivalent"), (a, c, "equivalent"), (b, c, "equivalent")],
            "Băng rộng di động: tốc độ tải xuống của 03 doanh nghiệp đủ mẫu là tương đương.",
        ),
        (
            &[(a, b, "equivalent"), (a, c, "not_comparable")],
            "Băng rộng di động: tốc độ tải xuống của các doanh nghiệp là tương đương hoặc chưa đủ số liệu để so sánh.",
        ),
        (
            &[(a, b, "b_better"), (a, c, "equivalent"), (b, c, "equivalent")],
            "Băng rộng di động, tốc độ tải xuống: Viettel cao hơn MobiFone. Các cặp còn lại là tương đương.",
        ),
        (
            &[(a, b, "a_better"), (a, c, "a_better"), (b, c, "not_comparable")],
            "Băng rộng di động, tốc độ tải xuống: MobiFone cao hơn Viettel và VNPT. Cặp còn lại chưa đủ số liệu để so sánh.",
        ),
        (
            &[(a, b, "a_better"), (a, c, "equivalent"), ("Không xác định", c, "a_better")],
            "Băng rộng di động, tốc độ tải xuống: MobiFone cao hơn Viettel. Các cặp còn lại là tương đương hoặc chưa đủ số liệu để so sánh.",
        ),
    ];
    for (pairs, expected) in cases {
        assert_eq!(sentence(&with_pairs("", pairs), "2. Toàn tỉnh Đắk Lắk"), expected);
        assert_eq!(sentence(&with_pairs("24000", pairs), "Xã Ea Kar"), expected);
    }
    let one = Fixture::new(&["Xã A", "Xã B"], &["Viettel"], 640);
    let expected = "Băng rộng di động: chỉ có một doanh nghiệp đủ mẫu nên không so sánh.";
    assert_eq!(sentence(&one, "Xã A"), expected);
}

#[test]
fn hostile_names_are_text() {
    let names = ["=HYPERLINK(\"a\")", "<b>x</b>", "../x", "{{ x }}", "| a | b"];
    let fixture = Fixture::new(&["Xã <i>A</i>", "Xã B"], &names, 6400);
    let words = text(&page(&fixture));
    for name in names {
        assert!(words.contains(&format!("\n{name}\n")), "{name}\n{words}");
    }
    assert!(words.contains("Xã <i>A</i>"));
}

#[test]
fn simulated_data_and_empty_months_say_so() {
    let mut fixture = Fixture::new(&["Xã A"], &[], 0);
    for name in ["operator", "commune", "commune_operator", "province"] {
        let table = fixture.tables[name].slice(0, 0);
        fixture.tables.insert(name.into(), table);
    }
    fixture.simulated = true;
    let document = page(&fixture);
    assert_eq!(document.banners, ["DỮ LIỆU MÔ PHỎNG – KHÔNG PHẢI SỐ LIỆU ĐO THỰC TẾ"]);
    let words = text(&document);
    assert!(words.contains("trên trang này là dữ liệu mô phỏng, được tạo ra"), "{words}");
    assert!(words.contains("Trong kỳ không có lượt đo thành công nào."), "{words}");
}
