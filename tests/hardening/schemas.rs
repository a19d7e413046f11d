//! Catalogs that somebody made or altered to do harm.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::damage::{Ended, go_through};
use super::site::{Codes, Site};
use super::some;
use crate::crash::say;

/// Things put into the schema that are not its own, by name and the statements that do it.
const PLANTED: &[(&str, &str)] = &[
    (
        "a trigger that approves",
        "CREATE TRIGGER t AFTER INSERT ON audit BEGIN \
      UPDATE asset SET state = 'approved'; END",
    ),
    ("a trigger that erases", "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM audit; END"),
    (
        "a trigger before updates",
        "CREATE TRIGGER t BEFORE UPDATE ON asset BEGIN \
      SELECT RAISE(IGNORE); END",
    ),
    (
        "a trigger for ever",
        "CREATE TRIGGER t AFTER UPDATE ON meta BEGIN \
      INSERT INTO meta \
      WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x, x FROM n; END",
    ),
    ("a view of its own", "CREATE VIEW v AS SELECT * FROM asset"),
    (
        "a view in place of a table",
        "ALTER TABLE waiver RENAME TO waiver_; \
      CREATE VIEW waiver AS SELECT * FROM waiver_",
    ),
    (
        "a view that never ends",
        "ALTER TABLE hold RENAME TO hold_; CREATE VIEW hold AS \
      WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) \
      SELECT x AS id, x AS asset_id, 'r' AS reason FROM n",
    ),
    (
        "a trigger on a view",
        "CREATE VIEW v AS SELECT 1 AS a; CREATE TRIGGER t INSTEAD OF INSERT \
      ON v BEGIN DELETE FROM asset; END",
    ),
    ("another table", "CREATE TABLE extra (a)"),
    ("a table like SQLite's", "CREATE TABLE sqlitE1 (a)"),
    ("a table without a name", "CREATE TABLE \"\" (a)"),
    ("a table with a name of control characters", "CREATE TABLE \"\x1b[2J\" (a)"),
    ("another index", "CREATE INDEX i ON asset (state)"),
    ("an index on an expression", "CREATE INDEX i ON asset (abs(since_ms))"),
    ("an index on what fails", "CREATE INDEX i ON asset (json_extract('{}', '$.a'))"),
    ("an index that is gone", "DROP INDEX asset_path"),
    (
        "another index under its name",
        "DROP INDEX asset_path; \
      CREATE INDEX asset_path ON asset (root_id)",
    ),
    ("a virtual table", "CREATE VIRTUAL TABLE x USING fts5 (a)"),
    (
        "a virtual table of the whole schema",
        "CREATE VIRTUAL TABLE x USING fts5vocab \
      (asset_words, row)",
    ),
    ("a tree of rectangles", "CREATE VIRTUAL TABLE x USING rtree (id, a, b)"),
    ("a table that is gone", "PRAGMA foreign_keys = OFF; DROP TABLE waiver"),
    ("another column", "ALTER TABLE asset ADD COLUMN extra TEXT"),
    ("a column that is computed", "ALTER TABLE asset ADD COLUMN extra TEXT AS (state) VIRTUAL"),
    ("a column under another name", "ALTER TABLE asset RENAME COLUMN media_type TO mime"),
    ("a column that is gone", "ALTER TABLE hold DROP COLUMN until_ms"),
    ("a table under another name", "ALTER TABLE hold RENAME TO held"),
    ("statistics that lie", "ANALYZE; UPDATE sqlite_stat1 SET stat = '1 1 1'"),
    ("numbers given out again", "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT)"),
];

