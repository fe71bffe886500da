//! From a month of i-Speed samples to the two official reports.
//!
//! Data flows one way: samples → import → validation and placement → collapse → statistics →
//! gaps → charts → documents → bundle. The library prints nothing, reads no clock and no
//! environment: everything from outside comes in through a [`plan::Plan`].

pub mod bias;
pub mod bundle;
pub mod calendar;
pub mod campaign;
pub mod chart;
pub mod checks;
pub mod collapse;
pub mod communes;
pub mod comparison;
pub mod config;
pub mod coverage;
mod csv_table;
pub mod demo;
pub mod disclosure;
pub mod document;
pub mod edited;
pub mod engine;
pub mod error;
pub mod figures;
pub mod gaps;
pub mod history;
pub mod import;
pub mod issuing;
mod measured;
pub mod numbered;
pub mod operators;
mod origin;
mod output;
pub mod period;
pub mod pipeline;
pub mod plan;
pub mod progress;
pub mod provenance;
pub mod queries;
pub mod reconciliation;
pub mod report;
pub mod revision;
pub mod spreadsheet;
pub mod statistics;
pub mod status;
mod text_file;
pub mod validation;
pub mod vietnamese;
pub mod warning;
pub mod weighting;
