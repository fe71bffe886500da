//! Communes on a map, coloured and patterned by class.

use super::borders::{self, Polygon, Ring};
use super::canvas::{Align, Pen, Point, SMALL};
use super::frame::{Area, Caption, Frame, Key, draw_empty};
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
}

/// A map of areas where there are outlines, of marks elsewhere.
#[derive(Debug, Clone)]
pub struct CommuneMap {
    pub caption: Caption,
    pub classes: Vec<MapClass>,
    /// Labels of the first have precedence.
    pub areas: Vec<MapArea>,
    pub scale_bar: bool,
    pub number: NumberFormat,
}

/// Light to dark through green and blue (ColorBrewer's YlGnBu): each is darker than the one before.
const STEPS: [Colour; 5] = [
    Colour::new(255, 255, 204),
    Colour::new(161, 218, 180),
    Colour::new(65, 182, 196),
    Colour::new(44, 127, 184),
    Colour::new(37, 52, 148),
];

/// What the eye cannot see at the size of the page.
const TOLERANCE: f64 = 0.2;
const SPOT: f64 = 3.6;
const MARGIN: f64 = 8.0;
const BAR_HEIGHT: f64 = 16.0;
const LEAST_HEIGHT: f64 = 60.0;
/// How much of its label an area must be wide, so that labels do not hide small neighbours.
const LABEL_FIT: f64 = 0.6;

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

fn step(index: usize, of: usize) -> Colour {
    let last = of.saturating_sub(1);
    let share = if last == 0 { 0.5 } else { index.min(last) as f64 / last as f64 };
    let place = share * (STEPS.len() - 1) as f64;
    let lower = (place as usize).min(STEPS.len() - 2);
    let t = place - lower as f64;
    let (a, b) = (STEPS[lower], STEPS[lower + 1]);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
    Colour::new(mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue))
}

/// An area ready to be drawn.
struct Shape<'a> {
    area: &'a MapArea,
    fill: Fill,
    rings: Vec<Ring>,
    spot: Option<Point>,
}

/// A box that a label or a spot takes.
type Taken = (f64, f64, f64, f64);

impl CommuneMap {
    fn frame(&self, width: f64, metrics: &dyn TextMetrics) -> Frame {
        let outlined = self.areas.iter().any(|area| !area.polygons.is_empty());
        let keys = self.classes.iter().enumerate().map(|(i, class)| {
            let count = self.areas.iter().filter(|area| area.class == i).count();
            let fill = class.fill.fill();
            let mark = if outlined { Mark::Area(fill) } else { Mark::Spot(fill) };
            Key::new(mark, format!("{}: {}", class.label, (self.number)(count as f64)))
        });
        Frame::new(&self.caption, keys, width, metrics).legend_below()
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

fn draw_labels(pen: &mut dyn Pen, shapes: &[Shape<'_>], map: Area) -> Result<(), ChartError> {
    let mut taken: Vec<Taken> = shapes.iter().filter_map(|s| s.spot).map(spot_box).collect();
    for shape in shapes.iter().filter(|shape| shape.area.labelled) {
        let label = shorten(pen.metrics(), SMALL, &shape.area.name, map.width() / 2.0);
        let width = measure(pen.metrics(), SMALL, &label);
        let free = places(shape, width).into_iter().find(|at| {
            let taking = label_box(*at, width);
            is_within(taking, map) && !taken.iter().any(|other| overlap(*other, taking))
        });
        if let Some(at) = free.filter(|_| !label.is_empty()) {
            pen.plate(at, Align::Left, SMALL, &label)?;
            taken.push(label_box(at, width));
        }
    }
    Ok(())
}

/// Where a label may start, best first: on its area, or around its mark.
fn places(shape: &Shape<'_>, width: f64) -> Vec<Point> {
    if let Some((x, y)) = shape.spot {
        let (gap, down) = (SPOT + 3.0, SMALL.drop());
        return vec![
            (x + gap, y + down),
            (x - gap - width, y + down),
            (x - width / 2.0, y - gap - 1.0),
            (x - width / 2.0, y + gap + SMALL.size * 0.8),
        ];
    }
    let Some(((x, y), chord)) = geometry::inside(&shape.rings) else {
        return Vec::new();
    };
    if width * LABEL_FIT > chord {
        return Vec::new();
    }
    [0.0, -5.0, 5.0].map(|dy| (x - width / 2.0, y + SMALL.drop() + dy)).to_vec()
}

fn spot_box((x, y): Point) -> Taken {
    (x - SPOT, y - SPOT, x + SPOT, y + SPOT)
}

fn label_box((x, y): Point, width: f64) -> Taken {
    (x - 2.0, y - SMALL.size * 0.85, x + width + 2.0, y + SMALL.size * 0.3)
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
        let map = match self.bounds() {
            Some(bounds) => (width * bounds.aspect()).clamp(width * 0.4, width * 0.9),
            None => LEAST_HEIGHT,
        };
        self.frame(width, metrics).height() + map + self.bar_height()
    }

    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError> {
        let frame = self.frame(size.width, pen.metrics());
        let body = frame.draw(pen, size, LEAST_HEIGHT)?;
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
        draw_labels(pen, &shapes, map)?;
        if self.scale_bar { self.draw_bar(pen, body, scale) } else { Ok(()) }
    }
}
