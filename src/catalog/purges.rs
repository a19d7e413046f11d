//! Deleting for good: the marks for it, what is known of files that may be deleted, and the
//! announcement of the deletion.

use rusqlite::{OptionalExtension, Transaction, named_params};
use serde_json::json;

use super::assets::{changed, touch};
use super::audit::About;
use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::operation::OpenOperation;
use super::operations::{announce, refuse_held};
use super::pause::refuse_paused;
use super::runs::Session;
use crate::domain::asset::{AssetId, Digest};
use crate::domain::operation::OperationState;
use crate::domain::purge::{Mark, PurgeFacts, PurgeProof, observed_millis};
use crate::domain::time::Timestamp;

/// The audit entry of a mark.
const MARK: &str = "asset.mark";

/// When runs began, as the log has it: its time never runs backwards.
#[derive(Debug, Clone, Default)]
pub struct Heartbeat(Vec<(u64, Timestamp)>);

impl Heartbeat {
    /// What was seen to pass from an entry of the log, made at `since`, up to `now`.
    fn observed_millis(&self, entry: u64, since: Timestamp, now: Timestamp) -> i64 {
        let after = self.0.partition_point(|(begun, _)| *begun <= entry);
        let beats = self.0.get(after..).unwrap_or_default().iter().map(|(_, at)| *at);
        observed_millis(std::iter::once(since).chain(beats).chain([now]))
    }
}

impl Catalog {
    /// When each run began, oldest first.
    pub fn heartbeat(&self) -> Result<Heartbeat> {
        let mut statement = self
            .conn
            .prepare("SELECT seq, at_ms FROM audit WHERE kind = 'run.begin' ORDER BY seq")?;
        let mut rows = statement.query([])?;
        let mut beats = Vec::new();
        while let Some(row) = rows.next()? {
            beats.push((seq(row.get("seq")?)?, Timestamp::from_millis(row.get("at_ms")?)));
        }
        Ok(Heartbeat(beats))
    }

    /// The time of the newest audit entry: no entry is from before the one before it.
    pub fn newest_instant(&self) -> Result<Option<Timestamp>> {
        let newest = "SELECT at_ms FROM audit ORDER BY seq DESC LIMIT 1";
        let newest = self.conn.query_row(newest, [], |row| row.get(0)).optional()?;
        Ok(newest.map(Timestamp::from_millis))
    }

    /// What is known of the files of an asset in quarantine; `None` if no operation and no audit
    /// entry tells of them.
    pub fn purge_facts(
        &self,
        (asset, version): (AssetId, i64),
        heartbeat: &Heartbeat,
        now: Timestamp,
    ) -> Result<Option<PurgeFacts>> {
        let Some(taken) = self.quarantine_of(asset)? else { return Ok(None) };
        let Some((entry, since)) = self.quarantined(asset, &taken.id)? else { return Ok(None) };
        Ok(Some(PurgeFacts {
            asset,
            version,
            entry,
            since,
            observed_millis: heartbeat.observed_millis(entry, since, now),
            mark: self.mark_of(asset, &taken.id)?,
            held: self.holds_on(asset, now)?.into_iter().next().map(|hold| hold.reason),
            open: self.open_operation_of(asset)?,
            store: taken.id,
        }))
    }

