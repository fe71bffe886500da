//! Where everything in a bundle comes from: page → figure or table → query → samples, register,
//! configuration. It stands in the manifest, beside the SHA-256 of each of these.
//!
//! What a query reads is taken from its SQL, what a figure was drawn from is recorded while it is drawn,
//! and what stands on a page is taken from its layout. The words of a page, and lists that only documents
//! have, may use any published table: they come from [`FIELDS`]. Names that begin with `@` are the
//! sources of a run ([`SOURCES`]), each a part of the manifest.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::bundle::Manifest;
use crate::bundle::manifest::sha256;
use crate::config::nearest;
use crate::document::structure::Shown;
use crate::engine;
use crate::error::{Fault, Kind, Result};
use crate::statistics::{RunQuery, Tables};

/// What a run begins with, and where the manifest has it.
pub const SOURCES: [(&str, &str); 14] = [
    ("@samples", "inputs, samples/"),
    ("@register", "inputs, register/; without one, the register of the program"),
    ("@boundaries", "inputs, boundaries/"),
    ("@operators", "inputs, operators/; without one, the table of the program"),
    ("@hamlets", "inputs, hamlets/"),
    ("@population", "inputs, population/"),
    ("@published", "inputs, reconciliation/"),
    ("@campaign", "inputs, campaign/"),
    ("@texts", "inputs, texts/"),
    ("@history", "history"),
    ("@replaced", "replaces"),
    ("@templates", "templates"),
    ("@configuration", "configuration"),
    ("@program", "program"),
];

/// What documents say and list, beside the tables and charts that they show as they are.
pub const FIELDS: &str = "fields";

/// The one table that the program computes of a query's rows; that query has no table of its own.
const COMPARISONS: &str = "comparisons";

/// The chain tells a chart from the table of the same name.
const CHART: &str = "chart ";

/// What the program makes without a query that a bundle keeps, by how its name begins, and of what.
const MADE: [(&str, &[&str]); 33] = [
    ("passed", &["@samples", "@register", "@boundaries", "@operators", "@configuration"]),
    ("duplicates", &["passed"]),
    ("accepted", &["passed", "duplicates"]),
    ("quarantine", &["@samples", "@register", "@boundaries", "@operators", "@configuration"]),
    ("ledger", &["passed", "duplicates"]),
    ("devices", &["accepted"]),
    ("samples_effective", &["accepted", "devices"]),
    ("effective_day_part", &["samples_effective_day_part"]),
    ("effective", &["samples_effective"]),
    ("tests", &["accepted", "devices"]),
    ("student_t", &["@program"]),
    ("ranks", &["@program"]),
    ("gap_p_values", &["gap_tests"]),
    (COMPARISONS, &["@configuration"]),
    ("parameters", &["@configuration"]),
    ("families", &["@configuration"]),
    ("access_types", &["@configuration"]),
    ("days", &["@configuration"]),
    ("benchmark", &["@configuration", "@operators"]),
    ("communes", &["@register"]),
    ("crosswalk", &["@program"]),
    ("coverage_hamlet", &["@hamlets", "@register"]),
    ("coverage_places", &["@hamlets", "@boundaries", "@register"]),
    ("coverage_", &["@configuration"]),
    ("history_", &["@history"]),
    ("part_", &["@history"]),
    ("restated_communes", &["@register", "@configuration"]),
    ("population", &["@population", "@register"]),
    ("published", &["@published", "@register"]),
    ("campaign", &["@campaign", "@configuration"]),
    ("operator_replies", &["@campaign", "@configuration"]),
    ("revision_changes", &["@replaced"]),
    ("reconciliation", &["@published", "@configuration"]),
];

/// The tables that each chart was drawn from, by its name.
pub type Drawn = BTreeMap<String, BTreeSet<String>>;

/// How the parts of a bundle follow from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Tables of results, and those on the way to them.
    pub tables: BTreeMap<String, Made>,
    pub figures: Drawn,
    /// Documents, by their file.
    pub documents: BTreeMap<String, Paged>,
}

