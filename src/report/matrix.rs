//! How many successful tests each operator has in each commune: the whole table, also where statistics
//! are not published and where there is no test at all.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::rows::{Row, text, value};

const COMMUNE: [&str; 5] =
    ["district_code", "district_name", "commune_code", "commune_name", "commune_valid_from"];

/// The table `commune_tests`: per family and commune `tests_ok` and `operator_0`, `operator_1`, … in the
/// order in which the family's `operators` stand; rows of families with fewer operators end in nulls.
pub(super) fn table(tables: &BTreeMap<String, Vec<Row>>, families: &[Row]) -> Vec<Row> {
    let most = families.iter().map(|family| operators(family).len()).max().unwrap_or(0);
    families.iter().flat_map(|family| of_family(tables, family, most)).collect()
}

fn operators(family: &Row) -> Vec<&str> {
    let rows = family.get("operators").and_then(Value::as_array);
    rows.into_iter().flatten().filter_map(|row| row["operator"].as_str()).collect()
}

fn of_family(tables: &BTreeMap<String, Vec<Row>>, family: &Row, columns: usize) -> Vec<Row> {
    let of_family = |row: &&Row| text(row, "family") == text(family, "key");
    let operators = operators(family);
    let mut tests: BTreeMap<(String, String, String), Value> = BTreeMap::new();
    for row in tables["commune_operator"].iter().filter(of_family) {
        let (code, from) = key(row);
        tests.insert((code, from, text(row, "operator").to_owned()), value(row, "tests_ok"));
    }
    let communes = tables["quota"].iter().filter(of_family);
    communes
        .map(|commune| {
            let of = |column: &&str| value(commune, column);
            let mut row: Row = COMMUNE.iter().map(|c| ((*c).to_owned(), of(c))).collect();
            row.insert("family".into(), text(family, "key").into());
            row.insert("tests_ok".into(), value(commune, "tests_ok"));
            for number in 0..columns {
                let (code, from) = key(commune);
                let cell = operators.get(number).map(|operator| {
                    tests.get(&(code, from, (*operator).to_owned())).cloned().unwrap_or(0.into())
                });
                row.insert(format!("operator_{number}"), json!(cell));
            }
            row
        })
        .collect()
}

/// Codes were reused: only with its first day does one name a commune.
fn key(row: &Row) -> (String, String) {
    (text(row, "commune_code").to_owned(), text(row, "commune_valid_from").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::context::object;
    use crate::report::rows::integer;

    #[test]
    fn every_commune_and_operator_has_its_cell() {
        let row = |value: Value| object(value);
        let quota = |code: &str, tests: i64| {
            row(json!({"family": "fixed", "commune_code": code, "commune_name": code,
                "commune_valid_from": "2025-07-01", "tests_ok": tests}))
        };
        let pair = |code: &str, operator: &str, tests: i64| {
            row(json!({"family": "fixed", "commune_code": code, "operator": operator,
                "commune_valid_from": "2025-07-01", "tests_ok": tests}))
        };
        let tables = BTreeMap::from([
            ("quota".to_owned(), vec![quota("a", 7), quota("b", 0)]),
            ("commune_operator".to_owned(), vec![pair("a", "VNPT", 5), pair("a", "FPT", 2)]),
        ]);
        let family = row(json!({"key": "fixed", "operators": [
            {"operator": "CMC"}, {"operator": "FPT"}, {"operator": "VNPT"}]}));
        let other = row(json!({"key": "mobile", "operators": [
            {"operator": "a"}, {"operator": "b"}, {"operator": "c"}, {"operator": "d"}]}));
        let found = table(&tables, &[family, other]);
        let cells = |row: &Row| ["operator_0", "operator_1", "operator_2"].map(|c| integer(row, c));
        assert_eq!([cells(&found[0]), cells(&found[1])], [[0, 2, 5], [0, 0, 0]]);
        assert_eq!((&found[0]["tests_ok"], &found[0]["operator_3"]), (&json!(7), &Value::Null));
    }
}
