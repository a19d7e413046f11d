//! Publications that die before or after any of their steps, and what recovery makes of them: the
//! files are all drafts still or all published, once each, and the catalog knows which.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};
use shelflife::catalog::{Catalog, Destination, FolderChange, Genesis};
use shelflife::domain::asset::{Content, Digest, FileStamp, Role, RootKind};
use shelflife::domain::intake::{FileStep, FolderPlan, FoundFile, Home};
use shelflife::domain::lifecycle::{Action, State};
use shelflife::domain::pause::Heed;
use shelflife::error::Error;
use shelflife::executor::{Ended, Publication, Recovered, Switch, Target, publish_asset, recover};
use shelflife::files::{Quarantine, Root, Steps};
use tempfile::TempDir;

use super::dying::{Counted, Fate, Meddled};
use super::scene::{
    ASSET, Known, Layout, decide, has_two_devices, memory, now, operation_id, read, session,
};
use super::{ERRORS, say};
use crate::support::must_run_everything;

/// The files, by the name that each has as a draft, with the name it is to get.
const NAMES: [(&str, &str); 4] = [
    ("out 7.png", "tea-tin.png"),
    ("out 7-300x200.png", "tea-tin-300x200.png"),
    ("out 7-scaled.png", "tea-tin-scaled.png"),
    ("out 7.png.webp", "tea-tin.png.webp"),
];

/// A catalog that stages are copied from.
struct Script {
    folder: TempDir,
    layout: Layout,
}

/// A draft root, a root that is served, a quarantine and the catalog of them.
struct Stage {
    library: TempDir,
    drafts: TempDir,
}

/// Every file beneath a folder, by its path.
type Listing = BTreeMap<PathBuf, Known>;

fn bytes_of(name: &str) -> Vec<u8> {
    format!("the bytes of {name}\n").repeat(name.len()).into_bytes()
}

fn found(name: &str) -> FoundFile {
    let bytes = bytes_of(name);
    let length = bytes.len() as u64;
    FoundFile {
        name: name.as_bytes().to_vec(),
        digest: Digest(Sha256::digest(&bytes).into()),
        content: Content { media_type: "image/png".to_owned(), dimensions: None },
        stamp: FileStamp { bytes: length, modified_ns: 0, changed_ns: 0, inode: 0, device: 0 },
        claims: None,
    }
}

impl Script {
    fn new(layout: Layout) -> Self {
        let folder = TempDir::with_prefix_in("shelflife-crash-", memory()).unwrap();
        let genesis = Genesis { uuid: [6; 16] };
        let path = folder.path().join("catalog.db");
        let mut catalog = Catalog::create(&path, &genesis, session("script")).unwrap();
        catalog.add_root("uploads", RootKind::Production, 1).unwrap();
        let root = catalog.add_root("drafts", RootKind::Draft, 1).unwrap();
        let mut plan = FolderPlan::default();
        for (number, (name, _)) in NAMES.into_iter().enumerate() {
            let role = if number == 0 { Role::Original } else { Role::Size };
            if number == 0 {
                plan.new_assets.push(found(name));
            }
            plan.files.push(FileStep { known: None, found: found(name), home: Home::New(0, role) });
        }
        let change = FolderChange { root, folder: b"gen".to_vec(), plan };
        catalog.record_intake(&[change]).unwrap();
        decide(&mut catalog, Action::Approve, None);
        Self { folder, layout }
    }
}

impl Stage {
    fn new(script: &Script) -> Self {
        let library = TempDir::with_prefix_in("shelflife-crash-", memory()).unwrap();
        let drafts = match script.layout {
            Layout::OneDevice => TempDir::with_prefix_in("shelflife-crash-", memory()).unwrap(),
            Layout::TwoDevices => TempDir::with_prefix("shelflife-crash-").unwrap(),
        };
        let stage = Self { library, drafts };
        fs::copy(script.folder.path().join("catalog.db"), stage.catalog()).unwrap();
        fs::create_dir(stage.uploads()).unwrap();
        fs::create_dir(stage.drafts.path().join("gen")).unwrap();
        for (name, _) in NAMES {
            fs::write(stage.drafts.path().join("gen").join(name), bytes_of(name)).unwrap();
        }
        Quarantine::create(&stage.library.path().join("quarantine")).unwrap();
        stage
    }

