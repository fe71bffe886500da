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

#[test]
fn decimal_columns_are_aligned_at_the_comma() {
    let texts = ["7,02 (38,00–42,31)", "1.070,1", "700", "–", "−0,55%", "< 5", "thiếu mẫu", ""];
    let mut table = table(0);
    table.columns[1].align = Align::Decimal;
    table.rows = texts.iter().map(|text| vec!["row".into(), (*text).to_string()]).collect();
    let page = &pages(vec![Block::Table(table)])[0];
    // Where the whole part of each number ends.
    let comma = |text: &str, whole: &str| {
        let run = run(page, text);
        run.x + family().width(run.face, run.size, whole)
    };
    let expected = comma("7,02 (", "7");
    for (text, whole) in
        [("1.070,1", "1.070"), ("700", "700"), ("–", "–"), ("−0,55", "−0"), ("< 5", "< 5")]
    {
        assert!((comma(text, whole) - expected).abs() < 1e-6, "{text}");
    }
    // Words stand in the middle of their column, numbers inside it.
    let words = run(page, "thiếu");
    let (title, widest) = (run(page, "Value"), run(page, "7,02 ("));
    let middle = |run: &TextRun| (run.x + right_edge(run)) / 2.0;
    assert!((middle(words) - middle(title)).abs() < 1e-6);
    assert!(right_edge(widest) < 195.0 * MILLIMETRE - 2.9);
}

#[test]
fn a_decimal_column_without_room_is_set_to_the_right() {
    let mut table = table(3);
    table.columns[1].align = Align::Decimal;
    table.columns[1].width = Some(1.0);
    table.columns[0].width = Some(9.0);
    for (index, row) in table.rows.iter_mut().enumerate() {
        row[1] = format!("{index},5 (38,00–42,31 (n = 300))");
    }
    let page = &pages(vec![Block::Table(table)])[0];
    let ends: Vec<f64> =
        runs(page).into_iter().filter(|run| run.text.contains(",5")).map(right_edge).collect();
    assert_eq!(ends.len(), 3);
    ends.iter().for_each(|end| close(*end, 195.0 * MILLIMETRE - 3.0));
}

#[test]
fn words_make_room_for_numbers_that_are_aligned() {
    let mut table = table(4);
    table.columns[1].align = Align::Decimal;
    for (index, row) in table.rows.iter_mut().enumerate() {
        row[0] = "words that can be broken ".repeat(6);
        row[1] = format!("{index},52 (38,00–42,31)");
    }
    let page = &pages(vec![Block::Table(table)])[0];
    for index in 0..4 {
        let whole = format!("{index},52 (38,00–42,31)");
        assert!(runs(page).iter().any(|run| run.text == whole), "{whole} was broken");
    }
}

#[test]
fn a_table_is_never_wider_than_the_text() {
    let long = "1.234,56 (1.000,00–2.000,00)";
    let mut table = table(3);
    table.columns = (0..9).map(|_| column("Trung vị", Align::Decimal)).collect();
    table.columns[0] = Column { width: Some(1.0), ..column("Xã", Align::Left) };
    table.rows = vec![vec![long.to_owned(); 9]; 3];
    for row in &mut table.rows {
        row[0] = "Hồ".into();
    }
    for page in pages(vec![Block::Table(table)]) {
        assert!(rules(&page).iter().all(|rule| rule.0 + rule.1 <= 195.0 * MILLIMETRE + 0.01));
        assert!(runs(&page).into_iter().all(|run| right_edge(run) <= 195.0 * MILLIMETRE + 0.01));
    }
}
