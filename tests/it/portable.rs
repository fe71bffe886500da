//! `queries/` keeps to the SQL that several engines answer alike: see `queries/README.md`.

use ispeed_report::queries::Queries;
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer};

/// Functions that Polars, DuckDB and DataFusion answer alike.
const PORTABLE: [&str; 27] = [
    "ABS",
    "AVG",
    "CAST",
    "CBRT",
    "CEIL",
    "COALESCE",
    "CONCAT",
    "COUNT",
    "EXTRACT",
    "FLOOR",
    "LOWER",
    "MAX",
    "MEDIAN",
    "MIN",
    "NULLIF",
    "POWER",
    "QUANTILE_CONT",
    "RANK",
    "REPLACE",
    "ROUND",
    "ROW_NUMBER",
    "SQRT",
    "STRPOS",
    "SUM",
    "TRY_CAST",
    "UPPER",
    "VARCHAR",
];

/// Our own, registered on each engine; only for rows, never for statistics.
const OWN: [&str; 9] = [
    "parse_time",
    "fold_name",
    "local_date",
    "local_hour",
    "commune_at",
    "commune_near",
    "commune_named",
    "communes_named",
    "boundaries_on",
];

/// Words after which a bracket is no call.
const BEFORE_BRACKET: [&str; 20] = [
    "AND", "AS", "BY", "CASE", "ELSE", "EXISTS", "FROM", "IN", "JOIN", "NOT", "ON", "OR", "OVER",
    "SELECT", "THEN", "UNION", "WHEN", "WHERE", "ALL", "DISTINCT",
];

const FORBIDDEN: [&str; 12] = [
    "FILTER",
    "WITHIN",
    "ROLLUP",
    "CUBE",
    "GROUPING",
    "LATERAL",
    "RECURSIVE",
    "NTILE",
    "ROWS",
    "RANGE",
    "PIVOT",
    "LIMIT",
];

/// What is not portable in a query.
fn faults(name: &str, sql: &str) -> Vec<String> {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize();
    let tokens: Vec<Token> = match tokens {
        Ok(tokens) => {
            tokens.into_iter().filter(|token| !matches!(token, Token::Whitespace(_))).collect()
        }
        Err(error) => return vec![format!("{name}: {error}")],
    };
    let mut faults = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        match token {
            Token::Word(word) => {
                let upper = word.value.to_uppercase();
                // `grouping` is a function of GROUP BY ROLLUP, or the name of a column.
                let is_column = upper == "GROUPING" && next != Some(&Token::LParen);
                let is_forbidden = FORBIDDEN.contains(&upper.as_str()) && !is_column;
                if word.quote_style.is_none() && is_forbidden {
                    faults.push(format!("{name}: {upper} is not portable"));
                }
                let is_call = next == Some(&Token::LParen)
                    && !BEFORE_BRACKET.contains(&upper.as_str())
                    && !(word.keyword == Keyword::NoKeyword && is_cte(&tokens, at));
                let known =
                    PORTABLE.contains(&upper.as_str()) || OWN.contains(&word.value.as_str());
                if is_call && !known {
                    faults.push(format!("{name}: function {} is not portable", word.value));
                }
                if upper == "OVER" && !ranks(&tokens, at) && !adds_up(&tokens, at) {
                    let known = "ROW_NUMBER(), RANK() or SUM(column) with ORDER BY";
                    faults.push(format!("{name}: OVER after anything but {known}"));
                }
            }
            Token::Number(number, _) if number.to_lowercase().contains('e') => {
                faults.push(format!("{name}: number {number} has an exponent"));
            }
            Token::Placeholder(text) => faults.push(format!("{name}: placeholder {text}")),
            _ => {}
        }
    }
    faults
}

/// `name AS (`: the name of a step.
fn is_cte(tokens: &[Token], at: usize) -> bool {
    matches!(tokens.get(at.wrapping_sub(1)), Some(Token::Word(word)) if word.value.eq_ignore_ascii_case("with"))
}

/// Whether `OVER` follows `ROW_NUMBER()` or `RANK()`.
fn ranks(tokens: &[Token], over: usize) -> bool {
    let call = over.checked_sub(3).and_then(|from| tokens.get(from..over));
    matches!(call, Some([Token::Word(word), Token::LParen, Token::RParen])
        if ["ROW_NUMBER", "RANK"].contains(&word.value.to_uppercase().as_str()))
}

/// Whether `OVER (… ORDER BY` follows the sum of a column: a running sum. Peers of that order would be added
/// one by one or together, so it has to tell all rows apart.
fn adds_up(tokens: &[Token], over: usize) -> bool {
    let call = over.checked_sub(4).and_then(|from| tokens.get(from..over));
    let sums = matches!(call, Some([Token::Word(word), Token::LParen, Token::Word(_), Token::RParen])
        if word.value.eq_ignore_ascii_case("sum"));
    let window = tokens[over..].iter().take_while(|token| **token != Token::RParen);
    sums && window
        .filter(|t| matches!(t, Token::Word(w) if w.value.eq_ignore_ascii_case("order")))
        .count()
        == 1
}

/// Every query as it is run, by name.
fn queries() -> Vec<(String, String)> {
    let queries = Queries::embedded().unwrap();
    let mut found = Vec::new();
    for (name, _) in queries.files().filter(|(name, _)| name.ends_with(".sql")) {
        let step = name.starts_with("statistics/") && queries.sql(name).is_err();
        if name == "macros.sql" || step || STEPS.iter().any(|step| name.ends_with(step)) {
            continue;
        }
        found.push((name.to_owned(), queries.sql(name).unwrap()));
    }
    for table in &queries.tables {
        for series in queries.series(table) {
            for step in STEPS {
                let name = format!("statistics/{step}");
                let sql = queries.statistics_sql(&name, table, Some(&series)).unwrap();
                found.push((format!("{name} for {}", table.name), sql));
            }
        }
    }
    found
}

const STEPS: [&str; 10] = [
    "groups.sql",
    "values.sql",
    "points.sql",
    "clusters.sql",
    "sizes.sql",
    "means.sql",
    "positions.sql",
    "order.sql",
    "bounds.sql",
    "by_group.sql",
];

#[test]
fn queries_keep_to_the_portable_subset() {
    let queries = queries();
    assert!(queries.len() > 40, "{}", queries.len());
    let found: Vec<_> = queries.iter().flat_map(|(name, sql)| faults(name, sql)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_is_not_portable_is_found() {
    for (sql, fault) in [
        ("SELECT QUANTILE_CONT(x, 0.5) OVER (PARTITION BY g) FROM t", "OVER"),
        ("SELECT SUM(x) OVER (PARTITION BY g) FROM t", "OVER"),
        ("SELECT SUM(x + 1) OVER (ORDER BY y) FROM t", "OVER"),
        ("SELECT COUNT(*) FILTER (WHERE x > 1) FROM t", "FILTER"),
        ("SELECT DATE_TRUNC('day', x) FROM t", "DATE_TRUNC"),
        ("SELECT 1e300 AS x", "exponent"),
        ("SELECT g FROM t GROUP BY ROLLUP (g)", "ROLLUP"),
        ("SELECT * FROM t WHERE x = $1", "placeholder"),
    ] {
        let found = faults("q", sql);
        assert!(found.iter().any(|f| f.contains(fault)), "{sql}: {found:?}");
    }
    let fine =
        "WITH a AS (SELECT ROW_NUMBER() OVER (ORDER BY x) AS n, x FROM t) SELECT SUM(n) FROM a";
    assert!(faults("q", fine).is_empty());
}
