//! What commands that move files share: one run at a time, on the disks that the catalog is about,
//! after what an earlier run left behind was settled.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, CatalogError};
use crate::config::Config;
use crate::domain::cleanup::Load;
use crate::domain::lifecycle::{Action, Transition};
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::pause::{self, Heed};
use crate::domain::text::counted;
use crate::error::{Error, file_hint};
use crate::executor::{Fence, Obstacle, Recovered, Settled, Switch, Target, recover};
use crate::exit::ExitCode;
use crate::files::steps::Unwatched;
use crate::files::{MoveError, Quarantine, Root, RunLock, Steps, is_beneath};
use crate::report::{Item, Subject};

use super::Context;
use super::library::Mode;
use super::older::refuse_older_catalog;
use super::publish::refuse_half_published;
pub(super) use super::roots::{guarded_roots, reachable_roots};
use super::settled::say_unsettled;
pub(super) use super::settled::{say_recovered, waits};
use super::turn::begin_turn;

/// What a command that moves files does while it is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhilePaused {
    /// It is refused, and stops once it has begun.
    Stop,
    /// It only brings the catalog up to what is on disk.
    WriteDown,
    /// A person asked for it in spite of the pause.
    GoOn,
}

impl Context<'_> {
    /// Runs `work` as the only run that moves files, and tells what was settled before it.
    ///
    /// Fails before anything is changed if another run is at work, or if a root or the quarantine
    /// is not the one that the catalog knows.
    pub(super) fn act(
        &mut self,
        paused: WhilePaused,
        work: impl FnOnce(&mut Self, &mut Target<'_>, Recovered) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.with_catalog(Mode::Real, |ctx, catalog| {
            ctx.act_on((catalog, Reach::Every), paused, work)
        })
    }

    /// [`Self::act`] for a command that has opened the catalog.
    pub(super) fn act_on(
        &mut self,
        (catalog, reach): (&mut Catalog, Reach),
        paused: WhilePaused,
        work: impl FnOnce(&mut Self, &mut Target<'_>, Recovered) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let config = self.config()?;
        let switch = Switch { heed: paused.heed(), ..self.switch(&config) };
        if paused == WhilePaused::Stop {
            refuse_while_paused(&switch, catalog)?;
        }
        let _lock = begin_turn(self, (&config, catalog))?;
        let done = target_in(reach, (self, &config), catalog, switch).and_then(|mut target| {
            let recovered = recover(&mut target)?;
            work(self, &mut target, recovered)
        });
        catalog.leave_epoch();
        done
    }

    /// Where to look whether it is paused.
    pub(super) fn switch(&self, config: &Config) -> Switch {
        Switch {
            file: config.catalog.with_file_name(pause::FILE_NAME),
            environment: self.settings.paused.clone(),
            heed: Heed::Stop,
        }
    }

    /// Makes this the only run that reads or moves files. Refused, before anything is changed, if the
    /// catalog is older than its quarantine.
    pub(super) fn take_turn(&mut self, catalog: &mut Catalog) -> Result<RunLock, Error> {
        let config = self.config()?;
        let lock = begin_turn(self, (&config, catalog))?;
        refuse_older_catalog(&config, catalog)?;
        Ok(lock)
    }

    /// Settles what an earlier run was moving when it ended: a scan must not take half of a move for
    /// news.
    pub(super) fn settle_first(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        if catalog.open_operations()?.is_empty() {
            return Ok(());
        }
        let config = self.config()?;
        let switch = self.switch(&config);
        let mut target = target((self, &config), catalog, switch)?;
        let recovered = recover(&mut target)?;
        say_recovered(self, target.catalog, &recovered)?;
        refuse_half_published(&target, &recovered)
    }

    /// What a command that moves files would work on now, without a way to change any of it. Fails
    /// where that command would be refused before it moved anything.
    pub(super) fn foreseen<'c>(&mut self, catalog: &'c mut Catalog) -> Result<Target<'c>, Error> {
        let config = self.config()?;
        let switch = self.switch(&config);
        refuse_while_paused(&switch, catalog)?;
        target((self, &config), catalog, switch)
    }

    /// Runs `work` on the same things without changing any of them.
    pub(super) fn foresee(
        &mut self,
        work: impl FnOnce(&mut Self, &Target<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let config = self.config()?;
        self.with_catalog(Mode::DryRun, |ctx, catalog| {
            let switch = ctx.switch(&config);
            let target = target((ctx, &config), catalog, switch)?;
            work(ctx, &target)
        })
    }
}

