//! The ledger for people: where every row went.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ispeed_report::queries::Rule;
use ispeed_report::validation::ledger::Ledger;

use super::grid::{Align, count, grid, percent};

/// Totals and the rules that rejected something.
pub fn summary(ledger: &Ledger) -> String {
    totals(ledger) + &by_rule(ledger, |_| String::new())
}

/// Everything that the ledger knows.
pub fn full(ledger: &Ledger, rules: &[Rule]) -> String {
    let describe = |name: &str| {
        let rule = rules.iter().find(|rule| rule.name == name);
        rule.map_or_else(String::new, |rule| rule.description.clone())
    };
    let mut text = totals(ledger) + &by_rule(ledger, describe);
    if ledger.files.len() > 1 {
        text += &by_file(ledger);
    }
    text += &counts("rows per local month", &ledger.months);
    text += &counts("texts that could not be read and count as missing", &ledger.unconverted);
    text += &counts("among accepted rows", &ledger.notes);
    text
}

fn totals(ledger: &Ledger) -> String {
    let share = |part: u64| match ledger.read {
        0 => percent(0.0),
        read => percent(part as f64 / read as f64),
    };
    let row = |name: &str, part: u64, remark: String| {
        vec![name.to_owned(), count(part), share(part), remark]
    };
    let conflicting = match ledger.duplicate_conflicting {
        0 => String::new(),
        rows => format!("{} with other content than the row that was kept", count(rows)),
    };
    let rows = [
        row("read", ledger.read, simulated(ledger)),
        row("= accepted", ledger.accepted, String::new()),
        row("+ duplicate", ledger.duplicate, conflicting),
        row("+ rejected", ledger.rejected, limits(ledger)),
    ];
    format!("rows\n{}", grid(&[Align::Left, Align::Right, Align::Right, Align::Left], &rows))
}

fn simulated(ledger: &Ledger) -> String {
    if ledger.simulated { "simulated data".into() } else { String::new() }
}

fn limits(ledger: &Ledger) -> String {
    let verdict = match (ledger.fails(), ledger.warns()) {
        (true, _) => "too many",
        (false, true) => "many",
        (false, false) => "fine",
    };
    format!(
        "{verdict}: warning above {}, no reports above {}",
        percent(ledger.warn_rejected_share),
        percent(ledger.fail_rejected_share)
    )
}

fn by_rule(ledger: &Ledger, describe: impl Fn(&str) -> String) -> String {
    if ledger.rejected_by_rule.values().all(|rows| *rows == 0) {
        return "\nno rule rejected a row\n".into();
    }
    let mut found: Vec<_> = ledger.rejected_by_rule.iter().filter(|(_, rows)| **rows > 0).collect();
    found.sort_by_key(|(name, rows)| (Reverse(**rows), name.as_str()));
    let row = |(name, rows): (&String, &u64)| vec![name.clone(), count(*rows), describe(name)];
    let rows: Vec<_> = found.into_iter().map(row).collect();
    format!(
        "\nrejected by rule (a row can fail several)\n{}",
        grid(&[Align::Left, Align::Right, Align::Left], &rows)
    )
}

fn by_file(ledger: &Ledger) -> String {
    let head = ["file", "read", "accepted", "duplicate", "rejected"].map(str::to_owned).to_vec();
    let mut rows = vec![head];
    for file in &ledger.files {
        let counts = [file.read, file.accepted, file.duplicate, file.rejected].map(count);
        rows.push([vec![file.file.clone()], counts.to_vec()].concat());
    }
    let right = Align::Right;
    format!("\nby file\n{}", grid(&[Align::Left, right, right, right, right], &rows))
}

fn counts(title: &str, counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let rows: Vec<_> = counts.iter().map(|(name, rows)| vec![name.clone(), count(*rows)]).collect();
    format!("\n{title}\n{}", grid(&[Align::Left, Align::Right], &rows))
}

#[cfg(test)]
mod tests {
    use ispeed_report::validation::ledger::FileLedger;

    use super::*;

    fn file(name: &str, rejected: u64) -> FileLedger {
        FileLedger {
            file: name.into(),
            read: 1000 + rejected,
            accepted: 990,
            duplicate: 10,
            rejected,
            rejected_by_rule: BTreeMap::from([("missing_id".into(), rejected)]),
            ..FileLedger::default()
        }
    }

    fn ledger() -> Ledger {
        let mut ledger = Ledger {
            warn_rejected_share: 0.05,
            fail_rejected_share: 0.5,
            files: vec![file("a.parquet", 40), file("b.parquet", 0)],
            months: BTreeMap::from([("2025-10".into(), 2040)]),
            ..Ledger::default()
        };
        ledger.total();
        ledger
    }

    fn rule() -> Rule {
        Rule {
            name: "missing_id".into(),
            when: "sample_id IS NULL".into(),
            columns: vec!["sample_id".into()],
            description: "The row has no sample_id.".into(),
        }
    }

    #[test]
    fn the_whole_ledger_is_shown() {
        let text = full(&ledger(), &[rule()]);
        let expected = "\
rows
  read         2,040  100.00 %
  = accepted   1,980   97.06 %
  + duplicate     20    0.98 %
  + rejected      40    1.96 %  fine: warning above 5.00 %, no reports above 50.00 %

rejected by rule (a row can fail several)
  missing_id  40  The row has no sample_id.

by file
  file        read  accepted  duplicate  rejected
  a.parquet  1,040       990         10        40
  b.parquet  1,000       990         10         0

rows per local month
  2025-10  2,040
";
        assert_eq!(text, expected);
    }

    #[test]
    fn an_empty_ledger_divides_nothing_by_zero() {
        let text = summary(&Ledger::default());
        assert!(text.contains("0.00 %") && text.contains("no rule rejected"), "{text}");
    }
}
