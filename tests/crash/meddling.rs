//! Others who change files while a run is at work, or after it died: what recovery cannot know.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use shelflife::catalog::{Catalog, CatalogError};
use shelflife::domain::asset::Place;
use shelflife::domain::lifecycle::State;
use shelflife::domain::operation::OperationState;
use shelflife::domain::recovery::Ending;
use shelflife::error::Error;
use shelflife::executor::{
    Ended, Obstacle, Recovered, Settled, quarantine_asset, recover, restore_asset,
};

use super::check::violations;
use super::dying::{Fate, Meddled};
use super::scene::{
    ASSET, Layout, Scene, Template, has_two_devices, path_of, read, removal, return_of,
};
use crate::support::must_run_everything;

const EACCES: i32 = 13;

/// The number of the `nth` step called `name`, from 0.
fn nth(steps: &[&str], name: &str, nth: usize) -> usize {
    let mut found = steps.iter().enumerate().filter(|(_, step)| **step == name);
    found.nth(nth).unwrap_or_else(|| panic!("{nth} of {name} in {steps:?}")).0
}

fn clean_steps(template: &Template) -> Vec<&'static str> {
    clean(&Scene::new(template), Fate::Nothing).1
}

fn clean(scene: &Scene<'_>, fate: Fate) -> (Result<Ended, Error>, Vec<&'static str>) {
    scene.process("cleans", fate, |target| {
        let removal = removal(target.catalog, 1).unwrap();
        quarantine_asset(target, &removal)
    })
}

/// Lets a clean die before its step `at`.
fn clean_dies(scene: &Scene<'_>, at: usize) {
    let _dead = clean(scene, Fate::DiesBefore(at));
}

fn restore(scene: &Scene<'_>, fate: Fate) -> (Result<Ended, Error>, Vec<&'static str>) {
    scene.process("restores", fate, |target| {
        let wanted = return_of(target.catalog, 2).unwrap();
        restore_asset(target, &wanted)
    })
}

fn recovered(scene: &Scene<'_>) -> Recovered {
    scene.process("recovers", Fate::Nothing, recover).0.unwrap()
}

/// The only operation that a recovery settled.
#[track_caller]
fn settled(scene: &Scene<'_>) -> Settled {
    let mut recovered = recovered(scene);
    assert!(recovered.unsettled.is_empty(), "{recovered:?}");
    assert_eq!(recovered.settled.len(), 1, "{recovered:?}");
    recovered.settled.remove(0)
}

fn endings(settled: &Settled) -> Vec<Ending> {
    settled.files.iter().map(|file| file.ending).collect()
}

/// Where the catalog says that each file is, in the order of the operation.
fn places(catalog: &Catalog) -> Vec<Place> {
    catalog.files_of(ASSET).unwrap().into_iter().map(|(_, file)| file.place).collect()
}

fn state(catalog: &Catalog) -> State {
    catalog.asset(ASSET).unwrap().unwrap().state
}

/// The path of a file by its place in the operation: the original, then by bytes of the path.
fn path_in_order(scene: &Scene<'_>, place: usize) -> PathBuf {
    let catalog = scene.open_catalog("looks");
    let file = &catalog.files_of(ASSET).unwrap()[place].1;
    scene.root().join(OsStr::from_bytes(file.path.as_bytes()))
}

#[test]
fn a_half_done_move_that_cannot_go_back_is_finished_and_what_took_its_path_stays() {
    let template = Template::new(3, Layout::OneDevice);
    let steps = clean_steps(&template);
    let scene = Scene::new(&template);
    // The first rename is the manifest's.
    clean_dies(&scene, nth(&steps, "rename file", 3));
    let taken = path_in_order(&scene, 1);
    fs::write(&taken, b"somebody else's").unwrap();

    let found = settled(&scene);
    assert_eq!(found.end, OperationState::Done);
    assert_eq!(endings(&found), [Ending::Settled, Ending::PathTaken, Ending::Settled]);
    let catalog = scene.open_catalog("looks");
    assert_eq!(places(&catalog), [Place::Quarantine; 3]);
    assert_eq!(fs::read(&taken).unwrap(), b"somebody else's");

    fs::remove_file(&taken).unwrap();
    assert_eq!(violations(&scene, &scene.open_catalog("looks")), [""; 0]);
}

