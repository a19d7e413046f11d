//! What one text or value mentions, collected without regard to who holds it.

use std::collections::BTreeMap;

use super::addresses::find_addresses;
use super::blocks::find_blocks;
use super::broken::find_numbers;
use super::marks::{Mark, find_marks};
use super::site::Site;
use crate::domain::reference::{Means, Target};

/// The most different targets of one holder that are kept.
pub(super) const MAX_TARGETS: usize = 100_000;

/// What is mentioned, each with the most telling way in which it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Mentions {
    pub(super) targets: BTreeMap<Target, (Means, String)>,
    /// There is a gallery of whatever was uploaded to the holder itself.
    pub(super) shows_children: bool,
    /// More was mentioned than is kept.
    pub(super) is_cut: bool,
    /// What could not be read as the value that it was meant to be: a field, or a block.
    pub(super) broken: Option<String>,
}

impl Mentions {
    pub(super) fn is_empty(&self) -> bool {
        self.targets.is_empty() && !self.shows_children && self.broken.is_none()
    }

    /// Adds a target, unless a more telling mention of it is there.
    pub(super) fn add(&mut self, target: Target, means: Means, detail: &str) {
        if let Some(known) = self.targets.get_mut(&target) {
            if means < known.0 {
                *known = (means, detail.to_owned());
            }
        } else if self.targets.len() < MAX_TARGETS {
            self.targets.insert(target, (means, detail.to_owned()));
        } else {
            self.is_cut = true;
        }
    }

    /// Adds an attachment by its number; 0 and less are "none" in WordPress.
    pub(super) fn add_attachment(&mut self, number: i64, means: Means, detail: &str) {
        if number > 0 {
            self.add(Target::Attachment(number), means, detail);
        }
    }

    /// Adds what is left of a value that is broken, and says so.
    pub(super) fn scan_broken(&mut self, text: &str, means: Means, label: &str) {
        find_numbers(label, text, &mut |number| self.add_attachment(number, means, label));
        self.broken.get_or_insert_with(|| label.to_owned());
    }

    /// Adds everything that a text mentions. `detail` tells where the text stands.
    pub(super) fn scan(&mut self, text: &str, site: &Site, means: Means, detail: &str) {
        find_addresses(text, site, &mut |path| self.add(Target::File(path), means, detail));
        self.scan_marks(text, detail);
        find_blocks(text, site, self);
    }

    fn scan_marks(&mut self, text: &str, detail: &str) {
        find_marks(text, &mut |mark, means, word| {
            let detail = if detail.is_empty() { word } else { detail };
            match mark {
                Mark::Attachment(number) => self.add_attachment(number, means, detail),
                Mark::Children(Some(post)) if post > 0 => {
                    self.add(Target::ChildrenOf(post), means, word);
                }
                Mark::Children(_) => self.shows_children = true,
            }
        });
    }
}
