//! Communes on a map by what was found beside the benchmarks.

use std::collections::{BTreeMap, BTreeSet};

use super::FigureSources;
use super::maps::{
    self, Classed, Commune, Key, class, class_words, communes, keys, map, members, names,
};
use super::table::{number, text};
use super::words::{Words, counted};
use crate::chart::{CommuneMap, MapFill};
use crate::error::Result;

const FOUND: usize = 0;
const WATCH: usize = 1;
const CLEAR: usize = 2;
const TOO_FEW: usize = 3;
const ZERO: usize = 4;

/// Communes with a value below its benchmark, to be watched, with none below, and not compared;
/// no map where the family has no benchmark.
pub(super) fn findings(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<CommuneMap>> {
    let words = Words::new(sources, figure, "map_gaps", family);
    let goals = goals(sources, family)?;
    if goals.is_empty() {
        return Ok(None);
    }
    let compared = compared(sources, family, &goals)?;
    let states = states(sources, family)?;
    let communes = communes(sources, family)?;
    let class_of = |commune: &Commune| match states.get(&commune.key) {
        Some(class) => *class,
        None if compared.contains(&commune.key) => CLEAR,
        None if commune.tests > 0 => TOO_FEW,
        None => ZERO,
    };
    let class_of: Vec<usize> = communes.iter().map(class_of).collect();
    let common = "legend.too_few";
    let classes = vec![
        class(&words, "found", common, MapFill::Step { index: 2, of: 3 })?,
        class(&words, "watch", common, MapFill::Step { index: 1, of: 3 })?,
        class(&words, "clear", common, MapFill::Step { index: 0, of: 3 })?,
        class(&words, "too_few", common, MapFill::Hatched)?,
        class(&words, "zero", "legend.quota_zero", MapFill::Dotted)?,
    ];
    let named = class_words(&words, &classes, &class_of)?;
    let found = words.naming("alternative_found", &names(&communes, &class_of, FOUND))?;
    let alternative = words.filled("alternative", &[("classes", &named)])? + &found;
    let title = title(&words, &class_of)?;
    map(&words, &communes, Classed { title, alternative, classes, class_of })
}

/// The map for a page of its own words: it names the communes of the findings.
pub(super) fn small(map: &CommuneMap) -> CommuneMap {
    maps::small(map, &[FOUND, WATCH])
}

fn title(words: &Words<'_>, class_of: &[usize]) -> Result<String> {
    let (found, watch) = (members(class_of, FOUND), members(class_of, WATCH));
    let key = match (found, watch) {
        (0, 0) if members(class_of, CLEAR) == 0 => "title_nothing",
        (0, 0) => "title_none",
        (0, _) => "title_watch",
        (_, 0) => "title_found",
        _ => "title_both",
    };
    words.filled(key, &[("found", &counted(found)), ("watch", &counted(watch))])
}

/// The worse of the states of a commune.
fn states(sources: &FigureSources<'_>, family: &str) -> Result<BTreeMap<Key, usize>> {
    let Some(table) = sources.table("gaps") else {
        return Ok(BTreeMap::new());
    };
    let (classes, found) = (table.text("gap_class")?, table.text("state")?);
    let keys = keys(&table)?;
    let mut states = BTreeMap::new();
    for row in table.rows(family)?.into_iter().filter(|r| text(&classes, *r) == "low_quality") {
        let class = if text(&found, row) == "found" { FOUND } else { WATCH };
        let state = states.entry(keys[row].clone()).or_insert(class);
        *state = (*state).min(class);
    }
    Ok(states)
}

/// What is compared: an indicator, of one technology or of the whole family.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Goal {
    indicator: String,
    access_type: String,
    technology: String,
    /// Empty for all operators.
    operator: String,
}

fn goals(sources: &FigureSources<'_>, family: &str) -> Result<BTreeSet<Goal>> {
    let Some(table) = sources.table("benchmarks") else {
        return Ok(BTreeSet::new());
    };
    let column = |name| table.text(name);
    let (indicator, access) = (column("indicator")?, column("access_type")?);
    let (technology, operator) = (column("technology")?, column("operator")?);
    let goal = |row: usize| Goal {
        indicator: text(&indicator, row).to_owned(),
        access_type: text(&access, row).to_owned(),
        technology: text(&technology, row).to_owned(),
        operator: text(&operator, row).to_owned(),
    };
    Ok(table.rows(family)?.into_iter().map(goal).collect())
}

/// Communes where some mean with an interval stands beside its benchmark.
fn compared(
    sources: &FigureSources<'_>,
    family: &str,
    goals: &BTreeSet<Goal>,
) -> Result<BTreeSet<Key>> {
    let mut compared = BTreeSet::new();
    for goal in goals {
        let whole = goal.technology.is_empty();
        let name = if whole { "commune_operator" } else { "commune_operator_technology" };
        let Some(table) = sources.table(name) else { continue };
        let groups = table.text(if whole { "family" } else { "technology" })?;
        let wanted = if whole { family } else { &goal.technology };
        let (operators, means) =
            (table.text("operator")?, table.numbers(&format!("{}_mean_low", goal.indicator))?);
        for (row, key) in keys(&table)?.into_iter().enumerate() {
            let applies = goal.operator.is_empty() || text(&operators, row) == goal.operator;
            let is_of = text(&groups, row) == wanted;
            if applies && is_of && number(&means, row).is_some() {
                compared.insert(key);
            }
        }
    }
    Ok(compared)
}
