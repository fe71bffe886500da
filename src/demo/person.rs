//! The people who test: everything about them that stays the same from test to test.

use super::network::{LINES, Line, MOBILES, Mobile};
use super::place::Place;
use super::random::Random;

/// What a person tests with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    /// The application on a phone that tells its network codes.
    Android,
    /// The application on a phone that does not.
    Ios,
    /// The page in a browser, which knows neither the device nor the technology.
    Web,
}

impl Platform {
    /// The name in the column `platform`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Platform::Android => "android",
            Platform::Ios => "ios",
            Platform::Web => "web",
        }
    }
}

/// One person, who has one device, one SIM and one line.
#[derive(Debug)]
pub(super) struct Person {
    /// Where the person belongs in the streams of random numbers.
    pub(super) key: u64,
    /// The number in the commune.
    number: u64,
    /// What the person tests with.
    pub(super) platform: Platform,
    /// The SIM.
    pub(super) mobile: &'static Mobile,
    /// Position of the SIM in [`MOBILES`].
    pub(super) mobile_number: usize,
    /// The line at home.
    pub(super) line: &'static Line,
    /// The phone can use 5G.
    pub(super) nr: bool,
    /// Logarithm of how much faster than usual the device is.
    pub(super) speed: f64,
    /// Usually tests on the mobile network.
    pub(super) prefers_mobile: bool,
    /// Home, in millionths of a degree from the seat of the commune.
    pub(super) home: (i64, i64),
    /// Version of the application.
    pub(super) app_version: &'static str,
}

/// Officials are numbered from here, residents from 0.
pub(super) const FIRST_OFFICIAL: u64 = 1 << 40;

/// The official whose phone tests two hundred times a day.
pub(super) const HAMMER: u64 = 1 << 41;

const VERSIONS: [&str; 4] = ["4.0.2", "4.1.0", "4.1.3", "4.2.0"];

impl Person {
    /// The person with a number in a commune; always the same for the same numbers.
    pub(super) fn new(seed: u64, place_number: usize, place: &Place<'_>, number: u64) -> Self {
        let mut random = Random::of(&[seed, 4, place_number as u64, number]);
        let official = number >= FIRST_OFFICIAL;
        let mobile_number = random.weighted(&MOBILES.each_ref().map(|mobile| mobile.share));
        let mobile_number = if number == HAMMER { 0 } else { mobile_number };
        Person {
            key: random.bits(),
            number,
            platform: platform(official, &mut random),
            mobile: &MOBILES[mobile_number],
            mobile_number,
            line: &LINES[random.weighted(&LINES.each_ref().map(|line| line.share))],
            nr: random.chance(if place.urban { 330 } else { 90 }) && number != HAMMER,
            speed: random.bell() * 0.32,
            prefers_mobile: random.chance(730),
            home: (random.between(-9_000, 9_000), random.between(-9_000, 9_000)),
            app_version: VERSIONS[random.weighted(&[1, 2, 4, 3])],
        }
    }

    /// Tests nearly every day and in office hours.
    pub(super) fn is_official(&self) -> bool {
        self.number >= FIRST_OFFICIAL
    }

    /// Has the phone that does not stop testing.
    pub(super) fn is_hammer(&self) -> bool {
        self.number == HAMMER
    }

    /// The device, which a browser does not tell.
    pub(super) fn device_id(&self) -> Option<String> {
        (self.platform != Platform::Web).then(|| format!("{:016x}", self.key))
    }
}

fn platform(official: bool, random: &mut Random) -> Platform {
    match random.below(100) {
        0..=5 if !official => Platform::Web,
        6..=33 => Platform::Ios,
        _ => Platform::Android,
    }
}