/// Neither back, where a path is taken, nor on, where a file has other bytes.
#[test]
fn a_half_done_move_that_can_go_neither_way_stays_open_until_the_path_is_free() {
    let template = Template::new(3, Layout::OneDevice);
    let steps = clean_steps(&template);
    let scene = Scene::new(&template);
    // The first rename is the manifest's.
    clean_dies(&scene, nth(&steps, "rename file", 3));
    let (taken, changed) = (path_in_order(&scene, 1), path_in_order(&scene, 2));
    fs::write(&taken, b"somebody else's").unwrap();
    fs::write(&changed, b"edited").unwrap();

    let found = settled(&scene);
    assert_eq!(found.end, OperationState::Partial);
    assert_eq!(endings(&found), [Ending::Settled, Ending::Stuck, Ending::Drifted]);
    let catalog = scene.open_catalog("looks");
    assert_eq!(places(&catalog), [Place::Library, Place::Quarantine, Place::Library]);
    assert!(removal(&catalog, 7).is_some(), "the asset is still rejected");
    let refused = clean(&scene, Fate::Nothing).0.unwrap();
    assert!(matches!(refused, Ended::NotDone { .. }), "{refused:?}");

    let length = catalog.audit_head().unwrap().0;
    assert_eq!(settled(&scene).end, OperationState::Partial);
    assert_eq!(scene.open_catalog("looks").audit_head().unwrap().0, length, "said once");
    assert_eq!(fs::read(&taken).unwrap(), b"somebody else's");

    fs::remove_file(&taken).unwrap();
    assert_eq!(settled(&scene).end, OperationState::Aborted);
    assert_eq!(places(&scene.open_catalog("looks")), [Place::Library; 3]);
}

#[test]
fn a_path_that_was_taken_after_the_last_file_moved_stays_taken() {
    let template = Template::new(3, Layout::OneDevice);
    let steps = clean_steps(&template);
    let scene = Scene::new(&template);
    clean_dies(&scene, nth(&steps, "close operation", 0));
    fs::write(scene.path(0), b"somebody else's").unwrap();
    let found = settled(&scene);
    assert_eq!(found.end, OperationState::Done);
    assert_eq!(endings(&found), [Ending::PathTaken, Ending::Settled, Ending::Settled]);
    assert_eq!(fs::read(scene.path(0)).unwrap(), b"somebody else's");
    assert_eq!(places(&scene.open_catalog("looks")), [Place::Quarantine; 3]);
}

#[test]
fn what_is_lost_is_told_and_what_is_left_of_it_is_kept() {
    let template = Template::new(3, Layout::OneDevice);
    let steps = clean_steps(&template);
    let rots = |path: &Path| fs::write(path, b"bit rot").unwrap();
    let goes = |path: &Path| fs::remove_file(path).unwrap();
    for spoil in [&rots as &dyn Fn(&Path), &goes] {
        let scene = Scene::new(&template);
        clean_dies(&scene, nth(&steps, "rename file", 3));
        let stored = scene.stored(1, 0);
        spoil(&stored);
        let kept = fs::read(&stored).ok();

        let found = settled(&scene);
        assert_eq!(found.end, OperationState::Lost);
        assert_eq!(endings(&found), [Ending::Lost, Ending::Settled, Ending::Settled]);
        assert_eq!(fs::read(&stored).ok(), kept, "nothing of it is removed");
        let catalog = scene.open_catalog("looks");
        assert_eq!(places(&catalog), [Place::Missing, Place::Library, Place::Library]);
        assert!(catalog.facts_of(ASSET).unwrap().unwrap().facts.files_missing);
        assert_eq!(state(&catalog), State::Rejected);
        assert!(recovered(&scene).is_empty());
    }
}

#[test]
fn a_restored_file_that_somebody_changed_at_once_is_left_to_them() {
    let template = Template::new(3, Layout::OneDevice);
    let scene = Scene::new(&template);
    clean(&scene, Fate::Nothing).0.unwrap();
    let steps = {
        let whole = Scene::new(&template);
        clean(&whole, Fate::Nothing).0.unwrap();
        restore(&whole, Fate::Nothing).1
    };
    let _dead = restore(&scene, Fate::DiesBefore(nth(&steps, "rename file", 1)));
    fs::write(scene.path(0), b"optimized").unwrap();
    let found = settled(&scene);
    assert_eq!(found.end, OperationState::Lost);
    assert_eq!(endings(&found), [Ending::Lost, Ending::Settled, Ending::Settled]);
    assert_eq!(fs::read(scene.path(0)).unwrap(), b"optimized");
    let catalog = scene.open_catalog("looks");
    assert!(state(&catalog).was().is_some(), "it is still in quarantine");
    assert!(!scene.path(1).exists() && !scene.path(2).exists());
}

#[test]
fn a_file_changed_between_the_look_and_the_move_goes_back_with_its_whole_asset() {
    let template = Template::new(3, Layout::OneDevice);
    let steps = clean_steps(&template);
    let scene = Scene::new(&template);
    let changed = path_in_order(&scene, 1);
    let path = changed.clone();
    let meddled = Meddled::before(nth(&steps, "rename file", 2), move || {
        fs::write(&path, b"optimized").unwrap();
    });
    let ended = scene.process_watched("cleans", &meddled, |target| {
        let removal = removal(target.catalog, 1).unwrap();
        quarantine_asset(target, &removal).unwrap()
    });
    let Ended::NotDone { because: Obstacle::Drifted { .. }, settled: Some(settled) } = ended else {
        panic!("{ended:?}")
    };
    assert_eq!(settled.end, OperationState::Aborted);
    assert_eq!(endings(&settled), [Ending::Settled, Ending::Drifted, Ending::Settled]);
    assert_eq!(fs::read(&changed).unwrap(), b"optimized");
    assert_eq!(places(&scene.open_catalog("looks")), [Place::Library; 3]);
    for (path, known) in &template.files {
        let path = scene.root().join(path);
        assert!(path == changed || read(&path) == *known, "{}", path.display());
    }
    assert_eq!(fs::read_dir(scene.quarantine().join("v1")).unwrap().count(), 0);
}

