//! Every documented exit code, provoked. A code that is documented without a case here fails, and so
//! does a case whose code is not documented.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use crate::program::{CONFIG, Case};
use crate::samples::{SampleFile, row};
use crate::shared::small_month_copy;

/// The codes of the table in the README: rows that begin with a number after its heading.
fn codes_of_readme() -> BTreeSet<i32> {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("Exit codes:").expect("a list of exit codes");
    let table = after.lines().skip_while(|line| !line.starts_with('|'));
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.split('|').nth(1)?.trim().parse().ok()).collect()
}

/// The codes of `--help`: lines that begin with a number after its heading.
fn codes_of_help() -> BTreeSet<i32> {
    let help = Case::new().run(&["--help"]).stdout;
    let (_, after) = help.split_once("Exit codes:\n").expect("a list of exit codes");
    let lines = after.lines().take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect()
}

/// A code, what it stands for, and what provokes it.
type Provocation = (i32, &'static str, fn() -> i32);

const PROVOCATIONS: [Provocation; 13] = [
    (0, "a bundle", || small_month_copy().case.month("2025-10", &["--force"]).code),
    (0, "nothing to do", || small_month_copy().case.month("2025-10", &[]).code),
    (1, "a file that is no Parquet", || {
        let case = Case::new();
        case.write("samples/a.parquet", "sample_id\na\n");
        case.month("2025-10", &[]).code
    }),
    (1, "a column of the contract is missing", || {
        Case::with_samples(&one().without("access_type")).month("2025-10", &[]).code
    }),
    (1, "verify finds a change", || {
        let built = small_month_copy();
        fs::write(built.bundle.folder.join("send/notes.txt"), "").unwrap();
        built.case.run(&["verify", "out/66-2025-10"]).code
    }),
    (2, "a wrong command line", || Case::new().run(&["run", "--month", "October"]).code),
    (2, "a wrong configuration", || {
        Case::with_config(&format!("{CONFIG}\n[statistics]\nquota = -1\n"))
            .month("2025-10", &[])
            .code
    }),
    (2, "a wrong query", || with_definition("queries", "validation/placed.sql", "SELECT")),
    (2, "a wrong template", || with_definition("reports", "ministry.md", "{% for %}")),
    (3, "too many rows rejected", || {
        let case = Case::with_samples(&one_rejected());
        let code = case.month("2025-10", &[]).code;
        assert!(case.path("out/66-2025-10.rejected/internal/quarantine.parquet").is_file());
        assert!(!case.path("out/66-2025-10").exists());
        code
    }),
    (4, "the output folder is a file", || {
        let case = Case::with_samples(&one());
        case.write("out", "a file");
        case.month("2025-10", &[]).code
    }),
    (5, "of two provinces one has no configuration", || {
        let case = Case::with_samples(&one());
        let with = ["--config", "none.toml", "--month", "2025-10", "--out", "out"];
        case.run(&[&["run", "--config", "ispeed-report.toml"][..], &with].concat()).code
    }),
    (4, "the place of the bundle holds something else", || {
        let case = Case::with_samples(&one());
        case.write("out/66-2025-10/mine.txt", "mine");
        case.month("2025-10", &[]).code
    }),
];

fn one() -> SampleFile {
    SampleFile::of(vec![row("a", json!({}))])
}

fn one_rejected() -> SampleFile {
    SampleFile::of(vec![row("a", json!({"download_mbps": -1.0}))])
}

/// The exit code of a run with one file of the analyst's definitions replaced.
fn with_definition(kind: &str, file: &str, text: &str) -> i32 {
    let case = Case::with_config(&format!("{CONFIG}\n[definitions]\n{kind} = \"{kind}\"\n"));
    assert_eq!(case.run(&["init", "shipped"]).code, 0);
    fs::rename(case.path(&format!("shipped/{kind}")), case.path(kind)).unwrap();
    case.write(&format!("{kind}/{file}"), text);
    case.samples("a.parquet", &one());
    case.month("2025-10", &[]).code
}

#[test]
fn readme_and_help_document_the_same_codes() {
    assert_eq!(codes_of_readme(), codes_of_help());
}

#[test]
fn every_documented_code_is_provoked_and_no_other() {
    let provoked: BTreeSet<i32> = PROVOCATIONS.iter().map(|(code, ..)| *code).collect();
    assert_eq!(provoked, codes_of_readme());
    for (code, what, provoke) in PROVOCATIONS {
        assert_eq!(provoke(), code, "{what}");
    }
}
