//! The only place that touches the library's files.
//!
//! A root is opened once; after that every file is reached from that handle, one folder at a
//! time, and never through a link. No path text is given to an operation that reads, moves or
//! removes.

pub mod copy;
pub mod count;
pub mod error;
pub mod folder;
pub mod folders;
pub mod listing;
pub mod lock;
mod mounts;
pub mod moves;
pub mod note;
pub mod private;
pub mod purging;
pub mod quarantine;
pub mod read;
mod reading_copy;
pub mod root;
mod secret;
pub mod selftest;
pub mod steps;
pub mod walk;
mod write;

pub use count::{Count, count, identities};
pub use error::{FileError, MoveError};
pub use folder::{Entry, FileKind, FileStat, Folder, Identity};
pub use listing::{FolderListing, FoundFile, Oddity, OddityKind};
pub use lock::{Locking, RunLock};
pub use note::{read_note, remove_note};
pub use private::{
    check_private_dir, check_unshared, create_private_dir, is_beneath, make_new_private,
    network_file_system, replace_private, write_new_private,
};
pub use quarantine::Quarantine;
pub use read::{FileRead, Head, hash_file, look_at, read_batch, read_file};
pub use reading_copy::{ReadingCopy, check_writable, is_beside_closed};
pub use root::{Leads, Root};
pub use secret::{random_bytes, read_secret};
pub use steps::Steps;
pub use walk::{WalkOptions, walk};

/// How the names of shelflife's own files in a root begin; a walk leaves them out.
pub const OWN_PREFIX: &[u8] = b".shelflife-";

type Result<T> = std::result::Result<T, FileError>;
