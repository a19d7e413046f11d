//! Decisions: a transition of an asset, written with its audit entry.

use rusqlite::{Connection, Transaction, named_params};
use serde_json::{Value, json};

use super::assets::{changed, refuse_open_operation};
use super::audit::{About, Log};
use super::error::{CatalogError, Result};
use super::looks;
use super::open::Catalog;
use super::originals::{follow_original, settle_original};
use super::plans::take_step;
use super::reviews;
use super::runs::Session;
use crate::domain::asset::{AssetId, Digest, Look};
use crate::domain::lifecycle::{Action, State, Transition};
use crate::domain::rejection::RejectionCode;
use crate::domain::review::Review;
use crate::domain::variation::Settlement;

/// One decided transition, bound to what it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub asset: AssetId,
    /// The asset's version when it was read.
    pub version: i64,
    pub digest: Digest,
    pub transition: Transition,
    pub reason: Option<String>,
    /// The causes, where a verdict decided.
    pub causes: Vec<String>,
    /// The revision of each context that an approval saw.
    pub pins: Vec<(i64, i64)>,
    /// What an approval, or the end of its use, saw of the original, if it was there.
    pub look: Option<Look>,
    /// What people should know; a report tells it and nothing keeps it.
    pub notice: Option<String>,
    /// What the review said that an approval answers for.
    pub review: Review,
    /// Why an asset is rejected, where a code was given.
    pub code: Option<RejectionCode>,
    /// What the decision settles about other variations of the picture.
    pub settlement: Option<Settlement>,
}

impl Decision {
    /// The same with what a review said.
    #[must_use]
    pub fn reviewed(self, review: &Review) -> Self {
        Self { review: review.clone(), ..self }
    }
}

impl Catalog {
    /// Records one decision and its audit entry, both or neither.
    ///
    /// Fails with `Changed` if the asset is not what the decision was made on any more, and with
    /// `InOperation` while its files are being moved.
    pub fn record_decision(&mut self, decision: &Decision) -> Result<()> {
        self.write(|tx, session, log| decide(tx, session, log, decision))
    }

    /// Records many decisions in one transaction, for sweeps. A decision whose asset changed
    /// meanwhile is left out and returned with the reason; the others are recorded.
    pub fn record_decisions<'d>(
        &mut self,
        decisions: impl IntoIterator<Item = &'d Decision>,
    ) -> Result<Vec<(AssetId, CatalogError)>> {
        self.write(|tx, session, log| {
            let decisions = decisions.into_iter().map(|decision| (decision.asset, decision));
            leaving_out(decisions, |decision| decide(tx, session, log, decision))
        })
    }

    /// Records decisions that belong together in one transaction, all or none.
    ///
    /// Fails as [`Self::record_decision`] does, for the first that cannot be recorded.
    pub fn record_together<'d>(
        &mut self,
        decisions: impl IntoIterator<Item = &'d Decision>,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            decisions.into_iter().try_for_each(|decision| decide(tx, session, log, decision))
        })
    }

    /// Who took the newest step `action` of an asset: the actor's name as it was stated. Of what a
    /// lost catalog knew, the manifest's word is all there is.
    pub fn last_actor_of(&self, asset: AssetId, action: Action) -> Result<Option<String>> {
        last_actor(&self.conn, asset, action)
    }

    /// The asset whose content this one was when it was added, where that had been ended.
    pub fn return_of(&self, asset: AssetId) -> Result<Option<AssetId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT json_extract(payload, '$.of') AS of FROM audit
             WHERE asset_id = :id AND kind = 'asset.add' ORDER BY seq DESC LIMIT 1",
        )?;
        let mut rows = statement.query(named_params! { ":id": asset.0 })?;
        let of: Option<i64> = rows.next()?.map(|row| row.get("of")).transpose()?.flatten();
        Ok(of.map(AssetId))
    }
}

/// Who took the step last: by the entry of it, by what a folder in quarantine told, or by the record
/// whose content came back.
pub(super) fn last_actor(
    conn: &Connection,
    asset: AssetId,
    action: Action,
) -> Result<Option<String>> {
    let kind = format!("asset.{}", action.name());
    let mut statement = conn.prepare_cached(
        "SELECT payload FROM audit
         WHERE asset_id = :id AND (kind = :kind
           OR kind IN ('asset.rebuild', 'asset.add')
              AND json_extract(payload, '$.told.' || :by) IS NOT NULL)
         ORDER BY seq DESC LIMIT 1",
    )?;
    let told_by = format!("{}_by", action.participle());
    let params = named_params! { ":id": asset.0, ":kind": kind, ":by": told_by };
    let mut rows = statement.query(params)?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let payload: String = row.get("payload")?;
    let payload: Value = serde_json::from_str(&payload).unwrap_or_default();
    let told = payload.get("told").and_then(|told| told.get(&told_by));
    Ok(told.or(payload.get("by")).and_then(Value::as_str).map(str::to_owned))
}

