//! Accepted samples by number: parts as they are read, and all of them together.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Cell, Cells, Interned};
use super::devices::{Devices, FirstTest, Identifier};

/// Samples that were read together, numbered for themselves.
#[derive(Debug, Default)]
pub struct Part {
    pub cells: Cells,
    codes: Interned,
    devices: Devices,
    cell: Vec<u32>,
    day: Vec<i32>,
    peak: Vec<bool>,
    device: Vec<u32>,
    restated: Vec<u32>,
    measures: Vec<Vec<f64>>,
    failed: BTreeMap<(u32, bool), u64>,
}

/// An accepted sample but for its measures.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The number of its cell in its part.
    pub cell: u32,
    /// When it was measured, in microseconds since 1970.
    pub at: i64,
    /// The local day, since 1970.
    pub day: i32,
    /// Whether it was measured in the hours of the peak.
    pub peak: bool,
    pub is_ok: bool,
    pub id: &'a str,
    pub device: Option<&'a str>,
    pub restated: Option<&'a str>,
}

impl Part {
    /// A part without samples, for so many measures.
    pub fn new(measures: usize) -> Self {
        Part { measures: vec![Vec::new(); measures], ..Default::default() }
    }

    /// Adds a sample with its measures; NaN for one that it lacks.
    pub fn add(&mut self, row: Row<'_>, measures: impl Iterator<Item = f64>) {
        let first = FirstTest::of(row.at, row.id);
        let device = row.device.map_or(0, |device| self.devices.add(Identifier::of(device), first));
        if !row.is_ok {
            *self.failed.entry((row.cell, row.peak)).or_default() += 1;
            return;
        }
        self.cell.push(row.cell);
        self.day.push(row.day);
        self.peak.push(row.peak);
        self.device.push(device);
        self.restated.push(self.codes.optional(row.restated));
        for (column, value) in self.measures.iter_mut().zip(measures) {
            column.push(value);
        }
    }
}

/// Accepted successful samples column by column, and how many were not successful.
#[derive(Debug, Default)]
pub struct Accepted {
    pub cells: Vec<Cell>,
    /// The codes that `restated` counts from 1.
    pub restated_codes: Vec<String>,
    pub cell: Vec<u32>,
    /// In days since 1970.
    pub day: Vec<i32>,
    pub peak: Vec<bool>,
    /// 0 for a sample without device, else its number in the order of first tests.
    pub device: Vec<u32>,
    /// 0 where it is not known.
    pub restated: Vec<u32>,
    /// One column per measure; NaN where there is none.
    pub measures: Vec<Vec<f64>>,
    /// By cell and whether it was in the hours of the peak.
    pub failed: BTreeMap<(u32, bool), u64>,
}

impl Accepted {
    /// Puts parts together, with one numbering of cells and codes; devices are still to be put in order
    /// ([`Devices::number`], [`Accepted::order`]).
    pub fn join(parts: Vec<Part>, measures: usize) -> (Self, Devices) {
        let cells: BTreeSet<&Cell> = parts.iter().flat_map(|part| part.cells.found()).collect();
        let cells: Vec<Cell> = cells.into_iter().cloned().collect();
        let codes: BTreeSet<&String> = parts.iter().flat_map(|part| part.codes.found()).collect();
        let codes: Vec<String> = codes.into_iter().cloned().collect();
        let rows = parts.iter().map(|part| part.cell.len()).sum();
        let mut all = Accepted {
            cell: Vec::with_capacity(rows),
            day: Vec::with_capacity(rows),
            peak: Vec::with_capacity(rows),
            device: Vec::with_capacity(rows),
            restated: Vec::with_capacity(rows),
            measures: (0..measures).map(|_| Vec::with_capacity(rows)).collect(),
            ..Default::default()
        };
        let mut devices = Devices::default();
        for part in parts {
            let place = |cell: &Cell| cells.binary_search(cell).unwrap_or_default() as u32;
            let of_cell: Vec<u32> = part.cells.found().iter().map(place).collect();
            let place = |code: &String| codes.binary_search(code).unwrap_or_default() as u32 + 1;
            let of_code: Vec<u32> =
                std::iter::once(0).chain(part.codes.found().iter().map(place)).collect();
            let of_device = devices.merge(part.devices);
            all.cell.extend(part.cell.iter().map(|cell| of_cell[*cell as usize]));
            all.restated.extend(part.restated.iter().map(|code| of_code[*code as usize]));
            all.device.extend(part.device.iter().map(|device| of_device[*device as usize]));
            all.day.extend(part.day);
            all.peak.extend(part.peak);
            for (column, values) in all.measures.iter_mut().zip(part.measures) {
                column.extend(values);
            }
            for ((cell, peak), tests) in part.failed {
                *all.failed.entry((of_cell[cell as usize], peak)).or_default() += tests;
            }
        }
        all.cells = cells;
        all.restated_codes = codes;
        (all, devices)
    }

    /// Gives devices the numbers of their order.
    pub fn order(&mut self, devices: &Devices) {
        self.device.iter_mut().for_each(|device| *device = devices.ordered(*device));
    }
}
