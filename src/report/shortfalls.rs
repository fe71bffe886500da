//! Communes that are short of their quota, one row each for both kinds of access.

use serde_json::{Value, json};

use super::rows::{Row, text, value};

/// The kinds of access that communes are held to.
const ACCESS: [&str; 2] = ["mobile", "fixed"];
const COMMUNE: [&str; 5] =
    ["district_code", "district_name", "commune_code", "commune_name", "commune_valid_from"];

/// The table `quota_shortfall`; what is missing is null where the quota is met.
pub(super) fn table(quota: &[Row]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for of in quota.iter().filter(|row| ACCESS.contains(&text(row, "family"))) {
        let row = match rows.iter_mut().find(|row| is_same(row, of)) {
            Some(row) => row,
            None => {
                rows.push(commune(of));
                let last = rows.len() - 1;
                &mut rows[last]
            }
        };
        let access = text(of, "family");
        let short = (of.get("quota_met") != Some(&true.into())).then(|| value(of, "shortfall"));
        row.insert(format!("{access}_counted"), value(of, "counted"));
        row.insert(format!("{access}_shortfall"), json!(short));
    }
    let is_short = |row: &Row| {
        let column = |access: &&str| row.get(&format!("{access}_shortfall")) != Some(&Value::Null);
        ACCESS.iter().any(column)
    };
    rows.retain(is_short);
    rows
}

fn is_same(a: &Row, b: &Row) -> bool {
    let key = |row: &Row| {
        (text(row, "commune_code").to_owned(), text(row, "commune_valid_from").to_owned())
    };
    key(a) == key(b)
}

fn commune(of: &Row) -> Row {
    let value = |column: &&str| of.get(*column).cloned().unwrap_or(Value::Null);
    let mut row: Row = COMMUNE.iter().map(|column| ((*column).into(), value(column))).collect();
    for access in ACCESS {
        row.insert(format!("{access}_counted"), Value::Null);
        row.insert(format!("{access}_shortfall"), Value::Null);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::context::object;

    #[test]
    fn a_commune_has_one_row_and_those_that_meet_both_quotas_none() {
        let row = |code: &str, family: &str, counted: i64| {
            object(json!({"commune_code": code, "commune_name": code, "family": family,
                "commune_valid_from": "2025-07-01", "counted": counted,
                "shortfall": (300 - counted).max(0), "quota_met": counted >= 300}))
        };
        let quota = [
            row("b", "mobile", 299),
            row("a", "mobile", 300),
            row("c", "mobile", 301),
            row("b", "fixed", 0),
            row("a", "fixed", 10),
            row("c", "fixed", 300),
            row("c", "mobile_5g", 0),
        ];
        let found = table(&quota);
        let cells: Vec<_> = found
            .iter()
            .map(|row| {
                json!([row["commune_name"], row["mobile_shortfall"], row["fixed_shortfall"]])
            })
            .collect();
        assert_eq!(cells, [json!(["b", 1, 300]), json!(["a", null, 290])]);
    }
}
