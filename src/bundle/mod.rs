//! The bundle: what a run leaves behind, how it appears in one step, how it is checked later.
//!
//! `OUT/<province>-<month>/` holds `send/` (reports, charts, tables, annex), `internal/` (ledger,
//! quarantine, effective samples, queries) and `manifest.json`, which lists the SHA-256 of
//! everything that went in and came out. Exporters ([`tables`], [`annex`]) return bytes; only
//! [`place`] and [`manifest`] touch the disk.

pub mod annex;
mod cell;
mod folder;
pub mod manifest;
pub mod place;
pub mod shelf;
pub mod tables;
pub mod verify;

pub use annex::{Sheet, SheetColumn};
pub use folder::FileError;
pub use manifest::{Earlier, Manifest, Origin, OutputFile, Replaced};
pub use place::{OutputFolder, OutputRoot, REVISIONS, Staging};
pub use verify::{Problem, Verification, verify};
