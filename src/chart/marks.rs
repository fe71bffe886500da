//! Marks and fills, which must be told apart without colour.

use super::ChartError;
use super::canvas::{Pen, Point};
use super::geometry;
use crate::document::page::{Colour, Stroke};

/// Outlines and strong marks.
pub(super) const DARK: Colour = Colour::new(38, 38, 38);
/// Axes and frames.
pub(super) const AXIS: Stroke = Stroke { colour: Colour::new(90, 90, 90), width: 0.6 };
/// Lines across a plot that guide the eye.
pub(super) const GRID: Stroke = Stroke { colour: Colour::new(222, 222, 222), width: 0.5 };
/// The line of a quota or benchmark.
pub(super) const GOAL: Stroke = Stroke { colour: Colour::new(160, 0, 40), width: 1.1 };
/// A strong fill, dark also in grey.
pub(super) const STRONG_FILL: Colour = Colour::new(31, 78, 121);
/// A weak fill, light also in grey.
pub(super) const WEAK_FILL: Colour = Colour::new(250, 205, 145);
/// The spread within which most values lie.
pub(super) const BAND: Colour = Colour::new(107, 163, 206);

pub(super) const HAIRLINE: Stroke = Stroke { colour: DARK, width: 0.5 };

/// What is drawn over a fill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pattern {
    Solid,
    Hatched,
    Crossed,
    Dotted,
}

/// How an area looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fill {
    pub colour: Colour,
    pub pattern: Pattern,
}

impl Fill {
    pub const fn solid(colour: Colour) -> Self {
        Fill { colour, pattern: Pattern::Solid }
    }
}

/// A mark, in a plot or in a legend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mark {
    Area(Fill),
    Spot(Fill),
    ThinLine,
    ThickLine,
    Median,
    /// A dot on its interval.
    MedianInterval,
    /// A diamond on its interval.
    MeanInterval,
    /// A stroke across a box.
    Bar,
    /// A triangle that stands on top of other marks.
    Flag,
    /// A short stroke under the axis.
    Tick,
    /// A small saltire.
    Cross,
}

impl Mark {
    /// The width that the mark needs in a legend.
    pub fn width(self) -> f64 {
        match self {
            Mark::MedianInterval | Mark::MeanInterval => 20.0,
            Mark::Area(_) | Mark::ThinLine | Mark::ThickLine => 15.0,
            Mark::Spot(_) | Mark::Median | Mark::Flag => 9.0,
            Mark::Bar | Mark::Tick | Mark::Cross => 7.0,
        }
    }

    /// Draws the mark in a legend, centred at `at`.
    pub fn draw(self, pen: &mut dyn Pen, at: Point) -> Result<(), ChartError> {
        let half = self.width() / 2.0;
        let (left, right) = (at.0 - half, at.0 + half);
        match self {
            Mark::Area(fill) => {
                let (top, bottom) = (at.1 - 4.5, at.1 + 4.5);
                let ring = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
                area(pen, &[ring], fill)
            }
            Mark::Spot(fill) => spot(pen, at, 4.0, fill),
            Mark::ThinLine => thin_line(pen, (left, right), at.1),
            Mark::ThickLine => thick_line(pen, (left, right), at.1),
            Mark::Median => median(pen, at),
            Mark::MedianInterval => {
                thick_line(pen, (left, right), at.1)?;
                median(pen, at)
            }
            Mark::MeanInterval => {
                thin_line(pen, (left, right), at.1)?;
                mean(pen, at)
            }
            Mark::Bar => bar(pen, at),
            Mark::Flag => flag(pen, at),
            Mark::Tick => tick(pen, (at.0, at.1 - TICK / 2.0)),
            Mark::Cross => cross(pen, at, 2.6),
        }
    }
}

/// Fills polygons that belong together and draws their outlines.
pub(super) fn area(pen: &mut dyn Pen, rings: &[Vec<Point>], fill: Fill) -> Result<(), ChartError> {
    for ring in rings {
        pen.area(ring, fill.colour)?;
        if fill.pattern == Pattern::Solid {
            pen.outline(ring, HAIRLINE)?;
        }
    }
    if fill.pattern == Pattern::Solid {
        return Ok(());
    }
    pattern(pen, rings, fill.pattern)?;
    rings.iter().try_for_each(|ring| pen.outline(ring, HAIRLINE))
}

