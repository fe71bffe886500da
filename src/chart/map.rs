//! Communes on a map, coloured and patterned by class.

use super::borders::{self, Polygon, Ring};
use super::canvas::{Align, Pen, Point, SMALL, TINY};
use super::colours::step;
use super::frame::{Area, Caption, Frame, Key, draw_empty, draw_key_column};
use super::geometry::{self, Bounds};
use super::marks::{self, AXIS, Fill, GRID, Mark, Pattern};
use super::text::{measure, shorten};
use super::{ChartError, Draw, NumberFormat, Size, TextMetrics};
use crate::document::page::Colour;

/// How a class looks. Steps are ordered colours that stay ordered in grey and for colour-blind
/// readers; the others are white with a pattern, so that no data never looks like bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapFill {
    /// The `index`-th of `of` colours, from light (0) to dark.
    Step {
        index: usize,
        of: usize,
    },
    Hatched,
    Crossed,
    Dotted,
    Plain,
}

/// A class of communes.
#[derive(Debug, Clone, PartialEq)]
pub struct MapClass {
    /// Its legend; the number of its communes is added.
    pub label: String,
    pub fill: MapFill,
}

/// One commune.
#[derive(Debug, Clone, PartialEq)]
pub struct MapArea {
    pub name: String,
    /// Which of the classes.
    pub class: usize,
    /// Outer ring and holes of each part, in degrees (longitude, latitude).
    pub polygons: Vec<Vec<Vec<(f64, f64)>>>,
    /// Where a mark stands if there are no polygons.
    pub point: Option<(f64, f64)>,
    /// Whether its name is written if there is room.
    pub labelled: bool,
    /// Whether a flag stands on it, whatever its class.
    pub flagged: bool,
}

/// A map of areas where there are outlines, of marks elsewhere.
#[derive(Debug, Clone)]
pub struct CommuneMap {
    pub caption: Caption,
    pub classes: Vec<MapClass>,
    /// Labels of the first have precedence.
    pub areas: Vec<MapArea>,
    /// What flags mean; the number of flagged areas is added.
    pub flag_name: String,
    pub scale_bar: bool,
    /// The map stands beside its legend, and the whole is at most this high.
    pub most_height: Option<f64>,
    pub number: NumberFormat,
}

/// What the eye cannot see at the size of the page.
const TOLERANCE: f64 = 0.2;
const SPOT: f64 = 3.6;
const MARGIN: f64 = 8.0;
const BAR_HEIGHT: f64 = 16.0;
const LEAST_HEIGHT: f64 = 60.0;
/// How much of its label an area must be wide, so that labels do not hide borders and neighbours.
const LABEL_FIT: f64 = 0.95;
/// The same where only few areas are named.
const SMALL_LABEL_FIT: f64 = 0.3;
/// The part of its width that a legend beside the map takes.
const LEGEND_SHARE: f64 = 0.36;
const LEGEND_GAP: f64 = 10.0;

impl MapFill {
    fn fill(self) -> Fill {
        let white = |pattern| Fill { colour: Colour::WHITE, pattern };
        match self {
            MapFill::Step { index, of } => Fill::solid(step(index, of)),
            MapFill::Hatched => white(Pattern::Hatched),
            MapFill::Crossed => white(Pattern::Crossed),
            MapFill::Dotted => white(Pattern::Dotted),
            MapFill::Plain => white(Pattern::Solid),
        }
    }
}

/// An area ready to be drawn.
struct Shape<'a> {
    area: &'a MapArea,
    fill: Fill,
    rings: Vec<Ring>,
    spot: Option<Point>,
}

impl Shape<'_> {
    /// What a name stands on: the colour of its area where that is light, else white.
    fn ground(&self) -> Colour {
        let Colour { red, green, blue } = self.fill.colour;
        let light = u32::from(red) + u32::from(green) + u32::from(blue) > 540;
        let own = self.spot.is_none() && light;
        if own { self.fill.colour } else { Colour::WHITE }
    }
}

/// A box that a label or a spot takes.
type Taken = (f64, f64, f64, f64);

impl CommuneMap {
    fn frame(&self, width: f64, metrics: &dyn TextMetrics) -> Frame {
        let keys = if self.most_height.is_some() { Vec::new() } else { self.keys() };
        Frame::new(&self.caption, keys.into_iter().map(Some), width, metrics).legend_below()
    }

