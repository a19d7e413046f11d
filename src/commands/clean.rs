//! `clean`: moves what has ended out of the library.

use crate::catalog::{Catalog, FactsRow};
use crate::domain::asset::Place;
use crate::domain::cleanup::{CleanStep, Hindrances, Load, exceeded_cap, plan_clean_of};
use crate::domain::lifecycle::{Action, Transition};
use crate::domain::reference::Horizon;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{Ended, Removal, Target, quarantine_asset};
use crate::report::{Item, Subject};

use super::Context;
use super::act::{WhilePaused, say_not_done, say_paused, say_recovered};
use super::library::{Court, Mode, new_id, subject};
use super::selection::{Empty, Selected, Selection};
use super::usage::{horizon, usage_in_words};

/// Move rejected, expired and withdrawn assets to quarantine
///
/// Shows the plan; with --apply, carries it out. Every file of an asset moves or none, and
/// `shelflife restore` brings them back. An end that has come but is not recorded yet is left to
/// `sweep`. What published or scheduled content shows, as far as `references read` has learned it, is
/// left alone, unless it was withdrawn as unsafe.
#[derive(Debug, clap::Args)]
pub struct CleanArgs {
    #[command(flatten)]
    selection: Selection,

    /// Carry out the plan
    #[arg(long)]
    apply: bool,
}

pub(super) fn run(args: &CleanArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if args.apply {
        return ctx.act(WhilePaused::Stop, |ctx, target, recovered| {
            say_recovered(ctx, target.catalog, &recovered)?;
            let plan = plan_clean(args, ctx, target.catalog)?;
            refuse_too_much(ctx, target.catalog, &plan)?;
            apply(ctx, target, plan)
        });
    }
    ctx.with_catalog(Mode::DryRun, |ctx, catalog| {
        let plan = plan_clean(args, ctx, catalog)?;
        for item in &plan.items {
            say_moved(ctx, item);
        }
        refuse_too_much(ctx, catalog, &plan)
    })
}

/// What a clean would do.
#[derive(Default)]
struct CleanPlan {
    items: Vec<PlannedRemoval>,
    load: Load,
}

/// One asset of it, as it was read.
struct PlannedRemoval {
    subject: Subject,
    version: i64,
    transition: Transition,
    causes: Vec<String>,
    load: Load,
    /// Where it is used, in words; `None` where no source was read.
    usage: Option<String>,
}

/// Plans for every selected asset, and says which are considered and left alone.
fn plan_clean(
    args: &CleanArgs,
    ctx: &mut Context<'_>,
    catalog: &Catalog,
) -> Result<CleanPlan, Error> {
    let court = Court::load(ctx, catalog)?;
    let horizon = horizon(catalog, &court, ctx.now)?;
    let mut plan = CleanPlan::default();
    args.selection.visit(ctx, (catalog, &court), Empty::All, |ctx, selected| {
        let asset = &selected.row.asset;
        let (step, usage) = plan_of(ctx, (catalog, &court, &horizon), &selected)?;
        match step {
            CleanStep::Quarantine(transition) => {
                let load = load_of(catalog, &selected.row)?;
                plan.load.items += 1;
                plan.load.files += load.files;
                plan.load.bytes = plan.load.bytes.saturating_add(load.bytes);
                plan.items.push(PlannedRemoval {
                    subject: subject(asset),
                    version: asset.version,
                    transition,
                    causes: selected.verdict.deciding().map(ToString::to_string).collect(),
                    load,
                    usage,
                });
            }
            CleanStep::Keep(because) => {
                ctx.report.say(&Item::Kept { subject: subject(asset), because });
            }
            CleanStep::Pass if args.selection.named.is_empty() => {}
            CleanStep::Pass => {
                let because = format!("it is {}, and only what has ended is moved", asset.state);
                ctx.report.say(&Item::Kept { subject: subject(asset), because });
            }
        }
        Ok(())
    })?;
    Ok(plan)
}

/// What is to be done with an asset, and where it is used. Holds and uses are looked up only for
/// assets that would be moved without them.
fn plan_of(
    ctx: &Context<'_>,
    (catalog, court, horizon): (&Catalog, &Court, &Horizon),
    selected: &Selected,
) -> Result<(CleanStep, Option<String>), Error> {
    let Selected { row, verdict } = selected;
    let authority = ctx.actor.authority();
    let step = plan_clean_of(&row.facts, verdict, Hindrances::default(), authority);
    if !matches!(step, CleanStep::Quarantine(_)) {
        return Ok((step, None));
    }
    let holds = catalog.holds_on(row.asset.id, ctx.now)?;
    let usage = usage_in_words(catalog, horizon, row.asset.id)?;
    let hindrances = Hindrances {
        held: holds.first().map(|hold| hold.reason.as_str()),
        uses: usage.as_ref().map(|(verdict, words)| (verdict, words.as_str())),
        unknown_uses: court.policy().unknown_uses,
    };
    let step = plan_clean_of(&row.facts, verdict, hindrances, authority);
    Ok((step, usage.map(|(_, words)| words)))
}

fn load_of(catalog: &Catalog, row: &FactsRow) -> Result<Load, Error> {
    let files = catalog.files_of(row.asset.id)?;
    let here = files.iter().filter(|(_, file)| file.place == Place::Library);
    Ok(here.fold(Load { items: 1, ..Load::default() }, |load, (_, file)| Load {
        files: load.files + 1,
        bytes: load.bytes.saturating_add(file.stamp.bytes),
        ..load
    }))
}

/// A plan that is larger than the policy allows is not begun.
fn refuse_too_much(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    plan: &CleanPlan,
) -> Result<(), Error> {
    let config = ctx.config()?;
    let Some(why) = exceeded_cap(plan.load, config.policy.caps, catalog.count_in_library()?) else {
        return Ok(());
    };
    let hint = "select fewer assets, or raise the cap in the [clean] section of the configuration";
    Err(Error::guard("nothing is moved".to_owned(), why, hint))
}

fn apply(ctx: &mut Context<'_>, target: &mut Target<'_>, plan: CleanPlan) -> Result<(), Error> {
    let planned = plan.load.items;
    let progress = ctx.progress(planned, "assets");
    for item in plan.items {
        ctx.stop_if_interrupted()?;
        let removal = Removal {
            operation: new_id(ctx),
            asset: item.subject.id,
            version: item.version,
            transition: item.transition,
            reason: None,
            causes: item.causes.clone(),
        };
        let ended = quarantine_asset(target, &removal)
            .inspect_err(|error| say_paused(ctx, target, planned, error))?;
        match ended {
            Ended::Done(load) => say_moved(ctx, &PlannedRemoval { load, ..item }),
            Ended::NotDone { because, settled } => {
                let what = (&item.subject, Action::Quarantine.name());
                say_not_done(ctx, what, &because, settled.as_ref());
            }
        }
        progress.advance(1);
    }
    Ok(())
}

fn say_moved(ctx: &mut Context<'_>, item: &PlannedRemoval) {
    let Load { files, bytes, .. } = item.load;
    let mut why = item.causes.clone();
    why.extend(item.usage.clone());
    why.push(format!("{}, {}", counted(files, "file"), counted(bytes, "byte")));
    why.push(format!("undo with `shelflife restore {}`", item.subject.id.0));
    ctx.report.figure("files", files);
    ctx.report.figure("bytes", bytes);
    ctx.report.say(&Item::Change {
        subject: item.subject.clone(),
        action: Action::Quarantine.name(),
        from: item.transition.from,
        to: item.transition.to,
        why,
    });
}
