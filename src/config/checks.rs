//! When a batch of samples is so odd that its reader is warned.

use serde::{Deserialize, Serialize};

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
    /// The first setting that makes no sense: its name, its value, what is expected.
    pub(super) fn fault(&self) -> Option<(&'static str, String, &'static str)> {
        let speeds = self.min_median_mbps > 0.0 && self.max_median_mbps <= 1e6;
        if !speeds || self.min_median_mbps >= self.max_median_mbps {
            let found = format!("{} and {}", self.min_median_mbps, self.max_median_mbps);
            return Some((
                "checks.min_median_mbps and max_median_mbps",
                found,
                "0 < min_median_mbps < max_median_mbps <= 1000000",
            ));
        }
        let wrong = [
            ("checks.min_tests", f64::from(self.min_tests), 1.0, 1e9, "1 to 1000000000"),
            ("checks.above_ceiling_share", self.above_ceiling_share, 0.0, 1.0, "0 to 1"),
            ("checks.night_ratio", self.night_ratio, 0.1, 100.0, "0.1 to 100"),
            ("checks.jump_factor", self.jump_factor, 1.01, 1000.0, "1.01 to 1000"),
        ]
        .into_iter()
        .find(|(_, value, low, high, _)| !(low..=high).contains(&value));
        wrong.map(|(setting, value, _, _, expected)| (setting, value.to_string(), expected))
    }
}
