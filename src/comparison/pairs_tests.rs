use super::super::samples::Sample;
use super::*;

const RULE: Rule = Rule { devices: 20, publish_from: 30.0, without_device_share: 0.2 };

/// Two samples of each of `devices` devices, spread over 20 %, in five strata.
fn operator(first: i64, devices: i64, speed: f64) -> OperatorSamples {
    let sample = |device: i64, day: i64| Sample {
        cluster: Some(first + device),
        stratum: (device % 5) as u32,
        value: speed * (1.0 + 0.01 * ((device * 7 + day * 3) % 20) as f64),
        tests: 1,
    };
    let samples = (0..devices).flat_map(|device| [sample(device, 1), sample(device, 2)]).collect();
    OperatorSamples { samples, n_adj: None }
}

fn scope(operators: Vec<OperatorSamples>) -> Scope {
    Scope { worse: Worse::Low, operators }
}

fn words(found: &[Comparison]) -> Vec<(&'static str, &'static str)> {
    found.iter().map(|c| (c.verdict.name(), c.reason.map_or("", Reason::name))).collect()
}

#[test]
fn every_pair_is_compared_once_in_order() {
    let scopes = [
        scope(vec![operator(0, 40, 50.0), operator(1000, 40, 50.0), operator(2000, 40, 100.0)]),
        scope(vec![operator(0, 40, 60.0), operator(1000, 40, 30.0)]),
    ];
    let found = compare(&scopes, &RULE);
    let places: Vec<_> = found.iter().map(|c| (c.scope, c.a, c.b)).collect();
    assert_eq!(places, [(0, 0, 1), (0, 0, 2), (0, 1, 2), (1, 0, 1)]);
    let expected =
        [("equivalent", "not_significant"), ("b_better", ""), ("b_better", ""), ("a_better", "")];
    assert_eq!(words(&found), expected);
}

#[test]
fn corrections_go_over_all_tested_pairs() {
    let near = || scope(vec![operator(0, 40, 50.0), operator(1000, 40, 52.0)]);
    let few = || scope(vec![operator(0, 40, 50.0), operator(1000, 19, 52.0)]);
    let p = |scopes: &[Scope]| -> Vec<(f64, f64)> {
        let found = compare(scopes, &RULE);
        let tests = found.iter().filter_map(|c| c.evidence);
        tests.map(|e| (e.all.test.p_value, e.all.p_adjusted)).collect()
    };
    let alone = p(&[near()]);
    assert_eq!(alone[0].0, alone[0].1);
    // Pairs that were not tested are no statements.
    assert_eq!(p(&[few(), near(), few()]), alone);
    let thrice = p(&[near(), near(), near()]);
    assert!(thrice.iter().all(|(_, adjusted)| (adjusted / alone[0].0 - 3.0).abs() < 1e-12));
}

#[test]
fn obstacles_are_named() {
    let good = || operator(0, 40, 50.0);
    let without = |tests: u32| {
        let mut changed = operator(1000, 40, 90.0);
        let nobody = Sample { cluster: None, stratum: 0, value: 90.0, tests: 1 };
        changed.samples.extend((0..tests).map(|_| nobody));
        changed
    };
    let small = OperatorSamples { n_adj: Some(29.0), ..operator(1000, 40, 90.0) };
    for (other, reason) in [
        (operator(1000, 19, 90.0), "too_few_devices"),
        (operator(1000, 14, 90.0), "count_only"),
        (small, "count_only"),
        (without(21), "without_device"),
    ] {
        let found = compare(&[scope(vec![good(), other])], &RULE);
        assert_eq!(words(&found), [("not_comparable", reason)]);
        assert_eq!(found[0].evidence, None);
    }
    // 20 of 100 tests are just not too many.
    let found = compare(&[scope(vec![good(), without(20)])], &RULE);
    assert_eq!(words(&found), [("b_better", "")]);
}

#[test]
fn an_operator_without_samples_has_no_pair() {
    let scopes = [scope(vec![operator(0, 40, 50.0), OperatorSamples::default()])];
    assert_eq!(compare(&scopes, &RULE), []);
    assert_eq!(compare(&[], &RULE), []);
}

#[test]
fn a_single_device_is_never_tested() {
    let lax = Rule { devices: 0, publish_from: 0.0, without_device_share: 1.0 };
    let found = compare(&[scope(vec![operator(0, 1, 50.0), operator(1000, 1, 90.0)])], &lax);
    assert_eq!(words(&found), [("not_comparable", "too_few_devices")]);
}

/// Both are equally fast in every stratum but one operator is tested where everybody is fast.
#[test]
fn where_operators_are_tested_does_not_make_one_better() {
    let placed = |first: i64, fast_devices: i64| {
        let mut operator = operator(first, 60, 50.0);
        for sample in &mut operator.samples {
            let device = sample.cluster.unwrap_or(0) - first;
            let fast = device % 6 < fast_devices;
            sample.stratum = u32::from(fast);
            sample.value = if fast { 100.0 } else { 10.0 } + (device / 6) as f64;
        }
        operator
    };
    let found = compare(&[scope(vec![placed(0, 1), placed(1000, 5)])], &RULE);
    assert_eq!(words(&found), [("equivalent", "strata_disagree")]);
    let strata = found[0].evidence.unwrap().strata.unwrap();
    assert_eq!((strata.probability, strata.strata), (0.5, 2));
}

/// Each operator has one device that decides: p is 0.0242 with them and 0.0776 without (from the
/// definition, in NumPy).
#[test]
fn a_sentence_does_not_hang_on_the_most_active_device() {
    let lax = Rule { devices: 2, publish_from: 0.0, without_device_share: 1.0 };
    let ladder = |first: i64, values: [f64; 8]| {
        let sample = |(device, value): (i64, f64)| Sample {
            cluster: Some(first + device),
            stratum: 0,
            value,
            tests: if device == 7 { 9 } else { 1 },
        };
        let samples = (0..).zip(values).map(sample).collect();
        OperatorSamples { samples, n_adj: None }
    };
    let pair = scope(vec![
        ladder(0, [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 1.0]),
        ladder(100, [35.0, 45.0, 55.0, 65.0, 75.0, 85.0, 95.0, 99.0]),
    ]);
    let found = compare(&[pair], &lax)[0];
    let evidence = found.evidence.unwrap();
    assert!(evidence.is_significant() && evidence.medians_agree() && evidence.strata_agree());
    assert!((evidence.all.p_adjusted - 0.024216112682553685).abs() < 1e-12);
    let without = evidence.without_most_active.unwrap();
    assert!((without.p_adjusted - 0.07755686426253418).abs() < 1e-12);
    assert_eq!(words(&[found]), [("equivalent", "most_active_decide")]);
}

#[test]
fn the_order_of_samples_does_not_change_a_bit() {
    let pair = || vec![operator(0, 41, 50.0), operator(30, 37, 50.7)];
    let shuffled = pair().into_iter().map(|mut operator| {
        operator.samples.sort_by_key(|s| (s.value.to_bits() as i64).wrapping_mul(0x9E37_79B9));
        operator
    });
    let shuffled = scope(shuffled.collect());
    assert_ne!(shuffled.operators[0].samples, pair()[0].samples);
    assert_eq!(compare(&[shuffled], &RULE), compare(&[scope(pair())], &RULE));
}
