//! Snapshots: consistent copies of the catalog in one file of their own.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OptionalExtension};

use super::audit::set_meta;
use super::chain::AuditVerdict;
use super::error::{CatalogError, Result};
use super::open::{Catalog, connect_to_copy};
use crate::domain::time::Timestamp;

const MADE: &str = "snapshot_ms";
/// The length of the audit log at that time. A longer one says that somebody has written since, so
/// that the file is a catalog again.
const LENGTH: &str = "snapshot_audit_length";

/// Pages that are copied before another writer may go on.
const PAGES: i32 = 4_096;

impl Catalog {
    /// Copies the catalog as it stands at one moment into the empty file at `path`, marks the copy
    /// with the instant (a copy of a snapshot keeps the snapshot's), and checks it from its first page to the last link of its audit log.
    ///
    /// The copy needs no log beside it: it can be read from a file system that nobody may write to.
    /// Returns the length and the head of its audit log.
    pub fn copy_to(&self, path: &Path, made: Timestamp) -> Result<(u64, String)> {
        let made = self.snapshot_made()?.unwrap_or(made);
        let mut copy = copy_whole(&self.conn, path)?;
        let tx = copy.transaction()?;
        let length = super::audit::meta(&tx, "audit_length")?;
        set_meta(&tx, MADE, &made.millis().to_string())?;
        set_meta(&tx, LENGTH, &length)?;
        tx.commit()?;
        drop(copy);
        let copy = Self::open_to_read(path)?;
        copy.check_integrity()?;
        match copy.verify_audit()? {
            AuditVerdict::Intact { length, head } => Ok((length, head)),
            AuditVerdict::Broken { seq, what } => {
                Err(CatalogError::damaged(format!("audit entry {seq}: {what}")))
            }
        }
    }

    /// Copies a catalog that is in memory into the empty file at `path`, where it is worked with.
    pub fn save_to(&self, path: &Path) -> Result<()> {
        copy_whole(&self.conn, path).map(drop)
    }

    /// When the file was made as a snapshot; `None` if it is a catalog that people work with.
    pub fn snapshot_made(&self) -> Result<Option<Timestamp>> {
        let (Some(made), Some(length)) = (self.mark(MADE)?, self.mark(LENGTH)?) else {
            return Ok(None);
        };
        let (now, _) = self.audit_head()?;
        let made = made.parse().map_err(|_| CatalogError::damaged("meta.snapshot_ms"))?;
        Ok((now.to_string() == length).then(|| Timestamp::from_millis(made)))
    }

    fn mark(&self, key: &str) -> Result<Option<String>> {
        let mut statement = self.conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }
}

/// Copies everything into the empty file at `path`, which needs no log beside it then.
pub(super) fn copy_whole(from: &Connection, path: &Path) -> Result<Connection> {
    let mut copy = connect_to_copy(path)?;
    Backup::new(from, &mut copy)?.run_to_completion(PAGES, Duration::ZERO, None)?;
    copy.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    Ok(copy)
}
