//! Operators side by side, one row each: estimates with their intervals, or how values spread.

use super::axis::Scale;
use super::canvas::{Align, BODY, Pen, SMALL, STRONG};
use super::frame::{Area, Caption, Frame, Key, draw_empty};
use super::marks::{self, AXIS, GOAL, GRID, Mark};
use super::text::{measure, shorten, wrap};
use super::{ChartError, Draw, NumberFormat, Size, TextMetrics, usable};

/// An estimate with the ends of its interval; what is not finite is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// What stands in a row; what is not finite is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RowMarks {
    /// How well median and mean are known: a dot and a diamond, each on its interval.
    Estimates { median: Estimate, mean: Estimate },
    /// How values spread: a box p10–p90 with a stroke at the median, a line p05–p95.
    Quantiles { p05: f64, p10: f64, median: f64, p90: f64, p95: f64 },
}

impl RowMarks {
    fn median(self) -> f64 {
        match self {
            RowMarks::Estimates { median, .. } => median.value,
            RowMarks::Quantiles { median, .. } => median,
        }
    }

    /// The range that stands in small type under the median.
    fn range(self) -> (f64, f64) {
        match self {
            RowMarks::Estimates { median, .. } => (median.low, median.high),
            RowMarks::Quantiles { p10, p90, .. } => (p10, p90),
        }
    }

    fn values(self) -> Vec<f64> {
        match self {
            RowMarks::Estimates { median, mean } => {
                [median, mean].iter().flat_map(|e| [e.value, e.low, e.high]).collect()
            }
            RowMarks::Quantiles { p05, p10, median, p90, p95 } => vec![p05, p10, median, p90, p95],
        }
    }
}

/// One operator.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalRow {
    pub label: String,
    /// Stands small under the label: how many values are behind the row.
    pub count: String,
    /// `None` where no statistics are published.
    pub marks: Option<RowMarks>,
    /// Stands in the plot instead of marks.
    pub note: String,
}

/// A value that rows are read against.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    pub value: f64,
    pub label: String,
}

/// The names of the marks.
#[derive(Debug, Clone, PartialEq)]
pub enum IntervalLegend {
    Estimates { median: String, mean: String },
    Quantiles { outer: String, inner: String, median: String },
}

/// Rows of one kind of marks on one scale.
#[derive(Debug, Clone)]
pub struct Intervals {
    pub caption: Caption,
    pub legend: IntervalLegend,
    pub rows: Vec<IntervalRow>,
    pub benchmarks: Vec<Benchmark>,
    /// The indicator with its unit.
    pub axis: String,
    /// The head of the column of medians at the right.
    pub median_head: String,
    /// How medians are written.
    pub number: NumberFormat,
    /// How the axis is written.
    pub tick: NumberFormat,
}

/// Space between two rows.
const ROW_GAP: f64 = 9.0;
/// Tick labels and title of the axis.
const AXIS_HEIGHT: f64 = 29.0;
const COLUMN_GAP: f64 = 10.0;

/// The widths of the columns and the lines of the labels.
struct Columns {
    labels: Vec<Vec<String>>,
    label_width: f64,
    value_width: f64,
}

impl Intervals {
    fn frame(&self, width: f64, metrics: &dyn TextMetrics) -> Frame {
        let keys = match &self.legend {
            IntervalLegend::Estimates { median, mean } => {
                vec![Key::new(Mark::MedianInterval, median), Key::new(Mark::MeanInterval, mean)]
            }
            IntervalLegend::Quantiles { outer, inner, median } => vec![
                Key::new(Mark::Bar, median),
                Key::new(Mark::ThickLine, inner),
                Key::new(Mark::ThinLine, outer),
            ],
        };
        Frame::new(&self.caption, keys, width, metrics)
    }

    fn columns(&self, width: f64, metrics: &dyn TextMetrics) -> Columns {
        let labels: Vec<_> =
            self.rows.iter().map(|row| wrap(metrics, BODY, &row.label, width * 0.3, 2)).collect();
        let lines = labels.iter().flatten().map(|line| measure(metrics, BODY, line));
        let counts = self.rows.iter().map(|row| measure(metrics, SMALL, &row.count));
        let label_width = lines.chain(counts).fold(0.0, f64::max).min(width * 0.3);
        let medians = self.rows.iter().filter_map(|row| self.median(row));
        let intervals = self.rows.iter().filter_map(|row| self.interval(row));
        let value_width = medians
            .map(|text| measure(metrics, STRONG, &text))
            .chain(intervals.map(|text| measure(metrics, SMALL, &text)))
            .chain([measure(metrics, SMALL, &self.median_head)])
            .fold(0.0, f64::max)
            .min(width * 0.25);
        Columns { labels, label_width, value_width }
    }

    fn median(&self, row: &IntervalRow) -> Option<String> {
        row.marks.and_then(|marks| usable(marks.median())).map(self.number)
    }

