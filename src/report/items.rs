//! The operators and communes that documents are made for, each with a safe file name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::catalog::Each;
use super::rows::{self, Row, text};
use crate::vietnamese::fold;

/// One operator or commune.
pub(super) struct Item {
    /// Letters, digits and hyphens, unlike that of every other.
    pub file: String,
    /// What a template finds under [`Each::field`].
    pub value: Value,
}

/// All of a kind, in the order of their names.
pub(super) fn items(
    each: Each,
    tables: &BTreeMap<String, Vec<Row>>,
    unknown_operator: &str,
) -> Vec<Item> {
    match each {
        Each::Operator => operators(tables, unknown_operator),
        Each::Commune => communes(tables),
    }
}

/// Operators with a test; what is not known to be one gets no letter.
fn operators(tables: &BTreeMap<String, Vec<Row>>, unknown: &str) -> Vec<Item> {
    let names: BTreeSet<&str> =
        tables["operator"].iter().map(|row| text(row, "operator")).collect();
    let names = names.into_iter().filter(|name| *name != unknown && !name.is_empty());
    let mut rows: Vec<Row> = names.map(|name| object(json!({"name": name}))).collect();
    rows::sort(&mut rows, &["name".to_owned()]);
    numbered(rows, |row| fold(text(row, "name")))
}

/// Every commune of the register, also without a test.
fn communes(tables: &BTreeMap<String, Vec<Row>>) -> Vec<Item> {
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &tables["quota"] {
        let (code, from) = (text(row, "commune_code"), text(row, "commune_valid_from"));
        if seen.insert((code, from)) {
            rows.push(object(json!({
                "code": code,
                "valid_from": from,
                "name": text(row, "commune_name"),
                "district": text(row, "district_name"),
            })));
        }
    }
    rows::sort(&mut rows, &["name".into(), "code".into(), "valid_from".into()]);
    numbered(rows, |row| fold(text(row, "code")))
}

fn object(value: Value) -> Row {
    super::context::object(value)
}

/// Names of files: what `name` gives, numbered where it is empty or given already.
fn numbered(rows: Vec<Row>, name: impl Fn(&Row) -> String) -> Vec<Item> {
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    let item = |row: Row| {
        let wanted = name(&row);
        let count = taken.entry(wanted.clone()).and_modify(|count| *count += 1).or_insert(1);
        let file = match (wanted.is_empty(), *count) {
            (false, 1) => wanted,
            (_, count) => format!("{wanted}-{count}").trim_start_matches('-').to_owned(),
        };
        Item { file, value: Value::Object(row) }
    };
    rows.into_iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_safe_and_differ() {
        let named = |name: &str| object(json!({"name": name}));
        let rows = ["../x", "X", "漢", "=HYPERLINK(\"a\")", "Đắk"].map(named).to_vec();
        let files: Vec<String> =
            numbered(rows, |row| fold(text(row, "name"))).into_iter().map(|i| i.file).collect();
        assert_eq!(files, ["x", "x-2", "1", "hyperlinka", "dak"]);
    }
}
