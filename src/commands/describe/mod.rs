//! `describe`: what people know about assets.

mod fields;
mod sheet;
mod values;

use crate::catalog::{Decision, DescriptionEdit, FactsRow};
use crate::domain::describe::{
    Description, Difference, Edits, Names, Weight, differences, plan_description,
};
use crate::domain::lifecycle::{Action, State};
use crate::domain::proposal::{Proposal, proposals};
use crate::error::Error;
use crate::report::Item;

use super::Context;
use super::decide::{Bench, Decided, Step, decide_all};
use super::library::{Court, Mode, subject};
use super::selection::{Named, Relations, Selection, Traits};
use super::words::said;

pub(super) use fields::DateFlags;
use fields::{Fields, Links};

/// Record what is known about assets
///
/// Only what is given changes. On an approved asset, a change of alternative text, rights,
/// placements, contexts, licenses or dates voids the approval: it vouched for what was there.
#[derive(Debug, clap::Args)]
pub struct DescribeArgs {
    #[command(flatten)]
    named: Named,

    #[command(flatten)]
    traits: Traits,

    #[command(flatten)]
    fields: Fields,

    /// Why it has no last day
    #[arg(long, value_name = "TEXT", requires = "no_expiry", value_parser = said)]
    reason: Option<String>,

    /// Record what a table says: CSV with a column `asset`, one row per asset; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["Named", "Traits", "to_csv"])]
    from_csv: Option<String>,

    /// Write what is recorded as such a table, and change nothing
    #[arg(long)]
    to_csv: bool,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &DescribeArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if (args.from_csv.is_some() || args.to_csv) && !args.fields.is_empty() {
        return Err(Error::usage("a table says what is recorded: leave the flags of fields out"));
    }
    if let Some(file) = &args.from_csv {
        return sheet::read(ctx, file, Mode::unless_dry_run(args.dry_run));
    }
    if args.to_csv {
        return sheet::write(ctx, &args.selection());
    }
    args.fields.check()?;
    if args.fields.is_empty() {
        return Err(Error::usage("nothing is to be recorded: say what, such as `--owner NAME`"));
    }
    let mode = Mode::unless_dry_run(args.dry_run);
    let selection = args.selection();
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        args.fields.check_alt(&court.policy().locale)?;
        let links = args.fields.links(&court.world)?;
        decide_all(ctx, (catalog, &court), (mode, &selection), |ctx, bench, row| {
            let current = description(bench, &row)?;
            let mut edits = args.edits(ctx, &court, (&current, &links))?;
            let accepted = match args.accept(bench, &row, (&current, &mut edits))? {
                Ok(accepted) => accepted,
                Err(why) => return Ok(refused(&row, why)),
            };
            let decided = describe(ctx, bench, &row, (&current, &edits))?;
            Ok(match decided {
                Decided::Change(edit) => Decided::Change(DescriptionEdit { accepted, ..edit }),
                nothing @ Decided::Nothing(_) => nothing,
            })
        })
    })
}

impl DescribeArgs {
    fn selection(&self) -> Selection {
        let (named, traits) = (self.named.clone(), self.traits.clone());
        Selection { named, traits, relations: Relations::default() }
    }

    fn edits(
        &self,
        ctx: &Context<'_>,
        court: &Court,
        (current, links): (&Description, &Links),
    ) -> Result<Edits, Error> {
        let today = self.fields.zone(current, links, court)?.date_at(ctx.now);
        let beginning = (&court.policy().locale, today);
        Ok(self.fields.edits(current, links, beginning, self.reason.as_deref())?)
    }

    /// Takes over what the asset's file says, as far as that is asked and no flag says another thing;
    /// returns the names of these fields, or why it cannot be done.
    fn accept(
        &self,
        bench: Bench<'_>,
        row: &FactsRow,
        (current, edits): (&Description, &mut Edits),
    ) -> Result<Result<Vec<String>, String>, Error> {
        if !self.fields.accepts_claims() {
            return Ok(Ok(Vec::new()));
        }
        let Some(claims) = bench.catalog.claims_of(row.asset.id)? else {
            return Ok(Err("nobody has looked into its file yet: scan first".to_owned()));
        };
        let proposed = proposals(&claims, &current.metadata, &bench.court.policy().locale);
        let wanted = proposed.iter().filter(|proposal| self.fields.accepts(proposal));
        Ok(Ok(wanted.filter(|one| one.accept(edits)).map(Proposal::name).collect()))
    }
}

