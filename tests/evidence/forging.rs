//! What somebody with write access to the catalog can do to it.

use std::path::Path;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use super::play::{Dice, open};

/// The attacks of the table in `docs/reliability.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attack {
    Edit,
    Delete,
    Insert,
    Swap,
    EditAndRehash,
    CutTail,
    OlderBackup,
    NewIdentity,
    EditTable,
    EditAfterCheckpoint,
}

impl Attack {
    pub(super) const ALL: [Self; 10] = [
        Self::Edit,
        Self::Delete,
        Self::Insert,
        Self::Swap,
        Self::EditAndRehash,
        Self::CutTail,
        Self::OlderBackup,
        Self::NewIdentity,
        Self::EditTable,
        Self::EditAfterCheckpoint,
    ];

    /// Whether the chain shows it by itself, and whether it does with a checkpoint from before.
    pub(super) fn shows(self) -> (bool, bool) {
        match self {
            Self::Edit | Self::Delete | Self::Insert | Self::Swap => (true, true),
            Self::EditAndRehash | Self::CutTail | Self::OlderBackup | Self::NewIdentity => {
                (false, true)
            }
            Self::EditTable | Self::EditAfterCheckpoint => (false, false),
        }
    }

    /// Does it to the catalog at `path`, whose checkpoint was taken when it had `size` entries, and
    /// of which `older` is a copy from before that.
    pub(super) fn strike(self, path: &Path, size: i64, older: &Path, dice: &mut Dice) {
        if self == Self::OlderBackup {
            std::fs::copy(older, path).unwrap();
            return;
        }
        let catalog = open(path);
        let length: i64 =
            catalog.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).unwrap();
        let seq = 1 + pick(dice, size - 2);
        match self {
            Self::Edit => edit(&catalog, seq),
            Self::Delete => {
                catalog.execute("DELETE FROM audit WHERE seq = ?1", [seq]).unwrap();
                if dice.below(2) == 0 {
                    shift(&catalog, seq, -1);
                }
                note_end(&catalog);
            }
            Self::Insert => {
                shift(&catalog, seq, 1);
                catalog
                    .execute(
                        "INSERT INTO audit SELECT ?1, at_ms, kind, actor, run_id, asset_id,
                             operation_id, payload, prev_hash, entry_hash
                         FROM audit WHERE seq = ?1 - 1",
                        [seq],
                    )
                    .unwrap();
                note_end(&catalog);
            }
            Self::Swap => swap(&catalog, seq),
            Self::EditAndRehash => {
                edit(&catalog, seq);
                rehash(&catalog, seq);
            }
            Self::CutTail => {
                let kept = size - 1 - pick(dice, size / 2);
                catalog.execute("DELETE FROM audit WHERE seq >= ?1", [kept]).unwrap();
                note_end(&catalog);
            }
            Self::NewIdentity => {
                let uuid = format!("0190b1c2-0000-7000-8000-{:012x}", dice.below(1 << 40));
                let sql = "UPDATE meta SET value = ?1 WHERE key = 'catalog_uuid'";
                catalog.execute(sql, [uuid]).unwrap();
                rehash(&catalog, 0);
            }
            Self::EditTable => {
                let sql = "UPDATE asset SET since_ms = since_ms + 1 WHERE id =
                           (SELECT min(id) FROM asset)";
                assert_eq!(catalog.execute(sql, []).unwrap(), 1);
            }
            Self::EditAfterCheckpoint => {
                assert!(length > size, "there are entries after the checkpoint");
                let seq = size + pick(dice, length - size);
                edit(&catalog, seq);
                rehash(&catalog, seq);
            }
            Self::OlderBackup => unreachable!("it was done above"),
        }
    }
}

fn pick(dice: &mut Dice, limit: i64) -> i64 {
    i64::try_from(dice.below(u64::try_from(limit.max(1)).unwrap())).unwrap()
}

fn edit(catalog: &Connection, seq: i64) {
    let sql = "UPDATE audit SET actor = actor || ' and others' WHERE seq = ?1";
    assert_eq!(catalog.execute(sql, [seq]).unwrap(), 1);
}

/// Renumbers the entries after `seq`, from the end that leaves none in the way of another.
fn shift(catalog: &Connection, seq: i64, by: i64) {
    catalog.execute("UPDATE audit SET seq = -seq - 1 WHERE seq >= ?1", [seq]).unwrap();
    catalog.execute("UPDATE audit SET seq = -(seq + 1) + ?1 WHERE seq < 0", [by]).unwrap();
}

fn swap(catalog: &Connection, seq: i64) {
    for (from, to) in [(seq, -1), (seq + 1, seq), (-1, seq + 1)] {
        catalog.execute("UPDATE audit SET seq = ?2 WHERE seq = ?1", params![from, to]).unwrap();
    }
}

/// Makes every link from `first` on fit again, and the end that the catalog notes.
fn rehash(catalog: &Connection, first: i64) {
    let uuid: String = catalog
        .query_row("SELECT value FROM meta WHERE key = 'catalog_uuid'", [], |row| row.get(0))
        .unwrap();
    let chain = uuid::Uuid::parse_str(&uuid).unwrap().into_bytes();
    let length: i64 =
        catalog.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).unwrap();
    let mut prev = [0_u8; 32];
    if first > 0 {
        let sql = "SELECT entry_hash FROM audit WHERE seq = ?1 - 1";
        prev = catalog.query_row(sql, [first], |row| row.get(0)).unwrap();
    }
    for seq in first..length {
        let mut hash = Sha256::new();
        hash.update(b"shelflife-audit-v1\0");
        hash.update(chain);
        catalog
            .query_row(
                "SELECT at_ms, kind, actor, run_id, coalesce(asset_id, ''),
                        coalesce(operation_id, ''), payload FROM audit WHERE seq = ?1",
                [seq],
                |row| {
                    hash.update(seq.to_be_bytes());
                    hash.update(row.get::<_, i64>(0)?.to_be_bytes());
                    for column in 1..7 {
                        let text = match row.get_ref(column)? {
                            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                            other => other.as_str().unwrap().to_owned(),
                        };
                        hash.update(u32::try_from(text.len()).unwrap().to_be_bytes());
                        hash.update(text.as_bytes());
                    }
                    Ok(())
                },
            )
            .unwrap();
        hash.update(prev);
        let hash: [u8; 32] = hash.finalize().into();
        let sql = "UPDATE audit SET prev_hash = ?2, entry_hash = ?3 WHERE seq = ?1";
        catalog.execute(sql, params![seq, prev, hash]).unwrap();
        prev = hash;
    }
    note_end(catalog);
}

fn note_end(catalog: &Connection) {
    catalog
        .execute_batch(
            "UPDATE meta SET value = (SELECT count(*) FROM audit) WHERE key = 'audit_length';
             UPDATE meta SET value = (SELECT lower(hex(entry_hash)) FROM audit
                                      ORDER BY seq DESC LIMIT 1) WHERE key = 'audit_head';",
        )
        .unwrap();
}
