//! The epoch: a number that every run which moves files makes greater when its turn begins.
//!
//! The lock on a file keeps two such runs apart, as long as there is one file and its disk keeps
//! locks. Where it does not, the run whose number is not the newest any more changes nothing.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::audit::{meta, set_meta};
use super::error::{CatalogError, Result};
use super::open::Catalog;

const KEY: &str = "epoch";

impl Catalog {
    /// Begins this handle's turn, which ends everybody else's. Until [`Self::leave_epoch`], what is
    /// written through it is refused once another turn has begun.
    ///
    /// No audit entry tells of it: it says nothing of any asset.
    pub fn begin_epoch(&mut self) -> Result<()> {
        let tx = self.begin()?;
        let mine = newest(&tx)?.saturating_add(1);
        set_meta(&tx, KEY, &mine.to_string())?;
        tx.commit()?;
        self.epoch = Some(mine);
        Ok(())
    }

    /// Ends the turn: what follows moves no files.
    pub fn leave_epoch(&mut self) {
        self.epoch = None;
    }

    /// The turn that was begun, for whoever works beside this handle of the catalog at `path`;
    /// `None` if none was.
    pub fn turn(&self, path: &Path) -> Result<Option<Turn>> {
        if self.epoch.is_none() {
            return Ok(None);
        }
        let reader = Self { epoch: self.epoch, ..Self::open_to_read(path)? };
        Ok(Some(Turn { reader: Mutex::new(reader) }))
    }
}

/// A turn to move files.
#[derive(Debug)]
pub struct Turn {
    reader: Mutex<Catalog>,
}

impl Turn {
    /// Fails with [`CatalogError::Fenced`] once another turn has begun.
    pub fn check(&self) -> Result<()> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        refuse_fenced(&reader.conn, reader.epoch)
    }
}

/// Fails if the epoch is not `mine` any more. Whoever has none is free.
pub(super) fn refuse_fenced(conn: &Connection, mine: Option<u64>) -> Result<()> {
    let Some(mine) = mine else { return Ok(()) };
    let newest = newest(conn)?;
    if newest == mine { Ok(()) } else { Err(CatalogError::Fenced { mine, newest }) }
}

fn newest(conn: &Connection) -> Result<u64> {
    meta(conn, KEY)?.parse().map_err(|_| CatalogError::damaged("meta.epoch"))
}
