//! Aligned columns of text.

/// Characters of a line, as in the help texts.
const WIDTH: usize = 100;

/// Where the text of a column stands in its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Rows as indented lines with two spaces between the columns. A last column that stands left holds
/// prose and is wrapped.
pub fn grid(align: &[Align], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..align.len()).map(width).collect();
    rows.iter().map(|row| line(align, &widths, row)).collect()
}

fn line(align: &[Align], widths: &[usize], row: &[String]) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        line.push_str("  ");
        let indent = line.chars().count();
        match align[column] {
            Align::Right => line.push_str(&format!("{cell:>width$}")),
            Align::Left if column + 1 == widths.len() => line.push_str(&wrapped(cell, indent)),
            Align::Left => line.push_str(&format!("{cell:<width$}")),
        }
    }
    format!("{}\n", line.trim_end())
}

/// Prose that starts at `indent` and goes on there, as far as a line of [`WIDTH`] reaches.
fn wrapped(prose: &str, indent: usize) -> String {
    let room = WIDTH.saturating_sub(indent).max(WIDTH / 3);
    let (mut text, mut used) = (String::new(), 0);
    for word in prose.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            text.push_str(&format!("\n{:indent$}", ""));
            used = 0;
        } else if used > 0 {
            text.push(' ');
            used += 1;
        }
        text.push_str(word);
        used += length;
    }
    text
}

/// A count with its thousands apart: `1,234,567`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (position, digit) in digits.char_indices() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// `1 file`, `2 files`.
pub fn counted(value: u64, noun: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let texts = [0, 999, 1000, 1_234_567].map(count);
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(percent(0.3708), "37.08 %");
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(1200, "file"), "1,200 files");
    }

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = [vec!["Đắk".to_owned(), "7".to_owned()], vec!["a".to_owned(), "10".to_owned()]];
        assert_eq!(grid(&[Align::Left, Align::Right], &rows), "  Đắk   7\n  a    10\n");
    }

    #[test]
    fn prose_goes_on_below_itself() {
        let prose = "word ".repeat(25);
        let text = grid(&[Align::Left, Align::Left], &[vec!["name".to_owned(), prose]]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].len() <= WIDTH && lines[1].starts_with("        word"), "{text}");
    }
}
