//! The audit log: every change and its entry commit together, and each entry seals the one before.
//!
//! The chain shows edits within the log. It cannot show that its last entries were cut off: for
//! that, a head kept elsewhere is compared.

use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::epoch::refuse_fenced;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::runs::{Session, begin_run};
use crate::domain::asset::AssetId;
use crate::domain::time::Timestamp;

const ENTRIES_OF_ASSET: &str = "
    SELECT seq, at_ms, kind, actor, run_id, asset_id, operation_id, payload, entry_hash
    FROM audit WHERE asset_id = :asset AND seq > :after ORDER BY seq";
const ENTRIES: &str = "
    SELECT seq, at_ms, kind, actor, run_id, asset_id, operation_id, payload, entry_hash
    FROM audit WHERE :asset IS NULL AND seq > :after ORDER BY seq";
const NEWEST: &str = "
    SELECT seq, at_ms, kind, actor, run_id, asset_id, operation_id, payload, entry_hash
    FROM audit
    WHERE (:asset IS NULL OR asset_id = :asset)
      AND (:kind IS NULL OR kind = :kind
           OR substr(kind, 1, length(:kind) + 1) = :kind || '.')
    ORDER BY seq DESC LIMIT :count";

const DOMAIN: &[u8] = b"shelflife-audit-v1\0";

/// The first entry's content.
#[derive(Debug, Clone)]
pub struct Genesis {
    /// The catalog's identity: also in root markers and in every entry's hash.
    pub uuid: [u8; 16],
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct About<'a> {
    pub(super) asset: Option<AssetId>,
    pub(super) operation: Option<&'a str>,
}

impl About<'_> {
    pub(super) fn asset(id: AssetId) -> Self {
        Self { asset: Some(id), operation: None }
    }
}

/// An entry as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub seq: u64,
    pub at: Timestamp,
    /// What happened, such as `asset.approve`.
    pub kind: String,
    pub actor: String,
    pub run: String,
    pub asset: Option<AssetId>,
    pub operation: Option<String>,
    /// JSON, sorted keys: exactly the bytes that were hashed.
    pub payload: String,
    pub hash: [u8; 32],
}

/// The end of the chain inside a transaction, moved on by every append.
pub(super) struct Log<'s> {
    session: &'s Session,
    chain: [u8; 16],
    seq: i64,
    at_ms: i64,
    head: [u8; 32],
}

impl<'s> Log<'s> {
    fn load(tx: &Transaction<'_>, session: &'s Session) -> Result<Self> {
        let chain = chain_id(tx)?;
        let last = tx
            .prepare_cached("SELECT seq, at_ms, entry_hash FROM audit ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get("seq")?, row.get("at_ms")?, row.get("entry_hash")?)))
            .optional()?;
        let (seq, at_ms, head) = last.unwrap_or((-1, i64::MIN, [0; 32]));
        Ok(Self { session, chain, seq, at_ms, head })
    }

    /// Adds an entry. Its time never runs backwards, whatever the clock does.
    pub(super) fn append(
        &mut self,
        tx: &Transaction<'_>,
        kind: &str,
        about: About<'_>,
        payload: &Value,
    ) -> Result<()> {
        let mut payload = payload.clone();
        if let Some(asset) = about.asset {
            payload = with_row(tx, asset, with_plan(self.session, payload))?;
        }
        // They are already, unless another crate asks for maps that keep their order.
        payload.sort_all_objects();
        let payload = payload.to_string();
        let session = self.session;
        let actor = session.actor_text();
        let entry = Sealed {
            seq: self.seq + 1,
            at_ms: self.at_ms.max(session.now.millis()),
            kind,
            actor: &actor,
            run: &session.run,
            asset: about.asset.map(|id| id.0),
            operation: about.operation,
            payload: &payload,
        };
        let hash = entry.hash(&self.chain, &self.head);
        tx.prepare_cached(
            "INSERT INTO audit (seq, at_ms, kind, actor, run_id, asset_id, operation_id, payload,
                                prev_hash, entry_hash)
             VALUES (:seq, :at, :kind, :actor, :run, :asset, :operation, :payload, :prev, :hash)",
        )?
        .execute(named_params! {
            ":seq": entry.seq, ":at": entry.at_ms, ":kind": kind, ":actor": actor,
            ":run": session.run, ":asset": entry.asset, ":operation": about.operation,
            ":payload": payload, ":prev": self.head, ":hash": hash,
        })?;
        (self.seq, self.at_ms, self.head) = (entry.seq, entry.at_ms, hash);
        Ok(())
    }

