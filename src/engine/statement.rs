//! What a query may be: one SELECT over registered tables, nothing that reads a file or writes.
//!
//! Queries are an analyst's data. The engine would also run `read_parquet('/any/file')`, `CREATE
//! TABLE`, `DROP` and more; those never reach it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Expr, ObjectName, Query, Select, SetExpr, Statement, TableFactor, Visit, Visitor as SqlVisitor,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

/// Words and signs of a query, far more than a shipped one has.
const TOKENS: usize = 40_000;

/// Expressions within expressions. The engine plans `1 + 1 + 1 …` in time and memory that grow with
/// the cube of its length: 3,000 terms took 25 seconds and 1.6 GB.
const DEPTH: usize = 400;

/// The steps of a WITH by name, and what remains.
pub struct Unrolled {
    pub steps: Vec<(String, String)>,
    pub body: String,
}

/// Splits `WITH a AS (…), b AS (…) SELECT …` into its named steps and its body.
///
/// Polars plans the parts of a WITH in a context that does not know our functions.
pub fn unrolled(sql: &str) -> Result<Unrolled, String> {
    let query = parsed(sql)?;
    let mut body = query.clone();
    let Some(with) = body.with.take() else {
        return Ok(Unrolled { steps: Vec::new(), body: sql.to_owned() });
    };
    let steps =
        with.cte_tables.iter().map(|step| (step.alias.name.value.clone(), step.query.to_string()));
    Ok(Unrolled { steps: steps.collect(), body: body.to_string() })
}

/// The tables that a query reads; a step of a WITH is none.
pub fn tables_read(sql: &str) -> Result<BTreeSet<String>, String> {
    let mut named = Named::default();
    let _ = parsed(sql)?.visit(&mut named);
    Ok(&named.relations - &named.steps)
}

#[derive(Default)]
struct Named {
    relations: BTreeSet<String>,
    steps: BTreeSet<String>,
}

