//! Counts and days as people write them.
//!
//! Vietnamese numbers have a point between thousands and a comma before decimals, and that is how text
//! is read: `1.234` is 1234. A comma before three last digits, `1,234`, could be either and is refused.
//! Numbers in cells of a spreadsheet are exact. A dash is no value. Days are day, month, year, or ISO.

use jiff::civil::Date;

use crate::spreadsheet::Cell;

/// The largest count that is believed.
const MOST: f64 = 1e12;

/// Why a cell is not what a column asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It may be one number or another.
    Ambiguous,
    /// It is no whole number from 0.
    NoCount,
    /// It is no day.
    NoDay,
}

/// A whole number from 0; none where the cell is empty or a dash.
pub fn count(cell: &Cell) -> Result<Option<i64>, Unreadable> {
    let number = match cell {
        Cell::Empty => return Ok(None),
        Cell::Text(text) if is_dash(text) => return Ok(None),
        Cell::Number(number) => *number,
        Cell::Text(text) => number(text)?,
        Cell::Date(_) | Cell::Other(_) => return Err(Unreadable::NoCount),
    };
    let whole = number.fract() == 0.0 && (0.0..=MOST).contains(&number);
    whole.then_some(Some(number as i64)).ok_or(Unreadable::NoCount)
}

fn is_dash(text: &str) -> bool {
    ["-", "–", "—"].contains(&text)
}

fn number(text: &str) -> Result<f64, Unreadable> {
    let is_space = |c: char| c.is_whitespace() || c == '\u{202f}';
    let by_spaces: Vec<&str> = text.split(is_space).collect();
    let joined = match are_groups(&by_spaces) {
        true => by_spaces.concat(),
        false => text.to_owned(),
    };
    let (points, commas) = (joined.matches('.').count(), joined.matches(',').count());
    // The mark that stands last, and once only, is before the decimals.
    let decimal = match (joined.rfind('.'), joined.rfind(',')) {
        (Some(point), Some(comma)) if point > comma && points == 1 => Some('.'),
        (Some(point), Some(comma)) if comma > point && commas == 1 => Some(','),
        (None, Some(_)) if commas == 1 => Some(','),
        _ => None,
    };
    let (whole, decimals) = match decimal {
        Some(mark) => joined.split_once(mark).unwrap_or((&joined, "")),
        None => (joined.as_str(), ""),
    };
    if decimal.is_some() && points + commas == 1 && decimals.len() == 3 && whole.len() <= 3 {
        return Err(Unreadable::Ambiguous);
    }
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let mixed = whole.contains('.') && whole.contains(',');
    let is_number = is_digits(decimals) || decimals.is_empty() && decimal.is_none();
    match is_number && !mixed && (groups.len() == 1 && is_digits(whole) || are_groups(&groups)) {
        true => format!("{}.{decimals}", groups.concat()).parse().map_err(|_| Unreadable::NoCount),
        // A point before one or two digits is a plain decimal.
        false => plain(&joined).ok_or(Unreadable::NoCount),
    }
}

fn plain(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.')?;
    (is_digits(whole) && is_digits(decimals)).then(|| text.parse().ok())?
}

/// One to three digits, then threes.
fn are_groups(groups: &[&str]) -> bool {
    let Some((first, rest)) = groups.split_first() else { return false };
    let is_first = is_digits(first) && first.len() <= 3;
    is_first && !rest.is_empty() && rest.iter().all(|group| is_digits(group) && group.len() == 3)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A day, perhaps followed by a time; none where the cell is empty.
pub fn day(cell: &Cell) -> Result<Option<Date>, Unreadable> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Date(date) => Ok(Some(*date)),
        Cell::Text(text) => written_day(text).map(Some).ok_or(Unreadable::NoDay),
        Cell::Number(_) | Cell::Other(_) => Err(Unreadable::NoDay),
    }
}

fn written_day(text: &str) -> Option<Date> {
    let first = text.split([' ', 'T']).next()?;
    let parts: Vec<&str> = first.split(['/', '-', '.']).collect();
    let [a, b, c] = parts[..] else { return None };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let sized = year.len() == 4 && month.len() <= 2 && day.len() <= 2;
    let digits = [year, month, day].into_iter().all(is_digits);
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (sized && digits).then_some(date)
}

