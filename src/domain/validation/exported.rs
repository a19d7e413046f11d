//! How an item of an export stands: what its rules look at beside the asset itself.

use super::Subject;
use crate::domain::asset::Digest;
use crate::domain::lifecycle::{Standing, Verdict};
use crate::domain::reuse::{Answer, Grounds};
use crate::domain::text::printable_text;

/// An item of an export, or the export as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    pub lookup: Lookup,
    /// What the bytes are that it ships, where they were read.
    pub digest: Option<Digest>,
    /// What could not be taken as it stands.
    pub flaws: Vec<Flaw>,
    /// The verdict at the end of the time for which the export has to last.
    pub later: Option<Verdict>,
    pub wanted: Option<Wanted>,
}

/// Whether the catalog has the asset of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// No catalog was asked.
    NotAsked,
    /// Neither its bytes nor its number nor its name.
    Unknown,
    Found {
        by: Trait,
        bytes: Comparison,
    },
}

/// What an asset was recognized by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// The same bytes are catalogued under another path.
    Bytes,
    /// The number of the attachment in its site.
    Attachment,
    /// A file of the asset has this path, or would belong to it by its name.
    Path,
    /// A file of the asset once had this path.
    FormerPath,
}

/// The bytes in the export beside those that the catalog has for the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Same,
    Other,
    /// By its name the file is a rendition, and the catalog has no such rendition of the asset.
    Unrecorded,
    /// The export holds no bytes.
    NotTold,
}

/// Something in an export that could not be taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub weight: FlawWeight,
    pub what: String,
}

/// What a flaw does to the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlawWeight {
    /// One thing that an item says.
    Entry,
    /// Items may be lost.
    Damage,
    /// Texts are not as they were, and every item is there.
    Blemish,
    /// What the catalog would say is not known.
    Unasked,
}

/// The use that an export is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub placement: String,
    /// What the licenses say about it.
    pub license: Grounds,
}

impl Exported {
    /// An item that nothing is known about yet.
    pub fn unknown() -> Self {
        let lookup = Lookup::NotAsked;
        Self { lookup, digest: None, flaws: Vec::new(), later: None, wanted: None }
    }

    /// The beginning of the digest in brackets, so that a finding about bytes is about these and no
    /// others; nothing where no bytes were read.
    pub(super) fn bytes_in_words(&self) -> String {
        let digest = self.digest.map(|digest| digest.to_string());
        let first = digest.as_ref().and_then(|digest| digest.get(..16));
        first.map_or_else(String::new, |first| format!(" (sha256 {first}…)"))
    }
}

impl Subject<'_> {
    /// Whether the asset of an item was found in the catalog, so that its standing counts.
    pub(super) fn is_found_in_catalog(&self) -> bool {
        self.exported.is_some_and(|item| matches!(item.lookup, Lookup::Found { .. }))
    }

    /// The causes of its standing in one line, if it is in an export and has this standing.
    pub(super) fn exported_as(&self, standing: Standing) -> Vec<String> {
        let stands = self.is_found_in_catalog() && self.verdict.standing == standing;
        stands.then(|| causes(self.verdict)).into_iter().collect()
    }

    /// Why the licenses give this answer to the use that the export is for, if they do.
    pub(super) fn licenses_answer(&self, answer: Answer) -> Option<String> {
        let wanted = self.exported.and_then(|item| item.wanted.as_ref());
        let wanted = wanted.filter(|wanted| wanted.license.answer == answer)?;
        self.is_found_in_catalog().then(|| printable_text(&wanted.license.because))
    }

    /// The flaws of this weight.
    pub(super) fn flaws(&self, weight: FlawWeight) -> Vec<String> {
        let flaws = self.exported.into_iter().flat_map(|item| &item.flaws);
        flaws.filter(|flaw| flaw.weight == weight).map(|flaw| printable_text(&flaw.what)).collect()
    }
}

/// The deciding causes in one line.
pub(super) fn causes(verdict: &Verdict) -> String {
    let causes: Vec<_> =
        verdict.deciding().map(|cause| printable_text(&cause.to_string())).collect();
    causes.join("; ")
}
