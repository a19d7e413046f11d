//! What a clean would do: decided asset by asset, in the same way for a plan that is shown, saved
//! or carried out.

use crate::catalog::{Catalog, FactsRow};
use crate::commands::Context;
use crate::commands::act::say_not_done;
use crate::commands::library::{Court, subject};
use crate::commands::selection::{Empty, Selected, Selection};
use crate::commands::usage::{horizon, usage_in_words};
use crate::domain::asset::Asset;
use crate::domain::cleanup::{CleanStep, Hindrances, Load, Site, UNKNOWN, plan_clean_of};
use crate::domain::lifecycle::{Action, Transition};
use crate::domain::plan::{PlanStep, Planned};
use crate::domain::reference::Horizon;
use crate::domain::text::counted;
use crate::error::Error;
use crate::report::{Item, Subject};

use super::links::{linked_file, roots_to_look_at};

/// What every asset is decided on.
pub(in crate::commands) struct Ground {
    court: Court,
    horizon: Horizon,
    site: Site,
}

impl Ground {
    pub(in crate::commands) fn load(
        ctx: &mut Context<'_>,
        catalog: &Catalog,
    ) -> Result<Self, Error> {
        let court = Court::load(ctx, catalog)?;
        let horizon = horizon(catalog, &court, ctx.now)?;
        let is_known = !horizon.has_no_source() || catalog.knows_attachments()?;
        let site = if is_known { Site::Known } else { Site::NoneKnown };
        Ok(Self { court, horizon, site })
    }

    /// The asset with its verdict.
    pub(super) fn selected(&self, row: FactsRow, ctx: &Context<'_>) -> Selected {
        let verdict = self.court.judge(&row, ctx);
        Selected { row, verdict }
    }
}

/// What a clean would do.
#[derive(Default)]
pub(super) struct CleanPlan {
    pub(super) items: Vec<PlannedRemoval>,
    /// What was considered and left alone.
    pub(super) kept: Vec<PlanStep>,
    pub(super) load: Load,
}

/// One asset of it, as it was read.
pub(in crate::commands) struct PlannedRemoval {
    pub(super) subject: Subject,
    pub(super) version: i64,
    pub(super) transition: Transition,
    pub(super) causes: Vec<String>,
    pub(super) load: Load,
    /// Where it is used, in words; `None` where no source was read.
    pub(super) usage: Option<String>,
}

impl PlannedRemoval {
    /// Everything that speaks for it.
    pub(super) fn reasons(&self) -> Vec<String> {
        self.causes.iter().chain(&self.usage).cloned().collect()
    }

    pub(super) fn as_step(&self) -> PlanStep {
        let Transition { from, to, .. } = self.transition;
        PlanStep {
            asset: self.subject.id,
            path: self.subject.path.clone(),
            version: self.version,
            what: Planned::Take { from, to, why: self.reasons(), load: self.load },
        }
    }
}

/// Plans for every selected asset, and says which are considered and left alone.
pub(super) fn plan_clean(
    selection: &Selection,
    ctx: &mut Context<'_>,
    catalog: &Catalog,
) -> Result<CleanPlan, Error> {
    let ground = Ground::load(ctx, catalog)?;
    let mut plan = CleanPlan::default();
    let roots = roots_to_look_at(&ground.court, catalog);
    let mut unknown = 0_u64;
    selection.visit(ctx, (catalog, &ground.court), Empty::All, |ctx, selected| {
        let asset = &selected.row.asset;
        let because = match plan_of(ctx, (catalog, &ground), &selected)? {
            Decided::Move(item) => {
                if let Some(linked) = linked_file((catalog, &roots), asset.id)? {
                    say_not_done(ctx, (&item.subject, Action::Quarantine.name()), &linked, None);
                    plan.kept.push(keep(asset, linked.in_words()));
                } else {
                    plan.load = plan.load.and(item.load);
                    plan.items.push(item);
                }
                return Ok(());
            }
            Decided::Keep(because) => because,
            Decided::Pass if selection.named.is_empty() => return Ok(()),
            Decided::Pass => {
                format!("it is {}, and only what has ended is moved", asset.state)
            }
        };
        unknown += u64::from(because == UNKNOWN);
        plan.kept.push(keep(asset, because.clone()));
        ctx.report.say(&Item::Kept { subject: subject(asset), because });
        Ok(())
    })?;
    say_how_to_know(ctx, unknown);
    Ok(plan)
}

fn keep(asset: &Asset, because: String) -> PlanStep {
    let what = Planned::Keep(because);
    PlanStep { asset: asset.id, path: asset.path.to_string(), version: asset.version, what }
}

/// What is done with one asset.
pub(super) enum Decided {
    Move(PlannedRemoval),
    Keep(String),
    /// It has not ended.
    Pass,
}

/// What is to be done with an asset. Holds and uses are looked up only for assets that would be
/// moved without them.
pub(super) fn plan_of(
    ctx: &Context<'_>,
    (catalog, ground): (&Catalog, &Ground),
    selected: &Selected,
) -> Result<Decided, Error> {
    let Selected { row, verdict } = selected;
    let authority = ctx.actor.authority();
    match plan_clean_of(&row.facts, verdict, Hindrances::default(), authority) {
        CleanStep::Quarantine(_) => {}
        CleanStep::Keep(because) => return Ok(Decided::Keep(because)),
        CleanStep::Pass => return Ok(Decided::Pass),
    }
    let holds = catalog.holds_on(row.asset.id, ctx.now)?;
    let usage = usage_in_words(catalog, &ground.horizon, row.asset.id)?;
    let hindrances = Hindrances {
        held: holds.first().map(|hold| hold.reason.as_str()),
        uses: usage.as_ref().map(|(verdict, words)| (verdict, words.as_str())),
        unknown_uses: ground.court.policy().unknown_uses,
        site: ground.site,
    };
    Ok(match plan_clean_of(&row.facts, verdict, hindrances, authority) {
        CleanStep::Quarantine(transition) => Decided::Move(PlannedRemoval {
            subject: subject(&row.asset),
            version: row.asset.version,
            transition,
            causes: verdict.deciding().map(ToString::to_string).collect(),
            load: catalog.load_of(row.asset.id)?,
            usage: usage.map(|(_, words)| words),
        }),
        CleanStep::Keep(because) => Decided::Keep(because),
        CleanStep::Pass => Decided::Pass,
    })
}

/// How to find out about assets that were left alone because nobody knows whether they are used.
fn say_how_to_know(ctx: &mut Context<'_>, unknown: u64) {
    if unknown == 0 {
        return;
    }
    let of = counted(unknown, "asset");
    ctx.report.text(format!(
        "Of {of} nobody knows whether anything shows them. Read more of the site with `shelflife \
         references read` (`shelflife list --unused` says what is missing), or set `unknown_uses = \
         \"warn\"` in [clean]."
    ));
}
