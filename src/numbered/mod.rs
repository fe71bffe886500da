//! Samples with numbers in place of text: what is computed without an engine reads these.
//!
//! A *cell* is one combination of what samples are grouped by: commune with its first day, operator,
//! access type, technology. Cells are numbered in that order, a missing technology last; devices in the
//! order of their first tests. Samples are read in parts with a numbering of their own ([`Part`]), which
//! are then put together ([`Accepted`]), collapsed ([`Effective`]), and sorted by device ([`Rows`]).

mod cells;
mod devices;
mod effective;
mod part;
mod passed;
mod rows;

pub use cells::{Cell, Interned, Last};
pub use devices::{Devices, ID_BYTES};
pub use effective::{Effective, effective_batch};
pub use part::{Accepted, Part, Row};
pub use passed::Reader;
pub use rows::{Numbered, Rows, UNKNOWN_TECHNOLOGY, cell_table};
