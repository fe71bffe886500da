//! The ledger as tables for the data-quality page.

use serde_json::{Map, Value, json};

use super::context::object;
use super::labels::Labels;
use super::rows::{self, Row, integer, text};

/// `quality_rules`, `quality_files`, `quality_unconverted`.
pub(super) fn tables(ledger: &Value, labels: &Labels) -> [(String, Vec<Row>); 3] {
    [
        ("quality_rules".into(), rules(ledger, labels)),
        ("quality_files".into(), files(ledger)),
        ("quality_unconverted".into(), unconverted(ledger)),
    ]
}

/// What gives away the tests of a kind of access when those of the others are known.
const SUMS: [&str; 5] = ["read", "accepted", "duplicate", "tests_ok", "tests_failed"];

/// The ledger with the number of successful tests; without what sums up all tests when those of a kind
/// of access, of which all tests are made up, are suppressed in the table `province`. Which these are,
/// and not parts such as 5G, the table `quota_area` says.
pub(super) fn ledger(ledger: &Value, province: &[Row], quota_area: &[Row]) -> Value {
    let mut fields = object(ledger.clone());
    let tests_ok = integer(&fields, "accepted") - integer(&fields, "tests_failed");
    fields.insert("tests_ok".into(), tests_ok.into());
    let whole = |family: &str| {
        let mut of_family = quota_area.iter().filter(|row| text(row, "family") == family);
        of_family.any(|row| row.get("legal") == Some(&Value::Bool(true)))
    };
    let mut marked = province.iter().filter(|row| rows::is_marked(row, "tests_ok"));
    if marked.any(|row| whole(text(row, "family"))) {
        withhold(&mut fields);
        let files = fields.get_mut("files").and_then(Value::as_array_mut).into_iter().flatten();
        files.filter_map(Value::as_object_mut).for_each(withhold);
    }
    Value::Object(fields)
}

fn withhold(fields: &mut Row) {
    for (name, value) in fields.iter_mut() {
        if SUMS.contains(&name.as_str()) {
            *value = rows::MARK.into();
        }
    }
}

/// Every rule that has a label, also those that rejected nothing, and any other of the ledger.
fn rules(ledger: &Value, labels: &Labels) -> Vec<Row> {
    let counts = fields(ledger, "rejected_by_rule");
    let read = ledger["read"].as_f64().filter(|read| *read > 0.0);
    let known = labels.keys("rules");
    let other = counts.keys().map(String::as_str).filter(|rule| !known.contains(rule));
    let names: Vec<_> = known.iter().copied().chain(other).collect();
    let row = |rule: &str| {
        let rejected = integer(&counts, rule);
        let share = read.map(|read| rejected as f64 / read);
        object(json!({ "rule": rule, "rejected": rejected, "share": share }))
    };
    names.into_iter().map(row).collect()
}

fn files(ledger: &Value) -> Vec<Row> {
    let row = |file: &Value| {
        let file = object(file.clone());
        object(json!({
            "file": text(&file, "file"),
            "sha256": text(&file, "sha256"),
            "read": rows::value(&file, "read"),
            "accepted": rows::value(&file, "accepted"),
            "duplicate": rows::value(&file, "duplicate"),
            "rejected": integer(&file, "rejected"),
        }))
    };
    ledger["files"].as_array().map_or(Vec::new(), |files| files.iter().map(row).collect())
}

fn unconverted(ledger: &Value) -> Vec<Row> {
    let row =
        |(column, values): (&String, &Value)| object(json!({ "column": column, "values": values }));
    fields(ledger, "unconverted").iter().map(row).collect()
}

fn fields(ledger: &Value, name: &str) -> Map<String, Value> {
    object(ledger[name].clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the ledger says was accepted when the tests of one family are suppressed.
    fn accepted(suppressed: &str) -> Value {
        let families = [("mobile", true), ("fixed", true), ("mobile_5g", false)];
        let tests = |family: &str| if family == suppressed { json!(rows::MARK) } else { json!(10) };
        let province = families.map(|(family, _)| {
            object(json!({ "family": family, "tests_ok": tests(family), "tests_failed": 0 }))
        });
        let quota_area =
            families.map(|(family, legal)| object(json!({ "family": family, "legal": legal })));
        let all = json!({ "read": 25, "accepted": 20, "tests_failed": 0 });
        ledger(&all, &province, &quota_area)["accepted"].clone()
    }

    #[test]
    fn sums_of_all_tests_stay_while_those_of_each_kind_of_access_are_told() {
        assert_eq!(accepted(""), json!(20));
        assert_eq!(accepted("mobile_5g"), json!(20), "a part of mobile, not of all tests");
        assert_eq!(accepted("mobile"), json!(rows::MARK));
        assert_eq!(accepted("fixed"), json!(rows::MARK));
    }
}
