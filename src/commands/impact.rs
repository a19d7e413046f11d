//! What a change of something that assets depend on does to them, shown asset by asset.

use crate::catalog::{Catalog, FactsRow, Filter};
use crate::domain::impact::{Impact, Trial};
use crate::domain::lifecycle::Verdict;
use crate::error::Error;
use crate::report::{Item, Value};

use super::Context;
use super::library::{Court, subject};

/// A change that is tried on every asset that depends on what is changed.
pub(super) struct Trying<'a> {
    pub(super) depending: Filter,
    pub(super) trial: &'a Trial<'a>,
    /// What more there is to say of an asset whose standing stays.
    pub(super) more: &'a More<'a>,
}

/// Tells something of an asset and of what the change does to it.
type More<'a> = dyn Fn(&FactsRow, &Impact) -> Result<Option<String>, Error> + 'a;

impl Trying<'_> {
    /// Shows first the assets whose standing changes, then those that stay as they are.
    pub(super) fn show(
        &self,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
    ) -> Result<(), Error> {
        self.visit(ctx, (catalog, court), |ctx, row, impact| {
            ctx.report.figure("considered", 1);
            if impact.changes_standing() {
                ctx.report.figure(impact.after.standing.name(), 1);
                ctx.report.row("impact", fields(row, impact));
            }
            Ok(())
        })?;
        self.visit(ctx, (catalog, court), |ctx, row, impact| {
            if !impact.changes_standing() {
                let mut because = staying(impact);
                if let Some(more) = (self.more)(row, impact)? {
                    because.push_str("; ");
                    because.push_str(&more);
                }
                ctx.report.say(&Item::Kept { subject: subject(&row.asset), because });
            }
            Ok(())
        })
    }

    /// Tries the change on every asset, by number.
    fn visit(
        &self,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
        mut each: impl FnMut(&mut Context<'_>, &FactsRow, &Impact) -> Result<(), Error>,
    ) -> Result<(), Error> {
        catalog.visit_facts(&self.depending, |row| {
            ctx.stop_if_interrupted()?;
            let impact = self.trial.impact_on(&row.facts, court.policy());
            each(ctx, &row, &impact)
        })
    }
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

fn staying(impact: &Impact) -> String {
    let causes = deciding(&impact.after);
    if causes.is_empty() {
        return format!("stays {}", impact.after.standing);
    }
    format!("stays {}: {}", impact.after.standing, causes.join("; "))
}

fn deciding(verdict: &Verdict) -> Vec<String> {
    verdict.deciding().map(ToString::to_string).collect()
}
