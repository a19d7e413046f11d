//! What a change of something that assets depend on does to them, shown asset by asset.

use crate::catalog::{Catalog, FactsRow, Filter};
use crate::domain::asset::AssetId;
use crate::domain::impact::{Impact, Trial};
use crate::domain::lifecycle::{State, Verdict};
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

/// So many assets that stay as they are wait in memory until those that change were shown; where
/// there are more, the others are read a second time. Few in debug builds, for the tests.
const MOST_WAITING: usize = if cfg!(debug_assertions) { 20 } else { 50_000 };

impl Trying<'_> {
    /// Shows first the assets whose standing changes, then those that stay as they are.
    pub(super) fn show(
        &self,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
    ) -> Result<(), Error> {
        let mut reopened = Reopened::default();
        let mut waiting = Vec::new();
        let mut last_waiting = None;
        let mut more = false;
        self.visit(ctx, (catalog, court), None, |ctx, row, impact| {
            ctx.report.figure("considered", 1);
            if impact.changes_standing() {
                ctx.report.figure(impact.after.standing.name(), 1);
                ctx.report.row("impact", fields(row, impact));
            } else if waiting.len() < MOST_WAITING {
                waiting.push(self.kept(court, (row, impact), &mut reopened)?);
                last_waiting = Some(row.asset.id);
            } else {
                more = true;
            }
            Ok(())
        })?;
        for kept in &waiting {
            ctx.report.say(kept);
        }
        if more {
            self.visit(ctx, (catalog, court), last_waiting, |ctx, row, impact| {
                if !impact.changes_standing() {
                    ctx.report.say(&self.kept(court, (row, impact), &mut reopened)?);
                }
                Ok(())
            })?;
        }
        reopened.tell(ctx);
        Ok(())
    }

    /// Tries the change on every asset after `after`, by number.
    fn visit(
        &self,
        ctx: &mut Context<'_>,
        (catalog, court): (&Catalog, &Court),
        after: Option<AssetId>,
        mut each: impl FnMut(&mut Context<'_>, &FactsRow, &Impact) -> Result<(), Error>,
    ) -> Result<(), Error> {
        catalog.visit_facts(&Filter { after, ..self.depending.clone() }, |row| {
            ctx.stop_if_interrupted()?;
            let impact = self.trial.impact_on(&row.facts, court.policy());
            each(ctx, &row, &impact)
        })
    }

    /// What there is to say of an asset whose standing stays.
    fn kept(
        &self,
        court: &Court,
        (row, impact): (&FactsRow, &Impact),
        reopened: &mut Reopened,
    ) -> Result<Item, Error> {
        let mut because = staying(impact);
        if let Some(more) = (self.more)(row, impact)? {
            because.push_str("; ");
            because.push_str(&more);
        }
        if self.trial.reopens(&row.facts, court.policy()) {
            because.push_str("; it may be renewed then");
            reopened.add(row);
        }
        Ok(Item::Kept { subject: subject(&row.asset), because })
    }
}

/// Assets whose use has ended and that a change lets be renewed.
#[derive(Debug, Default)]
struct Reopened {
    all: Named,
    /// Those of them whose files are in quarantine.
    quarantined: Named,
}

/// Assets by number, of which the first are named.
#[derive(Debug, Default)]
struct Named {
    first: Vec<String>,
    more: u64,
}

impl Named {
    fn count(&self) -> u64 {
        self.more + self.first.len() as u64
    }

    fn add(&mut self, asset: AssetId) {
        /// So many fit a command that somebody copies.
        const MOST: usize = 20;
        if self.first.len() < MOST {
            self.first.push(asset.0.to_string());
        } else {
            self.more += 1;
        }
    }

    /// The command about them, if there are any.
    fn command(&self, verb: &str) -> Option<String> {
        let numbers = self.first.join(" ");
        let more =
            if self.more == 0 { String::new() } else { format!(" (and {} more)", self.more) };
        (!self.first.is_empty()).then(|| format!("`shelflife {verb} {numbers}`{more}"))
    }
}

impl Reopened {
    fn add(&mut self, row: &FactsRow) {
        self.all.add(row.asset.id);
        if matches!(row.asset.state, State::Quarantined(_)) {
            self.quarantined.add(row.asset.id);
        }
    }

    fn tell(&self, ctx: &mut Context<'_>) {
        if let Some(words) = self.words() {
            ctx.report.figure("to be renewed", self.all.count());
            ctx.report.text(words);
        }
    }

    /// The commands that bring them back. Nothing does so by itself.
    fn words(&self) -> Option<String> {
        let renew = self.all.command("renew")?;
        let restore = self.quarantined.command("restore");
        let first = restore.map_or(String::new(), |restore| format!("{restore}, then "));
        Some(format!("to use again what had ended: {first}{renew}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_as_many_assets_as_somebody_copies_and_counts_the_others() {
        let mut named = Named::default();
        assert_eq!(named.command("renew"), None);
        (1..=20).for_each(|asset| named.add(AssetId(asset)));
        let numbers = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20";
        assert_eq!(named.command("renew"), Some(format!("`shelflife renew {numbers}`")));
        (21..=22).for_each(|asset| named.add(AssetId(asset)));
        let told = format!("`shelflife renew {numbers}` (and 2 more)");
        assert_eq!(named.command("renew"), Some(told));
    }
}
