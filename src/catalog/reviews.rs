//! Reviews: the answers that an approval was given with, and whose work it is about, as the audit
//! log tells them.

use rusqlite::{OptionalExtension as _, named_params};
use serde_json::{Map, Value, json};

use super::error::Result;
use super::open::Catalog;
use crate::domain::actor::Signer;
use crate::domain::approver::Deed;
use crate::domain::asset::AssetId;
use crate::domain::review::{Answer, Question, Reply, Review};
use crate::domain::time::Timestamp;

/// The review of the newest approval or renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    pub review: Review,
    pub by: String,
    pub at: Timestamp,
}

impl Catalog {
    /// What the newest approval or renewal of an asset was given with; `None` if there was none.
    pub fn review_of(&self, asset: AssetId) -> Result<Option<Reviewed>> {
        let sql = "SELECT at_ms, payload FROM audit
                   WHERE asset_id = :id AND kind IN ('asset.approve', 'asset.renew')
                   ORDER BY seq DESC LIMIT 1";
        Ok(self.newest_told(sql, asset)?.map(|(at, payload)| {
            let by = payload.get("by").and_then(Value::as_str).unwrap_or_default();
            let review = payload.get("review").and_then(Value::as_object).map(review);
            Reviewed { review: review.unwrap_or_default(), by: by.to_owned(), at }
        }))
    }

    /// When the entry that the query finds about an asset was written, and what it tells.
    pub(super) fn newest_told(
        &self,
        sql: &'static str,
        asset: AssetId,
    ) -> Result<Option<(Timestamp, Value)>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_row(named_params! { ":id": asset.0 }, |row| {
            Ok((row.get::<_, i64>("at_ms")?, row.get::<_, String>("payload")?))
        });
        Ok(found.optional()?.map(|(at, payload)| {
            (Timestamp::from_millis(at), serde_json::from_str(&payload).unwrap_or_default())
        }))
    }

    /// Everybody who is behind an entry of the log.
    pub fn signers(&self) -> Result<Vec<Signer>> {
        let mut statement =
            self.conn.prepare_cached("SELECT DISTINCT actor FROM audit ORDER BY actor")?;
        let actors = statement.query_map([], |row| row.get::<_, String>("actor"))?;
        let actors = actors.collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(actors.iter().map(|text| Signer::in_entry(text)).collect())
    }

    /// Who added an asset and who described it last, where the log tells. Dates that a renewal set
    /// are its own.
    pub fn authors_of(&self, asset: AssetId) -> Result<Vec<(Deed, Signer)>> {
        let mut authors = Vec::new();
        for (deed, sql) in [
            (
                Deed::Added,
                "SELECT actor FROM audit WHERE asset_id = :id AND kind = 'asset.add'
                 ORDER BY seq DESC LIMIT 1",
            ),
            (
                Deed::Described,
                "SELECT actor FROM audit d WHERE asset_id = :id AND kind = 'asset.describe'
                   AND NOT EXISTS (SELECT 1 FROM audit r WHERE r.seq = d.seq + 1
                     AND r.asset_id = d.asset_id AND r.kind = 'asset.renew')
                 ORDER BY seq DESC LIMIT 1",
            ),
        ] {
            let mut statement = self.conn.prepare_cached(sql)?;
            let found = statement
                .query_row(named_params! { ":id": asset.0 }, |row| row.get::<_, String>("actor"));
            authors.extend(found.optional()?.map(|text| (deed, Signer::in_entry(&text))));
        }
        Ok(authors)
    }
}

/// As an entry tells it; nothing without an answer.
pub(super) fn told(review: &Review) -> Option<Value> {
    let replies = review.replies().map(|(question, Reply { answer, note })| {
        let mut told = json!({ "answer": answer.name() });
        if let (Some(note), Some(fields)) = (note, told.as_object_mut()) {
            fields.insert("note".to_owned(), json!(note));
        }
        (question.name().to_owned(), told)
    });
    let replies: Map<_, _> = replies.collect();
    (!replies.is_empty()).then_some(Value::Object(replies))
}

fn review(told: &Map<String, Value>) -> Review {
    let text =
        |reply: &Value, field: &str| reply.get(field).and_then(Value::as_str).map(str::to_owned);
    let replies = told.iter().filter_map(|(question, reply)| {
        let answer = text(reply, "answer").and_then(|answer| Answer::named(&answer))?;
        Some((Question::named(question)?, Reply { answer, note: text(reply, "note") }))
    });
    Review::new(replies).unwrap_or_default()
}
