//! A purge that dies, fails, is paused or meddled with before any of its steps: what is authorized is
//! deleted, or nothing is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use shelflife::catalog::{
    AuditVerdict, Catalog, CatalogError, ClosedOperation, OpenOperation, Operation, OperationFile,
};
use shelflife::domain::asset::Place;
use shelflife::domain::lifecycle::{Action, Ended as Was, State};
use shelflife::domain::operation::{FileState, OperationKind, OperationState};
use shelflife::domain::pause::{Heed, Pause, Stop};
use shelflife::domain::purge::{PurgeFacts, check_purge};
use shelflife::error::Error;
use shelflife::executor::{Ended, Purge, Recovered, Target, purge_asset, read_stored, recover};
use shelflife::files::moves::remove;

use super::check::regular_files;
use super::dying::{Fate, Meddled};
use super::protocol::{Flaw, Flawed, Protocol, Real};
use super::scene::{
    ASSET, Known, Layout, Scene, Template, now, operation_id, removal, return_of, transition,
};
use super::{ERRORS, say};
use crate::support::must_run_everything;

pub(super) const DAYS: u32 = 30;

/// An asset in quarantine that may be deleted: quarantined long ago, marked two days ago.
pub(super) fn ripe(template: &Template) -> Scene<'_> {
    let scene = Scene::new(template);
    let done = scene.process("before", Fate::Nothing, |target| {
        let removal = removal(target.catalog, 1).unwrap();
        Real.quarantine(target, &removal)
    });
    assert!(done.0.unwrap());
    scene.now.set(now().plus_days(38));
    let mut catalog = scene.open_catalog("marks");
    let facts = facts(&catalog, &scene);
    catalog.mark_for_purge(&facts, None).unwrap();
    scene.now.set(now().plus_days(40));
    scene
}

/// What is known of the asset's files, as if a run had seen every day of it.
pub(super) fn facts(catalog: &Catalog, scene: &Scene<'_>) -> PurgeFacts {
    let version = catalog.asset(ASSET).unwrap().unwrap().version;
    let heartbeat = catalog.heartbeat().unwrap();
    let facts = catalog.purge_facts((ASSET, version), &heartbeat, scene.now.get()).unwrap();
    PurgeFacts { observed_millis: i64::MAX, ..facts.unwrap() }
}

/// The order to delete the asset's files, as the `number`th operation.
pub(super) fn order(catalog: &Catalog, number: u32) -> Purge {
    let state = catalog.asset(ASSET).unwrap().unwrap().state;
    Purge {
        operation: operation_id(number),
        transition: transition(state, Action::Purge),
        reason: None,
        causes: Vec::new(),
    }
}

/// Deletes the asset's files if they are in quarantine; whether they are gone then.
pub(super) fn purge(
    scene: &Scene<'_>,
    target: &mut Target<'_>,
    number: u32,
) -> Result<bool, Error> {
    let state = target.catalog.asset(ASSET).unwrap().unwrap().state;
    if let State::Purged(_) = state {
        return Ok(true);
    }
    let files = read_stored(target, ASSET).map_err(Error::from)?;
    let facts = facts(target.catalog, scene);
    let Ok(proof) = check_purge(facts, DAYS, target.now, &files) else { return Ok(false) };
    let wanted = order(target.catalog, number);
    Ok(matches!(purge_asset(target, &wanted, proof)?, Ended::Done { .. }))
}

/// The steps of a purge that nothing happens to.
pub(super) fn purge_steps(template: &Template) -> Vec<&'static str> {
    let scene = ripe(template);
    let (done, steps) = scene.process("whole", Fate::Nothing, |target| purge(&scene, target, 2));
    assert!(done.unwrap());
    steps
}

/// The files in one of the two places of quarantine, and its folders.
fn stored(scene: &Scene<'_>, place: &str) -> (BTreeMap<PathBuf, Known>, usize) {
    let place = scene.quarantine().join(place);
    if !place.exists() {
        return (BTreeMap::new(), 0);
    }
    (regular_files(&place), fs::read_dir(&place).unwrap().count())
}