    fn catalog(&self) -> PathBuf {
        self.library.path().join("catalog.db")
    }

    fn uploads(&self) -> PathBuf {
        self.library.path().join("uploads")
    }

    fn pause_file(&self) -> PathBuf {
        self.library.path().join("PAUSED")
    }

    fn open_catalog(&self, run: &str) -> Catalog {
        Catalog::open_to_write(&self.catalog(), session(run)).unwrap()
    }

    /// One process: it opens everything, works, and is gone.
    fn process<T>(&self, steps: &Arc<dyn Steps>, work: impl FnOnce(&mut Target<'_>) -> T) -> T {
        let mut catalog = self.open_catalog("process");
        let opened = |path: &Path| Root::open(path).unwrap().watched_by(Arc::clone(steps));
        let quarantine = Quarantine::open(&self.library.path().join("quarantine")).unwrap();
        work(&mut Target {
            catalog: &mut catalog,
            roots: BTreeMap::from([(1, opened(&self.uploads())), (2, opened(self.drafts.path()))]),
            quarantine: quarantine.watched_by(Arc::clone(steps)),
            steps: Arc::clone(steps),
            switch: Switch { file: self.pause_file(), environment: None, heed: Heed::Stop },
            now: now(),
            restore_hold_hours: 0,
        })
    }

    fn publish(&self, steps: &Arc<dyn Steps>, number: u32) -> Result<Ended, Error> {
        self.process(steps, |target| {
            let publication = publication(target.catalog, number);
            publish_asset(target, &publication)
        })
    }

    fn recover(&self, fate: Fate) -> (Result<Recovered, Error>, usize) {
        let counted = Counted::with(fate);
        let steps: Arc<dyn Steps> = counted.clone();
        (self.process(&steps, recover), counted.taken().len())
    }

    /// Every file of both roots.
    fn listing(&self) -> Listing {
        let mut all = BTreeMap::new();
        list(self.drafts.path(), Path::new("drafts"), &mut all);
        list(&self.uploads(), Path::new("uploads"), &mut all);
        all
    }

    /// What is wrong with where the files are, and with what the catalog says of it.
    fn violations(&self, before: &Listing) -> Vec<String> {
        let mut wrong = Vec::new();
        let catalog = self.open_catalog("looks");
        let open = catalog.open_operations().unwrap();
        if !open.is_empty() {
            wrong.push(format!("open: {open:?}"));
        }
        let now = self.listing();
        let published = published(before);
        let is_published = now == published;
        if now != *before && !is_published {
            let names = now.keys().collect::<Vec<_>>();
            wrong.push(format!("neither draft nor published: {names:?}"));
        }
        let known = catalog.files_of(ASSET).unwrap().into_iter().map(|(_, file)| {
            let root = if file.root == 1 { "uploads" } else { "drafts" };
            Path::new(root).join(file.path.to_string())
        });
        let mut known: Vec<_> = known.collect();
        known.sort();
        if known != now.keys().cloned().collect::<Vec<_>>() {
            wrong.push(format!("the catalog says {known:?}"));
        }
        let asset = catalog.asset(ASSET).unwrap().unwrap();
        let path = if is_published { (1, "2026/09/tea-tin.png") } else { (2, "gen/out 7.png") };
        if (asset.root, asset.path.to_string().as_str()) != path || asset.state != State::Approved {
            wrong.push(format!("the asset is {asset:?}"));
        }
        let stores = fs::read_dir(self.library.path().join("quarantine/v1")).unwrap().count();
        if stores > 0 {
            wrong.push(format!("{stores} folders in quarantine"));
        }
        wrong
    }
}

fn list(folder: &Path, shown: &Path, all: &mut Listing) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let shown = shown.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            list(&entry.path(), &shown, all);
        } else {
            all.insert(shown, read(&entry.path()));
        }
    }
}

/// The listing once everything is published.
fn published(before: &Listing) -> Listing {
    let moved = |(path, known): (&PathBuf, &Known)| {
        let (_, name) = NAMES.into_iter().find(|(name, _)| path.ends_with(name)).unwrap();
        (Path::new("uploads/2026/09").join(name), known.clone())
    };
    before.iter().map(moved).collect()
}

