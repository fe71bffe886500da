//! Tables across pages.

use super::*;

#[test]
fn a_head_is_repeated_and_rows_stay_whole() {
    let pages = pages(vec![Block::Table(table(150))]);
    assert!(pages.len() > 2);
    let bottom = 277.0 * MILLIMETRE;
    for page in &pages {
        assert_eq!(runs(page).iter().filter(|run| run.text == "Name").count(), 1);
        let lowest = runs(page).iter().map(|run| run.y).fold(0.0, f64::max);
        assert!(lowest < bottom);
        assert!(rules(page).iter().all(|rule| rule.2 >= 20.0 * MILLIMETRE - 0.01));
    }
    let rows = pages.iter().flat_map(|page| runs(page));
    let rows: Vec<&str> =
        rows.map(|run| run.text.as_str()).filter(|text| text.starts_with("row")).collect();
    let expected: Vec<String> = (0..150).map(|n| format!("row{n}")).collect();
    assert_eq!(rows, expected);
    // The note stands on the page of the last row, the caption on that of the first.
    run(pages.last().unwrap(), "Note");
    run(pages.last().unwrap(), "row149");
    run(&pages[0], "Caption");
    run(&pages[0], "row0");
}

#[test]
fn cells_of_a_wrapped_row_stand_on_one_page() {
    let mut table = table(60);
    for row in &mut table.rows {
        row[0] = format!("{} {}", row[0], "words that wrap in their cell ".repeat(6));
    }
    for page in pages(vec![Block::Table(table)]) {
        let starts = runs(&page).iter().filter(|run| run.text.starts_with("row")).count();
        let values = runs(&page).iter().filter(|run| run.text.ends_with(",5")).count();
        assert_eq!(starts, values);
    }
}

#[test]
fn numbers_in_right_columns_end_together() {
    let pages = pages(vec![Block::Table(table(20))]);
    let values = runs(&pages[0]).into_iter().filter(|run| run.text.ends_with(",5"));
    let edges: Vec<f64> = values.map(right_edge).collect();
    assert!(edges.iter().all(|edge| (edge - edges[0]).abs() < 1e-6));
}

#[test]
fn a_row_with_too_many_cells_is_an_error() {
    let mut table = table(2);
    table.rows[1].push("extra".into());
    let document = Document { blocks: vec![Block::Table(table)], ..Document::default() };
    let error = lay_out(&document, family(), &Style::default()).unwrap_err();
    assert_eq!(error.to_string(), "row 2 of table `Caption` has 3 cells, expected 2");
}
