//! Text of a PDF in the order in which it is drawn: our own files, and those that word processors
//! make of the DOCX.
//!
//! Fragments on one line that touch are one word; where a gap is wide enough for a space, or the
//! line ends, a word ends. What stands in the margins (page numbers, banners) is left out, and what
//! is marked as a figure stands apart.

mod font;

use lopdf::content::Operation;
use lopdf::{Document, Object, ObjectId};

use self::font::Fonts;
use super::passage::Passage;

/// Text nearer to the upper or lower edge than this is page furniture, in points: the decree wants
/// margins of 20 mm at least.
const MARGIN: f64 = 18.0 * 72.0 / 25.4;

/// A4.
const PAGE_HEIGHT: f64 = 841.89;

/// A gap wider than this share of the type size is a space.
const SPACE: f64 = 0.13;

/// Running text and, each with its caption after it, figures; in the order of the pages.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Passage>, String> {
    let file = Document::load_mem(bytes).map_err(|error| error.to_string())?;
    let mut passages = Vec::new();
    for page in file.get_pages().into_values() {
        passages.append(&mut page_passages(&file, page)?);
    }
    passages.retain(|passage| passage.tokens().next().is_some());
    if passages.is_empty() { Err("no text is found in it".into()) } else { Ok(passages) }
}

fn page_passages(file: &Document, page: ObjectId) -> Result<Vec<Passage>, String> {
    let content = file.get_and_decode_page_content(page).map_err(|error| error.to_string())?;
    let fonts = Fonts::of_page(file, page);
    let mut reader = Reader::new(&fonts, page_height(file, page));
    content.operations.iter().for_each(|operation| reader.run(operation));
    reader.finish(false);
    Ok(reader.passages)
}

/// The height of the page's media box, which may be inherited.
fn page_height(file: &Document, page: ObjectId) -> f64 {
    let mut node = file.get_dictionary(page).ok();
    while let Some(dictionary) = node {
        let found = dictionary.get_deref(b"MediaBox", file).and_then(Object::as_array);
        if let Ok([_, low, _, high]) = found.map(Vec::as_slice) {
            return f64::from(
                high.as_float().unwrap_or_default() - low.as_float().unwrap_or_default(),
            );
        }
        node = dictionary.get_deref(b"Parent", file).and_then(Object::as_dict).ok();
    }
    PAGE_HEIGHT
}

