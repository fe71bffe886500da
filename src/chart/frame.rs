//! What surrounds the plot of every figure: title, legend, footnotes.

use super::canvas::{Align, BODY, Pen, Point, SMALL, TITLE, Type};
use super::marks::Mark;
use super::text::{measure, wrap};
use super::{ChartError, Size, TextMetrics, too_small};

/// The words around a figure. An empty text takes no room.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caption {
    /// Says the finding.
    pub title: String,
    /// What the figure shows, with its numbers, for readers who cannot see it.
    pub alternative: String,
    /// Lines below the figure, such as an explanation or that the data are simulated.
    pub footnotes: Vec<String>,
    /// Stands in the middle when there is nothing to draw.
    pub empty: String,
}

/// One entry of a legend.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub mark: Mark,
    pub text: String,
}

impl Key {
    /// An entry, unless its text is empty.
    pub fn new(mark: Mark, text: impl Into<String>) -> Option<Key> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(Key { mark, text })
    }
}

/// A box on the figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn centre(&self) -> Point {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }
}

/// Title, legend and footnotes broken into lines for one width.
pub(super) struct Frame {
    width: f64,
    title: Vec<String>,
    legend: Vec<Vec<Key>>,
    legend_below: bool,
    footnotes: Vec<String>,
}

const GAP: f64 = 6.0;
const KEY_GAP: f64 = 14.0;
const MARK_GAP: f64 = 4.0;
const KEY_LEADING: f64 = 13.0;
/// No figure needs a longer title or footnote; more is a mistake that must not fill the page.
const MOST_LINES: usize = 6;

impl Frame {
    /// Lays out the words; the legend stands above the plot.
    pub fn new(
        caption: &Caption,
        keys: impl IntoIterator<Item = Option<Key>>,
        width: f64,
        metrics: &dyn TextMetrics,
    ) -> Self {
        let lines = |style, text: &str| wrap(metrics, style, text, width, MOST_LINES);
        Frame {
            width,
            title: lines(TITLE, &caption.title),
            legend: rows(keys.into_iter().flatten(), width, metrics),
            legend_below: false,
            footnotes: caption.footnotes.iter().flat_map(|note| lines(SMALL, note)).collect(),
        }
    }

    /// Moves the legend below the plot.
    pub fn legend_below(self) -> Self {
        Frame { legend_below: true, ..self }
    }

    /// The height of everything but the plot.
    pub fn height(&self) -> f64 {
        self.title_height() + self.legend_height() + self.footnote_height()
    }

    fn title_height(&self) -> f64 {
        block(self.title.len(), TITLE.leading())
    }

    fn legend_height(&self) -> f64 {
        block(self.legend.len(), KEY_LEADING)
    }

    fn footnote_height(&self) -> f64 {
        block(self.footnotes.len(), SMALL.leading())
    }

    /// Draws the words into `size` and returns the room that is left, at least `least` high.
    pub fn draw(&self, pen: &mut dyn Pen, size: Size, least: f64) -> Result<Area, ChartError> {
        let below = if self.legend_below { self.legend_height() } else { 0.0 };
        let top = self.title_height() + self.legend_height() - below;
        let bottom = size.height - self.footnote_height() - below;
        if bottom - top < least {
            return Err(too_small(size, self.height() + least));
        }
        write_lines(pen, &self.title, TITLE, 0.0)?;
        let legend_top = if self.legend_below { bottom + GAP } else { self.title_height() };
        self.draw_legend(pen, legend_top)?;
        let footnotes = size.height - self.footnote_height() + GAP;
        write_lines(pen, &self.footnotes, SMALL, footnotes)?;
        Ok(Area { left: 0.0, top, right: self.width, bottom })
    }

    fn draw_legend(&self, pen: &mut dyn Pen, top: f64) -> Result<(), ChartError> {
        for (i, row) in self.legend.iter().enumerate() {
            let middle = top + (i as f64 + 0.5) * KEY_LEADING;
            let mut x = 0.0;
            for key in row {
                let room = self.width - x - key.mark.width() - MARK_GAP;
                let text = super::text::shorten(pen.metrics(), BODY, &key.text, room);
                key.mark.draw(pen, (x + key.mark.width() / 2.0 + 0.5, middle))?;
                x += key.mark.width() + MARK_GAP;
                pen.text((x, middle + BODY.drop()), Align::Left, BODY, &text)?;
                x += measure(pen.metrics(), BODY, &text) + KEY_GAP;
            }
        }
        Ok(())
    }
}

/// Draws a legend as a column; texts that are too long for a line take two.
pub(super) fn draw_key_column(
    pen: &mut dyn Pen,
    keys: &[Key],
    area: Area,
) -> Result<(), ChartError> {
    let mut top = area.top;
    let marks = keys.iter().map(|key| key.mark.width()).fold(0.0, f64::max);
    let text = area.left + marks + MARK_GAP;
    for key in keys {
        let lines = wrap(pen.metrics(), SMALL, &key.text, area.right - text, 2);
        let middle = top + KEY_LEADING / 2.0;
        key.mark.draw(pen, (area.left + marks / 2.0 + 0.5, middle))?;
        for (i, line) in lines.iter().enumerate() {
            let baseline = middle + SMALL.drop() + i as f64 * SMALL.leading();
            pen.text((text, baseline), Align::Left, SMALL, line)?;
        }
        top += KEY_LEADING + lines.len().saturating_sub(1) as f64 * SMALL.leading();
    }
    Ok(())
}

/// The height of some lines with a gap to what follows; nothing for none.
fn block(lines: usize, leading: f64) -> f64 {
    if lines == 0 { 0.0 } else { lines as f64 * leading + GAP }
}

fn write_lines(
    pen: &mut dyn Pen,
    lines: &[String],
    style: Type,
    top: f64,
) -> Result<(), ChartError> {
    for (i, line) in lines.iter().enumerate() {
        let baseline = top + i as f64 * style.leading() + style.size * 0.9;
        pen.text((0.0, baseline), Align::Left, style, line)?;
    }
    Ok(())
}

/// Entries one after the other, broken into rows.
fn rows(keys: impl Iterator<Item = Key>, width: f64, metrics: &dyn TextMetrics) -> Vec<Vec<Key>> {
    let mut rows: Vec<Vec<Key>> = Vec::new();
    let mut used = f64::INFINITY;
    for key in keys {
        let wide = key.mark.width() + MARK_GAP + measure(metrics, BODY, &key.text);
        if used + wide > width {
            rows.push(Vec::new());
            used = 0.0;
        }
        used += wide + KEY_GAP;
        if let Some(row) = rows.last_mut() {
            row.push(key);
        }
    }
    rows
}

/// Says in the middle of the plot that there is nothing to draw.
pub(super) fn draw_empty(
    pen: &mut dyn Pen,
    area: Area,
    caption: &Caption,
) -> Result<(), ChartError> {
    let (x, y) = area.centre();
    let text = super::text::shorten(pen.metrics(), BODY, &caption.empty, area.width());
    pen.text((x, y), Align::Centre, BODY, &text)
}
