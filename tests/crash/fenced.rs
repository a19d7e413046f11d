//! A second run that begins before any step of a first one, as it may where the lock is lost: the
//! first one changes nothing any more, and what it had begun is settled by the second.

use std::fs;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use shelflife::catalog::CatalogError;
use shelflife::error::Error;
use shelflife::executor::{Fence, Target, recover};
use shelflife::exit::ExitCode;
use shelflife::files::Steps;
use shelflife::files::steps::Unwatched;

use super::check::violations;
use super::dying::Fate;
use super::protocol::Real;
use super::purging::{purge, purge_steps, ripe, wrong};
use super::scene::{Ground, Layout, Scene, Template, has_two_devices};
use super::{Doing, Trial, say};

/// Lets another run begin and settle everything just before step `at`.
#[derive(Debug)]
struct TakenOver {
    at: usize,
    paused: bool,
    ground: Ground,
    fence: OnceLock<Fence>,
    met: Mutex<Met>,
}

/// What became of the steps of the first run.
#[derive(Debug, Default)]
struct Met {
    steps: usize,
    /// Those that it was let take after it was over.
    taken_after: Vec<&'static str>,
}

impl Steps for TakenOver {
    fn before(&self, what: &'static str) -> io::Result<()> {
        let mut met = self.met.lock().unwrap();
        let number = met.steps;
        met.steps += 1;
        if number == self.at {
            take_over(&self.ground, self.paused);
        }
        self.fence.get().unwrap().before(what)?;
        if number >= self.at {
            met.taken_after.push(what);
        }
        Ok(())
    }
}

/// Another run, from its beginning to its end; perhaps somebody pauses first.
fn take_over(ground: &Ground, paused: bool) {
    if paused {
        fs::write(&ground.pause_file, "").unwrap();
    }
    let mut catalog = ground.open_catalog("takes over");
    catalog.begin_epoch().unwrap();
    let steps: Arc<dyn Steps> = Arc::new(Unwatched);
    let recovered = recover(&mut ground.target(&mut catalog, &steps)).unwrap();
    assert!(recovered.unsettled.is_empty(), "{recovered:?}");
}

/// Does the work in a run that is taken over before step `at`. Tells how it ended.
fn taken_over_at(
    scene: &Scene<'_>,
    (at, paused): (usize, bool),
    work: impl FnOnce(&mut Target<'_>) -> Result<bool, Error>,
) -> Result<bool, Error> {
    let ground = scene.ground();
    let watched = Arc::new(TakenOver {
        at,
        paused,
        ground: ground.clone(),
        fence: OnceLock::new(),
        met: Mutex::default(),
    });
    let steps: Arc<dyn Steps> = watched.clone();
    let done = scene.process_watched("is taken over", &steps, |target| {
        target.catalog.begin_epoch()?;
        let turn = ground.turn(target.catalog);
        watched.fence.set(Fence(turn)).unwrap();
        work(target)
    });
    let met = watched.met.lock().unwrap();
    assert!(met.steps > at, "it never came to step {at}");
    assert!(met.taken_after.is_empty(), "step {at}: it went on with {:?}", met.taken_after);
    done
}

/// It ends as changed by somebody else, but where all that was left to do is clearing away.
fn check_end(done: &Result<bool, Error>, place: &str) -> bool {
    match done {
        Ok(done) => assert!(done, "{place}"),
        Err(error) => {
            assert!(
                matches!(error, Error::Catalog(CatalogError::Fenced { .. })),
                "{place}: {error:?}"
            );
            assert_eq!(error.exit_code(), ExitCode::Changed);
        }
    }
    done.is_err()
}

#[test]
fn a_run_that_is_taken_over_before_any_step_changes_nothing_more_and_all_is_whole() {
    let (mut points, mut fenced) = (0, 0);
    let layouts = [Layout::OneDevice, Layout::TwoDevices];
    for layout in layouts.into_iter().take(1 + usize::from(has_two_devices())) {
        let template = Template::new(3, layout);
        for doing in [Doing::Clean, Doing::Restore] {
            let trial = Trial { protocol: &Real, template: &template, doing };
            for (at, step) in trial.steps().into_iter().enumerate() {
                let place = format!("{layout:?}, {doing:?} before {step} {at}");
                let scene = trial.scene();
                let done = taken_over_at(&scene, (at, false), |target| trial.work(target, 2));
                fenced += usize::from(check_end(&done, &place));
                let wrong = violations(&scene, &scene.open_catalog("looks"));
                assert!(wrong.is_empty(), "{place}: {wrong:#?}");
                points += 1;
            }
        }
    }
    say(&format!("fencing: taken over at {points} points, {fenced} of them before the end"));
}

#[test]
fn a_purge_that_is_taken_over_before_any_step_deletes_nothing_more() {
    let template = Template::new(3, Layout::OneDevice);
    let (mut points, mut fenced) = (0, 0);
    for paused in [false, true] {
        for (at, step) in purge_steps(&template).into_iter().enumerate() {
            let place = format!("before {step} {at}, paused: {paused}");
            let scene = ripe(&template);
            let done = taken_over_at(&scene, (at, paused), |target| purge(&scene, target, 2));
            if paused {
                fs::remove_file(scene.pause_file()).unwrap();
                scene.process("resumes", Fate::Nothing, recover).0.unwrap();
            }
            fenced += usize::from(check_end(&done, &place));
            let wrong = wrong(&scene, &place);
            assert!(wrong.is_empty(), "{wrong:#?}");
            points += 1;
        }
    }
    say(&format!("fencing: purges taken over at {points} points, {fenced} before the end"));
}
