//! A root of the library, opened once and held.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, openat, openat2, statat};
use rustix::io::Errno;

use super::folder::{Circumstances, Folder, Identity, Privacy};
use super::steps::Steps;
use super::{FileError, MoveError, Result, write};
use crate::domain::path::RelPath;

/// The file in a root that names the catalog the root belongs to.
pub const MARKER: &[u8] = b".shelflife-root";

/// A marker is one line; a longer file is not one of ours.
const MARKER_BYTES: u64 = 256;

/// The marker holds nothing secret, and whoever serves the root may want to know it.
const MARKER_MODE: u32 = 0o644;

/// How often a path is resolved again that others keep in motion.
const TRIES: u32 = 1_000;

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// How a path below the root is opened without ever following a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resolver {
    /// By `openat2`, in one step (Linux 5.6 and later).
    Kernel,
    /// Part by part.
    Parts,
}

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// To something beneath the same root.
    Beneath,
    /// Out of the root, or by an absolute path.
    Outside,
    /// To nothing: it dangles or goes in a circle.
    Nowhere,
    /// It could not be told without following it.
    Unknown,
}

/// A root folder of the library.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    handle: OwnedFd,
    resolver: Resolver,
    circumstances: Circumstances,
}

impl Root {
    /// Opens the folder at `path`. The path itself is the operator's and may lead through links;
    /// nothing below it may.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_as(path, OFlags::empty(), Circumstances::default())
    }

    /// Opens a private place, which must not be a link.
    pub(super) fn open_private(path: &Path) -> Result<Self> {
        let circumstances = Circumstances { privacy: Privacy::Private, ..Default::default() };
        Self::open_as(path, OFlags::NOFOLLOW, circumstances)
    }

    fn open_as(path: &Path, flags: OFlags, circumstances: Circumstances) -> Result<Self> {
        let failed = |errno| FileError::io("open folder", path, errno);
        let handle = openat(CWD, path, FOLDER | flags, Mode::empty()).map_err(failed)?;
        let resolver = match beneath(&handle, b".") {
            Ok(_) => Resolver::Kernel,
            Err(Errno::NOSYS | Errno::PERM) => Resolver::Parts,
            Err(errno) => return Err(failed(errno)),
        };
        Ok(Self { path: path.to_owned(), handle, resolver, circumstances })
    }

    /// The same root, with `steps` told of every change made through it.
    #[must_use]
    pub fn watched_by(mut self, steps: Arc<dyn Steps>) -> Self {
        self.circumstances.steps = steps;
        self
    }

    /// The same root, in which the files and folders with these numbers are never opened: closing
    /// a file of SQLite's outside SQLite drops its locks.
    #[must_use]
    pub fn leaving_alone(mut self, own: BTreeSet<Identity>) -> Self {
        self.circumstances.own = Arc::new(own);
        self
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of the device that the root is on.
    pub fn device(&self) -> Result<u64> {
        Ok(self.folder(b"")?.identity()?.0)
    }

    /// Opens the folder `folder` beneath the root; empty for the root itself.
    ///
    /// Fails with [`FileError::Escape`] if any part of it is a link.
    pub fn folder(&self, folder: &[u8]) -> Result<Folder> {
        let path = self.path.join(OsStr::from_bytes(folder));
        if !folder.is_empty()
            && let Err(source) = RelPath::new(folder)
        {
            return Err(FileError::Path { path, source });
        }
        let opened = match self.resolver {
            _ if folder.is_empty() => beneath_by_parts(&self.handle, b"."),
            Resolver::Kernel => beneath(&self.handle, folder),
            Resolver::Parts => beneath_by_parts(&self.handle, folder),
        };
        match opened {
            Ok(handle) => Ok(Folder::new(handle, path, self.circumstances.clone())),
            // Here XDEV means "out of the root", not "another file system".
            Err(Errno::XDEV | Errno::LOOP) => Err(FileError::Escape { path }),
            Err(errno) => Err(FileError::io("open folder", &path, errno)),
        }
    }

    /// Where the link at `path` leads, found without leaving the root.
    pub(super) fn leads(&self, path: &[u8]) -> Leads {
        if self.resolver != Resolver::Kernel {
            return Leads::Unknown;
        }
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        match open_beneath(&self.handle, path, flags, ResolveFlags::empty()) {
            Ok(_) => Leads::Beneath,
            Err(Errno::XDEV) => Leads::Outside,
            Err(Errno::NOENT | Errno::LOOP | Errno::NOTDIR) => Leads::Nowhere,
            Err(_) => Leads::Unknown,
        }
    }

    /// The id of the catalog that the root is marked with, `None` if it is not marked.
    pub fn read_marker(&self) -> Result<Option<String>> {
        let top = self.folder(b"")?;
        if !top.exists(MARKER)? {
            return Ok(None);
        }
        let (file, _) = top.open_file(MARKER)?;
        let mut line = Vec::new();
        file.take(MARKER_BYTES)
            .read_to_end(&mut line)
            .map_err(|source| FileError::io("read", &top.path_of(MARKER), source))?;
        Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
    }

    /// Marks the root as belonging to the catalog `id`, durably. To mark it again with the same id
    /// does nothing.
    ///
    /// Fails with [`FileError::OtherMarker`] if it belongs to another.
    pub fn write_marker(&self, id: &str) -> Result<()> {
        if self.has_marker(id)? {
            return Ok(());
        }
        let top = self.folder(b"")?;
        let line = format!("{id}\n");
        match write::write_new(top.at(MARKER), line.as_bytes(), MARKER_MODE) {
            Err(MoveError::Exists { .. }) => self.has_marker(id).map(|_| ()),
            written => Ok(written?),
        }
    }

    /// Marks the root, which belonged to the catalog `from`, as belonging to `id`. Durable on return;
    /// at any moment it is marked as the one or the other.
    ///
    /// Fails with [`FileError::OtherMarker`] if it belongs to a third one.
    pub fn replace_marker(&self, from: &str, id: &str) -> Result<()> {
        if !self.has_marker(from)? {
            return self.write_marker(id);
        }
        let line = format!("{id}\n");
        Ok(write::replace(self.folder(b"")?.at(MARKER), line.as_bytes(), MARKER_MODE)?)
    }

    fn has_marker(&self, id: &str) -> Result<bool> {
        match self.read_marker()? {
            Some(found) if found == id => Ok(true),
            Some(found) => {
                let path = self.path.join(OsStr::from_bytes(MARKER));
                Err(FileError::OtherMarker { path, found })
            }
            None => Ok(false),
        }
    }
}

