//! A commune over the months of the history, small enough for a sheet of one page.

use std::collections::BTreeMap;

use super::maps::{Key, keys};
use super::table::{Table, count, text};
use super::trend::{months, points};
use super::words::Words;
use super::{FigureSources, round, whole};
use crate::chart::{CommuneMonth, CommuneTrend, TrendPoint};
use crate::error::Result;
use crate::vietnamese::{self, month_label};

/// The communes of a family over the months, ready to be drawn one by one.
pub(super) struct Histories<'a> {
    sources: &'a FigureSources<'a>,
    family: &'a str,
    months: Vec<(String, bool)>,
    quotas: BTreeMap<String, i64>,
    communes: BTreeMap<Key, BTreeMap<String, Month>>,
    names: BTreeMap<Key, String>,
}

/// What the trend says of a commune in a month.
struct Month {
    comparable: bool,
    tests: i64,
    median: Option<TrendPoint>,
}

impl<'a> Histories<'a> {
    /// The history of every commune; none where there are no months before.
    pub fn of(sources: &'a FigureSources<'a>, family: &'a str) -> Result<Option<Self>> {
        let months = months(sources)?;
        let found = sources.table("trend").zip(sources.table("quota"));
        let Some((trend, quota)) = found.filter(|_| months.len() > 1) else { return Ok(None) };
        Ok(Some(Histories {
            sources,
            family,
            quotas: quotas(sources, family)?,
            communes: communes(&trend, family)?,
            names: names(&quota, family)?,
            months,
        }))
    }

    /// Every commune of the period.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.names.keys()
    }

    /// The figure of a commune; none where no month before has data of it.
    pub fn figure(&self, key: &Key) -> Result<Option<CommuneTrend>> {
        let months: Vec<CommuneMonth> = self
            .months
            .iter()
            .map(|(month, comparable)| self.month(key, month, *comparable))
            .collect();
        let before = months.split_last().map_or(&[][..], |(_, before)| before);
        let Some(name) = self.names.get(key) else { return Ok(None) };
        if before.iter().all(|month| month.tests.is_none()) {
            return Ok(None);
        }
        let words = Words::new(self.sources, "commune_trend", "commune_trend", self.family);
        let mut caption = words.caption(String::new(), described(&words, name, &months)?)?;
        caption.empty = self.sources.word("legend.not_published")?;
        if months.iter().any(|month| month.tests.is_none()) {
            caption.footnotes.insert(0, words.text("broken")?);
        }
        Ok(Some(CommuneTrend {
            caption,
            months,
            tests_head: words.text("tests_head")?,
            median_head: words.text("median_head")?,
            number: round,
        }))
    }

    /// A month that can be compared and has no row is one without tests.
    fn month(&self, key: &Key, month: &str, comparable: bool) -> CommuneMonth {
        let found = self.communes.get(key).and_then(|months| months.get(month));
        let known = comparable && found.is_none_or(|month| month.comparable);
        let found = found.filter(|_| known);
        CommuneMonth {
            label: month_label(month),
            tests: known.then(|| found.map_or(0.0, |month| month.tests as f64)),
            quota: self.quotas.get(month).map(|quota| *quota as f64),
            median: found.and_then(|month| month.median),
        }
    }
}

fn names(quota: &Table<'_>, family: &str) -> Result<BTreeMap<Key, String>> {
    let (keys, names) = (keys(quota)?, quota.text("commune_name")?);
    let rows = quota.rows(family)?.into_iter();
    Ok(rows.map(|row| (keys[row].clone(), text(&names, row).to_owned())).collect())
}

/// The quota of each month, as it was judged then; this month's is that of the table `quota`.
fn quotas(sources: &FigureSources<'_>, family: &str) -> Result<BTreeMap<String, i64>> {
    let Some(table) = sources.table("trend_quota") else {
        return Ok(BTreeMap::new());
    };
    let (months, quotas) = (table.text("month")?, table.counts("quota")?);
    let legal = table.counts("legal")?;
    let rows = table.rows(family)?.into_iter().filter(|row| count(&legal, *row) == 1);
    Ok(rows.map(|row| (text(&months, row).to_owned(), count(&quotas, row))).collect())
}

fn communes(trend: &Table<'_>, family: &str) -> Result<BTreeMap<Key, BTreeMap<String, Month>>> {
    let (levels, months) = (trend.text("level")?, trend.text("month")?);
    let (tests, comparable) = (trend.counts("tests_ok")?, trend.counts("comparable")?);
    let (keys, points) = (keys(trend)?, points(trend)?);
    let mut communes: BTreeMap<Key, BTreeMap<String, Month>> = BTreeMap::new();
    let hidden = trend.suppressed();
    for row in trend.rows(family)?.into_iter().filter(|row| text(&levels, *row) == "commune") {
        let month = Month {
            comparable: count(&comparable, row) == 1 && !hidden[row],
            tests: count(&tests, row),
            median: points[row],
        };
        let of = communes.entry(keys[row].clone()).or_default();
        of.insert(text(&months, row).to_owned(), month);
    }
    Ok(communes)
}

fn described(words: &Words<'_>, name: &str, months: &[CommuneMonth]) -> Result<String> {
    let tests = |month: &CommuneMonth| {
        let values = [("month", month.label.as_str())];
        match month.tests {
            Some(tests) => {
                words.filled("alternative_tests", &[values[0], ("tests", &whole(tests))])
            }
            None => words.filled("alternative_unknown", &values),
        }
    };
    let medians = months.iter().filter_map(|month| Some((month, month.median?.median)));
    let medians = medians.map(|(month, median)| {
        let median = vietnamese::number(median, 2);
        words.filled("alternative_median", &[("month", &month.label), ("median", &median)])
    });
    let medians = medians.collect::<Result<Vec<_>>>()?.join("; ");
    let tests = months.iter().map(tests).collect::<Result<Vec<_>>>()?.join("; ");
    let text = words.filled("alternative", &[("name", name), ("tests", &tests)])?;
    Ok(text
        + &match medians.is_empty() {
            true => words.text("alternative_no_median")?,
            false => words.filled("alternative_medians", &[("medians", &medians)])?,
        })
}
