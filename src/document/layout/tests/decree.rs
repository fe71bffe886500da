//! Positions, faces and sizes that the decree prescribes.

use super::*;

#[test]
fn the_letterhead_stands_where_the_decree_has_it() {
    let page = &pages(vec![letterhead()])[0];
    close(page.width, 210.0 * MILLIMETRE);
    close(page.height, 297.0 * MILLIMETRE);
    let (nation, motto) = (run(page, "CỘNG"), run(page, "Độc"));
    assert_eq!((nation.face, nation.size), (Face::Bold, 12.0));
    assert_eq!((motto.face, motto.size), (Face::Bold, 13.0));
    close(right_edge(nation), 195.0 * MILLIMETRE);
    close(motto.x + right_edge(motto), nation.x + right_edge(nation));
    let (parent, issuer) = (run(page, "ỦY"), run(page, "SỞ"));
    assert_eq!((parent.face, parent.size), (Face::Regular, 12.0));
    assert_eq!((issuer.face, issuer.size), (Face::Bold, 12.0));
    assert_eq!(parent.y, nation.y);
    close(parent.y - family().ascent(Face::Regular, 12.0), 20.0 * MILLIMETRE);
    close(parent.x + right_edge(parent), issuer.x + right_edge(issuer));
    let (number, date) = (run(page, "Số:"), run(page, "Đắk Lắk,"));
    assert_eq!((number.face, number.size), (Face::Regular, 13.0));
    assert_eq!((date.face, date.size), (Face::Italic, 13.0));
    assert_eq!(number.y, date.y);
    close(number.x + right_edge(number), issuer.x + right_edge(issuer));
    close(date.x + right_edge(date), nation.x + right_edge(nation));
}

#[test]
fn rules_of_the_letterhead_have_their_lengths() {
    let page = &pages(vec![letterhead()])[0];
    let [issuer_rule, motto_rule] = rules(page)[..] else {
        panic!("expected two rules");
    };
    let (motto, issuer) = (run(page, "Độc"), run(page, "SỞ"));
    close(motto_rule.1, right_edge(motto) - motto.x);
    close(motto_rule.0, motto.x);
    let share = issuer_rule.1 / (right_edge(issuer) - issuer.x);
    assert!((1.0 / 3.0..=0.5).contains(&share), "{share}");
    assert!(issuer_rule.2 > issuer.y);
}

#[test]
fn long_agency_names_wrap_within_their_column() {
    let Block::Letterhead(mut head) = letterhead() else { unreachable!() };
    head.issuer = "TRUNG TÂM GIÁM SÁT AN TOÀN THÔNG TIN MẠNG VÀ HẠ TẦNG SỐ".into();
    let page = &pages(vec![Block::Letterhead(head)])[0];
    let nation = run(page, "CỘNG");
    let left = runs(page).into_iter().filter(|run| run.face == Face::Bold && run.x < nation.x);
    let lines: Vec<&TextRun> = left.filter(|run| run.text != nation.text).collect();
    assert!(lines.len() > 1);
    assert!(lines.iter().all(|run| run.x >= 30.0 * MILLIMETRE && right_edge(run) < nation.x));
    assert_eq!(run(page, "Số:").y, run(page, "Đắk Lắk,").y);
}

#[test]
fn paragraphs_are_justified_between_the_margins() {
    let page = &pages(vec![paragraph(&"chất lượng truy nhập ".repeat(20))])[0];
    let lines = runs(page);
    let (left, right) = (30.0 * MILLIMETRE, 195.0 * MILLIMETRE);
    close(lines[0].x, left + 12.7 * MILLIMETRE);
    let (last, full) = lines.split_last().unwrap();
    assert!(full.len() > 3);
    for line in full {
        assert!((right_edge(line) - right).abs() < 0.01, "{}", line.text);
        assert!(line.word_spacing > -0.01);
    }
    assert!(lines[1..].iter().all(|line| (line.x - left).abs() < 1e-9));
    assert_eq!(last.word_spacing, 0.0);
}

