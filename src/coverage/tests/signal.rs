//! Received signal below a level.

use crate::config::SignalQuantile;

use super::*;

/// A level that is easy to reckon with.
fn settings(quantile: SignalQuantile) -> Coverage {
    let mut settings = Coverage::default();
    settings.signal.levels.insert("4G".into(), -100.0);
    settings.signal.quantile = quantile;
    settings
}

/// Ten device-days of three devices: -91, -92, … -99, and -140.
fn ten() -> Vec<Test> {
    let heard = |number: i32| {
        let device = ["a", "b", "c"][number as usize % 3];
        test(device, number).hears(if number == 10 { -140.0 } else { f64::from(-90 - number) })
    };
    (1..=10).map(heard).collect()
}

fn weaker(tests: &[Test], by: f64) -> Vec<Test> {
    tests.iter().map(|t| Test { signal: t.signal.map(|dbm| dbm - by), ..t.clone() }).collect()
}

#[test]
fn no_signal_is_judged_without_a_level() {
    let tests = weaker(&ten(), 20.0);
    let found = found(&tests);
    assert_eq!((found.evidence.len(), &found.basis[0]["signal_levels"]), (0, &0.into()));
    let mut of_3g = Coverage::default();
    of_3g.signal.levels.insert("3G".into(), -100.0);
    assert_eq!(found_with(&tests, &of_3g, &[]).evidence, [] as [Row; 0]);
}

#[test]
fn the_quantile_has_to_be_below_the_level() {
    for (quantile, cases) in [
        // -95.5 is the median of the ten; 4.5 dB weaker it is the level itself.
        (SignalQuantile::Median, [(0.0, -95.5, false), (4.5, -100.0, false), (4.6, -100.1, true)]),
        // Type 7: position 2.25 among the ten from the weakest, -98 + 0.25.
        (SignalQuantile::P25, [(0.0, -97.75, false), (2.25, -100.0, false), (2.3, -100.05, true)]),
        // Position 0.9 between -140 and -99.
        (SignalQuantile::P10, [(-4.0, -99.1, false), (-3.1, -100.0, false), (0.0, -103.1, true)]),
    ] {
        let months = cases.map(|(by, _, _)| weaker(&ten(), by));
        let found = each_with(&settings(quantile), &months);
        for ((_, value, counts), found) in cases.into_iter().zip(found) {
            let row = only(&found.evidence, "signal");
            near(row, "value", value);
            assert_eq!(row["technology"], "4G");
            assert_eq!(row["counts_as_evidence"], counts, "{quantile:?} {value}");
            assert_eq!(found.suspected.len(), usize::from(counts));
        }
    }
}

#[test]
fn the_excess_is_a_twentieth_for_each_decibel() {
    let months = [6.5, 23.4, 23.5, 40.0].map(|by| weaker(&ten(), by));
    let found = each_with(&settings(SignalQuantile::Median), &months);
    for (found, severity) in found.iter().zip([1.1, 1.945, 1.95, 1.95]) {
        assert_eq!(found.suspected[0]["kinds"], "signal");
        assert!(found.suspected[0]["low"].is_null());
        near(&found.suspected[0], "severity", severity);
    }
}

#[test]
fn days_of_devices_count_and_not_tests() {
    let weak = weaker(&ten(), 20.0);
    let joined = |t: &Test| Test {
        device: t.device.clone().map(|device| device.replace('c', "b")),
        ..t.clone()
    };
    let nine_days = [&weak[1..], &weak[1..]].concat();
    let two_devices = weak.iter().map(joined).collect();
    let found = each_with(&settings(SignalQuantile::Median), &[weak, nine_days, two_devices]);
    assert_eq!(found.iter().map(|f| f.evidence.len()).collect::<Vec<_>>(), [1, 0, 0]);
}

#[test]
fn a_day_has_the_median_of_its_signals() {
    let mut tests = ten();
    // Device b on day 1, after -91: a hundred weak ones of one phone on one day.
    tests.extend(test("b", 1).hears(-130.0).times(100));
    let found = found_with(&tests, &settings(SignalQuantile::Median), &[]);
    let row = only(&found.evidence, "signal");
    assert_eq!([&row["n"], &row["n_eff"]], [110, 10]);
    // -130 in place of -91.
    near(row, "value", -96.5);
}
