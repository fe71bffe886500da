//! A month of simulated samples, to try the program and to show what it makes of every kind of row.
//!
//! The communes are real and everything else is invented: few communes with campaigns and many
//! with hardly a test, two operators that are equally fast and one that is slow, failed tests, two
//! places where one operator is hardly there, a phone that tests two hundred times a day, repeated
//! rows, and rows that every rule of [`crate::validation`] rejects. Each file says in its metadata that its samples are simulated.
//!
//! A row is drawn from its number alone, so the memory needed does not grow with the month, and
//! the same simulation gives the same bytes everywhere.

mod calendar;
mod flaw;
mod hole;
mod network;
mod person;
mod place;
mod random;
mod sample;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::{Fault, Kind, Result};
use calendar::Window;
use flaw::{Flaw, Role};
use place::Places;
use sample::{Row, World};

pub use write::SIMULATED_KEY;

/// A commune in which the simulated people test.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoCommune {
    /// Code in the register of the month.
    pub code: String,
    /// Name in the register; a ward (“Phường …”) has more 5G.
    pub name: String,
    /// Position of the seat in degrees; without it the samples carry the code only.
    pub latitude: Option<f64>,
    /// See `latitude`.
    pub longitude: Option<f64>,
}

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Simulation<'a> {
    /// Code of the province, so that a commune of another one can be chosen for bad rows.
    pub province_code: &'a str,
    /// Any day of the month.
    pub month: Date,
    /// The zone whose months are meant.
    pub zone: TimeZone,
    /// Rows in all files together.
    pub samples: usize,
    /// The same seed gives the same month.
    pub seed: u64,
    /// All communes of the province in that month.
    pub communes: &'a [DemoCommune],
    /// Leave the commune out of some rows that have a position: only where boundaries are
    /// configured, all these rows are rejected otherwise.
    pub position_only: bool,
}

/// Why a month cannot be simulated.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("province `{0}` has no commune in the month, expected at least one")]
    NoCommune(String),
    #[error("found 0 samples to simulate, expected at least 1")]
    NoSample,
    #[error("cannot simulate the month of {month}: {source}")]
    Month { month: Date, source: jiff::Error },
    #[error("cannot write `{path}`: {source}")]
    Write { path: String, source: parquet::errors::ParquetError },
}

impl Fault for DemoError {
    fn kind(&self) -> Kind {
        match self {
            DemoError::Write { .. } => Kind::Output,
            _ => Kind::Usage,
        }
    }
}

/// Writes the month into an existing folder, one Parquet file for each ten days, and returns the
/// paths in order. The first file is that of an older export and has fewer optional columns.
pub fn simulate(simulation: &Simulation<'_>, folder: &Path) -> Result<Vec<PathBuf>> {
    let demo = Demo::new(simulation)?;
    let write = |window: &Window| -> Result<PathBuf> {
        let path = folder.join(file_name(simulation, window));
        demo.write(window, &path)?;
        Ok(path)
    };
    demo.windows.iter().map(write).collect()
}

fn check(simulation: &Simulation<'_>) -> Result<(), DemoError> {
    if simulation.communes.is_empty() {
        return Err(DemoError::NoCommune(simulation.province_code.to_owned()));
    }
    if simulation.samples == 0 {
        return Err(DemoError::NoSample);
    }
    Ok(())
}

fn file_name(simulation: &Simulation<'_>, window: &Window) -> String {
    let province = simulation.province_code;
    let month = simulation.month.strftime("%Y-%m");
    let (first, last) = window.days;
    format!("simulated-{province}-{month}-days-{first:02}-{last:02}.parquet")
}

/// The code of a commune in another province, in use before and after 01/07/2025.
fn elsewhere(province_code: &str) -> &'static str {
    if province_code == "01" { "27259" } else { "00004" }
}

/// Everything that the rows of a month are made from.
struct Demo<'a> {
    world: World<'a>,
    elsewhere: &'static str,
    windows: Vec<Window>,
}

impl<'a> Demo<'a> {
    fn new(simulation: &Simulation<'a>) -> Result<Self, DemoError> {
        check(simulation)?;
        let &Simulation { month, samples, seed, communes, position_only, .. } = simulation;
        let windows = calendar::windows(month, samples, &simulation.zone)
            .map_err(|source| DemoError::Month { month, source })?;
        let places = Places::new(seed, samples, communes);
        let world = World { seed, places, position_only };
        Ok(Demo { world, elsewhere: elsewhere(simulation.province_code), windows })
    }

    fn write(&self, window: &Window, path: &Path) -> Result<(), DemoError> {
        let without: &[&str] = if older(window) { &write::LATER_COLUMNS } else { &[] };
        let count = window.end_row - window.first_row;
        write::write(path, count, without, |row| self.row(window.first_row + row, window))
            .map_err(|source| DemoError::Write { path: path.display().to_string(), source })
    }

    /// The row with a number, whatever it is for.
    fn row(&self, number: usize, window: &Window) -> Row<'a> {
        match self.world.role(number, window) {
            Role::Plain => self.world.row(number, window, true),
            Role::Flawed(flaw) => {
                let mut row = self.world.row(number, window, false);
                flaw::spoil(&mut row, self.possible(flaw, window), window, self.elsewhere);
                row
            }
            Role::Repeated(of) => self.world.row(of, window, true),
            Role::Altered(of) => {
                let mut row = self.world.row(of, self.window_of(of, window), true);
                flaw::alter(&mut row, number);
                row
            }
        }
    }

    fn window_of<'w>(&'w self, number: usize, default: &'w Window) -> &'w Window {
        let holds = |window: &&Window| (window.first_row..window.end_row).contains(&number);
        self.windows.iter().find(holds).unwrap_or(default)
    }

    /// A flaw that the file can show: a missing column has no bad value, and a position alone is
    /// no flaw where boundaries are configured.
    fn possible(&self, flaw: Flaw, window: &Window) -> Flaw {
        match flaw {
            Flaw::LossInPercent if older(window) => Flaw::Abroad,
            Flaw::PositionOnly if self.world.position_only => Flaw::Abroad,
            _ => flaw,
        }
    }
}

/// The first file comes from an older version of the application.
fn older(window: &Window) -> bool {
    window.number == 0
}
