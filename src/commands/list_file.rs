//! Lists that commands are given as files.

use std::io::Read as _;
use std::path::Path;

use crate::error::Error;

use super::Context;

/// The longest list that is read, in bytes.
pub(super) const LONGEST_LIST: u64 = 64 << 20;

/// The bytes of a list, which is a usage error if it is longer than any list may be.
pub(super) fn read_list(ctx: &Context<'_>, file: impl AsRef<Path>) -> Result<Vec<u8>, Error> {
    let path = ctx.current_dir.join(file);
    let failed = |source| Error::Read { path: path.clone(), source };
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(&path).map_err(failed)?;
    opened.take(LONGEST_LIST.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST_LIST {
        let path = path.display();
        return Err(Error::usage(format!("`{path}` is longer than {LONGEST_LIST} bytes")));
    }
    Ok(bytes)
}
