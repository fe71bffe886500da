//! What an operator is compared on: its effective samples, by device.

use std::collections::{BTreeMap, BTreeSet};

/// One effective sample of an operator in a scope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// The number of the device; none for a test without device.
    pub cluster: Option<i64>,
    /// A number for each commune × technology; only equality matters.
    pub stratum: u32,
    pub value: f64,
    /// Single tests behind it.
    pub tests: u32,
}

/// The values of each device in a scope or stratum. Every device weighs the same, however many
/// values it has.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Devices {
    /// Numbers of the devices, ascending.
    pub clusters: Vec<i64>,
    /// One over the number of a device's values.
    weights: Vec<f64>,
    /// Values in ascending order, each with the position of its device.
    values: Vec<(f64, usize)>,
}

impl Devices {
    /// The devices of the samples that have one.
    pub fn of<'a>(samples: impl Iterator<Item = &'a Sample>) -> Self {
        let mut keyed: Vec<(i64, f64)> =
            samples.filter_map(|sample| Some((sample.cluster?, sample.value))).collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut devices = Devices::default();
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            let position = devices.clusters.len();
            devices.clusters.extend(group.first().map(|(cluster, _)| cluster));
            devices.weights.push(1.0 / group.len() as f64);
            devices.values.extend(group.iter().map(|(_, value)| (*value, position)));
        }
        // A stable sort: equal values stay in the order of devices.
        devices.values.sort_by(|a, b| a.0.total_cmp(&b.0));
        devices
    }

    /// How many devices there are.
    pub fn len(&self) -> usize {
        self.clusters.len()
    }

    pub fn is_empty(&self) -> bool {
        self.clusters.is_empty()
    }

    /// One of them by itself; none where it is not among them.
    pub fn only(&self, cluster: i64) -> Devices {
        let Ok(at) = self.clusters.binary_search(&cluster) else { return Devices::default() };
        let values = self.values.iter().filter(|(_, device)| *device == at);
        Devices {
            clusters: vec![cluster],
            weights: self.weights.get(at).copied().into_iter().collect(),
            values: values.map(|(value, _)| (*value, 0)).collect(),
        }
    }

    /// For each device how often one of the others has a lower value, ties counted half: the mean
    /// over its values, and over the others with the same weight for each device.
    pub fn placements(&self, others: &Devices) -> Vec<f64> {
        let mut sums = vec![0.0; self.len()];
        let weight = |at: usize| others.weights.get(at).copied().unwrap_or(0.0);
        let mut rest = others.values.iter().peekable();
        let mut below = 0.0;
        for tied in self.values.chunk_by(|a, b| a.0 == b.0) {
            let Some((value, _)) = tied.first() else { continue };
            while let Some((_, device)) = rest.next_if(|(other, _)| other < value) {
                below += weight(*device);
            }
            let mut equal = 0.0;
            while let Some((_, device)) = rest.next_if(|(other, _)| other == value) {
                equal += weight(*device);
            }
            let share = (below + equal / 2.0) / others.len() as f64;
            tied.iter().for_each(|(_, device)| sums[*device] += share);
            below += equal;
        }
        sums.iter().zip(&self.weights).map(|(sum, weight)| sum * weight).collect()
    }
}

/// The devices of each stratum.
pub fn strata(samples: &[Sample]) -> BTreeMap<u32, Devices> {
    let mut by_stratum: BTreeMap<u32, Vec<&Sample>> = BTreeMap::new();
    for sample in samples {
        by_stratum.entry(sample.stratum).or_default().push(sample);
    }
    let devices = by_stratum.into_iter().map(|(s, of)| (s, Devices::of(of.into_iter())));
    devices.filter(|(_, devices)| !devices.is_empty()).collect()
}

