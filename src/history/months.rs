//! Which months a trend has, and which of them can be compared with that of the report.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::MONTHS;
use super::bundles::Bundle;
use crate::bundle::Origin;
use crate::error::Result;
use crate::period::Period;
use crate::plan::Plan;

/// Where the values of a month come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The tables of its bundle.
    Published,
    /// Its samples, by the communes of today.
    Restated,
}

impl Basis {
    /// As tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Published => "published",
            Basis::Restated => "restated",
        }
    }
}

/// A month before that of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// `2025-09`.
    pub month: String,
    /// 1 is the month right before.
    pub months_back: i64,
    /// Where its values come from; none where there are none.
    pub basis: Option<Basis>,
    /// Why there are none: `no_bundle`, `part_missing`, `no_crosswalk`, `other_period`.
    pub reason: Option<&'static str>,
    /// The provinces whose bundles are missing, by name.
    pub missing: Vec<String>,
}

/// The months before a report and the provinces that its province was made of.
pub struct Scope {
    report: Period,
    province: String,
    restated_on: Option<Date>,
    parts: BTreeMap<String, String>,
    /// The periods of the months that are looked for, the month right before first.
    periods: Vec<Period>,
}

impl Scope {
    pub fn of(plan: &Plan, report: &Period) -> Result<Self> {
        let province = plan.config.province.code.clone();
        let mut scope = Scope {
            report: report.clone(),
            restated_on: plan.config.communes.restated_on,
            parts: plan.crosswalk.parts(&plan.register, &province),
            province,
            periods: Vec::new(),
        };
        let first: Option<Date> = format!("{}-01", report.month).parse().ok();
        for back in 1..MONTHS {
            let day = first.and_then(|day| day.checked_sub(back.months()).ok());
            let month = day.map(|day| format!("{:04}-{:02}", day.year(), day.month()));
            let of = |month: &String| Period::of(month, plan.config.period.first_day, &plan.zone);
            scope.periods.extend(month.as_ref().map(of).transpose()?);
        }
        Ok(scope)
    }

    pub fn month(&self) -> &str {
        &self.report.month
    }

    /// Whether days lie on the other side of the reform than the report.
    fn reformed_since(&self, from: Date) -> bool {
        self.restated_on.is_some_and(|reform| from < reform && reform <= self.report.from)
    }

    /// Whether a bundle is of a month and a province that the trend looks for.
    pub fn takes(&self, origin: &Origin) -> bool {
        let province = match self.reformed_since(origin.period.from) && !self.parts.is_empty() {
            true => self.parts.contains_key(&origin.province),
            false => self.province == origin.province,
        };
        province && self.periods.iter().any(|period| period.month == origin.month)
    }

    /// Where the values of a bundle would come from; none where its days are not those of its month, or
    /// where nothing is known of the reform since.
    pub fn basis(&self, origin: &Origin) -> Option<Basis> {
        let days = |p: &&Period| p.month == origin.month && p.from == origin.period.from;
        self.periods.iter().find(days).filter(|p| p.to == origin.period.until)?;
        match self.reformed_since(origin.period.from) {
            true => Some(Basis::Restated).filter(|_| !self.parts.is_empty()),
            false => Some(Basis::Published),
        }
    }

    /// The months from the first that has a bundle, the latest first.
    pub fn months(&self, bundles: &[Bundle]) -> Vec<Month> {
        let months = self.periods.iter().zip(1..).map(|(period, months_back)| {
            let of_month: Vec<&Bundle> =
                bundles.iter().filter(|bundle| bundle.month() == period.month).collect();
            self.judged(period, months_back, &of_month)
        });
        let mut months: Vec<Month> = months.collect();
        while months.last().is_some_and(|month| month.reason == Some("no_bundle")) {
            months.pop();
        }
        months
    }

    fn judged(&self, period: &Period, months_back: i64, bundles: &[&Bundle]) -> Month {
        let reformed = self.reformed_since(period.from);
        let has = |code: &String| bundles.iter().any(|bundle| bundle.province() == code);
        let missing = self.parts.iter().filter(|(code, _)| reformed && !has(code));
        let mut missing: Vec<String> = missing.map(|(_, name)| name.clone()).collect();
        let reason = if bundles.is_empty() {
            missing.clear();
            Some("no_bundle")
        } else if reformed && self.parts.is_empty() {
            Some("no_crosswalk")
        } else if bundles.iter().any(|bundle| bundle.basis.is_none()) {
            Some("other_period")
        } else {
            (!missing.is_empty()).then_some("part_missing")
        };
        let basis = bundles.first().and_then(|bundle| bundle.basis).filter(|_| reason.is_none());
        Month { month: period.month.clone(), months_back, basis, reason, missing }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;

    fn scope() -> Scope {
        let period = |month: &str| Period::of(month, 1, &TimeZone::UTC).unwrap();
        let months = ["2025-09", "2025-08", "2025-07", "2025-06"];
        Scope {
            report: period("2025-10"),
            province: "66".into(),
            restated_on: Some(Date::constant(2025, 7, 1)),
            parts: [("54", "Tỉnh Phú Yên"), ("66", "Tỉnh Đắk Lắk")]
                .map(|(code, name)| (code.to_owned(), name.to_owned()))
                .into(),
            periods: months.map(period).into(),
        }
    }

    fn origin(province: &str, month: &str, from: &str, until: &str) -> Origin {
        let origin = json!({"schema": 1, "program": {"name": "x", "version": "1"},
            "province": province, "month": month, "period": {"from": from, "until": until},
            "report_date": until, "simulated": false, "configuration": {}, "inputs": [],
            "queries": [], "templates": []});
        serde_json::from_value(origin).unwrap()
    }

    #[test]
    fn a_bundle_is_taken_for_its_province_or_a_part_of_it() {
        let june = |code: &str| origin(code, "2025-06", "2025-06-01", "2025-07-01");
        let august = |code: &str| origin(code, "2025-08", "2025-08-01", "2025-09-01");
        let scope = scope();
        for (origin, basis) in [
            (june("54"), Some(Basis::Restated)),
            (june("66"), Some(Basis::Restated)),
            (august("66"), Some(Basis::Published)),
            // Other days than those of the months of the report.
            (origin("66", "2025-08", "2025-07-15", "2025-08-15"), None),
        ] {
            assert!(scope.takes(&origin));
            assert_eq!(scope.basis(&origin), basis, "{origin:?}");
        }
        for origin in [
            june("52"),
            august("54"),
            origin("66", "2025-10", "2025-10-01", "2025-11-01"),
            origin("66", "2025-05", "2025-05-01", "2025-06-01"),
        ] {
            assert!(!scope.takes(&origin), "{origin:?}");
        }
    }

    #[test]
    fn nothing_is_known_of_other_registers() {
        let scope = Scope { parts: BTreeMap::new(), ..scope() };
        let june = origin("66", "2025-06", "2025-06-01", "2025-07-01");
        assert!(scope.takes(&june));
        assert_eq!(scope.basis(&june), None);
        let month = scope.judged(&scope.periods[3], 4, &[]);
        assert_eq!((month.reason, month.basis), (Some("no_bundle"), None));
    }
}
