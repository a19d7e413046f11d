//! Catalogs as earlier versions of the program wrote them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// The frozen catalogs, oldest first: the first has schema 1.
pub(crate) fn frozen_catalogs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/catalogs");
    let versions = (1..).map(|version| folder.join(format!("v{version}.sql")));
    versions.take_while(|file| file.exists()).collect()
}

/// Puts a frozen catalog in place of the one at `catalog`, private and with a log beside it.
pub(crate) fn thaw(frozen: &Path, catalog: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut path = catalog.as_os_str().to_owned();
        path.push(end);
        fs::remove_file(path).unwrap_or_default();
    }
    let conn = Connection::open(catalog).unwrap();
    conn.execute_batch(&fs::read_to_string(frozen).unwrap()).unwrap();
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    drop(conn);
    fs::set_permissions(catalog, Permissions::from_mode(0o600)).unwrap();
}
