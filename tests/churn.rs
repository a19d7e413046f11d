//! A folder in which files come, go, are renamed and replaced in whatever order, between scans and
//! decisions: what it came to is what is there.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rusqlite::Connection;
use serde_json::json;
use shelflife::catalog::AuditEntry;
use shelflife::domain::asset::{Asset, AssetFile, AssetId, Content, Place, Role};
use shelflife::domain::lifecycle::State;
use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::many::without_caps;
use crate::support::pictures::png;
use crate::support::scanned::FULL;
use crate::support::{TestLibrary, cases};

const FOLDER: &str = "uploads/2026/03";
/// Names that are made of one another, and one that is not.
const NAMES: [&str; 8] = [
    "harbour.png",
    "harbour-40x32.png",
    "harbour-20x16.png",
    "harbour.jpg",
    "harbour-scaled.png",
    "harbour-e1700000000000.png",
    "harbour-20x16.png.webp",
    "garden.png",
];
/// An original and sizes of it, and another picture.
const SIZES: [(u32, u32); 4] = [(80, 64), (40, 32), (20, 16), (30, 90)];

/// What happens next, to files by their place in [`NAMES`] and to assets by number.
#[derive(Debug, Clone)]
enum Event {
    Scan,
    FullScan,
    /// A file with these pixels, and its own bytes or those of another name.
    Put(usize, usize, bool),
    Remove(usize),
    Rename(usize, usize),
    Approve(i64),
    Reject(i64),
    /// Rejects it and takes away what is rejected.
    Clean(i64),
    Restore(i64),
    /// The site says that a file is an attachment of this id, perhaps made of an upload, and that
    /// others are sizes of it.
    Import(u8, usize, Option<usize>, Vec<usize>),
    Hold(i64),
    Release(i64),
}

fn event() -> impl Strategy<Value = Event> {
    let name = 0..NAMES.len();
    let sizes = proptest::collection::vec(name.clone(), 0..4);
    let upload = proptest::option::weighted(0.2, name.clone());
    let attachment = (7_u8..9, name.clone(), upload, sizes);
    prop_oneof![
        8 => Just(Event::Scan),
        2 => Just(Event::FullScan),
        8 => (name.clone(), 0..SIZES.len(), any::<bool>())
            .prop_map(|(name, size, own)| Event::Put(name, size, own)),
        6 => name.clone().prop_map(Event::Remove),
        3 => (name.clone(), name).prop_map(|(from, to)| Event::Rename(from, to)),
        4 => (1_i64..5).prop_map(Event::Approve),
        4 => (1_i64..5).prop_map(Event::Reject),
        4 => (1_i64..5).prop_map(Event::Clean),
        4 => (1_i64..5).prop_map(Event::Restore),
        1 => (1_i64..5).prop_map(Event::Hold),
        1 => (1_i64..5).prop_map(Event::Release),
        4 => attachment.prop_map(|(id, main, upload, sizes)| Event::Import(id, main, upload, sizes)),
    ]
}

/// How many entries of each kind logs have.
type Tally = BTreeMap<String, u32>;

struct Churn {
    library: TestLibrary,
    /// The originals of what was approved last.
    approved: RefCell<BTreeMap<AssetId, Content>>,
    /// Whether the site has said anything: it may say that a file is of two assets.
    imported: Cell<bool>,
}

impl Churn {
    fn new() -> Self {
        let library = TestLibrary::new();
        for (name, size) in NAMES.iter().zip(SIZES).take(2) {
            library.write(format!("{FOLDER}/{name}"), png(size, name.as_bytes()));
        }
        library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
        library.add_context("campaign/spring", None);
        without_caps(&library);
        let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
        library.write_config(&config.replace("block-on-sites", "warn"));
        let churn = Self { library, approved: RefCell::default(), imported: Cell::new(false) };
        churn.scan("scan").unwrap();
        churn
    }

