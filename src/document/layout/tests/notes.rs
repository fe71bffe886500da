//! Footnotes.

use super::*;
use crate::document::specimen::noted;
use crate::document::structure::Role;

fn with_note(text: &str, note: &str) -> Block {
    Block::Paragraph(vec![noted(text, note)])
}

fn bottom() -> f64 {
    277.0 * MILLIMETRE
}

#[test]
fn a_note_stands_at_the_foot_of_the_page_of_its_mark() {
    // Whatever stands above it.
    for lines in 0..45 {
        let mut blocks: Vec<Block> = (0..lines).map(|_| paragraph("x")).collect();
        blocks.push(with_note("marked", "NOTE"));
        blocks.push(paragraph("after"));
        let pages = pages(blocks);
        let page = pages.iter().find(|page| runs(page).iter().any(|run| run.text == "marked"));
        let page = page.unwrap();
        let note = run(page, "NOTE");
        assert_eq!((note.face, note.size), (Face::Regular, 10.0));
        let [rule] = rules(page)[..] else { panic!("expected one rule") };
        // The last line ends at the bottom margin; the rule is between the text and the note.
        let leading = 10.0 * 1.15 * 1.05;
        assert!(note.y < bottom() && note.y > bottom() - leading, "after {lines}: {}", note.y);
        assert!(rule.2 < note.y - 8.0);
        let body = runs(page).into_iter().filter(|run| run.size == 13.0);
        let lowest = body.map(|run| run.y).fold(0.0, f64::max);
        assert!(lowest + 3.0 < rule.2, "after {lines} paragraphs: text at {lowest}");
    }
}

#[test]
fn marks_are_raised_numbers_that_start_again_in_an_annex() {
    let pages = pages(vec![
        with_note("first", "ONE"),
        with_note("second ", "TWO"),
        crate::document::specimen::annex("Annex", "TITLE", false),
        with_note("third", "THREE"),
    ]);
    let marks = |page: &Page| -> Vec<String> {
        let raised = runs(page).into_iter().filter(|run| run.size == 13.0 * 0.65);
        raised.map(|run| run.text.trim().to_string()).collect()
    };
    assert_eq!(marks(&pages[0]), ["1", "2"]);
    assert_eq!(marks(&pages[1]), ["1"]);
    let (word, mark) = (run(&pages[0], "second"), run(&pages[0], "2"));
    assert!(mark.y < word.y - 3.0);
    // It clings to its word, though a space was typed between them.
    assert!((mark.x - right_edge(word)).abs() < 0.01);
}

#[test]
fn notes_of_one_page_follow_each_other_without_overlap() {
    let note = "a note that is long enough to take more than one line of the page ".repeat(3);
    let pages = pages((0..12).map(|_| with_note(&"text ".repeat(30), &note)).collect());
    assert!(pages.len() > 1);
    for page in &pages {
        let mut heights: Vec<f64> =
            runs(page).iter().filter(|run| run.size >= 10.0).map(|run| run.y).collect();
        heights.sort_by(f64::total_cmp);
        heights.dedup();
        assert!(heights.windows(2).all(|pair| pair[1] - pair[0] > 9.0), "{heights:?}");
        assert!(heights.last().unwrap() < &bottom());
        let marks = runs(page).iter().filter(|run| run.size == 13.0 * 0.65).count();
        let numbers = runs(page).iter().filter(|run| run.size == 6.5).count();
        assert_eq!(marks, numbers);
    }
}

#[test]
fn a_note_is_an_element_of_its_paragraph() {
    let document = Document { blocks: vec![with_note("text", "NOTE")], ..Document::default() };
    let laid = lay_out(&document, family(), &Style::default()).unwrap();
    let roles: Vec<Role> = laid.structure.iter().map(|(_, element)| element.role).collect();
    assert_eq!(
        roles,
        [
            Role::Document,
            Role::Paragraph,
            Role::Reference,
            Role::Label,
            Role::Note,
            Role::Label,
            Role::Paragraph
        ]
    );
}

#[test]
fn a_note_longer_than_a_page_is_an_error() {
    let document =
        Document { blocks: vec![with_note("text", &"long ".repeat(8000))], ..Document::default() };
    let error = lay_out(&document, family(), &Style::default()).unwrap_err().to_string();
    assert!(error.starts_with("the footnotes of one line are"), "{error}");
}
