//! Numbers under each other by their decimal comma, also with an interval behind them.

use crate::document::font::{Family, clean};
use crate::document::page::Face;

/// The widest parts of a column's cells before and behind the place where numbers are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Parts {
    pub before: f64,
    pub behind: f64,
}

impl Parts {
    pub fn width(&self) -> f64 {
        self.before + self.behind
    }
}

/// The widest parts of the cells that hold a number.
pub(super) fn parts<'t>(family: &Family, size: f64, texts: impl Iterator<Item = &'t str>) -> Parts {
    let width = |text: &str| family.width(Face::Regular, size, text);
    texts.filter_map(split).fold(Parts::default(), |parts, (before, behind)| Parts {
        before: parts.before.max(width(&before)),
        behind: parts.behind.max(width(&behind)),
    })
}

/// How far the number of a cell reaches before the place where it is aligned; none for words.
pub(super) fn reach(family: &Family, size: f64, text: &str) -> Option<f64> {
    split(text).map(|(before, _)| family.width(Face::Regular, size, &before))
}

/// A cell cut behind the whole part of its first number. A lone dash stands for a number that is
/// not there, and ends where whole numbers end.
fn split(text: &str) -> Option<(String, String)> {
    let text = clean(text).trim().to_string();
    if ["–", "-", "—"].contains(&text.as_str()) {
        return Some((text, String::new()));
    }
    let first = text.find(|character: char| character.is_ascii_digit())?;
    let (lead, number) = text.split_at(first);
    // Words with a number in them, such as `Lần 2`, are words.
    if lead.chars().any(char::is_alphabetic) {
        return None;
    }
    let grouped = |character: char| character.is_ascii_digit() || character == '.';
    let whole = number.find(|character| !grouped(character)).unwrap_or(number.len());
    let (before, behind) = text.split_at(first + whole);
    Some((before.to_string(), behind.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Option<String> {
        split(text).map(|(before, behind)| format!("{before}|{behind}"))
    }

    #[test]
    fn numbers_are_cut_behind_their_whole_part() {
        for (text, expected) in [
            ("40,12 (38,00–42,31)", "40|,12 (38,00–42,31)"),
            ("1.234,5", "1.234|,5"),
            ("−95", "−95|"),
            ("37,08%", "37|,08%"),
            ("< 5", "< 5|"),
            ("–", "–|"),
            ("300/300", "300|/300"),
        ] {
            assert_eq!(cut(text).as_deref(), Some(expected));
        }
        assert_eq!(cut("thiếu mẫu"), None);
        assert_eq!(cut("Lần 2"), None);
        assert_eq!(cut(""), None);
    }
}
