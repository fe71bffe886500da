//! Progress of a run on a terminal: stage, rows, percent.

use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use ispeed_report::progress::Step;

use super::answer::Format;

const WITH_ROWS: &str = "{msg:14} [{bar:30}] {percent:>3} % {human_pos}/{human_len} rows";
const WITHOUT_ROWS: &str = "{msg:14} {spinner} {elapsed}";

/// The line that shows the stage that is going on; goes away with the value.
pub struct Bars {
    line: Option<Mutex<ProgressBar>>,
}

impl Bars {
    /// Draws nothing unless a person watches stderr and wants to see it.
    pub fn new(format: Format) -> Self {
        let watched = format == Format::Text && stderr().is_terminal();
        Bars { line: watched.then(|| Mutex::new(ProgressBar::hidden())) }
    }

    /// Shows a step; called from several threads.
    pub fn show(&self, step: Step) {
        let Some(line) = &self.line else { return };
        let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
        match step {
            Step::Stage { name, rows } => {
                line.finish_and_clear();
                *line = stage(name, rows);
            }
            Step::Rows(rows) => line.inc(rows),
            Step::Identified(_) => {}
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        if let Some(line) = &self.line {
            line.lock().unwrap_or_else(PoisonError::into_inner).finish_and_clear();
        }
    }
}

fn stage(name: &'static str, rows: u64) -> ProgressBar {
    let (line, template) = match rows {
        0 => (ProgressBar::new_spinner(), WITHOUT_ROWS),
        rows => (ProgressBar::new(rows), WITH_ROWS),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        line.set_style(style.progress_chars("=> "));
    }
    line.set_message(name);
    line.enable_steady_tick(Duration::from_millis(150));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_valid() {
        for template in [WITH_ROWS, WITHOUT_ROWS] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn nothing_is_drawn_for_machines() {
        assert!(Bars::new(Format::Json).line.is_none());
        assert!(Bars::new(Format::Quiet).line.is_none());
    }
}
