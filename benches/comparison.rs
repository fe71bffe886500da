//! How often operators are called different: simulated months with known truth, run through
//! [`ispeed_report::comparison::pairs`].
//!
//! ```text
//! cargo bench --bench comparison
//! ```
//!
//! Speeds are log-normal (median 40 Mbit/s). Devices test on 3 to 20 days, on the same few devices
//! as in `statistics`, or each sample has its own device. Samples lie in five communes. Random
//! numbers are seeded. Printed as Markdown; results in `benches/README.md`.

use ispeed_report::comparison::pairs::{Comparison, OperatorSamples, Scope, compare};
use ispeed_report::comparison::rule::{Rule, Verdict, Worse};
use ispeed_report::comparison::samples::Sample;
use rayon::prelude::*;

#[path = "common/random.rs"]
mod random;
use random::Random;

const MONTHS: u64 = 4_000;
const MEDIAN: f64 = 40.0;
const COMMUNES: usize = 5;
const RULE: Rule = Rule { devices: 20, publish_from: 30.0, without_device_share: 0.2 };

fn main() {
    equal();
    different();
}

/// How the samples of an operator come about.
#[derive(Clone, Copy)]
struct Operator {
    devices: usize,
    days: (usize, usize),
    /// Of two days of one device, on the logarithmic scale.
    correlation: f64,
    log_sd: f64,
    median: f64,
}

impl Operator {
    fn month(&self, random: &mut Random) -> OperatorSamples {
        let mut samples = Vec::new();
        let first = (random.uniform() * 1e9) as i64 * 1_000;
        for device in 0..self.devices {
            let own = self.correlation.sqrt() * random.normal();
            let home = random.between(0, COMMUNES - 1) as u32;
            for _ in 0..random.between(self.days.0, self.days.1) {
                let noise = own + (1.0 - self.correlation).sqrt() * random.normal();
                samples.push(Sample {
                    cluster: Some(first + device as i64),
                    stratum: home,
                    value: self.median * (self.log_sd * noise).exp(),
                    tests: 1,
                });
            }
        }
        OperatorSamples { samples, n_adj: None }
    }
}

/// The share of simulated months in which `of` holds for what was found.
fn share(operators: &[Operator], of: fn(&[Comparison]) -> bool) -> f64 {
    let holding: usize = (0..MONTHS)
        .into_par_iter()
        .filter(|month| {
            let mut random = Random(1_000_003 * (month + 1));
            let operators = operators.iter().map(|o| o.month(&mut random)).collect();
            of(&compare(&[Scope { worse: Worse::Low, operators }], &RULE))
        })
        .count();
    100.0 * holding as f64 / MONTHS as f64
}

fn any_better(found: &[Comparison]) -> bool {
    found.iter().any(|c| matches!(c.verdict, Verdict::ABetter | Verdict::BBetter))
}

fn any_significant(found: &[Comparison]) -> bool {
    found.iter().any(|c| c.evidence.is_some_and(|evidence| evidence.is_significant()))
}

fn equal() {
    println!("## Equal operators called different, in % of months\n");
    println!("Five operators, ten pairs; devices with 3 to 20 days each, log-sd 0.8. `test`: the");
    println!("corrected test alone; `sentence`: all conditions. Last column: one pair only.\n");
    println!("| devices | correlation | five: test | five: sentence | pair: sentence |");
    println!("|---|---|---|---|---|");
    for devices in [20, 30, 60, 100] {
        for correlation in [0.2, 0.5, 0.7] {
            let of = Operator { devices, days: (3, 20), correlation, log_sd: 0.8, median: MEDIAN };
            let five = [of; 5];
            println!(
                "| {devices} | {correlation} | {:.1} | {:.1} | {:.1} |",
                share(&five, any_significant),
                share(&five, any_better),
                share(&five[..2], any_better)
            );
        }
    }
    println!("\nThe same median, unequal spread and numbers of devices:\n");
    println!("| devices | log-sd | test | sentence |");
    println!("|---|---|---|---|");
    for (devices, spreads) in [([25, 100], [1.2, 0.6]), ([100, 25], [1.2, 0.6])] {
        let pair = [0, 1].map(|at| Operator {
            devices: devices[at],
            days: (3, 20),
            correlation: 0.5,
            log_sd: spreads[at],
            median: MEDIAN,
        });
        println!(
            "| {devices:?} | {spreads:?} | {:.1} | {:.1} |",
            share(&pair, any_significant),
            share(&pair, any_better)
        );
    }
}

fn different() {
    println!("\n## A true difference, found in % of months\n");
    println!("Independent samples (one per device), log-sd 0.8, the only pair.\n");
    println!("| samples each | difference of medians | test | sentence |");
    println!("|---|---|---|---|");
    for (samples, percent) in [(100, 20), (300, 10), (300, 20), (300, 30), (1_000, 20)] {
        let of = |median| Operator {
            devices: samples,
            days: (1, 1),
            correlation: 0.0,
            log_sd: 0.8,
            median,
        };
        let pair = [of(MEDIAN), of(MEDIAN * (1.0 + f64::from(percent) / 100.0))];
        println!(
            "| {samples} | {percent} % | {:.1} | {:.1} |",
            share(&pair, any_significant),
            share(&pair, any_better)
        );
    }
}
