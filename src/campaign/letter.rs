//! A letter to an operator and how its reply stands on a day.

use jiff::civil::Date;

/// One letter and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Letter {
    pub operator: String,
    pub date: Option<Date>,
    /// As it is cited: the number, with its symbol where the register gives it.
    pub number: String,
    /// The month that it was about, `2025-09`.
    pub month: String,
    pub due_on: Option<Date>,
    pub received_on: Option<Date>,
    pub closed_on: Option<Date>,
    pub note: String,
}

impl Letter {
    /// How it stands on a day.
    pub fn state(&self, day: Date) -> &'static str {
        match (self.closed_on, self.received_on, self.due_on) {
            (Some(closed), ..) if closed <= day => "closed",
            (_, Some(received), Some(due)) if received <= day && received > due => "answered_late",
            (_, Some(received), _) if received <= day => "answered",
            (.., Some(due)) if due < day => "overdue",
            _ => "open",
        }
    }

    /// Whether a row of the register is about this letter.
    pub fn is_meant(&self, row: &Letter) -> bool {
        let same_number = match leading_number(&row.number) {
            Some(number) => leading_number(&self.number) == Some(number),
            None => row.month == self.month,
        };
        let same_date = row.date.is_none() || row.date == self.date;
        self.operator == row.operator && same_number && same_date
    }
}

/// The number in front of a symbol: 15 of `15/SKHCN-BCVT`.
pub fn leading_number(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            operator: "VNPT".into(),
            date: Some(Date::constant(2025, 10, 16)),
            number: "15".into(),
            month: "2025-09".into(),
            due_on: Some(Date::constant(2025, 10, 25)),
            received_on: None,
            closed_on: None,
            note: String::new(),
        }
    }

    #[test]
    fn a_letter_stands_as_it_did_on_the_day() {
        let day = |month, day| Date::constant(2025, month, day);
        let mut letter = letter();
        assert_eq!(letter.state(day(10, 25)), "open");
        assert_eq!(letter.state(day(10, 26)), "overdue");
        letter.received_on = Some(day(10, 27));
        assert_eq!(letter.state(day(10, 26)), "overdue");
        assert_eq!(letter.state(day(10, 27)), "answered_late");
        letter.due_on = Some(day(10, 27));
        assert_eq!(letter.state(day(10, 27)), "answered");
        letter.closed_on = Some(day(11, 3));
        assert_eq!(letter.state(day(11, 2)), "answered");
        assert_eq!(letter.state(day(11, 3)), "closed");
        letter.due_on = None;
        letter.received_on = None;
        letter.closed_on = None;
        assert_eq!(letter.state(day(12, 1)), "open");
    }

    #[test]
    fn a_row_means_the_letter_of_its_number_or_month() {
        let row = |number: &str, month: &str, date| Letter {
            number: number.into(),
            month: month.into(),
            date,
            ..letter()
        };
        let date = letter().date;
        assert!(letter().is_meant(&row("15/SKHCN-BCVT", "", None)));
        assert!(letter().is_meant(&row("Số 15/SKHCN", "", date)));
        assert!(letter().is_meant(&row("", "2025-09", None)));
        assert!(!letter().is_meant(&row("16/SKHCN", "2025-09", None)));
        assert!(!letter().is_meant(&row("15/SKHCN", "", Some(Date::constant(2024, 10, 16)))));
        assert!(!letter().is_meant(&row("", "2025-08", None)));
    }
}
