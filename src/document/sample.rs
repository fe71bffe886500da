//! A small document with every kind of block, for the tests of the exporters.

use std::sync::Arc;

use jiff::civil::Date;

use super::block::*;
use super::page::{Colour, Drawing, Face, Item, Path, Stroke, TextRun};

/// What data may hold: nothing of it may act.
pub(crate) const HOSTILE: &str = "=HYPERLINK(\"x\") <b>&amp; ../x {{ x }}\u{7}";

pub(crate) fn span(text: &str) -> Span {
    Span { text: text.into(), ..Span::default() }
}

pub(crate) fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![span(text)])
}

pub(crate) fn noted(text: &str, note: &str) -> Block {
    Block::Paragraph(vec![Span { footnote: Some(note.into()), ..span(text) }])
}

pub(crate) fn heading(level: u8, text: &str) -> Block {
    Block::Heading { level, text: vec![span(text)] }
}

pub(crate) fn table() -> Table {
    let column = |title: &str, align| Column { title: title.into(), align, width: None };
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    Table {
        source: String::new(),
        caption: "Bảng 1. Kết quả theo xã".into(),
        columns: vec![
            column("Xã", Align::Left),
            column("Mẫu", Align::Right),
            column("Trung vị", Align::Decimal),
        ],
        rows: vec![
            row(["Xã Ea Kar", "1.234", "38,52"]),
            row(["Xã Krông Pắc", "300", "41,07"]),
            row([HOSTILE, "5", "−95,30"]),
        ],
        note: "Trung vị tính bằng Mbps.".into(),
    }
}

fn drawing() -> Drawing {
    let run = TextRun {
        x: 10.0,
        y: 20.0,
        text: "Tốc độ <Mbps>".into(),
        face: Face::Bold,
        size: 9.0,
        colour: Colour::BLACK,
        word_spacing: 0.0,
        rotation: -90.0,
    };
    let stroke = Stroke { colour: Colour::new(255, 0, 16), width: 0.5 };
    let ring = vec![(0.0, 0.0), (100.126, 0.0), (100.0, 50.0)];
    let area =
        Path { rings: vec![ring], closed: true, fill: Some(Colour::WHITE), stroke: Some(stroke) };
    Drawing { width: 200.0, height: 100.0, items: vec![Item::Path(area), Item::Text(run)] }
}

/// A PNG file of 2 × 1 pixels, as far as its size can be read from it.
fn image() -> Vec<u8> {
    let mut image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    image.extend([0, 0, 0, 2, 0, 0, 0, 1]);
    image
}

pub(crate) fn figure() -> Figure {
    Figure {
        name: "trend".into(),
        plate: Plate { drawing: drawing(), image: Arc::new(image()), ..Plate::default() },
        caption: "Hình 1. Diễn biến".into(),
        alternative: "Tăng từ 30 lên 40 & \"ổn định\"".into(),
    }
}

fn letterhead() -> Letterhead {
    Letterhead {
        parent: "ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK".into(),
        issuer: "SỞ KHOA HỌC VÀ CÔNG NGHỆ".into(),
        number: "Số: {number}/BC-SKHCN".into(),
        about: String::new(),
        nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".into(),
        motto: "Độc lập - Tự do - Hạnh phúc".into(),
        place_and_date: "Đắk Lắk, ngày {day} tháng {month} năm {year}".into(),
    }
}

fn signature() -> Signature {
    Signature {
        recipients_title: "Nơi nhận:".into(),
        recipients: vec!["- Như trên;".into(), "- Lưu: VT, CĐS.".into()],
        position: vec!["KT. GIÁM ĐỐC".into(), "PHÓ GIÁM ĐỐC".into()],
        name: String::new(),
    }
}

fn annex(label: &str, landscape: bool) -> Block {
    Block::Annex {
        label: label.into(),
        title: "KẾT QUẢ THEO XÃ".into(),
        reference: "(Kèm theo Báo cáo số {number}/BC-SKHCN ngày {day} tháng {month} năm {year})"
            .into(),
        landscape,
    }
}

/// A report before it is issued.
pub(crate) fn document() -> Document {
    let noted =
        Span { footnote: Some("Tính đến 31/10/2025.".into()), ..span("đạt 11/102 xã") };
    let bold = Span { bold: true, ..span(" (10,78%)") };
    Document {
        title: "Báo cáo: kết quả đo tháng 10".into(),
        author: "Sở Khoa học và Công nghệ".into(),
        date: Date::new(2025, 11, 15).ok(),
        draft: "DỰ THẢO".into(),
        banners: vec!["DỮ LIỆU MÔ PHỎNG".into()],
        blocks: vec![
            Block::Letterhead(letterhead()),
            Block::Title { kind: "BÁO CÁO".into(), subject: "Kết quả đo tháng 10".into() },
            Block::Addressees {
                title: "Kính gửi:".into(),
                names: vec!["Bộ Khoa học và Công nghệ".into(), "UBND tỉnh".into()],
            },
            heading(1, "I. KẾT QUẢ"),
            heading(2, "1. Băng rộng di động"),
            Block::Paragraph(vec![span("Trong tháng, toàn tỉnh "), noted, bold, span(".")]),
            Block::List(vec![
                vec![span("Xã Ea Kar thiếu 66 mẫu;")],
                vec![span("Xã Ea Súp thiếu 40 mẫu.")],
            ]),
            Block::Table(table()),
            Block::Figure(figure()),
            paragraph("Trân trọng báo cáo./."),
            Block::Signature(signature()),
            annex("Phụ lục I", true),
            Block::Table(table()),
            annex("Phụ lục II", false),
            paragraph("Phương pháp: phân vị 10%."),
            Block::PageBreak,
            paragraph("Hết."),
        ],
    }
}