    fn take(&self, event: &Event) -> Result<(), String> {
        let path = |name: usize| self.library.path(format!("{FOLDER}/{}", NAMES[name]));
        match *event {
            Event::Scan => self.scan("scan"),
            Event::FullScan => self.scan("scan --full"),
            Event::Put(name, size, own) => {
                let text = if own { NAMES[name] } else { "some" };
                fs::write(path(name), png(SIZES[size], text.as_bytes())).map_err(|e| e.to_string())
            }
            Event::Remove(name) => {
                drop(fs::remove_file(path(name)));
                Ok(())
            }
            Event::Rename(from, to) => {
                drop(fs::rename(path(from), path(to)));
                Ok(())
            }
            Event::Approve(asset) => {
                self.run(&format!("describe {asset} {FULL}"))?;
                self.run(&format!("approve {asset}"))?;
                if let Some(asset) = self.library.scanned_catalog().asset(AssetId(asset)).unwrap()
                    && asset.state == State::Approved
                {
                    self.approved.borrow_mut().insert(asset.id, asset.content);
                }
                Ok(())
            }
            Event::Reject(asset) => self.run(&format!("reject {asset} --reason x")),
            Event::Clean(asset) => {
                self.run(&format!("reject {asset} --reason x"))?;
                self.run("clean --apply")
            }
            Event::Restore(asset) => self.run(&format!("restore {asset}")),
            Event::Hold(asset) => self.run(&format!("hold {asset} --reason x")),
            Event::Release(asset) => self.run(&format!("release {asset} --reason x")),
            Event::Import(id, main, upload, ref sizes) => {
                let main = NAMES[main];
                let sizes: BTreeMap<_, _> = (1..)
                    .zip(sizes)
                    .map(|(number, size)| (format!("s{number}"), json!({ "file": NAMES[*size] })))
                    .collect();
                let list = json!([{
                    "ID": id, "_wp_attached_file": format!("2026/03/{main}"),
                    "_wp_attachment_metadata": {
                        "width": 80, "sizes": sizes, "original_image": upload.map(|upload| NAMES[upload]),
                    },
                }]);
                self.imported.set(true);
                self.library.write("list.json", list.to_string());
                self.run("import rest list.json")
            }
        }
    }

    /// What is not so is refused; but nothing is damaged.
    fn run(&self, line: &str) -> Result<(), String> {
        let run = self.library.run(line);
        match run.exit {
            ExitCode::Usage | ExitCode::Integrity | ExitCode::Defect | ExitCode::Io => {
                Err(run.to_string())
            }
            _ => Ok(()),
        }
    }

    /// Scans, and again, which finds nothing new. What an approval kept from being part of another asset
    /// may be one with the scan after the one that ended the approval.
    fn scan(&self, line: &str) -> Result<(), String> {
        let voids = self.entries_of(line)?;
        self.compare()?;
        let mut since = self.entries_of("scan")?;
        if voids.iter().any(|entry| entry.kind == "asset.void") {
            self.compare()?;
            since = self.entries_of("scan")?;
        }
        match since.first() {
            Some(entry) => Err(format!("the next scan still finds something new: {entry:?}")),
            None => Ok(()),
        }
    }

    /// What a scan writes about assets.
    fn entries_of(&self, line: &str) -> Result<Vec<AuditEntry>, String> {
        let before = self.library.audit_entries().len();
        let run = self.library.run(line);
        if run.exit != ExitCode::Success {
            return Err(run.to_string());
        }
        let since = self.library.audit_entries().split_off(before).into_iter();
        Ok(since.filter(|entry| entry.asset.is_some()).collect())
    }

    /// Every file is on record once, and every asset that has not ended is of files, under the name of
    /// its original.
    fn compare(&self) -> Result<(), String> {
        let catalog = self.library.scanned_catalog();
        let folder = fs::read_dir(self.library.path(FOLDER)).map_err(|e| e.to_string())?;
        let there: BTreeSet<_> =
            folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let known = self.column("SELECT CAST(name AS TEXT) FROM file WHERE place = 'library'");
        if known.len() != there.len()
            || known.iter().collect::<BTreeSet<_>>() != there.iter().collect()
        {
            return Err(format!("{there:?} is there, and on record is {known:?}"));
        }
        for asset in self.column("SELECT CAST(id AS TEXT) FROM asset WHERE was IS NULL") {
            let asset = catalog.asset(AssetId(asset.parse().unwrap())).unwrap().unwrap();
            let files = catalog.files_of(asset.id).unwrap().into_iter();
            let files: Vec<_> = files.map(|(_, file)| file).collect();
            compare_asset(&asset, &files, self.approved.borrow().get(&asset.id))?;
            if !self.imported.get() {
                compare_original(&asset, &files)?;
            }
        }
        let sql = "SELECT CAST(id AS TEXT) FROM asset WHERE was IS NULL AND files_missing <>
                   EXISTS (SELECT 1 FROM file WHERE asset_id = asset.id AND place = 'missing')";
        match self.column(sql).first() {
            Some(asset) => Err(format!("#{asset} says wrongly whether files are missing")),
            None => Ok(()),
        }
    }

