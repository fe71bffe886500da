//! Comparison of operators: when may a report say that one is better than another?
//!
//! Operators are compared on an indicator in a scope: a family of the province, or of a commune
//! where both have enough samples. A sentence needs all of
//!
//! 1. enough devices, published statistics, and few tests without device on both sides;
//! 2. a test in which devices, not samples, are what is independent, valid under unequal spread
//!    ([`brunner_munzel`]), and significance at 5 % after Holm's correction over all comparisons of
//!    the document ([`multiplicity`]);
//! 3. the published medians, over all samples, on the same side;
//! 4. the comparison within communes and technologies on the same side, certain at 5 % ([`strata`]);
//! 5. significance, so corrected again, and the same side without the most active 1 % of the
//!    devices of each operator.
//!
//! Otherwise they are equivalent, or not comparable where 1 fails ([`rule`]). Nothing depends on
//! the order of samples. Only `stage` and `table` know SQL and tables.

pub mod brunner_munzel;
pub mod multiplicity;
pub mod pairs;
pub mod rule;
pub mod samples;
mod stage;
pub mod strata;
mod table;

pub use stage::compare;
