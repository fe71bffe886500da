//! The log of a run on stderr: lines for people, or one JSON object a line for machines.
//!
//! Without a log, a terminal shows progress, and warnings and errors are plain text. With one, they are
//! events of the log like everything else.

use std::io::stderr;

use clap::ValueEnum;
use tracing::Level;

/// How a run is logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// Progress on a terminal, warnings and errors as text
    #[default]
    None,
    /// A line of text for each stage, warning and error
    Human,
    /// A JSON object for each, one a line
    Json,
}

impl Log {
    /// Begins to log; everything before is lost.
    pub fn open(self) {
        let log = tracing_subscriber::fmt()
            .with_writer(stderr)
            .with_max_level(Level::INFO)
            // They would be printed on the same stderr: where nobody listens, the run goes on.
            .log_internal_errors(false)
            .with_target(false);
        // Only a second log could be refused, and there is one.
        let _ = match self {
            Log::None => Ok(()),
            Log::Human => log.with_ansi(false).try_init(),
            Log::Json => log.json().flatten_event(true).try_init(),
        };
    }

    /// Whether warnings and errors go into the log.
    pub fn is_open() -> bool {
        tracing::enabled!(Level::ERROR)
    }
}
