//! The files of a folder: as they are on disk, and as the catalog knows them.

use crate::domain::asset::{AssetId, Content, Digest, FileStamp, Place, Role, Tie};
use crate::domain::claims::Claims;
use crate::domain::lifecycle::State;

/// A file of the folder as it is on disk now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    pub name: Vec<u8>,
    pub digest: Digest,
    pub content: Content,
    pub stamp: FileStamp,
    /// What it says about itself; `None` if it was not looked into now.
    pub claims: Option<Box<Claims>>,
}

impl FoundFile {
    /// Whether the other is the same file, unchanged.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.digest == other.digest
            && self.content == other.content
            && self.stamp == other.stamp
    }

    /// Whether by its name it speaks of another file.
    pub(super) fn is_sidecar(&self) -> bool {
        stem_of_sidecar(&self.name).is_some()
    }
}

/// `photo.jpg` of `photo.jpg.xmp`, `photo` of `photo.xmp`.
pub(super) fn stem_of_sidecar(name: &[u8]) -> Option<&[u8]> {
    let (stem, ending) = name.split_at_checked(name.len().checked_sub(4)?)?;
    (ending.eq_ignore_ascii_case(b".xmp") && !stem.is_empty()).then_some(stem)
}

/// The asset that a known file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub asset: AssetId,
    pub state: State,
    pub version: i64,
    /// What keeps it an asset of its own though it is a draft.
    pub tie: Option<Tie>,
    /// Whether an operation on it is open: where its files are is for that to tell.
    pub in_operation: bool,
    pub role: Role,
    /// Whether the file is the original by whose path the asset goes. Others that were the original
    /// before that was gone keep that role until they are back.
    pub goes_by: bool,
}

impl Owner {
    /// Why it is never merged into another asset, if it is not.
    pub(super) fn stays_an_asset(&self) -> Option<String> {
        match self.state {
            State::Draft => self.tie.map(|tie| tie.in_words().to_owned()),
            state => Some(format!("is {state}")),
        }
    }
}

/// A file of the folder as the catalog knows it. Its place is the library or missing, or quarantine as
/// long as an operation on its asset is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// The file's number in the catalog.
    pub file: i64,
    pub found: FoundFile,
    pub place: Place,
    /// Whether what it says about itself is known.
    pub looked_into: bool,
    /// Of which asset, or why of none.
    pub owner: Result<Owner, String>,
}

impl KnownFile {
    /// Whether it ought to be read for what it says, although it did not change.
    pub fn wants_a_look(&self) -> bool {
        let is_original = self.owner.as_ref().is_ok_and(|owner| owner.role == Role::Original);
        !self.looked_into && is_original
    }

    /// Whether its asset is out of the library without it. What is found at its path is another file
    /// then: it would be served under the name of an asset that is called gone.
    pub fn is_left_behind(&self) -> bool {
        let left = |owner: &Owner| owner.state.was().is_some() && !owner.in_operation;
        self.owner.as_ref().is_ok_and(left)
    }

    /// Whether the folder has to be grouped again although nothing in it changed: something was left
    /// behind, or came amid a move.
    pub fn is_provisional(&self) -> bool {
        self.is_left_behind() || self.owner.as_ref().is_err_and(|why| why.starts_with(AMID_A_MOVE))
    }
}

/// Why a file is ambiguous that looks like one of an asset that an operation is about.
pub(super) const AMID_A_MOVE: &str = "it came while files were moved of ";
