//! A document with every kind of block, for tests.

use super::block::{
    Align, Block, Column, Document, Figure, Letterhead, Plate, Signature, Span, Table,
};
use super::page::{Colour, Drawing, Face, Item, Path, Stroke, TextRun};

pub fn span(text: &str) -> Span {
    Span { text: text.into(), ..Span::default() }
}

pub fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![span(text)])
}

pub fn noted(text: &str, note: &str) -> Span {
    Span { footnote: Some(note.into()), ..span(text) }
}

pub fn heading(level: u8, text: &str) -> Block {
    Block::Heading { level, text: vec![span(text)] }
}

pub fn annex(label: &str, title: &str, landscape: bool) -> Block {
    Block::Annex {
        label: label.into(),
        title: title.into(),
        reference: "(Kèm theo Báo cáo số        /BC-SKHCN ngày      tháng      năm         )"
            .into(),
        landscape,
    }
}

pub fn letterhead() -> Letterhead {
    Letterhead {
        parent: "ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK".into(),
        issuer: "SỞ KHOA HỌC VÀ CÔNG NGHỆ".into(),
        number: "Số:      /BC-SKHCN".into(),
        about: String::new(),
        nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".into(),
        motto: "Độc lập - Tự do - Hạnh phúc".into(),
        place_and_date: "Đắk Lắk, ngày      tháng 11 năm 2025".into(),
    }
}

pub fn signature() -> Signature {
    Signature {
        recipients_title: "Nơi nhận:".into(),
        recipients: vec![
            "- Như trên;".into(),
            "- UBND tỉnh (để báo cáo);".into(),
            "- Lưu: VT, BCVT.".into(),
        ],
        position: vec!["KT. GIÁM ĐỐC".into(), "PHÓ GIÁM ĐỐC".into()],
        name: "Nguyễn Thị Ánh Nguyệt".into(),
    }
}

/// Numbers with their intervals, one that is missing, words among them.
pub fn intervals(rows: usize) -> Table {
    let column = |title: &str, align| Column { title: title.into(), align, width: None };
    let cell = |row: usize| match row % 5 {
        3 => "–".to_string(),
        4 => "thiếu mẫu".to_string(),
        step => format!("{},{step}2 (38,00–1.042,31)", 7 * 10_usize.pow(row as u32 % 3)),
    };
    let row = |row: usize| {
        vec![
            format!("Xã Ea {row}"),
            format!("{}", row * 37),
            cell(row),
            format!("{},5%", row % 101),
        ]
    };
    Table {
        source: String::new(),
        caption: "Bảng 1. Tốc độ tải xuống theo xã".into(),
        columns: vec![
            column("Xã", Align::Left),
            column("Số mẫu", Align::Right),
            column("Trung vị, Mbit/s (khoảng tin cậy 95%)", Align::Decimal),
            column("Tỷ lệ đạt", Align::Decimal),
        ],
        rows: (0..rows).map(row).collect(),
        note: "Ghi chú: “–” là không có mẫu.".into(),
    }
}

pub fn figure() -> Figure {
    let stroke = Some(Stroke { colour: Colour::BLACK, width: 0.75 });
    let bar = |index: usize| {
        let (left, top) = (40.0 + 60.0 * index as f64, 30.0 + 25.0 * index as f64);
        let ring = vec![(left, top), (left + 40.0, top), (left + 40.0, 160.0), (left, 160.0)];
        let fill = Some(Colour::new(0, 90, 170));
        Item::Path(Path { rings: vec![ring], closed: true, fill, stroke })
    };
    let label = |index: usize| {
        Item::Text(TextRun {
            x: 42.0 + 60.0 * index as f64,
            y: 175.0,
            text: format!("Nhà mạng {index}"),
            face: Face::Regular,
            size: 9.0,
            colour: Colour::BLACK,
            word_spacing: 0.0,
            rotation: 0.0,
        })
    };
    let items = (0..4).flat_map(|index| [bar(index), label(index)]).collect();
    let drawing = Drawing { width: 320.0, height: 180.0, items };
    Figure {
        name: "bars".into(),
        plate: Plate { drawing, ..Plate::default() },
        caption: "Hình 1. Nhà mạng 0 nhanh nhất".into(),
        alternative: "Bốn cột: nhà mạng 0 cao nhất, nhà mạng 3 thấp nhất & <thử>.".into(),
    }
}

const PROSE: &str = "Thực hiện nhiệm vụ được giao, Sở Khoa học và Công nghệ đã phối hợp với \
    các doanh nghiệp viễn thông, Ủy ban nhân dân các xã, phường tổ chức thu thập mẫu đo chất lượng \
    truy nhập Internet bằng ứng dụng i-Speed trên địa bàn tỉnh. ";