    /// The range that stands under the median.
    fn interval(&self, row: &IntervalRow) -> Option<String> {
        let (low, high) = row.marks?.range();
        let (low, high) = (usable(low)?, usable(high)?);
        Some(format!("{}–{}", (self.number)(low), (self.number)(high)))
    }

    /// The height of each label, without a gap.
    fn row_heights(&self, columns: &Columns) -> Vec<f64> {
        let height = |(row, lines): (&IntervalRow, &Vec<String>)| {
            let count = if row.count.is_empty() { 0.0 } else { SMALL.leading() };
            lines.len().max(1) as f64 * BODY.leading() + count
        };
        self.rows.iter().zip(&columns.labels).map(height).collect()
    }

    /// The top and the middle of each row, what is left over shared evenly.
    fn bands(&self, plot: Area, columns: &Columns) -> Vec<(f64, f64)> {
        let heights = self.row_heights(columns);
        let gap = (plot.height() - heights.iter().sum::<f64>()) / heights.len() as f64;
        let mut top = plot.top;
        let band = |height: f64| {
            let band = (top, top + (height + gap) / 2.0);
            top += height + gap;
            band
        };
        heights.into_iter().map(band).collect()
    }

    /// Lines of benchmark labels above the plot, or the head of the medians.
    fn head_height(&self) -> f64 {
        let levels = self.benchmarks.iter().filter(|b| usable(b.value).is_some()).count();
        levels.clamp(1, 4) as f64 * SMALL.leading() + 3.0
    }

    fn scale(&self, plot: Area) -> Scale {
        let values = self.rows.iter().filter_map(|row| row.marks).flat_map(RowMarks::values);
        let goals = self.benchmarks.iter().map(|b| b.value);
        Scale::new(values.chain(goals), plot.left, plot.right).rounded(tick_count(plot))
    }

    fn draw_axis(&self, pen: &mut dyn Pen, plot: Area, scale: Scale) -> Result<(), ChartError> {
        let mut free = 0.0;
        for value in scale.ticks(tick_count(plot)) {
            let x = scale.at(value);
            pen.line(&[(x, plot.top), (x, plot.bottom)], GRID)?;
            let label = (self.tick)(value);
            let half = measure(pen.metrics(), SMALL, &label) / 2.0;
            if x - half >= free {
                pen.text((x, plot.bottom + 10.0), Align::Centre, SMALL, &label)?;
                free = x + half + 4.0;
            }
        }
        pen.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS)?;
        let title = shorten(pen.metrics(), BODY, &self.axis, plot.width() + COLUMN_GAP);
        pen.text((plot.centre().0, plot.bottom + 23.0), Align::Centre, BODY, &title)
    }

    /// Labels that would meet stand on different lines.
    fn draw_benchmarks(
        &self,
        pen: &mut dyn Pen,
        plot: Area,
        scale: Scale,
    ) -> Result<(), ChartError> {
        let mut ends: Vec<f64> = Vec::new();
        for benchmark in self.sorted_benchmarks() {
            let x = scale.at(benchmark.value);
            let label = shorten(pen.metrics(), SMALL, &benchmark.label, plot.width());
            let half = measure(pen.metrics(), SMALL, &label) / 2.0;
            let centre = x.clamp(plot.left + half, (plot.right - half).max(plot.left + half));
            let free = ends.iter().position(|end| *end < centre - half - 4.0);
            let level = free.unwrap_or_else(|| {
                ends.push(0.0);
                ends.len() - 1
            });
            ends[level] = centre + half;
            let rise = level.min(3) as f64 * SMALL.leading();
            pen.dashes((x, plot.bottom), (x, plot.top - 2.0), GOAL)?;
            pen.text((centre, plot.top - 4.5 - rise), Align::Centre, SMALL, &label)?;
        }
        Ok(())
    }

    fn sorted_benchmarks(&self) -> Vec<&Benchmark> {
        let mut sorted: Vec<_> =
            self.benchmarks.iter().filter(|b| usable(b.value).is_some()).collect();
        sorted.sort_by(|a, b| a.value.total_cmp(&b.value));
        sorted
    }

    fn draw_label(
        &self,
        pen: &mut dyn Pen,
        row: &IntervalRow,
        lines: &[String],
        y: f64,
    ) -> Result<(), ChartError> {
        let count = if row.count.is_empty() { 0.0 } else { SMALL.leading() };
        let top = y - (lines.len() as f64 * BODY.leading() + count) / 2.0;
        for (i, line) in lines.iter().enumerate() {
            let baseline = top + i as f64 * BODY.leading() + BODY.size * 0.92;
            pen.text((0.0, baseline), Align::Left, BODY, line)?;
        }
        let baseline = top + lines.len() as f64 * BODY.leading() + SMALL.size * 0.92;
        pen.text((0.0, baseline), Align::Left, SMALL, &row.count)
    }

    fn draw_row(
        &self,
        pen: &mut dyn Pen,
        row: &IntervalRow,
        scale: Scale,
        (plot, y): (Area, f64),
        right: f64,
    ) -> Result<(), ChartError> {
        let Some(marks) = row.marks else {
            let note = shorten(pen.metrics(), SMALL, &row.note, plot.width() - 6.0);
            if note.is_empty() {
                return Ok(());
            }
            return pen.plate((plot.left + 4.0, y + SMALL.drop()), Align::Left, SMALL, &note);
        };
        match marks {
            RowMarks::Estimates { median, mean } => draw_estimates(pen, median, mean, scale, y)?,
            RowMarks::Quantiles { .. } => draw_quantiles(pen, marks, scale, y)?,
        }
        let median = self.median(row).unwrap_or_default();
        let Some(interval) = self.interval(row) else {
            return pen.text((right, y + STRONG.drop()), Align::Right, STRONG, &median);
        };
        let top = y - (STRONG.leading() + SMALL.leading()) / 2.0;
        pen.text((right, top + STRONG.size * 0.92), Align::Right, STRONG, &median)?;
        let baseline = top + STRONG.leading() + SMALL.size * 0.92;
        pen.text((right, baseline), Align::Right, SMALL, &interval)
    }
}

