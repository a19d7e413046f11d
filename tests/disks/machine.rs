//! A library on disks of its own, and the program at work there until its power is cut.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use shelflife::catalog::Catalog;
use shelflife::domain::asset::{Asset, AssetId};
use shelflife::domain::lifecycle::State;
use shelflife::exit::ExitCode;

use super::disk::{Disk, Kind, must};
use crate::support::moving::{Tree, tree};
use crate::support::pictures::png;
use crate::support::scanned::FULL;
use crate::support::{TestLibrary, wall_clock};

/// What lies on which of the disks `a` and `b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Together,
    /// Files are copied from one disk to the other.
    QuarantineApart,
    CatalogApart,
}

impl Layout {
    pub(super) const ALL: [Self; 3] = [Self::Together, Self::QuarantineApart, Self::CatalogApart];

    fn quarantine(self) -> &'static str {
        if self == Self::QuarantineApart { "b/quarantine" } else { "a/quarantine" }
    }

    /// Files are copied from here too, where they are copied to the quarantine.
    fn drafts(self) -> &'static str {
        if self == Self::QuarantineApart { "b/drafts" } else { "a/drafts" }
    }

    fn catalog(self) -> &'static str {
        if self == Self::CatalogApart { "b/state/catalog.db" } else { "a/state/catalog.db" }
    }
}

const ASSETS: i64 = 2;

/// The number of the root that is served: the first that was added.
const UPLOADS: i64 = 1;

/// A machine as it was when its disks were last unmounted.
pub(super) struct Template {
    /// Where the disks are mounted, with a clock of its own until the power is cut.
    library: TestLibrary,
    layout: Layout,
    pub(super) disks: Vec<Disk>,
    before: Tree,
    /// What runs under the tracer.
    pub(super) program: PathBuf,
    /// An environment variable of each of its runs.
    pub(super) variable: Option<(&'static str, &'static str)>,
}

/// A running machine.
pub(super) struct Machine<'t> {
    pub(super) template: &'t Template,
    pub(super) disks: Vec<Disk>,
}

impl Template {
    /// Two assets of three files each, rejected twelve days ago.
    pub(super) fn new(kind: Kind, layout: Layout) -> Self {
        Self::made(kind, layout, Self::reject)
    }

    /// Two assets of three files each in a draft root, approved and not published.
    pub(super) fn of_drafts(kind: Kind, layout: Layout) -> Self {
        Self::made(kind, layout, Self::approve_drafts)
    }

    fn made(kind: Kind, layout: Layout, fill: impl Fn(&mut Self)) -> Self {
        let library = TestLibrary::at(&wall_clock().plus_days(-12).to_string());
        library.set_variable("SHELFLIFE_CONFIG", library.path("a/shelflife.toml"));
        let names: &[&str] = if layout == Layout::Together { &["a"] } else { &["a", "b"] };
        let disk = |name: &&str| {
            Disk::new(kind, library.path(format!("{name}.image")), library.path(name))
        };
        let disks = names.iter().map(disk).collect();
        let program = PathBuf::from(env!("CARGO_BIN_EXE_shelflife"));
        let before = Tree::new();
        let mut template = Self { library, layout, disks, before, program, variable: None };
        fill(&mut template);
        template.disks.iter().for_each(Disk::unmount);
        template
    }

    fn reject(&mut self) {
        self.write_files("a/uploads");
        self.init("--root a/uploads");
        for line in ["scan", "reject --state draft --reason unwanted"] {
            self.prepare(line);
        }
    }

    fn approve_drafts(&mut self) {
        let drafts = self.layout.drafts();
        self.write_files(drafts);
        fs::create_dir_all(self.path("a/uploads")).unwrap();
        self.init(&format!("--root a/uploads --draft-root {drafts}"));
        let config = self.path("a/shelflife.toml");
        let whole = fs::read_to_string(&config).unwrap();
        let (before, after) = whole.split_once("[publish]").unwrap();
        let (_, after) = after.split_once("\n\n").unwrap();
        fs::write(&config, format!("{before}{after}")).unwrap();
        for line in ["scan", "context add campaign/spring --owner anna"] {
            self.prepare(line);
        }
        // The disks have the time of the machine, whatever day that is.
        let described = FULL.replace("2026-06-30", "+90d").replace("2026-06-01", "+60d");
        self.prepare(&format!("describe --state draft {described}"));
        self.prepare("approve --state draft");
        fs::write(&config, whole.replace("{title}", "{title}-{id}")).unwrap();
    }

