//! Expected values come from the definition, in NumPy: means over all pairs of samples of all pairs
//! of devices, SciPy's t distribution, and the ends of the interval by root finding (`brentq`).
//! With one sample per device, estimate, variance and degrees of freedom were also checked against
//! `scipy.stats.brunnermunzel` 1.17, whose statistic is this one divided by 2 √(θ̂(1 − θ̂)).

use super::super::samples::Sample;
use super::*;

/// Devices with their values.
fn devices(of: &[(i64, &[f64])]) -> Devices {
    let sample =
        |cluster: i64, value: f64| Sample { cluster: Some(cluster), stratum: 0, value, tests: 1 };
    let samples =
        of.iter().flat_map(|(cluster, values)| values.iter().map(|v| sample(*cluster, *v)));
    Devices::of(samples.collect::<Vec<_>>().iter())
}

/// One device per value, numbered from `first`.
fn singles(first: i64, values: &[f64]) -> Devices {
    let numbered: Vec<_> = (first..).zip(values.chunks(1)).collect();
    devices(&numbered)
}

/// Estimate, interval, statistic, degrees of freedom and p-value.
#[track_caller]
fn assert_found(x: &Devices, y: &Devices, expected: [f64; 6]) {
    let f = compare(x, y).unwrap();
    let found = [f.probability, f.low, f.high, f.statistic, f.df, f.p_value];
    for (found, expected) in found.into_iter().zip(expected) {
        assert!((found / expected - 1.0).abs() < 1e-11, "{f:?} {expected}");
    }
}

const CLUSTERED: [(i64, &[f64]); 8] = [
    (1, &[40.0, 52.0, 31.0]),
    (2, &[18.0]),
    (3, &[75.0, 60.0]),
    (4, &[22.0, 22.0, 35.0, 90.0]),
    (5, &[47.0]),
    (6, &[12.0, 33.0]),
    (7, &[64.0]),
    (8, &[28.0, 30.0, 41.0]),
];

/// Eight devices of the other operator, under given numbers.
fn others(clusters: [i64; 8]) -> Devices {
    let values: [&[f64]; 8] = [
        &[61.0, 33.0],
        &[80.0, 95.0, 52.0],
        &[44.0],
        &[22.0, 120.0],
        &[75.0, 66.0, 71.0, 58.0, 40.0],
        &[90.0],
        &[38.0, 47.0],
        &[55.0],
    ];
    devices(&clusters.into_iter().zip(values).collect::<Vec<_>>())
}

/// The pain scores of Brunner and Munzel (2000), with many ties: SciPy's statistic is 3.1375 and
/// its p-value 0.0058.
#[test]
fn the_published_example_has_its_estimate_and_degrees_of_freedom() {
    let x = [1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 1.0, 1.0];
    let y = [3.0, 3.0, 4.0, 3.0, 1.0, 2.0, 3.0, 1.0, 1.0, 5.0, 4.0];
    let expected = [
        0.788961038961039,
        0.5528880520136882,
        0.9187140555270091,
        2.5604619576076626,
        17.68284197948154,
        0.019848119219618283,
    ];
    assert_found(&singles(1, &x), &singles(100, &y), expected);
    let f = compare(&singles(1, &x), &singles(100, &y)).unwrap();
    let plain = f.statistic / (2.0 * (f.probability * (1.0 - f.probability)).sqrt());
    assert!((plain - 3.1374674823029505).abs() < 1e-12, "{plain}");
    assert!((two_sided(plain, f.df) - 0.005786208666151469).abs() < 1e-14);
}

#[test]
fn unequal_spread_and_numbers() {
    let x = [40.0, 50.8, 32.1, 19.6, 27.8, 18.1, 42.0, 116.9];
    let y = [25.9, 24.9, 34.7, 33.4, 31.0, 22.7, 29.7, 37.0, 20.0, 26.2, 17.0, 20.4];
    let expected = [
        0.3125,
        0.09598002763742115,
        0.6605613114971438,
        -1.1705226092139276,
        8.239493754431024,
        0.2745300709038871,
    ];
    assert_found(&singles(1, &x), &singles(100, &y), expected);
}

