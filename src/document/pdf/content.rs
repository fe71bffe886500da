//! Items of a page as printpdf operations.
//!
//! Each stretch of items of one element is a marked-content sequence with a number of its own on
//! the page; what belongs to no element is marked as an artifact (ISO 32000-1, 14.8.2.2).

use std::collections::BTreeMap;

use printpdf::{
    Color, DictItem, Line, LinePoint, Op, PaintMode, PdfFontHandle, Point, Polygon, PolygonRing,
    Pt, Rgb, TextItem, TextMatrix, WindingOrder,
};

use super::role;
use super::subset::{Subsets, id};
use crate::document::page::{Colour, Face, Item, Page, Path, Placed, TextRun};
use crate::document::structure::{ElementId, Structure};

/// The state that operations change and that need not be set again while it stays the same.
#[derive(Default)]
struct State {
    in_text: bool,
    font: Option<(Face, f64)>,
    fill: Option<Colour>,
    line: Option<Colour>,
    width: Option<f64>,
}

struct Writer<'a> {
    subsets: &'a Subsets<'a>,
    structure: &'a Structure,
    height: f64,
    state: State,
    ops: Vec<Op>,
    /// What the open marked-content sequence belongs to.
    open: Option<Option<ElementId>>,
    /// The element of each numbered sequence.
    marks: Vec<ElementId>,
}

/// The operations that draw a page, and the element of each of its marked-content sequences.
pub(super) fn operations(
    page: &Page,
    structure: &Structure,
    subsets: &Subsets<'_>,
) -> (Vec<Op>, Vec<ElementId>) {
    let mut writer = Writer {
        subsets,
        structure,
        height: page.height,
        state: State::default(),
        ops: Vec::new(),
        open: None,
        marks: Vec::new(),
    };
    page.items.iter().filter(|placed| is_visible(placed)).for_each(|placed| writer.place(placed));
    writer.end_mark();
    (writer.ops, writer.marks)
}

fn is_visible(placed: &Placed) -> bool {
    match &placed.item {
        Item::Text(run) => !run.text.is_empty(),
        Item::Path(path) => path.fill.is_some() || path.stroke.is_some(),
    }
}

/// A hundredth of a point is finer than any printer; short numbers keep the file small.
pub(super) fn round(value: f64) -> f32 {
    ((value * 100.0).round() / 100.0) as f32
}

