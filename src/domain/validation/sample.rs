//! For tests: an asset that no rule complains about, and ways to spoil it.

use std::collections::{BTreeMap, BTreeSet};

use super::exported::{Comparison, Exported, Lookup, Trait, Wanted};
use super::{Finding, Kin, Knowledge, Known, Reading, Rule, Subject, Waiver, validate};
use crate::domain::asset::{Asset, AssetId, Content, Digest, Dimensions, KnownFile, Place, Role};
use crate::domain::claims::Claims;
use crate::domain::context::{Context, ContextKey, Revision};
use crate::domain::context_fact::ContextFacts;
use crate::domain::gate::{gate, gate_of_name};
use crate::domain::license::{Exclusions, License, Scope};
use crate::domain::lifecycle::{ContextLink, Facts, State, World, standing_of};
use crate::domain::metadata::{Dates, Metadata};
use crate::domain::path::RelPath;
use crate::domain::policy::Policy;
use crate::domain::rejection::PlacementRejection;
use crate::domain::reuse::{Answer, Grounds};
use crate::domain::risk::OpenRisk;
use crate::domain::time::{CivilDate, Timestamp};

/// All that a check of an export can know.
const IN_EXPORT: Knowledge =
    Knowledge::TAKEN_FROM_RECORD.and(Known::Export).and(Known::Claims).and(Known::Others);

/// An asset with its surroundings, owned. What is set here is what the rules see.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub asset: Asset,
    pub metadata: Metadata,
    pub files: Vec<KnownFile>,
    pub claims: Option<Claims>,
    pub contexts: Vec<Context>,
    /// The revision of each context that the approval saw.
    pub pinned: Option<i64>,
    pub licenses: Vec<License>,
    pub risks: Vec<OpenRisk>,
    pub rejected_for: Vec<PlacementRejection>,
    pub waivers: Vec<Waiver>,
    pub listed: Vec<RelPath>,
    pub kin: Kin,
    pub policy: Policy,
    pub now: Timestamp,
    pub exported: Option<Exported>,
    /// Until when an export has to last.
    pub until: Option<Timestamp>,
}

impl Sample {
    /// Fully described, undecided, on 2026-06-01.
    pub(crate) fn good() -> Self {
        let asset = asset();
        Self {
            files: vec![file(&asset)],
            claims: Some(claims()),
            asset,
            metadata: metadata(),
            contexts: vec![context("campaign/spring", "2026-05-01", "2026-08-31")],
            pinned: None,
            licenses: vec![license()],
            risks: Vec::new(),
            rejected_for: Vec::new(),
            waivers: Vec::new(),
            listed: Vec::new(),
            kin: Kin::default(),
            policy: policy(),
            now: instant("2026-06-01"),
            exported: None,
            until: None,
        }
    }

    /// [`Sample::good`], spoiled.
    pub(crate) fn with(spoil: impl FnOnce(&mut Self)) -> Self {
        let mut sample = Self::good();
        spoil(&mut sample);
        sample
    }

    /// Gives the original another name, with what its content says unchanged.
    pub(crate) fn rename(&mut self, name: &str) {
        self.asset.path = RelPath::new(format!("2026/05/{name}")).unwrap();
        self.files[0].path = self.asset.path.clone();
    }

    /// Adds a size beside the original, as it should be.
    pub(crate) fn add_rendition(&mut self, name: &str) {
        let path = RelPath::new(format!("2026/05/{name}")).unwrap();
        let original = file(&self.asset);
        self.files.push(KnownFile { path, role: Role::Size, ..original });
    }

    pub(crate) fn set_media_type(&mut self, media_type: &str) {
        media_type.clone_into(&mut self.asset.content.media_type);
        media_type.clone_into(&mut self.files[0].media_type);
    }

    pub(crate) fn set_dimensions(&mut self, dimensions: Option<(u32, u32)>) {
        self.asset.content.dimensions =
            dimensions.map(|(width, height)| Dimensions { width, height });
    }

    /// Puts it into an export, recognized by its path.
    pub(crate) fn export(&mut self) -> &mut Exported {
        let lookup = Lookup::Found { by: Trait::Path, bytes: Comparison::NotTold };
        self.exported.insert(Exported { lookup, ..Exported::unknown() })
    }

    /// Puts it into an export that has to last until the first instant of a day.
    pub(crate) fn export_until(&mut self, day: &str) {
        self.export();
        self.until = Some(instant(day));
    }

    /// Puts it into an export for a placement, about which the licenses give this answer.
    pub(crate) fn export_to(&mut self, placement: &str, answer: Answer) {
        let license = Grounds { answer, because: "because of the license".to_owned() };
        self.export().wanted = Some(Wanted { placement: placement.to_owned(), license });
    }

