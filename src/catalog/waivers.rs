//! Waivers of findings.

use rusqlite::{Row, Transaction, named_params};
use serde_json::json;

use super::assets::touch;
use super::audit::About;
use super::cells::{date_at, date_text};
use super::dossiers::Dossier;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::runs::Session;
use crate::domain::asset::AssetId;
use crate::domain::time::{CivilDate, Timestamp};
use crate::domain::validation::Waiver;

/// A waiver as it is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWaiver {
    pub asset: AssetId,
    /// The asset's version when it was read.
    pub version: i64,
    /// A rule's code.
    pub rule: &'static str,
    pub reason: String,
    pub until_on: CivilDate,
    /// First instant after `until_on`.
    pub until: Timestamp,
}

/// The columns of [`waiver`], in its order, of waivers that nobody revoked.
const WAIVERS: &str =
    "SELECT asset_id, id, rule, reason, granted_by, granted_ms, until_on, until_ms
    FROM waiver WHERE revoked_ms IS NULL AND asset_id >= :first AND asset_id <= :last
    ORDER BY asset_id, id";

impl Catalog {
    /// Gives every waiver that holds at `now` to `visit`, by asset.
    pub fn visit_waivers<E: From<CatalogError>>(
        &self,
        now: Timestamp,
        mut visit: impl FnMut(AssetId, Waiver) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = |error: rusqlite::Error| E::from(CatalogError::from(error));
        let mut statement = self.conn.prepare_cached(WAIVERS).map_err(sql)?;
        let all = named_params! { ":first": i64::MIN, ":last": i64::MAX };
        let mut rows = statement.query(all).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let (asset, waiver) = (AssetId(row.get(0).map_err(sql)?), waiver(row)?);
            if waiver.holds_at(now) {
                visit(asset, waiver)?;
            }
        }
        Ok(())
    }

    /// Gives every dossier the waivers that nobody revoked, oldest first.
    pub(super) fn add_waivers(&self, dossiers: &mut [Dossier]) -> Result<()> {
        self.add_rows(WAIVERS, dossiers, |dossier, row| {
            dossier.waivers.push(waiver(row)?);
            Ok(())
        })
    }

    /// Grants a waiver in the place of one of the same rule, and writes its audit entry: all or
    /// nothing.
    pub fn grant_waiver(&mut self, new: &NewWaiver) -> Result<()> {
        self.write(|tx, session, log| {
            touch(tx, new.asset, new.version)?;
            end_waivers(tx, session, new.asset, new.rule)?;
            insert_waiver(tx, session, new)?;
            let payload = json!({
                "by": session.actor.name(), "reason": new.reason, "rule": new.rule,
                "until": date_text(Some(new.until_on)), "until_ms": new.until.millis(),
            });
            log.append(tx, "asset.waive", About::asset(new.asset), &payload)
        })
    }

    /// Ends the waivers of a rule about an asset before their day; returns how many.
    pub fn revoke_waivers(
        &mut self,
        (asset, version): (AssetId, i64),
        rule: &str,
        reason: &str,
    ) -> Result<usize> {
        self.write(|tx, session, log| {
            touch(tx, asset, version)?;
            let ended = end_waivers(tx, session, asset, rule)?;
            let payload = json!({
                "by": session.actor.name(), "reason": reason, "rule": rule, "waivers": ended,
            });
            log.append(tx, "asset.unwaive", About::asset(asset), &payload)?;
            Ok(ended)
        })
    }
}

fn insert_waiver(tx: &Transaction<'_>, session: &Session, new: &NewWaiver) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO waiver (asset_id, rule, reason, granted_by, granted_ms, until_on, until_ms)
         VALUES (:asset, :rule, :reason, :by, :now, :until_on, :until)",
    )?
    .execute(named_params! {
        ":asset": new.asset.0, ":rule": new.rule, ":reason": new.reason,
        ":by": session.actor.name(), ":now": session.now.millis(),
        ":until_on": date_text(Some(new.until_on)), ":until": new.until.millis(),
    })?;
    Ok(())
}

/// Marks the waivers of a rule as revoked, and returns how many held.
fn end_waivers(
    tx: &Transaction<'_>,
    session: &Session,
    asset: AssetId,
    rule: &str,
) -> Result<usize> {
    let ended = tx
        .prepare_cached(
            "UPDATE waiver SET revoked_by = :by, revoked_ms = :now
             WHERE asset_id = :asset AND rule = :rule AND revoked_ms IS NULL AND until_ms > :now",
        )?
        .execute(named_params! {
            ":by": session.actor.name(), ":now": session.now.millis(), ":asset": asset.0,
            ":rule": rule,
        })?;
    Ok(ended)
}

/// Reads a row of [`WAIVERS`].
fn waiver(row: &Row<'_>) -> Result<Waiver> {
    Ok(Waiver {
        id: row.get(1)?,
        rule: row.get(2)?,
        reason: row.get(3)?,
        granted_by: row.get(4)?,
        granted_at: Timestamp::from_millis(row.get(5)?),
        until_on: date_at(row, 6)?.ok_or_else(|| CatalogError::damaged("waiver.until_on"))?,
        until: Timestamp::from_millis(row.get(7)?),
    })
}
