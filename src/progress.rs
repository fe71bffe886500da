//! What a run says while it runs. The library reports values; whoever called it draws them.

/// A step of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A stage begins; `rows` is what it will go through, where that is known.
    Stage { name: &'static str, rows: u64 },
    /// So many more rows of the stage are done.
    Rows(u64),
}

/// Receives progress, from several threads.
pub type Progress<'a> = &'a (dyn Fn(Step) + Sync);

/// For callers that do not want to know.
pub fn silent(_: Step) {}
