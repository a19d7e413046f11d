//! Runs that die before or after any of their steps, and what recovery makes of them.

mod check;
mod dying;
mod fenced;
pub(crate) mod killed;
mod meddling;
mod paused;
mod protocol;
mod publishing;
mod purge_killed;
mod purge_proof;
mod purging;
mod scene;
mod stage;

use std::io::Write as _;

use shelflife::error::Error;
use shelflife::executor::Target;
use shelflife::exit::ExitCode;

use crate::support::must_run_everything;
use check::violations;
use dying::Fate;
use protocol::{Flaw, Flawed, Protocol, Real};
use scene::{Layout, Scene, Template, has_two_devices, removal, return_of};

/// What the run was doing when it died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Clean,
    Restore,
}

/// A way of moving files, on one kind of scene.
struct Trial<'a> {
    protocol: &'a dyn Protocol,
    template: &'a Template,
    doing: Doing,
}

/// What was tried, and what was wrong.
#[derive(Debug, Default)]
struct Tally {
    points: usize,
    /// Points at which a recovery died too.
    pairs: usize,
    /// Points at which something was wrong.
    bad: usize,
    wrong: Vec<String>,
}

impl Trial<'_> {
    /// A scene in which the run that will die has not begun.
    fn scene(&self) -> Scene<'_> {
        let scene = Scene::new(self.template);
        if self.doing == Doing::Restore {
            let done = scene.process("before", Fate::Nothing, |target| {
                let removal = removal(target.catalog, 1).unwrap();
                Real.quarantine(target, &removal)
            });
            assert!(done.0.unwrap());
        }
        scene
    }

    /// Moves the asset's files, if they are where the move starts.
    fn work(&self, target: &mut Target<'_>, number: u32) -> Result<bool, Error> {
        match self.doing {
            Doing::Clean => match removal(target.catalog, number) {
                Some(removal) => self.protocol.quarantine(target, &removal),
                None => Ok(true),
            },
            Doing::Restore => match return_of(target.catalog, number) {
                Some(wanted) => self.protocol.restore(target, &wanted),
                None => Ok(true),
            },
        }
    }

    /// The steps of a run that nothing happens to.
    fn steps(&self) -> Vec<&'static str> {
        let (done, steps) =
            self.scene().process("whole", Fate::Nothing, |target| self.work(target, 2));
        assert!(done.unwrap(), "{:?}", self.doing);
        steps
    }

    /// Lets a run die before its step `at`, and a recovery before its step `again`; then recovers,
    /// runs again, and looks. Tells the steps of the recovery.
    fn die_at(&self, at: usize, again: Option<usize>, tally: &mut Tally) -> usize {
        let scene = self.scene();
        let _dead = scene.process("dies", Fate::DiesBefore(at), |target| self.work(target, 2));
        if let Some(again) = again {
            let fate = Fate::DiesBefore(again);
            let _dead = scene.process("dies too", fate, |target| self.protocol.recover(target));
        }
        let (recovered, steps) = scene.process("recovers", Fate::Nothing, |target| {
            self.protocol.recover(target)?;
            Ok(target.catalog.audit_head()?.0)
        });
        let mut wrong = look(&scene, "after recovery", recovered.as_ref().err());
        let (idle, _) = scene.process("idle", Fate::Nothing, |target| {
            self.protocol.recover(target)?;
            Ok(target.catalog.audit_head()?.0)
        });
        if idle.ok() != recovered.ok() {
            wrong.push("recovering again changed something".to_owned());
        }
        let (done, _) = scene.process("again", Fate::Nothing, |target| self.work(target, 3));
        wrong.extend(look(&scene, "after running again", done.as_ref().err()));
        if !matches!(done, Ok(true)) {
            wrong.push(format!("running again ended with {done:?}"));
        }
        tally.points += 1;
        tally.pairs += usize::from(again.is_some());
        tally.bad += usize::from(!wrong.is_empty());
        let place = format!("{:?} died before step {at}, recovery {again:?}", self.doing);
        tally.wrong.extend(wrong.into_iter().map(|wrong| format!("{place}: {wrong}")));
        steps.len()
    }

    /// Lets one call fail in a process that lives on. It puts right what it can by itself.
    fn fail_at(&self, (at, step): (usize, &str), (name, errno): (&str, i32)) {
        let scene = self.scene();
        let place = format!("{:?}, {step} {at} failed with {name}", self.doing);
        let fate = Fate::FailsAt(at, errno);
        let (done, _) = scene.process("fails", fate, |target| self.work(target, 2));
        let open = scene.open_catalog("looks").open_operations().unwrap().len();
        assert_eq!(open, usize::from(step == "close operation"), "{place}: {done:?}");
        let disk_wide = !matches!(name, "EACCES" | "EINTR" | "EMFILE");
        match &done {
            // All that is left to do after the end is to clear away.
            Ok(true) => assert!(step.starts_with("remove") || step.starts_with("sync"), "{place}"),
            Ok(false) => assert!(!disk_wide, "{place}"),
            Err(error) if disk_wide => assert_eq!(error.exit_code(), ExitCode::Io, "{place}"),
            Err(_) => assert!(step.ends_with("operation"), "{place}: {done:?}"),
        }
        let (recovered, _) =
            scene.process("recovers", Fate::Nothing, |target| self.protocol.recover(target));
        let wrong = look(&scene, "after recovery", recovered.as_ref().err());
        assert!(wrong.is_empty(), "{place}: {wrong:#?}");
    }

    /// Dies before and after every step, and at every `stride`th pair of a step and one of the
    /// recovery's.
    fn die_everywhere(&self, stride: usize) -> Tally {
        let mut tally = Tally::default();
        let mut pair = 0;
        for at in 0..=self.steps().len() {
            let recovery = self.die_at(at, None, &mut tally);
            for again in 0..recovery {
                pair += 1;
                if pair % stride == 0 {
                    self.die_at(at, Some(again), &mut tally);
                }
            }
        }
        tally
    }
}

