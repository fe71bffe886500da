//! Communes on a map by their median of download speed.

use std::collections::BTreeMap;

use super::maps::{Classed, Commune, Key, class_words, communes, keys, map};
use super::steps::Steps;
use super::table::{count, number};
use super::words::{Words, counted};
use super::{FigureSources, operators::INDICATOR};
use crate::chart::{CommuneMap, MapClass, MapFill};
use crate::error::Result;
use crate::vietnamese;

/// Communes by their median; none where no commune has published statistics.
pub(super) fn downloads(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<CommuneMap>> {
    let words = Words::new(sources, figure, "map_download", family);
    let measured = measured(sources, family)?;
    let communes = communes(sources, family)?;
    let median = |commune: &Commune| measured.get(&commune.key).and_then(|(_, median)| *median);
    let medians: Vec<f64> = communes.iter().filter_map(median).collect();
    if medians.is_empty() {
        return Ok(None);
    }
    let title = title(&words, &communes, &medians, median)?;
    let steps = Steps::of(medians);
    let of = steps.count();
    let class_of = |commune: &Commune| match measured.get(&commune.key) {
        Some((_, Some(median))) => steps.class(*median),
        Some((1.., None)) => of,
        _ => of + 1,
    };
    let class_of: Vec<usize> = communes.iter().map(class_of).collect();
    let classes = classes(sources, &steps)?;
    let named = class_words(&words, &classes, &class_of)?;
    let alternative = words.filled("alternative", &[("classes", &named)])?;
    map(&words, &communes, Classed { title, alternative, classes, class_of })
}

fn classes(sources: &FigureSources<'_>, steps: &Steps) -> Result<Vec<MapClass>> {
    let of = steps.count();
    let step = |index| -> Result<MapClass> {
        let label = steps.label(index, sources.labels)?;
        Ok(MapClass { label, fill: MapFill::Step { index, of } })
    };
    let mut classes: Vec<_> = (0..of).map(step).collect::<Result<_>>()?;
    for (label, fill) in
        [("legend.too_few", MapFill::Hatched), ("legend.quota_zero", MapFill::Dotted)]
    {
        classes.push(MapClass { label: sources.word(label)?, fill });
    }
    Ok(classes)
}

/// How many communes have a published median, and between which values these lie.
fn title(
    words: &Words<'_>,
    communes: &[Commune],
    medians: &[f64],
    median: impl Fn(&Commune) -> Option<f64>,
) -> Result<String> {
    let low = medians.iter().copied().fold(f64::INFINITY, f64::min);
    let high = medians.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let name = communes.iter().find(|c| median(c).is_some()).map_or("", |c| c.name.as_str());
    let key = match medians.len() {
        1 => "title_one",
        count if count == communes.len() => "title_all",
        _ => "title_some",
    };
    let values = [
        ("published", &*counted(medians.len())),
        ("communes", &*counted(communes.len())),
        ("low", &*vietnamese::number(low, 2)),
        ("high", &*vietnamese::number(high, 2)),
        ("name", name),
    ];
    words.filled(key, &values)
}

/// Values and published median of each commune.
fn measured(
    sources: &FigureSources<'_>,
    family: &str,
) -> Result<BTreeMap<Key, (i64, Option<f64>)>> {
    let Some(table) = sources.table("commune") else {
        return Ok(BTreeMap::new());
    };
    let keys = keys(&table)?;
    let values = table.counts(&format!("{INDICATOR}_n"))?;
    let medians = table.numbers(&format!("{INDICATOR}_median"))?;
    let rows = table.rows(family)?.into_iter();
    let row = |row: usize| {
        let measured = (count(&values, row), number(&medians, row));
        (keys[row].clone(), measured)
    };
    Ok(rows.map(row).collect())
}
