//! Publications that die before or after any of their steps, and what recovery makes of them: the
//! files are all drafts still or all published, once each, and the catalog knows which.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shelflife::executor::{Ended, Obstacle};
use shelflife::files::Steps;

use super::dying::{Counted, Fate, Meddled};
use super::scene::{Layout, has_two_devices};
use super::stage::{Listing, NAMES, Script, Stage, bytes_of, published};
use super::{ERRORS, say};
use crate::support::must_run_everything;

fn layouts() -> &'static [Layout] {
    if has_two_devices() {
        return &[Layout::OneDevice, Layout::TwoDevices];
    }
    assert!(!must_run_everything(), "there is only one file system");
    &[Layout::OneDevice]
}

/// The steps of a publication that nothing happens to.
fn steps_of(script: &Script) -> Vec<&'static str> {
    let stage = Stage::new(script);
    let before = stage.listing();
    let counted = Counted::with(Fate::Nothing);
    let steps: Arc<dyn Steps> = counted.clone();
    assert!(matches!(stage.publish(&steps, 1), Ok(Ended::Done { .. })));
    assert_eq!(stage.violations(&before), Vec::<String>::new());
    assert_eq!(stage.listing(), published(&before));
    counted.taken()
}

/// A stage on which a publication died before the step `at`, and its recovery before the step `again`;
/// with its files as they were before.
fn died(script: &Script, at: usize, again: Option<usize>) -> (Stage, Listing) {
    let stage = Stage::new(script);
    let before = stage.listing();
    let dying: Arc<dyn Steps> = Counted::with(Fate::DiesBefore(at));
    let _dead = stage.publish(&dying, 1);
    if let Some(again) = again {
        let _dead = stage.recover(Fate::DiesBefore(again));
    }
    (stage, before)
}

/// Dies before the step `at`, and its recovery before the step `again`. Tells how many steps the
/// recovery had, and whether it was published in the end.
fn die_at(script: &Script, at: usize, again: Option<usize>) -> (usize, bool) {
    let place = format!("{:?} died before step {at}, recovery {again:?}", script.layout);
    let (stage, before) = died(script, at, again);
    let (recovered, steps) = stage.recover(Fate::Nothing);
    assert!(recovered.unwrap().unsettled.is_empty(), "{place}");
    assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}");
    assert!(stage.folders().1.is_empty(), "{place}: an unfinished folder is left");
    let (idle, _) = stage.recover(Fate::Nothing);
    assert!(idle.unwrap().is_empty(), "{place}: recovering again did something");
    let ended = stage.listing() != before;
    if !ended {
        let steps: Arc<dyn Steps> = Counted::with(Fate::Nothing);
        assert!(matches!(stage.publish(&steps, 2), Ok(Ended::Done { .. })), "{place}");
        assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}, after another try");
    }
    (steps, ended)
}

#[test]
fn a_publication_that_dies_anywhere_is_done_or_undone() {
    for layout in layouts() {
        let script = Script::new(*layout);
        let stride = match layout {
            _ if must_run_everything() => 1,
            Layout::OneDevice => 7,
            Layout::TwoDevices => 41,
        };
        let (mut points, mut pairs, mut ended) = (0, 0, 0);
        for at in 0..=steps_of(&script).len() {
            let (recovery, is_published) = die_at(&script, at, None);
            points += 1;
            ended += usize::from(is_published);
            for again in (at % stride..recovery).step_by(stride) {
                die_at(&script, at, Some(again));
                pairs += 1;
            }
        }
        assert!(ended > 0 && ended < points, "both happen: {ended} of {points}");
        say(&format!(
            "crash: publishing died at {points} points, {layout:?}, and at {pairs} its recovery \
             too; it was published after {ended} of them"
        ));
    }
}

