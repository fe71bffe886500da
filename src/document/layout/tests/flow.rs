//! Lines and page breaks.

use super::*;

#[test]
fn mixed_faces_meet_without_a_gap() {
    let bold = Span { text: "30".into(), bold: true, ..Span::default() };
    let page = &pages(vec![Block::Paragraph(vec![span("a "), bold, span("% b")])])[0];
    let [first, middle, last] = runs(page)[..] else {
        panic!("expected three runs");
    };
    assert_eq!(
        (first.text.as_str(), middle.text.as_str(), last.text.as_str()),
        ("a ", "30", "% b")
    );
    assert!((right_edge(first) - middle.x).abs() < 1e-9);
    assert!((right_edge(middle) - last.x).abs() < 1e-9);
}

#[test]
fn composed_and_decomposed_input_make_the_same_pages() {
    use unicode_normalization::UnicodeNormalization;
    let text = "Tốc độ truy nhập của Đắk Lắk, Ứng Hòa, Ặ";
    let decomposed: String = text.nfd().collect();
    assert_ne!(text, decomposed);
    assert_eq!(pages(vec![paragraph(text)]), pages(vec![paragraph(&decomposed)]));
}

#[test]
fn no_line_of_a_paragraph_is_left_alone() {
    // Whatever stands above it, a paragraph has two lines or none on each page.
    for lines in 0..60 {
        let mut blocks: Vec<Block> = (0..lines).map(|_| paragraph("x")).collect();
        blocks.push(paragraph(&"wide ".repeat(75)));
        for page in pages(blocks) {
            let count = runs(&page).iter().filter(|run| run.text.starts_with("wide")).count();
            assert_ne!(count, 1, "after {lines} paragraphs");
        }
    }
}

#[test]
fn headings_and_signatures_are_not_alone() {
    for lines in 20..40 {
        let mut blocks: Vec<Block> = (0..lines).map(|_| paragraph("x")).collect();
        blocks.push(Block::Heading { level: 1, text: vec![span("Heading")] });
        blocks.push(paragraph("after"));
        blocks.push(Block::Signature(Signature {
            recipients_title: "To:".into(),
            recipients: vec!["- A;".into(), "- B.".into()],
            position: vec!["DIRECTOR".into()],
            name: "Name".into(),
        }));
        let pages = pages(blocks);
        let place = |text: &str| {
            let on = |page: &Page| runs(page).iter().any(|run| run.text == text);
            pages.iter().position(on).unwrap()
        };
        assert_eq!(place("Heading"), place("after"), "after {lines} paragraphs");
        assert_eq!(place("DIRECTOR"), place("Name"));
        assert_eq!(place("DIRECTOR"), place("after"));
    }
}

#[test]
fn drawings_shrink_to_the_text_but_never_grow() {
    let drawing = |width: f64, height: f64| {
        let text = TextRun {
            x: 0.0,
            y: 10.0,
            text: "label".into(),
            face: Face::Regular,
            size: 10.0,
            colour: crate::document::page::Colour::BLACK,
            word_spacing: 0.0,
            rotation: 0.0,
        };
        Block::Figure(Figure {
            name: "figure".into(),
            plate: Plate {
                drawing: Drawing { width, height, items: vec![Item::Text(text)] },
                ..Plate::default()
            },
            caption: "Figure 1".into(),
            alternative: String::new(),
        })
    };
    let room = 165.0 * MILLIMETRE;
    for (width, height, factor) in [(room * 2.0, 100.0, 0.5), (room / 2.0, 100.0, 1.0)] {
        let page = &pages(vec![drawing(width, height)])[0];
        assert!((run(page, "label").size - 10.0 * factor).abs() < 1e-9);
    }
    let mut blocks = vec![paragraph("x"); 5];
    blocks.push(drawing(100.0, 9000.0));
    let tall = pages(blocks);
    assert_eq!(tall.len(), 2);
    run(&tall[1], "label");
    run(&tall[1], "Figure 1");
}

fn high_figure(caption: &str, height: f64) -> Block {
    Block::Figure(Figure {
        name: caption.into(),
        plate: Plate {
            drawing: Drawing { width: 100.0, height, items: Vec::new() },
            ..Plate::default()
        },
        caption: caption.into(),
        alternative: "alternative".into(),
    })
}

fn page_of(pages: &[Page], text: &str) -> usize {
    let starts = |page: &Page| runs(page).iter().any(|run| run.text.starts_with(text));
    pages.iter().position(starts).unwrap_or_else(|| panic!("no page has {text}"))
}

#[test]
fn text_goes_on_where_a_figure_has_no_room() {
    let signature = || {
        Block::Signature(Signature { position: vec!["DIRECTOR".into()], ..Signature::default() })
    };
    let mut blocks = vec![paragraph("before"); 12];
    blocks.extend([high_figure("Figure 1", 500.0), high_figure("Figure 2", 60.0)]);
    blocks.extend(vec![paragraph("after"); 40]);
    blocks.push(signature());
    let long = pages(blocks);
    assert_eq!(page_of(&long, "after"), 0);
    assert_eq!((page_of(&long, "Figure 1"), page_of(&long, "Figure 2")), (1, 1));
    assert!(run(&long[1], "Figure 1").y < run(&long[1], "Figure 2").y);
    // None comes after the signature.
    let figure = |height| high_figure("Figure", height);
    let short = pages(vec![figure(600.0), paragraph("text"), figure(400.0), signature()]);
    assert_eq!((short.len(), page_of(&short, "DIRECTOR")), (2, 1));
}
