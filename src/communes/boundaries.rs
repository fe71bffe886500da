//! Which commune a position lies in.
//!
//! Boundaries are an input of the user (no set of them has a clear licence). Candidates come
//! from an R-tree over the boxes of the polygons, the decision from an exact test. A position on
//! a shared border belongs to the commune with the lowest code, so that each position belongs to
//! one commune and to the same one in every run.

use super::geojson_file::{self, GeojsonFault};
use super::outline::Outline;
use crate::error::{Fault, Kind, Result};
use geo::{BoundingRect, Coord, MultiPolygon, Polygon};
use jiff::civil::Date;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::BTreeMap;
use std::path::Path;
use thiserror::Error;

/// The box of a polygon with its place in [`Boundaries::outlines`].
type IndexedBox = GeomWithData<Rectangle<[f64; 2]>, usize>;

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
        Self { communes, outlines, tree: RTree::bulk_load(boxes), valid_from, valid_to }
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
        let mut lowest = usize::MAX;
        for candidate in self.tree.locate_all_at_point(&[longitude, latitude]) {
            let (commune, outline) = &self.outlines[candidate.data];
            if *commune < lowest && outline.covers(point) {
                lowest = *commune;
            }
        }
        self.communes.get(lowest).map(|(code, _)| code.as_str())
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
}

#[cfg(test)]
mod tests;
