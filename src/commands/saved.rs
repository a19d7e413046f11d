//! Saved plans, for the commands that make them, show them and carry them out.

use crate::catalog::{Catalog, CatalogError, FactsRow, StoredStep};
use crate::config::Config;
use crate::domain::asset::AssetId;
use crate::domain::cleanup::Load;
use crate::domain::plan::{
    PlanHead, PlanId, PlanKind, PlanStatus, PlanStep, SavedPlan, Terms, check_approval,
    check_usable,
};
use crate::domain::text::counted;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::{Item, Subject};

use super::Context;

/// A plan of more assets is nothing that a person can look at.
const MOST_STEPS: usize = 100_000;

/// What becomes of a step of a plan now.
pub(super) enum Turn<T> {
    /// It is to be taken.
    Take(T),
    /// It was taken.
    Taken(Timestamp),
    /// It is left, because.
    Left(String),
}

/// The asset of a step, if it was not taken yet and nobody has touched it since.
pub(super) fn unchanged(catalog: &Catalog, stored: &StoredStep) -> Result<Turn<FactsRow>, Error> {
    if let Some(at) = stored.done {
        return Ok(Turn::Taken(at));
    }
    let asset = stored.step.asset;
    Ok(match catalog.facts_of(asset)? {
        None => Turn::Left("it was merged into another asset since".to_owned()),
        Some(row) if row.asset.version == stored.expected_version() => Turn::Take(row),
        Some(_) => Turn::Left(format!(
            "changed since the plan was made, by {}",
            catalog.last_change(asset)?
        )),
    })
}

/// Saves a plan that was just made and said, and tells what comes next.
pub(super) fn save(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    kind: PlanKind,
    mut steps: Vec<PlanStep>,
) -> Result<(), Error> {
    ctx.report.end_of_plan();
    steps.sort_by_key(|step| step.asset);
    steps.dedup_by_key(|step| step.asset);
    if !steps.iter().any(PlanStep::is_to_be_taken) {
        ctx.report.text("There is nothing to do, and no plan is saved.");
        return Ok(());
    }
    if steps.len() > MOST_STEPS {
        let why = format!("{} assets, and at most {MOST_STEPS} are saved", steps.len());
        return Err(Error::guard("the plan is not saved".to_owned(), why, "select fewer assets"));
    }
    let config = ctx.config()?;
    let head = PlanHead {
        kind,
        command: ctx.typed.clone(),
        policy: config.policy.canonical_text(),
        made: ctx.now,
        until: ctx.now.plus_hours(i64::from(config.policy.plan_hours)),
    };
    let id = catalog.save_plan(&head, &steps)?;
    let plan = find_plan(catalog, id)?;
    say_saved(ctx, &config, &plan, &steps);
    say_next(ctx, (catalog, &config), &plan)
}

fn say_saved(ctx: &mut Context<'_>, config: &Config, plan: &SavedPlan, steps: &[PlanStep]) {
    let load = steps.iter().fold(Load::default(), |load, step| load.and(step.load()));
    let moves = match plan.head.kind {
        PlanKind::Sweep => String::new(),
        PlanKind::Clean => {
            format!(", {}, {}", counted(load.files, "file"), counted(load.bytes, "byte"))
        }
    };
    let until = config.policy.zone.show(plan.head.until, ctx.now);
    let of = counted(load.items, "asset");
    let what = format!("plan {} of {of}{moves}, valid until {until}", plan.id);
    ctx.report.say(&Item::Edit { subject: None, what });
}

