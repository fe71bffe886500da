//! A month beside others: the month before, the same month of the year before, the year so far, and what
//! was published elsewhere.
//!
//! Counts of tests are summed over a year; medians are not, and are never averaged: of the year there is
//! the range of its months. A difference of medians is stated only where the 95 % intervals of the two
//! months lie apart, which is stricter than a test at 5 %, also when the same phones were in both.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::context::object;
use super::labels::Labels;
use super::rows::{self, Row, integer, text};
use super::trends;
use crate::error::Result;
use crate::vietnamese::{integer as grouped, month_label};

/// Indicators whose medians are shown.
const INDICATORS: [&str; 3] = ["download_mbps", "upload_mbps", "latency_ms"];
const DOWNLOAD: &str = "download_mbps_median";

/// What the months are read from.
pub(super) struct Periods<'a> {
    pub tables: &'a BTreeMap<String, Vec<Row>>,
    pub labels: &'a Labels,
    /// E.g. `2025-10`.
    pub month: &'a str,
}

impl Periods<'_> {
    /// Adds `periods` and `changes` to the summary of a family, see [`super::context`].
    pub fn add(&self, family: &mut Row) -> Result<()> {
        let this = self.this(family)?;
        let key = text(family, "key").to_owned();
        let before = self.earlier("before", &key, 1)?;
        let year_before = self.earlier("year_before", &key, 12)?;
        let changes = [&before, &year_before].map(|then| change(&this, then));
        let year_to_date = self.year_to_date(&key, &this)?;
        let published = self.published(&key)?;
        let periods = json!({"this": this, "before": before, "year_before": year_before,
            "year_to_date": year_to_date, "published": published});
        family.insert("periods".into(), periods);
        family.insert("changes".into(), json!(changes));
        Ok(())
    }

    /// The month of the report, which is known without a history.
    fn this(&self, family: &Row) -> Result<Row> {
        let province = family.get("province").and_then(Value::as_object);
        let mut row = self.named("this", self.month)?;
        row.extend(medians(province));
        for column in ["tests_ok", "communes", "quota"] {
            row.insert(column.into(), rows::value(family, column));
        }
        row.insert("communes_met".into(), integer(family, "met").into());
        row.extend(object(json!({"is_known": true, "basis": "published", "note": ""})));
        Ok(met_of(row))
    }

    /// A month before that of the report, as the history has it.
    fn earlier(&self, key: &str, family: &str, months_back: i32) -> Result<Row> {
        let month = self.shifted(months_back);
        let mut row = self.named(key, &month)?;
        row.extend(self.past(family, &month)?);
        Ok(met_of(row))
    }

    /// What the history has of a month; `note` says why there is nothing.
    fn past(&self, family: &str, month: &str) -> Result<Row> {
        let of_month = |row: &&Row| text(row, "month") == month;
        let of_family = |row: &&Row| text(row, "family") == family && of_month(row);
        let state = self.tables["trend_months"].iter().find(of_month);
        let is_known = state.is_some_and(|row| row.get("comparable") == Some(&true.into()));
        let mut row = Row::new();
        let note = match state {
            Some(state) => trends::note(state, self.labels)?,
            None => self.labels.text("trend_notes.no_bundle")?.to_owned(),
        };
        let basis = state.map_or("", |row| text(row, "basis"));
        row.extend(object(json!({"is_known": is_known, "basis": basis, "note": note})));
        let mut trend = self.tables["trend"].iter().filter(of_family);
        let province = trend.find(|row| text(row, "level") == "province").filter(|_| is_known);
        row.extend(medians(province));
        let quota: Vec<&Row> = self.tables["trend_quota"].iter().filter(of_family).collect();
        for column in ["tests_ok", "communes", "communes_met"] {
            let sum = rows::sum(quota.iter().copied(), column);
            let value = if is_known && !quota.is_empty() { sum } else { Value::Null };
            row.insert(column.into(), value);
        }
        let one = quota.first().map(|row| integer(row, "quota"));
        let one = one.filter(|one| quota.iter().all(|row| integer(row, "quota") == *one));
        row.insert("quota".into(), json!(one));
        Ok(row)
    }

    /// The months of the year up to that of the report, as far as they are known.
    fn year_to_date(&self, family: &str, this: &Row) -> Result<Row> {
        let mut known = vec![this.clone()];
        let months = first_day(self.month).map_or(1, |first| i32::from(first.month()));
        for back in 1..months {
            let past = self.past(family, &self.shifted(back))?;
            known.extend(Some(past).filter(|row| row.get("is_known") == Some(&true.into())));
        }
        let mut row = self.named("year_to_date", self.month)?;
        let sum = rows::sum(&known, "tests_ok");
        for indicator in INDICATORS {
            row.extend(range(&format!("{indicator}_median"), &known));
        }
        let counts = [("known", known.len().to_string()), ("months", months.to_string())];
        let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
        let note = self.labels.filled("periods.months_known", &counts)?;
        row.extend(object(json!({"is_known": true, "tests_ok": sum, "months": months,
            "months_known": known.len(), "note": note, "communes_met": null, "communes": null})));
        Ok(met_of(row))
    }

    /// Figures of the whole province that were published elsewhere; null where there are none.
    fn published(&self, family: &str) -> Result<Option<Row>> {
        let is_whole = |row: &&Row| {
            let keys = ["commune_code", "commune_name", "operator"];
            text(row, "family") == family && keys.iter().all(|key| text(row, key).is_empty())
        };
        let Some(found) = self.tables["reconciliation"].iter().find(is_whole) else {
            return Ok(None);
        };
        let mut row = self.named("published", self.month)?;
        let value = |column: &str| found.get(column).cloned().unwrap_or(Value::Null);
        row.extend(object(
            json!({"is_known": true, "note": "", "tests_ok": value("published_tests"),
            "communes_met": null, "communes": null}),
        ));
        row.extend(medians(None));
        row.insert(DOWNLOAD.into(), value("published_download_mbps"));
        row.insert("upload_mbps_median".into(), value("published_upload_mbps"));
        Ok(Some(met_of(row)))
    }

    fn named(&self, key: &str, month: &str) -> Result<Row> {
        let month = month_label(month);
        let name = self.labels.filled(&format!("periods.{key}"), &[("month", &month)])?;
        Ok(object(json!({"key": key, "period_name": name, "month_name": month})))
    }

    fn shifted(&self, months_back: i32) -> String {
        shifted(self.month, months_back)
    }
}

