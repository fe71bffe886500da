//! Charts and maps: one drawing code, three forms.
//!
//! A [`Figure`] is plain data with its labels already written by the caller. It lays itself out
//! in points and draws through plotters onto an SVG file, a pixel image (PNG) or the page model,
//! so that the three never differ. Text stays text in SVG and on the page.
//!
//! | file | what |
//! |---|---|
//! | `intervals`, `quota`, `progress`, `daily`, `trend`, `commune_trend`, `map` | one figure each: data, natural height, drawing |
//! | `frame`, `axis`, `marks`, `colours` | what the figures share: title, legend, footnotes, scales, marks |
//! | `canvas` | the only place that calls plotters; figures see the `canvas::Pen` trait |
//! | `sheet`, `raster` on `pixels`, `svg` | the three surfaces |
//! | `borders`, `geometry` | simplification; projection, hatching, places for labels |

mod axis;
mod borders;
mod canvas;
mod colours;
mod commune_trend;
mod daily;
mod font;
mod frame;
mod geometry;
mod intervals;
mod map;
mod marks;
mod pixels;
mod progress;
mod quota;
mod raster;
mod sheet;
mod svg;
mod text;
mod trend;

pub use commune_trend::{CommuneMonth, CommuneTrend};
pub use daily::{Daily, Day};
pub use font::Embedded;
pub use frame::Caption;
pub use intervals::{Benchmark, Estimate, IntervalLegend, IntervalRow, Intervals, RowMarks};
pub use map::{CommuneMap, MapArea, MapClass, MapFill};
pub use progress::{Progress, ProgressRow};
pub use quota::{QuotaBar, QuotaBars, QuotaLegend};
pub use trend::{Trend, TrendPoint, TrendRow};

use crate::document::page::Drawing;
use crate::error::{Fault, Kind, Result};
use canvas::Pen;

/// How a figure writes a number; counts pass through it too.
pub type NumberFormat = fn(f64) -> String;

/// Widths of text in the font that will show it.
pub trait TextMetrics {
    /// The width of `text` at `size` points.
    fn width(&self, bold: bool, size: f64, text: &str) -> f64;
}

/// The room a figure gets, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// Why a figure cannot be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChartError {
    #[error(
        "figure of {width} × {height} points, expected at least {least_width} × {least_height}"
    )]
    TooSmall { width: f64, height: f64, least_width: f64, least_height: f64 },
    #[error(
        "image of {width} × {height} points at scale {scale}, expected at most {most} pixels and a scale above 0"
    )]
    TooLarge { width: f64, height: f64, scale: f64, most: u64 },
    #[error("area `{area}` has class {class}, expected a class below {classes}")]
    UnknownClass { area: String, class: usize, classes: usize },
    #[error("the built-in font has no {0} face that can be read")]
    Font(&'static str),
    #[error("the drawing failed: {0}")]
    Backend(String),
    #[error("the image cannot be encoded: {0}")]
    Encoding(String),
}

impl Fault for ChartError {
    fn kind(&self) -> Kind {
        match self {
            ChartError::TooSmall { .. } | ChartError::TooLarge { .. } => Kind::Usage,
            _ => Kind::Output,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            ChartError::TooSmall { .. } => Some("give the figure its natural height".into()),
            ChartError::TooLarge { .. } => Some("lower the scale or the size".into()),
            _ => None,
        }
    }
}

/// Anything that can be drawn.
#[derive(Debug, Clone)]
pub enum Figure {
    Intervals(Intervals),
    QuotaBars(QuotaBars),
    CommuneMap(CommuneMap),
    Daily(Daily),
    Trend(Trend),
    Progress(Progress),
    CommuneTrend(CommuneTrend),
}

/// What every kind of figure offers to this module.
trait Draw {
    fn caption(&self) -> &Caption;
    fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64;
    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError>;
}

/// White around a figure that is a file of its own.
const MARGIN: f64 = 8.0;

/// Narrower than this, no figure has room for labels beside its marks.
const LEAST_WIDTH: f64 = 160.0;

/// Wider or higher than this is a mistake in units.
const MOST_LENGTH: f64 = 10_000.0;

impl Figure {
    fn inner(&self) -> &dyn Draw {
        match self {
            Figure::Intervals(figure) => figure,
            Figure::QuotaBars(figure) => figure,
            Figure::CommuneMap(figure) => figure,
            Figure::Daily(figure) => figure,
            Figure::Trend(figure) => figure,
            Figure::Progress(figure) => figure,
            Figure::CommuneTrend(figure) => figure,
        }
    }

    /// The height at which the figure looks right at this width.
    pub fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64 {
        self.inner().natural_height(width.clamp(LEAST_WIDTH, MOST_LENGTH), metrics)
    }

    /// What the figure shows, in words with its numbers.
    pub fn alternative(&self) -> &str {
        &self.inner().caption().alternative
    }

    /// The figure as an SVG file, with a margin of 8 points around `size`; its text names the
    /// built-in font and two replacements.
    pub fn svg(&self, size: Size) -> Result<String> {
        check(size)?;
        let caption = self.inner().caption();
        Ok(svg::render(size, caption, |pen| self.inner().draw(pen, size))?)
    }

    /// The figure as a PNG file of `scale` pixels per point, in the built-in font, with a margin
    /// of 8 points around `size`.
    pub fn png(&self, size: Size, scale: f64) -> Result<Vec<u8>> {
        check(size)?;
        Ok(raster::render(size, scale, |pen| self.inner().draw(pen, size))?)
    }

    /// The figure as items of the page model, in the font that `metrics` measures.
    pub fn drawing(&self, size: Size, metrics: &dyn TextMetrics) -> Result<Drawing> {
        check(size)?;
        Ok(sheet::render(size, metrics, |pen| self.inner().draw(pen, size))?)
    }
}

fn check(size: Size) -> Result<(), ChartError> {
    let fits = |length: f64, least: f64| length >= least && length <= MOST_LENGTH;
    if fits(size.width, LEAST_WIDTH) && fits(size.height, 1.0) {
        return Ok(());
    }
    Err(too_small(size, 1.0))
}

fn too_small(size: Size, least_height: f64) -> ChartError {
    ChartError::TooSmall {
        width: size.width,
        height: size.height,
        least_width: LEAST_WIDTH,
        least_height: least_height.ceil(),
    }
}

/// A measured value that can be drawn; absurdly large ones would only overflow the scale.
fn usable(value: f64) -> Option<f64> {
    (value.is_finite() && value.abs() < 1e15).then_some(value)
}

#[cfg(test)]
mod tests;
