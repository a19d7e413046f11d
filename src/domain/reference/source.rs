//! Sources: what was read to find references, and how far it can see.

use std::collections::BTreeSet;

use super::area::Area;
use crate::domain::asset::Digest;
use crate::domain::time::Timestamp;

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A WordPress export, with posts and pages.
    Wxr,
    /// Saved answers of the REST API.
    Rest,
    /// A folder of rendered pages.
    Pages,
    /// A dump of the database.
    Sql,
    /// A theme's folder, or a style sheet.
    Theme,
}

impl SourceKind {
    pub const ALL: [Self; 5] = [Self::Wxr, Self::Rest, Self::Pages, Self::Sql, Self::Theme];

    pub fn name(self) -> &'static str {
        match self {
            Self::Wxr => "wxr",
            Self::Rest => "rest",
            Self::Pages => "pages",
            Self::Sql => "sql",
            Self::Theme => "theme",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something that was read to find references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is called, once per catalog: reading it again replaces what it told.
    pub name: String,
    pub kind: SourceKind,
    /// Of all bytes that were read.
    pub digest: Digest,
    /// When the site looked like this, as far as the source tells.
    pub made: Timestamp,
    pub read: Timestamp,
    /// The host of the site that it is about, if it says.
    pub site: Option<String>,
    /// What it looked into as a whole.
    pub areas: BTreeSet<Area>,
    /// How many parts could not be looked into. Such a source finds, but proves no absence.
    pub gaps: u64,
    /// How many references it told.
    pub references: u64,
}

impl Source {
    /// The areas whose whole content it has shown.
    ///
    /// None where a part of it could not be read: a reference may have stood there.
    pub fn proven_areas(&self) -> BTreeSet<Area> {
        if self.gaps > 0 {
            return BTreeSet::new();
        }
        self.areas.iter().copied().filter(|area| area.seen_by().contains(&self.kind)).collect()
    }
}