    /// The number of the entry that was added last.
    pub(super) fn last_seq(&self) -> i64 {
        self.seq
    }

    /// Writes length and head beside the log, for readers and for the next writer.
    fn close(&self, tx: &Transaction<'_>) -> Result<()> {
        set_meta(tx, "audit_length", &(self.seq + 1).to_string())?;
        set_meta(tx, "audit_head", &hex(&self.head))
    }
}

/// Adds to an entry about an asset what the asset's row is now, where no entry says it otherwise:
/// its version, and of the other columns those that are not as they begin.
fn with_row(tx: &Transaction<'_>, asset: AssetId, mut payload: Value) -> Result<Value> {
    let mut statement = tx.prepare_cached(
        "SELECT version, attachment_id, nullif(files_missing, 0) AS files_missing, starts_ms,
                expires_ms, review_ms
         FROM asset WHERE id = :id",
    )?;
    let mut rows = statement.query(named_params! { ":id": asset.0 })?;
    let Some(row) = rows.next()? else { return Ok(payload) };
    let mut now = serde_json::Map::new();
    for column in TOLD_OF_A_ROW {
        if let Some(value) = row.get::<_, Option<i64>>(column)? {
            now.insert(column.to_owned(), value.into());
        }
    }
    if let Some(fields) = payload.as_object_mut() {
        fields.insert("row".to_owned(), Value::Object(now));
    }
    Ok(payload)
}

/// Adds to an entry about an asset the saved plan that it is a step of.
fn with_plan(session: &Session, mut payload: Value) -> Value {
    if let (Some(plan), Some(fields)) = (session.plan, payload.as_object_mut()) {
        fields.insert("plan".to_owned(), plan.0.into());
    }
    payload
}

/// The columns of an asset that each entry about it tells.
pub(super) const TOLD_OF_A_ROW: [&str; 6] =
    ["version", "attachment_id", "files_missing", "starts_ms", "expires_ms", "review_ms"];

/// The hashed fields of one entry, borrowed from where they are.
pub(super) struct Sealed<'a> {
    pub(super) seq: i64,
    pub(super) at_ms: i64,
    pub(super) kind: &'a str,
    pub(super) actor: &'a str,
    pub(super) run: &'a str,
    pub(super) asset: Option<i64>,
    pub(super) operation: Option<&'a str>,
    pub(super) payload: &'a str,
}

impl Sealed<'_> {
    /// SHA-256 over the domain, the catalog's identity, and each field after its length, so that
    /// no two entries can have the same bytes.
    pub(super) fn hash(&self, chain: &[u8; 16], prev: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(chain);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at_ms.to_be_bytes());
        let asset = self.asset.map(|id| id.to_string()).unwrap_or_default();
        let operation = self.operation.unwrap_or_default();
        for field in [self.kind, self.actor, self.run, &asset, operation, self.payload] {
            hash.update(u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hash.update(prev);
        hash.finalize().into()
    }
}

