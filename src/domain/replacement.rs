//! Replacements: a new picture in the place of an old one, and what it may take over.
//!
//! Taken over is what belongs to the place: what it is called, who answers for it, where and when it
//! is used. What somebody found out about the old picture is not: its source, its rights with their
//! review and licenses, the reason for having no end, its review date, and any approval.

use super::describe::{Description, Edit, Edits, Names, fields};
use super::metadata::Dates;

/// A part of a description that a new picture may take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Title,
    /// The alternative texts of all locales. They fit only if both pictures show the same.
    Alt,
    Owner,
    Placements,
    Contexts,
    /// The first and the last day, with their zone.
    Dates,
}

impl Part {
    pub const ALL: [Self; 6] =
        [Self::Title, Self::Alt, Self::Owner, Self::Placements, Self::Contexts, Self::Dates];

    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Alt => "alt",
            Self::Owner => "owner",
            Self::Placements => "placements",
            Self::Contexts => "contexts",
            Self::Dates => "dates",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// Whether the new picture lacks any of a list; of anything else a difference is enough.
    fn brings_anything(self, old: &Description, new: &Description) -> bool {
        let placements = (&old.metadata.placements, &new.metadata.placements);
        match self {
            Self::Placements => placements.0.iter().any(|place| !placements.1.contains(place)),
            Self::Contexts => old.contexts.iter().any(|context| !new.contexts.contains(context)),
            Self::Title | Self::Alt | Self::Owner | Self::Dates => true,
        }
    }

    /// The part that a field belongs to.
    fn of(field: &str) -> Option<Self> {
        match field {
            "time_zone" | "starts_on" | "expires_on" => Some(Self::Dates),
            _ => Self::named(field.split(':').next().unwrap_or_default()),
        }
    }
}

/// What the old picture has in a field, where the new one has not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub part: Part,
    /// As changes name it: `alt:en`, `expires_on`.
    pub field: String,
    pub recorded: Option<String>,
    pub offered: String,
}

/// All that the new picture could take over, by field.
pub fn offers(old: &Description, new: &Description, names: &Names<'_>) -> Vec<Offer> {
    let recorded = fields(new, names);
    let offered = fields(old, names).into_iter().filter_map(|(field, offered)| {
        let recorded = recorded.get(&field).cloned();
        let differs = recorded.as_ref() != Some(&offered);
        let part = Part::of(&field).filter(|part| differs && part.brings_anything(old, new))?;
        Some(Offer { part, field, recorded, offered })
    });
    offered.collect()
}

/// The edits that take the parts over. Placements and contexts come beside those that are there;
/// anything else takes the place of what is recorded.
pub fn taking(parts: &[Part], old: &Description, new: &Description) -> Edits {
    let mut edits = Edits::default();
    for part in parts {
        match part {
            Part::Title => edits.title = set(old.metadata.title.as_ref()),
            Part::Owner => edits.owner = set(old.metadata.owner.as_ref()),
            Part::Alt => {
                let texts = old.metadata.alt.iter();
                edits.alt = texts.map(|(at, text)| (at.clone(), Edit::Set(text.clone()))).collect();
            }
            Part::Placements => {
                edits.placements = both(&new.metadata.placements, &old.metadata.placements);
            }
            Part::Contexts => edits.contexts = both(&new.contexts, &old.contexts),
            Part::Dates => {
                let Dates { zone, starts_on, expires_on, .. } = &old.metadata.dates;
                edits.zone = set(zone.as_ref());
                edits.starts_on = set(starts_on.as_ref());
                edits.expires_on = set(expires_on.as_ref());
            }
        }
    }
    edits
}

/// What is unknown about the old picture says nothing about the new one.
fn set<T: Clone>(value: Option<&T>) -> Edit<T> {
    value.map_or(Edit::Keep, |value| Edit::Set(value.clone()))
}

fn both<T: Clone>(one: &[T], other: &[T]) -> Option<Vec<T>> {
    (!other.is_empty()).then(|| one.iter().chain(other).cloned().collect())
}
