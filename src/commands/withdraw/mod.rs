//! `withdraw`: the emergency.
//!
//! **Invariant:** what could not be taken out of the served folders is named with its addresses,
//! however the command ends.

mod back;
mod confirm;
mod memory;
mod names;
mod outcome;
mod takedown;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::catalog::{Catalog, CatalogError, FactsRow};
use crate::domain::actor::Authority;
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::{Action, Ended, State};
use crate::error::Error;
use crate::report::Item;

use super::Context;
use super::decide::{AssetChange as _, Decided, Step, decide_all, decide_these};
use super::eyes::Eyes;
use super::library::{Court, Mode, subject};
use super::selection::Selection;

use self::outcome::{Left, say_still_public};
use self::takedown::UNRECORDED;

/// Take unsafe assets down at once
///
/// Puts the withdrawal on record and moves the files out of the library: also while it is paused,
/// whatever shows them and however many they are. Then says which pages break, which addresses to
/// purge from caches, and what is still served of the same content. Exit code 3 means that
/// something is still public although it was to go; it is named. A takedown counts as removed until
/// --confirm says that somebody looked, and `shelflife list --unconfirmed` lists those where nobody
/// did.
#[derive(Debug, Clone, clap::Args)]
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

    /// Only put it on record; the files stay where they are, and are served as before: their
    /// addresses are named, and the exit code is 0
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
        return ctx.with_catalog(mode, |ctx, catalog| args.leave(ctx, (catalog, mode)));
    }
    takedown::run(args, ctx, mode)
}

/// What a withdrawal is about.
#[derive(Debug, Default)]
struct Selected {
    /// Whose files are to go.
    withdrawn: Vec<AssetId>,
    /// Those that were taken out before.
    before: VecDeque<AssetId>,
    /// Those of them that nobody has confirmed to be gone.
    unconfirmed: Vec<AssetId>,
    /// Those that were put on record before the command had its turn, and what is to be said of them.
    recorded: BTreeMap<AssetId, Vec<Item>>,
}

/// Whether the withdrawal of an asset is on record.
fn is_withdrawn(catalog: &Catalog, asset: AssetId) -> Result<bool, CatalogError> {
    let state = catalog.asset(asset)?.map(|asset| asset.state);
    Ok(state
        .is_some_and(|state| state == State::Withdrawn || state.was() == Some(Ended::Withdrawn)))
}

impl WithdrawArgs {
    /// Puts on record what can be, and says nothing: `recorded` gets what is to be said of it, however
    /// this ends.
    fn record_early(
        &self,
        ctx: &mut Context<'_>,
        catalog: &mut Catalog,
        recorded: &mut BTreeMap<AssetId, Vec<Item>>,
    ) -> Result<(), Error> {
        let court = Court::load(ctx, catalog)?;
        let mut items = BTreeMap::new();
        let selected = (Mode::Real, &self.selection);
        let decided = decide_all(ctx, (catalog, &court), selected, |ctx, bench, row| {
            let Ok(step) = self.step().transition(ctx, bench.catalog, &row)? else {
                return Ok(Decided::Nothing(Vec::new()));
            };
            let decision = self.step().decision(&row, step, Vec::new());
            items.insert(row.asset.id, decision.items(&subject(&row.asset)));
            Ok(Decided::Change(decision))
        });
        for (asset, items) in items {
            if is_withdrawn(catalog, asset)? {
                recorded.insert(asset, items);
            }
        }
        decided
    }

