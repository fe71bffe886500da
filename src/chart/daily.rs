//! Tests on each day of the period.

use super::axis::Scale;
use super::canvas::{Align, BODY, Pen, SMALL};
use super::frame::{Area, Caption, Frame, Key, draw_empty};
use super::marks::{self, AXIS, Fill, GRID, Mark, STRONG_FILL, WEAK_FILL};
use super::text::{measure, shorten};
use super::{ChartError, Draw, NumberFormat, Size, TextMetrics, usable};
use crate::document::page::Colour;

/// One day.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Stands below the bar where there is room.
    pub label: String,
    pub tests: f64,
    /// Stands on top of the others; 0 where failed tests are not told apart.
    pub failed: f64,
}

/// A bar for each day; days without a test are marked.
#[derive(Debug, Clone)]
pub struct Daily {
    pub caption: Caption,
    /// Name of the bars in the legend.
    pub tests_name: String,
    /// Name of the failed part in the legend.
    pub failed_name: String,
    /// Name of days without a test in the legend; shown only if there is one.
    pub zero_name: String,
    pub days: Vec<Day>,
    /// What the days are.
    pub axis: String,
    /// What the bars count.
    pub values: String,
    pub number: NumberFormat,
}

const HEAD: f64 = 16.0;
const AXIS_HEIGHT: f64 = 27.0;
const PLOT_HEIGHT: f64 = 110.0;

fn amount(value: f64) -> f64 {
    usable(value).unwrap_or(0.0).max(0.0)
}

fn total(day: &Day) -> f64 {
    amount(day.tests) + amount(day.failed)
}

impl Daily {
    fn frame(&self, width: f64, metrics: &dyn TextMetrics) -> Frame {
        let has_failed = self.days.iter().any(|day| amount(day.failed) > 0.0);
        let has_zero = self.days.iter().any(|day| total(day) == 0.0);
        let area = |colour| Mark::Area(Fill::solid(colour));
        let keys = [
            Key::new(area(STRONG_FILL), &self.tests_name),
            Key::new(area(WEAK_FILL), &self.failed_name).filter(|_| has_failed),
            Key::new(Mark::Cross, &self.zero_name).filter(|_| has_zero),
        ];
        Frame::new(&self.caption, keys, width, metrics)
    }

    fn scale(&self, plot: Area) -> Scale {
        let totals = self.days.iter().map(total);
        Scale::new(totals, plot.bottom, plot.top).rounded(tick_count(plot))
    }

    /// Whole tests only: no axis of halves when there are few.
    fn ticks(&self, plot: Area, scale: Scale) -> Vec<f64> {
        scale.ticks(tick_count(plot)).into_iter().filter(|v| v.fract() == 0.0).collect()
    }

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
        let name = shorten(pen.metrics(), BODY, &self.values, plot.right);
        pen.text((0.0, plot.top - 7.0), Align::Left, BODY, &name)
    }

    fn draw_days(&self, pen: &mut dyn Pen, plot: Area, scale: Scale) -> Result<(), ChartError> {
        let pitch = plot.width() / self.days.len() as f64;
        for (i, day) in self.days.iter().enumerate() {
            let centre = plot.left + (i as f64 + 0.5) * pitch;
            if total(day) == 0.0 {
                let reach = (pitch * 0.3).min(2.6);
                marks::cross(pen, (centre, plot.bottom - 5.0), reach)?;
                continue;
            }
            let half = pitch * 0.36;
            let bar = |from, to, colour| (from, to, colour);
            let parts = [
                bar(0.0, amount(day.tests), STRONG_FILL),
                bar(amount(day.tests), total(day), WEAK_FILL),
            ];
            for (from, to, colour) in parts {
                draw_part(
                    pen,
                    (centre - half, centre + half),
                    (scale.at(from), scale.at(to)),
                    colour,
                )?;
            }
        }
        pen.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS)
    }

    fn draw_labels(&self, pen: &mut dyn Pen, plot: Area) -> Result<(), ChartError> {
        let pitch = plot.width() / self.days.len() as f64;
        let mut free = f64::NEG_INFINITY;
        for (i, day) in self.days.iter().enumerate() {
            let centre = plot.left + (i as f64 + 0.5) * pitch;
            let half = measure(pen.metrics(), SMALL, &day.label) / 2.0;
            if centre - half < free {
                continue;
            }
            free = centre + half + 2.0;
            let at = (centre, plot.bottom + 10.0);
            pen.text(at, Align::Centre, SMALL, &day.label)?;
        }
        let name = shorten(pen.metrics(), BODY, &self.axis, plot.right);
        pen.text((plot.centre().0, plot.bottom + 22.5), Align::Centre, BODY, &name)
    }
}

fn draw_part(
    pen: &mut dyn Pen,
    (left, right): (f64, f64),
    (bottom, top): (f64, f64),
    colour: Colour,
) -> Result<(), ChartError> {
    if bottom == top {
        return Ok(());
    }
    let ring = [(left, bottom), (left, top), (right, top), (right, bottom)];
    pen.area(&ring, colour)?;
    pen.outline(&ring, marks::HAIRLINE)
}

fn tick_count(plot: Area) -> u32 {
    (plot.height() / 28.0).clamp(2.0, 8.0) as u32
}

impl Draw for Daily {
    fn caption(&self) -> &Caption {
        &self.caption
    }

    fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64 {
        self.frame(width, metrics).height() + HEAD + PLOT_HEIGHT + AXIS_HEIGHT
    }

    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError> {
        let frame = self.frame(size.width, pen.metrics());
        let body = frame.draw(pen, size, HEAD + AXIS_HEIGHT + 30.0)?;
        if self.days.is_empty() {
            return draw_empty(pen, body, &self.caption);
        }
        let inner = Area { top: body.top + HEAD, bottom: body.bottom - AXIS_HEIGHT, ..body };
        let plot = Area { left: self.margin(inner, pen.metrics()), ..inner };
        let scale = self.scale(plot);
        self.draw_values(pen, plot, scale)?;
        self.draw_days(pen, plot, scale)?;
        self.draw_labels(pen, plot)
    }
}
