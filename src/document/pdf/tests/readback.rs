//! Reads from the bytes of a PDF what stands where, without the page model.

use std::collections::BTreeMap;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId};

/// Millimetres in a point.
const POINT: f64 = 25.4 / 72.0;

/// Text that is shown in one go. Lengths are millimetres from the upper left corner of the page.
#[derive(Debug, Clone)]
pub struct Shown {
    pub text: String,
    /// The name of the font without the mark of a subset.
    pub font: String,
    /// In points.
    pub size: f64,
    pub x: f64,
    pub baseline: f64,
    pub width: f64,
    /// The tag of the marked content that it is in.
    pub tag: String,
}

impl Shown {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn middle(&self) -> f64 {
        self.x + self.width / 2.0
    }
}

/// A horizontal line.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub x: f64,
    pub width: f64,
    pub y: f64,
}

/// A page as its content stream draws it.
#[derive(Debug)]
pub struct Sheet {
    pub width: f64,
    pub height: f64,
    pub shown: Vec<Shown>,
    pub rules: Vec<Rule>,
}

impl Sheet {
    /// The first text that starts with some letters.
    pub fn find(&self, start: &str) -> &Shown {
        let found = self.shown.iter().find(|shown| shown.text.starts_with(start));
        found.unwrap_or_else(|| panic!("nothing starts with `{start}`"))
    }
}

/// What a font makes of codes.
struct Font {
    name: String,
    widths: BTreeMap<u16, f64>,
    letters: BTreeMap<u16, String>,
}

/// Every page of a file.
pub fn read(bytes: &[u8]) -> Vec<Sheet> {
    let file = Document::load_mem(bytes).unwrap();
    file.get_pages().into_values().map(|page| sheet(&file, page)).collect()
}

fn sheet(file: &Document, id: ObjectId) -> Sheet {
    let page = file.get_dictionary(id).unwrap();
    let corners = numbers(page.get(b"MediaBox").unwrap());
    let fonts = file.get_page_fonts(id).unwrap();
    let fonts: BTreeMap<Vec<u8>, Font> =
        fonts.into_iter().map(|(name, font)| (name, read_font(file, font))).collect();
    let mut reader = Reader {
        fonts,
        height: corners[3],
        font: Vec::new(),
        size: 0.0,
        at: (0.0, 0.0),
        tag: String::new(),
        pen: (0.0, 0.0),
        sheet: Sheet {
            width: corners[2] * POINT,
            height: corners[3] * POINT,
            shown: Vec::new(),
            rules: Vec::new(),
        },
    };
    let content = Content::decode(&file.get_page_content(id)).unwrap();
    content.operations.iter().for_each(|operation| reader.apply(operation));
    reader.sheet
}

struct Reader {
    fonts: BTreeMap<Vec<u8>, Font>,
    height: f64,
    font: Vec<u8>,
    size: f64,
    at: (f64, f64),
    tag: String,
    pen: (f64, f64),
    sheet: Sheet,
}

impl Reader {
    fn apply(&mut self, operation: &Operation) {
        let operands = &operation.operands;
        let number = |index: usize| number(&operands[index]);
        match operation.operator.as_str() {
            "BMC" | "BDC" => {
                let tag = operands[0].as_name().unwrap();
                self.tag = String::from_utf8_lossy(tag).into_owned();
            }
            "EMC" => self.tag.clear(),
            "Tf" => {
                self.font = operands[0].as_name().unwrap().to_vec();
                self.size = number(1);
            }
            "Tm" => self.at = (number(4), number(5)),
            "Tj" | "TJ" => self.show(&operands[0]),
            "m" => self.pen = (number(0), number(1)),
            "l" => self.line((number(0), number(1))),
            _ => {}
        }
    }

    fn show(&mut self, operand: &Object) {
        let parts = match operand {
            Object::Array(parts) => parts.clone(),
            single => vec![single.clone()],
        };
        let font = &self.fonts[&self.font];
        let (mut text, mut width) = (String::new(), 0.0);
        for part in parts {
            match part {
                Object::String(codes, _) => {
                    for code in codes.chunks(2) {
                        let code = u16::from_be_bytes([code[0], code[1]]);
                        text.push_str(&font.letters[&code]);
                        width += font.widths[&code] / 1000.0 * self.size;
                    }
                }
                offset => width -= number(&offset) / 1000.0 * self.size,
            }
        }
        self.sheet.shown.push(Shown {
            text,
            font: font.name.clone(),
            size: self.size,
            x: self.at.0 * POINT,
            baseline: (self.height - self.at.1) * POINT,
            width: width * POINT,
            tag: self.tag.clone(),
        });
    }

    fn line(&mut self, to: (f64, f64)) {
        if (to.1 - self.pen.1).abs() < 0.01 {
            let (x, width) = (self.pen.0.min(to.0) * POINT, (to.0 - self.pen.0).abs() * POINT);
            self.sheet.rules.push(Rule { x, width, y: (self.height - to.1) * POINT });
        }
        self.pen = to;
    }
}

fn number(object: &Object) -> f64 {
    object.as_float().map(f64::from).unwrap()
}

fn numbers(object: &Object) -> Vec<f64> {
    object.as_array().unwrap().iter().map(number).collect()
}

fn read_font(file: &Document, font: &Dictionary) -> Font {
    let name = String::from_utf8_lossy(font.get(b"BaseFont").unwrap().as_name().unwrap());
    let name = name.split_once('+').map_or(name.to_string(), |(_, name)| name.to_string());
    let descendant = &font.get(b"DescendantFonts").unwrap().as_array().unwrap()[0];
    let descendant = file.dereference(descendant).unwrap().1.as_dict().unwrap();
    let map = font.get(b"ToUnicode").unwrap().as_reference().unwrap();
    let map = file.get_object(map).unwrap().as_stream().unwrap();
    let map = String::from_utf8(map.decompressed_content().unwrap()).unwrap();
    Font { name, widths: widths(descendant), letters: letters(&map) }
}

/// The widths of consecutive codes, each stretch as a first code and a list.
fn widths(font: &Dictionary) -> BTreeMap<u16, f64> {
    let entries = font.get(b"W").unwrap().as_array().unwrap();
    let mut widths = BTreeMap::new();
    for pair in entries.chunks(2) {
        let first = pair[0].as_i64().unwrap() as u16;
        let listed = numbers(&pair[1]);
        widths.extend(listed.into_iter().enumerate().map(|(step, w)| (first + step as u16, w)));
    }
    widths
}

/// The pairs and ranges of a ToUnicode map.
fn letters(map: &str) -> BTreeMap<u16, String> {
    let mut letters = BTreeMap::new();
    let hex = |text: &str| u32::from_str_radix(text, 16).unwrap();
    for line in map.lines() {
        let parts: Vec<&str> =
            line.split(['<', '>', ' ']).filter(|part| !part.is_empty()).collect();
        let is_code = |part: &&str| part.len() == 4 && part.chars().all(|c| c.is_ascii_hexdigit());
        match parts[..] {
            [code, letter] if [code, letter].iter().all(is_code) => {
                letters.insert(hex(code) as u16, char::from_u32(hex(letter)).unwrap().into());
            }
            [low, high, letter] if [low, high, letter].iter().all(is_code) => {
                for step in 0..=hex(high) - hex(low) {
                    let letter = char::from_u32(hex(letter) + step).unwrap();
                    letters.insert((hex(low) + step) as u16, letter.into());
                }
            }
            _ => {}
        }
    }
    letters
}
