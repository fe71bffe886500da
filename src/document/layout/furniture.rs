//! What stands outside the text: the page number and the banners.

use super::Context;
use super::flow::Sheet;
use super::lines::{Line, Set, Slot};
use super::style::{MILLIMETRE, Style};
use crate::document::page::{Face, Placed};

/// The baseline of the page number, below the upper edge.
const NUMBER_BASELINE: f64 = 15.0 * MILLIMETRE;

/// The baselines of banners above the page number.
const BANNER_BASELINES: [f64; 2] = [6.5 * MILLIMETRE, 10.0 * MILLIMETRE];

/// The size of banners.
const BANNER: f64 = 8.5;

/// Two banners share a line when this much stays blank between them.
const BANNER_GAP: f64 = 12.0;

impl Context<'_> {
    /// Furniture of a page, in front of its text; it is content of nothing.
    pub fn furnish(&self, sheet: &mut Sheet, banners: &[String]) {
        let mut items = self.banners(banners);
        if sheet.number > 1 {
            items.extend(self.page_number(sheet.number));
        }
        sheet.page.items.splice(0..0, items);
    }

    fn page_number(&self, number: usize) -> Vec<Placed> {
        let size = Style::PAGE_NUMBER;
        let words = self.plain(&number.to_string(), Face::Regular, size);
        let lines = self.break_lines(words, size, self.geometry.width, self.geometry.width);
        let place = |line: &Line| self.outside(line, size, NUMBER_BASELINE, Set::Centre);
        lines.iter().flat_map(place).collect()
    }

    fn outside(&self, line: &Line, size: f64, baseline: f64, set: Set) -> Vec<Placed> {
        line.items(&Slot { x: self.geometry.left, width: self.geometry.width, baseline, size, set })
    }

    /// Banners over the page number; what does not fit there goes below the text.
    fn banners(&self, banners: &[String]) -> Vec<Placed> {
        let rows = self.banner_rows(banners);
        let foot = self.geometry.top + self.geometry.height;
        let room = self.geometry.page_height - foot - 5.0 * MILLIMETRE;
        let below = rows.len().saturating_sub(BANNER_BASELINES.len()).max(1);
        let step = (1.2 * BANNER).min(room / below as f64);
        let baseline = |index: usize| match BANNER_BASELINES.get(index) {
            Some(baseline) => *baseline,
            None => foot + 2.0 * MILLIMETRE + step * (index - BANNER_BASELINES.len() + 1) as f64,
        };
        let place = |(index, row): (usize, &Vec<(Line, Set)>)| {
            let items = row.iter();
            let items = items.map(|(line, set)| self.outside(line, BANNER, baseline(index), *set));
            items.flatten().collect::<Vec<Placed>>()
        };
        rows.iter().enumerate().flat_map(place).collect()
    }

    fn banner_rows(&self, banners: &[String]) -> Vec<Vec<(Line, Set)>> {
        let width = self.geometry.width;
        let mut rows: Vec<Vec<(Line, Set)>> = Vec::new();
        for banner in banners {
            let words = self.plain(banner, Face::Bold, BANNER);
            for line in self.break_lines(words, BANNER, width, width) {
                match rows.last_mut().map(Vec::as_mut_slice) {
                    Some([(first, Set::Left)])
                        if first.width + BANNER_GAP + line.width <= width =>
                    {
                        if let Some(row) = rows.last_mut() {
                            row.push((line, Set::Right));
                        }
                    }
                    _ => rows.push(vec![(line, Set::Left)]),
                }
            }
        }
        rows
    }
}