fn kinds(catalog: &Catalog) -> Vec<String> {
    let mut kinds = Vec::new();
    catalog
        .visit_audit::<CatalogError>(None, None, |entry| {
            kinds.push(entry.kind);
            Ok(())
        })
        .unwrap();
    kinds
}

/// Every way in which it is neither as before nor done.
pub(super) fn wrong(scene: &Scene<'_>, when: &str) -> Vec<String> {
    let catalog = scene.open_catalog("looks");
    let mut wrong = Vec::new();
    let ((kept, folders), (purging, others)) = (stored(scene, "v1"), stored(scene, "purging"));
    if others != 0 || !purging.is_empty() {
        wrong.push(format!("{others} folders are where files are deleted"));
    }
    let open = catalog.open_operations().unwrap().len();
    if open != 0 {
        wrong.push(format!("{open} operations are open"));
    }
    let bytes = |files: Vec<&Known>| {
        let mut files: Vec<_> = files.into_iter().cloned().collect();
        files.sort_by(|a, b| a.bytes.cmp(&b.bytes));
        files
    };
    let whole = bytes(scene.template.files.values().collect());
    let state = catalog.asset(ASSET).unwrap().unwrap().state;
    let (place, as_it_should) = match state {
        State::Purged(Was::Rejected) => (Place::Gone, kept.is_empty() && folders == 0),
        State::Quarantined(Was::Rejected) => {
            (Place::Quarantine, bytes(kept.values().collect()) == whole && folders == 1)
        }
        _ => (Place::Library, false),
    };
    if !as_it_should {
        wrong.push(format!("it is {state} and there is {:?}", kept.keys().collect::<Vec<_>>()));
    }
    let places = catalog.files_of(ASSET).unwrap();
    if places.iter().any(|(_, file)| file.place != place) {
        wrong.push(format!("it is {state} and a file is not {place:?}"));
    }
    if !matches!(catalog.verify_audit().unwrap(), AuditVerdict::Intact { .. }) {
        wrong.push("the audit log is broken".to_owned());
    }
    let of = |ending: &str| {
        let name = format!("purge.{ending}");
        kinds(&catalog).iter().filter(|kind| **kind == name).count()
    };
    let purged = usize::from(place == Place::Gone);
    if of("done") != purged || of("intent") != purged + of("aborted") {
        wrong.push(format!("it is {state}, audited as {:?}", kinds(&catalog)));
    }
    wrong.into_iter().map(|wrong| format!("{when}, {wrong}")).collect()
}

/// In which order a careless purge works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Careless {
    /// The catalog says that the files are gone, and then they are deleted.
    ClosesFirst,
    /// The files are deleted, and then the catalog is told.
    OpensLast,
}

/// A purge without the rename, and with its steps in another order.
fn purge_carelessly(
    order: Careless,
    scene: &Scene<'_>,
    target: &mut Target<'_>,
    number: u32,
) -> Result<bool, Error> {
    let state = target.catalog.asset(ASSET).unwrap().unwrap().state;
    let State::Quarantined(_) = state else { return Ok(true) };
    let files = read_stored(target, ASSET).map_err(Error::from)?;
    let facts = facts(target.catalog, scene);
    let Ok(proof) = check_purge(facts, DAYS, target.now, &files) else { return Ok(false) };
    let taken = target.catalog.quarantine_of(ASSET)?.unwrap();
    let pending = |file| OperationFile { state: FileState::Pending, ..file };
    let operation = Operation {
        id: operation_id(number),
        kind: OperationKind::Purge,
        state: OperationState::Intent,
        files: taken.files.into_iter().map(pending).collect(),
        ..taken
    };
    let transition = transition(state, Action::Purge);
    let delete = |target: &Target<'_>| -> Result<(), Error> {
        let folder = target.quarantine.op_folder(&operation.store)?;
        for file in &operation.files {
            remove(folder.at(file.stored_name.as_bytes()))?;
        }
        Ok(target.quarantine.remove_op_folder(&operation.store)?)
    };
    let tell = |target: &mut Target<'_>| -> Result<(), Error> {
        let open = OpenOperation {
            operation: operation.clone(),
            version: proof.facts().version,
            transition: Some(transition),
            reason: None,
            causes: Vec::new(),
            heed: Heed::Stop,
        };
        let gone = operation.files.iter().map(|file| (file.number, FileState::Moved, None));
        let closed = ClosedOperation {
            state: OperationState::Done,
            files: gone.collect(),
            transition: Some(transition),
            hold: None,
            note: None,
        };
        target.steps.before("open operation").map_err(|error| Error::Internal(error.into()))?;
        target.catalog.open_purge(&open, &proof)?;
        target.steps.before("close operation").map_err(|error| Error::Internal(error.into()))?;
        Ok(target.catalog.close_operation(&operation, &closed)?)
    };
    match order {
        Careless::ClosesFirst => tell(target).and_then(|()| delete(target))?,
        Careless::OpensLast => delete(target).and_then(|()| tell(target))?,
    }
    Ok(true)
}

