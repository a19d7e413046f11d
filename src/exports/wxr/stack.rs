//! The elements that are open, in one buffer.

/// Names of open elements, the root first.
#[derive(Debug, Default)]
pub(super) struct Stack {
    names: String,
    starts: Vec<usize>,
}

impl Stack {
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn push(&mut self, name: &str) {
        self.starts.push(self.names.len());
        self.names.push_str(name);
    }

    /// Leaves only the outermost `length` elements.
    pub(super) fn truncate(&mut self, length: usize) {
        if let Some(start) = self.starts.get(length).copied() {
            self.names.truncate(start);
            self.starts.truncate(length);
        }
    }

    /// The name at a depth, the root at 0.
    pub(super) fn name_at(&self, depth: usize) -> Option<&str> {
        let start = self.starts.get(depth).copied()?;
        let end = self.starts.get(depth + 1).copied().unwrap_or(self.names.len());
        self.names.get(start..end)
    }

    pub(super) fn top(&self) -> Option<&str> {
        self.name_at(self.len().checked_sub(1)?)
    }

    /// The depth of the innermost open element of that name.
    pub(super) fn innermost(&self, name: &str) -> Option<usize> {
        (0..self.len()).rev().find(|depth| self.name_at(*depth) == Some(name))
    }
}
