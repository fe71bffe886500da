//! Which unknown counts only one value is left for, when counts add up and none is below its least.
//!
//! Bounds are narrowed equation by equation until nothing changes (constraint propagation; for one total
//! and its parts these are the bounds of Fréchet). Narrower ones may follow from several equations at
//! once: those that determine a cell whatever its least are found by [`super::span`].

/// A number of tests that is known to lie between two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub least: i64,
    pub most: i64,
}

/// More tests than there are; a sum of as many cells as fit into memory does not overflow.
const UNBOUNDED: i64 = 1 << 40;

/// Bounds that creep towards each other are given up after this many rounds.
const MOST_ROUNDS: usize = 100;

impl Bounds {
    pub(super) fn known(value: i64) -> Self {
        Bounds { least: value, most: value }
    }

    pub(super) fn at_least(least: i64) -> Self {
        Bounds { least, most: UNBOUNDED }
    }

    pub(super) fn is_one(self) -> bool {
        self.least == self.most
    }

    /// Whether it changed. What contradicts itself is left as it is.
    fn narrow(&mut self, least: i64, most: i64) -> bool {
        let narrower = Bounds { least: self.least.max(least), most: self.most.min(most) };
        if narrower.least > narrower.most || narrower == *self {
            return false;
        }
        *self = narrower;
        true
    }
}

/// Narrows the bounds of cells by totals and the parts that add up to them.
pub(super) fn narrow<'a>(
    bounds: &mut [Bounds],
    equations: impl Iterator<Item = (usize, &'a [usize])> + Clone,
) {
    for _ in 0..MOST_ROUNDS {
        let mut changed = false;
        for (total, parts) in equations.clone() {
            let sum =
                |end: fn(Bounds) -> i64| parts.iter().map(|part| end(bounds[*part])).sum::<i64>();
            let (least, most) = (sum(|b| b.least), sum(|b| b.most));
            changed |= bounds[total].narrow(least, most.min(UNBOUNDED));
            let whole = bounds[total];
            for part in parts {
                let own = bounds[*part];
                let others = Bounds { least: least - own.least, most: most - own.most };
                changed |=
                    bounds[*part].narrow(whole.least - others.most, whole.most - others.least);
            }
        }
        if !changed {
            return;
        }
    }
}
