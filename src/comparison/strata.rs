//! The same comparison within communes and technologies.
//!
//! An operator may look faster because it is tested where everybody is fast. Within each stratum
//! (commune × technology) where both operators have devices, θ is estimated as for the whole
//! ([`super::brunner_munzel`]). Strata are averaged with the weights nm / (n + m) of van Elteren
//! (1960) over numbers of devices, so a stratum counts as much as its smaller side can tell. Strata
//! of one operator alone are left out.
//!
//! The sign of this estimate alone would be no protection: where the place explains everything, it
//! is right or wrong by chance, and every second false difference would pass. So it comes with a
//! variance, and the sign must be certain at 5 % in the direction of the sentence.

use std::collections::BTreeMap;

use super::samples::Devices;

/// The comparison within strata.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratified {
    /// How often a device of the second operator has the higher value within a stratum.
    pub probability: f64,
    /// Its variance, carried to θ = ½.
    pub variance: f64,
    /// Strata with devices of both.
    pub strata: usize,
}

/// A variance below this is rounding: one reversed pair of a hundred thousand devices each leaves 1e-20.
const ROUNDING: f64 = 1e-24;

/// The devices of each stratum.
type Strata = BTreeMap<u32, Devices>;

/// Compares within strata; none when no stratum has devices of both.
pub fn compare(x: &Strata, y: &Strata) -> Option<Stratified> {
    let shared = x.iter().filter_map(|(stratum, x)| Some(Stratum::of(x, y.get(stratum)?)));
    let strata: Vec<Stratum> = shared.collect();
    let whole = Terms::sum(strata.iter().map(Stratum::terms));
    if strata.is_empty() {
        return None;
    }
    let probability = (0.5 + whole.ratio()).clamp(0.0, 1.0);
    let variance = jackknife(whole, &strata);
    let variance = if variance > ROUNDING {
        variance / (4.0 * probability * (1.0 - probability))
    } else {
        // No variance at all: as if one pair of each stratum were reversed.
        least(whole, &strata)
    };
    Some(Stratified { probability, variance, strata: strata.len() })
}

/// What is summed over strata.
#[derive(Debug, Clone, Copy)]
struct Terms {
    /// Weight times what θ is above one half.
    excess: f64,
    weight: f64,
}

impl Terms {
    /// Of a stratum with `n` and `m` devices, in which the second operator is higher in `excess`
    /// pairs of devices more than half of them.
    fn of(n: f64, m: f64, excess: f64) -> Self {
        if n < 0.5 || m < 0.5 {
            return Terms { excess: 0.0, weight: 0.0 };
        }
        Terms { excess: excess / (n + m), weight: n * m / (n + m) }
    }

    fn less(self, other: Terms) -> Self {
        Terms { excess: self.excess - other.excess, weight: self.weight - other.weight }
    }

    /// A sum that does not depend on how strata are numbered.
    fn sum(terms: impl Iterator<Item = Terms>) -> Self {
        let (mut excess, mut weight): (Vec<f64>, Vec<f64>) =
            terms.map(|terms| (terms.excess, terms.weight)).unzip();
        excess.sort_by(f64::total_cmp);
        weight.sort_by(f64::total_cmp);
        Terms { excess: excess.iter().sum(), weight: weight.iter().sum() }
    }

    /// What θ is above one half; 0 where nothing is left to compare.
    fn ratio(self) -> f64 {
        if self.weight > 1e-9 { self.excess / self.weight } else { 0.0 }
    }
}

/// The devices of both operators in a stratum.
struct Stratum {
    /// Devices of either operator.
    n: f64,
    m: f64,
    /// Pairs of devices where the second has the higher value, less half of all.
    excess: f64,
    parts: BTreeMap<i64, Part>,
}

/// What a device brings to a stratum: to the numbers of devices, and to the excess.
#[derive(Default)]
struct Part {
    n: f64,
    m: f64,
    excess: f64,
}

impl Stratum {
    fn of(x: &Devices, y: &Devices) -> Self {
        let (n, m) = (x.len() as f64, y.len() as f64);
        let of_x = x.clusters.iter().zip(x.placements(y)).map(|(cluster, placement)| {
            (*cluster, Part { n: 1.0, m: 0.0, excess: m * (0.5 - placement) })
        });
        let mut parts: BTreeMap<i64, Part> = of_x.collect();
        let mut excess = 0.0;
        for (cluster, placement) in y.clusters.iter().zip(y.placements(x)) {
            let part = parts.entry(*cluster).or_default();
            part.m = 1.0;
            part.excess += n * (placement - 0.5);
            if part.n > 0.0 {
                // The pair that a device of both operators is by itself goes once.
                let itself = y.only(*cluster).placements(&x.only(*cluster));
                part.excess -= itself.iter().sum::<f64>() - 0.5;
            }
            excess += n * (placement - 0.5);
        }
        Stratum { n, m, excess, parts }
    }

