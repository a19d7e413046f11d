//! Gathers the text of one element until it ends.

use super::names::{Field, SiteField};
use super::syntax::unix_lines;
use crate::exports::MAX_TEXT;

/// A text with the line at which its element begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) line: u64,
    pub(super) is_cut: bool,
}

/// Where a text goes when its element ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Field(Field, Reach),
    Site(SiteField),
    MetaKey,
    /// Its line ends are kept, for a serialized value counts them.
    MetaValue,
}

/// Where in an item a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Where it belongs.
    Item,
    /// Inside another element, where it counts only if that one was not closed.
    Nested,
}

impl Reach {
    /// The reach of an element at `depth` in an item at `item_depth`.
    pub(super) fn at(depth: usize, item_depth: usize) -> Self {
        if depth == item_depth + 1 { Self::Item } else { Self::Nested }
    }
}

/// A text whose element is open.
#[derive(Debug)]
pub(super) struct Gathering {
    pub(super) target: Target,
    pub(super) text: Text,
    /// How many elements are open, with its own.
    pub(super) depth: usize,
    /// It may lack a part, or hold what belongs elsewhere.
    pub(super) is_damaged: bool,
}

impl Gathering {
    pub(super) fn at(line: u64, target: Target, depth: usize) -> Self {
        let text = Text { value: String::new(), line, is_cut: false };
        Self { target, text, depth, is_damaged: false }
    }

    /// Adds text as it stands in the file.
    pub(super) fn push(&mut self, text: &str) {
        if self.target != Target::MetaValue && text.contains('\r') {
            self.push_verbatim(&unix_lines(text));
        } else {
            self.push_verbatim(text);
        }
    }

    /// Adds text that is meant literally, such as a carriage return written as a reference.
    pub(super) fn push_verbatim(&mut self, text: &str) {
        let room = MAX_TEXT - self.text.value.len();
        self.text.is_cut |= text.len() > room;
        let kept = text.get(..text.floor_char_boundary(room));
        self.text.value.push_str(kept.unwrap_or_default());
    }
}
