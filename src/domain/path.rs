//! Paths relative to a root of the library, as bytes.
//!
//! A file name is whatever the file system says it is: not always UTF-8, sometimes with control
//! characters. Bytes are the key; [`crate::domain::text::printable`] is for people.

use std::fmt;

use super::text::has_byte;

/// A path beneath a root: never empty, never absolute, no `.`, `..` or empty part, no NUL.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath {
    bytes: Vec<u8>,
    /// Where the last part begins.
    name: usize,
}

/// Why bytes are not a path beneath a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    #[error("the path is empty")]
    Empty,
    #[error("the path is longer than {MAX_PATH} bytes")]
    TooLong,
    #[error("a part of the path is longer than {MAX_NAME} bytes")]
    NameTooLong,
    #[error("the path is absolute")]
    Absolute,
    #[error("the path has a part that is empty, `.` or `..`")]
    Traversal,
    #[error("the path contains a NUL byte")]
    Nul,
    #[error("the path contains a backslash where a name was expected")]
    Backslash,
}

/// The longest path accepted, in bytes (Linux `PATH_MAX` with its NUL).
pub const MAX_PATH: usize = 4_095;
/// The longest single name accepted, in bytes (Linux `NAME_MAX`).
pub const MAX_NAME: usize = 255;

impl RelPath {
    /// Accepts the bytes as they are, or says why not. Nothing is normalized into acceptance.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, PathError> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Err(PathError::Empty);
        }
        if bytes.len() > MAX_PATH {
            return Err(PathError::TooLong);
        }
        if has_byte(&bytes, |byte| byte == 0) {
            return Err(PathError::Nul);
        }
        if bytes.starts_with(b"/") {
            return Err(PathError::Absolute);
        }
        let name = match memchr::memrchr(b'/', &bytes) {
            Some(end) => {
                let folder = bytes.get(..end).unwrap_or_default();
                folder.split(|byte| *byte == b'/').try_for_each(check_part)?;
                end + 1
            }
            None => 0,
        };
        check_part(bytes.get(name..).unwrap_or_default())?;
        Ok(Self { bytes, name })
    }

    /// Accepts a path that an export claims, more strictly than [`RelPath::new`]: a backslash,
    /// a drive letter, a URL scheme and percent-encoded dots or slashes are refused too.
    pub fn claimed(text: &str) -> Result<Self, PathError> {
        let bytes = text.as_bytes();
        if bytes.contains(&b'\\') {
            return Err(PathError::Backslash);
        }
        if text.contains("://") || text.get(1..3) == Some(":/") {
            return Err(PathError::Absolute);
        }
        let is_code = |part: &[u8]| {
            [b"%2e", b"%2f", b"%5c", b"%00"].iter().any(|code| part.eq_ignore_ascii_case(*code))
        };
        if bytes.contains(&b'%') && bytes.windows(3).any(is_code) {
            return Err(PathError::Traversal);
        }
        Self::new(bytes)
    }

    /// A path for what has none, where a path has to be.
    pub fn nameless() -> Self {
        Self { bytes: b"nameless".to_vec(), name: 0 }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The folder, empty for a path of one part.
    pub fn folder(&self) -> &[u8] {
        self.bytes.get(..self.name.saturating_sub(1)).unwrap_or_default()
    }

    /// The last part.
    pub fn name(&self) -> &[u8] {
        self.bytes.get(self.name..).unwrap_or_default()
    }

    /// The last part without its extension.
    pub fn stem(&self) -> &[u8] {
        stem_and_extension(self.name()).0
    }

    /// What follows the last dot of the name, as written; empty if there is none.
    pub fn extension(&self) -> &[u8] {
        stem_and_extension(self.name()).1
    }

    /// The path with another last part, checked like [`RelPath::new`].
    pub fn with_name(&self, name: &[u8]) -> Result<Self, PathError> {
        if name.contains(&b'/') {
            return Err(PathError::Traversal);
        }
        let mut bytes = self.folder().to_vec();
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(name);
        Self::new(bytes)
    }
}

fn check_part(part: &[u8]) -> Result<(), PathError> {
    match part {
        b"" | b"." | b".." => Err(PathError::Traversal),
        long if long.len() > MAX_NAME => Err(PathError::NameTooLong),
        _ => Ok(()),
    }
}

/// Splits a name at its last dot. A leading dot starts a hidden name, not an extension.
pub fn stem_and_extension(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|byte| *byte == b'.') {
        Some(at) if at > 0 => {
            (name.get(..at).unwrap_or_default(), name.get(at + 1..).unwrap_or_default())
        }
        _ => (name, &[]),
    }
}

/// The path as a person may see it: escaped, never raw.
impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::text::printable(&self.bytes))
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelPath(\"{self}\")")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_path_is_what_has_only_named_parts_and_ends_with_its_name(text in "[a./\0é-]{0,9}") {
            let parts: Vec<_> = text.split('/').collect();
            let named = |part: &&str| !matches!(*part, "" | "." | "..") && !part.contains('\0');
            let path = RelPath::new(text.as_bytes());
            prop_assert_eq!(path.is_ok(), parts.iter().all(named));
            let Ok(path) = path else { return Ok(()) };
            let (folder, name) = text.rsplit_once('/').unwrap_or(("", &text));
            prop_assert_eq!((path.folder(), path.name()), (folder.as_bytes(), name.as_bytes()));
        }
    }
}
