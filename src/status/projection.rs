//! Where counts by day will be at the end of the period if they go on as before.
//!
//! Counts of days scatter more than those of single tests by chance would: their variance is `dispersion`
//! times their mean (quasi-Poisson; McCullagh and Nelder 1989, Generalized Linear Models, section 6.2).
//! Divided by it they are treated as Poisson with Jeffreys' prior on the rate: then what is still to come
//! in `left` days, after `seen` in `days` days, is negative binomial with shape `seen + 1/2` and success
//! probability `days / (days + left)` (Bayesian prediction; Gelman et al. 2013, Bayesian Data Analysis,
//! section 2.6). What a campaign changes is not foreseen.

use statrs::distribution::{DiscreteCDF, NegativeBinomial};

/// Bounds have 2.5 % beyond each of them.
const BEYOND: f64 = 0.025;

/// Counts of the days so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub total: i64,
    /// Their squares, summed over days.
    pub squares: i64,
}

/// The total at the end of the period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Projection {
    pub total: f64,
    pub low: i64,
    pub high: i64,
}

/// Whole days that are over, and those to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub done: u32,
    pub left: u32,
}

impl Counts {
    /// Pearson's statistic: squared deviations from the mean, by the mean; 0 without tests.
    fn pearson(self, days: Days) -> f64 {
        if self.total == 0 {
            return 0.0;
        }
        let mean = self.total as f64 / f64::from(days.done);
        (self.squares as f64 - self.total as f64 * mean) / mean
    }

    /// Its own dispersion, at least that of all communes together and never below chance.
    fn dispersion(self, days: Days, of_all: f64) -> f64 {
        let freedom = f64::from(days.done.saturating_sub(1));
        let own = if freedom > 0.0 { self.pearson(days) / freedom } else { 1.0 };
        own.max(of_all).max(1.0)
    }
}

/// The dispersion of all communes with tests, each around its own mean; 1 where nothing is known.
pub(super) fn common_dispersion(counts: &[Counts], days: Days) -> f64 {
    let with_tests: Vec<&Counts> = counts.iter().filter(|one| one.total > 0).collect();
    let freedom = with_tests.len() as f64 * f64::from(days.done.saturating_sub(1));
    let sum: f64 = with_tests.iter().map(|one| one.pearson(days)).sum();
    if freedom > 0.0 { (sum / freedom).max(1.0) } else { 1.0 }
}

/// What `counts` will have become after the days that are left; nothing before the first day is over.
pub(super) fn project(counts: Counts, days: Days, of_all: f64) -> Option<Projection> {
    if days.done == 0 {
        return None;
    }
    let (done, left) = (f64::from(days.done), f64::from(days.left));
    let seen = counts.total as f64;
    if days.left == 0 {
        return Some(Projection { total: seen, low: counts.total, high: counts.total });
    }
    let dispersion = counts.dispersion(days, of_all);
    let to_come = NegativeBinomial::new(seen / dispersion + 0.5, done / (done + left)).ok()?;
    // To a millionth, so that the last bits of the dispersion decide nothing.
    let quantile =
        |share: f64| (dispersion * to_come.inverse_cdf(share) as f64 * 1e6).round() / 1e6;
    Some(Projection {
        total: seen + seen / done * left,
        low: counts.total + quantile(BEYOND).floor() as i64,
        high: counts.total + quantile(1.0 - BEYOND).ceil() as i64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(per_day: i64, done: u32) -> Counts {
        Counts { total: per_day * i64::from(done), squares: per_day * per_day * i64::from(done) }
    }

    /// scipy.stats.nbinom.ppf([0.025, 0.975], 150.5, 0.5) is 118, 186.
    #[test]
    fn a_steady_pace_goes_on_within_chance() {
        let days = Days { done: 15, left: 15 };
        let found = project(steady(10, 15), days, 1.0).unwrap();
        assert_eq!(found, Projection { total: 300.0, low: 150 + 118, high: 150 + 186 });
    }

    /// scipy.stats.nbinom.ppf([0.025, 0.975], 0.5, 0.5) is 0, 3.
    #[test]
    fn where_nobody_tested_somebody_may_yet() {
        let found = project(Counts { total: 0, squares: 0 }, Days { done: 15, left: 15 }, 1.0);
        assert_eq!(found, Some(Projection { total: 0.0, low: 0, high: 3 }));
    }

    /// All 150 tests on one of 15 days: Pearson's statistic is (150² − 150²/15) / 10 = 2100, by 14 is 150;
    /// scipy.stats.nbinom.ppf([0.025, 0.975], 1.5, 0.5) is 0, 6.
    #[test]
    fn a_single_busy_day_widens_the_interval() {
        let once = Counts { total: 150, squares: 150 * 150 };
        let found = project(once, Days { done: 15, left: 15 }, 1.0).unwrap();
        assert_eq!((found.low, found.high), (150, 150 + 900));
    }

    #[test]
    fn the_last_day_leaves_nothing_to_project() {
        let found = project(steady(3, 30), Days { done: 30, left: 0 }, 4.0).unwrap();
        assert_eq!(found, Projection { total: 90.0, low: 90, high: 90 });
        assert_eq!(project(steady(3, 1), Days { done: 0, left: 30 }, 1.0), None);
    }

    #[test]
    fn communes_together_say_how_days_scatter() {
        let days = Days { done: 2, left: 1 };
        // 0 and 8 tests: squared deviations 32 by the mean 4 are 8; the other is steady.
        let counts =
            [Counts { total: 8, squares: 64 }, steady(5, 2), Counts { total: 0, squares: 0 }];
        assert_eq!(common_dispersion(&counts, days), 4.0);
        assert_eq!(common_dispersion(&[steady(5, 2)], days), 1.0);
        assert_eq!(common_dispersion(&[], days), 1.0);
    }
}
