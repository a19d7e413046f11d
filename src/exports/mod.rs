//! Readers of exports: what a site says about its attachments, as one stream of items.
//!
//! **Invariant:** what an export says is a claim. It is given as written or refused and reported
//! with its place, never mended into acceptance; and no input, however hostile, makes a reader
//! panic or hold more than a few texts of [`MAX_TEXT`] bytes.

mod ahead;
mod details;
mod draft;
mod item;
pub mod json;
mod kind;
mod open;
pub mod php;
mod place;
mod preface;
mod problem;
pub mod references;
mod repeats;
pub mod table;
mod url;
pub mod wxr;
pub mod zip;

use std::sync::Arc;

pub use self::item::{Bytes, Item, MediaDetails, SizeEntry};
pub use self::kind::ExportKind;
pub use self::open::{Export, Look, is_evident, open};
pub use self::place::Place;
pub use self::problem::{Defect, Malformed, Problem};
pub use self::repeats::Repeats;
pub use self::url::{path_in_uploads, served_path};
pub use self::wxr::Site;
pub use self::zip::is_of_the_system;

/// The longest single text that is read from an export, in bytes. What is longer is cut.
pub const MAX_TEXT: usize = 1 << 20;

/// What a reader finds, in the order of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Comes before the first item of a file, if the file describes its site.
    Site(Site),
    /// What is wrong in it is in [`Item::problems`].
    Item(Box<Item>),
    /// Something that is not about one item.
    Problem(Problem),
}

impl Event {
    /// Something about a file as a whole.
    pub fn about_file(name: &Arc<str>, what: Defect) -> Self {
        Self::Problem(Problem { place: Place::file(name), subject: None, what })
    }

    /// Roughly how many bytes of texts it holds.
    pub fn length(&self) -> usize {
        match self {
            Self::Item(item) => item.length(),
            Self::Site(_) | Self::Problem(_) => 0,
        }
    }
}

/// Why reading an export had to end before its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("cannot read the export beyond {place}")]
    Read { place: Place, source: std::io::Error },
}
