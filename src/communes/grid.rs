//! A grid over boundaries that answers most points at once.
//!
//! A cell that no border touches lies in one commune or in none; its answer is known beforehand.
//! Only points in other cells need the exact test, and there against a few outlines.
//!
//! The grid changes no answer. The cell of a point never falls as a coordinate rises, so an edge
//! passes only through cells that [`Layout::touched`] gives for it, which is generous by a millionth
//! of a cell. The points of a cell fill a rectangle, and those of two neighbours do together: where
//! no edge passes, all of them lie in the same outlines.

use super::boundaries::IndexedBox;
use super::outline::{Edge, Outline, edges};
use geo::{Coord, MultiPolygon};
use rstar::RTree;
use std::ops::RangeInclusive;

/// Cells per edge aimed at: more cells answer more points at once, but leave the cache.
const CELLS_PER_EDGE: f64 = 4.0;
/// Columns and rows are at most so many, whatever the boundaries.
const MAX_SIDE: f64 = 1024.0;
/// How much further than an edge the cells reach that count as touched, in cells.
const MARGIN: f64 = 1e-6;

/// A cell outside all communes.
const OUTSIDE: u32 = u32::MAX;
/// A cell that a border touches; the other bits number its list.
const TOUCHED: u32 = 1 << 31;

/// What a grid knows of a point.
pub(super) enum Found<'a> {
    /// The commune, or none.
    Settled(Option<usize>),
    /// The outlines that may cover it, by commune.
    Among(&'a [u32]),
}

/// See the module.
pub(super) struct Grid {
    layout: Layout,
    /// Row by row from the south-west: a commune, `OUTSIDE` or `TOUCHED`.
    cells: Vec<u32>,
    /// Where the list of each touched cell begins in `among`, and the end.
    starts: Vec<u32>,
    among: Vec<u32>,
}

impl Grid {
    /// A grid over outlines, each with its commune; `tree` holds their boxes.
    pub(super) fn new(
        communes: &[(String, MultiPolygon)],
        outlines: &[(usize, Outline)],
        tree: &RTree<IndexedBox>,
    ) -> Self {
        let layout = Layout::new(communes);
        let touching = layout.touching(communes);
        let cells = vec![OUTSIDE; layout.columns * layout.rows];
        let mut grid = Self { layout, cells, starts: vec![0], among: Vec::new() };
        for touches in touching.chunk_by(|a, b| a.0 == b.0) {
            grid.list(touches, outlines, tree);
        }
        grid.settle(outlines, tree);
        grid
    }

    /// What is known of a point.
    pub(super) fn find(&self, point: Coord) -> Found<'_> {
        if !self.layout.contains(point) {
            return Found::Settled(None);
        }
        match self.cells[self.layout.cell(point)] {
            OUTSIDE => Found::Settled(None),
            cell if cell < TOUCHED => Found::Settled(Some(cell as usize)),
            cell => {
                let list = (cell - TOUCHED) as usize;
                let (start, end) = (self.starts[list] as usize, self.starts[list + 1] as usize);
                Found::Among(&self.among[start..end])
            }
        }
    }

    /// Notes the outlines of a touched cell: those with an edge in it, and those around all of it.
    fn list(
        &mut self,
        touches: &[(u32, u32)],
        outlines: &[(usize, Outline)],
        tree: &RTree<IndexedBox>,
    ) {
        let Some((cell, _)) = touches.first() else { return };
        let middle = self.layout.middle(*cell as usize);
        let mut list: Vec<u32> = touches.iter().map(|(_, outline)| *outline).collect();
        let around = tree.locate_all_at_point(&[middle.x, middle.y]).map(|found| found.data);
        let around = around.filter(|place| outlines[*place].1.covers(middle));
        list.extend(around.map(|place| place as u32));
        list.sort_unstable();
        list.dedup();
        self.cells[*cell as usize] = TOUCHED + (self.starts.len() - 1) as u32;
        self.among.extend(list);
        self.starts.push(self.among.len() as u32);
    }

    /// Finds the commune of the cells that no border touches; a row of them has one.
    fn settle(&mut self, outlines: &[(usize, Outline)], tree: &RTree<IndexedBox>) {
        for start in (0..self.cells.len()).step_by(self.layout.columns) {
            let mut last = None;
            for cell in start..start + self.layout.columns {
                if self.cells[cell] != OUTSIDE {
                    last = None;
                    continue;
                }
                let settled = *last.get_or_insert_with(|| {
                    let found = exact(self.layout.middle(cell), outlines, tree);
                    found.map_or(OUTSIDE, |commune| commune as u32)
                });
                self.cells[cell] = settled;
            }
        }
    }
}