#[test]
fn a_root_that_is_not_configured_any_more_leaves_its_moves_open() {
    let template = Template::new(2, Layout::OneDevice);
    let steps = clean_steps(&template);
    let scene = Scene::new(&template);
    clean_dies(&scene, nth(&steps, "rename file", 2));
    let (recovered, _) = scene.process("recovers", Fate::Nothing, |target| {
        target.roots.clear();
        recover(target)
    });
    let recovered = recovered.unwrap();
    assert!(recovered.settled.is_empty());
    assert!(matches!(recovered.unsettled[0].1, Obstacle::UnknownRoot { id: 1 }));
    assert_eq!(settled(&scene).end, OperationState::Aborted);
    assert_eq!(violations(&scene, &scene.open_catalog("looks")), [""; 0]);
}

fn two_devices() -> bool {
    let there = has_two_devices();
    assert!(there || !must_run_everything(), "there is only one file system");
    there
}

/// A copy that was verified, of a source that was set aside and not yet removed.
fn set_aside(template: &Template) -> (Scene<'_>, PathBuf) {
    let steps = clean_steps(template);
    let scene = Scene::new(template);
    clean_dies(&scene, nth(&steps, "remove file", 0));
    let aside =
        fs::read_dir(scene.root().join("2026/07")).unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<_> = aside
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".shelflife-"))
        .collect();
    assert_eq!(aside.len(), 1);
    (scene, aside[0].clone())
}

#[test]
fn a_source_set_aside_gets_its_name_back_or_goes_if_its_bytes_are_safe() {
    if !two_devices() {
        return;
    }
    let template = Template::new(2, Layout::TwoDevices);
    let (scene, aside) = set_aside(&template);
    assert_eq!(settled(&scene).end, OperationState::Aborted);
    assert!(!aside.exists());
    assert_eq!(violations(&scene, &scene.open_catalog("looks")), [""; 0]);

    // Somebody took its name: the copy in the store is as good as the one set aside.
    let (scene, aside) = set_aside(&template);
    fs::write(scene.path(0), b"somebody else's").unwrap();
    let found = settled(&scene);
    assert_eq!(endings(&found), [Ending::PathTaken, Ending::Settled]);
    assert!(!aside.exists());
    assert_eq!(read(&scene.stored(1, 0)), template.files[&path_of(0)]);

    // And if the copy is lost, the one set aside is the last: it stays, and a person has to look.
    let (scene, aside) = set_aside(&template);
    fs::write(scene.path(0), b"somebody else's").unwrap();
    fs::remove_file(scene.stored(1, 0)).unwrap();
    let found = settled(&scene);
    assert_eq!(found.end, OperationState::Partial, "{found:?}");
    assert_eq!(read(&aside), template.files[&path_of(0)]);
}

#[test]
fn a_source_that_cannot_be_removed_is_not_doubled() {
    if !two_devices() {
        return;
    }
    let template = Template::new(2, Layout::TwoDevices);
    let steps = clean_steps(&template);
    // Both files are in the store, the second one is still in the library too.
    let set_aside = nth(&steps, "remove file", 1) - 1;
    let scene = Scene::new(&template);
    clean_dies(&scene, set_aside);
    let whole = Scene::new(&template);
    clean_dies(&whole, set_aside);
    let steps = whole.process("recovers", Fate::Nothing, recover).1;

    let fate = Fate::FailsAt(nth(&steps, "rename file", 0), EACCES);
    let recovered = scene.process("recovers", fate, recover).0.unwrap();
    assert_eq!(recovered.settled[0].end, OperationState::Aborted);
    assert_eq!(violations(&scene, &scene.open_catalog("looks")), [""; 0]);
    assert_eq!(state(&scene.open_catalog("looks")), State::Rejected);
}

#[test]
fn an_asset_whose_files_are_being_moved_is_left_alone_by_everybody_else() {
    let template = Template::new(2, Layout::OneDevice);
    let steps = clean_steps(&template);
    let scene = Scene::new(&template);
    clean_dies(&scene, nth(&steps, "rename file", 1));
    let mut catalog = scene.open_catalog("decides");
    let version = catalog.asset(ASSET).unwrap().unwrap().version;
    let held = catalog.place_hold(ASSET, version, "wait", None);
    assert!(matches!(held, Err(CatalogError::InOperation { .. })), "{held:?}");
    drop(catalog);
    let again = clean(&scene, Fate::Nothing).0.unwrap();
    let Ended::NotDone { because, settled: None } = again else { panic!("{again:?}") };
    assert!(matches!(because, Obstacle::Catalog(CatalogError::InOperation { .. })), "{because:?}");
}
