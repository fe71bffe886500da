//! Failed tests and fallback to 2G or 3G.

use serde_json::json;

use super::*;

/// Five failed tests from three devices on two days: the least that is considered.
fn five() -> Vec<Test> {
    let failed = |device, day| test(device, day).failed();
    vec![failed("a", 1), failed("a", 1), failed("a", 2), failed("b", 1), failed("c", 1)]
}

#[test]
fn failures_count_from_their_minimum_on() {
    let found = found(&five());
    let row = only(&found.evidence, "failures");
    assert_eq!(row["place"], "12.66N 108.03E");
    assert_eq!(row["place_kind"], "cell");
    assert_eq!([&row["n"], &row["tests"], &row["devices"], &row["days"]], [5, 5, 3, 2]);
    // The device-days are 2, 1 and 1: n_adj = 4² / (4 + 1 + 1).
    assert_eq!(row["n_eff"], 4);
    near(row, "n_adj", 16.0 / 6.0);
    near(row, "value", 1.0);
    // With a share of 1 the lower bound is n / (n + z²).
    near(row, "low", (16.0 / 6.0) / (16.0 / 6.0 + 3.841_458_820_694_124));
    near(row, "high", 1.0);
    assert_eq!(row["counts_as_evidence"], true);
    let [suspected] = &found.suspected[..] else { panic!("{found:#?}") };
    assert_eq!(suspected["kinds"], "failures");
    near(suspected, "severity", 1.0 + (float(row, "low") - 0.2) / 0.8);
}

#[test]
fn just_below_any_minimum_there_is_no_row() {
    let all = |change: fn(Test) -> Test| five().into_iter().map(change).collect::<Vec<_>>();
    let cases = [
        ("four tests", five()[1..].to_vec()),
        ("two devices", all(|t| renamed(t, "c", "b"))),
        ("one day", all(|t| Test { day: 1, ..t })),
        ("no device", all(|t| Test { device: None, ..t })),
        ("two places", [&five()[..3], &all(|t| t.at(NORTH))[3..]].concat()),
        ("two operators", [&five()[..3], &all(|t| t.of("VNPT"))[3..]].concat()),
        ("fixed lines", all(|t| Test { access: "fixed", ..t })),
        ("unknown operator", all(|t| Test { unknown: true, ..t })),
    ];
    let months = cases.each_ref().map(|(_, tests)| tests.clone());
    for ((what, _), found) in cases.iter().zip(each(&months)) {
        assert_eq!(found.evidence, [] as [Row; 0], "{what}");
    }
}

fn renamed(test: Test, from: &str, to: &str) -> Test {
    let device = test.device.map(|device| if device == from { to.to_owned() } else { device });
    Test { device, ..test }
}

/// Four devices on one day each, of which three fail: 0.3006 to 0.9544.
fn three_of_four() -> Vec<Test> {
    let failed = |device, day| test(device, day).failed().times(2);
    [failed("a", 1), failed("b", 2), failed("c", 2), test("d", 2).times(2)].concat()
}

#[test]
fn the_share_has_the_wilson_interval_of_its_devices() {
    let found = found(&three_of_four());
    let row = only(&found.evidence, "failures");
    near(row, "n_adj", 4.0);
    near(row, "value", 0.75);
    near(row, "low", 0.300_641_842_582_401_84);
    near(row, "high", 0.954_412_739_190_299_5);
    near(row, "threshold", 0.2);
}

#[test]
fn the_lower_bound_has_to_be_above_the_rate() {
    // Twelve devices of which three fail: 0.0889 to 0.5323.
    let others = (0..8).flat_map(|number| test(&format!("e{number}"), 1).times(2));
    let tests: Vec<_> = three_of_four().into_iter().chain(others).collect();
    let found = found(&tests);
    let row = only(&found.evidence, "failures");
    near(row, "low", 0.088_941_668_394_054_71);
    assert_eq!(row["counts_as_evidence"], false);
    assert_eq!(found.suspected, [] as [Row; 0]);
    for (share, rows) in [(0.088_94, 1), (0.088_95, 0)] {
        let mut settings = Coverage::default();
        settings.failures.share = share;
        assert_eq!(found_with(&tests, &settings, &[]).suspected.len(), rows, "{share}");
    }
}

#[test]
fn one_phone_that_fails_fifty_times_does_not_count() {
    let alone: Vec<_> = (0..50).map(|number| test("a", number % 25).failed()).collect();
    // Two others that fail once among ten that do not: 52 of 62 tests failed, and yet there is
    // nothing to see, since the days of one phone are one observation.
    let mut among_others = alone.clone();
    among_others.extend([test("b", 1).failed(), test("c", 2).failed()]);
    among_others.extend((0..10).map(|number| test(&format!("d{number}"), 3)));
    let [alone, among_others] = &each(&[alone, among_others])[..] else { panic!() };
    assert_eq!(alone.evidence, [] as [Row; 0]);
    let row = only(&among_others.evidence, "failures");
    assert_eq!([&row["n"], &row["tests"], &row["n_eff"]], [52, 62, 37]);
    near(row, "n_adj", 37.0 * 37.0 / (25.0 * 25.0 + 12.0));
    near(row, "value", 27.0 / 37.0);
    assert_eq!(row["counts_as_evidence"], false);
    assert_eq!(among_others.suspected, [] as [Row; 0]);
}

