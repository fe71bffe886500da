//! What the sheet of a commune says: its samples against the quota, operator by operator, and what
//! is to be looked at. The tables are gone through once for all communes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::by_commune::{ByCommune, Key};
use super::context::object;
use super::finding::lower_first;
use super::labels::Labels;
use super::rows::{self, Row, integer, text};
use crate::error::Result;

/// A sheet is one page: operators beyond these are only counted.
const MOST_OPERATORS: usize = 8;

/// The measures of a cell that the sheet prints, each with the ends of its interval.
const MEASURES: [&str; 2] = ["download_mbps_median", "upload_mbps_median"];

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
    let index = ["quota", "commune_operator", "commune", "gaps", "suspected_coverage"]
        .map(|table| ByCommune::of(&tables[table]));
    let [quotas, cells, wholes, gaps, places] = &index;
    let mut sheets: Vec<Row> = Vec::new();
    for (key, quota) in quotas.iter() {
        let mut sheet = names(key, quota, labels)?;
        sheet.extend(quota_fields(quota, labels));
        sheet.extend(operators(cells.get(key)));
        sheet.extend(medians(wholes.get(key)));
        let low = gaps.get(key).iter().filter(|row| is_found_low(row)).count();
        sheet.insert("low_quality".into(), low.into());
        sheet.insert("places".into(), places.get(key).len().into());
        sheets.push(sheet);
    }
    rows::sort(&mut sheets, &["name", "code", "valid_from"].map(str::to_owned));
    Ok(sheets)
}

/// Download of the commune by family, where it is published.
fn medians(wholes: &[&Row]) -> Row {
    let published = wholes.iter().filter(|row| text(row, "tier") != "count_only");
    let median = |row: &&Row| {
        let value = row.get("download_mbps_median").cloned().unwrap_or(Value::Null);
        (format!("{}_median", text(row, "family")), value)
    };
    published.map(median).collect()
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

fn operators(cells: &[&Row]) -> Row {
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
    // Of a suppressed cell it is known that there are tests.
    let tests = |row: &Row| {
        let of = |column| integer(row, column) + i64::from(rows::is_marked(row, column));
        of("mobile_tests_ok") + of("fixed_tests_ok")
    };
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
