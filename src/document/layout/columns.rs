//! How wide the columns of a table are.

use super::Context;
use super::decimal;
use crate::document::block::{Align, Table};
use crate::document::page::Face;

/// The blank at each side of a cell.
pub(super) const PADDING: f64 = 3.0;

/// The smallest type that is tried before words are cut.
const LEAST_SIZE: f64 = 7.0;

/// How much smaller the type may become to keep numbers on one line.
const SHRINK_FOR_NUMBERS: f64 = 1.0;

/// A title wraps to about this share of its length before it widens its column.
const TITLE_SHARE: f64 = 0.4;

/// The least and the most a column can use.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Need {
    /// Its longest word.
    least: f64,
    /// Its longest cell on one line.
    most: f64,
}

impl Context<'_> {
    /// The size of type and the widths of columns, padding included.
    ///
    /// Numbers that are aligned at their comma stay on one line, if that costs words of other
    /// columns no more than a break and the type no more than a little of its size.
    pub fn fit_columns(&self, table: &Table) -> (f64, Vec<f64>) {
        let least = (self.style.table - SHRINK_FOR_NUMBERS).max(LEAST_SIZE);
        let whole = self.fit(table, least, true);
        let (size, widths, _) = match whole {
            (_, _, true) => whole,
            _ => self.fit(table, LEAST_SIZE, false),
        };
        (size, widths)
    }

    /// The largest type in which no word is cut, down to a least size; and whether there is one.
    fn fit(&self, table: &Table, least: f64, whole: bool) -> (f64, Vec<f64>, bool) {
        let mut size = self.style.table;
        loop {
            let needs = self.needs(table, size, whole);
            let widths = widths(table, &needs, self.geometry.width);
            let fits = widths.iter().zip(&needs).all(|(width, need)| *width + 0.01 >= need.least);
            if fits || size <= least {
                return (size, widths, fits);
            }
            size = (size - 0.5).max(least);
        }
    }

    fn needs(&self, table: &Table, size: f64, whole: bool) -> Vec<Need> {
        let column = |index: usize| self.column_need(table, index, size, whole);
        (0..table.columns.len()).map(column).collect()
    }

    fn column_need(&self, table: &Table, index: usize, size: f64, whole: bool) -> Need {
        let title = table.columns.get(index).map(|column| column.title.as_str());
        let title = title.map(|title| self.need(title, Face::Bold, size));
        let cells = || table.rows.iter().filter_map(|row| row.get(index));
        // Long titles over short numbers wrap to two or three lines.
        let title =
            title.map(|need| Need { most: need.least.max(need.most * TITLE_SHARE), ..need });
        let needs = cells().map(|cell| self.need(cell, Face::Regular, size));
        let mut need =
            title.into_iter().chain(needs).fold(Need { least: 0.0, most: 0.0 }, |a, b| Need {
                least: a.least.max(b.least),
                most: a.most.max(b.most),
            });
        if table.columns.get(index).is_some_and(|column| column.align == Align::Decimal) {
            let width = decimal::parts(self.family, size, cells().map(String::as_str)).width();
            need.most = need.most.max(width);
            need.least = if whole { need.least.max(width) } else { need.least };
        }
        Need { least: need.least + 2.0 * PADDING, most: need.most + 2.0 * PADDING }
    }

    fn need(&self, text: &str, face: Face, size: f64) -> Need {
        let words = self.plain(text, face, size);
        let least = words.iter().map(|word| word.width).fold(0.0, f64::max);
        let spaces = words.iter().rev().skip(1).map(|word| word.space).sum::<f64>();
        let most = words.iter().map(|word| word.width).sum::<f64>() + spaces;
        Need { least, most }
    }
}

/// Columns without a relative width take what they need; the others share what is left.
fn widths(table: &Table, needs: &[Need], room: f64) -> Vec<f64> {
    let relative: Vec<Option<f64>> = table
        .columns
        .iter()
        .map(|column| column.width.filter(|width| width.is_finite() && *width > 0.0))
        .collect();
    let shares: f64 = relative.iter().flatten().sum();
    if shares <= 0.0 {
        return natural(needs, room);
    }
    let fixed: Vec<Need> = pick(needs, &relative, false);
    let least_shared: f64 = pick(needs, &relative, true).iter().map(|need| need.least).sum();
    let wanted: f64 = fixed.iter().map(|need| need.most).sum();
    // The columns that share keep their longest words and a tenth of the room, but never half of it.
    let kept = least_shared.max(room * 0.1).min(room * 0.5);
    let fixed_room = wanted.min(room - kept);
    let mut fixed = natural(&fixed, fixed_room).into_iter();
    let left = room - fixed_room;
    let width = |share: &Option<f64>| match share {
        Some(share) => share / shares * left,
        None => fixed.next().unwrap_or(0.0),
    };
    relative.iter().map(width).collect()
}

fn pick(needs: &[Need], relative: &[Option<f64>], shared: bool) -> Vec<Need> {
    let pairs = needs.iter().zip(relative);
    pairs.filter(|(_, share)| share.is_some() == shared).map(|(need, _)| *need).collect()
}

/// All the room is used. When there is too little, short columns keep what they need and the long
/// ones are cut to one common width: first down to their longest words, then below.
fn natural(needs: &[Need], room: f64) -> Vec<f64> {
    let least: f64 = needs.iter().map(|need| need.least).sum();
    let most: f64 = needs.iter().map(|need| need.most).sum();
    if most <= room {
        return needs.iter().map(|need| need.most * room / most).collect();
    }
    if least < room {
        return cut(room, needs, |need, cap| cap.clamp(need.least, need.most));
    }
    cut(room, needs, |need, cap| cap.min(need.least))
}

/// Widths under the common cap that makes them fill the room.
fn cut(room: f64, needs: &[Need], width: impl Fn(&Need, f64) -> f64) -> Vec<f64> {
    let widths = |cap: f64| needs.iter().map(|need| width(need, cap)).collect::<Vec<f64>>();
    let (mut low, mut high) = (0.0, room);
    // Forty halvings bring the sum closer to the room than any rounding.
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if widths(middle).iter().sum::<f64>() > room {
            high = middle;
        } else {
            low = middle;
        }
    }
    widths(low)
}
