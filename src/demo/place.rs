//! The communes of the demo: where they are, how many tests they get, how good the networks are.

use super::DemoCommune;
use super::random::Random;

/// One commune.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// Its code in the register.
    pub(super) code: &'a str,
    /// Position of its seat in millionths of a degree: latitude, longitude.
    pub(super) seat: Option<(i64, i64)>,
    /// True for a ward, where 5G is common.
    pub(super) urban: bool,
    /// Logarithm of how much faster than usual its networks are.
    pub(super) speed: f64,
    /// Residents that test now and then.
    pub(super) residents: u64,
    /// Officials that test nearly every day.
    pub(super) officials: u64,
    /// Position in [`super::network::MOBILES`] of the SIM that hardly works around the seat.
    pub(super) hole: Option<usize>,
    /// Sum of the weights of this place and of those before it.
    weight_until: u64,
}

/// All communes in the order of the register.
#[derive(Debug)]
pub(super) struct Places<'a> {
    places: Vec<Place<'a>>,
    /// Positions of the places that have samples at all.
    tested: Vec<usize>,
    /// Position of the commune with the phone that does not stop testing.
    pub(super) hammered: usize,
}

/// How many tests a commune gets, out of 50,000 of a province with a hundred communes.
struct Class {
    /// Share of the communes, in a hundred.
    share: usize,
    /// Least and most tests.
    tests: (i64, i64),
}

/// From campaigns to communes where hardly anybody tests. The first two reach the quota of 300
/// mobile tests; the first alone has operators with 300 samples of their own.
const CLASSES: [Class; 4] = [
    Class { share: 9, tests: (1_500, 4_200) },
    Class { share: 31, tests: (600, 900) },
    Class { share: 36, tests: (150, 370) },
    Class { share: 24, tests: (25, 150) },
];

/// Rank of the communes with a hole, and whose: Viettel's and VinaPhone's.
const HOLES: [(usize, usize); 2] = [(1, 0), (4, 1)];

impl<'a> Places<'a> {
    /// Draws the character of every commune.
    pub(super) fn new(seed: u64, samples: usize, communes: &'a [DemoCommune]) -> Self {
        let ranks = ranks(seed, communes.len());
        let tested_count = communes.len() - untested(communes.len());
        let weights: Vec<u64> =
            ranks.iter().map(|rank| weight(seed, *rank, tested_count)).collect();
        let total: u64 = weights.iter().sum();
        let mut until = 0;
        let mut places = Vec::with_capacity(communes.len());
        for ((commune, rank), weight) in communes.iter().zip(&ranks).zip(&weights) {
            until += weight;
            let expected = samples as u64 * weight / total.max(1);
            places.push(place(seed, commune, *rank, expected, until));
        }
        let tested = (0..ranks.len()).filter(|position| ranks[*position] < tested_count).collect();
        let hammered = ranks.iter().position(|rank| *rank == tested_count * 45 / 100).unwrap_or(0);
        Places { places, tested, hammered }
    }

    /// How many communes have samples.
    pub(super) fn tested(&self) -> usize {
        self.tested.len()
    }

    /// The commune number `number` of those that have samples.
    pub(super) fn tested_place(&self, number: usize) -> usize {
        self.tested[number]
    }

    /// Draws a commune in proportion to the weights.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let total = self.places.last().map_or(0, |place| place.weight_until);
        let drawn = random.below(total);
        self.places.partition_point(|place| place.weight_until <= drawn)
    }

    /// The commune at a position.
    pub(super) fn get(&self, position: usize) -> &Place<'a> {
        &self.places[position]
    }
}

/// One or two communes stay without a sample, so that the report has to say so.
fn untested(communes: usize) -> usize {
    match communes {
        0..=4 => 0,
        5..=20 => 1,
        _ => 2,
    }
}

/// A random rank for every commune: small ranks have many tests, the last ones none.
fn ranks(seed: u64, communes: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..communes).collect();
    order.sort_by_key(|position| (Random::of(&[seed, 1, *position as u64]).bits(), *position));
    let mut ranks = vec![0; communes];
    for (rank, position) in order.into_iter().enumerate() {
        ranks[position] = rank;
    }
    ranks
}

fn weight(seed: u64, rank: usize, tested: usize) -> u64 {
    if rank >= tested {
        return 0;
    }
    let mut end = 0;
    for class in CLASSES {
        end += class.share;
        if rank * 100 < end * tested {
            return Random::of(&[seed, 2, rank as u64]).between(class.tests.0, class.tests.1)
                as u64;
        }
    }
    CLASSES[3].tests.0 as u64
}

fn place<'a>(
    seed: u64,
    commune: &'a DemoCommune,
    rank: usize,
    expected: u64,
    weight_until: u64,
) -> Place<'a> {
    let urban = commune.name.starts_with("Phường");
    let seat = commune.latitude.zip(commune.longitude);
    Place {
        code: &commune.code,
        seat: seat.map(|(latitude, longitude)| (millionths(latitude), millionths(longitude))),
        urban,
        speed: speed(seed, rank, urban),
        residents: (expected * 3 / 5).max(6),
        officials: (expected / 130).max(1),
        hole: HOLES.iter().find(|(of, _)| *of == rank).map(|(_, mobile)| *mobile),
        weight_until,
    }
}

/// By rank, so that slow communes are found among those with many samples too.
fn speed(seed: u64, rank: usize, urban: bool) -> f64 {
    let luck = Random::of(&[seed, 3, rank as u64]).bell() * 0.2;
    match rank {
        _ if rank % 31 == 20 => luck * 0.5 - 1.4,
        _ if rank % 8 == 3 => luck * 0.5 - 0.7,
        _ if urban => luck + 0.12,
        _ => luck,
    }
}

fn millionths(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}
