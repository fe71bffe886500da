//! The configuration of a command: a file, the environment, flags.

use std::path::{Path, PathBuf};

use clap::Args;
use ispeed_report::config::{self, Config, Override, Place};
use ispeed_report::error::Result;
use serde_json::Value;

use super::fault::CliFault;

/// Variables with this start are settings: `ISPEED_REPORT_STATISTICS__QUOTA`.
const PREFIX: &str = "ISPEED_REPORT_";

/// How the precedence reads in `--help`.
pub const PRECEDENCE: &str = "\
Settings come, the later before the earlier, from: the default, the file, the environment \
(ISPEED_REPORT_STATISTICS__QUOTA=200 is statistics.quota), --set, and flags of their own such as \
--history. `ispeed-report config show` tells what is in force and from where.";

/// Settings beside those of the file.
#[derive(Debug, Clone, Default, Args)]
pub struct SetArgs {
    /// Set one setting, before file and environment, such as statistics.quota=200; repeat it for several
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

impl SetArgs {
    /// The configuration in force. Relative paths of flags and environment begin where one is.
    pub fn read(&self, file: &Path) -> Result<Config> {
        config::read(file, &self.overrides()?)
    }

    /// All settings from outside the file, the strongest last.
    pub fn overrides(&self) -> Result<Vec<Override>> {
        let mut variables: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
            .collect();
        variables.sort();
        let known = config::tree();
        let mut overrides: Vec<Override> =
            variables.iter().map(|(name, value)| from_environment(name, value, &known)).collect();
        for flag in &self.set {
            overrides.push(from_flag(flag)?);
        }
        Ok(overrides)
    }
}

/// A file with settings beside it.
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// Configuration of the province (`ispeed-report init` writes one)
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    #[command(flatten)]
    pub settings: SetArgs,
}

impl ConfigArgs {
    /// The configuration in force.
    pub fn read(&self) -> Result<Config> {
        self.settings.read(&self.config)
    }
}

fn from_flag(flag: &str) -> Result<Override, CliFault> {
    let (key, value) = flag.split_once('=').ok_or_else(|| CliFault::Set(flag.to_owned()))?;
    Ok(Override {
        place: Place::Flag(flag.to_owned()),
        path: key.trim().split('.').map(str::to_owned).collect(),
        value: value.trim().to_owned(),
    })
}

/// Names of variables are written in capitals: keys are found again whatever their case.
fn from_environment(name: &str, value: &str, known: &Value) -> Override {
    let mut table = Some(known);
    let path = name[PREFIX.len()..].split("__").map(|part| {
        let keys = table.and_then(Value::as_object);
        let key = keys.and_then(|keys| keys.keys().find(|key| key.eq_ignore_ascii_case(part)));
        table = keys.zip(key).and_then(|(keys, key)| keys.get(key));
        key.cloned().unwrap_or_else(|| part.to_lowercase())
    });
    Override {
        path: path.collect(),
        place: Place::Environment(name.to_owned()),
        value: value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_name_settings_in_capitals() {
        let known = config::tree();
        let path = |name: &str| from_environment(name, "1", &known).path.join(".");
        assert_eq!(path("ISPEED_REPORT_STATISTICS__QUOTA"), "statistics.quota");
        assert_eq!(path("ISPEED_REPORT_VALIDATION__MAX_MBPS__4G"), "validation.max_mbps.4G");
        assert_eq!(path("ISPEED_REPORT_NO__SUCH"), "no.such");
    }

    #[test]
    fn flags_are_keys_with_values() {
        let set = from_flag("report.operators.Viettel=Tập đoàn = Viettel").unwrap();
        assert_eq!(set.path, ["report", "operators", "Viettel"]);
        assert_eq!(set.value, "Tập đoàn = Viettel");
        assert!(from_flag("statistics.quota").is_err());
    }
}
