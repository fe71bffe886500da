//! Input that nobody meant to write.

use super::*;

#[test]
fn a_missing_letter_is_an_error() {
    let document = Document { blocks: vec![paragraph("mạng 漢")], ..Document::default() };
    let error = lay_out(&document, family(), &Style::default()).unwrap_err();
    assert!(error.to_string().contains("no glyph for '漢'"), "{error}");
}

#[test]
fn margins_without_room_are_an_error() {
    let style = Style {
        margins: Margins { left: 100.0, right: f64::NAN, ..Style::default().margins },
        ..Style::default()
    };
    assert!(lay_out(&Document::default(), family(), &style).is_err());
}

#[test]
fn odd_blocks_are_laid_out_all_the_same() {
    let empty = Table {
        source: String::new(),
        caption: String::new(),
        columns: Vec::new(),
        rows: Vec::new(),
        note: String::new(),
    };
    let huge = "dài".repeat(20_000);
    let mut wide = table(2);
    wide.columns = (0..120).map(|_| column("Heading", Align::Right)).collect();
    wide.rows = vec![vec!["1.234,56".into(); 120]; 2];
    let mut tall = table(1);
    tall.rows[0][0] = "chữ ".repeat(20_000);
    let mut tall_head = table(1);
    tall_head.columns[0].title = huge.clone();
    let blocks = vec![
        Block::PageBreak,
        Block::Paragraph(Vec::new()),
        Block::List(vec![Vec::new()]),
        Block::Heading { level: 9, text: Vec::new() },
        Block::Letterhead(Letterhead::default()),
        Block::Title { kind: String::new(), subject: huge.clone() },
        Block::Addressees { title: String::new(), names: Vec::new() },
        Block::Table(empty),
        Block::Table(table(0)),
        Block::Table(wide),
        Block::Table(tall),
        Block::Table(tall_head),
        paragraph(&huge),
        Block::Figure(Figure {
            name: "figure".into(),
            plate: Plate::default(),
            caption: String::new(),
            alternative: String::new(),
        }),
        Block::Signature(Signature { recipients: vec![huge.clone(); 2], ..Signature::default() }),
        Block::Annex {
            label: String::new(),
            title: String::new(),
            reference: String::new(),
            landscape: true,
        },
        Block::PageBreak,
        Block::PageBreak,
    ];
    let pages = pages(blocks);
    assert!(pages.len() > 20);
    assert!(pages.iter().all(|page| !page.items.is_empty()));
}

#[test]
fn nothing_runs_over_the_edges() {
    let mut table = table(3);
    table.rows[0][0] = "x".repeat(4000);
    table.rows[1][0] = "https://".to_string() + &"path/".repeat(200);
    let blocks = vec![paragraph(&"y".repeat(3000)), Block::Table(table)];
    for page in pages(blocks) {
        for run in runs(&page) {
            assert!(
                run.x >= 30.0 * MILLIMETRE - 0.1 && right_edge(run) <= 195.0 * MILLIMETRE + 0.1
            );
            assert!(run.y <= 277.0 * MILLIMETRE);
        }
    }
}
