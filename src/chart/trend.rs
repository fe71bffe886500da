//! Medians month by month: a strip for each operator, all on one scale.

use super::axis::Scale;
use super::canvas::{Align, BODY, Pen, SMALL, STRONG};
use super::frame::{Area, Caption, Frame, Key, draw_empty};
use super::marks::{self, AXIS, BAND, GRID, Mark};
use super::text::{measure, shorten, wrap};
use super::{ChartError, Draw, NumberFormat, Size, TextMetrics, usable};
use crate::document::page::{Colour, Stroke};

/// A median with its interval; an end that is not known is no number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendPoint {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

/// An operator.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendRow {
    pub label: String,
    /// One for each month; none where nothing was published.
    pub points: Vec<Option<TrendPoint>>,
}

/// Medians of operators by month; the line breaks at a month that cannot be compared.
#[derive(Debug, Clone)]
pub struct Trend {
    pub caption: Caption,
    /// The months, in order, with whether they can be compared with the last.
    pub months: Vec<(String, bool)>,
    pub rows: Vec<TrendRow>,
    /// Names in the legend; that of months that cannot be compared is shown only if there is one.
    pub median_name: String,
    pub interval_name: String,
    pub break_name: String,
    /// What is drawn.
    pub axis: String,
    /// Stands over the medians of the last month.
    pub last_head: String,
    pub number: NumberFormat,
    pub tick: NumberFormat,
}

const STRIP: f64 = 44.0;
const HEAD: f64 = 14.0;
const FOOT: f64 = 27.0;
const GAP: f64 = 8.0;
const LINE: Stroke = Stroke { colour: marks::STRONG_FILL, width: 0.9 };
const INTERVAL: Stroke = Stroke { colour: BAND, width: 4.6 };

/// The room of labels, ticks and last values around the strips.
struct Columns {
    labels: f64,
    ticks: f64,
    values: f64,
}

impl Trend {
    fn frame(&self, width: f64, metrics: &dyn TextMetrics) -> Frame {
        let broken = self.months.iter().any(|(_, comparable)| !comparable);
        let keys = [
            Key::new(Mark::Median, &self.median_name),
            Key::new(Mark::ThickLine, &self.interval_name),
            Key::new(Mark::Cross, &self.break_name).filter(|_| broken),
        ];
        Frame::new(&self.caption, keys, width, metrics)
    }

    fn columns(&self, width: f64, metrics: &dyn TextMetrics) -> Columns {
        let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
        let labels = widest(&mut self.rows.iter().map(|r| measure(metrics, BODY, &r.label)));
        let scale = self.scale((0.0, STRIP));
        let ticks = scale.ticks(2).into_iter().map(|v| measure(metrics, SMALL, &(self.tick)(v)));
        let ticks = widest(&mut ticks.into_iter());
        let last = self.rows.iter().filter_map(|row| self.last(row));
        let values = widest(&mut last.map(|text| measure(metrics, STRONG, &text)));
        let values = values.max(measure(metrics, SMALL, &self.last_head)).min(width * 0.2);
        Columns { labels: labels.min(width * 0.25), ticks: (ticks + 4.0).min(width * 0.2), values }
    }

    fn last(&self, row: &TrendRow) -> Option<String> {
        let point = row.points.last().copied().flatten()?;
        usable(point.median).map(self.number)
    }

    /// The same scale for every strip, from its bottom to its top.
    fn scale(&self, (top, bottom): (f64, f64)) -> Scale {
        let points = self.rows.iter().flat_map(|row| row.points.iter().flatten());
        let values = points.flat_map(|point| [point.low, point.median, point.high]);
        Scale::new(values, bottom, top).rounded(6)
    }

    fn x(&self, plot: Area, month: usize) -> f64 {
        plot.left + (month as f64 + 0.5) * plot.width() / self.months.len().max(1) as f64
    }

