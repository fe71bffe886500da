//! The fields that a template can use.
//!
//! - `province`: `code`, `name` (bare), `full_name` (`tỉnh …`)
//! - `period`: `month` (`10`), `year`, `code` (`2025-10`), `from` and `last` (dates, both included)
//! - `next_period`: `month`, `year` of the month after
//! - `report`: `date`, `month`, `year` (of the date line)
//! - `issuer`: `name`, `parent`, `letterhead`, `parent_letterhead`, `symbol`, `place`, `unit` (that
//!   drafts; may be empty)
//! - `ministry`, `committee`, `committee_short`: names at the report date
//! - `signer`: `position` (list of lines), `name`
//! - `recipients`: `ministry`, `committee`, `reminder` (lists without dash and punctuation)
//! - `legal_basis`: list of `kind`, `number`, `date`, `issuer`, `subject`, `is_dispatch`; may be empty
//! - `reminder`: `times` (1 for the first), `earlier` (list of `number`, `date`, `issuer`, `subject`),
//!   `addressees`; `deadlines`: `agencies`, `communes`, `operators` (strictly before
//!   this day of the month; null where nothing is due from them every month); `links`:
//!   `install`, `materials`, `forms` (may be empty); `contacts`: list of `name`, `unit`, `phone`
//! - `monthly`: what people wrote for the month, by part (`direction`, `shortcomings`, `causes`,
//!   `proposals_ministry`, `proposals_committee`, `proposals_operators`, `proposals_communes`,
//!   `next_month`), each with `label`, `missing` and `blocks` (of `text` or `items`)
//! - `commune_kinds`: the kinds of commune there are in the period, as words
//! - `contact` (may be empty), `simulated`, `revision` (of the month, from 1), `has_districts` (in the period), `has_district_offices` (at
//!   the report date), `single_report`, `program_version`
//! - of `[statistics]` `quota`, `quota_collapsed`, `publish_from`, `publish_devices`, `mean_from`,
//!   `sufficient_from`, `max_without_device_share`, `peak_from`, `peak_to`; of `[gaps]`
//!   `false_discovery_rate`, `notify_months`, `notify_window`
//! - `mobile`, `fixed`, `mobile_5g`, all in the list `families`, the first two in `access`: `key`,
//!   `label`; of the quota `quota`, `communes`, `met`, `not_met`, `zero`, `partial` (some samples,
//!   but not enough), `share_met`, `counted`, `tests_ok`, `tests_failed`, `shortfall`, `met_communes`, `zero_communes` (names); `province` (row of that
//!   table, or null), `operators` (rows in alphabetical order), `operators_published` and
//!   `commune_operators_published` (how many rows have statistics), `commune_operators` (how many
//!   rows there are), `operators_without_device` (names), `communes_without_device` and
//!   `commune_operators_without_device` (how many rows have statistics but too many tests without
//!   device), `commune_operators_compared`
//!   (how many have a mean with an interval);
//!   `communes_by_tier` (`sufficient`, `reference`, `count_only`); of the gaps `low_quality` (findings), `watch` (uncertain ones),
//!   `low_quality_communes` (number), `low_quality_operators` (names); `benchmarks` (rows of
//!   `download_mbps`), `comparisons` (pairs of operators in the province), `higher` (`operator` and `than`, the names of those
//!   that it is better than in the province), `commune_better` (pairs
//!   of which one is better in a commune); `periods`: `this`, `before`, `year_before`, `year_to_date`,
//!   `published` (or null), each with `period_name`, `month_name`, `is_known`, `note`, `tests_ok`,
//!   `communes_met`, `communes`, `met_of` and medians with their ends; `year_to_date` also with `months`
//!   and `months_known`, and the ends are the range of its months; `changes`: `before` and `year_before`
//!   with `tests_difference`, `tests_share`, `is_met_comparable`, `met_difference`, `median_now` and
//!   `download` (`higher`, `lower`, `unclear`, `unknown`)
//! - `campaign`: what units report of the campaign, see `campaign.rs`; null where no form is configured
//! - `operator`, `commune` (in documents made for each), `leader`, `public`: see `operator_letter.rs`,
//!   `commune_sheet.rs`, `leader.rs`, `public.rs`
//! - `warnings`: list of `kind`, `text` (the whole sentence of `labels.toml`), and its facts in words
//! - `ledger`: as in `ledger.json`, and `tests_ok` (accepted, not failed)
//! - `tables`: every table by name, as rows; `operator` also has `before_median`, `year_before_median` and
//!   `published_median` of the download; besides those of the bundle `quota_summary` (the
//!   rows `mobile` and `fixed` above, numbers only), `trend_summary` (the months of the history by
//!   family: `month_no`, `month_name`, medians, `tests_ok`, `communes`, `communes_met`, `note`),
//!   `period_summary` (the `periods` above as rows, with `family`, `period_no`), `quota_shortfall` (one
//!   row per commune that is short of its quota of mobile or fixed tests: `mobile_counted`,
//!   `mobile_shortfall` (null when met), `fixed_counted`, `fixed_shortfall`), `commune_tests` (successful
//!   tests by commune: `tests_ok` and `operator_0`, … in the order of the family's `operators`),
//!   `quality_rules` (`rule`, `rejected`, `share`),
//!   `quality_files` (`file`, `sha256`, `read`, `accepted`, `duplicate`, `rejected`),
//!   `quality_unconverted` (`column`, `values`)

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::error::ReportError;
use super::labels::Labels;
use super::offices::Offices;
use super::rows::{self, Row};
use super::settings::Settings;
use super::{campaign, leader, matrix, monthly::MonthlyText, names, periods::Periods};
use super::{operators, periods, public, quality, reminder, shortfalls, summary, trends, warnings};
use crate::config::{DueForm, Gaps, QuotaCounts, Statistics};
use crate::error::Result;
use crate::vietnamese::{cell, month_text};
use crate::warning::Warning;

