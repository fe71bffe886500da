//! Published totals as equations over cells, and the cells that are suppressed so that no total gives
//! away another.
//!
//! Every table that partitions the samples gives, for each way of summing over its dimensions, one equation
//! per group: the total and its parts. A total that no table publishes is an unknown. Cells are suppressed,
//! the finest first, then the smallest, ties by key, until every group of suppressed parts covers enough
//! devices and no suppressed cell can be worked out of all equations together ([`super::circuits`]).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::cell::{DISTRICT, Key, Rows};
use super::circuits::{Change, Circuits};
use super::declaration::Declaration;

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

/// Sums of as many smaller numbers as fit into memory are the same in the integers and in the field.
const EXACT: i64 = 1 << 30;

/// Published cells of each fineness that are looked at before one is suppressed.
const CANDIDATES: usize = 40;

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
    /// By how many dimensions it is told apart from others: the more, the less it is missed.
    fineness: usize,
    /// Whether its tests are all that there are, failed ones included.
    is_of_all_tests: bool,
}

impl Cell {
    fn new(key: &Key, state: State) -> Self {
        Cell { devices: None, tests: 0, state, fineness: key.len(), is_of_all_tests: false }
    }

    /// By how much its tests may be fewer, as everybody knows: one is left where it is suppressed, since an
    /// empty group is shown as 0. A sum that nobody publishes follows from its parts.
    fn room(&self) -> i64 {
        match self.state {
            State::Unpublished => i64::MAX,
            _ => self.tests - i64::from(self.is_of_all_tests),
        }
    }
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
    /// The equations that each cell is in, and its coefficient there.
    places: Vec<Vec<(usize, i64)>>,
    /// Of the cells that are not known.
    circuits: Circuits,
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
            let none = Cell::new(total, State::Unpublished);
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
        let mut places = vec![Vec::new(); cells.len()];
        for (number, Equation { total, parts, .. }) in equations.iter().enumerate() {
            places[*total].push((number, -1));
            parts.iter().for_each(|part| places[*part].push((number, 1)));
        }
        for Equation { total, parts, .. } in equations.iter().filter(|e| e.is_of_all_tests) {
            cells[*total].is_of_all_tests = true;
            parts.iter().for_each(|part| cells[*part].is_of_all_tests = true);
        }
        let circuits = circuits(cells.len(), &equations);
        System { cells, equations, numbers, places, circuits }
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
        let unknown = |cell: &usize| self.cells[*cell].state.is_unknown();
        for cell in (0..self.cells.len()).filter(unknown).collect::<Vec<_>>() {
            self.circuits.add(cell, &self.places[cell]);
        }
        while self.close_groups(min_devices) || self.close_circuits() || self.close_counts() {}
    }

    fn suppress(&mut self, cell: usize) {
        self.cells[cell].state = State::Secondary;
        self.circuits.add(cell, &self.places[cell]);
    }

    /// Every equation alone: at least two unknowns, and enough devices behind the suppressed parts.
    fn close_groups(&mut self, min_devices: i64) -> bool {
        let mut changed = false;
        for number in 0..self.equations.len() {
            while let Some(cell) = self.missing(&self.equations[number], min_devices) {
                self.suppress(cell);
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

    /// All equations together: further cells for each that they determine, until they leave it open.
    fn close_circuits(&mut self) -> bool {
        let mut changed = false;
        for cell in 0..self.cells.len() {
            while self.cells[cell].state.is_suppressed() && !self.circuits.is_open(cell) {
                let tried = |other: usize| self.circuits.tried(other, &self.places[other]);
                let opens = |other| tried(other).is_some_and(|change| changes(&change, cell));
                let Some(other) = self.protector(cell, &opens) else { break };
                self.suppress(other);
                changed = true;
            }
        }
        changed
    }

    /// Counts that might be the only possible ones: a further cell for each that no change is found for
    /// which leaves everything published as it is, and every count possible. Changes are sought among the
    /// largest counts first, which have the most room.
    fn close_counts(&mut self) -> bool {
        let unknown = (0..self.cells.len()).filter(|cell| self.cells[*cell].state.is_unknown());
        let mut unknown: Vec<usize> = unknown.collect();
        unknown.sort_by_key(|cell| (Reverse(self.cells[*cell].room()), *cell));
        let mut circuits = circuits(self.cells.len(), &self.equations);
        let mut safe = BTreeSet::new();
        for cell in unknown {
            let change = circuits.add(cell, &self.places[cell]);
            let possible = change.filter(|change| self.is_possible(change));
            safe.extend(possible.iter().flatten().map(|(of, _)| *of));
        }
        let (mut changed, mut begun) = (false, BTreeSet::new());
        for cell in 0..self.cells.len() {
            let found = &self.cells[cell];
            if found.state != State::Primary || !found.is_of_all_tests || safe.contains(&cell) {
                continue;
            }
            if self.places[cell].iter().any(|(number, _)| begun.contains(number)) {
                continue;
            }
            let tried = |other: usize| {
                let change = circuits.tried(other, &self.places[other]);
                change.filter(|change| self.is_possible(change))
            };
            let frees = |other| tried(other).is_some_and(|change| changes(&change, cell));
            let Some(other) = self.protector(cell, &frees) else { continue };
            match tried(other) {
                Some(change) => safe.extend(change.iter().map(|(of, _)| *of)),
                // It takes more than one; what else they need is looked at first.
                None => begun.extend(self.places[other].iter().map(|(number, _)| *number)),
            }
            circuits.add(other, &self.places[other]);
            self.suppress(other);
            changed = true;
        }
        changed
    }

    /// Whether no count falls below what everybody knows it to be at least, either way.
    fn is_possible(&self, change: &Change) -> bool {
        let fits = |at: usize, by: i64| by.abs() < EXACT && self.cells[at].room() >= -by;
        [1, -1].iter().any(|sign| change.iter().all(|(at, by)| fits(*at, sign * by)))
    }

    /// The published cell to suppress for another: one that protects it at once, if there is one near, of
    /// these the finest, then the nearest and smallest. Cells that are near share an equation, or each one
    /// with an unknown cell between them.
    fn protector(&self, cell: usize, protects: &dyn Fn(usize) -> bool) -> Option<usize> {
        let (mut near, mut edge) = (vec![false; self.cells.len()], vec![cell]);
        near[cell] = true;
        let mut found = Vec::new();
        for distance in 0.. {
            let numbers = edge.iter().flat_map(|cell| &self.places[*cell]);
            let numbers: BTreeSet<usize> = numbers.map(|(number, _)| *number).collect();
            let all = numbers.iter().map(|number| &self.equations[*number]);
            let all = all.flat_map(|one| one.parts.iter().chain([&one.total])).copied();
            let is_new = |other: &usize| !std::mem::replace(&mut near[*other], true);
            let next: Vec<usize> = all.filter(is_new).collect();
            let published = next.iter().filter(|c| self.cells[**c].state == State::Published);
            found.extend(published.map(|other| {
                let Cell { fineness, tests, .. } = self.cells[*other];
                (Reverse(fineness), distance, tests, *other)
            }));
            edge = next;
            edge.retain(|other| self.cells[*other].state.is_unknown());
            if edge.is_empty() {
                break;
            }
        }
        found.sort_unstable();
        let of_one_fineness = found.chunk_by(|a, b| a.0 == b.0);
        let mut tried = of_one_fineness.flat_map(|all| all.iter().take(CANDIDATES));
        let best = tried.find(|(.., other)| protects(*other)).or(found.first());
        best.map(|(.., other)| *other)
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

/// Whether the cell is one of those that are changed.
fn changes(change: &Change, cell: usize) -> bool {
    change.binary_search_by_key(&cell, |(of, _)| *of).is_ok()
}

/// No unknown yet.
fn circuits(cells: usize, equations: &[Equation]) -> Circuits {
    Circuits::new(cells, equations.iter().map(|equation| equation.parts.len()).collect())
}

/// Adds what a row says of its cells; the fewest devices that a table knows count.
fn add(found: &mut BTreeMap<Key, Cell>, rows: &Rows, row: usize) {
    for key in &rows.keys[row] {
        found.entry(key.clone()).or_insert(Cell::new(key, State::Published));
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
