//! Numbers as a speaker reads them: `321` is `ba trăm hai mươi mốt`. The words are in `labels.toml`.

use super::labels::Labels;
use crate::error::Result;

/// What a group of three digits is followed by, the last group first.
const SCALES: [&str; 4] = ["", "thousand", "million", "billion"];

/// The whole part, and below ten one decimal: nobody listens to more.
pub(super) fn number(value: f64, labels: &Labels) -> Result<String> {
    let tenths = (value.abs().min(1e12) * 10.0).round() as u64;
    let words = Words(labels);
    if tenths >= 100 || tenths.is_multiple_of(10) {
        return words.whole((tenths + 5) / 10);
    }
    let parts = [
        words.whole(tenths / 10)?,
        words.word("comma")?.to_owned(),
        words.digit(tenths % 10)?.to_owned(),
    ];
    Ok(parts.join(" "))
}

struct Words<'a>(&'a Labels);

impl<'a> Words<'a> {
    fn word(&self, key: &str) -> Result<&'a str> {
        self.0.text(&format!("spoken.{key}"))
    }

    fn digit(&self, digit: u64) -> Result<&'a str> {
        self.0.text(&format!("spoken_digits.{digit}"))
    }

    fn whole(&self, value: u64) -> Result<String> {
        if value == 0 {
            return Ok(self.digit(0)?.to_owned());
        }
        let mut words = Vec::new();
        for (place, scale) in SCALES.iter().enumerate().rev() {
            let group = value / 1000_u64.pow(place as u32) % 1000;
            if group == 0 {
                continue;
            }
            words.extend(self.group(group, !words.is_empty())?);
            if !scale.is_empty() {
                words.push(self.word(scale)?);
            }
        }
        Ok(words.join(" "))
    }

    /// Three digits; behind others its hundreds are read also when there are none.
    fn group(&self, group: u64, behind: bool) -> Result<Vec<&'a str>> {
        let (hundreds, tens, ones) = (group / 100, group / 10 % 10, group % 10);
        let mut words = Vec::new();
        let hundreds_read = behind || hundreds > 0;
        if hundreds_read {
            words.extend([self.digit(hundreds)?, self.word("hundred")?]);
        }
        match tens {
            0 if ones > 0 && hundreds_read => words.push(self.word("odd")?),
            0 => {}
            1 => words.push(self.word("ten")?),
            tens => words.extend([self.digit(tens)?, self.word("tens")?]),
        }
        match (tens, ones) {
            (_, 0) => {}
            (2.., 1) => words.push(self.word("one_behind_tens")?),
            (1.., 5) => words.push(self.word("five_behind_tens")?),
            _ => words.push(self.digit(ones)?),
        }
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Templates;

    #[test]
    fn numbers_are_read_as_in_school() {
        let labels = Templates::embedded().labels().unwrap();
        for (value, expected) in [
            (0.0, "không"),
            (5.0, "năm"),
            (10.0, "mười"),
            (11.0, "mười một"),
            (14.0, "mười bốn"),
            (15.0, "mười lăm"),
            (20.0, "hai mươi"),
            (21.0, "hai mươi mốt"),
            (55.0, "năm mươi lăm"),
            (91.0, "chín mươi mốt"),
            (100.0, "một trăm"),
            (101.0, "một trăm linh một"),
            (105.0, "một trăm linh năm"),
            (115.0, "một trăm mười lăm"),
            (299.0, "hai trăm chín mươi chín"),
            (1000.0, "một nghìn"),
            (1005.0, "một nghìn không trăm linh năm"),
            (2025.0, "hai nghìn không trăm hai mươi lăm"),
            (12_021.0, "mười hai nghìn không trăm hai mươi mốt"),
            (1_000_300.0, "một triệu ba trăm"),
            (6.43, "sáu phẩy bốn"),
            (9.96, "mười"),
            (0.62, "không phẩy sáu"),
            (83.5, "tám mươi bốn"),
        ] {
            assert_eq!(number(value, &labels).unwrap(), expected, "{value}");
        }
    }
}
