//! The operators and communes that documents are made for, each with a safe file name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::catalog::Each;
use super::context::Sources;
use super::rows::{Row, text};
use super::{commune_sheet, operator_letter};
use crate::error::Result;
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
    sources: &Sources<'_>,
) -> Result<Vec<Item>> {
    Ok(match each {
        Each::Operator => {
            let operators = operator_letter::operators(tables, sources)?;
            numbered(operators, |row| fold(text(row, "name")))
        }
        Each::Commune => {
            let communes = commune_sheet::communes(tables, sources.labels)?;
            numbered(communes, |row| fold(text(row, "code")))
        }
    })
}

/// Characters of a file's name, so that folder and extension fit beside it on every system.
const NAME_CHARS: usize = 80;

/// Names of files: what `name` gives, numbered where it is empty or given already.
fn numbered(rows: Vec<Row>, name: impl Fn(&Row) -> String) -> Vec<Item> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let item = |row: Row| {
        let wanted: String = name(&row).chars().take(NAME_CHARS).collect();
        let others = (1..).map(|n| format!("{wanted}-{n}").trim_start_matches('-').to_owned());
        let mut names = std::iter::once(wanted.clone())
            .filter(|w| !w.is_empty())
            .chain(others.skip(usize::from(!wanted.is_empty())));
        let file = names.find(|name| taken.insert(name.clone())).unwrap_or(wanted);
        Item { file, value: Value::Object(row) }
    };
    rows.into_iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::context::object;
    use super::*;

    #[test]
    fn file_names_are_safe_and_differ() {
        let named = |name: &str| object(json!({"name": name}));
        let rows = ["../x", "X", "漢", "=HYPERLINK(\"a\")", "Đắk", "1", &"a".repeat(5_000)];
        let rows = rows.map(named).to_vec();
        let files: Vec<String> =
            numbered(rows, |row| fold(text(row, "name"))).into_iter().map(|i| i.file).collect();
        assert_eq!(files, ["x", "x-2", "1", "hyperlinka", "dak", "1-2", &"a".repeat(80)]);
    }
}
