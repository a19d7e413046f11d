//! Where in an export something stands.

use std::fmt;
use std::sync::Arc;

/// A file of an export, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// As the file was named when it was opened; a member of an archive follows after `!/`.
    /// Empty if the bytes have no name.
    pub file: Arc<str>,
    /// Counted from 1, in the bytes of the file; 0 means the file as a whole.
    pub line: u64,
    /// Which entry of the file, counted from 1, where one line may hold them all.
    pub entry: Option<u64>,
}

impl Place {
    /// A line of a file that has no name yet.
    pub fn line(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// The file as a whole.
    pub fn file(name: &Arc<str>) -> Self {
        Self { file: Arc::clone(name), ..Self::default() }
    }
}

/// Such as `page-2.json, line 1, entry 7`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = (!self.file.is_empty()).then(|| self.file.to_string());
        let line = (self.line > 0).then(|| format!("line {}", self.line));
        let entry = self.entry.map(|entry| format!("entry {entry}"));
        let parts: Vec<_> = [file, line, entry].into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_no_more_than_is_known() {
        let name = Arc::from("page-2.json");
        assert_eq!(Place::line(7).to_string(), "line 7");
        assert_eq!(Place::file(&name).to_string(), "page-2.json");
        let place = Place { file: name, line: 1, entry: Some(7) };
        assert_eq!(place.to_string(), "page-2.json, line 1, entry 7");
    }
}