fn first_day(month: &str) -> Option<Date> {
    format!("{month}-01").parse().ok()
}

/// The month so many months before another; empty where there is no such month.
pub(super) fn shifted(month: &str, months_back: i32) -> String {
    let day = first_day(month).and_then(|first| first.checked_sub(months_back.months()).ok());
    day.map_or_else(String::new, |day| format!("{:04}-{:02}", day.year(), day.month()))
}

/// The periods of every family as rows of the table `period_summary`, those without data too.
pub(super) fn table(families: &[Row]) -> Vec<Row> {
    let mut rows = Vec::new();
    for family in families {
        let order = ["this", "before", "year_before", "year_to_date", "published"];
        let periods = order.iter().map(|key| &family["periods"][key]);
        for (number, period) in periods.filter_map(Value::as_object).enumerate() {
            let mut row = period.clone();
            row.insert("family".into(), family["key"].clone());
            row.insert("period_no".into(), number.into());
            rows.push(row);
        }
    }
    rows
}

/// Medians and their ends; null where there is no row.
fn medians(row: Option<&Row>) -> Row {
    let mut found = Row::new();
    for indicator in INDICATORS {
        for end in ["", "_low", "_high"] {
            let column = format!("{indicator}_median{end}");
            let value = row.and_then(|row| row.get(&column)).cloned();
            found.insert(column, value.unwrap_or(Value::Null));
        }
    }
    found
}

