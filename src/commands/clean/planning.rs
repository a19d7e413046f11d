//! What a clean would do: decided asset by asset, in the same way for a plan that is shown, saved
//! or carried out.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, FactsRow};
use crate::commands::Context;
use crate::commands::act::say_not_done;
use crate::commands::library::{Court, subject};
use crate::commands::roots::guarded_roots;
use crate::commands::selection::{Empty, Selected, Selection};
use crate::commands::usage::{horizon, usage_in_words};
use crate::domain::asset::{Asset, AssetId, Place, Role};
use crate::domain::cleanup::{CleanStep, Hindrances, Load, Site, UNKNOWN, plan_clean_of};
use crate::domain::leftover::{Places, check_places};
use crate::domain::lifecycle::{Action, Transition};
use crate::domain::plan::{PlanStep, Planned};
use crate::domain::reference::Horizon;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{Obstacle, check_removal};
use crate::files::Root;
use crate::report::{Item, Subject};

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
    /// What would be moved, and cannot be.
    hindered: Vec<(Subject, Obstacle)>,
    /// How many assets are to leave the library, whether they can be moved or not.
    pub(super) ended: u64,
    pub(super) load: Load,
}

impl CleanPlan {
    /// Says of what cannot be moved why.
    pub(super) fn say_hindered(&self, ctx: &mut Context<'_>) {
        for (subject, because) in &self.hindered {
            say_not_done(ctx, (subject, Action::Quarantine.name()), because, None);
        }
    }
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

const UNFINISHED: &str =
    "an earlier move of its files is not finished: run `shelflife recover` first";

/// Plans for every selected asset, and says which are considered and left alone.
pub(super) fn plan_clean(
    selection: &Selection,
    ctx: &mut Context<'_>,
    catalog: &Catalog,
) -> Result<CleanPlan, Error> {
    selection.refuse_unset()?;
    let ground = Ground::load(ctx, catalog)?;
    let mut plan = CleanPlan::default();
    // A plan can be made where a root cannot be looked at, but not carried out.
    let roots = guarded_roots(&ground.court.config, catalog).ok();
    let open: BTreeSet<_> = catalog.open_operations()?.iter().map(|open| open.asset).collect();
    let (mut unknown, mut seen) = (0_u64, BTreeSet::new());
    selection.visit(ctx, (catalog, &ground.court), Empty::All, |ctx, selected| {
        let asset = &selected.row.asset;
        if !seen.insert(asset.id) {
            return Ok(());
        }
        let because = match plan_of(ctx, (catalog, &ground), &selected)? {
            Decided::Move(_) if open.contains(&asset.id) => UNFINISHED.to_owned(),
            Decided::Move(item) => {
                plan.ended += 1;
                if let Some(obstacle) = hindrance(&ground, (catalog, roots.as_ref()), asset.id)? {
                    plan.kept.push(keep(asset, obstacle.in_words()));
                    plan.hindered.push((item.subject, obstacle));
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

/// What keeps an asset's files from being moved, as far as it can be seen now.
fn hindrance(
    ground: &Ground,
    (catalog, roots): (&Catalog, Option<&BTreeMap<i64, Root>>),
    asset: AssetId,
) -> Result<Option<Obstacle>, Error> {
    let Some(roots) = roots else { return Ok(None) };
    match check_removal((catalog, roots), (asset, ground.court.policy().hard_links)) {
        Err(obstacle) if obstacle.ends_the_run() => Err(obstacle.into()),
        checked => Ok(checked.err()),
    }
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
        CleanStep::Quarantine(_) | CleanStep::Incomplete => {}
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
        CleanStep::Incomplete => Decided::Keep(incomplete(catalog, &row.asset)?),
        CleanStep::Pass => Decided::Pass,
    })
}

/// What is to be done about missing files, in the words of `leftovers`.
fn incomplete(catalog: &Catalog, asset: &Asset) -> Result<String, Error> {
    let mut places = Places::default();
    for (_, file) in catalog.files_of(asset.id)? {
        match file.place {
            Place::Library => places.library += 1,
            Place::Missing => places.missing += 1,
            Place::Quarantine => places.quarantine += 1,
            Place::Gone => {}
        }
        let is_here = file.place == Place::Library;
        places.has_original |= is_here && file.role == Role::Original;
    }
    let Some(leftover) = check_places(asset.state, places) else {
        return Ok("none of its files is there any more".to_owned());
    };
    let next = leftover.next().replace("ASSET", &asset.id.0.to_string());
    Ok(format!("{}: {next}", leftover.says()))
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
