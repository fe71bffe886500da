//! What stops a run: every stage has a small enum of its own; this module gives them one face.
//!
//! An error says what was found and what was expected. Its [`Kind`] decides the exit code, its
//! hint says what to do. Rows that fail a rule are not errors, see [`crate::validation`].

use std::fmt;

/// Who has to act on an error; decides the exit code of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The samples cannot be read or do not have the shape of the contract (exit code 1).
    Input,
    /// The command line, the configuration or a file it names is wrong (exit code 2).
    Usage,
    /// More rows were rejected than the configuration allows (exit code 3).
    Threshold,
    /// The bundle cannot be written (exit code 4).
    Output,
    /// Of several provinces some failed, or each for its own reason (exit code 5).
    Partial,
    /// A bug of the program (exit code 101, as of a Rust program that panics).
    Internal,
}

impl Kind {
    /// The exit code that the README documents.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Input => 1,
            Kind::Usage => 2,
            Kind::Threshold => 3,
            Kind::Output => 4,
            Kind::Partial => 5,
            Kind::Internal => 101,
        }
    }
}

/// An error of one stage: its message is its `Display`.
pub trait Fault: std::error::Error + Send + Sync + 'static {
    /// Who has to act.
    fn kind(&self) -> Kind;

    /// What to do about it, without the word "hint".
    fn hint(&self) -> Option<String> {
        None
    }
}

/// Any error of the library.
pub struct Error(Box<dyn Fault>);

/// The result of every fallible function that crosses a stage.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Who has to act.
    pub fn kind(&self) -> Kind {
        self.0.kind()
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        self.0.hint()
    }
}

impl<F: Fault> From<F> for Error {
    fn from(fault: F) -> Self {
        Error(Box::new(fault))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
