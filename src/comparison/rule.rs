//! What a sentence that one operator is better than another needs.

use super::brunner_munzel::BrunnerMunzel;
use super::strata::Stratified;
use crate::statistics::student::two_sided;

/// Sentences are held to this rate of error over the whole document.
pub const LEVEL: f64 = 0.05;

/// Limits from the configuration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Devices that each operator needs.
    pub devices: usize,
    /// Values at the adjusted size (n_adj) below which an operator has counts only.
    pub publish_from: f64,
    /// The largest share of single tests without device.
    pub without_device_share: f64,
}

/// Which end of an indicator is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worse {
    Low,
    High,
}

/// What may be said about two operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    ABetter,
    BBetter,
    /// No sentence that one is better: a condition fails.
    Equivalent,
    /// They were not tested.
    NotComparable,
}

impl Verdict {
    /// The word for it in tables.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::ABetter => "a_better",
            Verdict::BBetter => "b_better",
            Verdict::Equivalent => "equivalent",
            Verdict::NotComparable => "not_comparable",
        }
    }
}

/// The first condition that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    TooFewDevices,
    CountOnly,
    WithoutDevice,
    NotSignificant,
    MediansDisagree,
    StrataDisagree,
    MostActiveDecide,
}

impl Reason {
    /// The word for it in tables.
    pub fn name(self) -> &'static str {
        match self {
            Reason::TooFewDevices => "too_few_devices",
            Reason::CountOnly => "count_only",
            Reason::WithoutDevice => "without_device",
            Reason::NotSignificant => "not_significant",
            Reason::MediansDisagree => "medians_disagree",
            Reason::StrataDisagree => "strata_disagree",
            Reason::MostActiveDecide => "most_active_decide",
        }
    }
}

/// What one operator brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    pub devices: usize,
    /// Effective samples at their adjusted size.
    pub size: f64,
    pub without_device_share: f64,
    /// The median of all samples.
    pub median: f64,
}

impl Side {
    /// Why this operator cannot be compared.
    pub fn obstacle(&self, rule: &Rule) -> Option<Reason> {
        if self.without_device_share > rule.without_device_share {
            Some(Reason::WithoutDevice)
        } else if self.size < rule.publish_from {
            Some(Reason::CountOnly)
        } else if self.devices < rule.devices {
            Some(Reason::TooFewDevices)
        } else {
            None
        }
    }
}

/// A test with its p-value corrected over all comparisons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corrected {
    pub test: BrunnerMunzel,
    pub p_adjusted: f64,
}

impl Corrected {
    fn is_significant(&self) -> bool {
        self.p_adjusted < LEVEL
    }
}

/// Everything that was found about a pair of operators.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    pub all: Corrected,
    /// The same without the most active devices of each operator, where devices are left.
    pub without_most_active: Option<Corrected>,
    /// None where no stratum has devices of both.
    pub strata: Option<Stratified>,
    /// Median of B minus median of A.
    pub median_difference: f64,
}

impl Evidence {
    pub fn is_significant(&self) -> bool {
        self.all.is_significant()
    }

    pub fn medians_agree(&self) -> bool {
        self.agrees(self.median_difference)
    }

    /// How likely strata would speak for the test's effect as they do if they did not differ.
    pub fn strata_p_value(&self) -> Option<f64> {
        let found = self.strata?;
        let excess = found.probability - 0.5;
        let p = two_sided(excess / found.variance.sqrt(), self.all.test.df) / 2.0;
        Some(if self.agrees(excess) { p } else { 1.0 - p })
    }

    pub fn strata_agree(&self) -> bool {
        self.strata_p_value().is_some_and(|p| p < LEVEL)
    }

    /// The same sentence would be printed if the most active devices had not been there.
    pub fn holds_without_most_active(&self) -> bool {
        self.without_most_active.is_some_and(|found| {
            found.is_significant() && self.agrees(found.test.probability - 0.5)
        })
    }

    /// Whether a difference has the sign of the test's effect; none has the sign of 0.
    fn agrees(&self, difference: f64) -> bool {
        difference * (self.all.test.probability - 0.5) > 0.0
    }