/// The lowest and the highest value of a column; a value by itself where only one month has one.
fn range(column: &str, months: &[Row]) -> Row {
    let mut values: Vec<f64> = months.iter().filter_map(|row| row.get(column)?.as_f64()).collect();
    values.sort_by(f64::total_cmp);
    let (value, low, high) = match values.as_slice() {
        [] => (None, None, None),
        [only] => (Some(*only), None, None),
        [low, .., high] => (None, Some(*low), Some(*high)),
    };
    let mut row = Row::new();
    for (end, value) in [("", value), ("_low", low), ("_high", high)] {
        row.insert(format!("{column}{end}"), json!(value));
    }
    row
}

/// With `met_of`, e.g. `12/102`, where both are known.
fn met_of(mut row: Row) -> Row {
    let count = |column| row.get(column).and_then(Value::as_i64);
    let text = count("communes_met").zip(count("communes"));
    let text = text.map(|(met, all)| format!("{}/{}", grouped(met), grouped(all)));
    row.insert("met_of".into(), json!(text));
    row
}

/// This month against another, in numbers and in what can be said of the medians.
fn change(now: &Row, then: &Row) -> Row {
    let difference = |column| rows::difference(now, then, column);
    let (tests, before) = (difference("tests_ok"), integer(then, "tests_ok"));
    let same = |column: &str| now.get(column) == then.get(column);
    let met_comparable = ["quota", "communes", "basis"].into_iter().all(same);
    let mut change = object(json!({
        "tests_difference": tests,
        "tests_share": tests.filter(|_| before > 0).map(|tests| tests as f64 / before as f64),
        "is_met_comparable": met_comparable,
        "met_difference": difference("communes_met").filter(|_| met_comparable),
        "download": verdict(now, then),
        "median_now": now.get(DOWNLOAD),
    }));
    change.extend(then.clone());
    change
}

/// `higher`, `lower`, `unclear`, or `unknown` where a month has no median with its interval.
fn verdict(now: &Row, then: &Row) -> &'static str {
    let (Some(now), Some(then)) = (interval(now), interval(then)) else { return "unknown" };
    if now.start() > then.end() {
        "higher"
    } else if now.end() < then.start() {
        "lower"
    } else {
        "unclear"
    }
}