/// `[a b c d e f]` of ISO 32000-1, 8.3.3.
#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const IDENTITY: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First this one, then `next`.
    fn then(self, next: Matrix) -> Matrix {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, next.0);
        Matrix([
            a * p + b * r,
            a * q + b * s,
            c * p + d * r,
            c * q + d * s,
            e * p + f * r + t,
            e * q + f * s + u,
        ])
    }

    fn moved(x: f64, y: f64) -> Matrix {
        Matrix([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// How much larger type becomes.
    fn scale(self) -> f64 {
        self.0[0].hypot(self.0[1])
    }
}

/// What `q` keeps and `Q` brings back.
#[derive(Debug, Clone)]
struct State {
    page: Matrix,
    font: Vec<u8>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
}

/// Where the last fragment ended.
#[derive(Debug, Clone, Copy)]
struct End {
    x: f64,
    y: f64,
    size: f64,
}

struct Reader<'a> {
    fonts: &'a Fonts<'a>,
    height: f64,
    state: State,
    kept: Vec<State>,
    text_matrix: Matrix,
    line_matrix: Matrix,
    end: Option<End>,
    text: String,
    passages: Vec<Passage>,
    /// For each open marked-content sequence, whether it is a figure or the caption of one.
    marks: Vec<bool>,
    /// Whether the last one was a figure.
    after_figure: bool,
}

impl<'a> Reader<'a> {
    fn new(fonts: &'a Fonts<'a>, height: f64) -> Self {
        let state = State {
            page: Matrix::IDENTITY,
            font: Vec::new(),
            size: 1.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
        };
        Reader {
            fonts,
            height,
            state,
            kept: Vec::new(),
            text_matrix: Matrix::IDENTITY,
            line_matrix: Matrix::IDENTITY,
            end: None,
            text: String::new(),
            passages: Vec::new(),
            marks: Vec::new(),
            after_figure: false,
        }
    }

    fn run(&mut self, operation: &Operation) {
        let numbers: Vec<f64> = operation.operands.iter().filter_map(number).collect();
        match (operation.operator.as_str(), numbers.as_slice()) {
            ("BMC" | "BDC", _) => self.open(operation),
            ("EMC", _) => self.close(),
            ("q", _) => self.kept.push(self.state.clone()),
            ("Q", _) => self.state = self.kept.pop().unwrap_or_else(|| self.state.clone()),
            ("cm", &[a, b, c, d, e, f]) => {
                self.state.page = Matrix([a, b, c, d, e, f]).then(self.state.page);
            }
            ("BT", _) => self.set_line(Matrix::IDENTITY),
            ("Tm", &[a, b, c, d, e, f]) => self.set_line(Matrix([a, b, c, d, e, f])),
            ("Td", &[x, y]) => self.next_line(x, y),
            ("TD", &[x, y]) => {
                self.state.leading = -y;
                self.next_line(x, y);
            }
            ("T*", _) => self.next_line(0.0, -self.state.leading),
            ("Tf", &[size]) => self.set_font(operation, size),
            ("Tc", &[space]) => self.state.letter_space = space,
            ("Tw", &[space]) => self.state.word_space = space,
            ("Tz", &[percent]) => self.state.stretch = percent / 100.0,
            ("TL", &[leading]) => self.state.leading = leading,
            ("Tj", _) => operation.operands.iter().for_each(|operand| self.show(operand)),
            ("TJ", _) => self.show_all(operation),
            ("'" | "\"", _) => {
                self.next_line(0.0, -self.state.leading);
                operation.operands.iter().for_each(|operand| self.show(operand));
            }
            _ => {}
        }
    }

    fn open(&mut self, operation: &Operation) {
        let tag = operation.operands.first().and_then(|operand| operand.as_name().ok());
        let is_figure = tag == Some(b"Figure");
        let is_caption = tag == Some(b"Caption") && self.after_figure;
        if (is_figure || is_caption) && !self.in_figure() {
            self.finish(false);
        }
        self.marks.push(is_figure || is_caption);
        self.after_figure = is_figure;
    }

    fn close(&mut self) {
        if self.marks.pop() == Some(true) && !self.in_figure() {
            self.finish(true);
        }
    }

    fn in_figure(&self) -> bool {
        self.marks.contains(&true)
    }

    /// What was read since the last passage becomes one.
    fn finish(&mut self, drawn: bool) {
        let text = std::mem::take(&mut self.text);
        self.passages.push(Passage { drawn, ..Passage::paragraph(&text) });
        self.end = None;
    }

    fn set_line(&mut self, matrix: Matrix) {
        (self.text_matrix, self.line_matrix) = (matrix, matrix);
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set_line(Matrix::moved(x, y).then(self.line_matrix));
    }

    fn set_font(&mut self, operation: &Operation, size: f64) {
        if let Some(Object::Name(name)) = operation.operands.first() {
            self.state.font.clone_from(name);
        }
        self.state.size = size;
    }

    /// Texts with shifts between them, in thousandths of the type size.
    fn show_all(&mut self, operation: &Operation) {
        for part in operation.operands.iter().filter_map(|o| o.as_array().ok()).flatten() {
            match number(part) {
                Some(shift) => self.advance(-shift / 1000.0 * self.state.size * self.state.stretch),
                None => self.show(part),
            }
        }
    }

    fn advance(&mut self, width: f64) {
        self.text_matrix = Matrix::moved(width, 0.0).then(self.text_matrix);
    }

    fn show(&mut self, operand: &Object) {
        let Object::String(bytes, _) = operand else { return };
        let Some(font) = self.fonts.get(&self.state.font) else { return };
        let text = font.text(bytes);
        let start = self.text_matrix.then(self.state.page);
        let State { size, letter_space, word_space, stretch, .. } = self.state;
        let glyphs = font.glyphs(bytes) as f64;
        let spaces = if font.is_simple() { text.matches(' ').count() as f64 } else { 0.0 };
        let width = font.width(bytes) * size + glyphs * letter_space + spaces * word_space;
        self.advance(width * stretch);
        self.add(&text, start);
    }

    fn add(&mut self, text: &str, start: Matrix) {
        let [.., x, y] = start.0;
        if text.is_empty() || y > self.height - MARGIN || y < MARGIN * 0.6 {
            return;
        }
        let size = self.state.size * start.scale();
        if let Some(end) = self.end {
            let same_line = (y - end.y).abs() < 0.3 * size.max(end.size);
            if !same_line {
                self.text.push('\n');
            } else if x - end.x > SPACE * size || x - end.x < -size {
                self.text.push(' ');
            }
        }
        self.text.push_str(text);
        let after = self.text_matrix.then(self.state.page);
        let [.., x, y] = after.0;
        self.end = Some(End { x, y, size });
    }
}

fn number(object: &Object) -> Option<f64> {
    object.as_float().ok().map(f64::from)
}
