//! Published totals as equations over cells, and the cells that are suppressed so that no total gives
//! away another.
//!
//! Every table that partitions the samples gives, for each way of summing over its dimensions, one equation
//! per group: the total and its parts. A total that no table publishes is an unknown. Cells are suppressed,
//! the smallest first, ties by key, until every group of suppressed parts covers enough devices and no
//! suppressed cell can be worked out of all equations together ([`super::span`], [`super::bounds`]).

use std::collections::{BTreeMap, BTreeSet};

use super::bounds::{self, Bounds};
use super::cell::{DISTRICT, Key, Rows};
use super::declaration::Declaration;
use super::span;

/// Dimensions that tables sum over; technologies make up kinds of access, so they come first.
const SUMMED: [&str; 9] = [
    "technology",
    "access_type",
    "commune",
    DISTRICT,
    "operator",
    "day",
    "hour",
    "day_part",
    "platform",
];

/// By which communes are summed, too.
const CLASS: &str = "quota_met";

/// What is published of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Published,
    /// Nothing was measured: tells of nobody.
    Zero,
    /// No table has it.
    Unpublished,
    /// Suppressed to protect another.
    Secondary,
    /// Too few devices.
    Primary,
}

impl State {
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            State::Primary => Some("primary"),
            State::Secondary => Some("secondary"),
            _ => None,
        }
    }

    fn is_unknown(self) -> bool {
        self >= State::Unpublished
    }

    fn is_suppressed(self) -> bool {
        self >= State::Secondary
    }
}

#[derive(Debug)]
struct Cell {
    devices: Option<i64>,
    tests: i64,
    state: State,
}

/// A total and the parts that add up to it.
#[derive(Debug)]
struct Equation {
    total: usize,
    parts: Vec<usize>,
    /// Whether all tests are counted, and not the successful ones only.
    is_of_all_tests: bool,
}

/// The groups above the rows of tables, each with the rows that add up to it; those of all tests apart.
type Sums = BTreeMap<(String, bool, Key), BTreeSet<Key>>;

pub(super) struct System {
    /// Cells by their key, numbered in the order of keys.
    numbers: BTreeMap<Key, usize>,
    cells: Vec<Cell>,
    equations: Vec<Equation>,
}

