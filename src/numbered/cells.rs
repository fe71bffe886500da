//! Cells: combinations of what samples are grouped by, under numbers.

use hashbrown::HashMap;

/// What samples are grouped by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub commune_code: String,
    /// The first day of the commune, in days since 1970.
    pub valid_from: i32,
    pub operator: String,
    pub access_type: String,
    /// Without one, a cell stands behind those with one.
    pub technology: Last<String>,
}

/// A value that may be missing, and then is the greatest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last<T>(pub Option<T>);

impl<T: Ord> Ord for Last<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |value: &Self| value.0.is_none();
        key(self).cmp(&key(other)).then_with(|| self.0.cmp(&other.0))
    }
}

impl<T: Ord> PartialOrd for Last<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Distinct texts in the order in which they came.
#[derive(Debug, Default)]
pub struct Interned {
    numbers: HashMap<String, u32>,
    found: Vec<String>,
}

impl Interned {
    /// The number of a text, counted from 1.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.found.push(text.to_owned());
        let number = self.found.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The same, and 0 for none.
    pub fn optional(&mut self, text: Option<&str>) -> u32 {
        text.map_or(0, |text| self.number(text))
    }

    pub fn text(&self, number: u32) -> Option<&String> {
        self.found.get((number as usize).checked_sub(1)?)
    }

    pub fn found(&self) -> &[String] {
        &self.found
    }
}

/// The cells of samples that are read together, numbered from 0 in the order in which they came.
#[derive(Debug, Default)]
pub struct Cells {
    numbers: HashMap<[u32; 5], u32>,
    found: Vec<Cell>,
}

impl Cells {
    /// The number of the cell behind a key; whoever adds samples chooses keys that tell cells apart.
    pub fn number(&mut self, key: [u32; 5], cell: impl FnOnce() -> Cell) -> u32 {
        let next = self.found.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.found.push(cell());
        }
        number
    }

    pub fn found(&self) -> &[Cell] {
        &self.found
    }
}
