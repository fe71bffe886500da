//! Which passage of an edited document was which one of the bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::compare::{self, Pair};
use super::difference::Difference;
use super::passage::Passage;

/// Passages, or documents, that share less than this are different ones.
pub(super) const ALIKE: f64 = 0.3;

/// More pairs than this are not tried one by one; the stretch is then compared as a whole.
const MOST_PAIRS: usize = 1_000_000;

/// The differences between two documents, passage by passage.
pub(super) fn differences(
    expected: &[Passage],
    found: &[Passage],
    known: &BTreeSet<&str>,
) -> Vec<Difference> {
    let (expected_keys, found_keys) = (keys(expected), keys(found));
    let mut pairs: Vec<(Vec<Passage>, Vec<Passage>)> = Vec::new();
    let ops = capture_diff_slices(Algorithm::Myers, &expected_keys, &found_keys);
    let changed = ops.iter().filter(|op| op.tag() != DiffTag::Equal);
    for (old, new) in joined(changed.map(|op| (op.old_range(), op.new_range()))) {
        for (old, new) in matched(&expected[old], &found[new]) {
            pairs.extend(cells(old, new));
        }
    }
    let pairs: Vec<Pair<'_>> = pairs.iter().map(|(a, b)| (a.as_slice(), b.as_slice())).collect();
    compare::differences(&pairs, known)
}

/// The differences between a document and the text of pages, where only figures are told apart: they
/// do not stand where they are named, but where there was room. A document without drawings is
/// compared with pages as they run.
pub(super) fn differences_of_pages(
    expected: &[Passage],
    found: &[Passage],
    known: &BTreeSet<&str>,
) -> Vec<Difference> {
    let has_drawings = expected.iter().any(|passage| passage.drawn);
    let parts = |passages: &[Passage]| -> (Vec<Passage>, Vec<Passage>) {
        passages.iter().cloned().partition(|passage| !(has_drawings && passage.drawn))
    };
    let (expected, found) = (parts(expected), parts(found));
    let mut pairs: Vec<Pair<'_>> = vec![(&expected.0, &found.0)];
    pairs.extend(matched(&expected.1, &found.1));
    compare::differences(&pairs, known)
}

/// Each passage as one text, so that those nobody touched are found first.
fn keys(passages: &[Passage]) -> Vec<String> {
    let key = |passage: &Passage| {
        passage.tokens().map(|token| token.key.as_str()).collect::<Vec<_>>().join(" ")
    };
    passages.iter().map(key).collect()
}

type Stretch = (Range<usize>, Range<usize>);

/// Stretches that touch are one.
fn joined(stretches: impl Iterator<Item = Stretch>) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for (old, new) in stretches {
        match all.last_mut() {
            Some((before_old, before_new))
                if before_old.end == old.start && before_new.end == new.start =>
            {
                (before_old.end, before_new.end) = (old.end, new.end);
            }
            _ => all.push((old, new)),
        }
    }
    all
}

/// Passages of a stretch in pairs; what has no partner stands alone.
fn matched<'a>(
    expected: &'a [Passage],
    found: &'a [Passage],
) -> Vec<(&'a [Passage], &'a [Passage])> {
    if expected.len() * found.len() > MOST_PAIRS {
        return vec![(expected, found)];
    }
    let best = best_partners(expected, found);
    let mut pairs = Vec::new();
    let mut next = 0;
    for (old, partner) in best.iter().enumerate() {
        let old = &expected[old..=old];
        let Some(new) = *partner else {
            pairs.push((old, &found[..0]));
            continue;
        };
        pairs.extend((next..new).map(|at| (&expected[..0], &found[at..=at])));
        pairs.push((old, &found[new..=new]));
        next = new + 1;
    }
    pairs.extend((next..found.len()).map(|at| (&expected[..0], &found[at..=at])));
    pairs
}

/// The partners, in order, that make the sum of likenesses greatest.
fn best_partners(expected: &[Passage], found: &[Passage]) -> Vec<Option<usize>> {
    let width = found.len() + 1;
    let bags: (Vec<Bag<'_>>, Vec<Bag<'_>>) =
        (expected.iter().map(bag).collect(), found.iter().map(bag).collect());
    let mut sums = vec![0.0; (expected.len() + 1) * width];
    let mut alike = vec![0.0; expected.len() * width];
    for old in (0..expected.len()).rev() {
        for new in (0..found.len()).rev() {
            let likeness = dice(&bags.0[old], &bags.1[new]);
            alike[old * width + new] = likeness;
            let both = sums[(old + 1) * width + new + 1] + likeness;
            let best = sums[(old + 1) * width + new].max(sums[old * width + new + 1]);
            sums[old * width + new] = if likeness >= ALIKE { best.max(both) } else { best };
        }
    }
    let mut partners = vec![None; expected.len()];
    let (mut old, mut new) = (0, 0);
    while old < expected.len() && new < found.len() {
        let here = sums[old * width + new];
        let likeness = alike[old * width + new];
        if likeness >= ALIKE && here == sums[(old + 1) * width + new + 1] + likeness {
            partners[old] = Some(new);
            (old, new) = (old + 1, new + 1);
        } else if here == sums[(old + 1) * width + new] {
            old += 1;
        } else {
            new += 1;
        }
    }
    partners
}

/// Two rows with as many cells are compared cell by cell; all else as running text.
fn cells(expected: &[Passage], found: &[Passage]) -> Vec<(Vec<Passage>, Vec<Passage>)> {
    match (expected, found) {
        ([old], [new]) if old.cells.len() > 1 && old.cells.len() == new.cells.len() => {
            (0..old.cells.len()).map(|at| (vec![only(old, at)], vec![only(new, at)])).collect()
        }
        _ => vec![(expected.to_vec(), found.to_vec())],
    }
}

/// The row with nothing but one of its cells.
fn only(passage: &Passage, cell: usize) -> Passage {
    let mut passage = passage.clone();
    for (at, text) in passage.cells.iter_mut().enumerate() {
        if at != cell {
            text.tokens.clear();
        }
    }
    passage
}

/// How often each token occurs.
type Bag<'a> = BTreeMap<&'a str, usize>;

fn bag(passage: &Passage) -> Bag<'_> {
    bag_of(std::slice::from_ref(passage))
}

fn bag_of(passages: &[Passage]) -> Bag<'_> {
    let mut bag = Bag::new();
    for token in passages.iter().flat_map(Passage::tokens) {
        *bag.entry(&token.key).or_default() += 1;
    }
    bag
}

/// How much two documents share, from 0 to 1.
pub(super) fn likeness(a: &[Passage], b: &[Passage]) -> f64 {
    dice(&bag_of(a), &bag_of(b))
}

/// Twice what both have, of all that they have (Dice 1945).
fn dice(a: &Bag<'_>, b: &Bag<'_>) -> f64 {
    let all: usize = a.values().chain(b.values()).sum();
    let shared: usize =
        a.iter().filter_map(|(key, count)| b.get(key).map(|other| count.min(other))).sum();
    if all == 0 { 0.0 } else { 2.0 * shared as f64 / all as f64 }
}