    fn step(&self) -> Step<'_> {
        Step { action: Action::Withdraw, reason: Some(&self.reason) }
    }

    /// Puts the withdrawals on record and nothing else, and tells what stays public by that.
    fn leave(
        &self,
        ctx: &mut Context<'_>,
        (catalog, mode): (&mut Catalog, Mode),
    ) -> Result<(), Error> {
        let (mut eyes, mut withdrawn) = (Eyes::default(), Vec::new());
        let court = Court::load(ctx, catalog)?;
        let numbers = self.selection.numbers(ctx, (catalog, &court))?;
        let mut undecided: BTreeSet<_> = numbers.iter().copied().collect();
        let decided = decide_these(ctx, (catalog, &court), (mode, numbers), |ctx, bench, row| {
            undecided.remove(&row.asset.id);
            Ok(match self.step().transition(ctx, bench.catalog, &row)? {
                Ok(step) => {
                    withdrawn.push(row.asset.id);
                    let decision = self.step().decision(&row, step, Vec::new());
                    let library = (bench.catalog, &*bench.court.config);
                    Decided::Change(eyes.remember(library, mode, (&row.asset, decision))?)
                }
                Err(refusal) => Decided::Nothing(vec![refusal]),
            })
        });
        let mut left = Left::default();
        withdrawn.extend(undecided);
        for asset in withdrawn {
            let recorded = mode == Mode::DryRun || is_withdrawn(catalog, asset)?;
            let why = if recorded { "left there by --leave-files" } else { UNRECORDED };
            left.why.insert(asset, why.to_owned());
        }
        say_still_public(ctx, (catalog, &BTreeMap::new()), &mut left)?;
        decided
    }

    /// Puts the withdrawal of every selected asset on record, and notes those whose files are to go:
    /// also the ones that were withdrawn before and are still there. Those that were taken out before
    /// are noted too: files of them may be back.
    fn record(
        &self,
        ctx: &mut Context<'_>,
        (catalog, mode): (&mut Catalog, Mode),
        selected: &mut Selected,
    ) -> Result<(), Error> {
        let Selected { withdrawn, before, unconfirmed, recorded } = selected;
        let court = Court::load(ctx, catalog)?;
        let mut numbers = self.selection.numbers(ctx, (catalog, &court))?;
        // What was recorded before may not fit any more, because it was.
        let mut undecided: BTreeSet<_> = numbers.iter().copied().collect();
        let others = recorded.keys().filter(|asset| undecided.insert(**asset));
        numbers.extend(others);
        let decided = decide_these(ctx, (catalog, &court), (mode, numbers), |ctx, bench, row| {
            let (asset, state) = (row.asset.id, row.asset.state);
            undecided.remove(&asset);
            let is_person = ctx.actor.authority() == Authority::Human;
            let mut said = recorded.get(&asset).cloned().unwrap_or_default();
            if is_person && state == State::Withdrawn {
                withdrawn.push(asset);
                return Ok(Decided::Nothing(said));
            }
            let is_out = is_person && state.was().is_some();
            if is_out && !bench.catalog.arriving_files_of(asset)?.is_empty() {
                withdrawn.push(asset);
                said.push(half_restored(&row));
                return Ok(Decided::Nothing(said));
            }
            if is_person && state == State::Quarantined(Ended::Withdrawn) {
                before.push_back(asset);
                let takedown = bench.catalog.takedown_of(&row.asset)?;
                let open = takedown.is_some_and(|takedown| takedown.confirmed.is_none());
                unconfirmed.extend(open.then_some(asset));
                let because = "it was withdrawn before, and its files were taken out".to_owned();
                said.push(Item::Kept { subject: subject(&row.asset), because });
                return Ok(Decided::Nothing(said));
            }
            Ok(match self.step().transition(ctx, bench.catalog, &row)? {
                Ok(step) => {
                    withdrawn.push(asset);
                    Decided::Change(self.step().decision(&row, step, Vec::new()))
                }
                Err(refusal) => Decided::Nothing(vec![with_the_way_on(refusal, state)]),
            })
        });
        // Of a run that ends before it came to them: they are as they were before.
        for asset in undecided {
            let state = catalog.asset(asset).ok().flatten().map(|asset| asset.state);
            let is_out = state == Some(State::Quarantined(Ended::Withdrawn))
                && catalog.arriving_files_of(asset).is_ok_and(|files| files.is_empty());
            if is_out { before.push_back(asset) } else { withdrawn.push(asset) }
        }
        decided
    }
}

/// Some of its files may be served again already.
fn half_restored(row: &FactsRow) -> Item {
    let what = format!("{} {}", row.asset.id, row.asset.path);
    let why = "a restore of it is not finished".to_owned();
    let hint = Some("run `shelflife recover`, then withdraw it again".to_owned());
    Item::Failure { what, why, hint }
}

/// Whoever asks for it may mean a file that is there again.
fn with_the_way_on(refusal: Item, state: State) -> Item {
    match refusal {
        Item::Refusal { subject, action, why } if state.was().is_some() => {
            let why = format!(
                "{why}; a file that is at its path by now is another asset: `shelflife scan` records it"
            );
            Item::Refusal { subject, action, why }
        }
        other => other,
    }
}
