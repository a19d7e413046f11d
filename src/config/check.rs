//! Whether the configured folders keep out of each other.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::{Config, ConfigError};

/// A configured folder, with the words for it.
struct Folder<'a> {
    words: String,
    path: &'a Path,
    resolved: PathBuf,
}

impl<'a> Folder<'a> {
    fn new(words: String, path: &'a Path) -> Self {
        Self { words, path, resolved: resolve(path) }
    }

    fn outside(&self, outer: &Self) -> Result<(), ConfigError> {
        if !self.resolved.starts_with(&outer.resolved) {
            return Ok(());
        }
        Err(ConfigError::Within {
            inner: self.words.clone(),
            inner_path: self.path.to_owned(),
            outer: outer.words.clone(),
            outer_path: outer.path.to_owned(),
        })
    }
}

pub(super) fn separation(config: &Config) -> Result<(), ConfigError> {
    let catalog = Folder::new("the catalog".to_owned(), &config.catalog);
    let quarantine = Folder::new("the quarantine".to_owned(), &config.quarantine);
    let named = |name: &str| format!("root `{name}`");
    let roots: Vec<_> =
        config.roots.iter().map(|root| Folder::new(named(&root.name), &root.path)).collect();
    for (at, root) in roots.iter().enumerate() {
        catalog.outside(root)?;
        quarantine.outside(root)?;
        root.outside(&quarantine)?;
        for other in roots.iter().skip(at + 1) {
            other.outside(root)?;
            root.outside(other)?;
        }
    }
    Ok(())
}

/// Where `path` really is: links are followed as far as it exists, the rest is taken by its words.
#[expect(clippy::disallowed_methods, reason = "compares places, opens nothing by the result")]
fn resolve(path: &Path) -> PathBuf {
    let mut rest: Vec<OsString> = Vec::new();
    let mut existing = path;
    loop {
        if let Ok(found) = std::fs::canonicalize(existing) {
            return rest.iter().rev().fold(found, |at, name| by_words(&at.join(name)));
        }
        let mut parts = existing.components();
        let Some(last) = parts.next_back() else { return by_words(path) };
        rest.push(last.as_os_str().to_owned());
        existing = parts.as_path();
    }
}

/// The path without `.` and `..`.
pub(super) fn by_words(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            _ => plain.push(part),
        }
    }
    plain
}
