//! What a reminder says, to whom, and for the how many-th time.

use jiff::civil::Date;

use super::fixture::{Fixture, districts};
use super::tests::{document, text};
use crate::config::Config;
use crate::document::block::{Block, Document, Letterhead, Span};

const REMINDERS: &str = r#"
    drafting_unit = "BCVT"
    [[reminders]]
    number = "9/SKHCN-BCVT"
    date = 2025-11-15
    [[reminders]]
    number = "5/SKHCN-BCVT"
    date = 2025-09-16
    [[reminders]]
    number = "2/STTTT-BCVT"
    date = 2025-01-16
    issuer = "Sở Thông tin và Truyền thông"
"#;

fn reminded(settings: &str) -> Document {
    let mut fixture = Fixture::small();
    fixture.settings = toml::from_str(settings).unwrap();
    document("reminder.md", &fixture)
}

fn head(document: &Document) -> &Letterhead {
    let Some(Block::Letterhead(head)) = document.blocks.first() else { unreachable!() };
    head
}

fn addressees(document: &Document) -> Vec<String> {
    let names = document.blocks.iter().find_map(|block| match block {
        Block::Addressees { names, .. } => Some(names.clone()),
        _ => None,
    });
    names.unwrap()
}

fn notes(document: &Document) -> Vec<&str> {
    let items = document.blocks.iter().flat_map(|block| match block {
        Block::List(items) => items.iter().flatten().collect::<Vec<&Span>>(),
        Block::Paragraph(spans) => spans.iter().collect(),
        _ => Vec::new(),
    });
    items.filter_map(|span| span.footnote.as_deref()).collect()
}

#[test]
fn the_first_goes_on_with_nothing() {
    let document = reminded("");
    let head = head(&document);
    assert!(head.about.starts_with("V/v đôn đốc tuyên truyền") && !head.about.contains("lần"));
    assert!(head.number.ends_with("/SKHCN"), "{}", head.number);
    let words = text(&document);
    for part in ["iếp tục", "Tiếp theo", "BÁO CÁO", "{number}"] {
        assert!(!words.contains(part), "{part}");
    }
}

#[test]
fn earlier_ones_are_cited_and_counted_by_their_dates() {
    let document = reminded(REMINDERS);
    assert!(head(&document).about.ends_with("đến cấp xã (lần 3)"), "{}", head(&document).about);
    assert!(head(&document).number.ends_with("/SKHCN-BCVT"));
    let words = text(&document);
    let cited = "Tiếp theo các Công văn số 2/STTTT-BCVT ngày 16/01/2025 của Sở Thông tin và Truyền thông; \
                 5/SKHCN-BCVT ngày 16/09/2025 về việc đôn đốc tuyên truyền";
    assert!(words.contains(cited) && words.contains("tiếp tục phối hợp thực hiện"), "{words}");
    assert!(!words.contains("9/SKHCN"), "one of the report date itself is not an earlier one");
    let second = reminded(REMINDERS.split("[[reminders]]\n    number = \"2").next().unwrap());
    assert!(head(&second).about.ends_with("(lần 2)"));
    assert!(text(&second).contains("Tiếp theo Công văn số 5/SKHCN-BCVT ngày 16/09/2025 về việc"));
}

#[test]
fn it_goes_to_districts_only_while_there_are_any() {
    let mut fixture = Fixture::small();
    fixture.settings.recipients_reminder = Vec::new();
    let after = document("reminder.md", &fixture);
    assert_eq!(addressees(&after)[2], "Ủy ban nhân dân các xã, phường");
    assert!(!text(&after).contains("huyện"), "{}", text(&after));
    fixture.report_date = Date::constant(2025, 6, 30);
    let before = document("reminder.md", &fixture);
    assert_eq!(addressees(&before)[2], "Ủy ban nhân dân các huyện, thị xã, thành phố");
    assert_eq!(addressees(&before)[3], "Ủy ban nhân dân các xã, phường, thị trấn");
    let recipients = text(&before).lines().filter(|l| l.starts_with("- UBND các huyện")).count();
    assert_eq!(recipients, 0, "as above");
    fixture.settings.recipients_reminder = vec!["UBND xã Ea Kar".into()];
    assert_eq!(addressees(&document("reminder.md", &fixture)), ["UBND xã Ea Kar"]);
    fixture.province = "Đà Nẵng".into();
    fixture.settings.recipients_reminder.clear();
    let city = addressees(&document("reminder.md", &fixture));
    assert_eq!(city[0], "Các sở, ban, ngành, đoàn thể cấp thành phố");
}

