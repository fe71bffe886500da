//! Words and numbers of a text. Numbers are read as Vietnamese documents write them: `1.234,56`,
//! `37,08%`, `−95`, `01/7/2025`.

use std::ops::Range;

/// A word or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Where it stands in its text.
    pub range: Range<usize>,
    /// The same for all spellings of one number, for a word in capitals or small letters.
    pub key: String,
    /// Whether it counts as a number.
    pub number: bool,
}

/// The tokens of a text. Punctuation separates, but is none; digits that are part of a name (`P10`,
/// `4G`) make no number.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { text, at: 0 };
    let mut tokens: Vec<Token> = Vec::new();
    while let Some(next) = reader.rest().chars().next() {
        let token = if next.is_alphabetic() {
            reader.word()
        } else if next.is_ascii_digit() {
            reader.number()
        } else {
            reader.at += next.len_utf8();
            continue;
        };
        tokens.push(token);
    }
    tokens
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn word(&mut self) -> Token {
        let length = run(self.rest(), char::is_alphanumeric);
        let range = self.at..self.at + length;
        self.at = range.end;
        let key = self.text[range.clone()].to_lowercase();
        Token { range, key, number: false }
    }

    fn number(&mut self) -> Token {
        let rest = self.rest();
        let length = date(rest).unwrap_or_else(|| figure(rest));
        let after = rest.get(length..).unwrap_or_default();
        if is_generation(after) {
            return self.word();
        }
        let label = is_label(&self.text[..self.at], after);
        let (start, end) = (self.at, self.at + length);
        self.at = end;
        let negative = is_negative(&self.text[..start]);
        let key =
            format!("#{}{}", if negative { "-" } else { "" }, canonical(&self.text[start..end]));
        Token { range: start..end, key, number: !label }
    }
}

/// The bytes of the characters at the beginning that pass.
fn run(text: &str, pass: impl Fn(char) -> bool) -> usize {
    text.find(|c| !pass(c)).unwrap_or(text.len())
}

fn digits(text: &str) -> usize {
    run(text, |c| c.is_ascii_digit())
}

/// `01/7/2025`: the length of a date.
fn date(text: &str) -> Option<usize> {
    let day = digits(text);
    let month = digits(text.get(day..)?.strip_prefix('/')?);
    let year_at = day + 1 + month;
    let year = digits(text.get(year_at..)?.strip_prefix('/')?);
    let is_date = day <= 2 && (1..=2).contains(&month) && year == 4;
    is_date.then_some(year_at + 1 + year)
}

/// Digits with points and commas between them.
fn figure(text: &str) -> usize {
    let mut length = digits(text);
    while let Some(rest) = text.get(length..).and_then(|rest| rest.strip_prefix(['.', ','])) {
        match digits(rest) {
            0 => break,
            more => length += 1 + more,
        }
    }
    length
}

/// `4G` and `5G` are names.
fn is_generation(after: &str) -> bool {
    let mut after = after.chars();
    after.next() == Some('G') && !after.next().is_some_and(char::is_alphanumeric)
}

/// `1. ` or `2) ` at the beginning of a line numbers what follows.
fn is_label(before: &str, after: &str) -> bool {
    let first = before.rsplit('\n').next().unwrap_or(before).trim().is_empty();
    first && (after.starts_with(". ") || after.starts_with(") ") || after.starts_with(".\u{a0}"))
}

/// A minus sign, or a hyphen that joins nothing on its left.
fn is_negative(before: &str) -> bool {
    let mut before = before.chars().rev();
    match before.next() {
        Some('\u{2212}') => true,
        Some('-') => before.next().is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[')),
        _ => false,
    }
}

/// One spelling: no points between thousands, no needless zeros.
fn canonical(text: &str) -> String {
    if text.contains('/') {
        let parts = text.split('/').map(|part| part.trim_start_matches('0'));
        return parts.collect::<Vec<_>>().join("/");
    }
    let (whole, fraction) = match (text.rsplit_once(','), text.rsplit_once('.')) {
        (Some((whole, fraction)), _) => (whole, fraction),
        (None, Some((whole, fraction))) if !is_grouped(text) => (whole, fraction),
        _ => (text, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole},{fraction}"),
    }
}

/// `1.234.567`.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split('.');
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && first != "0" && groups.all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        tokens(text).into_iter().filter(|token| token.number).map(|token| token.key).collect()
    }

    #[test]
    fn numbers_are_read_as_vietnamese_documents_write_them() {
        assert_eq!(keys("1.234,56 và 37,08% hoặc −95 dBm"), ["#1234,56", "#37,08", "#-95"]);
        assert_eq!(keys("đạt 12/102 xã (80,1–85,3)"), ["#12", "#102", "#80,1", "#85,3"]);
        assert_eq!(keys("từ 01/7/2025 đến 31/10/2025"), ["#1/7/2025", "#31/10/2025"]);
        assert_eq!(keys("tháng 09/2025"), ["#9", "#2025"]);
        assert_eq!(keys("còn -5; 3-4; x-6; 2.000.000"), ["#-5", "#3", "#4", "#6", "#2000000"]);
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        for (one, other) in [("02", "2"), ("83,50", "83,5"), ("38.52", "38,52"), ("0,0", "0")] {
            assert_eq!(keys(one), keys(other), "{one} {other}");
        }
        for (one, other) in [("1.234", "1,234"), ("−5", "5"), ("01/7/2025", "01/8/2025")] {
            assert_ne!(keys(one), keys(other), "{one} {other}");
        }
    }

    #[test]
    fn names_and_labels_are_no_numbers() {
        assert!(keys("mạng 4G/5G, P10, Phú Hòa II").is_empty());
        assert_eq!(keys("Phú Hòa 2"), ["#2"]);
        assert_eq!(keys("1. Đề nghị 3 nhà mạng"), ["#3"]);
        assert_eq!(keys("đạt 12.\n2) tiếp"), ["#12"]);
    }

    #[test]
    fn words_are_equal_in_capitals() {
        let words = tokens("BÁO CÁO, i-Speed");
        let keys: Vec<&str> = words.iter().map(|token| token.key.as_str()).collect();
        assert_eq!(keys, ["báo", "cáo", "i", "speed"]);
    }
}
