//! What answers rely on: all that must be as it was for them to count.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::super::{Candidate, Use};
use super::Lapse;
use crate::domain::asset::Digest;
use crate::domain::context::{Context, ContextKey};
use crate::domain::describe::{Description, Names, fields};
use crate::domain::lifecycle::State;
use crate::domain::metadata::Metadata;
use crate::domain::time::Timestamp;

const DOMAIN: &[u8] = b"shelflife-description-v1\0";

/// The facts behind the answers about a use, as short as they can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    pub state: State,
    /// When the asset entered its state.
    pub since: Timestamp,
    /// The original's bytes.
    pub bytes: Digest,
    /// SHA-256 over every field of the description but the owner.
    pub description: Digest,
    /// The newest revision on record that counts by the end of the use, of each linked context and
    /// of the campaign that the use is for.
    pub contexts: BTreeMap<ContextKey, i64>,
    /// The version of the terms of each license.
    pub licenses: BTreeMap<String, i64>,
}

impl Basis {
    /// What answers about a use rely on.
    pub fn of(candidate: &Candidate<'_>, scope: &Use) -> Self {
        let Candidate { facts, world, digest, .. } = candidate;
        let licenses = facts.licenses.iter().filter_map(|id| world.licenses.get(id));
        Self {
            state: facts.state,
            since: facts.since,
            bytes: *digest,
            description: hash_description(candidate),
            contexts: revisions(candidate, scope),
            licenses: licenses.map(|license| (license.key.clone(), license.version)).collect(),
        }
    }

    /// What is not as it was.
    pub(super) fn changes(&self, now: &Self) -> Vec<Lapse> {
        let state = match (self.state == now.state, self.since == now.since) {
            (false, _) => Some(Lapse::State(now.state)),
            (true, false) => Some(Lapse::Again(now.state, now.since)),
            (true, true) => None,
        };
        let bytes = (self.bytes != now.bytes).then_some(Lapse::Bytes);
        let described = self.description != now.description;
        let contexts = differing(&self.contexts, &now.contexts).into_iter();
        let licenses = differing(&self.licenses, &now.licenses).into_iter();
        let own = [state, bytes, described.then_some(Lapse::Description)];
        let own = own.into_iter().flatten();
        let contexts = contexts.map(|(key, revision)| Lapse::Context(key, revision));
        let licenses = licenses.map(|(key, version)| Lapse::License(key, version));
        own.chain(contexts).chain(licenses).collect()
    }
}

/// Revisions are numbered as they are recorded, so the highest number changes with every one that
/// is recorded later, also between two that were planned ahead.
fn revisions(candidate: &Candidate<'_>, scope: &Use) -> BTreeMap<ContextKey, i64> {
    let Candidate { facts, world, .. } = candidate;
    let linked = facts.contexts.iter().filter_map(|link| world.contexts.get(&link.context));
    let known = world.contexts.values();
    let asked = known.filter(|context| Some(&context.key) == scope.campaign.as_ref());
    let newest = |context: &Context| {
        let counting = context.revisions.iter().filter(|it| it.effective_at <= scope.until);
        counting.map(|revision| revision.number).max().unwrap_or(1)
    };
    linked.chain(asked).map(|context| (context.key.clone(), newest(context))).collect()
}

/// The keys of both whose numbers differ, with the number that is now, if there is one.
fn differing<K: Ord + Clone>(
    before: &BTreeMap<K, i64>,
    now: &BTreeMap<K, i64>,
) -> Vec<(K, Option<i64>)> {
    let both: BTreeSet<&K> = before.keys().chain(now.keys()).collect();
    let differing = both.into_iter().filter(|key| before.get(*key) != now.get(*key));
    differing.map(|key| (key.clone(), now.get(key).copied())).collect()
}

/// Who owns an asset is no reason for any answer.
fn hash_description(candidate: &Candidate<'_>) -> Digest {
    let description = Description {
        metadata: Metadata { owner: None, ..candidate.metadata.clone() },
        contexts: candidate.facts.contexts.iter().map(|link| link.context).collect(),
        licenses: candidate.facts.licenses.clone(),
    };
    let number = |id: i64| id.to_string();
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    for (field, text) in fields(&description, &Names { context: &number, license: &number }) {
        for part in [field, text] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
    }
    Digest(hash.finalize().into())
}
