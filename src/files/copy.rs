//! Moving bytes to another file system: copied, made durable, read back, and only then in place.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{
    Advice, Gid, Mode, SeekFrom, Timespec, Timestamps, UTIME_OMIT, Uid, fadvise, fchmod, fchown,
    fsync, ftruncate, futimens, seek,
};
use rustix::io::Errno;

use super::error::MoveError;
use super::folder::Entry;
use super::moves::{Copied, remove, rename_to};
use super::private::folder_and_name;
use super::read::hash_file;
use super::write::create;
use super::{FileError, FileStat, Result};
use crate::domain::asset::Digest;
use crate::mutant::Mutant;

const BUFFER: usize = 256 * 1024;

/// Copies a file to `to` and keeps its holes, mode, modification time and, where allowed, owner.
/// Durable on return; the source is left as it is.
///
/// The copy is made as `part` beside `to`, and gets its name only after its bytes were synced and
/// read back as `expected`. Whatever fails, nothing is at `to`, and `part` is removed if that is
/// still possible; after a crash it may be there. Nothing is ever replaced: a `part` left behind
/// has to be removed first.
pub fn copy_verified(
    from: Entry<'_>,
    to: Entry<'_>,
    part: &[u8],
    expected: &Digest,
) -> std::result::Result<Copied, MoveError> {
    let (source, stat) = open_alone(from)?;
    copy_opened((&source, &stat), to, part, expected)
}

/// A file that has no other name.
fn open_alone(from: Entry<'_>) -> Result<(File, FileStat)> {
    let (source, stat) = from.folder.open_file(from.name)?;
    if stat.links > 1 {
        return Err(FileError::SeveralNames { path: from.path(), links: stat.links });
    }
    Ok((source, stat))
}

/// The first half of [`copy_verified`]: the copy is whole and durable as `part`, and has no other
/// name yet.
pub fn copy_as_part(
    from: Entry<'_>,
    part: Entry<'_>,
    expected: &Digest,
) -> std::result::Result<Copied, MoveError> {
    let (source, stat) = open_alone(from)?;
    make_part((&source, &stat), part, expected)
}

/// Copies a file to a path outside of the library, as [`copy_verified`] does, whatever other names
/// the file has. The folder must be there.
pub fn copy_out(
    from: Entry<'_>,
    path: &Path,
    expected: &Digest,
) -> std::result::Result<(), MoveError> {
    let (source, stat) = from.folder.open_file(from.name)?;
    let (folder, name) = folder_and_name(path)?;
    let part = [b".", name, b".shelflife-part"].concat();
    copy_opened((&source, &stat), folder.at(name), &part, expected).map(|_| ())
}

fn copy_opened(
    opened: (&File, &FileStat),
    to: Entry<'_>,
    part: &[u8],
    expected: &Digest,
) -> std::result::Result<Copied, MoveError> {
    let part = to.folder.at(part);
    let copied = make_part(opened, part, expected)?;
    or_without(part, put_in_place(part, to))?;
    Ok(copied)
}

fn make_part(
    (source, stat): (&File, &FileStat),
    part: Entry<'_>,
    expected: &Digest,
) -> std::result::Result<Copied, MoveError> {
    let target = create(part, 0o600)?;
    let made = fill(part, source, &target, stat).and_then(|()| verify(part, expected));
    or_without(part, made.map_err(MoveError::from))?;
    Ok(Copied { identity: stat.identity(), digest: *expected })
}

/// Removes a part that came to nothing.
fn or_without(
    part: Entry<'_>,
    done: std::result::Result<(), MoveError>,
) -> std::result::Result<(), MoveError> {
    if done.is_err() {
        let _already_failing = remove(part);
    }
    done
}

fn fill(part: Entry<'_>, source: &File, target: &File, stat: &FileStat) -> Result<()> {
    part.step("write file")?;
    copy_bytes(source, target, stat.stamp.bytes)
        .map_err(|error| FileError::io("write file", &part.path(), error))?;
    part.step("set mode and times")?;
    keep_attributes(target, stat).map_err(|errno| part.failed("set mode and times", errno))?;
    part.step("sync file")?;
    if Mutant::UnsyncedCopy.is_at_work() {
        return Ok(());
    }
    fsync(target).map_err(|errno| part.failed("sync file", errno))?;
    // Read back from the disk, not from memory; where that is not possible, from memory.
    let _best_effort = fadvise(target, 0, None, Advice::DontNeed);
    Ok(())
}

