//! Which assets a purge is about: those that may be deleted, those that may be marked, and why the
//! others are kept.

use std::collections::BTreeSet;

use crate::catalog::Heartbeat;
use crate::domain::cleanup::Load;
use crate::domain::lifecycle::{Action, State, Transition};
use crate::domain::purge::{
    PurgeFacts, PurgeProof, Unripe, check_purge, check_ripe, may_be_marked,
};
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{Target, read_stored};
use crate::report::{Item, Subject};

use super::super::Context;
use super::super::act::say_not_done;
use super::super::decide::Step;
use super::super::library::{Court, subject};
use super::super::selection::{Empty, Selected};
use super::PurgeArgs;

/// What a purge would do.
#[derive(Default)]
pub(super) struct PurgePlan {
    pub(super) ripe: Vec<Ripe>,
    /// What a run may mark.
    pub(super) unmarked: Vec<(Subject, PurgeFacts)>,
}

/// An asset that may be deleted, as it was read.
pub(super) struct Ripe {
    pub(super) subject: Subject,
    pub(super) transition: Transition,
    pub(super) proof: PurgeProof,
    pub(super) load: Load,
    pub(super) why: Vec<String>,
}

/// Looks at every selected asset in quarantine, and says which are kept.
pub(super) fn plan_purge(
    args: &PurgeArgs,
    ctx: &mut Context<'_>,
    target: &Target<'_>,
    after_days: u32,
) -> Result<PurgePlan, Error> {
    args.selection.refuse_unset()?;
    let catalog = &*target.catalog;
    let court = Court::load(ctx, catalog)?;
    let heartbeat = catalog.heartbeat()?;
    let step = Step { action: Action::Purge, reason: args.reason.as_deref() };
    let (mut plan, mut seen) = (PurgePlan::default(), BTreeSet::new());
    args.selection.visit(ctx, (catalog, &court), Empty::All, |ctx, selected| {
        if !seen.insert(selected.row.asset.id) {
            return Ok(());
        }
        let State::Quarantined(_) = selected.row.asset.state else {
            say_elsewhere(args, ctx, &selected);
            return Ok(());
        };
        match step.transition(ctx, catalog, &selected.row)? {
            Err(refusal) => ctx.report.say(&refusal),
            Ok(transition) => {
                let looker = Looker { target, heartbeat: &heartbeat, after_days };
                looker.consider(ctx, (args, &selected, transition), &mut plan)?;
            }
        }
        Ok(())
    })?;
    Ok(plan)
}

fn say_elsewhere(args: &PurgeArgs, ctx: &mut Context<'_>, selected: &Selected) {
    if !args.selection.named.is_empty() {
        let asset = &selected.row.asset;
        let because = format!("it is {}, and only what is in quarantine is deleted", asset.state);
        ctx.report.say(&Item::Kept { subject: subject(asset), because });
    }
}

/// What an asset is looked at with.
struct Looker<'a, 't> {
    target: &'a Target<'t>,
    heartbeat: &'a Heartbeat,
    after_days: u32,
}

impl Looker<'_, '_> {
    /// Takes the asset into the plan, or says why not. Its files are read only if nothing else keeps
    /// them.
    fn consider(
        &self,
        ctx: &mut Context<'_>,
        (args, selected, transition): (&PurgeArgs, &Selected, Transition),
        plan: &mut PurgePlan,
    ) -> Result<(), Error> {
        let asset = &selected.row.asset;
        let subject = subject(asset);
        let catalog = &*self.target.catalog;
        let facts = catalog.purge_facts((asset.id, asset.version), self.heartbeat, ctx.now)?;
        let Some(facts) = facts else {
            say_kept(ctx, subject, &[Unripe::NoFiles]);
            return Ok(());
        };
        let unripe = check_ripe(&facts, self.after_days, ctx.now);
        if !unripe.is_empty() && !may_be_marked(&unripe) {
            say_kept(ctx, subject, &unripe);
            return Ok(());
        }
        let files = match read_stored(self.target, asset.id) {
            Ok(files) => files,
            Err(obstacle) if obstacle.ends_the_run() => return Err(obstacle.into()),
            Err(obstacle) => {
                say_not_done(ctx, (&subject, Action::Purge.name()), &obstacle, None);
                return Ok(());
            }
        };
        match check_purge(facts.clone(), self.after_days, ctx.now, &files) {
            Ok(proof) => plan.ripe.push(self.ripe((subject, transition), proof)?),
            Err(unripe) if may_be_marked(&unripe) && args.mark => {
                plan.unmarked.push((subject, facts));
            }
            Err(unripe) => {
                say_kept(ctx, subject.clone(), &unripe);
                if may_be_marked(&unripe) {
                    plan.unmarked.push((subject, facts));
                }
            }
        }
        Ok(())
    }

    fn ripe(
        &self,
        (subject, transition): (Subject, Transition),
        proof: PurgeProof,
    ) -> Result<Ripe, Error> {
        let taken = self.target.catalog.quarantine_of(subject.id)?;
        let files = taken.map(|taken| taken.files).unwrap_or_default();
        let load = Load {
            items: 1,
            files: u64::try_from(files.len()).unwrap_or(u64::MAX),
            bytes: files.iter().fold(0, |bytes: u64, file| bytes.saturating_add(file.bytes)),
        };
        let mut why = vec![
            format!("in quarantine since {}", proof.facts().since),
            format!("marked {}", proof.mark().at),
            format!("{}, {}", counted(load.files, "file"), counted(load.bytes, "byte")),
        ];
        why.extend(files.iter().map(|file| format!("{}  sha256:{}", file.path, file.digest)));
        Ok(Ripe { subject, transition, proof, load, why })
    }
}

/// Why files stay. What is damaged fails, because time does not mend it.
fn say_kept(ctx: &mut Context<'_>, subject: Subject, unripe: &[Unripe]) {
    let why: Vec<_> = unripe.iter().map(ToString::to_string).collect();
    let why = why.join("; ");
    if unripe.iter().any(Unripe::is_damage) {
        let what = format!("{} {}", subject.id, subject.path);
        let hint = Some("look at quarantine with `shelflife audit verify --disk=full`".to_owned());
        ctx.report.say(&Item::Failure { what, why, hint });
    } else {
        ctx.report.say(&Item::Kept { subject, because: why });
    }
}
