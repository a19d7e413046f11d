//! Fills a new catalog with assets in the mix of a library that has been looked after for a year.
//!
//! `make_catalog CATALOG ASSETS NOW`: the catalog is fresh from `shelflife init` with one root, NOW
//! is an instant. Everything goes through the calls that the commands use, audit entries included,
//! with two shortcuts: transactions hold thousands of changes, and what is quarantined was decided
//! so without moving files, because there are none. The same arguments make the same assets.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use shelflife::catalog::{
    Catalog, Decision, DescriptionEdit, FolderChange, NewContext, NewLicense, Session,
};
use shelflife::domain::actor::{Actor, Authority};
use shelflife::domain::asset::{AssetId, Content, Digest, Dimensions, FileStamp, Role};
use shelflife::domain::context::{ContextKey, ContextKind};
use shelflife::domain::context_fact::ContextFacts;
use shelflife::domain::intake::{FileStep, FolderPlan, FoundFile, Home};
use shelflife::domain::license::{Exclusions, License, Scope};
use shelflife::domain::lifecycle::{self, Action, Ended, Plan, Request, State};
use shelflife::domain::metadata::{Dates, Metadata};
use shelflife::domain::review::Review;
use shelflife::domain::time::{CivilDate, Timestamp, Zone};
use shelflife::domain::window::Window;

/// One asset of so many depends on `brand/house`.
const OF_THE_HOUSE: u64 = 20;

/// Changes in one transaction.
const BATCH: usize = 10_000;
const LICENSES: u64 = 300;
/// Contexts of each kind; the last campaign ended ten days ago, and nobody has swept since.
const CONTEXTS: [(ContextKind, u64); 4] = [
    (ContextKind::Campaign, 120),
    (ContextKind::Packaging, 60),
    (ContextKind::Brand, 8),
    (ContextKind::Template, 12),
];
const SIZES: [(u32, u32); 3] = [(150, 150), (300, 200), (1024, 683)];
const SUBJECTS: [&str; 8] = [
    "red-fox-in-snow",
    "lighthouse-at-dusk",
    "team-at-a-table",
    "coffee-cup-from-above",
    "running-shoes-on-stairs",
    "solar-panels-on-a-barn",
    "birthday-cake-with-candles",
    "tea-tin",
];
const PLACEMENTS: [&str; 5] = ["homepage-hero", "product-page", "newsletter", "blog", "support"];

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(assets), Some(now)) = (args.next(), args.next(), args.next()) else {
        anyhow::bail!("usage: make_catalog CATALOG ASSETS NOW");
    };
    let assets: u64 = assets.parse().context("ASSETS is no number")?;
    let now = Timestamp::parse(&now)?;
    let catalog = Path::new(&path);
    add_shared_records(&mut open(catalog, now, 400)?, now)?;
    add_files(&mut open(catalog, now, 390)?, assets)?;
    let today = Zone::utc().date_at(now);
    describe(&mut open(catalog, now, 380)?, assets, today)?;
    decide(&mut open(catalog, now, 60)?, assets, Fate::step_of_last_season)?;
    decide(&mut open(catalog, now, 30)?, assets, Fate::step_of_last_month)?;
    let (entries, head) = open(catalog, now, 0)?.audit_head()?;
    writeln!(std::io::stdout(), "{assets} assets, {entries} audit entries, head {head}")?;
    Ok(())
}

/// The catalog, for changes made `days` days before `now`.
fn open(path: &Path, now: Timestamp, days: i64) -> anyhow::Result<Catalog> {
    let host = "studio".to_owned();
    let session = Session {
        actor: Actor { os_user: "ada".to_owned(), person: None, job: None, host },
        command: format!("make_catalog, {days} days ago"),
        now: now.plus_days(-days),
        run: format!("made-{days}"),
        policy_hash: String::new(),
        begun: false,
        plan: None,
    };
    Ok(Catalog::open_to_write(path, session)?)
}

// ------------------------------------------------------------------ what becomes of each asset

/// A number that looks random and depends on nothing but its arguments (`SplitMix64`).
fn dice(asset: u64, question: u64) -> u64 {
    let mut z = asset.wrapping_mul(64).wrapping_add(question).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// One asset's story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Approved,
    /// Approved, past its own end, not swept.
    OverdueByDate,
    /// Approved, of a campaign that ended, not swept.
    OverdueByCampaign,
    Draft,
    Expired,
    Rejected,
    Withdrawn,
    /// Expired, then moved out of the library.
    Quarantined,
}

