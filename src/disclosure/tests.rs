use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, Int64Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::Int64Type;
use serde_json::json;

use super::circuits::Circuits;
use super::{Protected, SUPPRESSED, protect};
use crate::error::Result;
use crate::queries::Queries;
use crate::report::fixture::batch;
use crate::statistics::Tables;

fn coefficients(equations: &[usize]) -> Vec<(usize, i64)> {
    equations.iter().map(|equation| (*equation, 1)).collect()
}

/// Which unknowns are open, of unknowns with the equations that they are in.
fn open(unknowns: &[&[usize]]) -> Vec<bool> {
    let mut circuits = Circuits::new(unknowns.len(), vec![2; 5]);
    for (unknown, equations) in unknowns.iter().enumerate() {
        circuits.add(unknown, &coefficients(equations));
    }
    (0..unknowns.len()).map(|unknown| circuits.is_open(unknown)).collect()
}

/// x + y, y + z and x + z are known: so is each.
#[test]
fn a_cycle_of_odd_length_leaves_nothing_open() {
    assert_eq!(open(&[&[0, 2], &[0, 1], &[1, 2]]), [false; 3]);
}

/// The four cells of a square with known sums of rows and columns may still be anything; a fifth cell in
/// a row of its own may not.
#[test]
fn a_square_is_open() {
    let cells: [&[usize]; 5] = [&[0, 2], &[0, 3], &[1, 2], &[1, 3], &[4, 3]];
    assert_eq!(open(&cells), [true, true, true, true, false]);
    let mut circuits = Circuits::new(4, vec![2; 5]);
    let square = cells[..4].iter().enumerate();
    let changes: Vec<_> =
        square.map(|(n, equations)| circuits.add(n, &coefficients(equations))).collect();
    let change = vec![(0, 1), (1, -1), (2, -1), (3, 1)];
    assert_eq!(changes, [None, None, None, Some(change)]);
}

