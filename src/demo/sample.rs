//! One honest row of the demo month.

use super::calendar::Window;
use super::hole;
use super::network::{self, MOBILES};
use super::person::{FIRST_OFFICIAL, HAMMER, Person, Platform};
use super::place::{Place, Places};
use super::random::{Random, exp, hundredths};

/// A row with the columns of the contract.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row<'a> {
    pub(super) sample_id: Option<String>,
    /// Microseconds since 1970 in UTC.
    pub(super) measured_at: Option<i64>,
    pub(super) access_type: Option<&'static str>,
    pub(super) technology: Option<&'static str>,
    pub(super) operator: Option<&'static str>,
    pub(super) network_mcc_mnc: Option<&'static str>,
    pub(super) sim_mcc_mnc: Option<&'static str>,
    pub(super) asn: Option<u32>,
    pub(super) commune_code: Option<&'a str>,
    pub(super) latitude: Option<f64>,
    pub(super) longitude: Option<f64>,
    pub(super) location_accuracy_m: Option<f64>,
    pub(super) status: Option<&'static str>,
    pub(super) download_mbps: Option<f64>,
    pub(super) upload_mbps: Option<f64>,
    pub(super) latency_ms: Option<f64>,
    pub(super) jitter_ms: Option<f64>,
    pub(super) packet_loss_ratio: Option<f64>,
    pub(super) signal_dbm: Option<f64>,
    pub(super) device_id: Option<String>,
    pub(super) server_country: Option<&'static str>,
    pub(super) platform: Option<&'static str>,
    pub(super) app_version: Option<&'static str>,
}

/// Everything that rows are drawn from.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) seed: u64,
    pub(super) places: Places<'a>,
    /// Some rows carry a position and no commune.
    pub(super) position_only: bool,
}

/// A test being drawn: who, where, and on what.
struct Test<'w, 'a> {
    place: &'w Place<'a>,
    place_number: usize,
    person: Person,
    access: &'static str,
    technology: Option<&'static str>,
    hour: usize,
}

/// How often people test in each hour of the day.
const HOURS: [u64; 24] =
    [6, 3, 2, 1, 2, 8, 18, 30, 48, 55, 52, 40, 34, 32, 44, 50, 46, 38, 36, 48, 56, 50, 32, 15];

/// How often officials do.
const OFFICE_HOURS: [u64; 24] =
    [0, 0, 0, 0, 0, 0, 1, 8, 40, 45, 38, 12, 3, 12, 40, 42, 34, 10, 2, 2, 3, 2, 1, 0];

