//! Lists among the fields, as tables: a `table` block names them by their path.

use std::collections::BTreeMap;

use serde_json::Value;

use super::rows::Row;

/// The tables of the data, the fields that all documents share, and the one that a document is made
/// for.
///
/// `operator` is a table of the data; `operator.findings` is the list of that name of the operator
/// that a letter goes to; `public.cells.c24007` is a list deeper down. Such lists are made once, so
/// that no document has to look through the rows of the whole province for its own.
#[derive(Clone, Copy)]
pub(super) struct Lists<'a> {
    pub tables: &'a BTreeMap<String, Vec<Row>>,
    pub values: &'a Value,
    /// Its field and its value.
    pub item: Option<(&'a str, &'a Value)>,
}

impl<'a> Lists<'a> {
    /// The rows of a table or list of this name.
    pub fn rows(&self, name: &str) -> Option<Vec<&'a Row>> {
        if let Some(rows) = self.tables.get(name) {
            return Some(rows.iter().collect());
        }
        let (first, path) = name.split_once('.')?;
        let found = path.split('.').try_fold(self.field(first)?, |value, part| value.get(part))?;
        found.as_array()?.iter().map(Value::as_object).collect()
    }

    /// Every name that [`Self::rows`] knows; of the fields, those of the item.
    pub fn known(&self) -> Vec<String> {
        let own = self.item.into_iter().flat_map(|(field, value)| {
            let lists = value.as_object().into_iter().flatten().filter(|(_, one)| one.is_array());
            lists.map(move |(name, _)| format!("{field}.{name}"))
        });
        self.tables.keys().cloned().chain(own).collect()
    }

    fn field(&self, name: &str) -> Option<&'a Value> {
        let own = self.item.filter(|(field, _)| *field == name);
        own.map(|(_, value)| value).or_else(|| self.values.get(name))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_is_found_by_its_path_and_the_item_before_the_fields() {
        let tables = BTreeMap::from([("operator".to_owned(), vec![Row::new(), Row::new()])]);
        let values = json!({"operator": {"other": [{}]}, "public": {"cells": {"c1": [{"a": 1}]}}});
        let item = json!({"name": "x", "findings": [{"b": 2}], "texts": ["c"]});
        let lists = Lists { tables: &tables, values: &values, item: Some(("operator", &item)) };
        assert_eq!(lists.rows("operator").unwrap().len(), 2);
        assert_eq!(lists.rows("operator.findings").unwrap()[0]["b"], 2);
        assert_eq!(lists.rows("public.cells.c1").unwrap()[0]["a"], 1);
        for name in ["operator.other", "operator.name", "operator.texts", "public.cells", "x"] {
            assert!(lists.rows(name).is_none(), "{name}");
        }
        assert_eq!(lists.known(), ["operator", "operator.findings", "operator.texts"]);
    }
}
