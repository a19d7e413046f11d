//! What several rules read out of the same name and texts, worked out once for each asset.

use super::filename::FileName;
use super::filename_defaults::{Origin, Tools};
use super::wording::is_blank;
use super::words::{Words, folded};
use crate::domain::asset::Asset;
use crate::domain::metadata::Metadata;

/// An asset's file name and alternative texts as rules read them.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    pub(super) name: FileName,
    tools: Tools,
    /// The alternative texts that say something, by locale.
    pub(super) alts: Vec<AltText<'a>>,
}

/// An alternative text that is not blank.
#[derive(Debug, Clone)]
pub(super) struct AltText<'a> {
    pub(super) locale: &'a str,
    pub(super) text: &'a str,
    pub(super) folded: String,
    /// Only where the folded ones are others.
    words: Option<Words<'static>>,
}

impl<'a> AltText<'a> {
    fn of(locale: &'a str, text: &'a str) -> Self {
        let words = (!text.is_ascii()).then(|| Words::of(text));
        Self { locale, text, folded: folded(text), words }
    }

    pub(super) fn words(&self) -> Words<'_> {
        let folded = || Words::of_folded_ascii(&self.folded);
        self.words.as_ref().map_or_else(folded, Words::lent)
    }
}

impl<'a> Reading<'a> {
    pub fn of(asset: &Asset, metadata: &'a Metadata) -> Self {
        let name = FileName::of(&asset.path);
        let said = metadata.alt.iter().filter(|(_, text)| !is_blank(text));
        let alts = said.map(|(locale, text)| AltText::of(locale, text));
        Self { tools: Tools::behind(&name), alts: alts.collect(), name }
    }

    /// The tool of an origin that gave the file its name by itself.
    pub(super) fn tool(&self, origin: Origin) -> Option<&'static str> {
        self.tools.of(origin)
    }

    /// Whether any tool gives such a name by itself.
    pub(super) fn is_default_name(&self) -> bool {
        self.tools.any()
    }
}