fn verify(part: Entry<'_>, expected: &Digest) -> Result<()> {
    let (found, _) = hash_file(part.folder, part.name)?;
    if found == *expected {
        Ok(())
    } else {
        Err(FileError::OtherBytes { path: part.path(), expected: *expected, found })
    }
}

fn put_in_place(part: Entry<'_>, to: Entry<'_>) -> std::result::Result<(), MoveError> {
    rename_to(part, to)?;
    Ok(to.folder.sync()?)
}

/// Copies the stretches that hold data and leaves the holes between them.
fn copy_bytes(source: &File, target: &File, length: u64) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    let mut at = 0;
    while at < length {
        let Some(data) = next_data(source, at)? else { break };
        let hole = next_hole(source, data)?.filter(|hole| *hole > data);
        at = hole.unwrap_or(length).min(length);
        copy_stretch(source, target, (data, at), &mut buffer)?;
    }
    Ok(ftruncate(target, length)?)
}

/// Where data begins at or after `at`; `None` if there is only a hole left.
fn next_data(source: &File, at: u64) -> io::Result<Option<u64>> {
    match seek(source, SeekFrom::Data(at)) {
        Ok(data) => Ok(Some(data)),
        Err(Errno::NXIO) => Ok(None),
        Err(Errno::INVAL | Errno::NOTSUP) => Ok(Some(at)),
        Err(errno) => Err(errno.into()),
    }
}

