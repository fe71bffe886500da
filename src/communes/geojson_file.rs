//! Commune outlines from a GeoJSON file, with complaints that name file and feature.

use crate::error::{Fault, Kind};
use crate::text_file;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use geojson::{Feature, GeometryValue, Position};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use thiserror::Error;

/// Why a file of boundaries cannot be used.
#[derive(Debug, Error)]
pub enum GeojsonFault {
    /// The file cannot be opened or is not UTF-8.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Path as configured.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no JSON or a feature is no GeoJSON.
    #[error("{file} is no GeoJSON: {source}")]
    Malformed {
        /// Path as configured.
        file: String,
        /// What is wrong and where.
        source: serde_json::Error,
    },
    /// The file is something else than a collection of features.
    #[error("{file} has type `{found}`, expected `FeatureCollection`")]
    NoCollection {
        /// Path as configured.
        file: String,
        /// The type found.
        found: String,
    },
    /// The collection is empty.
    #[error("{file} has no features, expected one or more per commune")]
    Empty {
        /// Path as configured.
        file: String,
    },
    /// One feature cannot be used.
    #[error("{file}, feature {number}: found {found}, expected {expected}")]
    Feature {
        /// Path as configured.
        file: String,
        /// Number of the feature in the file, from 1.
        number: usize,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
}

impl Fault for GeojsonFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            GeojsonFault::Feature { expected, .. } if expected.contains("degrees") => {
                Some("GeoJSON is in WGS84 and writes the longitude first".into())
            }
            GeojsonFault::Feature { expected, .. } if expected.contains("property") => {
                Some("name the property that holds the commune code in the configuration".into())
            }
            _ => None,
        }
    }
}

/// What is wrong with one feature: found, expected.
type Complaint = (String, String);

/// Reads the outlines by commune code; features of one code are joined.
pub(super) fn read(
    path: &Path,
    code_property: &str,
) -> Result<BTreeMap<String, MultiPolygon>, GeojsonFault> {
    let file = path.display().to_string();
    match text_file::read(path, text_file::BOUNDARIES_BYTES) {
        Ok(text) => parse(&file, &text, code_property),
        Err(source) => Err(GeojsonFault::Unreadable { file, source }),
    }
}

/// The same for text in memory; `file` is its name in messages.
pub(super) fn parse(
    file: &str,
    text: &str,
    code_property: &str,
) -> Result<BTreeMap<String, MultiPolygon>, GeojsonFault> {
    let file = file.to_owned();
    let text = text.trim_start_matches('\u{feff}');
    // The type is looked at first: the features of anything else would be a riddle.
    let found = match serde_json::from_str::<Head>(text) {
        Ok(head) => head.kind,
        Err(source) => return Err(GeojsonFault::Malformed { file, source }),
    };
    if found != "FeatureCollection" {
        return Err(GeojsonFault::NoCollection { file, found });
    }
    let features = match serde_json::from_str::<Collection>(text) {
        Ok(collection) => collection.features.0,
        Err(source) => return Err(GeojsonFault::Malformed { file, source }),
    };
    if features.is_empty() {
        return Err(GeojsonFault::Empty { file });
    }
    let mut outlines = BTreeMap::<String, MultiPolygon>::new();
    for (index, feature) in features.into_iter().enumerate() {
        let (code, polygons) = commune(feature, code_property).map_err(|(found, expected)| {
            GeojsonFault::Feature { file: file.clone(), number: index + 1, found, expected }
        })?;
        outlines.entry(code).or_insert_with(|| MultiPolygon(Vec::new())).0.extend(polygons);
    }
    Ok(outlines)
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Collection {
    features: Features,
}

/// The features of a collection; a complaint about one says which.
struct Features(Vec<Feature>);

impl<'de> Deserialize<'de> for Features {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(FeatureVisitor)
    }
}

struct FeatureVisitor;

impl<'de> Visitor<'de> for FeatureVisitor {
    type Value = Features;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Features, A::Error> {
        let mut features = Vec::new();
        loop {
            let number = features.len() + 1;
            match list.next_element() {
                Ok(Some(feature)) => features.push(feature),
                Ok(None) => return Ok(Features(features)),
                Err(e) => return Err(A::Error::custom(format!("feature {number}: {e}"))),
            }
        }
    }
}

/// The code and the polygons of a feature.
fn commune(feature: Feature, code_property: &str) -> Result<(String, Vec<Polygon>), Complaint> {
    let code = match feature.property(code_property) {
        Some(serde_json::Value::String(code)) if !code.trim().is_empty() => code.trim().to_owned(),
        Some(other) => return Err((format!("`{other}` in `{code_property}`"), CODE_TEXT.into())),
        None => return Err(no_property(&feature, code_property)),
    };
    let polygons = match feature.geometry.map(|geometry| geometry.value) {
        Some(GeometryValue::Polygon { coordinates }) => vec![coordinates],
        Some(GeometryValue::MultiPolygon { coordinates }) => coordinates,
        Some(other) => {
            return Err((format!("a {} for `{code}`", other.type_name()), SHAPE.into()));
        }
        None => return Err((format!("no geometry for `{code}`"), SHAPE.into())),
    };
    if polygons.is_empty() || polygons.iter().any(Vec::is_empty) {
        return Err((format!("an empty geometry for `{code}`"), SHAPE.into()));
    }
    let polygons: Result<Vec<_>, _> = polygons.iter().map(|rings| polygon(rings, &code)).collect();
    Ok((code, polygons?))
}

const CODE_TEXT: &str = "a commune code as text, since numbers lose leading zeros";
const SHAPE: &str = "a Polygon or MultiPolygon";

fn no_property(feature: &Feature, code_property: &str) -> Complaint {
    let names: Vec<String> =
        feature.properties_iter().map(|(name, _)| format!("`{name}`")).collect();
    let found = if names.is_empty() {
        "no properties".into()
    } else {
        format!("only the properties {}", names.join(", "))
    };
    (found, format!("the property `{code_property}` with the commune code"))
}

fn polygon(rings: &[Vec<Position>], code: &str) -> Result<Polygon, Complaint> {
    let mut lines = rings.iter().map(|positions| ring(positions, code));
    let exterior = lines.next().unwrap_or_else(|| Ok(LineString(Vec::new())))?;
    Ok(Polygon::new(exterior, lines.collect::<Result<_, _>>()?))
}

fn ring(positions: &[Position], code: &str) -> Result<LineString, Complaint> {
    if positions.len() < 4 || positions.first() != positions.last() {
        let found = format!("a ring of {} positions for `{code}`", positions.len());
        return Err((found, "four or more, the last equal to the first".into()));
    }
    let coords: Result<Vec<_>, _> =
        positions.iter().map(|position| coord(position, code)).collect();
    coords.map(LineString)
}

fn coord(position: &Position, code: &str) -> Result<Coord, Complaint> {
    match *position.as_slice() {
        [x, y, ..] if (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y) => {
            Ok(Coord { x, y })
        }
        _ => {
            let found = format!("the position {:?} for `{code}`", position.as_slice());
            Err((found, "degrees, longitude from -180 to 180, latitude from -90 to 90".into()))
        }
    }
}
