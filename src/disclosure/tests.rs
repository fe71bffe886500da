use std::collections::BTreeMap;

use super::span::determined;

fn row(coefficients: &[(usize, i64)]) -> BTreeMap<usize, i64> {
    coefficients.iter().copied().collect()
}

/// x + y, y + z and x + z are known: so is each.
#[test]
fn a_cycle_of_odd_length_determines_its_unknowns() {
    let rows = vec![row(&[(0, 1), (1, 1)]), row(&[(1, 1), (2, 1)]), row(&[(0, 1), (2, 1)])];
    let mut found = determined(rows);
    found.sort_unstable();
    assert_eq!(found, [0, 1, 2]);
}

/// The four cells of a square with known sums of rows and columns may still be anything.
#[test]
fn a_square_determines_nothing() {
    let rows = vec![
        row(&[(0, 1), (1, 1)]),
        row(&[(2, 1), (3, 1)]),
        row(&[(0, 1), (2, 1)]),
        row(&[(1, 1), (3, 1)]),
    ];
    assert!(determined(rows).is_empty());
}
