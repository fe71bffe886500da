//! Counts that running text needs, per family.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::context::object;
use super::labels::Labels;
use super::rows::{self, Row, integer, text};
use crate::error::Result;
use crate::vietnamese::collation_key;

/// Families and whether communes are held to their legal quota.
const FAMILIES: [&str; 3] = ["mobile", "fixed", "mobile_5g"];
const HEADLINE: &str = "download_mbps";

/// One summary per family, see [`super::context`] for its fields.
pub(super) fn families(tables: &BTreeMap<String, Vec<Row>>, labels: &Labels) -> Result<Vec<Row>> {
    FAMILIES.iter().map(|key| summary(key, tables, labels)).collect()
}

/// The numbers of the summaries, as rows of a table.
pub(super) fn rows(access: &[Row]) -> Vec<Row> {
    let numbers = |row: &Row| {
        row.iter()
            .filter(|(name, value)| value.is_number() || *value == rows::MARK || *name == "key")
            .map(|(name, value)| {
                let name = if name == "key" { "family" } else { name };
                (name.to_owned(), value.clone())
            })
            .collect()
    };
    access.iter().map(numbers).collect()
}

fn summary(key: &str, tables: &BTreeMap<String, Vec<Row>>, labels: &Labels) -> Result<Row> {
    let of = |table: &str| -> Vec<&Row> {
        tables[table].iter().filter(|row| text(row, "family") == key).collect()
    };
    let mut operators: Vec<Row> = of("operator").into_iter().cloned().collect();
    rows::sort(&mut operators, &["operator".to_owned()]);
    let mut summary = Row::new();
    summary.insert("key".into(), key.into());
    summary.insert("label".into(), labels.text(&format!("families.{key}"))?.into());
    summary.extend(comparisons(&of("comparisons")));
    let areas = of("quota_area");
    let area = areas.into_iter().find(|row| text(row, "level") == "province");
    summary.extend(quota(&of("quota"), area));
    summary.insert("province".into(), of("province").first().map_or(Value::Null, |row| json!(row)));
    let pairs = published(of("commune_operator"));
    summary.insert("operators_published".into(), published(&operators).into());
    summary.insert("commune_operators_published".into(), pairs.into());
    summary.insert("commune_operators".into(), of("commune_operator").len().into());
    let compared = of("commune_operator").into_iter().filter(has_mean_interval).count();
    summary.insert("commune_operators_compared".into(), compared.into());
    let without_device = operators.iter().filter(|row| lacks_devices(row));
    let without_device: Vec<_> = without_device.map(|row| text(row, "operator")).collect();
    summary.insert("operators_without_device".into(), json!(without_device));
    for table in ["commune", "commune_operator"] {
        let rows = of(table).into_iter().filter(|row| lacks_devices(row)).count();
        summary.insert(format!("{table}s_without_device"), rows.into());
    }
    summary.insert("operators".into(), json!(operators));
    summary.insert("communes_by_tier".into(), tiers(&of("commune")));
    summary.extend(low_quality(&of("gaps")));
    let benchmarks: Vec<_> = tables["benchmarks"].iter().filter(|row| applies(row, key)).collect();
    summary.insert("benchmarks".into(), json!(benchmarks));
    Ok(summary)
}

/// The pairs of operators in the province, and those of which one is better in a commune.
fn comparisons(pairs: &[&Row]) -> Row {
    let pairs = || pairs.iter().filter(|row| text(row, "indicator") == HEADLINE);
    let is_in_commune = |row: &&&Row| !text(row, "commune_code").is_empty();
    let is_better = |row: &&&Row| text(row, "verdict").ends_with("_better");
    let in_province: Vec<_> = pairs().filter(|row| !is_in_commune(row)).collect();
    let in_commune: Vec<_> = pairs().filter(is_in_commune).filter(is_better).collect();
    let higher = higher(&in_province);
    object(json!({"comparisons": in_province, "commune_better": in_commune, "higher": higher}))
}

