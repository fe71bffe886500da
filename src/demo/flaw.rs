//! What is wrong with the demo month on purpose: rows that a rule rejects, and repeated rows.

use super::calendar::Window;
use super::random::Random;
use super::sample::{Row, World};

/// What a row of the month is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// An honest test.
    Plain,
    /// A row that at least one rule rejects.
    Flawed(Flaw),
    /// The row with this number once more, as it was.
    Repeated(usize),
    /// The row with this number once more, with other content.
    Altered(usize),
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    NoId,
    EmptyId,
    NoTime,
    DayBefore,
    MonthAfter,
    NoAccess,
    OddAccess,
    OddTechnology,
    MobileOverWifi,
    MobileOverCable,
    OddStatus,
    NoPlace,
    HalfPosition,
    OddCommune,
    Elsewhere,
    ZeroPosition,
    PositionOffEarth,
    Imprecise,
    PositionOnly,
    ZeroDownload,
    NegativeUpload,
    NotANumber,
    Infinite,
    ZeroLatency,
    LossInPercent,
    TooFast,
    NoMeasure,
    Abroad,
    Several,
}

use Flaw::*;

/// The flaws in turn; foreign servers are the most common one.
const FLAWS: [Flaw; 36] = [
    Abroad,
    NoId,
    EmptyId,
    NoTime,
    Abroad,
    DayBefore,
    MonthAfter,
    NoAccess,
    OddAccess,
    Abroad,
    OddTechnology,
    MobileOverWifi,
    MobileOverCable,
    OddStatus,
    Abroad,
    NoPlace,
    HalfPosition,
    OddCommune,
    Elsewhere,
    Abroad,
    ZeroPosition,
    PositionOffEarth,
    Imprecise,
    PositionOnly,
    Abroad,
    ZeroDownload,
    NegativeUpload,
    NotANumber,
    Infinite,
    Abroad,
    ZeroLatency,
    LossInPercent,
    TooFast,
    NoMeasure,
    Abroad,
    Several,
];

/// One row in so many is flawed.
const FLAW_EVERY: usize = 64;
/// One row in so many is repeated.
const REPEAT_EVERY: usize = 230;

impl World<'_> {
    /// What the row with a number is for; the first rows are plain.
    pub(super) fn role(&self, number: usize, window: &Window) -> Role {
        if number < self.places.tested() {
            return Role::Plain;
        }
        if let Some(turn) = self.turn(7, number, FLAW_EVERY) {
            return Role::Flawed(FLAWS[turn % FLAWS.len()]);
        }
        match self.turn(8, number, REPEAT_EVERY) {
            Some(turn) => self.repeated(number, turn, window),
            None => Role::Plain,
        }
    }

    /// Which of the chosen rows this is, when one row in `every` is chosen.
    fn turn(&self, purpose: u64, number: usize, every: usize) -> Option<usize> {
        let turn = number / every;
        let chosen = Random::of(&[self.seed, purpose, turn as u64]).below(every as u64) as usize;
        (number % every == chosen).then_some(turn)
    }

    /// Identical rows stay in one file: another file may have fewer columns, and the same test
    /// with fewer columns has other content.
    fn repeated(&self, number: usize, turn: usize, window: &Window) -> Role {
        let altered = turn % 3 == 2;
        let first = if altered { 0 } else { window.first_row };
        let mut random = Random::of(&[self.seed, 9, number as u64]);
        let back = 1 + random.below(300) as usize;
        let from = first + (number - first).saturating_sub(back);
        let plain = |row: &usize| {
            self.turn(7, *row, FLAW_EVERY).is_none() && self.turn(8, *row, REPEAT_EVERY).is_none()
        };
        match (from..number).find(plain) {
            Some(of) if altered => Role::Altered(of),
            Some(of) => Role::Repeated(of),
            None => Role::Plain,
        }
    }
}

