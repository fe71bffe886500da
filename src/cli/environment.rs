//! The process: its threads, its environment, its panics, its folder for intermediate files.

use std::panic::PanicHookInfo;
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

use ispeed_report::config::Config;
use ispeed_report::error::Result;
use ispeed_report::import::functions::zone;
use jiff::Timestamp;
use jiff::civil::Date;
use tempfile::TempDir;

use super::fault::CliFault;

/// Where the last panic happened and what it said.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// As many threads as the machine runs at once.
pub fn default_threads() -> usize {
    available_parallelism().map_or(1, |threads| threads.get())
}

/// Makes the process independent of the machine's settings. Call it before any thread starts.
pub fn prepare(threads: usize) {
    let inherited = std::env::vars_os().map(|(name, _)| name);
    let of_polars = inherited.filter(|name| name.to_string_lossy().starts_with("POLARS_"));
    for name in of_polars.collect::<Vec<_>>() {
        // SAFETY: `main` calls this while its own thread is the only one.
        unsafe { std::env::remove_var(name) };
    }
    // SAFETY: as above. Polars sizes its pool from this variable when it is first used.
    unsafe { std::env::set_var("POLARS_MAX_THREADS", threads.to_string()) };
    std::panic::set_hook(Box::new(remember));
}

/// Readers of damaged files panic and the library turns that into an error: printing here would
/// show a message for something that is handled. What nobody handles, `main` reports.
fn remember(info: &PanicHookInfo<'_>) {
    let text = info.payload_as_str().unwrap_or("a panic without message");
    let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
    let mut last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
    *last = Some(format!("{text}{}", place.unwrap_or_default()));
}

/// What the last panic said.
pub fn last_panic() -> Option<String> {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The day that it is in the zone of a configuration.
pub fn today(config: &Config) -> Result<Date> {
    Ok(zone(&config.period.zone)?.to_datetime(Timestamp::now()).date())
}

/// A folder for intermediate files that goes away with the value.
pub fn work_folder() -> Result<TempDir> {
    let parent = std::env::temp_dir();
    let made = tempfile::Builder::new().prefix("ispeed-report-").tempdir_in(&parent);
    Ok(made.map_err(|error| CliFault::Work {
        path: parent.display().to_string(),
        message: error.to_string(),
    })?)
}