impl Writer<'_> {
    fn place(&mut self, placed: &Placed) {
        self.mark(placed.element);
        match &placed.item {
            Item::Text(run) => self.text(run),
            Item::Path(path) => self.path(path),
        }
    }

    fn mark(&mut self, element: Option<ElementId>) {
        if self.open == Some(element) {
            return;
        }
        self.end_mark();
        self.open = Some(element);
        let op = match element {
            None => Op::BeginMarkedContent { tag: "Artifact".into() },
            Some(element) => {
                let tag = role::name(self.structure.get(element).role).to_string();
                let number = DictItem::Int(self.marks.len() as i64);
                let map = BTreeMap::from([("MCID".to_string(), number)]);
                self.marks.push(element);
                let properties = DictItem::Dict { map };
                Op::BeginMarkedContentWithProperties { tag, properties }
            }
        };
        self.ops.push(op);
    }

    /// A text object lies inside one sequence: the two must not overlap.
    fn end_mark(&mut self) {
        self.leave_text();
        if self.open.take().is_some() {
            self.ops.push(Op::EndMarkedContent);
        }
    }

    fn enter_text(&mut self) {
        if !self.state.in_text {
            self.ops.push(Op::StartTextSection);
            self.state.in_text = true;
        }
    }

    fn leave_text(&mut self) {
        if self.state.in_text {
            self.ops.push(Op::EndTextSection);
            self.state.in_text = false;
        }
    }

    fn fill(&mut self, colour: Colour) {
        if self.state.fill.replace(colour) != Some(colour) {
            self.ops.push(Op::SetFillColor { col: rgb(colour) });
        }
    }

    fn text(&mut self, run: &TextRun) {
        self.enter_text();
        self.fill(run.colour);
        if self.state.font.replace((run.face, run.size)) != Some((run.face, run.size)) {
            let font = PdfFontHandle::External(id(run.face));
            let size = Pt(round(run.size));
            self.ops.push(Op::SetFont { font, size });
        }
        let matrix = TextMatrix::Raw(self.matrix(run));
        self.ops.push(Op::SetTextMatrix { matrix });
        let items = self.show(run);
        self.ops.push(Op::ShowText { items });
    }

    fn matrix(&self, run: &TextRun) -> [f32; 6] {
        // The page's y axis points up, so a clockwise turn is negative.
        let (sin, cos) = (-run.rotation).to_radians().sin_cos();
        // Adding zero turns a negative zero into a plain one.
        let fine = |value: f64| ((value * 1e5).round() / 1e5 + 0.0) as f32;
        let (x, y) = (round(run.x), round(self.height - run.y));
        [fine(cos), fine(sin), fine(-sin), fine(cos), x, y]
    }

    /// The text, with the widening of spaces as offsets: the operator for word spacing (`Tw`)
    /// does not apply to the two-byte codes of an embedded font (ISO 32000-1, 9.3.3).
    fn show(&self, run: &TextRun) -> Vec<TextItem> {
        let offset = ((-run.word_spacing * 1000.0 / run.size * 10.0).round() / 10.0) as f32;
        let (mut items, mut text) = (Vec::new(), String::new());
        for character in run.text.chars() {
            text.push(self.subsets.canonical(run.face, character));
            if character == ' ' && offset != 0.0 && offset.is_finite() {
                items.push(TextItem::Text(std::mem::take(&mut text)));
                items.push(TextItem::Offset(offset));
            }
        }
        items.extend(Some(text).filter(|text| !text.is_empty()).map(TextItem::Text));
        items
    }

    fn path(&mut self, path: &Path) {
        self.leave_text();
        if let Some(colour) = path.fill {
            self.fill(colour);
            let rings = path.rings.iter().filter(|ring| ring.len() > 2);
            let rings: Vec<PolygonRing> = rings.map(|ring| self.ring(ring)).collect();
            let (mode, winding_order) = (PaintMode::Fill, WindingOrder::EvenOdd);
            self.ops.push(Op::DrawPolygon { polygon: Polygon { rings, mode, winding_order } });
        }
        if let Some(stroke) = path.stroke {
            self.stroke(stroke.colour, stroke.width);
            for ring in path.rings.iter().filter(|ring| ring.len() > 1) {
                let points = self.ring(ring).points;
                let is_closed = path.closed;
                self.ops.push(Op::DrawLine { line: Line { points, is_closed } });
            }
        }
    }

    fn stroke(&mut self, colour: Colour, width: f64) {
        if self.state.line.replace(colour) != Some(colour) {
            self.ops.push(Op::SetOutlineColor { col: rgb(colour) });
        }
        if self.state.width.replace(width) != Some(width) {
            let pt = Pt(round(width));
            self.ops.push(Op::SetOutlineThickness { pt });
        }
    }

    fn ring(&self, points: &[(f64, f64)]) -> PolygonRing {
        let point = |(x, y): &(f64, f64)| LinePoint {
            p: Point { x: Pt(round(*x)), y: Pt(round(self.height - y)) },
            bezier: false,
        };
        let points = points.iter().map(point).collect();
        PolygonRing { points }
    }
}

fn rgb(colour: Colour) -> Color {
    let part = |value: u8| ((f32::from(value) / 255.0) * 1e4).round() / 1e4;
    Color::Rgb(Rgb {
        r: part(colour.red),
        g: part(colour.green),
        b: part(colour.blue),
        icc_profile: None,
    })
}
