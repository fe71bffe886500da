//! A commune over the months, small: tests against the quota, and medians with their intervals.

use super::axis::Scale;
use super::canvas::{Align, Pen, TINY, Type};
use super::frame::{Area, Caption, Frame, draw_empty};
use super::marks::{self, AXIS, BAND, GOAL, STRONG_FILL, WEAK_FILL};
use super::text::{measure, shorten, wrap};
use super::trend::TrendPoint;
use super::{ChartError, Draw, NumberFormat, Size, TextMetrics, usable};
use crate::document::page::{Colour, Stroke};

/// One month of a commune.
#[derive(Debug, Clone, PartialEq)]
pub struct CommuneMonth {
    /// E.g. `10/2025`.
    pub label: String,
    /// None where the month cannot be compared or there are no data.
    pub tests: Option<f64>,
    /// The quota of the month; none where it had none.
    pub quota: Option<f64>,
    /// None where nothing was published.
    pub median: Option<TrendPoint>,
}

/// Two panels side by side over the same months.
#[derive(Debug, Clone)]
pub struct CommuneTrend {
    pub caption: Caption,
    pub months: Vec<CommuneMonth>,
    /// What the bars count, and what the stroke across them is.
    pub tests_head: String,
    /// What the dots are, with the unit.
    pub median_head: String,
    pub number: NumberFormat,
}

const HEAD: f64 = 13.5;
const FOOT: f64 = 11.0;
const PLOT: f64 = 52.0;
const GAP: f64 = 14.0;
const INTERVAL: Stroke = Stroke { colour: BAND, width: 3.2 };
const LINE: Stroke = Stroke { colour: STRONG_FILL, width: 0.8 };
const LABEL: Type = TINY;

impl CommuneTrend {
    fn frame(&self, width: f64, metrics: &dyn TextMetrics) -> Frame {
        Frame::new(&self.caption, [], width, metrics)
    }

