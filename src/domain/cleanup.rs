//! Which ended assets leave the library: the decision behind `clean`.

use super::actor::Authority;
use super::lifecycle::{self, Action, Facts, Plan, Request, Standing, State, Transition, Verdict};
use super::policy::Caps;
use super::reference::Verdict as Uses;

/// What a clean would do with one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CleanStep {
    Quarantine(Transition),
    /// Considered and left alone, because.
    Keep(String),
    /// Left alone because files of it are missing: all of them move or none.
    Incomplete,
    /// Not the business of a clean.
    Pass,
}

/// What may keep an asset's files where they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hindrances<'a> {
    /// The reason of a hold that counts now.
    pub held: Option<&'a str>,
    /// Whether the asset is used, with the words for where; `None` if no source was ever read.
    pub uses: Option<(&'a Uses, &'a str)>,
    pub unknown_uses: UnknownUses,
    pub site: Site,
}

/// What becomes of a file that has other names (hard links), under which it would stay in reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HardLinks {
    /// It is left where it is, and its asset with it.
    #[default]
    Leave,
    /// This name of it is moved.
    Move,
}

impl HardLinks {
    pub const ALL: [Self; 2] = [Self::Leave, Self::Move];

    /// The word used in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Move => "move",
        }
    }
}

/// What becomes of an asset of which nobody knows whether it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownUses {
    /// It is moved, and the plan says that it is not known.
    Warn,
    /// It is left alone where there is a site to ask; without one it is moved.
    #[default]
    BlockOnSites,
    /// It is left alone.
    Block,
}

/// Whether a site is known that could use what is in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Site {
    /// A source of references was read, or attachments were imported.
    Known,
    #[default]
    NoneKnown,
}

impl UnknownUses {
    pub const ALL: [Self; 3] = [Self::Warn, Self::BlockOnSites, Self::Block];

    /// Whether what nobody knows the uses of is left alone.
    fn blocks(self, site: Site) -> bool {
        match self {
            Self::Warn => false,
            Self::BlockOnSites => site == Site::Known,
            Self::Block => true,
        }
    }

    /// The word used in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::BlockOnSites => "block-on-sites",
            Self::Block => "block",
        }
    }
}

/// Decides whether a clean moves an asset's files out of the library.
///
/// Only recorded ends count: an approval whose end has come is left until a sweep recorded it.
/// What published or scheduled content shows stays, so that no page breaks, and so does what nobody
/// knows the uses of, if the policy says so. What was withdrawn as unsafe goes whatever shows it.
pub fn plan_clean_of(
    facts: &Facts,
    verdict: &Verdict,
    hindrances: Hindrances<'_>,
    authority: Authority,
) -> CleanStep {
    let request = Request {
        action: Action::Quarantine,
        authority,
        plan: Plan::None,
        asker: "",
        undone: None,
        reason: None,
    };
    let Ok(transition) = lifecycle::next(facts.state, &request) else {
        if verdict.standing == Standing::Expired {
            return CleanStep::Keep("its end is not recorded yet: run sweep first".to_owned());
        }
        return CleanStep::Pass;
    };
    if let Some(reason) = hindrances.held {
        return CleanStep::Keep(format!("held: {reason}"));
    }
    if let Some(because) = check_uses(facts.state, hindrances) {
        return CleanStep::Keep(because);
    }
    if facts.files_missing {
        return CleanStep::Incomplete;
    }
    CleanStep::Quarantine(transition)
}

/// Why the uses of an asset keep its files in the library, if they do.
fn check_uses(state: State, hindrances: Hindrances<'_>) -> Option<String> {
    let Hindrances { uses, unknown_uses, site, .. } = hindrances;
    let is_known = uses.is_some_and(|(uses, _)| !matches!(uses, Uses::Unknown { .. }));
    match uses {
        _ if state == State::Withdrawn => None,
        Some((Uses::Used(by), places)) if by.is_in_sight() => {
            Some(format!("{places}: take it out there first"))
        }
        _ if is_known || !unknown_uses.blocks(site) => None,
        _ => Some(UNKNOWN.to_owned()),
    }
}

/// Said of an asset that stays because nobody knows whether it is used.
pub const UNKNOWN: &str = "whether it is used is unknown";

/// What a clean run would move in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    pub items: u64,
    pub files: u64,
    pub bytes: u64,
}

