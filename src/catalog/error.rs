//! Why the catalog could not do its work.

use std::path::PathBuf;

use crate::domain::asset::AssetId;
use crate::domain::pause::Note;

/// What SQLite said, kept out of public signatures.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SqlError(rusqlite::Error);

#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("there is no catalog at {}", path.display())]
    Absent { path: PathBuf },
    #[error("there is a catalog at {} already", path.display())]
    Present { path: PathBuf },
    #[error("cannot open the catalog {}", path.display())]
    Open { path: PathBuf, source: SqlError },
    #[error("{} is not a shelflife catalog", path.display())]
    Foreign { path: PathBuf },
    #[error("the catalog has schema {found}, this program knows up to {known}")]
    Newer { found: i64, known: i64 },
    #[error("the catalog has schema {found} and needs {known}")]
    Older { found: i64, known: i64 },
    #[error("the catalog's schema is not its own: {what}")]
    ForeignSchema { what: String },
    #[error("the catalog refused the setting {name}: wanted {wanted}, got {found}")]
    Setting { name: &'static str, wanted: String, found: String },
    /// SQLite would take it for the catalog's own and write it over what is there.
    #[error("beside the catalog is the log of another one: {}", log.display())]
    StrayLog { log: PathBuf },
    #[error("the catalog is damaged: {what}")]
    Damaged { what: String },
    #[error("asset {asset} was changed by {by} meanwhile")]
    Changed { asset: AssetId, by: String },
    #[error("files of asset {asset} are being moved by operation {operation}")]
    InOperation { asset: AssetId, operation: String },
    #[error("asset {asset} is held: {reason}")]
    Held { asset: AssetId, reason: String },
    #[error("asset {asset} is used by published or scheduled content")]
    InUse { asset: AssetId },
    #[error("`{path}` of asset {asset} belongs to {} by now", by.map_or_else(|| "another file".to_owned(), |by| format!("asset {by}")))]
    PathTaken { asset: AssetId, path: String, by: Option<AssetId> },
    #[error("{what} `{key}` exists already")]
    Exists { what: &'static str, key: String },
    #[error("{what} `{key}` was changed meanwhile")]
    RecordChanged { what: &'static str, key: String },
    #[error("paused by the flag in the catalog")]
    Paused { note: Note },
    #[error(
        "another run began to move files while this one was at it (epoch {newest} after {mine})"
    )]
    Fenced { mine: u64, newest: u64 },
    #[error("the catalog is busy")]
    Busy { source: SqlError },
    #[error("the catalog's disk is full")]
    Full { source: SqlError },
    #[error("the catalog could not be read or written")]
    Sql { source: SqlError },
}

/// What every catalog method returns.
pub type Result<T> = std::result::Result<T, CatalogError>;

impl From<rusqlite::Error> for CatalogError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => {
                Self::Busy { source: SqlError(error) }
            }
            Some(Code::DiskFull) => Self::Full { source: SqlError(error) },
            // What is written fits what is there, unless what is there contradicts itself.
            Some(Code::DatabaseCorrupt | Code::NotADatabase | Code::ConstraintViolation) => {
                Self::Damaged { what: error.to_string() }
            }
            _ => Self::unclassified(error),
        }
    }
}

impl CatalogError {
    /// A cell whose type or value no version of this program writes means damage, not a defect.
    fn unclassified(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match &error {
            E::SqliteFailure(_, Some(what)) if what == "malformed JSON" => {
                Self::Damaged { what: error.to_string() }
            }
            E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::InvalidColumnType(..)
            | E::Utf8Error(..) => Self::Damaged { what: error.to_string() },
            _ => Self::Sql { source: SqlError(error) },
        }
    }

    /// Whether only this asset cannot be changed now; anything else would meet the next one too.
    pub fn is_about_one_asset(&self) -> bool {
        matches!(
            self,
            Self::Changed { .. }
                | Self::InOperation { .. }
                | Self::Held { .. }
                | Self::InUse { .. }
                | Self::PathTaken { .. }
        )
    }

    /// Whether SQLite could not make, beside the catalog, what it needs to read it.
    pub fn is_about_its_folder(&self) -> bool {
        use rusqlite::{ErrorCode as Code, ffi};
        let Self::Open { source: SqlError(source), .. } = self else { return false };
        let is_link = source
            .sqlite_error()
            .is_some_and(|error| error.extended_code == ffi::SQLITE_CANTOPEN_SYMLINK);
        matches!(source.sqlite_error_code(), Some(Code::CannotOpen | Code::ReadOnly)) && !is_link
    }

    pub(super) fn opening(path: &std::path::Path, error: rusqlite::Error) -> Self {
        match Self::from(error) {
            Self::Sql { source } => Self::Open { path: path.to_owned(), source },
            known => known,
        }
    }

    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}
