//! Opening a catalog: hardened settings, its own schema and nothing else.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::audit::hex;
use super::error::{CatalogError, Result};
use super::migrations::{SCHEMA_HASHES, newest};
use super::runs::Session;
use super::upgrade;
use crate::mutant::Mutant;

/// `SHLF`, SQLite's application id of a shelflife catalog.
const APPLICATION_ID: i64 = 0x5348_4C46;

/// An open catalog.
pub struct Catalog {
    pub(super) conn: Connection,
    /// Who writes, and why; `None` for a reader.
    pub(super) session: Option<Session>,
    /// The turn to move files that was begun through this handle.
    pub(super) epoch: Option<u64>,
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalog").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Catalog {
    /// Makes a new catalog at `path`, which must not exist, with its first audit entry.
    ///
    /// The caller has made the folder private; the file gets the process's umask.
    pub fn create(path: &Path, genesis: &super::Genesis, session: Session) -> Result<Self> {
        if path.exists() {
            return Err(CatalogError::Present { path: path.to_owned() });
        }
        refuse_stray_log(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let conn = connect(path, flags)?;
        conn.pragma_update(None, "application_id", APPLICATION_ID)?;
        make_durable(&conn)?;
        Self::begin_empty(conn, genesis, session)
    }

    /// An empty catalog in memory: for plans of what a new one would hold, and to be saved whole.
    pub fn in_memory(genesis: &super::Genesis, session: Session) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_MEMORY;
        let conn = connect(Path::new("plan"), flags)?;
        conn.pragma_update(None, "application_id", APPLICATION_ID)?;
        Self::begin_empty(conn, genesis, session)
    }

    fn begin_empty(conn: Connection, genesis: &super::Genesis, session: Session) -> Result<Self> {
        let mut catalog = Self { conn, session: Some(session), epoch: None };
        let tx = catalog.begin()?;
        upgrade::apply(&tx, 0)?;
        tx.commit()?;
        catalog.record_genesis(genesis)?;
        Ok(catalog)
    }

    /// Opens for reading only; nothing is written through this handle.
    pub fn open_to_read(path: &Path) -> Result<Self> {
        let conn = open_existing(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let catalog = Self { conn, session: None, epoch: None };
        catalog.check_schema()?;
        Ok(catalog)
    }

    /// Opens for reading and for the changes of `session`.
    ///
    /// An older schema is refused: see [`super::Upgrade`].
    pub fn open_to_write(path: &Path, session: Session) -> Result<Self> {
        let conn = open_existing(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let catalog = Self { conn, session: Some(session), epoch: None };
        catalog.check_schema()?;
        make_durable(&catalog.conn)?;
        Ok(catalog)
    }

    /// Opens readers that all see the same moment, `count` of them, or one where others keep
    /// writing in between. The moment is over when they are dropped.
    pub fn open_readers(path: &Path, count: usize) -> Result<Vec<Self>> {
        const TRIES: usize = 10;
        for _ in 0..TRIES {
            let readers: Vec<_> =
                (0..count).map(|_| Self::open_at_a_moment(path)).collect::<Result<_>>()?;
            let moments: Vec<_> = readers.iter().map(Self::audit_head).collect::<Result<_>>()?;
            // No change of what is read here is without an audit entry: the same head is the same moment.
            if moments.windows(2).all(|pair| pair.first() == pair.last()) {
                return Ok(readers);
            }
        }
        Ok(vec![Self::open_at_a_moment(path)?])
    }

    fn open_at_a_moment(path: &Path) -> Result<Self> {
        Self::open_to_read(path)?.at_a_moment()
    }

    /// A reader that sees what the catalog holds now, whatever is written while it is there.
    pub fn at_a_moment(self) -> Result<Self> {
        self.conn.execute_batch("BEGIN")?;
        // The moment is that of the first look.
        self.audit_head()?;
        Ok(self)
    }

    /// One consistent view for as long as the value lives; the reader's own moment, if it has one.
    pub(super) fn view(&self) -> Result<Option<Transaction<'_>>> {
        let free = self.conn.is_autocommit();
        Ok(free.then(|| self.conn.unchecked_transaction()).transpose()?)
    }

    /// The version of the database library.
    pub fn engine_version() -> &'static str {
        rusqlite::version()
    }

    /// Begins an immediate transaction: from here on nobody else writes. Refuses a schema that a
    /// later version of this program has put in place meanwhile.
    pub(super) fn begin(&mut self) -> Result<Transaction<'_>> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (found, known) = (user_version(&tx)?, newest());
        if found > known { Err(CatalogError::Newer { found, known }) } else { Ok(tx) }
    }

    /// Refuses any schema but the newest that this program writes.
    fn check_schema(&self) -> Result<()> {
        let _one_moment = self.view()?;
        let (found, known) = (user_version(&self.conn)?, newest());
        if (1..known).contains(&found) {
            return Err(CatalogError::Older { found, known });
        }
        check_schema_of(&self.conn, found)
    }

    /// Reads the whole file for damage; seconds at a million assets.
    pub fn check_integrity(&self) -> Result<()> {
        quick_check(&self.conn)
    }
}

pub(super) fn open_existing(path: &Path, access: OpenFlags) -> Result<Connection> {
    if !path.exists() {
        return Err(CatalogError::Absent { path: path.to_owned() });
    }
    refuse_stray_log(path)?;
    let conn = connect(path, access)?;
    let id: i64 = conn
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|error| CatalogError::opening(path, error))?;
    if id != APPLICATION_ID {
        return Err(CatalogError::Foreign { path: path.to_owned() });
    }
    check_length(&conn, path)?;
    Ok(conn)
}