/// The first commune that covers a point, by the boxes and the exact test alone.
pub(super) fn exact(
    point: Coord,
    outlines: &[(usize, Outline)],
    tree: &RTree<IndexedBox>,
) -> Option<usize> {
    let candidates = tree.locate_all_at_point(&[point.x, point.y]);
    let candidates = candidates.map(|candidate| &outlines[candidate.data]);
    candidates.filter(|(_, outline)| outline.covers(point)).map(|(commune, _)| *commune).min()
}

/// Where the cells lie.
struct Layout {
    south_west: Coord,
    north_east: Coord,
    cells_per_degree: Coord,
    columns: usize,
    rows: usize,
}

impl Layout {
    fn new(communes: &[(String, MultiPolygon)]) -> Self {
        let (mut count, far) = (0.0, f64::INFINITY);
        let (mut low, mut high) = (Coord { x: far, y: far }, Coord { x: -far, y: -far });
        for edge in communes.iter().flat_map(|(_, polygons)| polygons).flat_map(edges) {
            count += 1.0;
            low =
                Coord { x: low.x.min(edge.south.x).min(edge.north.x), y: low.y.min(edge.south.y) };
            high = Coord {
                x: high.x.max(edge.south.x).max(edge.north.x),
                y: high.y.max(edge.north.y),
            };
        }
        let side = f64::sqrt(count * CELLS_PER_EDGE).clamp(1.0, MAX_SIDE).floor();
        // Boundaries without extent have one column; infinitely many per degree must not arise.
        let per_degree = |extent: f64| if extent > 1e-9 { side / extent } else { 0.0 };
        Self {
            south_west: low,
            north_east: high,
            cells_per_degree: Coord {
                x: per_degree(high.x - low.x),
                y: per_degree(high.y - low.y),
            },
            columns: side as usize,
            rows: side as usize,
        }
    }

    fn contains(&self, point: Coord) -> bool {
        let (low, high) = (self.south_west, self.north_east);
        (low.x..=high.x).contains(&point.x) && (low.y..=high.y).contains(&point.y)
    }

    fn column(&self, longitude: f64) -> usize {
        let column = (longitude - self.south_west.x) * self.cells_per_degree.x;
        (column.max(0.0) as usize).min(self.columns - 1)
    }

    fn row(&self, latitude: f64) -> usize {
        let row = (latitude - self.south_west.y) * self.cells_per_degree.y;
        (row.max(0.0) as usize).min(self.rows - 1)
    }

    fn cell(&self, point: Coord) -> usize {
        self.row(point.y) * self.columns + self.column(point.x)
    }

    /// A point of a cell far from its sides.
    fn middle(&self, cell: usize) -> Coord {
        let at = |low: f64, high: f64, place: usize, per_degree: f64| {
            if per_degree > 0.0 {
                low + (place as f64 + 0.5) / per_degree
            } else {
                (low + high) / 2.0
            }
        };
        let (low, high, scale) = (self.south_west, self.north_east, self.cells_per_degree);
        let (row, column) = (cell / self.columns, cell % self.columns);
        Coord { x: at(low.x, high.x, column, scale.x), y: at(low.y, high.y, row, scale.y) }
    }

    /// Cells and the outlines with an edge in them, sorted.
    fn touching(&self, communes: &[(String, MultiPolygon)]) -> Vec<(u32, u32)> {
        let mut touching = Vec::new();
        let polygons = communes.iter().flat_map(|(_, polygons)| polygons);
        for (outline, polygon) in polygons.enumerate() {
            for (row, columns) in edges(polygon).flat_map(|edge| self.touched(edge)) {
                let cells = columns.map(|column| (row * self.columns + column) as u32);
                touching.extend(cells.map(|cell| (cell, outline as u32)));
            }
        }
        touching.sort_unstable();
        touching.dedup();
        touching
    }

    /// The rows that an edge may pass through, each with its columns.
    fn touched(&self, edge: Edge) -> impl Iterator<Item = (usize, RangeInclusive<usize>)> {
        let scale = self.cells_per_degree;
        let margin = |per_degree: f64| if per_degree > 0.0 { MARGIN / per_degree } else { 0.0 };
        let margin = Coord { x: margin(scale.x), y: margin(scale.y) };
        let (south, north) = (edge.south, edge.north);
        let flat = scale.y == 0.0 || north.y - south.y <= margin.y;
        let slope = (north.x - south.x) / (north.y - south.y);
        let longitude_at =
            move |latitude: f64| south.x + (latitude.clamp(south.y, north.y) - south.y) * slope;
        let rows = self.row(south.y - margin.y)..=self.row(north.y + margin.y);
        rows.map(move |row| {
            let bottom = self.south_west.y + row as f64 / scale.y;
            let top = bottom + 1.0 / scale.y;
            // The part of the edge within the row; an edge that is nearly flat is taken whole.
            let (a, b) = match flat {
                true => (south.x, north.x),
                false => (longitude_at(bottom - margin.y), longitude_at(top + margin.y)),
            };
            (row, self.column(a.min(b) - margin.x)..=self.column(a.max(b) + margin.x))
        })
    }
}