impl SqlVisitor for Named {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let name = relation.0.last().and_then(|part| part.as_ident());
        self.relations.extend(name.map(|name| name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let steps = query.with.iter().flat_map(|with| &with.cte_tables);
        self.steps.extend(steps.map(|step| step.alias.name.value.clone()));
        ControlFlow::Continue(())
    }
}

fn parsed(sql: &str) -> Result<Box<Query>, String> {
    let dialect = GenericDialect;
    let tokens =
        Tokenizer::new(&dialect, sql).tokenize_with_location().map_err(|e| e.to_string())?;
    let count = tokens.iter().filter(|t| !matches!(t.token, Token::Whitespace(_))).count();
    if count > TOKENS {
        return Err(format!("found {count} words and signs, expected at most {TOKENS}"));
    }
    let parser = Parser::new(&dialect).with_tokens_with_locations(tokens);
    let mut statements = { parser }.parse_statements().map_err(|e| e.to_string())?;
    let query = match (statements.pop(), statements.len()) {
        (Some(Statement::Query(query)), 0) => query,
        (Some(_), 0) => return Err("found another statement, expected a SELECT".into()),
        (_, others) => {
            let count = if others == 0 { 0 } else { others + 1 };
            return Err(format!("found {count} statements, expected one SELECT"));
        }
    };
    match query.visit(&mut Reads { depth: 0 }) {
        ControlFlow::Break(refused) => Err(refused),
        ControlFlow::Continue(()) => Ok(query),
    }
}

/// Refuses what does more than read registered tables.
struct Reads {
    depth: usize,
}

impl SqlVisitor for Reads {
    type Break = String;

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<String> {
        match table {
            TableFactor::Table { args: None, .. }
            | TableFactor::Derived { .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            other => refused(&format!("`{}` after FROM or JOIN", shortened(other))),
        }
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        if query.with.as_ref().is_some_and(|with| with.recursive) {
            return refused("WITH RECURSIVE");
        }
        reads(&query.body)
    }

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<String> {
        self.depth += 1;
        match self.depth > DEPTH {
            true => ControlFlow::Break(format!(
                "found expressions nested more than {DEPTH} deep, expected fewer operators in a row"
            )),
            false => ControlFlow::Continue(()),
        }
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<String> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<String> {
        if select.into.is_some() { refused("SELECT INTO") } else { ControlFlow::Continue(()) }
    }
}

fn reads(body: &SetExpr) -> ControlFlow<String> {
    match body {
        SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => ControlFlow::Continue(()),
        SetExpr::SetOperation { left, right, .. } => {
            reads(left)?;
            reads(right)
        }
        _ => refused("a statement that writes"),
    }
}

fn refused(found: &str) -> ControlFlow<String> {
    ControlFlow::Break(format!("found {found}, expected only SELECT from tables of the program"))
}

/// The start of a text for a message.
fn shortened(found: &TableFactor) -> String {
    found.to_string().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_with_is_split_into_its_steps() {
        let sql = "WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT * FROM b";
        let unrolled = unrolled(sql).unwrap();
        let names: Vec<&str> = unrolled.steps.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(unrolled.body, "SELECT * FROM b");
    }

    #[test]
    fn tables_are_found_wherever_they_stand() {
        let sql = "WITH a AS (SELECT x FROM t1 JOIN t2 AS u ON t1.x = u.x) \
            SELECT x FROM a WHERE x IN (SELECT x FROM t3) UNION ALL SELECT x FROM (SELECT x FROM t4) AS d";
        let found: Vec<String> = tables_read(sql).unwrap().into_iter().collect();
        assert_eq!(found, ["t1", "t2", "t3", "t4"]);
    }

    #[test]
    fn files_are_not_read_wherever_the_call_stands() {
        let calls = ["read_parquet('/etc/passwd')", "read_csv('x')", "\"READ_PARQUET\"('x')"];
        for call in calls {
            for sql in [
                format!("SELECT * FROM {call}"),
                format!("SELECT * FROM t JOIN {call} AS f ON t.x = f.x"),
                format!("SELECT * FROM (SELECT * FROM {call} AS f) AS t"),
                format!("SELECT * FROM (t CROSS JOIN {call} AS f)"),
                format!("WITH a AS (SELECT * FROM {call}) SELECT * FROM a"),
                format!("SELECT * FROM t WHERE x IN (SELECT x FROM {call})"),
                format!("SELECT (SELECT MAX(x) FROM {call}) AS m FROM t"),
                format!("SELECT x FROM t UNION ALL SELECT x FROM {call}"),
                format!("SELECT CASE WHEN EXISTS (SELECT 1 FROM {call}) THEN 1 END FROM t"),
                format!("SELECT x FROM t ORDER BY (SELECT MAX(x) FROM {call})"),
            ] {
                let message = unrolled(&sql).err().unwrap_or_default();
                assert!(message.contains("after FROM or JOIN"), "{sql}: {message}");
            }
        }
    }

    #[test]
    fn nothing_is_written() {
        for sql in [
            "CREATE TABLE a AS SELECT 1",
            "DROP TABLE accepted",
            "TRUNCATE TABLE accepted",
            "DELETE FROM accepted",
            "INSERT INTO a SELECT 1",
            "UPDATE a SET x = 1",
            "COPY a TO 'file'",
            "SHOW TABLES",
            "EXPLAIN SELECT 1",
            "SELECT 1; DROP TABLE accepted",
            "SELECT * INTO b FROM a",
            "WITH a AS (DELETE FROM b RETURNING x) SELECT * FROM a",
            "WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT x FROM a) SELECT * FROM a",
            "",
        ] {
            assert!(unrolled(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn length_and_depth_are_bounded() {
        let long = format!("SELECT 1{} AS x", "+1".repeat(30_000));
        assert!(unrolled(&long).err().unwrap().contains("expected at most 40000"));
        let chain = |terms| unrolled(&format!("SELECT 1{} AS x", "+1".repeat(terms)));
        assert!(chain(DEPTH).err().unwrap().contains("more than 400 deep"));
        assert!(chain(DEPTH - 1).is_ok() && chain(15_000).is_err());
        let deep = format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(unrolled(&deep).is_err());
    }
}