/// Which roots must be there, and be those that were scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of them: who cannot see one cannot tell what a plan would do.
    Every,
    /// Those that are there: what is unsafe leaves them whatever became of the others.
    WhatIsThere,
}

impl WhilePaused {
    fn heed(self) -> Heed {
        match self {
            Self::Stop | Self::WriteDown => Heed::Stop,
            Self::GoOn => Heed::GoOn,
        }
    }
}

pub(super) fn refuse_while_paused(switch: &Switch, catalog: &Catalog) -> Result<(), Error> {
    // Asked first: SQLite tells of a damaged page when it loads it, and not again.
    catalog.check_pause()?;
    let by = switch.look(Some(catalog));
    if by.is_empty() { Ok(()) } else { Err(Error::Paused { by }) }
}

/// [`target`], or what of it is there, with a word about every root that is left out.
fn target_in<'c>(
    reach: Reach,
    (ctx, config): (&mut Context<'_>, &Config),
    catalog: &'c mut Catalog,
    switch: Switch,
) -> Result<Target<'c>, Error> {
    if reach == Reach::Every {
        return target((ctx, config), catalog, switch);
    }
    let (roots, left_out) = reachable_roots(config, catalog)?;
    for why in left_out {
        ctx.report.text(format!("Left out: {why}"));
    }
    target_on((ctx, config), catalog, switch, roots)
}

fn target<'c>(
    (ctx, config): (&Context<'_>, &Config),
    catalog: &'c mut Catalog,
    switch: Switch,
) -> Result<Target<'c>, Error> {
    let roots = guarded_roots(config, catalog)?;
    target_on((ctx, config), catalog, switch, roots)
}

/// What the executor works on, with these roots.
pub(super) fn target_on<'c>(
    (ctx, config): (&Context<'_>, &Config),
    catalog: &'c mut Catalog,
    switch: Switch,
    roots: BTreeMap<i64, Root>,
) -> Result<Target<'c>, Error> {
    let quarantine = Quarantine::open(&config.quarantine)?;
    for root in &config.roots {
        let is_open = roots.values().any(|open| open.path() == root.path);
        let beneath = is_beneath(quarantine.path(), &root.path);
        // Nobody can ask a disk that is gone.
        if beneath.or_else(|error| if is_open { Err(error) } else { Ok(false) })? {
            let what = format!("quarantine {}", quarantine.path().display());
            let why = format!("it is beneath the root {}", root.path.display());
            return Err(Error::guard(what, why, "keep it where nothing is served or scanned"));
        }
    }
    let steps = fence(config, catalog)?;
    let watched = |(id, root): (i64, Root)| (id, root.watched_by(Arc::clone(&steps)));
    Ok(Target {
        catalog,
        roots: roots.into_iter().map(watched).collect(),
        quarantine: quarantine.watched_by(Arc::clone(&steps)),
        steps,
        switch,
        now: ctx.now,
        restore_hold_hours: config.policy.restore_hold_hours,
    })
}

/// What asks before every change whose turn it is; a run that changes nothing has none.
fn fence(config: &Config, catalog: &Catalog) -> Result<Arc<dyn Steps>, Error> {
    let turn = catalog.turn(&config.catalog)?;
    Ok(turn.map_or_else(|| Arc::new(Unwatched) as Arc<dyn Steps>, |turn| Arc::new(Fence(turn))))
}

