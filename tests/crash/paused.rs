//! A pause that comes before each step of a run, and a recovery that may not touch the disk.

use std::fs;
use std::path::Path;

use shelflife::catalog::{Catalog, CatalogError};
use shelflife::domain::pause::{Pause, Stop};
use shelflife::domain::time::Timestamp;
use shelflife::error::Error;
use shelflife::executor::{Recovered, recover};
use shelflife::exit::ExitCode;

use super::check::{misplaced, regular_files, violations_but};
use super::dying::{Fate, Meddled};
use super::protocol::Real;
use super::scene::{Layout, Scene, Template, has_two_devices, session};
use super::{Doing, Trial, say};

/// How the run is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    By(Stop),
    /// Killed first, paused then.
    Killed,
}

fn pause_of(stop: Stop) -> Pause {
    let since = Timestamp::parse("2026-09-01T09:00:00Z").unwrap();
    Pause { by: "li".to_owned(), since, reason: "the wrong folder".to_owned(), stop }
}

fn pause(file: &Path, stop: Stop) {
    fs::write(file, pause_of(stop).text()).unwrap();
}

fn set_flag(catalog: &Path, stop: Stop) {
    let mut catalog = Catalog::open_to_write(catalog, session("pauses")).unwrap();
    catalog.record_pause(&pause_of(stop), &pause_of(stop)).unwrap();
}

/// Sets the flag in a catalog that is open.
pub(super) fn set_flag_in(catalog: &mut Catalog) {
    catalog.record_pause(&pause_of(Stop::AfterAsset), &pause_of(Stop::AfterAsset)).unwrap();
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

    /// Sets the flag between the last look before a change and the change itself. Tells whether the
    /// run was ended by it.
    fn set_flag_at(&self, at: usize, stop: Stop) -> bool {
        let scene = self.scene();
        let path = scene.catalog();
        let steps = Meddled::before(at, move || set_flag(&path, stop));
        let done = scene.process_watched("flagged", &steps, |target| self.work(target, 2));
        let place = format!("{:?}, flag {stop:?} before step {at}", self.doing);
        let mut kinds = Vec::new();
        scene
            .open_catalog("looks")
            .visit_audit::<CatalogError>(None, None, |entry| {
                kinds.push(entry.kind);
                Ok(())
            })
            .unwrap();
        let after = kinds.iter().skip_while(|kind| *kind != "pause.begin");
        let begun = after.filter(|kind| kind.ends_with(".intent")).count();
        assert_eq!(begun, 0, "{place}: {kinds:?}");
        let ended = done.is_err();
        check_end(&scene, (stop, done), &place);
        ended
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

#[test]
fn the_log_has_no_intent_after_a_flag_that_came_between_the_last_look_and_the_announcement() {
    let template = Template::new(3, Layout::OneDevice);
    for doing in [Doing::Clean, Doing::Restore] {
        let trial = Trial { protocol: &Real, template: &template, doing };
        let steps = trial.steps();
        let announced = steps.iter().position(|step| *step == "open operation").unwrap();
        for at in 0..steps.len() {
            let ended = trial.set_flag_at(at, Stop::AfterAsset);
            assert_eq!(ended, at <= announced, "{doing:?} at {at}");
            trial.set_flag_at(at, Stop::BeforeNextFile);
        }
    }
}
