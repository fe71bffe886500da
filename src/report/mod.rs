//! Reports: a template of `reports/` filled in with the tables of a month → blocks of a document.
//!
//! Which documents there are is said in `reports/documents.toml`, see `catalog`.
//! A template is Markdown with minijinja control flow. Values enter as leaves, see `values`;
//! the fields that a template can use are listed in [`context`], its blocks in `fences`.

mod by_commune;
mod campaign;
mod catalog;
mod commune_sheet;
pub mod context;
pub mod error;
mod fences;
mod filters;
mod finding;
mod items;
pub mod labels;
mod leader;
mod lists;
mod markdown;
mod matrix;
pub mod monthly;
mod names;
mod offices;
mod operator_letter;
mod operators;
mod periods;
mod public;
mod quality;
mod reminder;
pub(crate) mod rows;
pub mod settings;
mod shortfalls;
mod spoken;
mod summary;
mod table;
mod templates;
mod trends;
mod values;
mod warnings;
mod writer;

pub use catalog::Format;
pub use context::Sources;
pub use labels::Labels;
pub use monthly::MonthlyText;
pub use settings::{Dispatch, Settings};
pub use templates::Templates;
pub use writer::{Written, render, write};

#[cfg(test)]
mod commune_sheet_tests;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod hard_case_tests;
#[cfg(test)]
mod leader_tests;
#[cfg(test)]
mod month_tests;
#[cfg(test)]
mod operator_letter_tests;
#[cfg(test)]
mod public_tests;
#[cfg(test)]
mod reminder_tests;
#[cfg(test)]
mod sandbox_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wording_tests;