/// Where the data at `data` ends; `None` if the file system does not tell.
fn next_hole(source: &File, data: u64) -> io::Result<Option<u64>> {
    match seek(source, SeekFrom::Hole(data)) {
        Ok(hole) => Ok(Some(hole)),
        Err(Errno::NXIO | Errno::INVAL | Errno::NOTSUP) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Copies the bytes from `start` to `end`; fewer if the source has become shorter, which the
/// digest will show.
fn copy_stretch(
    source: &File,
    target: &File,
    (start, end): (u64, u64),
    buffer: &mut [u8],
) -> io::Result<()> {
    let mut at = start;
    while at < end {
        let wanted = usize::try_from(end - at).unwrap_or(BUFFER).min(buffer.len());
        let room = buffer.get_mut(..wanted).unwrap_or_default();
        match source.read_at(room, at) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                target.write_all_at(room.get(..count).unwrap_or_default(), at)?;
                at += u64::try_from(count).unwrap_or(0);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Owner before mode, because a change of owner clears set-uid; without the owner there is none.
fn keep_attributes(target: &File, stat: &FileStat) -> rustix::io::Result<()> {
    let (uid, gid) = (Uid::from_raw(stat.uid), Gid::from_raw(stat.gid));
    let kept = where_allowed(fchown(target, Some(uid), Some(gid)))?;
    let mode = if kept { stat.mode } else { stat.mode & 0o777 };
    where_allowed(fchmod(target, Mode::from_raw_mode(mode)))?;
    let modified = stat.stamp.modified_ns;
    futimens(
        target,
        &Timestamps {
            last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
            last_modification: Timespec {
                tv_sec: modified.div_euclid(1_000_000_000),
                tv_nsec: modified.rem_euclid(1_000_000_000),
            },
        },
    )
}

/// Whether it was done; a user who may not, and a file system that cannot, are no failure.
fn where_allowed(done: rustix::io::Result<()>) -> rustix::io::Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(Errno::PERM | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(false),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::PathBuf;
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::files::{Folder, Root};

    struct Scene {
        temporary: tempfile::TempDir,
        from: Folder,
        to: Folder,
    }

    impl Scene {
        fn new() -> Self {
            let temporary = tempfile::tempdir().unwrap();
            for folder in ["from", "to"] {
                fs::create_dir(temporary.path().join(folder)).unwrap();
            }
            let root = Root::open(temporary.path()).unwrap();
            let (from, to) = (root.folder(b"from").unwrap(), root.folder(b"to").unwrap());
            let scene = Self { temporary, from, to };
            fs::write(scene.path("from/a.png"), b"ours").unwrap();
            scene
        }

        fn path(&self, relative: &str) -> PathBuf {
            self.temporary.path().join(relative)
        }

        fn digest(&self) -> Digest {
            hash_file(&self.from, b"a.png").unwrap().0
        }

        fn copy(&self, expected: &Digest) -> std::result::Result<Copied, MoveError> {
            copy_verified(self.from.at(b"a.png"), self.to.at(b"0001.bin"), b"0001.part", expected)
        }
    }

    #[test]
    fn a_copy_has_the_bytes_the_mode_and_the_time_of_its_source() {
        let scene = Scene::new();
        for (mode, time) in [(0o640, 1_600_000_000_123_456_789), (0o604, 7), (0o444, 0)] {
            let source = File::open(scene.path("from/a.png")).unwrap();
            source.set_modified(UNIX_EPOCH + Duration::from_nanos(time)).unwrap();
            source.set_permissions(fs::Permissions::from_mode(mode)).unwrap();
            let identity = scene.from.stat(b"a.png").unwrap().unwrap().identity();

            let copied = scene.copy(&scene.digest()).unwrap();
            assert_eq!(copied, Copied { identity, digest: scene.digest() });
            assert_eq!(scene.to.names().unwrap(), [b"0001.bin"]);
            let copy = scene.to.stat(b"0001.bin").unwrap().unwrap();
            let source = scene.from.stat(b"a.png").unwrap().unwrap();
            assert_eq!((copy.mode, copy.uid, copy.gid), (mode, source.uid, source.gid));
            assert_eq!(copy.stamp.modified_ns, i64::try_from(time).unwrap());
            assert_eq!(fs::read(scene.path("to/0001.bin")).unwrap(), b"ours");
            remove(scene.to.at(b"0001.bin")).unwrap();
        }
    }

    #[test]
    fn holes_stay_holes() {
        const MIB: u64 = 1024 * 1024;
        let scene = Scene::new();
        let source = File::create(scene.path("from/a.png")).unwrap();
        source.write_all_at(b"begin", 0).unwrap();
        source.write_all_at(&vec![7; 300_000], 20 * MIB + 5).unwrap();
        source.set_len(64 * MIB).unwrap();

        scene.copy(&scene.digest()).unwrap();
        let copy = fs::metadata(scene.path("to/0001.bin")).unwrap();
        assert_eq!(copy.len(), 64 * MIB);
        assert!(copy.blocks() * 512 < 2 * MIB, "{} blocks", copy.blocks());
        assert_eq!(hash_file(&scene.to, b"0001.bin").unwrap().0, scene.digest());
    }

    #[test]
    fn a_file_of_nothing_and_a_file_of_holes_are_copied() {
        let scene = Scene::new();
        for length in [0, 5_000_000] {
            File::create(scene.path("from/a.png")).unwrap().set_len(length).unwrap();
            scene.copy(&scene.digest()).unwrap();
            assert_eq!(fs::metadata(scene.path("to/0001.bin")).unwrap().len(), length);
            remove(scene.to.at(b"0001.bin")).unwrap();
        }
    }

    #[test]
    fn a_copy_of_other_bytes_is_thrown_away() {
        let scene = Scene::new();
        let expected = scene.digest();
        fs::write(scene.path("from/a.png"), b"torn").unwrap();
        let error = scene.copy(&expected).unwrap_err();
        assert!(matches!(error, MoveError::Other(FileError::OtherBytes { .. })), "{error:?}");
        assert!(scene.to.names().unwrap().is_empty());
        assert_eq!(fs::read(scene.path("from/a.png")).unwrap(), b"torn");
    }

    #[test]
    fn neither_a_target_nor_a_part_left_behind_is_overwritten() {
        let scene = Scene::new();
        fs::write(scene.path("to/0001.bin"), b"theirs").unwrap();
        let error = scene.copy(&scene.digest()).unwrap_err();
        assert!(matches!(error, MoveError::Exists { .. }), "{error:?}");
        assert_eq!(scene.to.names().unwrap(), [b"0001.bin"]);

        fs::rename(scene.path("to/0001.bin"), scene.path("to/0001.part")).unwrap();
        let error = scene.copy(&scene.digest()).unwrap_err();
        assert!(matches!(&error, MoveError::Other(error) if error.is_taken()), "{error:?}");
        assert_eq!(fs::read(scene.path("to/0001.part")).unwrap(), b"theirs");
    }

    #[test]
    fn a_file_with_several_names_is_not_copied() {
        let scene = Scene::new();
        fs::hard_link(scene.path("from/a.png"), scene.path("from/b.png")).unwrap();
        let error = scene.copy(&scene.digest()).unwrap_err();
        let told = matches!(error, MoveError::Other(FileError::SeveralNames { links: 2, .. }));
        assert!(told, "{error:?}");
        assert!(scene.to.names().unwrap().is_empty());
    }
}
