//! What runs have moved, for whoever wants to undo it.

use rusqlite::{Row, named_params};

use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::cleanup::Load;
use crate::domain::time::Timestamp;

pub(super) const MOVED: &str = "
    SELECT count(DISTINCT o.id) AS items, count(f.number) AS files,
           coalesce(sum(f.bytes), 0) AS bytes
    FROM operation AS o LEFT JOIN operation_file AS f ON f.operation_id = o.id
    WHERE o.kind = 'quarantine' AND o.opened_ms > :from AND o.opened_ms < :to
      AND o.state IN ('intent', 'partial', 'done')
      AND NOT EXISTS (
            SELECT 1 FROM operation AS r
            WHERE r.asset_id = o.asset_id AND r.store = o.id
              AND r.kind = 'restore' AND r.state = 'done')";

/// Publishing is what takes a file to another root: one that was taken away or brought back before
/// that was in the root that it was published from.
const TRAFFIC: &str = "
    WITH moved AS (
        SELECT o.kind, o.to_root_id,
               coalesce(m.from_root_id,
                        (SELECT later.from_root_id
                         FROM operation AS p JOIN operation_file AS later
                              ON later.operation_id = p.id AND later.file_id = m.file_id
                         WHERE p.asset_id = o.asset_id AND p.kind = 'publish'
                           AND p.opened_ms > o.opened_ms AND later.state = 'moved'
                         ORDER BY p.opened_ms LIMIT 1),
                        f.root_id) AS root_id
        FROM operation AS o
        JOIN operation_file AS m ON m.operation_id = o.id
        JOIN file AS f ON f.id = m.file_id
        WHERE o.opened_ms > :since AND m.state = 'moved')
    SELECT count(*) FILTER (WHERE kind IN ('quarantine', 'publish') AND root_id = :root) AS taken,
           count(*) FILTER (WHERE kind = 'restore' AND root_id = :root
                               OR kind = 'publish' AND to_root_id = :root) AS brought
    FROM moved";

/// How many files runs have moved out of a root and into it; one that went and came back is both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    pub taken: u64,
    pub brought: u64,
}

/// A run that moved files, or began to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovingRun {
    pub id: String,
    pub command: String,
    pub actor: String,
    pub started: Timestamp,
    /// The exit code that it ended with; `None` for one at work, or one that was killed.
    pub exit_code: Option<i64>,
    /// Assets that it took out of the library.
    pub removed: u64,
    /// Assets that it brought back.
    pub restored: u64,
    /// Assets whose files it deleted for good.
    pub purged: u64,
    /// Assets that it brought out of draft roots.
    pub published: u64,
    /// Operations that it began and nothing has closed yet.
    pub open: u64,
}

impl Catalog {
    /// The run of this handle, once it has changed something.
    pub fn run_begun(&self) -> Option<&str> {
        let session = self.session.as_ref().filter(|session| session.begun)?;
        Some(&session.run)
    }

