//! Borders between areas: thinned to what the page can show, holes cut in.

use std::collections::{BTreeMap, BTreeSet};

use super::canvas::Point;

/// A closed line; the first point is not repeated.
pub(super) type Ring = Vec<Point>;
/// An outer ring and its holes.
pub(super) type Polygon = Vec<Ring>;

/// Points closer than this, in points of the page, are one.
const GRID: f64 = 0.05;

type Vertex = (i32, i32);

/// Thins the borders of areas that cover a region together.
///
/// A border between two areas is thinned once, from junction to junction, so that neighbours
/// still meet without gap or overlap.
pub(super) fn simplify(areas: &[Vec<Polygon>], tolerance: f64) -> Vec<Vec<Polygon>> {
    let snapped: Vec<Vec<Vec<Vec<Vertex>>>> = areas
        .iter()
        .map(|area| area.iter().map(|polygon| polygon.iter().map(|r| snap(r)).collect()).collect())
        .collect();
    let junctions = junctions(snapped.iter().flatten().flatten());
    let thin = |ring: &Vec<Vertex>| thin(ring, &junctions, tolerance / GRID);
    let polygon = |rings: &Vec<Vec<Vertex>>| -> Polygon {
        let mut polygon: Polygon = rings.iter().map(thin).collect();
        // Without its outer ring, what is left are holes in nothing.
        if polygon.first().is_none_or(|outer| outer.len() < 3) {
            polygon.clear();
        }
        polygon.retain(|ring| ring.len() > 2);
        polygon
    };
    let area = |area: &Vec<_>| area.iter().map(polygon).filter(|p| !p.is_empty()).collect();
    snapped.iter().map(area).collect()
}

fn snap(ring: &[Point]) -> Vec<Vertex> {
    let mut snapped: Vec<Vertex> =
        ring.iter().map(|p| ((p.0 / GRID).round() as i32, (p.1 / GRID).round() as i32)).collect();
    snapped.dedup();
    while snapped.len() > 1 && snapped.first() == snapped.last() {
        snapped.pop();
    }
    snapped
}

/// Vertices where borders meet: they have other than two neighbours over all rings.
fn junctions<'a>(rings: impl Iterator<Item = &'a Vec<Vertex>>) -> BTreeSet<Vertex> {
    let mut neighbours: BTreeMap<Vertex, BTreeSet<Vertex>> = BTreeMap::new();
    for ring in rings {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            neighbours.entry(*a).or_default().insert(*b);
            neighbours.entry(*b).or_default().insert(*a);
        }
    }
    neighbours.into_iter().filter(|(_, others)| others.len() != 2).map(|(at, _)| at).collect()
}

/// Thins a ring between its junctions; a ring without any starts at its least vertex.
fn thin(ring: &[Vertex], junctions: &BTreeSet<Vertex>, tolerance: f64) -> Ring {
    let mut ends: Vec<usize> = (0..ring.len()).filter(|i| junctions.contains(&ring[*i])).collect();
    if ends.is_empty() {
        ends.extend((0..ring.len()).min_by_key(|i| ring[*i]));
    }
    let mut thinned = Vec::new();
    for (i, start) in ends.iter().enumerate() {
        let end = ends.get(i + 1).copied().unwrap_or(ends[0] + ring.len());
        let arc: Vec<Vertex> = (*start..=end).map(|j| ring[j % ring.len()]).collect();
        let kept = thin_arc(arc, tolerance);
        thinned.extend(kept.iter().take(kept.len().saturating_sub(1)).map(|v| unsnap(*v)));
    }
    thinned
}

fn unsnap(vertex: Vertex) -> Point {
    (f64::from(vertex.0) * GRID, f64::from(vertex.1) * GRID)
}

/// Thins a line in the direction that both its areas agree on.
fn thin_arc(mut arc: Vec<Vertex>, tolerance: f64) -> Vec<Vertex> {
    let turned = arc.iter().rev().lt(arc.iter());
    if turned {
        arc.reverse();
    }
    let mut kept = douglas_peucker(&arc, tolerance);
    if turned {
        kept.reverse();
    }
    kept
}

