//! What the sheet of a commune says: its samples against the quota, operator by operator, and what
//! is to be looked at. The tables are gone through once for all communes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::context::object;
use super::finding::lower_first;
use super::labels::Labels;
use super::rows::{self, Row, integer, text};
use crate::error::Result;

/// A sheet is one page: operators beyond these are only counted.
const MOST_OPERATORS: usize = 8;

/// The measures of a cell that the sheet prints, each with the ends of its interval.
const MEASURES: [&str; 2] = ["download_mbps_median", "upload_mbps_median"];

/// A commune among all that there were over time.
type Key<'a> = (&'a str, &'a str);

/// One row per commune of the register, in alphabetical order.
///
/// `code`, `valid_from`, `name`, `district`; `kind` (`xã`) and `in_sentence` (`xã Ea Kar`); `quotas`
/// (rows of `quota` with a legal quota), `mobile` and `fixed` (the same by family; null where the
/// register has none); `operators` (`operator` and, with `mobile_` or `fixed_` before their names,
/// `tests_ok`, `download_mbps_median`, `upload_mbps_median` and their `_low`, `_high`), `published`
/// (cells with statistics), `left_out` (operators beyond the eight with the most tests);
/// `mobile_median`, `fixed_median` (download of the commune, null unless published); `low_quality`
/// (findings), `places` (suspected ones).
pub(super) fn communes(tables: &BTreeMap<String, Vec<Row>>, labels: &Labels) -> Result<Vec<Row>> {
    let quotas = by_commune(&tables["quota"]);
    let (cells, wholes) = (by_commune(&tables["commune_operator"]), by_commune(&tables["commune"]));
    let (gaps, places) = (by_commune(&tables["gaps"]), by_commune(&tables["suspected_coverage"]));
    let of = |index: &BTreeMap<Key<'_>, Vec<&Row>>, key: &Key<'_>| {
        index.get(key).map_or_else(Vec::new, |rows| rows.iter().map(|row| (*row).clone()).collect())
    };
    let mut sheets: Vec<Row> = Vec::with_capacity(quotas.len());
    for (key, quota) in &quotas {
        let mut sheet = names(key, quota, labels)?;
        sheet.extend(quota_fields(quota, labels));
        sheet.extend(operators(&of(&cells, key)));
        for row in of(&wholes, key).iter().filter(|row| text(row, "tier") != "count_only") {
            let median = row.get("download_mbps_median").cloned().unwrap_or(Value::Null);
            sheet.insert(format!("{}_median", text(row, "family")), median);
        }
        let low = of(&gaps, key).iter().filter(|row| is_found_low(row)).count();
        sheet.insert("low_quality".into(), low.into());
        sheet.insert("places".into(), of(&places, key).len().into());
        sheets.push(sheet);
    }
    rows::sort(&mut sheets, &["name", "code", "valid_from"].map(str::to_owned));
    Ok(sheets)
}

fn by_commune(rows: &[Row]) -> BTreeMap<Key<'_>, Vec<&Row>> {
    let mut index: BTreeMap<Key<'_>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key = (text(row, "commune_code"), text(row, "commune_valid_from"));
        index.entry(key).or_default().push(row);
    }
    index
}

fn names(key: &Key<'_>, quota: &[&Row], labels: &Labels) -> Result<Row> {
    let first = quota.first();
    let name = first.map_or("", |row| text(row, "commune_name"));
    let known = labels.keys("map_types");
    let kind = known.iter().find(|kind| name.strip_prefix(**kind).is_some_and(is_next_word));
    let (kind, in_sentence) = match kind {
        Some(kind) => (lower_first(kind), lower_first(name)),
        None => (labels.text("words.commune")?.to_owned(), name.to_owned()),
    };
    Ok(object(json!({
        "code": key.0, "valid_from": key.1, "name": name, "kind": kind, "in_sentence": in_sentence,
        "district": first.map_or("", |row| text(row, "district_name")),
    })))
}

fn is_next_word(rest: &str) -> bool {
    rest.starts_with(' ')
}

/// In the order of families, which is that of the labels.
fn quota_fields(quota: &[&Row], labels: &Labels) -> Row {
    let families = labels.keys("families");
    let is_legal = |row: &&&Row| row.get("legal") == Some(&true.into());
    let mut legal: Vec<&&Row> = quota.iter().filter(is_legal).collect();
    legal.sort_by_key(|row| families.iter().position(|family| *family == text(row, "family")));
    let of = |family: &str| legal.iter().find(|row| text(row, "family") == family);
    object(json!({
        "mobile": of("mobile"), "fixed": of("fixed"), "quotas": legal,
        "mobile_median": null, "fixed_median": null, "mobile_5g_median": null,
    }))
}

fn operators(cells: &[Row]) -> Row {
    let mut operators: BTreeMap<&str, Row> = BTreeMap::new();
    for cell in cells {
        let name = text(cell, "operator");
        let row = operators.entry(name).or_insert_with(|| blank(name));
        let family = text(cell, "family");
        for column in columns() {
            let value = cell.get(&column).cloned().unwrap_or(Value::Null);
            row.insert(format!("{family}_{column}"), value);
        }
    }
    let tests = |row: &Row| integer(row, "mobile_tests_ok") + integer(row, "fixed_tests_ok");
    let mut most: Vec<Row> = operators.into_values().filter(|row| tests(row) > 0).collect();
    most.sort_by_key(|row| std::cmp::Reverse(tests(row)));
    let left_out = most.len().saturating_sub(MOST_OPERATORS);
    most.truncate(MOST_OPERATORS);
    rows::sort(&mut most, &["operator".to_owned()]);
    let published = cells
        .iter()
        .filter(|cell| text(cell, "tier") != "count_only" && text(cell, "family") != "mobile_5g");
    object(json!({"published": published.count(), "operators": most, "left_out": left_out}))
}

fn blank(operator: &str) -> Row {
    let mut row = object(json!({"operator": operator}));
    for family in ["mobile", "fixed"] {
        row.extend(columns().map(|column| (format!("{family}_{column}"), Value::Null)));
    }
    row
}

fn columns() -> impl Iterator<Item = String> {
    let measures =
        MEASURES.iter().flat_map(|name| ["", "_low", "_high"].map(|end| format!("{name}{end}")));
    std::iter::once("tests_ok".to_owned()).chain(measures)
}

fn is_found_low(row: &Row) -> bool {
    text(row, "gap_class") == "low_quality" && text(row, "state") == "found"
}