/// A report to a ministry with two annexes.
pub fn report() -> Document {
    let bold = Span { bold: true, ..span("12.345 mẫu đo") };
    let mut blocks = vec![
        Block::Letterhead(letterhead()),
        Block::Title {
            kind: "BÁO CÁO".into(),
            subject: "Kết quả đo chất lượng truy nhập Internet tháng 10 năm 2025 & <thử>".into(),
        },
        Block::Addressees {
            title: "Kính gửi:".into(),
            names: vec!["Bộ Khoa học và Công nghệ".into(), "Ủy ban nhân dân tỉnh".into()],
        },
        paragraph(PROSE),
        heading(1, "I. KẾT QUẢ"),
        heading(2, "1. Thu thập mẫu"),
        Block::Paragraph(vec![
            span("Trong tháng đã thu được "),
            bold,
            noted(
                " hợp lệ",
                "Mẫu hợp lệ là mẫu qua mọi phép kiểm; xem Phụ lục II. Mỗi thiết bị \
                được tính một lần trong ngày, dù người dùng đo bao nhiêu lần.",
            ),
            span(" trên địa bàn 102 xã, phường"),
            noted("", "Danh mục đơn vị hành chính có hiệu lực từ ngày 01/7/2025."),
            span("; "),
            span(&PROSE.repeat(2)),
        ]),
        heading(3, "a) Theo nhà mạng"),
        Block::List(vec![vec![span("Viettel: "), span(PROSE)], vec![span("VNPT: đạt;")]]),
        Block::Table(intervals(12)),
        Block::Figure(figure()),
    ];
    blocks.extend((0..6).map(|_| paragraph(&PROSE.repeat(2))));
    blocks.push(paragraph("Trên đây là báo cáo của Sở Khoa học và Công nghệ./."));
    blocks.push(Block::Signature(signature()));
    blocks.push(annex("Phụ lục I", "KẾT QUẢ THEO XÃ", true));
    blocks.push(heading(1, "I. BẢNG"));
    blocks.push(Block::Table(intervals(60)));
    blocks.push(annex("Phụ lục II", "PHƯƠNG PHÁP", false));
    blocks.push(Block::Paragraph(vec![noted("Một chú thích", "Chú thích của phụ lục.")]));
    Document {
        title: "Báo cáo <thử> & 'kiểm' – Đắk Lắk".into(),
        author: "Sở Khoa học và Công nghệ".into(),
        date: jiff::civil::Date::new(2025, 11, 15).ok(),
        draft: String::new(),
        banners: vec!["DỰ THẢO".into(), "SỐ LIỆU MÔ PHỎNG".into()],
        blocks,
    }
}

/// Two official letters in one file.
pub fn letters() -> Document {
    let letter = |unit: &str| {
        let head = Letterhead { about: format!("V/v đo i-Speed tại {unit}"), ..letterhead() };
        let names = vec![format!("Ủy ban nhân dân {unit}")];
        vec![
            Block::Part { landscape: false },
            Block::Letterhead(head),
            Block::Addressees { title: "Kính gửi:".into(), names },
            paragraph(PROSE),
            Block::Signature(signature()),
            annex("Phụ lục", "DANH SÁCH", false),
            Block::Table(intervals(3)),
        ]
    };
    Document {
        blocks: ["xã Ea Ktur", "phường Ea Kao"].into_iter().flat_map(letter).collect(),
        banners: Vec::new(),
        ..report()
    }
}

/// Long names, narrow columns, many notes, text that looks like markup: whatever data can bring.
pub fn hard() -> Document {
    let head = Letterhead {
        parent: "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH".into(),
        issuer: "TRUNG TÂM GIÁM SÁT AN TOÀN THÔNG TIN MẠNG VÀ HẠ TẦNG SỐ ĐẶC KHU PHÚ QUỐC".into(),
        about: "V/v đôn đốc đo i-Speed tại các xã, phường, đặc khu chưa đủ mẫu (lần thứ mười hai)"
            .into(),
        place_and_date: "Thành phố Hồ Chí Minh, ngày 05 tháng 02 năm 2026".into(),
        ..letterhead()
    };
    let long =
        "Ủy ban nhân dân xã Ea M’Dróh’ – ĐẶNG THỊ ỄNG ƯƠNG =HYPERLINK(\"x\") <b>{{ x }}</b> ../x";
    let note = "Ghi chú dài về cách tính và nguồn số liệu của chỉ tiêu này. ".repeat(6);
    let mut blocks = vec![
        Block::Letterhead(head),
        Block::Title { kind: "BÁO CÁO".into(), subject: PROSE.into() },
        Block::Addressees {
            title: "Kính gửi:".into(), names: vec![format!("{long} {long}"); 5]
        },
        heading(1, "I. ĐẶC ĐIỂM"),
        heading(3, "a) Bỏ qua một cấp"),
    ];
    blocks.extend((0..9).map(|_| Block::Paragraph(vec![noted(PROSE, &note), span(long)])));
    blocks.push(Block::Table(wide(14, 30)));
    blocks.push(Block::Figure(Figure { alternative: String::new(), ..figure() }));
    let recipients = vec![format!("- {long};"); 30];
    blocks.push(Block::Signature(Signature { recipients, ..signature() }));
    blocks.push(annex("Phụ lục I", PROSE, true));
    blocks.push(Block::Table(wide(22, 60)));
    Document { blocks, ..report() }
}

/// Names that wrap, numbers, empty cells.
fn wide(columns: usize, rows: usize) -> Table {
    let column = |index: usize| Column {
        title: format!("Chỉ tiêu số {index} (Mbit/s)"),
        align: [Align::Left, Align::Decimal, Align::Right, Align::Centre][index % 4],
        width: None,
    };
    let cell = |row: usize, index: usize| match (row + index) % 6 {
        _ if index == 0 => format!("Xã Đặng Hoàng Sơn Thượng {row}"),
        0 => String::new(),
        1 => "–".into(),
        step => format!("{}.234,{step}", row * step),
    };
    Table {
        source: String::new(),
        caption: PROSE.into(),
        columns: (0..columns).map(column).collect(),
        rows: (0..rows).map(|row| (0..columns).map(|index| cell(row, index)).collect()).collect(),
        note: PROSE.into(),
    }
}
