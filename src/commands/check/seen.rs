//! An entry as rules see it: what the export says, over what the catalog has on record.

use crate::catalog::Dossier;
use crate::domain::asset::{Asset, AssetId, Content, Digest};
use crate::domain::claims::Claims;
use crate::domain::context::Context as Circumstance;
use crate::domain::license::License;
use crate::domain::lifecycle::{Standing, State, Verdict};
use crate::domain::metadata::Metadata;
use crate::domain::path::RelPath;
use crate::domain::reuse::{Candidate, Question, Use, check_reuse};
use crate::domain::time::Timestamp;
use crate::domain::validation::exported::{Exported, Flaw, FlawWeight, Lookup, Trait, Wanted};
use crate::domain::validation::{
    Earlier, Finding, Kin, Knowledge, Known, Met, Reading, Subject as Seeing, media_type_of_name,
    validate,
};
use crate::exports::{Defect, Item as Entry, Problem};
use crate::report::Subject;

use super::super::library;
use super::law::Law;
use super::lookup::Match;

/// An entry with all that rules may ask about it.
pub(super) struct Seen<'g> {
    asset: Asset,
    metadata: Metadata,
    /// What the catalog has, if it has the asset.
    dossier: Option<Box<Dossier>>,
    /// What the file itself says, where the export holds it.
    claims: Option<Box<Claims>>,
    verdict: Verdict,
    contexts: Vec<&'g Circumstance>,
    licenses: Vec<&'g License>,
    known: Knowledge,
    /// What it shares with entries that came before.
    kin: Kin,
    exported: Exported,
}

/// What an entry says of itself, before anything was looked up.
pub(super) struct Said<'e> {
    pub(super) entry: &'e Entry,
    pub(super) path: Option<RelPath>,
    /// Whether it says that it has an alternative text, or that it has none.
    pub(super) tells_alt: bool,
}

impl<'g> Seen<'g> {
    /// No entry at all, only what is wrong with the export.
    pub(super) fn nothing(flaws: Vec<Flaw>) -> Self {
        Self {
            asset: unrecorded(),
            metadata: Metadata::default(),
            dossier: None,
            claims: None,
            verdict: Verdict { standing: Standing::Draft, causes: Vec::new() },
            contexts: Vec::new(),
            licenses: Vec::new(),
            known: Knowledge::of(&[Known::Export]),
            kin: Kin::default(),
            exported: Exported { flaws, ..Exported::unknown() },
        }
    }

    pub(super) fn new(
        law: &'g Law,
        said: &Said<'_>,
        (found, dossier): (&Match, Option<Box<Dossier>>),
        now: Timestamp,
    ) -> Self {
        let flaws = said.entry.problems.iter().map(flaw).collect();
        let mut seen = Self::nothing(flaws);
        seen.exported.lookup = match found {
            Match::NotAsked => Lookup::NotAsked,
            Match::Unknown => Lookup::Unknown,
            Match::Found { by, bytes, .. } => Lookup::Found { by: *by, bytes: *bytes },
        };
        if let Some(dossier) = dossier {
            seen.take_record(law, dossier, now);
        } else {
            let wanted = law.wanted.iter().map(|wanted| wanted.placement.clone());
            seen.metadata.placements = wanted.collect();
        }
        seen.take_entry(law, said);
        seen
    }

    /// Compares it with the entries that came before.
    pub(super) fn meet(&mut self, law: &Law, said: &Said<'_>, earlier: &mut Earlier) {
        let alt = said.entry.alt.as_deref().map(|text| (law.policy.locale.as_str(), text));
        let met = Met { path: said.path.as_ref(), number: said.entry.attachment, alt };
        self.kin = earlier.meet(&met);
        self.known = self.known.and(Earlier::KNOWN);
    }

    /// Takes over what the catalog has on record.
    fn take_record(&mut self, law: &'g Law, dossier: Box<Dossier>, now: Timestamp) {
        let Dossier { row, metadata, claims, .. } = &*dossier;
        let world = &law.world;
        self.asset = row.asset.clone();
        self.metadata = metadata.clone();
        self.verdict = law.judge(row, now);
        let contexts = row.facts.contexts.iter();
        self.contexts = contexts.filter_map(|link| world.contexts.get(&link.context)).collect();
        let licenses = row.facts.licenses.iter();
        self.licenses = licenses.filter_map(|id| world.licenses.get(id)).collect();
        self.known = self.known.with(Knowledge::TAKEN_FROM_RECORD);
        if claims.is_some() {
            self.known = self.known.and(Known::Claims);
        }
        self.exported.later = law.until.map(|until| law.judge(row, until));
        self.exported.wanted = law.wanted.as_ref().map(|wanted| answered(law, &dossier, wanted));
        self.dossier = Some(dossier);
    }