/// Tells why an asset's files were not moved, and how far that was put right.
pub(super) fn say_not_done(
    ctx: &mut Context<'_>,
    (subject, action): (&Subject, &'static str),
    because: &Obstacle,
    settled: Option<&Settled>,
) {
    let why = because.in_words();
    let what = format!("{} {}", subject.id, subject.path);
    let failure = |hint: Option<&str>| Item::Failure {
        what: what.clone(),
        why: why.clone(),
        hint: hint.map(str::to_owned),
    };
    let item = match because {
        Obstacle::Taken { .. } | Obstacle::Catalog(CatalogError::PathTaken { .. }) => {
            Item::Refusal { subject: subject.clone(), action, why }
        }
        Obstacle::Catalog(_) => {
            ctx.report.outcome(ExitCode::Changed);
            failure(Some("look at it again and repeat the command"))
        }
        Obstacle::Damaged { .. } => {
            ctx.report.outcome(ExitCode::Integrity);
            failure(None)
        }
        Obstacle::Drifted { .. } | Obstacle::Vanished { .. } => {
            failure(Some("run `shelflife scan`, then decide about the asset again"))
        }
        Obstacle::SeveralNames { .. } if action == OperationKind::Publish.name() => {
            failure(Some("remove the other name, or put a copy in the place of the file"))
        }
        Obstacle::SeveralNames { .. } => failure(Some(
            "remove the other name, or let cleans move such files: `hard_links = \"move\"` in [clean]",
        )),
        Obstacle::File(MoveError::Other(error)) => failure(file_hint(error).as_deref()),
        _ => failure(None),
    };
    ctx.report.say(&item);
    if let Some(settled) = settled
        && settled.end != OperationState::Aborted
    {
        say_unsettled(ctx, subject, settled);
    }
}

/// Says that files of an asset go, or went, to quarantine, why, and how that is undone.
pub(super) fn say_quarantined(
    ctx: &mut Context<'_>,
    subject: &Subject,
    (transition, load): (Transition, Load),
    mut why: Vec<String>,
) {
    let Load { files, bytes, .. } = load;
    why.push(format!("{}, {}", counted(files, "file"), counted(bytes, "byte")));
    why.push(format!("undo with `shelflife restore {}`", subject.id.0));
    ctx.report.figure("files", files);
    ctx.report.figure("bytes", bytes);
    ctx.report.say(&Item::Change {
        subject: subject.clone(),
        action: Action::Quarantine.name(),
        from: transition.from,
        to: transition.to,
        why,
    });
}

pub(super) const IN_HAND: &str =
    "The asset in hand stays open; `shelflife recover` settles it after the pause.";

/// Says how far a run of so many assets had come if it was the kill switch that ended it: the others
/// are `left`, and of the one in hand this is to be said. Tells how many were done.
pub(super) fn say_stopped(
    ctx: &mut Context<'_>,
    (catalog, error): (&Catalog, &Error),
    planned: u64,
    (left, in_hand): (&'static str, &'static str),
) -> u64 {
    if !matches!(error, Error::Paused { .. }) {
        return 0;
    }
    let done = ctx.report.summary.changed;
    ctx.report.figure(left, planned.saturating_sub(done + ctx.report.summary.failed));
    ctx.report
        .text(format!("The pause ended this run: {done} of {} done.", counted(planned, "asset")));
    if catalog.is_in_hand().unwrap_or(true) {
        ctx.report.text(in_hand);
    }
    done
}

/// [`say_stopped`] of a run that moved files, and how that is undone.
pub(super) fn say_paused(ctx: &mut Context<'_>, target: &Target<'_>, planned: u64, error: &Error) {
    let done = say_stopped(ctx, (target.catalog, error), planned, ("not begun", IN_HAND));
    if done > 0
        && let Some(run) = target.catalog.run_begun()
    {
        ctx.report.text(format!("Undo with `shelflife restore --while-paused --run {run}`."));
    }
}
