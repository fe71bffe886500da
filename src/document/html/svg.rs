//! A drawing of the page model as SVG inside the page: text stays text.

use crate::document::font::clean;
use crate::document::markup::Element;
use crate::document::page::{Colour, Drawing, Face, Item, Path, TextRun};

/// The drawing; readers who cannot see it hear `alternative` in its place.
pub(super) fn svg(drawing: &Drawing, alternative: &str) -> Element {
    let (width, height) = (number(drawing.width), number(drawing.height));
    Element::new("svg")
        .with("viewBox", format!("0 0 {width} {height}"))
        .with("role", "img")
        .with("aria-label", alternative)
        .children(drawing.items.iter().map(item))
}

fn item(item: &Item) -> Element {
    match item {
        Item::Text(run) => text(run),
        Item::Path(path) => self::path(path),
    }
}

fn text(run: &TextRun) -> Element {
    let (x, y) = (number(run.x), number(run.y));
    let mut text = Element::new("text")
        .with("x", &x)
        .with("y", &y)
        .with("font-size", number(run.size))
        .with("fill", colour(run.colour));
    if matches!(run.face, Face::Bold | Face::BoldItalic) {
        text = text.with("font-weight", "bold");
    }
    if matches!(run.face, Face::Italic | Face::BoldItalic) {
        text = text.with("font-style", "italic");
    }
    if run.word_spacing != 0.0 {
        text = text.with("word-spacing", number(run.word_spacing));
    }
    if run.rotation != 0.0 {
        text = text.with("transform", format!("rotate({} {x} {y})", number(run.rotation)));
    }
    text.text(clean(&run.text))
}

fn path(path: &Path) -> Element {
    let fill = path.fill.map_or_else(|| "none".into(), colour);
    let mut element = Element::new("path").with("d", outline(path)).with("fill", fill);
    if path.rings.len() > 1 && path.fill.is_some() {
        element = element.with("fill-rule", "evenodd");
    }
    if let Some(stroke) = path.stroke {
        element = element
            .with("stroke", colour(stroke.colour))
            .with("stroke-width", number(stroke.width));
    }
    element
}

/// `M0 0L10 5Z`: one part for each ring.
fn outline(path: &Path) -> String {
    let mut outline = String::new();
    for ring in &path.rings {
        for (index, (x, y)) in ring.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            outline.push_str(&format!("{command}{} {}", number(*x), number(*y)));
        }
        if path.closed {
            outline.push('Z');
        }
    }
    outline
}

/// A hundredth of a point, without needless zeros.
fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    // Minus zero would print its sign.
    format!("{}", rounded + 0.0)
}

fn colour(colour: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue)
}