#[test]
fn a_purge_that_works_in_another_order_is_found_to_be_wrong() {
    let template = Template::new(3, Layout::OneDevice);
    for order in [Careless::ClosesFirst, Careless::OpensLast] {
        let mut bad = 0;
        for at in 0..7 {
            let scene = ripe(&template);
            let fate = Fate::DiesBefore(at);
            let work = |target: &mut Target<'_>| purge_carelessly(order, &scene, target, 2);
            let _dead = scene.process("dies", fate, work);
            recovered(&scene);
            bad += usize::from(!wrong(&scene, "after recovery").is_empty());
        }
        say(&format!("crash: a purge that {order:?} is wrong at {bad} of 7 points"));
        assert!(bad > 0, "{order:?} was not noticed");
    }
}

/// Lets a purge die before its step `at`, and a recovery before its step `again`; recovers, purges
/// again, and looks. Tells the steps of the recovery.
fn die_at(
    (protocol, template): (&dyn Protocol, &Template),
    (at, again): (usize, Option<usize>),
    found: &mut Vec<String>,
) -> usize {
    let scene = ripe(template);
    let (dead, _) = scene.process("dies", Fate::DiesBefore(at), |target| purge(&scene, target, 2));
    if let Some(again) = again {
        let _dead =
            scene.process("dies too", Fate::DiesBefore(again), |target| protocol.recover(target));
    }
    let recovery = |run| {
        scene.process(run, Fate::Nothing, |target| {
            protocol.recover(target)?;
            Ok(target.catalog.audit_head()?.0)
        })
    };
    let (recovered, steps) = recovery("recovers");
    let mut bad = wrong(&scene, "after recovery");
    let state = scene.open_catalog("looks").asset(ASSET).unwrap().unwrap().state;
    if matches!(dead, Ok(true)) && state != State::Purged(Was::Rejected) {
        bad.push("it was told as done and is not".to_owned());
    }
    if recovery("idle").0.ok() != recovered.ok() {
        bad.push("recovering again changed something".to_owned());
    }
    let (done, _) = scene.process("again", Fate::Nothing, |target| purge(&scene, target, 3));
    bad.extend(wrong(&scene, "after purging again"));
    if !matches!(done, Ok(true)) {
        bad.push(format!("purging again ended with {done:?}"));
    }
    let place = format!("died before step {at}, recovery {again:?}");
    found.extend(bad.into_iter().map(|bad| format!("{place}: {bad}")));
    steps.len()
}

/// Dies before and after every step, and at every `stride`th pair of a step and one of the
/// recovery's. Tells at how many points, and what was wrong.
fn die_everywhere(
    protocol: &dyn Protocol,
    template: &Template,
    stride: usize,
) -> (usize, Vec<String>) {
    let (mut points, mut pair, mut found) = (0, 0, Vec::new());
    for at in 0..=purge_steps(template).len() {
        let recovery = die_at((protocol, template), (at, None), &mut found);
        points += 1;
        for again in 0..recovery {
            pair += 1;
            if pair % stride == 0 {
                die_at((protocol, template), (at, Some(again)), &mut found);
                points += 1;
            }
        }
    }
    (points, found)
}

