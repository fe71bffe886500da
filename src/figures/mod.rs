//! Figures and sheets of a month: from its tables and the words of `reports/labels.toml` to charts,
//! maps and the sheets of the annex.
//!
//! | file | what |
//! |---|---|
//! | `operators`, `findings` | operators by their download speed; which may be said to be faster |
//! | `quota`, `progress` | communes against the quota, in the end and day by day |
//! | `daily` | tests per day and per hour of the day |
//! | `trend`, `commune_trend` | operators, and single communes, over the months of the history |
//! | `maps` with `quota_map`, `download_map`, `gap_map`; `steps` | communes by quota, by download speed, by findings; round class limits |
//! | `words` | titles that say the finding, and descriptions of figures |
//! | `sheets` | the tables for people |
//! | `table` | typed columns of a table |
//!
//! A figure without data is left out: reports then print the sentence of their template.

mod commune_trend;
mod daily;
mod download_map;
mod findings;
mod gap_map;
mod maps;
mod operators;
mod progress;
mod quota;
mod quota_map;
mod sheets;
mod steps;
mod table;
#[cfg(test)]
mod tests;
mod trend;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use geo::MultiPolygon;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::chart::{Embedded, Figure, Size, TextMetrics};
use crate::document::block::Plate;
use crate::document::font::Family;
use crate::document::page::{Drawing, Face};
use crate::error::{Fault, Kind, Result};
use crate::import::functions::days as days_since_epoch;
use crate::provenance::Drawn;
use crate::report::Labels;
use crate::vietnamese::number;

use commune_trend::Histories;
pub use sheets::sheets;
use table::Table;

/// The width of the text on A4 between margins of 30 and 15 mm, in points.
const WIDTH: f64 = 467.0;
/// The width of a figure on the sheet of a commune, in points.
const SMALL_WIDTH: f64 = 220.0;
/// A page always holds a figure of this height with its caption.
const MOST_HEIGHT: f64 = 600.0;
/// Pixels per point of an image: sharp in a letter, small enough for an e-mail.
const SCALE: f64 = 3.0;

/// Families that have figures of their own.
const FAMILIES: [&str; 3] = ["mobile", "fixed", "mobile_5g"];

/// What is wrong with the tables that figures are drawn from.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FigureError {
    /// A query does not give the column.
    #[error("table `{table}` has no column `{column}`, found {found}")]
    NoColumn { table: String, column: String, found: String },
    /// A query gives the column another type.
    #[error("column `{column}` of table `{table}` has type {found}, expected {expected}")]
    ColumnType { table: String, column: String, found: DataType, expected: DataType },
}

impl Fault for FigureError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("compare the query of the table with the one that comes with the program".into())
    }
}

/// All that figures are drawn from.
#[derive(Debug, Clone)]
pub struct FigureSources<'a> {
    /// The tables of the bundle, by name.
    pub tables: &'a BTreeMap<String, RecordBatch>,
    /// Which of them were looked at.
    pub reads: Reads,
    /// `labels.toml`.
    pub labels: &'a Labels,
    /// Outlines that hold on the last day of the period, by commune code; empty without boundaries.
    pub boundaries: Vec<(&'a str, &'a MultiPolygon)>,
    /// Code and first day of the communes that exist on the last day of the period: maps show these.
    pub communes: Vec<(&'a str, Date)>,
    /// Samples that each commune should have per month; a family may have its own in the table `quota`.
    pub quota: i64,
    /// Effective samples from which a statistic is published.
    pub publish_from: i64,
    /// Whether the samples are made up.
    pub simulated: bool,
    /// The first day of the period.
    pub period_from: Date,
    /// The day after the last day of the period.
    pub period_to: Date,
}

/// Names of tables that were looked at since they were last asked for.
#[derive(Debug, Clone, Default)]
pub struct Reads(Arc<Mutex<BTreeSet<String>>>);

impl Reads {
    fn add(&self, name: &str) {
        self.names().insert(name.to_owned());
    }

    /// The names; from here on none was looked at.
    pub fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.names())
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The figures of a month, and the tables that each was made of, by the names that templates use.
#[derive(Debug, Default)]
pub struct Figures {
    pub drawn: BTreeMap<String, Figure>,
    pub reads: Drawn,
}

