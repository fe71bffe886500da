//! The form of the decree (Nghị định 30/2020/NĐ-CP, Phụ lục I), read back from the file in
//! millimetres.

use super::readback::{Sheet, Shown, read};
use super::*;

const NEAR: f64 = 0.5;

/// The edges of text and its middle, in portrait and in landscape.
const LEFT: f64 = 30.0;
const RIGHT: [f64; 2] = [195.0, 282.0];
const MIDDLE: [f64; 2] = [112.5, 156.0];

fn sheets(document: &Document) -> Vec<Sheet> {
    let family = Family::libertinus().unwrap();
    let laid = lay_out(document, &family, &Style::default()).unwrap();
    read(&write(&laid, document, &family).unwrap())
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < NEAR, "found {found:.2} mm, expected {expected:.2} mm");
}

#[track_caller]
fn set(shown: &Shown, face: &str, size: f64) {
    let name = format!("LibertinusSerif-{face}");
    assert_eq!((shown.font.as_str(), shown.size), (name.as_str(), size), "{}", shown.text);
}

/// The baseline of a line of type whose top is at `top`, with letters in the middle of the line.
fn baseline(top: f64, size: f64, spacing: f64) -> f64 {
    // Libertinus Serif: ascent 894, descent 246 thousandths of an em.
    let leading = size * 1.15 * spacing;
    top + ((leading - size * 1.140) / 2.0 + size * 0.894) * 25.4 / 72.0
}

#[test]
fn the_letterhead_is_where_the_decree_has_it() {
    let sheets = sheets(&specimen::report());
    let page = &sheets[0];
    near(page.width, 210.0);
    near(page.height, 297.0);
    let (parent, issuer, number) = (page.find("ỦY BAN"), page.find("SỞ KHOA"), page.find("Số:"));
    let (nation, motto, date) = (page.find("CỘNG"), page.find("Độc lập"), page.find("Đắk Lắk,"));
    set(parent, "Regular", 12.0);
    set(issuer, "Bold", 12.0);
    set(number, "Regular", 13.0);
    set(nation, "Bold", 12.0);
    set(motto, "Bold", 13.0);
    set(date, "Italic", 13.0);
    assert_eq!(motto.text, "Độc lập - Tự do - Hạnh phúc");
    // Two columns: everything centred below its first line, Quốc hiệu at the right margin.
    near(nation.right(), RIGHT[0]);
    near(motto.middle(), nation.middle());
    near(date.middle(), nation.middle());
    near(issuer.middle(), parent.middle());
    near(number.middle(), parent.middle());
    let column = (LEFT + nation.x - 4.0) / 2.0;
    near(parent.middle(), column);
    // Line by line from the top margin.
    near(parent.baseline, baseline(20.0, 12.0, 1.0));
    near(nation.baseline, parent.baseline);
    let second = 20.0 + 12.0 * 1.15 * 25.4 / 72.0;
    near(issuer.baseline, baseline(second, 12.0, 1.0));
    near(motto.baseline, baseline(second, 13.0, 1.0));
    near(number.baseline, date.baseline);
    let below = second + (13.0 * 1.15 + 4.0 + 6.0) * 25.4 / 72.0;
    near(number.baseline, baseline(below, 13.0, 1.0));
}

#[test]
fn rules_have_the_lengths_of_the_decree() {
    let sheets = sheets(&specimen::report());
    let page = &sheets[0];
    let [issuer_rule, motto_rule, title_rule] = page.rules[..3] else { unreachable!() };
    let (issuer, motto) = (page.find("SỞ KHOA"), page.find("Độc lập"));
    near(motto_rule.width, motto.width);
    near(motto_rule.x, motto.x);
    let title = page.find("Kết quả đo");
    for (rule, line) in [(issuer_rule, issuer), (title_rule, title)] {
        let share = rule.width / line.width;
        assert!((1.0 / 3.0..=0.5).contains(&share), "{share}");
        near(rule.x + rule.width / 2.0, line.middle());
        assert!(rule.y > line.baseline && rule.y < line.baseline + 3.0, "{rule:?}");
    }
}

