//! What a run does while it does it: drawn for who watches, logged for machines, timed for the run
//! report.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use ispeed_report::progress::{RunId, Step};
use serde::Serialize;
use tracing::info;

use super::answer::Format;
use super::bars::Bars;

/// A stage that has ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageTime {
    pub name: &'static str,
    /// What it went through, where it counts rows.
    pub rows: u64,
    pub seconds: f64,
}

/// Follows one run; called from several threads.
pub struct Watch {
    bars: Bars,
    /// Names the run in the log before its inputs are known.
    subject: String,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    id: Option<RunId>,
    open: Option<(&'static str, u64, Instant)>,
    done: Vec<StageTime>,
}

impl Watch {
    /// Begins to follow; `subject` is the configuration of the run.
    pub fn new(format: Format, subject: String) -> Self {
        Watch { bars: Bars::new(format), subject, seen: Mutex::default() }
    }

    /// Takes note of a step.
    pub fn see(&self, step: Step) {
        self.bars.show(step);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match step {
            Step::Identified(id) => {
                info!(run = %id, configuration = self.subject, "inputs are known");
                seen.id = Some(id);
            }
            Step::Stage { name, rows } => {
                seen.close(&self.subject);
                seen.open = Some((name, rows, Instant::now()));
            }
            Step::Rows(_) => {}
        }
    }

    /// The run's name and its stages, the last one ended.
    pub fn end(self) -> (Option<RunId>, Vec<StageTime>) {
        let mut seen = self.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        seen.close(&self.subject);
        (seen.id, seen.done)
    }
}

impl Seen {
    fn close(&mut self, subject: &str) {
        let Some((name, rows, since)) = self.open.take() else { return };
        let seconds = thousandths(since.elapsed().as_secs_f64());
        let run = self.id.map(tracing::field::display);
        info!(run, configuration = subject, stage = name, rows, seconds, "stage done");
        self.done.push(StageTime { name, rows, seconds });
    }
}

/// Seconds to the millisecond: clocks are not better than that.
pub fn thousandths(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_timed_in_order_and_the_run_is_named() {
        let watch = Watch::new(Format::Json, "c.toml".into());
        watch.see(Step::Stage { name: "inputs", rows: 0 });
        watch.see(Step::Identified(RunId::of("00000000000000ff00")));
        watch.see(Step::Stage { name: "validation", rows: 7 });
        watch.see(Step::Rows(7));
        let (id, stages) = watch.end();
        assert_eq!(id.unwrap().to_string(), "00000000000000ff");
        let names: Vec<_> = stages.iter().map(|stage| (stage.name, stage.rows)).collect();
        assert_eq!(names, [("inputs", 0), ("validation", 7)]);
    }
}
