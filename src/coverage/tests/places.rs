//! Where tests are.

use super::super::grid::Position;
use super::*;

/// Three devices that fail twice a day on two days.
fn hole(position: (f64, f64)) -> Vec<Test> {
    let failed = |(device, day)| test(device, day).at(position).failed().times(2);
    [("a", 1), ("b", 1), ("c", 2)].into_iter().flat_map(failed).collect()
}

fn places(tests: &[Test], hamlets: &[Hamlet]) -> Vec<String> {
    let found = found_with(tests, &Coverage::default(), hamlets);
    let name = |row: &Row| {
        format!("{} {}", row["commune_code"].as_str().unwrap(), row["place"].as_str().unwrap())
    };
    found.suspected.iter().map(name).collect()
}

fn hamlet(name: &str, position: (f64, f64), radius_m: f64) -> Hamlet {
    let position = Position { latitude: position.0, longitude: position.1 };
    Hamlet { commune_code: "24121".into(), name: name.into(), position, radius_m }
}

#[test]
fn a_cell_has_its_south_and_west_edge() {
    let cases = [
        ((12.66, 108.03), "24121 12.66N 108.03E"),
        ((12.669_999, 109.039_999), "24121 12.66N 109.03E"),
        ((12.67, 110.04), "24121 12.67N 110.04E"),
        ((-12.66, -0.01), "24121 12.66S 0.01W"),
        ((-12.660_001, -1.010_001), "24121 12.67S 1.02W"),
        ((0.0, -2.000_001), "24121 0.00N 2.01W"),
    ];
    let tests: Vec<_> = cases.iter().flat_map(|(position, _)| hole(*position)).collect();
    let mut names = cases.map(|(_, name)| name);
    names.sort_unstable();
    assert_eq!(places(&tests, &[]), names);
}

#[test]
fn a_cell_has_the_position_of_its_middle() {
    let found = found(&hole((12.6612, 108.0388)));
    let row = &found.suspected[0];
    near(row, "latitude", 12.665);
    near(row, "longitude", 108.035);
}

#[test]
fn a_cell_on_a_border_is_split_by_commune() {
    let other_on_day_2 = |t: Test| if t.day == 2 { Test { commune: "24163", ..t } } else { t };
    let split: Vec<_> = hole(HERE).into_iter().map(other_on_day_2).collect();
    let other = hole(FAR).into_iter().map(|t| Test { commune: "24163", ..t });
    let all: Vec<_> = split.into_iter().chain(hole(FAR)).chain(other).collect();
    assert_eq!(places(&all, &[]), ["24121 12.68N 108.03E", "24163 12.68N 108.03E"]);
}

#[test]
fn tests_without_a_usable_position_are_counted_and_have_no_place() {
    let mut tests = hole(HERE);
    tests[0].position = None;
    tests[1].accuracy = Some(500.1);
    tests[2].unknown = true;
    tests[3].accuracy = Some(500.0);
    tests[4].device = None;
    tests.push(Test { access: "fixed", ..test("f", 1) });
    let found = found(&tests);
    let counts = &found.basis[0];
    for (column, expected) in [
        ("tests", 6),
        ("tests_without_position", 1),
        ("tests_imprecise", 1),
        ("tests_unknown_operator", 1),
        ("tests_placed", 3),
        ("tests_in_hamlets", 0),
        ("tests_placed_without_device", 1),
    ] {
        assert_eq!(counts[column], expected, "{column}");
    }
    assert_eq!(found.evidence, [] as [Row; 0]);
}

#[test]
fn a_test_belongs_to_the_nearest_hamlet_within_its_radius() {
    // A thousandth of a degree of latitude is 111.2 m.
    let (near, far) = (hamlet("Thôn 1", (12.664, 108.035), 1000.0), (12.668, 108.035));
    let far = hamlet("Thôn 2", far, 1000.0);
    let both = [near.clone(), far];
    assert_eq!(places(&hole(HERE), &both), ["24121 Thôn 1"]);
    let small = hamlet("Thôn 1", (12.664, 108.035), 111.0);
    assert_eq!(places(&hole(HERE), &[small]), ["24121 12.66N 108.03E"]);
    let reaching = hamlet("Thôn 1", (12.664, 108.035), 112.0);
    assert_eq!(places(&hole(HERE), &[reaching]), ["24121 Thôn 1"]);
    let elsewhere = Hamlet { commune_code: "24163".into(), ..near };
    assert_eq!(places(&hole(HERE), &[elsewhere]), ["24121 12.66N 108.03E"]);
}

