//! How the units of a form stand: in time, late, or what is not there of them.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Form;
use super::submissions::{Fate, Submission};
use super::units::Unit;

/// `on_time`, `late`, or nothing where the form has no day.
pub fn state(form: &Form, unit: &Unit) -> Option<&'static str> {
    let first = *form.first_received.get(&unit.key)?;
    form.last_day.map(|last| if first <= last { "on_time" } else { "late" })
}

/// What is not there of a unit that has to send a form.
pub fn lack(form: &Form, unit: &Unit, report_date: Date) -> Option<&'static str> {
    let own = |one: &&Submission| one.unit.as_ref().is_some_and(|sent| sent.key == unit.key);
    let mut sent = form.submissions.iter().filter(own);
    if form.first_received.contains_key(&unit.key) {
        return None;
    }
    if sent.any(|one| one.fate == Fate::Rejected) {
        return Some("rejected");
    }
    let is_open = form.last_day.is_none_or(|last| report_date <= last);
    form.is_monthly().then_some(if is_open { "pending" } else { "missing" })
}

/// How many units stand how, and what became of the rows.
pub struct Standing {
    pub on_time: i64,
    pub late: i64,
    pub undated: i64,
    pub others: i64,
    pub lacks: BTreeMap<&'static str, i64>,
}

impl Standing {
    pub fn of(form: &Form, report_date: Date) -> Self {
        let units: Vec<&Unit> = form.accepted().filter_map(|one| one.unit.as_ref()).collect();
        let due = |wanted: Option<&str>| {
            units.iter().filter(|unit| unit.due && state(form, unit) == wanted).count() as i64
        };
        let mut lacks = BTreeMap::new();
        for lack in form.units.iter().filter_map(|unit| lack(form, unit, report_date)) {
            *lacks.entry(lack).or_default() += 1;
        }
        Standing {
            on_time: due(Some("on_time")),
            late: due(Some("late")),
            undated: due(None),
            others: units.iter().filter(|unit| !unit.due).count() as i64,
            lacks,
        }
    }
}
