//! The folders that are catalogued.

use rusqlite::named_params;
use serde_json::json;

use super::audit::About;
use super::cells::{instant, signed, unsigned};
use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::RootKind;
use crate::domain::time::Timestamp;

/// A library root as the catalog remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootRecord {
    pub id: i64,
    pub name: String,
    pub kind: RootKind,
    /// The device it was on at the last scan.
    pub device: u64,
    /// Files seen by the last scan.
    pub files: u64,
    pub scanned: Option<Timestamp>,
}

impl Catalog {
    /// Every root, by id.
    pub fn roots(&self) -> Result<Vec<RootRecord>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, kind, device, files, scanned_ms FROM root ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut roots = Vec::new();
        while let Some(row) = rows.next()? {
            let kind: String = row.get("kind")?;
            roots.push(RootRecord {
                id: row.get("id")?,
                name: row.get("name")?,
                kind: if kind == "production" { RootKind::Production } else { RootKind::Draft },
                device: unsigned(row.get("device")?),
                files: unsigned(row.get("files")?),
                scanned: instant(row, "scanned_ms")?,
            });
        }
        Ok(roots)
    }

    /// Adds a root that is being catalogued for the first time, and returns its id.
    pub fn add_root(&mut self, name: &str, kind: RootKind, device: u64) -> Result<i64> {
        self.write(|tx, _, log| {
            let id = tx.query_row(
                "INSERT INTO root (name, kind, device) VALUES (:name, :kind, :device) RETURNING id",
                named_params! { ":name": name, ":kind": kind.name(), ":device": signed(device) },
                |row| row.get(0),
            )?;
            let payload = json!({ "device": signed(device), "kind": kind.name(), "root": name });
            log.append(tx, "root.add", About::default(), &payload)?;
            Ok(id)
        })
    }

    /// Writes down that a person took the root, as it is now, for the one that the catalog knows, and
    /// what spoke for and against it.
    pub fn record_accepted_root(&mut self, root: i64, device: u64, says: &str) -> Result<()> {
        self.write(|tx, _, log| {
            tx.execute(
                "UPDATE root SET device = :device WHERE id = :id",
                named_params! { ":device": signed(device), ":id": root },
            )?;
            let payload = json!({ "device": signed(device), "root": root, "says": says });
            log.append(tx, "root.accept", About::default(), &payload)
        })
    }

    /// Notes what a finished scan saw of a root.
    pub fn record_scan(&mut self, root: i64, device: u64, files: u64) -> Result<()> {
        self.write(|tx, session, log| {
            tx.execute(
                "UPDATE root SET device = :device, files = :files, scanned_ms = :now WHERE id = :id",
                named_params! {
                    ":device": signed(device), ":files": signed(files),
                    ":now": session.now.millis(), ":id": root,
                },
            )?;
            let payload = json!({ "device": signed(device), "files": files, "root": root });
            log.append(tx, "root.scan", About::default(), &payload)
        })
    }
}
