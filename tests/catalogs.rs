//! Catalogs that earlier versions of the program wrote.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::frozen::frozen_catalogs;

/// A library whose catalog is the frozen one, opened a day after its story.
fn library_with(frozen: &Path) -> TestLibrary {
    let library = TestLibrary::at("2026-11-21T09:00:00Z");
    library.configure("[site]\ntime_zone = \"Europe/Berlin\"\n");
    let database = Connection::open(library.path("catalog.db")).unwrap();
    database.execute_batch(&fs::read_to_string(frozen).unwrap()).unwrap();
    library
}

#[test]
fn every_schema_but_the_newest_is_frozen() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/migrations");
    let migrations = fs::read_dir(migrations).unwrap().count();
    assert!(
        frozen_catalogs().len() + 1 >= migrations,
        "freeze the schema before a migration is added to it"
    );
    assert!(!frozen_catalogs().is_empty());
}

#[test]
fn a_catalog_of_any_schema_is_brought_up_to_date_by_the_first_change() {
    for frozen in frozen_catalogs() {
        let library = library_with(&frozen);
        library.run("release 1 --reason 'legal is done'").expect(ExitCode::Success);
        library.run("audit verify --replay").expect(ExitCode::Success);
        let report = library.run("list --format json").json();
        let states = report["items"].as_array().unwrap().iter();
        let states: Vec<_> = states.map(|item| item["fields"]["state"].clone()).collect();
        let quarantined = "quarantined";
        let told = ["expired", "expired", quarantined, quarantined, quarantined, "draft"];
        assert_eq!(states, told, "{}", frozen.display());
        let shown = library.run("show 1 --format json").json();
        let fields = &shown["items"][0]["fields"];
        assert_eq!(fields["alt"][0]["text"], "Grüne Teedose 1 auf einem Eichentisch");
        assert_eq!(fields["contexts"].as_array().unwrap().len(), 3);
        let license = library.run("license show studio-2026 --format json").json();
        let excluded = &license["items"][0]["fields"]["excluded_placements"];
        assert_eq!(*excluded, serde_json::json!([]), "{license}");
        let change = "license change studio-2026 --exclude-placement packaging --reason r --apply";
        library.run(change).expect(ExitCode::Success);
        library.run("audit verify --replay").expect(ExitCode::Success);
        library
            .run("reuse find teedose --as-of 2026-11-20T22:01:08.300Z")
            .expect(ExitCode::Success);
    }
}

#[test]
fn a_trigger_in_an_older_catalog_is_refused_before_anything_is_migrated() {
    let Some(oldest) = frozen_catalogs().into_iter().next() else { return };
    let library = library_with(&oldest);
    let database = Connection::open(library.path("catalog.db")).unwrap();
    let planted = "CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM audit; END";
    database.execute_batch(planted).unwrap();
    library.run("release 1 --reason x").expect(ExitCode::Integrity);
    let version = database.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 1);
}
