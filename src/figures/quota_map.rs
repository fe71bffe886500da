//! Communes on a map by their tests, against the quota.

use super::FigureSources;
use super::maps::{self, Classed, Commune, class, communes, map, members, names};
use super::words::{Words, counted};
use crate::chart::{CommuneMap, MapClass, MapFill};
use crate::error::Result;

const MET: usize = 0;
const HALF: usize = 1;
const LESS: usize = 2;
const ZERO: usize = 3;
const SUPPRESSED: usize = 4;

/// Communes that meet the quota, that have half of it or less, and that have no test.
pub(super) fn quota(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<CommuneMap>> {
    let words = Words::new(sources, figure, "map_quota", family);
    let communes = communes(sources, family)?;
    let class_of: Vec<usize> = communes.iter().map(|c| class_of(c, sources.quota)).collect();
    let half = counted(half(sources.quota) as usize);
    let step = |key: &str, index| -> Result<MapClass> {
        let label = words.filled(key, &[("half", &half)])?;
        Ok(MapClass { label, fill: MapFill::Step { index, of: 3 } })
    };
    let hidden = class_of.contains(&SUPPRESSED);
    let suppressed = hidden
        .then(|| class(&words, "suppressed", "legend.suppressed", MapFill::Plain))
        .transpose()?;
    let classed = Classed {
        title: title(&words, &class_of)?,
        alternative: alternative(&words, &communes, &class_of)?,
        classes: vec![
            step("met", 2)?,
            step("half", 1)?,
            step("less", 0)?,
            class(&words, "zero", "legend.quota_zero", MapFill::Hatched)?,
        ]
        .into_iter()
        .chain(suppressed)
        .collect(),
        class_of,
    };
    map(&words, &communes, classed)
}

/// Half of the quota, rounded up.
fn half(quota: i64) -> i64 {
    (quota + 1).max(0) / 2
}

fn class_of(commune: &Commune, quota: i64) -> usize {
    match commune.tests {
        _ if commune.suppressed => SUPPRESSED,
        ..=0 => ZERO,
        tests if tests >= quota => MET,
        tests if tests >= half(quota) => HALF,
        _ => LESS,
    }
}

/// The map for a page of its own words: it names the communes without a test.
pub(super) fn small(map: &CommuneMap) -> CommuneMap {
    maps::small(map, &[ZERO])
}

fn title(words: &Words<'_>, class_of: &[usize]) -> Result<String> {
    let (met, zero) = (members(class_of, MET), members(class_of, ZERO));
    let short = class_of.len() - met;
    let key = match (short, zero) {
        (0, _) => "title_none",
        (_, 0) => "title_some",
        _ if met == 0 => "title_all",
        _ => "title_zero",
    };
    let values = [
        ("short", &*counted(short)),
        ("zero", &*counted(zero)),
        ("communes", &*counted(class_of.len())),
    ];
    words.filled(key, &values)
}

fn alternative(words: &Words<'_>, communes: &[Commune], class_of: &[usize]) -> Result<String> {
    let count = |class| words.units(members(class_of, class));
    let values = [
        ("met", count(MET)?),
        ("half_count", count(HALF)?),
        ("less_count", count(LESS)?),
        ("empty", words.empty_units(members(class_of, ZERO))?),
        ("half", counted(half(words.sources.quota) as usize)),
    ];
    let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
    let zero = words.naming("alternative_zero", &names(communes, class_of, ZERO))?;
    Ok(words.filled("alternative", &values)? + &zero)
}
