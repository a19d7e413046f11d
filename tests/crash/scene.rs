//! A library with one asset of several files, small enough to be built thousands of times.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};
use shelflife::catalog::{Catalog, Decision, FolderChange, Genesis, Session, Turn};
use shelflife::domain::actor::Authority;
use shelflife::domain::asset::{AssetId, Content, Digest, FileStamp, Role, RootKind};
use shelflife::domain::cleanup::HardLinks;
use shelflife::domain::intake::{FileStep, FolderPlan, FoundFile, Home};
use shelflife::domain::lifecycle::{Action, Plan, Request, State, next};
use shelflife::domain::pause::Heed;
use shelflife::domain::review::Review;
use shelflife::domain::time::Timestamp;
use shelflife::error::Error;
use shelflife::executor::{Removal, Return, Switch, Target};
use shelflife::files::{Quarantine, Root, Steps};
use tempfile::TempDir;

use super::dying::{Counted, Fate};

/// The one asset.
pub(super) const ASSET: AssetId = AssetId(1);

/// Where the folders of a scene are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Library and quarantine on one file system.
    OneDevice,
    /// The quarantine is on another one: files are copied.
    TwoDevices,
}

/// A file as it was before anything happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) bytes: Vec<u8>,
    mode: u32,
    modified: (i64, i64),
}

/// A catalog and files that scenes are copied from.
pub(super) struct Template {
    folder: TempDir,
    layout: Layout,
    /// By path beneath the root.
    pub(super) files: BTreeMap<PathBuf, Known>,
}

/// A copy of the template that a run may be killed in.
pub(super) struct Scene<'t> {
    pub(super) template: &'t Template,
    /// What every clock says.
    pub(super) now: Cell<Timestamp>,
    library: TempDir,
    quarantine: TempDir,
}

/// A memory file system, so that nothing waits for a disk.
pub(super) fn memory() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { shared } else { std::env::temp_dir() }
}

/// Two folders on different file systems, if this machine has them.
pub(super) fn has_two_devices() -> bool {
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    device(&memory()) != device(&std::env::temp_dir())
}

impl Template {
    /// A rejected asset of `count` files in two folders, one of them with a name that is not UTF-8.
    pub(super) fn new(count: usize, layout: Layout) -> Self {
        let folder = TempDir::with_prefix_in("shelflife-crash-", memory()).unwrap();
        let files = (0..count).map(|number| (path_of(number), known(number))).collect();
        let template = Self { folder, layout, files };
        template.fill_catalog();
        template
    }

    fn catalog(&self) -> PathBuf {
        self.folder.path().join("catalog.db")
    }

    fn fill_catalog(&self) {
        let genesis = Genesis { uuid: [5; 16] };
        let mut catalog = Catalog::create(&self.catalog(), &genesis, session("template")).unwrap();
        let root = catalog.add_root("uploads", RootKind::Production, 1).unwrap();
        let change = |folder: &str, plan: FolderPlan| FolderChange {
            root,
            folder: folder.as_bytes().to_vec(),
            plan,
        };
        let first = self.folder_plan("2026/07", |role| Home::New(0, role));
        catalog.record_intake(&[change("2026/07", first)]).unwrap();
        let second = self.folder_plan("2026/08", |role| Home::Asset(ASSET, role));
        catalog.record_intake(&[change("2026/08", second)]).unwrap();
        decide(&mut catalog, Action::Reject, Some("off brand"));
    }

    fn folder_plan(&self, folder: &str, home: impl Fn(Role) -> Home) -> FolderPlan {
        let mut plan = FolderPlan::default();
        for (path, known) in &self.files {
            if path.parent() != Some(Path::new(folder)) {
                continue;
            }
            let found = found(path, known);
            let is_first = path == &path_of(0);
            if is_first {
                plan.new_assets.push(found.clone());
            }
            let role = if is_first { Role::Original } else { Role::Size };
            plan.files.push(FileStep { known: None, instead_of: None, found, home: home(role) });
        }
        plan
    }
}

pub(super) fn path_of(number: usize) -> PathBuf {
    let name: &[u8] = match number {
        0 => b"tea.jpg",
        1 => b"tea-\xff.jpg",
        _ => return PathBuf::from(format!("2026/0{}/tea-{number}00x200.jpg", 7 + number % 2)),
    };
    Path::new("2026/07").join(std::ffi::OsStr::from_bytes(name))
}

