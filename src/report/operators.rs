//! Operators beside their earlier months and beside published figures.

use std::collections::BTreeMap;

use serde_json::Value;

use super::rows::{Row, text};

const DOWNLOAD: &str = "download_mbps_median";

/// Adds to each row of the table `operator` the median downloads `before_median` and
/// `year_before_median` of these two months and `published_median`; null where there is none.
pub(super) fn beside(tables: &mut BTreeMap<String, Vec<Row>>, before: &str, year_before: &str) {
    let mut operators = std::mem::take(tables.entry("operator".into()).or_default());
    for row in &mut operators {
        let of_row = |other: &Row| {
            ["family", "operator"].iter().all(|key| text(other, key) == text(row, key))
        };
        let past = |month: &str| {
            let is_past = |other: &&Row| {
                text(other, "level") == "operator" && text(other, "month") == month && of_row(other)
            };
            value(tables["trend"].iter().find(is_past), DOWNLOAD)
        };
        let is_published = |other: &&Row| {
            let whole = ["commune_code", "commune_name"];
            whole.iter().all(|key| text(other, key).is_empty()) && of_row(other)
        };
        let published = tables["reconciliation"].iter().find(is_published);
        let found = [
            ("before_median", past(before)),
            ("year_before_median", past(year_before)),
            ("published_median", value(published, "published_download_mbps")),
        ];
        row.extend(found.map(|(name, value)| (name.to_owned(), value)));
    }
    tables.insert("operator".into(), operators);
}

fn value(row: Option<&Row>, column: &str) -> Value {
    row.and_then(|row| row.get(column)).cloned().unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::context::object;

    #[test]
    fn each_operator_has_its_own_past() {
        let operator = |name: &str| object(json!({"family": "mobile", "operator": name}));
        let past = |name: &str, month: &str, median: f64| {
            object(json!({"level": "operator", "family": "mobile", "operator": name,
                "month": month, DOWNLOAD: median}))
        };
        let mut tables = BTreeMap::from([
            ("operator".to_owned(), vec![operator("VNPT"), operator("Viettel")]),
            ("trend".to_owned(), vec![past("VNPT", "2025-09", 40.0), past("VNPT", "2025-08", 1.0)]),
            (
                "reconciliation".to_owned(),
                vec![
                    object(
                        json!({"family": "mobile", "operator": "VNPT", "commune_name": "Xã Ea Kar",
                    "published_download_mbps": 1.0}),
                    ),
                    object(json!({"family": "mobile", "operator": "VNPT",
                    "published_download_mbps": 41.5})),
                ],
            ),
        ]);
        beside(&mut tables, "2025-09", "2024-10");
        let rows = &tables["operator"];
        assert_eq!(rows[0]["before_median"], 40.0);
        assert_eq!(
            (&rows[0]["year_before_median"], &rows[1]["before_median"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(rows[0]["published_median"], 41.5);
    }
}
