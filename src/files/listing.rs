//! What a walk finds in one folder: files to catalog, and oddities to report.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStrExt;

use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::root::Leads;
use super::walk::WalkOptions;
use super::{FileError, FileKind, FileStat, Folder, OWN_PREFIX, Root};
use crate::domain::asset::FileStamp;
use crate::domain::path::{PathError, RelPath};
use crate::domain::text::{printable, with_causes};

/// Fewer names than this are looked at on one thread.
const NAMES_PER_TASK: usize = 256;

/// The files directly in one folder, sorted by name.
#[derive(Debug)]
pub struct FolderListing {
    /// Relative to the root, empty for the root itself.
    pub folder: Vec<u8>,
    pub files: Vec<FoundFile>,
    pub oddities: Vec<Oddity>,
}

impl FolderListing {
    /// What may be there and was not seen: paths beneath the root, or the folder itself.
    pub fn hidden(&self) -> impl Iterator<Item = &[u8]> {
        let hiding = self.oddities.iter().filter(|oddity| oddity.kind.hides());
        hiding.map(|oddity| oddity.path.as_slice())
    }
}

/// A regular file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    pub path: RelPath,
    pub stamp: FileStamp,
    pub mode: u32,
    pub links: u64,
}

/// Something that a walk reports and leaves alone.
#[derive(Debug)]
pub struct Oddity {
    /// Relative to the root; not always a valid [`RelPath`].
    pub path: Vec<u8>,
    pub kind: OddityKind,
}

/// Why it is left alone.
#[derive(Debug)]
pub enum OddityKind {
    /// A link, which is never followed; what it names, as far as it could be read.
    Symlink { target: Vec<u8>, leads: Leads },
    /// A pipe, socket or device.
    Special(FileKind),
    /// A folder or file that could not be looked at.
    Unreadable(FileError),
    /// A path that the catalog cannot hold.
    InvalidName(PathError),
    /// A file modified so recently that it may be half there.
    StillWritten,
}

impl OddityKind {
    /// Whether what is at the path or beneath it may be there, and was only not seen. What became a
    /// link or a pipe is not in the library any more.
    pub fn hides(&self) -> bool {
        match self {
            Self::Unreadable(_) | Self::StillWritten => true,
            Self::Symlink { .. } | Self::Special(_) | Self::InvalidName(_) => false,
        }
    }
}

/// A reason that completes "is left alone because it is ".
impl fmt::Display for OddityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Symlink { target, leads } => {
                let leads = match leads {
                    Leads::Beneath => "within the root",
                    Leads::Outside => "out of the root",
                    Leads::Nowhere => "to nothing",
                    Leads::Unknown => "who knows where",
                };
                write!(f, "a link to {}, {leads}", printable(target))
            }
            Self::Special(kind) => f.write_str(kind.words()),
            Self::Unreadable(error) => f.write_str(&with_causes(error)),
            Self::InvalidName(error) => write!(f, "{error}"),
            Self::StillWritten => f.write_str("still being written"),
        }
    }
}

/// The names of a folder, before anything is known of what they name.
#[derive(Debug, Default)]
pub(super) struct FolderNames {
    pub(super) path: Vec<u8>,
    /// `None` if the folder could not be opened.
    pub(super) handle: Option<Folder>,
    pub(super) names: Vec<OsString>,
    pub(super) oddities: Vec<Oddity>,
}

impl FolderNames {
    /// Looks at every name, on several threads if there are many; the order stays.
    pub(super) fn list(self, root: &Root, options: WalkOptions) -> FolderListing {
        let Self { path, handle, names, oddities } = self;
        let mut listing = FolderListing { folder: path, files: Vec::new(), oddities };
        let Some(folder) = handle else { return listing };

        let place = Place { root, folder: &folder, path: &listing.folder, options };
        let looked_at: Vec<_> = names
            .par_iter()
            .with_min_len(NAMES_PER_TASK)
            .filter_map(|name| place.look_at(name.as_bytes()))
            .collect();
        for found in looked_at {
            match found {
                Ok(file) => listing.files.push(file),
                Err(oddity) => listing.oddities.push(oddity),
            }
        }
        listing
    }
}

/// The folder that names are looked at in.
struct Place<'a> {
    root: &'a Root,
    folder: &'a Folder,
    path: &'a [u8],
    options: WalkOptions,
}

impl Place<'_> {
    /// `None` for what is shelflife's own and for what has vanished since it was listed.
    fn look_at(&self, name: &[u8]) -> Option<Result<FoundFile, Oddity>> {
        if name.starts_with(OWN_PREFIX) {
            return None;
        }
        let path = self.path_of(name);
        let stat = match self.folder.stat(name) {
            Ok(stat) => stat?,
            Err(error) => return Some(Err(Oddity { path, kind: OddityKind::Unreadable(error) })),
        };
        if stat.kind == FileKind::Folder || self.folder.is_own(&stat) {
            return None;
        }
        let found = self.oddity(name, &path, &stat).map_or_else(
            || match RelPath::new(path.as_slice()) {
                Ok(path) => {
                    let FileStat { stamp, mode, links, .. } = stat;
                    Ok(FoundFile { path, stamp, mode, links })
                }
                Err(error) => Err(OddityKind::InvalidName(error)),
            },
            Err,
        );
        Some(found.map_err(|kind| Oddity { path, kind }))
    }

    fn oddity(&self, name: &[u8], path: &[u8], stat: &FileStat) -> Option<OddityKind> {
        match stat.kind {
            FileKind::Regular => {
                let unsettled = self.options.is_unsettled(stat.stamp.modified_ns);
                unsettled.then_some(OddityKind::StillWritten)
            }
            FileKind::Symlink => Some(OddityKind::Symlink {
                target: self.folder.link_target(name).unwrap_or_default(),
                leads: self.root.leads(path),
            }),
            other => Some(OddityKind::Special(other)),
        }
    }

    fn path_of(&self, name: &[u8]) -> Vec<u8> {
        let mut path = Vec::with_capacity(self.path.len() + 1 + name.len());
        if !self.path.is_empty() {
            path.extend_from_slice(self.path);
            path.push(b'/');
        }
        path.extend_from_slice(name);
        path
    }
}