fn douglas_peucker(line: &[Vertex], tolerance: f64) -> Vec<Vertex> {
    let mut keep = vec![false; line.len()];
    let mut open = vec![(0, line.len().saturating_sub(1))];
    while let Some((start, end)) = open.pop() {
        let (Some(a), Some(b)) = (line.get(start), line.get(end)) else {
            continue;
        };
        keep[start] = true;
        keep[end] = true;
        let far = (start + 1..end)
            .map(|i| (distance(line[i], *a, *b), i))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        if let Some((_, i)) = far.filter(|(distance, _)| *distance > tolerance) {
            open.push((start, i));
            open.push((i, end));
        }
    }
    line.iter().zip(keep).filter(|(_, keep)| *keep).map(|(vertex, _)| *vertex).collect()
}

/// From a point to a segment.
fn distance(p: Vertex, a: Vertex, b: Vertex) -> f64 {
    let float = |v: Vertex| (f64::from(v.0), f64::from(v.1));
    let (p, a, b) = (float(p), float(a), float(b));
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length } else { 0.0 };
    let t = t.clamp(0.0, 1.0);
    (p.0 - a.0 - t * dx).hypot(p.1 - a.1 - t * dy)
}

/// One ring with its holes cut in along a bridge, since plotters fills single rings only.
pub(super) fn keyhole(polygon: &[Ring]) -> Ring {
    let mut rings = polygon.iter();
    let mut joined = oriented(rings.next().map_or(&[], Vec::as_slice), true);
    for hole in rings {
        let hole = oriented(hole, false);
        let (Some(start), Some(bridge)) = (hole.first(), joined.len().checked_sub(1)) else {
            continue;
        };
        let back = joined[bridge];
        let start = *start;
        joined.extend(hole);
        joined.extend([start, back]);
    }
    joined
}

/// The ring in the wanted direction, so that holes are holes under either fill rule.
fn oriented(ring: &[Point], positive: bool) -> Ring {
    let mut ring = ring.to_vec();
    if (signed_area(&ring) > 0.0) != positive {
        ring.reverse();
    }
    ring
}

/// Positive where the ring goes round clockwise on the page.
pub(super) fn signed_area(ring: &[Point]) -> f64 {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> Ring {
        vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    }

    #[test]
    fn neighbours_keep_one_border() {
        // The common border at x = 10 has small steps, and runs in opposite directions.
        let border: Ring =
            (0..=40).map(|i| (10.0 + f64::from(i % 2) * 0.1, f64::from(i))).collect();
        let mut west = vec![(0.0, 40.0), (0.0, 0.0)];
        west.extend(&border);
        let mut east = vec![(20.0, 0.0), (20.0, 40.0)];
        east.extend(border.iter().rev());
        let thinned = simplify(&[vec![vec![west]], vec![vec![east]]], 0.2);
        let on_border = |ring: &Ring| {
            ring.iter()
                .filter(|p| (p.0 - 10.0).abs() < 0.5)
                .map(|p| format!("{p:?}"))
                .collect::<BTreeSet<_>>()
        };
        let (west, east) = (&thinned[0][0][0], &thinned[1][0][0]);
        assert_eq!(on_border(west), on_border(east));
        assert_eq!(west.len(), 4);
    }

    #[test]
    fn enclaves_fit_their_hole() {
        let hole: Ring = (0..100)
            .map(|i| f64::from(i) / 100.0 * std::f64::consts::TAU)
            .map(|a| (50.0 + 20.0 * a.cos(), 50.0 + 20.0 * a.sin()))
            .collect();
        let turned = hole.iter().rev().copied().collect();
        let around = vec![square(0.0, 0.0, 100.0), turned];
        let thinned = simplify(&[vec![around], vec![vec![hole]]], 0.2);
        let corners = |ring: &Ring| ring.iter().map(|p| format!("{p:?}")).collect::<BTreeSet<_>>();
        assert_eq!(corners(&thinned[0][0][1]), corners(&thinned[1][0][0]));
        assert!(thinned[1][0][0].len() < 60);
    }

    #[test]
    fn rings_without_area_vanish() {
        let dot = vec![vec![(5.0, 5.0), (5.001, 5.0), (5.0, 5.001)]];
        assert!(simplify(&[vec![dot, vec![vec![]]]], 0.2)[0].is_empty());
    }

    #[test]
    fn holes_are_cut_in() {
        let joined = keyhole(&[square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0)]);
        assert_eq!(signed_area(&joined), 96.0);
        assert!(keyhole(&[]).is_empty());
    }
}
