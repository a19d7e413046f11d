//! Verifying the chain of the audit log.

use rusqlite::{OptionalExtension, Row, named_params};

use super::audit::{Sealed, chain_id, hex};
use super::error::{CatalogError, Result};
use super::open::Catalog;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditVerdict {
    Intact { length: u64, head: String },
    Broken { seq: u64, what: String },
}

impl Catalog {
    /// Recomputes the whole chain and compares its end with what the catalog notes.
    pub fn verify_audit(&self) -> Result<AuditVerdict> {
        let _view = self.view()?;
        let chain = chain_id(&self.conn)?;
        let mut statement = self.conn.prepare(
            "SELECT seq, at_ms, kind, actor, run_id, asset_id, operation_id, payload, prev_hash,
                    entry_hash
             FROM audit ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        let (mut expected, mut head, mut at_ms) = (0_i64, [0; 32], i64::MIN);
        while let Some(row) = rows.next()? {
            match check_link(row, &chain, expected, &head, at_ms)? {
                Ok((hash, at)) => (head, at_ms) = (hash, at),
                Err(what) => return Ok(broken(expected, what)),
            }
            expected += 1;
        }
        let (length, noted) = self.audit_head()?;
        let counted = u64::try_from(expected).unwrap_or(0);
        if length != counted {
            let what = format!("the log has {counted} entries, the catalog notes {length}");
            return Ok(broken(expected, &what));
        }
        if noted != hex(&head) {
            return Ok(broken(expected, "the last hash is not the head that the catalog notes"));
        }
        Ok(AuditVerdict::Intact { length, head: noted })
    }

    /// The hash that the log had as its head when it was `length` entries long.
    pub fn audit_head_at(&self, length: u64) -> Result<Option<[u8; 32]>> {
        let Some(last) = length.checked_sub(1).and_then(|seq| i64::try_from(seq).ok()) else {
            return Ok(None);
        };
        let mut statement =
            self.conn.prepare_cached("SELECT entry_hash FROM audit WHERE seq = :seq")?;
        Ok(statement.query_row(named_params! { ":seq": last }, |row| row.get(0)).optional()?)
    }
}

/// One link: in its place, after its predecessor, and hashing to what it says.
fn check_link(
    row: &Row<'_>,
    chain: &[u8; 16],
    expected: i64,
    prev: &[u8; 32],
    prev_at: i64,
) -> Result<std::result::Result<([u8; 32], i64), &'static str>> {
    let at_ms: i64 = row.get(1)?;
    let seq: i64 = row.get(0)?;
    let (found_prev, found): ([u8; 32], [u8; 32]) = (row.get(8)?, row.get(9)?);
    let entry = Sealed {
        seq,
        at_ms,
        kind: text_of(row, 2)?,
        actor: text_of(row, 3)?,
        run: text_of(row, 4)?,
        asset: row.get(5)?,
        operation: row.get_ref(6)?.as_str_or_null().map_err(|_| CatalogError::damaged("audit"))?,
        payload: text_of(row, 7)?,
    };
    if seq != expected {
        return Ok(Err("an entry is missing or out of order"));
    }
    if at_ms < prev_at {
        return Ok(Err("its time is before the entry before it"));
    }
    if found_prev != *prev {
        return Ok(Err("it does not follow the entry before it"));
    }
    if entry.hash(chain, prev) != found {
        return Ok(Err("its content does not fit its hash"));
    }
    Ok(Ok((found, at_ms)))
}

fn text_of<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str> {
    row.get_ref(column)?
        .as_str()
        .map_err(|_| CatalogError::damaged("a cell of the audit log is no text"))
}

fn broken(seq: i64, what: &str) -> AuditVerdict {
    AuditVerdict::Broken { seq: u64::try_from(seq).unwrap_or(0), what: what.to_owned() }
}
