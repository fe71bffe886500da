//! `explain`: what a name means, where it comes from, how it is computed.

use std::path::PathBuf;

use clap::Args;
use ispeed_report::config::nearest;
use ispeed_report::error::Result;
use ispeed_report::queries::Queries;

use super::answer::Answer;
use super::explanations::{Catalogue, Sql, Topic};
use super::fault::CliFault;
use super::grid::{Align, grid};
use super::settings::SetArgs;

const LONG: &str = "\
Say what an indicator, a statistic, a column, a rule, a table or a query means: definition, unit, \
source and SQL. Without a name everything that has one is listed.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report explain
  ispeed-report explain download_mbps_p05
  ispeed-report explain too_imprecise
  ispeed-report explain gaps/quota.sql";

/// Say what an indicator, a statistic or a rule means, with its source and SQL
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// Indicator, statistic, column, rule, table or query file
    name: Option<String>,
    /// Explain the queries that this configuration uses instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: SetArgs,
}

/// Looks a name up, or lists all.
pub fn explain(args: &ExplainArgs) -> Result<Answer> {
    let queries = queries(args)?;
    let catalogue = Catalogue::of(&queries)?;
    let text = match &args.name {
        Some(name) => named(&catalogue, name)?,
        None => listing(&catalogue),
    };
    Ok(Answer::text(text))
}

fn queries(args: &ExplainArgs) -> Result<Queries> {
    let config = args.config.as_deref().map(|file| args.settings.read(file)).transpose()?;
    match config.and_then(|config| config.definitions.queries) {
        Some(folder) => Queries::read(&folder),
        None => Queries::embedded(),
    }
}

/// A name can stand for several things: `quota` is a column and a query.
fn named(catalogue: &Catalogue<'_>, name: &str) -> Result<String> {
    let topics = catalogue.topics();
    let found: Vec<_> = topics.iter().filter(|(known, _)| known == name).collect();
    if found.is_empty() {
        let known = topics.iter().map(|(known, _)| known.as_str());
        let nearest = nearest(name, known).unwrap_or_default().to_owned();
        return Err(CliFault::UnknownName { found: name.to_owned(), nearest }.into());
    }
    let mut text = String::new();
    let mut sources: Vec<Sql> = Vec::new();
    for (name, topic) in found {
        text += &meaning(name, topic);
        for sql in catalogue.sql(topic)? {
            if !sources.contains(&sql) {
                sources.push(sql);
            }
        }
    }
    for Sql { title, text: sql } in sources {
        text += &format!("\n--- {title}\n{}\n", sql.trim_end());
    }
    Ok(text)
}

fn meaning(name: &str, topic: &Topic<'_>) -> String {
    let (kind, facts) = match topic {
        Topic::Indicator(i) => {
            let mut facts = vec![("definition", i.definition.clone()), ("unit", i.unit.clone())];
            facts.push(("source", i.source.clone()));
            facts.push(("bad end", i.worse.clone()));
            facts.push(("statistics", i.statistics().join(", ")));
            ("indicator", facts)
        }
        Topic::Statistic(s) => {
            let unit = if s.unit.is_empty() { "that of the indicator" } else { &s.unit };
            let unit = ("unit", unit.to_owned());
            let definition = ("definition", s.definition.clone());
            ("statistic", vec![definition, unit, ("source", s.source.clone())])
        }
        Topic::Column(i, s) => {
            let unit = if s.unit.is_empty() { &i.unit } else { &s.unit };
            let facts = vec![
                ("definition", s.definition.clone()),
                ("indicator", i.definition.clone()),
                ("unit", unit.clone()),
                ("source", format!("{}; {}", s.source, i.source)),
            ];
            ("column", facts)
        }
        Topic::Rule(rule) => {
            let columns = ("shown", rule.columns.join(", "));
            ("rule", vec![("rejects", rule.description.clone()), columns])
        }
        Topic::Table(table) => ("table", vec![("one row per", table.keys.join(", "))]),
        Topic::File(file) => ("file", vec![("path", format!("queries/{file}"))]),
    };
    let rows: Vec<_> = facts.into_iter().map(|(key, value)| vec![key.to_owned(), value]).collect();
    format!("{name} ({kind})\n{}", grid(&[Align::Left, Align::Left], &rows))
}

fn listing(catalogue: &Catalogue<'_>) -> String {
    let queries = catalogue.queries;
    let row = |name: &str, what: &str| vec![name.to_owned(), what.to_owned()];
    let short = |name: &str, what: &str| row(name, sentence(what));
    let indicators = queries.indicators.iter().map(|i| short(&i.name, &i.definition));
    let statistics = catalogue.statistics.iter().map(|s| short(&s.name, &s.definition));
    let rules = queries.rules.iter().map(|r| short(&r.name, &r.description));
    let tables = queries.tables.iter().map(|t| row(&t.name, &t.keys.join(", ")));
    let files = queries.files().map(|(name, _)| short(name, &catalogue.head(name)));
    let sections: [(&str, Vec<Vec<String>>); 5] = [
        ("indicators", indicators.collect()),
        ("statistics, alone or as INDICATOR_STATISTIC", statistics.collect()),
        ("rules that reject rows", rules.collect()),
        ("tables of statistics, one row per", tables.collect()),
        ("queries", files.collect()),
    ];
    let left = [Align::Left, Align::Left];
    let text = sections.map(|(title, rows)| format!("{title}\n{}\n", grid(&left, &rows)));
    text.concat() + "`ispeed-report explain NAME` says more.\n"
}

/// The first sentence.
fn sentence(text: &str) -> &str {
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(name: &str) -> Result<String> {
        let queries = Queries::embedded()?;
        named(&Catalogue::of(&queries)?, name)
    }

    #[test]
    fn a_column_is_explained_by_both_its_halves() {
        let text = explained("latency_ms_p95").unwrap();
        assert!(text.starts_with("latency_ms_p95 (column)\n"), "{text}");
        assert!(text.contains("95th percentile") && text.contains("HTTP request"), "{text}");
        assert!(text.contains("QUANTILE_CONT(latency_ms, 0.95)"), "{text}");
    }

    #[test]
    fn a_rule_shows_when_it_rejects() {
        let text = explained("no_location").unwrap();
        assert!(text.contains("placed_by IS NULL"), "{text}");
    }

    #[test]
    fn an_unknown_name_gives_the_nearest() {
        let error = explained("download_mbps_p5").unwrap_err();
        assert!(error.hint().unwrap().contains("`download_mbps_p05`"));
    }

    #[test]
    fn the_listing_names_everything_once() {
        let queries = Queries::embedded().unwrap();
        let text = listing(&Catalogue::of(&queries).unwrap());
        for name in ["download_mbps", "p05", "foreign_server", "commune_operator", "gaps/gaps.sql"]
        {
            let lines = text.lines().filter(|line| line.split_whitespace().next() == Some(name));
            assert_eq!(lines.count(), 1, "{name}");
        }
    }
}
