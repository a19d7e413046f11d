//! Files and folders that are this user's alone, outside the library.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, Mode, OFlags, fstat, fstatfs, fsync, mkdirat, openat, readlink, statat,
};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::folder::{Circumstances, Identity};
use super::mounts::is_seen_beneath;
use super::{FileError, FileKind, FileStat, Folder, Result, Root, write};

/// Readable and writable by this user alone.
const MODE: u32 = 0o600;
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Writes a file that must not be there yet ([`FileError::is_taken`]). Durable on return; nobody
/// sees a part of it.
pub fn write_new_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let (folder, name) = folder_and_name(path)?;
    Ok(write::write_new(folder.at(name), bytes, MODE)?)
}

/// Writes a file in place of what may be there. Durable on return; a reader sees the old bytes or
/// the new, never a mixture.
pub fn replace_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let (folder, name) = folder_and_name(path)?;
    Ok(write::replace(folder.at(name), bytes, MODE)?)
}

/// Makes a file that must not be there yet ([`FileError::is_taken`]) of what `fill` does to an
/// empty one beside it. Durable on return; nobody sees a part of it under its name.
pub fn make_new_private<E: From<FileError>>(
    path: &Path,
    fill: impl FnOnce(&Path) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let (folder, name) = folder_and_name(path)?;
    if path.symlink_metadata().is_ok() {
        return Err(FileError::io("make file", path, Errno::EXIST).into());
    }
    write::make_new(folder.at(name), MODE, fill)
}

pub(super) fn folder_and_name(path: &Path) -> Result<(Folder, &[u8])> {
    let Some(Component::Normal(name)) = path.components().next_back() else {
        return Err(FileError::io("write", path, Errno::ISDIR));
    };
    let folder = folder_of(path);
    let handle = openat(CWD, folder, FOLDER, Mode::empty())
        .map_err(|errno| FileError::io("open folder", folder, errno))?;
    Ok((Folder::new(handle, folder.to_owned(), Circumstances::default()), name.as_bytes()))
}

/// The folder that the path's last part is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a folder that only this user may enter, and what is missing of the folders above it in
/// the same way. One that is there already is left as it is. Durable on return.
pub fn create_private_dir(path: &Path) -> Result<()> {
    let (handle, missing) = nearest_existing(path)?;
    let mut above = handle;
    for name in missing {
        let failed = |errno| FileError::io("make folder", path, errno);
        mkdirat(&above, name, Mode::RWXU).map_err(failed)?;
        sync(&above).map_err(failed)?;
        above = openat(&above, name, FOLDER | OFlags::NOFOLLOW, Mode::empty()).map_err(failed)?;
    }
    Ok(())
}

fn sync(folder: &OwnedFd) -> rustix::io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat(folder, c".", flags, Mode::empty()).and_then(fsync)
}

/// Opens a folder that must be this user's alone.
///
/// Fails with [`FileError::Unsafe`] if the path's last part is a link, or if the folder belongs to
/// another user or lets anybody else in.
pub(super) fn open_private_root(path: &Path) -> Result<Root> {
    let root = match Root::open_private(path) {
        Err(_) if is_link(path) => {
            return Err(FileError::Unsafe { path: path.to_owned(), why: "is a link" });
        }
        opened => opened?,
    };
    check_private(&root.folder(b"")?)?;
    Ok(root)
}

/// Checks that the folder at `path` is this user's alone; fails with [`FileError::Unsafe`].
pub fn check_private_dir(path: &Path) -> Result<()> {
    open_private_root(path).map(|_| ())
}

pub(super) fn check_private(folder: &Folder) -> Result<()> {
    let stat = folder.own_stat()?;
    let refused = |why| Err(FileError::Unsafe { path: folder.path().to_owned(), why });
    if stat.uid != geteuid().as_raw() {
        return refused("belongs to another user");
    }
    if stat.mode & 0o077 != 0 {
        return refused("is open to other users");
    }
    Ok(())
}

/// Checks that nobody but this user, and root, may write to the file at `path` or put another one in
/// its place; fails with [`FileError::Unsafe`].
pub fn check_unshared(path: &Path) -> Result<()> {
    let (folder, name) = folder_and_name(path)?;
    check_unwritable(&folder.own_stat()?, folder.path())?;
    match folder.stat(name)? {
        // What a link says of itself says nothing.
        Some(stat) if stat.kind == FileKind::Regular => check_unwritable(&stat, path),
        _ => Ok(()),
    }
}

