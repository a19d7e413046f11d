//! Reading the file itself, and refusing one that others could have written.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use super::ConfigError;
use crate::domain::checkpoint::is_secret_key;

/// The largest configuration that is read, in bytes.
const LIMIT: u64 = 1 << 20;
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Reads the text of the file at `path`.
///
/// What is checked is the opened file, not the name, so it cannot be exchanged in between. A pipe
/// does not block.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |source: io::Error| ConfigError::Read { path: path.to_owned(), source };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let handle = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| unreadable(e.into()))?;
    let file = File::from(handle);
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(ConfigError::NotAFile { path: path.to_owned() });
    }
    check_owner(path, metadata.uid())?;
    let mode = metadata.mode() & 0o7777;
    if mode & WRITABLE_BY_OTHERS != 0 {
        return Err(ConfigError::WritableByOthers { path: path.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LIMIT {
        return Err(ConfigError::TooLarge { path: path.to_owned(), limit: LIMIT });
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| ConfigError::NotText { path: path.to_owned() })?;
    // A complaint about its first line would show it.
    if is_secret_key(&text) {
        Err(ConfigError::SecretKey { path: path.to_owned() })
    } else {
        Ok(text)
    }
}

fn check_owner(path: &Path, owner: u32) -> Result<(), ConfigError> {
    let us = rustix::process::geteuid().as_raw();
    if owner == us || owner == 0 {
        Ok(())
    } else {
        Err(ConfigError::ForeignOwner { path: path.to_owned(), owner })
    }
}
