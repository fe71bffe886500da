//! Each form of each sender with its deadline and its state.

use jiff::civil::Date;
use serde::Serialize;

use super::{DayOff, Submission, day_off, last_day};
use crate::config::{Config, DueForm, Every, Sender};
use crate::plan::Period;

/// How things stand with one form of one sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    /// Empty where the configuration names nobody, so that all of `from` are meant.
    pub unit: String,
    /// Empty for the issuer.
    pub to: String,
    pub last_day: Option<Date>,
    pub day_off: Option<DayOff>,
    pub received_on: Option<Date>,
    pub state: State,
    /// From today to the last valid day, where it is open or not known.
    pub days_left: Option<i32>,
}

/// Everything that is due about a period, in the order of the configuration. `submissions` is none
/// where nobody recorded what came in; `issued` says when a document of the issuer was issued.
pub fn due(
    config: &Config,
    period: &Period,
    today: Date,
    submissions: Option<&[Submission]>,
    issued: &dyn Fn(&str) -> Option<Date>,
) -> Vec<Item> {
    let mut items = Vec::new();
    for form in &config.due {
        let unnamed = [String::new()];
        let units = if form.units.is_empty() { &unnamed[..] } else { &form.units };
        for unit in units {
            let (known, received_on) = match form.from {
                Sender::Issuer => (true, issued(&form.id)),
                // Whether all of them sent it cannot be told without their names.
                _ if unit.is_empty() => (false, None),
                _ => (submissions.is_some(), received(form, unit, period, submissions)),
            };
            let last_day = last_day(form, period);
            let state = if known { state(last_day, received_on, today) } else { State::Unknown };
            let waiting = matches!(state, State::Open | State::Unknown);
            items.push(Item {
                form: form.id.clone(),
                title: form.title.clone(),
                from: form.from,
                unit: unit.clone(),
                to: form.to.clone(),
                last_day,
                day_off: last_day.and_then(|day| day_off(day, &config.calendar.holidays)),
                received_on,
                state,
                days_left: last_day.filter(|_| waiting).map(|day| (day - today).get_days()),
            });
        }
    }
    items
}

/// The first day on which it came in; what is due once counts whatever month it names.
fn received(
    form: &DueForm,
    unit: &str,
    period: &Period,
    submissions: Option<&[Submission]>,
) -> Option<Date> {
    let fits = |s: &&Submission| {
        let month = form.every != Every::Month || s.month == period.month;
        s.form == form.id && s.unit == unit && month
    };
    submissions?.iter().filter(fits).map(|s| s.received_on).min()
}

fn state(last_day: Option<Date>, received_on: Option<Date>, today: Date) -> State {
    let over = |day: Date| last_day.is_some_and(|last| day > last);
    match received_on {
        Some(day) if over(day) => State::Late,
        Some(_) => State::Received,
        None if over(today) => State::Missing,
        None => State::Open,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    const FORMS: &str = "[province]\ncode = \"52\"\n[[due]]\nid = \"04\"\ntitle = \"B\"\n\
        from = \"operators\"\nevery = \"month\"\nbefore_day = 12\nunits = [\"A\", \"B\"]\n\
        [[due]]\nid = \"ministry\"\ntitle = \"R\"\nfrom = \"issuer\"\nevery = \"month\"\non_day = 15\n";

    fn states(today: Date, submissions: Option<&[Submission]>) -> Vec<State> {
        let config: Config = toml::from_str(FORMS).unwrap();
        let period = Period::of("2025-10", 1, &TimeZone::UTC).unwrap();
        due(&config, &period, today, submissions, &|_| None).iter().map(|i| i.state).collect()
    }

    fn sent(unit: &str, month: &str, received_on: Date) -> Submission {
        Submission { form: "04".into(), unit: unit.into(), month: month.into(), received_on }
    }

    #[test]
    fn day_11_is_in_time_and_day_12_is_late() {
        let sent =
            [sent("A", "2025-10", date(2025, 11, 11)), sent("B", "2025-10", date(2025, 11, 12))];
        let found = states(date(2025, 11, 16), Some(&sent));
        assert_eq!(found, [State::Received, State::Late, State::Missing]);
    }

    #[test]
    fn another_month_does_not_count_and_the_last_day_is_still_open() {
        let sent = [sent("A", "2025-09", date(2025, 10, 3))];
        let found = states(date(2025, 11, 11), Some(&sent));
        assert_eq!(found, [State::Open; 3]);
        assert_eq!(states(date(2025, 11, 12), Some(&sent))[0], State::Missing);
    }

    #[test]
    fn without_a_record_nobody_is_called_missing() {
        assert_eq!(states(date(2025, 12, 1), None)[..2], [State::Unknown; 2]);
    }
}