/// A month such as `10/2025`, `2025-10` or `Tháng 10 năm 2025`, as `2025-10`.
pub fn month(cell: &Cell) -> Option<String> {
    let text = match cell {
        Cell::Date(date) => return Some(format!("{:04}-{:02}", date.year(), date.month())),
        Cell::Text(text) => text,
        _ => return None,
    };
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let [a, b] = numbers.collect::<Vec<_>>()[..] else { return None };
    let (year, month) = if a.len() == 4 { (a, b) } else { (b, a) };
    let month: i8 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    (year.len() == 4).then(|| format!("{year}-{month:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Cell {
        Cell::Text(value.to_owned())
    }

    #[test]
    fn counts_are_read_in_vietnamese_and_plain_form() {
        for (written, expected) in [
            ("0", 0),
            ("1234", 1234),
            ("1.234", 1234),
            ("12.345.678", 12_345_678),
            ("1 234", 1234),
            ("1\u{a0}234\u{202f}567", 1_234_567),
            ("1,234,567", 1_234_567),
            ("1.234,0", 1234),
            ("1,234.0", 1234),
            ("12,0", 12),
            ("1234.0", 1234),
        ] {
            assert_eq!(count(&text(written)), Ok(Some(expected)), "{written}");
        }
        assert_eq!(count(&Cell::Number(1234.0)), Ok(Some(1234)));
        for nothing in [Cell::Empty, text("-"), text("–")] {
            assert_eq!(count(&nothing), Ok(None));
        }
    }

    #[test]
    fn counts_that_may_mean_two_things_or_none_are_refused() {
        assert_eq!(count(&text("1,234")), Err(Unreadable::Ambiguous));
        assert_eq!(count(&text("12,345")), Err(Unreadable::Ambiguous));
        for written in [
            "1.234,5",
            "12,5",
            "1.5",
            "-3",
            "1.23.456",
            "1,2,3",
            "1.234.56",
            "12 34",
            "1e5",
            "khoảng 5",
            "5 bài",
            "٣",
            "1..2",
            ".",
            ",",
            "1.234,567.890",
            "9999999999999",
            "NaN",
        ] {
            assert_eq!(count(&text(written)), Err(Unreadable::NoCount), "{written}");
        }
        for cell in
            [Cell::Number(1.5), Cell::Number(-1.0), Cell::Number(f64::NAN), Cell::Number(1e15)]
        {
            assert_eq!(count(&cell), Err(Unreadable::NoCount), "{cell:?}");
        }
    }

    #[test]
    fn days_have_the_day_first_or_are_iso() {
        let expected = Ok(Some(Date::constant(2025, 11, 9)));
        for written in [
            "09/11/2025",
            "9/11/2025",
            "9-11-2025",
            "09.11.2025",
            "2025-11-09",
            "09/11/2025 08:30",
            "2025-11-09T08:30",
        ] {
            assert_eq!(day(&text(written)), expected, "{written}");
        }
        for written in
            ["31/02/2025", "9/11/25", "11/2025", "2025/13/01", "hôm qua", "+9/11/2025", "9//2025"]
        {
            assert_eq!(day(&text(written)), Err(Unreadable::NoDay), "{written}");
        }
        assert_eq!(day(&Cell::Number(45_970.0)), Err(Unreadable::NoDay));
        assert_eq!(day(&Cell::Empty), Ok(None));
    }

    #[test]
    fn months_are_read_from_words_and_days() {
        for written in ["10/2025", "2025-10", "Tháng 10 năm 2025", "T10/2025"] {
            assert_eq!(month(&text(written)).as_deref(), Some("2025-10"), "{written}");
        }
        assert_eq!(month(&Cell::Date(Date::constant(2025, 10, 1))).as_deref(), Some("2025-10"));
        for written in ["13/2025", "2025", "quý 4", "10/25", "01/10/2025"] {
            assert_eq!(month(&text(written)), None, "{written}");
        }
    }
}