/// Refuses a write-ahead log that cannot be the one of the catalog at `path`, because there is none, or
/// because that is a copy which nobody has written to: SQLite does not bind the two to each other.
///
/// A log gets its first bytes only after the file says that it has one (bytes 18 and 19 of its header,
/// <https://sqlite.org/fileformat2.html>).
pub fn refuse_stray_log(path: &Path) -> Result<()> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    if log.metadata().map_or(0, |metadata| metadata.len()) == 0 {
        return Ok(());
    }
    let mut header = [0; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Ok(()) if header.ends_with(&[1, 1]) => Err(CatalogError::StrayLog { log }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(CatalogError::StrayLog { log })
        }
        // What is no catalog is told as that.
        _ => Ok(()),
    }
}

/// Refuses a file that ends amid a page: SQLite itself notices only whole pages that are gone, and
/// reads the rest of one as zeros.
///
/// While there is a write-ahead log the file may be amid being written, and the log has the rest.
fn check_length(conn: &Connection, path: &Path) -> Result<()> {
    // With a view nobody else is the last to close the catalog, which would remove the log.
    let _one_moment = conn.unchecked_transaction()?;
    user_version(conn)?;
    let page: u32 = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let length = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
    let bytes = length(path);
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if bytes.is_multiple_of(u64::from(page)) || length(Path::new(&log)) > 0 {
        return Ok(());
    }
    Err(CatalogError::damaged(format!("it ends after {bytes} bytes, amid a page of {page}")))
}

/// Opens the empty file that a copy of a catalog is to be in.
pub(super) fn connect_to_copy(path: &Path) -> Result<Connection> {
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    setting(&conn, "synchronous", "3")?;
    Ok(conn)
}

#[expect(clippy::disallowed_methods, reason = "the one place that opens the catalog")]
fn connect(path: &Path, access: OpenFlags) -> Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let conn = Connection::open_with_flags(path, flags)
        .map_err(|error| CatalogError::opening(path, error))?;
    harden(&conn).map_err(|error| match error {
        CatalogError::Sql { source } => CatalogError::Open { path: path.to_owned(), source },
        known => known,
    })?;
    Ok(conn)
}

/// Takes from SQLite everything that a hostile catalog file could use, before the schema is read.
fn harden(conn: &Connection) -> Result<()> {
    for (option, wanted) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        // A statement is prepared once, and not again for every value that is bound to it.
        (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
    ] {
        if conn.set_db_config(option, wanted)? != wanted {
            let (name, wanted) = ("db_config", format!("{option:?} {wanted}"));
            return Err(CatalogError::Setting { name, wanted, found: "the opposite".to_owned() });
        }
    }
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, 16 << 20)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    for (name, value) in
        [("foreign_keys", 1), ("cell_size_check", 1), ("mmap_size", 0), ("temp_store", 2)]
    {
        setting(conn, name, &value.to_string())?;
    }
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A commit that returned is on the disk, in WAL mode and in any other.
pub(super) fn make_durable(conn: &Connection) -> Result<()> {
    let synchronous = if Mutant::LazyCatalog.is_at_work() { "1" } else { "3" };
    setting(conn, "journal_mode", "wal")?;
    setting(conn, "synchronous", synchronous)?;
    setting(conn, "wal_autocheckpoint", "1000")
}

/// Sets a pragma and reads it back: SQLite ignores what it cannot do without a word.
fn setting(conn: &Connection, name: &'static str, wanted: &str) -> Result<()> {
    conn.pragma_update_and_check(None, name, wanted, |_| Ok(())).or_else(|error| match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        other => Err(other),
    })?;
    let found = conn.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
    let found = match found {
        Ok(rusqlite::types::Value::Integer(number)) => number.to_string(),
        Ok(rusqlite::types::Value::Text(text)) => text,
        // A build without memory mapping answers `mmap_size` with no row.
        Err(rusqlite::Error::QueryReturnedNoRows) => wanted.to_owned(),
        Ok(other) => format!("{other:?}"),
        Err(error) => return Err(error.into()),
    };
    if found == wanted {
        return Ok(());
    }
    Err(CatalogError::Setting { name, wanted: wanted.to_owned(), found })
}

pub(super) fn quick_check(conn: &Connection) -> Result<()> {
    let answer: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(CatalogError::damaged(answer)) }
}

pub(super) fn user_version(conn: &Connection) -> Result<i64> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Refuses a schema that is not the one that version `found` of it was.
pub(super) fn check_schema_of(conn: &Connection, found: i64) -> Result<()> {
    let known = newest();
    if found > known {
        return Err(CatalogError::Newer { found, known });
    }
    let expected = usize::try_from(found - 1).ok().and_then(|index| SCHEMA_HASHES.get(index));
    let hash = schema_hash(conn)?;
    if expected == Some(&hash.as_str()) {
        return Ok(());
    }
    let what = format!("its hash is {hash}");
    Err(CatalogError::ForeignSchema { what })
}

/// SHA-256 over type, name and text of everything in the schema, by name.
fn schema_hash(conn: &Connection) -> Result<String> {
    let mut statement = conn.prepare(
        "SELECT type, name, tbl_name, coalesce(sql, '') AS sql FROM sqlite_schema ORDER BY name",
    )?;
    let mut rows = statement.query([])?;
    let mut hash = Sha256::new();
    while let Some(row) = rows.next()? {
        for column in ["type", "name", "tbl_name", "sql"] {
            let text: String = row.get(column)?;
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        }
    }
    Ok(hex(&hash.finalize().into()))
}
