//! `withdraw`: the emergency.
//!
//! **Invariant:** what could not be taken out of the served folders is named with its addresses,
//! however the command ends.

mod confirm;
mod memory;
mod names;
mod outcome;
mod takedown;

use crate::catalog::Catalog;
use crate::domain::actor::Authority;
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::{Action, Ended, State};
use crate::error::Error;
use crate::report::Item;

use super::Context;
use super::decide::{Decided, Step, decide_all, decide_each};
use super::eyes::Eyes;
use super::library::{Court, Mode, subject};
use super::selection::Selection;

/// Take unsafe assets down at once
///
/// Puts the withdrawal on record and moves the files out of the library: also while it is paused,
/// whatever shows them and however many they are. Then says which pages break, which addresses to
/// purge from caches, and what is still served of the same content. Exit code 3 means that
/// something is still public; it is named. A takedown counts as removed until --confirm says that
/// somebody looked, and `shelflife list --unconfirmed` lists those where nobody did.
#[derive(Debug, clap::Args)]
pub struct WithdrawArgs {
    #[command(flatten)]
    selection: Selection,

    /// Why, or with --confirm what was looked at; the audit log keeps it
    #[arg(
        long,
        visible_alias = "note",
        value_name = "TEXT",
        required = true,
        value_parser = super::words::said
    )]
    reason: String,

    /// Only put it on record; the files stay where they are, and are served as before
    #[arg(long)]
    leave_files: bool,

    /// Record that removed assets are gone from caches and pages too
    #[arg(long, conflicts_with = "leave_files")]
    confirm: bool,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &WithdrawArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    if args.confirm {
        return confirm::run(args, ctx, mode);
    }
    if args.leave_files {
        let mut eyes = Eyes::default();
        return decide_each(ctx, mode, &args.selection, |ctx, bench, row| {
            Ok(match args.step().transition(ctx, bench.catalog, &row)? {
                Ok(step) => {
                    let decision = args.step().decision(&row, step, Vec::new());
                    let library = (bench.catalog, &*bench.court.config);
                    Decided::Change(eyes.remember(library, mode, (&row.asset, decision))?)
                }
                Err(refusal) => Decided::Nothing(vec![refusal]),
            })
        });
    }
    takedown::run(args, ctx, mode)
}

impl WithdrawArgs {
    fn step(&self) -> Step<'_> {
        Step { action: Action::Withdraw, reason: Some(&self.reason) }
    }

    /// Puts the withdrawal of every selected asset on record, and notes those whose files are to go:
    /// also the ones that were withdrawn before and are still there.
    fn record(
        &self,
        ctx: &mut Context<'_>,
        (catalog, mode): (&mut Catalog, Mode),
        withdrawn: &mut Vec<AssetId>,
    ) -> Result<(), Error> {
        let court = Court::load(ctx, catalog)?;
        decide_all(ctx, (catalog, &court), (mode, &self.selection), |ctx, bench, row| {
            let is_person = ctx.actor.authority() == Authority::Human;
            if row.asset.state == State::Withdrawn && is_person {
                withdrawn.push(row.asset.id);
                return Ok(Decided::Nothing(Vec::new()));
            }
            if row.asset.state == State::Quarantined(Ended::Withdrawn) && is_person {
                let because = "it was withdrawn before, and its files were taken out".to_owned();
                let subject = subject(&row.asset);
                return Ok(Decided::Nothing(vec![Item::Kept { subject, because }]));
            }
            Ok(match self.step().transition(ctx, bench.catalog, &row)? {
                Ok(step) => {
                    withdrawn.push(row.asset.id);
                    Decided::Change(self.step().decision(&row, step, Vec::new()))
                }
                Err(refusal) => Decided::Nothing(vec![refusal]),
            })
        })
    }
}
