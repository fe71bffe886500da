//! Order statistics of many groups in one pass over the values in their order.

use rayon::prelude::*;

use super::scan::Slots;

/// The values of one measure in ascending order, with the cell of each.
pub struct Sorted {
    keys: Vec<u64>,
    cells: Vec<u32>,
}

impl Sorted {
    /// Values that are missing are left out.
    pub fn of(values: &[f64], cells: &[u32]) -> Self {
        let rows = values.par_iter().zip(cells).filter(|(value, _)| !value.is_nan());
        let mut pairs: Vec<(u64, u32)> = rows.map(|(value, cell)| (key(*value), *cell)).collect();
        pairs.par_sort_unstable();
        Sorted {
            keys: pairs.par_iter().map(|pair| pair.0).collect(),
            cells: pairs.par_iter().map(|pair| pair.1).collect(),
        }
    }

    /// The values at the ranks asked for; NaN where a slot has no such rank.
    pub fn at(&self, slots: &Slots, asked: &Ranks) -> Vec<f64> {
        let mut found = vec![f64::NAN; asked.ranks.len()];
        let mut states: Vec<State> = (0..slots.count).map(|slot| asked.state(slot)).collect();
        for (key, cell) in self.keys.iter().zip(&self.cells) {
            for slot in slots.of_cell(*cell) {
                let state = &mut states[*slot as usize];
                if state.before == state.next {
                    found[state.at as usize] = value(*key);
                    state.at += 1;
                    state.next = asked.next(*slot as usize, state.at);
                }
                state.before += 1;
            }
        }
        found
    }
}

/// How far a slot has come.
struct State {
    /// Values before.
    before: u32,
    /// The next rank that is asked for.
    next: u32,
    /// Its place among all ranks asked for.
    at: u32,
}

/// Ranks that are asked for, counted from 0, ascending for each slot.
pub struct Ranks {
    ranks: Vec<u32>,
    /// Where those of each slot begin.
    from: Vec<u32>,
}

impl Ranks {
    /// `of` gives the ranks of each slot, in any order.
    pub fn of(slots: usize, of: impl Fn(usize) -> Vec<u32>) -> Self {
        let (mut ranks, mut from) = (Vec::new(), vec![0]);
        for slot in 0..slots {
            let mut asked = of(slot);
            asked.sort_unstable();
            asked.dedup();
            ranks.extend(asked);
            from.push(ranks.len() as u32);
        }
        Ranks { ranks, from }
    }

    fn next(&self, slot: usize, at: u32) -> u32 {
        if at < self.from[slot + 1] { self.ranks[at as usize] } else { u32::MAX }
    }

    fn state(&self, slot: usize) -> State {
        State { before: 0, next: self.next(slot, self.from[slot]), at: self.from[slot] }
    }

    /// The place of a rank among all that were asked for.
    pub fn place(&self, slot: usize, rank: u32) -> Option<usize> {
        let (from, to) = (self.from[slot] as usize, self.from[slot + 1] as usize);
        self.ranks[from..to].binary_search(&rank).ok().map(|place| from + place)
    }
}

/// A number that sorts as the value does.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

fn value(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_values_and_give_them_back() {
        let values = [f64::NEG_INFINITY, -110.5, -1.0, -0.0, 0.0, 5e-324, 0.5, 940.25, 1e18];
        for pair in values.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{pair:?}");
        }
        assert!(values.iter().all(|v| value(key(*v)).to_bits() == v.to_bits()));
    }

    /// Cell 0 is in both slots, cell 1 in the second only.
    #[test]
    fn ranks_are_those_of_each_slot() {
        let slots = Slots::of(&[(0, 0), (0, 1), (1, 1)], 2);
        let values = [3.0, 1.0, f64::NAN, 2.0, 9.0];
        let sorted = Sorted::of(&values, &[0, 1, 0, 0, 1]);
        let asked = Ranks::of(2, |_| vec![1, 0, 3, 1]);
        let found = sorted.at(&slots, &asked);
        let at = |slot, rank| asked.place(slot, rank).map(|place| found[place]);
        assert_eq!((at(0, 0), at(0, 1)), (Some(2.0), Some(3.0)));
        assert_eq!((at(1, 0), at(1, 1), at(1, 3)), (Some(1.0), Some(2.0), Some(9.0)));
        assert!(at(0, 3).is_some_and(f64::is_nan));
        assert_eq!(at(0, 2), None);
    }
}
