//! What the page for leaders says: communes at the quota and the speed of 4G, each beside the month
//! before, and the gravest places to look at.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::context::object;
use super::finding;
use super::labels::Labels;
use super::rows::{Row, integer, text};
use crate::error::Result;
use crate::vietnamese::{integer as whole, month_label};

/// The page has room for so many places of each class.
const MOST: usize = 2;

/// The field `leader`: `month_before` (or null), `quotas` (`family`, `communes`, `met`, `share_met`,
/// `met_before`, `change`), `speeds` (`statistic`, `value`, `before`, their ends, `change`: `higher`,
/// `lower`, `unclear` or null), `places`, `low_quality`, `watch` (numbers), `top` (`commune_name`,
/// `operator`, `finding`).
pub(super) fn fields(
    tables: &BTreeMap<String, Vec<Row>>,
    families: &[Row],
    labels: &Labels,
) -> Result<Row> {
    let gaps = |class: &'static str, state: &'static str| {
        tables["gaps"]
            .iter()
            .filter(move |row| text(row, "gap_class") == class && text(row, "state") == state)
    };
    let before = tables["trend_months"].iter().find(|row| integer(row, "months_back") == 1);
    let month = before.filter(|row| row.get("comparable") == Some(&true.into()));
    Ok(object(json!({
        "month_before": month.map(|row| month_label(text(row, "month"))),
        "quotas": quotas(tables, families),
        "speeds": speeds(tables),
        "places": tables["suspected_coverage"].len(),
        "low_quality": gaps("low_quality", "found").count(),
        "watch": gaps("low_quality", "watch").count(),
        "top": top(tables, gaps("low_quality", "found").collect(), labels)?,
    })))
}

/// Communes that met the quota now and in the month before. Numbers compare when there were as many
/// communes and the same quota.
fn quotas(tables: &BTreeMap<String, Vec<Row>>, families: &[Row]) -> Vec<Value> {
    let legal = families.iter().filter(|row| row.get("legal") == Some(&true.into()));
    let one = |row: &Row| {
        let before = tables["trend_quota"].iter().find(|old| {
            let same = |column: &str| integer(old, column) == integer(row, column);
            let month = integer(old, "months_back") == 1;
            month && text(old, "family") == text(row, "key") && same("communes") && same("quota")
        });
        let met_before = before.map(|old| integer(old, "communes_met"));
        json!({
            "family": text(row, "key"),
            "communes": integer(row, "communes"),
            "met": integer(row, "met"),
            "share_met": row.get("share_met"),
            "met_before": met_before,
            "change": met_before.map(|old| signed(integer(row, "met") - old)),
        })
    };
    legal.map(one).collect()
}

fn signed(change: i64) -> String {
    match change.cmp(&0) {
        Ordering::Greater => format!("+{}", whole(change)),
        _ => whole(change),
    }
}

/// Mean and median of 4G over the province, beside those of the month before.
fn speeds(tables: &BTreeMap<String, Vec<Row>>) -> Vec<Value> {
    let is_4g =
        |row: &&Row| text(row, "access_type") == "mobile" && text(row, "technology") == "4G";
    let now = tables["province_technology"].iter().find(is_4g);
    let mut earlier = tables["trend_technology"].iter().filter(is_4g);
    let before = earlier.find(|row| integer(row, "months_back") == 1);
    let speed = |statistic: &&str| {
        let (now, before) = (Estimate::of(now, statistic), Estimate::of(before, statistic));
        now.value?;
        Some(json!({
            "statistic": statistic,
            "value": now.value, "value_low": now.low, "value_high": now.high,
            "before": before.value, "before_low": before.low, "before_high": before.high,
            "change": now.change_from(&before),
        }))
    };
    ["mean", "median"].iter().filter_map(speed).collect()
}

/// A statistic and the ends of its interval.
struct Estimate {
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

impl Estimate {
    fn of(row: Option<&Row>, statistic: &str) -> Self {
        let value = |end: &str| row?.get(&format!("download_mbps_{statistic}{end}"))?.as_f64();
        Estimate { value: value(""), low: value("_low"), high: value("_high") }
    }

    /// A change is one when the intervals lie apart.
    fn change_from(&self, before: &Self) -> Option<&'static str> {
        let apart = |lower: &Self, upper: &Self| {
            lower.high.zip(upper.low).is_some_and(|(high, low)| high < low)
        };
        self.value.and(before.value)?;
        Some(match (apart(before, self), apart(self, before)) {
            (true, _) => "higher",
            (_, true) => "lower",
            _ => "unclear",
        })
    }
}

/// The gravest of each class: severity says nothing across classes.
fn top(
    tables: &BTreeMap<String, Vec<Row>>,
    mut low: Vec<&Row>,
    labels: &Labels,
) -> Result<Vec<Value>> {
    let mut places: Vec<&Row> = tables["suspected_coverage"].iter().collect();
    places.sort_by(|a, b| by_severity(a, b));
    low.sort_by(|a, b| by_severity(a, b));
    let suspected = places.into_iter().map(|row| (row, finding::suspected_short(row, labels)));
    let low = low.into_iter().map(|row| (row, finding::low_quality_short(row, labels)));
    let worded = |(row, finding): (&Row, Result<String>)| {
        Ok(json!({
            "commune_name": text(row, "commune_name"),
            "operator": text(row, "operator"),
            "finding": finding?,
        }))
    };
    suspected.take(MOST).chain(low.take(MOST)).map(worded).collect()
}

/// The gravest first; ties by commune and operator, so that the order is always the same.
fn by_severity(a: &Row, b: &Row) -> Ordering {
    let severity = |row: &Row| row.get("severity").and_then(Value::as_f64).unwrap_or(0.0);
    let name = |row: &Row| {
        ["commune_code", "operator", "place", "technology"].map(|key| text(row, key).to_owned())
    };
    severity(b).total_cmp(&severity(a)).then_with(|| name(a).cmp(&name(b)))
}
