//! Tables of quantiles that SQL has no function for: Student's t, and binomial ranks.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use statrs::distribution::{Binomial, DiscreteCDF};

use super::{QUANTILES, student};
use crate::engine::EngineFault;
use crate::plan::table;

/// Probability beyond each end of an interval.
const TAIL: f64 = 0.025;

/// The table `student_t`: its 0.975 quantile with `devices` − 1 degrees of freedom.
pub fn student_t(devices: &BTreeSet<i64>) -> Result<RecordBatch, EngineFault> {
    let devices: Vec<i64> = devices.iter().copied().filter(|devices| *devices > 1).collect();
    let quantiles = devices.iter().map(|devices| t(*devices as f64 - 1.0));
    let quantiles: ArrayRef = Arc::new(Float64Array::from_iter_values(quantiles));
    let devices: ArrayRef = Arc::new(Int64Array::from(devices));
    table("student_t", [("devices", devices), ("t", quantiles)])
}

/// Student's t to 12 decimals: enough, and the same on every machine.
pub fn t(freedom: f64) -> f64 {
    (student::quantile_975(freedom) * 1e12).round() / 1e12
}

/// The table `ranks`: of `n_adj` independent values, those whose ranks `low` and `high` enclose the
/// quantile of a statistic with at most 2.5 % beyond each; NULL where no rank reaches that far.
pub fn ranks(sizes: &BTreeSet<(String, i64)>) -> Result<RecordBatch, EngineFault> {
    let (mut names, mut counts) = (Vec::new(), Vec::new());
    let (mut low, mut high) = (Vec::new(), Vec::new());
    for (statistic, n) in sizes {
        let Some((_, level)) = QUANTILES.iter().find(|(name, _)| name == statistic) else {
            continue;
        };
        let enclosing = enclosing(*n, *level);
        names.push(statistic.clone());
        counts.push(*n);
        low.push(enclosing.0);
        high.push(enclosing.1);
    }
    table(
        "ranks",
        [
            ("statistic", Arc::new(StringArray::from(names)) as ArrayRef),
            ("n_adj", Arc::new(Int64Array::from(counts))),
            ("low", Arc::new(Int64Array::from(low))),
            ("high", Arc::new(Int64Array::from(high))),
        ],
    )
}

/// Ranks l and h, counted from 1, so that P(X₍ₗ₎ > ξ) ≤ 0.025 and P(X₍ₕ₎ < ξ) ≤ 0.025 for the
/// quantile ξ at `level` of any continuous distribution (Conover 1999, section 3.2).
pub fn enclosing(n: i64, level: f64) -> (Option<i64>, Option<i64>) {
    let Some(below) = u64::try_from(n).ok().and_then(|n| Binomial::new(level, n).ok()) else {
        return (None, None);
    };
    // The least k with P(B ≤ k) > 0.025, and the least with P(B ≤ k) ≥ 0.975.
    let at_low = first(n, |k| below.cdf(k) > TAIL);
    let at_high = first(n, |k| below.cdf(k) >= 1.0 - TAIL);
    ((at_low > 0).then_some(at_low), (at_high < n).then_some(at_high + 1))
}

/// The least of 0..=n that holds, when all after it hold, too.
fn first(n: i64, holds: impl Fn(u64) -> bool) -> i64 {
    let (mut from, mut to) = (0, n.max(0));
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle.unsigned_abs()) { to = middle } else { from = middle + 1 }
    }
    from
}

/// The numbers of devices in the columns `…_devices` of a table.
pub fn devices_of(table: &RecordBatch) -> BTreeSet<i64> {
    let schema = table.schema();
    let columns = schema.fields().iter().zip(table.columns());
    columns
        .filter(|(field, _)| field.name().ends_with("_devices"))
        .filter_map(|(_, column)| column.as_primitive_opt::<Int64Type>())
        .flat_map(|column| column.iter().flatten())
        .collect()
}

/// The pairs of statistic and adjusted size in a table of sizes.
pub fn sizes_of(table: &RecordBatch) -> BTreeSet<(String, i64)> {
    let text = table.column_by_name("statistic").and_then(|c| c.as_string_opt::<i32>());
    let number = table.column_by_name("n_adj").and_then(|c| c.as_primitive_opt::<Int64Type>());
    let (Some(statistics), Some(sizes)) = (text, number) else { return BTreeSet::new() };
    let pairs = statistics.iter().zip(sizes.iter());
    pairs.filter_map(|(statistic, size)| Some((statistic?.to_owned(), size?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known ranks of the median, and the least n with a rank at each end of the tails.
    #[test]
    fn ranks_of_the_median_and_the_tails() {
        let known = [
            (5, (None, None)),
            (6, (Some(1), Some(6))),
            (10, (Some(2), Some(9))),
            (20, (Some(6), Some(15))),
            (30, (Some(10), Some(21))),
            (50, (Some(18), Some(33))),
            (100, (Some(40), Some(61))),
            (300, (Some(133), Some(168))),
            (1000, (Some(469), Some(532))),
            (1500, (Some(712), Some(789))),
        ];
        for (n, ranks) in known {
            assert_eq!(enclosing(n, 0.5), ranks, "{n}");
        }
        assert_eq!(enclosing(35, 0.1).0, None);
        assert_eq!(enclosing(36, 0.1).0, Some(1));
        assert_eq!(enclosing(35, 0.9).1, None);
        assert_eq!(enclosing(36, 0.9).1, Some(36));
        assert_eq!(enclosing(71, 0.05).0, None);
        assert_eq!(enclosing(72, 0.05).0, Some(1));
        assert_eq!(enclosing(72, 0.95).1, Some(72));
        assert_eq!(enclosing(0, 0.5), (None, None));
    }

    /// The probability to cover the quantile is a sum of binomial terms, and at least 95 %.
    #[test]
    fn ranks_cover_what_they_say() {
        for (_, level) in QUANTILES {
            for n in (80..2_000_i64).step_by(37) {
                let below = Binomial::new(level, n.unsigned_abs()).unwrap();
                let (Some(low), Some(high)) = enclosing(n, level) else { panic!("{n}") };
                let mass = |from: i64, to: i64| -> f64 {
                    use statrs::distribution::Discrete;
                    (from..=to).map(|k| below.pmf(k.unsigned_abs())).sum()
                };
                let covered = mass(low, high - 1);
                assert!((0.95..0.985).contains(&covered), "{n} {level} {covered}");
                assert!(mass(0, low) > TAIL, "{n} {level}: the next rank would do");
            }
        }
    }

    /// Values of scipy.stats.t.ppf(0.975, df).
    #[test]
    fn student_t_is_that_of_scipy() {
        let known = [
            (1.0, 12.706_204_736_175),
            (4.0, 2.776_445_105_198),
            (14.0, 2.144_786_687_918),
            (29.0, 2.045_229_642_133),
            (299.0, 1.967_929_669_066),
            (99_999.0, 1.959_987_707_772),
        ];
        for (freedom, quantile) in known {
            let found = t(freedom);
            assert!((found / quantile - 1.0).abs() < 1e-11, "{freedom}: {found}");
        }
    }
}
