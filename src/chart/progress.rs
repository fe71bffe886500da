//! How communes come to the quota day by day: a row for each, darker as their tests add up.

use super::canvas::{Align, Pen, Point, SMALL, TINY};
use super::colours::step;
use super::frame::{Area, Caption, Frame, Key, draw_empty};
use super::marks::{AXIS, Fill, GRID, HAIRLINE, Mark};
use super::text::{measure, shorten};
use super::{ChartError, Draw, NumberFormat, Size, TextMetrics, usable};
use crate::document::page::{Colour, Stroke};

/// One commune.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgressRow {
    pub label: String,
    /// Its class on each day; 0 is white, beyond the last it is the last.
    pub classes: Vec<usize>,
    /// Its tests at the end.
    pub total: f64,
}

/// Communes by days, as a table of colours.
#[derive(Debug, Clone)]
pub struct Progress {
    pub caption: Caption,
    /// Names of the classes, from the lightest to the darkest.
    pub classes: Vec<String>,
    /// What stands below the days.
    pub days: Vec<String>,
    /// In the order in which they are drawn.
    pub rows: Vec<ProgressRow>,
    /// What the days are.
    pub axis: String,
    /// What the rows are.
    pub row_head: String,
    /// What the numbers at the end of each row count.
    pub total_head: String,
    pub number: NumberFormat,
}

const ROW: f64 = 8.6;
const HEAD: f64 = 12.0;
const FOOT: f64 = 25.0;
/// From this many rows on, they stand in two blocks side by side.
const ONE_BLOCK: usize = 36;
const BLOCK_GAP: f64 = 14.0;
const GAP: f64 = 4.0;

/// Where the parts of a block stand.
struct Block {
    area: Area,
    /// The cells.
    plot: Area,
}

impl Progress {
    fn frame(&self, width: f64, metrics: &dyn TextMetrics) -> Frame {
        let of = self.classes.len();
        let keys = self.classes.iter().enumerate().map(|(i, name)| {
            let mark = Mark::Area(Fill::solid(colour(i, of)));
            Key::new(mark, name)
        });
        Frame::new(&self.caption, keys, width, metrics)
    }

    fn total(&self, row: &ProgressRow) -> String {
        (self.number)(usable(row.total).unwrap_or(0.0))
    }

    fn block_count(&self) -> usize {
        if self.rows.len() > ONE_BLOCK { 2 } else { 1 }
    }

    fn rows_of_block(&self) -> usize {
        self.rows.len().div_ceil(self.block_count()).max(1)
    }

    /// Names to the left, totals to the right, days in what is left between.
    fn block(&self, area: Area, metrics: &dyn TextMetrics) -> Block {
        let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
        let names = self.rows.iter().map(|row| measure(metrics, TINY, &row.label));
        let names = widest(&mut names.chain([measure(metrics, TINY, &self.row_head)]));
        let totals = self.rows.iter().map(|row| measure(metrics, TINY, &self.total(row)));
        let totals = widest(&mut totals.chain([measure(metrics, TINY, &self.total_head)]));
        let left = area.left + names.min(area.width() * 0.4) + GAP;
        let right = area.right - totals.min(area.width() * 0.2) - GAP;
        let plot = Area { left, right, top: area.top + HEAD, bottom: area.bottom - FOOT };
        Block { area, plot }
    }

    fn draw_block(
        &self,
        pen: &mut dyn Pen,
        block: &Block,
        rows: &[ProgressRow],
        height: f64,
    ) -> Result<(), ChartError> {
        let plot = Area { bottom: block.plot.top + rows.len() as f64 * height, ..block.plot };
        for (i, row) in rows.iter().enumerate() {
            let top = plot.top + i as f64 * height;
            self.draw_row(pen, block, row, (top, top + height))?;
        }
        let corners = [(plot.left, plot.top), (plot.right, plot.bottom)];
        let ring = [corners[0], (corners[1].0, corners[0].1), corners[1], (plot.left, plot.bottom)];
        pen.outline(&ring, AXIS)?;
        self.draw_heads(pen, block)?;
        self.draw_days(pen, plot)
    }