#[test]
fn a_day_of_a_device_is_one_sample_whose_value_is_its_share() {
    let mixed = [test("a", 1).failed().times(1), test("a", 1).times(2)].concat();
    let rest = [test("b", 1).failed().times(2), test("c", 2).failed().times(2)].concat();
    let found = found(&[mixed, rest].concat());
    let row = only(&found.evidence, "failures");
    assert_eq!([&row["n"], &row["tests"]], [5, 7]);
    // A third in whole millionths, and two ones.
    near(row, "value", (333_333.0 + 2_000_000.0) / 3_000_000.0);
}

/// Three devices with five tests on 3G here, each seen on 4G in the next cell.
fn fallen_back() -> Vec<Test> {
    let old = |device, day| test(device, day).on("3G");
    let mut tests = vec![old("a", 1), old("a", 1), old("b", 1), old("b", 2), old("c", 1)];
    tests.extend(["a", "b", "c"].map(|device| test(device, 3).at(NORTH)));
    tests
}

#[test]
fn fallback_counts_for_devices_seen_on_4g_elsewhere() {
    let found = found(&fallen_back());
    let row = only(&found.evidence, "fallback");
    assert_eq!([&row["n"], &row["tests"], &row["devices"], &row["days"]], [5, 5, 3, 2]);
    near(row, "n_adj", 16.0 / 6.0);
    assert_eq!(row["counts_as_evidence"], true);
    assert_eq!(found.suspected[0]["kinds"], "fallback");
    assert_eq!(found.suspected[0]["tests_ok"], 5);
}

#[test]
fn devices_not_seen_elsewhere_do_not_count_as_fallen_back() {
    let elsewhere = |last: Test| {
        let mut tests = fallen_back();
        tests[7] = last;
        tests
    };
    let cases = [
        ("4G at the same place only", 0, test("c", 3)),
        ("4G of another operator", 0, test("c", 3).at(NORTH).of("MobiFone")),
        ("no successful test on 4G", 0, test("c", 3).at(NORTH).failed()),
        ("4G at no place", 0, Test { position: None, ..test("c", 3) }),
        ("3G only", 0, test("c", 3).at(NORTH).on("3G")),
        ("5G far away", 1, test("c", 3).at(FAR).on("5G")),
        ("another commune", 1, Test { commune: "24163", ..test("c", 3) }),
    ];
    let months = cases.each_ref().map(|(_, _, last)| elsewhere(last.clone()));
    for ((what, rows, _), found) in cases.iter().zip(each(&months)) {
        let found = found.evidence.iter().filter(|row| row["kind"] == "fallback").count();
        assert_eq!(found, *rows, "{what}");
    }
}

#[test]
fn fallback_has_minima_of_its_own() {
    let four = fallen_back()[1..].to_vec();
    let one_day: Vec<_> = fallen_back().into_iter().map(|t| Test { day: 1, ..t }).collect();
    let months = [fallen_back(), four, one_day];
    let rows = |tests, days| {
        let mut settings = Coverage::default();
        (settings.fallback.tests, settings.fallback.days) = (tests, days);
        each_with(&settings, &months).iter().map(|found| found.suspected.len()).collect::<Vec<_>>()
    };
    assert_eq!(rows(5, 2), [1, 0, 0]);
    assert_eq!(rows(4, 1), [1, 1, 1]);
    assert_eq!(rows(5, 3), [0, 0, 0]);
}

#[test]
fn unknown_technology_is_no_part_of_the_share_of_fallback() {
    let mut tests = fallen_back();
    tests.extend(Test { technology: None, ..test("a", 1) }.times(9));
    tests.extend(test("b", 1).on("2G").failed().times(9));
    // A phone that was never on 4G elsewhere says nothing about what is missing here.
    tests.extend(test("old", 1).on("2G").times(9));
    let found = found(&tests);
    let row = only(&found.evidence, "fallback");
    assert_eq!([&row["n"], &row["tests"]], [5, 5]);
    near(row, "value", 1.0);
}

#[test]
fn kinds_add_up_in_a_fixed_order() {
    let mut tests = fallen_back();
    // Six more phones that fail: 6 of 10 device-days, 0.2904 to 0.8448 at 100 / 12.
    tests.extend((0..6).map(|number| test(&format!("f{number}"), number).failed()));
    let found = found(&tests);
    let [suspected] = &found.suspected[..] else { panic!("{found:#?}") };
    assert_eq!(suspected["kinds"], "failures, fallback");
    assert_eq!(suspected["kind"], "failures");
    let low = |kind| float(only(&found.evidence, kind), "low");
    let excess = (low("failures").max(low("fallback")) - 0.2) / 0.8;
    near(suspected, "severity", 2.0 + excess);
    assert_eq!(
        json!([suspected["tests_ok"], suspected["tests_failed"], suspected["devices"]]),
        json!([5, 6, 9])
    );
}