    fn terms(&self) -> Terms {
        Terms::of(self.n, self.m, self.excess)
    }

    /// What the terms lose with each device.
    fn losses(&self) -> impl Iterator<Item = (i64, Terms)> {
        self.parts.iter().map(|(cluster, part)| {
            let (n, m) = (self.n - part.n, self.m - part.m);
            (*cluster, self.terms().less(Terms::of(n, m, self.excess - part.excess)))
        })
    }
}

/// The variance from leaving out each device in turn (Tukey 1958), from all strata where it is: it
/// holds for few large strata as well as for many small ones.
fn jackknife(whole: Terms, strata: &[Stratum]) -> f64 {
    let mut losses: BTreeMap<i64, Vec<Terms>> = BTreeMap::new();
    for (cluster, loss) in strata.iter().flat_map(Stratum::losses) {
        losses.entry(cluster).or_default().push(loss);
    }
    let devices = losses.len() as f64;
    let without = losses.into_values().map(|of| whole.less(Terms::sum(of.into_iter())).ratio());
    let without: Vec<f64> = without.collect();
    let mean = without.iter().sum::<f64>() / devices;
    let squares = without.iter().map(|value| (value - mean) * (value - mean));
    squares.sum::<f64>() * (devices - 1.0) / devices
}

/// The variance that one reversed pair of n × m leaves, 1 / (2nm), averaged like the estimates.
fn least(whole: Terms, strata: &[Stratum]) -> f64 {
    let terms = strata.iter().map(|stratum| {
        let weight = stratum.terms().weight;
        Terms { excess: weight * weight / (2.0 * stratum.n * stratum.m), weight }
    });
    Terms::sum(terms).excess / (whole.weight * whole.weight)
}

#[cfg(test)]
mod tests {
    use super::super::samples::Sample;
    use super::*;

    fn sample(cluster: i64, value: f64) -> Sample {
        Sample { cluster: Some(cluster), stratum: 0, value, tests: 1 }
    }

    /// One device per value, of its own in every stratum.
    fn strata(first: i64, of: &[(u32, Vec<f64>)]) -> Strata {
        let devices = |stratum: u32, values: &Vec<f64>| {
            let clusters = first + i64::from(stratum) * 100..;
            let samples: Vec<_> =
                clusters.zip(values).map(|(c, value)| sample(c, *value)).collect();
            Devices::of(samples.iter())
        };
        of.iter().map(|(stratum, values)| (*stratum, devices(*stratum, values))).collect()
    }

    /// Devices with several values, some of them in several strata.
    fn months(of: &[(u32, i64, &[f64])]) -> Strata {
        let mut samples: BTreeMap<u32, Vec<Sample>> = BTreeMap::new();
        for (stratum, cluster, values) in of {
            let of_device = values.iter().map(|value| sample(*cluster, *value));
            samples.entry(*stratum).or_default().extend(of_device);
        }
        samples.into_iter().map(|(stratum, of)| (stratum, Devices::of(of.iter()))).collect()
    }

    /// From the definition, in NumPy: every device left out in turn and all recomputed.
    #[test]
    fn estimate_and_variance_are_those_of_the_definition() {
        let x = months(&[
            (1, 1, &[40.0, 52.0]),
            (1, 2, &[18.0]),
            (1, 3, &[75.0]),
            (2, 1, &[31.0]),
            (2, 4, &[22.0, 22.0, 35.0, 90.0]),
            (3, 5, &[47.0]),
            (4, 6, &[5.0]),
        ]);
        let y = months(&[
            (1, 11, &[61.0, 33.0]),
            (1, 12, &[80.0]),
            (2, 11, &[95.0, 52.0]),
            (2, 13, &[44.0]),
            (2, 14, &[22.0, 120.0]),
            (3, 12, &[66.0, 30.0]),
            (3, 15, &[90.0]),
            (5, 16, &[1.0]),
        ]);
        let found = compare(&x, &y).unwrap();
        assert_eq!(found.strata, 3);
        assert!((found.probability - 0.7663043478260869).abs() < 1e-14, "{found:?}");
        assert!((found.variance - 0.013124558872334172).abs() < 1e-14, "{found:?}");
    }

    /// From the definition, in NumPy, with devices of both operators within a stratum and across strata.
    #[test]
    fn a_device_of_both_operators_is_left_out_as_one() {
        let x = months(&[
            (1, 1, &[40.0, 52.0]),
            (1, 2, &[18.0]),
            (1, 3, &[75.0]),
            (2, 1, &[31.0]),
            (2, 4, &[22.0, 22.0, 35.0, 90.0]),
        ]);
        let y = months(&[
            (1, 1, &[61.0, 33.0]),
            (1, 12, &[80.0]),
            (1, 3, &[75.0, 50.0]),
            (2, 1, &[95.0, 52.0]),
            (2, 2, &[44.0]),
            (2, 14, &[22.0, 120.0]),
        ]);
        let found = compare(&x, &y).unwrap();
        assert!((found.probability - 0.7530864197530863).abs() < 1e-14, "{found:?}");
        assert!((found.variance - 0.023342545802249825).abs() < 1e-14, "{found:?}");
    }

