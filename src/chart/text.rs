//! Labels: made safe for every surface, broken into lines, shortened when there is no room.

use unicode_normalization::UnicodeNormalization;

use super::TextMetrics;
use super::canvas::Type;

const ELLIPSIS: char = '…';

/// One line of composed text without control characters, which XML forbids and no font shows.
pub(super) fn clean(text: &str) -> String {
    let visible: String = text
        .nfc()
        .filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text, or its beginning and an ellipsis where it is wider than `width`.
pub(super) fn shorten(metrics: &dyn TextMetrics, style: Type, text: &str, width: f64) -> String {
    let text = clean(text);
    if measure(metrics, style, &text) <= width {
        return text;
    }
    let mut kept = text;
    while kept.pop().is_some() {
        let shortened = format!("{}{ELLIPSIS}", kept.trim_end());
        if measure(metrics, style, &shortened) <= width {
            return shortened;
        }
    }
    String::new()
}

/// Lines no wider than `width`, at most `most` of them; an empty text has no line.
pub(super) fn wrap(
    metrics: &dyn TextMetrics,
    style: Type,
    text: &str,
    width: f64,
    most: usize,
) -> Vec<String> {
    let text = clean(text);
    let mut lines = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() && lines.len() < most {
        if lines.len() + 1 == most {
            lines.push(shorten(metrics, style, rest, width));
            break;
        }
        let (line, after) = split(metrics, style, rest, width);
        lines.push(line.to_owned());
        rest = after;
    }
    lines
}

/// The longest beginning that fits, broken at a space where there is one.
fn split<'a>(
    metrics: &dyn TextMetrics,
    style: Type,
    text: &'a str,
    width: f64,
) -> (&'a str, &'a str) {
    let fits = |end: usize| measure(metrics, style, &text[..end]) <= width;
    if fits(text.len()) {
        return (text, "");
    }
    let spaces = text.match_indices(' ').map(|(at, _)| at);
    if let Some(end) = spaces.take_while(|at| fits(*at)).last() {
        return (&text[..end], text[end..].trim_start());
    }
    // One word too long for the line: at least one letter goes on, so that the loop ends.
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let first = text.chars().next().map_or(0, char::len_utf8);
    let end = ends.take_while(|end| fits(*end)).last().unwrap_or(first);
    (&text[..end], text[end..].trim_start())
}

pub(super) fn measure(metrics: &dyn TextMetrics, style: Type, text: &str) -> f64 {
    metrics.width(style.bold, style.size, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::canvas::BODY;

    /// Every letter as wide as its size, so that widths can be worked out by hand.
    struct Square;

    impl TextMetrics for Square {
        fn width(&self, _bold: bool, size: f64, text: &str) -> f64 {
            size * text.chars().count() as f64
        }
    }

    #[test]
    fn control_characters_and_decomposed_letters_are_cleaned() {
        assert_eq!(clean(" a\u{0}\n\tb\u{FFFF} e\u{302}\u{301} "), "a b ế");
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_inside() {
        let lines = wrap(&Square, BODY, "aa bb cccccc d", BODY.size * 5.0, 9);
        assert_eq!(lines, ["aa bb", "ccccc", "c d"]);
    }

    #[test]
    fn the_last_line_is_shortened() {
        let lines = wrap(&Square, BODY, "aa bb cccccc d", BODY.size * 5.0, 2);
        assert_eq!(lines, ["aa bb", "cccc…"]);
    }

    #[test]
    fn no_room_at_all_ends_too() {
        assert_eq!(wrap(&Square, BODY, "abc", 0.0, 9), ["a", "b", "c"]);
        assert_eq!(shorten(&Square, BODY, "abc", 0.0), "");
        assert!(wrap(&Square, BODY, "", 10.0, 9).is_empty());
    }
}
