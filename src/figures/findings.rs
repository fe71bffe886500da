//! Which operator may be said to be faster: only what the table `comparisons` allows.

use super::operators::INDICATOR;
use super::table::text;
use super::words::{Words, counted};
use crate::error::Result;

/// A pair of operators of the province, and which of them is higher.
#[derive(Debug, Clone, PartialEq)]
struct Pair {
    a: String,
    b: String,
    verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    AHigher,
    BHigher,
    Open,
}

impl Pair {
    /// The higher and the lower one.
    fn order(&self) -> Option<(&str, &str)> {
        match self.verdict {
            Verdict::AHigher => Some((&self.a, &self.b)),
            Verdict::BHigher => Some((&self.b, &self.a)),
            Verdict::Open => None,
        }
    }
}

/// The title of operators with published statistics.
pub(super) fn of_operators(words: &Words<'_>, published: &[&str]) -> Result<String> {
    if let [operator] = published {
        return words.filled("title_single", &[("operator", operator)]);
    }
    let pairs = pairs(words)?;
    if pairs.is_empty() {
        let count = counted(published.len());
        return words.filled("title_plain", &[("count", &count)]);
    }
    of_pairs(words, &pairs)
}

fn of_pairs(words: &Words<'_>, pairs: &[Pair]) -> Result<String> {
    let ordered: Vec<(&str, &str)> = pairs.iter().filter_map(Pair::order).collect();
    let (better, all) = (counted(ordered.len()), counted(pairs.len()));
    if let [(higher, lower)] = ordered[..] {
        let rest = counted(pairs.len() - 1);
        let key = if pairs.len() == 1 { "title_one" } else { "title_one_of" };
        return words.filled(key, &[("operator", higher), ("other", lower), ("rest", &rest)]);
    }
    if let Some(operator) = leader(pairs, &ordered) {
        return words.filled("title_best", &[("operator", operator)]);
    }
    let key = match ordered.len() {
        0 => "title_none",
        count if count == pairs.len() => "title_all",
        _ => "title_some",
    };
    words.filled(key, &[("better", &better), ("pairs", &all)])
}

/// The operator that is higher than every other one that was compared with any.
fn leader<'a>(pairs: &[Pair], ordered: &[(&'a str, &'a str)]) -> Option<&'a str> {
    let leads = |name: &str| {
        let others = pairs.iter().flat_map(|pair| [pair.a.as_str(), pair.b.as_str()]);
        let mut others = others.filter(|other| *other != name);
        others.all(|other| ordered.contains(&(name, other)))
    };
    ordered.iter().map(|(higher, _)| *higher).find(|name| leads(name))
}

/// The pairs of the province that were tested.
fn pairs(words: &Words<'_>) -> Result<Vec<Pair>> {
    let Some(table) = words.sources.table("comparisons") else {
        return Ok(Vec::new());
    };
    let (indicators, communes) = (table.text("indicator")?, table.text("commune_code")?);
    let (a, b) = (table.text("operator_a")?, table.text("operator_b")?);
    let verdicts = table.text("verdict")?;
    let mut pairs = Vec::new();
    for row in table.rows(words.family())? {
        let verdict = match text(&verdicts, row) {
            "a_better" => Verdict::AHigher,
            "b_better" => Verdict::BHigher,
            "equivalent" => Verdict::Open,
            _ => continue,
        };
        if text(&indicators, row) == INDICATOR && text(&communes, row).is_empty() {
            let (a, b) = (text(&a, row).to_owned(), text(&b, row).to_owned());
            pairs.push(Pair { a, b, verdict });
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str, verdict: Verdict) -> Pair {
        Pair { a: a.into(), b: b.into(), verdict }
    }

    fn leads(pairs: &[Pair]) -> Option<&str> {
        let ordered: Vec<_> = pairs.iter().filter_map(Pair::order).collect();
        leader(pairs, &ordered)
    }

    #[test]
    fn a_leader_is_higher_than_every_operator_that_was_compared() {
        use Verdict::{AHigher, BHigher, Open};
        let two = [pair("A", "B", AHigher), pair("A", "C", AHigher), pair("B", "C", Open)];
        assert_eq!(leads(&two), Some("A"));
        let last = [pair("A", "B", Open), pair("A", "C", BHigher), pair("B", "C", BHigher)];
        assert_eq!(leads(&last), Some("C"));
        // A and C could not be compared: nothing may be said of the two.
        assert_eq!(leads(&[pair("A", "B", AHigher), pair("B", "C", AHigher)]), None);
        assert_eq!(leads(&[pair("A", "B", Open)]), None);
        assert_eq!(leads(&[]), None);
    }
}