/// Opens a folder in one step; a link on the way is `LOOP`, a way out is `XDEV`.
fn beneath(root: &OwnedFd, folder: &[u8]) -> rustix::io::Result<OwnedFd> {
    open_beneath(root, folder, FOLDER, ResolveFlags::NO_SYMLINKS)
}

/// The kernel answers `AGAIN` if anything was renamed, anywhere, while it went up a `..`.
fn open_beneath(
    root: &OwnedFd,
    path: &[u8],
    flags: OFlags,
    resolve: ResolveFlags,
) -> rustix::io::Result<OwnedFd> {
    let resolve = resolve | ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let open = || openat2(root, path, flags, Mode::empty(), resolve);
    let mut opened = open();
    for _ in 0..TRIES {
        if opened.as_ref().err() != Some(&Errno::AGAIN) {
            break;
        }
        opened = open();
    }
    opened
}

/// The same where the kernel has no `openat2`. `folder` must have no part `..`.
fn beneath_by_parts(root: &OwnedFd, folder: &[u8]) -> rustix::io::Result<OwnedFd> {
    let mut parts = folder.split(|byte| *byte == b'/');
    let first = open_part(root, parts.next().unwrap_or_default())?;
    parts.try_fold(first, |parent, part| open_part(&parent, part))
}

fn open_part(parent: impl AsFd, part: &[u8]) -> rustix::io::Result<OwnedFd> {
    match openat(&parent, part, FOLDER | OFlags::NOFOLLOW, Mode::empty()) {
        Err(Errno::NOTDIR) if is_link(&parent, part) => Err(Errno::LOOP),
        opened => opened,
    }
}

