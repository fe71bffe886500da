//! Comparison.

pub mod multiplicity;
