//! Why assets were rejected, as the audit entry keeps it.

use serde_json::Value;

use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::AssetId;
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

impl Catalog {
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
