//! Secrets: where they come from, and files that nobody else may read.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, fstat, openat};
use rustix::io::Errno;
use rustix::process::geteuid;
use rustix::rand::{GetRandomFlags, getrandom};

use super::{FileError, FileKind, FileStat, Result};

/// A secret is a line or two; a longer file is none.
const MOST: u64 = 4_096;

/// Bytes that nobody can guess, from the kernel.
pub fn random_bytes() -> Result<[u8; 32]> {
    let failed = |errno| FileError::io("read random bytes from", Path::new("the kernel"), errno);
    let mut bytes = [0; 32];
    // So few bytes come at once or not at all.
    let got = getrandom(&mut bytes, GetRandomFlags::empty()).map_err(failed)?;
    if got == bytes.len() { Ok(bytes) } else { Err(failed(Errno::IO)) }
}

/// Reads a file that must be this user's alone.
///
/// Fails with [`FileError::Unsafe`] if it is a link, belongs to another user, or may be read or
/// written by anybody else.
pub fn read_secret(path: &Path) -> Result<String> {
    let failed = |errno| FileError::io("open", path, errno);
    let refused = |why| Err(FileError::Unsafe { path: path.to_owned(), why });
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let handle = match openat(CWD, path, flags, Mode::empty()) {
        Err(Errno::LOOP) => return refused("is a link"),
        opened => opened.map_err(failed)?,
    };
    let stat = FileStat::from(fstat(&handle).map_err(failed)?);
    if stat.kind != FileKind::Regular {
        return Err(FileError::NotRegular { path: path.to_owned(), kind: stat.kind });
    }
    if stat.uid != geteuid().as_raw() {
        return refused("belongs to another user");
    }
    if stat.mode & 0o077 != 0 {
        return refused("is open to other users");
    }
    let mut text = String::new();
    let read = File::from(handle).take(MOST).read_to_string(&mut text);
    read.map_err(|source| FileError::io("read", path, source))?;
    Ok(text)
}
