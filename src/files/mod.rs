//! The only place that touches the library's files.
//!
//! A root is opened once; after that every file is reached from that handle, one folder at a
//! time, and never through a link. No path text is given to an operation that reads, moves or
//! removes.

pub mod count;
pub mod error;
pub mod folder;
pub mod listing;
pub mod read;
pub mod root;
pub mod steps;
mod tmpmarker;
pub use tmpmarker::*;
pub mod walk;

pub use count::{count, identities};
pub use error::FileError;
pub use folder::{FileKind, FileStat, Folder, Identity};
pub use listing::{FolderListing, FoundFile, Oddity, OddityKind};
pub use read::{FileRead, Head, read_batch, read_file};
pub use root::{Leads, Root};
pub use steps::Steps;
pub use walk::{WalkOptions, walk};

/// How the names of shelflife's own files in a root begin; a walk leaves them out.
pub const OWN_PREFIX: &[u8] = b".shelflife-";

type Result<T> = std::result::Result<T, FileError>;