#[test]
fn title_addressees_and_text_are_set_as_the_decree_says() {
    let sheets = sheets(&specimen::report());
    let page = &sheets[0];
    let (kind, subject) = (page.find("BÁO CÁO"), page.find("Kết quả đo"));
    set(kind, "Bold", 14.0);
    set(subject, "Bold", 14.0);
    near(kind.middle(), MIDDLE[0]);
    near(subject.middle(), MIDDLE[0]);
    assert!(kind.baseline < subject.baseline);
    let to = page.find("Kính gửi:");
    set(to, "Regular", 13.0);
    // The dashes stand under the colon.
    let dashes: Vec<&Shown> = page.shown.iter().filter(|shown| shown.text == "-").collect();
    assert_eq!(dashes.len(), 2);
    let colon = to.right() - 13.0 * 0.236 * 25.4 / 72.0;
    dashes.iter().for_each(|dash| near(dash.x, colon));
    let (chapter, section, point) =
        (page.find("I. KẾT"), page.find("1. Thu"), page.find("a) Theo"));
    set(chapter, "Bold", 13.0);
    set(section, "Bold", 13.0);
    set(point, "Regular", 13.0);
    let text = page.find("Thực hiện nhiệm vụ");
    set(text, "Regular", 13.0);
    // The first line is indented by 12.7 mm and reaches to the right margin, as all but the last.
    near(text.x, LEFT + 12.7);
    near(text.right(), RIGHT[0]);
    let next = page.shown.iter().find(|shown| shown.baseline > text.baseline + 1.0).unwrap();
    near(next.x, LEFT);
    near(next.right(), RIGHT[0]);
    near(next.baseline - text.baseline, 13.0 * 1.15 * 1.05 * 25.4 / 72.0);
    near(chapter.x, LEFT + 12.7);
}

#[test]
fn the_signature_is_level_with_the_recipients() {
    let sheets = sheets(&specimen::report());
    let page = sheets.iter().find(|sheet| sheet.shown.iter().any(|s| s.text == "Nơi nhận:"));
    let page = page.unwrap();
    let (title, entry) = (page.find("Nơi nhận:"), page.find("- Như trên;"));
    let (authority, position) = (page.find("KT."), page.find("PHÓ"));
    let name = page.find("Nguyễn Thị");
    set(title, "SemiboldItalic", 12.0);
    set(entry, "Regular", 11.0);
    set(authority, "Bold", 13.0);
    set(position, "Bold", 13.0);
    set(name, "Bold", 13.0);
    near(title.x, LEFT);
    near(entry.x, LEFT);
    near(title.baseline, authority.baseline);
    // The signer has the right half of the text: its middle is three quarters to the right.
    let middle = LEFT + (RIGHT[0] - LEFT) * 0.75;
    [authority, position, name].iter().for_each(|line| near(line.middle(), middle));
    // Room for seal and signature.
    near(name.baseline - position.baseline, 5.0 * 13.0 * 1.15 * 1.05 * 25.4 / 72.0);
}

#[test]
fn page_numbers_stand_in_the_middle_of_the_top_margin() {
    let sheets = sheets(&specimen::report());
    let is_number = |shown: &&Shown| shown.text.chars().all(|c| c.is_ascii_digit());
    let above = |sheet: &'_ Sheet| -> Option<String> {
        let mut numbers =
            sheet.shown.iter().filter(|shown| shown.baseline < 20.0).filter(is_number);
        let number = numbers.next()?;
        assert!(numbers.next().is_none());
        let wide = usize::from(sheet.width > sheet.height);
        set(number, "Regular", 13.0);
        near(number.middle(), MIDDLE[wide]);
        near(number.baseline, 15.0);
        assert_eq!(number.tag, "Artifact");
        Some(number.text.clone())
    };
    let mut expected = 1;
    let (mut seen, mut restarts) = (0, 0);
    for sheet in &sheets {
        let opens = sheet.shown.iter().any(|shown| shown.text.starts_with("Phụ lục"));
        if opens && sheet.find("Phụ lục").tag == "H1" {
            (expected, restarts) = (1, restarts + 1);
        }
        let number = above(sheet);
        assert_eq!(number, (expected > 1).then(|| expected.to_string()));
        seen += usize::from(number.is_some());
        expected += 1;
    }
    assert!(seen >= 4 && restarts == 2, "{seen} numbers, {restarts} annexes");
}

