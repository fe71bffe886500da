//! What a reminder says of itself: to whom, the how many-th, which came before it, who helps.

use serde_json::{Value, json};

use super::context::{Sources, object};
use super::offices::Offices;
use super::rows::Row;
use super::settings::Reminder;
use crate::calendar::Deadlines;

/// `reminder`: `times` (1 for the first), `earlier`, `addressees`; `deadlines`, `links`, `contacts`.
pub(super) fn values(sources: &Sources<'_>, offices: &Offices) -> Row {
    let settings = sources.settings;
    let earlier = earlier(sources);
    object(json!({
        "reminder": {
            "times": earlier.len() + 1,
            "earlier": earlier.iter().map(|reminder| cited(reminder)).collect::<Vec<_>>(),
            "addressees": addressees(sources, offices),
        },
        "has_district_offices": sources.report_date < offices.districts_until,
        "deadlines": Deadlines::of(sources.due),
        "links": settings.links,
        "contacts": settings.contacts,
    }))
}

/// The reminders before this one, oldest first. It is the dates that count, not the runs: the same
/// month made again is the same reminder.
fn earlier<'a>(sources: &Sources<'a>) -> Vec<&'a Reminder> {
    let all = sources.settings.reminders.iter();
    let mut earlier: Vec<_> = all.filter(|one| one.date < sources.report_date).collect();
    earlier.sort_by_key(|one| one.date);
    earlier
}

fn cited(reminder: &Reminder) -> Value {
    json!({
        "number": reminder.number,
        "date": reminder.date.to_string(),
        "issuer": reminder.issuer,
        "subject": reminder.subject,
    })
}

fn addressees(sources: &Sources<'_>, offices: &Offices) -> Vec<String> {
    let configured = &sources.settings.recipients_reminder;
    if !configured.is_empty() {
        return configured.clone();
    }
    let lists = &offices.reminder;
    let default = match sources.report_date < offices.districts_until {
        true => &lists.addressees_before,
        false => &lists.addressees,
    };
    let area = offices.area(sources.province_name);
    let kinds = offices.commune_kinds(sources.report_date);
    let place = area.full_name.replace("{name}", sources.province_name);
    let fill = |name: &String| {
        name.replace("{full_name}", &place)
            .replace("{level}", &area.level)
            .replace("{commune_kinds}", kinds)
    };
    default.iter().map(fill).collect()
}
