//! From an older schema to the newest: one at a time, with a copy of what was before.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::error::Result;
use super::migrations::{MIGRATIONS, newest};
use super::open::{check_schema_of, make_durable, open_existing, quick_check, user_version};
use super::snapshot::copy_whole;

/// An upgrade that has begun: until it is finished or dropped nobody else writes.
#[derive(Debug)]
pub struct Upgrade {
    conn: Connection,
    path: PathBuf,
    schema: i64,
}

impl Upgrade {
    /// Begins to bring the catalog at `path` up to date, if an earlier version of this program wrote
    /// its schema; `None` if it is the newest by now.
    pub fn begin(path: &Path) -> Result<Option<Self>> {
        let conn = open_existing(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        check_schema_of(&conn, user_version(&conn)?).or_else(|error| {
            // Somebody may have upgraded it between the two looks.
            if user_version(&conn)? == newest() { Ok(()) } else { Err(error) }
        })?;
        make_durable(&conn)?;
        conn.execute_batch("BEGIN IMMEDIATE")?;
        let schema = user_version(&conn)?;
        check_schema_of(&conn, schema)?;
        let older = Self { conn, path: path.to_owned(), schema };
        Ok((schema < newest()).then_some(older))
    }

    /// The schema as it is.
    pub fn schema(&self) -> i64 {
        self.schema
    }

    /// Copies the catalog as it is into the empty file at `to`, and reads the copy for damage.
    pub fn copy_to(&self, to: &Path) -> Result<()> {
        let before = open_existing(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        quick_check(&copy_whole(&before, to)?)
    }

    /// Applies every pending migration, all or none.
    pub fn finish(self) -> Result<()> {
        apply(&self.conn, self.schema)?;
        Ok(self.conn.execute_batch("COMMIT")?)
    }
}

/// Applies the migrations that follow `schema` in a transaction of the caller's.
pub(super) fn apply(conn: &Connection, schema: i64) -> Result<()> {
    for migration in MIGRATIONS.iter().skip(usize::try_from(schema).unwrap_or(usize::MAX)) {
        conn.execute_batch(migration)?;
    }
    Ok(conn.pragma_update(None, "user_version", newest())?)
}
