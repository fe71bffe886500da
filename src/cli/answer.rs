//! What a subcommand has to say, before anything is printed.

use ispeed_report::error::Error;
use serde_json::{Map, Value};

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// Only warnings and errors.
    Quiet,
    /// One JSON object on stdout.
    Json,
}

/// What a subcommand found or did.
#[derive(Debug, Default)]
pub struct Answer {
    /// For people, on stdout.
    pub text: String,
    /// The members of the JSON object; `warnings` and those of a failure are added in print.
    pub members: Map<String, Value>,
    /// Printed once, at the end.
    pub warnings: Vec<String>,
    /// Why the exit code is not 0, although there is something to show.
    pub failure: Option<Error>,
}

impl Answer {
    /// An answer for people only.
    pub fn text(text: impl Into<String>) -> Self {
        Answer { text: text.into(), ..Answer::default() }
    }

    /// Nothing but an error.
    pub fn failed(error: Error) -> Self {
        Answer { failure: Some(error), ..Answer::default() }
    }

    /// Adds a member to the JSON object.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }
}