impl Figures {
    fn add(&mut self, name: &str, figure: Option<Figure>, reads: &BTreeSet<String>) {
        if let Some(figure) = figure {
            self.drawn.insert(name.to_owned(), figure);
            self.reads.insert(name.to_owned(), reads.clone());
        }
    }
}

impl FigureSources<'_> {
    fn table<'s>(&'s self, name: &'s str) -> Option<Table<'s>> {
        self.reads.add(name);
        Table::find(self.tables, name)
    }

    /// The same with the quota of a family.
    fn of_family(&self, family: &str) -> Result<Self> {
        let mut sources = self.clone();
        if let Some(table) = self.table("quota")
            && let Some(row) = table.rows(family)?.first()
        {
            sources.quota = table::count(&table.counts("quota")?, *row);
        }
        Ok(sources)
    }

    /// The note on rows that are left out because their numbers are suppressed.
    fn suppressed(&self, count: usize) -> Result<Option<String>> {
        let note = || self.filled("legend.suppressed_left_out", &[("count", &whole(count as f64))]);
        (count > 0).then(note).transpose()
    }

    /// A label, filled in with the configured numbers.
    fn word(&self, key: &str) -> Result<String> {
        self.filled(key, &[])
    }

    /// A label, filled in with the configured numbers and these values.
    fn filled(&self, key: &str, values: &[(&str, &str)]) -> Result<String> {
        let (quota, publish_from) = (whole(self.quota as f64), whole(self.publish_from as f64));
        let mut all = vec![("quota", quota.as_str()), ("publish_from", publish_from.as_str())];
        all.extend(values);
        self.labels.filled(key, &all)
    }
}

/// Every figure that the tables of a month yield.
pub fn figures(sources: &FigureSources<'_>) -> Result<Figures> {
    let mut figures = Figures::default();
    for family in FAMILIES {
        of_family(sources, family, &mut figures)?;
    }
    sources.reads.take();
    let daily = daily::daily(sources, "daily")?.map(Figure::Daily);
    figures.add("daily", daily, &sources.reads.take());
    let hourly = daily::hourly(sources, "hourly")?.map(Figure::Daily);
    figures.add("hourly", hourly, &sources.reads.take());
    Ok(figures)
}

fn of_family(sources: &FigureSources<'_>, family: &str, figures: &mut Figures) -> Result<()> {
    sources.reads.take();
    let sources = &sources.of_family(family)?;
    let of_quota = sources.reads.take();
    let reads = || &sources.reads.take() | &of_quota;
    let mut add = |name: &str, figure: Option<Figure>| figures.add(name, figure, &reads());
    let name = format!("operators_{family}_download");
    add(&name, operators::estimates(sources, &name, family)?.map(Figure::Intervals));
    let name = format!("distribution_{family}_download");
    add(&name, operators::distribution(sources, &name, family)?.map(Figure::Intervals));
    let name = format!("quota_{family}");
    add(&name, quota::bars(sources, &name, family)?.map(Figure::QuotaBars));
    let name = format!("progress_{family}");
    add(&name, progress::days(sources, &name, family)?.map(Figure::Progress));
    let name = format!("trend_{family}");
    add(&name, trend::downloads(sources, &name, family)?.map(Figure::Trend));
    let name = format!("map_download_{family}");
    add(&name, download_map::downloads(sources, &name, family)?.map(Figure::CommuneMap));
    let name = format!("map_quota_{family}");
    let map = quota_map::quota(sources, &name, family)?;
    let small = map.as_ref().map(quota_map::small).map(Figure::CommuneMap);
    let looked_at = reads();
    figures.add(&format!("{name}_small"), small, &looked_at);
    figures.add(&name, map.map(Figure::CommuneMap), &looked_at);
    let name = format!("map_gaps_{family}");
    let map = gap_map::findings(sources, &name, family)?;
    let small = map.as_ref().map(gap_map::small).map(Figure::CommuneMap);
    let looked_at = reads();
    figures.add(&format!("{name}_small"), small, &looked_at);
    figures.add(&name, map.map(Figure::CommuneMap), &looked_at);
    Ok(())
}

/// A commune over the months before, by code and first day; none without a history of it.
pub fn commune_trend(
    sources: &FigureSources<'_>,
    commune_code: &str,
    valid_from: Date,
    family: &str,
) -> Result<Option<Figure>> {
    let Some(histories) = Histories::of(sources, family)? else { return Ok(None) };
    let figure = histories.figure(&(commune_code.to_owned(), days_since_epoch(valid_from)))?;
    Ok(figure.map(Figure::CommuneTrend))
}

