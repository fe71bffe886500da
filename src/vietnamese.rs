//! Vietnamese conventions: numbers, dates, alphabetical order, and names that match despite spelling.
//!
//! Numbers follow Luật Kế toán (point for thousands, comma for decimals); dates follow
//! Nghị định 30/2020/NĐ-CP: a leading zero for days below 10 and for months 1 and 2 only.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The true minus sign, so that a negative number is not taken for a hyphenated word.
const MINUS: char = '\u{2212}';

/// `1234.5` with two decimals is `1.234,50`; halves are rounded away from zero.
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return String::from("–");
    }
    let text = format!("{:.decimals$}", round_half_away(value.abs(), decimals));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let negative = value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let mut out = String::new();
    if negative {
        out.push(MINUS);
    }
    out.push_str(&grouped(whole));
    if !fraction.is_empty() {
        out.push(',');
        out.push_str(fraction);
    }
    out
}

/// Decimal rounding as a reader does it by hand on the shortest decimal form of the number.
fn round_half_away(value: f64, decimals: usize) -> f64 {
    let shortest = format!("{value}");
    let Some((whole, fraction)) = shortest.split_once('.') else {
        return value;
    };
    if fraction.len() <= decimals || fraction.as_bytes()[decimals] < b'5' {
        return value;
    }
    // Move just past the half, so that the formatting below rounds up.
    let kept = &fraction[..decimals];
    format!("{whole}.{kept}6").parse().unwrap_or(value)
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// `64595` is `64.595`.
pub fn integer(value: i64) -> String {
    let digits = grouped(&value.unsigned_abs().to_string());
    if value < 0 { format!("{MINUS}{digits}") } else { digits }
}

/// `0.3708` with two decimals is `37,08%`.
pub fn percent(ratio: f64, decimals: usize) -> String {
    number(ratio * 100.0, decimals) + "%"
}

/// `15/10/2025`.
pub fn date(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// `ngày 05 tháng 01 năm 2025`, `ngày 12 tháng 3 năm 2025`; a draft leaves the day blank.
pub fn day_text(day: i8) -> String {
    format!("{day:02}")
}

/// The month in a date line: a leading zero for January and February only.
pub fn month_text(month: i8) -> String {
    if month <= 2 { format!("{month:02}") } else { month.to_string() }
}

/// A month such as `2025-09` as it stands in tables: `09/2025`.
pub fn month_label(code: &str) -> String {
    match code.split_once('-') {
        Some((year, month)) => format!("{month}/{year}"),
        None => code.to_owned(),
    }
}

/// A cell of the grid, `12.65N 108.52E`, as maps write it: `12,65°B 108,52°Đ`; any other text as it is.
pub fn cell(place: &str) -> String {
    let side = |part: &str| {
        let (degrees, letter) = part.split_at_checked(part.len().checked_sub(1)?)?;
        let letter = match letter {
            "N" => "B",
            "S" => "N",
            "E" => "Đ",
            "W" => "T",
            _ => return None,
        };
        degrees.parse::<f64>().ok()?;
        Some(format!("{}°{letter}", degrees.replace('.', ",")))
    };
    let sides = place.split_once(' ').and_then(|(a, b)| Some(format!("{} {}", side(a)?, side(b)?)));
    sides.unwrap_or_else(|| place.to_owned())
}

/// A name reduced to the letters a–z and digits, so that spellings of one name compare equal.
pub fn fold(name: &str) -> String {
    name.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if is_barred(c) { 'd' } else { c })
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// A name reduced to its letters, and after them its tones in order: equal for all ways to write
/// one name with its accents (Hòa and Hoà, A Dơk and Adơk, H'Leo and H’leo, Đắk and Đăk), different
/// where a letter or tone is another one (Tân and Tấn).
pub fn spelling(name: &str) -> String {
    let lower = name.nfc().flat_map(char::to_lowercase);
    let mut lower: String = lower.map(|c| if is_barred(c) { 'đ' } else { c }).collect();
    // A word of the highland languages, for water, with three Vietnamese spellings.
    for dak in ["đắk", "đăk"] {
        lower = lower.replace(dak, "đak");
    }
    let (mut letters, mut tones) = (String::new(), String::from("/"));
    for c in lower.nfd() {
        match TONES.iter().position(|tone| *tone == c) {
            Some(rank) => tones.push(char::from(b'1' + rank as u8)),
            // Unicode counts some apostrophes as letters.
            None if ('\u{2b0}'..='\u{2ff}').contains(&c) => {}
            None if c.is_alphanumeric() || is_combining_mark(c) => letters.push(c),
            None => {}
        }
    }
    letters + &tones
}

/// Whether a text is written without any accent.
pub fn is_plain(text: &str) -> bool {
    !text.nfd().flat_map(char::to_lowercase).any(|c| is_combining_mark(c) || is_barred(c))
}

/// The letter đ; exports also hold the Icelandic eth and the African d that look like it.
fn is_barred(c: char) -> bool {
    ['đ', 'ð', 'ɖ'].contains(&c)
}

/// The order of the Vietnamese alphabet; tones decide only between otherwise equal words.
const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// Tones in dictionary order: level, grave, hook, tilde, acute, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

/// A key that sorts names as a Vietnamese dictionary does.
pub fn collation_key(name: &str) -> Vec<u16> {
    let mut letters = Vec::new();
    let mut tones = Vec::new();
    for c in name.nfc().flat_map(char::to_lowercase) {
        let (base, tone) = split_tone(c);
        let rank = ALPHABET.chars().position(|a| a == base);
        letters.push(match rank {
            Some(rank) => 256 + rank as u16,
            None if base.is_ascii() => base as u16,
            None => 512 + (base as u32 % 60_000) as u16,
        });
        tones.push(tone);
    }
    letters.push(0);
    letters.extend(tones);
    letters
}

/// Splits a letter into its letter of the alphabet and the rank of its tone.
fn split_tone(c: char) -> (char, u16) {
    let mut tone = 0;
    let base: String = std::iter::once(c)
        .nfd()
        .filter(|mark| match TONES.iter().position(|t| t == mark) {
            Some(rank) => {
                tone = rank as u16 + 1;
                false
            }
            None => true,
        })
        .nfc()
        .collect();
    (base.chars().next().unwrap_or(c), tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_as_on_maps() {
        assert_eq!(cell("12.65N 108.52E"), "12,65°B 108,52°Đ");
        for other in ["Buôn N", "Thôn 12 E", "", "Ễ Ặ", "12.65N"] {
            assert_eq!(cell(other), other);
        }
    }

    #[test]
    fn numbers_have_points_and_a_comma() {
        assert_eq!(number(1234.5, 2), "1.234,50");
        assert_eq!(number(64595.0, 0), "64.595");
        assert_eq!(number(-95.25, 1), "\u{2212}95,3");
        assert_eq!(number(-0.001, 2), "0,00");
        assert_eq!(number(1.005, 2), "1,01");
        assert_eq!(number(999.995, 2), "1.000,00");
        assert_eq!(number(2.5, 0), "3");
        assert_eq!(integer(-1_234_567), "\u{2212}1.234.567");
        assert_eq!(percent(0.3708, 2), "37,08%");
    }

    #[test]
    fn dates_follow_the_decree() {
        assert_eq!(date(Date::constant(2025, 10, 5)), "05/10/2025");
        assert_eq!((day_text(5), month_text(1)), ("05".into(), "01".into()));
        assert_eq!((day_text(12), month_text(3)), ("12".into(), "3".into()));
    }

    #[test]
    fn spellings_of_one_name_fold_alike() {
        assert_eq!(fold("Phường Tuy Hòa"), fold("PHƯỜNG  TUY HOÀ"));
        assert_eq!(fold("Đắk Lắk"), "daklak");
        assert_eq!(fold("Vina-Phone"), fold("vinaphone"));
        assert_eq!(fold("\u{d0}ắk \u{189}oa"), "dakdoa");
    }

    #[test]
    fn a_name_has_one_spelling_however_it_is_written() {
        let same = [
            ["Hòa Thắng", "HOÀ  THẮNG"],
            ["Thuỷ", "Thủy"],
            ["A Dơk", "Adơk"],
            ["Ea H'Leo", "Ea H\u{2019}leo"],
            ["Ea H\u{2bc}Leo", "Ea Hleo"],
            ["Phan Rang-Tháp Chàm", "Phan Rang - Tháp Chàm"],
            ["Đạ M' Rong", "\u{d0}ạ M'rong"],
            ["Đắk Pơ", "Đak Pơ"],
            ["Đăk Pơ", "\u{d0}ắk Pơ"],
        ];
        for [a, b] in same {
            assert_eq!(spelling(a), spelling(b), "{a} {b}");
            let decomposed: String = a.nfd().collect();
            assert_eq!(spelling(&decomposed), spelling(b), "{a} decomposed");
        }
        for [a, b] in
            [["Tân", "Tấn"], ["Tân", "Tan"], ["Dak", "Đak"], ["Vân", "Văn"], ["Bá Là", "Bà Lá"]]
        {
            assert_ne!(spelling(a), spelling(b), "{a} {b}");
            assert_eq!(fold(a), fold(b));
        }
        assert!(is_plain("Xa Ea H'Leo") && is_plain("Ea H\u{2019}leo"));
        assert!(!is_plain("Xã") && !is_plain("Đak") && !is_plain("a\u{300}"));
    }

    #[test]
    fn names_sort_as_in_a_dictionary() {
        let mut names = ["Đức Bình", "Huế", "Hà Nội", "Dray Bhăng", "Ea Kar", "Hạ", "Ha"];
        names.sort_by_key(|n| collation_key(n));
        assert_eq!(names, ["Dray Bhăng", "Đức Bình", "Ea Kar", "Ha", "Hạ", "Hà Nội", "Huế"]);
    }
}
