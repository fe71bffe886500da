//! When a batch of samples is so odd that its reader is warned.

use serde::{Deserialize, Serialize};

use super::mistakes::Checker;

/// Limits of the checks of a batch; none of them rejects a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Checks {
    /// Groups of fewer tests are not judged.
    pub min_tests: u32,
    /// Median download speeds outside of these are taken for another unit, Mbit/s.
    pub min_median_mbps: f64,
    pub max_median_mbps: f64,
    /// Share of downloads above their ceiling from which the unit is doubted.
    pub above_ceiling_share: f64,
    /// So many times the tests of the hours that should be busy may fall in the night.
    pub night_ratio: f64,
    /// Tests and medians of an operator may grow or shrink this many times within a month.
    pub jump_factor: f64,
}

impl Default for Checks {
    fn default() -> Self {
        Checks {
            min_tests: 30,
            min_median_mbps: 0.5,
            max_median_mbps: 5_000.0,
            above_ceiling_share: 0.2,
            night_ratio: 1.0,
            jump_factor: 3.0,
        }
    }
}

impl Checks {
    /// Notes what makes no sense.
    pub(super) fn check(&self, checker: &mut Checker<'_>) {
        if !(self.min_median_mbps > 0.0 && self.min_median_mbps < self.max_median_mbps) {
            let expected = "above 0 and below checks.max_median_mbps";
            checker.wrong("checks.min_median_mbps", self.min_median_mbps, expected);
        }
        if self.max_median_mbps > 1e6 {
            checker.wrong("checks.max_median_mbps", self.max_median_mbps, "at most 1000000");
        }
        checker.between("checks.min_tests", self.min_tests.into(), 1.0, 1e9);
        checker.between("checks.above_ceiling_share", self.above_ceiling_share, 0.0, 1.0);
        checker.between("checks.night_ratio", self.night_ratio, 0.1, 100.0);
        checker.between("checks.jump_factor", self.jump_factor, 1.01, 1000.0);
    }
}
