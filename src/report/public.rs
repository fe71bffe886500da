//! What the public page says: published figures only, commune by commune, so that people can compare
//! operators where they live. Counts of cells that are not published stay inside the office.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::by_commune::{ByCommune, Key, key};
use super::context::object;
use super::labels::Labels;
use super::rows::{self, Row, text};
use crate::error::Result;
use crate::vietnamese::collation_key;

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
/// Of a family a comparison says `label`, `published` (operators), `better` (`higher`, an operator, and
/// `lower`, those it is above), `equivalent` and `untested` (numbers of pairs of published operators).
pub(super) fn fields(
    tables: &BTreeMap<String, Vec<Row>>,
    unknown_operator: &str,
    labels: &Labels,
) -> Result<Row> {
    let page = Page { unknown_operator, labels };
    let pairs = ByCommune::of(&tables["comparisons"]);
    let (mut communes, mut cells) = (Vec::new(), Map::new());
    for (key, rows) in ByCommune::of(&tables["commune_operator"]).iter() {
        let table = page.table(rows);
        if table.iter().any(is_published) {
            let commune = page.commune(key, &table, rows, pairs.get(key))?;
            cells.insert(text(&commune, "key").to_owned(), json!(table));
            communes.push(commune);
        }
    }
    rows::sort(&mut communes, &["name", "district", "key"].map(str::to_owned));
    let operators = page.table(&tables["operator"].iter().collect::<Vec<_>>());
    Ok(object(json!({
        "without": without(&tables["quota"], &cells),
        "comparisons": page.comparisons(&operators, pairs.get(&("", "")))?,
        "operators": operators,
        "communes": communes,
        "cells": cells,
    })))
}

/// The name of its list in `cells`: a field of a template, so no hyphens of dates.
fn list((code, valid_from): &Key<'_>) -> String {
    format!("c{code}_{}", valid_from.replace('-', ""))
}

/// Names of the communes of the register that have no table.
fn without(quota: &[Row], cells: &Map<String, Value>) -> Vec<String> {
    let others = quota.iter().filter(|row| !cells.contains_key(&list(&key(row))));
    let known: BTreeMap<Key<'_>, &Row> = others.map(|row| (key(row), row)).collect();
    let mut names: Vec<&str> = known.values().map(|row| text(row, "commune_name")).collect();
    names.sort_by_cached_key(|name| collation_key(name));
    names.into_iter().map(str::to_owned).collect()
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

    fn commune(&self, key: &Key<'_>, table: &[Row], cells: &[&Row], pairs: &[&Row]) -> Result<Row> {
        let name = |column: &str| cells.first().map_or("", |cell| text(cell, column));
        Ok(object(json!({
            "key": list(key),
            "name": name("commune_name"),
            "district": name("district_name"),
            "comparisons": self.comparisons(table, pairs)?,
        })))
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
        let mut better: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut equivalent = 0;
        for pair in of_family {
            match text(pair, "verdict") {
                "a_better" => better.entry(side(pair, "a")).or_default().push(side(pair, "b")),
                "b_better" => better.entry(side(pair, "b")).or_default().push(side(pair, "a")),
                "equivalent" => equivalent += 1,
                _ => {}
            }
        }
        let told = better.values().map(Vec::len).sum::<usize>();
        let all = published.len() * published.len().saturating_sub(1) / 2;
        Ok(json!({
            "label": self.labels.text(&format!("families.{family}"))?,
            "published": published.len(),
            "untested": all.saturating_sub(told + equivalent),
            "equivalent": equivalent,
            "better": alphabetical(better),
        }))
    }
}

fn side<'a>(pair: &'a Row, side: &str) -> &'a str {
    text(pair, if side == "a" { "operator_a" } else { "operator_b" })
}

/// Who is above whom, both in alphabetical order: no ranking.
fn alphabetical(better: BTreeMap<&str, Vec<&str>>) -> Vec<Row> {
    let row = |(higher, mut lower): (&str, Vec<&str>)| {
        lower.sort_by_cached_key(|name| collation_key(name));
        object(json!({"higher": higher, "lower": lower}))
    };
    let mut rows: Vec<Row> = better.into_iter().map(row).collect();
    rows::sort(&mut rows, &["higher".to_owned()]);
    rows
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
