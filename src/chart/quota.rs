//! Communes against the quota of tests, from the most to the fewest.

use super::axis::Scale;
use super::canvas::{Align, BODY, Pen, SMALL};
use super::frame::{Area, Caption, Frame, Key, draw_empty};
use super::marks::{self, AXIS, Fill, GOAL, GRID, Mark, STRONG_FILL, WEAK_FILL};
use super::text::{measure, shorten};
use super::{ChartError, Draw, NumberFormat, Size, TextMetrics, usable};
use crate::document::page::Stroke;

/// One commune.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaBar {
    pub label: String,
    pub tests: f64,
}

/// The names of the three kinds of commune; their numbers are added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QuotaLegend {
    pub met: String,
    pub missed: String,
    pub none: String,
}

/// A bar for each commune and a line at the quota.
#[derive(Debug, Clone)]
pub struct QuotaBars {
    pub caption: Caption,
    pub legend: QuotaLegend,
    /// In any order; ties keep theirs.
    pub bars: Vec<QuotaBar>,
    pub quota: f64,
    pub quota_label: String,
    /// What the ranks below the bars count.
    pub axis: String,
    /// What the bars count.
    pub values: String,
    /// The same, for the square-root scale that is taken when few communes have most of the tests.
    pub values_rooted: String,
    pub number: NumberFormat,
}

const HEAD: f64 = 16.0;
const AXIS_HEIGHT: f64 = 33.0;
const PLOT_HEIGHT: f64 = 150.0;
/// Ranks stand below the strokes of communes without tests.
const RANK_DROP: f64 = 16.0;
/// From this multiple of the quota on, a straight scale would flatten the communes near it.
const HEAVY_TAIL: f64 = 6.0;

fn tests(bar: &QuotaBar) -> f64 {
    usable(bar.tests).unwrap_or(0.0).max(0.0)
}

impl QuotaBars {
    fn quota(&self) -> f64 {
        usable(self.quota).unwrap_or(0.0).max(0.0)
    }

    fn is_met(&self, bar: &QuotaBar) -> bool {
        tests(bar) > 0.0 && tests(bar) >= self.quota()
    }

    fn is_rooted(&self) -> bool {
        let most = self.bars.iter().map(tests).fold(0.0, f64::max);
        self.quota() > 0.0 && most > HEAVY_TAIL * self.quota()
    }

    fn frame(&self, width: f64, metrics: &dyn TextMetrics) -> Frame {
        let met = self.bars.iter().filter(|bar| self.is_met(bar)).count();
        let none = self.bars.iter().filter(|bar| tests(bar) == 0.0).count();
        let missed = self.bars.len() - met - none;
        let key = |mark, name: &str, count: usize| {
            Key::new(mark, name).map(|key| Key {
                text: format!("{}: {}", key.text, (self.number)(count as f64)),
                ..key
            })
        };
        let keys = [
            key(Mark::Area(Fill::solid(STRONG_FILL)), &self.legend.met, met),
            key(Mark::Area(Fill::solid(WEAK_FILL)), &self.legend.missed, missed),
            key(Mark::Tick, &self.legend.none, none),
        ];
        Frame::new(&self.caption, keys, width, metrics)
    }

    fn scale(&self, plot: Area) -> Scale {
        let values = self.bars.iter().map(tests).chain([self.quota() * 1.1]);
        let scale = Scale::new(values, plot.bottom, plot.top);
        if self.is_rooted() { scale.rooted() } else { scale.rounded(tick_count(plot)) }
    }

    fn ticks(&self, plot: Area, scale: Scale) -> Vec<f64> {
        scale.ticks(tick_count(plot))
    }

    /// Room for the widest number beside the axis.
    fn margin(&self, body: Area, metrics: &dyn TextMetrics) -> f64 {
        let ticks = self.ticks(body, self.scale(body)).into_iter();
        let widths = ticks.map(|v| measure(metrics, SMALL, &(self.number)(v)));
        (widths.fold(0.0, f64::max) + 6.0).min(body.width() / 2.0)
    }

