//! The real program on real file systems whose power is cut.
//!
//! The program is killed before one of its changes, and then the disks lose what was not made
//! durable. What recovery makes of the rest has to be whole: every file is there once and as it
//! was, catalog, log and disks agree, and what the program said it had done is done.

use std::thread;

use super::disk::Kind;
use super::machine::{Layout, Template};
use super::traced::{Cut, Moment};
use super::{can_mount, chosen};
use crate::crash::say;

/// What the program is doing when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Clean,
    Restore,
    /// It brings to an end what another cut left unfinished.
    Recover,
    Purge,
    /// The same amid a purge that has begun to delete.
    RecoverPurge,
    Publish,
    RecoverPublish,
}

impl Doing {
    const ALL: [Self; 7] = [
        Self::Clean,
        Self::Restore,
        Self::Recover,
        Self::Purge,
        Self::RecoverPurge,
        Self::Publish,
        Self::RecoverPublish,
    ];

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Clean => &["clean", "--apply"],
            Self::Restore => &["restore", "--state", "quarantined"],
            Self::Recover | Self::RecoverPurge | Self::RecoverPublish => &["recover"],
            Self::Publish => &["publish", "--ready"],
            Self::Purge => &["purge", "--apply", "--yes-delete", "2"],
        }
    }

    /// The machine as it is before.
    fn template(self, kind: Kind, layout: Layout) -> Template {
        let drafts = matches!(self, Self::Publish | Self::RecoverPublish);
        let template =
            if drafts { Template::of_drafts(kind, layout) } else { Template::new(kind, layout) };
        match self {
            Self::Clean | Self::Publish => template,
            Self::RecoverPublish => {
                let amid_a_move = Cut::Before(Moment("renameat2", 2));
                template.after(|machine| machine.run_until(Self::Publish.words(), &amid_a_move))
            }
            Self::Restore => template.after(|machine| {
                machine.must_run(Self::Clean.words());
            }),
            Self::Recover => {
                let amid_a_move = Cut::Before(Moment("renameat2", 2));
                template.after(|machine| machine.run_until(Self::Clean.words(), &amid_a_move))
            }
            Self::Purge => template.ripe(),
            Self::RecoverPurge => {
                let amid = Cut::Before(Moment("unlinkat", 2));
                template.ripe().after(|machine| machine.run_until(Self::Purge.words(), &amid))
            }
        }
    }
}

/// How often the power was cut, and how often amid a move, of how many moments.
#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    cuts: usize,
    unfinished: usize,
    moments: usize,
}

impl Counted {
    fn and(self, other: Self) -> Self {
        Self {
            cuts: self.cuts + other.cuts,
            unfinished: self.unfinished + other.unfinished,
            moments: self.moments + other.moments,
        }
    }
}

fn cut_the_power(kind: Kind, layout: Layout, doing: Doing) -> Counted {
    let template = doing.template(kind, layout);
    let all = template.machine().moments(doing.words());
    let mut counted = Counted { moments: all.len(), ..Counted::default() };
    for moment in chosen(&all, 3) {
        let machine = template.machine();
        machine.run_until(doing.words(), &Cut::Before(moment));
        counted.unfinished += usize::from(machine.has_open_operations());
        assert_eq!(machine.violations(), [""; 0], "{kind:?} {layout:?} {doing:?} {moment:?}");
        counted.cuts += 1;
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
        let machines = layouts.flat_map(|layout| Doing::ALL.map(|doing| (layout, doing)));
        machines.map(|(layout, doing)| cut_the_power(kind, layout, doing)).reduce(Counted::and)
    };
    let counted = thread::scope(|scope| {
        let kinds = Kind::ALL.map(|kind| scope.spawn(move || on(kind)));
        kinds.into_iter().filter_map(|kind| kind.join().unwrap()).reduce(Counted::and)
    });
    let Counted { cuts, unfinished, moments } = counted.unwrap();
    assert!(unfinished > 0, "no cut came amid a move");
    say(&format!(
        "power: cut {cuts} times at one of {moments} moments, on ext4, ext4 with writeback and \
         xfs, {unfinished} times amid a move; nothing lost"
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
            let template = Doing::Clean.template(kind, layout);
            let violations = |cut: &Cut| {
                let machine = template.machine();
                machine.run_until(Doing::Clean.words(), cut);
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
    say(&format!("power: {caught} runs that do not wait for their disks were caught"));
}
