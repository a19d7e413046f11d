//! The elements that are open, in one buffer.

use super::names::Name;

/// Names of open elements, the root first.
#[derive(Debug, Default)]
pub(super) struct Stack {
    names: String,
    open: Vec<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    /// Where its name starts.
    start: usize,
    meaning: Name,
    line: u64,
}

impl Stack {
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    pub(super) fn push(&mut self, name: &str, meaning: Name, line: u64) {
        self.open.push(Open { start: self.names.len(), meaning, line });
        self.names.push_str(name);
    }

    /// Leaves only the outermost `length` elements.
    pub(super) fn truncate(&mut self, length: usize) {
        if let Some(Open { start, .. }) = self.open.get(length).copied() {
            self.names.truncate(start);
            self.open.truncate(length);
        }
    }

    /// The name at a depth, the root at 0.
    pub(super) fn name_at(&self, depth: usize) -> Option<&str> {
        let start = self.open.get(depth)?.start;
        let end = self.open.get(depth + 1).map_or(self.names.len(), |next| next.start);
        self.names.get(start..end)
    }

    /// Whether one of the elements from a depth on means this.
    pub(super) fn has_from(&self, depth: usize, meaning: Name) -> bool {
        self.open.iter().skip(depth).any(|open| open.meaning == meaning)
    }

    /// The innermost element, with the line at which it starts.
    pub(super) fn top(&self) -> Option<(&str, u64)> {
        let depth = self.len().checked_sub(1)?;
        Some((self.name_at(depth)?, self.open.get(depth)?.line))
    }

    /// The depth of the innermost open element of that name.
    pub(super) fn innermost(&self, name: &str) -> Option<usize> {
        (0..self.len()).rev().find(|depth| self.name_at(*depth) == Some(name))
    }
}
