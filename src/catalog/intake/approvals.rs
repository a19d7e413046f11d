//! Approvals whose files have other bytes now.

use rusqlite::{OptionalExtension as _, named_params};
use serde_json::json;

use super::super::assets::{changed, refuse_open_operation};
use super::super::audit::About;
use super::super::decisions::{Decision, decide};
use super::super::error::{CatalogError, Result};
use super::super::looks;
use super::Writing;
use crate::domain::actor::Authority;
use crate::domain::asset::{Digest, Look};
use crate::domain::intake::{Kept, Voided};
use crate::domain::lifecycle::{self, Action, Plan, Request, State};
use crate::domain::review::Review;

impl Writing<'_, '_> {
    /// Ends the approval of an asset, if it has one now.
    pub(super) fn void(&mut self, voided: &Voided) -> Result<()> {
        let approved = "SELECT sha256, version FROM asset WHERE id = :id AND state = 'approved'";
        let approved = self
            .tx
            .prepare_cached(approved)?
            .query_row(named_params! { ":id": voided.asset.0 }, |row| {
                Ok((Digest(row.get("sha256")?), row.get("version")?))
            })
            .optional()?;
        let Some((digest, version)) = approved else { return Ok(()) };
        let request = Request {
            action: Action::Void,
            authority: Authority::Automation,
            plan: Plan::None,
            asker: "",
            undone: None,
            reason: Some(&voided.reason),
        };
        let transition = lifecycle::next(State::Approved, &request)
            .map_err(|refusal| CatalogError::damaged(refusal.to_string()))?;
        let decision = Decision {
            asset: voided.asset,
            version,
            digest,
            transition,
            reason: Some(voided.reason.clone()),
            causes: Vec::new(),
            pins: Vec::new(),
            look: None,
            notice: None,
            review: Review::default(),
            code: None,
            settlement: None,
        };
        self.counts.voided.push(voided.clone());
        decide(self.tx, self.session, self.log, &decision)
    }

    /// Notes that the approval holds for other bytes too. The new original is written after that.
    pub(super) fn keep(&mut self, kept: &Kept) -> Result<()> {
        refuse_open_operation(self.tx, kept.asset)?;
        let is_what_was_approved = "SELECT count(*) = 1 FROM asset
            WHERE id = :id AND state = 'approved' AND version = :version AND sha256 = :was";
        let asked = named_params! {
            ":id": kept.asset.0, ":version": kept.version, ":was": kept.was.0,
        };
        if !self.tx.prepare_cached(is_what_was_approved)?.query_row(asked, |row| row.get(0))? {
            return Err(changed(self.tx, kept.asset)?);
        }
        // The same pixels look the same.
        let look_hash = looks::look_of(self.tx, kept.was)?.and_then(|look| look.look_hash);
        looks::record(self.tx, kept.digest, Look { pixels: Some(kept.pixels), look_hash })?;
        let payload = json!({
            "by": self.session.actor.name(), "pixels": kept.pixels.to_string(),
            "reason": "same pixels", "sha256": kept.digest.to_string(),
            "sha256_was": kept.was.to_string(),
        });
        self.log.append(self.tx, "asset.keep", About::asset(kept.asset), &payload)
    }
}