    fn keys(&self) -> Vec<Key> {
        let outlined = self.areas.iter().any(|area| !area.polygons.is_empty());
        let counted = |label: &str, count: usize| {
            if label.is_empty() {
                return String::new();
            }
            format!("{label}: {}", (self.number)(count as f64))
        };
        let classes = self.classes.iter().enumerate().map(|(i, class)| {
            let count = self.areas.iter().filter(|area| area.class == i).count();
            let fill = class.fill.fill();
            let mark = if outlined { Mark::Area(fill) } else { Mark::Spot(fill) };
            Key::new(mark, counted(&class.label, count))
        });
        let flags = self.areas.iter().filter(|area| area.flagged).count();
        let flag = Key::new(Mark::Flag, counted(&self.flag_name, flags)).filter(|_| flags > 0);
        classes.chain([flag]).flatten().collect()
    }

    /// Where the map and the legend beside it stand.
    fn halves(&self, body: Area) -> (Area, Option<Area>) {
        if self.most_height.is_none() {
            return (body, None);
        }
        let split = body.right - body.width() * LEGEND_SHARE;
        let legend = Area { left: split, ..body };
        (Area { right: split - LEGEND_GAP, ..body }, Some(legend))
    }

    /// As high as the places are at this width, within limits.
    fn map_height(&self, width: f64) -> f64 {
        match self.bounds() {
            Some(bounds) => (width * bounds.aspect()).clamp(width * 0.4, width * 0.9),
            None => LEAST_HEIGHT,
        }
    }

    fn bounds(&self) -> Option<Bounds> {
        let outlines = self.areas.iter().flat_map(|area| area.polygons.iter().flatten().flatten());
        let points = self.areas.iter().filter_map(|area| area.point.as_ref());
        Bounds::around(outlines.chain(points).copied())
    }

    fn bar_height(&self) -> f64 {
        if self.scale_bar { BAR_HEIGHT } else { 0.0 }
    }

    fn shapes(&self, place: impl Fn((f64, f64)) -> Point) -> Result<Vec<Shape<'_>>, ChartError> {
        let on_page = |ring: &Vec<(f64, f64)>| -> Ring {
            ring.iter().filter(|p| geometry::is_place(**p)).map(|p| place(*p)).collect()
        };
        let outlines: Vec<Vec<Polygon>> = self
            .areas
            .iter()
            .map(|a| a.polygons.iter().map(|p| p.iter().map(on_page).collect()).collect())
            .collect();
        let thinned = borders::simplify(&outlines, TOLERANCE);
        let shapes = self.areas.iter().zip(&outlines).zip(&thinned);
        shapes
            .map(|((area, outline), thinned)| {
                let rings: Vec<Ring> = thinned.iter().map(|p| borders::keyhole(p)).collect();
                // An area smaller than the grid is still a commune: it gets a mark.
                let speck = outline.iter().flatten().flatten().next().copied();
                let point = area.point.filter(|p| geometry::is_place(*p)).map(&place);
                let spot = point.or(speck).filter(|_| rings.is_empty());
                Ok(Shape { area, fill: self.fill(area)?, rings, spot })
            })
            .collect()
    }

    fn fill(&self, area: &MapArea) -> Result<Fill, ChartError> {
        let class = self.classes.get(area.class).ok_or_else(|| ChartError::UnknownClass {
            area: area.name.clone(),
            class: area.class,
            classes: self.classes.len(),
        })?;
        Ok(class.fill.fill())
    }

    fn draw_bar(&self, pen: &mut dyn Pen, body: Area, scale: f64) -> Result<(), ChartError> {
        let Some((km, length)) = geometry::scale_bar(scale, body.width() / 5.0) else {
            return Ok(());
        };
        let label = format!("{} km", (self.number)(km));
        let y = body.bottom - 4.0;
        let right = body.right - measure(pen.metrics(), SMALL, &label) - 5.0;
        let ends = [(right - length, y - 3.0), (right - length, y), (right, y), (right, y - 3.0)];
        pen.line(&ends, AXIS)?;
        pen.text((body.right, y), Align::Right, SMALL, &label)
    }
}