fn known(number: usize) -> Known {
    let modes = [0o644, 0o600, 0o664, 0o755];
    let seconds = 1_600_000_000 + i64::try_from(number).unwrap() * 86_400;
    Known {
        bytes: format!("the bytes of file {number}\n").repeat(number + 1).into_bytes(),
        mode: modes[number % modes.len()],
        modified: (seconds, 123_456_789),
    }
}

fn found(path: &Path, known: &Known) -> FoundFile {
    FoundFile {
        name: path.file_name().unwrap().as_bytes().to_vec(),
        digest: Digest(Sha256::digest(&known.bytes).into()),
        content: Content { media_type: "image/jpeg".to_owned(), dimensions: None },
        stamp: FileStamp {
            bytes: known.bytes.len() as u64,
            modified_ns: 0,
            changed_ns: 0,
            inode: 0,
            device: 0,
        },
        claims: None,
    }
}

/// Takes a step with the one asset, which is a draft.
pub(super) fn decide(catalog: &mut Catalog, action: Action, reason: Option<&str>) {
    let asset = catalog.asset(ASSET).unwrap().unwrap();
    let decision = Decision {
        asset: ASSET,
        version: asset.version,
        digest: asset.digest,
        transition: transition(State::Draft, action),
        reason: reason.map(str::to_owned),
        causes: Vec::new(),
        pins: Vec::new(),
        look: None,
        notice: None,
        review: Review::default(),
        code: None,
        settlement: None,
    };
    catalog.record_decision(&decision).unwrap();
}

pub(super) fn transition(from: State, action: Action) -> shelflife::domain::lifecycle::Transition {
    let request = Request {
        action,
        authority: Authority::Human,
        plan: Plan::None,
        asker: "olga",
        undone: None,
        reason: Some("test"),
    };
    next(from, &request).unwrap()
}

pub(super) fn session(run: &str) -> Session {
    let run = format!("{run} {}", uuid::Uuid::new_v4());
    Session { run, ..crate::support::writing::session(now(), "test") }
}

pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-09-01T10:00:00Z").unwrap()
}

impl<'t> Scene<'t> {
    pub(super) fn new(template: &'t Template) -> Self {
        let library = TempDir::with_prefix_in("shelflife-crash-", memory()).unwrap();
        let quarantine = match template.layout {
            Layout::OneDevice => TempDir::with_prefix_in("shelflife-crash-", memory()).unwrap(),
            Layout::TwoDevices => TempDir::with_prefix("shelflife-crash-").unwrap(),
        };
        let scene = Self { template, now: Cell::new(now()), library, quarantine };
        fs::copy(template.catalog(), scene.catalog()).unwrap();
        for (path, known) in &template.files {
            write(&scene.root().join(path), known);
        }
        Quarantine::create(&scene.quarantine()).unwrap();
        scene
    }

    pub(super) fn root(&self) -> PathBuf {
        self.library.path().join("uploads")
    }

    pub(super) fn quarantine(&self) -> PathBuf {
        self.quarantine.path().join("quarantine")
    }

    pub(super) fn catalog(&self) -> PathBuf {
        self.library.path().join("catalog.db")
    }

    /// What pauses by being there.
    pub(super) fn pause_file(&self) -> PathBuf {
        self.library.path().join("PAUSED")
    }

    /// Where a file of the group belongs in the library.
    pub(super) fn path(&self, number: usize) -> PathBuf {
        self.root().join(path_of(number))
    }

    /// Where it is kept by the `operation`th operation.
    pub(super) fn stored(&self, operation: u32, number: usize) -> PathBuf {
        let store = self.quarantine().join("v1").join(operation_id(operation));
        store.join(format!("{:04}.bin", number + 1))
    }

    /// The catalog as the next process finds it.
    pub(super) fn open_catalog(&self, run: &str) -> Catalog {
        self.ground().open_catalog(run)
    }

