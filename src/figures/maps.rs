//! Communes on maps: against the quota, and by download speed.

use std::collections::{BTreeMap, BTreeSet};

use geo::{LineString, MultiPolygon, Polygon};

use super::steps::Steps;
use super::table::{Table, count, number, text};
use super::{FigureSources, day_number, whole};
use crate::chart::{CommuneMap, MapArea, MapClass, MapFill};
use crate::error::Result;

/// Code and first day: one code can name different communes in different periods.
type Key = (String, i32);

/// A commune that exists on the last day of the period.
struct Commune {
    key: Key,
    name: String,
    tests: i64,
}

/// Communes that meet the quota, that have some tests, and that have none.
pub(super) fn quota(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<CommuneMap>> {
    let mut communes = communes(sources, family)?;
    // Names are written while there is room: those with the fewest tests come first.
    communes.sort_by_key(|commune| commune.tests);
    let class = |label: &str, fill| -> Result<MapClass> {
        let label = sources.word(label)?;
        Ok(MapClass { label, fill })
    };
    let classes = vec![
        class("legend.quota_met", MapFill::Step { index: 3, of: 5 })?,
        class("legend.quota_partial", MapFill::Step { index: 1, of: 5 })?,
        class("legend.quota_zero", MapFill::Hatched)?,
    ];
    let class_of = |commune: &Commune| match commune.tests {
        0 => 2,
        tests if tests < sources.quota => 1,
        _ => 0,
    };
    map(sources, figure, &communes, classes, class_of)
}

/// Communes by their median; none where no commune has published statistics.
pub(super) fn downloads(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<CommuneMap>> {
    let measured = measured(sources, family)?;
    let communes = communes(sources, family)?;
    let median = |commune: &Commune| measured.get(&commune.key).and_then(|(_, median)| *median);
    let medians: Vec<f64> = communes.iter().filter_map(median).collect();
    if medians.is_empty() {
        return Ok(None);
    }
    let steps = Steps::of(medians);
    let of = steps.count();
    let step = |index| -> Result<MapClass> {
        let label = steps.label(index, sources.labels)?;
        let fill = MapFill::Step { index, of };
        Ok(MapClass { label, fill })
    };
    let mut classes: Vec<_> = (0..of).map(step).collect::<Result<_>>()?;
    for (label, fill) in
        [("legend.too_few", MapFill::Hatched), ("legend.quota_zero", MapFill::Dotted)]
    {
        let label = sources.word(label)?;
        classes.push(MapClass { label, fill });
    }
    let class_of = |commune: &Commune| match measured.get(&commune.key) {
        Some((_, Some(median))) => steps.class(*median),
        Some((1.., None)) => of,
        _ => of + 1,
    };
    map(sources, figure, &communes, classes, class_of)
}

/// The communes of the last day; none at all where there is no test of the access type.
fn communes(sources: &FigureSources<'_>, family: &str) -> Result<Vec<Commune>> {
    let Some(table) = Table::find(sources.tables, "quota") else {
        return Ok(Vec::new());
    };
    let keys = keys(&table)?;
    let (names, tests) = (table.text("commune_name")?, table.counts("counted")?);
    let existing = sources.communes.iter();
    let existing: BTreeSet<Key> =
        existing.map(|(code, from)| ((*code).to_owned(), day_number(*from))).collect();
    let mut communes = Vec::new();
    for row in table.rows(family)? {
        let key = keys[row].clone();
        if existing.contains(&key) {
            communes.push(Commune {
                key,
                name: text(&names, row).to_owned(),
                tests: count(&tests, row),
            });
        }
    }
    if communes.iter().all(|commune| commune.tests == 0) {
        communes.clear();
    }
    Ok(communes)
}

/// Values and published median of each commune.
fn measured(
    sources: &FigureSources<'_>,
    family: &str,
) -> Result<BTreeMap<Key, (i64, Option<f64>)>> {
    let Some(table) = Table::find(sources.tables, "commune") else {
        return Ok(BTreeMap::new());
    };
    let keys = keys(&table)?;
    let values = table.counts("download_mbps_n")?;
    let medians = table.numbers("download_mbps_median")?;
    let rows = table.rows(family)?.into_iter();
    let row = |row: usize| {
        let measured = (count(&values, row), number(&medians, row));
        (keys[row].clone(), measured)
    };
    Ok(rows.map(row).collect())
}

fn keys(table: &Table<'_>) -> Result<Vec<Key>> {
    let (codes, from) = (table.text("commune_code")?, table.days("commune_valid_from")?);
    let from = from.iter().map(Option::unwrap_or_default);
    let key = |(row, from)| (text(&codes, row).to_owned(), from);
    Ok(from.enumerate().map(key).collect())
}

fn map(
    sources: &FigureSources<'_>,
    figure: &str,
    communes: &[Commune],
    classes: Vec<MapClass>,
    class_of: impl Fn(&Commune) -> usize,
) -> Result<Option<CommuneMap>> {
    let mut outlines = BTreeMap::new();
    for (code, polygons) in &sources.boundaries {
        outlines.entry(*code).or_insert(*polygons);
    }
    let points = points(sources)?;
    let area = |commune: &Commune| MapArea {
        name: short_name(sources, &commune.name),
        class: class_of(commune),
        polygons: outlines
            .get(commune.key.0.as_str())
            .map_or_else(Vec::new, |polygons| rings(polygons)),
        point: points.get(&commune.key).copied(),
        labelled: true,
    };
    let areas: Vec<_> = communes.iter().map(area).collect();
    let is_nowhere = |area: &&MapArea| area.polygons.is_empty() && area.point.is_none();
    let nowhere = areas.iter().filter(is_nowhere).count();
    if nowhere == areas.len() {
        return Ok(None);
    }
    let mut caption = sources.caption(figure)?;
    if nowhere > 0 {
        let count = whole(nowhere as f64);
        let note = sources.filled("legend.nowhere", &[("count", &count)])?;
        caption.footnotes.insert(0, note);
    }
    Ok(Some(CommuneMap { caption, classes, areas, scale_bar: true, number: whole }))
}

/// Longitude and latitude of the communes whose position is known.
fn points(sources: &FigureSources<'_>) -> Result<BTreeMap<Key, (f64, f64)>> {
    let Some(table) = Table::find(sources.tables, "commune_location") else {
        return Ok(BTreeMap::new());
    };
    let (latitudes, longitudes) = (table.numbers("latitude")?, table.numbers("longitude")?);
    let keys = keys(&table)?.into_iter().enumerate();
    let point = |(row, key)| {
        let point = (number(&longitudes, row)?, number(&latitudes, row)?);
        Some((key, point))
    };
    Ok(keys.filter_map(point).collect())
}

/// A name as it stands on a map: its type left out or abbreviated.
fn short_name(sources: &FigureSources<'_>, name: &str) -> String {
    let types = sources.labels.keys("map_types").into_iter();
    let mut short = types.filter_map(|word| {
        let rest = name.strip_prefix(word)?.strip_prefix(' ')?;
        let short = sources.labels.text(&format!("map_types.{word}")).ok()?;
        Some(format!("{short} {rest}").trim_start().to_owned())
    });
    short.next().unwrap_or_else(|| name.to_owned())
}

/// Outer ring and holes of each part.
fn rings(polygons: &MultiPolygon) -> Vec<Vec<Vec<(f64, f64)>>> {
    let ring = |line: &LineString| line.coords().map(|c| (c.x, c.y)).collect();
    let part = |polygon: &Polygon| {
        let outer = std::iter::once(polygon.exterior());
        outer.chain(polygon.interiors()).map(ring).collect()
    };
    polygons.iter().map(part).collect()
}