/// Writes each change, and returns those whose asset is not what it was when it was read. The
/// writer of such a change says so before it writes anything.
pub(super) fn leaving_out<C>(
    changes: impl Iterator<Item = (AssetId, C)>,
    mut write: impl FnMut(C) -> Result<()>,
) -> Result<Vec<(AssetId, CatalogError)>> {
    let mut left_out = Vec::new();
    for (asset, change) in changes {
        match write(change) {
            Ok(()) => {}
            Err(error @ (CatalogError::Changed { .. } | CatalogError::InOperation { .. })) => {
                left_out.push((asset, error));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(left_out)
}

pub(super) fn decide(
    tx: &Transaction<'_>,
    session: &Session,
    log: &mut Log<'_>,
    decision: &Decision,
) -> Result<()> {
    refuse_open_operation(tx, decision.asset)?;
    let Decision { asset, version, transition, .. } = decision;
    if !enter_state(tx, session, *asset, Some(*version), (transition.from, transition.to))? {
        return Err(changed(tx, *asset)?);
    }
    if transition.action == Action::Approve {
        settle_original(tx, *asset)?;
    }
    let of_ended = transition.from.ended().is_some();
    let digest = if of_ended { follow_original(tx, log, *asset)? } else { decision.digest };
    if let Some(plan) = session.plan {
        take_step(tx, session, (plan, *asset))?;
    }
    for (context, revision) in &decision.pins {
        tx.prepare_cached(
            "UPDATE asset_context SET pinned = :revision
             WHERE asset_id = :asset AND context_id = :context",
        )?
        .execute(named_params! {
            ":revision": revision, ":asset": asset.0, ":context": context,
        })?;
    }
    if let Some(look) = decision.look {
        looks::record(tx, decision.digest, look)?;
    }
    let kind = format!("asset.{}", transition.action.name());
    log.append(tx, &kind, About::asset(*asset), &payload(session, decision, digest))
}

/// Moves the asset from one state to another if it is still there (and still at `version`, where
/// one is given). Tells whether it was.
pub(super) fn enter_state(
    tx: &Transaction<'_>,
    session: &Session,
    asset: AssetId,
    version: Option<i64>,
    (from, to): (State, State),
) -> Result<bool> {
    let updated = tx
        .prepare_cached(
            "UPDATE asset SET state = :to, was = :to_was, since_ms = :now, version = version + 1
             WHERE id = :id AND state = :from AND was IS :from_was
               AND (:version IS NULL OR version = :version)",
        )?
        .execute(named_params! {
            ":to": to.name(), ":to_was": to.was().map(crate::domain::lifecycle::Ended::name),
            ":now": session.now.millis(), ":id": asset.0, ":from": from.name(),
            ":from_was": from.was().map(crate::domain::lifecycle::Ended::name),
            ":version": version,
        })?;
    Ok(updated == 1)
}

fn payload(session: &Session, decision: &Decision, digest: Digest) -> Value {
    let mut payload = json!({
        "by": session.actor.name(),
        "from": decision.transition.from.to_string(),
        "sha256": digest.to_string(),
        "to": decision.transition.to.to_string(),
    });
    if let Some(fields) = payload.as_object_mut() {
        if let Some(reason) = &decision.reason {
            fields.insert("reason".to_owned(), json!(reason));
        }
        if !decision.causes.is_empty() {
            fields.insert("causes".to_owned(), json!(decision.causes));
        }
        if !decision.pins.is_empty() {
            fields.insert("pins".to_owned(), json!(decision.pins));
        }
        if let Some(code) = decision.code {
            fields.insert("code".to_owned(), json!(code.name()));
        }
        if let Some((field, told)) = decision.settlement.as_ref().map(settled) {
            fields.insert(field.to_owned(), told);
        }
        if let Some(review) = reviews::told(&decision.review) {
            fields.insert("review".to_owned(), review);
        }
        if let Some(pixels) = decision.look.and_then(|look| look.pixels) {
            fields.insert("pixels".to_owned(), json!(pixels.to_string()));
        }
    }
    payload
}

/// What a settlement adds to an entry: the asset that was chosen, or those that were not.
fn settled(settlement: &Settlement) -> (&'static str, Value) {
    match settlement {
        Settlement::Won(over) => {
            let over: Vec<_> = over.iter().map(|asset| asset.0).collect();
            ("not_chosen", json!(over))
        }
        Settlement::Lost(chosen) => ("chosen", json!(chosen.0)),
    }
}
