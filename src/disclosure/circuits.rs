//! Which unknowns a system of linear equations leaves open, whatever the values on its other side.
//!
//! An unknown is open if some way of changing unknowns together changes it and no equation: a circuit of
//! the columns of the system (Oxley 2011, Matroid Theory, 2.1). Unknowns are added one by one, and the
//! columns kept as a basis with the unknowns that each is made of: a column that is a combination of
//! others closes a circuit. Coefficients are 0 and ±1; arithmetic is exact in the field of integers
//! modulo 2^61 - 1, in which columns depend on each other as in the rationals unless a minor of the
//! system is a multiple of it.

use std::collections::{BTreeMap, BTreeSet};

const PRIME: u64 = (1 << 61) - 1;

/// Coefficients by equation, or by unknown.
type Column = BTreeMap<usize, u64>;

/// A column of the basis.
#[derive(Debug)]
struct Basic {
    /// The equation in which it is 1 and all later ones of the basis are 0.
    pivot: usize,
    column: Column,
    /// The unknowns that it is made of.
    made_of: Column,
}

/// The unknowns so far.
#[derive(Debug, Default)]
pub(super) struct Circuits {
    basis: Vec<Basic>,
    /// The place in the basis of the column that has its pivot in an equation.
    places: BTreeMap<usize, usize>,
    open: BTreeSet<usize>,
}

/// A change of unknowns that changes no equation: what each is changed by, at most 2^60 either way.
pub(super) type Change = BTreeMap<usize, i64>;

impl Circuits {
    /// Adds an unknown with its coefficients by equation. The change that it makes possible, by 1 of
    /// itself, if it closes a circuit.
    pub(super) fn add(&mut self, unknown: usize, coefficients: &[(usize, i64)]) -> Option<Change> {
        let (mut column, mut made_of) = self.reduced(unknown, coefficients);
        let Some((pivot, value)) = column.last_key_value().map(|(at, c)| (*at, *c)) else {
            self.open.extend(made_of.keys());
            return Some(change(made_of));
        };
        let inverse = power(value, PRIME - 2);
        for coefficient in column.values_mut().chain(made_of.values_mut()) {
            *coefficient = times(*coefficient, inverse);
        }
        self.places.insert(pivot, self.basis.len());
        self.basis.push(Basic { pivot, column, made_of });
        None
    }

    /// The change that an unknown would make possible.
    pub(super) fn tried(&self, unknown: usize, coefficients: &[(usize, i64)]) -> Option<Change> {
        let (column, made_of) = self.reduced(unknown, coefficients);
        column.is_empty().then(|| change(made_of))
    }

    /// What is left of a column when the basis is taken off, and what that is made of.
    fn reduced(&self, unknown: usize, coefficients: &[(usize, i64)]) -> (Column, Column) {
        let mut column = Column::new();
        for (equation, coefficient) in coefficients {
            put(&mut column, *equation, field(*coefficient));
        }
        let mut made_of = Column::from([(unknown, 1)]);
        // A column has entries in pivots of its own and of later ones only: each is met once.
        let places = column.keys().filter_map(|equation| self.places.get(equation));
        let mut ahead: BTreeSet<usize> = places.copied().collect();
        while let Some(place) = ahead.pop_first() {
            let basic = &self.basis[place];
            let Some(factor) = column.get(&basic.pivot).map(|c| PRIME - c) else { continue };
            for (equation, coefficient) in &basic.column {
                put(&mut column, *equation, times(*coefficient, factor));
                ahead.extend(self.places.get(equation).filter(|later| **later > place));
            }
            for (of, coefficient) in &basic.made_of {
                put(&mut made_of, *of, times(*coefficient, factor));
            }
        }
        (column, made_of)
    }

    /// Whether equations leave the unknown open.
    pub(super) fn is_open(&self, unknown: usize) -> bool {
        self.open.contains(&unknown)
    }
}

fn change(made_of: Column) -> Change {
    made_of.into_iter().map(|(of, coefficient)| (of, signed(coefficient))).collect()
}

fn put(column: &mut Column, at: usize, coefficient: u64) {
    let sum = (column.get(&at).copied().unwrap_or(0) + coefficient) % PRIME;
    if sum == 0 {
        column.remove(&at);
    } else {
        column.insert(at, sum);
    }
}

fn field(coefficient: i64) -> u64 {
    let size = coefficient.unsigned_abs() % PRIME;
    if coefficient < 0 { (PRIME - size) % PRIME } else { size }
}

/// The integer nearest to 0.
fn signed(coefficient: u64) -> i64 {
    let size = |c: u64| i64::try_from(c).unwrap_or(i64::MAX);
    if coefficient > PRIME / 2 { -size(PRIME - coefficient) } else { size(coefficient) }
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
