//! The blocks a document is made of: what it says, without positions.
//!
//! A document is kept as JSON beside its files, so that it can be written again when it is issued
//! (see [`super::issue`]) and compared with an edited copy; its drawings are kept apart, by name.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::page::Drawing;

/// Text in one style inside a paragraph.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Span {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    /// A note at the foot of the page; its number stands behind the text.
    pub footnote: Option<String>,
}

/// Running text.
pub type Spans = Vec<Span>;

/// The two columns that open an official document (Nghị định 30/2020/NĐ-CP, Phụ lục I, ô 1 to 4).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Letterhead {
    /// The body above the issuer, in capitals.
    pub parent: String,
    /// The issuing body, in capitals.
    pub issuer: String,
    /// `Số: {number}/BC-…`; filled in by [`super::issue`].
    pub number: String,
    /// `V/v …` under the number, for an official letter; empty for a report.
    pub about: String,
    /// Quốc hiệu.
    pub nation: String,
    /// Tiêu ngữ.
    pub motto: String,
    /// `Đắk Lắk, ngày {day} tháng {month} năm {year}`; filled in by [`super::issue`].
    pub place_and_date: String,
}

/// The signature block with the list of recipients beside it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Signature {
    /// `Nơi nhận:`.
    pub recipients_title: String,
    /// The recipients, one a line, with their punctuation.
    pub recipients: Vec<String>,
    /// The signer's authority and position, one a line, in capitals.
    pub position: Vec<String>,
    /// The signer's name; empty in a draft that names none.
    pub name: String,
}

/// How a column of a table is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Align {
    #[default]
    Left,
    Centre,
    Right,
    /// Numbers under each other by their decimal comma.
    Decimal,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub title: String,
    pub align: Align,
    /// Relative width; `None` takes what its cells need.
    pub width: Option<f64>,
}

/// A table: its head is repeated on every page it reaches.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    /// The table of the data, or the list made of them, that its rows are of; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Printed above the table, e.g. `Bảng 1. …`; may be empty.
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// Printed below the table in small type; may be empty.
    pub note: String,
}

/// What a figure shows, in the two forms that exporters use.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plate {
    pub drawing: Drawing,
    /// The same as a PNG file, for formats that cannot hold the drawing; may be empty.
    pub image: Arc<Vec<u8>>,
    /// What the drawing shows, in words; printed nowhere, taken where a template gives none.
    pub alternative: String,
}

/// A chart or a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The name it was drawn under; the drawing is found again by it.
    pub name: String,
    #[serde(skip)]
    pub plate: Plate,
    /// Printed below the figure, e.g. `Hình 1. …`.
    pub caption: String,
    /// What the figure shows, in words, for readers who cannot see it.
    pub alternative: String,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Block {
    Letterhead(Letterhead),
    /// `BÁO CÁO` and what it is about; a rule stands below.
    Title {
        kind: String,
        subject: String,
    },
    /// `Kính gửi:` and whom, one a line.
    Addressees {
        title: String,
        names: Vec<String>,
    },
    /// Level 1 is `I. …`, 2 is `1. …`, 3 is `a) …`; the number is part of the text.
    Heading {
        level: u8,
        text: Spans,
    },
    Paragraph(Spans),
    /// Items with a dash before each.
    List(Vec<Spans>),
    Table(Table),
    Figure(Figure),
    Signature(Signature),
    /// A new annex: on a new page, page numbers from 1.
    Annex {
        /// `Phụ lục I`.
        label: String,
        title: String,
        /// `(Kèm theo Báo cáo số {number}/… ngày {day} …)`; left blank as the decree asks.
        reference: String,
        landscape: bool,
    },
    PageBreak,
    /// Where another document begins in the same file: a new page, page numbers from 1.
    Part {
        landscape: bool,
    },
}

/// A whole document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Document {
    /// For the file's properties and the reader's title bar.
    pub title: String,
    /// The issuing body, for the file's properties.
    pub author: String,
    /// The date of the report, for the file's properties; no clock is ever read.
    pub date: Option<jiff::civil::Date>,
    /// Printed at the head of every page until it is issued, e.g. `DỰ THẢO`.
    pub draft: String,
    /// Printed at the head of every page, e.g. that data are simulated.
    pub banners: Vec<String>,
    pub blocks: Vec<Block>,
}
