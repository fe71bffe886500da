//! How wide the columns of a table are.

use super::Context;
use super::decimal;
use crate::document::block::{Align, Table};
use crate::document::page::Face;

/// The blank at each side of a cell.
pub(super) const PADDING: f64 = 3.0;

/// The smallest type that is tried before words are cut.
const LEAST_SIZE: f64 = 7.0;

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
    pub fn fit_columns(&self, table: &Table) -> (f64, Vec<f64>) {
        let mut size = self.style.table;
        let mut needs = self.needs(table, size);
        while size > LEAST_SIZE && too_wide(table, &needs, self.geometry.width) {
            size = (size - 0.5).max(LEAST_SIZE);
            needs = self.needs(table, size);
        }
        (size, widths(table, &needs, self.geometry.width))
    }

    fn needs(&self, table: &Table, size: f64) -> Vec<Need> {
        let column = |index: usize| {
            let title = table.columns.get(index).map(|column| column.title.as_str());
            let title = title.map(|title| self.need(title, Face::Bold, size));
            let cells = table.rows.iter().filter_map(|row| row.get(index));
            let cells = cells.map(|cell| self.need(cell, Face::Regular, size));
            let decimal = table.columns.get(index).is_some_and(|c| c.align == Align::Decimal);
            let aligned = decimal.then(|| {
                let texts = table.rows.iter().filter_map(|row| row.get(index));
                decimal::parts(self.family, size, texts.map(String::as_str)).width()
            });
            // Long titles over short numbers wrap to two or three lines.
            let title =
                title.map(|need| Need { most: need.least.max(need.most * TITLE_SHARE), ..need });
            let need =
                title.into_iter().chain(cells).fold(Need { least: 0.0, most: 0.0 }, |a, b| Need {
                    least: a.least.max(b.least),
                    most: a.most.max(b.most),
                });
            let most = need.most.max(aligned.unwrap_or(0.0));
            Need { least: need.least + 2.0 * PADDING, most: most + 2.0 * PADDING }
        };
        (0..table.columns.len()).map(column).collect()
    }

    fn need(&self, text: &str, face: Face, size: f64) -> Need {
        let words = self.plain(text, face, size);
        let least = words.iter().map(|word| word.width).fold(0.0, f64::max);
        let spaces = words.iter().rev().skip(1).map(|word| word.space).sum::<f64>();
        let most = words.iter().map(|word| word.width).sum::<f64>() + spaces;
        Need { least, most }
    }
}

/// Whether some word would be cut.
fn too_wide(table: &Table, needs: &[Need], room: f64) -> bool {
    let widths = widths(table, needs, room);
    widths.iter().zip(needs).any(|(width, need)| *width + 0.01 < need.least)
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
    let fixed_room = wanted.min((room - least_shared).max(room * 0.5));
    let mut fixed = natural(&fixed, fixed_room).into_iter();
    let left = if relative.iter().all(Option::is_some) {
        room
    } else {
        (room - fixed_room).max(room * 0.1)
    };
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
