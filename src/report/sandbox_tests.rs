//! Templates are data: they read no file, and they end.

use std::collections::BTreeMap;

use super::fixture::Fixture;
use super::*;

/// The error of a template put in place of the report to the ministry.
fn refused(text: &str, parts: &[&str]) {
    let fixture = Fixture::small();
    let mut templates = Templates::embedded();
    templates.insert("ministry.md", text);
    let rendered = render("ministry.md", &templates, &fixture.sources(), &BTreeMap::new());
    let error = rendered.expect_err("an error").to_string();
    for part in [&["`ministry.md`"], parts].concat() {
        assert!(error.contains(part), "no `{part}` in: {error}");
    }
}

/// A template whose third line is this.
fn line(text: &str) -> String {
    format!("# a\n\n{text}\n")
}

#[test]
fn loops_within_loops_end() {
    let loops = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
    refused(&line(loops), &["line 3", "fuel"]);
    refused(&line("{% for a in range(1000000000) %}{% endfor %}"), &["line 3", "range"]);
}

#[test]
fn text_that_doubles_ends() {
    let doubled = "{% set ns = namespace(x='aaaaaaaa') %}{% for a in range(60) %}\
                   {% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}";
    refused(&line(doubled), &["line 3", "fuel"]);
    refused(&line("{{ 'aaaaaaaa' * 1000000000 }}"), &["line 3"]);
}

#[test]
fn recursion_ends() {
    refused(&line("{% include 'ministry.md' %}"), &["line 3"]);
    refused(&line("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), &["line 3"]);
    let brackets = format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000));
    refused(&line(&brackets), &[]);
}

#[test]
fn no_file_is_read() {
    for name in ["/etc/passwd", "../ispeed-report.toml", "Cargo.toml"] {
        refused(&line(&format!("{{% include '{name}' %}}")), &["line 3", name]);
    }
    refused(&line("{{ load_file('x') }}"), &["line 3", "load_file"]);
}

#[test]
fn markdown_nested_deeply_is_refused() {
    refused(&line(&format!("{}x", "> ".repeat(20_000))), &["block quote"]);
    refused(&line(&format!("{}x", "- ".repeat(5_000))), &["list inside a list"]);
}
