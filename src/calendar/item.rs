//! Each form of each sender with its deadline and its state.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{DayOff, day_off, last_day};
use crate::campaign::{Unit, senders};
use crate::config::{DueForm, Sender};
use crate::error::Result;
use crate::pipeline::PipelineFault;
use crate::plan::Plan;

/// How things stand with one form of one sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Received,
    /// Received after the last valid day.
    Late,
    /// Not received, and the last valid day is over.
    Missing,
    /// Not received, still in time.
    Open,
    /// Nothing says what came in.
    Unknown,
}

/// One form that one sender has to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    pub form: String,
    pub title: String,
    pub from: Sender,
    /// Empty where nothing names the senders, so that all of `from` are meant.
    pub unit: String,
    /// Empty for the issuer.
    pub to: String,
    pub last_day: Option<Date>,
    /// Why offices are closed on that day.
    pub day_off: Option<DayOff>,
    pub received_on: Option<Date>,
    pub state: State,
    /// From today to the last valid day, where it is open or not known.
    pub days_left: Option<i32>,
}

/// Everything that is due about the period of a plan, in the order of the configuration, as known on its
/// report date. `issued` says when the documents of the issuer were issued, if anybody knows.
pub fn due(plan: &Plan, issued: Option<&BTreeMap<String, Date>>) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for form in &plan.config.due {
        let desk = Desk::of(plan, form)?;
        if form.from == Sender::Issuer {
            let day = issued.and_then(|issued| issued.get(&form.id));
            items.push(desk.item("", day.copied(), issued.is_some()));
            continue;
        }
        let received = plan.campaign.as_ref().filter(|campaign| !campaign.forms.is_empty());
        let received = received.map(|campaign| campaign.received(plan, form)).transpose()?;
        let senders = senders(plan, form);
        if senders.is_empty() {
            // Whether all of them sent it cannot be told without their names.
            items.push(desk.item("", None, false));
        }
        items.extend(senders.iter().map(|unit: &Unit| {
            let day = received.as_ref().and_then(|received| received.get(&unit.key));
            desk.item(&unit.name, day.copied(), received.is_some())
        }));
    }
    Ok(items)
}

/// Where one form comes in.
struct Desk<'a> {
    form: &'a DueForm,
    today: Date,
    last_day: Option<Date>,
    day_off: Option<DayOff>,
}

impl<'a> Desk<'a> {
    fn of(plan: &Plan, form: &'a DueForm) -> Result<Self> {
        let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
        let today = plan.report_date.ok_or(PipelineFault::NoPeriod)?;
        let last_day = last_day(form, period);
        let day_off = last_day.and_then(|day| day_off(day, &plan.config.calendar.holidays));
        Ok(Desk { form, today, last_day, day_off })
    }

    fn item(&self, unit: &str, received_on: Option<Date>, known: bool) -> Item {
        let received_on = received_on.filter(|day| *day <= self.today);
        let state = if known { self.state(received_on) } else { State::Unknown };
        let waiting = matches!(state, State::Open | State::Unknown);
        let last_day = self.last_day.filter(|_| waiting);
        Item {
            form: self.form.id.clone(),
            title: self.form.title.clone(),
            from: self.form.from,
            unit: unit.to_owned(),
            to: self.form.to.clone(),
            last_day: self.last_day,
            day_off: self.day_off,
            received_on,
            state,
            days_left: last_day.map(|day| (day - self.today).get_days()),
        }
    }

    fn state(&self, received_on: Option<Date>) -> State {
        let over = |day: Date| self.last_day.is_some_and(|last| day > last);
        match received_on {
            Some(day) if over(day) => State::Late,
            Some(_) => State::Received,
            None if over(self.today) => State::Missing,
            None => State::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::config::Every;

    fn state(today: Date, received_on: Option<Date>, known: bool) -> (State, Option<i32>) {
        let form = DueForm {
            id: "04".into(),
            title: "B".into(),
            from: Sender::Operators,
            to: String::new(),
            every: Every::Month,
            before_day: Some(12),
            on_day: None,
            by: None,
            units: Vec::new(),
        };
        let last_day = Some(date(2025, 11, 11));
        let item =
            Desk { form: &form, today, last_day, day_off: None }.item("A", received_on, known);
        (item.state, item.days_left)
    }

    #[test]
    fn day_11_is_in_time_and_day_12_is_late() {
        let today = date(2025, 11, 16);
        assert_eq!(state(today, Some(date(2025, 11, 11)), true), (State::Received, None));
        assert_eq!(state(today, Some(date(2025, 11, 12)), true), (State::Late, None));
        assert_eq!(state(today, None, true), (State::Missing, None));
    }

    #[test]
    fn the_last_day_is_still_open_and_what_came_later_is_not_known_yet() {
        assert_eq!(state(date(2025, 11, 11), None, true), (State::Open, Some(0)));
        assert_eq!(state(date(2025, 11, 12), None, true), (State::Missing, None));
        let later = Some(date(2025, 11, 11));
        assert_eq!(state(date(2025, 11, 9), later, true), (State::Open, Some(2)));
    }

    #[test]
    fn without_a_record_nobody_is_called_missing() {
        assert_eq!(state(date(2025, 12, 1), None, false), (State::Unknown, Some(-20)));
    }
}
