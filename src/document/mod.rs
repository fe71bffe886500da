//! Documents: blocks → page model with its structure → PDF; the same blocks as DOCX and HTML.

pub mod block;
pub mod docx;
pub mod font;
pub mod html;
pub mod issue;
pub mod layout;
mod markup;
pub mod page;
pub mod pdf;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod specimen;
pub mod store;
pub mod structure;
