//! The months of the history as rows of a table, family by family.

use std::collections::BTreeMap;

use serde_json::Value;

use super::labels::Labels;
use super::rows::{self, Row, text};
use crate::error::Result;
use crate::vietnamese::month_label;

const MEDIANS: [&str; 3] =
    ["download_mbps_median", "download_mbps_median_low", "download_mbps_median_high"];
const COUNTS: [&str; 3] = ["tests_ok", "communes", "communes_met"];

/// The table `trend_summary`: `family`, `month_no`, `month_name` and, where the month has them,
/// medians of the province and its quota; `note` says what else is to be known of the month.
pub(super) fn summary(tables: &BTreeMap<String, Vec<Row>>, labels: &Labels) -> Result<Vec<Row>> {
    let mut families: Vec<&str> =
        tables["trend_quota"].iter().map(|row| text(row, "family")).collect();
    families.dedup();
    let mut rows = Vec::new();
    for family in families {
        for (number, month) in tables["trend_months"].iter().enumerate() {
            let of = |table: &str| {
                let of_month = |row: &&Row| {
                    text(row, "family") == family && text(row, "month") == text(month, "month")
                };
                tables[table].iter().filter(of_month).collect::<Vec<_>>()
            };
            let of_province = of("trend").into_iter().find(|row| text(row, "level") == "province");
            let mut row = Row::new();
            row.insert("family".into(), family.into());
            row.insert("month_no".into(), number.into());
            row.insert("month_name".into(), month_label(text(month, "month")).into());
            let comparable = month.get("comparable") == Some(&true.into());
            for column in MEDIANS {
                let value = of_province.filter(|_| comparable).and_then(|row| row.get(column));
                row.insert(column.into(), value.cloned().unwrap_or(Value::Null));
            }
            let quota = of("trend_quota");
            for column in COUNTS {
                let sum = rows::sum(quota.iter().copied(), column);
                let value = if quota.is_empty() { Value::Null } else { sum };
                row.insert(column.into(), value);
            }
            row.insert("note".into(), note(month, labels)?.into());
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Why a month has no values, or that they were computed again.
pub(super) fn note(month: &Row, labels: &Labels) -> Result<String> {
    let found = [text(month, "reason"), text(month, "basis")].into_iter().find(|n| !n.is_empty());
    labels.filled(
        &format!("trend_notes.{}", found.unwrap_or("published")),
        &[("missing", &in_prose(text(month, "missing")))],
    )
}

/// Names of provinces without the capital of their type.
fn in_prose(names: &str) -> String {
    let lower = |name: &str| {
        let mut letters = name.chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        first.chain(letters).collect::<String>()
    };
    names.split(", ").map(lower).collect::<Vec<_>>().join(", ")
}
