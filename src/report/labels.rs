//! The words of documents, charts and tables: `reports/labels.toml`.

use super::error::ReportError;
use crate::error::Result;

/// All labels, by dotted key.
#[derive(Debug, Clone)]
pub struct Labels {
    file: String,
    root: toml::Table,
}

impl Labels {
    /// Reads labels; `file` is named in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let root = text.parse::<toml::Table>().map_err(|error| ReportError::File {
            file: file.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        Ok(Labels { file: file.to_owned(), root })
    }

    /// The label of a key such as `tiers.sufficient`.
    pub fn text(&self, key: &str) -> Result<&str> {
        match self.find(key) {
            Some(text) => Ok(text),
            None => {
                Err(ReportError::MissingLabel { file: self.file.clone(), key: key.to_owned() })?
            }
        }
    }

    /// A label with `{name}` replaced by its value, for each pair.
    pub fn filled(&self, key: &str, values: &[(&str, &str)]) -> Result<String> {
        let mut text = String::new();
        let mut rest = self.text(key)?;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, end) = after.split_once('}').unwrap_or((after, ""));
            let value = values.iter().find(|(known, _)| *known == name);
            let unknown = || ReportError::MissingLabel {
                file: self.file.clone(),
                key: format!("{key}: {{{name}}}"),
            };
            text.push_str(before);
            text.push_str(value.ok_or_else(unknown)?.1);
            rest = end;
        }
        Ok(text + rest)
    }

    /// The keys of a section such as `rules`, in the order of the file.
    pub fn keys(&self, section: &str) -> Vec<&str> {
        let table = section
            .split('.')
            .try_fold(&self.root, |table, part| table.get(part).and_then(toml::Value::as_table));
        table.map_or(Vec::new(), |table| table.keys().map(String::as_str).collect())
    }

    /// The title of a table's column: its own, the common one, or indicator and statistic.
    pub fn column_title(&self, table: &str, column: &str) -> Result<String> {
        let own = self.find(&format!("tables.{table}.{column}"));
        if let Some(title) = own.or_else(|| self.find(&format!("columns.{column}"))) {
            return Ok(title.to_owned());
        }
        match self.statistic_title(column) {
            Some(title) => title,
            None => Ok(self.text(&format!("columns.{column}"))?.to_owned()),
        }
    }

    /// `download_mbps_p05` is made of `indicators.download_mbps` and `statistics.p05`, so that a
    /// new indicator needs one label only.
    fn statistic_title(&self, column: &str) -> Option<Result<String>> {
        let indicator = self
            .keys("indicators")
            .into_iter()
            .filter(|i| column.strip_prefix(i).is_some_and(|rest| rest.starts_with('_')))
            .max_by_key(|i| i.len())?;
        let statistic = &column[indicator.len() + 1..];
        let (whole, end) = match statistic.rsplit_once('_') {
            Some((whole, end @ ("low" | "high"))) => (whole, Some(end)),
            _ => (statistic, None),
        };
        let name = self.find(&format!("statistics.{whole}"))?;
        let end = end.and_then(|end| self.find(&format!("statistics.{end}")));
        let name = &match end {
            Some(end) => format!("{name}, {end}"),
            None => name.to_owned(),
        };
        let statistic = whole;
        let unit_key = match statistic {
            "n" | "n_adj" | "benchmark_n" | "raw_n" | "raw_n_adj" | "share_at_benchmark" => {
                return Some(self.filled(
                    "statistics.pattern_without_unit",
                    &[
                        ("indicator", self.find(&format!("indicators.{indicator}.short"))?),
                        ("statistic", name),
                    ],
                ));
            }
            _ => format!("indicators.{indicator}.unit"),
        };
        let short = self.find(&format!("indicators.{indicator}.short"))?;
        let unit = self.find(&unit_key)?;
        Some(self.filled(
            "statistics.pattern",
            &[("indicator", short), ("statistic", name), ("unit", unit)],
        ))
    }

    /// A label that is a section of its own, such as an indicator, has its wording under `name`.
    fn find(&self, key: &str) -> Option<&str> {
        let mut parts = key.split('.');
        let first = self.root.get(parts.next()?)?;
        let label = parts.try_fold(first, |label, part| label.get(part))?;
        label.as_str().or_else(|| label.get("name")?.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Templates;

    #[test]
    fn a_missing_label_is_named() {
        let labels = Labels::parse("labels.toml", "[tiers]\nsufficient = \"x\"").unwrap();
        assert_eq!(labels.text("tiers.sufficient").unwrap(), "x");
        let error = labels.text("tiers.reference").unwrap_err();
        assert_eq!(error.to_string(), "label `tiers.reference` is missing in `labels.toml`");
    }

    #[test]
    fn every_rule_and_statistic_has_a_label() {
        let labels = Templates::embedded().labels().unwrap();
        for rule in labels.keys("rules") {
            assert!(!labels.text(&format!("rules.{rule}")).unwrap().is_empty());
        }
        assert_eq!(labels.keys("rules").len(), 20);
        let title = labels.column_title("operator", "download_mbps_p05").unwrap();
        assert_eq!(title, "Tải xuống – P05 (Mbps)");
        assert!(labels.column_title("operator", "nonsense").is_err());
        assert_eq!(labels.text("indicators.upload_mbps").unwrap(), "Tốc độ tải lên");
    }

    #[test]
    fn patterns_are_filled_once() {
        let labels = Labels::parse("l", "[a]\nb = \"{x} của {y}\"").unwrap();
        assert_eq!(labels.filled("a.b", &[("x", "{y}"), ("y", "2")]).unwrap(), "{y} của 2");
        assert!(labels.filled("a.b", &[("x", "1")]).is_err());
    }
}