/// Without this the test above could be blind.
#[test]
fn a_publication_that_died_half_way_is_seen_to_be_neither() {
    let script = Script::new(Layout::OneDevice);
    let steps = steps_of(&script).len();
    let half = (0..=steps).filter(|at| {
        let (stage, before) = died(&script, *at, None);
        !stage.violations(&before).is_empty()
    });
    assert!(half.count() > steps / 2);
}

#[test]
fn a_call_that_fails_leaves_a_draft_or_what_is_published() {
    let mut points = 0;
    for layout in layouts() {
        let script = Script::new(*layout);
        for (at, step) in steps_of(&script).into_iter().enumerate() {
            for (name, errno) in ERRORS {
                let stage = Stage::new(&script);
                let before = stage.listing();
                let failing: Arc<dyn Steps> = Counted::with(Fate::FailsAt(at, errno));
                let _failed = stage.publish(&failing, 1);
                let place = format!("{layout:?}: {step} {at} failed with {name}");
                let (recovered, _) = stage.recover(Fate::Nothing);
                assert!(recovered.unwrap().unsettled.is_empty(), "{place}");
                assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}");
                points += 1;
            }
        }
    }
    say(&format!("crash: {points} calls of publications failed, and nothing was half done"));
}

/// What somebody puts under a new name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theirs {
    OtherBytes,
    Copy,
    /// With the draft's time too, as `cp -p` and `rsync -a` make one.
    CopyWithTime,
}

/// Somebody puts a file of theirs under a new name just before a step. Tells whether they could.
fn meddle(script: &Script, at: usize, (draft, name): (&str, &str), what: Theirs) -> bool {
    let place = format!("{:?}: {name} before step {at}, {what:?}", script.layout);
    let stage = Stage::new(script);
    let before = stage.listing();
    let bytes = if what == Theirs::OtherBytes { b"theirs".to_vec() } else { bytes_of(draft) };
    let written = fs::metadata(stage.drafts.path().join("gen").join(draft)).unwrap();
    let written = (what == Theirs::CopyWithTime).then(|| written.modified().unwrap());
    let theirs = stage.uploads().join("2026/09").join(name);
    let made = Arc::new(AtomicU64::new(0));
    let (put, inode) = (theirs.clone(), Arc::clone(&made));
    let meddled: Arc<dyn Steps> = Meddled::before(at, move || {
        let _folder = fs::create_dir_all(put.parent().unwrap());
        let file = fs::File::options().write(true).create_new(true).open(&put);
        if let Ok(mut file) = file {
            file.write_all(&bytes).unwrap();
            written.inspect(|time| file.set_modified(*time).unwrap());
            inode.store(file.metadata().unwrap().ino(), Ordering::SeqCst);
        }
    });
    let _ended = stage.publish(&meddled, 1);
    let (recovered, _) = stage.recover(Fate::Nothing);
    assert!(recovered.unwrap().unsettled.is_empty(), "{place}");
    let made = made.load(Ordering::SeqCst);
    if made > 0 {
        let there = fs::metadata(&theirs).map(|metadata| metadata.ino());
        assert_eq!(there.ok(), Some(made), "{place}: their file is gone, {draft} was no reason");
        fs::remove_file(&theirs).unwrap();
    }
    assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}");
    assert!(made == 0 || stage.listing() == before, "{place}: it was in the way");
    made > 0
}

#[test]
fn what_somebody_puts_in_the_way_of_a_publication_stays_even_if_it_is_a_copy() {
    let (mut points, mut kept) = (0, 0);
    for layout in layouts() {
        let script = Script::new(*layout);
        for at in 0..=steps_of(&script).len() {
            for names in NAMES {
                for what in [Theirs::OtherBytes, Theirs::Copy, Theirs::CopyWithTime] {
                    kept += usize::from(meddle(&script, at, names, what));
                    points += 1;
                }
            }
        }
    }
    assert!(kept > points / 4, "{kept} of {points}");
    say(&format!("crash: at {points} points of publications, {kept} files of others were kept"));
}

