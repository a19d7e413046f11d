//! A pause that comes before each step of a run, and a recovery that may not touch the disk.

use std::fs;
use std::path::Path;

use shelflife::domain::pause::{Pause, Stop};
use shelflife::domain::time::Timestamp;
use shelflife::error::Error;
use shelflife::executor::{Recovered, recover};
use shelflife::exit::ExitCode;

use super::check::{misplaced, regular_files, violations_but};
use super::dying::{Fate, Meddled};
use super::protocol::Real;
use super::scene::{Layout, Scene, Template, has_two_devices};
use super::{Doing, Trial, say};

/// How the run is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    By(Stop),
    /// Killed first, paused then.
    Killed,
}

fn pause(file: &Path, stop: Stop) {
    let since = Timestamp::parse("2026-09-01T09:00:00Z").unwrap();
    let pause = Pause { by: "li".to_owned(), since, reason: "the wrong folder".to_owned(), stop };
    fs::write(file, pause.text()).unwrap();
}

/// What a recovery did, and the length of the log after it.
fn recovered(scene: &Scene<'_>) -> (Recovered, u64) {
    let (done, _) = scene.process("recovers", Fate::Nothing, |target| {
        let recovered = recover(target)?;
        Ok((recovered, target.catalog.audit_head()?.0))
    });
    done.unwrap()
}

impl Trial<'_> {
    fn pause_at(&self, at: usize, stopped: Stopped) -> bool {
        let scene = self.scene();
        let place = format!("{:?} {stopped:?} before step {at}", self.doing);
        let file = scene.pause_file();
        match stopped {
            Stopped::Killed => {
                let fate = Fate::DiesBefore(at);
                let _dead = scene.process("dies", fate, |target| self.work(target, 2));
                pause(&file, Stop::AfterAsset);
            }
            Stopped::By(stop) => {
                let path = file.clone();
                let steps = Meddled::before(at, move || pause(&path, stop));
                let done = scene.process_watched("pauses", &steps, |target| self.work(target, 2));
                check_end(&scene, (stop, done), &place);
                pause(&file, stop);
            }
        }
        let half_moved = check_written_down(&scene, &place);
        fs::remove_file(&file).unwrap();
        recovered(&scene);
        let wrong = violations_but(&scene, &scene.open_catalog("looks"), Some(".partial"));
        assert!(wrong.is_empty(), "{place}: {wrong:#?}");
        let (again, _) = scene.process("again", Fate::Nothing, |target| self.work(target, 3));
        assert!(matches!(again, Ok(true)), "{place}: {again:?}");
        half_moved
    }
}

/// An asset that was begun is finished, unless the pause is to stop before the next file.
fn check_end(scene: &Scene<'_>, (stop, done): (Stop, Result<bool, Error>), place: &str) {
    let open = scene.open_catalog("looks").open_operations().unwrap().len();
    match done {
        Ok(done) => assert!(done && open == 0, "{place}"),
        Err(error) => {
            assert_eq!(error.exit_code(), ExitCode::Paused, "{place}: {error:?}");
            assert!(open == 0 || stop == Stop::BeforeNextFile, "{place}: {open} open");
        }
    }
}

/// A recovery while it is paused tells the catalog where each file is and moves none. Tells
/// whether the asset is in two places.
fn check_written_down(scene: &Scene<'_>, place: &str) -> bool {
    let disk = || (regular_files(&scene.root()), regular_files(&scene.quarantine()));
    let before = disk();
    let (first, length) = recovered(scene);
    assert!(disk() == before, "{place}: something moved");
    let wrong = misplaced(scene, &scene.open_catalog("looks"));
    assert!(wrong.is_empty(), "{place}: {wrong:#?}");
    assert!(first.unsettled.is_empty(), "{place}: {first:?}");
    let (_, again) = recovered(scene);
    assert_eq!(again, length, "{place}: it was written down twice");
    !first.waiting.is_empty()
}

#[test]
fn a_pause_before_any_step_ends_the_run_and_the_catalog_has_where_each_file_is() {
    let (mut points, mut half_moved) = (0, 0);
    let layouts = [Layout::OneDevice, Layout::TwoDevices];
    for layout in layouts.into_iter().take(1 + usize::from(has_two_devices())) {
        let template = Template::new(3, layout);
        for doing in [Doing::Clean, Doing::Restore] {
            let trial = Trial { protocol: &Real, template: &template, doing };
            let steps = trial.steps().len();
            let ways = [Stop::AfterAsset, Stop::BeforeNextFile].map(Stopped::By);
            for stopped in ways.into_iter().chain([Stopped::Killed]) {
                for at in 0..=steps {
                    half_moved += usize::from(trial.pause_at(at, stopped));
                    points += 1;
                }
            }
        }
    }
    assert!(half_moved > 0, "no asset was half moved");
    say(&format!("pause: at {points} points, {half_moved} of them amid an asset"));
}