    /// Lets what is shipped stand in place of what is on record.
    fn take_entry(&mut self, law: &Law, said: &Said<'_>) {
        let Said { entry, path, tells_alt } = said;
        let renamed = matches!(self.exported.lookup, Lookup::Found { by: Trait::Bytes, .. });
        if let Some(path) = path.as_ref().filter(|_| self.dossier.is_none() || renamed) {
            self.asset.path = path.clone();
            self.known = self.known.and(Known::Name);
        }
        if let Some(bytes) = &entry.bytes {
            self.exported.digest = bytes.digest;
            self.asset.digest = bytes.digest.unwrap_or(self.asset.digest);
            if bytes.claims.is_some() {
                self.claims.clone_from(&bytes.claims);
                self.known = self.known.and(Known::Claims);
            }
            if self.dossier.is_none() {
                self.asset.content = bytes.content.clone();
                self.known = self.known.and(Known::Content);
            }
        } else if self.dossier.is_none() {
            self.asset.content.media_type = media_type(entry, &self.asset.path);
        }
        if *tells_alt {
            self.set_alt(&law.policy.locale, entry.alt.as_deref().unwrap_or_default());
            self.known = self.known.and(Known::AltText);
        }
    }

    /// An empty text is none: what declares a picture decorative is its record.
    fn set_alt(&mut self, locale: &str, text: &str) {
        let alt = &mut self.metadata.alt;
        let is_decorative = alt.get(locale).is_some_and(String::is_empty);
        if !text.is_empty() {
            alt.insert(locale.to_owned(), text.to_owned());
        } else if !is_decorative {
            alt.remove(locale);
        }
    }

    /// The asset, where the catalog has it.
    pub(super) fn recorded(&self) -> Option<Subject> {
        self.dossier.as_ref().map(|dossier| library::subject(&dossier.row.asset))
    }

    /// The length of its texts, in bytes.
    pub(super) fn text(&self) -> usize {
        let flaws = self.exported.flaws.iter().map(|flaw| flaw.what.len());
        flaws.chain(self.metadata.alt.values().map(String::len)).sum()
    }

    /// What the rules say that can be asked about it.
    pub(super) fn findings(&self, law: &Law, now: Timestamp) -> Vec<Finding> {
        let dossier = self.dossier.as_deref();
        validate(&Seeing {
            asset: &self.asset,
            metadata: &self.metadata,
            files: dossier.map_or(&[], |dossier| &dossier.files),
            claims: self.claims.as_deref().or_else(|| dossier?.claims.as_ref()),
            verdict: &self.verdict,
            rejected_for: dossier.map_or(&[], |dossier| &dossier.row.facts.rejected_for),
            contexts: &self.contexts,
            licenses: &self.licenses,
            policy: &law.policy,
            reading: &Reading::of(&self.asset, &self.metadata),
            listed: &[],
            kin: &self.kin,
            waivers: dossier.map_or(&[], |dossier| &dossier.waivers),
            now,
            known: self.known,
            exported: Some(&self.exported),
        })
    }
}

/// What the licenses say about the use that the export is for.
fn answered(law: &Law, dossier: &Dossier, wanted: &Use) -> Wanted {
    let Dossier { row, metadata, .. } = dossier;
    let candidate = Candidate {
        facts: &row.facts,
        metadata,
        world: &law.world,
        policy: &law.policy,
        digest: row.asset.digest,
    };
    let verdict = check_reuse(&candidate, wanted);
    let about_license = verdict.answers.into_iter().find(|(of, _)| *of == Question::License);
    let license = about_license.map_or(verdict.standing, |(_, laws)| laws);
    Wanted { placement: wanted.placement.clone(), license }
}

/// A problem of the export as rules tell it.
pub(super) fn flaw(problem: &Problem) -> Flaw {
    use Defect as D;
    let weight = match problem.what {
        D::NotText { .. } | D::ControlCharacters { .. } | D::Padded { .. } => FlawWeight::Blemish,
        D::NotWellFormed(_)
        | D::DocumentType
        | D::TooDeep { .. }
        | D::CutOff
        | D::Encoding(_)
        | D::NotAnExport
        | D::NotJson(_)
        | D::EntryTooLong { .. }
        | D::NotAttachments { .. }
        | D::SiteRefused { .. }
        | D::LeftAlone(_)
        | D::Table(_)
        | D::Archive(_)
        | D::Empty
        | D::WebPage
        | D::UnknownKind => FlawWeight::Damage,
        D::TooLong { .. }
        | D::IdMissing
        | D::RepeatedId
        | D::FileMissing
        | D::GivenTwice { .. }
        | D::OtherUrl { .. }
        | D::NotANumber { .. }
        | D::NotAText { .. }
        | D::Path { .. }
        | D::PathNotText { .. }
        | D::WrongShape { .. }
        | D::NotReadable { .. }
        | D::More { .. } => FlawWeight::Entry,
    };
    Flaw { weight, what: problem.what.to_string() }
}

/// The type that the export names, else the one that goes with the name.
fn media_type(entry: &Entry, path: &RelPath) -> String {
    let told = entry.mime.as_deref().filter(|mime| !mime.trim().is_empty());
    told.or_else(|| media_type_of_name(path)).unwrap_or_default().to_owned()
}

/// An asset that nobody recorded.
fn unrecorded() -> Asset {
    Asset {
        id: AssetId(0),
        state: State::Draft,
        version: 0,
        root: 0,
        path: RelPath::nameless(),
        digest: Digest([0; 32]),
        content: Content::default(),
        attachment: None,
        added: Timestamp::from_millis(0),
    }
}
