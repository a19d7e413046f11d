//! Changes that are too large to be meant: nothing moves, whatever made them look wanted.

use std::fs;
use std::path::Path;

use shelflife::exit::ExitCode;

use super::{drafts, rejected, set};
use crate::crash::say;
use crate::support::TestLibrary;
use crate::support::moving::{Tree, tree};
use crate::support::scanned::FULL;

const ASSETS: usize = 30;

/// Something that goes wrong, and the commands that must notice.
struct Scenario {
    name: &'static str,
    library: fn() -> TestLibrary,
    goes_wrong: fn(&TestLibrary),
    commands: &'static [&'static str],
    /// What is said about it.
    words: &'static str,
}

const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "an export that lists nothing",
        library: some_rejected,
        goes_wrong: |library| {
            let head = "<rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>";
            library.write(
                "export",
                format!("{head}<wp:wxr_version>1.2</wp:wxr_version></channel></rss>"),
            );
        },
        commands: &["import wxr export"],
        words: "it lists no attachment",
    },
    Scenario {
        name: "an empty folder where the library was mounted",
        library: some_rejected,
        goes_wrong: |library| {
            move_away(library);
            fs::create_dir(library.path("uploads")).unwrap();
        },
        commands: &["scan", "clean --apply", "clean 1 --apply"],
        words: ".shelflife-root is gone",
    },
    Scenario {
        name: "a library that is not there",
        library: some_rejected,
        goes_wrong: move_away,
        commands: &["scan", "clean --apply", "clean 1 --apply"],
        words: "not there",
    },
    Scenario {
        name: "the library of another catalog",
        library: some_rejected,
        goes_wrong: |library| {
            fs::write(library.path("uploads/.shelflife-root"), "another\n").unwrap();
        },
        commands: &["scan", "clean --apply", "clean 1 --apply"],
        words: "catalog another",
    },
    Scenario {
        name: "another disk than before",
        library: some_rejected,
        goes_wrong: |library| {
            let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
            catalog.execute("UPDATE root SET device = device + 1", []).unwrap();
        },
        commands: &["scan", "clean --apply", "clean 1 --apply"],
        words: "another device",
    },
    Scenario {
        name: "a backup of the library from its first days",
        library: some_rejected,
        goes_wrong: |library| {
            for number in 4..=ASSETS {
                fs::remove_file(library.path(format!("uploads/tea-{number}.png"))).unwrap();
            }
        },
        commands: &["clean --apply", "clean 1 --apply"],
        words: "the catalog knows 30 there",
    },
    Scenario {
        name: "everything rejected at once",
        library: || rejected(ASSETS),
        goes_wrong: |_| {},
        commands: &["clean --apply"],
        words: "30 of 30 assets",
    },
    Scenario {
        name: "everything ended on one day",
        library: approved,
        goes_wrong: |library| {
            library.set_now("2026-07-01T09:00:00Z");
            library.run("sweep --apply").expect(ExitCode::Success);
        },
        commands: &["clean --apply"],
        words: "30 of 30 assets",
    },
    Scenario {
        name: "a clock that is ten years ahead",
        library: approved,
        goes_wrong: |library| {
            library.set_now("2036-03-02T09:00:00Z");
            library.run("sweep --apply").expect(ExitCode::Success);
        },
        commands: &["clean --apply"],
        words: "30 of 30 assets",
    },
    Scenario {
        name: "a change of packaging that ends everything",
        library: approved,
        goes_wrong: |library| {
            library.revise_context("packaging/tin", "another tin");
            library.run("sweep --apply").expect(ExitCode::Success);
        },
        commands: &["clean --apply"],
        words: "30 of 30 assets",
    },
    Scenario {
        name: "a clean in small portions that does not stop",
        library: || {
            let library = rejected(ASSETS);
            set(&library, "max_items_per_day", "4");
            library.run("clean 1 2 3 4 --apply").expect(ExitCode::Success);
            library
        },
        goes_wrong: |_| {},
        commands: &["clean 5 --apply", "clean 6 7 --apply"],
        words: "that 24 hours allow 0 are left",
    },
    Scenario {
        name: "one person alone who removes a great deal",
        library: || {
            let library = rejected(ASSETS);
            set(&library, "second_person_above", "5");
            library
        },
        goes_wrong: |_| {},
        commands: &["clean 1 2 3 4 5 6 --apply"],
        words: "second person",
    },
];

/// A library of which a clean takes a part that is small enough.
fn some_rejected() -> TestLibrary {
    let library = drafts(ASSETS);
    library.run("reject 1 2 3 --reason 'off brand'").expect(ExitCode::Success);
    library.run("clean").expect(ExitCode::Success);
    library
}

fn approved() -> TestLibrary {
    let library = drafts(ASSETS);
    library.add_context("campaign/spring", None);
    library
        .run("context add packaging/tin --owner anna --note 'as printed' --rule expire")
        .expect(ExitCode::Success);
    for number in 1..=ASSETS {
        let full = FULL.replace("A green tin", &format!("Tin number {number}"));
        let line = format!("describe {number} {full} --context packaging/tin");
        library.run(&line).expect(ExitCode::Success);
    }
    library.run("approve --state draft").expect(ExitCode::Success);
    library
}

fn move_away(library: &TestLibrary) {
    fs::rename(library.path("uploads"), library.path("elsewhere")).unwrap();
}

/// Every picture, wherever it is.
fn pictures(library: &TestLibrary) -> Tree {
    let is_picture = |path: &Path| path.extension().is_some_and(|end| end == "png" || end == "bin");
    let mut tree = tree(&library.path("."));
    tree.retain(|path, _| is_picture(path));
    tree
}

#[test]
fn a_change_that_is_too_large_to_be_meant_moves_nothing() {
    let mut runs = 0;
    for Scenario { name, library, goes_wrong, commands, words } in SCENARIOS {
        let library = library();
        goes_wrong(&library);
        let pictures_before = pictures(&library);
        let assets = || library.run("list --format json").json()["items"].clone();
        let assets_before = assets();
        for command in *commands {
            let run = library.run(command);
            assert_eq!(run.exit, ExitCode::Guard, "{name}, {command}\n{run}");
            assert!(run.to_string().contains(words), "{name}, {command}\n{run}");
            assert_eq!(pictures(&library), pictures_before, "{name}, {command}");
            assert_eq!(assets(), assets_before, "{name}, {command}");
            runs += 1;
        }
    }
    say(&format!(
        "guard: {} changes that are too large to be meant, {runs} runs, 0 files moved",
        SCENARIOS.len()
    ));
}
