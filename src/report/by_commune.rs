//! Rows of a table by commune, so that a table is gone through once for all communes.

use std::collections::BTreeMap;

use super::rows::{Row, text};

/// Code and first day of validity: codes were used again. The province has neither.
pub(super) type Key<'a> = (&'a str, &'a str);

/// The commune of a row.
pub(super) fn key(row: &Row) -> Key<'_> {
    (text(row, "commune_code"), text(row, "commune_valid_from"))
}

/// The rows of a table by commune, each in the order of the table.
pub(super) struct ByCommune<'a>(BTreeMap<Key<'a>, Vec<&'a Row>>);

impl<'a> ByCommune<'a> {
    pub fn of(rows: &'a [Row]) -> Self {
        let mut index: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
        for row in rows {
            index.entry(key(row)).or_default().push(row);
        }
        ByCommune(index)
    }

    /// None of a commune that has none.
    pub fn get(&self, key: &Key<'a>) -> &[&'a Row] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// In the order of codes.
    pub fn iter(&self) -> impl Iterator<Item = (&Key<'a>, &[&'a Row])> {
        self.0.iter().map(|(key, rows)| (key, rows.as_slice()))
    }
}