fn check_unwritable(stat: &FileStat, path: &Path) -> Result<()> {
    let refused = |why| Err(FileError::Unsafe { path: path.to_owned(), why });
    if stat.uid != geteuid().as_raw() && stat.uid != 0 {
        return refused("belongs to another user");
    }
    if stat.mode & 0o022 != 0 {
        return refused("can be written by other users");
    }
    Ok(())
}

fn is_link(path: &Path) -> bool {
    statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileStat::from(stat).kind == FileKind::Symlink)
}

/// Whether `path` is `other` or somewhere beneath it, by the folders that they really are, or is
/// also seen there because it is mounted twice. Neither has to exist yet.
pub fn is_beneath(path: &Path, other: &Path) -> Result<bool> {
    Ok(is_within(path, other)? || is_seen_beneath(&real_path(path)?, &real_path(other)?))
}

/// The path by which the kernel knows the folder, with what is missing of it.
fn real_path(path: &Path) -> Result<PathBuf> {
    let (folder, missing) = nearest_existing(path)?;
    let shown = format!("/proc/self/fd/{}", folder.as_raw_fd());
    let real = match readlink(&shown, Vec::new()) {
        Ok(real) => PathBuf::from(OsString::from_vec(real.into_bytes())),
        // Without /proc nobody tells what is mounted either.
        Err(_) => path.to_owned(),
    };
    Ok(missing.iter().fold(real, |real, name| real.join(name)))
}

fn is_within(path: &Path, other: &Path) -> Result<bool> {
    let (mut here, missing) = nearest_existing(path)?;
    let (there, missing_there) = nearest_existing(other)?;
    let there = identity(&there, other)?;
    if !missing_there.is_empty() {
        return Ok(identity(&here, path)? == there && missing.starts_with(&missing_there));
    }
    loop {
        let at = identity(&here, path)?;
        if at == there {
            return Ok(true);
        }
        here = openat(&here, c"..", FOLDER, Mode::empty())
            .map_err(|errno| FileError::io("look above", path, errno))?;
        if identity(&here, path)? == at {
            return Ok(false);
        }
    }
}

fn identity(folder: &OwnedFd, path: &Path) -> Result<Identity> {
    let stat = fstat(folder).map_err(|errno| FileError::io("look at", path, errno))?;
    Ok(FileStat::from(stat).identity())
}

/// The last folder on the way to `path` that exists, and the names from there on.
fn nearest_existing(path: &Path) -> Result<(OwnedFd, Vec<&OsStr>)> {
    let mut missing = Vec::new();
    let mut at = path;
    loop {
        let named = if at.as_os_str().is_empty() { Path::new(".") } else { at };
        match (openat(CWD, named, FOLDER, Mode::empty()), at.file_name(), at.parent()) {
            (Ok(handle), ..) => {
                missing.reverse();
                return Ok((handle, missing));
            }
            (Err(Errno::NOENT | Errno::NOTDIR), Some(name), Some(above)) => {
                missing.push(name);
                at = above;
            }
            (Err(errno), ..) => return Err(FileError::io("look at", path, errno)),
        }
    }
}

/// The kind of file system at `path` if it is one whose locks and syncs cannot be relied on: over
/// a network, or served by another program.
pub fn network_file_system(path: &Path) -> Result<Option<&'static str>> {
    let (handle, _) = nearest_existing(path)?;
    let found = fstatfs(&handle).map_err(|errno| FileError::io("look at", path, errno))?;
    Ok(network_name(found.f_type))
}