/// Who is better than whom, operator by operator in the order of the alphabet.
fn higher(pairs: &[&&Row]) -> Vec<Value> {
    let mut than: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pair in pairs {
        let (a, b) = (text(pair, "operator_a"), text(pair, "operator_b"));
        match text(pair, "verdict") {
            "a_better" => than.entry(a).or_default().push(b),
            "b_better" => than.entry(b).or_default().push(a),
            _ => {}
        }
    }
    let operators = sorted(than.keys().copied());
    let row = |name| json!({"operator": name, "than": sorted(than[name].iter().copied())});
    operators.into_iter().map(row).collect()
}

/// Whether statistics are shown although too many tests carry no device to say how sure they are: then
/// no adjusted size is known.
fn lacks_devices(row: &Row) -> bool {
    text(row, "tier") != "count_only" && row.get("samples_adjusted").is_some_and(Value::is_null)
}

fn has_mean_interval(row: &&Row) -> bool {
    row.get("download_mbps_mean_low").is_some_and(Value::is_number)
}

/// How many rows have statistics and not counts only.
fn published<'a>(rows: impl IntoIterator<Item = &'a Row>) -> usize {
    rows.into_iter().filter(|row| text(row, "tier") != "count_only").count()
}

fn applies(benchmark: &Row, key: &str) -> bool {
    text(benchmark, "family") == key && text(benchmark, "indicator") == HEADLINE
}

/// Communes and their tests; the sums are those of the province, since not every commune's are known.
fn quota(communes: &[&Row], area: Option<&Row>) -> Row {
    let met = |row: &&&Row| row.get("quota_met").and_then(Value::as_bool) == Some(true);
    let zero = |row: &&&Row| row.get("counted").and_then(Value::as_i64) == Some(0);
    let met_communes: Vec<_> = communes.iter().filter(met).collect();
    let zero_communes: Vec<_> = communes.iter().filter(zero).collect();
    let (all, met, zero) = (communes.len(), met_communes.len(), zero_communes.len());
    let sum = |column| match area {
        Some(area) => rows::value(area, column),
        None => rows::sum(communes.iter().copied(), column),
    };
    object(json!({
        "communes": all,
        "met": met,
        "not_met": all - met,
        "zero": zero,
        "partial": (all - met).saturating_sub(zero),
        "share_met": (all > 0).then(|| met as f64 / all as f64),
        "legal": communes.first().and_then(|row| row.get("legal")),
        "quota": communes.first().map_or(0, |row| integer(row, "quota")),
        "counted": sum("counted"),
        "tests_ok": sum("tests_ok"),
        "tests_failed": sum("tests_failed"),
        "shortfall": sum("shortfall"),
        "met_communes": names(&met_communes),
        "zero_communes": names(&zero_communes),
    }))
}

fn names<'a>(communes: &[&&'a Row]) -> Vec<&'a str> {
    sorted(communes.iter().map(|row| text(row, "commune_name")))
}

fn tiers(communes: &[&Row]) -> Value {
    let count = |tier: &str| communes.iter().filter(|row| text(row, "tier") == tier).count();
    json!({
        "sufficient": count("sufficient"),
        "reference": count("reference"),
        "count_only": count("count_only"),
    })
}

fn low_quality(gaps: &[&Row]) -> Row {
    let of = |state| {
        let is_of = move |row: &&&Row| {
            text(row, "gap_class") == "low_quality" && text(row, "state") == state
        };
        gaps.iter().filter(is_of)
    };
    let low: Vec<_> = of("found").collect();
    let communes: BTreeSet<_> = low
        .iter()
        .map(|row| (text(row, "commune_code"), text(row, "commune_valid_from")))
        .collect();
    let operators: BTreeSet<_> = low.iter().map(|row| text(row, "operator")).collect();
    object(json!({
        "low_quality": low.len(),
        "watch": of("watch").count(),
        "low_quality_communes": communes.len(),
        "low_quality_operators": sorted(operators.into_iter()),
    }))
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.collect();
    names.sort_by_cached_key(|name| collation_key(name));
    names
}
