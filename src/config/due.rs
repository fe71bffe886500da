//! The forms that others send to the issuer, and what the issuer sends upward: from whom, to whom, by
//! when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::day;
use super::mistakes::Checker;

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
    /// Of the month after the reporting month, strictly before this day: with 12, day 11 is the last.
    pub before_day: Option<u8>,
    /// Of the month after the reporting month, at the latest on this day.
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

/// Notes what cannot be due, or twice.
pub(super) fn check(due: &[DueForm], checker: &mut Checker<'_>) {
    for (index, form) in due.iter().enumerate() {
        let setting = |key: &str| format!("due[{}].{key}", index + 1);
        if form.id.is_empty() || due.iter().take(index).any(|other| other.id == form.id) {
            checker.wrong(&setting("id"), format!("`{}`", form.id), "an id that no other has");
        }
        for (key, day) in [("before_day", form.before_day), ("on_day", form.on_day)] {
            let least = if key == "before_day" { 2 } else { 1 };
            if let Some(day) = day {
                checker.between(&setting(key), day.into(), f64::from(least), 28.0);
            }
        }
        let given = usize::from(form.before_day.is_some()) + usize::from(form.on_day.is_some());
        match form.every {
            Every::Month if given != 1 || form.by.is_some() => {
                checker.wrong(&setting("every"), "`month`", "before_day or on_day beside it");
            }
            Every::Once | Every::Event if given != 0 || form.by.is_none() => {
                checker.wrong(&setting("every"), "not `month`", "the day `by` beside it");
            }
            _ => {}
        }
    }
}