fn publication(catalog: &Catalog, number: u32) -> Publication {
    let asset = catalog.asset(ASSET).unwrap().unwrap();
    let new_name = |path: &[u8]| {
        let is_it = |(name, _): &(&str, &str)| path.ends_with(name.as_bytes());
        NAMES.into_iter().find(is_it).unwrap().1.to_owned()
    };
    let files = catalog.files_of(ASSET).unwrap().into_iter();
    Publication {
        operation: operation_id(number),
        asset: ASSET,
        version: asset.version,
        to: Destination { root: 1, folder: b"2026/09".to_vec() },
        names: files.map(|(id, file)| (id, new_name(file.path.as_bytes()))).collect(),
        reason: None,
    }
}

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

/// Dies before the step `at`, and its recovery before the step `again`. Tells how many steps the
/// recovery had, and whether it was published in the end.
fn die_at(script: &Script, at: usize, again: Option<usize>) -> (usize, bool) {
    let place = format!("{:?} died before step {at}, recovery {again:?}", script.layout);
    let stage = Stage::new(script);
    let before = stage.listing();
    let dying: Arc<dyn Steps> = Counted::with(Fate::DiesBefore(at));
    let _dead = stage.publish(&dying, 1);
    if let Some(again) = again {
        let _dead = stage.recover(Fate::DiesBefore(again));
    }
    let (recovered, steps) = stage.recover(Fate::Nothing);
    assert!(recovered.unwrap().unsettled.is_empty(), "{place}");
    assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}");
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
        let stage = Stage::new(&script);
        let before = stage.listing();
        let dying: Arc<dyn Steps> = Counted::with(Fate::DiesBefore(*at));
        let _dead = stage.publish(&dying, 1);
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

/// Somebody puts a file of theirs under a new name just before a step. Tells whether they could.
fn meddle(script: &Script, at: usize, (draft, name): (&str, &str), bytes: Vec<u8>) -> bool {
    let place = format!("{:?}: {name} before step {at}", script.layout);
    let stage = Stage::new(script);
    let before = stage.listing();
    let theirs = stage.uploads().join("2026/09").join(name);
    let made = Arc::new(AtomicU64::new(0));
    let (put, inode) = (theirs.clone(), Arc::clone(&made));
    let meddled: Arc<dyn Steps> = Meddled::before(at, move || {
        let _folder = fs::create_dir_all(put.parent().unwrap());
        let file = fs::File::options().write(true).create_new(true).open(&put);
        if let Ok(mut file) = file {
            file.write_all(&bytes).unwrap();
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
                for bytes in [b"theirs".to_vec(), bytes_of(names.0)] {
                    kept += usize::from(meddle(&script, at, names, bytes));
                    points += 1;
                }
            }
        }
    }
    assert!(kept > points / 4, "{kept} of {points}");
    say(&format!("crash: at {points} points of publications, {kept} files of others were kept"));
}

#[test]
fn a_recovery_while_it_is_paused_touches_no_file_of_a_publication() {
    let (mut points, mut waiting) = (0, 0);
    for layout in layouts() {
        let script = Script::new(*layout);
        for at in 0..=steps_of(&script).len() {
            let stage = Stage::new(&script);
            let before = stage.listing();
            let dying: Arc<dyn Steps> = Counted::with(Fate::DiesBefore(at));
            let _dead = stage.publish(&dying, 1);
            let left = stage.listing();
            fs::write(stage.pause_file(), b"").unwrap();
            let place = format!("{layout:?}: killed before step {at}");
            let (recovered, _) = stage.recover(Fate::Nothing);
            let recovered = recovered.unwrap();
            assert_eq!(stage.listing(), left, "{place}");
            if recovered.waiting.is_empty() {
                assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}");
            }
            waiting += recovered.waiting.len();
            fs::remove_file(stage.pause_file()).unwrap();
            let (recovered, _) = stage.recover(Fate::Nothing);
            assert!(recovered.unwrap().unsettled.is_empty(), "{place}");
            assert_eq!(stage.violations(&before), Vec::<String>::new(), "{place}, after the pause");
            points += 1;
        }
    }
    assert!(waiting > 0);
    say(&format!("crash: publications paused at {points} points, {waiting} of them half done"));
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