/// How a table was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Its SQL, in `internal/queries/`; absent where the program made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    pub reads: BTreeSet<String>,
}

/// A document and what its pages show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged {
    /// The template that its words come from, in `templates`.
    pub template: String,
    /// In the order of pages; empty for formats without pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<OnPage>,
}

/// Tables and figures on a page. A table that is none of the bundle is a list of [`FIELDS`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnPage {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tables: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub figures: BTreeSet<String>,
}

impl OnPage {
    /// What the layout of a page shows.
    pub fn of(shown: &BTreeSet<&Shown>) -> Self {
        let mut page = OnPage::default();
        for shown in shown {
            match shown {
                Shown::Table(name) => page.tables.insert(name.clone()),
                Shown::Figure(name) => page.figures.insert(name.clone()),
            };
        }
        page
    }
}

/// How the tables of a bundle were made, with all that lies on the way from the sources to those that
/// leave the office and to the documents.
pub fn tables(
    queries: &[RunQuery],
    inputs: &Tables,
    published: &Tables,
) -> Result<BTreeMap<String, Made>> {
    let mut tables = BTreeMap::from([(FIELDS.to_owned(), fields(published))]);
    for RunQuery { name, table, sql } in queries {
        let mut made = Made { query: Some(name.clone()), reads: engine::tables_read(name, sql)? };
        let mut table = table.as_str();
        if table.is_empty() {
            table = COMPARISONS;
            made.reads.extend(made_of(COMPARISONS).reads);
        }
        tables.insert(table.to_owned(), made);
    }
    let read = tables.values().flat_map(|made| made.reads.clone());
    let mut open: Vec<String> = inputs.keys().cloned().chain(read).collect();
    while let Some(name) = open.pop() {
        if tables.contains_key(&name) || name.starts_with('@') {
            continue;
        }
        let made = made_of(&name);
        open.extend(made.reads.iter().cloned());
        tables.insert(name, made);
    }
    Ok(tables)
}

fn fields(published: &Tables) -> Made {
    let others = ["ledger", "@configuration", "@texts", "@templates"];
    let reads = published.keys().map(String::as_str).chain(others).map(str::to_owned).collect();
    Made { query: None, reads }
}

/// How the program makes a table; of nothing where that is not known.
fn made_of(name: &str) -> Made {
    let found = MADE.iter().find(|(start, _)| name.starts_with(start));
    let reads = match name.strip_suffix("_by_family") {
        Some(all) => [all.to_owned()].into(),
        None => {
            found.map_or(&[][..], |(_, reads)| *reads).iter().map(|s| (*s).to_owned()).collect()
        }
    };
    Made { query: None, reads }
}

/// What cannot be traced.
#[derive(Debug, thiserror::Error)]
pub enum TraceFault {
    #[error(
        "the bundle says nothing of `{found}`, expected a table, a figure or a document of it{near}"
    )]
    Unknown { found: String, near: String },
    #[error("`{file}` has no page {found}, expected {expected}")]
    Page { file: String, found: usize, expected: String },
}

impl Fault for TraceFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            TraceFault::Unknown { .. } => {
                Some("`manifest.json` lists all of them under `provenance`; a bundle of an earlier version says nothing".into())
            }
            TraceFault::Page { .. } => None,
        }
    }
}

/// One thing in a bundle, and what it was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Link {
    pub name: String,
    /// Files and other parts of the bundle with their SHA-256.
    pub parts: Vec<(String, String)>,
    /// What the chain goes on with.
    pub from: Vec<String>,
}

/// The chain from a table, a figure, a document or one page of it down to the inputs of the run; each
/// link once, before those that it was made of.
pub fn trace(manifest: &Manifest, name: &str, page: Option<usize>) -> Result<Vec<Link>> {
    let trace = Trace(manifest);
    let first = trace.first(name, page)?;
    let mut seen: BTreeSet<String> = [first.name.clone()].into();
    let mut chain = vec![first];
    let mut at = 0;
    while let Some(link) = chain.get(at) {
        let next: Vec<String> =
            link.from.iter().filter(|name| seen.insert((*name).clone())).cloned().collect();
        chain.extend(next.iter().map(|name| trace.link(name)));
        at += 1;
    }
    // Inputs last.
    chain.sort_by_key(|link| link.name.starts_with('@'));
    Ok(chain)
}