#[test]
fn page_numbers_start_again_in_an_annex_and_skip_first_pages() {
    let annex = |landscape| Block::Annex {
        label: "Annex".into(),
        title: "TITLE".into(),
        reference: String::new(),
        landscape,
    };
    let text = || (0..60).map(|_| paragraph("x"));
    let mut blocks: Vec<Block> = text().collect();
    blocks.push(annex(true));
    blocks.extend(text());
    let pages = pages(blocks);
    let middle = |page: &Page| (30.0 * MILLIMETRE + page.width - 15.0 * MILLIMETRE) / 2.0;
    let numbers: Vec<Option<String>> = pages
        .iter()
        .map(|page| {
            let above = runs(page).into_iter().find(|run| run.y < 20.0 * MILLIMETRE)?;
            close((above.x + right_edge(above)) / 2.0, middle(page));
            assert_eq!((above.face, above.size), (Face::Regular, 13.0));
            Some(above.text.clone())
        })
        .collect();
    let annexed = pages.iter().position(|page| page.width > page.height).unwrap();
    close(pages[annexed].width, 297.0 * MILLIMETRE);
    let expected = |from: usize| (from > 1).then(|| from.to_string());
    let mut wanted: Vec<Option<String>> = (1..=annexed).map(expected).collect();
    wanted.extend((1..=pages.len() - annexed).map(expected));
    assert_eq!(numbers, wanted);
    assert!(annexed > 1 && pages.len() - annexed > 1);
}

#[test]
fn banners_stand_clear_of_number_and_text() {
    let document = Document {
        banners: vec!["DRAFT".into(), "SIMULATED DATA ".repeat(4), "THIRD ".repeat(40)],
        blocks: (0..60).map(|_| paragraph("x")).collect(),
        ..Document::default()
    };
    let pages = lay_out(&document, family(), &Style::default()).unwrap().pages;
    let number_top = 15.0 * MILLIMETRE - 13.0 * 0.7;
    for page in &pages {
        let banners: Vec<&TextRun> = runs(page).into_iter().filter(|run| run.size == 8.5).collect();
        assert!(banners.len() >= 3);
        for banner in banners {
            let above = banner.y + 2.5 < number_top;
            let below = banner.y > 277.0 * MILLIMETRE + 2.0 && banner.y < page.height - 10.0;
            assert!(above || below, "banner at {}", banner.y);
            assert!(right_edge(banner) < 195.0 * MILLIMETRE + 0.1);
        }
    }
}

#[test]
fn several_addressees_stand_under_the_colon() {
    let names = vec!["Ministry".to_string(), "Committee;".to_string()];
    let title = "Kính gửi:".to_string();
    let page = &pages(vec![Block::Addressees { title, names }])[0];
    let colon = right_edge(run(page, "Kính")) - family().width(Face::Regular, 13.0, ":");
    let dashes = runs(page).into_iter().filter(|run| run.text == "-").map(|run| run.x);
    let dashes: Vec<f64> = dashes.collect();
    assert_eq!(dashes.len(), 2);
    dashes.iter().for_each(|dash| close(*dash, colon));
    run(page, "Ministry;");
    run(page, "Committee.");
}

#[test]
fn each_part_of_a_file_is_numbered_from_one() {
    let part = |landscape| {
        let mut blocks = vec![Block::Part { landscape }];
        blocks.extend((0..60).map(|_| paragraph("x")));
        blocks
    };
    let pages = pages([part(false), part(true)].concat());
    let number = |page: &Page| {
        let above = runs(page).into_iter().find(|run| run.y < 20.0 * MILLIMETRE)?;
        Some(above.text.clone())
    };
    let first = pages.iter().position(|page| page.width > page.height).unwrap();
    assert!(first > 1);
    assert_eq!(number(&pages[0]), None);
    assert_eq!(number(&pages[1]).as_deref(), Some("2"));
    assert_eq!(number(&pages[first]), None);
    assert_eq!(number(&pages[first + 1]).as_deref(), Some("2"));
}
