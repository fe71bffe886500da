//! The styles that people find in their word processor: text that they add looks like the rest.

use super::paragraph::{size, value};
use super::twips;
use crate::document::layout::{MILLIMETRE, Style};
use crate::document::markup::Element;

/// The font that the decree names; every word processor has it or one with its metrics.
const FONT: &str = "Times New Roman";
const LANGUAGE: &str = "vi-VN";

/// Single spacing, in the unit of line spacing.
const SINGLE: f64 = 240.0;

/// How a style differs from the one it is based on.
struct Definition {
    id: &'static str,
    name: &'static str,
    base: Option<&'static str>,
    next: Option<&'static str>,
    /// In the order of ECMA-376: `keepNext`, `numPr`, `spacing`, `ind`, `jc`, `outlineLvl`.
    paragraph: Vec<Element>,
    text: Vec<Element>,
}

/// `word/styles.xml`.
pub(super) fn styles(style: &Style) -> Element {
    let definitions = headings(style).into_iter().chain(texts(style)).chain(small(style));
    super::package::root("w:styles")
        .child(defaults(style))
        .child(normal())
        .children(definitions.map(Definition::into_element))
        .child(note_mark())
}

fn defaults(style: &Style) -> Element {
    let fonts = ["w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"]
        .into_iter()
        .fold(Element::new("w:rFonts"), |fonts, script| fonts.with(script, FONT));
    let language = value("w:lang", LANGUAGE).with("w:eastAsia", LANGUAGE).with("w:bidi", LANGUAGE);
    let text = Element::new("w:rPr").child(fonts).children(size(style.body)).child(language);
    Element::new("w:docDefaults")
        .child(Element::new("w:rPrDefault").child(text))
        .child(Element::new("w:pPrDefault"))
}

fn normal() -> Element {
    Element::new("w:style")
        .with("w:type", "paragraph")
        .with("w:default", 1)
        .with("w:styleId", "Normal")
        .child(value("w:name", "Normal"))
        .child(Element::new("w:qFormat"))
}

fn headings(style: &Style) -> Vec<Definition> {
    let heading = |level: u8, id, name| {
        let gap = if level == 1 { 2.0 } else { 1.0 };
        let paragraph = vec![
            Element::new("w:keepNext"),
            spacing(style, style.paragraph_gap * gap),
            first_line(style),
            value("w:jc", "both"),
            value("w:outlineLvl", level - 1),
        ];
        let text = if level < 3 { bold() } else { Vec::new() };
        let next = Some("BodyText");
        Definition { id, name, base: Some("Normal"), next, paragraph, text }
    };
    vec![
        heading(1, "Heading1", "heading 1"),
        heading(2, "Heading2", "heading 2"),
        heading(3, "Heading3", "heading 3"),
    ]
}

fn texts(style: &Style) -> Vec<Definition> {
    let body =
        || vec![spacing(style, style.paragraph_gap), first_line(style), value("w:jc", "both")];
    let mut list = body();
    let level = Element::new("w:numPr").child(value("w:ilvl", 0)).child(value("w:numId", 1));
    list.insert(0, level);
    let gap = Element::new("w:spacing")
        .with("w:before", twips(1.5 * style.paragraph_gap))
        .with("w:after", twips(0.5 * style.paragraph_gap));
    let caption = vec![gap, value("w:jc", "center")];
    vec![
        definition("BodyText", "Body Text", body(), Vec::new()),
        definition("ListBullet", "List Bullet", list, Vec::new()),
        Definition {
            next: Some("BodyText"),
            paragraph: vec![
                Element::new("w:keepNext"),
                single(),
                value("w:jc", "center"),
                value("w:outlineLvl", 0),
            ],
            ..definition("Title", "Title", Vec::new(), bold())
        },
        definition("Caption", "caption", caption, [bold(), sized(Style::CAPTION)].concat()),
    ]
}

fn small(style: &Style) -> Vec<Definition> {
    let note = vec![Element::new("w:spacing").with("w:before", twips(2.0)).with("w:after", 120)];
    let foot = vec![Element::new("w:spacing").with("w:after", 0), value("w:jc", "both")];
    let italic = vec![Element::new("w:i"), Element::new("w:iCs")];
    vec![
        definition("Letterhead", "Letterhead", vec![single()], Vec::new()),
        definition("TableText", "Table Text", vec![single()], sized(style.table)),
        definition("TableNote", "Table Note", note, [italic, sized(Style::NOTE)].concat()),
        definition("FootnoteText", "footnote text", foot, sized(Style::FOOTNOTE)),
        definition("Header", "header", vec![single()], Vec::new()),
    ]
}

fn definition(
    id: &'static str,
    name: &'static str,
    paragraph: Vec<Element>,
    text: Vec<Element>,
) -> Definition {
    Definition { id, name, base: Some("Normal"), next: None, paragraph, text }
}

impl Definition {
    fn into_element(self) -> Element {
        let reference = |name, id: Option<&'static str>| id.map(|id| value(name, id));
        Element::new("w:style")
            .with("w:type", "paragraph")
            .with("w:styleId", self.id)
            .child(value("w:name", self.name))
            .children(reference("w:basedOn", self.base))
            .children(reference("w:next", self.next))
            .child(Element::new("w:qFormat"))
            .child(Element::new("w:pPr").children(self.paragraph))
            .child(Element::new("w:rPr").children(self.text))
    }
}

/// The raised number of a note.
fn note_mark() -> Element {
    let raised = Element::new("w:rPr").child(value("w:vertAlign", "superscript"));
    Element::new("w:style")
        .with("w:type", "character")
        .with("w:styleId", "FootnoteReference")
        .child(value("w:name", "footnote reference"))
        .child(raised)
}

/// The gap above a paragraph and the distance of its lines.
fn spacing(style: &Style, before: f64) -> Element {
    let line = (style.line_spacing * SINGLE).round() as i64;
    Element::new("w:spacing")
        .with("w:before", twips(before))
        .with("w:after", 0)
        .with("w:line", line)
        .with("w:lineRule", "auto")
}

fn single() -> Element {
    Element::new("w:spacing").with("w:before", 0).with("w:after", 0)
}

fn first_line(style: &Style) -> Element {
    Element::new("w:ind").with("w:firstLine", twips(style.indent * MILLIMETRE))
}

fn bold() -> Vec<Element> {
    vec![Element::new("w:b"), Element::new("w:bCs")]
}

fn sized(points: f64) -> Vec<Element> {
    size(points).into()
}

/// `word/numbering.xml`: one list, whose items have a dash and the first-line indent of the text.
pub(super) fn numbering(style: &Style) -> Element {
    let indent = Element::new("w:ind")
        .with("w:left", 0)
        .with("w:firstLine", twips(style.indent * MILLIMETRE));
    let level = Element::new("w:lvl")
        .with("w:ilvl", 0)
        .child(value("w:start", 1))
        .child(value("w:numFmt", "bullet"))
        .child(value("w:suff", "space"))
        .child(value("w:lvlText", "-"))
        .child(value("w:lvlJc", "left"))
        .child(Element::new("w:pPr").child(indent));
    let list = Element::new("w:abstractNum").with("w:abstractNumId", 0).child(level);
    let number = Element::new("w:num").with("w:numId", 1).child(value("w:abstractNumId", 0));
    super::package::root("w:numbering").child(list).child(number)
}
