//! A draft of several files that is to be published, and the processes that work on it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

use super::dying::{Counted, Fate};
use super::scene::{ASSET, Known, Layout, decide, memory, now, operation_id, read, session};

/// The files, by the name that each has as a draft, with the name it is to get.
pub(super) const NAMES: [(&str, &str); 4] = [
    ("out 7.png", "tea-tin.png"),
    ("out 7-300x200.png", "tea-tin-300x200.png"),
    ("out 7-scaled.png", "tea-tin-scaled.png"),
    ("out 7.png.webp", "tea-tin.png.webp"),
];

/// A catalog that stages are copied from.
pub(super) struct Script {
    folder: TempDir,
    pub(super) layout: Layout,
}

/// A draft root, a root that is served, a quarantine and the catalog of them.
pub(super) struct Stage {
    library: TempDir,
    pub(super) drafts: TempDir,
}

/// Every file beneath a folder, by its path.
pub(super) type Listing = BTreeMap<PathBuf, Known>;

pub(super) fn bytes_of(name: &str) -> Vec<u8> {
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
    pub(super) fn new(layout: Layout) -> Self {
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
            plan.files.push(FileStep {
                known: None,
                instead_of: None,
                found: found(name),
                home: Home::New(0, role),
            });
        }
        let change = FolderChange { root, folder: b"gen".to_vec(), plan };
        catalog.record_intake(&[change]).unwrap();
        decide(&mut catalog, Action::Approve, None);
        Self { folder, layout }
    }
}

impl Stage {
    pub(super) fn new(script: &Script) -> Self {
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

    pub(super) fn uploads(&self) -> PathBuf {
        self.library.path().join("uploads")
    }

    pub(super) fn pause_file(&self) -> PathBuf {
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

    pub(super) fn publish(&self, steps: &Arc<dyn Steps>, number: u32) -> Result<Ended, Error> {
        self.process(steps, |target| {
            let publication = publication(target.catalog, number);
            publish_asset(target, &publication)
        })
    }

    pub(super) fn recover(&self, fate: Fate) -> (Result<Recovered, Error>, usize) {
        let counted = Counted::with(fate);
        let steps: Arc<dyn Steps> = counted.clone();
        (self.process(&steps, recover), counted.taken().len())
    }

    /// Every file of both roots.
    pub(super) fn listing(&self) -> Listing {
        let mut all = BTreeMap::new();
        list(self.drafts.path(), Path::new("drafts"), &mut all);
        list(&self.uploads(), Path::new("uploads"), &mut all);
        all
    }

    /// What is wrong with where the files are, and with what the catalog says of it.
    pub(super) fn violations(&self, before: &Listing) -> Vec<String> {
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
        let (closed, _) = self.folders();
        wrong.extend(closed.iter().map(|path| format!("{} is closed", path.display())));
        let stores = fs::read_dir(self.library.path().join("quarantine/v1")).unwrap().count();
        if stores > 0 {
            wrong.push(format!("{stores} folders in quarantine"));
        }
        wrong
    }

    /// The folders that are served: those that nobody else may enter, and those with hidden names.
    pub(super) fn folders(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let entries = walkdir::WalkDir::new(self.uploads()).into_iter().map(Result::unwrap);
        let folders = entries.filter(|entry| entry.file_type().is_dir());
        let (hidden, named): (Vec<_>, Vec<_>) = folders
            .map(walkdir::DirEntry::into_path)
            .partition(|path| path.to_string_lossy().contains("/.shelflife-"));
        let mode = |path: &Path| fs::metadata(path).unwrap().mode();
        let usual = mode(&self.uploads());
        (named.into_iter().filter(|path| mode(path) != usual).collect(), hidden)
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
pub(super) fn published(before: &Listing) -> Listing {
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
