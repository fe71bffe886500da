//! Numbers for devices, in the order of their first tests (`queries/collapse/devices.sql`).
//!
//! Identifiers are held as 128 bits of SipHash-1-3 (Aumasson and Bernstein 2012): among a thousand million
//! devices the chance that any two share one is below 10^-20.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use hashbrown::HashMap;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;

/// An identifier of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identifier(u128);

impl Identifier {
    pub fn of(text: &str) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write(text.as_bytes());
        Identifier(hasher.finish128().as_u128())
    }
}

/// Bytes of an id that are always compared; longer ones are read again where these are equal.
pub const ID_BYTES: usize = 40;

/// When a device was first seen, and the beginning of the least id of its tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FirstTest {
    at: i64,
    id: [u8; ID_BYTES],
}

impl FirstTest {
    /// Of a test at a time in microseconds.
    pub fn of(at: i64, id: &str) -> Self {
        let mut first = [0; ID_BYTES];
        let bytes = id.len().min(ID_BYTES);
        first[..bytes].copy_from_slice(&id.as_bytes()[..bytes]);
        FirstTest { at, id: first }
    }

    /// The first of both times and the least of both ids.
    fn with(self, other: Self) -> Self {
        FirstTest { at: self.at.min(other.at), id: self.id.min(other.id) }
    }
}

/// Devices, numbered from 1 in the order in which they came, and later in that of their first tests.
#[derive(Debug, Default)]
pub struct Devices {
    known: HashMap<Identifier, u32>,
    first: Vec<FirstTest>,
    /// The least ids of those that time and the beginning of an id do not tell apart.
    tied: Option<BTreeMap<u32, String>>,
    /// What the numbers become.
    order: Vec<u32>,
}

impl Devices {
    /// Adds a test of a device, and gives its number.
    pub fn add(&mut self, device: Identifier, test: FirstTest) -> u32 {
        let next = self.first.len() as u32 + 1;
        let number = *self.known.entry(device).or_insert(next);
        match self.first.get_mut(number as usize - 1) {
            Some(first) => *first = first.with(test),
            None => self.first.push(test),
        }
        number
    }

    /// Adds other devices; gives the number here for each number there, 0 for 0.
    pub fn merge(&mut self, other: Devices) -> Vec<u32> {
        let mut numbers = vec![0; other.first.len() + 1];
        for (device, number) in other.known {
            numbers[number as usize] = self.add(device, other.first[number as usize - 1]);
        }
        numbers
    }

    /// Puts devices in order; false where whole ids are needed for that ([`Devices::tell_apart`]).
    pub fn number(&mut self) -> bool {
        let mut order: Vec<u32> = (0..self.first.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.compare(*a, *b));
        if self.tied.is_none() {
            let equal = |pair: &&[u32]| self.compare(pair[0], pair[1]).is_eq();
            let tied: BTreeMap<u32, String> = order
                .windows(2)
                .filter(equal)
                .flat_map(|pair| [(pair[0], String::new()), (pair[1], String::new())])
                .collect();
            if !tied.is_empty() {
                self.tied = Some(tied);
                return false;
            }
        }
        self.order = vec![0; order.len()];
        for (place, device) in order.iter().enumerate() {
            self.order[*device as usize] = place as u32 + 1;
        }
        true
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let first = |device: u32| self.first[device as usize];
        let id = |device: u32| self.tied.as_ref().and_then(|tied| tied.get(&device));
        first(a).cmp(&first(b)).then_with(|| id(a).cmp(&id(b)))
    }

    /// Takes note of the whole id of a test, where it is needed.
    pub fn tell_apart(&mut self, device: Identifier, id: &str) {
        let number = self.known.get(&device).map(|number| number - 1);
        let Some(tied) = self.tied.as_mut() else { return };
        if let Some(least) = number.and_then(|number| tied.get_mut(&number))
            && (least.is_empty() || id < least.as_str())
        {
            id.clone_into(least);
        }
    }

    /// The number of a device in the order of first tests; 0 for none.
    pub fn ordered(&self, number: u32) -> u32 {
        (number as usize).checked_sub(1).map_or(0, |number| self.order[number])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(tests: &[(&str, i64, &str)]) -> Vec<u32> {
        let mut devices = Devices::default();
        for (device, at, id) in tests {
            devices.add(Identifier::of(device), FirstTest::of(*at, id));
        }
        if !devices.number() {
            tests.iter().for_each(|(d, _, id)| devices.tell_apart(Identifier::of(d), id));
            assert!(devices.number());
        }
        let number = |device: &str| devices.known[&Identifier::of(device)];
        ["a", "b", "c"].map(|device| devices.ordered(number(device))).to_vec()
    }

    #[test]
    fn devices_are_numbered_by_time_then_by_least_id() {
        assert_eq!(numbered(&[("a", 3, "x"), ("b", 1, "y"), ("c", 2, "z")]), [3, 1, 2]);
        // The id need not be that of the first test.
        let same = [("a", 1, "s5"), ("b", 1, "s4"), ("c", 1, "s6"), ("a", 2, "s1")];
        assert_eq!(numbered(&same), [1, 2, 3]);
        let long = "an id that is longer than what is always compared ";
        let ids = ["3", "1", "2"].map(|end| format!("{long}{end}"));
        assert_eq!(numbered(&[("a", 1, &ids[0]), ("b", 1, &ids[1]), ("c", 1, &ids[2])]), [3, 1, 2]);
    }
}
