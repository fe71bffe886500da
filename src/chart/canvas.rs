//! The pen that figures draw with, and its one implementation, through plotters.
//!
//! Figures think in points with fractions, plotters in whole units: each surface says how many
//! units a point has, and rounding happens here only.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon};
use plotters::prelude::DrawingBackend;
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::text_anchor::{HPos, Pos, VPos};

use super::{ChartError, TextMetrics, text};
use crate::document::page::{Colour, Stroke};

/// A place on the figure in points, from its top left corner.
pub(super) type Point = (f64, f64);

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Type {
    pub size: f64,
    pub bold: bool,
    pub colour: Colour,
}

/// Titles.
pub(super) const TITLE: Type = Type { size: 11.0, bold: true, colour: Colour::BLACK };
/// Labels of rows, legends and axes.
pub(super) const BODY: Type = Type { size: 9.5, bold: false, colour: Colour::BLACK };
/// Figures that stand out.
pub(super) const STRONG: Type = Type { size: 9.5, bold: true, colour: Colour::BLACK };
/// Ticks, counts and footnotes.
pub(super) const SMALL: Type = Type { size: 8.5, bold: false, colour: Colour::new(50, 50, 50) };

/// Names where many stand close together.
pub(super) const TINY: Type = Type { size: 7.5, bold: false, colour: Colour::BLACK };

impl Type {
    /// The distance between baselines.
    pub fn leading(self) -> f64 {
        self.size * 1.2
    }

    /// From the middle of a line of digits or capitals down to its baseline.
    pub fn drop(self) -> f64 {
        self.size * 0.32
    }
}

/// Which point of a text stands at the given place, always on the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// What a figure can do on a surface.
pub(super) trait Pen {
    /// An open line through `points`.
    fn line(&mut self, points: &[Point], stroke: Stroke) -> Result<(), ChartError>;
    /// A filled polygon.
    fn area(&mut self, ring: &[Point], fill: Colour) -> Result<(), ChartError>;
    /// A filled circle.
    fn disc(&mut self, centre: Point, radius: f64, fill: Colour) -> Result<(), ChartError>;
    /// One line of text.
    fn text(&mut self, at: Point, align: Align, style: Type, text: &str) -> Result<(), ChartError>;
    /// Widths in the font of this surface.
    fn metrics(&self) -> &dyn TextMetrics;
}

/// Shapes made of the pen's few.
impl dyn Pen + '_ {
    /// A rectangle between two corners.
    pub fn rectangle(&mut self, a: Point, b: Point, fill: Colour) -> Result<(), ChartError> {
        self.area(&[a, (b.0, a.1), b, (a.0, b.1)], fill)
    }

    /// The outline of a closed polygon.
    pub fn outline(&mut self, ring: &[Point], stroke: Stroke) -> Result<(), ChartError> {
        let mut closed = ring.to_vec();
        closed.extend(ring.first());
        self.line(&closed, stroke)
    }

    /// A straight line of dashes.
    pub fn dashes(&mut self, from: Point, to: Point, stroke: Stroke) -> Result<(), ChartError> {
        const DASH: f64 = 4.0;
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let at = |d: f64| {
            let t = (d / length).min(1.0);
            (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t)
        };
        let count = (length / (DASH * 1.75)).ceil().clamp(0.0, 5_000.0) as u32;
        for i in 0..count {
            let start = f64::from(i) * DASH * 1.75;
            self.line(&[at(start), at(start + DASH)], stroke)?;
        }
        Ok(())
    }

    /// Text on a white ground, for places where it stands on something.
    pub fn plate(
        &mut self,
        at: Point,
        align: Align,
        style: Type,
        text: &str,
    ) -> Result<(), ChartError> {
        self.ground(at, align, (style, Colour::WHITE), text)
    }

    /// Text on a ground of its own.
    pub fn ground(
        &mut self,
        at: Point,
        align: Align,
        (style, ground): (Type, Colour),
        text: &str,
    ) -> Result<(), ChartError> {
        let width = text::measure(self.metrics(), style, text);
        let left = match align {
            Align::Left => at.0,
            Align::Centre => at.0 - width / 2.0,
            Align::Right => at.0 - width,
        };
        let top = (left - 1.5, at.1 - style.size * 0.78);
        let bottom = (left + width + 1.5, at.1 + style.size * 0.25);
        self.rectangle(top, bottom, ground)?;
        self.text(at, align, style, text)
    }
}