/// What is written into `sqlite_schema` itself, where SQLite asks for no sense.
const FORGED: &[(&str, &str)] = &[
    (
        "a check that is gone",
        "UPDATE sqlite_schema SET sql = replace(sql, \
      'CHECK (length(sha256) = 32)', '') WHERE name = 'asset'",
    ),
    (
        "a table that is not strict",
        "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') \
      WHERE name = 'asset'",
    ),
    (
        "statements that are none",
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE asset (' \
      WHERE name = 'asset'",
    ),
    ("a table without statements", "UPDATE sqlite_schema SET sql = NULL WHERE name = 'asset'"),
    ("statements as bytes", "UPDATE sqlite_schema SET sql = x'ff00fe' WHERE name = 'asset_sha256'"),
    ("a name as bytes", "UPDATE sqlite_schema SET name = x'ff' WHERE name = 'asset_sha256'"),
    ("an entry of no kind", "INSERT INTO sqlite_schema VALUES ('thing', 'x', 'x', 0, NULL)"),
    (
        "an entry twice",
        "INSERT INTO sqlite_schema SELECT * FROM sqlite_schema \
      WHERE name = 'asset_sha256'",
    ),
];

/// The schema is its own, and leads to the wrong pages.
const MISLED: &[(&str, &str)] = &[
    (
        "a table on the pages of another",
        "UPDATE sqlite_schema SET rootpage = \
      (SELECT rootpage FROM sqlite_schema WHERE name = 'audit') WHERE name = 'asset'",
    ),
    ("a table on the first page", "UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'asset'"),
    ("a table beyond the end", "UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'asset'"),
    ("a table nowhere", "UPDATE sqlite_schema SET rootpage = -1 WHERE name = 'asset'"),
];

/// Bytes of the file's header: where, and what is put there.
const HEADER: &[(&str, usize, &[u8])] = &[
    ("another program's file", 68, &[0, 0, 0, 1]),
    ("no program's file", 68, &[0; 4]),
    ("a newer schema", 60, &[0, 0, 0, 99]),
    ("the newest schema that there can be", 60, &[0x7f, 0xff, 0xff, 0xff]),
    ("a schema below zero", 60, &[0xff; 4]),
    ("no schema", 60, &[0; 4]),
    ("an older schema", 60, &[0, 0, 0, 3]),
    ("more pages than there are", 28, &[0x7f, 0xff, 0xff, 0xff]),
    ("pages of one byte", 16, &[0, 1]),
    ("pages of 512 bytes", 16, &[2, 0]),
    ("texts as UTF-16", 56, &[0, 0, 0, 2]),
    ("texts as nothing known", 56, &[0, 0, 0, 9]),
    ("a first page that is free", 32, &[0, 0, 0, 1, 0, 0, 0, 7]),
    ("a format that nobody knows yet", 18, &[9, 9]),
    ("a format without a log", 18, &[1, 1]),
    ("a format of the schema that nobody knows", 44, &[0, 0, 0, 9]),
];

/// Cells of another kind than the program writes: a table, a column, a value.
const CELLS: &[(&str, &str, &str)] = &[
    ("asset", "path", "NULL"),
    ("asset", "path", "''"),
    ("asset", "path", "x'2e2e2f2e2e2f6574632f706173737764'"),
    ("asset", "path", "x'2f6574632f706173737764'"),
    ("asset", "path", "x'6100622e706e67'"),
    ("asset", "path", "zeroblob(20000)"),
    ("asset", "state", "'approved '"),
    ("asset", "state", "7"),
    ("asset", "state", "x'ff'"),
    ("asset", "sha256", "x'00'"),
    ("asset", "sha256", "'text'"),
    ("asset", "since_ms", "9223372036854775807"),
    ("asset", "since_ms", "-9223372036854775808"),
    ("asset", "since_ms", "'soon'"),
    ("asset", "version", "-1"),
    ("asset", "width", "-5"),
    ("asset", "root_id", "77"),
    ("asset", "media_type", "CAST(x'ff1b' AS TEXT)"),
    ("file", "name", "x'2e2e'"),
    ("file", "name", "x'612f62'"),
    ("file", "folder", "x'2e2e2f'"),
    ("file", "bytes", "-1"),
    ("file", "bytes", "1e300"),
    ("file", "inode", "-1"),
    ("file", "place", "'elsewhere'"),
    ("file", "role", "'boss'"),
    ("operation", "store", "'../../uploads'"),
    ("operation", "store", "'/etc'"),
    ("operation", "state", "'intent'"),
    ("operation_file", "stored_name", "'../../../shelflife.toml'"),
    ("operation_file", "number", "-1"),
    ("operation_file", "mode", "4095"),
    ("root", "name", "'../..'"),
    ("root", "device", "1"),
    ("root", "scanned_ms", "9223372036854775807"),
    ("context", "kind", "'mood'"),
    ("context", "slug", "CAST(x'c3' AS TEXT)"),
    ("context", "ends_ms", "-9223372036854775808"),
    ("context", "ends_on", "'9999-99-99'"),
    ("description", "review_on", "'yesterday'"),
    ("description", "zone", "'Mars/Phobos'"),
    ("alt_text", "text", "x'00ff'"),
    ("license", "territories", "'ZZZZZ * DE'"),
    ("license", "excluded_placements", "x'ff'"),
    ("hold", "until_ms", "1.5"),
    ("waiver", "until_ms", "9223372036854775807"),
    ("risk", "kind", "'mood'"),
    ("risk", "cleared_ms", "1"),
    ("meta", "value", "x'ff'"),
    ("meta", "value", "''"),
    ("meta", "value", "'99999999999999999999'"),
    ("audit", "payload", "'{'"),
    ("audit", "payload", "x'ff'"),
    ("audit", "seq", "seq + 1000000"),
    ("audit", "at_ms", "9223372036854775807"),
    ("plan", "made_ms", "-9223372036854775808"),
    ("plan_step", "step", "'{'"),
];

/// A file on which SQLite carries out anything.
fn open(path: &Path) -> Connection {
    let catalog = Connection::open(path).unwrap();
    catalog.pragma_update(None, "ignore_check_constraints", true).unwrap();
    catalog.pragma_update(None, "foreign_keys", false).unwrap();
    catalog
}

fn forge(path: &Path, statements: &str) {
    let catalog = open(path);
    catalog.pragma_update(None, "writable_schema", true).unwrap();
    catalog.execute_batch(statements).unwrap();
}

/// Puts a value into every row of a column, whatever the column is for.
fn put(path: &Path, (table, column, value): (&str, &str, &str)) -> rusqlite::Result<usize> {
    let asked = "SELECT sql FROM sqlite_schema WHERE name = ?1";
    let sql: String = open(path).query_row(asked, [table], |row| row.get(0)).unwrap();
    let lax = sql.replace(" STRICT", "").replace(", WITHOUT ROWID", " WITHOUT ROWID");
    let lax = lax.replace("IS NOT NULL", "NOTNULL").replace(" NOT NULL", "");
    let rewrite = |text: &str| {
        let text = text.replace('\'', "''");
        forge(path, &format!("UPDATE sqlite_schema SET sql = '{text}' WHERE name = '{table}'"));
    };
    rewrite(&lax);
    let update = format!("UPDATE OR REPLACE \"{table}\" SET {column} = {value}");
    let changed = open(path).execute(&update, []);
    rewrite(&sql);
    changed
}

/// Makes a catalog of a copy and goes through it. Tells how the commands ended.
fn try_one(site: &Site, about: &str, make: impl FnOnce(&Path)) -> (Vec<i32>, usize) {
    let copy = site.path("copy.db");
    fs::copy(site.path("kept/state/catalog.db"), &copy).unwrap();
    make(&copy);
    let files = [("state/catalog.db", fs::read(&copy).unwrap())];
    fs::remove_file(&copy).unwrap();
    let Ended { codes, moved, .. } = go_through(site, &files, about);
    (codes, moved)
}

#[test]
fn a_schema_that_is_not_its_own_is_refused_by_every_command() {
    let site = Site::new();
    site.keep();
    let (mut codes, mut tried) = (Codes::default(), 0);
    let mut expect = |about: &str, (ended, moved): (Vec<i32>, usize)| {
        tried += 1;
        let refused = ended.iter().all(|code| matches!(code, 65 | 78));
        assert!(refused && moved == 0, "{about}: {ended:?}");
        codes.count(&ended);
    };
    for (about, statements) in some(PLANTED, 8) {
        let plant = |path: &Path| open(path).execute_batch(statements).unwrap();
        expect(about, try_one(&site, about, plant));
    }
    for (about, statements) in some(FORGED, 4) {
        expect(about, try_one(&site, about, |path| forge(path, statements)));
    }
    say(&format!(
        "hardening: {tried} foreign schemas, none was opened and no file moved; exit codes {}",
        codes.told()
    ));
}

#[test]
fn a_header_that_lies_crashes_nothing_and_loses_no_file() {
    let site = Site::new();
    site.keep();
    let (mut codes, mut tried) = (Codes::default(), 0);
    for (about, statements) in MISLED {
        tried += 1;
        let (ended, _) = try_one(&site, about, |path| forge(path, statements));
        assert!(ended.contains(&65), "{about}: {ended:?}");
        codes.count(&ended);
    }
    for (about, at, bytes) in some(HEADER, 6) {
        tried += 1;
        let lie = |path: &Path| {
            let mut file = fs::read(path).unwrap();
            file[*at..at + bytes.len()].copy_from_slice(bytes);
            fs::write(path, file).unwrap();
        };
        let (ended, _) = try_one(&site, about, lie);
        if about.ends_with("schema") || about.contains("program") {
            assert!(ended.iter().all(|code| matches!(code, 1 | 65 | 78)), "{about}: {ended:?}");
        }
        codes.count(&ended);
    }
    say(&format!(
        "hardening: {tried} catalogs whose header or pages lie, no file was lost; exit codes {}",
        codes.told()
    ));
}

#[test]
fn a_cell_of_a_kind_that_is_never_written_crashes_nothing_and_loses_no_file() {
    let site = Site::new();
    site.keep();
    let (mut codes, mut tried, mut cells, mut noticed) = (Codes::default(), 0, 0, 0);
    for cell in some(CELLS, 11) {
        let mut changed = 0;
        let about = format!("{cell:?}");
        let (ended, _) = try_one(&site, &about, |path| changed = put(path, *cell).unwrap());
        assert!(changed > 0 && !ended.contains(&74), "{about}: {changed} changed, {ended:?}");
        tried += 1;
        cells += changed;
        noticed += usize::from(ended.contains(&65));
        codes.count(&ended);
    }
    say(&format!(
        "hardening: {tried} odd values in {cells} cells, {noticed} told as damage, no file was lost; \
         exit codes {}",
        codes.told()
    ));
}

#[test]
fn an_entry_that_does_not_say_what_it_is_about_is_told_as_damage() {
    let site = Site::new();
    put(&site.path("state/catalog.db"), ("audit", "payload", "x'ff'")).unwrap();
    for line in ["show --under ''", "doctor", "audit verify"] {
        let (code, said) = site.survive(line, "audit.payload");
        assert_eq!(code, 65, "{line}: {said}");
    }
}

#[test]
fn a_pause_that_cannot_be_read_moves_nothing_and_is_told_as_damage() {
    let site = Site::new();
    let catalog = site.path("state/catalog.db");
    open(&catalog).execute("INSERT INTO meta VALUES ('pause', 'x')", []).unwrap();
    put(&catalog, ("meta", "value", "iif(key = 'pause', x'ff', value)")).unwrap();
    let before = site.files();
    let (code, said) = site.survive("clean --apply", "pause");
    assert_eq!(code, 65, "{said}");
    assert_eq!(site.files(), before);
    let (code, said) = site.survive("doctor", "pause");
    assert!(matches!(code, 4 | 65) && said.contains("cannot be read"), "{code} {said}");
}

#[test]
fn a_file_without_a_schema_is_not_made_a_catalog() {
    let site = Site::new();
    let catalog = site.path("state/catalog.db");
    fs::remove_file(&catalog).unwrap();
    open(&catalog).pragma_update(None, "application_id", 0x5348_4C46).unwrap();
    let before = fs::read(&catalog).unwrap();
    for line in ["scan", "list", "clean --apply"] {
        let (code, said) = site.survive(line, "empty");
        assert_eq!(code, 65, "{line}: {said}");
    }
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = open(&catalog).query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!((tables, before.len()), (0, fs::read(&catalog).unwrap().len()));
}
