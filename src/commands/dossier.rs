//! What rules look at, put together from a dossier and what the command knows.

use crate::catalog::Dossier;
use crate::domain::context::Context;
use crate::domain::license::License;
use crate::domain::lifecycle::Verdict;
use crate::domain::time::Timestamp;
use crate::domain::validation::{Census, Kin, Knowledge, Reading, Subject};

use super::library::Court;

/// A dossier beside the contexts and licenses that it names.
pub(super) struct Brief<'a> {
    dossier: &'a Dossier,
    verdict: &'a Verdict,
    court: &'a Court,
    contexts: Vec<&'a Context>,
    licenses: Vec<&'a License>,
    reading: Reading<'a>,
    kin: Kin,
    known: Knowledge,
}

impl<'a> Brief<'a> {
    pub(super) fn new(dossier: &'a Dossier, verdict: &'a Verdict, court: &'a Court) -> Self {
        let facts = &dossier.row.facts;
        let world = &court.world;
        let contexts = facts.contexts.iter().filter_map(|link| world.contexts.get(&link.context));
        let licenses = facts.licenses.iter().filter_map(|id| world.licenses.get(id));
        Self {
            dossier,
            verdict,
            court,
            contexts: contexts.collect(),
            licenses: licenses.collect(),
            reading: Reading::of(&dossier.row.asset, &dossier.metadata),
            kin: Kin { bytes: dossier.twins, recalled: dossier.recalled, ..Kin::default() },
            known: Knowledge::BY_CATALOG,
        }
    }

    /// The same beside all other assets.
    pub(super) fn among(self, census: Option<&Census>) -> Self {
        let Some(census) = census else { return self };
        let kin = census.kin_of(&self.dossier.row.asset, &self.reading);
        Self { kin, known: Knowledge::BY_CENSUS, ..self }
    }

    /// The asset as rules see it at `now`.
    pub(super) fn subject(&self, now: Timestamp) -> Subject<'_> {
        let Dossier { row, metadata, files, claims, waivers, .. } = self.dossier;
        Subject {
            asset: &row.asset,
            metadata,
            files,
            listed: &self.dossier.listed,
            claims: claims.as_ref(),
            verdict: self.verdict,
            rejected_for: &row.facts.rejected_for,
            contexts: &self.contexts,
            licenses: &self.licenses,
            policy: self.court.policy(),
            reading: &self.reading,
            kin: &self.kin,
            waivers,
            now,
            known: self.known,
            exported: None,
        }
    }
}
