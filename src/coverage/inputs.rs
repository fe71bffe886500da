//! The tables that the queries of this stage read besides samples: limits, levels, places.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};

use super::Hamlet;
use super::grid::{Cell, Grid, metres_per_degree};
use crate::config::{Coverage, ShareEvidence};
use crate::error::Result;
use crate::plan::table;

/// The 97.5th percentile of the normal distribution: intervals cover 95 %.
const Z: f64 = 1.959_963_984_540_054;

fn whole(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

fn number(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

fn text<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

/// The one-row table `coverage_parameters`.
pub fn parameters(settings: &Coverage) -> Result<RecordBatch> {
    let count = |value: u32| whole([i64::from(value)]);
    let tests = |kind: &ShareEvidence| (count(kind.tests), count(kind.devices), count(kind.days));
    let (failures, fallback) = (tests(&settings.failures), tests(&settings.fallback));
    let columns = [
        ("z", number([Z])),
        ("cell_degrees", number([settings.cell_degrees])),
        ("cell_microdegrees", whole([settings.cell_microdegrees()])),
        ("failures_tests", failures.0),
        ("failures_devices", failures.1),
        ("failures_days", failures.2),
        ("failures_share", number([settings.failures.share])),
        ("fallback_tests", fallback.0),
        ("fallback_devices", fallback.1),
        ("fallback_days", fallback.2),
        ("fallback_share", number([settings.fallback.share])),
        ("signal_samples", count(settings.signal.samples)),
        ("signal_devices", count(settings.signal.devices)),
        ("signal_quantile", text([settings.signal.quantile.name()])),
        ("absence_devices", count(settings.absence.devices)),
        ("absence_probability", number([settings.absence.probability])),
    ];
    Ok(table("coverage_parameters", columns)?)
}

/// The table `coverage_levels`: the signal below which a technology counts as weak.
pub fn levels(settings: &Coverage) -> Result<RecordBatch> {
    let levels = &settings.signal.levels;
    let columns =
        [("technology", text(levels.keys())), ("level_dbm", number(levels.values().copied()))];
    Ok(table("coverage_levels", columns)?)
}

/// The table `coverage_hamlets`, numbered from 1 in the order of the list.
pub fn hamlets(hamlets: &[Hamlet], grid: Grid) -> Result<RecordBatch> {
    let cells: Vec<Cell> = hamlets.iter().map(|h| grid.cell(h.position)).collect();
    let metres = || hamlets.iter().map(|h| metres_per_degree(h.position.latitude));
    let columns = [
        ("hamlet_no", whole((1..).zip(hamlets).map(|(no, _)| no))),
        ("commune_code", text(hamlets.iter().map(|h| &h.commune_code))),
        ("latitude", number(hamlets.iter().map(|h| h.position.latitude))),
        ("longitude", number(hamlets.iter().map(|h| h.position.longitude))),
        ("metres_per_latitude", number(metres().map(|(latitude, _)| latitude))),
        ("metres_per_longitude", number(metres().map(|(_, longitude)| longitude))),
        ("radius_m", number(hamlets.iter().map(|h| h.radius_m))),
        ("cell_y", whole(cells.iter().map(|cell| cell.y))),
        ("cell_x", whole(cells.iter().map(|cell| cell.x))),
    ];
    Ok(table("coverage_hamlets", columns)?)
}

/// The table `coverage_hamlet_cells`: the cells in which tests of a hamlet may lie.
pub fn hamlet_cells(hamlets: &[Hamlet], grid: Grid) -> Result<RecordBatch> {
    let cells: Vec<(i64, Cell)> = (1..)
        .zip(hamlets)
        .flat_map(|(no, h)| grid.around(h.position, h.radius_m).into_iter().map(move |c| (no, c)))
        .collect();
    let columns = [
        ("hamlet_no", whole(cells.iter().map(|(no, _)| *no))),
        ("grid_y", whole(cells.iter().map(|(_, cell)| cell.y))),
        ("grid_x", whole(cells.iter().map(|(_, cell)| cell.x))),
    ];
    Ok(table("coverage_hamlet_cells", columns)?)
}

/// The table `coverage_places`: name and middle of hamlets and cells.
pub fn places(hamlets: &[Hamlet], cells: &[Cell], grid: Grid) -> Result<RecordBatch> {
    let hamlet_rows = (1..)
        .zip(hamlets)
        .map(|(no, h)| (no, grid.cell(h.position), "hamlet", h.name.clone(), h.position));
    let cell_rows =
        cells.iter().map(|cell| (0, *cell, "cell", grid.name(*cell), grid.centre(*cell)));
    let rows: Vec<_> = hamlet_rows.chain(cell_rows).collect();
    let columns = [
        ("hamlet_no", whole(rows.iter().map(|row| row.0))),
        ("cell_y", whole(rows.iter().map(|row| row.1.y))),
        ("cell_x", whole(rows.iter().map(|row| row.1.x))),
        ("place_kind", text(rows.iter().map(|row| row.2))),
        ("place", text(rows.iter().map(|row| &row.3))),
        ("latitude", number(rows.iter().map(|row| row.4.latitude))),
        ("longitude", number(rows.iter().map(|row| row.4.longitude))),
    ];
    Ok(table("coverage_places", columns)?)
}
