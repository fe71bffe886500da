//! The month as a reader finds it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;

fn communes() -> Vec<DemoCommune> {
    let commune = |number: usize| DemoCommune {
        code: format!("{:05}", 24_100 + number),
        name: if number.is_multiple_of(7) {
            format!("Phường {number}")
        } else {
            format!("Xã {number}")
        },
        latitude: (number != 5).then_some(12.2 + number as f64 / 100.0),
        longitude: (number != 5).then_some(108.0 + number as f64 / 200.0),
    };
    (0..102).map(commune).collect()
}

fn simulation(communes: &[DemoCommune], samples: usize) -> Simulation<'_> {
    Simulation {
        province_code: "66",
        month: date(2025, 10, 1),
        zone: TimeZone::fixed(jiff::tz::offset(7)),
        samples,
        seed: 1,
        communes,
        position_only: false,
    }
}

/// Calls `visit` with every row and the place of its file.
fn each_row<'a>(demo: &Demo<'a>, mut visit: impl FnMut(usize, Role, Row<'a>)) {
    for window in &demo.windows {
        for number in window.first_row..window.end_row {
            visit(number, demo.world.role(number, window), demo.row(number, window));
        }
    }
}

/// The rules of the design that a row fails, without boundaries.
fn failed_rules(row: &Row<'_>, demo: &Demo<'_>) -> BTreeSet<&'static str> {
    let mut rules = BTreeSet::new();
    let mut fails = |rule: &'static str, failed: bool| failed.then(|| rules.insert(rule));
    let month = demo.windows[0].month;
    fails("missing_id", row.sample_id.as_deref().unwrap_or("").is_empty());
    fails("missing_time", row.measured_at.is_none());
    fails("outside_period", row.measured_at.is_some_and(|t| t < month.0 || t >= month.1));
    fails("bad_access_type", !matches!(row.access_type, Some("mobile" | "fixed")));
    let technologies =
        [None, Some("2G"), Some("3G"), Some("4G"), Some("5G"), Some("wifi"), Some("ethernet")];
    fails("unknown_technology", !technologies.contains(&row.technology));
    let link = matches!(row.technology, Some("wifi" | "ethernet"));
    fails("mobile_over_fixed_link", link && row.access_type == Some("mobile"));
    fails("unknown_status", !matches!(row.status, None | Some("ok" | "failed")));
    let position = row.latitude.zip(row.longitude);
    fails("no_location", row.commune_code.is_none() && position.is_none());
    fails("unknown_commune", row.commune_code == Some("99999"));
    fails("outside_province", row.commune_code == Some("00004"));
    let off = |(latitude, longitude): (f64, f64)| latitude.abs() > 90.0 || longitude.abs() > 180.0;
    fails("coordinates_out_of_range", position.is_some_and(|p| off(p) || p == (0.0, 0.0)));
    let by_position = row.commune_code.is_none() && position.is_some();
    fails("too_imprecise", by_position && row.location_accuracy_m > Some(1000.0));
    fails("position_without_boundaries", by_position);
    fails("foreign_server", !matches!(row.server_country, None | Some("VN")));
    if row.status != Some("failed") {
        let measures = [row.download_mbps, row.upload_mbps, row.latency_ms, row.jitter_ms];
        let bad = |value: &f64| !value.is_finite() || *value <= 0.0;
        fails("measure_not_positive", measures.iter().flatten().any(bad));
        // A phone that does not tell its technology may be on 5G.
        let ceiling = match (row.access_type, row.technology) {
            (_, Some("5G")) | (Some("mobile"), None) => 2_000.0,
            _ => 1_000.0,
        };
        fails("above_ceiling", row.download_mbps.is_some_and(|v| v.is_finite() && v > ceiling));
        fails("ok_without_measure", measures.iter().all(Option::is_none));
        fails(
            "ratio_out_of_range",
            row.packet_loss_ratio.is_some_and(|v| !(0.0..=1.0).contains(&v)),
        );
    }
    rules
}

#[test]
fn every_rule_is_hit_and_only_by_flawed_rows() {
    let communes = communes();
    let demo = Demo::new(&simulation(&communes, 12_000)).unwrap();
    let mut counts = BTreeMap::<&str, usize>::new();
    let mut rejected = 0;
    each_row(&demo, |number, role, row| {
        let rules = failed_rules(&row, &demo);
        assert_eq!(
            !rules.is_empty(),
            matches!(role, Role::Flawed(_)),
            "{number} {role:?} {rules:?}"
        );
        rejected += usize::from(!rules.is_empty());
        rules.into_iter().for_each(|rule| *counts.entry(rule).or_default() += 1);
    });
    assert_eq!(counts.len(), 18, "{counts:?}");
    assert!((120..=240).contains(&rejected), "{rejected} of 12,000 rows are rejected");
}