/// The small figures of the sheets of communes, mobile, by the name `commune_<code>`; communes of the last
/// day only, those without a history left out.
pub fn commune_plates(
    sources: &FigureSources<'_>,
    font: &Family,
) -> Result<BTreeMap<String, Plate>> {
    let Some(histories) = Histories::of(sources, "mobile")? else { return Ok(BTreeMap::new()) };
    let known: BTreeSet<(String, i32)> = histories.keys().cloned().collect();
    let communes =
        sources.communes.iter().map(|(code, from)| ((*code).to_owned(), days_since_epoch(*from)));
    let communes: Vec<_> = communes.filter(|key| known.contains(key)).collect();
    let made: Vec<Option<(String, Plate)>> = communes
        .par_iter()
        .map(|key| {
            let Some(figure) = histories.figure(key)?.map(Figure::CommuneTrend) else {
                return Ok(None);
            };
            Ok(Some((format!("commune_{}", key.0), small_plate(&figure, font)?)))
        })
        .collect::<Result<_>>()?;
    Ok(made.into_iter().flatten().collect())
}

/// A figure that stands beside text.
fn small_plate(figure: &Figure, font: &Family) -> Result<Plate> {
    let height = figure.natural_height(SMALL_WIDTH, font);
    let size = Size { width: SMALL_WIDTH, height };
    Ok(Plate {
        drawing: figure.drawing(size, font)?,
        image: Arc::new(figure.png(size, SCALE)?),
        alternative: figure.alternative().to_owned(),
    })
}

/// The figures for documents, as wide as the text; `files` are those of [`files`].
pub fn plates(
    figures: &BTreeMap<String, Figure>,
    files: &[(String, Vec<u8>)],
    family: &Family,
) -> Result<BTreeMap<String, Plate>> {
    let image = |name: &str| {
        let file = format!("{name}.png");
        let found = files.iter().find(|(other, _)| *other == file);
        Arc::new(found.map(|(_, bytes)| bytes.clone()).unwrap_or_default())
    };
    let plate = |(name, figure): (&String, &Figure)| {
        let plate = Plate {
            drawing: drawing(figure, family)?,
            image: image(name),
            alternative: figure.alternative().to_owned(),
        };
        Ok((name.clone(), plate))
    };
    figures.iter().map(plate).collect()
}

/// A figure higher than a page is drawn at its own height on wider paper, and scaled down whole.
fn drawing(figure: &Figure, family: &Family) -> Result<Drawing> {
    let height = figure.natural_height(WIDTH, family);
    let factor = (height / MOST_HEIGHT).max(1.0);
    let width = WIDTH * factor;
    let drawing = figure.drawing(Size { width, height }, family)?;
    let scaled = |item: crate::document::page::Item| item.scaled(1.0 / factor);
    Ok(Drawing {
        width: WIDTH,
        height: height / factor,
        items: drawing.items.into_iter().map(scaled).collect(),
    })
}

/// The figures as files, `quota_mobile.svg` and `quota_mobile.png`, sorted by name.
pub fn files(figures: &BTreeMap<String, Figure>) -> Result<Vec<(String, Vec<u8>)>> {
    let made: Vec<Result<_>> = figures
        .par_iter()
        .map(|(name, figure)| {
            let height = figure.natural_height(WIDTH, &Embedded);
            let size = Size { width: WIDTH, height };
            let svg = figure.svg(size)?.into_bytes();
            let png = figure.png(size, SCALE)?;
            Ok([(format!("{name}.png"), png), (format!("{name}.svg"), svg)])
        })
        .collect();
    let pairs: Vec<_> = made.into_iter().collect::<Result<_>>()?;
    Ok(pairs.into_iter().flatten().collect())
}

impl TextMetrics for Family {
    fn width(&self, bold: bool, size: f64, text: &str) -> f64 {
        let face = if bold { Face::Bold } else { Face::Regular };
        Family::width(self, face, size, text)
    }
}

fn whole(value: f64) -> String {
    number(value, 0)
}

/// As many decimals as a round number has.
fn round(value: f64) -> String {
    let is_whole = |decimals: &usize| {
        let shifted = value * 10f64.powi(*decimals as i32);
        (shifted - shifted.round()).abs() < 1e-6
    };
    number(value, (0..4).find(is_whole).unwrap_or(4))
}