    /// The scale of a strip, and the months that cannot be compared.
    fn draw_ground(
        &self,
        pen: &mut dyn Pen,
        plot: Area,
        scale: Scale,
        ticks: f64,
    ) -> Result<(), ChartError> {
        for value in scale.ticks(2) {
            let y = scale.at(value);
            pen.line(&[(plot.left, y), (plot.right, y)], GRID)?;
            let at = (plot.left - 4.0, y + SMALL.drop());
            let label = shorten(pen.metrics(), SMALL, &(self.tick)(value), ticks);
            pen.text(at, Align::Right, SMALL, &label)?;
        }
        pen.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS)?;
        let broken = self.months.iter().enumerate().filter(|(_, (_, comparable))| !comparable);
        for (month, _) in broken {
            marks::cross(pen, (self.x(plot, month), plot.centre().1), 2.6)?;
        }
        Ok(())
    }

    /// Intervals, the line between months that follow each other, medians.
    fn draw_points(
        &self,
        pen: &mut dyn Pen,
        row: &TrendRow,
        plot: Area,
        scale: Scale,
    ) -> Result<(), ChartError> {
        let place = |month: usize, median: f64| (self.x(plot, month), scale.at(median));
        let medians: Vec<_> = (row.points.iter().enumerate())
            .map(|(month, point)| Some(place(month, usable(point.as_ref()?.median)?)))
            .collect();
        for (month, point) in row.points.iter().enumerate() {
            if let Some((low, high)) = point.and_then(|p| usable(p.low).zip(usable(p.high))) {
                pen.line(&[place(month, low), place(month, high)], INTERVAL)?;
            }
        }
        for pair in medians.windows(2) {
            if let [Some(from), Some(to)] = pair {
                pen.line(&[*from, *to], LINE)?;
            }
        }
        medians.iter().flatten().try_for_each(|at| pen.disc(*at, 1.8, Colour::BLACK))
    }

    fn draw_label(
        &self,
        pen: &mut dyn Pen,
        row: &TrendRow,
        plot: Area,
        width: f64,
    ) -> Result<(), ChartError> {
        let lines = wrap(pen.metrics(), BODY, &row.label, width, 3);
        let top = plot.centre().1 - lines.len() as f64 * BODY.leading() / 2.0;
        for (n, line) in lines.iter().enumerate() {
            let baseline = top + n as f64 * BODY.leading() + BODY.size * 0.92;
            pen.text((0.0, baseline), Align::Left, BODY, line)?;
        }
        Ok(())
    }

    fn draw_months(&self, pen: &mut dyn Pen, plot: Area) -> Result<(), ChartError> {
        let widths = self.months.iter().map(|(label, _)| measure(pen.metrics(), SMALL, label));
        let pitch = plot.width() / self.months.len().max(1) as f64;
        // Every how many months a label has room, counted from the last.
        let step = ((widths.fold(0.0, f64::max) + 5.0) / pitch).ceil().max(1.0) as usize;
        for (month, (label, _)) in self.months.iter().enumerate() {
            if (self.months.len() - 1 - month).is_multiple_of(step) {
                let at = (self.x(plot, month), plot.bottom + 10.0);
                pen.text(at, Align::Centre, SMALL, label)?;
            }
        }
        let title = shorten(pen.metrics(), BODY, &self.axis, plot.right);
        pen.text((plot.centre().0, plot.bottom + 22.5), Align::Centre, BODY, &title)
    }
}

impl Draw for Trend {
    fn caption(&self) -> &Caption {
        &self.caption
    }

    fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64 {
        let strips = self.rows.len().max(1) as f64 * (STRIP + GAP);
        self.frame(width, metrics).height() + HEAD + strips + FOOT
    }

    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError> {
        let columns = self.columns(size.width, pen.metrics());
        let frame = self.frame(size.width, pen.metrics());
        let strips = self.rows.len().max(1) as f64;
        let body = frame.draw(pen, size, HEAD + FOOT + strips * (20.0 + GAP))?;
        if self.rows.is_empty() || self.months.is_empty() {
            return draw_empty(pen, body, &self.caption);
        }
        let left = columns.labels + GAP + columns.ticks;
        let right = (body.right - columns.values - GAP).max(left + 10.0);
        let height = (body.height() - HEAD - FOOT) / strips;
        let head = shorten(pen.metrics(), SMALL, &self.last_head, columns.values + GAP);
        pen.text((body.right, body.top + 8.0), Align::Right, SMALL, &head)?;
        let mut plot = Area { left, right, top: body.top + HEAD, bottom: body.top + HEAD };
        for row in &self.rows {
            plot.bottom = plot.top + height - GAP;
            let scale = self.scale((plot.top, plot.bottom));
            self.draw_ground(pen, plot, scale, columns.ticks)?;
            self.draw_points(pen, row, plot, scale)?;
            self.draw_label(pen, row, plot, columns.labels)?;
            let value = self.last(row).unwrap_or_default();
            let value = shorten(pen.metrics(), STRONG, &value, columns.values + 1.0);
            let at = (body.right, plot.centre().1 + STRONG.drop());
            pen.text(at, Align::Right, STRONG, &value)?;
            plot.top += height;
        }
        self.draw_months(pen, plot)
    }
}
