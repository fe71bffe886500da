//! `run.json`: how a run went, for monitoring. It lies beside the bundle and never in it, since it
//! tells of clocks and machines.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, Unit};
use serde::Serialize;
use serde_json::Value;

use super::fault::CliFault;
use super::watch::StageTime;

/// What monitoring wants to know of a run.
#[derive(Debug, Serialize)]
pub struct RunReport {
    pub program: &'static str,
    pub version: &'static str,
    /// The commit, in a release.
    pub build: &'static str,
    /// The same for the same inputs; absent when the run failed before they were known.
    pub run: Option<String>,
    pub province: String,
    pub month: String,
    /// `built`, `unchanged`, `dry_run` or `failed`.
    pub status: String,
    pub exit_code: u8,
    pub error: Option<String>,
    pub hint: Option<String>,
    pub bundle: Option<String>,
    pub counts: Value,
    pub warnings: Vec<String>,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    pub seconds: f64,
    pub threads: usize,
    /// The most memory that the process held at any time, in bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
    pub stages: Vec<StageTime>,
}

impl RunReport {
    /// Replaces the report of the run before in one step.
    pub fn write(&self, out: &Path, name: &str) -> Result<PathBuf, CliFault> {
        let path = out.join(format!("{name}.run.json"));
        let fault = |error: std::io::Error| CliFault::write(&path, &error);
        fs::create_dir_all(out).map_err(fault)?;
        let mut file = tempfile::Builder::new().prefix(".run-").tempfile_in(out).map_err(fault)?;
        file.write_all(self.text().as_bytes()).map_err(fault)?;
        file.persist(&path).map_err(|error| fault(error.error))?;
        Ok(path)
    }

    /// The report as JSON.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// The time to the millisecond.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}

/// The most memory that this process held so far.
pub fn peak_memory_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl RunReport {
        pub fn example() -> Self {
            RunReport {
                program: "ispeed-report",
                version: "1",
                build: "commit 1",
                run: None,
                province: "66".into(),
                month: "2025-10".into(),
                status: "built".into(),
                exit_code: 0,
                error: None,
                hint: None,
                bundle: None,
                counts: Value::Null,
                warnings: Vec::new(),
                started_at: Timestamp::UNIX_EPOCH,
                finished_at: Timestamp::UNIX_EPOCH,
                seconds: 0.0,
                threads: 1,
                peak_memory_bytes: None,
                stages: Vec::new(),
            }
        }
    }

    #[test]
    fn a_report_replaces_the_one_before() {
        let out = tempfile::tempdir().unwrap();
        let mut report = RunReport::example();
        report.write(out.path(), "66-2025-10").unwrap();
        report.status = "unchanged".into();
        let path = report.write(out.path(), "66-2025-10").unwrap();
        let read: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(read["status"], "unchanged");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
    }

    #[test]
    fn memory_is_known_where_the_system_tells() {
        if Path::new("/proc/self/status").exists() {
            assert!(peak_memory_bytes().unwrap() > 1 << 20);
        }
    }
}
