//! The catalog against a real file.

use super::*;
use crate::domain::actor::Actor;
use crate::domain::asset::{Digest, Look, LookHash, PixelHash};
use crate::domain::time::Timestamp;

fn session(run: &str) -> Session {
    Session {
        actor: Actor {
            os_user: "ada".to_owned(),
            person: None,
            job: None,
            host: "studio".to_owned(),
        },
        command: "test".to_owned(),
        now: Timestamp::from_millis(1_700_000_000_000),
        run: run.to_owned(),
        policy_hash: String::new(),
        begun: false,
        plan: None,
    }
}

fn created(folder: &tempfile::TempDir) -> (std::path::PathBuf, Catalog) {
    let path = folder.path().join("catalog.db");
    let catalog = Catalog::create(&path, &Genesis { uuid: [7; 16] }, session("r0")).unwrap();
    (path, catalog)
}

#[test]
fn a_new_catalog_opens_again_with_an_intact_log() {
    let folder = tempfile::tempdir().unwrap();
    let (path, catalog) = created(&folder);
    drop(catalog);
    let catalog = Catalog::open_to_read(&path).unwrap();
    assert!(matches!(catalog.verify_audit().unwrap(), AuditVerdict::Intact { length: 2, .. }));
    assert_eq!(catalog.uuid().unwrap(), "07070707-0707-0707-0707-070707070707");
}

#[test]
fn a_second_catalog_in_the_same_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _catalog) = created(&folder);
    let again = Catalog::create(&path, &Genesis { uuid: [8; 16] }, session("r1"));
    assert!(matches!(again, Err(CatalogError::Present { .. })));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "plays the attacker who swaps the file's schema")]
fn a_planted_trigger_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, catalog) = created(&folder);
    drop(catalog);
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM audit; END")
        .unwrap();
    let opened = Catalog::open_to_write(&path, session("r1"));
    assert!(matches!(opened, Err(CatalogError::ForeignSchema { .. })), "{opened:?}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "plays the one who edits the log")]
fn an_edited_entry_and_a_cut_tail_break_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut catalog) = created(&folder);
    catalog.add_root("uploads", crate::domain::asset::RootKind::Production, 1).unwrap();
    drop(catalog);
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch("UPDATE audit SET payload = replace(payload, 'uploads', 'uploadz')")
        .unwrap();
    let verdict = Catalog::open_to_read(&path).unwrap().verify_audit().unwrap();
    assert!(matches!(verdict, AuditVerdict::Broken { seq: 2, .. }), "{verdict:?}");
    conn.execute_batch("DELETE FROM audit WHERE seq = 2").unwrap();
    let verdict = Catalog::open_to_read(&path).unwrap().verify_audit().unwrap();
    assert!(matches!(verdict, AuditVerdict::Broken { seq: 2, .. }), "{verdict:?}");
}

#[test]
fn a_newer_schema_and_a_foreign_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, catalog) = created(&folder);
    catalog.conn.pragma_update(None, "user_version", 99).unwrap();
    drop(catalog);
    assert!(matches!(Catalog::open_to_read(&path), Err(CatalogError::Newer { found: 99, .. })));
    let foreign = folder.path().join("other.db");
    std::fs::File::options().write(true).create_new(true).open(&foreign).unwrap();
    assert!(matches!(Catalog::open_to_read(&foreign), Err(CatalogError::Foreign { .. })));
}

/// What SQLite does to answer a query, step by step.
fn plan(catalog: &Catalog, sql: &str) -> Vec<String> {
    let mut statement = catalog.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>("detail").unwrap());
    }
    steps
}

#[test]
fn claims_are_recorded_without_passing_over_all_files() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    let steps = plan(&catalog, claims::RECORD);
    assert_eq!(steps, ["SEARCH file USING INDEX file_path (root_id=? AND folder=? AND name=?)"]);
}

#[test]
fn the_assets_of_a_file_are_found_without_passing_over_all_files() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    for sql in [sightings::HERE, sightings::FORMERLY, sightings::WITH_BYTES] {
        let steps = plan(&catalog, sql);
        let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN")).collect();
        let roots = scans.iter().filter(|step| step.contains("root")).count();
        assert_eq!(scans.len(), roots, "{sql}\n{steps:#?}");
    }
}

#[test]
fn the_assets_of_a_folder_are_found_without_passing_over_all_files() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    let steps = plan(&catalog, neighbors::NEIGHBORS);
    assert_eq!(steps, ["SEARCH file USING INDEX file_path (root_id=? AND folder=?)"]);
    let steps = plan(&catalog, neighbors::NAMED);
    let range = "SEARCH file USING INDEX file_path (root_id=? AND folder=? AND name>? AND name<?)";
    assert_eq!(steps, [range]);
}

#[test]
fn what_is_beneath_a_folder_is_found_without_passing_over_all_files() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    let steps = plan(&catalog, places::BENEATH);
    let searches = steps.iter().filter(|step| step.contains("USING INDEX file_path (root_id=?"));
    assert_eq!(searches.count(), 3, "{steps:#?}");
    assert!(steps.iter().all(|step| !step.starts_with("SCAN")), "{steps:#?}");
}