#[test]
fn repeated_rows_are_identical_or_differ_under_one_id() {
    let communes = communes();
    let demo = Demo::new(&simulation(&communes, 12_000)).unwrap();
    let mut seen = BTreeMap::new();
    let (mut identical, mut altered) = (0, 0);
    each_row(&demo, |_, role, row| match role {
        Role::Plain => assert!(seen.insert(row.sample_id.clone(), row).is_none()),
        Role::Flawed(_) => {}
        Role::Repeated(_) => {
            assert_eq!(seen.get(&row.sample_id), Some(&row));
            identical += 1;
        }
        Role::Altered(_) => {
            assert!(seen.get(&row.sample_id).is_some_and(|first| *first != row));
            altered += 1;
        }
    });
    assert!(identical > 20 && altered > 10, "{identical} {altered}");
}

#[test]
fn two_communes_have_no_sample_and_the_others_have() {
    let communes = communes();
    let demo = Demo::new(&simulation(&communes, 2_000)).unwrap();
    let mut codes = BTreeSet::new();
    each_row(&demo, |_, role, row| {
        if role == Role::Plain {
            codes.extend(row.commune_code);
        }
    });
    assert_eq!(codes.len(), communes.len() - 2);
}

#[test]
fn uploads_are_slower_than_downloads_and_failed_tests_have_no_speed() {
    let communes = communes();
    let demo = Demo::new(&simulation(&communes, 6_000)).unwrap();
    let mut failed = 0;
    each_row(&demo, |_, role, row| {
        if role != Role::Plain {
            return;
        }
        if row.status == Some("failed") {
            assert_eq!((row.download_mbps, row.upload_mbps), (None, None));
            failed += 1;
        } else {
            assert!(row.upload_mbps <= row.download_mbps);
        }
    });
    assert!((90..=300).contains(&failed), "{failed} of 6,000 tests failed");
}

#[test]
fn files_are_the_same_bytes_for_a_seed() {
    let communes = communes();
    let bytes = |seed: u64| {
        let folder = tempfile::tempdir().unwrap();
        let simulation = Simulation { seed, ..simulation(&communes, 3_000) };
        let paths = simulate(&simulation, folder.path()).unwrap();
        paths.iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn files_hold_the_rows_asked_for_and_say_that_they_are_simulated() {
    let communes = communes();
    let folder = tempfile::tempdir().unwrap();
    let paths = simulate(&simulation(&communes, 10_001), folder.path()).unwrap();
    let names: Vec<_> = paths.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert_eq!(names[2], "simulated-66-2025-10-days-21-31.parquet");
    let mut rows = 0;
    for (path, columns) in paths.iter().zip([20, 23, 23]) {
        let file = std::fs::File::open(path).unwrap();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let metadata = builder.metadata().file_metadata();
        let said = metadata.key_value_metadata().unwrap().iter();
        assert!(
            said.clone()
                .any(|pair| pair.key == SIMULATED_KEY && pair.value.as_deref() == Some("true"))
        );
        assert_eq!(builder.schema().fields().len(), columns);
        assert!(builder.metadata().num_row_groups() > 1);
        rows += builder.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum::<usize>();
    }
    assert_eq!(rows, 10_001);
}

#[test]
fn nothing_to_simulate_is_said() {
    let folder = Path::new("/nonexistent");
    let none = simulate(&simulation(&[], 10), folder).unwrap_err();
    assert_eq!((none.kind(), none.to_string().contains("`66`")), (Kind::Usage, true));
    let communes = communes();
    assert_eq!(simulate(&simulation(&communes, 0), folder).unwrap_err().kind(), Kind::Usage);
    assert_eq!(simulate(&simulation(&communes, 9), folder).unwrap_err().kind(), Kind::Output);
}

#[test]
fn some_rows_have_only_a_position_where_boundaries_are_configured() {
    let communes = communes();
    let simulation = Simulation { position_only: true, ..simulation(&communes, 4_000) };
    let demo = Demo::new(&simulation).unwrap();
    let mut plain = 0;
    each_row(&demo, |_, role, row| {
        let only = row.commune_code.is_none() && row.latitude.is_some();
        plain += usize::from(only && role == Role::Plain);
    });
    assert!((200..=500).contains(&plain), "{plain} of 4,000 rows have only a position");
}
