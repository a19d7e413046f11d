//! Assets in a test library's catalog, described and decided without files and without the gate:
//! for tests that are about what happens to assets afterwards.

use shelflife::catalog::{Catalog, Decision, DescriptionEdit, FolderChange, Genesis};
use shelflife::domain::actor::Authority;
use shelflife::domain::asset::{AssetId, Content, Digest, FileStamp, Role, RootKind};
use shelflife::domain::intake::{FileStep, FolderPlan, FoundFile, Home};
use shelflife::domain::lifecycle::{self, Action, Plan, Request};
use shelflife::domain::metadata::Dates;
use shelflife::domain::path::RelPath;
use shelflife::domain::review::Review;
use shelflife::domain::time::{CivilDate, Zone};

use super::TestLibrary;
use super::writing::session;

/// What [`TestLibrary::approve`] records about an asset before it approves it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Approval<'a> {
    /// Keys of contexts, which are pinned at their current revisions.
    pub(crate) contexts: &'a [&'a str],
    pub(crate) licenses: &'a [&'a str],
    pub(crate) placements: &'a [&'a str],
    pub(crate) alt: &'a str,
    pub(crate) owner: Option<&'a str>,
    /// The zone of the dates; UTC if none.
    pub(crate) zone: Option<&'a str>,
    pub(crate) starts_on: Option<&'a str>,
    pub(crate) expires_on: Option<&'a str>,
    pub(crate) review_on: Option<&'a str>,
}

impl TestLibrary {
    /// A configured library whose catalog has a draft at each path of the root `uploads`.
    pub(crate) fn stocked(paths: &[&str]) -> Self {
        let library = Self::new();
        library.configure("");
        library.stock(paths);
        library
    }

    /// Makes the catalog of the configuration, with a draft at each path of the root `uploads`.
    ///
    /// The assets' numbers are 1 and up, in the order of the paths.
    pub(crate) fn stock(&self, paths: &[&str]) {
        let session = session(self.now(), "shelflife init");
        let genesis = Genesis { uuid: [7; 16] };
        let mut catalog = Catalog::create(&self.path("catalog.db"), &genesis, session).unwrap();
        let root = catalog.add_root("uploads", RootKind::Production, 1).unwrap();
        let changes: Vec<_> = paths.iter().map(|path| new_asset(root, path)).collect();
        catalog.record_intake(&changes).unwrap();
        catalog.finish_run(0).unwrap();
    }

    /// The catalog, for looking at.
    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::open_to_read(&self.path("catalog.db")).unwrap()
    }

    /// Changes the catalog in the name of `command`, at the library's time.
    pub(crate) fn change<T>(&self, command: &str, work: impl FnOnce(&mut Catalog) -> T) -> T {
        let session = session(self.now(), command);
        let mut catalog = Catalog::open_to_write(&self.path("catalog.db"), session).unwrap();
        let done = work(&mut catalog);
        catalog.finish_run(0).unwrap();
        done
    }

    /// The number of the asset at `path`.
    pub(crate) fn id_of(&self, path: &str) -> AssetId {
        id_in(&self.catalog(), path)
    }

    /// Describes the asset as `approval` says, then approves it.
    pub(crate) fn approve(&self, path: &str, approval: Approval<'_>) {
        self.approve_all(&[path], approval);
    }

    /// [`Self::approve`] for many assets.
    pub(crate) fn approve_all(&self, paths: &[&str], approval: Approval<'_>) {
        self.describe_all(paths, approval);
        let catalog = self.catalog();
        let decision = |path: &&str| self.decision_in(&catalog, path, Action::Approve);
        let decisions: Vec<_> = paths.iter().map(decision).collect();
        let record = |catalog: &mut Catalog| catalog.record_decisions(&decisions);
        assert_eq!(self.change("shelflife approve", record).unwrap().len(), 0);
    }

    /// Records what `approval` says about the asset and decides nothing.
    pub(crate) fn describe(&self, path: &str, approval: Approval<'_>) {
        self.describe_all(&[path], approval);
    }

    fn describe_all(&self, paths: &[&str], approval: Approval<'_>) {
        let catalog = self.catalog();
        let edits: Vec<_> = paths.iter().map(|path| edit(&catalog, path, approval)).collect();
        let record = |catalog: &mut Catalog| catalog.record_descriptions(&edits);
        assert_eq!(self.change("shelflife describe", record).unwrap().len(), 0);
    }

    /// Takes the transition of a person's `action`, pinning contexts if it approves.
    pub(crate) fn decide(&self, path: &str, action: Action) {
        let decision = self.decision(path, action);
        let command = format!("shelflife {action}");
        self.change(&command, |catalog| catalog.record_decision(&decision)).unwrap();
    }

    /// The decision of a person's `action` on the asset as it is now.
    pub(crate) fn decision(&self, path: &str, action: Action) -> Decision {
        self.decision_in(&self.catalog(), path, action)
    }

    fn decision_in(&self, catalog: &Catalog, path: &str, action: Action) -> Decision {
        let row = catalog.facts_of(id_in(catalog, path)).unwrap().unwrap();
        let world = catalog.world().unwrap();
        let revision = |id: i64| world.contexts[&id].revision_at(self.now());
        let pins = row.facts.contexts.iter().map(|link| (link.context, revision(link.context)));
        let approves = matches!(action, Action::Approve | Action::Renew);
        let request = Request {
            action,
            authority: Authority::Human,
            plan: Plan::None,
            asker: "olga",
            undone: None,
            reason: Some("as arranged"),
        };
        Decision {
            asset: row.asset.id,
            version: row.asset.version,
            digest: row.asset.digest,
            transition: lifecycle::next(row.asset.state, &request).unwrap(),
            reason: Some("as arranged".to_owned()),
            causes: Vec::new(),
            pins: pins.filter(|_| approves).collect(),
            look: None,
            notice: None,
            review: Review::default(),
            code: None,
            settlement: None,
        }
    }
}