impl Load {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            items: self.items.saturating_add(other.items),
            files: self.files.saturating_add(other.files),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// Says which cap a run of this size exceeds, of a library with `in_library` assets.
///
/// A small library needs no percentage: up to 20 assets are never too large a part of it.
pub fn exceeded_cap(load: Load, caps: Caps, in_library: u64) -> Option<String> {
    if load.items > caps.max_items {
        return Some(format!("{} assets, the cap is {}", load.items, caps.max_items));
    }
    if load.bytes > caps.max_bytes {
        return Some(format!("{} bytes, the cap is {}", load.bytes, caps.max_bytes));
    }
    let allowed = (in_library.saturating_mul(caps.max_percent) / 100).max(SMALL_RUN);
    (load.items > allowed).then(|| {
        format!(
            "{} of {in_library} assets, the cap is {} percent (or {SMALL_RUN} assets)",
            load.items, caps.max_percent
        )
    })
}

/// Says which cap of a day a run of this size exceeds, after `moved` was taken out of the library in
/// the last 24 hours and `in_library` assets are left.
pub fn exceeded_cap_of_a_day(
    (load, moved): (Load, Load),
    caps: Caps,
    in_library: u64,
) -> Option<String> {
    let percent = in_library.saturating_add(moved.items).saturating_mul(caps.max_percent) / 100;
    let items = caps.max_items.min(percent.max(2 * SMALL_RUN));
    let over = |wanted: u64, moved: u64, cap: u64, what: &str| {
        let left = cap.saturating_sub(moved);
        (wanted > left).then(|| {
            format!(
                "{wanted} {what}, and of the {cap} that 24 hours allow {left} are left: {moved} were \
                 moved already"
            )
        })
    };
    over(load.items, moved.items, items, "assets")
        .or_else(|| over(load.bytes, moved.bytes, caps.max_bytes, "bytes"))
}

/// A run of this size is never too large a part of the library.
const SMALL_RUN: u64 = 20;

/// Whether a scan that found `found` files where the one before found `expected` is believed.
///
/// A mount that is missing looks like a library that lost most of its files. A loss is believed up
/// to a tenth of them, or 20 files.
pub fn is_plausible_loss(expected: u64, found: u64) -> bool {
    let lost = expected.saturating_sub(found);
    lost <= (expected / 10).max(SMALL_RUN)
}

/// Whether a root that lost its marker is the one that the catalog knows `known` files of: nine in ten
/// of them are there.
pub fn is_recognized(known: u64, there: u64) -> bool {
    there.saturating_mul(10) >= known.saturating_mul(9)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::reference::{Status, Uses as By};

    fn kept(state: State, uses: Option<&Uses>, (unknown_uses, site): (UnknownUses, Site)) -> bool {
        let uses = uses.map(|uses| (uses, "used by page 9"));
        check_uses(state, Hindrances { held: None, uses, unknown_uses, site }).is_some()
    }

    #[test]
    fn a_day_allows_so_many_and_says_how_many_are_left() {
        let caps = Caps { max_items: 100, max_bytes: 1000, max_percent: 20 };
        let load = |items, bytes| Load { items, files: items, bytes };
        let moved = load(90, 100);
        let of = |wanted, in_library| exceeded_cap_of_a_day((wanted, moved), caps, in_library);
        assert_eq!(of(load(10, 900), 1_000), None);
        let left =
            "11 assets, and of the 100 that 24 hours allow 10 are left: 90 were moved already";
        assert_eq!(of(load(11, 1), 1_000).as_deref(), Some(left));
        let left =
            "901 bytes, and of the 1000 that 24 hours allow 900 are left: 100 were moved already";
        assert_eq!(of(load(1, 901), 1_000).as_deref(), Some(left));
        let part = "1 assets, and of the 46 that 24 hours allow 0 are left: 90 were moved already";
        assert_eq!(of(load(1, 1), 140).as_deref(), Some(part), "20 percent of 230");
        let none = exceeded_cap_of_a_day((load(40, 1), Load::default()), caps, 40);
        assert_eq!(none, None, "a small library needs no percentage");
    }

    #[test]
    fn what_people_see_stays_unless_it_is_unsafe() {
        let warn = [(UnknownUses::Warn, Site::Known), (UnknownUses::BlockOnSites, Site::NoneKnown)];
        let block =
            [(UnknownUses::Block, Site::NoneKnown), (UnknownUses::BlockOnSites, Site::Known)];
        let by = |status| Uses::Used(By { statuses: BTreeSet::from([status]) });
        let not_found = Uses::NotFound { sources: Vec::new(), not_looked_at: Vec::new() };
        let unknown = Uses::Unknown { sources: Vec::new(), missing: Vec::new() };
        for (uses, when_warned, when_blocked) in [
            (Some(by(Status::Published)), true, true),
            (Some(by(Status::Scheduled)), true, true),
            (Some(by(Status::Draft)), false, false),
            (Some(by(Status::Revision)), false, false),
            (Some(not_found), false, false),
            (Some(unknown), false, true),
            (None, false, true),
        ] {
            for (stances, stays) in [(warn, when_warned), (block, when_blocked)] {
                for stance in stances {
                    for state in [State::Rejected, State::Expired] {
                        assert_eq!(kept(state, uses.as_ref(), stance), stays, "{uses:?}");
                    }
                    assert!(!kept(State::Withdrawn, uses.as_ref(), stance), "{uses:?}");
                }
            }
        }
    }
}
