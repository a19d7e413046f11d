//! Contexts: what an asset depends on outside of itself.

use std::fmt;
use std::str::FromStr;

use super::context_fact::ContextFacts;
use super::text::is_name;
use super::time::{CivilDate, TimeError, Timestamp, Zone};
use super::window::{EndBeforeStart, Window};

/// What kind of thing a context is. The kind is the first half of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContextKind {
    Campaign,
    Offer,
    Season,
    Product,
    Packaging,
    Brand,
    Claim,
    Template,
    Provider,
}

impl ContextKind {
    pub const ALL: [Self; 9] = [
        Self::Campaign,
        Self::Offer,
        Self::Season,
        Self::Product,
        Self::Packaging,
        Self::Brand,
        Self::Claim,
        Self::Template,
        Self::Provider,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Offer => "offer",
            Self::Season => "season",
            Self::Product => "product",
            Self::Packaging => "packaging",
            Self::Brand => "brand",
            Self::Claim => "claim",
            Self::Template => "template",
            Self::Provider => "provider",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a newer revision or an end does to pinned assets unless the context says otherwise.
    pub fn default_rule(self) -> ContextRule {
        match self {
            Self::Template | Self::Provider => ContextRule::Review,
            _ => ContextRule::Expire,
        }
    }
}

/// What a newer revision, or the end, of a context does to the assets that depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContextRule {
    Expire,
    Review,
    Ignore,
}

impl ContextRule {
    pub const ALL: [Self; 3] = [Self::Expire, Self::Review, Self::Ignore];

    pub fn name(self) -> &'static str {
        match self {
            Self::Expire => "expire",
            Self::Review => "review",
            Self::Ignore => "ignore",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

/// A context's name: its kind and a slug, `packaging/tea-tin`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContextKey {
    pub kind: ContextKind,
    pub slug: String,
}

impl fmt::Display for ContextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name(), self.slug)
    }
}

impl ContextKey {
    /// Whether the context only says that there is nothing of its kind: `claim/none`.
    pub fn says_none(&self) -> bool {
        self.slug == "none"
    }
}

/// Why a text is not a context key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextKeyError {
    #[error("`{0}` is not a context key (write KIND/NAME, such as packaging/tea-tin)")]
    Shape(String),
    #[error(
        "`{0}` is not a kind of context (campaign, offer, season, product, packaging, brand, claim, template, provider)"
    )]
    Kind(String),
    #[error("`{0}` is not a context name (letters and digits of any script, `-`, `_` and `.`)")]
    Slug(String),
}

impl FromStr for ContextKey {
    type Err = ContextKeyError;

    fn from_str(text: &str) -> Result<Self, ContextKeyError> {
        let (kind, slug) =
            text.split_once('/').ok_or_else(|| ContextKeyError::Shape(text.to_owned()))?;
        let kind =
            ContextKind::named(kind).ok_or_else(|| ContextKeyError::Kind(kind.to_owned()))?;
        if !is_name(slug) {
            return Err(ContextKeyError::Slug(slug.to_owned()));
        }
        Ok(Self { kind, slug: slug.to_owned() })
    }
}

/// One state of a context. Revision 1 is the context as it was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub number: i64,
    /// The revision counts from this instant on.
    pub effective_at: Timestamp,
    pub note: String,
    /// What is on record about it from then on.
    pub facts: ContextFacts,
}

/// Something that assets depend on, with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    pub id: i64,
    pub key: ContextKey,
    pub version: i64,
    pub title: Option<String>,
    pub owner: Option<String>,
    pub rule: ContextRule,
    pub zone: Option<String>,
    pub starts_on: Option<CivilDate>,
    /// Last day of the context, inclusive.
    pub ends_on: Option<CivilDate>,
    pub starts_at: Option<Timestamp>,
    /// First instant after `ends_on`.
    pub ends_at: Option<Timestamp>,
    /// By number, ascending, never empty.
    pub revisions: Vec<Revision>,
}

/// What happens to a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextChange {
    /// A new revision that counts from the instant on, in the window that it brings, if it does.
    ///
    /// With facts of its own, if it brings some, else with those of the revision that counts then.
    Revise {
        effective_at: Timestamp,
        window: Option<Window>,
        note: String,
        facts: Option<ContextFacts>,
    },
    /// The last day is this one; the instant is the first after it.
    End { on: CivilDate, at: Timestamp, note: String },
}

/// Why a context can't be changed like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextChangeError {
    #[error(transparent)]
    EndBeforeStart(#[from] EndBeforeStart),
    #[error("revision {number} counts since {since}, and a change cannot count from before it")]
    BeforeRevision { number: i64, since: Timestamp },
    #[error("it ended at {at}, and a later end would revive what ended with it")]
    Over { at: Timestamp },
}

