//! `sweep`: records that the time of approved assets is over.

mod under_plan;

use crate::catalog::{Catalog, CatalogError, Decision, FactsRow, Filter};
use crate::domain::asset::{Asset, AssetId};
use crate::domain::cleanup::Load;
use crate::domain::expiry::{SweepStep, plan_sweep_of};
use crate::domain::lifecycle::{Action, Standing, Transition, Verdict};
use crate::domain::plan::{PlanId, PlanKind, PlanStep, Planned};
use crate::domain::review::Review;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::Item;

use super::eyes::Eyes;
use super::library::{Court, Mode, subject};
use super::saved::save;
use super::{Context, Progress};

pub(super) use self::under_plan::turn_of;

/// How many expiries one transaction records: what an interruption can lose, of a million.
const BATCH: usize = 500;

/// Find the approved assets whose end has come, and record it with --apply
///
/// An asset is expired from the instant of its end on, whether or not a sweep has run. The sweep
/// puts it on record, so that the asset stays expired and `clean` may take its files away.
#[derive(Debug, clap::Args)]
pub struct SweepArgs {
    /// Record the expiries
    #[arg(long)]
    apply: bool,

    /// Save the plan, to be carried out later
    #[arg(long, conflicts_with = "apply")]
    save: bool,

    /// Carry out this saved plan, and nothing else
    #[arg(long, value_name = "NUMBER", value_parser = super::plan::number, requires = "apply", conflicts_with = "save")]
    plan: Option<PlanId>,
}

/// An expiry that is to be recorded.
pub(super) struct Due {
    asset: Asset,
    decision: Decision,
}

/// A part of the approved assets.
#[derive(Default)]
struct Page {
    due: Vec<Due>,
    considered: u64,
    /// The last asset that was looked at.
    last: Option<AssetId>,
}

pub(super) fn run(args: &SweepArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if let Some(plan) = args.plan {
        return under_plan::run(plan, ctx);
    }
    if args.save {
        return save_plan(ctx);
    }
    let mode = Mode::only_with_apply(args.apply);
    ctx.with_catalog(mode, |ctx, catalog| {
        let mut eyes = Eyes::default();
        visit_due(ctx, catalog, |ctx, catalog, due| record(ctx, catalog, (mode, &mut eyes), due))
    })
}

fn save_plan(ctx: &mut Context<'_>) -> Result<(), Error> {
    ctx.with_catalog(Mode::Real, |ctx, catalog| {
        ctx.report.summary.dry_run = true;
        let mut steps = Vec::new();
        visit_due(ctx, catalog, |ctx, catalog, due| {
            steps.extend(due.iter().map(Due::as_step));
            record(ctx, catalog, (Mode::DryRun, &mut Eyes::default()), due)
        })?;
        save(ctx, catalog, PlanKind::Sweep, steps)
    })
}

/// Gives the expiries that are to be recorded to `each`, a batch at a time.
fn visit_due(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    mut each: impl FnMut(&mut Context<'_>, &mut Catalog, Vec<Due>) -> Result<(), Error>,
) -> Result<(), Error> {
    let court = Court::load(ctx, catalog)?;
    let progress = ctx.progress(catalog.highest_number()?, "assets");
    let mut approved = Filter::in_state("approved");
    loop {
        let page = next_page(ctx, (catalog, &court), &approved, &progress)?;
        ctx.report.figure("considered", page.considered);
        let is_last = page.due.len() < BATCH;
        each(ctx, catalog, page.due)?;
        if is_last {
            return Ok(());
        }
        approved.after = page.last;
    }
}

impl Due {
    fn as_step(&self) -> PlanStep {
        let Transition { from, to, .. } = self.decision.transition;
        let (why, load) = (self.decision.causes.clone(), Load { items: 1, ..Load::default() });
        PlanStep {
            asset: self.asset.id,
            path: subject(&self.asset).path,
            version: self.decision.version,
            what: Planned::Take { from, to, why, load },
        }
    }
}

/// Why a page ends before the assets do.
enum Stop {
    Full,
    Failed(Error),
}

impl From<CatalogError> for Stop {
    fn from(error: CatalogError) -> Self {
        Self::Failed(error.into())
    }
}

/// The assets from where the filter begins, until a batch is due.
fn next_page(
    ctx: &Context<'_>,
    (catalog, court): (&Catalog, &Court),
    approved: &Filter,
    progress: &Progress,
) -> Result<Page, Error> {
    let mut page = Page { last: approved.after, ..Page::default() };
    let visited = catalog.visit_facts(approved, |row| {
        ctx.stop_if_interrupted().map_err(Stop::Failed)?;
        let passed = row.asset.id.0 - page.last.map_or(0, |last| last.0);
        progress.advance(passed.unsigned_abs());
        page.considered += 1;
        page.last = Some(row.asset.id);
        let verdict = court.judge(&row, ctx);
        let step = plan_sweep_of(&row.facts, &verdict, ctx.actor.authority());
        if let SweepStep::Expire(transition) = step {
            page.due.push(due(&row, &verdict, transition));
        }
        if page.due.len() < BATCH { Ok(()) } else { Err(Stop::Full) }
    });
    match visited {
        Ok(()) | Err(Stop::Full) => Ok(page),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn due(row: &FactsRow, verdict: &Verdict, transition: Transition) -> Due {
    let ends = verdict.causes.iter().filter(|cause| cause.standing() == Standing::Expired);
    let decision = Decision {
        asset: row.asset.id,
        version: row.asset.version,
        digest: row.asset.digest,
        transition,
        reason: Some("its end has come".to_owned()),
        causes: ends.map(ToString::to_string).collect(),
        pins: Vec::new(),
        look: None,
        notice: None,
        review: Review::default(),
        code: None,
        settlement: None,
    };
    Due { asset: row.asset.clone(), decision }
}

/// Records a batch, unless it is only planned, and reports it asset by asset.
///
/// One that somebody changed since it was read is left as it is, and the others are recorded.
fn record(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    (mode, eyes): (Mode, &mut Eyes),
    mut due: Vec<Due>,
) -> Result<(), Error> {
    for Due { asset, decision } in &mut due {
        ctx.stop_if_interrupted()?;
        let library = (&*catalog, &*ctx.config()?);
        *decision = eyes.remember(library, mode, (asset, decision.clone()))?;
    }
    let mut left_out = match mode {
        Mode::Real if !due.is_empty() => {
            catalog.record_decisions(due.iter().map(|due| &due.decision))?
        }
        _ => Vec::new(),
    };
    for Due { asset, decision } in due {
        let subject = subject(&asset);
        if let Some(at) = left_out.iter().position(|(asset, _)| *asset == decision.asset) {
            let (_, error) = left_out.swap_remove(at);
            ctx.report.outcome(ExitCode::Changed);
            ctx.report.say(&Item::Kept { subject, because: error.to_string() });
            continue;
        }
        let Transition { from, to, .. } = decision.transition;
        let (action, why) = (Action::Expire.name(), decision.causes);
        ctx.report.say(&Item::Change { subject, action, from, to, why });
        ctx.report.figure("expired", 1);
    }
    Ok(())
}
