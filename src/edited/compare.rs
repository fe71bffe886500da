//! Numbers that were changed, added or left out between passages that belong together.
//!
//! Words are compared first. Between two words that follow each other in both texts, the numbers
//! must be the same ones in the same order; where words were rewritten, numbers may stand in
//! another order or a few words away.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::difference::{Change, Difference, Spot};
use super::passage::Passage;
use super::token::Token;

/// In rewritten text a number may be found again this many words away.
const NEAR: usize = 30;

/// A token in its order, with what decides about it.
struct Placed<'a> {
    spot: Spot,
    token: &'a Token,
    free: bool,
}

/// Numbers between words that are there in both texts.
struct Region {
    old: Range<usize>,
    new: Range<usize>,
    /// Whether no word around was changed.
    settled: bool,
    /// Whether it lies at a blank that is filled in by hand.
    free: bool,
}

/// A number that one text has and the other does not have in its place.
struct Odd<'a> {
    /// Which of the pairs of passages.
    pair: usize,
    spot: Spot,
    around: Around<'a>,
    settled: bool,
    /// Where it is, or would be, in the edited text.
    at: usize,
}

/// A number with the words beside it.
struct Around<'a> {
    key: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

/// Expected and found passages that belong together.
pub(super) type Pair<'a> = (&'a [Passage], &'a [Passage]);

/// The differences of all pairs. A number that moved to another place with its words is none, nor
/// is one that was added and is a known figure of the bundle.
pub(super) fn differences(pairs: &[Pair<'_>], known: &BTreeSet<&str>) -> Vec<Difference> {
    let mut ledger = Ledger::default();
    for (index, (expected, found)) in pairs.iter().enumerate() {
        ledger.pair(index, &placed(expected), &placed(found));
    }
    ledger.forget_moved();
    ledger.differences(pairs, known)
}

fn placed(passages: &[Passage]) -> Vec<Placed<'_>> {
    let mut all = Vec::new();
    for (passage, content) in passages.iter().enumerate() {
        for (cell, text) in content.cells.iter().enumerate() {
            all.extend(text.tokens.iter().enumerate().map(|(index, token)| Placed {
                spot: Spot { passage, cell, token: index },
                token,
                free: content.free,
            }));
        }
    }
    all
}

/// What is found on the way.
#[derive(Default)]
struct Ledger<'a> {
    /// Numbers of the bundle that are not in their place.
    lost: Vec<Odd<'a>>,
    /// Numbers that stand where the bundle has none, or another one.
    new: Vec<Odd<'a>>,
    /// Which new number stands in place of which lost one.
    instead: BTreeMap<usize, usize>,
    /// The words around blanks that are filled in by hand.
    blanks: BTreeSet<(&'a str, &'a str)>,
    /// Lost and new numbers that are the same one in another place.
    moved: (BTreeSet<usize>, BTreeSet<usize>),
}

impl<'a> Ledger<'a> {
    fn pair(&mut self, pair: usize, expected: &[Placed<'a>], found: &[Placed<'a>]) {
        let free: Vec<&str> = expected
            .iter()
            .filter(|placed| placed.free && !placed.token.number)
            .map(|placed| placed.token.key.as_str())
            .collect();
        self.blanks.extend(free.windows(2).map(|pair| (pair[0], pair[1])));
        for region in regions(expected, found) {
            self.region(pair, expected, found, &region);
        }
    }

