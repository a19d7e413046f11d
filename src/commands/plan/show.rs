//! `plan show`: a saved plan as it was made, and what of it still holds.

use crate::catalog::{Catalog, StoredStep};
use crate::commands::library::Court;
use crate::commands::saved::{Turn, all_steps_of, find_plan, say_next, step_subject, terms};
use crate::commands::{Context, clean, sweep};
use crate::config::Config;
use crate::domain::cleanup::Load;
use crate::domain::lifecycle::Action;
use crate::domain::plan::{
    PlanId, PlanKind, Planned, SavedPlan, Terms, check_approval, check_usable,
};
use crate::domain::text::counted;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::report::{Item, Value};

/// Show a saved plan, and what of it no longer holds
///
/// Tells who made and approved it and until when it is valid; then each asset as the plan has it, or
/// why it would be left now: changed since, by whom, held, used.
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// Its number, as `plan list` tells it
    #[arg(value_name = "NUMBER", value_parser = super::number)]
    plan: PlanId,
}

pub(super) fn run(args: &ShowArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let config = ctx.config()?;
    let plan = find_plan(&catalog, args.plan)?;
    let policy = config.policy.canonical_text();
    let terms = terms(ctx.now, (&catalog, &config), &policy)?;
    let sheet = fields(ctx, &config, &plan, terms);
    ctx.report.sheet("plan", sheet);
    ctx.report.summary.dry_run = true;
    let bench = Bench::load(ctx, &catalog, plan.head.kind)?;
    for stored in all_steps_of(&catalog, &plan)? {
        ctx.stop_if_interrupted()?;
        let turn = bench.turn_of(ctx, &catalog, &stored)?;
        say_step(ctx, &config, (plan.head.kind, &stored), turn);
    }
    ctx.report.end_of_plan();
    say_next(ctx, (&catalog, &config), &plan)
}

/// What the steps of a plan are looked at with.
pub(super) enum Bench {
    Sweep(Court),
    Clean(clean::Ground),
}

impl Bench {
    pub(super) fn load(
        ctx: &mut Context<'_>,
        catalog: &Catalog,
        kind: PlanKind,
    ) -> Result<Self, Error> {
        Ok(match kind {
            PlanKind::Sweep => Self::Sweep(Court::load(ctx, catalog)?),
            PlanKind::Clean => Self::Clean(clean::Ground::load(ctx, catalog)?),
        })
    }

    /// What would become of a step now.
    pub(super) fn turn_of(
        &self,
        ctx: &Context<'_>,
        catalog: &Catalog,
        stored: &StoredStep,
    ) -> Result<Turn<()>, Error> {
        Ok(match self {
            Self::Sweep(court) => without(sweep::turn_of(ctx, (catalog, court), stored)?),
            Self::Clean(ground) => without(clean::turn_of(ctx, (catalog, ground), stored)?),
        })
    }
}

fn without<T>(turn: Turn<T>) -> Turn<()> {
    match turn {
        Turn::Take(_) => Turn::Take(()),
        Turn::Taken(at) => Turn::Taken(at),
        Turn::Left(because) => Turn::Left(because),
    }
}

fn fields(
    ctx: &Context<'_>,
    config: &Config,
    plan: &SavedPlan,
    terms: Terms<'_>,
) -> Vec<(&'static str, Value)> {
    let shown = |at: Timestamp| config.policy.zone.show(at, ctx.now);
    let clock =
        || plan.waits_for_the_clock(terms).then(|| "the clock is behind the log".to_owned());
    let stands_in_the_way =
        check_usable(plan, terms).and_then(|()| check_approval(plan, terms)).err().or_else(clock);
    let approved = plan.approved.as_ref();
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    vec![
        ("plan", plan.id.0.into()),
        ("of", plan.head.kind.name().into()),
        ("status", plan.status(terms).name().into()),
        ("because", stands_in_the_way.into()),
        ("command", plan.head.command.as_str().into()),
        ("assets", number(plan.takes).into()),
        ("done", number(plan.done).into()),
        ("by", plan.made_by.name.as_str().into()),
        ("made", shown(plan.head.made).into()),
        ("until", shown(plan.head.until).into()),
        ("approved_by", approved.map(|(by, _)| by.name.as_str()).into()),
        ("approved", approved.map(|(_, at)| shown(*at)).into()),
        ("digest", plan.digest.to_string().into()),
    ]
}

fn say_step(
    ctx: &mut Context<'_>,
    config: &Config,
    (kind, stored): (PlanKind, &StoredStep),
    turn: Turn<()>,
) {
    let subject = step_subject(&stored.step);
    let item = match (&stored.step.what, turn) {
        (Planned::Keep(because), _) => Item::Kept { subject, because: because.clone() },
        (Planned::Take { .. }, Turn::Left(because)) => {
            ctx.report.figure("no longer so", 1);
            Item::Kept { subject, because }
        }
        (Planned::Take { .. }, Turn::Taken(at)) => {
            let done = config.policy.zone.show(at, ctx.now);
            let (id, path) = (subject.id.0.into(), subject.path.into());
            let fields = vec![("id", id), ("path", path), ("done", done.into())];
            Item::Row { kind: "step", fields }
        }
        (Planned::Take { from, to, why, load }, Turn::Take(())) => {
            let (action, why) = worded(kind, why, *load);
            Item::Change { subject, action, from: *from, to: *to, why }
        }
    };
    ctx.report.say(&item);
}

fn worded(kind: PlanKind, why: &[String], load: Load) -> (&'static str, Vec<String>) {
    let mut why = why.to_vec();
    match kind {
        PlanKind::Sweep => (Action::Expire.name(), why),
        PlanKind::Clean => {
            why.push(format!("{}, {}", counted(load.files, "file"), counted(load.bytes, "byte")));
            (Action::Quarantine.name(), why)
        }
    }
}
