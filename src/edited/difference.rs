//! A number that differs, and where.

use std::fmt;

use super::passage::Passage;

/// What happened to a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Another number stands in its place.
    Changed { found: String, expected: String },
    /// It was left out.
    Missing { expected: String },
    /// It was added and is no figure of the bundle.
    Added { found: String },
}

/// A number that differs from the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub change: Change,
    /// `table 3, row "Xã Ea Kar", column "Trung vị"` or the words around it.
    pub place: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.place;
        match &self.change {
            Change::Changed { found, expected } => {
                write!(f, "{place}: found {found}, the bundle has {expected}")
            }
            Change::Missing { expected } => {
                write!(f, "{place}: found nothing, the bundle has {expected}")
            }
            Change::Added { found } => write!(f, "{place}: found {found}, not in the bundle"),
        }
    }
}

/// A token of some passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub passage: usize,
    pub cell: usize,
    pub token: usize,
}

/// Words shown on each side of a number.
const AROUND: usize = 4;

impl Spot {
    /// The number as it is written, with its minus.
    pub fn written(self, passages: &[Passage]) -> String {
        let text = &passages[self.passage].cells[self.cell];
        let token = &text.tokens[self.token];
        let minus = if token.key.starts_with("#-") { "−" } else { "" };
        format!("{minus}{}", &text.text[token.range.clone()])
    }

    /// Where it stands: the place in a table, or a paragraph by its words.
    pub fn place(self, passages: &[Passage]) -> String {
        let passage = &passages[self.passage];
        let Some(row) = &passage.row else {
            return format!("paragraph “{}”", self.quoted(passages));
        };
        let column = row.columns.get(self.cell).map_or("", String::as_str);
        match row.label.as_str() {
            "" => format!("table {}, head, column \"{column}\"", row.table),
            label => format!("table {}, row \"{label}\", column \"{column}\"", row.table),
        }
    }

    /// The number in brackets among the words around it.
    fn quoted(self, passages: &[Passage]) -> String {
        let text = &passages[self.passage].cells[self.cell];
        let number = text.tokens[self.token].range.clone();
        let first = self.token.saturating_sub(AROUND);
        let last = (self.token + AROUND).min(text.tokens.len() - 1);
        let (start, end) = (text.tokens[first].range.start, text.tokens[last].range.end);
        let before = text.text[start..number.start].replace('\n', " ");
        let after = text.text[number.end..end].replace('\n', " ");
        let open = if first > 0 { "… " } else { "" };
        let close = if last + 1 < text.tokens.len() { " …" } else { "" };
        format!("{open}{before}[{}]{after}{close}", &text.text[number])
    }
}