    fn draw_values(&self, pen: &mut dyn Pen, plot: Area, scale: Scale) -> Result<(), ChartError> {
        for value in self.ticks(plot, scale) {
            let y = scale.at(value);
            pen.line(&[(plot.left, y), (plot.right, y)], GRID)?;
            let at = (plot.left - 4.0, y + SMALL.drop());
            pen.text(at, Align::Right, SMALL, &(self.number)(value))?;
        }
        let name = if self.is_rooted() { &self.values_rooted } else { &self.values };
        let name = shorten(pen.metrics(), BODY, name, plot.right);
        pen.text((0.0, plot.top - 7.0), Align::Left, BODY, &name)
    }

    fn draw_bars(&self, pen: &mut dyn Pen, plot: Area, scale: Scale) -> Result<(), ChartError> {
        let mut sorted: Vec<_> = self.bars.iter().collect();
        sorted.sort_by(|a, b| tests(b).total_cmp(&tests(a)));
        let pitch = plot.width() / sorted.len() as f64;
        let gap = (pitch * 0.15).min(4.0);
        for (i, bar) in sorted.into_iter().enumerate() {
            let left = plot.left + i as f64 * pitch + gap / 2.0;
            let right = left + pitch - gap;
            if tests(bar) == 0.0 {
                marks::tick(pen, ((left + right) / 2.0, plot.bottom + 1.0))?;
                continue;
            }
            let top = scale.at(tests(bar));
            let ring = [(left, plot.bottom), (left, top), (right, top), (right, plot.bottom)];
            let fill = if self.is_met(bar) { STRONG_FILL } else { WEAK_FILL };
            pen.area(&ring, fill)?;
            pen.outline(&ring, Stroke { colour: marks::DARK, width: (pitch * 0.12).min(0.5) })?;
        }
        Ok(())
    }

    fn draw_quota(&self, pen: &mut dyn Pen, plot: Area, scale: Scale) -> Result<(), ChartError> {
        if self.quota() == 0.0 {
            return Ok(());
        }
        let y = scale.at(self.quota());
        pen.line(&[(plot.left, y), (plot.right, y)], GOAL)?;
        let label = shorten(pen.metrics(), SMALL, &self.quota_label, plot.width());
        if label.is_empty() {
            return Ok(());
        }
        pen.plate((plot.right - 2.0, y - 4.0), Align::Right, SMALL, &label)
    }

    fn draw_ranks(&self, pen: &mut dyn Pen, plot: Area) -> Result<(), ChartError> {
        pen.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS)?;
        let count = self.bars.len();
        let pitch = plot.width() / count as f64;
        let step = super::axis::step(count as f64, (plot.width() / 45.0) as u32).max(1.0) as usize;
        let ranks = std::iter::once(1).chain((step..=count).step_by(step).filter(|r| *r > 1));
        for rank in ranks {
            let x = plot.left + (rank as f64 - 0.5) * pitch;
            let at = (x, plot.bottom + RANK_DROP);
            pen.text(at, Align::Centre, SMALL, &(self.number)(rank as f64))?;
        }
        let name = shorten(pen.metrics(), BODY, &self.axis, plot.right);
        pen.text((plot.centre().0, plot.bottom + 28.0), Align::Centre, BODY, &name)
    }
}

fn tick_count(plot: Area) -> u32 {
    (plot.height() / 28.0).clamp(2.0, 8.0) as u32
}

impl Draw for QuotaBars {
    fn caption(&self) -> &Caption {
        &self.caption
    }

    fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64 {
        self.frame(width, metrics).height() + HEAD + PLOT_HEIGHT + AXIS_HEIGHT
    }

    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError> {
        let frame = self.frame(size.width, pen.metrics());
        let body = frame.draw(pen, size, HEAD + AXIS_HEIGHT + 40.0)?;
        if self.bars.is_empty() {
            return draw_empty(pen, body, &self.caption);
        }
        let inner = Area { top: body.top + HEAD, bottom: body.bottom - AXIS_HEIGHT, ..body };
        let plot = Area { left: self.margin(inner, pen.metrics()), ..inner };
        let scale = self.scale(plot);
        self.draw_values(pen, plot, scale)?;
        self.draw_bars(pen, plot, scale)?;
        self.draw_quota(pen, plot, scale)?;
        self.draw_ranks(pen, plot)
    }
}