/// Draws the pattern only, for shapes whose outline is not that of their fill.
pub(super) fn pattern(
    pen: &mut dyn Pen,
    rings: &[Vec<Point>],
    pattern: Pattern,
) -> Result<(), ChartError> {
    const HATCH: Stroke = Stroke { colour: Colour::new(95, 95, 95), width: 0.45 };
    const DOT: Stroke = Stroke { width: 0.9, ..HATCH };
    let diagonals: &[f64] = match pattern {
        Pattern::Solid | Pattern::Dotted => &[],
        Pattern::Hatched => &[1.0],
        Pattern::Crossed => &[1.0, -1.0],
    };
    for direction in diagonals {
        for line in geometry::hatch(rings, *direction, 3.6) {
            pen.line(&line, HATCH)?;
        }
    }
    if pattern == Pattern::Dotted {
        for dot in geometry::dots(rings, 3.6) {
            // A line as long as it is wide: many of them make one path of the page.
            let ends = [(dot.0 - DOT.width / 2.0, dot.1), (dot.0 + DOT.width / 2.0, dot.1)];
            pen.line(&ends, DOT)?;
        }
    }
    Ok(())
}

/// A round mark on a map; patterns become a stroke, a cross or a dot in an empty circle.
pub(super) fn spot(
    pen: &mut dyn Pen,
    at: Point,
    radius: f64,
    fill: Fill,
) -> Result<(), ChartError> {
    pen.disc(at, radius, DARK)?;
    pen.disc(at, radius - 0.6, fill.colour)?;
    let reach = radius * 0.6;
    let stroke = Stroke { colour: DARK, width: 0.7 };
    let rising = [(at.0 - reach, at.1 + reach), (at.0 + reach, at.1 - reach)];
    let falling = [(at.0 - reach, at.1 - reach), (at.0 + reach, at.1 + reach)];
    match fill.pattern {
        Pattern::Solid => Ok(()),
        Pattern::Hatched => pen.line(&rising, stroke),
        Pattern::Crossed => {
            pen.line(&rising, stroke)?;
            pen.line(&falling, stroke)
        }
        Pattern::Dotted => pen.disc(at, radius * 0.3, DARK),
    }
}

/// The outer spread, from left to right at height `y`.
pub(super) fn thin_line(
    pen: &mut dyn Pen,
    (left, right): (f64, f64),
    y: f64,
) -> Result<(), ChartError> {
    let stroke = Stroke { colour: DARK, width: 1.0 };
    pen.line(&[(left, y), (right, y)], stroke)?;
    pen.line(&[(left, y - 2.5), (left, y + 2.5)], stroke)?;
    pen.line(&[(right, y - 2.5), (right, y + 2.5)], stroke)
}

/// The inner spread.
pub(super) fn thick_line(
    pen: &mut dyn Pen,
    (left, right): (f64, f64),
    y: f64,
) -> Result<(), ChartError> {
    pen.rectangle((left, y - 3.2), (right, y + 3.2), BAND)
}

/// A dot.
pub(super) fn median(pen: &mut dyn Pen, at: Point) -> Result<(), ChartError> {
    pen.disc(at, 2.4, Colour::BLACK)
}

/// A diamond larger than the dot, so that both are seen when they coincide.
pub(super) fn mean(pen: &mut dyn Pen, (x, y): Point) -> Result<(), ChartError> {
    let ring = [(x - 4.4, y), (x, y - 4.4), (x + 4.4, y), (x, y + 4.4)];
    pen.area(&ring, Colour::WHITE)?;
    pen.outline(&ring, Stroke { colour: Colour::BLACK, width: 0.9 })
}

/// The median of a box.
pub(super) fn bar(pen: &mut dyn Pen, (x, y): Point) -> Result<(), ChartError> {
    pen.rectangle((x - 1.1, y - 5.0), (x + 1.1, y + 5.0), Colour::BLACK)
}

/// How far a flag reaches from its middle.
pub(super) const FLAG: f64 = 4.6;

/// A dark triangle with a light rim, so that it is seen on any fill.
pub(super) fn flag(pen: &mut dyn Pen, (x, y): Point) -> Result<(), ChartError> {
    let ring = |r: f64| [(x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)];
    pen.area(&ring(FLAG), Colour::WHITE)?;
    pen.outline(&ring(FLAG), HAIRLINE)?;
    pen.area(&ring(FLAG * 0.62), GOAL.colour)
}

const TICK: f64 = 5.0;

/// A stroke from `from` downwards.
pub(super) fn tick(pen: &mut dyn Pen, from: Point) -> Result<(), ChartError> {
    let stroke = Stroke { colour: GOAL.colour, width: 1.2 };
    pen.line(&[from, (from.0, from.1 + TICK)], stroke)
}

/// Two crossing strokes.
pub(super) fn cross(pen: &mut dyn Pen, (x, y): Point, reach: f64) -> Result<(), ChartError> {
    let stroke = Stroke { colour: GOAL.colour, width: 1.0 };
    pen.line(&[(x - reach, y - reach), (x + reach, y + reach)], stroke)?;
    pen.line(&[(x - reach, y + reach), (x + reach, y - reach)], stroke)
}
