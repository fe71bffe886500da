//! The last day on which a form is in time.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::config::DueForm;

/// The last day for a form about a month (any day of it): “trước ngày 12” ends with day 11 of the month
/// after. None where the form has no day.
pub fn last_day(form: &DueForm, month: Date) -> Option<Date> {
    let next = month.first_of_month().checked_add(1.month()).ok()?;
    let on = |day: u8| {
        let day = i8::try_from(day).ok()?.min(next.days_in_month());
        next.with().day(day).build().ok()
    };
    let before = form.before_day.and_then(|day| on(day)?.yesterday().ok());
    form.by.or(before).or_else(|| form.on_day.and_then(on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Every, Sender};

    #[test]
    fn before_a_day_ends_with_the_day_before() {
        let mut form = DueForm {
            id: "03".into(),
            title: String::new(),
            from: Sender::Communes,
            to: String::new(),
            every: Every::Month,
            before_day: Some(12),
            on_day: None,
            by: None,
            units: Vec::new(),
        };
        let january = Date::constant(2025, 1, 31);
        assert_eq!(last_day(&form, january), Some(Date::constant(2025, 2, 11)));
        form.before_day = Some(1);
        assert_eq!(last_day(&form, january), Some(Date::constant(2025, 1, 31)));
        (form.before_day, form.on_day) = (None, Some(31));
        assert_eq!(last_day(&form, january), Some(Date::constant(2025, 2, 28)));
        form.on_day = None;
        assert_eq!(last_day(&form, january), None);
    }
}
