//! A walk over a root: folder by folder, in the same order each time, following nothing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::listing::{FolderListing, FolderNames, Oddity, OddityKind};
use super::{FileError, Folder, Result, Root};
use crate::domain::time::Timestamp;

/// What a walk needs to know besides the root.
#[derive(Debug, Clone, Copy)]
pub struct WalkOptions {
    pub now: Timestamp,
    /// A file modified less than this many seconds before `now` counts as still being written.
    pub settle_seconds: u32,
}

impl WalkOptions {
    /// A time further in the future than the span does not count: a wrong clock must not hide a
    /// file for ever.
    pub(super) fn is_unsettled(&self, modified_ns: i64) -> bool {
        let since_ms = self.now.millis().saturating_sub(modified_ns.div_euclid(1_000_000));
        since_ms.unsigned_abs() < u64::from(self.settle_seconds) * 1_000
    }
}

/// Walks the root: a folder before the folders in it, by the bytes of the names.
///
/// Memory is that of the largest folder. A file that vanishes on the way is left out.
pub fn walk(root: &Root, options: WalkOptions) -> Walk<'_> {
    let files_first = |a: &DirEntry, b: &DirEntry| {
        let is_folder = |entry: &DirEntry| entry.file_type().is_dir();
        is_folder(a).cmp(&is_folder(b)).then_with(|| a.file_name().cmp(b.file_name()))
    };
    let entries = WalkDir::new(root.path()).follow_links(false).sort_by(files_first).into_iter();
    Walk { root, options, entries, open: None }
}

/// The iterator that [`walk`] returns.
#[derive(Debug)]
pub struct Walk<'a> {
    root: &'a Root,
    options: WalkOptions,
    entries: walkdir::IntoIter,
    open: Option<FolderNames>,
}

impl Iterator for Walk<'_> {
    type Item = FolderListing;

    fn next(&mut self) -> Option<FolderListing> {
        while let Some(entry) = self.entries.next() {
            let finished = match entry {
                Ok(entry) if entry.file_type().is_dir() => self.enter(&entry),
                Ok(entry) => {
                    if let Some(open) = &mut self.open {
                        open.names.push(entry.file_name().to_owned());
                    }
                    None
                }
                Err(error) => {
                    self.note_unreadable(error);
                    None
                }
            };
            if let Some(finished) = finished {
                return Some(finished.list(self.root, self.options));
            }
        }
        self.open.take().map(|last| last.list(self.root, self.options))
    }
}