impl<'a> World<'a> {
    /// The row with a number, which depends on nothing but the number. The first rows visit each
    /// commune once, so that no commune is empty by chance; `may_fail` is false where a row has
    /// to be a successful test.
    pub(super) fn row(&self, number: usize, window: &Window, may_fail: bool) -> Row<'a> {
        let mut random = Random::of(&[self.seed, 5, number as u64]);
        let test = self.test(number, window, &mut random);
        let mut row = Row { sample_id: Some(uuid(&mut random)), ..Row::default() };
        row.measured_at = Some(moment(&test, window, &mut random));
        row.access_type = Some(test.access);
        row.technology = told_technology(&test, &mut random);
        name_networks(&mut row, &test, &mut random);
        self.locate(&mut row, &test, &mut random);
        let failure = if test.place.speed < -0.4 { 70 } else { 25 };
        if random.chance(failure) && may_fail && number >= self.places.tested() {
            fail(&mut row, &test, &mut random);
        } else {
            self.measure(&mut row, &test, &mut random);
        }
        describe(&mut row, &test, &mut random);
        if may_fail && number >= self.places.tested() {
            let random = Random::of(&[self.seed, 10, number as u64]);
            hole::weaken(&mut row, test.place, test.person.mobile_number, random);
        }
        row
    }

    fn test<'w>(&'w self, number: usize, window: &Window, random: &mut Random) -> Test<'w, 'a> {
        let hammered = window.hammered(number);
        let place_number = match number {
            _ if number < self.places.tested() => self.places.tested_place(number),
            _ if hammered => self.places.hammered,
            _ => self.places.draw(random),
        };
        let place = self.places.get(place_number);
        let person = match hammered && number >= self.places.tested() {
            true => HAMMER,
            false => draw_person(place, window, random),
        };
        let person = Person::new(self.seed, place_number, place, person);
        let access = draw_access(&person, hammered, random);
        let technology = draw_technology(&person, access, place.urban, random);
        let hours = if person.is_official() { &OFFICE_HOURS } else { &HOURS };
        let hour = random.weighted(hours);
        Test { place, place_number, person, access, technology, hour }
    }

    fn locate(&self, row: &mut Row<'a>, test: &Test<'_, 'a>, random: &mut Random) {
        let with_position = random.chance(760);
        let without_code = random.chance(100);
        row.commune_code = Some(test.place.code);
        let (Some(seat), true) = (test.place.seat, with_position) else {
            return;
        };
        if test.person.platform == Platform::Web {
            return;
        }
        let home = test.person.home;
        row.latitude = Some((seat.0 + home.0 + random.between(-2_500, 2_500)) as f64 / 1e6);
        row.longitude = Some((seat.1 + home.1 + random.between(-2_500, 2_500)) as f64 / 1e6);
        row.location_accuracy_m = match random.below(100) {
            0..=7 => None,
            8..=15 => Some(random.between(90, 480) as f64),
            _ => Some(random.between(30, 450) as f64 / 10.0),
        };
        if self.position_only && without_code {
            row.commune_code = None;
        }
    }

    fn measure(&self, row: &mut Row<'a>, test: &Test<'_, 'a>, random: &mut Random) {
        let fixed = test.access == "fixed";
        let (download, upload, tie) = match fixed {
            true => (test.person.line.download, test.person.line.upload, test.person.line.tie),
            false => {
                let (download, upload) = test.person.mobile.speeds(test.technology);
                (download, upload / download, test.person.mobile.tie)
            }
        };
        let luck = Random::of(&[self.seed, 6, test.place_number as u64, tie]).bell() * 0.1;
        let place = test.place.speed * if fixed { 0.4 } else { 1.0 } + luck;
        let evening = if (19..23).contains(&test.hour) { -0.1 } else { 0.02 };
        let noise = random.bell() * if fixed { 0.42 } else { 0.33 };
        let fastest = network::fastest(test.access, test.technology);
        let download = (download * exp(place + test.person.speed + evening + noise)).min(fastest);
        let upload = (download * upload * exp(random.bell() * 0.25)).min(download * 0.97);
        let (latency, jitter) = network::delays(test.access, test.technology);
        let slow = place * -0.35 + evening * -0.5;
        row.download_mbps = Some(hundredths(download));
        row.upload_mbps = Some(hundredths(upload));
        row.latency_ms = Some(hundredths(latency * exp(slow + random.bell() * 0.27)));
        row.jitter_ms = Some(hundredths(jitter * exp(slow + random.bell() * 0.5)));
        row.packet_loss_ratio = draw_loss(random);
        row.status = (!random.chance(80)).then_some("ok");
    }
}

/// A resident belongs to one of the three windows, an official tests in all of them.
fn draw_person(place: &Place<'_>, window: &Window, random: &mut Random) -> u64 {
    match random.chance(180) {
        true => FIRST_OFFICIAL + random.below(place.officials),
        false => random.below((place.residents / 3).max(2)) * 3 + window.number,
    }
}

fn draw_access(person: &Person, hammered: bool, random: &mut Random) -> &'static str {
    let as_usual = random.chance(880);
    match hammered || person.prefers_mobile == as_usual {
        true => "mobile",
        false => "fixed",
    }
}

fn draw_technology(
    person: &Person,
    access: &str,
    urban: bool,
    random: &mut Random,
) -> Option<&'static str> {
    let drawn = random.below(1000);
    if access == "fixed" {
        let cable = person.platform == Platform::Web && drawn < 550;
        return Some(if cable { "ethernet" } else { "wifi" });
    }
    let old = if urban { 20 } else { 55 };
    match drawn {
        0..3 => Some("2G"),
        _ if drawn < old => Some("3G"),
        _ if drawn < 760 && person.nr && person.mobile.nr.is_some() => Some("5G"),
        _ => Some("4G"),
    }
}