/// The same identifier, and a result that differs; half of the time at the same moment, so that
/// content has to decide which row is kept.
pub(super) fn alter(row: &mut Row<'_>, number: usize) {
    row.download_mbps = Some(row.download_mbps.unwrap_or(20.0) + 1.25);
    row.upload_mbps = Some(row.upload_mbps.unwrap_or(9.0) + 0.5);
    row.status = None;
    if number % 2 == 1 {
        row.measured_at = row.measured_at.map(|moment| moment + 400_000);
    }
}

/// Spoils a successful test.
pub(super) fn spoil(row: &mut Row<'_>, flaw: Flaw, window: &Window, elsewhere: &'static str) {
    match flaw {
        NoId | EmptyId | NoTime | DayBefore | MonthAfter => spoil_key(row, flaw, window),
        NoAccess => row.access_type = None,
        OddAccess => row.access_type = Some("satellite"),
        OddTechnology => row.technology = Some("WiMAX"),
        MobileOverWifi => over_fixed_link(row, "wifi"),
        MobileOverCable => over_fixed_link(row, "ethernet"),
        OddStatus => row.status = Some("aborted"),
        Abroad => row.server_country = Some("SG"),
        NoMeasure => spoil_measures(row, flaw),
        Several => {
            row.server_country = Some("HK");
            row.latency_ms = Some(-1.0);
            row.commune_code = Some("99999");
        }
        ZeroDownload | NegativeUpload | NotANumber | Infinite | ZeroLatency | LossInPercent
        | TooFast => spoil_measures(row, flaw),
        _ => spoil_place(row, flaw, elsewhere),
    }
}

fn over_fixed_link(row: &mut Row<'_>, technology: &'static str) {
    row.access_type = Some("mobile");
    row.technology = Some(technology);
}

fn spoil_key(row: &mut Row<'_>, flaw: Flaw, window: &Window) {
    match flaw {
        NoId => row.sample_id = None,
        EmptyId => row.sample_id = Some(String::new()),
        NoTime => row.measured_at = None,
        // Half an hour before the month and ten minutes after it, by local time.
        DayBefore => row.measured_at = Some(window.month.0 - 1_800_000_000),
        _ => row.measured_at = Some(window.month.1 + 600_000_000),
    }
}

fn spoil_place(row: &mut Row<'_>, flaw: Flaw, elsewhere: &'static str) {
    let position = row.latitude.zip(row.longitude).unwrap_or((12.75, 108.25));
    match flaw {
        OddCommune => row.commune_code = Some("99999"),
        Elsewhere => {
            row.commune_code = Some(elsewhere);
            (row.latitude, row.longitude) = (None, None);
        }
        ZeroPosition => (row.latitude, row.longitude) = (Some(0.0), Some(0.0)),
        PositionOffEarth => (row.latitude, row.longitude) = (Some(position.1), Some(position.0)),
        Imprecise | PositionOnly => {
            row.commune_code = None;
            (row.latitude, row.longitude) = (Some(position.0), Some(position.1));
            row.location_accuracy_m = Some(if flaw == Imprecise { 48_000.0 } else { 12.5 });
        }
        _ => {
            row.commune_code = None;
            row.latitude = Some(position.0).filter(|_| flaw == HalfPosition);
            row.longitude = None;
        }
    }
}

fn spoil_measures(row: &mut Row<'_>, flaw: Flaw) {
    match flaw {
        ZeroDownload => row.download_mbps = Some(0.0),
        NegativeUpload => row.upload_mbps = Some(-3.5),
        NotANumber => row.download_mbps = Some(f64::NAN),
        Infinite => row.upload_mbps = Some(f64::INFINITY),
        ZeroLatency => row.latency_ms = Some(0.0),
        LossInPercent => row.packet_loss_ratio = Some(12.5),
        TooFast => row.download_mbps = Some(98_765.43),
        _ => {
            (row.download_mbps, row.upload_mbps) = (None, None);
            (row.latency_ms, row.jitter_ms) = (None, None);
            row.packet_loss_ratio = None;
        }
    }
}