#[test]
fn a_purge_that_dies_anywhere_deletes_all_that_was_authorized_or_nothing() {
    let strides = if must_run_everything() { [1; 3] } else { [1, 1, 3] };
    let mut died = 0;
    for (count, stride) in [1, 3, 8].into_iter().zip(strides) {
        let template = Template::new(count, Layout::OneDevice);
        let (points, found) = die_everywhere(&Real, &template, stride);
        assert!(found.is_empty(), "{count} files: {found:#?}");
        died += points;
    }
    say(&format!("crash: purges died at {died} points"));
}

/// Without this the test above could be blind.
#[test]
fn every_flaw_in_the_recovery_of_a_purge_is_found() {
    let template = Template::new(3, Layout::OneDevice);
    for flaw in [Flaw::NeverRecovers, Flaw::TakesAllForDone, Flaw::TakesAllForUndone] {
        let (points, found) = die_everywhere(&Flawed(flaw), &template, usize::MAX);
        say(&format!("crash: {flaw:?}, {} things are wrong at {points} points", found.len()));
        assert!(!found.is_empty(), "{flaw:?} was not noticed");
    }
}

#[test]
fn a_call_of_a_purge_that_fails_leaves_everything_as_it_was_or_to_a_recovery() {
    let template = Template::new(2, Layout::OneDevice);
    let mut points = 0;
    for (at, step) in purge_steps(&template).into_iter().enumerate() {
        for (name, errno) in ERRORS {
            let scene = ripe(&template);
            let place = format!("{step} {at} failed with {name}");
            let fate = Fate::FailsAt(at, errno);
            let (done, _) = scene.process("fails", fate, |target| purge(&scene, target, 2));
            let told_done = matches!(done, Ok(true));
            let open = !scene.open_catalog("looks").open_operations().unwrap().is_empty();
            let left = stored(&scene, "v1").0.len() + stored(&scene, "purging").0.len();
            assert!(!open || left < 2 || step == "close operation", "{place}: {done:?}");
            assert!(!told_done || left == 0 && !open, "{place}");
            let recovered = scene.process("recovers", Fate::Nothing, recover).0;
            assert!(recovered.is_ok(), "{place}: {recovered:?}");
            let wrong = wrong(&scene, "after recovery");
            assert!(wrong.is_empty(), "{place}: {wrong:#?}");
            points += 1;
        }
    }
    say(&format!("crash: {points} calls of purges failed"));
}

fn pause(file: &Path, stop: Stop) {
    let pause = Pause { by: "li".to_owned(), since: now(), reason: "not these".to_owned(), stop };
    fs::write(file, pause.text()).unwrap();
}

fn count(quarantine: &Path) -> usize {
    regular_files(quarantine).len()
}

fn recovered(scene: &Scene<'_>) -> Recovered {
    scene.process("recovers", Fate::Nothing, recover).0.unwrap()
}