#[test]
fn how_an_asset_was_ended_is_found_without_passing_over_all_assets_or_the_whole_log() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    let steps = plan(&catalog, endings::ENDINGS);
    let scans = steps.iter().filter(|step| step.starts_with("SCAN"));
    let large = scans
        .filter(|step| ["asset", "audit", "file", " a", " u"].iter().any(|of| step.contains(of)));
    assert_eq!(large.count(), 0, "{steps:#?}");
}

#[test]
fn what_was_moved_in_a_day_is_found_without_passing_over_all_operations() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    let steps = plan(&catalog, moved::MOVED);
    assert!(steps.iter().any(|step| step.contains("operation_quarantined")), "{steps:#?}");
    assert!(steps.iter().all(|step| !step.starts_with("SCAN")), "{steps:#?}");
}

#[test]
fn what_else_is_served_is_found_without_passing_over_all_files() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    for sql in [
        takedowns::MARKS,
        takedowns::SERVED,
        takedowns::LISTED,
        takedowns::KNOWN,
        takedowns::SAME_BYTES,
        takedowns::SAME_PATH,
        takedowns::AMBIGUOUS,
    ] {
        let steps = plan(&catalog, sql);
        let scans = steps.iter().filter(|step| step.starts_with("SCAN"));
        let large = scans.filter(|step| !["SCAN r", "SCAN places"].contains(&step.as_str()));
        assert_eq!(large.count(), 0, "{sql}\n{steps:#?}");
    }
}

#[test]
fn what_was_decided_about_uses_is_found_without_passing_over_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    let steps = plan(&catalog, told::TOLD);
    assert!(steps.iter().all(|step| step.contains("audit_asset")), "{steps:#?}");
}

#[test]
fn leftovers_are_read_in_order_without_sorting_all_files() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    for sql in [leftovers::NAMES, leftovers::PLACES] {
        let steps = plan(&catalog, sql);
        let sorts = steps.iter().filter(|step| step.contains("TEMP B-TREE"));
        assert_eq!(sorts.count(), 0, "{sql}\n{steps:#?}");
    }
}

#[test]
fn assets_that_look_alike_are_found_without_passing_over_all_looks() {
    let folder = tempfile::tempdir().unwrap();
    let (_, catalog) = created(&folder);
    for sql in [looks::SAME, looks::NEARBY, looks::IN_USE, census::ENDED] {
        let steps = plan(&catalog, sql);
        let mut scans = steps.iter().filter(|step| step.starts_with("SCAN"));
        assert!(scans.all(|step| step == "SCAN CONSTANT ROW"), "{sql}\n{steps:#?}");
    }
}

/// The hash of nothing that looks like any other of its kind.
fn look(number: u16, pixels: u8) -> (Digest, Look) {
    let bits = |number: u16| if number.is_multiple_of(2) { 0 } else { u8::MAX };
    let mut hash: [u8; 32] = std::array::from_fn(|at| bits(number >> (at % 11)));
    hash[31] = 0;
    let mut digest = [pixels; 32];
    digest[..2].copy_from_slice(&number.to_be_bytes());
    let look_hash = Some(LookHash(hash));
    (Digest(digest), Look { pixels: Some(PixelHash(digest)), look_hash })
}

#[test]
#[expect(clippy::disallowed_methods, reason = "counts what is packed")]
fn every_look_is_packed_once_and_packs_are_filled() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut catalog) = created(&folder);
    for some in (0..1_300).collect::<Vec<u16>>().chunks(97) {
        let looks: Vec<_> = some.iter().map(|number| look(*number, 1)).collect();
        catalog.record_looks(&looks).unwrap();
        catalog.record_looks(&looks).unwrap();
        let in_other_bytes: Vec<_> = some.iter().map(|number| look(*number, 2)).collect();
        catalog.record_looks(&in_other_bytes).unwrap();
    }
    let conn = rusqlite::Connection::open(&path).unwrap();
    let lengths = "SELECT group_concat(length(hashes) / 32, ' ') FROM look_pack";
    let lengths: String = conn.query_row(lengths, [], |row| row.get(0)).unwrap();
    assert_eq!(lengths, "512 512 276");
    let rows: i64 = conn.query_row("SELECT count(*) FROM look", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 2_600);
    assert_eq!(catalog.look_of(look(1_299, 2).0).unwrap(), Some(look(1_299, 2).1));
}

#[test]
fn a_look_that_is_known_is_not_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (_, mut catalog) = created(&folder);
    let (digest, seen) = look(7, 1);
    catalog.record_looks(&[(digest, seen)]).unwrap();
    catalog.record_looks(&[(digest, Look { look_hash: None, ..seen })]).unwrap();
    assert_eq!(catalog.look_of(digest).unwrap(), Some(seen));
}
