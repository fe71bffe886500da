//! Reads a configuration file and checks what its types cannot say.

use std::path::{Path, PathBuf};

use super::{Config, DueForm, Validation};
use crate::error::{Fault, Kind, Result};

/// The commented configuration that `init` writes.
pub const TEMPLATE: &str = include_str!("template.toml");

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    #[error("configuration `{path}` cannot be read: {message}")]
    Unreadable { path: String, message: String },
    #[error("line {line} of `{path}`: {message}")]
    Malformed { path: String, line: usize, message: String, nearest: Option<String> },
    #[error("`{setting}` of `{path}` is {found}, expected {expected}")]
    Value { path: String, setting: String, found: String, expected: String },
}

impl Fault for ConfigFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            ConfigFault::Malformed { nearest: Some(name), .. } => {
                Some(format!("did you mean `{name}`?"))
            }
            ConfigFault::Unreadable { .. } => {
                Some("`ispeed-report init DIR` writes a commented configuration".into())
            }
            _ => None,
        }
    }
}

/// Reads, checks, and makes the paths in it relative to the file's folder.
pub fn read(path: &Path) -> Result<Config> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|e| ConfigFault::Unreadable { path: name.clone(), message: e.to_string() })?;
    let mut config = parse(&name, &text)?;
    resolve(&mut config, path.parent().unwrap_or(Path::new("")));
    Ok(config)
}

/// Parses the text of a configuration; `name` is for messages.
pub(super) fn parse(name: &str, text: &str) -> Result<Config> {
    let mut config: Config = toml::from_str(text).map_err(|e| malformed(name, text, &e))?;
    check(name, &config)?;
    // A ceiling that is not given keeps its default: without one, sums could overflow.
    for (technology, ceiling) in Validation::default().max_mbps {
        config.validation.max_mbps.entry(technology).or_insert(ceiling);
    }
    Ok(config)
}

/// The error of a TOML text, with its line and, where a key is unknown, the nearest known one.
pub(crate) fn malformed(path: &str, text: &str, error: &toml::de::Error) -> ConfigFault {
    let start = error.span().map_or(0, |span| span.start);
    let message = error.message().lines().next().unwrap_or_default().to_owned();
    ConfigFault::Malformed {
        path: path.to_owned(),
        line: text[..start.min(text.len())].matches('\n').count() + 1,
        nearest: nearest_key(&message),
        message,
    }
}

/// serde says: unknown field `found`, expected one of `a`, `b`.
fn nearest_key(message: &str) -> Option<String> {
    if !message.starts_with("unknown field") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next()?;
    nearest(found, quoted).map(str::to_owned)
}

/// The known name that is most like `found`.
pub fn nearest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.min_by(|a, b| {
        let (a, b) = (strsim::osa_distance(found, a), strsim::osa_distance(found, b));
        a.cmp(&b)
    })
}