/// Tables that a template may name although a month has none of their rows.
const TABLES: &[&str] = &[
    "benchmarks",
    "bias",
    "campaign",
    "campaign_communes",
    "campaign_forms",
    "campaign_missing",
    "campaign_problems",
    "campaign_totals",
    "commune",
    "commune_location",
    "commune_operator",
    "commune_operator_technology",
    "comparisons",
    "coverage_basis",
    "coverage_evidence",
    "daily",
    "district",
    "gap_changes",
    "gaps",
    "hourly",
    "operator",
    "operator_day_part",
    "operator_replies",
    "operator_technology",
    "platforms",
    "progress",
    "province",
    "province_technology",
    "quota",
    "quota_area",
    "reconciliation",
    "reconciliation_reasons",
    "revision_changes",
    "status",
    "suspected_coverage",
    "trend",
    "trend_months",
    "trend_quota",
    "trend_technology",
    "weighted",
];

/// All that a report is made from.
#[derive(Debug, Clone)]
pub struct Sources<'a> {
    /// The tables of the bundle, by name.
    pub tables: &'a BTreeMap<String, RecordBatch>,
    /// `ledger.json`.
    pub ledger: &'a Value,
    /// The `[report]` section of the configuration.
    pub settings: &'a Settings,
    /// `labels.toml`.
    pub labels: &'a Labels,
    pub province_code: &'a str,
    /// The label of tests whose operator is not known.
    pub unknown_operator: &'a str,
    /// The bare name, e.g. `Đắk Lắk`.
    pub province_name: &'a str,
    /// E.g. `2025-10`.
    pub month: &'a str,
    /// The first day of the period.
    pub period_from: Date,
    /// The day after the last day of the period.
    pub period_to: Date,
    pub report_date: Date,
    /// Whether the samples are made up.
    pub simulated: bool,
    /// The `[statistics]` section of the configuration.
    pub limits: &'a Statistics,
    /// The `[gaps]` section of the configuration.
    pub gaps: &'a Gaps,
    pub program_version: &'a str,
    /// What the run noticed.
    pub warnings: &'a [Warning],
    /// What only people can write.
    pub monthly: &'a MonthlyText,
    /// The `[[due]]` blocks of the configuration.
    pub due: &'a [DueForm],
    /// Which revision of the month it is, from 1.
    pub revision: u32,
}

/// What a template is filled in with.
pub(super) struct Context {
    pub values: Value,
    pub tables: BTreeMap<String, Vec<Row>>,
}