    /// Numbers that are equal stay, others stand instead of each other in their order.
    fn region(
        &mut self,
        pair: usize,
        expected: &[Placed<'a>],
        found: &[Placed<'a>],
        region: &Region,
    ) {
        let (old, new) = (numbers(expected, &region.old), numbers(found, &region.new));
        let settled = region.settled;
        for op in capture_diff_slices(Algorithm::Myers, &keys(expected, &old), &keys(found, &new)) {
            if op.tag() == DiffTag::Equal {
                continue;
            }
            let odd = |tokens: &[Placed<'a>], index: usize, at: usize| Odd {
                pair,
                spot: tokens[index].spot,
                around: around(tokens, index),
                settled,
                at,
            };
            let (lost, added) = (self.lost.len(), self.new.len());
            let (old, new) = (&old[op.old_range()], &new[op.new_range()]);
            let kept = old.iter().filter(|index| !expected[**index].free);
            self.lost.extend(kept.map(|index| odd(expected, *index, region.new.start)));
            if region.free {
                continue;
            }
            self.new.extend(new.iter().map(|index| odd(found, *index, *index)));
            let both = old.len().min(new.len());
            self.instead.extend((0..both).map(|index| (lost + index, added + index)));
        }
    }

    /// What is lost in one place and new in another, both in rewritten text, has moved if it is
    /// near or has kept one of the words beside it.
    fn forget_moved(&mut self) {
        for (old, lost) in self.lost.iter().enumerate().filter(|(_, lost)| !lost.settled) {
            let same = |(index, new): &(usize, &Odd<'_>)| {
                !new.settled && !self.moved.1.contains(index) && new.is(lost)
            };
            if let Some((index, _)) = self.new.iter().enumerate().find(same) {
                self.moved.0.insert(old);
                self.moved.1.insert(index);
            }
        }
    }

    fn differences(self, pairs: &[Pair<'_>], known: &BTreeSet<&str>) -> Vec<Difference> {
        let (mut taken, mut all) = (self.moved.1.clone(), Vec::new());
        for (index, lost) in self.lost.iter().enumerate() {
            if self.moved.0.contains(&index) {
                continue;
            }
            let instead = self.instead.get(&index).filter(|new| !taken.contains(*new)).copied();
            let (expected, found) = pairs[lost.pair];
            let difference = match instead {
                Some(new) => changed(expected, lost.spot, found, self.new[new].spot),
                None => missing(expected, lost.spot),
            };
            taken.extend(instead);
            all.push(((lost.pair, lost.at), difference));
        }
        for (index, new) in self.new.iter().enumerate() {
            if !taken.contains(&index) && !known.contains(new.around.key) && !self.fills(new) {
                all.push(((new.pair, new.at), added(pairs[new.pair].1, new.spot)));
            }
        }
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, difference)| difference).collect()
    }

    /// Whether a number stands between the words around a blank.
    fn fills(&self, new: &Odd<'_>) -> bool {
        let words = new.around.before.zip(new.around.after);
        words.is_some_and(|words| self.blanks.contains(&words))
    }
}

impl Odd<'_> {
    fn is(&self, lost: &Odd<'_>) -> bool {
        let same = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
        let near = self.pair == lost.pair && self.at.abs_diff(lost.at) <= NEAR;
        self.around.key == lost.around.key
            && (near
                || same(self.around.before, lost.around.before)
                || same(self.around.after, lost.around.after))
    }
}

/// The stretches between words that both texts have.
fn regions(expected: &[Placed<'_>], found: &[Placed<'_>]) -> Vec<Region> {
    let (old_words, new_words) = (words(expected), words(found));
    let ops = capture_diff_slices(
        Algorithm::Myers,
        &keys(expected, &old_words),
        &keys(found, &new_words),
    );
    let equal = ops.iter().filter(|op| op.tag() == DiffTag::Equal);
    let pairs = equal.flat_map(|op| op.old_range().zip(op.new_range()));
    let end = (old_words.len(), new_words.len());
    let mut regions = Vec::new();
    // The place after the last word that both have, as words and as tokens.
    let (mut word, mut token) = ((0usize, 0usize), (0usize, 0usize));
    for (old, new) in pairs.chain(std::iter::once(end)) {
        let at =
            |words: &[usize], index: usize, length| words.get(index).copied().unwrap_or(length);
        let next = (at(&old_words, old, expected.len()), at(&new_words, new, found.len()));
        let beside = token.0.saturating_sub(1)..(next.0 + 1).min(expected.len());
        regions.push(Region {
            old: token.0..next.0,
            new: token.1..next.1,
            settled: word == (old, new),
            free: expected[beside].iter().any(|placed| placed.free),
        });
        (word, token) = ((old + 1, new + 1), (next.0 + 1, next.1 + 1));
    }
    regions
}

fn words(tokens: &[Placed<'_>]) -> Vec<usize> {
    (0..tokens.len()).filter(|at| !tokens[*at].token.number).collect()
}

fn numbers(tokens: &[Placed<'_>], range: &Range<usize>) -> Vec<usize> {
    range.clone().filter(|at| tokens[*at].token.number).collect()
}

fn keys<'a>(tokens: &[Placed<'a>], at: &[usize]) -> Vec<&'a str> {
    at.iter().map(|at| tokens[*at].token.key.as_str()).collect()
}

fn around<'a>(tokens: &[Placed<'a>], at: usize) -> Around<'a> {
    let word = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|p| p.token.key.as_str());
    let key = tokens[at].token.key.as_str();
    Around { key, before: word(at.checked_sub(1)), after: word(Some(at + 1)) }
}

/// In a table the place says more than the words do; in a paragraph the words that are there now.
fn changed(expected: &[Passage], old: Spot, found: &[Passage], new: Spot) -> Difference {
    let in_table = expected[old.passage].row.is_some();
    let place = if in_table { old.place(expected) } else { new.place(found) };
    let change = Change::Changed { found: new.written(found), expected: old.written(expected) };
    Difference { change, place }
}

fn missing(expected: &[Passage], old: Spot) -> Difference {
    let change = Change::Missing { expected: old.written(expected) };
    Difference { change, place: old.place(expected) }
}

fn added(found: &[Passage], new: Spot) -> Difference {
    let change = Change::Added { found: new.written(found) };
    Difference { change, place: new.place(found) }
}