impl Context {
    /// The revision that counts at `now`; the first one before any does.
    pub fn revision_at(&self, now: Timestamp) -> i64 {
        self.current(now).map_or(1, |revision| revision.number)
    }

    /// What is on record about it at `now`.
    pub fn facts_at(&self, now: Timestamp) -> ContextFacts {
        self.current(now).map(|revision| revision.facts.clone()).unwrap_or_default()
    }

    /// The first revision after `pinned` that counts at `now`.
    ///
    /// Revisions follow each other in the order in which they begin to count, which is not that of
    /// their numbers when one was planned ahead. After a pin that is not on record, every one does.
    pub fn newer_than(&self, pinned: i64, now: Timestamp) -> Option<&Revision> {
        let seen = self.revisions.iter().find(|r| r.number == pinned).map(Revision::order);
        self.counting(now).filter(|r| Some(r.order()) > seen).min_by_key(|r| r.order())
    }

    fn current(&self, now: Timestamp) -> Option<&Revision> {
        self.counting(now).max_by_key(|revision| revision.order())
    }

    fn counting(&self, now: Timestamp) -> impl Iterator<Item = &Revision> {
        self.revisions.iter().filter(move |revision| revision.effective_at <= now)
    }

    /// The context as the change leaves it.
    ///
    /// An end that has passed is not moved to later: whether a sweep has recorded it must not
    /// decide what becomes usable again. A recurring context goes on with a new revision.
    pub fn changed(
        &self,
        change: &ContextChange,
        now: Timestamp,
    ) -> Result<Self, ContextChangeError> {
        let mut changed = self.clone();
        match change {
            ContextChange::Revise { effective_at, window, note, facts } => {
                self.refuse_before_current(*effective_at, now)?;
                if let Some(window) = window {
                    changed.set_window(window);
                }
                changed.revisions.push(Revision {
                    number: self.next_number(),
                    effective_at: *effective_at,
                    note: note.clone(),
                    facts: facts.clone().unwrap_or_else(|| self.facts_at(*effective_at)),
                });
            }
            ContextChange::End { on, at, .. } => {
                if let Some(over) = self.ends_at.filter(|end| *end <= now && end < at) {
                    return Err(ContextChangeError::Over { at: over });
                }
                if let Some(starts_on) = self.starts_on.filter(|first| on < first) {
                    return Err(EndBeforeStart { starts_on, ends_on: *on }.into());
                }
                (changed.ends_on, changed.ends_at) = (Some(*on), Some(*at));
            }
        }
        Ok(changed)
    }

    /// The number that the next revision gets.
    pub fn next_number(&self) -> i64 {
        self.revisions.iter().map(|revision| revision.number).max().unwrap_or(0) + 1
    }

    fn refuse_before_current(
        &self,
        effective_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), ContextChangeError> {
        match self.current(now) {
            Some(current) if effective_at < current.effective_at => {
                let (number, since) = (current.number, current.effective_at);
                Err(ContextChangeError::BeforeRevision { number, since })
            }
            _ => Ok(()),
        }
    }

    fn set_window(&mut self, window: &Window) {
        (self.starts_on, self.ends_on) = (window.starts_on, window.ends_on);
        (self.starts_at, self.ends_at) = (window.starts_at, window.ends_at);
    }
}

impl Revision {
    fn order(&self) -> (Timestamp, i64) {
        (self.effective_at, self.number)
    }
}