/// All fields and tables of a report.
pub(super) fn build(sources: &Sources<'_>, offices: &Offices) -> Result<Context> {
    let mut tables = read_tables(sources.tables)?;
    let [before, year_before] = [1, 12].map(|back| periods::shifted(sources.month, back));
    operators::beside(&mut tables, &before, &year_before);
    let mut families = summary::families(&tables, sources.labels)?;
    let periods = Periods { tables: &tables, labels: sources.labels, month: sources.month };
    families.iter_mut().try_for_each(|family| periods.add(family))?;
    tables.insert("quota_summary".into(), summary::rows(&families));
    tables.insert("period_summary".into(), periods::table(&families));
    tables.insert("commune_tests".into(), matrix::table(&tables, &families));
    tables.insert("quota_shortfall".into(), shortfalls::table(&tables["quota"]));
    tables.insert("trend_summary".into(), trends::summary(&tables, sources.labels)?);
    let ledger = quality::ledger(sources.ledger, &tables["province"], &tables["quota_area"]);
    tables.extend(quality::tables(&ledger, sources.labels));
    let mut values = names::values(sources, offices);
    values.extend(period(sources)?);
    values.extend(settings(sources));
    values.insert("ledger".into(), ledger);
    let of_data: Vec<_> = sources.warnings.iter().filter(|w| w.concerns_data()).cloned().collect();
    values.insert("warnings".into(), warnings::worded(&of_data, sources.labels)?.into());
    values.extend(sources.monthly.values(sources.labels)?);
    values.extend(reminder::values(sources, offices));
    values.insert("campaign".into(), campaign::field(&tables));
    let leader = leader::fields(&tables, &families, sources.labels)?;
    values.insert("leader".into(), leader.into());
    let public = public::fields(&tables, sources.unknown_operator, sources.labels)?;
    values.insert("public".into(), public.into());
    values.insert("has_districts".into(), (!tables["district"].is_empty()).into());
    for one in &families {
        values.insert(rows::text(one, "key").to_owned(), Value::Object(one.clone()));
    }
    let is_legal = |one: &&Row| one.get("legal") == Some(&true.into());
    let access: Vec<_> = families.iter().filter(is_legal).collect();
    values.insert("access".into(), json!(access));
    values.insert("families".into(), json!(families));
    values.insert("tables".into(), json!(tables));
    Ok(Context { values: Value::Object(values), tables })
}

fn read_tables(batches: &BTreeMap<String, RecordBatch>) -> Result<BTreeMap<String, Vec<Row>>> {
    let mut tables: BTreeMap<_, _> =
        TABLES.iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
    for (name, batch) in batches {
        let mut rows = rows::rows(name, batch)?;
        rows.iter_mut().for_each(name_cell);
        tables.insert(name.clone(), rows);
    }
    Ok(tables)
}

/// A cell of the grid is named as on a map.
fn name_cell(row: &mut Row) {
    if let Some(Value::String(place)) = row.get_mut("place") {
        *place = cell(place);
    }
}

fn period(sources: &Sources<'_>) -> Result<Row> {
    let first: Date = format!("{}-01", sources.month)
        .parse()
        .map_err(|_| ReportError::Month { found: sources.month.to_owned() })?;
    let last = sources.period_to.yesterday().unwrap_or(sources.period_to);
    let next = first.saturating_add(1.month());
    let day = sources.report_date;
    Ok(object(json!({
        "period": {
            "month": month_text(first.month()),
            "year": first.year().to_string(),
            "code": sources.month,
            "from": sources.period_from.to_string(),
            "last": last.to_string(),
        },
        "next_period": {"month": month_text(next.month()), "year": next.year().to_string()},
        "report": {
            "date": day.to_string(),
            "month": month_text(day.month()),
            "year": day.year().to_string(),
        },
    })))
}

fn settings(sources: &Sources<'_>) -> Row {
    object(json!({
        "contact": sources.settings.contact,
        "single_report": sources.settings.single_report,
        "simulated": sources.simulated,
        "revision": sources.revision,
        "program_version": sources.program_version,
        "quota": sources.limits.quota,
        "publish_from": sources.limits.publish_from,
        "sufficient_from": sources.limits.sufficient_from,
        "publish_devices": sources.limits.publish_devices,
        "mean_from": sources.limits.mean_from,
        "max_without_device_share": sources.limits.max_without_device_share,
        "compare_commune_from": sources.limits.compare_commune_from,
        "compare_devices": sources.limits.compare_devices,
        "peak_from": sources.limits.peak_hours.0,
        "peak_to": sources.limits.peak_hours.1,
        "quota_collapsed": sources.limits.quota_counts == QuotaCounts::Collapsed,
        "false_discovery_rate": sources.gaps.false_discovery_rate,
        "notify_months": sources.gaps.notify_months,
        "notify_window": sources.gaps.notify_window,
    }))
}

/// The fields of a JSON object.
pub(super) fn object(value: Value) -> Row {
    match value {
        Value::Object(fields) => fields,
        _ => Row::new(),
    }
}
