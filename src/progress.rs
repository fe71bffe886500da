//! What a run says while it runs. The library reports values; whoever called it draws them.

use std::fmt;

/// Names a run in logs: the same for the same inputs, configuration and program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(u64);

impl RunId {
    /// From the key of what decides a bundle, in hexadecimal.
    pub fn of(key: &str) -> Self {
        let start = key.get(..16).and_then(|start| u64::from_str_radix(start, 16).ok());
        RunId(start.unwrap_or_default())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A step of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The inputs are known, and so is what the run is called.
    Identified(RunId),
    /// A stage begins; `rows` is what it will go through, where that is known.
    Stage { name: &'static str, rows: u64 },
    /// So many more rows of the stage are done.
    Rows(u64),
}

/// Receives progress, from several threads.
pub type Progress<'a> = &'a (dyn Fn(Step) + Sync);

/// For callers that do not want to know.
pub fn silent(_: Step) {}
