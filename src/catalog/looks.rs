//! What was seen of pictures, by their bytes: computed from files, never told by the audit log.

use rusqlite::{OptionalExtension as _, Transaction, named_params};

use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::{Digest, Look, PixelHash};

impl Catalog {
    /// What was seen of these bytes; `None` if nobody has looked.
    pub fn look_of(&self, digest: Digest) -> Result<Option<Look>> {
        let mut statement =
            self.conn.prepare_cached("SELECT pixels FROM look WHERE sha256 = :sha256")?;
        let found = statement.query_row(named_params! { ":sha256": digest.0 }, |row| {
            row.get::<_, Option<[u8; 32]>>("pixels")
        });
        Ok(found.optional()?.map(|pixels| Look { pixels: pixels.map(PixelHash) }))
    }
}

pub(super) fn record(tx: &Transaction<'_>, digest: Digest, look: Look) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO look (sha256, pixels) VALUES (:sha256, :pixels)
         ON CONFLICT (sha256) DO UPDATE SET pixels = excluded.pixels",
    )?
    .execute(named_params! {
        ":sha256": digest.0, ":pixels": look.pixels.map(|pixels| pixels.0),
    })?;
    Ok(())
}