    /// Weights of one third do not add up to whole numbers of devices.
    #[test]
    fn rounding_is_no_variance() {
        for devices in 2..40_i64 {
            let of = |first: i64, shift: f64| {
                let values: Vec<[f64; 7]> = (0..devices)
                    .map(|d| std::array::from_fn(|v| shift + (d * 7 + v as i64 * 5) as f64))
                    .collect();
                let samples: Vec<_> = (first..)
                    .zip(&values)
                    .map(|(cluster, of)| (1, cluster, &of[..1 + (cluster % 7) as usize]))
                    .collect();
                months(&samples)
            };
            let found = compare(&of(0, 0.0), &of(1000, 10_000.0)).unwrap();
            let least = 0.5 / (devices * devices) as f64;
            assert!((found.variance / least - 1.0).abs() < 1e-12, "{devices} {found:?}");
        }
    }

    #[test]
    fn strata_are_weighted_by_what_both_sides_can_tell() {
        // Stratum 1: 3 of 4 pairs, weight 1; stratum 2: 0 of 2 pairs, weight 2/3; 3 and 4 unshared.
        let x = strata(0, &[(1, vec![1.0, 3.0]), (2, vec![9.0]), (3, vec![5.0])]);
        let y = strata(50, &[(1, vec![2.0, 4.0]), (2, vec![7.0, 8.0]), (4, vec![5.0])]);
        let found = compare(&x, &y).unwrap();
        assert_eq!(found.strata, 2);
        assert!((found.probability - 0.75 / (5.0 / 3.0)).abs() < 1e-15, "{found:?}");
        let reverse = compare(&y, &x).unwrap();
        assert!((found.probability + reverse.probability - 1.0).abs() < 1e-15);
    }

    #[test]
    fn ties_count_half() {
        let found = |values: [f64; 2]| {
            compare(&strata(0, &[(1, vec![5.0, 5.0])]), &strata(50, &[(1, values.to_vec())]))
        };
        assert_eq!(found([5.0, 5.0]).map(|f| f.probability), Some(0.5));
        assert_eq!(found([5.0, 6.0]).map(|f| f.probability), Some(0.75));
    }

    #[test]
    fn without_a_shared_stratum_there_is_nothing_to_compare() {
        let (x, y) = (strata(0, &[(1, vec![1.0])]), strata(50, &[(2, vec![1.0])]));
        assert_eq!(compare(&x, &y), None);
    }

    #[test]
    fn no_overlap_leaves_the_least_variance() {
        let x = strata(0, &[(1, vec![1.0, 2.0, 3.0]), (2, vec![1.0, 2.0, 3.0])]);
        let y = strata(50, &[(1, vec![7.0, 8.0]), (2, vec![7.0, 8.0])]);
        let found = compare(&x, &y).unwrap();
        // 1 / (2 · 3 · 2) in either stratum, and half of it for their mean.
        assert!((found.probability - 1.0).abs() < 1e-15, "{found:?}");
        assert!((found.variance - 1.0 / 24.0).abs() < 1e-15, "{found:?}");
    }

    #[test]
    fn a_single_device_proves_nothing() {
        let x = strata(0, &[(1, vec![20.0])]);
        let y = strata(50, &[(1, (0..200).map(|v| f64::from(v) + 18.5).collect())]);
        let found = compare(&x, &y).unwrap();
        assert!(found.probability > 0.98, "{found:?}");
        assert!((found.probability - 0.5) / found.variance.sqrt() < 1.0, "{found:?}");
    }

    #[test]
    fn the_numbers_of_strata_do_not_matter() {
        let values = |s: u32| vec![f64::from(s * 7 % 5), f64::from(s % 3)];
        let more = |s: u32| values(s + 1).into_iter().chain([2.0, 1.0]).collect();
        let x: Vec<_> = (0..40).map(|s| (s, values(s))).collect();
        let y: Vec<_> = (0..40).map(|s| (s, more(s))).collect();
        let found = |number: fn(u32) -> u32| {
            let renamed = |of: Strata| of.into_iter().map(|(s, devices)| (number(s), devices));
            compare(&renamed(strata(0, &x)).collect(), &renamed(strata(50, &y)).collect())
        };
        assert_eq!(found(|s| s), found(|s| 97 - s));
        assert_eq!(found(|s| s), found(|s| s * 31 % 41));
    }
}