    /// One process: it opens everything, works, and is gone. Returns what came of it and its steps.
    pub(super) fn process<T>(
        &self,
        run: &str,
        fate: Fate,
        work: impl FnOnce(&mut Target<'_>) -> Result<T, Error>,
    ) -> (Result<T, Error>, Vec<&'static str>) {
        let counted = Counted::with(fate);
        let steps: Arc<dyn Steps> = counted.clone();
        let done = self.process_watched(run, &steps, work);
        (done, counted.taken())
    }

    /// [`Self::process`] with steps of the test's own.
    pub(super) fn process_watched<T>(
        &self,
        run: &str,
        steps: &Arc<dyn Steps>,
        work: impl FnOnce(&mut Target<'_>) -> T,
    ) -> T {
        let mut catalog = self.open_catalog(run);
        work(&mut self.target(&mut catalog, steps))
    }

    /// What a process works on, telling `steps` of every change.
    fn target<'c>(&self, catalog: &'c mut Catalog, steps: &Arc<dyn Steps>) -> Target<'c> {
        self.ground().target(catalog, steps)
    }

    /// Where the scene is, for a process that comes in while another one is at work.
    pub(super) fn ground(&self) -> Ground {
        Ground {
            root: self.root(),
            quarantine: self.quarantine(),
            catalog: self.catalog(),
            pause_file: self.pause_file(),
            now: self.now.get(),
        }
    }
}

/// The places of a scene, and its time.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    root: PathBuf,
    quarantine: PathBuf,
    catalog: PathBuf,
    pub(super) pause_file: PathBuf,
    now: Timestamp,
}

impl Ground {
    pub(super) fn open_catalog(&self, run: &str) -> Catalog {
        let session = Session { now: self.now, ..session(run) };
        Catalog::open_to_write(&self.catalog, session).unwrap()
    }

    /// The turn that was begun through the catalog.
    pub(super) fn turn(&self, catalog: &Catalog) -> Turn {
        catalog.turn(&self.catalog).unwrap().unwrap()
    }

    pub(super) fn target<'c>(
        &self,
        catalog: &'c mut Catalog,
        steps: &Arc<dyn Steps>,
    ) -> Target<'c> {
        let root = Root::open(&self.root).unwrap().watched_by(Arc::clone(steps));
        let quarantine = Quarantine::open(&self.quarantine).unwrap();
        Target {
            catalog,
            roots: BTreeMap::from([(1, root)]),
            quarantine: quarantine.watched_by(Arc::clone(steps)),
            steps: Arc::clone(steps),
            switch: Switch { file: self.pause_file.clone(), environment: None, heed: Heed::Stop },
            now: self.now,
            restore_hold_hours: 0,
        }
    }
}

/// An identifier as a command would give it, but the same each time.
pub(super) fn operation_id(number: u32) -> String {
    format!("0198{number:028}")
}

/// The order to take the asset out of the library, as the `number`th operation.
pub(super) fn removal(catalog: &Catalog, number: u32) -> Option<Removal> {
    let asset = catalog.asset(ASSET).unwrap().unwrap();
    (asset.state == State::Rejected).then(|| Removal {
        operation: operation_id(number),
        asset: ASSET,
        version: asset.version,
        transition: transition(asset.state, Action::Quarantine),
        reason: None,
        causes: vec!["rejected".to_owned()],
        hard_links: HardLinks::Leave,
    })
}

/// The order to bring it back.
pub(super) fn return_of(catalog: &Catalog, number: u32) -> Option<Return> {
    let asset = catalog.asset(ASSET).unwrap().unwrap();
    asset.state.was().map(|_| Return {
        operation: operation_id(number),
        asset: ASSET,
        version: asset.version,
        transition: transition(asset.state, Action::Restore),
        reason: None,
    })
}

fn write(path: &Path, known: &Known) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, &known.bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(known.mode)).unwrap();
    let (seconds, nanos) = known.modified;
    let modified = Duration::new(seconds.cast_unsigned(), u32::try_from(nanos).unwrap());
    File::open(path).unwrap().set_modified(UNIX_EPOCH + modified).unwrap();
}

/// The file as it is on disk now.
pub(super) fn read(path: &Path) -> Known {
    let metadata = fs::metadata(path).unwrap();
    Known {
        bytes: fs::read(path).unwrap(),
        mode: metadata.mode() & 0o7777,
        modified: (metadata.mtime(), metadata.mtime_nsec()),
    }
}
