//! Compares every pair of operators of every scope, and corrects over all of them together.

use std::collections::BTreeMap;

use super::brunner_munzel::{self, BrunnerMunzel};
use super::multiplicity::holm;
use super::rule::{Corrected, Evidence, Reason, Rule, Side, Verdict, Worse};
use super::samples::{Devices, Sample, median, most_active, strata, without_device_share};
use super::strata::{self, Stratified};

/// The samples of an operator in a scope.
#[derive(Debug, Clone, Default)]
pub struct OperatorSamples {
    pub samples: Vec<Sample>,
    /// Effective samples at their adjusted size, where it is known.
    pub n_adj: Option<f64>,
}

/// Operators that are compared with each other on one indicator, in the order of the table.
#[derive(Debug, Clone)]
pub struct Scope {
    pub worse: Worse,
    pub operators: Vec<OperatorSamples>,
}

/// What was found about two operators of a scope; all three are positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    pub scope: usize,
    pub a: usize,
    pub b: usize,
    pub side_a: Side,
    pub side_b: Side,
    /// None where the pair was not tested.
    pub evidence: Option<Evidence>,
    pub verdict: Verdict,
    /// Why no sentence says that one is better.
    pub reason: Option<Reason>,
}

/// Compares all pairs. Pairs that meet the conditions for a test are corrected together.
pub fn compare(scopes: &[Scope], rule: &Rule) -> Vec<Comparison> {
    let drafts: Vec<Draft> = scopes.iter().enumerate().flat_map(|s| drafts(s, rule)).collect();
    let adjusted = |of: fn(&Found) -> Option<BrunnerMunzel>| {
        // A pair without a test keeps its place among the statements: its p-value is 1.
        let tests = drafts.iter().filter_map(|d| d.found.as_ref());
        holm(&tests.map(|found| of(found).map_or(1.0, |test| test.p_value)).collect::<Vec<_>>())
    };
    let all = adjusted(|found| Some(found.all));
    let without = adjusted(|found| found.without_most_active);
    let mut corrections = all.into_iter().zip(without);
    let finished = drafts.iter().map(|draft| {
        let found = draft.found.as_ref().and_then(|found| Some((found, corrections.next()?)));
        let evidence = found.map(|(found, p)| draft.evidence(found, p));
        draft.finished(evidence, scopes[draft.scope].worse)
    });
    finished.collect()
}

/// An operator's samples in the forms that comparisons need.
struct Prepared {
    side: Side,
    devices: Devices,
    without_most_active: Devices,
    strata: BTreeMap<u32, Devices>,
}

impl Prepared {
    /// None for an operator without samples.
    fn of(operator: &OperatorSamples) -> Option<Self> {
        let samples = &operator.samples;
        let devices = Devices::of(samples.iter());
        let active = most_active(samples);
        let rest = samples.iter().filter(|s| s.cluster.is_some_and(|c| !active.contains(&c)));
        let side = Side {
            devices: devices.len(),
            size: operator.n_adj.unwrap_or(samples.len() as f64),
            without_device_share: without_device_share(samples),
            median: median(samples)?,
        };
        let without_most_active = Devices::of(rest);
        Some(Prepared { side, devices, without_most_active, strata: strata(samples) })
    }
}

/// A pair before correction.
struct Draft {
    scope: usize,
    a: usize,
    b: usize,
    side_a: Side,
    side_b: Side,
    obstacle: Option<Reason>,
    found: Option<Found>,
}

struct Found {
    all: BrunnerMunzel,
    without_most_active: Option<BrunnerMunzel>,
    strata: Option<Stratified>,
}

fn drafts((scope, of): (usize, &Scope), rule: &Rule) -> Vec<Draft> {
    let prepared: Vec<(usize, Prepared)> = of
        .operators
        .iter()
        .enumerate()
        .filter_map(|(at, operator)| Some((at, Prepared::of(operator)?)))
        .collect();
    let pairs = prepared.iter().enumerate().flat_map(|(rank, (a, of_a))| {
        prepared.iter().skip(rank + 1).map(move |(b, of_b)| (*a, of_a, *b, of_b))
    });
    let draft = |(a, of_a, b, of_b): (usize, &Prepared, usize, &Prepared)| {
        let (side_a, side_b) = (of_a.side, of_b.side);
        let obstacle = side_a.obstacle(rule).or_else(|| side_b.obstacle(rule));
        let found = if obstacle.is_none() { Found::between(of_a, of_b) } else { None };
        Draft { scope, a, b, side_a, side_b, obstacle, found }
    };
    pairs.map(draft).collect()
}

impl Found {
    fn between(a: &Prepared, b: &Prepared) -> Option<Self> {
        Some(Found {
            all: brunner_munzel::compare(&a.devices, &b.devices)?,
            without_most_active: brunner_munzel::compare(
                &a.without_most_active,
                &b.without_most_active,
            ),
            strata: strata::compare(&a.strata, &b.strata),
        })
    }
}

impl Draft {
    fn evidence(&self, found: &Found, (p_all, p_without): (f64, f64)) -> Evidence {
        let corrected = |test, p_adjusted| Corrected { test, p_adjusted };
        Evidence {
            all: corrected(found.all, p_all),
            without_most_active: found.without_most_active.map(|t| corrected(t, p_without)),
            strata: found.strata,
            median_difference: self.side_b.median - self.side_a.median,
        }
    }

    fn finished(&self, evidence: Option<Evidence>, worse: Worse) -> Comparison {
        // Fewer than two devices cannot be tested, whatever the configuration allows.
        let untested = || Some(self.obstacle.unwrap_or(Reason::TooFewDevices));
        let (verdict, reason) = match &evidence {
            Some(evidence) => evidence.verdict(worse),
            None => (Verdict::NotComparable, untested()),
        };
        let Draft { scope, a, b, side_a, side_b, .. } = *self;
        Comparison { scope, a, b, side_a, side_b, evidence, verdict, reason }
    }
}

#[cfg(test)]
#[path = "pairs_tests.rs"]
mod tests;