impl System {
    pub(super) fn new<'a>(
        tables: impl Iterator<Item = (&'a Rows, &'a Declaration)> + Clone,
    ) -> Self {
        let mut found: BTreeMap<Key, Cell> = BTreeMap::new();
        for (rows, _) in tables.clone() {
            for row in 0..rows.keys.len() {
                add(&mut found, rows, row);
            }
        }
        let mut sums = Sums::new();
        for (rows, declared) in tables.filter(|(_, declared)| declared.partition) {
            totals(rows, declared, &mut sums);
        }
        for (_, _, total) in sums.keys() {
            let none = Cell { devices: None, tests: 0, state: State::Unpublished };
            found.entry(total.clone()).or_insert(none);
        }
        // Totals of a class of communes are sums over many; they are parts of no group of devices.
        let by_class = found.iter_mut().filter(|(key, _)| key.contains_key(CLASS));
        by_class.for_each(|(_, cell)| cell.devices = Some(i64::MAX));
        let numbers: BTreeMap<Key, usize> = found.keys().cloned().zip(0..).collect();
        let number = |key: &Key| numbers.get(key).copied();
        let equation = |((_, of_all, total), parts): (&(String, bool, Key), &BTreeSet<Key>)| {
            Some(Equation {
                total: number(total)?,
                parts: parts.iter().filter_map(number).collect(),
                is_of_all_tests: *of_all,
            })
        };
        let equations: Vec<Equation> = sums.iter().filter_map(equation).collect();
        let by_class: BTreeSet<usize> = numbers
            .iter()
            .filter(|(key, _)| key.contains_key(CLASS))
            .map(|(_, cell)| *cell)
            .collect();
        let mut cells: Vec<Cell> = found.into_values().collect();
        for Equation { total, parts, .. } in
            equations.iter().filter(|e| by_class.contains(&e.total))
        {
            cells[*total].tests = parts.iter().map(|part| cells[*part].tests).sum();
        }
        System { cells, equations, numbers }
    }

    /// The gravest state of the cells behind a row.
    pub(super) fn of_row(&self, rows: &Rows, row: usize) -> State {
        let state = |key: &Key| {
            let number = self.numbers.get(key);
            number.and_then(|n| self.cells.get(*n)).map_or(State::Primary, |cell| cell.state)
        };
        let worst = rows.keys[row].iter().map(state).max();
        worst.unwrap_or(State::Primary)
    }

    /// Suppresses until nothing is exposed.
    pub(super) fn protect(&mut self, min_devices: i64) {
        for cell in &mut self.cells {
            if cell.state == State::Published && is_primary(cell, min_devices) {
                cell.state = if cell.tests == 0 && cell.devices.unwrap_or(0) == 0 {
                    State::Zero
                } else {
                    State::Primary
                };
            }
        }
        loop {
            if !self.close_groups(min_devices) && !self.close_spans() && !self.close_bounds() {
                return;
            }
        }
    }

    /// Every equation alone: at least two unknowns, and enough devices behind the suppressed parts.
    fn close_groups(&mut self, min_devices: i64) -> bool {
        let mut changed = false;
        for number in 0..self.equations.len() {
            while let Some(cell) = self.missing(&self.equations[number], min_devices) {
                self.cells[cell].state = State::Secondary;
                changed = true;
            }
        }
        changed
    }

    /// The cell to suppress next in an equation that gives something away.
    fn missing(&self, equation: &Equation, min_devices: i64) -> Option<usize> {
        let Equation { total, parts, .. } = equation;
        let state = |cell: &usize| self.cells[*cell].state;
        let unknown: Vec<usize> = parts.iter().copied().filter(|c| state(c).is_unknown()).collect();
        let total_unknown = state(total).is_unknown();
        let suppressed = unknown.iter().any(|c| state(c).is_suppressed());
        let exposed = match (total_unknown, unknown.len()) {
            (true, 0) => state(total).is_suppressed(),
            (false, 1) => suppressed,
            (false, _) if suppressed => {
                let devices = unknown.iter().map(|c| self.cells[*c].devices.unwrap_or(0));
                devices.sum::<i64>() < min_devices
            }
            _ => false,
        };
        exposed.then(|| self.smallest(equation)).flatten()
    }

    /// The smallest published part, the total when there is none.
    fn smallest(&self, Equation { total, parts, .. }: &Equation) -> Option<usize> {
        let published = |cell: &usize| self.cells[*cell].state == State::Published;
        let part =
            parts.iter().copied().filter(published).min_by_key(|c| (self.cells[*c].tests, *c));
        part.or_else(|| Some(*total).filter(published))
    }

    /// All equations together: a further cell for each that they determine.
    fn close_spans(&mut self) -> bool {
        let unknown = |cell: &usize| self.cells[*cell].state.is_unknown();
        let rows = self.equations.iter().map(|Equation { total, parts, .. }| {
            let parts = parts.iter().filter(|c| unknown(c)).map(|c| (*c, 1));
            parts.chain(Some((*total, -1)).filter(|(c, _)| unknown(c))).collect()
        });
        let exposed = span::determined(rows.collect());
        self.cover(exposed)
    }

    /// Counts that only one value is left for.
    fn close_bounds(&mut self) -> bool {
        let bounds = |cell: &Cell| match cell.state {
            State::Published | State::Zero => Bounds::known(cell.tests),
            State::Unpublished => Bounds::at_least(0),
            State::Primary | State::Secondary => Bounds::at_least(1),
        };
        let mut bounds: Vec<Bounds> = self.cells.iter().map(bounds).collect();
        let of_all = self.equations.iter().filter(|equation| equation.is_of_all_tests);
        bounds::narrow(&mut bounds, of_all.map(|one| (one.total, one.parts.as_slice())));
        let exposed = bounds.iter().enumerate().filter(|(_, bounds)| bounds.is_one());
        let exposed = exposed.map(|(cell, _)| cell).collect();
        self.cover(exposed)
    }

    /// Suppresses a further cell for each that is exposed; those that one of these may protect, too, are
    /// looked at again before anything is suppressed for them.
    fn cover(&mut self, exposed: Vec<usize>) -> bool {
        let mut covered = BTreeSet::new();
        let mut changed = false;
        for cell in exposed {
            if !self.cells[cell].state.is_suppressed() || covered.contains(&cell) {
                continue;
            }
            if let Some(other) = self.nearest_published(cell) {
                self.cells[other].state = State::Secondary;
                let holds = |one: &&Equation| one.total == other || one.parts.contains(&other);
                for Equation { total, parts, .. } in self.equations.iter().filter(holds) {
                    covered.insert(*total);
                    covered.extend(parts.iter().copied());
                }
                changed = true;
            }
        }
        changed
    }

    /// The smallest published cell that shares an equation with this one, or with one that does.
    fn nearest_published(&self, cell: usize) -> Option<usize> {
        let mut near = BTreeSet::from([cell]);
        loop {
            let touches = |Equation { total, parts, .. }: &&Equation| {
                near.contains(total) || parts.iter().any(|part| near.contains(part))
            };
            let touched: Vec<&Equation> = self.equations.iter().filter(touches).collect();
            let found = touched.iter().filter_map(|equation| self.smallest(equation));
            if let Some(found) = found.min_by_key(|c| (self.cells[*c].tests, *c)) {
                return Some(found);
            }
            let before = near.len();
            near.extend(touched.iter().flat_map(|one| one.parts.iter().chain([&one.total])));
            if near.len() == before {
                return None;
            }
        }
    }
}