fn look(scene: &Scene<'_>, when: &str, error: Option<&Error>) -> Vec<String> {
    let mut wrong = violations(scene, &scene.open_catalog("looks"));
    wrong.extend(error.map(|error| format!("it failed: {error:?}")));
    wrong.into_iter().map(|wrong| format!("{when}, {wrong}")).collect()
}

/// A line that is seen even when the test passes.
pub(crate) fn say(line: &str) {
    std::io::stderr().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Dies everywhere with groups of 1, 3 and 8 files, cleaning and restoring.
fn die_in_groups(layout: Layout, strides: [usize; 3]) {
    let strides = if must_run_everything() { [1; 3] } else { strides };
    let (mut points, mut pairs) = (0, 0);
    for (count, stride) in [1, 3, 8].into_iter().zip(strides) {
        let template = Template::new(count, layout);
        for doing in [Doing::Clean, Doing::Restore] {
            let trial = Trial { protocol: &Real, template: &template, doing };
            let tally = trial.die_everywhere(stride);
            assert!(tally.wrong.is_empty(), "{layout:?}, {count} files: {:#?}", tally.wrong);
            points += tally.points;
            pairs += tally.pairs;
        }
    }
    say(&format!(
        "crash: died at {points} points, {layout:?}, and lost nothing; at {pairs} of them the \
         recovery died too, and the next one finished"
    ));
}

#[test]
fn a_run_that_dies_anywhere_loses_nothing() {
    die_in_groups(Layout::OneDevice, [1, 1, 3]);
}

#[test]
fn a_run_that_dies_anywhere_between_two_file_systems_loses_nothing() {
    if has_two_devices() {
        die_in_groups(Layout::TwoDevices, [3, 17, 397]);
    } else {
        assert!(!must_run_everything(), "there is only one file system");
    }
}

/// Without this the tests above could be blind.
#[test]
fn every_flaw_in_the_order_of_steps_is_found() {
    let template = Template::new(3, Layout::OneDevice);
    for (flaw, doings) in [
        (Flaw::ClosesFirst, &[Doing::Clean][..]),
        (Flaw::OpensLast, &[Doing::Clean]),
        (Flaw::NeverRecovers, &[Doing::Clean, Doing::Restore]),
        (Flaw::TakesAllForDone, &[Doing::Clean, Doing::Restore]),
        (Flaw::TakesAllForUndone, &[Doing::Clean, Doing::Restore]),
    ] {
        for doing in doings {
            let protocol = Flawed(flaw);
            let trial = Trial { protocol: &protocol, template: &template, doing: *doing };
            let tally = trial.die_everywhere(usize::MAX);
            say(&format!("crash: {flaw:?} is wrong at {} of {} points", tally.bad, tally.points));
            assert!(tally.bad > 0, "{flaw:?} was not noticed, {doing:?}");
        }
    }
}

/// The numbers of errors that a call may end with.
const ERRORS: [(&str, i32); 7] = [
    ("EINTR", 4),
    ("EIO", 5),
    ("EACCES", 13),
    ("EMFILE", 24),
    ("ENOSPC", 28),
    ("EROFS", 30),
    ("EDQUOT", 122),
];

#[test]
fn a_call_that_fails_leaves_everything_as_it_was_or_done() {
    let mut points = 0;
    let layouts = if has_two_devices() {
        &[Layout::OneDevice, Layout::TwoDevices][..]
    } else {
        &[Layout::OneDevice]
    };
    for layout in layouts {
        let template = Template::new(2, *layout);
        for doing in [Doing::Clean, Doing::Restore] {
            let trial = Trial { protocol: &Real, template: &template, doing };
            for (at, step) in trial.steps().into_iter().enumerate() {
                for error in ERRORS {
                    trial.fail_at((at, step), error);
                    points += 1;
                }
            }
        }
    }
    say(&format!("crash: {points} calls failed, and nothing was half done"));
}
