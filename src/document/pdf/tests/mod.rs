//! PDF files, read back.

mod decree;
mod readback;
mod reading;

use super::*;
use crate::document::block::{Block, Span};
use crate::document::layout::{Style, lay_out};
use crate::document::page::{Colour, Face, Item, Path, Stroke, TextRun};
use crate::document::specimen;
use crate::document::structure::Structure;

fn document() -> Document {
    let spans = |text: &str| {
        let plain = Span { text: format!("{text} "), ..Span::default() };
        let bold = Span { bold: true, ..plain.clone() };
        let both = Span { italic: true, ..bold.clone() };
        vec![plain, bold, both]
    };
    Document {
        title: "Báo cáo (thử) – Đắk Lắk".into(),
        author: "Sở".into(),
        date: jiff::civil::Date::new(2025, 11, 15).ok(),
        draft: String::new(),
        banners: Vec::new(),
        blocks: vec![Block::Paragraph(spans(&"Tốc độ tải xuống 83,52\u{a0}Mbps ".repeat(30)))],
    }
}

fn written() -> Vec<u8> {
    let family = Family::libertinus().unwrap();
    let pages = lay_out(&document(), &family, &Style::default()).unwrap();
    write(&pages, &document(), &family).unwrap()
}

/// The bytes of a document; with `KEEP_PDF=FOLDER` they are kept as a file to look at.
fn made(document: &Document, family: &Family, name: &str) -> Vec<u8> {
    let laid = lay_out(document, family, &Style::default()).unwrap();
    let bytes = write(&laid, document, family).unwrap();
    if let Ok(folder) = std::env::var("KEEP_PDF") {
        std::fs::write(format!("{folder}/{name}.pdf"), &bytes).unwrap();
    }
    bytes
}

#[test]
fn documents_of_all_kinds_are_written_and_open_again() {
    let family = Family::libertinus().unwrap();
    let documents = [
        ("report", specimen::report()),
        ("letters", specimen::letters()),
        ("hard", specimen::hard()),
    ];
    for (name, document) in documents {
        let bytes = made(&document, &family, name);
        let file = lopdf::Document::load_mem(&bytes).unwrap();
        assert!(file.catalog().unwrap().has(b"StructTreeRoot"));
        assert!(file.catalog().unwrap().has(b"Outlines"));
    }
}

fn drawn(items: Vec<Item>) -> (lopdf::Document, String) {
    let family = Family::libertinus().unwrap();
    let items = items.into_iter().map(Into::into).collect();
    let pages = vec![Page { width: 200.0, height: 100.0, items }];
    let laid = Laid { pages, structure: Structure::default() };
    let bytes = write(&laid, &Document::default(), &family).unwrap();
    let file = lopdf::Document::load_mem(&bytes).unwrap();
    let page = *file.get_pages().values().next().unwrap();
    let content = String::from_utf8(file.get_page_content(page)).unwrap();
    (file, content)
}

fn run(text: &str) -> TextRun {
    TextRun {
        x: 10.0,
        y: 20.0,
        text: text.into(),
        face: Face::Regular,
        size: 10.0,
        colour: Colour::BLACK,
        word_spacing: 0.0,
        rotation: 0.0,
    }
}

#[test]
fn the_same_pages_are_the_same_bytes() {
    let first = written();
    assert_eq!(first, written());
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(written)).collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == first));
}

#[test]
fn fonts_are_subsets_and_the_file_is_small() {
    let bytes = written();
    assert!(bytes.starts_with(b"%PDF-1.7"));
    assert!(bytes.len() < 60_000, "{}", bytes.len());
    let file = lopdf::Document::load_mem(&bytes).unwrap();
    let names = file.objects.values().filter_map(|object| {
        let descriptor = object.as_dict().ok()?;
        descriptor.get(b"FontFile3").ok()?;
        let name = descriptor.get(b"FontName").ok()?.as_name().ok()?;
        Some(String::from_utf8_lossy(name).into_owned())
    });
    let mut names: Vec<String> = names.map(|name| name[6..].to_string()).collect();
    names.sort();
    assert_eq!(
        names,
        ["+LibertinusSerif-Bold", "+LibertinusSerif-Regular", "+LibertinusSerif-SemiboldItalic"]
    );
}

#[test]
fn properties_are_text_strings_with_a_fixed_date() {
    let file = lopdf::Document::load_mem(&written()).unwrap();
    let info = file.trailer.get(b"Info").unwrap().as_reference().unwrap();
    let info = file.get_dictionary(info).unwrap();
    let title = info.get(b"Title").unwrap().as_str().unwrap();
    let units: Vec<u16> =
        title.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
    assert_eq!(String::from_utf16(&units).unwrap(), format!("\u{feff}{}", document().title));
    assert_eq!(info.get(b"CreationDate").unwrap().as_str().unwrap(), b"D:20251115000000+07'00'");
    assert!(!info.has(b"GTS_PDFXVersion"));
    assert_eq!(file.catalog().unwrap().get(b"Lang").unwrap().as_str().unwrap(), b"vi-VN");
}