/// What the pen has to know about a plotters backend beyond drawing.
pub(super) trait Surface: DrawingBackend {
    /// The size that plotters has to be told for this em.
    fn font_size(em: f64) -> f64;
    /// From the top by which plotters anchors text down to its baseline.
    fn baseline(em: f64) -> f64;
}

/// A pen on a plotters drawing area.
pub(super) struct Canvas<'m, S: Surface> {
    area: DrawingArea<S, Shift>,
    units: f64,
    margin: f64,
    metrics: &'m dyn TextMetrics,
}

/// SVG names fonts in the order in which a viewer tries them.
const FONT_FAMILY: &str = "Libertinus Serif, Times New Roman, serif";

impl<'m, S: Surface> Canvas<'m, S> {
    /// A pen on `surface`, which has `units` units per point.
    pub fn new(surface: S, units: f64, metrics: &'m dyn TextMetrics) -> Self {
        Canvas { area: surface.into_drawing_area(), units, margin: 0.0, metrics }
    }

    /// The same pen, its corner moved in by `margin` points.
    pub fn with_margin(self, margin: f64) -> Self {
        Canvas { margin, ..self }
    }

    /// Hands everything to the surface.
    pub fn finish(self) -> Result<(), ChartError> {
        self.area.present().map_err(backend)
    }

    fn place(&self, point: Point) -> (i32, i32) {
        (self.unit(point.0 + self.margin), self.unit(point.1 + self.margin))
    }

    /// Far outside is as good as infinitely far, and no unit overflows.
    fn unit(&self, length: f64) -> i32 {
        (length * self.units).round().clamp(-4e6, 4e6) as i32
    }

    fn places(&self, points: &[Point]) -> Vec<(i32, i32)> {
        points.iter().map(|p| self.place(*p)).collect()
    }
}

fn backend<E: std::fmt::Display>(error: E) -> ChartError {
    ChartError::Backend(error.to_string())
}

fn ink(colour: Colour) -> RGBColor {
    RGBColor(colour.red, colour.green, colour.blue)
}

impl<S: Surface> Pen for Canvas<'_, S> {
    fn line(&mut self, points: &[Point], stroke: Stroke) -> Result<(), ChartError> {
        let width = self.unit(stroke.width).max(1).unsigned_abs();
        let style = ShapeStyle::from(&ink(stroke.colour)).stroke_width(width);
        self.area.draw(&PathElement::new(self.places(points), style)).map_err(backend)
    }

    fn area(&mut self, ring: &[Point], fill: Colour) -> Result<(), ChartError> {
        let style = ShapeStyle::from(&ink(fill)).filled();
        self.area.draw(&Polygon::new(self.places(ring), style)).map_err(backend)
    }

    fn disc(&mut self, centre: Point, radius: f64, fill: Colour) -> Result<(), ChartError> {
        let style = ShapeStyle::from(&ink(fill)).filled();
        let circle = Circle::new(self.place(centre), self.unit(radius).max(1), style);
        self.area.draw(&circle).map_err(backend)
    }

    fn text(&mut self, at: Point, align: Align, style: Type, text: &str) -> Result<(), ChartError> {
        let weight = if style.bold { FontStyle::Bold } else { FontStyle::Normal };
        let em = S::font_size(style.size * self.units);
        let font = FontDesc::new(FontFamily::Name(FONT_FAMILY), em, weight);
        let anchor = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let ink = ink(style.colour);
        let place = self.place((at.0, at.1 - S::baseline(style.size)));
        let style = TextStyle::from(font).color(&ink).pos(Pos::new(anchor, VPos::Top));
        self.area.draw_text(&text::clean(text), &style, place).map_err(backend)
    }

    fn metrics(&self) -> &dyn TextMetrics {
        self.metrics
    }
}