    /// The verdict, and why it is not that one is better.
    pub fn verdict(&self, worse: Worse) -> (Verdict, Option<Reason>) {
        let conditions = [
            (self.is_significant(), Reason::NotSignificant),
            (self.medians_agree(), Reason::MediansDisagree),
            (self.strata_agree(), Reason::StrataDisagree),
            (self.holds_without_most_active(), Reason::MostActiveDecide),
        ];
        if let Some((_, reason)) = conditions.into_iter().find(|(holds, _)| !holds) {
            return (Verdict::Equivalent, Some(reason));
        }
        let b_is_higher = self.all.test.probability > 0.5;
        let b_is_better = b_is_higher == (worse == Worse::Low);
        (if b_is_better { Verdict::BBetter } else { Verdict::ABetter }, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { devices: 20, publish_from: 30.0, without_device_share: 0.2 };
    const SIDE: Side = Side { devices: 20, size: 30.0, without_device_share: 0.2, median: 1.0 };

    fn corrected(probability: f64, p_adjusted: f64) -> Corrected {
        let (low, high) = (probability - 0.1, probability + 0.1);
        let test =
            BrunnerMunzel { probability, low, high, statistic: 3.0, df: 50.0, p_value: 0.01 };
        Corrected { test, p_adjusted }
    }

    /// With 50 degrees of freedom, 5 % lie above 1.676 standard errors.
    fn strata(probability: f64) -> Stratified {
        Stratified { probability, variance: 0.05 * 0.05, strata: 3 }
    }

    fn evidence() -> Evidence {
        Evidence {
            all: corrected(0.7, 0.049),
            without_most_active: Some(corrected(0.68, 0.049)),
            strata: Some(strata(0.6)),
            median_difference: 5.0,
        }
    }

    #[test]
    fn limits_themselves_are_enough() {
        assert_eq!(SIDE.obstacle(&RULE), None);
        let few = Side { devices: 19, ..SIDE };
        assert_eq!(few.obstacle(&RULE), Some(Reason::TooFewDevices));
        let counts = Side { size: 29.9, devices: 19, ..SIDE };
        assert_eq!(counts.obstacle(&RULE), Some(Reason::CountOnly));
        let without = Side { without_device_share: 0.21, size: 1.0, ..SIDE };
        assert_eq!(without.obstacle(&RULE), Some(Reason::WithoutDevice));
    }

    #[test]
    fn the_higher_one_is_better_where_low_is_bad() {
        assert_eq!(evidence().verdict(Worse::Low), (Verdict::BBetter, None));
        assert_eq!(evidence().verdict(Worse::High), (Verdict::ABetter, None));
        let reverse = Evidence {
            all: corrected(0.3, 0.01),
            without_most_active: Some(corrected(0.31, 0.01)),
            strata: Some(strata(0.4)),
            median_difference: -5.0,
        };
        assert_eq!(reverse.verdict(Worse::Low), (Verdict::ABetter, None));
        assert_eq!(reverse.verdict(Worse::High), (Verdict::BBetter, None));
    }

    #[test]
    fn every_condition_is_needed() {
        let all = evidence();
        for (changed, reason) in [
            (Evidence { all: corrected(0.7, 0.05), ..all }, Reason::NotSignificant),
            (Evidence { median_difference: 0.0, ..all }, Reason::MediansDisagree),
            (Evidence { median_difference: -1.0, ..all }, Reason::MediansDisagree),
            // On the other side, on neither, and on the same side within the error.
            (Evidence { strata: Some(strata(0.4)), ..all }, Reason::StrataDisagree),
            (Evidence { strata: Some(strata(0.5)), ..all }, Reason::StrataDisagree),
            (Evidence { strata: Some(strata(0.58)), ..all }, Reason::StrataDisagree),
            (Evidence { strata: None, ..all }, Reason::StrataDisagree),
            (Evidence { without_most_active: None, ..all }, Reason::MostActiveDecide),
        ] {
            assert_eq!(changed.verdict(Worse::Low), (Verdict::Equivalent, Some(reason)));
        }
        for found in [corrected(0.7, 0.05), corrected(0.4, 0.01)] {
            let changed = Evidence { without_most_active: Some(found), ..all };
            let expected = (Verdict::Equivalent, Some(Reason::MostActiveDecide));
            assert_eq!(changed.verdict(Worse::Low), expected);
        }
    }
}