impl Catalog {
    /// Runs `work` in one immediate transaction with the audit log at hand: all of it or nothing.
    /// Refused where the turn that was begun through this handle is over.
    ///
    /// The first such transaction of a session also begins its run.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Session, &mut Log<'_>) -> Result<T>,
    ) -> Result<T> {
        let Some(mut session) = self.session.take() else {
            return Err(CatalogError::damaged("a change through a handle that only reads"));
        };
        let done = self.write_as(&session, work);
        session.begun |= done.is_ok();
        self.session = Some(session);
        done
    }

    fn write_as<T>(
        &mut self,
        session: &Session,
        work: impl FnOnce(&Transaction<'_>, &Session, &mut Log<'_>) -> Result<T>,
    ) -> Result<T> {
        let mine = self.epoch;
        let tx = self.begin()?;
        refuse_fenced(&tx, mine)?;
        let mut log = Log::load(&tx, session)?;
        begin_run(&tx, session, &mut log)?;
        let value = work(&tx, session, &mut log)?;
        log.close(&tx)?;
        tx.commit()?;
        Ok(value)
    }

    /// Writes the first entry of a new catalog.
    pub(super) fn record_genesis(&mut self, genesis: &Genesis) -> Result<()> {
        let uuid = uuid::Uuid::from_bytes(genesis.uuid).to_string();
        let mut writer = self.session.take();
        let tx = self.begin()?;
        for (key, value) in [("catalog_uuid", uuid.as_str()), ("next_asset", "1"), ("epoch", "0")] {
            set_meta(&tx, key, value)?;
        }
        let Some(session) = writer.as_mut() else {
            return Err(CatalogError::damaged("a catalog created without a session"));
        };
        let mut log = Log::load(&tx, session)?;
        let payload = json!({ "catalog": uuid, "hash": "sha256", "schema": 1 });
        log.append(&tx, "catalog.create", About::default(), &payload)?;
        begin_run(&tx, session, &mut log)?;
        log.close(&tx)?;
        tx.commit()?;
        session.begun = true;
        self.session = writer;
        Ok(())
    }

    /// The catalog's identity as text.
    pub fn uuid(&self) -> Result<String> {
        meta(&self.conn, "catalog_uuid")
    }

    /// Length and head of the log, as noted with the last change.
    pub fn audit_head(&self) -> Result<(u64, String)> {
        let length: String = meta(&self.conn, "audit_length")?;
        let length = length.parse().map_err(|_| CatalogError::damaged("meta.audit_length"))?;
        Ok((length, meta(&self.conn, "audit_head")?))
    }

    /// Gives each entry to `visit`, oldest first, of one asset or of all, from `after` on.
    pub fn visit_audit<E: From<CatalogError>>(
        &self,
        asset: Option<AssetId>,
        after: Option<u64>,
        mut visit: impl FnMut(AuditEntry) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let after = after.map_or(-1, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let sql = match asset {
            Some(_) => ENTRIES_OF_ASSET,
            None => ENTRIES,
        };
        let mut statement = self.conn.prepare_cached(sql).map_err(CatalogError::from)?;
        let params = named_params! { ":asset": asset.map(|id| id.0), ":after": after };
        let mut rows = statement.query(params).map_err(CatalogError::from)?;
        while let Some(row) = rows.next().map_err(CatalogError::from)? {
            visit(entry(row)?)?;
        }
        Ok(())
    }

    /// The newest `count` entries, oldest of them first, of one asset or of all, and of one kind
    /// (`asset.approve`), one group of kinds (`asset`) or all.
    pub fn newest_audit(
        &self,
        asset: Option<AssetId>,
        kind: Option<&str>,
        count: u32,
    ) -> Result<Vec<AuditEntry>> {
        let mut statement = self.conn.prepare_cached(NEWEST)?;
        let params =
            named_params! { ":asset": asset.map(|id| id.0), ":kind": kind, ":count": count };
        let mut rows = statement.query(params)?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(entry(row)?);
        }
        entries.reverse();
        Ok(entries)
    }
}

fn entry(row: &Row<'_>) -> Result<AuditEntry> {
    let seq: i64 = row.get("seq")?;
    Ok(AuditEntry {
        seq: u64::try_from(seq).map_err(|_| CatalogError::damaged("audit.seq"))?,
        at: Timestamp::from_millis(row.get("at_ms")?),
        kind: row.get("kind")?,
        actor: row.get("actor")?,
        run: row.get("run_id")?,
        asset: row.get::<_, Option<i64>>("asset_id")?.map(AssetId),
        operation: row.get("operation_id")?,
        payload: row.get("payload")?,
        hash: row.get("entry_hash")?,
    })
}

pub(super) fn chain_id(conn: &rusqlite::Connection) -> Result<[u8; 16]> {
    let uuid: String = meta(conn, "catalog_uuid")?;
    uuid::Uuid::parse_str(&uuid)
        .map(uuid::Uuid::into_bytes)
        .map_err(|_| CatalogError::damaged("meta.catalog_uuid"))
}

pub(super) fn meta(conn: &rusqlite::Connection, key: &str) -> Result<String> {
    conn.prepare_cached("SELECT value FROM meta WHERE key = :key")?
        .query_row(named_params! { ":key": key }, |row| row.get("value"))
        .optional()?
        .ok_or_else(|| CatalogError::damaged(format!("meta.{key} is missing")))
}

pub(super) fn set_meta(tx: &Transaction<'_>, key: &str, value: &str) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (:key, :value)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute(named_params! { ":key": key, ":value": value })?;
    Ok(())
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8; 32]) -> String {
    crate::domain::asset::Digest(*bytes).to_string()
}
