//! Sheets of communes: one page each, and a text that can be read aloud.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fixture::{Fixture, batch};
use super::tests::text;
use super::*;
use crate::document::block::{Block, Document, Plate};
use crate::document::font::Family;
use crate::document::issue::issued;
use crate::document::layout::{Style, lay_out};
use crate::document::page::Drawing;

/// The sheets of a month in one document.
fn sheets(fixture: &Fixture, figures: &BTreeMap<String, Plate>) -> Document {
    let mut templates = Templates::embedded();
    templates.insert(
        "documents.toml",
        "[[documents]]\nname = \"commune\"\ntemplate = \"commune.md\"\nfile = \"communes\"\n\
         each = \"commune\"\ntogether = true\nformats = [\"pdf\"]\n",
    );
    let settings = Settings { documents: vec!["commune".into()], ..fixture.settings.clone() };
    let mut sources = fixture.sources();
    sources.settings = &settings;
    let mut written = write(&templates, &sources, figures).unwrap();
    issued(&written.remove(0).document, None)
}

/// The blocks of each sheet.
fn parts(document: &Document) -> Vec<Vec<Block>> {
    let is_part = |block: &Block| matches!(block, Block::Part { .. });
    document.blocks.split(is_part).map(<[Block]>::to_vec).collect()
}

fn words(blocks: &[Block]) -> String {
    text(&Document { blocks: blocks.to_vec(), ..Document::default() })
}

/// The last paragraph of a sheet.
fn broadcast(blocks: &[Block]) -> String {
    let lines = words(blocks);
    lines.lines().last().unwrap_or_default().to_owned()
}

const QUOTA: &str = "commune_code:s commune_name:s commune_valid_from:d district_name:s family:s \
                     legal:b tests_ok:i tests_failed:i counted:i quota:i shortfall:i quota_met:b";

/// A month with communes of these names and counts of mobile and fixed samples.
fn counted(communes: &[(&str, i64, i64)]) -> Fixture {
    let mut fixture = Fixture::new(&["Xã A"], &["Viettel"], 0);
    let rows: Vec<Value> = communes
        .iter()
        .enumerate()
        .flat_map(|(n, (name, mobile, fixed))| {
            [("mobile", *mobile), ("fixed", *fixed)].map(|(family, count)| {
                json!({
                    "commune_code": format!("{}", 24000 + n), "commune_name": name,
                    "commune_valid_from": "2025-07-01", "family": family, "legal": true,
                    "tests_ok": count, "tests_failed": 3, "counted": count, "quota": 300,
                    "shortfall": (300 - count).max(0), "quota_met": count >= 300,
                })
            })
        })
        .collect();
    fixture.tables.insert("quota".into(), batch(QUOTA, &rows));
    fixture
}

fn assert_readable(text: &str) {
    let count = text.split_whitespace().count();
    assert!((80..=120).contains(&count), "{count} words: {text}");
    let plain = |c: char| c.is_alphabetic() || " ,.!-’'".contains(c);
    assert!(text.chars().all(plain), "{text}");
    assert!(!text.contains("  ") && !text.contains("Mbps"), "{text}");
}

#[test]
fn the_text_to_be_read_aloud_has_about_a_hundred_words_in_every_case() {
    let counts = [0, 1, 5, 21, 99, 155, 244, 299, 300, 301, 1299, 99_999];
    let mut communes = Vec::new();
    for name in ["Xã Ea Ô", "Phường Buôn Ma Thuột", "Thị trấn Krông Năng Ea H’leo Mới", "Côn Đảo"]
    {
        for mobile in counts {
            communes.extend(counts.map(|fixed| (name, mobile, fixed)));
        }
    }
    let fixture = counted(&communes);
    let parts = parts(&sheets(&fixture, &BTreeMap::new()));
    assert_eq!(parts.len(), communes.len());
    for blocks in &parts {
        assert_readable(&broadcast(blocks));
    }
}