/// Pauses once a publication died before the step `at`, and its recovery before the step `again`.
/// Tells whether it waits for the end of the pause.
fn pause_at(script: &Script, at: usize, again: Option<usize>) -> bool {
    let place = format!("{:?}: died before step {at}, recovery {again:?}", script.layout);
    let (stage, before) = died(script, at, again);
    let left = stage.listing();
    fs::write(stage.pause_file(), b"").unwrap();
    let (recovered, _) = stage.recover(Fate::Nothing);
    let recovered = recovered.unwrap();
    assert_eq!(stage.listing(), left, "{place}");
    if recovered.waiting.is_empty() {
        assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}");
    }
    fs::remove_file(stage.pause_file()).unwrap();
    let (after, _) = stage.recover(Fate::Nothing);
    assert!(after.unwrap().unsettled.is_empty(), "{place}");
    assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}, after the pause");
    !recovered.waiting.is_empty()
}

#[test]
fn a_recovery_while_it_is_paused_touches_no_file_of_a_publication() {
    let (mut points, mut waiting) = (0, 0);
    for layout in layouts() {
        let script = Script::new(*layout);
        for at in 0..=steps_of(&script).len() {
            for again in [None, Some(2), Some(5), Some(9), Some(14)] {
                waiting += usize::from(pause_at(&script, at, again));
                points += 1;
            }
        }
    }
    assert!(waiting > 0);
    say(&format!("crash: publications paused at {points} points, {waiting} of them half done"));
}

/// A link leads anywhere: nothing is done through one, and what was begun waits until it is gone.
#[test]
fn a_publication_that_cannot_be_taken_back_says_that_it_is_half_done() {
    let script = Script::new(Layout::OneDevice);
    let mut stayed = 0;
    for at in 0..=steps_of(&script).len() {
        let stage = Stage::new(&script);
        let before = stage.listing();
        let folder = stage.drafts.path().join("gen");
        let away = stage.drafts.path().join("away");
        let (from, to) = (folder.clone(), away.clone());
        let meddled: Arc<dyn Steps> = Meddled::before(at, move || {
            fs::rename(&from, &to).unwrap();
            std::os::unix::fs::symlink(&to, &from).unwrap();
        });
        let ended = stage.publish(&meddled, 1);
        if let Ok(Ended::NotDone { because: because @ Obstacle::HalfDone { .. }, settled }) = ended
        {
            assert_eq!(settled, None);
            let told = because.in_words();
            assert!(told.contains("half done until `shelflife recover`"), "{told}");
            assert_eq!(stage.recover(Fate::Nothing).0.unwrap().unsettled.len(), 1);
            stayed += 1;
        }
        if away.exists() {
            fs::remove_file(&folder).unwrap();
            fs::rename(&away, &folder).unwrap();
        }
        assert!(stage.recover(Fate::Nothing).0.unwrap().unsettled.is_empty());
        assert_eq!(stage.violations(&before), Vec::<String>::new(), "a link before step {at}");
    }
    assert!(stayed > 0);
}

#[test]
fn other_files_of_the_folder_are_left_alone_when_a_publication_is_taken_back() {
    let script = Script::new(Layout::OneDevice);
    let steps = steps_of(&script).len();
    let mut taken_back = 0;
    for at in 0..=steps {
        let stage = Stage::new(&script);
        let folder = stage.uploads().join("2026/09");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("tea-tin-1.png"), bytes_of("out 7.png")).unwrap();
        let before = stage.listing();
        let dying: Arc<dyn Steps> = Counted::with(Fate::DiesBefore(at));
        let _dead = stage.publish(&dying, 1);
        stage.recover(Fate::Nothing).0.unwrap();
        let after = stage.listing();
        let other = Path::new("uploads/2026/09/tea-tin-1.png");
        assert!(after.contains_key(other), "died before step {at}");
        taken_back += usize::from(after == before);
    }
    assert!(taken_back > 0);
}
