//! Operators of a month beside those of the month before.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;

use super::cells::Cells;
use crate::config::Checks;
use crate::error::Result;
use crate::warning::Warning;

/// The columns of the table of operators in which a jump is sought.
const COLUMNS: [&str; 3] = ["tests_ok", "download_mbps_median", "upload_mbps_median"];

/// What changed oddly between two tables `operator`, of the month before and of this one: operators
/// that have no test any more, tests and medians that jumped. Operators of few tests in the month
/// before are not judged, nor is a median that one of the months withholds.
pub fn compared_with(
    previous: &RecordBatch,
    current: &RecordBatch,
    checks: &Checks,
) -> Result<Vec<Warning>> {
    let (before, now) = (operators(previous)?, operators(current)?);
    let mut found = Vec::new();
    for ((family, operator), before) in &before {
        let tests = before[0].unwrap_or(0.0);
        if tests < f64::from(checks.min_tests) {
            continue;
        }
        let (family, operator) = (family.clone(), operator.clone());
        match now.get(&(family.clone(), operator.clone())) {
            Some(now) if now[0].unwrap_or(0.0) > 0.0 => {
                found.extend(jumps(&family, &operator, before, now, checks.jump_factor));
            }
            _ => {
                let tests = tests as u64;
                found.push(Warning::OperatorMissing { family, operator, tests });
            }
        }
    }
    Ok(found)
}

fn jumps(
    family: &str,
    operator: &str,
    before: &[Option<f64>],
    now: &[Option<f64>],
    factor: f64,
) -> Vec<Warning> {
    let pairs = COLUMNS.into_iter().zip(before.iter().zip(now));
    let both = pairs.filter_map(|(column, (before, now))| Some((column, (*before)?, (*now)?)));
    let odd = both.filter(|(_, before, now)| now > &(before * factor) || before > &(now * factor));
    odd.map(|(column, before, now)| Warning::Jump {
        family: family.to_owned(),
        operator: operator.to_owned(),
        column: column.to_owned(),
        before,
        now,
        factor,
    })
    .collect()
}

type Values = Vec<Option<f64>>;

/// The values of [`COLUMNS`] by family and operator. Tables of earlier versions have the access type
/// in place of the family.
fn operators(batch: &RecordBatch) -> Result<BTreeMap<(String, String), Values>> {
    let cells = Cells { query: "table `operator`", batch };
    let family = if cells.has("family") { "family" } else { "access_type" };
    let (families, operators) = (cells.texts(family)?, cells.texts("operator")?);
    // An indicator that is not measured any more has no median.
    let numbers = |column: &&str| match column.ends_with("_median") && !cells.has(column) {
        true => Ok(vec![None; batch.num_rows()]),
        false => cells.numbers(column),
    };
    let columns: Vec<Values> = COLUMNS.iter().map(numbers).collect::<Result<_>>()?;
    let keys = families.into_iter().zip(operators).enumerate();
    Ok(keys
        .filter_map(|(row, (family, operator))| {
            Some(((family?, operator?), columns.iter().map(|column| column[row]).collect()))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};

    use super::*;

    type Line = (&'static str, &'static str, i64, Option<f64>);

    fn table(key: &str, rows: &[Line]) -> RecordBatch {
        let of = |at: fn(&Line) -> &'static str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(rows.iter().map(at)))
        };
        let tests: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.2)));
        let median: ArrayRef = Arc::new(rows.iter().map(|r| r.3).collect::<Float64Array>());
        RecordBatch::try_from_iter_with_nullable([
            (key, of(|r| r.0), true),
            ("operator", of(|r| r.1), true),
            ("tests_ok", tests, true),
            ("download_mbps_median", median.clone(), true),
            ("upload_mbps_median", median, true),
        ])
        .unwrap()
    }

    #[test]
    fn operators_that_vanish_and_values_that_jump_are_told() {
        let before = table(
            "access_type",
            &[
                ("mobile", "MobiFone", 600, Some(50.0)),
                ("mobile", "VNPT", 500, Some(40.0)),
                ("mobile", "Viettel", 900, Some(45.0)),
                ("mobile", "Wintel", 29, None),
                ("fixed", "VNPT", 100, Some(100.0)),
            ],
        );
        let now = table(
            "family",
            &[
                ("mobile", "MobiFone", 200, Some(150.0)),
                ("mobile", "VNPT", 166, Some(40.0)),
                ("mobile", "Viettel", 2701, Some(14.9)),
                ("mobile", "FPT", 400, Some(50.0)),
                ("fixed", "VNPT", 0, None),
            ],
        );
        let found = compared_with(&before, &now, &Checks::default()).unwrap();
        let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 5, "{texts:#?}");
        // Exactly three times is no jump: MobiFone is not told.
        for (text, parts) in texts.iter().zip([
            ["VNPT has no fixed test", "after 100", "month before"],
            ["`tests_ok` of VNPT (mobile)", "from 500 to 166", "3 times"],
            ["`tests_ok` of Viettel", "from 900 to 2701", "checks.jump_factor"],
            ["`download_mbps_median` of Viettel", "from 45 to 14.9", "mobile"],
            ["`upload_mbps_median` of Viettel", "from 45 to 14.9", "mobile"],
        ]) {
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        }
        let same = compared_with(&now, &now, &Checks::default()).unwrap();
        assert!(same.is_empty(), "{same:?}");
    }

    #[test]
    fn a_table_without_its_columns_is_an_error() {
        let batch = table("family", &[]).project(&[0, 1]).unwrap();
        let error = compared_with(&batch, &batch, &Checks::default()).unwrap_err();
        assert!(error.to_string().contains("`tests_ok`"), "{error}");
    }
}