/// What is recorded about an asset now.
pub(super) fn description(bench: Bench<'_>, row: &FactsRow) -> Result<Description, Error> {
    Ok(Description {
        metadata: bench.catalog.metadata_of(row.asset.id)?,
        contexts: row.facts.contexts.iter().map(|link| link.context).collect(),
        licenses: row.facts.licenses.clone(),
    })
}

/// Plans the edits of one asset, with the end of an approval that does not survive them.
fn describe(
    ctx: &Context<'_>,
    bench: Bench<'_>,
    row: &FactsRow,
    (current, edits): (&Description, &Edits),
) -> Result<Decided<DescriptionEdit>, Error> {
    if let State::Purged(_) = row.asset.state {
        return Ok(refused(row, "it is purged, and its record is final".to_owned()));
    }
    let (planned, changes) = match plan(bench.court, current, edits)? {
        Ok(planned) => planned,
        Err(why) => return Ok(refused(row, why)),
    };
    if changes.is_empty() {
        let (subject, because) = (subject(&row.asset), "that is recorded already".to_owned());
        return Ok(Decided::Nothing(vec![Item::Kept { subject, because }]));
    }
    let decision = match void(ctx, bench, row, &changes)? {
        Ok(decision) => decision,
        Err(refusal) => return Ok(Decided::Nothing(vec![refusal])),
    };
    Ok(Decided::Change(edit(row, planned, changes, decision)))
}

fn refused(row: &FactsRow, why: String) -> Decided<DescriptionEdit> {
    let (subject, action) = (subject(&row.asset), "describe");
    Decided::Nothing(vec![Item::Refusal { subject, action, why }])
}

/// The description that the edits lead to with what differs, or why they are refused.
pub(super) fn plan(
    court: &Court,
    current: &Description,
    edits: &Edits,
) -> Result<Result<(Description, Vec<Difference>), String>, Error> {
    let zone = court.zone_among(edits.contexts.as_ref().unwrap_or(&current.contexts))?;
    let planned = match plan_description(current, edits, &zone) {
        Ok(planned) => planned,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let world = &court.world;
    let context = |id: i64| world.contexts.get(&id).map_or(id.to_string(), |c| c.key.to_string());
    let license = |id: i64| world.licenses.get(&id).map_or(id.to_string(), |l| l.key.clone());
    let changes = differences(current, &planned, &Names { context: &context, license: &license });
    Ok(Ok((planned, changes)))
}

/// The end of an approval that vouched for what changes, if there is one.
fn void(
    ctx: &Context<'_>,
    bench: Bench<'_>,
    row: &FactsRow,
    changes: &[Difference],
) -> Result<Result<Option<Decision>, Item>, Error> {
    let governed = changes.iter().filter(|change| change.weight == Weight::Governed);
    let governed: Vec<_> = governed.map(|change| change.field.as_str()).collect();
    if row.asset.state != State::Approved || governed.is_empty() {
        return Ok(Ok(None));
    }
    let reason = format!("{} changed after the approval", governed.join(", "));
    let step = Step { action: Action::Void, reason: Some(&reason) };
    let transition = step.transition(ctx, bench.catalog, row)?;
    Ok(transition.map(|transition| Some(step.decision(row, transition, Vec::new()))))
}

/// What is recorded about one asset, on the version that was read.
pub(super) fn edit(
    row: &FactsRow,
    planned: Description,
    changes: Vec<Difference>,
    decision: Option<Decision>,
) -> DescriptionEdit {
    DescriptionEdit {
        asset: row.asset.id,
        version: row.asset.version,
        metadata: planned.metadata,
        contexts: planned.contexts,
        licenses: planned.licenses,
        changes: changes.into_iter().map(|d| (d.field, d.before, d.after)).collect(),
        accepted: Vec::new(),
        decision,
    }
}