    /// The entry that closed the operation that took the files away.
    fn quarantined(&self, asset: AssetId, operation: &str) -> Result<Option<(u64, Timestamp)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, at_ms FROM audit
             WHERE asset_id = :asset AND operation_id = :operation AND kind = 'quarantine.done'
             ORDER BY seq DESC LIMIT 1",
        )?;
        let params = named_params! { ":asset": asset.0, ":operation": operation };
        let mut rows = statement.query(params)?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some((seq(row.get("seq")?)?, Timestamp::from_millis(row.get("at_ms")?))))
    }

    /// The oldest mark on what the operation took away that is newer than every hold: who held it
    /// objected to all that was marked before.
    fn mark_of(&self, asset: AssetId, operation: &str) -> Result<Option<Mark>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, at_ms FROM audit
             WHERE asset_id = :asset AND operation_id = :operation AND kind = :kind
               AND seq > coalesce((SELECT max(seq) FROM audit
                                   WHERE asset_id = :asset
                                     AND kind IN ('asset.hold', 'asset.release')), -1)
             ORDER BY seq LIMIT 1",
        )?;
        let params = named_params! { ":asset": asset.0, ":operation": operation, ":kind": MARK };
        let mut rows = statement.query(params)?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let at = Timestamp::from_millis(row.get("at_ms")?);
        Ok(Some(Mark { entry: seq(row.get("seq")?)?, at }))
    }

    /// The operation of an asset that is not closed.
    pub fn open_operation_of(&self, asset: AssetId) -> Result<Option<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM operation WHERE asset_id = :asset AND state IN ('intent', 'partial')",
        )?;
        let open = statement.query_row(named_params! { ":asset": asset.0 }, |row| row.get("id"));
        Ok(open.optional()?)
    }

    /// Marks what an operation took away: a later run may delete it.
    ///
    /// Refused while the flag pauses, while a hold is on, and if the asset changed meanwhile.
    pub fn mark_for_purge(&mut self, facts: &PurgeFacts, reason: Option<&str>) -> Result<()> {
        self.write(|tx, session, log| {
            refuse_paused(tx)?;
            touch(tx, facts.asset, facts.version)?;
            refuse_held(tx, session, facts.asset)?;
            let about = About { asset: Some(facts.asset), operation: Some(&facts.store) };
            let payload = json!({
                "by": session.actor.name(), "for": "purge", "reason": reason,
                "since": facts.since.to_string(),
            });
            log.append(tx, MARK, about, &payload)
        })
    }

    /// Announces a purge: durable before anything of it happens on disk.
    ///
    /// All that the proof rests on is asked once more in the same transaction. Refused while the
    /// flag pauses (`Paused`), while a hold is on (`Held`), while another operation of the asset is
    /// open, and if anything is not as it was proven (`Changed`).
    pub fn open_purge(&mut self, open: &OpenOperation, proof: &PurgeProof) -> Result<()> {
        self.write(|tx, session, log| {
            let asset = open.operation.asset;
            refuse_paused(tx)?;
            touch(tx, asset, open.version)?;
            refuse_held(tx, session, asset)?;
            if !still_proven(tx, session, open, proof)? {
                return Err(changed(tx, asset)?);
            }
            announce(tx, session, log, open)
        })
    }

    /// How far a purge of this folder of quarantine came: one that is open, else one that is done, else
    /// any; `None` if there was none.
    pub fn purge_of_store(&self, store: &str) -> Result<Option<OperationState>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT p.state FROM operation o
                    JOIN operation p ON p.asset_id = o.asset_id AND p.store = o.id
             WHERE o.id = :store AND p.kind = 'purge'
             ORDER BY p.state NOT IN ('intent', 'partial'), p.state <> 'done' LIMIT 1",
        )?;
        let mut rows = statement.query(named_params! { ":store": store })?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let name: String = row.get("state")?;
        let state = OperationState::ALL.into_iter().find(|state| state.name() == name);
        state.map(Some).ok_or_else(|| CatalogError::damaged("operation.state"))
    }
}

/// Whether the files are still where they were proven to be, since the same entry, under a mark that
/// another run made long enough ago, and of the same bytes.
fn still_proven(
    tx: &Transaction<'_>,
    session: &Session,
    open: &OpenOperation,
    proof: &PurgeProof,
) -> Result<bool> {
    let (facts, operation) = (proof.facts(), &open.operation);
    let same = (facts.asset, facts.version, &facts.store)
        == (operation.asset, open.version, &operation.store);
    let known: bool = tx
        .prepare_cached(
            "SELECT EXISTS (
               SELECT 1 FROM operation o
               JOIN asset a ON a.id = o.asset_id
               JOIN audit d ON d.seq = :done
               JOIN audit m ON m.seq = :mark
               WHERE o.id = :store AND o.asset_id = :asset
                 AND o.kind = 'quarantine' AND o.state = 'done' AND a.state = 'quarantined'
                 AND d.kind = 'quarantine.done' AND d.operation_id = o.id AND d.at_ms = :since
                 AND m.kind = 'asset.mark' AND m.operation_id = o.id AND m.asset_id = a.id
                 AND m.at_ms = :marked AND m.run_id <> :run
                 AND NOT EXISTS (SELECT 1 FROM operation r
                                 WHERE r.asset_id = a.id AND r.store = o.id
                                   AND r.kind IN ('restore', 'purge') AND r.state = 'done'))",
        )?
        .query_row(
            named_params! {
                ":done": cells::signed(facts.entry), ":mark": cells::signed(proof.mark().entry),
                ":store": facts.store, ":asset": facts.asset.0, ":since": facts.since.millis(),
                ":marked": proof.mark().at.millis(), ":run": session.run,
            },
            |row| row.get(0),
        )?;
    let digests = digests(tx, &facts.store)?;
    let announced = operation.files.iter().map(|file| (file.number, file.digest));
    let read = digests == proof.digests() && announced.eq(digests);
    Ok(same && known && read && proof.holds_at(session.now))
}

fn digests(tx: &Transaction<'_>, operation: &str) -> Result<Vec<(u32, Digest)>> {
    let mut statement = tx.prepare_cached(
        "SELECT number, sha256 FROM operation_file WHERE operation_id = :operation ORDER BY number",
    )?;
    let rows = statement.query_map(named_params! { ":operation": operation }, |row| {
        Ok((row.get("number")?, Digest(row.get("sha256")?)))
    })?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

fn seq(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|_| CatalogError::damaged("audit.seq"))
}
