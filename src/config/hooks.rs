//! Commands to call when a run has ended.

use serde::{Deserialize, Serialize};

use super::mistakes::Checker;

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
    /// Notes what makes no sense.
    pub(super) fn check(&self, checker: &mut Checker<'_>) {
        for (setting, command) in
            [("hooks.on_success", &self.on_success), ("hooks.on_failure", &self.on_failure)]
        {
            if command.first().is_some_and(String::is_empty) {
                checker.wrong(setting, "an empty program", "a program and its arguments");
            }
        }
        checker.between("hooks.timeout_s", self.timeout_s.into(), 1.0, 3600.0);
    }
}