    /// Replaces all alternative texts by one in English.
    pub(crate) fn set_alt(&mut self, text: &str) {
        self.metadata.alt = BTreeMap::from([("en".to_owned(), text.to_owned())]);
    }

    /// What the rule says, which has to be one that is asked about an export if this is in one.
    pub(crate) fn messages(&self, rule: &Rule) -> Vec<String> {
        let asked = self.exported.is_none() || IN_EXPORT.has_all(Knowledge::of(rule.needs));
        assert!(asked, "{} is not asked about exports", rule.code);
        self.seen(|subject| (rule.check)(subject))
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.seen(validate)
    }

    pub(crate) fn gate(&self) -> Vec<Finding> {
        self.seen(gate)
    }

    pub(crate) fn gate_of_name(&self) -> Vec<Finding> {
        self.seen(gate_of_name)
    }

    fn seen<T>(&self, look: impl FnOnce(&Subject<'_>) -> T) -> T {
        let contexts: Vec<_> = self.contexts.iter().collect();
        let licenses: Vec<_> = self.licenses.iter().collect();
        let verdict = standing_of(&self.facts(), &self.world(), &self.policy, self.now);
        let mut exported = self.exported.clone();
        if let (Some(exported), Some(until)) = (&mut exported, self.until) {
            exported.later = Some(standing_of(&self.facts(), &self.world(), &self.policy, until));
        }
        let reading = Reading::of(&self.asset, &self.metadata);
        look(&Subject {
            asset: &self.asset,
            metadata: &self.metadata,
            files: &self.files,
            listed: &self.listed,
            claims: self.claims.as_ref(),
            verdict: &verdict,
            rejected_for: &self.rejected_for,
            contexts: &contexts,
            licenses: &licenses,
            policy: &self.policy,
            reading: &reading,
            kin: &self.kin,
            waivers: &self.waivers,
            now: self.now,
            known: Knowledge::BY_CENSUS,
            exported: exported.as_ref(),
        })
    }

    fn facts(&self) -> Facts {
        let dates = &self.metadata.dates;
        let link = |c: &Context| ContextLink { context: c.id, pinned: self.pinned };
        Facts {
            state: self.asset.state,
            since: self.asset.added,
            files_missing: self.files.iter().any(|file| file.place == Place::Missing),
            starts_at: dates.starts_at,
            expires_at: dates.expires_at,
            review_at: dates.review_at,
            licenses: self.licenses.iter().map(|license| license.id).collect(),
            contexts: self.contexts.iter().map(link).collect(),
            risks: self.risks.clone(),
            rejected_for: self.rejected_for.clone(),
        }
    }

    fn world(&self) -> World {
        World {
            licenses: self.licenses.iter().map(|l| (l.id, l.clone())).collect(),
            contexts: self.contexts.iter().map(|c| (c.id, c.clone())).collect(),
        }
    }
}

pub(crate) fn date(text: &str) -> CivilDate {
    text.parse().unwrap()
}

/// The first instant of a day in UTC.
pub(crate) fn instant(day: &str) -> Timestamp {
    Timestamp::parse(&format!("{day}T00:00:00Z")).unwrap()
}

/// A context with its kind's own rule; its last day is `ends_on`.
pub(crate) fn context(key: &str, starts_on: &str, ends_on: &str) -> Context {
    let key: ContextKey = key.parse().unwrap();
    Context {
        id: key.slug.bytes().map(i64::from).sum(),
        version: 1,
        title: None,
        owner: Some("anna".to_owned()),
        rule: key.kind.default_rule(),
        zone: None,
        starts_on: Some(date(starts_on)),
        ends_on: Some(date(ends_on)),
        starts_at: Some(instant(starts_on)),
        ends_at: Some(instant(ends_on).plus_days(1)),
        revisions: vec![revision(1, starts_on, "first")],
        key,
    }
}

/// The file discloses that it was generated, and says nothing else.
fn claims() -> Claims {
    let source_type = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    Claims { source_type: Some(source_type.to_owned()), ..Claims::default() }
}

/// A waiver that `li` granted in the middle of May.
pub(crate) fn waiver(rule: &str, until_on: &str) -> Waiver {
    Waiver {
        id: 1,
        rule: rule.to_owned(),
        reason: "the new photo comes".to_owned(),
        granted_by: "li".to_owned(),
        granted_at: instant("2026-05-15"),
        until_on: date(until_on),
        until: instant(until_on).plus_days(1),
    }
}

/// A context that has no dates of its own.
pub(crate) fn undated(key: &str) -> Context {
    let dated = context(key, "2026-01-01", "2026-01-01");
    Context { starts_on: None, ends_on: None, starts_at: None, ends_at: None, ..dated }
}

pub(crate) fn revision(number: i64, effective: &str, note: &str) -> Revision {
    Revision {
        number,
        effective_at: instant(effective),
        note: note.to_owned(),
        facts: ContextFacts::new(),
    }
}

/// Asserts that the rule says exactly these messages about the spoiled sample.
pub(crate) fn finds(rule: &Rule, spoil: impl FnOnce(&mut Sample), messages: &[&str]) {
    assert!(!messages.is_empty(), "say what is found, or use `passes`");
    assert_eq!(Sample::with(spoil).messages(rule), messages, "{}", rule.code);
}

/// Asserts that the rule has nothing to say about the changed sample.
pub(crate) fn passes(rule: &Rule, change: impl FnOnce(&mut Sample)) {
    assert_eq!(Sample::with(change).messages(rule), [""; 0], "{}", rule.code);
}

/// [`finds`] without the wording: the rule has something to say about each of the texts.
pub(crate) fn finds_each(rule: &Rule, texts: &[&str], set: impl Fn(&mut Sample, &str)) {
    for text in texts {
        let found = Sample::with(|sample| set(sample, text)).messages(rule);
        assert!(!found.is_empty(), "{} has nothing to say about `{text}`", rule.code);
    }
}

/// [`passes`] for each of the texts.
pub(crate) fn passes_each(rule: &Rule, texts: &[&str], set: impl Fn(&mut Sample, &str)) {
    for text in texts {
        let found = Sample::with(|sample| set(sample, text)).messages(rule);
        assert_eq!(found, [""; 0], "{} about `{text}`", rule.code);
    }
}

fn policy() -> Policy {
    let owners = BTreeSet::from(["anna".to_owned(), "li".to_owned()]);
    Policy { owners: Some(owners), ..Policy::default() }
}

fn asset() -> Asset {
    Asset {
        id: AssetId(12),
        state: State::Draft,
        version: 1,
        root: 1,
        path: RelPath::new("2026/05/tea-tin-with-two-cups.jpg").unwrap(),
        digest: Digest([7; 32]),
        content: Content {
            media_type: "image/jpeg".to_owned(),
            dimensions: Some(Dimensions { width: 1600, height: 900 }),
        },
        attachment: None,
        added: instant("2026-05-20"),
    }
}

fn file(asset: &Asset) -> KnownFile {
    KnownFile {
        path: asset.path.clone(),
        role: Role::Original,
        media_type: asset.content.media_type.clone(),
        bytes: 240_000,
        place: Place::Library,
    }
}

fn metadata() -> Metadata {
    let some = |text: &str| Some(text.to_owned());
    Metadata {
        title: some("Tea tin"),
        alt: BTreeMap::from([
            ("en".to_owned(), "A green tea tin beside two steaming cups".to_owned()),
            ("de".to_owned(), "Eine grüne Teedose neben zwei dampfenden Tassen".to_owned()),
        ]),
        alt_reviews: BTreeMap::new(),
        source_note: some("green tin, two cups, soft morning light; Firefly, seed 4815"),
        rights_note: some("Adobe Firefly terms of 2026-03; no people, no trademarks but ours"),
        rights_reviewed_by: some("li"),
        rights_reviewed_on: Some(date("2026-05-25")),
        owner: some("anna"),
        placements: vec!["homepage-hero".to_owned()],
        dates: dates(),
    }
}

fn dates() -> Dates {
    Dates {
        expires_on: Some(date("2026-08-31")),
        review_on: Some(date("2026-07-15")),
        expires_at: Some(instant("2026-09-01")),
        review_at: Some(instant("2026-07-15")),
        ..Dates::default()
    }
}

fn license() -> License {
    License {
        id: 3,
        key: "firefly-terms".to_owned(),
        version: 1,
        holder: Some("Tea House Ltd".to_owned()),
        document: Some("https://example.org/terms-2026-03.pdf".to_owned()),
        note: Some("generated pictures, commercial use".to_owned()),
        zone: None,
        starts_on: Some(date("2026-01-01")),
        ends_on: Some(date("2027-12-31")),
        starts_at: Some(instant("2026-01-01")),
        ends_at: Some(instant("2028-01-01")),
        perpetual: false,
        territories: Scope::Unrestricted,
        placements: Scope::Only(vec!["homepage-hero".to_owned(), "newsletter".to_owned()]),
        excluded: Exclusions::default(),
        credit: None,
        reviewed_by: Some("li".to_owned()),
        reviewed_on: Some(date("2026-03-02")),
    }
}
