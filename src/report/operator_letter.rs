//! What the letter to an operator says: its own figures, what it is asked to look at, and how it
//! stands beside the others as far as the public comparison goes. No other operator is named.

use std::collections::BTreeMap;

use jiff::ToSpan;
use serde_json::{Value, json};

use super::context::{Sources, object};
use super::finding;
use super::labels::Labels;
use super::rows::{self, Row, text};
use crate::error::Result;
use crate::vietnamese::fold;

const HEADLINE: &str = "download_mbps";

/// One row per operator that is written to, in alphabetical order: one with published statistics, or
/// with something to look at. A letter about counts alone would ask for nothing and tell nothing.
///
/// `name`, `addressee`, `unit` (that drafts; may be empty), `reply_by` (a date); `figures` (its rows of
/// `operator`), `is_mobile`; `standings` (`label`, `parts` or `only`, `compared`,
/// `untested`); of low quality
/// `findings` (rows of `gaps` with `request`: `reply`, `inform` or `watch`), `found`, `watch`,
/// `to_answer`, `compared` (communes and services that were held against a benchmark),
/// `with_benchmark`, `other_indicators`; `places` (rows of `suspected_coverage`); `replies`
/// (`commune_name`, `finding`, and the blanks `explanation`, `measure`, `deadline`); `overdue_letters`
/// (rows of `operator_replies`: earlier letters that it has not answered in time).
pub(super) fn operators(
    tables: &BTreeMap<String, Vec<Row>>,
    sources: &Sources<'_>,
) -> Result<Vec<Row>> {
    let mut names: Vec<Row> = Vec::new();
    for row in &tables["operator"] {
        let name = text(row, "operator");
        let known = names.iter().any(|row| text(row, "name") == name);
        if !known && !name.is_empty() && name != sources.unknown_operator {
            names.push(object(json!({"name": name})));
        }
    }
    rows::sort(&mut names, &["name".to_owned()]);
    let letters = names.iter().map(|row| {
        let name = text(row, "name");
        let letter = Letter { name, tables, sources, labels: sources.labels };
        letter.fields()
    });
    Ok(letters.collect::<Result<Vec<_>>>()?.into_iter().filter(has_something_to_say).collect())
}

fn has_something_to_say(letter: &Row) -> bool {
    let has = |list: &str| letter[list].as_array().is_some_and(|rows| !rows.is_empty());
    let figures = letter["figures"].as_array().into_iter().flatten();
    let mut tiers = figures.filter_map(|row| row["tier"].as_str());
    tiers.any(|tier| tier != "count_only") || has("findings") || has("places")
}

/// What one letter is made from.
struct Letter<'a> {
    name: &'a str,
    tables: &'a BTreeMap<String, Vec<Row>>,
    sources: &'a Sources<'a>,
    labels: &'a Labels,
}