/// A pause before any step: the file in hand is the last. What is whole then goes back and can be
/// restored; what is not waits for the end of the pause, and the catalog has what is gone.
#[test]
fn a_pause_stops_a_purge_between_two_files() {
    let template = Template::new(3, Layout::OneDevice);
    let (mut waited, mut whole) = (0, 0);
    for at in 0..=purge_steps(&template).len() {
        for stop in [Stop::AfterAsset, Stop::BeforeNextFile] {
            let place = format!("{stop:?} before step {at}");
            let scene = ripe(&template);
            let seen = Arc::new(Mutex::new(None));
            let (file, quarantine) = (scene.pause_file(), scene.quarantine());
            let noted = Arc::clone(&seen);
            let steps = Meddled::before(at, move || {
                pause(&file, stop);
                *noted.lock().unwrap() = Some(count(&quarantine));
            });
            let done = scene.process_watched("pauses", &steps, |target| purge(&scene, target, 2));
            pause(&scene.pause_file(), stop);
            let left = count(&scene.quarantine());
            let then = seen.lock().unwrap().unwrap_or(left);
            assert!(left + 1 >= then, "{place}: {then} files became {left}");
            assert!(done.is_ok() == (left == 0), "{place}: {done:?}");
            let told = recovered(&scene);
            assert_eq!(count(&scene.quarantine()), left, "{place}: deleted while it is paused");
            match left {
                0 | 3 => {
                    let mut wrong = wrong(&scene, "while paused");
                    // The empty folder of a purge that is done is cleared away after the pause.
                    wrong.retain(|wrong| left == 3 || !wrong.ends_with("files are deleted"));
                    assert!(wrong.is_empty() && told.waiting.is_empty(), "{place}: {wrong:#?}");
                    whole += usize::from(left == 3);
                }
                _ => {
                    let catalog = scene.open_catalog("looks");
                    let files = catalog.files_of(ASSET).unwrap();
                    let gone = files.iter().filter(|(_, file)| file.place == Place::Gone).count();
                    assert_eq!(gone, 3 - left, "{place}");
                    assert_eq!(told.waiting.len(), 1, "{place}");
                    waited += 1;
                }
            }
            fs::remove_file(scene.pause_file()).unwrap();
            recovered(&scene);
            let kinds = kinds(&scene.open_catalog("looks"));
            let partial = kinds.iter().filter(|kind| *kind == "purge.partial").count();
            assert!(partial <= 1, "{place}: {kinds:?}");
            let wrong = wrong(&scene, "after the pause");
            assert!(wrong.is_empty(), "{place}: {wrong:#?}");
            if left == 3 {
                let restored = scene.process("restores", Fate::Nothing, |target| {
                    let back = return_of(target.catalog, 4).unwrap();
                    Real.restore(target, &back)
                });
                assert!(restored.0.unwrap(), "{place}");
            }
        }
    }
    assert!(waited > 0 && whole > 0, "{waited} waited, {whole} went back");
}

/// Somebody writes other bytes into a file before any step. They stay, and no other file of the asset
/// is deleted after they were seen.
#[test]
fn other_bytes_that_come_at_any_step_stay() {
    let template = Template::new(3, Layout::OneDevice);
    let steps = purge_steps(&template);
    let (mut kept, mut lost) = (0, 0);
    for (at, step) in steps.into_iter().enumerate() {
        let scene = ripe(&template);
        let quarantine = scene.quarantine();
        let wrote = Arc::new(Mutex::new(false));
        let noted = Arc::clone(&wrote);
        let meddled = Meddled::before(at, move || {
            let files = regular_files(&quarantine);
            let file = files.keys().find(|path| path.ends_with("0002.bin"));
            if let Some(file) = file {
                fs::write(quarantine.join(file), b"the only copy of something").unwrap();
                *noted.lock().unwrap() = true;
            }
        });
        let done = scene.process_watched("met", &meddled, |target| purge(&scene, target, 2));
        let _also = recovered(&scene);
        let files = regular_files(&scene.quarantine());
        let there = files.values().any(|file| file.bytes == b"the only copy of something");
        if !*wrote.lock().unwrap() {
            assert!(matches!(done, Ok(true)), "before step {at}: {done:?}");
            continue;
        }
        let state = scene.open_catalog("looks").asset(ASSET).unwrap().unwrap().state;
        if there {
            assert_eq!(state, State::Quarantined(Was::Rejected), "before step {at}");
            assert_eq!(stored(&scene, "purging").1, 0, "before step {at}");
            assert!(!matches!(done, Ok(true)), "before step {at}");
            kept += 1;
        } else {
            assert_eq!(step, "remove file", "before step {at}");
            lost += 1;
        }
    }
    assert!(kept > 3, "{kept}");
    assert_eq!(lost, 1, "only in the very call that deletes it");
}
