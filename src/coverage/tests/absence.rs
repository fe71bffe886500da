//! Operators without a successful test.

use super::*;

/// Eight devices of MobiFone here; Viettel has two of four samples in the next cell.
fn silent() -> Vec<Test> {
    let mobifone = |number: i32| test(&format!("m{number}"), number).of("MobiFone");
    let mut tests: Vec<_> = (0..8).map(mobifone).collect();
    tests.extend([8, 9].map(|number| mobifone(number).at(NORTH)));
    tests.extend(["v", "w"].map(|device| test(device, 1).at(NORTH)));
    tests
}

#[test]
fn absence_is_noted_where_chance_hardly_explains_it() {
    let found = found(&silent());
    let row = only(&found.evidence, "absence");
    assert_eq!((&row["operator"], &row["place"]), (&"Viettel".into(), &"12.66N 108.03E".into()));
    assert_eq!([&row["n"], &row["devices"], &row["days"]], [8, 8, 8]);
    near(row, "value", 0.5_f64.powi(8));
    near(row, "threshold", 0.01);
}

#[test]
fn absence_alone_never_counts() {
    // Also with failures that are below their minimum: four of them.
    let mut four = silent();
    four.extend([("v", 1), ("w", 2), ("x", 1), ("x", 2)].map(|(d, day)| test(d, day).failed()));
    for found in each(&[silent(), four]) {
        assert_eq!(only(&found.evidence, "absence")["counts_as_evidence"], false);
        assert_eq!(found.suspected, [] as [Row; 0]);
    }
}

#[test]
fn absence_strengthens_what_another_kind_says() {
    let mut tests = silent();
    tests.extend(["v", "w", "x", "y", "z"].map(|d| test(d, i32::from(d == "z")).failed()));
    // The failures of another operator, or at another place, say nothing about this one.
    let changed = |change: fn(Test) -> Test| -> Vec<Test> {
        let one = |t: &Test| if t.is_ok { t.clone() } else { change(t.clone()) };
        tests.iter().map(one).collect()
    };
    let months = [tests.clone(), changed(|t| t.of("VNPT")), changed(|t| t.at(FAR))];
    let [same, operator, place] = &each(&months)[..] else { panic!() };
    assert_eq!(only(&same.evidence, "absence")["counts_as_evidence"], true);
    let [suspected] = &same.suspected[..] else { panic!("{same:#?}") };
    assert_eq!(suspected["kinds"], "failures, absence");
    assert_eq!(
        (&suspected["operator"], &suspected["kind"]),
        (&"Viettel".into(), &"failures".into())
    );
    near(suspected, "severity", 2.0 + (float(only(&same.evidence, "failures"), "low") - 0.2) / 0.8);
    for other in [operator, place] {
        assert_eq!(only(&other.evidence, "absence")["counts_as_evidence"], false);
        assert_eq!(other.suspected[0]["kinds"], "failures");
    }
}

#[test]
fn chance_up_to_one_percent() {
    let months = [silent()[1..].to_vec(), silent()[2..].to_vec()];
    let [seven, six] = &each(&months)[..] else { panic!() };
    near(only(&seven.evidence, "absence"), "value", 0.5_f64.powi(7));
    assert_eq!(six.evidence, [] as [Row; 0], "0.5^6 is 0.0156");
    let mut settings = Coverage::default();
    settings.absence.probability = 0.016;
    let found = found_with(&months[1], &settings, &[]);
    near(only(&found.evidence, "absence"), "value", 0.5_f64.powi(6));
}

#[test]
fn the_others_are_counted_by_devices() {
    let named = |names: [&str; 8]| {
        let mut tests = silent();
        for (test, name) in tests.iter_mut().zip(names) {
            test.device = Some(name.to_owned());
        }
        tests
    };
    // Eight days of two devices, and of three: 1, 1 and 6 days are 64 / 38 samples.
    let two = named(["a", "b", "b", "b", "b", "b", "b", "b"]);
    let three = named(["a", "b", "c", "c", "c", "c", "c", "c"]);
    let mut settings = Coverage::default();
    settings.absence.probability = 0.9;
    let [two, three] = &each_with(&settings, &[two, three])[..] else { panic!() };
    assert_eq!(two.evidence, [] as [Row; 0]);
    let row = only(&three.evidence, "absence");
    assert_eq!([&row["n"], &row["n_eff"], &row["devices"]], [8, 8, 3]);
    near(row, "value", 0.5_f64.powf(64.0 / 38.0));
}

/// How many rows say that Viettel is absent.
fn of_viettel(found: &Found) -> usize {
    found.evidence.iter().filter(|row| row["operator"] == "Viettel").count()
}

#[test]
fn any_successful_test_ends_it() {
    let cases = [
        ("one with a device", 0, test("v", 5)),
        ("one without", 0, test("", 5)),
        ("a failed one", 1, test("v", 5).failed()),
        ("one in another commune", 1, Test { commune: "24163", ..test("v", 5) }),
    ];
    let months = cases.each_ref().map(|(_, _, more)| [silent(), vec![more.clone()]].concat());
    for ((what, rows, _), found) in cases.iter().zip(each(&months)) {
        assert_eq!(of_viettel(&found), *rows, "{what}");
    }
}

#[test]
fn neighbours_are_the_eight_cells_around() {
    let from = |(dy, dx): (i32, i32)| {
        let place = (HERE.0 + f64::from(dy) * 0.01, HERE.1 + f64::from(dx) * 0.01);
        let mut tests = silent();
        tests[8..].iter_mut().for_each(|test| test.position = Some(place));
        tests
    };
    let steps: Vec<_> = (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| (dy, dx))).collect();
    let months: Vec<_> = steps.iter().map(|step| from(*step)).collect();
    for ((dy, dx), found) in steps.into_iter().zip(each(&months)) {
        let is_neighbour = dy.abs() < 2 && dx.abs() < 2 && (dy, dx) != (0, 0);
        assert_eq!(of_viettel(&found), usize::from(is_neighbour), "{dy} {dx}");
    }
}

#[test]
fn an_operator_of_which_nothing_is_near_is_not_missed() {
    let mut tests = silent();
    tests.extend(test("x", 1).of("VNPT").at(FAR).times(9));
    let found = found(&tests);
    assert!(found.evidence.iter().all(|row| row["operator"] != "VNPT"), "{found:#?}");
}
