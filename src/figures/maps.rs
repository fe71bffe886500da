//! Communes on maps: what all maps share.

use std::collections::{BTreeMap, BTreeSet};

use geo::{LineString, MultiPolygon, Polygon};

use super::table::{Table, count, number, text};
use super::words::{Words, counted};
use super::{FigureSources, whole};
use crate::chart::{CommuneMap, MapArea, MapClass, MapFill};
use crate::error::Result;
use crate::import::functions::days as days_since_epoch;

/// Code and first day: one code can name different communes in different periods.
pub(super) type Key = (String, i32);

/// A commune that exists on the last day of the period.
pub(super) struct Commune {
    pub key: Key,
    pub name: String,
    pub tests: i64,
    /// Whether its number of tests is suppressed; `tests` is 0 then.
    pub suppressed: bool,
}

/// Communes sorted into classes, with what the map says in words.
pub(super) struct Classed {
    pub title: String,
    pub alternative: String,
    pub classes: Vec<MapClass>,
    /// The class of each commune.
    pub class_of: Vec<usize>,
}

/// A map beside a short legend fits where it leaves room for text.
pub(super) const SMALL_HEIGHT: f64 = 300.0;

/// A class under its own words or the common ones.
pub(super) fn class(words: &Words<'_>, key: &str, common: &str, fill: MapFill) -> Result<MapClass> {
    Ok(MapClass { label: words.text_or(key, common)?, fill })
}

/// How many communes a class has.
pub(super) fn members(class_of: &[usize], class: usize) -> usize {
    class_of.iter().filter(|of| **of == class).count()
}

/// Classes with their numbers of communes, in words.
pub(super) fn class_words(
    words: &Words<'_>,
    classes: &[MapClass],
    class_of: &[usize],
) -> Result<String> {
    let class = |(i, class): (usize, &MapClass)| {
        let members = members(class_of, i);
        let key = if members == 0 { "alternative_none" } else { "alternative_class" };
        let count = counted(members);
        words.filled(key, &[("class", &class.label), ("count", &count)])
    };
    let classes = classes.iter().enumerate().map(class).collect::<Result<Vec<_>>>()?;
    Ok(classes.join("; "))
}

/// The names of the communes of a class.
pub(super) fn names(communes: &[Commune], class_of: &[usize], class: usize) -> Vec<String> {
    let all = communes.iter().zip(class_of).filter(|(_, of)| **of == class);
    all.map(|(commune, _)| commune.name.clone()).collect()
}

/// The communes of the last day, those with the fewest tests first, since names are written while
/// there is room; none at all where there is no test of the family.
pub(super) fn communes(sources: &FigureSources<'_>, family: &str) -> Result<Vec<Commune>> {
    let Some(table) = sources.table("quota") else {
        return Ok(Vec::new());
    };
    let keys = keys(&table)?;
    let (names, tests) = (table.text("commune_name")?, table.counts("counted")?);
    let hidden = table.suppressed();
    let existing = sources.communes.iter();
    let existing: BTreeSet<Key> =
        existing.map(|(code, from)| ((*code).to_owned(), days_since_epoch(*from))).collect();
    let mut communes = Vec::new();
    for row in table.rows(family)? {
        let key = keys[row].clone();
        if existing.contains(&key) {
            let (name, tests) = (text(&names, row).to_owned(), count(&tests, row));
            communes.push(Commune { key, name, tests, suppressed: hidden[row] });
        }
    }
    if communes.iter().all(|commune| commune.tests == 0 && !commune.suppressed) {
        communes.clear();
    }
    communes.sort_by_key(|commune| commune.tests);
    Ok(communes)
}

pub(super) fn keys(table: &Table<'_>) -> Result<Vec<Key>> {
    let (codes, from) = (table.text("commune_code")?, table.days("commune_valid_from")?);
    let from = from.iter().map(Option::unwrap_or_default);
    let key = |(row, from)| (text(&codes, row).to_owned(), from);
    Ok(from.enumerate().map(key).collect())
}

/// The map of classed communes; none where no commune has a place.
pub(super) fn map(
    words: &Words<'_>,
    communes: &[Commune],
    classed: Classed,
) -> Result<Option<CommuneMap>> {
    let sources = words.sources;
    let areas = areas(words, communes, &classed.class_of)?;
    let is_nowhere = |area: &&MapArea| area.polygons.is_empty() && area.point.is_none();
    let nowhere = areas.iter().filter(is_nowhere).count();
    if nowhere == areas.len() {
        return Ok(None);
    }
    let mut caption = words.caption(classed.title, classed.alternative)?;
    if nowhere > 0 {
        let note = sources.filled("legend.nowhere", &[("count", &counted(nowhere))])?;
        caption.footnotes.insert(0, note);
    }
    Ok(Some(CommuneMap {
        caption,
        classes: classed.classes,
        areas,
        flag_name: sources.word("legend.suspected")?,
        scale_bar: true,
        most_height: None,
        number: whole,
    }))
}

fn areas(words: &Words<'_>, communes: &[Commune], class_of: &[usize]) -> Result<Vec<MapArea>> {
    let sources = words.sources;
    let mut outlines = BTreeMap::new();
    for (code, polygons) in &sources.boundaries {
        outlines.entry(*code).or_insert(*polygons);
    }
    let points = points(sources)?;
    let suspected = suspected(sources, words.family())?;
    let area = |(commune, class): (&Commune, &usize)| MapArea {
        name: short_name(sources, &commune.name),
        class: *class,
        polygons: outlines
            .get(commune.key.0.as_str())
            .map_or_else(Vec::new, |polygons| rings(polygons)),
        point: points.get(&commune.key).copied(),
        labelled: true,
        flagged: suspected.contains(&commune.key),
    };
    Ok(communes.iter().zip(class_of).map(area).collect())
}

/// Communes with a place where coverage is suspected to be missing; the place itself is not drawn.
fn suspected(sources: &FigureSources<'_>, family: &str) -> Result<BTreeSet<Key>> {
    let Some(table) = sources.table("suspected_coverage") else {
        return Ok(BTreeSet::new());
    };
    let access = table.text("access_type")?;
    let keys = keys(&table)?.into_iter().enumerate();
    let keys = keys.filter(|(row, _)| text(&access, *row) == family);
    Ok(keys.map(|(_, key)| key).collect())
}

/// Longitude and latitude of the communes whose position is known.
fn points(sources: &FigureSources<'_>) -> Result<BTreeMap<Key, (f64, f64)>> {
    let Some(table) = sources.table("commune_location") else {
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
pub(super) fn short_name(sources: &FigureSources<'_>, name: &str) -> String {
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

/// The same map beside its legend, at most [`SMALL_HEIGHT`] high, with the names of flagged communes
/// and those of some classes only.
pub(super) fn small(map: &CommuneMap, named: &[usize]) -> CommuneMap {
    let mut map = CommuneMap { most_height: Some(SMALL_HEIGHT), ..map.clone() };
    for area in &mut map.areas {
        area.labelled = area.flagged || named.contains(&area.class);
    }
    map
}