/// A browser knows no mobile technology, some phones do not tell theirs.
fn told_technology(test: &Test<'_, '_>, random: &mut Random) -> Option<&'static str> {
    let silent = match test.person.platform {
        Platform::Web => test.technology != Some("ethernet"),
        Platform::Ios => random.chance(if test.access == "mobile" { 120 } else { 0 }),
        Platform::Android => random.chance(if test.access == "mobile" { 10 } else { 0 }),
    };
    test.technology.filter(|_| !silent)
}

fn name_networks(row: &mut Row<'_>, test: &Test<'_, '_>, random: &mut Random) {
    let mobile = test.person.mobile;
    let (names, asn) = match test.access {
        "mobile" => (mobile.names, mobile.asn),
        _ => (test.person.line.names, test.person.line.asn),
    };
    let spelling = random.below(names.len() as u64) as usize;
    row.operator = names.get(spelling).copied();
    row.asn = asn.filter(|_| !random.chance(60));
    let other = MOBILES[(test.person.mobile_number + 1) % 3].names.first().copied();
    let (unnamed, contradicting) = (random.chance(70), random.chance(5));
    let codes_on_wifi = random.chance(500);
    if test.person.platform != Platform::Android {
        return;
    }
    // A phone on Wi-Fi may tell the network of its SIM, which says nothing about the line.
    if test.access == "mobile" || codes_on_wifi {
        row.network_mcc_mnc = mobile.network;
    }
    row.sim_mcc_mnc = mobile.sim;
    if contradicting {
        row.operator = other;
    } else if unnamed && test.access == "mobile" {
        row.operator = None;
    }
}

/// A failed test has no speed, and sometimes a latency.
fn fail(row: &mut Row<'_>, test: &Test<'_, '_>, random: &mut Random) {
    let (latency, _) = network::delays(test.access, test.technology);
    let latency = hundredths(latency * exp(0.9 + random.bell() * 0.4));
    row.latency_ms = random.chance(300).then_some(latency);
    row.status = Some("failed");
}

fn describe(row: &mut Row<'_>, test: &Test<'_, '_>, random: &mut Random) {
    let person = &test.person;
    row.device_id = person.device_id();
    row.server_country = (!random.chance(40)).then_some("VN");
    row.platform = Some(person.platform.name());
    row.app_version = (person.platform != Platform::Web).then_some(person.app_version);
    let heard = person.platform == Platform::Android && test.access == "mobile";
    if heard && random.chance(620) {
        let signal = -94.0 + test.place.speed * 9.0 + random.bell() * 8.0;
        row.signal_dbm = Some((signal as i64).clamp(-128, -55) as f64);
    }
}

/// Most exports carry no loss, and most tests lose nothing.
fn draw_loss(random: &mut Random) -> Option<f64> {
    match random.below(1000) {
        0..850 => None,
        850..970 => Some(0.0),
        _ => Some(random.between(1, 45) as f64 / 1000.0),
    }
}

/// Residents keep to one day of their window, like the phone that does not stop testing;
/// officials come on any day.
fn moment(test: &Test<'_, '_>, window: &Window, random: &mut Random) -> i64 {
    let key = test.person.key;
    let keeps_day = random.chance(850);
    let keeps_day = test.person.is_hammer() || keeps_day && !test.person.is_official();
    let day = match keeps_day {
        true => window.day(&mut Random::of(&[key, window.number])),
        false => window.day(random),
    };
    let millisecond = test.hour as i64 * 3_600_000 + random.below(3_600_000) as i64;
    window.moment(day, millisecond)
}

fn uuid(random: &mut Random) -> String {
    let (high, low) = (random.bits(), random.bits());
    let variant = 0x8000 | (low >> 48 & 0x3FFF);
    let version = 0x4000 | (high & 0x0FFF);
    let (first, second) = (high >> 32, high >> 16 & 0xFFFF);
    format!("{first:08x}-{second:04x}-{version:04x}-{variant:04x}-{:012x}", low & 0xFFFF_FFFF_FFFF)
}
