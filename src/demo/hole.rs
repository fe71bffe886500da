//! Places where one operator is hardly there: its tests fail, or fall back to 3G.
//!
//! Without them the demo month would have no place to check in the field.

use super::network::fastest;
use super::place::Place;
use super::random::{Random, hundredths};
use super::sample::Row;

/// Side of the square around the seat, in millionths of a degree: a cell of the grid.
const SIDE: i64 = 10_000;
/// How often a test fails there, in a thousand.
const FAILS: u64 = 450;
/// How often one that does not is on 3G.
const FALLS_BACK: u64 = 700;

/// Spoils an honest mobile test of an operator where that operator has a hole.
pub(super) fn weaken(row: &mut Row<'_>, place: &Place<'_>, mobile: usize, mut random: Random) {
    let is_there = row.access_type == Some("mobile") && place.hole == Some(mobile);
    if !is_there || !inside(row, place) || row.status == Some("failed") {
        return;
    }
    if random.chance(FAILS) {
        row.status = Some("failed");
        (row.download_mbps, row.upload_mbps) = (None, None);
        (row.latency_ms, row.jitter_ms) = (None, None);
        row.packet_loss_ratio = None;
    } else if row.technology.is_some() && random.chance(FALLS_BACK) {
        row.technology = Some("3G");
        let ceiling = fastest("mobile", row.technology);
        let slow = |mbps: f64| hundredths((mbps * 0.08).min(ceiling));
        (row.download_mbps, row.upload_mbps) =
            (row.download_mbps.map(slow), row.upload_mbps.map(slow));
        row.latency_ms = row.latency_ms.map(|ms| hundredths(ms * 2.0));
    }
}

/// In the square of the grid that the seat lies in.
fn inside(row: &Row<'_>, place: &Place<'_>) -> bool {
    let (Some(seat), Some(position)) = (place.seat, row.latitude.zip(row.longitude)) else {
        return false;
    };
    let square = |steps: i64| steps.div_euclid(SIDE);
    let steps = |degrees: f64| (degrees * 1e6).round() as i64;
    square(steps(position.0)) == square(seat.0) && square(steps(position.1)) == square(seat.1)
}