impl Fate {
    /// 70 % approved (3 in 100 of them overdue), 12 % draft, 8 % expired, 6 % rejected,
    /// 1 % withdrawn, 3 % quarantined.
    fn of(asset: u64) -> Self {
        match dice(asset, 0) % 1_000 {
            0..=678 => Self::Approved,
            679..=692 => Self::OverdueByDate,
            693..=699 => Self::OverdueByCampaign,
            700..=819 => Self::Draft,
            820..=899 => Self::Expired,
            900..=959 => Self::Rejected,
            960..=969 => Self::Withdrawn,
            _ => Self::Quarantined,
        }
    }

    /// What was decided when the asset was described.
    fn first_step(self) -> Option<Action> {
        match self {
            Self::Draft => None,
            Self::Rejected => Some(Action::Reject),
            Self::Withdrawn => Some(Action::Withdraw),
            _ => Some(Action::Approve),
        }
    }

    fn step_of_last_season(self) -> Option<(State, Action)> {
        matches!(self, Self::Expired | Self::Quarantined)
            .then_some((State::Approved, Action::Expire))
    }

    fn step_of_last_month(self) -> Option<(State, Action)> {
        (self == Self::Quarantined).then_some((State::Expired, Action::Quarantine))
    }
}

/// How many changes an asset has seen once `state` was entered.
fn version_in(state: State) -> i64 {
    match state {
        State::Draft => 1,
        State::Expired | State::Quarantined(Ended::Expired) => 4,
        _ => 3,
    }
}

// ------------------------------------------------------------------ shared records

fn context(
    (kind, slug): (ContextKind, String),
    number: u64,
    (started, ends_at): (Timestamp, Option<Timestamp>),
) -> NewContext {
    NewContext {
        title: Some(format!("{} number {number}", kind.name())),
        key: ContextKey { kind, slug },
        owner: Some(person(number)),
        rule: kind.default_rule(),
        zone: None,
        window: Window {
            starts_on: Some(Zone::utc().date_at(started)),
            ends_on: ends_at.map(|at| Zone::utc().date_at(at.plus_days(-1))),
            starts_at: Some(started),
            ends_at,
        },
        note: "as planned".to_owned(),
        facts: ContextFacts::new(),
    }
}

fn add_shared_records(catalog: &mut Catalog, now: Timestamp) -> anyhow::Result<()> {
    let started = now.plus_days(-500);
    for (kind, count) in CONTEXTS {
        for number in 1..=count {
            let ended = kind == ContextKind::Campaign && number == count;
            let ends_at = ended.then(|| now.plus_days(-10));
            let slug = format!("{}-{number}", kind.name());
            catalog.add_context(&context((kind, slug), number, (started, ends_at)))?;
        }
    }
    // Added last: `describe` links it by that.
    let house = (ContextKind::Brand, "house".to_owned());
    catalog.add_context(&context(house, 1, (started, None)))?;
    for number in 1..=LICENSES {
        catalog.add_license(&NewLicense(license(number, started)))?;
    }
    Ok(())
}

fn license(number: u64, started: Timestamp) -> License {
    License {
        id: 0,
        key: format!("stock-{number}"),
        version: 1,
        holder: Some(format!("Studio {}", number % 17)),
        document: Some(format!("contracts/{number}.pdf")),
        note: Some("online use, unlimited impressions".to_owned()),
        zone: None,
        starts_on: Some(Zone::utc().date_at(started)),
        ends_on: None,
        starts_at: Some(started),
        ends_at: None,
        perpetual: true,
        territories: Scope::Unrestricted,
        placements: if number.is_multiple_of(10) {
            Scope::Only(vec!["blog".to_owned(), "newsletter".to_owned()])
        } else {
            Scope::Unrestricted
        },
        excluded: Exclusions::default(),
        credit: None,
        reviewed_by: Some(person(number)),
        reviewed_on: Some(Zone::utc().date_at(started)),
    }
}

fn person(number: u64) -> String {
    format!("editor{}@example.com", number % 40)
}

// ------------------------------------------------------------------ files