impl Letter<'_> {
    fn fields(&self) -> Result<Row> {
        let settings = self.sources.settings;
        let figures = self.figures();
        let is_mobile = figures.iter().any(|row| text(row, "family").starts_with("mobile"));
        let reply_by = self.sources.report_date.saturating_add(settings.reply_days().days());
        let mut fields = object(json!({
            "name": self.name,
            "addressee": self.addressee()?,
            "unit": settings.drafting_unit,
            "reply_by": reply_by.to_string(),
            "is_mobile": is_mobile,
            "standings": self.standings(&figures)?,
            "figures": figures,
            "overdue_letters": self.overdue_letters(),
        }));
        let findings = self.findings();
        let places = self.places();
        fields.insert("replies".into(), json!(self.replies(&findings, &places)?));
        fields.extend(self.counts(&findings));
        fields.insert("findings".into(), json!(findings));
        fields.insert("places".into(), json!(places));
        Ok(fields)
    }

    /// As configured, by any spelling of the brand, or brand and province.
    fn addressee(&self) -> Result<String> {
        let mut configured = self.sources.settings.operators.iter();
        match configured.find(|(operator, _)| fold(operator) == fold(self.name)) {
            Some((_, addressee)) => Ok(addressee.clone()),
            None => self.labels.filled(
                "letters.addressee",
                &[("operator", self.name), ("province", self.sources.province_name)],
            ),
        }
    }

    fn own<'t>(&'t self, table: &str) -> impl Iterator<Item = &'t Row> {
        self.tables[table].iter().filter(|row| text(row, "operator") == self.name)
    }

    fn overdue_letters(&self) -> Vec<Row> {
        let overdue =
            self.own("operator_replies").filter(|row| text(row, "reply_state") == "overdue");
        let mut overdue: Vec<Row> = overdue.cloned().collect();
        rows::sort(&mut overdue, &["letter_date", "letter_number"].map(str::to_owned));
        overdue
    }

    /// In the order of families, which is that of the labels.
    fn figures(&self) -> Vec<Row> {
        let families = self.labels.keys("families");
        let place = |row: &Row| families.iter().position(|key| *key == text(row, "family"));
        let mut figures: Vec<Row> = self.own("operator").cloned().collect();
        figures.sort_by_key(place);
        figures
    }

    /// How many others its download speed is above, below or on a par with, where that was tested.
    fn standings(&self, figures: &[Row]) -> Result<Vec<Value>> {
        let published = figures.iter().filter(|row| text(row, "tier") != "count_only");
        published.map(|row| self.standing(text(row, "family"))).collect()
    }

    fn standing(&self, family: &str) -> Result<Value> {
        let (mut counts, mut untested) = ([("higher", 0), ("lower", 0), ("equivalent", 0)], 0);
        for pair in self.tables["comparisons"].iter().filter(|pair| self.is_pair(pair, family)) {
            let first = text(pair, "operator_a") == self.name;
            match (text(pair, "verdict"), first) {
                ("a_better", true) | ("b_better", false) => counts[0].1 += 1,
                ("a_better", false) | ("b_better", true) => counts[1].1 += 1,
                ("equivalent", _) => counts[2].1 += 1,
                _ => untested += 1,
            }
        }
        let some: Vec<_> = counts.iter().filter(|(_, count)| *count > 0).collect();
        let only = match some.as_slice() {
            [(only, _)] => Some(only),
            _ => None,
        };
        let parts = some.iter().map(|(key, count)| {
            let count = format!("{count:02}");
            self.labels.filled(&format!("letters.standings.{key}"), &[("count", &count)])
        });
        Ok(json!({
            "label": self.labels.text(&format!("families.{family}"))?,
            "compared": counts.iter().map(|(_, count)| count).sum::<usize>(),
            "only": only,
            "parts": parts.collect::<Result<Vec<_>>>()?,
            "untested": untested,
        }))
    }

    fn is_pair(&self, pair: &Row, family: &str) -> bool {
        let [a, b] = ["operator_a", "operator_b"].map(|side| text(pair, side));
        let known = ![a, b].contains(&self.sources.unknown_operator);
        let in_province = text(pair, "commune_code").is_empty();
        let headline = text(pair, "family") == family && text(pair, "indicator") == HEADLINE;
        in_province && headline && known && [a, b].contains(&self.name)
    }

    /// What is to be answered first, then what was found, then what is uncertain.
    fn findings(&self) -> Vec<Row> {
        let low = self.own("gaps").filter(|row| text(row, "gap_class") == "low_quality");
        let mut findings: Vec<Row> = low.cloned().collect();
        rows::sort(&mut findings, &["commune_name", "family", "technology"].map(str::to_owned));
        for row in &mut findings {
            let request = match text(row, "state") {
                "found" if is_true(row, "notify") => "reply",
                "found" => "inform",
                _ => "watch",
            };
            row.insert("request".into(), request.into());
        }
        let order = |row: &Row| ["reply", "inform"].iter().position(|r| *r == text(row, "request"));
        findings.sort_by_key(|row| order(row).unwrap_or(2));
        findings
    }

    fn counts(&self, findings: &[Row]) -> Row {
        let of = |column: &str, value: &str| {
            findings.iter().filter(|row| text(row, column) == value).count()
        };
        let benchmarks = &self.tables["benchmarks"];
        let applies = |row: &&Row| {
            let whose = text(row, "operator");
            text(row, "indicator") == HEADLINE && (whose.is_empty() || whose == self.name)
        };
        let families: Vec<&str> =
            benchmarks.iter().filter(applies).map(|row| text(row, "family")).collect();
        let compared = self.own("commune_operator").filter(|row| {
            let known = row.get("download_mbps_mean_low").is_some_and(Value::is_number);
            known && families.contains(&text(row, "family"))
        });
        let others = findings.iter().any(|row| text(row, "indicator") != HEADLINE);
        object(json!({
            "found": of("state", "found"),
            "watch": of("state", "watch"),
            "to_answer": of("request", "reply"),
            "compared": compared.count(),
            "with_benchmark": !families.is_empty(),
            "other_indicators": others,
        }))
    }

    fn places(&self) -> Vec<Row> {
        let mut places: Vec<Row> = self.own("suspected_coverage").cloned().collect();
        rows::sort(&mut places, &["commune_name", "commune_code", "place"].map(str::to_owned));
        places
    }

    /// The rows of the form that is sent back: the finding is filled in, the rest is blank.
    fn replies(&self, findings: &[Row], places: &[Row]) -> Result<Vec<Value>> {
        let answered = findings.iter().filter(|row| text(row, "request") == "reply");
        let low = answered.map(|row| {
            let words = finding::low_quality(row, self.labels)?;
            Ok((row, words + &finding::since(row, self.labels)?))
        });
        let suspected = places.iter().map(|row| Ok((row, finding::suspected(row, self.labels)?)));
        let blank = |(row, finding): (&Row, String)| {
            json!({
                "commune_name": text(row, "commune_name"), "finding": finding,
                "explanation": null, "measure": null, "deadline": null,
            })
        };
        low.chain(suspected).map(|row: Result<_>| row.map(blank)).collect()
    }
}

fn is_true(row: &Row, column: &str) -> bool {
    row.get(column).and_then(Value::as_bool) == Some(true)
}