#[test]
fn each_glyph_reads_back_as_its_letter() {
    let (file, content) = drawn(vec![Item::Text(run("Ặ\u{a0}ộ đ"))]);
    let map = file.objects.values().find_map(|object| {
        let map = object.as_stream().ok()?.decompressed_content().ok()?;
        String::from_utf8(map).ok().filter(|map| map.contains("begincmap"))
    });
    let map = map.unwrap().to_lowercase();
    for letter in ["1eb6", "1ed9", "0111", "0020"] {
        assert!(map.contains(letter), "{letter} is missing in {map}");
    }
    assert!(!map.contains("00a0"));
    assert!(content.contains("Tj") || content.contains("TJ"), "{content}");
}

#[test]
fn spaces_are_widened_one_by_one() {
    let mut wide = run("a b\u{a0}c d");
    wide.word_spacing = 2.0;
    let (_, content) = drawn(vec![Item::Text(wide)]);
    assert_eq!(content.matches("-200").count(), 2, "{content}");
    assert!(!content.contains("Tw"));
}

#[test]
fn rotation_is_clockwise_about_the_start() {
    let mut turned = run("a");
    turned.rotation = 90.0;
    let (_, content) = drawn(vec![Item::Text(turned)]);
    assert!(content.contains("0 -1 1 0 10 80 Tm"), "{content}");
}

#[test]
fn rings_are_filled_by_the_even_odd_rule() {
    let square = |a: f64, b: f64| vec![(a, a), (b, a), (b, b), (a, b)];
    let path = Path {
        rings: vec![square(10.0, 90.0), square(30.0, 60.0)],
        closed: true,
        fill: Some(Colour::new(255, 0, 0)),
        stroke: Some(Stroke { colour: Colour::BLACK, width: 0.5 }),
    };
    let (_, content) = drawn(vec![Item::Path(path)]);
    assert!(content.contains("1 0 0 rg") && content.contains("f*"), "{content}");
    assert_eq!(content.matches("\nS").count(), 2, "{content}");
}

#[test]
fn no_page_is_an_error() {
    let family = Family::libertinus().unwrap();
    let laid = Laid { pages: Vec::new(), structure: Structure::default() };
    let error = write(&laid, &Document::default(), &family).unwrap_err();
    assert_eq!(error.to_string(), "the document has no page, expected at least one");
}

/// Four font files of the user's own, gone when the value is dropped.
struct Files(tempfile::TempDir);

impl Files {
    fn new(faces: [&[u8]; 4], ending: &str) -> Self {
        let folder = Files(tempfile::tempdir().unwrap());
        for (index, data) in faces.into_iter().enumerate() {
            std::fs::write(folder.path(index, ending), data).unwrap();
        }
        folder
    }

    fn path(&self, index: usize, ending: &str) -> std::path::PathBuf {
        self.0.path().join(format!("face{index}.{ending}"))
    }

    fn read(&self, ending: &str) -> Result<Family> {
        let [a, b, c, d] = [0, 1, 2, 3].map(|index| self.path(index, ending));
        Family::read(&a, &b, &c, &d)
    }
}

#[test]
fn a_truetype_family_of_the_user_is_embedded() {
    use dejavu::serif::{bold, bold_italic, italic, regular};
    let faces = [regular(), bold(), italic(), bold_italic()];
    let family = Files::new(faces, "ttf").read("ttf").unwrap();
    let bytes = made(&specimen::report(), &family, "truetype");
    assert!(bytes.len() < 200_000, "{} bytes", bytes.len());
    let file = lopdf::Document::load_mem(&bytes).unwrap();
    let embedded = |object: &&lopdf::Object| object.as_dict().is_ok_and(|d| d.has(b"FontFile2"));
    assert_eq!(file.objects.values().filter(embedded).count(), 4);
    // What readers add up is what layout counted with: lines end at the right margin.
    let sheets = readback::read(&bytes);
    let line = sheets[0].find("Thực hiện nhiệm vụ");
    assert_eq!(line.font, "DejaVuSerif");
    assert!((line.right() - 195.0).abs() < 0.05, "{}", line.right());
}

#[test]
fn an_opentype_family_of_the_user_is_embedded() {
    let own = Family::libertinus().unwrap();
    let faces = crate::document::font::FACES.map(|face| own.font(face).data.as_ref());
    let family = Files::new(faces, "otf").read("otf").unwrap();
    let laid = lay_out(&specimen::letters(), &family, &Style::default()).unwrap();
    let bytes = write(&laid, &specimen::letters(), &family).unwrap();
    let laid = lay_out(&specimen::letters(), &own, &Style::default()).unwrap();
    assert!(bytes == write(&laid, &specimen::letters(), &own).unwrap());
}

#[test]
fn a_truetype_face_without_vietnamese_is_refused() {
    let outlines = |data: &&[u8]| ttf_parser::Face::parse(data, 0).unwrap().tables().glyf.is_some();
    let data = typst_assets::fonts().find(outlines).unwrap();
    let files = Files::new([data; 4], "ttf");
    let message = files.read("ttf").unwrap_err().to_string();
    assert!(message.contains("face0.ttf` lacks letters that Vietnamese needs: Ảả"), "{message}");
}