#[test]
fn annexes_have_their_three_lines_in_both_orientations() {
    let sheets = sheets(&specimen::report());
    for (label, title, wide) in [("Phụ lục I", "KẾT QUẢ THEO", 1), ("Phụ lục II", "PHƯƠNG", 0)]
    {
        let is_label = |shown: &Shown| shown.text == label && shown.tag == "H1";
        let page = sheets.iter().find(|sheet| sheet.shown.iter().any(is_label)).unwrap();
        near(page.width, [210.0, 297.0][wide]);
        near(page.height, [297.0, 210.0][wide]);
        let (label, title, reference) =
            (page.find(label), page.find(title), page.find("(Kèm theo"));
        set(label, "Bold", 14.0);
        set(title, "Bold", 14.0);
        set(reference, "Italic", 13.0);
        [label, title, reference].iter().for_each(|line| near(line.middle(), MIDDLE[wide]));
        near(label.baseline, baseline(20.0, 14.0, 1.05));
        assert!(label.baseline < title.baseline && title.baseline < reference.baseline);
    }
}

#[test]
fn nothing_stands_in_the_margins_but_numbers_and_banners() {
    for sheet in sheets(&specimen::report()) {
        let wide = usize::from(sheet.width > sheet.height);
        for shown in &sheet.shown {
            assert!(shown.x > LEFT - 0.1 && shown.right() < RIGHT[wide] + 0.1, "{shown:?}");
            let inside = shown.baseline > 20.0 && shown.baseline < sheet.height - 20.0;
            assert!(inside || shown.tag == "Artifact", "{shown:?}");
        }
    }
}

#[test]
fn the_subject_of_a_letter_stands_below_its_number() {
    let sheets = sheets(&specimen::letters());
    let (number, about) = (sheets[0].find("Số:"), sheets[0].find("V/v"));
    set(about, "Regular", 12.0);
    assert_eq!(about.tag, "H1");
    near(about.middle(), number.middle());
    let leading = (13.0 - 12.0) * 1.15 / 2.0 + 12.0 * 1.15 + 6.0;
    near(about.baseline - number.baseline, leading * 25.4 / 72.0);
}

#[test]
fn the_other_end_of_the_decrees_ranges_is_followed_too() {
    use crate::document::layout::Margins;
    let style = Style {
        margins: Margins { top: 25.0, bottom: 25.0, left: 35.0, right: 20.0 },
        body: 14.0,
        indent: 10.0,
        line_spacing: 1.5,
        ..Style::default()
    };
    let (document, family) = (specimen::report(), Family::libertinus().unwrap());
    let laid = lay_out(&document, &family, &style).unwrap();
    let sheets = read(&write(&laid, &document, &family).unwrap());
    let page = &sheets[0];
    set(page.find("CỘNG"), "Bold", 13.0);
    set(page.find("Độc lập"), "Bold", 14.0);
    set(page.find("Số:"), "Regular", 13.0);
    set(page.find("Đắk Lắk,"), "Italic", 14.0);
    near(page.find("Số:").baseline, page.find("Đắk Lắk,").baseline);
    near(page.find("CỘNG").right(), 190.0);
    near(page.find("ỦY BAN").baseline, baseline(25.0, 13.0, 1.0));
    near(page.find("BÁO CÁO").middle(), 112.5);
    near(page.find("Thực hiện").x, 45.0);
    near(page.find("Thực hiện").right(), 190.0);
}