    /// Whether an operation of this run is not closed.
    pub fn is_in_hand(&self) -> Result<bool> {
        let Some(run) = self.run_begun() else { return Ok(false) };
        let mut statement = self.conn.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM operation
                            WHERE run_id = :run AND state IN ('intent', 'partial'))",
        )?;
        Ok(statement.query_row(named_params! { ":run": run }, |row| row.get(0))?)
    }

    /// How many files runs have moved out of a root and into it after that instant.
    pub fn traffic_since(&self, root: i64, since: Timestamp) -> Result<Traffic> {
        let mut statement = self.conn.prepare_cached(TRAFFIC)?;
        let params = named_params! { ":root": root, ":since": since.millis() };
        let traffic = statement.query_row(params, |row| {
            let (taken, brought) = (row.get("taken")?, row.get("brought")?);
            Ok(Traffic { taken: cells::unsigned(taken), brought: cells::unsigned(brought) })
        });
        Ok(traffic?)
    }

    /// The last `count` runs that announced a move, newest first.
    pub fn moving_runs(&self, count: usize) -> Result<Vec<MovingRun>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT run_id FROM audit WHERE kind IN ('quarantine.intent', 'restore.intent',
                                                     'purge.intent', 'publish.intent')
             ORDER BY seq DESC",
        )?;
        let mut rows = statement.query([])?;
        let mut ids: Vec<String> = Vec::new();
        while ids.len() < count
            && let Some(row) = rows.next()?
        {
            let id = row.get("run_id")?;
            if ids.last() != Some(&id) {
                ids.push(id);
            }
        }
        ids.iter().map(|id| self.moving_run(id)).collect()
    }

    fn moving_run(&self, id: &str) -> Result<MovingRun> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, command, actor, started_ms, exit_code,
                    (SELECT count(*) FROM operation o WHERE o.run_id = r.id
                       AND o.kind = 'quarantine' AND o.state = 'done') AS removed,
                    (SELECT count(*) FROM operation o WHERE o.run_id = r.id
                       AND o.kind = 'restore' AND o.state = 'done') AS restored,
                    (SELECT count(*) FROM operation o WHERE o.run_id = r.id
                       AND o.kind = 'purge' AND o.state = 'done') AS purged,
                    (SELECT count(*) FROM operation o WHERE o.run_id = r.id
                       AND o.kind = 'publish' AND o.state = 'done') AS published,
                    (SELECT count(*) FROM operation o WHERE o.run_id = r.id
                       AND o.state IN ('intent', 'partial')) AS open
             FROM run r WHERE id = :id",
        )?;
        let mut rows = statement.query(named_params! { ":id": id })?;
        let row = rows.next()?.ok_or_else(|| CatalogError::damaged("a run is missing"))?;
        moving_run(row)
    }

    /// What was taken out of the library within 24 hours, or begun to be, and was not brought back.
    ///
    /// The 24 hours after `now` count like those before: a clock may have been set back.
    pub fn moved_in_a_day(&self, now: Timestamp) -> Result<Load> {
        let mut statement = self.conn.prepare_cached(MOVED)?;
        let (from, to) = (now.plus_hours(-24).millis(), now.plus_hours(24).millis());
        let mut rows = statement.query(named_params! { ":from": from, ":to": to })?;
        let row = rows.next()?.ok_or_else(|| CatalogError::damaged("a count of operations"))?;
        Ok(Load {
            items: cells::unsigned(row.get("items")?),
            files: cells::unsigned(row.get("files")?),
            bytes: cells::unsigned(row.get("bytes")?),
        })
    }

    pub fn knows_run(&self, run: &str) -> Result<bool> {
        let mut statement =
            self.conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM run WHERE id = :run)")?;
        Ok(statement.query_row(named_params! { ":run": run }, |row| row.get(0))?)
    }

    /// The assets that a run took out of the library and nothing has brought back or deleted since.
    pub fn removed_by(&self, run: &str) -> Result<Vec<AssetId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT asset_id FROM operation AS o
             WHERE run_id = :run AND kind = 'quarantine' AND state = 'done'
               AND NOT EXISTS (
                     SELECT 1 FROM operation AS r
                     WHERE r.asset_id = o.asset_id AND r.store = o.id
                       AND r.kind IN ('restore', 'purge') AND r.state = 'done')
             ORDER BY asset_id",
        )?;
        let numbers = statement
            .query_map(named_params! { ":run": run }, |row| row.get("asset_id").map(AssetId))?;
        Ok(numbers.collect::<std::result::Result<_, _>>()?)
    }
}

fn moving_run(row: &Row<'_>) -> Result<MovingRun> {
    let count = |name: &str| {
        let count: i64 = row.get(name)?;
        u64::try_from(count).map_err(|_| CatalogError::damaged("a count of operations"))
    };
    Ok(MovingRun {
        id: row.get("id")?,
        command: row.get("command")?,
        actor: row.get("actor")?,
        started: Timestamp::from_millis(row.get("started_ms")?),
        exit_code: row.get("exit_code")?,
        removed: count("removed")?,
        restored: count("restored")?,
        purged: count("purged")?,
        published: count("published")?,
        open: count("open")?,
    })
}
