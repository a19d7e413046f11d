//! A run under a plan that dies at any step is gone on with by the next, and no step is taken twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;
use shelflife::catalog::{Catalog, CatalogError};
use shelflife::domain::actor::Authority;
use shelflife::domain::asset::AssetId;
use shelflife::domain::cleanup::HardLinks;
use shelflife::domain::lifecycle::{Action, Plan, Request, next};
use shelflife::domain::pause::Heed;
use shelflife::domain::plan::PlanId;
use shelflife::error::Error;
use shelflife::executor::{Ended, Obstacle, Removal, Switch, Target, quarantine_asset};
use shelflife::exit::ExitCode;
use shelflife::files::{Quarantine, Root, Steps};

use super::{left, rejected};
use crate::support::TestLibrary;
use crate::support::dying_files::DyingFiles;

/// Moves the first asset under the plan in a process that dies after `lives` steps. Tells whether
/// it came to its end.
fn move_under_plan(library: &TestLibrary, lives: usize) -> bool {
    let mut catalog = library.open_to_write();
    let plan = catalog.plan(PlanId(1)).unwrap().unwrap();
    catalog.begin_plan(&plan).unwrap();
    matches!(move_first(library, &mut catalog, lives), Ok(Ended::Done { .. }))
}

/// Moves the first asset, whatever was decided about it, until the process dies.
fn move_first(library: &TestLibrary, catalog: &mut Catalog, lives: usize) -> Result<Ended, Error> {
    let steps: Arc<dyn Steps> = Arc::new(DyingFiles::after(lives));
    let asset = catalog.asset(AssetId(1)).unwrap().unwrap();
    let request = Request {
        action: Action::Quarantine,
        authority: Authority::Human,
        plan: Plan::None,
        asker: "olga",
        undone: None,
        reason: None,
    };
    let removal = Removal {
        operation: uuid::Uuid::now_v7().simple().to_string(),
        asset: asset.id,
        version: asset.version,
        transition: next(asset.state, &request).unwrap(),
        reason: None,
        causes: vec!["rejected".to_owned()],
        hard_links: HardLinks::Leave,
    };
    let root = Root::open(&library.path("uploads")).unwrap().watched_by(Arc::clone(&steps));
    let quarantine = Quarantine::open(&library.path("state/quarantine")).unwrap();
    let mut target = Target {
        catalog,
        roots: BTreeMap::from([(1, root)]),
        quarantine: quarantine.watched_by(Arc::clone(&steps)),
        steps,
        switch: Switch { file: library.path("PAUSED"), environment: None, heed: Heed::Stop },
        now: library.now(),
        restore_hold_hours: 0,
    };
    quarantine_asset(&mut target, &removal)
}

#[test]
fn a_plan_whose_run_died_at_any_step_is_brought_to_its_end() {
    for lives in 0..100 {
        let library = rejected(2);
        library.run("clean --save").expect(ExitCode::Success);
        let ended = move_under_plan(&library, lives);
        library.run("clean --apply --plan 1").expect(ExitCode::Success);
        assert!(left(&library).is_empty(), "after {lives} steps");
        let done = library.audit_entries().into_iter().filter(|e| e.kind == "quarantine.done");
        assert_eq!(done.count(), 2, "after {lives} steps");
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
        let shown = library.run("plan show 1 --format json").json();
        assert_eq!(shown["items"][0]["fields"]["done"], 2, "after {lives} steps");
        if ended {
            assert!(lives > 5, "{lives} steps");
            return;
        }
    }
    panic!("the run never comes to its end");
}

#[test]
fn nothing_is_moved_under_a_plan_that_is_no_step_of_it() {
    let library = rejected(2);
    library.run("clean 2 --save").expect(ExitCode::Success);
    assert!(!move_under_plan(&library, usize::MAX));
    assert_eq!(left(&library).len(), 2);
}

#[test]
fn files_that_have_moved_are_put_on_record_whatever_became_of_their_plan() {
    for lives in 0..100 {
        let library = rejected(1);
        library.run("clean --save").expect(ExitCode::Success);
        move_under_plan(&library, lives);
        if !left(&library).is_empty() {
            continue;
        }
        let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
        assert_eq!(catalog.execute("DELETE FROM plan_step", []).unwrap(), 1);
        drop(catalog);
        library.run("recover").expect(ExitCode::Success);
        assert_eq!(library.asset(1).state.name(), "quarantined");
        library.run("audit verify --replay").expect(ExitCode::Integrity);
        return;
    }
    panic!("the files never move");
}

/// Whoever publishes a page between the decision and the move keeps the picture.
#[test]
fn what_a_page_shows_when_the_move_begins_is_not_moved_unless_it_is_unsafe() {
    let library = rejected(1);
    let page =
        "<html><body>/wp-includes/ <img src=\"/wp-content/uploads/tea-1.png\"></body></html>";
    library.write("pages/tea.html", page);
    library.run("references read pages").expect(ExitCode::Success);
    let moved = move_first(&library, &mut library.open_to_write(), usize::MAX);
    let Ok(Ended::NotDone { because, settled: None }) = moved else { panic!("{moved:?}") };
    assert!(matches!(because, Obstacle::Catalog(CatalogError::InUse { .. })), "{because:?}");
    assert_eq!(left(&library), ["tea-1.png"]);
    library.run("withdraw 1 --leave-files --reason 'unsafe'").expect(ExitCode::Success);
    let moved = move_first(&library, &mut library.open_to_write(), usize::MAX);
    assert!(matches!(moved, Ok(Ended::Done { .. })), "{moved:?}");
}
