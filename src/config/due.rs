//! The forms that others send to the issuer, and what the issuer sends upward: from whom, to whom, by
//! when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::day;

/// One form or report that is due, every month or once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueForm {
    /// What it is called by in files and on the command line, e.g. `03`.
    pub id: String,
    /// What it is called in documents, e.g. `Biểu mẫu 03`.
    pub title: String,
    pub from: Sender,
    /// Whom it is sent to, as in running text; the issuer where it is empty.
    #[serde(default)]
    pub to: String,
    pub every: Every,
    /// Strictly before this day, the first after the period: with 12, day 11 is the last.
    pub before_day: Option<u8>,
    /// At the latest on this day, the first after the period.
    pub on_day: Option<u8>,
    /// What is due once is due at the latest on this day.
    #[serde(default, deserialize_with = "day")]
    pub by: Option<Date>,
    /// Who has to send it, by name; empty where the register of communes or the table of operators says.
    #[serde(default)]
    pub units: Vec<String>,
}

/// Who sends a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// Departments of the province and other agencies.
    Departments,
    Press,
    /// Only while there were districts.
    Districts,
    Communes,
    Operators,
    /// The department that writes the reports.
    Issuer,
}

/// How often a form is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    Month,
    Once,
    /// Once, and again whenever something happens: only the first is ever missing.
    Event,
}

impl DueForm {
    /// The first setting that makes no sense: its name, what was found, what is expected.
    pub(super) fn fault(&self) -> Option<(&'static str, String, &'static str)> {
        let id = &self.id;
        if id.is_empty() {
            return Some(("due.id", "empty".into(), "a name"));
        }
        for (setting, day) in [("due.before_day", self.before_day), ("due.on_day", self.on_day)] {
            if let Some(day) = day.filter(|day| !(1..=28).contains(day)) {
                return Some((setting, format!("{day} for `{id}`"), "1 to 28"));
            }
        }
        let monthly = usize::from(self.before_day.is_some()) + usize::from(self.on_day.is_some());
        match self.every {
            Every::Month if monthly != 1 || self.by.is_some() => {
                Some(("due", format!("`{id}` every month"), "either before_day or on_day"))
            }
            Every::Once | Every::Event if monthly != 0 => {
                Some(("due", format!("`{id}` not every month"), "by, or no deadline"))
            }
            _ => None,
        }
    }
}
