//! Why assets were rejected, as the audit entry keeps it.

use rusqlite::{Connection, OptionalExtension as _, named_params};
use serde_json::Value;

use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::{Ended, State};
use crate::domain::rejection::RejectionCode;
use crate::domain::time::Timestamp;

/// A rejection: by a code, in words, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub code: Option<RejectionCode>,
    pub reason: Option<String>,
    pub by: String,
    pub at: Timestamp,
}

/// How the use of an asset was ended, as far as that is remembered of its content: not if it was
/// only rejected for being there twice.
pub(super) fn remembered(conn: &Connection, asset: AssetId, state: State) -> Result<Option<Ended>> {
    let ended = state.ended();
    if ended != Some(Ended::Rejected) {
        return Ok(ended);
    }
    let mut statement = conn.prepare_cached(
        "SELECT json_extract(payload, '$.code') AS code FROM audit
         WHERE asset_id = :id AND kind = 'asset.reject' ORDER BY seq DESC LIMIT 1",
    )?;
    let code = |row: &rusqlite::Row<'_>| row.get::<_, Option<String>>("code");
    let code = statement.query_row(named_params! { ":id": asset.0 }, code).optional()?.flatten();
    let code = code.and_then(|code| RejectionCode::read(&code).ok());
    Ok(ended.filter(|_| code.is_none_or(RejectionCode::is_about_content)))
}

impl Catalog {
    /// Whether an asset is rejected for being there twice, and for nothing else.
    pub fn is_spare(&self, asset: AssetId, state: State) -> Result<bool> {
        Ok(state.ended().is_some() && remembered(&self.conn, asset, state)?.is_none())
    }

    /// The newest rejection of an asset, if there was one.
    pub fn rejection_of(&self, asset: AssetId) -> Result<Option<Rejection>> {
        let sql = "SELECT at_ms, payload FROM audit WHERE asset_id = :id AND kind = 'asset.reject'
                   ORDER BY seq DESC LIMIT 1";
        Ok(self.newest_told(sql, asset)?.map(|(at, payload)| {
            let text = |field: &str| payload.get(field).and_then(Value::as_str);
            Rejection {
                code: text("code").and_then(|code| RejectionCode::read(code).ok()),
                reason: text("reason").map(str::to_owned),
                by: text("by").unwrap_or_default().to_owned(),
                at,
            }
        }))
    }
}
