//! A plotters backend that draws items of the page model.

use std::cell::RefCell;
use std::convert::Infallible;
use std::f64::consts::TAU;

use plotters::prelude::DrawingBackend;
use plotters_backend::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle};
use plotters_backend::{DrawingErrorKind, FontStyle};

use super::canvas::{Canvas, Pen, Surface};
use super::{ChartError, Size, TextMetrics};
use crate::document::page::{Colour, Drawing, Face, Item, Path, Stroke, TextRun};

/// Plotters counts in whole units: a fiftieth of a point is finer than any printer.
const UNITS: f64 = 50.0;

type Outcome = Result<(), DrawingErrorKind<Infallible>>;

/// The surface; items are collected outside, since plotters keeps the backend.
struct Sheet<'a> {
    size: (u32, u32),
    items: &'a RefCell<Vec<Item>>,
    metrics: &'a dyn TextMetrics,
}

/// The drawing that `draw` fills, its text measured by `metrics`.
pub(super) fn render(
    size: Size,
    metrics: &dyn TextMetrics,
    draw: impl FnOnce(&mut dyn Pen) -> Result<(), ChartError>,
) -> Result<Drawing, ChartError> {
    let items = RefCell::new(Vec::new());
    let units = ((size.width * UNITS).ceil() as u32, (size.height * UNITS).ceil() as u32);
    let sheet = Sheet { size: units, items: &items, metrics };
    let mut canvas = Canvas::new(sheet, UNITS, metrics);
    draw(&mut canvas)?;
    canvas.finish()?;
    Ok(Drawing { width: size.width, height: size.height, items: items.into_inner() })
}

impl Surface for Sheet<'_> {
    fn font_size(em: f64) -> f64 {
        em
    }

    fn baseline(_em: f64) -> f64 {
        0.0
    }
}

impl Sheet<'_> {
    fn push(&self, item: Item) {
        self.items.borrow_mut().push(item);
    }

    /// Adds an open line; lines of one look in a row become one path, which keeps files small.
    fn push_line(&self, line: Vec<(f64, f64)>, stroke: Stroke) {
        let mut items = self.items.borrow_mut();
        if let Some(Item::Path(last)) = items.last_mut() {
            if !last.closed && last.fill.is_none() && last.stroke == Some(stroke) {
                last.rings.push(line);
                return;
            }
            if outlines(last, &line) {
                last.stroke = Some(stroke);
                return;
            }
        }
        items.push(Item::Path(Path {
            rings: vec![line],
            closed: false,
            fill: None,
            stroke: Some(stroke),
        }));
    }

    fn push_area(&self, ring: Vec<(f64, f64)>, fill: Colour) {
        let path = Path { rings: vec![ring], closed: true, fill: Some(fill), stroke: None };
        self.push(Item::Path(path));
    }
}

/// Whether the line goes round an area that was just filled.
fn outlines(area: &Path, line: &[(f64, f64)]) -> bool {
    let [ring] = area.rings.as_slice() else {
        return false;
    };
    let Some((last, open)) = line.split_last() else {
        return false;
    };
    area.closed && area.stroke.is_none() && open == ring && ring.first() == Some(last)
}

fn point((x, y): BackendCoord) -> (f64, f64) {
    (f64::from(x) / UNITS, f64::from(y) / UNITS)
}

/// The page model is opaque: a translucent colour is mixed with the white of the paper.
fn colour(colour: BackendColor) -> Colour {
    let mix = |c: u8| (255.0 + (f64::from(c) - 255.0) * colour.alpha).round() as u8;
    let (red, green, blue) = colour.rgb;
    Colour::new(mix(red), mix(green), mix(blue))
}

fn stroke<S: BackendStyle>(style: &S) -> Stroke {
    Stroke { colour: colour(style.color()), width: f64::from(style.stroke_width()) / UNITS }
}

/// A polygon that passes for a circle at its size.
fn circle((x, y): (f64, f64), radius: f64) -> Vec<(f64, f64)> {
    let corners = (8.0 + radius * 6.0).clamp(12.0, 90.0) as u32;
    let angle = |i: u32| f64::from(i) / f64::from(corners) * TAU;
    // Rounded to the grid as everything else, so that no platform's sine shows in a file.
    let grid = |v: f64| (v * UNITS).round() / UNITS;
    (0..corners)
        .map(|i| (grid(x + radius * angle(i).cos()), grid(y + radius * angle(i).sin())))
        .collect()
}

impl DrawingBackend for Sheet<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Outcome {
        let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        self.push_area(corners.map(point).to_vec(), colour(color));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Outcome {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome {
        let corners = [a, (b.0, a.1), b, (a.0, b.1)];
        if fill {
            return self.fill_polygon(corners, style);
        }
        self.draw_path(corners.into_iter().chain([a]), style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        let line: Vec<_> = path.into_iter().map(point).collect();
        if line.len() > 1 {
            self.push_line(line, stroke(style));
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Outcome {
        let mut ring = circle(point(center), f64::from(radius) / UNITS);
        if fill {
            self.push_area(ring, colour(style.color()));
        } else {
            ring.extend(ring.first().copied());
            self.push_line(ring, stroke(style));
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Outcome {
        let ring: Vec<_> = vert.into_iter().map(point).collect();
        if ring.len() > 2 {
            self.push_area(ring, colour(style.color()));
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Outcome {
        if text.is_empty() {
            return Ok(());
        }
        let bold = matches!(style.style(), FontStyle::Bold);
        let size = style.size() / UNITS;
        let width = self.metrics.width(bold, size, text);
        let shift = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => width / 2.0,
            HPos::Right => width,
        };
        let (x, y) = point(pos);
        self.push(Item::Text(TextRun {
            x: x - shift,
            y,
            text: text.to_owned(),
            face: if bold { Face::Bold } else { Face::Regular },
            size,
            colour: colour(style.color()),
            word_spacing: 0.0,
            rotation: 0.0,
        }));
        Ok(())
    }
}
