//! Taking the files of withdrawn assets out of the library.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, CatalogError, FactsRow};
use crate::domain::actor::Authority;
use crate::domain::asset::AssetId;
use crate::domain::cleanup::{HardLinks, Load};
use crate::domain::lifecycle::{Action, State, Transition};
use crate::error::Error;
use crate::executor::{
    Ended, Linked, Names, Obstacle, Removal, Target, find_names, linked_of, quarantine_asset,
};
use crate::exit::ExitCode;
use crate::files::{Identity, Root};
use crate::report::Item;

use super::super::Context;
use super::super::act::{
    Reach, WhilePaused, reachable_roots, say_not_done, say_quarantined, say_recovered,
};
use super::super::library::{Mode, new_id, subject};
use super::super::turn::is_busy;
use super::back::back_of;
use super::memory::remember;
use super::names::say_other_names;
use super::outcome::{Left, say_aftermath, say_still_public};
use super::{Selected, WithdrawArgs, is_withdrawn};

pub(super) const UNRECORDED: &str = "its withdrawal could not be recorded";
const UNFINISHED: &str = "an earlier run was bringing its files back and did not end";

/// What a takedown is about, and how far it came.
#[derive(Default)]
pub(super) struct Takedown {
    recorded: bool,
    selected: Selected,
    left: Left,
    /// Where the disk can be asked what is still there.
    roots: BTreeMap<i64, Root>,
    done: usize,
    /// Files that were moved and have other names, and what was found of these.
    linked: Vec<(AssetId, Linked)>,
    names: BTreeMap<Identity, Names>,
}

pub(super) fn run(args: &WithdrawArgs, ctx: &mut Context<'_>, mode: Mode) -> Result<(), Error> {
    ctx.with_catalog(mode, |ctx, catalog| {
        if mode == Mode::DryRun {
            return foretell(args, ctx, catalog);
        }
        let mut takedown = Takedown::default();
        let args = &WithdrawArgs { selection: args.selection.with_list(ctx)?, ..args.clone() };
        // However long it waits for the files: nothing may use the assets from now on.
        let first = !ctx.settings.wait.is_zero() && is_busy(&*ctx.config()?)?;
        let recorded = if first { takedown.record_early(args, ctx, catalog) } else { Ok(()) };
        let ended = recorded.and_then(|()| {
            ctx.act_on(
                (catalog, Reach::WhatIsThere),
                WhilePaused::GoOn,
                |ctx, target, recovered| {
                    say_recovered(ctx, target.catalog, &recovered)?;
                    takedown.record(args, ctx, target.catalog)?;
                    let ended = takedown.remove_each(args, ctx, target);
                    let back =
                        takedown.look_at_those_before(ctx, (&*target.catalog, &target.roots));
                    let linked = takedown.look_for_links(target);
                    let looked = takedown.look_for_names(target);
                    let remembered = remember(ctx, target, &takedown.selected.withdrawn);
                    takedown.roots = std::mem::take(&mut target.roots);
                    ended.and(back).and(linked).and(looked).and(remembered)
                },
            )
        });
        // Where no file can be moved now, the decision is recorded all the same.
        let ended = takedown.record(args, ctx, catalog).and(ended);
        if let Err(error) = &ended {
            takedown.give_up(ctx, catalog, error)?;
            // Without a turn nobody has looked at these yet.
            if let Ok((roots, _)) = reachable_roots(&*ctx.config()?, catalog)
                && let Err(error) = takedown.look_at_those_before(ctx, (&*catalog, &roots))
            {
                ctx.report.text(format!(
                    "Nobody could see whether files that were taken out before are back: {error}"
                ));
            }
        }
        takedown.say_outcome(ctx, catalog)?;
        ended
    })
}

/// What a takedown would do, from the catalog alone.
fn foretell(
    args: &WithdrawArgs,
    ctx: &mut Context<'_>,
    catalog: &mut Catalog,
) -> Result<(), Error> {
    let (mut selected, mut left) = (Selected::default(), Left::default());
    args.record(ctx, (catalog, Mode::DryRun), &mut selected)?;
    let mut assets = selected.unconfirmed;
    for asset in selected.withdrawn {
        let Some(row) = catalog.facts_of(asset)? else { continue };
        if row.asset.state.was().is_some() {
            left.why.insert(asset, UNFINISHED.to_owned());
            continue;
        }
        assets.push(asset);
        if let Some(why) = held(ctx, catalog, asset)? {
            ctx.report.say(&failure(&row, why.clone()));
            left.why.insert(asset, why);
            continue;
        }
        match (step(ctx), catalog.load_of(asset)?) {
            (_, Load { files: 0, .. }) => say_nothing_there(ctx, &row),
            (Some(step), load) => {
                say_quarantined(ctx, &subject(&row.asset), (step, load), Vec::new());
            }
            (None, _) => {}
        }
    }
    say_still_public(ctx, (catalog, &BTreeMap::new()), &mut left)?;
    say_aftermath(ctx, catalog, (&assets, &left))
}