    /// At the end catalog, log and disk agree, and all that is of an asset can be taken out.
    fn end(&self) -> Result<(), String> {
        self.scan("scan --full")?;
        let run = self.library.run("audit verify --replay --disk=full");
        if run.exit != ExitCode::Success {
            return Err(run.to_string());
        }
        let assets = self.column("SELECT CAST(id AS TEXT) FROM asset WHERE was IS NULL").join(" ");
        if assets.is_empty() {
            return Ok(());
        }
        self.run(&format!("release {assets} --reason x"))?;
        let run = self.library.run(&format!("withdraw {assets} --reason unsafe"));
        self.compare()?;
        let left = self.column(
            "SELECT CAST(name AS TEXT) FROM file WHERE place = 'library' AND asset_id IS NOT NULL",
        );
        if run.exit == ExitCode::Success && left.is_empty() {
            Ok(())
        } else {
            Err(format!("{left:?}: {run}"))
        }
    }

    fn column(&self, sql: &str) -> Vec<String> {
        let database = Connection::open(self.library.path("state/catalog.db")).unwrap();
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

fn compare_asset(
    asset: &Asset,
    files: &[AssetFile],
    approved: Option<&Content>,
) -> Result<(), String> {
    let here: Vec<_> =
        files.iter().filter(|file| matches!(file.place, Place::Library | Place::Missing)).collect();
    let originals: Vec<_> = here.iter().filter(|file| file.role == Role::Original).collect();
    let is_complete = here.iter().all(|file| file.place == Place::Library);
    let wrong = if here.is_empty() {
        "has no files"
    } else if !originals.iter().any(|file| file.path == asset.path) {
        "goes by no original of its own"
    } else if asset.state == State::Approved && is_complete && approved != Some(&asset.content) {
        "is approved, and its original is not what was"
    } else {
        return Ok(());
    };
    Err(format!("{} {wrong}: {asset:#?} {files:#?}", asset.id))
}

/// An asset has one original, and goes by that as long as it is there.
fn compare_original(asset: &Asset, files: &[AssetFile]) -> Result<(), String> {
    let there = files.iter().filter(|file| file.place == Place::Library);
    let originals: Vec<_> =
        there.filter(|file| file.role == Role::Original).map(|file| &file.path).collect();
    match originals[..] {
        [] => Ok(()),
        [path] if *path == asset.path => Ok(()),
        _ => Err(format!("the originals of {} are {originals:?}: {asset:#?}", asset.id)),
    }
}

fn play(events: &[Event]) -> Result<Vec<AuditEntry>, String> {
    let churn = Churn::new();
    for (number, event) in events.iter().enumerate() {
        churn.take(event).map_err(|wrong| format!("after {number} {event:?}: {wrong}"))?;
    }
    churn.end()?;
    Ok(churn.library.audit_entries())
}

#[test]
fn whatever_comes_and_goes_in_a_folder_is_on_record_as_it_is() {
    let sequences = cases(30, 1_000);
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::with_cases(sequences)
    };
    let tally = RefCell::new(Tally::new());
    let strategy = proptest::collection::vec(event(), 1..=40);
    let outcome = TestRunner::new(config).run(&strategy, |events| {
        for entry in play(&events).map_err(TestCaseError::fail)? {
            *tally.borrow_mut().entry(entry.kind).or_default() += 1;
        }
        Ok(())
    });
    outcome.unwrap();
    let of = |kind: &str| tally.borrow().get(kind).copied().unwrap_or_default();
    say(&format!(
        "churn: {sequences} sequences with {} scans and {} imports: {} assets, {} merged, {} removals, \
         {} restores",
        of("root.scan"),
        of("import.attachments"),
        of("asset.add"),
        of("asset.merge"),
        of("quarantine.done"),
        of("restore.done"),
    ));
}
