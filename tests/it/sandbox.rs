//! Templates and queries of an analyst are data: they read what the program gives them, write
//! nothing, and end.

use serde_json::json;

use crate::program::{Answer, CONFIG, Case};
use crate::samples::{SampleFile, row};

fn with_definitions(section: &str) -> Case {
    let case = Case::with_config(&format!("{CONFIG}\n[definitions]\n{section} = \"{section}\"\n"));
    let init = case.run(&["init", "shipped"]);
    assert_eq!(init.code, 0, "{init:?}");
    std::fs::rename(case.path(&format!("shipped/{section}")), case.path(section)).unwrap();
    let rows = (0..3).map(|n| row(&format!("s{n}"), json!({})));
    case.samples("a.parquet", &SampleFile::of(rows.collect()));
    case
}

fn with_query(name: &str, sql: &str) -> Answer {
    let case = with_definitions("queries");
    case.write(&format!("queries/{name}"), sql);
    case.write("secret.parquet", SampleFile::of(vec![row("x", json!({}))]).bytes());
    let answer = case.month("2025-10", &[]);
    assert!(!case.path("out/66-2025-10").exists(), "{answer:?}");
    answer
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
    let answer = with_query("gaps/gaps.sql", "SELECT * FROM read_parquet('secret.parquet')");
    answer.assert_failed(2, &["gaps/gaps.sql", "read_parquet"]);
}

#[test]
fn a_query_of_thousands_of_operators_is_an_error_or_an_answer() {
    let terms = "+1".repeat(9_000);
    let sql = format!("-- required: sample_id text\nSELECT sample_id, 1{terms} AS asn FROM raw\n");
    let answer = with_query("import/ispeed.sql", &sql);
    assert!(answer.code == 2 || answer.code == 3, "{answer:?}");
}

#[test]
fn loops_in_a_query_end() {
    let endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
    let answer = with_query("gaps/gaps.sql", &format!("{endless}SELECT 1 AS x"));
    answer.assert_failed(2, &["gaps/gaps.sql", "fuel"]);
}

fn with_template(text: &str) -> Answer {
    let case = with_definitions("reports");
    case.write("reports/ministry.md", text);
    let answer = case.month("2025-10", &[]);
    assert!(!case.path("out/66-2025-10").exists(), "{answer:?}");
    answer
}

#[test]
fn templates_end_and_their_errors_have_a_place() {
    let nested = "# a\n\n{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}\n";
    with_template(nested).assert_failed(2, &["`ministry.md`", "line 3", "fuel"]);
    let doubled = "# a\n\n{% set ns = namespace(x=\"aaaaaaaa\") %}\n{% for a in range(60) %}\n\
                   {% set ns.x = ns.x ~ ns.x %}\n{% endfor %}\n{{ ns.x }}\n";
    with_template(doubled).assert_failed(2, &["`ministry.md`"]);
    with_template("# a\n\n{% include \"ministry.md\" %}\n")
        .assert_failed(2, &["`ministry.md`", "line 3"]);
    let calls = "# a\n\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}\n";
    with_template(calls).assert_failed(2, &["`ministry.md`", "line 3"]);
    let brackets = format!("# a\n\n{{{{ {}1{} }}}}\n", "(".repeat(5_000), ")".repeat(5_000));
    with_template(&brackets).assert_failed(2, &["`ministry.md`"]);
}

#[test]
fn templates_read_no_file() {
    for name in ["/etc/passwd", "../ispeed-report.toml", "ispeed-report.toml"] {
        let text = format!("# a\n\n{{% include \"{name}\" %}}\n");
        with_template(&text).assert_failed(2, &["`ministry.md`", "line 3"]);
    }
    with_template("# a\n\n{{ load_file(\"x\") }}\n").assert_failed(2, &["`ministry.md`", "line 3"]);
}

/// Markdown that is nested deeply or long is refused or written; it never ends the program.
#[test]
fn markdown_of_any_depth_is_survived() {
    for text in [
        format!("# a\n\n{}x\n", "> ".repeat(20_000)),
        format!("# a\n\n{}x\n", "- ".repeat(5_000)),
        format!("# a\n\n{}x{}\n", "*".repeat(50_000), "*".repeat(50_000)),
        format!("# a\n\n{}x\n", "[".repeat(50_000)),
    ] {
        let case = with_definitions("reports");
        case.write("reports/ministry.md", &text);
        let answer = case.month("2025-10", &[]);
        assert!([0, 2].contains(&answer.code), "{}: {answer:?}", &text[..20]);
    }
}
