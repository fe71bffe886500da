//! Everything that has a name, and what it means.

use ispeed_report::error::Result;
use ispeed_report::queries::{Indicator, MACROS, Queries, Rule, StatisticsTable};
use serde::Deserialize;

use super::fault::CliFault;

const DEFINITIONS: &str = "statistics/statistics.toml";
/// The queries that every table of statistics is made with, in order, and the table they are shown for.
const STEPS: [&str; 10] = [
    "statistics/groups.sql",
    "statistics/values.sql",
    POINTS,
    "statistics/clusters.sql",
    "statistics/sizes.sql",
    "statistics/means.sql",
    "statistics/positions.sql",
    "statistics/order.sql",
    "statistics/bounds.sql",
    "statistics/by_group.sql",
];
const POINTS: &str = "statistics/points.sql";
const SHOWN_FOR: &str = "operator";
const COLLAPSE: &str = "collapse/effective.sql";

/// A column of the tables, as `statistics.toml` explains it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistic {
    pub name: String,
    #[serde(default)]
    pub per_indicator: bool,
    #[serde(default)]
    pub unit: String,
    pub definition: String,
    pub source: String,
    pub query: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definitions {
    statistic: Vec<Statistic>,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub enum Topic<'a> {
    Indicator(&'a Indicator),
    Statistic(&'a Statistic),
    /// A column such as `download_mbps_p05`.
    Column(&'a Indicator, &'a Statistic),
    Rule(&'a Rule),
    Table(&'a StatisticsTable),
    /// A file of `queries/`.
    File(&'a str),
}

/// A text of SQL with the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    pub title: String,
    pub text: String,
}

/// All names of some queries.
pub struct Catalogue<'a> {
    pub queries: &'a Queries,
    pub statistics: Vec<Statistic>,
}

impl<'a> Catalogue<'a> {
    /// Reads the explanations that stand beside the queries.
    pub fn of(queries: &'a Queries) -> Result<Self> {
        let parsed = toml::from_str(queries.text(DEFINITIONS)?);
        let Definitions { statistic } = parsed.map_err(|error| CliFault::Definitions {
            name: DEFINITIONS.into(),
            message: error.to_string().trim().replace('\n', " "),
        })?;
        Ok(Catalogue { queries, statistics: statistic })
    }

    /// Every name with its topic. A file is known by its path, without its ending and folder too.
    pub fn topics(&self) -> Vec<(String, Topic<'_>)> {
        let mut topics = Vec::new();
        for indicator in &self.queries.indicators {
            topics.push((indicator.name.clone(), Topic::Indicator(indicator)));
        }
        for statistic in &self.statistics {
            topics.push((statistic.name.clone(), Topic::Statistic(statistic)));
        }
        let rules = self.queries.rules.iter();
        topics.extend(rules.map(|rule| (rule.name.clone(), Topic::Rule(rule))));
        let tables = self.queries.tables.iter();
        topics.extend(tables.map(|table| (table.name.clone(), Topic::Table(table))));
        for indicator in &self.queries.indicators {
            let per_indicator = self.statistics.iter().filter(|s| s.per_indicator);
            topics.extend(per_indicator.map(|statistic| {
                let name = format!("{}_{}", indicator.name, statistic.name);
                (name, Topic::Column(indicator, statistic))
            }));
        }
        for (file, _) in self.queries.files() {
            let names = file_names(file).into_iter();
            topics.extend(names.map(|name| (name.to_owned(), Topic::File(file))));
        }
        topics
    }

    /// The SQL behind a topic.
    pub fn sql(&self, topic: &Topic<'_>) -> Result<Vec<Sql>> {
        let files = match topic {
            Topic::Indicator(_) => vec![COLLAPSE, POINTS],
            Topic::Statistic(statistic) | Topic::Column(_, statistic) => vec![&*statistic.query],
            Topic::Rule(rule) => return Ok(vec![rejects_when(rule)]),
            Topic::Table(table) => return STEPS.iter().map(|s| self.of_step(s, table)).collect(),
            Topic::File(file) => vec![*file],
        };
        files.into_iter().map(|file| self.of_file(file)).collect()
    }

    /// The first paragraph of the comment at the head of a file.
    pub fn head(&self, file: &str) -> String {
        let text = self.of_file(file).map(|sql| sql.text).unwrap_or_default();
        let lines = text.lines().map(|line| line.trim_start_matches(['-', '#']).trim());
        let paragraph = lines.take_while(|line| !line.is_empty());
        paragraph.collect::<Vec<_>>().join(" ")
    }

    fn of_file(&self, file: &str) -> Result<Sql> {
        let tables = &self.queries.tables;
        let table = tables.iter().find(|table| table.name == SHOWN_FOR).or(tables.first());
        match table {
            Some(table) if STEPS.contains(&file) => self.of_step(file, table),
            _ if file.ends_with(".sql") && file != MACROS => {
                Ok(Sql { title: file.to_owned(), text: self.queries.sql(file)? })
            }
            _ => Ok(Sql { title: file.to_owned(), text: self.queries.text(file)?.to_owned() }),
        }
    }

    /// A step for one table, over effective samples.
    fn of_step(&self, step: &str, table: &StatisticsTable) -> Result<Sql> {
        let title = format!("{step} for the table `{}`", table.name);
        let series = self.queries.series(table);
        Ok(Sql { title, text: self.queries.statistics_sql(step, table, series.first())? })
    }
}

fn rejects_when(rule: &Rule) -> Sql {
    Sql { title: "rules.toml: a row is rejected when".into(), text: rule.when.trim().to_owned() }
}

fn file_names(file: &str) -> Vec<&str> {
    let path = file.rsplit_once('.').map_or(file, |(path, _)| path);
    let stem = path.rsplit_once('/').map_or(path, |(_, stem)| stem);
    let mut names = vec![file, path, stem];
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_short_name() {
        assert_eq!(
            file_names("statistics/by_group.sql"),
            ["statistics/by_group.sql", "statistics/by_group", "by_group"]
        );
        assert_eq!(file_names("rules.toml"), ["rules.toml", "rules"]);
    }

    #[test]
    fn every_topic_has_sql() {
        let queries = Queries::embedded().unwrap();
        let catalogue = Catalogue::of(&queries).unwrap();
        for (name, topic) in catalogue.topics() {
            let sql = catalogue.sql(&topic).unwrap();
            assert!(sql.iter().all(|sql| !sql.text.is_empty()), "{name}");
        }
    }

    /// Columns of the tables and the file that explains them must not drift apart.
    #[test]
    fn every_statistic_is_explained() {
        let queries = Queries::embedded().unwrap();
        let catalogue = Catalogue::of(&queries).unwrap();
        for name in ispeed_report::queries::all_statistics() {
            assert!(
                catalogue.statistics.iter().any(|s| s.name == name && s.per_indicator),
                "{name}"
            );
        }
    }
}