fn check(path: &str, config: &Config) -> Result<()> {
    let fault = |setting: &str, found: String, expected: &str| {
        Err(ConfigFault::Value {
            path: path.to_owned(),
            setting: setting.to_owned(),
            found,
            expected: expected.to_owned(),
        }
        .into())
    };
    if !(1..=28).contains(&config.period.first_day) {
        return fault("period.first_day", config.period.first_day.to_string(), "1 to 28");
    }
    for (name, share) in [
        ("validation.warn_rejected_share", config.validation.warn_rejected_share),
        ("validation.fail_rejected_share", config.validation.fail_rejected_share),
        ("statistics.max_without_device_share", config.statistics.max_without_device_share),
    ] {
        if !(0.0..=1.0).contains(&share) {
            return fault(name, share.to_string(), "0 to 1");
        }
    }
    let tiers = &config.statistics;
    for (name, share) in [
        ("statistics.max_without_device_share", tiers.max_without_device_share),
        ("gaps.false_discovery_rate", config.gaps.false_discovery_rate),
    ] {
        if !(0.0..1.0).contains(&share) {
            return fault(name, share.to_string(), "0 to below 1");
        }
    }
    let (from, to) = tiers.peak_hours;
    if from >= to || to > 24 {
        let found = format!("[{from}, {to}]");
        return fault("statistics.peak_hours", found, "two hours, the first before the second");
    }
    if !(1..=config.gaps.notify_window).contains(&config.gaps.notify_months) {
        let found = config.gaps.notify_months.to_string();
        return fault("gaps.notify_months", found, "1 to gaps.notify_window");
    }
    if tiers.publish_from < 1 || tiers.sufficient_from < tiers.publish_from {
        let found = format!("{} and {}", tiers.publish_from, tiers.sufficient_from);
        return fault(
            "statistics.publish_from and sufficient_from",
            found,
            "1 <= publish_from <= sufficient_from",
        );
    }
    if tiers.compare_devices < 2 {
        let found = tiers.compare_devices.to_string();
        return fault("statistics.compare_devices", found, "at least 2");
    }
    for (technology, value) in &config.validation.max_mbps {
        if !crate::config::TECHNOLOGIES.contains(&technology.as_str()) {
            let near = nearest(technology, crate::config::TECHNOLOGIES.into_iter()).unwrap_or("");
            return fault(
                "validation.max_mbps",
                format!("given for `{technology}`"),
                &format!("one of {} (nearest: `{near}`)", crate::config::TECHNOLOGIES.join(", ")),
            );
        }
        if !(*value > 0.0 && *value <= 1e6) {
            return fault("validation.max_mbps", value.to_string(), "above 0, at most 1000000");
        }
    }
    for (setting, value) in [
        ("validation.max_latency_ms", config.validation.max_latency_ms),
        ("validation.max_location_accuracy_m", config.validation.max_location_accuracy_m),
    ] {
        if !(value > 0.0 && value <= 1e7) {
            return fault(setting, value.to_string(), "above 0, at most 10000000");
        }
    }
    if let Some((setting, found, expected)) = config.checks.fault() {
        return fault(setting, found, expected);
    }
    if let Some((setting, found, expected)) = config.hooks.fault() {
        return fault(setting, found, expected);
    }
    if let Some((setting, found, expected)) = config.due.iter().find_map(DueForm::fault) {
        return fault(setting, found, expected);
    }
    if let Some((setting, found, expected)) = config.form.fault() {
        return fault(setting, found, &expected);
    }
    if let Some((setting, found, expected)) = config.coverage.fault() {
        return fault(&setting, found, expected);
    }
    let snap_m = config.communes.snap_m;
    if !(0.0..=5_000.0).contains(&snap_m) {
        return fault("communes.snap_m", snap_m.to_string(), "0 to 5000 metres");
    }
    if let Some((setting, day)) = config.report.deadlines.fault() {
        return fault(setting, day.to_string(), "1 to 28");
    }
    check_benchmarks(path, config)
}

fn check_benchmarks(path: &str, config: &Config) -> Result<()> {
    for benchmark in &config.benchmarks {
        let wrong = if !["mobile", "fixed"].contains(&benchmark.access_type.as_str()) {
            Some(("access_type", benchmark.access_type.clone(), "`mobile` or `fixed`"))
        } else if !benchmark.value.is_finite() {
            Some(("value", benchmark.value.to_string(), "a finite number"))
        } else {
            let technology = benchmark.technology.as_deref();
            technology
                .filter(|t| !super::TECHNOLOGIES.contains(t) || *t == "unknown")
                .map(|t| ("technology", t.to_owned(), "2G, 3G, 4G, 5G, wifi or ethernet"))
        };
        if let Some((key, found, expected)) = wrong {
            return Err(ConfigFault::Value {
                path: path.to_owned(),
                setting: format!("benchmarks.{key}"),
                found: format!("`{found}`"),
                expected: expected.to_owned(),
            }
            .into());
        }
    }
    Ok(())
}

