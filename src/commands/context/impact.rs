//! What a change of a context does, shown asset by asset, and the change recorded.

use crate::catalog::{Catalog, FactsRow, Filter};
use crate::domain::context::{Context as AssetContext, ContextChange, ContextChangeError};
use crate::domain::impact::{ContextPlan, Impact, plan_context_change};
use crate::domain::lifecycle::{Cause, Verdict};
use crate::domain::time::Zone;
use crate::error::Error;
use crate::report::{Item, Value};

use super::super::Context;
use super::super::library::{Court, Mode, subject};
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
    let felt = zone.show(plan.felt_at, ctx.now);
    ctx.report.text(format!("standings without and with the change, at {felt}:"));
    visit(ctx, (catalog, court), &plan, |ctx, row, impact| {
        ctx.report.figure("considered", 1);
        if impact.changes_standing() {
            ctx.report.figure(impact.after.standing.name(), 1);
            ctx.report.row("impact", fields(row, impact));
        }
    })?;
    visit(ctx, (catalog, court), &plan, |ctx, row, impact| {
        if !impact.changes_standing() {
            let (subject, because) = (subject(&row.asset), staying(row, impact, change));
            ctx.report.say(&Item::Kept { subject, because });
        }
    })?;
    if mode == Mode::Real {
        catalog.change_context(read, &plan.changed, change)?;
    }
    let what = in_words(&plan.changed, change, zone);
    ctx.report.say(&Item::Edit { subject: None, what });
    Ok(())
}

/// Tries the change on every asset that depends on the context, by number.
fn visit(
    ctx: &mut Context<'_>,
    (catalog, court): (&Catalog, &Court),
    plan: &ContextPlan<'_>,
    mut each: impl FnMut(&mut Context<'_>, &FactsRow, &Impact),
) -> Result<(), Error> {
    let depending = Filter { context: Some(plan.changed.id), ..Filter::default() };
    catalog.visit_facts(&depending, |row| {
        ctx.stop_if_interrupted()?;
        let impact = plan.impact_on(&row.facts, court.policy());
        each(ctx, &row, &impact);
        Ok(())
    })
}

fn fields(row: &FactsRow, impact: &Impact) -> Vec<(&'static str, Value)> {
    let because = match deciding(&impact.after).as_slice() {
        [] => deciding(&impact.before).iter().map(|cause| format!("no longer {cause}")).collect(),
        causes => causes.to_vec(),
    };
    vec![
        ("id", row.asset.id.0.into()),
        ("path", row.asset.path.to_string().into()),
        ("before", impact.before.standing.name().into()),
        ("after", impact.after.standing.name().into()),
        ("because", because.into()),
        ("own_end", row.facts.expires_at.map(|at| at.to_string()).into()),
    ]
}

fn staying(row: &FactsRow, impact: &Impact, change: &ContextChange) -> String {
    let mut because = format!("stays {}", impact.after.standing);
    let causes = deciding(&impact.after);
    if !causes.is_empty() {
        because.push_str(": ");
        because.push_str(&causes.join("; "));
    }
    let told = impact.after.causes.iter().any(|cause| matches!(cause, Cause::OwnEnd { .. }));
    match (change, row.facts.expires_at) {
        (ContextChange::End { .. }, Some(at)) if !told => {
            format!("{because}; its own end stays {at}")
        }
        _ => because,
    }
}

fn deciding(verdict: &Verdict) -> Vec<String> {
    verdict.deciding().map(ToString::to_string).collect()
}

fn in_words(changed: &AssetContext, change: &ContextChange, zone: &Zone) -> String {
    let key = &changed.key;
    match change {
        ContextChange::Revise { effective_at, window, note } => {
            let number = changed.revisions.last().map_or(1, |revision| revision.number);
            let days = window.as_ref().and(window_in_words(&window_of(changed)));
            let days = days.map_or(String::new(), |days| format!(", {days}"));
            format!("revision {number} of {key}, counting from {effective_at}{days}: {note}")
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
