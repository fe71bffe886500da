//! Commands to call when a run has ended.

use serde::{Deserialize, Serialize};

/// Programs with their arguments; none is run by a shell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hooks {
    /// After a run that built a bundle or found nothing to do; empty: nothing is called.
    pub on_success: Vec<String>,
    /// After a run that ended with another exit code than 0; empty: nothing is called.
    pub on_failure: Vec<String>,
    /// A command that still runs after so many seconds is killed.
    pub timeout_s: u32,
}

impl Default for Hooks {
    fn default() -> Self {
        Hooks { on_success: Vec::new(), on_failure: Vec::new(), timeout_s: 60 }
    }
}

impl Hooks {
    /// The first setting that makes no sense: its name, its value, what is expected.
    pub(super) fn fault(&self) -> Option<(&'static str, String, &'static str)> {
        for (setting, command) in
            [("hooks.on_success", &self.on_success), ("hooks.on_failure", &self.on_failure)]
        {
            if command.first().is_some_and(String::is_empty) {
                return Some((setting, "an empty program".into(), "a program and its arguments"));
            }
        }
        let wrong = !(1..=3600).contains(&self.timeout_s);
        wrong.then(|| ("hooks.timeout_s", self.timeout_s.to_string(), "1 to 3600"))
    }
}