/// The median of all samples, with and without device: the one that tables publish.
pub fn median(samples: &[Sample]) -> Option<f64> {
    let mut values: Vec<f64> = samples.iter().map(|sample| sample.value).collect();
    values.sort_by(f64::total_cmp);
    let high = values.get(values.len() / 2)?;
    let low = values.get(values.len().saturating_sub(1) / 2)?;
    Some((low + high) / 2.0)
}

/// The share of single tests without device.
pub fn without_device_share(samples: &[Sample]) -> f64 {
    let tests = |without: bool| -> u64 {
        let counted = samples.iter().filter(|s| !without || s.cluster.is_none());
        counted.map(|s| u64::from(s.tests)).sum()
    };
    if tests(false) == 0 { 0.0 } else { tests(true) as f64 / tests(false) as f64 }
}

/// The most active 1 % of devices, at least one: those with the most single tests, of equally
/// active ones those with the lower number.
pub fn most_active(samples: &[Sample]) -> BTreeSet<i64> {
    let mut tests: BTreeMap<i64, u64> = BTreeMap::new();
    for sample in samples {
        if let Some(cluster) = sample.cluster {
            *tests.entry(cluster).or_default() += u64::from(sample.tests);
        }
    }
    let count = tests.len().div_ceil(100);
    let mut ranked: Vec<_> = tests.into_iter().collect();
    ranked.sort_by_key(|(cluster, tests)| (std::cmp::Reverse(*tests), *cluster));
    ranked.into_iter().take(count).map(|(cluster, _)| cluster).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(cluster: i64, stratum: u32, value: f64, tests: u32) -> Sample {
        Sample { cluster: (cluster > 0).then_some(cluster), stratum, value, tests }
    }

    fn month() -> Vec<Sample> {
        vec![
            sample(2, 1, 40.0, 1),
            sample(1, 1, 10.0, 3),
            sample(0, 1, 99.0, 1),
            sample(1, 2, 30.0, 1),
            sample(1, 1, 20.0, 1),
            sample(2, 1, 50.0, 4),
        ]
    }

    #[test]
    fn devices_weigh_the_same_however_often_they_test() {
        let devices = Devices::of(month().iter());
        assert_eq!(devices.clusters, [1, 2]);
        // Against device 1 (10, 20, 30) and device 2 (40, 50), each of weight ½.
        let one = Devices::of([sample(9, 1, 20.0, 1), sample(9, 1, 45.0, 1)].iter());
        let expected = ((1.5 / 3.0) / 2.0 + (1.0 + 0.5) / 2.0) / 2.0;
        assert_eq!(one.placements(&devices), [expected]);
        // The other way round: 10 → 0, 20 → ¼, 30 → ½; 40 → ½, 50 → 1.
        assert_eq!(devices.placements(&one), [0.25, 0.75]);
    }

    #[test]
    fn a_stratum_holds_what_devices_measured_in_it() {
        let strata = strata(&month());
        assert_eq!(strata.keys().collect::<Vec<_>>(), [&1, &2]);
        assert_eq!((strata[&1].len(), strata[&2].clusters.as_slice()), (2, [1].as_slice()));
        let without = super::strata(&[sample(0, 7, 1.0, 1)]);
        assert!(without.is_empty());
    }

    #[test]
    fn the_median_of_all_includes_tests_without_device() {
        assert_eq!(median(&month()), Some(35.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn shares_are_of_single_tests() {
        assert_eq!(without_device_share(&month()), 1.0 / 11.0);
        assert_eq!(without_device_share(&[]), 0.0);
    }

    #[test]
    fn one_device_in_a_hundred_rounded_up_is_most_active() {
        // Both have five tests: the lower number goes.
        assert_eq!(most_active(&month()), [1].into());
        let many: Vec<_> = (1..=101).map(|device| sample(device, 1, 1.0, device as u32)).collect();
        assert_eq!(most_active(&many), [100, 101].into());
        assert_eq!(most_active(&many[..100]), [100].into());
        assert!(most_active(&[]).is_empty());
    }
}
