//! Readers of exports: what a site says about its attachments, as one stream of items.
//!
//! **Invariant:** what an export says is a claim. It is given as written or refused and reported
//! with its line, never mended into acceptance; and no input, however hostile, makes a reader
//! panic or hold more than a few texts of [`MAX_TEXT`] bytes.

mod details;
mod item;
pub mod php;
mod problem;
pub mod table;
pub mod wxr;

pub use item::{Item, MediaDetails, Place, SizeEntry};
pub use problem::{Defect, Malformed, Problem};

/// The longest single text that is read from an export, in bytes. What is longer is cut.
pub const MAX_TEXT: usize = 1 << 20;

/// Why reading an export had to end before its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("cannot read the export beyond line {line}")]
    Read { line: u64, source: std::io::Error },
}
