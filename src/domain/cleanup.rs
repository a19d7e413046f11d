//! Which ended assets leave the library: the decision behind `clean`.

use super::actor::Authority;
use super::lifecycle::{self, Action, Facts, Plan, Request, Standing, Transition, Verdict};
use super::policy::Caps;

/// What a clean would do with one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CleanStep {
    Quarantine(Transition),
    /// Considered and left alone, because.
    Keep(String),
    /// Not the business of a clean.
    Pass,
}

/// Decides whether a clean moves an asset's files out of the library.
///
/// Only recorded ends count: an approval whose end has come is left until a sweep recorded it.
/// `held` is the reason of a hold that counts now.
pub fn plan_clean_of(
    facts: &Facts,
    verdict: &Verdict,
    held: Option<&str>,
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
    if let Some(reason) = held {
        return CleanStep::Keep(format!("held: {reason}"));
    }
    if facts.files_missing {
        return CleanStep::Keep("files of it are missing: scan first".to_owned());
    }
    CleanStep::Quarantine(transition)
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