/// Flagged areas are named first; flags are drawn after all names, so that none is hidden.
fn draw_labels(
    pen: &mut dyn Pen,
    shapes: &[Shape<'_>],
    map: Area,
    fit: f64,
) -> Result<(), ChartError> {
    let mut taken: Vec<Taken> = shapes.iter().filter_map(|s| s.spot).map(spot_box).collect();
    let flags: Vec<Point> = shapes.iter().filter_map(flag_place).collect();
    taken.extend(flags.iter().map(|at| flag_box(*at)));
    let mut labelled: Vec<_> = shapes.iter().filter(|shape| shape.area.labelled).collect();
    labelled.sort_by_key(|shape| !shape.area.flagged);
    for shape in labelled {
        let label = shorten(pen.metrics(), TINY, &shape.area.name, map.width() / 2.0);
        let width = measure(pen.metrics(), TINY, &label);
        let free = places(shape, width, fit).into_iter().find(|at| {
            let taking = label_box(*at, width);
            is_within(taking, map) && !taken.iter().any(|other| overlap(*other, taking))
        });
        if let Some(at) = free.filter(|_| !label.is_empty()) {
            pen.ground(at, Align::Left, (TINY, shape.ground()), &label)?;
            taken.push(label_box(at, width));
        }
    }
    flags.into_iter().try_for_each(|at| marks::flag(pen, at))
}

/// Beside the mark of an area, or inside it.
fn flag_place(shape: &Shape<'_>) -> Option<Point> {
    if !shape.area.flagged {
        return None;
    }
    match shape.spot {
        Some((x, y)) => Some((x + SPOT, y - SPOT - 1.0)),
        None => geometry::inside(&shape.rings).map(|(at, _)| at),
    }
}

fn flag_box((x, y): Point) -> Taken {
    (x - marks::FLAG, y - marks::FLAG, x + marks::FLAG, y + marks::FLAG)
}

/// Where a label may start, best first: on its area, or around its mark.
fn places(shape: &Shape<'_>, width: f64, fit: f64) -> Vec<Point> {
    if let Some((x, y)) = shape.spot {
        let (gap, down) = (SPOT + 3.0, TINY.drop());
        return vec![
            (x + gap, y + down),
            (x - gap - width, y + down),
            (x - width / 2.0, y - gap - 1.0),
            (x - width / 2.0, y + gap + TINY.size * 0.8),
            (x + gap, y + down + gap),
            (x - gap - width, y + down + gap),
            (x - gap - width, y + down - gap),
            (x + gap, y + down - gap),
        ];
    }
    let Some(((x, y), chord)) = geometry::inside(&shape.rings) else {
        return Vec::new();
    };
    if width * fit > chord {
        return Vec::new();
    }
    // Above or below its flag, if it has one.
    [0.0, -5.0, 5.0, 11.0, -10.0].map(|dy| (x - width / 2.0, y + TINY.drop() + dy)).to_vec()
}

fn spot_box((x, y): Point) -> Taken {
    (x - SPOT, y - SPOT, x + SPOT, y + SPOT)
}

fn label_box((x, y): Point, width: f64) -> Taken {
    (x - 2.0, y - TINY.size * 0.9, x + width + 2.0, y + TINY.size * 0.3)
}

fn overlap(a: Taken, b: Taken) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

fn is_within(a: Taken, map: Area) -> bool {
    a.0 >= map.left && a.1 >= map.top && a.2 <= map.right && a.3 <= map.bottom
}

impl Draw for CommuneMap {
    fn caption(&self) -> &Caption {
        &self.caption
    }

    fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64 {
        let around = self.frame(width, metrics).height() + self.bar_height();
        let Some(most) = self.most_height else { return around + self.map_height(width) };
        let map = self.map_height(width * (1.0 - LEGEND_SHARE) - LEGEND_GAP);
        (around + map).min(most).max(around + LEAST_HEIGHT)
    }

    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError> {
        let frame = self.frame(size.width, pen.metrics());
        let body = frame.draw(pen, size, LEAST_HEIGHT)?;
        let (body, legend) = self.halves(body);
        if let Some(legend) = legend {
            draw_key_column(pen, &self.keys(), legend)?;
        }
        let Some(bounds) = self.bounds() else {
            return draw_empty(pen, body, &self.caption);
        };
        let map = Area { bottom: body.bottom - self.bar_height(), ..body };
        let scale = bounds.scale(map.width() - 2.0 * MARGIN, map.height() - 2.0 * MARGIN);
        let shapes = self.shapes(|place| bounds.place(place, map.centre(), scale))?;
        if shapes.iter().any(|shape| shape.rings.is_empty()) {
            // Marks alone have no land around them: a frame shows where the map ends.
            let (a, b) = ((map.left + 0.5, map.top + 0.5), (map.right - 0.5, map.bottom - 0.5));
            pen.outline(&[a, (b.0, a.1), b, (a.0, b.1)], GRID)?;
        }
        for shape in &shapes {
            marks::area(pen, &shape.rings, shape.fill)?;
        }
        for shape in &shapes {
            if let Some(at) = shape.spot {
                marks::spot(pen, at, SPOT, shape.fill)?;
            }
        }
        let fit = if self.most_height.is_some() { SMALL_LABEL_FIT } else { LABEL_FIT };
        draw_labels(pen, &shapes, map, fit)?;
        if self.scale_bar { self.draw_bar(pen, body, scale) } else { Ok(()) }
    }
}
