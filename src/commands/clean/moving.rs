//! Carrying out a clean, asset by asset.

use crate::commands::Context;
use crate::commands::act::{say_not_done, say_paused, say_quarantined};
use crate::commands::library::new_id;
use crate::domain::lifecycle::Action;
use crate::error::Error;
use crate::executor::{Ended, Removal, Target, quarantine_asset};

use super::links::say_linked;
use super::planning::{CleanPlan, PlannedRemoval};

pub(super) fn move_all(
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    plan: CleanPlan,
) -> Result<(), Error> {
    let planned = plan.load.items;
    let progress = ctx.progress(planned, "assets");
    for item in plan.items {
        ctx.stop_if_interrupted()?;
        move_one(ctx, target, (item, planned))?;
        progress.advance(1);
    }
    Ok(())
}

/// Moves one of `planned` assets, and says how that ended.
pub(super) fn move_one(
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    (item, planned): (PlannedRemoval, u64),
) -> Result<(), Error> {
    let hard_links = ctx.config()?.policy.hard_links;
    let removal = Removal {
        operation: new_id(ctx.now),
        asset: item.subject.id,
        version: item.version,
        transition: item.transition,
        reason: None,
        causes: item.causes.clone(),
        hard_links,
    };
    let ended = quarantine_asset(target, &removal)
        .inspect_err(|error| say_paused(ctx, target, planned, error))?;
    match ended {
        Ended::Done { load, linked } => {
            say_moved(ctx, &PlannedRemoval { load, ..item });
            say_linked(ctx, &linked, hard_links);
        }
        Ended::NotDone { because, settled } => {
            let what = (&item.subject, Action::Quarantine.name());
            say_not_done(ctx, what, &because, settled.as_ref());
        }
    }
    Ok(())
}

pub(super) fn say_moved(ctx: &mut Context<'_>, item: &PlannedRemoval) {
    say_quarantined(ctx, &item.subject, (item.transition, item.load), item.reasons());
}
