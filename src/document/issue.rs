//! From what a template wrote to what is printed: a draft leaves number, day and signer blank, an
//! issued document has them (Nghị định 30/2020/NĐ-CP, Phụ lục I, ô 3, 4 and 7b).

use jiff::civil::Date;

use super::block::{Block, Document};
use crate::vietnamese::{day_text, month_text};

/// Blanks as wide as what is written into them by hand.
const BLANK: &str = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}";

/// What makes a draft an issued document.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// The running number of the year, e.g. 5; printed as `05`.
    pub number: u32,
    pub date: Date,
    pub signer: String,
}

/// The document with number, day and signer, or as a draft without them.
pub fn issued(document: &Document, issue: Option<&Issue>) -> Document {
    let mut document = document.clone();
    let date = issue.map(|issue| issue.date).or(document.date);
    let words = Words {
        number: issue.map_or_else(|| BLANK.into(), |issue| format!("{:02}", issue.number)),
        day: issue.map_or_else(|| BLANK.into(), |issue| day_text(issue.date.day())),
        month: date.map_or_else(|| BLANK.into(), |date| month_text(date.month())),
        year: date.map_or_else(|| BLANK.into(), |date| date.year().to_string()),
    };
    for block in &mut document.blocks {
        match block {
            Block::Letterhead(head) => {
                head.number = words.fill(&head.number);
                head.place_and_date = words.fill(&head.place_and_date);
            }
            // In an electronic document the reference stays blank: it is one file with its report.
            Block::Annex { reference, .. } => *reference = Words::blank().fill(reference),
            Block::Signature(signature) => {
                if let Some(issue) = issue {
                    signature.name.clone_from(&issue.signer);
                }
            }
            _ => {}
        }
    }
    match issue {
        None => document.banners.insert(0, std::mem::take(&mut document.draft)),
        Some(issue) => document.date = Some(issue.date),
    }
    document.draft.clear();
    document.banners.retain(|banner| !banner.is_empty());
    document
}

struct Words {
    number: String,
    day: String,
    month: String,
    year: String,
}

impl Words {
    fn blank() -> Self {
        let blank = || BLANK.to_owned();
        Words { number: blank(), day: blank(), month: blank(), year: blank() }
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{number}", &self.number)
            .replace("{day}", &self.day)
            .replace("{month}", &self.month)
            .replace("{year}", &self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::block::{Letterhead, Signature};

    fn document() -> Document {
        let head = Letterhead {
            number: "Số: {number}/BC-SKHCN".into(),
            place_and_date: "Đắk Lắk, ngày {day} tháng {month} năm {year}".into(),
            ..Letterhead::default()
        };
        Document {
            date: Date::new(2025, 11, 15).ok(),
            draft: "DỰ THẢO".into(),
            banners: vec!["MÔ PHỎNG".into()],
            blocks: vec![Block::Letterhead(head), Block::Signature(Signature::default())],
            ..Document::default()
        }
    }

    fn head(document: &Document) -> (&str, &str) {
        let Some(Block::Letterhead(head)) = document.blocks.first() else { unreachable!() };
        (&head.number, &head.place_and_date)
    }

    #[test]
    fn a_draft_leaves_number_and_day_blank() {
        let draft = issued(&document(), None);
        let (number, date) = head(&draft);
        assert_eq!(number, format!("Số: {BLANK}/BC-SKHCN"));
        assert_eq!(date, format!("Đắk Lắk, ngày {BLANK} tháng 11 năm 2025"));
        assert_eq!(draft.banners, ["DỰ THẢO", "MÔ PHỎNG"]);
    }

    #[test]
    fn an_issued_document_has_leading_zeros_where_the_decree_wants_them() {
        let date = Date::constant(2026, 2, 5);
        let issue = Issue { number: 5, date, signer: "Nguyễn Văn A".into() };
        let issued = issued(&document(), Some(&issue));
        assert_eq!(head(&issued), ("Số: 05/BC-SKHCN", "Đắk Lắk, ngày 05 tháng 02 năm 2026"));
        assert_eq!(issued.banners, ["MÔ PHỎNG"]);
        let Block::Signature(signature) = &issued.blocks[1] else { unreachable!() };
        assert_eq!(signature.name, "Nguyễn Văn A");
        assert_eq!(issued.date, Some(date));
    }
}