fn add_files(catalog: &mut Catalog, assets: u64) -> anyhow::Result<()> {
    ensure!(catalog.newest_file()? == 0, "the catalog is not new");
    let roots = catalog.roots()?;
    let root = roots.first().context("the catalog has no root")?.id;
    for batch in batches(assets) {
        let number = batch.start / BATCH as u64;
        let folder = format!("{}/{:02}", 2016 + number / 12 % 100, number % 12 + 1).into_bytes();
        let mut plan = FolderPlan::default();
        for (index, asset) in batch.enumerate() {
            for file in 0..=SIZES.len() {
                let found = found_file(asset, file);
                let role = if file == 0 { Role::Original } else { Role::Size };
                if file == 0 {
                    plan.new_assets.push(found.clone());
                }
                plan.files.push(FileStep {
                    known: None,
                    instead_of: None,
                    found,
                    home: Home::New(index, role),
                });
            }
        }
        catalog.record_intake(&[FolderChange { root, folder, plan }])?;
    }
    Ok(())
}

/// The original, or one of its sizes.
fn found_file(asset: u64, file: usize) -> FoundFile {
    let stem = format!("{}-{asset}", pick(&SUBJECTS, asset, 1));
    let size = file.checked_sub(1).and_then(|index| SIZES.get(index)).copied();
    let (width, height) = size.unwrap_or((2400, 1600));
    let suffix = size.map_or_else(String::new, |(width, height)| format!("-{width}x{height}"));
    let number = asset * 8 + file as u64;
    let words = [0, 1, 2, 3].map(|word| dice(number, 20 + word).to_be_bytes());
    let mut digest = [0; 32];
    digest.iter_mut().zip(words.as_flattened()).for_each(|(byte, die)| *byte = *die);
    let written = 1_600_000_000_000_000_000 + i64::try_from(number % 1_000_000).unwrap_or(0);
    FoundFile {
        name: format!("{stem}{suffix}.jpg").into_bytes(),
        digest: Digest(digest),
        content: Content {
            media_type: "image/jpeg".to_owned(),
            dimensions: Some(Dimensions { width, height }),
        },
        stamp: FileStamp {
            bytes: u64::from(width) * u64::from(height) / 9,
            modified_ns: written,
            changed_ns: written,
            inode: number,
            device: 1,
        },
        claims: None,
    }
}

fn pick<'a>(words: &[&'a str], asset: u64, question: u64) -> &'a str {
    let at = usize::try_from(dice(asset, question)).unwrap_or(0) % words.len();
    words.get(at).copied().unwrap_or_default()
}

/// Numbers of assets, from 1, batch by batch.
fn batches(assets: u64) -> impl Iterator<Item = std::ops::Range<u64>> {
    let size = BATCH as u64;
    (0..assets.div_ceil(size)).map(move |n| n * size + 1..((n + 1) * size).min(assets) + 1)
}

// ------------------------------------------------------------------ descriptions and decisions

fn describe(catalog: &mut Catalog, assets: u64, today: CivilDate) -> anyhow::Result<()> {
    let house = u64::try_from(catalog.contexts()?.len())?;
    let campaigns = CONTEXTS[0].1;
    for batch in batches(assets) {
        let mut edits = Vec::new();
        for asset in batch {
            let fate = Fate::of(asset);
            // Every second draft is as it came out of the camera, or of the model.
            if fate == Fate::Draft && dice(asset, 2).is_multiple_of(2) {
                continue;
            }
            let mut linked: Vec<_> = (0..dice(asset, 3) % 3)
                .map(|n| campaigns + 1 + dice(asset, 4 + n) % (house - 1 - campaigns))
                .collect();
            linked.extend(asset.is_multiple_of(OF_THE_HOUSE).then_some(house));
            linked.push(match fate {
                Fate::OverdueByCampaign => campaigns,
                _ => 1 + dice(asset, 7) % (campaigns - 1),
            });
            linked.sort_unstable();
            linked.dedup();
            let linked: Vec<_> =
                linked.into_iter().filter_map(|id| i64::try_from(id).ok()).collect();
            edits.push(edit(asset, fate, linked, today)?);
        }
        let left_out = catalog.record_descriptions(&edits)?;
        ensure!(left_out.is_empty(), "left out: {:?}", left_out.first());
    }
    Ok(())
}