#[test]
fn a_hamlet_reaches_across_cells_and_keeps_its_position() {
    let centre = hamlet("Thôn 1", (12.6695, 108.0395), 1000.0);
    let across = [&hole((12.6705, 108.0405))[..2], &hole((12.669, 108.039))[2..]].concat();
    let found = found_with(&across, &Coverage::default(), &[centre]);
    let [row] = &found.suspected[..] else { panic!("{found:#?}") };
    assert_eq!((&row["place"], &row["place_kind"]), (&"Thôn 1".into(), &"hamlet".into()));
    super::near(row, "latitude", 12.6695);
    assert_eq!(found.basis[0]["tests_in_hamlets"], 6);
    assert_eq!(found_with(&across, &Coverage::default(), &[]).suspected, [] as [Row; 0]);
}

#[test]
fn the_order_of_the_list_decides_between_equal_distances() {
    // Two to the power of -10 away, so that the distances are equal in floats, too.
    let (here, step) = ((12.6875, 108.0), 1.0 / 1024.0);
    for sign in [1.0, -1.0] {
        let both = [
            hamlet("Thôn 1", (here.0 + sign * step, here.1), 1000.0),
            hamlet("Thôn 2", (here.0 - sign * step, here.1), 1000.0),
        ];
        let found = found_with(&hole(here), &Coverage::default(), &both);
        assert_eq!(found.suspected[0]["place"], "Thôn 1");
        super::near(&found.suspected[0], "latitude", here.0 + sign * step);
    }
}

#[test]
fn cells_of_another_size() {
    let settings = Coverage { cell_degrees: 0.005, ..Coverage::default() };
    let found = found_with(&hole(HERE), &settings, &[]);
    assert_eq!(found.suspected[0]["place"], "12.665N 108.035E");
}

#[test]
fn the_order_of_rows_does_not_matter() {
    // Numbers that look random and are the same everywhere.
    let mut state = 7_u32;
    let mut below = |end: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % end
    };
    let mut tests = hole(FAR);
    for _ in 0..300 {
        let position = (12.661 + f64::from(below(20)) * 0.001, 108.035);
        let mut one = test(&format!("d{}", below(9)), below(9) as i32).at(position);
        one.is_ok = below(3) > 0;
        one.technology = [Some("4G"), Some("3G"), Some("5G"), None][below(4) as usize];
        one.operator = ["Viettel", "VNPT"][below(2) as usize];
        one.signal = (below(5) > 0).then(|| -80.0 - f64::from(below(37)));
        tests.push(one);
    }
    // Only failures of MobiFone here, and successes next door.
    tests.iter_mut().filter(|t| !t.is_ok && t.day > 5).for_each(|t| t.operator = "MobiFone");
    tests.push(test("m", 1).of("MobiFone").at((12.691, 108.035)));
    let mut settings = Coverage::default();
    settings.signal.levels.insert("4G".into(), -85.0);
    settings.signal.samples = 2;
    settings.absence.probability = 0.99;
    let found = found_with(&tests, &settings, &[]);
    let kinds = ["failures", "fallback", "signal", "absence"];
    let is_there = |kind: &&&str| found.evidence.iter().any(|row| row["kind"] == **kind);
    assert_eq!(kinds.iter().filter(is_there).count(), 4, "{:#?}", found.evidence);
    tests.reverse();
    assert_eq!(found_with(&tests, &settings, &[]), found);
    tests.sort_by_key(|t| (t.day * 7919) % 13);
    assert_eq!(found_with(&tests, &settings, &[]), found);
}

#[test]
fn a_month_without_tests_has_no_evidence() {
    let found = found(&[]);
    assert_eq!((found.evidence.len(), found.suspected.len()), (0, 0));
    assert_eq!(found.basis.len(), 1);
    assert_eq!(found.basis[0]["tests"], 0);
}
