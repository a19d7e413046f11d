//! Small files of shelflife's own, written whole or not at all.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use rustix::fs::{Mode, OFlags, fsync, openat, renameat};

use super::error::MoveError;
use super::folder::Entry;
use super::moves::{remove, rename_no_replace};
use super::{FileError, OWN_PREFIX, Result};

/// Writes a file that must not be there yet, with the permission bits `mode`. Durable on return;
/// a reader sees all of it or nothing.
pub(super) fn write_new(
    to: Entry<'_>,
    bytes: &[u8],
    mode: u32,
) -> std::result::Result<(), MoveError> {
    through_a_part(to, bytes, mode, |part| rename_no_replace(part, to))
}

/// Like [`write_new`], in place of what may be there; a reader sees the old bytes or the new.
pub(super) fn replace(
    to: Entry<'_>,
    bytes: &[u8],
    mode: u32,
) -> std::result::Result<(), MoveError> {
    through_a_part(to, bytes, mode, |part| {
        to.step("rename file")?;
        renameat(part.folder, part.name, to.folder, to.name)
            .map_err(|errno| to.failed("rename file", errno).into())
    })
}

/// Like [`write_new`], with what `fill` writes into an empty file by its path.
pub(super) fn make_new<E: From<FileError>>(
    to: Entry<'_>,
    mode: u32,
    fill: impl FnOnce(&Path) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    let name = [OWN_PREFIX, unique.as_bytes(), b".part"].concat();
    let part = to.folder.at(&name);
    let filled = create(part, mode).map_err(E::from).and_then(|file| {
        fill(&part.path())?;
        part.step("sync file").map_err(E::from)?;
        fsync(&file).map_err(|errno| part.failed("sync file", errno))?;
        rename_no_replace(part, to).map_err(|error| E::from(FileError::from(error)))
    });
    if let Err(error) = filled {
        let _already_failing = remove(part);
        return Err(error);
    }
    Ok(to.folder.sync()?)
}

/// Writes beside the target under a name that nobody else uses, and lets `place` move it there.
fn through_a_part(
    to: Entry<'_>,
    bytes: &[u8],
    mode: u32,
    place: impl FnOnce(Entry<'_>) -> std::result::Result<(), MoveError>,
) -> std::result::Result<(), MoveError> {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    let name = [OWN_PREFIX, unique.as_bytes(), b".part"].concat();
    let part = to.folder.at(&name);
    let placed = write_part(part, bytes, mode).map_err(MoveError::from).and_then(|()| place(part));
    if let Err(error) = placed {
        let _already_failing = remove(part);
        return Err(error);
    }
    Ok(to.folder.sync()?)
}

fn write_part(part: Entry<'_>, bytes: &[u8], mode: u32) -> Result<()> {
    let mut file = create(part, mode)?;
    part.step("write file")?;
    file.write_all(bytes).map_err(|error| FileError::io("write file", &part.path(), error))?;
    part.step("sync file")?;
    fsync(&file).map_err(|errno| part.failed("sync file", errno))
}

/// Creates a file that must not be there yet, and opens it for writing.
pub(super) fn create(entry: Entry<'_>, mode: u32) -> Result<File> {
    entry.step("create file")?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(entry.folder, entry.name, flags, Mode::from_raw_mode(mode))
        .map(File::from)
        .map_err(|errno| entry.failed("create file", errno))
}