#[test]
fn devices_with_several_samples() {
    let expected = [
        0.7100694444444444,
        0.45409900026276967,
        0.8782076037085935,
        1.7801521734164245,
        12.024485314642902,
        0.10031182574213912,
    ];
    assert_found(&devices(&CLUSTERED), &others([9, 10, 11, 12, 13, 14, 15, 16]), expected);
}

#[test]
fn devices_of_both_operators_change_the_variance_only() {
    let expected = [
        0.7100694444444444,
        0.43425686028882887,
        0.8865471162037956,
        1.7358875809594898,
        8.140177484694183,
        0.12014793693662472,
    ];
    assert_found(&devices(&CLUSTERED), &others([1, 2, 8, 12, 13, 14, 15, 16]), expected);
    let expected = [
        0.7100694444444444,
        0.36144751097398264,
        0.913767555706732,
        1.3690560697068614,
        7.0,
        0.21329017837206116,
    ];
    assert_found(&devices(&CLUSTERED), &others([1, 2, 3, 4, 5, 6, 7, 8]), expected);
}

#[test]
fn exchanging_operators_turns_the_result_round() {
    let (x, y) = (devices(&CLUSTERED), others([1, 2, 8, 12, 13, 14, 15, 16]));
    let (one, other) = (compare(&x, &y).unwrap(), compare(&y, &x).unwrap());
    assert!((one.probability + other.probability - 1.0).abs() < 1e-15);
    assert!((one.low + other.high - 1.0).abs() < 1e-14);
    assert!((one.statistic + other.statistic).abs() < 1e-14);
    assert!((one.p_value - other.p_value).abs() < 1e-14);
}

/// By hand: 20 and 20 devices leave 1 / 800, so t = ½ √800 with 19 degrees of freedom (SciPy:
/// p = 1.5437e-11), and the lower end is 1 / (1 + 4 t₀² / 800), t₀ = 2.0930.
#[test]
fn samples_without_overlap_are_different() {
    let low: Vec<f64> = (1..=20).map(f64::from).collect();
    let high: Vec<f64> = (101..=120).map(f64::from).collect();
    let f = compare(&singles(1, &low), &singles(100, &high)).unwrap();
    assert_eq!((f.probability, f.high, f.df), (1.0, 1.0, 19.0));
    assert!((f.statistic - 200f64.sqrt()).abs() < 1e-12, "{f:?}");
    assert!((f.p_value / 1.543666734912717e-11 - 1.0).abs() < 1e-9, "{f:?}");
    assert!((f.low - 1.0 / (1.0 + 4.0 * 2.0930240544083087f64.powi(2) / 800.0)).abs() < 1e-12);
}

#[test]
fn the_less_samples_overlap_the_smaller_the_p_value() {
    let low: Vec<f64> = (1..=20).map(f64::from).collect();
    let p = |shift: f64| {
        let high: Vec<f64> = low.iter().map(|value| value + shift).collect();
        compare(&singles(1, &low), &singles(100, &high)).unwrap().p_value
    };
    let found: Vec<f64> = [0.0, 0.5, 2.0, 8.0, 15.0].map(p).to_vec();
    assert!(found.is_sorted_by(|a, b| a > b), "{found:?}");
    // One reversed pair, one tie, none: all the same as good as certain.
    assert!([18.0, 18.5, 19.0, 19.5, 50.0].map(p).iter().all(|p| *p < 1e-10));
}

#[test]
fn equal_values_differ_in_nothing() {
    let same = [7.0; 30];
    let f = compare(&singles(1, &same), &singles(100, &same)).unwrap();
    assert_eq!((f.probability, f.statistic, f.p_value), (0.5, 0.0, 1.0));
    assert!(f.low < 0.5 && f.high > 0.5, "{f:?}");
    let both = compare(&singles(1, &same), &singles(1, &same)).unwrap();
    assert_eq!((both.probability, both.p_value), (0.5, 1.0));
}

#[test]
fn one_device_cannot_be_compared() {
    assert_eq!(compare(&singles(1, &[5.0]), &singles(100, &[1.0, 2.0])), None);
    assert_eq!(compare(&singles(1, &[1.0, 2.0]), &singles(100, &[])), None);
}