#[test]
fn the_text_says_what_is_missing() {
    let cases = [
        (
            ("Xã Ea Kar", 0, 0),
            "Kính thưa bà con xã Ea Kar! Trong tháng mười, xã ta chưa có lượt đo Internet nào, trong khi mỗi loại mạng di động và cố định cần ba trăm lượt đo. Mời bà con cài",
        ),
        (
            ("Xã Ea Kar", 179, 295),
            "xã ta còn thiếu một trăm hai mươi mốt lượt đo mạng di động và năm lượt đo mạng cố định mới đủ ba trăm lượt cho mỗi loại mạng.",
        ),
        (
            ("Phường Đông Hòa", 300, 45),
            "phường ta đã đủ lượt đo mạng di động, còn thiếu hai trăm năm mươi lăm lượt đo mạng cố định mới đủ ba trăm lượt.",
        ),
        (
            ("Phường Đông Hòa", 45, 300),
            "phường ta đã đủ lượt đo mạng cố định, còn thiếu hai trăm năm mươi lăm lượt đo mạng di động",
        ),
        (
            ("Côn Đảo", 999, 300),
            "Kính thưa bà con Côn Đảo! Trong tháng mười, địa phương ta đã đủ ba trăm lượt đo cho cả mạng di động và mạng cố định. Cảm ơn bà con đã nhiệt tình tham gia! Mời bà con tiếp tục dùng",
        ),
    ];
    for (commune, expected) in cases {
        let found = broadcast(&parts(&sheets(&counted(&[commune]), &BTreeMap::new()))[0]);
        assert!(found.contains(expected), "{expected}\n{found}");
    }
}

#[test]
fn quotas_of_their_own_and_collapsed_samples_are_read_aloud_too() {
    let mut fixture = counted(&[("Xã Ea Kar", 0, 20)]);
    let rows = ["mobile", "fixed"].map(|family| {
        let quota = if family == "mobile" { 300 } else { 150 };
        json!({"commune_code": "24000", "commune_name": "Xã Ea Kar", "family": family,
               "commune_valid_from": "2025-07-01", "legal": true, "tests_ok": 20, "counted": 20,
               "quota": quota, "shortfall": quota - 20, "quota_met": false})
    });
    fixture.tables.insert("quota".into(), batch(QUOTA, &rows));
    fixture.limits.quota_counts = crate::config::QuotaCounts::Collapsed;
    let found = broadcast(&parts(&sheets(&fixture, &BTreeMap::new()))[0]);
    let expected = "xã ta còn thiếu hai trăm tám mươi mẫu đo mạng di động và một trăm ba mươi mẫu đo mạng cố định mới đủ chỉ tiêu của từng loại mạng.";
    assert!(found.contains(expected), "{found}");
    assert_readable(&found);
}

#[test]
fn a_speed_is_read_aloud_when_it_is_published() {
    let fixture = Fixture::small();
    let parts = parts(&sheets(&fixture, &BTreeMap::new()));
    let of = |name: &str| {
        let found = parts.iter().find(|blocks| words(blocks).starts_with(&name.to_uppercase()));
        broadcast(found.unwrap())
    };
    let spoken = of("Xã Ea Kar");
    let expected = "Khoảng một nửa số mẫu đo di động nhanh hơn bảy mươi bốn mê-ga-bít trên giây.";
    assert!(spoken.contains(expected), "{spoken}");
    assert_readable(&spoken);
    // The last commune has no sample.
    assert!(!of("Xã Cư M’gar").contains("mê-ga-bít"));
}

#[test]
fn what_is_missing_and_what_to_do() {
    let found = |mobile, fixed| {
        words(&parts(&sheets(&counted(&[("Xã Ea Kar", mobile, fixed)]), &BTreeMap::new()))[0])
    };
    let both = found(120, 40);
    assert!(
        both.contains("Còn thiếu 180 mẫu di động và 260 mẫu cố định; đề nghị vận động"),
        "{both}"
    );
    assert!(both.contains("Thiếu mẫu không có nghĩa là mạng kém."), "{both}");
    let one = found(120, 300);
    assert!(one.contains("Còn thiếu 180 mẫu di động; đề nghị"), "{one}");
    let none = found(300, 300);
    assert!(none.contains("Xã đã đạt chỉ tiêu số mẫu của cả băng rộng di động và băng rộng cố định; đề nghị duy trì"), "{none}");
    assert!(
        none.contains("chưa có số liệu của doanh nghiệp") && !none.contains("Nơi cần lưu ý"),
        "{none}"
    );
}