    fn write_files(&mut self, root: &str) {
        for asset in 0..ASSETS {
            let folder = self.path(&format!("{root}/2026/0{asset}"));
            fs::create_dir_all(&folder).unwrap();
            for (suffix, size) in [("", (60, 40)), ("-30x20", (30, 20)), ("-15x10", (15, 10))] {
                let name = format!("tea{suffix}.png");
                let file = folder.join(&name);
                fs::write(&file, png(size, name.as_bytes())).unwrap();
                // Long enough ago to be no file that is still being written.
                let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
                File::open(&file).unwrap().set_modified(long_ago).unwrap();
            }
        }
        self.before = tree(&self.path(root));
    }

    fn init(&self, roots: &str) {
        let (catalog, quarantine) = (self.layout.catalog(), self.layout.quarantine());
        self.prepare(&format!("init {roots} --catalog {catalog} --quarantine {quarantine}"));
        let config = self.path("a/shelflife.toml");
        let text = fs::read_to_string(&config).unwrap();
        let text = text.replace("restore_hold_hours = ", "restore_hold_hours = 0 # ");
        fs::write(&config, text.replace("# after_days = 90", "after_days = 7")).unwrap();
    }

    /// Runs a command in this process. A child that another test starts has this process's locks
    /// until it becomes another program.
    #[track_caller]
    fn prepare(&self, line: &str) {
        self.library.run(&format!("{line} --wait 20s")).expect(ExitCode::Success);
    }

    /// The same once its files were in quarantine for so long that they may be deleted now.
    pub(super) fn ripe(self) -> Self {
        self.after(|machine| {
            machine.template.prepare("clean --apply");
            for _ in 0..10 {
                machine.template.library.advance_days(1);
                machine.template.prepare("scan --accept-missing");
            }
            machine.template.prepare("purge --mark");
        })
    }

    /// The same once `work` was done on it.
    pub(super) fn after<T>(self, work: impl FnOnce(&Machine<'_>) -> T) -> Self {
        let disks = {
            let machine = self.machine();
            work(&machine);
            machine.disks.iter().for_each(Disk::unmount);
            let kept = |disk: &Disk| disk.copy(disk.image.with_extension("kept"));
            machine.disks.iter().map(kept).collect()
        };
        Self { disks, ..self }
    }

    /// The same where this environment variable is set for what runs under the tracer.
    pub(super) fn under(self, variable: (&'static str, &'static str)) -> Self {
        Self { variable: Some(variable), ..self }
    }

    /// The same where another program runs under the tracer, with no such variable.
    pub(super) fn traced(self, program: &Path) -> Self {
        Self { program: program.to_owned(), variable: None, ..self }
    }

    /// A machine that starts with copies of the disks.
    pub(super) fn machine(&self) -> Machine<'_> {
        let copy = |disk: &Disk| disk.copy(disk.image.with_extension("copy"));
        let disks: Vec<_> = self.disks.iter().map(copy).collect();
        disks.iter().for_each(Disk::mount);
        Machine { template: self, disks }
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_shelflife"));
        self.place(&mut program);
        program.args(words);
        program
    }

    pub(super) fn place(&self, program: &mut Command) {
        program.env_clear().current_dir(self.path(""));
        program.env("SHELFLIFE_CONFIG", self.path("a/shelflife.toml"));
        program.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.library.path(relative)
    }

    /// What clean files there have to be, given what was deleted for good.
    fn files_of(&self, assets: &[Asset]) -> Tree {
        let deleted: Vec<_> =
            assets.iter().filter(|a| matches!(a.state, State::Purged(_))).collect();
        let is_deleted = |path: &Path| {
            let folder = path.parent().unwrap().as_os_str().as_encoded_bytes();
            deleted.iter().any(|asset| asset.path.folder() == folder)
        };
        let kept = self.before.iter().filter(|(path, _)| !is_deleted(path));
        kept.map(|(path, file)| (path.clone(), file.clone())).collect()
    }
}

