//! A plotters backend that paints pixels, and the PNG file made of them.
//!
//! Plotters' own bitmap backend drops the side bearing of each letter and tears coastlines with
//! many short edges; this one fills every shape by scan lines on a finer grid and averages the
//! grid down, so that neighbouring areas meet without a seam.

use std::cell::RefCell;

use plotters::prelude::DrawingBackend;
use plotters_backend::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle};
use plotters_backend::{DrawingErrorKind, FontStyle};
use ttf_parser::OutlineBuilder;

use super::canvas::{Canvas, Pen, Point, Surface};
use super::font::{self, Embedded};
use super::pixels::{Grid, encode};
use super::{ChartError, MARGIN, Size, TextMetrics};
use crate::document::page::Colour;

/// Pixels of the fine grid that an image may have, three bytes each.
const MOST_PIXELS: u64 = 80_000_000;

type Outcome = Result<(), DrawingErrorKind<ChartError>>;

struct Raster<'a>(&'a RefCell<Grid>);

/// The PNG file that `draw` fills, `scale` pixels to a point.
pub(super) fn render(
    size: Size,
    scale: f64,
    draw: impl FnOnce(&mut dyn Pen) -> Result<(), ChartError>,
) -> Result<Vec<u8>, ChartError> {
    let fine = if scale <= 2.0 { 4 } else { 2 };
    let (width, height) = pixels(size, scale, fine)?;
    let grid = RefCell::new(Grid::white(width * fine, height * fine));
    let units = scale * fine as f64;
    let mut canvas = Canvas::new(Raster(&grid), units, &Embedded).with_margin(MARGIN);
    draw(&mut canvas)?;
    canvas.finish()?;
    encode(width, height, &grid.into_inner().averaged(fine))
}

fn pixels(size: Size, scale: f64, fine: usize) -> Result<(usize, usize), ChartError> {
    let length = |points: f64| ((points + 2.0 * MARGIN) * scale).ceil();
    let (width, height) = (length(size.width), length(size.height));
    let total = width * height * (fine * fine) as f64;
    if !(width >= 1.0 && height >= 1.0 && total <= MOST_PIXELS as f64) {
        return Err(ChartError::TooLarge {
            width: size.width,
            height: size.height,
            scale,
            most: MOST_PIXELS / (fine * fine) as u64,
        });
    }
    Ok((width as usize, height as usize))
}

/// A circle of enough corners.
fn circle((x, y): Point, radius: f64) -> Vec<Point> {
    let corners = 48;
    let angle = |i: u32| f64::from(i) / f64::from(corners) * std::f64::consts::TAU;
    (0..corners).map(|i| (x + radius * angle(i).cos(), y + radius * angle(i).sin())).collect()
}

/// A straight stroke as a rectangle; `None` where both ends are one.
fn bar(a: Point, b: Point, width: f64) -> Option<Vec<Point>> {
    let length = (b.0 - a.0).hypot(b.1 - a.1);
    let (dx, dy) = ((b.0 - a.0) / length * width / 2.0, (b.1 - a.1) / length * width / 2.0);
    let corners =
        [(a.0 - dy, a.1 + dx), (b.0 - dy, b.1 + dx), (b.0 + dy, b.1 - dx), (a.0 + dy, a.1 - dx)];
    (length > 0.0).then(|| corners.to_vec())
}

/// A line's shapes: a bar for each segment, a disc at each bend.
fn stroke(points: &[Point], width: f64) -> Vec<Vec<Point>> {
    let mut shapes: Vec<_> = points.windows(2).filter_map(|p| bar(p[0], p[1], width)).collect();
    let closed = points.len() > 2 && points.first() == points.last();
    let bends = points.iter().skip(usize::from(!closed)).rev().skip(1);
    shapes.extend(bends.map(|bend| circle(*bend, width / 2.0)));
    shapes
}

/// Collects a glyph's outline in units of the grid.
struct Outline {
    rings: Vec<Vec<Point>>,
    origin: Point,
    scale: f64,
}

impl Outline {
    fn place(&self, x: f32, y: f32) -> Point {
        (self.origin.0 + f64::from(x) * self.scale, self.origin.1 - f64::from(y) * self.scale)
    }

    fn last(&self) -> Point {
        self.rings.last().and_then(|ring| ring.last()).copied().unwrap_or(self.origin)
    }

    fn curve(&mut self, at: impl Fn(f64) -> Point) {
        const STEPS: u32 = 8;
        let points = (1..=STEPS).map(|i| at(f64::from(i) / f64::from(STEPS)));
        if let Some(ring) = self.rings.last_mut() {
            ring.extend(points);
        }
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.rings.push(vec![self.place(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let point = self.place(x, y);
        self.curve(|_| point);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (a, b, c) = (self.last(), self.place(x1, y1), self.place(x, y));
        let mix = |a: f64, b: f64, c: f64, t: f64| {
            (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c
        };
        self.curve(|t| (mix(a.0, b.0, c.0, t), mix(a.1, b.1, c.1, t)));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (a, b, c, d) = (self.last(), self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        let mix = |a: f64, b: f64, c: f64, d: f64, t: f64| {
            let u = 1.0 - t;
            u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
        };
        self.curve(|t| (mix(a.0, b.0, c.0, d.0, t), mix(a.1, b.1, c.1, d.1, t)));
    }

    fn close(&mut self) {}
}

fn float((x, y): BackendCoord) -> Point {
    (f64::from(x), f64::from(y))
}

fn colour(color: BackendColor) -> Colour {
    Colour::new(color.rgb.0, color.rgb.1, color.rgb.2)
}

impl Surface for Raster<'_> {
    fn font_size(em: f64) -> f64 {
        em
    }

    fn baseline(_em: f64) -> f64 {
        0.0
    }
}

impl Raster<'_> {
    fn fill(&self, rings: &[Vec<Point>], color: BackendColor) -> Outcome {
        self.0.borrow_mut().fill(rings, colour(color));
        Ok(())
    }
}

impl DrawingBackend for Raster<'_> {
    type ErrorType = ChartError;

    fn get_size(&self) -> (u32, u32) {
        let grid = self.0.borrow();
        (grid.width() as u32, grid.height() as u32)
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Outcome {
        let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        self.fill(&[corners.map(float).to_vec()], color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Outcome {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        let points: Vec<_> = path.into_iter().map(float).collect();
        for shape in stroke(&points, f64::from(style.stroke_width())) {
            self.fill(&[shape], style.color())?;
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
        let mut ring = circle(float(center), f64::from(radius));
        if fill {
            return self.fill(&[ring], style.color());
        }
        ring.extend(ring.first().copied());
        let corners: Vec<_> = ring.iter().map(|p| (p.0 as i32, p.1 as i32)).collect();
        self.draw_path(corners, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Outcome {
        self.fill(&[vert.into_iter().map(float).collect()], style.color())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Outcome {
        let bold = matches!(style.style(), FontStyle::Bold);
        let face = font::face(bold).map_err(DrawingErrorKind::DrawingError)?;
        let width = Embedded.width(bold, style.size(), text);
        let (mut x, y) = float(pos);
        x -= match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => width / 2.0,
            HPos::Right => width,
        };
        for character in text.chars() {
            let (glyph, advance) = font::glyph(face, character);
            let scale = style.size() / f64::from(face.units_per_em());
            let mut outline = Outline { rings: Vec::new(), origin: (x, y), scale };
            face.outline_glyph(glyph, &mut outline);
            self.fill(&outline.rings, style.color())?;
            x += advance * style.size();
        }
        Ok(())
    }
}