/// Whether too few devices are behind a cell; tests without device count where no test has one.
fn is_primary(cell: &Cell, min_devices: i64) -> bool {
    match cell.devices {
        Some(0) => cell.tests < min_devices,
        Some(devices) => devices < min_devices,
        None => true,
    }
}

/// Adds what a row says of its cells; the fewest devices that a table knows count.
fn add(found: &mut BTreeMap<Key, Cell>, rows: &Rows, row: usize) {
    for key in &rows.keys[row] {
        let none = Cell { devices: None, tests: 0, state: State::Published };
        found.entry(key.clone()).or_insert(none);
    }
    let Some(cell) = rows.keys[row].last().and_then(|key| found.get_mut(key)) else { return };
    cell.tests = cell.tests.max(rows.counts[row]);
    cell.devices = match (cell.devices, rows.devices[row]) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}

/// The groups above the rows of a table, each with the rows that add up to it.
fn totals(rows: &Rows, declared: &Declaration, sums: &mut Sums) {
    let has_technologies = declared.cells.iter().flatten().any(|part| part.is("technology"));
    for row in 0..rows.keys.len() {
        let Some(key) = rows.keys[row].last() else { continue };
        let form: Vec<&str> = key.keys().map(String::as_str).collect();
        let name = format!("{} by {}", declared.name, form.join(", "));
        let mut add = |total: Key| {
            sums.entry((name.clone(), rows.is_of_all_tests, total))
                .or_default()
                .insert(key.clone());
        };
        for total in above(key, rows.districts[row].as_deref(), has_technologies) {
            if !declared.totals_by.is_empty() && !total.contains_key("commune") {
                let mut total = total.clone();
                total.insert(declared.totals_by.join(", "), rows.totals[row].clone());
                add(total);
            }
            add(total);
        }
    }
}

/// Every way of summing over dimensions of a key.
fn above(key: &Key, district: Option<&str>, has_technologies: bool) -> BTreeSet<Key> {
    let mut all = BTreeSet::from([key.clone()]);
    for dimension in SUMMED.iter().filter(|d| has_technologies || **d != "technology") {
        for mut total in all.clone() {
            let is_part = *dimension == "access_type" && total.contains_key("technology");
            if is_part || total.remove(*dimension).is_none() {
                continue;
            }
            if *dimension == "commune"
                && let Some(district) = district
            {
                let mut of_district = total.clone();
                of_district.insert(DISTRICT.to_owned(), district.to_owned());
                all.insert(of_district);
            }
            all.insert(total);
        }
    }
    all.remove(key);
    all
}