impl Machine<'_> {
    #[track_caller]
    pub(super) fn must_run(&self, words: &[&str]) -> Output {
        must(&mut self.template.program(words))
    }

    /// Runs a command, and keeps what it says it has done.
    pub(super) fn run(&self, words: &[&str]) -> Output {
        let output = self.template.program(words).output().unwrap();
        self.hear(&output);
        output
    }

    /// Keeps what a command says it has done.
    pub(super) fn hear(&self, output: &Output) {
        fs::write(self.path("said"), &output.stdout).unwrap();
    }

    /// A path on one of the disks, such as `a/uploads`.
    pub(super) fn path(&self, relative: &str) -> PathBuf {
        self.template.path(relative)
    }

    pub(super) fn has_open_operations(&self) -> bool {
        !self.catalog().open_operations().unwrap().is_empty()
    }

    pub(super) fn catalog_path(&self) -> PathBuf {
        self.template.path(self.template.layout.catalog())
    }

    /// Whether the command that was cut off had said this.
    pub(super) fn has_said(&self, words: &str) -> bool {
        let said = fs::read_to_string(self.template.path("said")).unwrap_or_default();
        said.contains(words)
    }

    fn catalog(&self) -> Catalog {
        Catalog::open_to_read(&self.catalog_path()).unwrap()
    }

    /// What is wrong once the program has recovered.
    pub(super) fn violations(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for words in [&["recover"][..], &["audit", "verify", "--replay", "--disk=full"]] {
            let output = self.template.program(words).output().unwrap();
            if !output.status.success() {
                let said = [output.stdout, output.stderr].concat();
                wrong.push(format!("{words:?}: {}", String::from_utf8_lossy(&said)));
            }
        }
        let layout = self.template.layout;
        let [uploads, drafts, away] = ["a/uploads", layout.drafts(), layout.quarantine()]
            .map(|place| tree(&self.template.path(place)));
        let all = uploads.values().chain(drafts.values()).chain(away.values());
        let mut found: Vec<_> = all.collect();
        let expected = self.template.files_of(&self.assets());
        let mut expected: Vec<_> = expected.values().collect();
        found.sort();
        expected.sort();
        if found != expected {
            wrong.push(format!("{} files became {}", expected.len(), found.len()));
        }
        wrong.extend(self.broken_promises(&uploads));
        wrong
    }

    /// [`Self::broken_promises`] before anything recovers.
    pub(super) fn promises_broken(&self) -> Vec<String> {
        let mut broken = self.broken_promises(&tree(&self.template.path("a/uploads")));
        broken.retain(|what| what.starts_with("what was said"));
        broken
    }

    /// Assets that are not where the program said that it had put them.
    fn broken_promises(&self, uploads: &Tree) -> Vec<String> {
        let said = fs::read_to_string(self.template.path("said")).unwrap_or_default();
        let mut broken = Vec::new();
        let drafts = tree(&self.template.path(self.template.layout.drafts()));
        for Asset { id, state, path, root, .. } in self.assets() {
            let path = Path::new(std::str::from_utf8(path.as_bytes()).unwrap());
            let is_draft = root != UPLOADS;
            let place = if is_draft { &drafts } else { uploads };
            let is_here = place.contains_key(path);
            let is_deleted = matches!(state, State::Purged(_));
            let told = |verb: &str| said.contains(&format!("{verb}  {id} "));
            let is_published = |line: &str| {
                line.contains(&format!("recorded  {id} ")) && line.contains("published as")
            };
            if (told("quarantined") && is_here)
                || (told("restored") && !is_here)
                || (told("purged") && !is_deleted)
                || (said.lines().any(is_published) && is_draft)
            {
                broken.push(format!("what was said about {id} is not so any more"));
            }
            if is_here != state.was().is_none() {
                broken.push(format!("{id} is {state} and in the wrong place"));
            }
        }
        broken
    }

    fn assets(&self) -> Vec<Asset> {
        let catalog = self.catalog();
        (1..=ASSETS).map(|id| catalog.asset(AssetId(id)).unwrap().unwrap()).collect()
    }
}
