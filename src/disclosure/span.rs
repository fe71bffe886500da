//! Which unknowns a system of linear equations determines, whatever the values on its other side.
//!
//! An unknown is determined if its unit vector lies in the row space: after elimination, some row has it
//! alone. Coefficients are 0 and ±1; elimination is exact in the field of integers modulo 2^61 - 1, in
//! which the row space is that of the rationals unless a minor of the system is a multiple of it.

use std::collections::{BTreeMap, BTreeSet};

const PRIME: u64 = (1 << 61) - 1;

type Row = BTreeMap<usize, u64>;

/// The unknowns that the rows determine; a row has coefficients by unknown.
pub(super) fn determined(rows: Vec<BTreeMap<usize, i64>>) -> Vec<usize> {
    let field =
        |c: i64| if c < 0 { PRIME - c.unsigned_abs() % PRIME } else { c.unsigned_abs() % PRIME };
    let row = |row: BTreeMap<usize, i64>| row.into_iter().map(|(at, c)| (at, field(c))).collect();
    let mut rows: Vec<Row> =
        rows.into_iter().map(row).filter(|row: &Row| !row.is_empty()).collect();
    rows.sort_by_key(BTreeMap::len);
    let mut holders: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        for at in row.keys() {
            holders.entry(*at).or_default().insert(number);
        }
    }
    for number in 0..rows.len() {
        let held = |at: &&usize| holders.get(at).map_or(0, BTreeSet::len);
        let Some(pivot) = rows[number].keys().min_by_key(held).copied() else { continue };
        let inverse = power(rows[number][&pivot], PRIME - 2);
        rows[number].values_mut().for_each(|c| *c = times(*c, inverse));
        let pivot_row = rows[number].clone();
        for other in holders.get(&pivot).cloned().unwrap_or_default() {
            if other != number {
                subtract(&mut rows[other], other, &pivot_row, pivot, &mut holders);
            }
        }
    }
    let alone = |row: &Row| if row.len() == 1 { row.keys().next().copied() } else { None };
    rows.iter().filter_map(alone).collect()
}

/// Takes off the multiple of the pivot row that makes the pivot vanish.
fn subtract(
    row: &mut Row,
    number: usize,
    pivot_row: &Row,
    pivot: usize,
    holders: &mut BTreeMap<usize, BTreeSet<usize>>,
) {
    let Some(factor) = row.get(&pivot).map(|c| PRIME - c) else { return };
    for (at, c) in pivot_row {
        let sum = (row.get(at).copied().unwrap_or(0) + times(*c, factor)) % PRIME;
        if sum == 0 {
            row.remove(at);
            holders.entry(*at).or_default().remove(&number);
        } else {
            row.insert(*at, sum);
            holders.entry(*at).or_default().insert(number);
        }
    }
}

fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}
