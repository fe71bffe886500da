//! Nothing stands on anything else, nothing is cut off.

use super::*;
use crate::document::specimen;
use crate::document::structure::Role;

/// The box of the letters of a run: left, top, right, bottom.
fn ink(run: &TextRun) -> [f64; 4] {
    [run.x, run.y - 0.66 * run.size, right_edge(run), run.y + 0.2 * run.size]
}

fn meet([a, b, c, d]: [f64; 4], [e, f, g, h]: [f64; 4]) -> bool {
    const TOUCH: f64 = 0.3;
    a + TOUCH < g && e + TOUCH < c && b + TOUCH < h && f + TOUCH < d
}

#[test]
fn no_letters_stand_on_others() {
    for document in [specimen::report(), specimen::letters(), specimen::hard()] {
        let laid = lay_out(&document, family(), &Style::default()).unwrap();
        for (index, page) in laid.pages.iter().enumerate() {
            // A run ends with the space before the next one.
            let trimmed = |run: &TextRun| TextRun {
                text: run.text.trim_end_matches(' ').to_string(),
                ..run.clone()
            };
            let runs: Vec<TextRun> = runs(page).into_iter().map(trimmed).collect();
            for (at, run) in runs.iter().enumerate() {
                for other in &runs[at + 1..] {
                    assert!(
                        !meet(ink(run), ink(other)),
                        "page {}: `{}` and `{}`",
                        index + 1,
                        run.text,
                        other.text
                    );
                }
            }
        }
    }
}

#[test]
fn all_letters_are_inside_the_margins_and_their_cells() {
    let laid = lay_out(&specimen::hard(), family(), &Style::default()).unwrap();
    for page in &laid.pages {
        for run in runs(page) {
            let [left, _, right, bottom] = ink(run);
            assert!(left > 30.0 * MILLIMETRE - 0.1, "{run:?}");
            assert!(right < page.width - 15.0 * MILLIMETRE + 0.1, "{run:?}");
            assert!(bottom < page.height - 20.0 * MILLIMETRE + 0.1, "{run:?}");
        }
    }
}

#[test]
fn no_page_is_empty_and_no_heading_is_the_last_thing_on_one() {
    for document in [specimen::report(), specimen::letters(), specimen::hard()] {
        let laid = lay_out(&document, family(), &Style::default()).unwrap();
        for page in &laid.pages {
            let content = page.items.iter().filter_map(|placed| placed.element);
            let roles: Vec<Role> = content.map(|id| laid.structure.get(id).role).collect();
            let last = roles.last().expect("a page has content");
            assert!(!matches!(last, Role::Heading(_) | Role::HeaderCell), "{last:?}");
        }
    }
}
