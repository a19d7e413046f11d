//! What a change of a context does, shown asset by asset, and the change recorded.

use crate::catalog::{Catalog, FactsRow, Filter};
use crate::domain::context::{Context as AssetContext, ContextChange, ContextChangeError};
use crate::domain::context_fact::InWords;
use crate::domain::impact::{Impact, plan_context_change};
use crate::domain::lifecycle::Cause;
use crate::domain::time::Zone;
use crate::error::Error;
use crate::report::Item;

use super::super::Context;
use super::super::impact::Trying;
use super::super::library::{Court, Mode};
use super::{window_in_words, window_of};

/// Shows every asset that depends on the context: first those whose standing changes, then those
/// that stay as they are. Then records the change, unless it is only planned.
pub(super) fn carry_out(
    ctx: &mut Context<'_>,
    (catalog, court): (&mut Catalog, &Court),
    (read, change): (&AssetContext, &ContextChange),
    (mode, zone): (Mode, &Zone),
) -> Result<(), Error> {
    let plan = plan_context_change(&court.world, read, change, ctx.now)
        .map_err(|error| refused(&error))?;
    if let ContextChange::Revise { effective_at, .. } = change
        && *effective_at < ctx.now
    {
        let since = zone.show(*effective_at, ctx.now);
        ctx.report.text(format!("the revision counts from {since}, which has passed"));
    }
    let felt = zone.show(plan.trial.felt_at, ctx.now);
    ctx.report.text(format!("standings without and with the change, at {felt}:"));
    let trying = Trying {
        depending: Filter { context: Some(plan.changed.id), ..Filter::default() },
        trial: &plan.trial,
        more: &|row, impact| Ok(own_end(row, impact, change)),
    };
    trying.show(ctx, (catalog, court))?;
    if mode == Mode::Real {
        catalog.change_context(read, &plan.changed, change)?;
    }
    let what = in_words(&plan.changed, change, zone);
    ctx.report.say(&Item::Edit { subject: None, what });
    Ok(())
}

/// An end of its own does not move with that of a context.
fn own_end(row: &FactsRow, impact: &Impact, change: &ContextChange) -> Option<String> {
    let told = impact.after.causes.iter().any(|cause| matches!(cause, Cause::OwnEnd { .. }));
    match (change, row.facts.expires_at) {
        (ContextChange::End { .. }, Some(at)) if !told => Some(format!("its own end stays {at}")),
        _ => None,
    }
}

fn in_words(changed: &AssetContext, change: &ContextChange, zone: &Zone) -> String {
    let key = &changed.key;
    match change {
        ContextChange::Revise { effective_at, window, note, .. } => {
            let newest = changed.revisions.last();
            let number = newest.map_or(1, |revision| revision.number);
            let facts = newest.map(|revision| &revision.facts).filter(|facts| !facts.is_empty());
            let facts = facts.map_or(String::new(), |facts| format!(" ({})", InWords(facts)));
            let days = window.as_ref().and(window_in_words(&window_of(changed)));
            let days = days.map_or(String::new(), |days| format!(", {days}"));
            format!("revision {number} of {key}, counting from {effective_at}{days}: {note}{facts}")
        }
        ContextChange::End { on, note, .. } => {
            format!("the end of {key}, through {on} {}: {note}", zone.name())
        }
    }
}

fn refused(error: &ContextChangeError) -> Error {
    let hint = match error {
        ContextChangeError::EndBeforeStart(_) => None,
        ContextChangeError::BeforeRevision { .. } => {
            Some("leave `--effective` out, and let the note say since when it is so")
        }
        ContextChangeError::Over { .. } => Some(
            "let it recur with `context change --note … --ends-on …`, then renew what still fits",
        ),
    };
    Error::Usage { message: error.to_string(), hint: hint.map(str::to_owned) }
}