fn is_link(parent: impl AsFd, part: &[u8]) -> bool {
    statat(parent, part, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// The same root reached in both ways.
    fn both_ways(path: &Path) -> [Root; 2] {
        let by_parts = Root { resolver: Resolver::Parts, ..Root::open(path).unwrap() };
        [Root::open(path).unwrap(), by_parts]
    }

    fn tree() -> tempfile::TempDir {
        let temporary = tempfile::tempdir().unwrap();
        fs::create_dir_all(temporary.path().join("root/2026/07")).unwrap();
        fs::create_dir(temporary.path().join("outside")).unwrap();
        fs::write(temporary.path().join("root/2026/a.png"), b"a").unwrap();
        temporary
    }

    #[test]
    fn this_kernel_resolves_beneath_in_one_step() {
        let temporary = tree();
        assert_eq!(Root::open(temporary.path()).unwrap().resolver, Resolver::Kernel);
    }

    #[test]
    fn a_folder_is_the_same_whichever_way_it_is_reached() {
        let temporary = tree();
        let [one_step, by_parts] = both_ways(&temporary.path().join("root"));
        for folder in [&b""[..], b"2026", b"2026/07"] {
            let identity = one_step.folder(folder).unwrap().identity().unwrap();
            assert_eq!(by_parts.folder(folder).unwrap().identity().unwrap(), identity);
        }
    }

    #[test]
    fn no_link_is_followed_on_the_way_to_a_folder() {
        let temporary = tree();
        let top = temporary.path().join("root");
        symlink("../outside", top.join("out")).unwrap();
        symlink("2026", top.join("inside")).unwrap();
        symlink("/", top.join("2026/slash")).unwrap();
        symlink("loop", top.join("loop")).unwrap();
        for root in both_ways(&top) {
            for path in ["out", "inside", "inside/07", "2026/slash", "2026/slash/etc", "loop"] {
                let error = root.folder(path.as_bytes()).unwrap_err();
                assert!(matches!(error, FileError::Escape { .. }), "{path}: {error:?}");
            }
        }
    }

    #[test]
    fn a_path_that_could_lead_out_is_refused_before_the_kernel_sees_it() {
        let temporary = tree();
        for root in both_ways(&temporary.path().join("root")) {
            for path in ["..", "2026/../..", "/etc", "2026//07", "./2026", "2026/", "2026\0"] {
                let error = root.folder(path.as_bytes()).unwrap_err();
                assert!(matches!(error, FileError::Path { .. }), "{path}: {error:?}");
            }
        }
    }

    #[test]
    fn what_is_no_folder_is_told_from_what_is_missing() {
        let temporary = tree();
        for root in both_ways(&temporary.path().join("root")) {
            assert!(root.folder(b"2025/01").unwrap_err().is_missing());
            let file = root.folder(b"2026/a.png").unwrap_err();
            assert!(matches!(file, FileError::Io { .. }) && !file.is_missing(), "{file:?}");
        }
    }

    /// The attack that path checks lose: a folder becomes a link between the check and the use.
    #[test]
    fn a_folder_swapped_for_a_link_never_shows_what_is_outside() {
        let temporary = tree();
        let top = temporary.path().join("root");
        fs::write(temporary.path().join("outside/secret.png"), b"secret").unwrap();
        fs::create_dir(top.join("uploads")).unwrap();
        symlink("../outside", top.join("trap")).unwrap();
        let attacker = openat(CWD, &top, FOLDER, Mode::empty()).unwrap();
        let attack = move || {
            let exchange = rustix::fs::RenameFlags::EXCHANGE;
            for _ in 0..20_000 {
                rustix::fs::renameat_with(&attacker, "uploads", &attacker, "trap", exchange)
                    .unwrap();
            }
        };

        let roots = both_ways(&top);
        let attack = std::thread::spawn(attack);
        let (mut opened, mut refused) = (0, 0);
        while !attack.is_finished() {
            for root in &roots {
                match root.folder(b"uploads") {
                    Ok(folder) => {
                        assert!(!folder.exists(b"secret.png").unwrap());
                        opened += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
        }
        attack.join().unwrap();
        assert!(opened > 0 && refused > 0, "{opened} opened, {refused} refused");
    }

    #[test]
    fn where_a_link_leads_is_told_although_others_rename_all_the_time() {
        let temporary = tree();
        let top = temporary.path().join("root");
        symlink("../2026/a.png", top.join("2026/link")).unwrap();
        let root = Root::open(&top).unwrap();
        let handle = openat(CWD, temporary.path(), FOLDER, Mode::empty()).unwrap();
        let renames = std::thread::spawn(move || {
            for _ in 0..10_000 {
                rustix::fs::renameat(&handle, "outside", &handle, "elsewhere").unwrap();
                rustix::fs::renameat(&handle, "elsewhere", &handle, "outside").unwrap();
            }
        });
        while !renames.is_finished() {
            assert_eq!(root.leads(b"2026/link"), Leads::Beneath);
        }
        renames.join().unwrap();
    }

    #[test]
    fn a_marker_is_read_as_one_line_and_its_absence_is_told() {
        let temporary = tree();
        let top = temporary.path().join("root");
        let root = Root::open(&top).unwrap();
        assert_eq!(root.read_marker().unwrap(), None);
        fs::write(top.join(".shelflife-root"), "5f2c\n").unwrap();
        assert_eq!(root.read_marker().unwrap().as_deref(), Some("5f2c"));
    }

    #[test]
    fn a_marker_that_is_a_link_is_refused() {
        let temporary = tree();
        let top = temporary.path().join("root");
        fs::write(temporary.path().join("outside/marker"), "5f2c\n").unwrap();
        symlink("../outside/marker", top.join(".shelflife-root")).unwrap();
        let error = Root::open(&top).unwrap().read_marker().unwrap_err();
        assert!(matches!(
            error,
            FileError::NotRegular { kind: crate::files::FileKind::Symlink, .. }
        ));
    }
}