/// The command that the plan waits for.
pub(super) fn say_next(
    ctx: &mut Context<'_>,
    (catalog, config): (&Catalog, &Config),
    plan: &SavedPlan,
) -> Result<(), Error> {
    let (id, kind) = (plan.id, plan.head.kind.name());
    let apply = format!("`shelflife {kind} --apply --plan {id}`");
    let policy = config.policy.canonical_text();
    let terms = terms(ctx.now, (catalog, config), &policy)?;
    let new_plan = || format!("Next: a new plan, with `{}`.", plan.head.command);
    let next = match plan.status(terms) {
        PlanStatus::Applied => return Ok(()),
        PlanStatus::Over | PlanStatus::Outdated => new_plan(),
        _ if check_usable(plan, terms).is_err() => new_plan(),
        PlanStatus::Waiting if check_approval(plan, terms).is_ok() => format!(
            "Next: set the clock right; if it is, a person runs `shelflife plan approve {id}`, then \
             {apply}."
        ),
        PlanStatus::Waiting => format!(
            "Next: somebody else than {} runs `shelflife plan approve {id}`, then {apply}.",
            plan.made_by.name
        ),
        PlanStatus::Ready => format!("Next: {apply}."),
        PlanStatus::Begun => format!("Next: {apply} goes on with it."),
    };
    ctx.report.text(next);
    Ok(())
}

/// What plans are measured by now; `policy` is the canonical text of the configuration's.
pub(super) fn terms<'p>(
    now: Timestamp,
    (catalog, config): (&Catalog, &Config),
    policy: &'p str,
) -> Result<Terms<'p>, CatalogError> {
    let second_person_above = config.policy.second_person_above;
    Ok(Terms { now, newest: catalog.newest_instant()?, policy, second_person_above })
}

/// The plan with this number; an unknown one is a usage error.
pub(super) fn find_plan(catalog: &Catalog, id: PlanId) -> Result<SavedPlan, Error> {
    catalog.plan(id)?.ok_or_else(|| Error::Usage {
        message: format!("there is no plan {id}"),
        hint: Some("see `shelflife plan list`".to_owned()),
    })
}

/// The plan, if it may be carried out now.
pub(super) fn ready_to_apply(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    (id, kind): (PlanId, PlanKind),
) -> Result<SavedPlan, Error> {
    let config = ctx.config()?;
    let plan = find_plan(catalog, id)?;
    let made = plan.head.kind;
    if made != kind {
        let message = format!("plan {id} is one of `{}`, not of `{}`", made.name(), kind.name());
        let hint = Some(format!("`shelflife {} --apply --plan {id}`", made.name()));
        return Err(Error::Usage { message, hint });
    }
    let policy = config.policy.canonical_text();
    let terms = terms(ctx.now, (catalog, &config), &policy)?;
    let refused = |why, hint| Error::guard(format!("plan {id} is not carried out"), why, hint);
    check_usable(&plan, terms).map_err(|why| refused(why, new_plan(&plan)))?;
    check_approval(&plan, terms)
        .map_err(|why| refused(why, format!("somebody else runs `shelflife plan approve {id}`")))?;
    Ok(plan)
}

/// How to come by a plan that can be carried out.
pub(super) fn new_plan(plan: &SavedPlan) -> String {
    format!("make a new plan with `{}`", plan.head.command)
}

/// All steps of the plan that take something.
pub(super) fn steps_of(catalog: &Catalog, plan: &SavedPlan) -> Result<Vec<StoredStep>, Error> {
    let mut steps = all_steps_of(catalog, plan)?;
    steps.retain(|stored| stored.step.is_to_be_taken());
    Ok(steps)
}

pub(super) fn all_steps_of(catalog: &Catalog, plan: &SavedPlan) -> Result<Vec<StoredStep>, Error> {
    Ok(catalog.plan_steps(plan.id, None::<AssetId>, MOST_STEPS)?)
}

/// Tells of a step that is not taken although the plan says so.
pub(super) fn left(ctx: &mut Context<'_>, stored: &StoredStep, because: String) {
    ctx.report.outcome(ExitCode::Changed);
    ctx.report.say(&Item::Kept { subject: step_subject(&stored.step), because });
}

pub(super) fn step_subject(step: &PlanStep) -> Subject {
    Subject { id: step.asset, path: step.path.clone() }
}

/// Ends a plan that was gone through, and says what became of what it left.
pub(super) fn end(
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
    plan: &SavedPlan,
) -> Result<(), Error> {
    catalog.finish_plan(plan)?;
    let left = ctx.report.summary.kept + ctx.report.summary.failed + ctx.report.summary.refused;
    if left > 0 {
        let hint = new_plan(plan);
        ctx.report.text(format!("Plan {} is done with. For what it left, {hint}.", plan.id));
    }
    Ok(())
}
