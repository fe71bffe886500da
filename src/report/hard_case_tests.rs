//! A month with everything that makes documents hard to set, laid out page by page.

use super::fixture::Fixture;
use super::tests::{document, text};
use crate::document::block::Block;
use crate::document::font::Family;
use crate::document::layout::{Style, lay_out};
use crate::document::page::{Item, Page};

/// Names that are long, spelt with care, or look like something else.
const NAMES: [&str; 12] = [
    "Phường Văn Miếu - Quốc Tử Giám",
    "Thị trấn Nông trường Việt Lâm",
    "Xã Ea H’leo",
    "Xã Cư M'gar",
    "PHƯỜNG ĐẶNG LỄ ƯỚC",
    "Xã Krông Pắc mở rộng và vùng phụ cận phía đông nam sông Sêrêpốk",
    "=HYPERLINK(\"http://x\";\"y\")",
    "<b>đậm</b>",
    "../../x",
    "{{ province.name }}",
    "{number}",
    "*sao* | gạch",
];

/// Five of them, as different as names can be.
const OPERATORS: [&str; 5] = [
    "{{ x }}",
    "<b>Mạng</b>",
    "=HYPERLINK(\"z\")",
    "../x",
    "Tổng Công ty Viễn thông và Truyền dẫn Cao nguyên miền Trung",
];

/// 135 communes, one of them without any sample; five operators that measure the same and one more that
/// nobody measured.
fn fixture() -> Fixture {
    let communes: Vec<String> = (0..135)
        .map(|number| match NAMES.get(number) {
            Some(name) => (*name).to_owned(),
            None => format!("Xã Đắk Rơ Nga số {number}"),
        })
        .collect();
    let communes: Vec<&str> = communes.iter().map(String::as_str).collect();
    let mut fixture = Fixture::new(&communes, &OPERATORS, 640);
    fixture.province = "Bà Rịa - Vũng Tàu, Đặc khu và Vùng ven biển".into();
    fixture.settings = toml::from_str(
        r#"
        parent = "Ủy ban nhân dân tỉnh Bà Rịa - Vũng Tàu, Đặc khu và Vùng ven biển"
        issuer = "Sở Khoa học, Công nghệ, Bưu chính, Viễn thông và Chuyển đổi số"
        signer_authority = "TUQ. Giám đốc"
        signer_position = "Trưởng phòng Bưu chính, Viễn thông và Hạ tầng số"
        signer_name = "Nguyễn Phúc Nguyên Thảo Đặng Ước"
        drafting_unit = "BCVTHTS"
        links = {install = "https://speedtest.vn/cai-dat-su-dung"}
        [[legal_basis]]
        number = "5691/BTTTT-CVT"
        date = 2024-12-31
        issuer = "Bộ Thông tin và Truyền thông"
        subject = "tiếp tục đôn đốc triển khai tuyên truyền và sử dụng ứng dụng i-Speed""#,
    )
    .unwrap();
    let pairs: Vec<_> = (0..OPERATORS.len())
        .flat_map(|a| (a + 1..OPERATORS.len()).map(move |b| (OPERATORS[a], OPERATORS[b])))
        .map(|(a, b)| (a, b, "equivalent"))
        .collect();
    fixture.compare(&pairs);
    fixture.add_operator_without_tests("Mạng chưa có mẫu đo nào");
    fixture
}

/// The words of a page without white space, which lines and cells break anywhere.
fn words(page: &Page) -> String {
    let texts = page.items.iter().filter_map(|placed| match &placed.item {
        Item::Text(run) => Some(run.text.as_str()),
        Item::Path(_) => None,
    });
    texts.collect::<String>().split_whitespace().collect()
}

fn is_on_page(page: &Page) -> bool {
    page.items.iter().all(|placed| match &placed.item {
        Item::Text(run) => {
            (0.0..page.width).contains(&run.x) && (0.0..page.height).contains(&run.y)
        }
        Item::Path(path) => {
            let inside = |(x, y): &(f64, f64)| *x <= page.width && *y <= page.height;
            path.rings.iter().flatten().all(inside)
        }
    })
}

#[test]
fn every_name_prints_as_it_is_and_no_page_is_empty() {
    let fixture = fixture();
    for name in ["ministry.md", "committee.md", "reminder.md"] {
        let document = document(name, &fixture);
        let pages =
            lay_out(&document, &Family::libertinus().unwrap(), &Style::default()).unwrap().pages;
        assert!(pages.iter().all(is_on_page), "{name}");
        for (number, page) in pages.iter().enumerate() {
            assert!(words(page).len() > 60, "{name}, page {}: {}", number + 1, words(page));
        }
        let all: String = pages.iter().map(words).collect();
        for place in &NAMES {
            let place: String = place.split_whitespace().collect();
            assert!(all.contains(&place), "{name}: no `{place}`");
        }
    }
}

#[test]
fn tables_hold_every_commune_and_every_operator() {
    let fixture = fixture();
    for name in ["ministry.md", "committee.md"] {
        let document = document(name, &fixture);
        let whole = document.blocks.iter().find_map(|block| match block {
            Block::Table(t) if t.caption.contains("Số lượt đo thành công băng rộng di động") => {
                Some(t)
            }
            _ => None,
        });
        let whole = whole.unwrap();
        assert_eq!(whole.rows.len(), 135, "{name}");
        for operator in OPERATORS {
            assert!(whole.columns.iter().any(|c| c.title == operator), "{name}: {operator}");
        }
        let words = text(&document);
        assert!(
            words.contains("Mạng chưa có mẫu đo nào") && words.contains("là tương đương: không")
        );
        assert!(whole.rows.iter().any(|row| row[2..].iter().all(|cell| cell == "0")), "{name}");
    }
}

#[test]
fn two_renderings_are_the_same() {
    let fixture = fixture();
    for name in ["ministry.md", "committee.md", "reminder.md"] {
        assert_eq!(document(name, &fixture), document(name, &fixture), "{name}");
    }
}