impl Takedown {
    /// Puts the withdrawals on record, once.
    fn record(
        &mut self,
        args: &WithdrawArgs,
        ctx: &mut Context<'_>,
        catalog: &mut Catalog,
    ) -> Result<(), Error> {
        if std::mem::replace(&mut self.recorded, true) {
            return Ok(());
        }
        args.record(ctx, (catalog, Mode::Real), &mut self.selected)?;
        self.selected.recorded.clear();
        Ok(())
    }

    /// Puts on record what can be, before another run has ended. That may bring files or take them, so
    /// nothing is said, and no asset refused, until it has.
    fn record_early(
        &mut self,
        args: &WithdrawArgs,
        ctx: &mut Context<'_>,
        catalog: &mut Catalog,
    ) -> Result<(), Error> {
        ctx.report.hush(true);
        let recorded = args.record_early(ctx, catalog, &mut self.selected.recorded);
        ctx.report.hush(false);
        recorded
    }

    fn remove_each(
        &mut self,
        args: &WithdrawArgs,
        ctx: &mut Context<'_>,
        target: &mut Target<'_>,
    ) -> Result<(), Error> {
        let progress =
            ctx.progress(u64::try_from(self.selected.withdrawn.len()).unwrap_or(0), "assets");
        while let Some(asset) = self.selected.withdrawn.get(self.done).copied() {
            ctx.stop_if_interrupted()?;
            self.remove(args, ctx, (target, asset))?;
            self.done += 1;
            progress.advance(1);
        }
        Ok(())
    }

    /// Looks where else the files are that were moved while they had other names: also after a run
    /// that did not come to its end.
    fn look_for_names(&mut self, target: &Target<'_>) -> Result<(), Error> {
        if self.linked.is_empty() {
            return Ok(());
        }
        let wanted = self.linked.iter().map(|(_, linked)| linked.identity).collect();
        self.names = find_names(target, &wanted)?;
        Ok(())
    }

    fn remove(
        &mut self,
        args: &WithdrawArgs,
        ctx: &mut Context<'_>,
        (target, asset): (&mut Target<'_>, AssetId),
    ) -> Result<(), Error> {
        let Some(mut row) = target.catalog.facts_of(asset)? else { return Ok(()) };
        let step = step(ctx).filter(|_| row.asset.state == State::Withdrawn);
        let Some(step) = step else {
            self.left.why.insert(asset, not_movable(row.asset.state).to_owned());
            return Ok(());
        };
        if let Some(why) = held(ctx, target.catalog, asset)? {
            ctx.report.say(&failure(&row, why.clone()));
            self.left.why.insert(asset, why);
            return Ok(());
        }
        match end_grace(ctx, target.catalog, &mut row) {
            Err(error) if error.is_about_one_asset() => {
                let why = error.to_string();
                ctx.report.say(&failure(&row, why.clone()));
                self.left.why.insert(asset, why);
                return Ok(());
            }
            ended => ended?,
        }
        let removal = Removal {
            operation: new_id(ctx.now),
            asset,
            version: row.asset.version,
            transition: step,
            reason: Some(args.reason.clone()),
            causes: Vec::new(),
            // One name less under which it is public.
            hard_links: HardLinks::Move,
        };
        match quarantine_asset(target, &removal)? {
            Ended::Done { load, linked } => {
                say_quarantined(ctx, &subject(&row.asset), (step, load), Vec::new());
                self.linked.extend(linked.into_iter().map(|linked| (asset, linked)));
            }
            Ended::NotDone { because: Obstacle::NoFiles, .. } => say_nothing_there(ctx, &row),
            Ended::NotDone { because, settled } => {
                let what = (&subject(&row.asset), Action::Quarantine.name());
                say_not_done(ctx, what, &because, settled.as_ref());
                self.left.why.insert(asset, because.in_words());
                return Ok(());
            }
        }
        self.say_back(ctx, (&*target.catalog, &target.roots), &row)
    }

    /// Files may be back that were taken out, or that the last scan missed: then they are served.
    fn say_back(
        &mut self,
        ctx: &mut Context<'_>,
        (catalog, roots): (&Catalog, &BTreeMap<i64, Root>),
        row: &FactsRow,
    ) -> Result<(), Error> {
        let asset = row.asset.id;
        let others = catalog.served_at_paths_of(asset)?;
        for (root, path, back) in back_of(catalog, roots, asset)? {
            let mut there = others.iter().filter(|file| file.root == root && file.path == path);
            let now = there.next().and_then(|file| file.asset);
            let why = format!("{}: {}", back.in_words(&path), back.advice(now));
            ctx.report.say(&failure_of(row, why.clone(), now.unwrap_or(asset)));
            self.left.why.insert(asset, why.clone());
            self.left.back.insert((asset, path), why);
        }
        Ok(())
    }

    fn look_at_those_before(
        &mut self,
        ctx: &mut Context<'_>,
        (catalog, roots): (&Catalog, &BTreeMap<i64, Root>),
    ) -> Result<(), Error> {
        while let Some(asset) = self.selected.before.front().copied() {
            if let Some(row) = catalog.facts_of(asset)? {
                self.say_back(ctx, (catalog, roots), &row)?;
            }
            self.selected.before.pop_front();
        }
        Ok(())
    }

    /// Notes which files of earlier takedowns have other names.
    fn look_for_links(&mut self, target: &Target<'_>) -> Result<(), Error> {
        // The run that took them out may have ended before it told of these.
        for asset in &self.selected.unconfirmed {
            let linked = linked_of((&*target.catalog, &target.quarantine), *asset)?;
            self.linked.extend(linked.into_iter().map(|linked| (*asset, linked)));
        }
        Ok(())
    }

    /// Counts what the run did not come to as failed, because of what ended it. Of what could not be
    /// recorded that was told.
    fn give_up(
        &mut self,
        ctx: &mut Context<'_>,
        catalog: &Catalog,
        error: &Error,
    ) -> Result<(), Error> {
        for (asset, items) in std::mem::take(&mut self.selected.recorded) {
            for item in &items {
                ctx.report.say(item);
            }
            if !self.selected.withdrawn.contains(&asset) {
                self.selected.withdrawn.push(asset);
            }
        }
        let why = format!("its files stay where they are: {error}");
        for asset in self.selected.withdrawn.iter().skip(self.done) {
            let Some(row) = catalog.facts_of(*asset)? else { continue };
            let because = match row.asset.state {
                State::Withdrawn => {
                    ctx.report.say(&failure(&row, why.clone()));
                    error.to_string()
                }
                // The run ended after this one was taken out.
                State::Quarantined(_) if catalog.arriving_files_of(*asset)?.is_empty() => continue,
                state => not_movable(state).to_owned(),
            };
            self.left.why.insert(*asset, because);
        }
        Ok(())
    }

    /// What is public still, and what is to be done about what was withdrawn.
    fn say_outcome(&mut self, ctx: &mut Context<'_>, catalog: &Catalog) -> Result<(), Error> {
        say_still_public(ctx, (catalog, &self.roots), &mut self.left)?;
        if self.left.is_public() {
            ctx.report.outcome(ExitCode::Partial);
        }
        say_other_names(ctx, catalog, (&self.linked, &self.names))?;
        let mut withdrawn = self.selected.unconfirmed.clone();
        for asset in &self.selected.withdrawn {
            if is_withdrawn(catalog, *asset)? {
                withdrawn.push(*asset);
            }
        }
        say_aftermath(ctx, catalog, (&withdrawn, &self.left))
    }
}

/// Why nothing of an asset in this state was moved.
fn not_movable(state: State) -> &'static str {
    match state {
        State::Quarantined(_) => UNFINISHED,
        _ => UNRECORDED,
    }
}

