//! The real program on real file systems whose power is cut.
//!
//! The program is killed before one of its changes, and then the disks lose what was not made
//! durable. What recovery makes of the rest has to be whole: every file is there once and as it
//! was, catalog, log and disks agree, and what the program said it had done is done.

use std::thread;

use super::acts::Act;
use super::disk::Kind;
use super::machine::{Layout, Machine, Template};
use super::traced::{Cut, Moment};
use super::{can_mount, chosen};
use crate::crash::say;

/// How a run died before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Death {
    /// Amid its work, and the power with it: what is there was made durable.
    WithPower,
    /// Amid its work, on a machine that goes on: there are renames that only memory knows of.
    Amid,
    /// The same when all files of an asset had been moved, and the last one was not durable yet.
    Moved,
}

/// What the program is doing when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Doing {
    act: Act,
    /// It brings to an end what a run of the act left unfinished that died like this.
    after: Option<Death>,
}

impl Act {
    /// The deaths on a machine that goes on, given the changes of a run that lives.
    fn deaths(self, moments: &[Moment]) -> Vec<(Death, Moment)> {
        let is_moved =
            |pair: &&[Moment]| matches!(pair, [Moment("renameat2", _), Moment("fsync", _)]);
        let moved = moments.windows(2).rfind(is_moved).unwrap()[1];
        let amid = self.amid().map(|moment| (Death::Amid, moment));
        amid.into_iter().chain([(Death::Moved, moved)]).collect()
    }
}

impl Doing {
    fn words(self) -> &'static [&'static str] {
        if self.after.is_some() { &["recover"] } else { self.act.words() }
    }
}

/// How often the power was cut, and how often amid a move, of how many moments.
#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    cuts: usize,
    unfinished: usize,
    moments: usize,
    recoveries: usize,
}

impl Counted {
    fn and(self, other: Self) -> Self {
        Self {
            cuts: self.cuts + other.cuts,
            unfinished: self.unfinished + other.unfinished,
            moments: self.moments + other.moments,
            recoveries: self.recoveries + other.recoveries,
        }
    }
}

/// A command on machines whose power goes.
struct Trial<'t> {
    template: &'t Template,
    doing: Doing,
    /// Where a run of the act dies before, if the machine goes on.
    died: Option<Moment>,
    place: (Kind, Layout),
}

impl Trial<'_> {
    fn machine(&self) -> Machine<'_> {
        let machine = self.template.machine();
        if let Some(moment) = self.died {
            machine.killed(self.doing.act.words(), moment);
        }
        machine
    }

    fn moments(&self) -> Vec<Moment> {
        self.machine().moments(self.doing.words())
    }

    fn cut_at(&self, moments: &[Moment]) -> Counted {
        let Self { doing, place, .. } = self;
        let is_first = doing.after.is_none();
        let mut counted = Counted { moments: moments.len(), ..Counted::default() };
        for moment in chosen(moments, if is_first { 2 } else { 1 }) {
            let machine = self.machine();
            machine.run_until(doing.words(), &Cut::Before(moment));
            counted.unfinished += usize::from(is_first && machine.has_open_operations());
            assert_eq!(machine.violations(), [""; 0], "{place:?} {doing:?} {moment:?}");
            counted.recoveries += usize::from(!is_first);
            counted.cuts += 1;
        }
        counted
    }
}

/// Cuts the power amid an act, and amid the recoveries from runs of it that died.
fn cut_the_power(kind: Kind, layout: Layout, act: Act) -> Counted {
    let place = (kind, layout);
    let template = act.template(kind, layout);
    let doing = Doing { act, after: None };
    let trial = Trial { template: &template, doing, died: None, place };
    let moments = trial.moments();
    let mut counted = trial.cut_at(&moments);
    // Where the catalog is apart, recovery does as it does where all is together.
    let deaths = if layout == Layout::CatalogApart { Vec::new() } else { act.deaths(&moments) };
    for (death, moment) in deaths {
        let doing = Doing { act, after: Some(death) };
        let trial = Trial { doing, died: Some(moment), ..trial };
        counted = counted.and(trial.cut_at(&trial.moments()));
    }
    if let (Some(amid), Act::Clean | Act::Purge | Act::Publish) = (act.amid(), act) {
        let template = template.after(|machine| machine.run_until(act.words(), &Cut::Before(amid)));
        let doing = Doing { act, after: Some(Death::WithPower) };
        let trial = Trial { template: &template, doing, died: None, place };
        counted = counted.and(trial.cut_at(&trial.moments()));
    }
    counted
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_and_unmakes_nothing_that_was_said() {
    if !can_mount() {
        return;
    }
    let on = |kind| {
        let layouts = Layout::ALL.into_iter();
        let machines = layouts.flat_map(|layout| Act::ALL.map(|act| (layout, act)));
        machines.map(|(layout, act)| cut_the_power(kind, layout, act)).reduce(Counted::and)
    };
    let counted = thread::scope(|scope| {
        let kinds = Kind::ALL.map(|kind| scope.spawn(move || on(kind)));
        kinds.into_iter().filter_map(|kind| kind.join().unwrap()).reduce(Counted::and)
    });
    let Counted { cuts, unfinished, moments, recoveries } = counted.unwrap();
    assert!(unfinished > 0, "no cut came amid a move");
    say(&format!(
        "power: cut {cuts} times at one of {moments} moments, on ext4, ext4 with writeback and \
         xfs, {unfinished} times amid a move and {recoveries} times amid a recovery; nothing lost"
    ));
}

/// What proves that the test above can fail: the same run on disks that do not keep what they were
/// told to keep, as if the program had not told them.
#[test]
fn a_program_that_does_not_wait_for_its_disks_is_caught() {
    if !can_mount() {
        return;
    }
    let mut caught = 0;
    for (missing, layout, cut) in [
        ("every sync", Layout::Together, Cut::WithoutSync),
        ("every sync of a copy", Layout::QuarantineApart, Cut::WithoutSyncOf(1)),
        ("every sync of the library", Layout::QuarantineApart, Cut::WithoutSyncOf(0)),
        ("every sync of a folder", Layout::CatalogApart, Cut::WithoutSyncOf(0)),
        ("every sync of the catalog", Layout::CatalogApart, Cut::WithoutSyncOf(1)),
    ] {
        for kind in Kind::ALL {
            let template = Act::Clean.template(kind, layout);
            let violations = |cut: &Cut| {
                let machine = template.machine();
                machine.run_until(Act::Clean.words(), cut);
                machine.violations()
            };
            assert_eq!(
                violations(&Cut::Before(Moment("exit_group", 1))),
                [""; 0],
                "{kind:?} {layout:?}"
            );
            assert_ne!(violations(&cut), [""; 0], "without {missing}, on {kind:?}");
            caught += 1;
        }
    }
    // What each command says it has done is looked for, too.
    for act in [Act::Clean, Act::Restore, Act::Purge, Act::Publish] {
        for kind in chosen(&Kind::ALL, 1) {
            let template = act.template(kind, Layout::Together);
            let machine = template.machine();
            machine.run_until(act.words(), &Cut::WithoutSync);
            let wrong = machine.violations();
            let is_told = wrong.iter().any(|what| what.starts_with("what was said"));
            assert!(is_told, "{act:?} on {kind:?}: {wrong:?}");
            caught += 1;
        }
    }
    say(&format!("power: {caught} runs that do not wait for their disks were caught"));
}