/// By the magic numbers of statfs(2), which are 32 bits wide whatever carries them.
pub(super) fn network_name(magic: impl TryInto<i64>) -> Option<&'static str> {
    let magic = magic.try_into().unwrap_or_default() & 0xffff_ffff;
    Some(match magic {
        0x0000_6969 => "NFS",
        0x0000_517b => "SMB",
        0xff53_4d42 => "CIFS",
        0xfe53_4d42 => "SMB2",
        0x0102_1997 => "9P",
        0x6573_5546 => "FUSE",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x7375_7245 => "Coda",
        0x786f_4256 => "VirtualBox",
        0x0116_1970 => "GFS2",
        0x7461_636f => "OCFS2",
        _ => return None,
    })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn a_new_file_is_private_and_never_replaces() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("shelflife.toml");
        write_new_private(&path, b"first").unwrap();
        assert_eq!(mode(&path), 0o600);
        let error = write_new_private(&path, b"second").unwrap_err();
        assert!(error.is_taken(), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_replaced_file_becomes_private_and_a_link_is_replaced_itself() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("review.html");
        let theirs = temporary.path().join("theirs");
        fs::write(&theirs, b"theirs").unwrap();
        symlink("theirs", &path).unwrap();
        replace_private(&path, b"ours").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"ours");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
    }

    #[test]
    fn a_path_without_a_name_cannot_be_written() {
        for path in ["/", "..", ".", ""] {
            assert!(write_new_private(Path::new(path), b"").is_err(), "{path}");
        }
    }

    #[test]
    fn folders_are_made_private_all_the_way_and_left_alone_where_they_are() {
        let temporary = tempfile::tempdir().unwrap();
        let top = temporary.path();
        fs::set_permissions(top, fs::Permissions::from_mode(0o755)).unwrap();
        create_private_dir(&top.join("a/b/c")).unwrap();
        create_private_dir(&top.join("a/b")).unwrap();
        for folder in ["a", "a/b", "a/b/c"] {
            assert_eq!(mode(&top.join(folder)), 0o700, "{folder}");
        }
        assert_eq!(mode(top), 0o755);
        check_private_dir(&top.join("a/b")).unwrap();
        assert!(matches!(check_private_dir(top), Err(FileError::Unsafe { .. })));

        fs::write(top.join("file"), b"").unwrap();
        assert!(create_private_dir(&top.join("file")).unwrap_err().is_taken());
        symlink("nowhere", top.join("dangling")).unwrap();
        assert!(create_private_dir(&top.join("dangling")).is_err());
    }

    #[test]
    fn beneath_is_told_by_the_folders_themselves() {
        let temporary = tempfile::tempdir().unwrap();
        let top = temporary.path();
        fs::create_dir_all(top.join("served/uploads")).unwrap();
        fs::create_dir_all(top.join("state")).unwrap();
        fs::write(top.join("served/file"), b"").unwrap();
        symlink("../served/uploads", top.join("state/link")).unwrap();
        let cases = [
            ("served", "served", true),
            ("served/uploads", "served", true),
            ("served", "served/uploads", false),
            ("served-not", "served", false),
            ("state", "served", false),
            ("state/link", "served", true),
            ("state/link/not/yet", "served/uploads", true),
            ("state/../served/uploads", "served", true),
            ("served/file", "served", true),
            ("served/none/a/b", "served/none", true),
            ("served/none", "served/none", true),
            ("served/none", "served/none/a", false),
            ("served/nonesuch", "served/none", false),
            ("served/uploads/none", "served/none", false),
            ("/", "served", false),
        ];
        for (path, other, expected) in cases {
            let found = is_beneath(&top.join(path), &top.join(other)).unwrap();
            assert_eq!(found, expected, "{path} beneath {other}");
        }
        assert!(is_beneath(&top.join("none/../served"), top).is_err());
        assert!(is_beneath(Path::new("none"), Path::new(".")).unwrap());
    }

    #[test]
    fn file_systems_over_a_network_are_known_by_their_numbers() {
        let cases = [
            (0x6969_i64, Some("NFS")),
            (0xff53_4d42, Some("CIFS")),
            (i64::from(0xff53_4d42_u32.cast_signed()), Some("CIFS")),
            (0xfe53_4d42, Some("SMB2")),
            (0x0102_1997, Some("9P")),
            (0x6573_5546, Some("FUSE")),
            (0xef53, None),
            (0x5846_5342, None),
            (0x0102_1994, None),
        ];
        for (magic, expected) in cases {
            assert_eq!(network_name(magic), expected, "{magic:x}");
        }
        assert_eq!(network_file_system(Path::new("/proc/none")).unwrap(), None);
    }
}