/// The step out of the library, which every person may take.
fn step(ctx: &Context<'_>) -> Option<Transition> {
    let step = Transition::of(State::Withdrawn, Action::Quarantine);
    step.filter(|_| ctx.actor.authority() == Authority::Human)
}

/// A hold says that somebody wants the files where they are: only a person can weigh the two. What a
/// restore holds by itself, nobody asked for.
fn held(ctx: &Context<'_>, catalog: &Catalog, asset: AssetId) -> Result<Option<String>, Error> {
    let holds = catalog.holds_on(asset, ctx.now)?;
    let asked = holds.iter().find(|hold| !hold.is_grace());
    Ok(asked.map(|hold| format!("held by {}: {}", hold.placed_by, hold.reason)))
}

/// Releases what a restore holds by itself.
fn end_grace(
    ctx: &Context<'_>,
    catalog: &mut Catalog,
    row: &mut FactsRow,
) -> Result<(), CatalogError> {
    let asset = row.asset.id;
    if catalog.holds_on(asset, ctx.now)?.is_empty() {
        return Ok(());
    }
    catalog.release_holds(asset, row.asset.version, "it is taken down")?;
    if let Some(released) = catalog.facts_of(asset)? {
        *row = released;
    }
    Ok(())
}

fn failure(row: &FactsRow, why: String) -> Item {
    failure_of(row, why, row.asset.id)
}

/// A failure that another takedown mends: of this asset or the one that is there by now.
fn failure_of(row: &FactsRow, why: String, AssetId(next): AssetId) -> Item {
    let what = format!("{} {}", row.asset.id, row.asset.path);
    let hint = if why.starts_with("held by") {
        format!("`shelflife release {next} --reason TEXT`, then withdraw it again")
    } else if next == row.asset.id.0 {
        format!("withdraw it again: `shelflife withdraw {next} --reason TEXT`")
    } else {
        format!("withdraw that: `shelflife withdraw {next} --reason TEXT`")
    };
    Item::Failure { what, why, hint: Some(hint) }
}

fn say_nothing_there(ctx: &mut Context<'_>, row: &FactsRow) {
    let because = "none of its files is in the library".to_owned();
    ctx.report.say(&Item::Kept { subject: subject(&row.asset), because });
}