fn id_in(catalog: &Catalog, path: &str) -> AssetId {
    let found = catalog.assets_at(None, &RelPath::new(path).unwrap()).unwrap();
    assert_eq!(found.len(), 1, "{path}: {found:?}");
    found[0]
}

/// The description that `approval` makes of what is recorded.
fn edit(catalog: &Catalog, path: &str, approval: Approval<'_>) -> DescriptionEdit {
    let asset = id_in(catalog, path);
    let row = catalog.facts_of(asset).unwrap().unwrap();
    let mut metadata = catalog.metadata_of(asset).unwrap();
    metadata.alt.insert("en".to_owned(), approval.alt.to_owned());
    metadata.owner = approval.owner.map(str::to_owned);
    metadata.placements = approval.placements.iter().map(ToString::to_string).collect();
    metadata.dates = dates(approval);
    let context = |key: &&str| catalog.context(&key.parse().unwrap()).unwrap().unwrap().id;
    let license = |key: &&str| catalog.license(key).unwrap().unwrap().id;
    DescriptionEdit {
        asset,
        version: row.asset.version,
        metadata,
        contexts: sorted(approval.contexts.iter().map(context)),
        licenses: sorted(approval.licenses.iter().map(license)),
        changes: Vec::new(),
        accepted: Vec::new(),
        decision: None,
    }
}

fn dates(approval: Approval<'_>) -> Dates {
    let zone = approval.zone.map_or(Zone::utc(), |name| Zone::named(name).unwrap());
    let day = |text: Option<&str>| text.map(|text| text.parse::<CivilDate>().unwrap());
    let (starts_on, expires_on) = (day(approval.starts_on), day(approval.expires_on));
    let review_on = day(approval.review_on);
    Dates {
        zone: approval.zone.map(str::to_owned),
        starts_on,
        expires_on,
        review_on,
        starts_at: starts_on.map(|day| zone.start_of(day)),
        expires_at: expires_on.map(|day| zone.cutoff(day)),
        review_at: review_on.map(|day| zone.start_of(day)),
        no_expiry_reason: None,
    }
}

fn sorted(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids
}

/// What a scan would write about an original that stands alone.
fn new_asset(root: i64, path: &str) -> FolderChange {
    let path = RelPath::new(path).unwrap();
    let mut digest = [0; 32];
    for (at, byte) in path.as_bytes().iter().enumerate() {
        digest[at % 32] ^= byte.wrapping_mul(31).wrapping_add(1);
    }
    let found = FoundFile {
        name: path.name().to_vec(),
        digest: Digest(digest),
        content: Content { media_type: "image/jpeg".to_owned(), dimensions: None },
        stamp: FileStamp { bytes: 1000, modified_ns: 0, changed_ns: 0, inode: 1, device: 1 },
        claims: None,
    };
    let file = FileStep {
        known: None,
        instead_of: None,
        found: found.clone(),
        home: Home::New(0, Role::Original),
    };
    let plan = FolderPlan { new_assets: vec![found], files: vec![file], ..FolderPlan::default() };
    FolderChange { root, folder: path.folder().to_vec(), plan }
}
