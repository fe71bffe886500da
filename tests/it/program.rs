//! Runs the program in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::bundle::Bundle;
use crate::samples::SampleFile;

/// The configuration that most cases need: Đắk Lắk, samples beside it.
pub const CONFIG: &str = "[province]\ncode = \"66\"\n\n[samples]\npaths = [\"samples\"]\n";

/// Most cases are about samples and tables: they make no more documents than they look at.
const REPORTS: &str = "\n[report]\ndocuments = [\"ministry\", \"committee\"]\n";
/// For cases that look at every document.
pub const ALL_DOCUMENTS: &str = "\n[report]\ndocuments = []\n";
pub const CONFIG_FILE: &str = "ispeed-report.toml";

/// A folder with a configuration, in which the program runs.
pub struct Case {
    folder: TempDir,
}

impl Case {
    /// A folder with the usual configuration.
    pub fn new() -> Self {
        Self::with_config(CONFIG)
    }

    /// A folder with a configuration of its own; without a section `report` it makes two documents.
    pub fn with_config(text: &str) -> Self {
        let case = Case { folder: tempfile::tempdir().unwrap() };
        let reports = if text.contains("[report]") { "" } else { REPORTS };
        case.write(CONFIG_FILE, format!("{text}{reports}"));
        case
    }

    /// A folder with the usual configuration and one file of samples.
    pub fn with_samples(file: &SampleFile) -> Self {
        let case = Case::new();
        case.samples("a.parquet", file);
        case
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Writes a file of samples into `samples/`.
    pub fn samples(&self, name: &str, file: &SampleFile) {
        self.write(&format!("samples/{name}"), file.bytes());
    }

    /// Runs the program with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with(arguments, &[])
    }

    /// The same with variables in an otherwise empty environment.
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_ispeed-report"))
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .current_dir(self.folder.path())
            .output();
        Answer::of(output.unwrap())
    }

    /// `run` of a month into `out`.
    pub fn month(&self, month: &str, more: &[&str]) -> Answer {
        let fixed = ["run", "--config", CONFIG_FILE, "--month", month, "--out", "out"];
        self.run(&[&fixed, more].concat())
    }

    /// `run` of a month that has to succeed, and its bundle.
    pub fn build(&self, month: &str) -> Bundle {
        let answer = self.month(month, &["--json"]);
        assert_eq!(answer.code, 0, "{answer:?}");
        Bundle::at(&self.path(answer.json()["bundle"].as_str().unwrap()))
    }

    /// What `check --json` counts.
    pub fn counts(&self, arguments: &[&str]) -> Value {
        let answer = self.run(&[&["check", "--json"], arguments].concat());
        answer.json()["counts"].clone()
    }
}

/// What the program said.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Answer {
    /// What a finished program printed.
    pub fn of(output: Output) -> Self {
        Answer {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON object on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The exit code, and that each of the parts is in the error message or its hint.
    pub fn assert_failed(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.stderr.contains("error: "), "{self:?}");
        for part in parts {
            assert!(self.stderr.contains(part), "no `{part}` in {self:?}");
        }
    }
}

/// A command whose output is text; none, with a message, where it is not installed.
pub fn tool(name: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let output = Command::new(name).args(arguments).arg(file).arg("-").output();
    let Ok(output) = output else {
        eprintln!("skipped: `{name}` is not installed (package poppler-utils)");
        return None;
    };
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}
