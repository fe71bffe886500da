//! Documents: blocks → page model with its structure → PDF.

pub mod block;
pub mod font;
pub mod issue;
pub mod layout;
pub mod page;
pub mod pdf;
#[cfg(test)]
mod specimen;
pub mod structure;
