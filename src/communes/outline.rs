//! One polygon prepared for many exact point tests.
//!
//! Its edges are sorted into bands of latitude, so that a test looks at the few edges of one
//! band. A point is inside when a ray to the east crosses an odd number of edges; the side of an
//! edge is decided by a robust predicate, so that no rounding can put a point into two
//! neighbours or into none.

use super::distance::Plane;
use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, LinesIter, Polygon};

/// Edges per band aimed at; more bands cost memory, fewer cost time.
const EDGES_PER_BAND: usize = 4;
/// Keeps the memory of an outline with very many edges within bounds.
const MAX_BANDS: usize = 4096;

/// An edge with its southern end first; of two ends on one latitude, the western.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) south: Coord,
    pub(super) north: Coord,
}

/// A polygon whose edges are indexed by bands of latitude.
pub(super) struct Outline {
    south: f64,
    bands_per_degree: f64,
    /// Where the edges of each band begin in `edges`, and the end.
    starts: Vec<u32>,
    /// An edge stands once in each band that it touches.
    edges: Vec<Edge>,
}

/// How a point lies to an edge.
enum Side {
    /// The ray to the east does not cross it.
    Missed,
    /// The ray to the east crosses it.
    Crossed,
    /// The point is on it.
    On,
}

impl Outline {
    /// Prepares a polygon, holes included.
    pub(super) fn new(polygon: &Polygon) -> Self {
        let edges: Vec<Edge> = edges(polygon).collect();
        let south = edges.iter().map(|e| e.south.y).fold(f64::INFINITY, f64::min);
        let north = edges.iter().map(|e| e.north.y).fold(f64::NEG_INFINITY, f64::max);
        let count = (edges.len() / EDGES_PER_BAND).clamp(1, MAX_BANDS);
        // A flat outline has one band; an infinite number per degree must not arise.
        let per_degree = count as f64 / (north - south);
        let bands_per_degree = if per_degree.is_finite() { per_degree } else { 0.0 };
        let mut outline = Self { south, bands_per_degree, starts: vec![0; count + 1], edges };
        outline.sort_into_bands();
        outline
    }

    /// Counting sort of the edges by band.
    fn sort_into_bands(&mut self) {
        let edges = std::mem::take(&mut self.edges);
        for edge in &edges {
            for band in self.band(edge.south.y)..=self.band(edge.north.y) {
                self.starts[band + 1] += 1;
            }
        }
        for band in 1..self.starts.len() {
            self.starts[band] += self.starts[band - 1];
        }
        let Some(first) = edges.first() else { return };
        let mut next = self.starts.clone();
        self.edges = vec![*first; self.starts[self.starts.len() - 1] as usize];
        for edge in &edges {
            for free in &mut next[self.band(edge.south.y)..=self.band(edge.north.y)] {
                self.edges[*free as usize] = *edge;
                *free += 1;
            }
        }
    }

    /// Never falls as latitude rises, which is all that the index needs to be exact.
    fn band(&self, latitude: f64) -> usize {
        let band = (latitude - self.south) * self.bands_per_degree;
        (band.max(0.0) as usize).min(self.starts.len() - 2)
    }

    /// Whether the point is inside the polygon or on its border.
    pub(super) fn covers(&self, point: Coord) -> bool {
        let band = self.band(point.y);
        let (start, end) = (self.starts[band] as usize, self.starts[band + 1] as usize);
        let mut inside = false;
        for edge in &self.edges[start..end] {
            match edge.side(point) {
                Side::Missed => {}
                Side::Crossed => inside = !inside,
                Side::On => return true,
            }
        }
        inside
    }

    /// The square of the distance in metres from the origin of the plane to the border; edges that
    /// lie further north or south than `limit` degrees may be left out.
    pub(super) fn squared_distance(&self, from: Coord, plane: &Plane, limit: f64) -> f64 {
        let (south, north) = (self.band(from.y - limit), self.band(from.y + limit));
        let (start, end) = (self.starts[south] as usize, self.starts[north + 1] as usize);
        let distances = self.edges[start..end].iter();
        distances.map(|e| plane.squared_distance(e.south, e.north)).fold(f64::INFINITY, f64::min)
    }
}

/// The edges of a polygon and of its holes.
pub(super) fn edges(polygon: &Polygon) -> impl Iterator<Item = Edge> {
    polygon.lines_iter().map(|line| Edge::new(line.start, line.end))
}

impl Edge {
    /// Two neighbours see their common edge in one direction, so that they are equally far from it.
    fn new(a: Coord, b: Coord) -> Self {
        let in_order = (a.y, a.x) <= (b.y, b.x);
        if in_order { Self { south: a, north: b } } else { Self { south: b, north: a } }
    }

    fn side(&self, p: Coord) -> Side {
        let (south, north) = (self.south, self.north);
        if p.y < south.y || p.y > north.y || p.x > south.x.max(north.x) {
            return Side::Missed;
        }
        // The northern end belongs to the edge above, so that a vertex is crossed once.
        let crossed = || {
            if p.y < north.y { Side::Crossed } else { Side::Missed }
        };
        if p.x < south.x.min(north.x) {
            return crossed();
        }
        match RobustKernel::orient2d(south, north, p) {
            Orientation::Collinear => Side::On,
            Orientation::CounterClockwise => crossed(),
            Orientation::Clockwise => Side::Missed,
        }
    }
}