impl Walk<'_> {
    /// Opens the next folder and gives back the one before, which is complete.
    fn enter(&mut self, entry: &DirEntry) -> Option<FolderNames> {
        let path = self.relative(entry.path());
        let mut next = FolderNames { path, ..FolderNames::default() };
        match self.open_unless_own(&next.path) {
            Ok(Some(handle)) => next.handle = Some(handle),
            Ok(None) => {
                self.entries.skip_current_dir();
                return None;
            }
            Err(error) => {
                self.entries.skip_current_dir();
                next.oddities
                    .push(Oddity { path: next.path.clone(), kind: OddityKind::Unreadable(error) });
            }
        }
        self.open.replace(next)
    }

    fn open_unless_own(&self, path: &[u8]) -> Result<Option<Folder>> {
        let folder = self.root.folder(path)?;
        Ok(if folder.is_own_folder()? { None } else { Some(folder) })
    }

    /// Before any folder is open it is the root that could not be looked at.
    fn note_unreadable(&mut self, error: walkdir::Error) {
        let named = error.path().map(|path| self.relative(path));
        let Some(source) = error.into_io_error() else { return };
        let open = self.open.get_or_insert_default();
        // One without a path broke off the list of the folder: failures come before its names.
        let path = named.unwrap_or_else(|| open.path.clone());
        let full_path = self.root.path().join(OsStr::from_bytes(&path));
        let kind = OddityKind::Unreadable(FileError::io("list folder", &full_path, source));
        open.oddities.push(Oddity { path, kind });
    }

    fn relative(&self, path: &Path) -> Vec<u8> {
        let relative = path.strip_prefix(self.root.path()).unwrap_or(path);
        relative.as_os_str().as_bytes().to_vec()
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::files::{FileKind, Leads};

    const NOON: &str = "2026-07-01T12:00:00Z";

    fn at_noon(settle_seconds: u32) -> WalkOptions {
        WalkOptions { now: Timestamp::parse(NOON).unwrap(), settle_seconds }
    }

    fn walked(path: &Path, options: WalkOptions) -> Vec<FolderListing> {
        walk(&Root::open(path).unwrap(), options).collect()
    }

    fn names(listings: &[FolderListing]) -> Vec<String> {
        listings.iter().flat_map(|l| &l.files).map(|file| file.path.to_string()).collect()
    }

    /// `path: kind`, in the order of the walk.
    fn oddities(listings: &[FolderListing]) -> Vec<String> {
        let shown = |odd: &Oddity| {
            let kind = match &odd.kind {
                OddityKind::Symlink { leads, .. } => format!("link {leads:?}"),
                OddityKind::Special(kind) => format!("{kind:?}"),
                OddityKind::Unreadable(_) => "unreadable".to_owned(),
                OddityKind::InvalidName(error) => format!("{error:?}"),
                OddityKind::StillWritten => "still written".to_owned(),
            };
            format!("{}: {kind}", String::from_utf8_lossy(&odd.path))
        };
        listings.iter().flat_map(|listing| &listing.oddities).map(shown).collect()
    }

    #[test]
    fn folders_come_one_by_one_and_files_sorted_by_their_bytes() {
        let temporary = tempfile::tempdir().unwrap();
        for folder in ["2025/12", "2026", "B", "empty"] {
            fs::create_dir_all(temporary.path().join(folder)).unwrap();
        }
        for file in ["z.png", "a.png", "B.png", "2026/é.png", "2026/b.png", "2025/12/c.png"] {
            fs::write(temporary.path().join(file), file).unwrap();
        }
        let listings = walked(temporary.path(), at_noon(0));
        let folders: Vec<_> = listings.iter().map(|l| String::from_utf8_lossy(&l.folder)).collect();
        assert_eq!(folders, ["", "2025", "2025/12", "2026", "B", "empty"]);
        assert_eq!(
            names(&listings),
            ["B.png", "a.png", "z.png", "2025/12/c.png", "2026/b.png", "2026/é.png"]
        );
        assert_eq!(oddities(&listings), Vec::<String>::new());
    }

    #[test]
    fn a_found_file_carries_what_lstat_says() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("a.png");
        fs::write(&path, b"four").unwrap();
        fs::hard_link(&path, temporary.path().join("b.png")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let expected = fs::metadata(&path).unwrap();

        let listings = walked(temporary.path(), at_noon(0));
        let found = &listings[0].files[0];
        assert_eq!((found.stamp.bytes, found.links, found.mode), (4, 2, 0o640));
        assert_eq!((found.stamp.device, found.stamp.inode), (expected.dev(), expected.ino()));
        let modified_ns = expected.mtime() * 1_000_000_000 + expected.mtime_nsec();
        assert_eq!(found.stamp.modified_ns, modified_ns);
    }

    #[test]
    fn links_and_special_files_are_reported_and_never_followed() {
        let temporary = tempfile::tempdir().unwrap();
        let top = temporary.path();
        fs::create_dir(top.join("pictures")).unwrap();
        fs::write(top.join("pictures/a.png"), b"a").unwrap();
        for (name, target) in [
            ("circle", "circle"),
            ("dangling.png", "nowhere.png"),
            ("folder", "pictures"),
            ("out.png", "../../../../etc/hostname"),
            ("root", "/"),
            ("twin.png", "pictures/a.png"),
            ("up", ".."),
        ] {
            symlink(target, top.join(name)).unwrap();
        }
        rustix::fs::mkfifoat(rustix::fs::CWD, top.join("pipe.png"), 0o600.into()).unwrap();

        let listings = walked(top, at_noon(0));
        assert_eq!(names(&listings), ["pictures/a.png"]);
        assert_eq!(
            oddities(&listings),
            [
                "circle: link Nowhere",
                "dangling.png: link Nowhere",
                "folder: link Beneath",
                "out.png: link Outside",
                "pipe.png: Fifo",
                "root: link Outside",
                "twin.png: link Beneath",
                "up: link Outside",
            ]
        );
        let OddityKind::Symlink { target, .. } = &listings[0].oddities[1].kind else { panic!() };
        assert_eq!(target, b"nowhere.png");
        assert_eq!(FileKind::Fifo.words(), "a named pipe");
        assert_eq!(Leads::Nowhere, Leads::Nowhere);
    }

    #[test]
    fn shelflifes_own_files_are_passed_over_in_silence() {
        let temporary = tempfile::tempdir().unwrap();
        let top = temporary.path();
        fs::create_dir(top.join("state")).unwrap();
        for file in [".shelflife-root", ".shelflife-x-1", "state/catalog.db", "a.png", "c.db"] {
            fs::write(top.join(file), b"x").unwrap();
        }
        let root = Root::open(top).unwrap();
        let folder = root.folder(b"").unwrap();
        let own =
            ["state", "c.db"].map(|name| folder.stat(name.as_bytes()).unwrap().unwrap().identity());
        let root = root.leaving_alone(own.into());
        let listings: Vec<_> = walk(&root, at_noon(0)).collect();
        assert_eq!(names(&listings), ["a.png"]);
        assert_eq!(oddities(&listings), Vec::<String>::new());
    }

    #[test]
    fn a_file_modified_just_before_now_is_still_being_written() {
        let temporary = tempfile::tempdir().unwrap();
        let noon = u64::try_from(Timestamp::parse(NOON).unwrap().millis() / 1_000).unwrap();
        for (name, seconds) in [
            ("old.png", noon - 5),
            ("new.png", noon - 4),
            ("future.png", noon + 1),
            ("2040.png", noon + 9),
        ] {
            let file = fs::File::create_new(temporary.path().join(name)).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        }
        let listings = walked(temporary.path(), at_noon(5));
        assert_eq!(names(&listings), ["2040.png", "old.png"]);
        assert_eq!(oddities(&listings), ["future.png: still written", "new.png: still written"]);
        assert_eq!(names(&walked(temporary.path(), at_noon(0))).len(), 4);
    }

    #[test]
    fn a_path_too_long_for_the_catalog_is_reported_and_the_rest_goes_on() {
        let temporary = tempfile::tempdir().unwrap();
        let part = "d".repeat(250);
        let mut folder = rustix::fs::open(temporary.path(), DIRECTORY, 0.into()).unwrap();
        for _ in 0..17 {
            rustix::fs::mkdirat(&folder, &*part, 0o700.into()).unwrap();
            folder = rustix::fs::openat(&folder, &*part, DIRECTORY, 0.into()).unwrap();
        }
        fs::write(temporary.path().join("z.png"), b"z").unwrap();

        let listings = walked(temporary.path(), at_noon(0));
        assert_eq!(names(&listings), ["z.png"]);
        let found = oddities(&listings);
        assert!(found.len() == 1 && found[0].ends_with(": unreadable"), "{found:?}");
    }

    const DIRECTORY: rustix::fs::OFlags = rustix::fs::OFlags::DIRECTORY;

    #[test]
    fn many_names_keep_their_order_over_threads() {
        let temporary = tempfile::tempdir().unwrap();
        let expected: Vec<_> = (0..2_000).map(|number| format!("{number:05}.png")).collect();
        for name in &expected {
            fs::write(temporary.path().join(name), b"").unwrap();
        }
        assert_eq!(names(&walked(temporary.path(), at_noon(0))), expected);
    }
}
