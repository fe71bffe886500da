//! The field `campaign`: what units report of the campaign, for templates.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::context::object;
use super::rows::{self, Row, integer, text};

/// As many problems are printed; a damaged file may have one per cell.
const PRINTED: usize = 100;

/// `forms` (rows of `campaign_forms` with `late_names`, `missing_names`, `pending_names`,
/// `rejected_names`, `other_names`), `columns` (`key` and `title` of the forms that give totals),
/// `totals` (a row per measure: `measure`, `unit`, one column per form and `total`), `claims` (of the
/// communes that gave a number of tests: `communes`, `claimed`, `measured`, `exceeding` (names),
/// `factor`), `problems` and `rows_rejected` (numbers), `problem_list` (the
/// first of them). Null where no form is configured.
pub(super) fn field(tables: &BTreeMap<String, Vec<Row>>) -> Value {
    if tables["campaign_forms"].is_empty() {
        return Value::Null;
    }
    let forms: Vec<Row> =
        tables["campaign_forms"].iter().map(|form| with_names(form, tables)).collect();
    let titles: Vec<&Row> = forms.iter().filter(|form| has_totals(form, tables)).collect();
    let columns: Vec<Value> = titles
        .iter()
        .enumerate()
        .map(|(place, form)| json!({"key": format!("form_{place}"), "title": form["form_title"]}))
        .collect();
    json!({
        "totals": totals(&titles, tables),
        "columns": columns,
        "claims": claims(tables),
        "problems": tables["campaign_problems"].len(),
        "problem_list": listed(&tables["campaign_problems"]),
        "rows_rejected": forms.iter().map(|form| integer(form, "rows_rejected")).sum::<i64>(),
        "forms": forms,
    })
}

fn listed(problems: &[Row]) -> &[Row] {
    &problems[..problems.len().min(PRINTED)]
}

fn of_form<'a>(form: &'a Row, rows: &'a [Row]) -> impl Iterator<Item = &'a Row> {
    rows.iter().filter(|row| text(row, "form") == text(form, "form"))
}

fn names<'a>(rows: impl Iterator<Item = &'a Row>) -> Value {
    let mut rows: Vec<Row> = rows.cloned().collect();
    rows::sort(&mut rows, &["unit".to_owned()]);
    rows.iter().map(|row| row["unit"].clone()).collect()
}

fn with_names(form: &Row, tables: &BTreeMap<String, Vec<Row>>) -> Row {
    let (sent, lacking) = (&tables["campaign"], &tables["campaign_missing"]);
    let lack = |state: &'static str| {
        names(of_form(form, lacking).filter(move |row| text(row, "form_state") == state))
    };
    let is_due = |row: &&Row| row["unit_due"] == Value::Bool(true);
    let late = of_form(form, sent).filter(|row| text(row, "form_state") == "late").filter(is_due);
    let mut form_with_names = form.clone();
    form_with_names.extend(object(json!({
        "late_names": names(late),
        "missing_names": lack("missing"),
        "pending_names": lack("pending"),
        "rejected_names": lack("rejected"),
        "other_names": names(of_form(form, sent).filter(|row| !is_due(row))),
    })));
    form_with_names
}

fn has_totals(form: &Row, tables: &BTreeMap<String, Vec<Row>>) -> bool {
    of_form(form, &tables["campaign_totals"]).next().is_some()
}

/// In the order in which the totals have the measures.
fn totals(forms: &[&Row], tables: &BTreeMap<String, Vec<Row>>) -> Vec<Value> {
    let mut measures: Vec<(usize, Row)> = Vec::new();
    for (place, form) in forms.iter().enumerate() {
        for row in of_form(form, &tables["campaign_totals"]) {
            let known = measures.iter().position(|(_, one)| one["measure"] == row["measure"]);
            let at = known.unwrap_or_else(|| {
                let order = integer(row, "measure_no").unsigned_abs() as usize;
                let mut blank = object(json!({"measure": row["measure"], "total": 0,
                    "label": row["measure_label"], "unit": row["measure_unit"]}));
                let columns = (0..forms.len()).map(|place| (format!("form_{place}"), Value::Null));
                blank.extend(columns);
                measures.push((order, blank));
                measures.len() - 1
            });
            let (_, measure) = &mut measures[at];
            let total = integer(measure, "total") + integer(row, "total");
            measure.insert("total".into(), total.into());
            measure.insert(format!("form_{place}"), row["total"].clone());
        }
    }
    measures.sort_by_key(|(order, _)| *order);
    measures.into_iter().map(|(_, measure)| Value::Object(measure)).collect()
}

fn claims(tables: &BTreeMap<String, Vec<Row>>) -> Value {
    let claimed = || {
        let communes = tables["campaign_communes"].iter();
        communes.filter(|row| row.get("claimed_tests").is_some_and(Value::is_number))
    };
    let exceeding = claimed().filter(|row| row["claims_exceed"] == Value::Bool(true));
    let mut exceeding: Vec<Row> = exceeding.cloned().collect();
    rows::sort(&mut exceeding, &["commune_name".to_owned(), "commune_code".to_owned()]);
    json!({
        "communes": claimed().count(),
        "claimed": claimed().map(|row| integer(row, "claimed_tests")).sum::<i64>(),
        "measured": rows::sum(claimed().collect::<Vec<_>>(), "tests_ok"),
        "exceeding": exceeding.iter().map(|row| row["commune_name"].clone()).collect::<Vec<_>>(),
        "factor": claimed().next().map_or(Value::Null, |row| row["claim_factor"].clone()),
    })
}
