//! Documents: blocks → page model → PDF.

pub mod block;
pub mod font;
pub mod issue;
pub mod layout;
pub mod page;
pub mod pdf;
