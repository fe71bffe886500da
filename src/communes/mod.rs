//! Communes: which exist on a day ([`register`]) and which one a position lies in ([`boundaries`]).
//!
//! Codes are reused: from 01/07/2025 nearly every code names another commune than before, so
//! every look-up takes the day as well. Periods are half-open.

pub mod boundaries;
pub mod crosswalk;
mod distance;
pub mod geojson_file;
mod grid;
pub mod names;
pub mod outline;
pub mod register;

pub use boundaries::{Boundaries, BoundarySets, Near, Placement};
pub use crosswalk::Crosswalk;
pub use register::{Commune, District, Province, Register};
