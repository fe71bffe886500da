//! Queries of an analyst are data: they read what the program gives them, write nothing, and end.

use serde_json::json;

use crate::program::{Answer, CONFIG, Case};
use crate::samples::{SampleFile, row};

/// The answer of `check` with one of the queries replaced, beside a file that none may read.
fn with_query(name: &str, sql: &str) -> Answer {
    let case = Case::with_config(&format!("{CONFIG}\n[definitions]\nqueries = \"queries\"\n"));
    let init = case.run(&["init", "shipped"]);
    assert_eq!(init.code, 0, "{init:?}");
    std::fs::rename(case.path("shipped/queries"), case.path("queries")).unwrap();
    case.samples("a.parquet", &SampleFile::of(vec![row("a", json!({}))]));
    case.write(&format!("queries/{name}"), sql);
    case.write("secret.parquet", SampleFile::of(vec![row("x", json!({}))]).bytes());
    case.run(&["check", "samples", "--config", "ispeed-report.toml"])
}

#[test]
fn a_query_reads_no_file_and_writes_nothing() {
    let head = "-- required: sample_id text\n";
    for (sql, part) in [
        ("SELECT * FROM read_parquet('secret.parquet')", "read_parquet"),
        ("SELECT sample_id FROM raw; DROP TABLE raw", "2 statements"),
        ("TRUNCATE TABLE raw", "expected a SELECT"),
        ("SELECT sample_id FROM nowhere", "nowhere"),
    ] {
        let answer = with_query("import/ispeed.sql", &format!("{head}{sql}\n"));
        answer.assert_failed(2, &["import/ispeed.sql", part]);
    }
    let joined = "SELECT * FROM imported CROSS JOIN read_parquet('secret.parquet') AS s";
    let answer = with_query("validation/placed.sql", joined);
    answer.assert_failed(2, &["placed", "read_parquet"]);
}

#[test]
fn long_chains_of_operators_are_refused() {
    let terms = "+1".repeat(9_000);
    let sql = format!("-- required: sample_id text\nSELECT sample_id, 1{terms} AS asn FROM raw\n");
    with_query("import/ispeed.sql", &sql).assert_failed(2, &["import/ispeed.sql", "more than 400"]);
}

#[test]
fn loops_in_a_query_end() {
    let endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
    let answer = with_query("validation/placed.sql", &format!("{endless}SELECT 1 AS x"));
    answer.assert_failed(2, &["validation/placed.sql", "fuel"]);
}
