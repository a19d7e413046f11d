//! A rebuild that dies anywhere is gone on with by the next.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use shelflife::domain::pause::Heed;
use shelflife::executor::rebuild::{Examined, Rebuild, adopt, examine, listen, unknown_stores};
use shelflife::executor::{Switch, Target};
use shelflife::exit::ExitCode;
use shelflife::files::{Quarantine, Root, Steps};

use super::{REBUILD, lose, nothing_is_left, rebuild};
use crate::crash::killed::{kill_after, program, random_part};
use crate::crash::say;
use crate::support::dying_files::DyingFiles;
use crate::support::moving::{Tree, tree};
use crate::support::{TestLibrary, must_run_everything};

/// So many assets in quarantine, and what the library held before.
fn emptied(assets: u8) -> (TestLibrary, Tree) {
    let paths: Vec<_> = (0..assets).map(|number| format!("{number:02}/tea.png")).collect();
    let library = TestLibrary::scanned(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let before = tree(&library.path("uploads"));
    library.run("withdraw --under . --reason unsafe");
    library.run("withdraw --state draft --reason unsafe");
    assert!(tree(&library.path("uploads")).is_empty());
    (library, before)
}

/// Whatever came before: a rebuild brings all of it on record, and it can be restored.
fn goes_on(library: &TestLibrary, lost: &str, before: &Tree) {
    library.run("audit verify --replay");
    rebuild(library, lost).expect(ExitCode::Success);
    nothing_is_left(library, lost);
    library.run("restore --state quarantined").expect(ExitCode::Success);
    assert!(tree(&library.path("uploads")) == *before);
}

#[test]
fn a_rebuild_that_is_killed_at_any_moment_is_gone_on_with() {
    let (library, before) = emptied(20);
    let lost = lose(&library);
    let command = format!("recover --rebuild --apply --reason lost --lost {lost}");
    let marker = library.path("uploads/.shelflife-root");
    let began = Instant::now();
    assert!(program(&library, &command).status().unwrap().success());
    let whole = began.elapsed() + Duration::from_millis(1);
    let (mut amid, mut kills) = (0, 0);
    for _ in 0..if must_run_everything() { 200 } else { 25 } {
        lose(&library);
        std::fs::write(&marker, format!("{lost}\n")).unwrap();
        let stored = tree(&library.path("state/quarantine"));
        kills += usize::from(kill_after(&library, &command, random_part(whole)));
        assert_eq!(tree(&library.path("state/quarantine")), stored);
        if library.path("state/catalog.db").exists() {
            let run = library.run("audit verify --replay");
            // A catalog that died while it was made holds nothing yet.
            let known = library.run("list --format json").json();
            let known = known["items"].as_array().map_or(0, Vec::len);
            amid += usize::from(known > 0 && known < 20);
            assert!(run.exit == ExitCode::Success || known == 0, "{run}");
        }
        rebuild(&library, &lost).expect(ExitCode::Success);
        nothing_is_left(&library, &lost);
    }
    library.run("restore --state quarantined").expect(ExitCode::Success);
    assert!(tree(&library.path("uploads")) == before);
    say(&format!("rebuild: killed {kills} times, {amid} of them amid the records"));
}

/// Adopts folders in a process that dies after so many steps. Tells whether it came to its end.
fn adopt_until(library: &TestLibrary, lost: &str, lives: usize) -> bool {
    let steps: Arc<dyn Steps> = Arc::new(DyingFiles::after(lives));
    let mut catalog = library.open_to_write();
    let root = Root::open(&library.path("uploads")).unwrap().watched_by(Arc::clone(&steps));
    let quarantine = Quarantine::open(&library.path("state/quarantine")).unwrap();
    let mut target = Target {
        catalog: &mut catalog,
        roots: BTreeMap::from([(1, root)]),
        quarantine: quarantine.watched_by(Arc::clone(&steps)),
        steps,
        switch: Switch { file: library.path("PAUSED"), environment: None, heed: Heed::Stop },
        now: library.now(),
        restore_hold_hours: 0,
    };
    let lost = [lost.to_owned()];
    let wanted = Rebuild {
        roots: BTreeMap::from([("uploads".to_owned(), 1)]),
        lost: &lost,
        reason: "lost",
        new_id: &|| uuid::Uuid::now_v7().simple().to_string(),
    };
    let stores = unknown_stores(target.catalog, &target.quarantine).unwrap();
    let rumors = listen(&target, &stores).unwrap();
    for (part, store) in stores {
        let examined = examine(&target, &wanted, (part, &store), &rumors).unwrap();
        let Examined::Whole(adoption, _) = examined else { panic!("{examined:?}") };
        if adopt(&mut target, &adoption).is_err() {
            return false;
        }
    }
    true
}

#[test]
fn each_folder_is_on_record_with_all_that_belongs_to_it_or_not_at_all() {
    let mut most = 0;
    for lives in 0.. {
        let (library, before) = emptied(4);
        // An empty catalog of its own, with the root in it.
        let lost = lose(&library);
        let away = library.path("away");
        std::fs::rename(library.path("state/quarantine/v1"), &away).unwrap();
        std::fs::create_dir(library.path("state/quarantine/v1")).unwrap();
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(library.path("state/quarantine/v1"), private).unwrap();
        library.run(&format!("{REBUILD} --lost {lost}")).expect(ExitCode::Success);
        std::fs::remove_dir(library.path("state/quarantine/v1")).unwrap();
        std::fs::rename(&away, library.path("state/quarantine/v1")).unwrap();

        let ended = adopt_until(&library, &lost, lives);
        library.run("audit verify --replay").expect(ExitCode::Success);
        let known = library.scanned_catalog().stores_in_use().unwrap().len();
        assert!(known >= most && (ended == (known == 4)), "{lives} steps, {known} folders");
        most = known;
        goes_on(&library, &lost, &before);
        if ended {
            say(&format!("rebuild: died before each of {lives} steps"));
            return;
        }
    }
}