#[test]
fn cells_below_the_publication_tier_have_counts_only() {
    let parts = parts(&sheets(&Fixture::small(), &BTreeMap::new()));
    let sheet = parts.iter().find(|blocks| words(blocks).starts_with("PHƯỜNG ĐÔNG HÒA")).unwrap();
    let mut tables = sheet.iter().rev().filter_map(|block| match block {
        Block::Table(table)
            if table.columns.len() == 5 && table.columns[0].title == "Doanh nghiệp" =>
        {
            Some(table)
        }
        _ => None,
    });
    let rows = &tables.next().unwrap().rows;
    // 320 mobile samples and 80 fixed ones, the shares of the three operators being 1/3, 1/4 and 1/2.
    assert_eq!(rows[0], ["MobiFone", "121", "64,0 (57,6–70,4)", "29", "–"]);
    assert_eq!(rows.len(), 3);
}

/// Two suspected places in each commune.
fn suspected(communes: &[&str]) -> arrow::array::RecordBatch {
    let columns = "commune_code:s commune_name:s commune_valid_from:d place:s operator:s kinds:s";
    let row = |(n, name): (usize, &&str)| {
        let code = format!("{}", 24000 + 7 * n);
        json!({"commune_code": code, "commune_name": name, "commune_valid_from": "2025-07-01",
               "place": "x", "operator": "iTel", "kinds": "signal"})
    };
    let rows: Vec<Value> = communes.iter().enumerate().map(row).collect();
    batch(columns, &[rows.clone(), rows].concat())
}

/// A figure as high as the trend of a commune.
fn figures(fixture: &Fixture) -> BTreeMap<String, Plate> {
    let drawing = Drawing { width: 220.0, height: 110.0, items: Vec::new() };
    let plate = Plate { drawing, ..Plate::default() };
    let batch = &fixture.tables["quota"];
    let codes = batch.column_by_name("commune_code").unwrap();
    let codes = arrow::array::AsArray::as_string::<i32>(codes).iter().flatten();
    codes.map(|code| (format!("commune_{code}"), plate.clone())).collect()
}

const OPERATORS: [&str; 10] = [
    "Vietnamobile",
    "Viettel Tập đoàn",
    "MobiFone",
    "VNPT VinaPhone",
    "FPT Telecom",
    "Gmobile",
    "SCTV",
    "iTel",
    "Wintel",
    "CMC",
];

#[test]
fn every_sheet_is_one_page() {
    let names: Vec<String> = (0..135)
        .map(|n| match n % 4 {
            0 => format!("Phường Trần Hưng Đạo Nguyễn Thị Minh Khai Ô Môn {n}"),
            1 => format!("Xã Ea H’leo {n}"),
            2 => format!("Đặc khu Quần Đảo Trường Sa ĐƯỜNG ĐẶNG {n}"),
            _ => format!("Xã Ơ Ễ Ặ {n}"),
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for operators in [&OPERATORS[..], &OPERATORS[..8], &[]] {
        let mut fixture = Fixture::new(&names, operators, 9000);
        fixture.simulated = true;
        fixture.tables.insert("suspected_coverage".into(), suspected(&names));
        fixture.settings.issuer = "Sở Khoa học, Công nghệ và Chuyển đổi số".into();
        let document = sheets(&fixture, &figures(&fixture));
        let laid = lay_out(&document, &Family::libertinus().unwrap(), &Style::default()).unwrap();
        assert_eq!(laid.pages.len(), 135, "{} operators", operators.len());
    }
}

#[test]
fn the_sheets_of_one_commune_each_have_files_by_code() {
    let mut fixture = Fixture::small();
    fixture.settings =
        toml::from_str("commune_sheets = \"one_each\"\ndocuments = [\"commune\"]").unwrap();
    let sources = fixture.sources();
    let written = write(&Templates::embedded(), &sources, &BTreeMap::new()).unwrap();
    let files: Vec<_> = written.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(files, ["communes/24007", "communes/24014", "communes/24000"]);
}