/// The median above, the mean below: their intervals may meet.
fn draw_estimates(
    pen: &mut dyn Pen,
    median: Estimate,
    mean: Estimate,
    scale: Scale,
    y: f64,
) -> Result<(), ChartError> {
    let (upper, lower) = match usable(mean.value) {
        Some(_) => (y - 5.5, y + 5.5),
        None => (y, y),
    };
    if let Some((low, high)) = usable(mean.low).zip(usable(mean.high)) {
        marks::thin_line(pen, (scale.at(low), scale.at(high)), lower)?;
    }
    if let Some(mean) = usable(mean.value) {
        marks::mean(pen, (scale.at(mean), lower))?;
    }
    if let Some((low, high)) = usable(median.low).zip(usable(median.high)) {
        marks::thick_line(pen, (scale.at(low), scale.at(high)), upper)?;
    }
    match usable(median.value) {
        Some(median) => marks::median(pen, (scale.at(median), upper)),
        None => Ok(()),
    }
}

fn draw_quantiles(
    pen: &mut dyn Pen,
    marks: RowMarks,
    scale: Scale,
    y: f64,
) -> Result<(), ChartError> {
    let RowMarks::Quantiles { p05, p10, median, p90, p95 } = marks else { return Ok(()) };
    let range = |low, high| Some((scale.at(usable(low)?), scale.at(usable(high)?)));
    if let Some(outer) = range(p05, p95) {
        marks::thin_line(pen, outer, y)?;
    }
    if let Some(inner) = range(p10, p90) {
        marks::thick_line(pen, inner, y)?;
    }
    match usable(median) {
        Some(median) => marks::bar(pen, (scale.at(median), y)),
        None => Ok(()),
    }
}

/// As many ticks as have room for their labels.
fn tick_count(plot: Area) -> u32 {
    (plot.width() / 55.0).clamp(2.0, 8.0) as u32
}

impl Draw for Intervals {
    fn caption(&self) -> &Caption {
        &self.caption
    }

    fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64 {
        let heights = self.row_heights(&self.columns(width, metrics));
        let rows: f64 = heights.iter().map(|height| height + ROW_GAP).sum();
        self.frame(width, metrics).height() + self.head_height() + rows.max(30.0) + AXIS_HEIGHT
    }

    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError> {
        let columns = self.columns(size.width, pen.metrics());
        let frame = self.frame(size.width, pen.metrics());
        let rows: f64 = self.row_heights(&columns).iter().sum();
        let body = frame.draw(pen, size, rows + self.head_height() + AXIS_HEIGHT)?;
        if self.rows.is_empty() {
            return draw_empty(pen, body, &self.caption);
        }
        let plot = Area {
            left: columns.label_width + COLUMN_GAP,
            top: body.top + self.head_height(),
            right: body.right - columns.value_width - COLUMN_GAP,
            bottom: body.bottom - AXIS_HEIGHT,
        };
        let scale = self.scale(plot);
        let bands = self.bands(plot, &columns);
        self.draw_axis(pen, plot, scale)?;
        for (top, _) in bands.iter().skip(1) {
            pen.line(&[(0.0, *top), (body.right, *top)], GRID)?;
        }
        self.draw_benchmarks(pen, plot, scale)?;
        let head = shorten(pen.metrics(), SMALL, &self.median_head, columns.value_width + 2.0);
        pen.text((body.right, plot.top - 4.5), Align::Right, SMALL, &head)?;
        for ((row, lines), (_, y)) in self.rows.iter().zip(&columns.labels).zip(bands) {
            self.draw_label(pen, row, lines, y)?;
            self.draw_row(pen, row, scale, (plot, y), body.right)?;
        }
        Ok(())
    }
}
