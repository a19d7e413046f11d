//! Replacements: assets that took the place of others, as the log tells it.

use serde_json::{Value, json};

use super::assets::refuse_change;
use super::audit::About;
use super::descriptions::{DescriptionEdit, describe};
use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::time::Timestamp;

const KIND: &str = "asset.replace";

/// An asset that took the place of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    pub old: AssetId,
    pub new: AssetId,
    pub at: Timestamp,
    pub by: String,
    pub reason: Option<String>,
}

impl Catalog {
    /// Records that one asset takes the place of another, and what is taken over for it, all or
    /// nothing. Neither asset is decided about by that.
    ///
    /// Each of the two is given with the version that was read. Fails with `Changed` if either is not
    /// that one any more, and with `InOperation` while its files are being moved.
    pub fn record_replacement(
        &mut self,
        (old, new): ((AssetId, i64), (AssetId, i64)),
        reason: Option<&str>,
        taken: Option<&DescriptionEdit>,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            for (asset, version) in [old, new] {
                refuse_change(tx, asset, version)?;
            }
            let payload = json!({
                "by": session.actor.name(), "new": new.0.0, "old": old.0.0, "reason": reason,
            });
            for (asset, _) in [old, new] {
                log.append(tx, KIND, About::asset(asset), &payload)?;
            }
            taken.map_or(Ok(()), |edit| describe(tx, session, log, edit))
        })
    }

    /// The replacements that the asset is part of, as the old one or the new one, oldest first.
    pub fn replacements_of(&self, asset: AssetId) -> Result<Vec<Replacement>> {
        self.told_of((asset, KIND), replacement)
    }
}

fn replacement(at: Timestamp, payload: &Value) -> Option<Replacement> {
    let asset = |field: &str| payload.get(field)?.as_i64().map(AssetId);
    let text = |field: &str| payload.get(field)?.as_str().map(str::to_owned);
    let (old, new, by) = (asset("old")?, asset("new")?, text("by")?);
    Some(Replacement { old, new, at, by, reason: text("reason") })
}
