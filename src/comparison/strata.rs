//! The same comparison within communes and technologies.
//!
//! An operator may look faster because it is tested where everybody is fast. Within each stratum
//! (commune × technology) where both operators have devices, θ is estimated as for the whole
//! ([`super::brunner_munzel`]). Strata are averaged with the weights nm / (n + m) of van Elteren
//! (1960) over numbers of devices, so a stratum counts as much as its smaller side can tell. Strata
//! of one operator alone are left out.

use std::collections::BTreeMap;

use super::samples::Devices;

/// The comparison within strata.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratified {
    /// How often a device of the second operator has the higher value within a stratum.
    pub probability: f64,
    /// Strata with devices of both.
    pub strata: usize,
}

/// The devices of each stratum.
type Strata = BTreeMap<u32, Devices>;

/// Compares within strata; none when no stratum has devices of both.
pub fn compare(x: &Strata, y: &Strata) -> Option<Stratified> {
    let shared = x.iter().filter_map(|(stratum, x)| Some((x, y.get(stratum)?)));
    let (mut excess, mut weights): (Vec<f64>, Vec<f64>) = shared.map(|(x, y)| terms(x, y)).unzip();
    let strata = weights.len();
    let probability = 0.5 + sum(&mut excess) / sum(&mut weights);
    (strata > 0).then_some(Stratified { probability, strata })
}

/// The weight of a stratum times what its θ is above one half, and its weight.
fn terms(x: &Devices, y: &Devices) -> (f64, f64) {
    let (n, m) = (x.len() as f64, y.len() as f64);
    let probability = y.placements(x).iter().sum::<f64>() / m;
    let weight = n * m / (n + m);
    (weight * (probability - 0.5), weight)
}

/// A sum that does not depend on how strata are numbered.
fn sum(terms: &mut [f64]) -> f64 {
    terms.sort_by(f64::total_cmp);
    terms.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::super::samples::Sample;
    use super::*;

    /// One device per value.
    fn strata(of: &[(u32, Vec<f64>)]) -> Strata {
        let devices = |values: &Vec<f64>| {
            let samples = values.iter().zip(1..).map(|(value, cluster)| Sample {
                cluster: Some(cluster),
                stratum: 0,
                value: *value,
                tests: 1,
            });
            Devices::of(samples.collect::<Vec<_>>().iter())
        };
        of.iter().map(|(stratum, values)| (*stratum, devices(values))).collect()
    }

    #[test]
    fn strata_are_weighted_by_what_both_sides_can_tell() {
        // Stratum 1: 3 of 4 pairs, weight 1; stratum 2: 0 of 2 pairs, weight 2/3; 3 and 4 unshared.
        let x = strata(&[(1, vec![1.0, 3.0]), (2, vec![9.0]), (3, vec![5.0])]);
        let y = strata(&[(1, vec![2.0, 4.0]), (2, vec![7.0, 8.0]), (4, vec![5.0])]);
        let found = compare(&x, &y).unwrap();
        assert_eq!(found.strata, 2);
        assert!((found.probability - 0.75 / (5.0 / 3.0)).abs() < 1e-15, "{found:?}");
        let reverse = compare(&y, &x).unwrap();
        assert!((found.probability + reverse.probability - 1.0).abs() < 1e-15);
    }

    #[test]
    fn ties_count_half() {
        let x = strata(&[(1, vec![5.0, 5.0])]);
        assert_eq!(compare(&x, &x).map(|found| found.probability), Some(0.5));
    }

    #[test]
    fn without_a_shared_stratum_there_is_nothing_to_compare() {
        let (x, y) = (strata(&[(1, vec![1.0])]), strata(&[(2, vec![1.0])]));
        assert_eq!(compare(&x, &y), None);
    }

    #[test]
    fn the_numbers_of_strata_do_not_matter() {
        let values = |s: u32| vec![f64::from(s * 7 % 5), f64::from(s % 3)];
        let more = |s: u32| values(s + 1).into_iter().chain([2.0, 1.0]).collect();
        let found = |number: fn(u32) -> u32| {
            let x: Vec<_> = (0..40).map(|s| (number(s), values(s))).collect();
            let y: Vec<_> = (0..40).map(|s| (number(s), more(s))).collect();
            compare(&strata(&x), &strata(&y))
        };
        assert_eq!(found(|s| s), found(|s| 97 - s));
        assert_eq!(found(|s| s), found(|s| s * 31 % 41));
    }
}