#[test]
fn days_addresses_and_contacts_are_those_of_the_configuration() {
    let document = reminded(
        r#"
        [links]
        install = "https://speedtest.vn/cai-dat-su-dung"
        materials = "https://speedtest.vn/tai-lieu"
        [[contacts]]
        name = "Bà A"
        unit = "Phòng Bưu chính, Viễn thông"
        phone = "0262 3 000 000"
        [[contacts]]
        name = "Ông B""#,
    );
    let words = text(&document);
    for part in [
        "gửi về Sở Khoa học và Công nghệ trước ngày 12 hằng tháng",
        "Bà A, Phòng Bưu chính, Viễn thông, điện thoại 0262 3 000 000; Ông B.",
        "- Bộ Khoa học và Công nghệ (B/c);",
        "- UBND tỉnh (B/c);",
    ] {
        assert!(words.contains(part), "{part}\n{words}");
    }
    assert_eq!(
        notes(&document),
        [
            "Hướng dẫn cài đặt và sử dụng ứng dụng i-Speed: https://speedtest.vn/cai-dat-su-dung",
            "Tài liệu tuyên truyền về ứng dụng i-Speed: https://speedtest.vn/tai-lieu",
        ]
    );
    assert!(notes(&reminded("")).is_empty() && !text(&reminded("")).contains("Đầu mối"));
}

#[test]
fn days_are_those_of_what_is_due() {
    let mut fixture = Fixture::small();
    let due = "[province]\ncode = \"66\"\n[[due]]\nid = \"03\"\ntitle = \"Biểu mẫu 03\"\n\
        from = \"communes\"\nevery = \"month\"\nbefore_day = 5";
    fixture.due = toml::from_str::<Config>(due).unwrap().due;
    let words = text(&document("reminder.md", &fixture));
    assert_eq!(words.matches("hằng tháng").count(), 1, "{words}");
    assert!(words.contains("gửi về Sở Khoa học và Công nghệ trước ngày 05 hằng tháng"), "{words}");
    assert!(words.contains("gửi về Sở Khoa học và Công nghệ."), "{words}");
}

#[test]
fn the_annex_lists_who_is_short_and_by_how_much() {
    let document = reminded("");
    let table = document.blocks.iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    // 640 samples are 731 tests, and a quarter of them fixed.
    assert_eq!(
        table.unwrap().rows,
        [
            ["1", "Phường Đông Hòa", "365", "đạt", "91", "209"],
            ["2", "Xã Cư M’gar", "0", "300", "0", "300"],
            ["3", "Xã Ea Kar", "731", "đạt", "182", "118"],
        ]
    );
    let words = text(&document);
    assert!(words.contains("Tổng số mẫu còn thiếu: băng rộng di động 300; băng rộng cố định 627."));
    let mut fixture = Fixture::small();
    fixture.tables.insert("district".into(), districts());
    assert!(text(&self::document("reminder.md", &fixture)).contains("\nHuyện\n"));
}

#[test]
fn where_nobody_is_short_there_is_no_annex() {
    let mut fixture = Fixture::new(&["Xã A", "Xã B"], &["Viettel"], 1400);
    let quota = fixture.tables["quota"].slice(0, 2);
    fixture.tables.insert("quota".into(), quota);
    let document = document("reminder.md", &fixture);
    assert!(!document.blocks.iter().any(|block| matches!(block, Block::Annex { .. })));
    let words = text(&document);
    assert!(words.contains("duy trì số mẫu đã có") && !words.contains("Phụ lục"), "{words}");
}