    fn draw_row(
        &self,
        pen: &mut dyn Pen,
        block: &Block,
        row: &ProgressRow,
        (top, bottom): (f64, f64),
    ) -> Result<(), ChartError> {
        let (plot, of) = (block.plot, self.classes.len());
        let x = |day: usize| plot.left + day as f64 * plot.width() / self.days.len().max(1) as f64;
        for (from, to, class) in runs(&row.classes) {
            let class = class.min(of.saturating_sub(1));
            if class > 0 {
                pen.rectangle((x(from), top), (x(to), bottom), colour(class, of))?;
            }
            // A stroke where the class grows, so that steps are seen without colours.
            if from > 0 {
                let stroke = Stroke { width: 0.3, ..HAIRLINE };
                pen.line(&[(x(from), top), (x(from), bottom)], stroke)?;
            }
        }
        pen.line(&[(block.area.left, bottom), (block.area.right, bottom)], GRID)?;
        let baseline = (top + bottom) / 2.0 + TINY.drop();
        let room = plot.left - GAP / 2.0 - block.area.left;
        let label = shorten(pen.metrics(), TINY, &row.label, room);
        pen.text((block.area.left, baseline), Align::Left, TINY, &label)?;
        let total = self.total(row);
        pen.text((block.area.right, baseline), Align::Right, TINY, &total)
    }

    fn draw_heads(&self, pen: &mut dyn Pen, block: &Block) -> Result<(), ChartError> {
        let y = block.plot.top - 4.0;
        let head = shorten(pen.metrics(), TINY, &self.row_head, block.plot.left - block.area.left);
        pen.text((block.area.left, y), Align::Left, TINY, &head)?;
        pen.text((block.area.right, y), Align::Right, TINY, &self.total_head)
    }

    fn draw_days(&self, pen: &mut dyn Pen, plot: Area) -> Result<(), ChartError> {
        let pitch = plot.width() / self.days.len().max(1) as f64;
        let widths = self.days.iter().map(|day| measure(pen.metrics(), TINY, day));
        let step = label_step(widths.fold(0.0, f64::max) + 5.0, pitch);
        for (i, day) in self.days.iter().enumerate() {
            if i == 0 || (i + 1) % step == 0 && i + 1 > step / 2 + 1 {
                let centre = plot.left + (i as f64 + 0.5) * pitch;
                pen.text((centre, plot.bottom + 9.0), Align::Centre, TINY, day)?;
            }
        }
        let name = shorten(pen.metrics(), SMALL, &self.axis, plot.width());
        let at: Point = (plot.centre().0, plot.bottom + 20.5);
        pen.text(at, Align::Centre, SMALL, &name)
    }
}

/// Every how many days a label has room.
fn label_step(label: f64, pitch: f64) -> usize {
    let steps = [1, 2, 5, 10, 15, 30];
    steps.into_iter().find(|step| *step as f64 * pitch >= label).unwrap_or(usize::MAX)
}

/// White is nothing yet; the others stay apart in grey.
fn colour(class: usize, of: usize) -> Colour {
    match class {
        0 => Colour::WHITE,
        class => step(class - 1, of.saturating_sub(1)),
    }
}

/// Days of one class in a row, as their first, the one after their last, and the class.
fn runs(classes: &[usize]) -> Vec<(usize, usize, usize)> {
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for (day, class) in classes.iter().enumerate() {
        match runs.last_mut() {
            Some((_, to, last)) if last == class => *to = day + 1,
            _ => runs.push((day, day + 1, *class)),
        }
    }
    runs
}

impl Draw for Progress {
    fn caption(&self) -> &Caption {
        &self.caption
    }

    fn natural_height(&self, width: f64, metrics: &dyn TextMetrics) -> f64 {
        self.frame(width, metrics).height() + HEAD + self.rows_of_block() as f64 * ROW + FOOT
    }

    fn draw(&self, pen: &mut dyn Pen, size: Size) -> Result<(), ChartError> {
        let frame = self.frame(size.width, pen.metrics());
        let count = self.rows_of_block();
        let body = frame.draw(pen, size, HEAD + FOOT + count as f64 * 5.0)?;
        if self.rows.is_empty() || self.days.is_empty() {
            return draw_empty(pen, body, &self.caption);
        }
        let blocks = self.block_count() as f64;
        let width = (body.width() - (blocks - 1.0) * BLOCK_GAP) / blocks;
        let height = ((body.height() - HEAD - FOOT) / count as f64).min(ROW * 1.5);
        for (i, rows) in self.rows.chunks(count).enumerate() {
            let left = body.left + i as f64 * (width + BLOCK_GAP);
            let area = Area { left, right: left + width, ..body };
            let block = self.block(area, pen.metrics());
            self.draw_block(pen, &block, rows, height)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_one_class_are_one_run() {
        assert_eq!(runs(&[0, 0, 1, 1, 1, 3]), [(0, 2, 0), (2, 5, 1), (5, 6, 3)]);
        assert!(runs(&[]).is_empty());
    }

    #[test]
    fn nothing_is_white_and_the_quota_is_darkest() {
        assert_eq!(colour(0, 6), Colour::WHITE);
        assert_eq!(colour(5, 6), step(4, 5));
    }
}
