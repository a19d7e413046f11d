//! Holds: while one is on, an asset's files stay where they are.

use rusqlite::named_params;
use serde_json::json;

use super::assets::touch;
use super::audit::About;
use super::cells::instant;
use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::time::Timestamp;

/// A reason to keep an asset's files, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub id: i64,
    pub reason: String,
    pub placed_by: String,
    pub placed_at: Timestamp,
    /// The hold is over at this instant; `None`: until it is released.
    pub until: Option<Timestamp>,
}

/// The reason of the hold that a restore places, so that the next clean leaves the files.
pub const GRACE: &str = "restored from quarantine";

impl Hold {
    /// Whether no person asked for it.
    pub fn is_grace(&self) -> bool {
        self.reason == GRACE && self.until.is_some()
    }
}

impl Catalog {
    /// The holds on an asset that count at `now`, oldest first.
    pub fn holds_on(&self, asset: AssetId, now: Timestamp) -> Result<Vec<Hold>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, reason, placed_by, placed_ms, until_ms FROM hold
             WHERE asset_id = :asset AND released_ms IS NULL
               AND (until_ms IS NULL OR until_ms > :now)
             ORDER BY id",
        )?;
        let mut rows =
            statement.query(named_params! { ":asset": asset.0, ":now": now.millis() })?;
        let mut holds = Vec::new();
        while let Some(row) = rows.next()? {
            holds.push(Hold {
                id: row.get("id")?,
                reason: row.get("reason")?,
                placed_by: row.get("placed_by")?,
                placed_at: Timestamp::from_millis(row.get("placed_ms")?),
                until: instant(row, "until_ms")?,
            });
        }
        Ok(holds)
    }

    /// Places a hold and writes its audit entry, both or neither.
    pub fn place_hold(
        &mut self,
        asset: AssetId,
        version: i64,
        reason: &str,
        until: Option<Timestamp>,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            touch(tx, asset, version)?;
            insert_hold(tx, session, asset, reason, until)?;
            let payload = json!({
                "by": session.actor.name(),
                "reason": reason,
                "until": until.map(|at| at.to_string()),
            });
            log.append(tx, "asset.hold", About::asset(asset), &payload)
        })
    }

    /// Releases every hold on an asset that counts now; returns how many.
    pub fn release_holds(&mut self, asset: AssetId, version: i64, reason: &str) -> Result<usize> {
        self.write(|tx, session, log| {
            touch(tx, asset, version)?;
            let now = session.now.millis();
            let released = tx.execute(
                "UPDATE hold SET released_by = :by, released_ms = :now
                 WHERE asset_id = :asset AND released_ms IS NULL
                   AND (until_ms IS NULL OR until_ms > :now)",
                named_params! { ":by": session.actor.name(), ":now": now, ":asset": asset.0 },
            )?;
            let payload = json!({
                "by": session.actor.name(), "holds": released, "reason": reason,
            });
            log.append(tx, "asset.release", About::asset(asset), &payload)?;
            Ok(released)
        })
    }
}

/// Places a hold inside a transaction that also does something else.
pub(super) fn insert_hold(
    tx: &rusqlite::Transaction<'_>,
    session: &super::runs::Session,
    asset: AssetId,
    reason: &str,
    until: Option<Timestamp>,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO hold (asset_id, reason, placed_by, placed_ms, until_ms)
         VALUES (:asset, :reason, :by, :now, :until)",
    )?
    .execute(named_params! {
        ":asset": asset.0, ":reason": reason, ":by": session.actor.name(),
        ":now": session.now.millis(), ":until": super::cells::millis(until),
    })?;
    Ok(())
}
