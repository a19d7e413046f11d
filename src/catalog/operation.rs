//! An operation as the catalog keeps it: its files, and how it ended.

use super::files::FileId;
use crate::domain::asset::{AssetId, Digest, FileStamp};
use crate::domain::lifecycle::Transition;
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::path::{PathError, RelPath};
use crate::domain::pause::Heed;
use crate::domain::time::Timestamp;

/// One file of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationFile {
    /// From 1, in the order in which the files move.
    pub number: u32,
    pub file: FileId,
    pub root: i64,
    pub path: RelPath,
    /// The name in the quarantine folder, such as `0001.bin`, or in the folder that it is
    /// published to.
    pub stored_name: String,
    pub digest: Digest,
    pub bytes: u64,
    pub mode: u32,
    pub modified_ns: i64,
    pub state: FileState,
}

/// An operation with its files, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Unique for ever.
    pub id: String,
    pub kind: OperationKind,
    pub asset: AssetId,
    pub state: OperationState,
    pub opened_at: Timestamp,
    /// The quarantine folder: this operation's own, or the one that a restore takes from. One that
    /// publishes has its own id here, and no such folder.
    pub store: String,
    /// Where one that publishes brings the files.
    pub to: Option<Destination>,
    pub files: Vec<OperationFile>,
}

/// A folder that files are published to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub root: i64,
    /// Beneath the root; it need not be there yet.
    pub folder: Vec<u8>,
}

impl Destination {
    /// The path of a name in the folder.
    pub fn path_of(&self, name: &str) -> Result<RelPath, PathError> {
        let folder = self.folder.as_slice();
        let joined =
            if folder.is_empty() { name.into() } else { [folder, b"/", name.as_bytes()].concat() };
        RelPath::new(joined)
    }
}

/// What is asked of an asset's files, bound to what it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOperation {
    pub operation: Operation,
    /// The asset's version when it was read.
    pub version: i64,
    /// None of one that publishes.
    pub transition: Option<Transition>,
    pub reason: Option<String>,
    pub causes: Vec<String>,
    /// Whether it is refused while the catalog's flag pauses.
    pub heed: Heed,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedOperation {
    pub state: OperationState,
    /// By number; a file that is back in the library brings its new stamp.
    pub files: Vec<(u32, FileState, Option<FileStamp>)>,
    /// The state change that a finished operation leads to.
    pub transition: Option<Transition>,
    /// A hold that a restore places, until the instant.
    pub hold: Option<(String, Timestamp)>,
    /// What recovery or a failure has to say.
    pub note: Option<String>,
}
