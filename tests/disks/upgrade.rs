//! An upgrade of the catalog on real file systems whose power is cut.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::disk::Kind;
use super::machine::{Layout, Machine, Template};
use super::traced::Cut;
use super::{can_mount, chosen};
use crate::crash::say;
use crate::support::frozen::{frozen_catalogs, thaw};

/// The first change, which brings the catalog up to date.
const FIRST: [&str; 4] = ["hold", "2", "--reason", "first"];

/// A machine whose catalog has the schema before the newest.
fn older(kind: Kind, layout: Layout) -> Template {
    let newest = frozen_catalogs().pop().unwrap();
    Template::new(kind, layout).after(|machine| thaw(&newest, &machine.catalog_path()))
}

/// The schema of a catalog that is whole, how long its log is, and whether the first hold is there.
fn read(catalog: &Path) -> (i64, i64, bool) {
    let conn = Connection::open(catalog).unwrap();
    let found: String = conn.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
    assert_eq!(found, "ok", "{}", catalog.display());
    let ask = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    (
        ask("PRAGMA user_version"),
        ask("SELECT count(*) FROM audit"),
        ask("SELECT count(*) FROM hold WHERE asset_id = 2 AND reason = 'first'") > 0,
    )
}

/// The copies of older schemas beside the catalog.
fn copies(machine: &Machine<'_>) -> Vec<PathBuf> {
    let entries = fs::read_dir(machine.catalog_path().parent().unwrap()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let is_copy = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().contains(".schema-");
    paths.filter(is_copy).collect()
}

#[test]
fn a_power_cut_amid_an_upgrade_leaves_the_old_schema_or_the_new_one_and_a_whole_copy() {
    if !can_mount() {
        return;
    }
    let (mut old, mut new, mut moments) = (0, 0, 0);
    for kind in Kind::ALL {
        for layout in [Layout::Together, Layout::CatalogApart] {
            let template = older(kind, layout);
            let before = read(&template.machine().catalog_path());
            let all = template.machine().moments(&FIRST);
            moments += all.len();
            for moment in chosen(&all, 3) {
                let place = format!("{kind:?} {layout:?} {moment:?}");
                let machine = template.machine();
                machine.run_until(&FIRST, &Cut::Before(moment));
                let left = read(&machine.catalog_path());
                for copy in copies(&machine) {
                    assert_eq!(read(&copy), before, "{place}: {}", copy.display());
                }
                if left.0 == before.0 {
                    old += 1;
                } else {
                    new += 1;
                    assert!(!copies(&machine).is_empty(), "{place}: there is no copy");
                }
                assert!(left.2 || !machine.has_said("held"), "{place}: what was said is not so");
                machine.must_run(&["hold", "3", "--reason", "next"]);
                machine.must_run(&["audit", "verify", "--replay"]);
            }
        }
    }
    say(&format!(
        "power: cut {} times at one of {moments} moments of an upgrade; {old} times the old \
         schema was left, {new} times the new one, and every copy was whole",
        old + new
    ));
}