/// The zone of dates of an asset that depends on these contexts and names no zone of its own: its
/// first campaign's that names one, else the site's.
pub fn shared_zone<'c>(
    contexts: impl IntoIterator<Item = &'c Context>,
    site: &Zone,
) -> Result<Zone, TimeError> {
    let contexts = contexts.into_iter();
    let mut campaigns = contexts.filter(|context| context.key.kind == ContextKind::Campaign);
    let zone = campaigns.find_map(|context| context.zone.as_deref());
    zone.map_or_else(|| Ok(site.clone()), Zone::named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Zone;

    fn instant(text: &str) -> Timestamp {
        Timestamp::parse(&format!("{text}T00:00:00Z")).unwrap()
    }

    /// A context whose revisions, numbered from 1, count from these days on.
    fn context(counting_from: &[&str]) -> Context {
        let revisions = counting_from.iter().zip(1..).map(|(day, number)| Revision {
            number,
            effective_at: instant(day),
            note: format!("r{number}"),
            facts: ContextFacts::new(),
        });
        Context {
            id: 1,
            key: "packaging/tin".parse().unwrap(),
            version: 1,
            title: None,
            owner: None,
            rule: ContextRule::Expire,
            zone: None,
            starts_on: None,
            ends_on: None,
            starts_at: None,
            ends_at: None,
            revisions: revisions.collect(),
        }
    }

    fn revise(day: &str) -> ContextChange {
        ContextChange::Revise {
            effective_at: instant(day),
            window: None,
            note: "new".to_owned(),
            facts: None,
        }
    }

    fn end(day: &str) -> ContextChange {
        let on = day.parse().unwrap();
        ContextChange::End { on, at: Zone::utc().cutoff(on), note: "over".to_owned() }
    }

    #[test]
    fn keys_are_a_kind_and_a_name() {
        for key in ["packaging/tea-tin", "campaign/spring_2026.v2", "season/søndag", "brand/茶"] {
            assert_eq!(key.parse::<ContextKey>().unwrap().to_string(), key);
        }
        for key in ["", "tin", "box/tin", "packaging/", "packaging/a b", "packaging/a/b", "Brand/x"]
        {
            assert!(key.parse::<ContextKey>().is_err(), "{key}");
        }
    }

    #[test]
    fn a_revision_counts_from_its_instant_on() {
        let context = context(&["2026-01-01", "2026-03-01", "2026-05-01"]);
        for (day, number) in
            [("2025-12-31", 1), ("2026-01-01", 1), ("2026-03-01", 2), ("2026-06-01", 3)]
        {
            assert_eq!(context.revision_at(instant(day)), number, "{day}");
        }
        let newer = |pinned, day| context.newer_than(pinned, instant(day)).map(|r| r.number);
        assert_eq!(newer(1, "2026-02-28"), None);
        assert_eq!(newer(1, "2026-03-01"), Some(2));
        assert_eq!(newer(1, "2026-06-01"), Some(2), "the first one ended it");
        assert_eq!(newer(3, "2026-06-01"), None);
        assert_eq!(
            newer(9, "2026-06-01"),
            Some(1),
            "a pin that is not on record vouches for nothing"
        );
    }

    #[test]
    fn a_revision_planned_ahead_still_counts_after_one_that_was_added_later() {
        let context = context(&["2026-01-01", "2026-06-01", "2026-04-01"]);
        assert_eq!(context.revision_at(instant("2026-05-01")), 3);
        assert_eq!(context.revision_at(instant("2026-06-01")), 2);
        let newer = |pinned, day| context.newer_than(pinned, instant(day)).map(|r| r.number);
        assert_eq!(newer(3, "2026-05-31"), None);
        assert_eq!(newer(3, "2026-06-01"), Some(2));
        assert_eq!(newer(2, "2026-07-01"), None);
    }

    #[test]
    fn a_change_adds_a_revision_or_moves_the_end_and_nothing_else() {
        let now = instant("2026-02-01");
        let before = context(&["2026-01-01"]);
        let revised = before.changed(&revise("2026-03-01"), now).unwrap();
        assert_eq!(revised.revisions.len(), 2);
        assert_eq!(revised.revisions[1].number, 2);
        assert_eq!(Context { revisions: before.revisions.clone(), ..revised }, before);
        let ended = before.changed(&end("2026-04-30"), now).unwrap();
        assert_eq!(ended.ends_at, Some(instant("2026-05-01")));
        assert_eq!(Context { ends_on: None, ends_at: None, ..ended }, before);
    }

    #[test]
    fn a_change_cannot_count_from_before_the_revision_that_counts_now() {
        let context = context(&["2026-01-01", "2026-03-01", "2026-09-01"]);
        let changed = |day, now| context.changed(&revise(day), instant(now)).map(drop);
        let since = instant("2026-03-01");
        let refused = Err(ContextChangeError::BeforeRevision { number: 2, since });
        assert_eq!(changed("2026-02-28", "2026-04-01"), refused);
        assert_eq!(changed("2026-03-01", "2026-04-01"), Ok(()));
        assert_eq!(changed("2026-08-01", "2026-04-01"), Ok(()), "before one that is yet to count");
    }

    #[test]
    fn an_end_that_has_passed_only_moves_further_back() {
        let mut context = context(&["2026-01-01"]);
        context.starts_on = "2026-01-10".parse().ok();
        (context.ends_on, context.ends_at) =
            ("2026-01-31".parse().ok(), Some(instant("2026-02-01")));
        let changed = |day, now| context.changed(&end(day), instant(now)).map(drop);
        assert_eq!(changed("2026-03-31", "2026-01-31"), Ok(()), "it still lies ahead");
        let over = Err(ContextChangeError::Over { at: instant("2026-02-01") });
        assert_eq!(changed("2026-03-31", "2026-02-01"), over);
        assert_eq!(changed("2026-01-20", "2026-02-01"), Ok(()));
        let refused = changed("2026-01-09", "2026-01-05").unwrap_err();
        assert_eq!(refused.to_string(), "the end 2026-01-09 is before the beginning 2026-01-10");
    }
}
