//! Places on paper: projection, patterns inside areas, room for labels.

use std::collections::BTreeMap;

use super::borders::{Ring, signed_area};
use super::canvas::Point;

/// Parallel lines at 45° inside the rings; they continue from one area into the next.
pub(super) fn hatch(rings: &[Ring], direction: f64, spacing: f64) -> Vec<[Point; 2]> {
    // Along a line x + d·y stays the same and x - d·y grows.
    let level = |p: Point| p.0 + direction * p.1;
    let along = |p: Point| p.0 - direction * p.1;
    let spacing = spacing * std::f64::consts::SQRT_2;
    let mut lines = Vec::new();
    for (row, spans) in spans(rings, level, along, spacing) {
        let level = row as f64 * spacing;
        let place = |along: f64| ((level + along) / 2.0, (level - along) / (2.0 * direction));
        lines.extend(spans.into_iter().map(|(from, to)| [place(from), place(to)]));
    }
    lines
}

/// Staggered dots inside the rings, clear of their borders.
pub(super) fn dots(rings: &[Ring], spacing: f64) -> Vec<Point> {
    const CLEAR: f64 = 0.8;
    let mut dots = Vec::new();
    for (row, spans) in spans(rings, |p| p.1, |p| p.0, spacing) {
        let shift = if row % 2 == 0 { 0.0 } else { spacing / 2.0 };
        for (from, to) in spans {
            let first = ((from + CLEAR - shift) / spacing).ceil() as i64;
            let last = ((to - CLEAR - shift) / spacing).floor() as i64;
            let x = |i: i64| i as f64 * spacing + shift;
            dots.extend((first..=last).map(|i| (x(i), row as f64 * spacing)));
        }
    }
    dots
}

/// The inner parts of evenly spaced lines, by the even-odd rule.
fn spans(
    rings: &[Ring],
    level: impl Fn(Point) -> f64,
    along: impl Fn(Point) -> f64,
    spacing: f64,
) -> BTreeMap<i64, Vec<(f64, f64)>> {
    let mut crossings: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for ring in rings {
        let next = ring.iter().skip(1).chain(ring.first());
        for (a, b) in ring.iter().zip(next) {
            let (low, high) = (level(*a).min(level(*b)), level(*a).max(level(*b)));
            let rows = (low / spacing).ceil() as i64..(high / spacing).ceil() as i64;
            for row in rows {
                let t = (row as f64 * spacing - level(*a)) / (level(*b) - level(*a));
                let at = along(*a) + t * (along(*b) - along(*a));
                crossings.entry(row).or_default().push(at);
            }
        }
    }
    let pairs = |mut at: Vec<f64>| {
        at.sort_by(f64::total_cmp);
        at.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    };
    crossings.into_iter().map(|(row, at)| (row, pairs(at))).collect()
}

/// A place well inside an area: the middle of a wide chord through its largest ring, and the
/// width of that chord.
pub(super) fn inside(rings: &[Ring]) -> Option<(Point, f64)> {
    let size = |ring: &Ring| signed_area(ring).abs();
    let ring = rings.iter().max_by(|a, b| size(a).total_cmp(&size(b)))?;
    let (low, high) =
        ring.iter().fold((f64::MAX, f64::MIN), |(low, high), p| (low.min(p.1), high.max(p.1)));
    let spacing = (high - low) / 10.0;
    if spacing <= 0.0 {
        return None;
    }
    let middle = (low + high) / 2.0;
    let rated = spans(std::slice::from_ref(ring), |p| p.1, |p| p.0, spacing)
        .into_iter()
        .flat_map(|(row, spans)| spans.into_iter().map(move |span| (row as f64 * spacing, span)))
        .map(|(y, (from, to))| {
            let worth = (to - from) * (1.0 - (y - middle).abs() / (high - low));
            (worth, (((from + to) / 2.0, y), to - from))
        });
    rated.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, at)| at)
}

/// From degrees to points of the page: north is up, distances right in the middle latitude.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

const KM_PER_DEGREE: f64 = 111.32;

/// Whether a place is one on Earth.
pub(super) fn is_place((longitude, latitude): (f64, f64)) -> bool {
    longitude.abs() <= 360.0 && latitude.abs() <= 90.0
}

