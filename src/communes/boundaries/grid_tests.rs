//! The grid changes no answer, and the real boundaries have one for every point.

use super::super::grid::exact;
use super::super::outline::edges;
use super::tests::{boundaries, feature, square};
use super::*;
use crate::communes::register::OPEN_END;
use geo::{CoordsIter, Intersects, Point};
use jiff::civil::date;
use std::collections::BTreeMap;

/// Every point of a sweep, and those a bit beside it, have the answer of the exact test.
fn assert_grid_is_exact(b: &Boundaries, points: impl Iterator<Item = Coord>) -> usize {
    let beside = |v: f64| [v.next_down(), v, v.next_up()];
    let around = |p: Coord| beside(p.x).into_iter().flat_map(move |x| beside(p.y).map(|y| (x, y)));
    let mut count = 0;
    for (x, y) in points.flat_map(around) {
        let found = exact(Coord { x, y }, &b.outlines, &b.tree);
        assert_eq!(b.commune_at(y, x), found.map(|c| b.communes[c].0.as_str()), "{y} {x}");
        count += 1;
    }
    count
}

/// Points spread evenly over the box of the boundaries and a bit beyond (Halton's sequence).
fn spread(b: &Boundaries, count: u32) -> impl Iterator<Item = Coord> {
    let area = MultiPolygon(b.outlines().flat_map(|(_, p)| p.0.clone()).collect());
    let area = area.bounding_rect().unwrap();
    let share = |mut n: u32, base: u32| {
        let (mut value, mut unit) = (0.0, 1.0);
        while n > 0 {
            unit /= f64::from(base);
            value += unit * f64::from(n % base);
            n /= base;
        }
        1.1 * value - 0.05
    };
    (1..=count).map(move |n| Coord {
        x: area.min().x + share(n, 2) * area.width(),
        y: area.min().y + share(n, 3) * area.height(),
    })
}

/// Vertices and points on edges, as near as floats come.
fn on_borders(b: &Boundaries) -> impl Iterator<Item = Coord> {
    let edges = b.outlines().flat_map(|(_, polygons)| polygons).flat_map(edges);
    edges.flat_map(|e| [e.south, e.north, (e.south + e.north) / 2.0, e.south * 0.9 + e.north * 0.1])
}

#[test]
fn the_grid_changes_no_answer() {
    let tile = |code, x, y| feature(code, "Polygon", &format!("[{}]", square(x, y, 1.0)));
    let star = |code: &str, spikes: u32, size: f64| {
        let corner = |n: u32| {
            let turn = f64::from(n) * std::f64::consts::TAU / f64::from(2 * spikes);
            let far = if n.is_multiple_of(2) { size } else { size / 7.0 };
            format!("[{},{}]", 1.0 + far * turn.cos(), 1.0 + far * turn.sin())
        };
        let ring: Vec<_> = (0..=2 * spikes).map(|n| corner(n % (2 * spikes))).collect();
        feature(code, "Polygon", &format!("[[{}]]", ring.join(",")))
    };
    let holed = format!("[{},{}]", square(0.0, 0.0, 9.0), square(3.0, 3.0, 3.0));
    let cases = [
        vec![tile("1", 0.0, 0.0)],
        vec![tile("4", 0.0, 0.0), tile("3", 1.0, 0.0), tile("2", 0.0, 1.0), tile("1", 1.0, 1.0)],
        // One commune lies wholly over another: the lowest code holds, also without a border near.
        vec![
            tile("2", 0.0, 0.0),
            feature("1", "Polygon", &format!("[{}]", square(-4.0, -4.0, 9.0))),
        ],
        vec![
            tile("1", 0.0, 0.0),
            feature("2", "Polygon", &format!("[{}]", square(-4.0, -4.0, 9.0))),
        ],
        vec![feature("1", "Polygon", &holed), tile("2", 4.0, 4.0)],
        vec![star("2", 101, 3.0), star("1", 37, 2.0), tile("3", 0.3, 0.3)],
        // Without height, and a needle.
        vec![feature("1", "Polygon", "[[[0,1],[2,1],[1,1],[0,1]]]")],
        vec![feature("1", "Polygon", "[[[0,0],[9,1e-9],[9,2e-9],[0,0]]]"), tile("2", 8.0, 1e-9)],
    ];
    for features in cases {
        let b = boundaries(&features);
        assert!(assert_grid_is_exact(&b, spread(&b, 3_000)) == 27_000, "all of them");
        assert!(assert_grid_is_exact(&b, on_borders(&b)) > 0);
    }
}

/// The real boundaries of two provinces; none, with a message, without the reference data.
fn real() -> Option<Vec<Boundaries>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let read = |name: &&str| {
        let path = folder.join(format!("boundaries_{name}_post_2025.geojson"));
        if !path.is_file() {
            println!("skipped: the reference data are absent, no {}", path.display());
            return None;
        }
        Some(Boundaries::read(&path, "commune_code", date(2025, 7, 1), OPEN_END).unwrap())
    };
    ["daklak", "gialai"].iter().map(read).collect()
}

#[test]
fn the_grid_changes_no_answer_for_real_boundaries() {
    let Some(sets) = real() else { return };
    for b in &sets {
        assert_grid_is_exact(b, spread(b, 20_000));
        assert!(assert_grid_is_exact(b, on_borders(b).step_by(7)) > 100_000);
    }
}

#[test]
fn a_vertex_that_real_communes_share_lies_in_one_of_them() {
    let Some(sets) = real() else { return };
    let mut vertices: BTreeMap<(u64, u64), Vec<String>> = BTreeMap::new();
    for (code, polygons) in sets.iter().flat_map(Boundaries::outlines) {
        for point in polygons.coords_iter() {
            let codes = vertices.entry((point.x.to_bits(), point.y.to_bits())).or_default();
            if !codes.iter().any(|known| known == code) {
                codes.push(code.to_owned());
            }
        }
    }
    vertices.retain(|_, codes| codes.len() > 1);
    assert!(vertices.len() > 50_000, "{}", vertices.len());
    // The lowest code of all that touch the point, found without index and grid.
    let touching = |point: Point, sets: &[Boundaries]| -> String {
        let all = sets.iter().flat_map(Boundaries::outlines);
        let near = all
            .filter(|(_, shape)| shape.bounding_rect().is_some_and(|area| area.intersects(&point)));
        near.filter(|(_, s)| s.intersects(&point)).map(|(code, _)| code).min().unwrap().to_owned()
    };
    let mut expected = Vec::new();
    for (x, y) in vertices.keys().step_by(11) {
        let (x, y) = (f64::from_bits(*x), f64::from_bits(*y));
        expected.push((x, y, touching(Point::new(x, y), &sets)));
    }
    let reversed = BoundarySets::new(real().unwrap().into_iter().rev().collect());
    let sets = BoundarySets::new(sets);
    for (x, y, code) in &expected {
        for sets in [&sets, &reversed, &sets] {
            let placed = sets.commune_at(*y, *x, date(2025, 7, 1));
            assert_eq!(placed, Placement::Commune(code), "{y} {x}");
        }
    }
}
