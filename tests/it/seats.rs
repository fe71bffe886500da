//! The seats of all communes of two provinces lie in their own polygons.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use crate::program::Case;
use crate::samples::{Row, SampleFile, row};

/// A row of a CSV file by column.
pub type Cells = BTreeMap<String, String>;

/// A file of the reference data; none, with a message, where it is absent.
pub fn reference_path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.is_file() {
        eprintln!("skipped: the reference data `../shared/data/{name}` are not there");
        return None;
    }
    Some(path)
}

/// The rows of a CSV file of the reference data.
pub fn reference(name: &str) -> Option<Vec<Cells>> {
    let mut reader = csv::Reader::from_path(reference_path(name)?).unwrap();
    Some(reader.deserialize().map(|row| row.unwrap()).collect())
}

/// Seats outside their own commune, with the commune they lie in. None: by GEOS (`contains` of
/// Shapely 2.2) too, every seat lies inside, the nearest to a border (0.25 km) in Đắk Lắk or Gia Lai.
const SEATS_ELSEWHERE: [(&str, &str); 0] = [];

/// The seats of a province placed by a run, as pairs of own and found commune where they differ.
fn elsewhere(province: &str, boundaries: &str, expected: usize) -> Option<Vec<(String, String)>> {
    let boundaries = reference_path(boundaries)?;
    let seats = reference("population_post_2025-07.csv")?;
    let seats: Vec<_> = seats.iter().filter(|seat| seat["province_code"] == province).collect();
    assert_eq!(seats.len(), expected);
    let at_seat = |(number, seat): (usize, &&Cells)| -> Row {
        let degrees = |column: &str| seat[column].parse::<f64>().unwrap();
        row(
            &format!("s{number}"),
            json!({"commune_code": null, "device_id": null, "latitude": degrees("hq_lat"),
                   "longitude": degrees("hq_lon"), "download_mbps": (1000.0 + number as f64) / 1000.0}),
        )
    };
    let case = Case::with_config(&format!(
        "roots = [\".\", \"{}\"]\n\n[province]\ncode = \"{province}\"\n\n[samples]\npaths = [\"samples\"]\n\n[communes]\n\
         snap_m = 0\n\n[[communes.boundaries]]\nfile = \"{}\"\nvalid_from = 2025-07-01\n",
        boundaries.parent().unwrap_or(&boundaries).display(),
        boundaries.display()
    ));
    case.samples("a.parquet", &SampleFile::of(seats.iter().enumerate().map(at_seat).collect()));
    let bundle = case.build("2025-10");
    assert_eq!(bundle.ledger()["position_placed"], expected);
    let effective = bundle.effective();
    assert_eq!(effective.len(), expected);
    let found = effective.iter().map(|row| {
        let number = (row["download_mbps"].as_f64().unwrap() * 1000.0 - 1000.0).round() as usize;
        (seats[number]["commune_code"].clone(), row["commune_code"].as_str().unwrap().to_owned())
    });
    Some(found.filter(|(own, found)| own != found).collect())
}

#[test]
fn every_seat_lies_in_the_polygon_of_its_commune() {
    let (Some(dak_lak), Some(gia_lai)) = (
        elsewhere("66", "boundaries_daklak_post_2025.geojson", 102),
        elsewhere("52", "boundaries_gialai_post_2025.geojson", 135),
    ) else {
        return;
    };
    let found = [dak_lak, gia_lai].concat();
    let found: Vec<_> = found.iter().map(|(own, at)| (own.as_str(), at.as_str())).collect();
    assert_eq!(found, SEATS_ELSEWHERE);
}