/// The interval of the median download; an open end reaches as far as need be.
fn interval(row: &Row) -> Option<RangeInclusive<f64>> {
    let end = |end: &str| row.get(&format!("{DOWNLOAD}{end}")).and_then(Value::as_f64);
    end("").filter(|_| end("_low").is_some() || end("_high").is_some())?;
    Some(end("_low").unwrap_or(f64::NEG_INFINITY)..=end("_high").unwrap_or(f64::INFINITY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Templates;

    fn rows(value: Value) -> Vec<Row> {
        value.as_array().unwrap().iter().cloned().map(object).collect()
    }

    /// The medians of September and October of two years, and what is known of the months between.
    fn tables() -> BTreeMap<String, Vec<Row>> {
        let month = |month: &str, comparable: bool, reason: Option<&str>| {
            json!({"month": month, "comparable": comparable, "reason": reason,
                "basis": if comparable { "published" } else { "" }, "missing": "Tỉnh Phú Yên"})
        };
        let trend = |month: &str, median: f64| {
            json!({"level": "province", "family": "mobile", "month": month,
                "download_mbps_median": median, "download_mbps_median_low": median - 1.0,
                "download_mbps_median_high": median + 1.0})
        };
        let quota = |month: &str, tests: i64, met: i64| {
            json!({"family": "mobile", "month": month, "quota": 300, "tests_ok": tests,
                "communes": 102, "communes_met": met})
        };
        BTreeMap::from([
            ("reconciliation".to_owned(), Vec::new()),
            (
                "trend_months".to_owned(),
                rows(json!([
                    month("2025-06", false, Some("part_missing")),
                    month("2025-08", true, None),
                    month("2025-09", true, None),
                    month("2025-10", true, None),
                ])),
            ),
            (
                "trend".to_owned(),
                rows(json!([
                    trend("2025-08", 47.5),
                    trend("2025-09", 40.0),
                    trend("2025-10", 45.0),
                ])),
            ),
            (
                "trend_quota".to_owned(),
                rows(json!([
                    quota("2025-08", 800, 1),
                    quota("2025-09", 900, 3),
                    quota("2025-10", 1000, 2),
                ])),
            ),
        ])
    }

    fn mobile(month: &str, tables: &BTreeMap<String, Vec<Row>>) -> Row {
        let labels = Templates::embedded().labels().unwrap();
        let province = json!({"download_mbps_median": 45.0, "download_mbps_median_low": 44.0,
            "download_mbps_median_high": 46.0});
        let mut family = object(json!({"key": "mobile", "province": province, "tests_ok": 1000,
            "communes": 102, "met": 2, "quota": 300}));
        Periods { tables, labels: &labels, month }.add(&mut family).unwrap();
        family
    }

    #[test]
    fn counts_are_summed_and_medians_give_their_range() {
        let family = mobile("2025-10", &tables());
        let year = &family["periods"]["year_to_date"];
        assert_eq!(year["tests_ok"], 2700);
        assert_eq!((&year["months_known"], &year["months"]), (&json!(3), &json!(10)));
        let ends = ["", "_low", "_high"].map(|end| &year[format!("download_mbps_median{end}")]);
        assert_eq!(ends, [&Value::Null, &json!(40.0), &json!(47.5)]);
        assert_eq!(year["note"], "có số liệu 3/10 tháng");
        let alone = mobile("2025-01", &tables());
        let year = &alone["periods"]["year_to_date"];
        assert_eq!(
            (&year["tests_ok"], &year["download_mbps_median"]),
            (&json!(1000), &json!(45.0))
        );
    }

    #[test]
    fn a_month_that_is_not_known_says_why() {
        let family = mobile("2025-10", &tables());
        let before = &family["periods"]["year_before"];
        assert_eq!(
            (&before["is_known"], &before["note"]),
            (&json!(false), &json!("chưa có số liệu"))
        );
        assert_eq!((&before["tests_ok"], &before["month_name"]), (&Value::Null, &json!("10/2024")));
        let july = mobile("2025-07", &tables());
        let june = &july["periods"]["before"];
        assert_eq!(june["note"], "không so sánh được: thiếu số liệu của tỉnh Phú Yên");
        assert_eq!(july["changes"][0]["download"], "unknown");
    }

    #[test]
    fn medians_differ_where_their_intervals_lie_apart() {
        let download = |median: f64| {
            let mut tables = tables();
            let row = &mut tables.get_mut("trend").unwrap()[1];
            for (end, by) in [("", 0.0), ("_low", -1.0), ("_high", 1.0)] {
                row.insert(format!("download_mbps_median{end}"), json!(median + by));
            }
            mobile("2025-10", &tables)["changes"][0]["download"].clone()
        };
        assert_eq!(download(42.9), "higher");
        assert_eq!(download(43.0), "unclear");
        assert_eq!(download(47.0), "unclear");
        assert_eq!(download(47.1), "lower");
    }

    #[test]
    fn communes_are_compared_under_one_quota_and_one_division_only() {
        let family = mobile("2025-10", &tables());
        let change = &family["changes"][0];
        assert_eq!(
            (&change["tests_difference"], &change["met_difference"]),
            (&json!(100), &json!(-1))
        );
        assert_eq!(change["met_of"], "3/102");
        let mut tables = tables();
        tables.get_mut("trend_quota").unwrap()[1].insert("communes".into(), 286.into());
        let family = mobile("2025-10", &tables);
        assert_eq!(family["changes"][0]["met_difference"], Value::Null);
    }

    #[test]
    fn published_figures_of_the_province_stand_beside() {
        let mut tables = tables();
        assert_eq!(mobile("2025-10", &tables)["periods"]["published"], Value::Null);
        let row = |operator: Option<&str>, tests: i64| {
            json!({"family": "mobile", "commune_code": null, "commune_name": null,
                "operator": operator, "published_tests": tests, "published_download_mbps": 48.5,
                "published_upload_mbps": null})
        };
        let found = rows(json!([row(Some("VNPT"), 5), row(None, 990)]));
        tables.insert("reconciliation".into(), found);
        let published = mobile("2025-10", &tables)["periods"]["published"].clone();
        assert_eq!((&published["tests_ok"], &published[DOWNLOAD]), (&json!(990), &json!(48.5)));
    }
}
