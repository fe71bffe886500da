//! The checks on small results that are known to be odd or not.

use super::*;

/// Tests by hour of a province on an ordinary day: busiest in the evening.
const ORDINARY: [u64; 24] =
    [9, 4, 2, 1, 2, 6, 15, 30, 42, 45, 44, 41, 38, 36, 40, 42, 41, 43, 50, 62, 70, 66, 45, 20];

/// The same tests with all times moved by so many hours.
fn moved(hours: i32) -> [u64; 24] {
    let mut by_hour = [0; 24];
    for (hour, tests) in ORDINARY.into_iter().enumerate() {
        by_hour[(hour as i32 + hours).rem_euclid(24) as usize] = tests;
    }
    by_hour
}

fn found(by_hour: &[u64; 24]) -> Option<Warning> {
    shift(by_hour, 7, &Checks::default())
}

#[test]
fn an_ordinary_day_is_not_shifted() {
    assert_eq!(found(&ORDINARY), None);
    // Officials who measure in their working hours only leave evening and night empty.
    let mut working = [0; 24];
    working[8..17].fill(20);
    assert_eq!(found(&working), None);
    assert_eq!(found(&[10; 24]), None);
}

#[test]
fn local_times_taken_for_utc_empty_the_forenoon() {
    let expected =
        Warning::HoursShifted { local_as_utc: true, hours: 7, night: 293, busy_from: 8, busy: 15 };
    assert_eq!(found(&moved(7)), Some(expected));
}

#[test]
fn utc_taken_for_local_times_empties_the_evening() {
    let expected = Warning::HoursShifted {
        local_as_utc: false,
        hours: 7,
        night: 210,
        busy_from: 18,
        busy: 15,
    };
    assert_eq!(found(&moved(-7)), Some(expected));
}

#[test]
fn few_tests_and_zones_near_utc_tell_nothing() {
    let few = moved(7).map(|tests| tests / 32);
    assert!(few.iter().sum::<u64>() < 30);
    assert_eq!(found(&few), None);
    assert_eq!(shift(&moved(7), 1, &Checks::default()), None);
}
