//! The real program, killed at random moments while it deletes for good.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use shelflife::domain::asset::{AssetId, Place};
use shelflife::domain::lifecycle::State;
use shelflife::exit::ExitCode;

use super::killed::{kill_after, program, random_part};
use super::say;
use crate::support::moving::tree;
use crate::support::pictures::png;
use crate::support::{TestLibrary, cases, wall_clock};

const ASSETS: i64 = 12;

/// Assets of three files each that may be deleted now. Another test that starts a program holds every
/// lock of this process for a moment: hence the waits.
fn library() -> TestLibrary {
    let library = TestLibrary::at(&wall_clock().plus_days(-11).to_string());
    for asset in 0..ASSETS {
        for (suffix, size) in [("", (60, 40)), ("-30x20", (30, 20)), ("-15x10", (15, 10))] {
            let path = format!("uploads/{asset}/tea{suffix}.png");
            library.write(&path, png(size, path.as_bytes()));
        }
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let config = config.replace("# after_days = 90", "after_days = 7");
    library.write_config(&config.replace("max_percent = 10", "max_percent = 100"));
    library.run("scan --wait 10s").expect(ExitCode::Success);
    library.run("reject --state draft --reason 'off brand'").expect(ExitCode::Success);
    library.run("clean --apply --wait 10s").expect(ExitCode::Success);
    for _ in 0..9 {
        library.advance_days(1);
        library.run("scan --accept-missing --wait 10s").expect(ExitCode::Success);
    }
    library.run("purge --mark --wait 10s").expect(ExitCode::Success);
    library
}

/// After a recovery each asset is whole or gone, on disk as in the catalog. Tells how many are left.
#[track_caller]
fn check(library: &TestLibrary) -> usize {
    library.set_now(&wall_clock().to_string());
    let run = library.run("recover --wait 10s").expect(ExitCode::Success);
    let catalog = library.scanned_catalog();
    let mut stores = BTreeMap::new();
    for path in tree(&library.path("state/quarantine/v1")).into_keys() {
        *stores.entry(path.parent().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert!(stores.values().all(|files| *files == 3), "{stores:?}\n{run}");
    assert!(tree(&library.path("state/quarantine/purging")).is_empty(), "{run}");
    let mut left = 0;
    for asset in (1..=ASSETS).map(AssetId) {
        let place = match catalog.asset(asset).unwrap().unwrap().state {
            State::Purged(_) => Place::Gone,
            State::Quarantined(_) => Place::Quarantine,
            state => panic!("{asset} is {state}"),
        };
        left += usize::from(place == Place::Quarantine);
        assert!(catalog.files_of(asset).unwrap().iter().all(|(_, file)| file.place == place));
    }
    assert_eq!(stores.len(), left, "{run}");
    assert!(catalog.open_operations().unwrap().is_empty());
    left
}

#[test]
fn killing_a_purge_at_any_moment_leaves_each_asset_whole_or_gone() {
    let wanted = cases(1, 100);
    let (mut kills, mut settled) = (0, 0);
    while kills < wanted {
        let (killed, amid) = kill_often();
        (kills, settled) = (kills + killed, settled + amid);
    }
    say(&format!("crash: killed purges {kills} times, {settled} of them amid an asset"));
}

/// Kills purges of one library until nothing is left to delete, or often enough. Tells how many were
/// at work, and how many of them amid an asset.
fn kill_often() -> (usize, usize) {
    let library = library();
    let mut left = check(&library);
    assert_eq!(left, usize::try_from(ASSETS).unwrap());
    let began = Instant::now();
    assert!(program(&library, "purge").status().unwrap().success());
    let whole = began.elapsed();
    let mut kills = 0;
    for _ in 0..40 {
        let command = format!("purge --apply --yes-delete {left}");
        kills += usize::from(kill_after(&library, &command, random_part(whole * 5 / 4)));
        left = check(&library);
        if left == 0 {
            break;
        }
    }
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    let settled = library.audit_entries();
    let settled = settled.iter().filter(|entry| entry.payload.contains("settled by recovery"));
    (kills, settled.count())
}