struct Trace<'a>(&'a Manifest);

impl Trace<'_> {
    fn first(&self, name: &str, page: Option<usize>) -> Result<Link> {
        let provenance = &self.0.provenance;
        let file =
            [name.to_owned(), format!("send/reports/{name}"), format!("send/reports/{name}.pdf")]
                .into_iter()
                .find(|file| provenance.documents.contains_key(file));
        if let Some(file) = file {
            return Ok(self.document(&file, &provenance.documents[&file], page)?);
        }
        let is_chart = provenance.figures.contains_key(name);
        if page.is_none() && (is_chart || provenance.tables.contains_key(name)) {
            let chart = if is_chart { CHART } else { "" };
            return Ok(self.link(&format!("{chart}{name}")));
        }
        let known = provenance.figures.keys().chain(provenance.tables.keys());
        let short = |file: &'_ String| {
            let name = file.strip_prefix("send/reports/").unwrap_or(file);
            name.strip_suffix(".pdf").unwrap_or(name).to_owned()
        };
        let documents: Vec<String> = provenance.documents.keys().map(short).collect();
        let all = known.chain(&documents).map(String::as_str);
        let near =
            nearest(name, all).map_or_else(String::new, |near| format!("; was `{near}` meant?"));
        Err(TraceFault::Unknown { found: name.to_owned(), near }.into())
    }

    fn document(&self, file: &str, paged: &Paged, page: Option<usize>) -> Result<Link, TraceFault> {
        let shown: Vec<&OnPage> = match page {
            None => paged.pages.iter().collect(),
            Some(page) => match page.checked_sub(1).and_then(|at| paged.pages.get(at)) {
                Some(one) => vec![one],
                None => {
                    let expected = match paged.pages.len() {
                        0 => "no page, it is no PDF file".to_owned(),
                        last => format!("1 to {last}"),
                    };
                    return Err(TraceFault::Page { file: file.to_owned(), found: page, expected });
                }
            },
        };
        let charts = shown.iter().flat_map(|page| &page.figures);
        let mut names: BTreeSet<String> = charts.map(|name| format!("{CHART}{name}")).collect();
        names.extend(shown.iter().flat_map(|page| page.tables.clone()));
        let from = names.into_iter().chain([FIELDS.to_owned()]).collect();
        let template = self.0.origin.templates.iter().find(|one| one.name == paged.template);
        let mut parts = self.files(|name| name == file);
        parts.extend(template.map(|one| (format!("template {}", one.name), one.sha256.clone())));
        let name = page.map_or_else(|| file.to_owned(), |page| format!("{file}, page {page}"));
        Ok(Link { name, parts, from })
    }

    fn link(&self, name: &str) -> Link {
        let provenance = &self.0.provenance;
        let named = |folder: &str, ends: &[&str]| {
            let wanted: Vec<String> =
                ends.iter().map(|end| format!("{folder}/{name}.{end}")).collect();
            self.files(|file| wanted.iter().any(|one| one == file))
        };
        let name = name.to_owned();
        if name.starts_with('@') {
            return Link { parts: self.source(&name), name, from: Vec::new() };
        }
        if let Some(chart) = name.strip_prefix(CHART) {
            let wanted = ["png", "svg"].map(|end| format!("send/charts/{chart}.{end}"));
            let parts = self.files(|file| wanted.iter().any(|one| one == file));
            let reads = provenance.figures.get(chart).cloned().unwrap_or_default();
            return Link { parts, name, from: reads.into_iter().collect() };
        }
        let Some(made) = provenance.tables.get(&name).cloned() else {
            return Link { name, parts: Vec::new(), from: vec![FIELDS.to_owned()] };
        };
        let mut parts = named("internal/tables", &["parquet"]);
        parts.extend(named("send/tables", &["csv", "parquet"]));
        parts.extend(named("internal/inputs", &["parquet"]));
        parts.extend(named("internal", &["json", "parquet"]));
        let query = made.query.map(|query| format!("internal/queries/{query}"));
        let step = match name.as_str() {
            "passed" | "duplicates" | "accepted" | "quarantine" => "internal/queries/validation/",
            "devices" | "samples_effective" | "samples_effective_day_part" => {
                "internal/queries/collapse/"
            }
            _ => "",
        };
        parts.extend(self.files(|file| {
            query.as_deref() == Some(file) || (!step.is_empty() && file.starts_with(step))
        }));
        Link { name, parts, from: made.reads.into_iter().collect() }
    }

    fn files(&self, is: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let files = self.0.outputs.iter().filter(|output| is(&output.file));
        files.map(|output| (output.file.clone(), output.sha256.clone())).collect()
    }

    fn source(&self, name: &str) -> Vec<(String, String)> {
        let origin = &self.0.origin;
        let inputs = |folder: &str| {
            let inputs = origin.inputs.iter().filter(|input| input.file.starts_with(folder));
            inputs.map(|input| (input.file.clone(), input.sha256.clone())).collect()
        };
        let program = format!("{} {}", origin.program.name, origin.program.version);
        match name {
            "@configuration" => {
                let text = origin.configuration.to_string();
                vec![("configuration".to_owned(), sha256(text.as_bytes()))]
            }
            "@history" => {
                let bundle = |one: &crate::bundle::Earlier| {
                    (format!("bundle {}-{}", one.province, one.month), one.key.clone())
                };
                origin.history.iter().map(bundle).collect()
            }
            "@replaced" => {
                let replaced = origin.replaces.iter();
                replaced
                    .map(|one| (format!("revision {}", one.revision), one.key.clone()))
                    .collect()
            }
            "@templates" => {
                origin.templates.iter().map(|one| (one.name.clone(), one.sha256.clone())).collect()
            }
            "@program" => vec![(program, String::new())],
            "@published" => inputs("reconciliation/"),
            other => {
                let found: Vec<_> = inputs(&format!("{}/", other.trim_start_matches('@')));
                let built_in = ["@register", "@operators"].contains(&other) && found.is_empty();
                if built_in { vec![(program, String::new())] } else { found }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_query_reads_is_followed_to_the_sources() {
        let query = |name: &str, table: &str, sql: &str| RunQuery {
            name: name.to_owned(),
            table: table.to_owned(),
            sql: sql.to_owned(),
        };
        let queries = [
            query(
                "a.sql",
                "quota",
                "WITH c AS (SELECT 1 AS x FROM accepted_by_family) SELECT x FROM c",
            ),
            query("b.sql", "gaps", "SELECT q.x FROM quota AS q JOIN parameters AS p ON q.x = p.x"),
            query("c.sql", "", "SELECT 1 AS x FROM effective"),
        ];
        let found = tables(&queries, &Tables::new(), &Tables::new()).unwrap();
        let reads = |name: &str| found[name].reads.iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(reads("gaps"), ["parameters", "quota"]);
        assert_eq!(found["gaps"].query.as_deref(), Some("b.sql"));
        assert_eq!(reads("quota"), ["accepted_by_family"]);
        assert_eq!(reads("accepted_by_family"), ["accepted"]);
        assert_eq!(reads("accepted"), ["duplicates", "passed"]);
        assert!(reads("passed").contains(&"@samples"));
        assert_eq!(reads("parameters"), ["@configuration"]);
        assert_eq!(reads("comparisons"), ["@configuration", "effective"]);
        assert_eq!(reads("effective"), ["samples_effective"]);
    }

    #[test]
    fn every_source_is_explained() {
        let named = MADE.iter().flat_map(|(_, reads)| *reads).filter(|name| name.starts_with('@'));
        for name in named {
            assert!(SOURCES.iter().any(|(source, _)| source == name), "{name}");
        }
    }
}