/// Commune, operator, tests and devices, of mobile networks.
type Cell<'a> = (&'a str, &'a str, i64, i64);
type Cells<'a> = &'a [Cell<'a>];

/// The tables `commune_operator`, `commune`, `operator` and `province` of these cells.
fn month(cells: Cells<'_>) -> Tables {
    let group = |of: fn(&Cell<'_>) -> (String, String)| {
        let mut sums: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
        for cell in cells {
            let sum = sums.entry(of(cell)).or_default();
            *sum = (sum.0 + cell.2, sum.1 + cell.3);
        }
        let row = |((commune, operator), (tests, devices)): (&(String, String), &(i64, i64))| {
            json!({"commune_code": commune, "commune_valid_from": "2025-07-01", "operator": operator,
                "family": "mobile", "tests_ok": tests, "tests_failed": 0, "devices": devices, "tier": "reference"})
        };
        sums.iter().map(row).collect::<Vec<_>>()
    };
    fn none() -> String {
        String::new()
    }
    let commune = "commune_code:s commune_valid_from:d";
    let (numbers, operator) = ("family:s tests_ok:i tests_failed:i devices:i tier:s", "operator:s");
    BTreeMap::from([
        (
            "commune_operator".into(),
            batch(&format!("{commune} {operator} {numbers}"), &group(|c| (c.0.into(), c.1.into()))),
        ),
        (
            "commune".into(),
            batch(&format!("{commune} {numbers}"), &group(|c| (c.0.into(), none()))),
        ),
        (
            "operator".into(),
            batch(&format!("{operator} {numbers}"), &group(|c| (none(), c.1.into()))),
        ),
        ("province".into(), batch(numbers, &group(|_| (none(), none())))),
    ])
}

fn protected(tables: &Tables) -> Result<Protected> {
    let queries = Queries::embedded().unwrap();
    protect(&queries.disclosure, &queries.families, 5, tables)
}

/// Commune, operator, published number of tests and why there is none.
fn published(cells: Cells<'_>) -> Vec<(String, String, Option<i64>, Option<String>)> {
    let protected = protected(&month(cells)).unwrap();
    let table = &protected.tables()["commune_operator"];
    let text = |name: &str| table[name].as_string::<i32>().clone();
    let (communes, operators, why) = (text("commune_code"), text("operator"), text(SUPPRESSED));
    let tests = table["tests_ok"].as_primitive::<Int64Type>();
    let row = |row: usize| {
        let tests = tests.is_valid(row).then(|| tests.value(row));
        let why = why.is_valid(row).then(|| why.value(row).to_owned());
        (communes.value(row).to_owned(), operators.value(row).to_owned(), tests, why)
    };
    (0..table.num_rows()).map(row).collect()
}

fn shown(cells: Cells<'_>) -> Vec<Option<i64>> {
    published(cells).into_iter().map(|row| row.2).collect()
}

/// C would follow from the total, so B goes with it; and in the other commune the same operators, or C
/// would follow from its own total.
#[test]
fn what_a_total_gives_away_is_suppressed_too() {
    let cells = [
        ("1", "A", 60, 20),
        ("1", "B", 30, 9),
        ("1", "C", 3, 2),
        ("2", "A", 50, 20),
        ("2", "B", 40, 9),
        ("2", "C", 20, 8),
    ];
    assert_eq!(shown(&cells), [Some(60), None, None, Some(50), None, None]);
    let why: Vec<_> = published(&cells).into_iter().map(|row| row.3).collect();
    let why: Vec<_> = why.iter().map(Option::as_deref).collect();
    let secondary = Some("secondary");
    assert_eq!(why, [None, secondary, Some("primary"), None, secondary, secondary]);
}

#[test]
fn nobody_is_behind_a_zero() {
    let cells = [("1", "A", 60, 20), ("1", "B", 0, 0), ("2", "A", 7, 5), ("2", "B", 0, 0)];
    assert_eq!(shown(&cells), [Some(60), Some(0), Some(7), Some(0)]);
}

/// Of five suppressed cells that make five tests together each has one: a sixth has to go.
#[test]
fn cells_of_one_test_each_are_not_known_by_their_sum() {
    let ones = ["A", "B", "C", "D", "E"];
    let mut cells: Vec<_> = ones.iter().map(|operator| ("1", *operator, 1, 1)).collect();
    cells.extend([("1", "F", 40, 12), ("1", "G", 50, 12)]);
    cells.extend(ones.iter().map(|operator| ("2", *operator, 30, 9)));
    cells.extend([("2", "F", 30, 9), ("2", "G", 30, 9)]);
    let rows = published(&cells);
    let of = |operator: &str| rows.iter().find(|row| row.0 == "1" && row.1 == operator).unwrap().2;
    assert_eq!((of("A"), of("F"), of("G")), (None, None, Some(50)));
}

/// Sixteen cells of one phone each, in eight communes: what is left out with them are other cells, also
/// larger ones, and not the sums of communes, operators and the province that reports are about.
#[test]
fn sums_stay_where_parts_can_go() {
    let communes = ["1", "2", "3", "4", "5", "6", "7", "8"];
    let cell = |(number, commune): (usize, &&'static str)| {
        let small = if number % 2 == 0 { ["A", "B"] } else { ["C", "D"] };
        ["A", "B", "C", "D", "E"].map(|operator| match small.contains(&operator) {
            true => (*commune, operator, 1, 1),
            false => (*commune, operator, 40 + number as i64, 12),
        })
    };
    let cells: Vec<_> = communes.iter().enumerate().flat_map(cell).collect();
    let protected = protected(&month(&cells)).unwrap();
    let suppressed = |table: &str| {
        let why = &protected.tables()[table][SUPPRESSED];
        why.len() - why.null_count()
    };
    assert!(suppressed("commune_operator") > 16);
    assert_eq!(["commune", "operator", "province"].map(suppressed), [0, 0, 0]);
}

#[test]
fn nothing_is_suppressed_where_all_are_many() {
    let cells = [("1", "A", 60, 20), ("1", "B", 30, 9), ("2", "A", 7, 5), ("2", "B", 10, 5)];
    assert_eq!(shown(&cells), [Some(60), Some(30), Some(7), Some(10)]);
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let cells =
        [("1", "A", 9, 3), ("1", "B", 9, 6), ("1", "C", 9, 6), ("2", "A", 9, 7), ("2", "B", 9, 7)];
    let mut tables = month(&cells);
    let table = &tables["commune_operator"];
    let last_first = Int64Array::from_iter_values((0..table.num_rows() as i64).rev());
    let forward = protected(&tables).unwrap().tables()["commune_operator"].clone();
    let reversed = take_record_batch(table, &last_first).unwrap();
    tables.insert("commune_operator".into(), reversed);
    let backward = protected(&tables).unwrap().tables()["commune_operator"].clone();
    assert_eq!(take_record_batch(&backward, &last_first).unwrap(), forward);
}

#[test]
fn a_table_of_which_nothing_is_declared_does_not_leave() {
    let mut tables = month(&[("1", "A", 9, 9)]);
    let table = tables["province"].clone();
    tables.insert("own_table".into(), table);
    let error = protected(&tables).unwrap_err().to_string();
    assert!(error.contains("`own_table`") && error.contains("disclosure.toml"), "{error}");
}
