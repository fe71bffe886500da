//! Effective samples computed directly: what `queries/collapse/effective.sql` says, over numbered
//! samples.

use rayon::prelude::*;

use crate::numbered::{Accepted, Effective};

/// Steps per unit that medians of values on the grid of 10⁻⁶ lie on.
pub const STEPS: f64 = 2e6;

/// The float nearest to the grid of medians.
pub fn on_grid(value: f64) -> f64 {
    (value * STEPS).round() / STEPS
}

/// Collapses samples, apart for the hours of the peak if `by_part`. The first `gridded` measures are
/// put on the grid of medians.
pub fn collapse(accepted: &Accepted, by_part: bool, gridded: usize) -> Effective {
    let keys = sorted_keys(accepted, by_part);
    let chunks = chunks(&keys);
    let parts: Vec<Effective> =
        chunks.into_par_iter().map(|chunk| collapsed(accepted, chunk, by_part, gridded)).collect();
    let measures = accepted.measures.len();
    let mut all = Effective { measures: vec![Vec::new(); measures], ..Default::default() };
    for part in parts {
        all.cell.extend(part.cell);
        all.day.extend(part.day);
        all.peak.extend(part.peak);
        all.cluster.extend(part.cluster);
        all.restated.extend(part.restated);
        all.tests.extend(part.tests);
        for (column, values) in all.measures.iter_mut().zip(part.measures) {
            column.extend(values);
        }
    }
    all
}

/// One number per sample that sorts as effective samples do: cell, day, hours of the peak, device (none
/// last); its last 32 bits are the row.
fn sorted_keys(accepted: &Accepted, by_part: bool) -> Vec<u128> {
    let first_day = accepted.day.iter().min().copied().unwrap_or(0);
    let key = |row: usize| {
        let day = accepted.day[row].abs_diff(first_day) & 0xffff;
        let device = accepted.device[row].wrapping_sub(1);
        u128::from(accepted.cell[row]) << 81
            | u128::from(day) << 65
            | u128::from(by_part && accepted.peak[row]) << 64
            | u128::from(device) << 32
            | row as u128
    };
    let mut keys: Vec<u128> = (0..accepted.cell.len()).into_par_iter().map(key).collect();
    keys.par_sort_unstable();
    keys
}

/// What a key says but for its row, and whether there is a device.
fn group(key: u128) -> (u128, bool) {
    let without_row = key >> 32;
    (without_row, without_row as u32 != u32::MAX)
}

/// Pieces of about equal size that split no group.
fn chunks(mut keys: &[u128]) -> Vec<&[u128]> {
    const ROWS: usize = 1 << 16;
    let mut chunks = Vec::new();
    while keys.len() > ROWS {
        let last = group(keys[ROWS - 1]);
        let rest = keys[ROWS..].iter().position(|key| group(*key) != last);
        let Some(rest) = rest else { break };
        let (chunk, others) = keys.split_at(ROWS + rest);
        chunks.push(chunk);
        keys = others;
    }
    chunks.push(keys);
    chunks
}

fn collapsed(accepted: &Accepted, keys: &[u128], by_part: bool, gridded: usize) -> Effective {
    let measures = accepted.measures.len();
    let mut found = Effective { measures: vec![Vec::new(); measures], ..Default::default() };
    let mut values = Vec::new();
    let mut rows: Vec<u32> = Vec::new();
    for tests in keys.chunk_by(|a, b| group(*a) == group(*b)) {
        rows.clear();
        rows.extend(tests.iter().map(|key| *key as u32));
        if group(tests[0]).1 {
            add(&mut found, accepted, &rows, by_part, gridded, &mut values);
            continue;
        }
        rows.sort_unstable_by(|a, b| compare(accepted, *a as usize, *b as usize));
        for row in &rows {
            let row = std::slice::from_ref(row);
            add(&mut found, accepted, row, by_part, gridded, &mut values);
        }
    }
    found
}

/// The order of samples that only their values tell apart; missing ones are last.
fn compare(accepted: &Accepted, a: usize, b: usize) -> std::cmp::Ordering {
    let measures = accepted.measures.iter().map(|column| column[a].total_cmp(&column[b]));
    let measures = measures.reduce(std::cmp::Ordering::then).unwrap_or(std::cmp::Ordering::Equal);
    let code = |row: usize| accepted.restated[row].wrapping_sub(1);
    measures.then(code(a).cmp(&code(b)))
}

/// Adds one effective sample: the medians of these tests.
fn add(
    found: &mut Effective,
    accepted: &Accepted,
    rows: &[u32],
    by_part: bool,
    gridded: usize,
    values: &mut Vec<f64>,
) {
    let Some(first) = rows.first().map(|row| *row as usize) else { return };
    found.cell.push(accepted.cell[first]);
    found.day.push(accepted.day[first]);
    found.peak.push(by_part && accepted.peak[first]);
    found.cluster.push(accepted.device[first]);
    let code = accepted.restated[first];
    let agree = rows.iter().all(|row| accepted.restated[*row as usize] == code);
    found.restated.push(if agree { code } else { 0 });
    found.tests.push(rows.len() as u32);
    for (at, (column, to)) in accepted.measures.iter().zip(&mut found.measures).enumerate() {
        values.clear();
        values.extend(rows.iter().map(|row| column[*row as usize]).filter(|v| !v.is_nan()));
        let median = median(values);
        to.push(if at < gridded { on_grid(median) } else { median });
    }
}

/// The median; NaN of nothing.
fn median(values: &mut [f64]) -> f64 {
    match values {
        [] => f64::NAN,
        [one] => *one,
        many => {
            many.sort_unstable_by(f64::total_cmp);
            let (low, high) = (many[(many.len() - 1) / 2], many[many.len() / 2]);
            if low == high { low } else { 0.5 * (high - low) + low }
        }
    }
}