impl Bounds {
    /// Around all places; `None` without any.
    pub fn around(places: impl IntoIterator<Item = (f64, f64)>) -> Option<Bounds> {
        let places = places.into_iter().filter(|p| is_place(*p));
        let bounds = places.fold(None, |bounds: Option<Bounds>, (x, y)| {
            let b = bounds.unwrap_or(Bounds { west: x, south: y, east: x, north: y });
            Some(Bounds {
                west: b.west.min(x),
                south: b.south.min(y),
                east: b.east.max(x),
                north: b.north.max(y),
            })
        })?;
        // A single place still needs a scale: about a kilometre to each side.
        let pad = |span: f64| if span < 0.01 { 0.01 } else { 0.0 };
        let (dx, dy) = (pad(bounds.east - bounds.west), pad(bounds.north - bounds.south));
        Some(Bounds {
            west: bounds.west - dx,
            east: bounds.east + dx,
            south: bounds.south - dy,
            north: bounds.north + dy,
        })
    }

    /// How much shorter a degree of longitude is.
    fn squeeze(&self) -> f64 {
        ((self.south + self.north) / 2.0).to_radians().cos().max(0.01)
    }

    fn span(&self) -> Point {
        ((self.east - self.west) * self.squeeze(), self.north - self.south)
    }

    /// Height over width.
    pub fn aspect(&self) -> f64 {
        self.span().1 / self.span().0
    }

    /// Points per degree of latitude when the whole fits `width` × `height`.
    pub fn scale(&self, width: f64, height: f64) -> f64 {
        (width / self.span().0).min(height / self.span().1).max(0.0)
    }

    /// Where a place stands when the middle of the map stands at `centre`.
    pub fn place(&self, (x, y): (f64, f64), centre: Point, scale: f64) -> Point {
        let east = (x - (self.west + self.east) / 2.0) * self.squeeze();
        let north = y - (self.south + self.north) / 2.0;
        (centre.0 + east * scale, centre.1 - north * scale)
    }
}

/// A round number of kilometres about `width` points long, and its exact length in points.
pub(super) fn scale_bar(scale: f64, width: f64) -> Option<(f64, f64)> {
    let per_km = scale / KM_PER_DEGREE;
    let longest = width / per_km;
    if !(longest.is_finite() && longest > 1e-3) {
        return None;
    }
    let power = 10f64.powf(longest.log10().floor());
    let km = [5.0, 2.0, 1.0].map(|m| m * power).into_iter().find(|km| *km <= longest)?;
    Some((km, km * per_km))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> Ring {
        vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    }

    #[test]
    fn patterns_stay_inside() {
        let ring = square(3.0, 3.0, 20.0);
        let lines = hatch(std::slice::from_ref(&ring), 1.0, 4.0);
        assert!(!lines.is_empty());
        let inside = |p: &Point| (2.99..=23.01).contains(&p.0) && (2.99..=23.01).contains(&p.1);
        assert!(lines.iter().flatten().all(inside));
        assert!(lines.iter().all(|l| ((l[1].0 - l[0].0) + (l[1].1 - l[0].1)).abs() < 1e-9));
        assert!(dots(&[ring], 4.0).iter().all(inside));
    }

    #[test]
    fn labels_stand_inside_a_horseshoe() {
        let shoe = vec![
            (0.0, 0.0),
            (30.0, 0.0),
            (30.0, 30.0),
            (20.0, 30.0),
            (20.0, 10.0),
            (10.0, 10.0),
            (10.0, 30.0),
            (0.0, 30.0),
        ];
        let (at, width) = inside(&[shoe]).expect("a place");
        assert_eq!(width, 30.0);
        assert!(at.1 < 10.0 || at.0 < 10.0 || at.0 > 20.0, "{at:?}");
        assert_eq!(inside(&[vec![(1.0, 1.0)]]), None);
    }

    #[test]
    fn bounds_survive_one_place_and_nonsense() {
        assert!(Bounds::around([(f64::NAN, 1.0), (1.0, 91.0)]).is_none());
        let one = Bounds::around([(108.0, 12.0)]).expect("bounds");
        assert!(one.scale(100.0, 100.0).is_finite());
        assert_eq!(one.place((108.0, 12.0), (50.0, 60.0), 10.0), (50.0, 60.0));
    }

    #[test]
    fn scale_bars_are_round() {
        let (km, length) = scale_bar(111.32, 70.0).expect("a bar");
        assert_eq!((km, length), (50.0, 50.0));
        assert_eq!(scale_bar(0.0, 70.0), None);
    }
}
