//! What the public page says: published figures only, commune by commune, so that people can compare
//! operators where they live. Counts of cells that are not published stay inside the office.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::context::object;
use super::labels::Labels;
use super::rows::{self, Row, text};
use crate::error::Result;

const HEADLINE: &str = "download_mbps";

/// What is said of a cell; nothing else of it leaves the office.
const COLUMNS: [&str; 5] = [
    "samples_effective",
    "download_mbps_median",
    "upload_mbps_median",
    "latency_ms_median",
    "tier",
];

/// The field `public`: `communes` (those with a published cell: `key`, `name`, `district`,
/// `comparisons`), `cells` (by such a key, the rows of its table: `family`, `operator`,
/// `samples_effective`, `tier`, medians with their ends; null unless published), `without` (names of
/// the communes without any), `operators` (rows of the same kind for the province), `comparisons`.
///
/// Of a family a comparison says `label`, `published` (operators), `better` (pairs: `higher`, `lower`
/// and their medians), `equivalent` and `untested` (numbers of pairs of published operators).
pub(super) fn fields(
    tables: &BTreeMap<String, Vec<Row>>,
    unknown_operator: &str,
    labels: &Labels,
) -> Result<Row> {
    let page = Page { unknown_operator, labels };
    let pairs = by_commune(tables["comparisons"].iter());
    let (mut communes, mut cells) = (Vec::new(), Map::new());
    let by_commune_cells = by_commune(tables["commune_operator"].iter());
    for (key, rows) in &by_commune_cells {
        let table = page.table(rows);
        if !table.iter().any(is_published) {
            continue;
        }
        let first = rows[0];
        let name = format!("c{}_{}", key.0, key.1);
        communes.push(object(json!({
            "key": name, "name": text(first, "commune_name"),
            "district": text(first, "district_name"),
            "comparisons": page.comparisons(&table, pairs.get(key).map_or(&[][..], Vec::as_slice))?,
        })));
        cells.insert(name, json!(table));
    }
    rows::sort(&mut communes, &["name", "district", "key"].map(str::to_owned));
    let operators = page.table(&tables["operator"].iter().collect::<Vec<_>>());
    let in_province = pairs.get(&("", "")).map_or(&[][..], Vec::as_slice);
    Ok(object(json!({
        "without": without(&tables["quota"], &cells),
        "comparisons": page.comparisons(&operators, in_province)?,
        "operators": operators,
        "communes": communes,
        "cells": cells,
    })))
}

fn by_commune<'a>(
    rows: impl Iterator<Item = &'a Row>,
) -> BTreeMap<(&'a str, &'a str), Vec<&'a Row>> {
    let mut index: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key = (text(row, "commune_code"), text(row, "commune_valid_from"));
        index.entry(key).or_default().push(row);
    }
    index
}

/// Names of the communes of the register that have no table.
fn without(quota: &[Row], cells: &Map<String, Value>) -> Vec<String> {
    let key =
        |row: &Row| format!("c{}_{}", text(row, "commune_code"), text(row, "commune_valid_from"));
    let others = quota.iter().filter(|row| !cells.contains_key(&key(row)));
    let known: BTreeMap<String, &Row> = others.map(|row| (key(row), row)).collect();
    let mut names: Vec<Row> = known.into_values().cloned().collect();
    rows::sort(&mut names, &["commune_name".to_owned()]);
    names.iter().map(|row| text(row, "commune_name").to_owned()).collect()
}

/// A median without interval is not published to people who cannot ask how sure it is.
fn is_published(row: &Row) -> bool {
    let has =
        |end: &str| row.get(&format!("download_mbps_median{end}")).is_some_and(Value::is_number);
    text(row, "tier") != "count_only" && has("") && (has("_low") || has("_high"))
}

struct Page<'a> {
    unknown_operator: &'a str,
    labels: &'a Labels,
}

impl Page<'_> {
    /// One row per family and operator, in alphabetical order.
    fn table(&self, cells: &[&Row]) -> Vec<Row> {
        let known = cells.iter().filter(|row| text(row, "operator") != self.unknown_operator);
        let mut table: Vec<Row> = known.map(|row| public(row)).collect();
        rows::sort(&mut table, &["operator".to_owned()]);
        let families = self.labels.keys("families");
        table.sort_by_key(|row| families.iter().position(|key| *key == text(row, "family")));
        table
    }

    fn comparisons(&self, table: &[Row], pairs: &[&Row]) -> Result<Vec<Value>> {
        let mut families: Vec<&str> =
            table.iter().filter(|row| is_published(row)).map(|row| text(row, "family")).collect();
        families.dedup();
        families.iter().map(|family| self.comparison(family, table, pairs)).collect()
    }

    fn comparison(&self, family: &str, table: &[Row], pairs: &[&Row]) -> Result<Value> {
        let cells = table.iter().filter(|row| is_published(row) && text(row, "family") == family);
        let published: BTreeSet<&str> = cells.map(|row| text(row, "operator")).collect();
        let of_family = pairs.iter().filter(|pair| {
            text(pair, "family") == family
                && text(pair, "indicator") == HEADLINE
                && ["operator_a", "operator_b"]
                    .iter()
                    .all(|side| published.contains(text(pair, side)))
        });
        let (mut better, mut equivalent) = (Vec::new(), 0);
        for pair in of_family {
            match text(pair, "verdict") {
                "a_better" => better.push(sides(pair, "a", "b")),
                "b_better" => better.push(sides(pair, "b", "a")),
                "equivalent" => equivalent += 1,
                _ => {}
            }
        }
        let all = published.len() * published.len().saturating_sub(1) / 2;
        Ok(json!({
            "label": self.labels.text(&format!("families.{family}"))?,
            "published": published.len(),
            "untested": all.saturating_sub(better.len() + equivalent),
            "equivalent": equivalent,
            "better": better,
        }))
    }
}

fn sides(pair: &Row, higher: &str, lower: &str) -> Value {
    let of = |what: &str, side: &str| pair.get(&format!("{what}_{side}")).cloned();
    json!({
        "higher": of("operator", higher), "higher_median": of("median", higher),
        "lower": of("operator", lower), "lower_median": of("median", lower),
    })
}

/// A cell without anything that is not published.
fn public(cell: &Row) -> Row {
    let published = is_published(cell);
    let mut row = object(json!({
        "family": cell.get("family"), "operator": cell.get("operator"),
    }));
    for column in COLUMNS {
        for end in ["", "_low", "_high"] {
            let name = format!("{column}{end}");
            if let Some(value) = cell.get(&name) {
                row.insert(name, if published { value.clone() } else { Value::Null });
            }
        }
    }
    row
}
