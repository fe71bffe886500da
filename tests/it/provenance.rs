//! The chain from a page down to the files of samples.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::shared::small_month;

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

/// The names of the files of a folder, without their endings.
fn stems(folder: &std::path::Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_table_leads_back_to_what_the_run_began_with() {
    let bundle = &small_month().bundle;
    let manifest = bundle.json("manifest.json");
    let tables = manifest["provenance"]["tables"].as_object().unwrap();
    for folder in ["internal/tables", "internal/inputs"] {
        for table in stems(&bundle.folder.join(folder)) {
            assert!(tables.contains_key(&table), "{table}");
        }
    }
    for (name, made) in tables {
        let reads = names(&made["reads"]);
        assert!(!reads.is_empty(), "`{name}` was made of nothing");
        for read in reads {
            assert!(read.starts_with('@') || tables.contains_key(read), "{name} reads {read}");
        }
        if let Some(query) = made["query"].as_str() {
            assert!(bundle.folder.join("internal/queries").join(query).is_file(), "{query}");
        }
    }
    // Known by heart: what a quota counts.
    let quota = names(&tables["quota"]["reads"]);
    assert!(quota.contains("communes") && quota.iter().any(|read| read.starts_with("accepted")));
}

#[test]
fn every_page_says_what_it_shows() {
    let bundle = &small_month().bundle;
    let manifest = bundle.json("manifest.json");
    let provenance = &manifest["provenance"];
    let charts = stems(&bundle.folder.join("send/charts"));
    let figures = provenance["figures"].as_object().unwrap();
    assert!(charts.iter().all(|chart| figures.contains_key(chart)), "{charts:?}");
    let documents = provenance["documents"].as_object().unwrap();
    assert_eq!(documents.len(), 6, "two reports in three formats");
    for (file, document) in documents {
        let Some(report) = file.strip_prefix("send/reports/").and_then(|f| f.strip_suffix(".pdf"))
        else {
            continue;
        };
        assert_eq!(document["template"], format!("{report}.md"));
        let pages = document["pages"].as_array().unwrap();
        let Some(texts) = bundle.pages(report) else { continue };
        assert_eq!(pages.len(), texts.len(), "{file}");
        let mut shown = BTreeSet::new();
        for (page, text) in pages.iter().zip(&texts) {
            // A caption stands on the page that shows the table or figure.
            let has = |kind: &str| page.get(kind).is_some();
            assert!(has("figures") || !text.contains("Hình 1."), "{text}");
            assert!(has("tables") || !text.contains("Bảng 1."), "{text}");
            for figure in page.get("figures").map(names).unwrap_or_default() {
                assert!(figures.contains_key(figure), "{figure}");
                shown.insert(figure);
            }
        }
        assert!(!shown.is_empty(), "{file}");
    }
}

#[test]
fn a_page_is_traced_to_the_files_of_samples() {
    let built = small_month();
    let manifest = built.bundle.json("manifest.json");
    let pages = &manifest["provenance"]["documents"]["send/reports/ministry.pdf"]["pages"];
    let shown = |page: &Value| Some((*names(page.get("figures")?).first()?).to_owned());
    let mut shown = pages.as_array().unwrap().iter().zip(1..).map(|(page, n)| (n, shown(page)));
    let (page, figure) = shown.find_map(|(n, figure)| Some((n, figure?))).unwrap();
    let found =
        built.case.run(&["trace", "out/66-2025-10", "ministry", "--page", &page.to_string()]);
    assert_eq!(found.code, 0, "{found:?}");
    let samples = fs::read(built.case.path("samples/a.parquet")).unwrap();
    let sha256: String = Sha256::digest(samples).iter().map(|byte| format!("{byte:02x}")).collect();
    let lines = [
        format!("send/reports/ministry.pdf, page {page}"),
        format!("chart {figure}"),
        "accepted".to_owned(),
        format!("  samples/a.parquet  {sha256}"),
    ];
    let mut rest = found.stdout.lines();
    for line in &lines {
        assert!(rest.any(|found| found == line), "{line} in order in {}", found.stdout);
    }
    built.case.run(&["trace", "out/66-2025-10", "ministri"]).assert_failed(2, &["was `ministry"]);
    let far = built.case.run(&["trace", "out/66-2025-10", "ministry", "--page", "999"]);
    far.assert_failed(2, &["no page 999", "expected 1 to "]);
}

/// Whatever a page shows or says; `hourly` is a chart and the table that it is drawn from.
#[test]
fn the_chain_of_every_page_chart_and_table_ends_at_the_samples() {
    let built = small_month();
    let manifest = built.bundle.json("manifest.json");
    let provenance = &manifest["provenance"];
    let names = |of: &str| provenance[of].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let ends = |arguments: &[&str]| {
        let found = built.case.run(&[&["trace", "out/66-2025-10", "--json"], arguments].concat());
        let chain = found.json()["chain"].as_array().unwrap().clone();
        let has = |name: &str| chain.iter().any(|link| link["name"] == name);
        // Nothing is left open.
        for from in chain.iter().flat_map(|link| link["from"].as_array().unwrap()) {
            assert!(has(from.as_str().unwrap()), "{from} of {arguments:?}");
        }
        has("@samples")
    };
    let pages = provenance["documents"]["send/reports/committee.pdf"]["pages"].as_array().unwrap();
    for page in 1..=pages.len() {
        assert!(ends(&["committee", "--page", &page.to_string()]), "page {page}");
    }
    for file in names("documents") {
        assert!(ends(&[&file]), "{file}");
    }
    assert!(names("figures").contains(&"hourly".to_owned()));
    for figure in names("figures") {
        assert!(ends(&[&figure]), "{figure}");
    }
    for table in ["quota", "comparisons", "gaps", "hourly", "operator_day_part"] {
        assert!(ends(&[table]), "{table}");
    }
}