fn edit(
    asset: u64,
    fate: Fate,
    contexts: Vec<i64>,
    today: CivilDate,
) -> anyhow::Result<DescriptionEdit> {
    let license = i64::try_from(1 + dice(asset, 8) % LICENSES)?;
    let metadata = metadata(asset, fate, today)?;
    let mut changes: Vec<_> = [
        ("alt:en", metadata.alt.get("en").cloned()),
        ("source_note", metadata.source_note.clone()),
        ("owner", metadata.owner.clone()),
        ("expires_on", metadata.dates.expires_on.map(|day| day.to_string())),
    ]
    .map(|(field, value)| (field.to_owned(), None, value))
    .into();
    changes.push(("licenses".to_owned(), None, Some(format!("stock-{license}"))));
    let mut decision = None;
    if let Some(action) = fate.first_step() {
        let mut step = step(asset, State::Draft, action)?;
        if action == Action::Approve {
            step.pins = contexts.iter().map(|context| (*context, 1)).collect();
        }
        decision = Some(step);
    }
    let asset = AssetId(i64::try_from(asset)?);
    let licenses = vec![license];
    Ok(DescriptionEdit {
        asset,
        version: 1,
        metadata,
        contexts,
        licenses,
        changes,
        accepted: Vec::new(),
        decision,
    })
}

fn metadata(asset: u64, fate: Fate, today: CivilDate) -> anyhow::Result<Metadata> {
    let subject = pick(&SUBJECTS, asset, 1).replace('-', " ");
    let days = match fate {
        Fate::OverdueByDate => -1 - i64::try_from(dice(asset, 9) % 20)?,
        Fate::Expired | Fate::Quarantined => -60 - i64::try_from(dice(asset, 9) % 200)?,
        _ => 1 + i64::try_from(dice(asset, 9) % 700)?,
    };
    let zone = Zone::utc();
    let day = |days| zone.date_at(zone.start_of(today).plus_days(days));
    let (expires_on, review_on) = (day(days), day(days - 20));
    let (person, places) = (person(dice(asset, 10)), 1 + dice(asset, 11) % 3);
    let mut placements: Vec<_> =
        (0..places).map(|n| pick(&PLACEMENTS, asset, 12 + n).to_owned()).collect();
    placements.sort_unstable();
    placements.dedup();
    Ok(Metadata {
        title: Some(format!("{subject} {asset}")),
        alt: [("en".to_owned(), format!("A {subject}, seen from the left in morning light"))]
            .into(),
        alt_reviews: [].into(),
        source_note: Some(format!(
            "prompt: {subject}, soft light, 35 mm, seed {}",
            dice(asset, 15)
        )),
        rights_note: Some("made in house with a licensed model, no people".to_owned()),
        rights_reviewed_by: Some(person.clone()),
        rights_reviewed_on: Some(day(-380)),
        owner: Some(person),
        placements,
        dates: Dates {
            zone: None,
            starts_on: None,
            expires_on: Some(expires_on),
            review_on: Some(review_on),
            starts_at: None,
            expires_at: Some(zone.cutoff(expires_on)),
            review_at: Some(zone.start_of(review_on)),
            no_expiry_reason: None,
        },
    })
}

/// Takes the same step with every asset whose story has it.
fn decide(
    catalog: &mut Catalog,
    assets: u64,
    step_of: fn(Fate) -> Option<(State, Action)>,
) -> anyhow::Result<()> {
    for batch in batches(assets) {
        let mut decisions = Vec::new();
        for asset in batch {
            if let Some((from, action)) = step_of(Fate::of(asset)) {
                decisions.push(step(asset, from, action)?);
            }
        }
        let left_out = catalog.record_decisions(&decisions)?;
        ensure!(left_out.is_empty(), "left out: {:?}", left_out.first());
    }
    Ok(())
}

fn step(asset: u64, from: State, action: Action) -> anyhow::Result<Decision> {
    let reason = Some("its time has come");
    let (authority, plan) = (Authority::Human, Plan::None);
    let request = Request { action, authority, plan, asker: "ada", undone: None, reason };
    let transition = lifecycle::next(from, &request).map_err(|no| anyhow::anyhow!("{no}"))?;
    Ok(Decision {
        asset: AssetId(i64::try_from(asset)?),
        version: version_in(from),
        digest: found_file(asset, 0).digest,
        transition,
        reason: reason.map(str::to_owned),
        causes: Vec::new(),
        pins: Vec::new(),
        look: None,
        notice: None,
        review: Review::default(),
        code: None,
        settlement: None,
    })
}
