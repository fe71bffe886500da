//! Which commune a position lies in.
//!
//! Boundaries are an input of the user (no set of them has a clear licence). A grid answers where no
//! border is near, an exact test elsewhere. A position on a shared border belongs to the commune
//! with the lowest code, so that each position belongs to one commune and to the same one in every
//! run. A position outside all communes can be given to the nearest one.

use super::distance::Plane;
use super::geojson_file::{self, GeojsonFault};
use super::grid::{Found, Grid};
use super::outline::Outline;
use crate::error::{Fault, Kind, Result};
use geo::{BoundingRect, Coord, MultiPolygon, Polygon};
use jiff::civil::Date;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::BTreeMap;
use std::path::Path;
use thiserror::Error;

/// Distances to two communes that differ by less are the same, in metres.
const SAME_M: f64 = 1e-6;

/// The box of a polygon with its place in [`Boundaries::outlines`].
pub(super) type IndexedBox = GeomWithData<Rectangle<[f64; 2]>, usize>;

#[derive(Debug, Error)]
enum BoundariesFault {
    #[error("boundaries {file} are valid from {from} to {to}, expected an end after the start")]
    Period { file: String, from: Date, to: Date },
}

impl Fault for BoundariesFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// The commune boundaries of one file, valid in one half-open period.
pub struct Boundaries {
    /// By code.
    communes: Vec<(String, MultiPolygon)>,
    /// Every polygon with the place of its commune in `communes`.
    outlines: Vec<(usize, Outline)>,
    tree: RTree<IndexedBox>,
    grid: Grid,
    valid_from: Date,
    valid_to: Date,
}

impl Boundaries {
    /// Reads a GeoJSON file (WGS84) whose features carry the commune code in a text property.
    pub fn read(
        path: &Path,
        code_property: &str,
        valid_from: Date,
        valid_to: Date,
    ) -> Result<Self> {
        if valid_from >= valid_to {
            let file = path.display().to_string();
            return Err(BoundariesFault::Period { file, from: valid_from, to: valid_to }.into());
        }
        Ok(Self::new(geojson_file::read(path, code_property)?, valid_from, valid_to))
    }

    /// The same from text in memory; `file` is its name in messages.
    pub fn parse(
        file: &str,
        text: &str,
        code_property: &str,
        valid_from: Date,
        valid_to: Date,
    ) -> Result<Self, GeojsonFault> {
        Ok(Self::new(geojson_file::parse(file, text, code_property)?, valid_from, valid_to))
    }

    fn new(outlines: BTreeMap<String, MultiPolygon>, valid_from: Date, valid_to: Date) -> Self {
        let communes: Vec<_> = outlines.into_iter().collect();
        let (mut outlines, mut boxes) = (Vec::new(), Vec::new());
        for (commune, (_, polygons)) in communes.iter().enumerate() {
            for polygon in polygons {
                boxes.extend(indexed_box(polygon, outlines.len()));
                outlines.push((commune, Outline::new(polygon)));
            }
        }
        let tree = RTree::bulk_load(boxes);
        let grid = Grid::new(&communes, &outlines, &tree);
        Self { communes, outlines, tree, grid, valid_from, valid_to }
    }

    /// The first day on which the boundaries hold and the first on which they no longer do.
    pub fn period(&self) -> (Date, Date) {
        (self.valid_from, self.valid_to)
    }

    /// Whether the boundaries hold on a day.
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && day < self.valid_to
    }

    /// The code of the commune that contains a position or has it on its border.
    pub fn commune_at(&self, latitude: f64, longitude: f64) -> Option<&str> {
        let point = Coord { x: longitude, y: latitude };
        let commune = match self.grid.find(point) {
            Found::Settled(commune) => commune,
            Found::Among(list) => {
                let mut candidates = list.iter().map(|place| &self.outlines[*place as usize]);
                candidates.find(|(_, outline)| outline.covers(point)).map(|(commune, _)| *commune)
            }
        };
        commune.map(|commune| self.communes[commune].0.as_str())
    }

    /// The communes whose border is at most `limit_m` metres from a position, with the distance.
    fn around(&self, point: Coord, limit_m: f64) -> impl Iterator<Item = Near<'_>> {
        let plane = Plane::around(point);
        let reach = plane.degrees(limit_m);
        let corners = AABB::from_corners(
            [point.x - reach.x, point.y - reach.y],
            [point.x + reach.x, point.y + reach.y],
        );
        let candidates = self.tree.locate_in_envelope_intersecting(&corners);
        let near = candidates.map(move |candidate| {
            let (commune, outline) = &self.outlines[candidate.data];
            let metres = outline.squared_distance(point, &plane, reach.y).sqrt();
            Near { code: self.communes[*commune].0.as_str(), metres }
        });
        near.filter(move |near| near.metres <= limit_m)
    }

    /// The outlines by code, for maps.
    pub fn outlines(&self) -> impl Iterator<Item = (&str, &MultiPolygon)> {
        self.communes.iter().map(|(code, polygons)| (code.as_str(), polygons))
    }
}

fn indexed_box(polygon: &Polygon, place: usize) -> Option<IndexedBox> {
    let rect = polygon.bounding_rect()?;
    let corners = AABB::from_corners(rect.min().into(), rect.max().into());
    Some(GeomWithData::new(Rectangle::from_aabb(corners), place))
}

/// A commune near a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near<'a> {
    /// The code of the commune.
    pub code: &'a str,
    /// How far its border is.
    pub metres: f64,
}

/// Where a position lies on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement<'a> {
    /// No boundaries hold on the day.
    NoBoundaries,
    /// The position is in none of the communes.
    Outside,
    /// The code of the commune.
    Commune(&'a str),
}

/// Boundaries of several provinces and periods.
#[derive(Default)]
pub struct BoundarySets {
    sets: Vec<Boundaries>,
}

impl BoundarySets {
    /// Sets may hold on the same days; the lowest code decides between them as within one.
    pub fn new(sets: Vec<Boundaries>) -> Self {
        Self { sets }
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The sets that hold on a day.
    pub fn valid_on(&self, day: Date) -> impl Iterator<Item = &Boundaries> {
        self.sets.iter().filter(move |set| set.valid_on(day))
    }

    /// Where a position lies on a day.
    pub fn commune_at(&self, latitude: f64, longitude: f64, day: Date) -> Placement<'_> {
        let mut placement = Placement::NoBoundaries;
        for set in self.valid_on(day) {
            placement = match (set.commune_at(latitude, longitude), placement) {
                (None, Placement::Commune(code)) => Placement::Commune(code),
                (None, _) => Placement::Outside,
                (Some(code), Placement::Commune(other)) => Placement::Commune(code.min(other)),
                (Some(code), _) => Placement::Commune(code),
            };
        }
        placement
    }

    /// The commune nearest to a position outside all of them, if its border is at most `limit_m`
    /// metres away; of two that are equally near, the one with the lowest code.
    pub fn commune_near(
        &self,
        latitude: f64,
        longitude: f64,
        day: Date,
        limit_m: f64,
    ) -> Option<Near<'_>> {
        let point = Coord { x: longitude, y: latitude };
        let near: Vec<_> = self.valid_on(day).flat_map(|set| set.around(point, limit_m)).collect();
        let least = near.iter().map(|near| near.metres).fold(f64::INFINITY, f64::min);
        near.into_iter().filter(|near| near.metres <= least + SAME_M).min_by_key(|near| near.code)
    }
}

#[cfg(test)]
mod grid_tests;
#[cfg(test)]
mod tests;