fn resolve(config: &mut Config, folder: &Path) {
    let absolute = |path: &mut PathBuf| *path = folder.join(&path);
    config.communes.register.iter_mut().for_each(absolute);
    config.communes.boundaries.iter_mut().for_each(|b| b.file = folder.join(&b.file));
    config.operators.file.iter_mut().for_each(absolute);
    config.statistics.population.iter_mut().for_each(absolute);
    config.reconciliation.file.iter_mut().for_each(absolute);
    config.coverage.hamlets.iter_mut().for_each(absolute);
    config.definitions.queries.iter_mut().for_each(absolute);
    config.definitions.reports.iter_mut().for_each(absolute);
    config.report.monthly_text.iter_mut().for_each(absolute);
    config.history.paths.iter_mut().for_each(absolute);
    if let Some(fonts) = &mut config.form.fonts {
        fonts.files_mut().into_iter().for_each(absolute);
    }
    for path in &mut config.samples.paths {
        *path = folder.join(&path).to_string_lossy().into_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_a_valid_configuration_with_the_defaults() {
        let config = parse("template.toml", TEMPLATE).unwrap();
        assert_eq!(config.statistics.quota, 300);
        assert_eq!(config.benchmarks.len(), 3);
        let plain = parse("x", "[province]\ncode = \"66\"").unwrap();
        let json = |config: &Config| {
            let mut value = serde_json::to_value(config).unwrap();
            value["samples"]["paths"] = serde_json::Value::Null;
            value
        };
        assert_eq!(json(&config), json(&plain));
    }

    #[test]
    fn an_unknown_key_names_line_and_nearest_key() {
        let text = "[province]\ncode = \"66\"\n[statistics]\nqouta = 300\n";
        let error = parse("a.toml", text).unwrap_err();
        assert!(error.to_string().contains("line 4 of `a.toml`"), "{error}");
        assert_eq!(error.hint().unwrap(), "did you mean `quota`?");
        assert_eq!(error.kind(), Kind::Usage);
    }

    #[test]
    fn values_are_checked() {
        for (text, setting) in [
            ("[period]\nfirst_day = 31", "period.first_day"),
            ("[validation]\nfail_rejected_share = 1.5", "validation.fail_rejected_share"),
            ("[statistics]\npublish_from = 0", "statistics.publish_from"),
            ("[statistics]\nmax_without_device_share = 20", "statistics.max_without_device_share"),
            ("[statistics]\ncompare_devices = 1", "statistics.compare_devices"),
            ("[validation.max_mbps]\n6G = 1.0", "validation.max_mbps"),
            ("[checks]\njump_factor = 1.0", "checks.jump_factor"),
            ("[checks]\nmin_tests = 0", "checks.min_tests"),
            ("[checks]\nmin_median_mbps = 6000.0", "checks.min_median_mbps"),
            ("[checks]\nnight_ratio = nan", "checks.night_ratio"),
            ("[coverage]\ncell_degrees = 0.0123456789", "coverage.cell_degrees"),
            ("[coverage]\ncell_degrees = 0.001", "coverage.cell_degrees"),
            ("[coverage.failures]\ndevices = 2", "coverage.failures.devices"),
            ("[coverage.fallback]\ntests = 0", "coverage.fallback.tests"),
            ("[coverage.fallback]\nshare = 1.0", "coverage.fallback.share"),
            ("[coverage.signal.levels]\nwifi = -90.0", "coverage.signal.levels"),
            ("[coverage.signal.levels]\n4G = 95.0", "coverage.signal.levels"),
            ("[coverage.signal]\nsamples = 0", "coverage.signal.samples"),
            ("[coverage.absence]\nprobability = 0.0", "coverage.absence.probability"),
            ("[[due]]\nid = \"03\"\ntitle = \"\"\nfrom = \"communes\"\nevery = \"month\"", "`due`"),
            ("[report.deadlines]\noperators = 31", "report.deadlines.operators"),
        ] {
            let text = format!("[province]\ncode = \"66\"\n{text}");
            let error = parse("a.toml", &text).unwrap_err().to_string();
            assert!(error.contains(setting), "{error}");
        }
    }
}
