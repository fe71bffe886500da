//! What the types of a configuration cannot say.

use super::mistakes::Checker;
use super::{Config, TECHNOLOGIES, due};
use crate::import::functions::zone;

/// Notes every value that makes no sense.
pub(super) fn check(config: &Config, checker: &mut Checker<'_>) {
    if config.province.code.is_empty() {
        checker.wrong("province.code", "empty", "the code of a province in the register");
    }
    zones(config, checker);
    checker.between("period.first_day", config.period.first_day.into(), 1.0, 28.0);
    validation(config, checker);
    statistics(config, checker);
    if !(0.0..1.0).contains(&config.gaps.false_discovery_rate) {
        let found = config.gaps.false_discovery_rate;
        checker.wrong("gaps.false_discovery_rate", found, "0 to below 1");
    }
    if !(1..=config.gaps.notify_window).contains(&config.gaps.notify_months) {
        let found = config.gaps.notify_months;
        checker.wrong("gaps.notify_months", found, "1 to gaps.notify_window");
    }
    checker.between("communes.snap_m", config.communes.snap_m, 0.0, 5_000.0);
    due::check(&config.due, checker);
    config.campaign.check(&config.due, checker);
    config.checks.check(checker);
    config.coverage.check(checker);
    config.form.check(checker);
    config.hooks.check(checker);
    config.privacy.check(checker);
    benchmarks(config, checker);
}

fn zones(config: &Config, checker: &mut Checker<'_>) {
    let days = Some(&config.period.zone);
    let zones = [("period.zone", days), ("samples.naive_zone", config.samples.naive_zone.as_ref())];
    for (setting, name) in zones {
        if let Some(name) = name.filter(|name| zone(name).is_err()) {
            let expected = "a time zone of the IANA database, such as Asia/Ho_Chi_Minh";
            checker.wrong(setting, format!("`{name}`"), expected);
        }
    }
}

fn validation(config: &Config, checker: &mut Checker<'_>) {
    let limits = &config.validation;
    checker.between("validation.warn_rejected_share", limits.warn_rejected_share, 0.0, 1.0);
    checker.between("validation.fail_rejected_share", limits.fail_rejected_share, 0.0, 1.0);
    for (setting, value) in [
        ("validation.max_latency_ms", limits.max_latency_ms),
        ("validation.max_location_accuracy_m", limits.max_location_accuracy_m),
    ] {
        if !(value > 0.0 && value <= 1e7) {
            checker.wrong(setting, value, "above 0, at most 10000000");
        }
    }
    for (technology, value) in &limits.max_mbps {
        let setting = format!("validation.max_mbps.{technology}");
        if !TECHNOLOGIES.contains(&technology.as_str()) {
            checker.known(&setting, technology, &TECHNOLOGIES);
        } else if !(*value > 0.0 && *value <= 1e6) {
            checker.wrong(&setting, value, "above 0, at most 1000000");
        }
    }
}

fn statistics(config: &Config, checker: &mut Checker<'_>) {
    let tiers = &config.statistics;
    if !(0.0..1.0).contains(&tiers.max_without_device_share) {
        let found = tiers.max_without_device_share;
        checker.wrong("statistics.max_without_device_share", found, "0 to below 1");
    }
    let (from, to) = tiers.peak_hours;
    if from >= to || to > 24 {
        let found = format!("[{from}, {to}]");
        checker.wrong("statistics.peak_hours", found, "two hours, the first before the second");
    }
    if tiers.publish_from < 1 {
        checker.wrong("statistics.publish_from", tiers.publish_from, "at least 1");
    }
    if tiers.sufficient_from < tiers.publish_from {
        let found = tiers.sufficient_from;
        checker.wrong("statistics.sufficient_from", found, "at least statistics.publish_from");
    }
    if tiers.compare_devices < 2 {
        checker.wrong("statistics.compare_devices", tiers.compare_devices, "at least 2");
    }
}

fn benchmarks(config: &Config, checker: &mut Checker<'_>) {
    for (index, benchmark) in config.benchmarks.iter().enumerate() {
        let setting = |key: &str| format!("benchmarks[{}].{key}", index + 1);
        checker.known(&setting("access_type"), &benchmark.access_type, &["mobile", "fixed"]);
        if !benchmark.value.is_finite() {
            checker.wrong(&setting("value"), benchmark.value, "a finite number");
        }
        if let Some(technology) = &benchmark.technology {
            let known = TECHNOLOGIES.into_iter().filter(|known| *known != "unknown");
            checker.known(&setting("technology"), technology, &known.collect::<Vec<_>>());
        }
    }
}
