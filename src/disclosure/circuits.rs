//! Which unknowns a system of linear equations leaves open, whatever the values on its other side.
//!
//! An unknown is open if some way of changing unknowns together changes it and no equation: a circuit of
//! the columns of the system (Oxley 2011, Matroid Theory, 2.1). Unknowns are added one by one, and the
//! columns kept as a basis with the unknowns that each is made of: a column that is a combination of
//! others closes a circuit. Coefficients are 0 and ±1; arithmetic is exact in the field of integers
//! modulo 2^61 - 1, in which columns depend on each other as in the rationals unless a minor of the
//! system is a multiple of it.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

const PRIME: u64 = (1 << 61) - 1;

/// Coefficients other than 0 by equation, or by unknown, in order.
type Column = Vec<(usize, u64)>;

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
#[derive(Debug)]
pub(super) struct Circuits {
    /// How many cells each equation has: where they are few, a pivot touches few columns after it.
    sizes: Vec<usize>,
    basis: Vec<Basic>,
    /// The place in the basis of the column that has its pivot in an equation.
    places: Vec<Option<usize>>,
    open: BTreeSet<usize>,
    /// Room for one column and what it is made of.
    scratch: RefCell<(Dense, Dense)>,
}

/// A change of unknowns that changes no equation: what each is changed by, at most 2^60 either way, in order.
pub(super) type Change = Vec<(usize, i64)>;

impl Circuits {
    /// No unknown yet of those with numbers below `unknowns`, in equations of so many cells.
    pub(super) fn new(unknowns: usize, sizes: Vec<usize>) -> Self {
        let places = vec![None; sizes.len()];
        let scratch = RefCell::new((Dense::new(sizes.len()), Dense::new(unknowns)));
        Circuits { sizes, basis: Vec::new(), places, open: BTreeSet::new(), scratch }
    }

    /// Adds an unknown with its coefficients by equation. The change that it makes possible, by 1 of
    /// itself, if it closes a circuit.
    pub(super) fn add(&mut self, unknown: usize, coefficients: &[(usize, i64)]) -> Option<Change> {
        let (mut column, mut made_of) = self.reduced(unknown, coefficients);
        let shortest = column.iter().min_by_key(|(equation, _)| (self.sizes[*equation], *equation));
        let Some((pivot, value)) = shortest.copied() else {
            self.open.extend(made_of.iter().map(|(of, _)| *of));
            return Some(change(&made_of));
        };
        let inverse = power(value, PRIME - 2);
        for (_, coefficient) in column.iter_mut().chain(&mut made_of) {
            *coefficient = times(*coefficient, inverse);
        }
        self.places[pivot] = Some(self.basis.len());
        self.basis.push(Basic { pivot, column, made_of });
        None
    }

    /// The change that an unknown would make possible.
    pub(super) fn tried(&self, unknown: usize, coefficients: &[(usize, i64)]) -> Option<Change> {
        let (column, made_of) = self.reduced(unknown, coefficients);
        column.is_empty().then(|| change(&made_of))
    }

    /// What is left of a column when the basis is taken off, and what that is made of.
    fn reduced(&self, unknown: usize, coefficients: &[(usize, i64)]) -> (Column, Column) {
        let (column, made_of) = &mut *self.scratch.borrow_mut();
        made_of.add(unknown, 1);
        let mut ahead = BinaryHeap::new();
        for (equation, coefficient) in coefficients {
            column.add(*equation, field(*coefficient));
            ahead.extend(self.places[*equation].map(Reverse));
        }
        // A column has entries in pivots of its own and of later ones only: each is taken off once.
        while let Some(Reverse(place)) = ahead.pop() {
            let basic = &self.basis[place];
            let factor = match column.values[basic.pivot] {
                0 => continue,
                coefficient => PRIME - coefficient,
            };
            for (equation, coefficient) in &basic.column {
                if column.values[*equation] == 0 {
                    let later = self.places[*equation].filter(|later| *later > place);
                    ahead.extend(later.map(Reverse));
                }
                column.add(*equation, times(*coefficient, factor));
            }
            for (of, coefficient) in &basic.made_of {
                made_of.add(*of, times(*coefficient, factor));
            }
        }
        (column.take(), made_of.take())
    }

    /// Whether equations leave the unknown open.
    pub(super) fn is_open(&self, unknown: usize) -> bool {
        self.open.contains(&unknown)
    }
}

/// A value for each number, and which of them may not be 0.
#[derive(Debug)]
struct Dense {
    values: Vec<u64>,
    touched: Vec<usize>,
}

impl Dense {
    fn new(length: usize) -> Self {
        Dense { values: vec![0; length], touched: Vec::new() }
    }

    fn add(&mut self, at: usize, value: u64) {
        if self.values[at] == 0 {
            self.touched.push(at);
        }
        self.values[at] = sum(self.values[at], value);
    }

    /// What is not 0; everything is 0 afterwards.
    fn take(&mut self) -> Column {
        self.touched.sort_unstable();
        let values = &mut self.values;
        let taken = self.touched.drain(..).map(|at| (at, std::mem::take(&mut values[at])));
        taken.filter(|(_, value)| *value != 0).collect()
    }
}

fn change(made_of: &Column) -> Change {
    made_of.iter().map(|(of, coefficient)| (*of, signed(*coefficient))).collect()
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

fn sum(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

/// 2^61 is 1 in the field: the upper bits of a product count like the lower ones.
fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    sum(product as u64 & PRIME, (product >> 61) as u64)
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