    /// The head, the largest number and the months of a panel; returns where its marks stand.
    fn draw_ground(
        &self,
        pen: &mut dyn Pen,
        panel: Area,
        head: &str,
        scale: impl Fn(Area) -> Scale,
    ) -> Result<(Area, Scale), ChartError> {
        let head = shorten(pen.metrics(), LABEL, head, panel.width());
        pen.text((panel.left, panel.top + 7.0), Align::Left, LABEL, &head)?;
        let mut plot = Area { top: panel.top + HEAD, bottom: panel.bottom - FOOT, ..panel };
        let ticks = scale(plot).ticks(2);
        let widths = ticks.iter().map(|v| measure(pen.metrics(), LABEL, &(self.number)(*v)));
        plot.left += (widths.fold(0.0, f64::max) + 3.0).min(panel.width() / 2.0);
        let scale = scale(plot);
        for value in ticks {
            let y = scale.at(value);
            pen.line(&[(plot.left, y), (plot.right, y)], marks::GRID)?;
            let at = (plot.left - 3.0, y + LABEL.drop());
            pen.text(at, Align::Right, LABEL, &(self.number)(value))?;
        }
        pen.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS)?;
        self.draw_months(pen, plot)?;
        Ok((plot, scale))
    }

    /// The first and the last month, as far as both have room.
    fn draw_months(&self, pen: &mut dyn Pen, plot: Area) -> Result<(), ChartError> {
        let y = plot.bottom + 9.0;
        let (Some(first), Some(last)) = (self.months.first(), self.months.last()) else {
            return Ok(());
        };
        pen.text((plot.right, y), Align::Right, LABEL, &last.label)?;
        let wide = |label: &str| measure(pen.metrics(), LABEL, label);
        if self.months.len() > 1 && wide(&first.label) + wide(&last.label) + 4.0 < plot.width() {
            pen.text((plot.left, y), Align::Left, LABEL, &first.label)?;
        }
        Ok(())
    }

    fn draw_tests(&self, pen: &mut dyn Pen, panel: Area) -> Result<(), ChartError> {
        let values = self.months.iter().flat_map(|month| [month.tests, month.quota]);
        let values: Vec<f64> = values.flatten().collect();
        let scale = |plot: Area| Scale::new(values.clone(), plot.bottom, plot.top).rounded(4);
        let (plot, scale) = self.draw_ground(pen, panel, &self.tests_head, scale)?;
        let pitch = plot.width() / self.months.len() as f64;
        for (i, month) in self.months.iter().enumerate() {
            let centre = plot.left + (i as f64 + 0.5) * pitch;
            let Some(tests) = month.tests.and_then(usable) else {
                marks::cross(pen, (centre, plot.bottom - 4.0), 1.8)?;
                continue;
            };
            let half = (pitch * 0.36).min(7.0);
            let met = month.quota.is_none_or(|quota| tests >= quota);
            let fill = if met { STRONG_FILL } else { WEAK_FILL };
            if tests > 0.0 {
                let (a, b) = ((centre - half, scale.at(tests)), (centre + half, plot.bottom));
                pen.rectangle(a, b, fill)?;
                pen.outline(&[a, (b.0, a.1), b, (a.0, b.1)], marks::HAIRLINE)?;
            }
            if let Some(quota) = month.quota.and_then(usable) {
                let y = scale.at(quota);
                pen.line(&[(centre - pitch / 2.0, y), (centre + pitch / 2.0, y)], GOAL)?;
            }
        }
        Ok(())
    }

    /// In place of medians, where none was published.
    fn draw_nothing(&self, pen: &mut dyn Pen, panel: Area) -> Result<(), ChartError> {
        let lines = wrap(pen.metrics(), LABEL, &self.caption.empty, panel.width(), 4);
        for (i, line) in lines.iter().enumerate() {
            let baseline = panel.top + HEAD + 12.0 + i as f64 * LABEL.leading();
            pen.text((panel.left, baseline), Align::Left, LABEL, line)?;
        }
        Ok(())
    }

    fn draw_medians(&self, pen: &mut dyn Pen, panel: Area) -> Result<(), ChartError> {
        let points = self.months.iter().filter_map(|month| month.median);
        let values: Vec<f64> = points.flat_map(|p| [p.low, p.median, p.high]).collect();
        let scale = |plot: Area| Scale::new(values.clone(), plot.bottom, plot.top).rounded(4);
        let (plot, scale) = self.draw_ground(pen, panel, &self.median_head, scale)?;
        let x = |i: usize| plot.left + (i as f64 + 0.5) * plot.width() / self.months.len() as f64;
        let place = |i: usize, value: f64| usable(value).map(|value| (x(i), scale.at(value)));
        let points: Vec<_> = self.months.iter().map(|month| month.median).collect();
        for (i, point) in points.iter().enumerate() {
            let ends = point.and_then(|p| place(i, p.low).zip(place(i, p.high)));
            if let Some((low, high)) = ends {
                pen.line(&[low, high], INTERVAL)?;
            }
        }
        let medians = points.iter().enumerate().map(|(i, point)| place(i, point.as_ref()?.median));
        let medians: Vec<_> = medians.collect();
        for pair in medians.windows(2) {
            if let [Some(from), Some(to)] = pair {
                pen.line(&[*from, *to], LINE)?;
            }
        }
        medians.iter().flatten().try_for_each(|at| pen.disc(*at, 1.5, Colour::BLACK))
    }
}

impl Draw for CommuneTrend {
    fn caption(&self) -> &Caption {
        &self.caption
    }

    fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64 {
        self.frame(width, metrics).height() + HEAD + PLOT + FOOT
    }

    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError> {
        let frame = self.frame(size.width, pen.metrics());
        let body = frame.draw(pen, size, HEAD + FOOT + 20.0)?;
        if self.months.is_empty() {
            return draw_empty(pen, body, &self.caption);
        }
        let middle = body.centre().0;
        self.draw_tests(pen, Area { right: middle - GAP / 2.0, ..body })?;
        if self.months.iter().all(|month| month.median.is_none()) {
            return self.draw_nothing(pen, Area { left: middle + GAP / 2.0, ..body });
        }
        self.draw_medians(pen, Area { left: middle + GAP / 2.0, ..body })
    }
}
