//! Uses: assets that somebody took out of the library to use them again.

use serde_json::{Value, json};

use super::assets::refuse_change;
use super::audit::About;
use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::time::Timestamp;

/// A use for which an asset was taken, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    pub at: Timestamp,
    pub by: String,
    /// Where the copy was put.
    pub to: String,
    pub placement: String,
    pub campaign: Option<String>,
    /// Codes, `worldwide`, or nothing where nobody said.
    pub territory: Option<String>,
    /// First and last instant of the use.
    pub from: Timestamp,
    pub until: Timestamp,
    pub reason: Option<String>,
}

impl Catalog {
    /// Records that an asset was taken. The asset itself does not change by that.
    ///
    /// Fails with `Changed` if it is not the one that was asked about any more, and with
    /// `InOperation` while its files are being moved.
    pub fn record_take(&mut self, asset: AssetId, version: i64, take: &Take) -> Result<()> {
        self.write(|tx, session, log| {
            refuse_change(tx, asset, version)?;
            let payload = json!({
                "by": session.actor.name(), "campaign": take.campaign,
                "first": take.from.to_string(), "last": take.until.to_string(),
                "placement": take.placement, "reason": take.reason, "territory": take.territory,
                "to": take.to,
            });
            log.append(tx, "reuse.take", About::asset(asset), &payload)
        })
    }

    /// The uses that an asset was taken for, oldest first.
    pub fn takes_of(&self, asset: AssetId) -> Result<Vec<Take>> {
        self.told_of((asset, "reuse.take"), take)
    }
}

fn take(at: Timestamp, payload: &Value) -> Option<Take> {
    let text = |field: &str| payload.get(field)?.as_str().map(str::to_owned);
    let instant = |field: &str| Timestamp::parse(&text(field)?).ok();
    Some(Take {
        at,
        by: text("by")?,
        to: text("to")?,
        placement: text("placement")?,
        campaign: text("campaign"),
        territory: text("territory"),
        from: instant("first")?,
        until: instant("last")?,
        reason: text("reason"),
    })
}
