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
}

/// What becomes of an asset of which nobody knows whether it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownUses {
    /// It is moved, and the plan says that it is not known.
    #[default]
    Warn,
    /// It is left alone.
    Block,
}

impl UnknownUses {
    /// The word used in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
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
        return CleanStep::Keep("files of it are missing: scan first".to_owned());
    }
    CleanStep::Quarantine(transition)
}

/// Why the uses of an asset keep its files in the library, if they do.
fn check_uses(state: State, hindrances: Hindrances<'_>) -> Option<String> {
    let Hindrances { uses, unknown_uses, .. } = hindrances;
    let is_known = uses.is_some_and(|(uses, _)| !matches!(uses, Uses::Unknown { .. }));
    match uses {
        _ if state == State::Withdrawn => None,
        Some((Uses::Used(by), places)) if by.is_in_sight() => {
            Some(format!("{places}: take it out there first"))
        }
        _ if is_known || unknown_uses == UnknownUses::Warn => None,
        _ => Some(
            "whether it is used is unknown: run `references read` on more of the site".to_owned(),
        ),
    }
}

/// What a clean run would move in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    pub items: u64,
    pub files: u64,
    pub bytes: u64,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::reference::{Status, Uses as By};

    fn kept(state: State, uses: Option<&Uses>, unknown_uses: UnknownUses) -> bool {
        let uses = uses.map(|uses| (uses, "used by page 9"));
        check_uses(state, Hindrances { held: None, uses, unknown_uses }).is_some()
    }

    #[test]
    fn what_people_see_stays_unless_it_is_unsafe() {
        use UnknownUses::{Block, Warn};
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
            for state in [State::Rejected, State::Expired] {
                assert_eq!(kept(state, uses.as_ref(), Warn), when_warned, "{uses:?}");
                assert_eq!(kept(state, uses.as_ref(), Block), when_blocked, "{uses:?}");
            }
            assert!(!kept(State::Withdrawn, uses.as_ref(), Block), "{uses:?}");
        }
    }
}
