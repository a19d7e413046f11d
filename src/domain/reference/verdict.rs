//! Used, not found, or unknown: the verdict and what it rests on.

use std::collections::BTreeSet;

use super::Status;
use super::area::Area;
use super::source::Source;
use crate::domain::time::Timestamp;

/// Whether an asset is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Used(Uses),
    /// None of these sources uses it. What none of them looked at is told beside.
    NotFound {
        sources: Vec<String>,
        not_looked_at: Vec<Area>,
    },
    /// Nothing was found, and that proves nothing: what would have to be looked at as well.
    Unknown {
        sources: Vec<String>,
        missing: Vec<Area>,
    },
}

/// The statuses of everything that uses an asset, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Uses {
    pub statuses: BTreeSet<Status>,
}

impl Uses {
    /// Whether people see one of the holders, now or soon, as far as is known.
    pub fn is_in_sight(&self) -> bool {
        self.statuses.iter().any(|status| status.is_in_sight())
    }
}

impl Verdict {
    /// The word used in selections and in every output.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Used(_) => "used",
            Self::NotFound { .. } => "not-found",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// How far the sources of a catalog see: the same for every asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Horizon {
    /// Those that count, by name.
    pub sources: Vec<String>,
    /// Those that are older than allowed.
    pub stale: Vec<String>,
    /// Required areas that no source has shown.
    pub missing: Vec<Area>,
    /// Other areas that no source has shown.
    pub not_looked_at: Vec<Area>,
}

impl Horizon {
    /// Whether nothing was ever read.
    pub fn has_no_source(&self) -> bool {
        self.sources.is_empty() && self.stale.is_empty()
    }

    /// Whether an asset that is found nowhere may be said to be. It takes two sources at least.
    pub fn is_enough(&self) -> bool {
        self.sources.len() > 1 && self.missing.is_empty()
    }
}

/// Tells how far sources see together. One made more than `max_age_days` before `now` is left out.
pub fn horizon_of(sources: &[Source], now: Timestamp, max_age_days: u32) -> Horizon {
    let oldest = now.plus_days(-i64::from(max_age_days));
    let (fresh, stale): (Vec<_>, Vec<_>) = sources.iter().partition(|source| source.made >= oldest);
    let shown: BTreeSet<Area> = fresh.iter().flat_map(|source| source.proven_areas()).collect();
    let (missing, not_looked_at) = Area::ALL
        .into_iter()
        .filter(|area| !shown.contains(area))
        .partition(|area| area.is_required());
    let names = |sources: Vec<&Source>| sources.iter().map(|source| source.name.clone()).collect();
    Horizon { sources: names(fresh), stale: names(stale), missing, not_looked_at }
}

/// The verdict on an asset; `statuses` are those of everything that was found to use it.
pub fn verdict_of(statuses: impl IntoIterator<Item = Status>, horizon: &Horizon) -> Verdict {
    let statuses: BTreeSet<_> = statuses.into_iter().collect();
    let sources = horizon.sources.clone();
    if !statuses.is_empty() {
        Verdict::Used(Uses { statuses })
    } else if horizon.is_enough() {
        Verdict::NotFound { sources, not_looked_at: horizon.not_looked_at.clone() }
    } else {
        Verdict::Unknown { sources, missing: horizon.missing.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SourceKind;
    use super::*;
    use crate::domain::asset::Digest;

    fn day(number: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).plus_days(number)
    }

    /// A source that showed everything its kind can show.
    fn source(kind: SourceKind, made: Timestamp) -> Source {
        let seen = |area: &Area| area.seen_by().contains(&kind);
        Source {
            name: kind.name().to_owned(),
            kind,
            digest: Digest([0; 32]),
            made,
            read: made,
            site: None,
            areas: Area::ALL.into_iter().filter(seen).collect(),
            gaps: 0,
            references: 0,
        }
    }

    fn name(sources: &[Source]) -> &'static str {
        verdict_of([], &horizon_of(sources, day(0), 30)).name()
    }

    #[test]
    fn without_a_dump_only_backgrounds_and_headers_are_not_seen() {
        let sources = [SourceKind::Wxr, SourceKind::Rest, SourceKind::Pages]
            .map(|kind| source(kind, day(-1)));
        assert_eq!(name(&sources), "unknown");
        assert_eq!(horizon_of(&sources, day(0), 30).missing, [Area::ThemeSettings]);
        let [wxr, rest, _] = sources;
        let dump = source(SourceKind::Sql, day(-1));
        assert_eq!(name(&[wxr, dump.clone()]), "not-found");
        assert_eq!(name(&[rest, dump]), "not-found");
    }

    #[test]
    fn no_source_alone_makes_an_asset_unused() {
        assert_eq!(name(&[]), "unknown");
        for kind in SourceKind::ALL {
            assert_eq!(name(&[source(kind, day(-1))]), "unknown", "{kind:?}");
        }
        let both = [source(SourceKind::Sql, day(-1)), source(SourceKind::Theme, day(-1))];
        assert_eq!(name(&both), "not-found");
    }

    #[test]
    fn old_and_broken_sources_find_but_prove_nothing() {
        let theme = source(SourceKind::Theme, day(-1));
        assert_eq!(name(&[source(SourceKind::Sql, day(-31)), theme.clone()]), "unknown");
        assert_eq!(name(&[source(SourceKind::Sql, day(-30)), theme.clone()]), "not-found");
        let broken = Source { gaps: 1, ..source(SourceKind::Sql, day(-1)) };
        assert_eq!(name(&[broken, theme]), "unknown");
    }

    #[test]
    fn one_reference_is_a_use_whatever_the_sources() {
        let horizon = horizon_of(&[], day(0), 30);
        let verdict = verdict_of([Status::Trash, Status::Draft], &horizon);
        let Verdict::Used(uses) = verdict else { panic!("{verdict:?}") };
        assert!(!uses.is_in_sight());
        let verdict = verdict_of([Status::Trash, Status::Unknown], &horizon);
        assert!(matches!(verdict, Verdict::Used(uses) if uses.is_in_sight()));
    }

    #[test]
    fn what_no_source_looked_at_is_told() {
        let sources = [SourceKind::Wxr, SourceKind::Rest, SourceKind::Pages]
            .map(|kind| source(kind, day(-1)));
        let horizon = horizon_of(&sources, day(0), 30);
        let rest = [Area::Revisions, Area::Options, Area::UserMeta, Area::ThemeFiles];
        assert_eq!(horizon.not_looked_at, rest);
        for (area, at) in Area::ALL.into_iter().zip(0..) {
            assert_eq!(Area::named(area.name()), Some(area), "{at}");
            assert!(!area.seen_by().is_empty(), "{area:?} is seen by nothing");
        }
    }
}
