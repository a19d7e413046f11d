//! Paths relative to a root of the library, as bytes.
//!
//! A file name is whatever the file system says it is: not always UTF-8, sometimes with control
//! characters. Bytes are the key; [`crate::domain::text::printable`] is for people.

use std::fmt;

/// A path beneath a root: never empty, never absolute, no `.`, `..` or empty part, no NUL.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(Vec<u8>);

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
        if memchr::memchr(0, &bytes).is_some() {
            return Err(PathError::Nul);
        }
        if bytes.starts_with(b"/") {
            return Err(PathError::Absolute);
        }
        for part in bytes.split(|byte| *byte == b'/') {
            match part {
                b"" | b"." | b".." => return Err(PathError::Traversal),
                long if long.len() > MAX_NAME => return Err(PathError::NameTooLong),
                _ => {}
            }
        }
        Ok(Self(bytes))
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
        Self(b"nameless".to_vec())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The folder, empty for a path of one part.
    pub fn folder(&self) -> &[u8] {
        self.split().0
    }

    /// The last part.
    pub fn name(&self) -> &[u8] {
        self.split().1
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

    fn split(&self) -> (&[u8], &[u8]) {
        match memchr::memrchr(b'/', &self.0) {
            Some(at) => {
                (self.0.get(..at).unwrap_or_default(), self.0.get(at + 1..).unwrap_or_default())
            }
            None => (&[], &self.0),
        }
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
        f.write_str(&super::text::printable(&self.0))
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelPath(\"{self}\")")
    }
}
