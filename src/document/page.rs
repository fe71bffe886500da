//! The page model: what stands where on each page, after layout and before any file format.
//!
//! Lengths are points (1/72 inch), the origin is the top left corner, y grows downwards.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::structure::{ElementId, Shown, Structure};

/// One of the four faces of the document's font family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Face {
    Regular,
    Bold,
    Italic,
    BoldItalic,
}

/// An sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl Colour {
    /// Body text is black, as the decree asks.
    pub const BLACK: Colour = Colour::new(0, 0, 0);
    /// The paper.
    pub const WHITE: Colour = Colour::new(255, 255, 255);

    /// A colour from its three components.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Colour { red, green, blue }
    }
}

/// A line's look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    pub colour: Colour,
    pub width: f64,
}

/// A run of text in one face, size and colour; `y` is its baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextRun {
    pub x: f64,
    pub y: f64,
    pub text: String,
    pub face: Face,
    pub size: f64,
    pub colour: Colour,
    /// Extra width given to each space, for justified lines.
    pub word_spacing: f64,
    /// Clockwise rotation about (`x`, `y`), in degrees.
    pub rotation: f64,
}

/// A polygon or open line through straight segments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Path {
    /// Rings or lines; more than one ring is filled by the even-odd rule.
    pub rings: Vec<Vec<(f64, f64)>>,
    pub closed: bool,
    pub fill: Option<Colour>,
    pub stroke: Option<Stroke>,
}

/// Something that stands on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Item {
    Text(TextRun),
    Path(Path),
}

impl Item {
    /// The item moved by (`dx`, `dy`).
    #[must_use]
    pub fn moved(mut self, dx: f64, dy: f64) -> Self {
        match &mut self {
            Item::Text(run) => (run.x, run.y) = (run.x + dx, run.y + dy),
            Item::Path(path) => path.each_point(|(x, y)| (x + dx, y + dy)),
        }
        self
    }

    /// The item drawn `factor` times as large about the origin, line widths and type included.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        match &mut self {
            Item::Text(run) => {
                (run.x, run.y) = (run.x * factor, run.y * factor);
                run.size *= factor;
                run.word_spacing *= factor;
            }
            Item::Path(path) => {
                path.each_point(|(x, y)| (x * factor, y * factor));
                if let Some(stroke) = &mut path.stroke {
                    stroke.width *= factor;
                }
            }
        }
        self
    }
}

impl Path {
    /// A straight line.
    pub fn line(from: (f64, f64), to: (f64, f64), stroke: Stroke) -> Self {
        Path { rings: vec![vec![from, to]], closed: false, fill: None, stroke: Some(stroke) }
    }

    fn each_point(&mut self, change: impl Fn((f64, f64)) -> (f64, f64)) {
        for point in self.rings.iter_mut().flatten() {
            *point = change(*point);
        }
    }
}

/// Items on a canvas of their own, to be placed on a page as a whole (a chart, a map).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    pub items: Vec<Item>,
}

/// An item on a page, and the element of the document's structure whose content it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub item: Item,
    /// None for decoration.
    pub element: Option<ElementId>,
}

impl Placed {
    /// The item moved by (`dx`, `dy`).
    #[must_use]
    pub fn moved(self, dx: f64, dy: f64) -> Self {
        Placed { item: self.item.moved(dx, dy), element: self.element }
    }
}

/// An item that is decoration, until an element takes it as content.
impl From<Item> for Placed {
    fn from(item: Item) -> Self {
        Placed { item, element: None }
    }
}

/// One page; its items are in reading order.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub width: f64,
    pub height: f64,
    pub items: Vec<Placed>,
}

/// A document laid out: its pages and what the things on them are.
#[derive(Debug, Clone, PartialEq)]
pub struct Laid {
    pub pages: Vec<Page>,
    pub structure: Structure,
}

impl Laid {
    /// What the tables and figures on each page were made of.
    pub fn shown(&self) -> Vec<BTreeSet<&Shown>> {
        let of_page = |page: &Page| {
            let elements: BTreeSet<ElementId> =
                page.items.iter().filter_map(|placed| placed.element).collect();
            elements.into_iter().filter_map(|element| self.structure.shown_by(element)).collect()
        };
        self.pages.iter().map(of_page).collect()
    }
}
