//! What `scan` and `init` do with a library, and what they refuse to believe.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::embedded::{samples, xmp};
use crate::support::many::{FILES, rejected};
use crate::support::moving::half_cleaned;
use crate::support::pictures::png;

/// A library with a picture, two renditions of it, and another picture.
fn library() -> TestLibrary {
    let library = TestLibrary::new();
    for (name, size) in [
        ("tea-tin.png", (60, 40)),
        ("tea-tin-30x20.png", (30, 20)),
        ("tea-tin-15x10.png", (15, 10)),
        ("garden.png", (50, 50)),
    ] {
        library.write(format!("uploads/2026/03/{name}"), png(size, name.as_bytes()));
    }
    library.write("drafts/idea.png", png((8, 8), b"idea"));
    library
        .run("init --root uploads --draft-root drafts --catalog state/catalog.db")
        .expect(ExitCode::Success);
    library
}

fn figure(library: &TestLibrary, command: &str, name: &str) -> u64 {
    let report = library.run(&format!("{command} --format json")).json();
    report["summary"]["figures"][name].as_u64().unwrap_or(0)
}

fn rows(library: &TestLibrary, command: &str) -> Vec<(String, String)> {
    let report = library.run(&format!("{command} --format json")).json();
    let items = report["items"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    items
        .iter()
        .map(|item| (text(&item["fields"]["path"]), text(&item["fields"]["standing"])))
        .collect()
}

#[test]
fn a_scan_groups_renditions_and_starts_everything_as_a_draft() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(
        rows(&library, "list"),
        [
            ("2026/03/garden.png".to_owned(), "draft".to_owned()),
            ("2026/03/tea-tin.png".to_owned(), "draft".to_owned()),
            ("idea.png".to_owned(), "draft".to_owned()),
        ]
    );
}

#[test]
fn a_second_scan_reads_nothing_and_a_full_one_everything() {
    let library = library();
    assert_eq!(figure(&library, "scan", "files read"), 5);
    assert_eq!(figure(&library, "scan", "files read"), 0);
    assert_eq!(figure(&library, "scan --full", "files read"), 5);
    assert_eq!(figure(&library, "scan", "assets added"), 0);
}

#[test]
fn changed_bytes_are_noticed_and_the_asset_keeps_its_number() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    let before = library.run("show uploads/2026/03/garden.png --format json").json();
    library.write("uploads/2026/03/garden.png", png((50, 50), b"other"));
    assert_eq!(figure(&library, "scan", "files read"), 1);
    let after = library.run("show uploads/2026/03/garden.png --format json").json();
    assert_eq!(before["items"][0]["fields"]["id"], after["items"][0]["fields"]["id"]);
    assert_ne!(before["items"][0]["fields"]["sha256"], after["items"][0]["fields"]["sha256"]);
}

#[test]
fn a_file_that_is_gone_is_missing_until_it_is_back() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    let path = library.path("uploads/2026/03/tea-tin-30x20.png");
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(figure(&library, "scan", "files missing"), 1);
    assert_eq!(rows(&library, "list --standing missing")[0].0, "2026/03/tea-tin.png");
    fs::write(&path, bytes).unwrap();
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(rows(&library, "list --standing missing"), []);
}

#[test]
fn a_root_without_its_marker_is_not_believed() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    fs::remove_dir_all(library.path("uploads")).unwrap();
    fs::create_dir(library.path("uploads")).unwrap();
    let run = library.run("scan").expect(ExitCode::Guard);
    assert!(run.stdout.contains("marker"), "{run}");
    assert_eq!(rows(&library, "list --standing missing"), []);
}

fn marker(library: &TestLibrary) -> PathBuf {
    library.path("uploads/.shelflife-root")
}

/// What the log has of roots that a person took for the right ones.
fn accepted(library: &TestLibrary) -> Vec<String> {
    let entries = library.audit_entries().into_iter();
    entries.filter(|entry| entry.kind == "root.accept").map(|entry| entry.payload).collect()
}

#[test]
fn a_root_that_lost_its_marker_is_marked_anew_when_a_person_says_that_it_is_the_right_one() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    let uuid = fs::read(marker(&library)).unwrap();
    fs::remove_file(marker(&library)).unwrap();
    for command in ["scan", "clean --apply", "doctor"] {
        let run = library.run(command).to_string();
        assert!(run.contains("a person runs `shelflife scan --accept-missing`"), "{run}");
    }
    library.set_variable("SHELFLIFE_JOB", "nightly");
    let run = library.run("scan --accept-missing").expect(ExitCode::Guard);
    assert!(run.stdout.contains("a job cannot say that it is the right one"), "{run}");
    library.remove_variable("SHELFLIFE_JOB");
    assert!(!marker(&library).exists());

    let run = library.run("scan --accept-missing").expect(ExitCode::Success);
    let says = "its marker .shelflife-root is gone; of the 4 files that the catalog knows there it \
                holds 4";
    assert!(run.stdout.contains(says), "{run}");
    assert_eq!(fs::read(marker(&library)).unwrap(), uuid);
    let log = accepted(&library);
    assert!(log.len() == 1 && log[0].contains(says), "{log:?}");
    library.run("scan").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    library.run("audit verify --replay --disk").expect(ExitCode::Success);
}

#[test]
fn a_folder_that_holds_other_files_is_not_marked_for_a_root_whoever_says_so() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    fs::rename(library.path("uploads"), library.path("elsewhere")).unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        library.write(format!("uploads/{name}.png"), png((7, 7), name.as_bytes()));
    }
    let run = library.run("scan --accept-missing").expect(ExitCode::Guard);
    assert!(run.stdout.contains("of the 4 files that the catalog knows there it holds 0"), "{run}");
    assert!(run.stdout.contains("write the file .shelflife-root into it by hand"), "{run}");
    assert!(!marker(&library).exists());
    assert_eq!(rows(&library, "list --standing missing"), []);
    assert_eq!(accepted(&library), [""; 0]);
}

#[test]
fn a_root_on_another_device_is_scanned_once_a_person_says_that_it_is_the_right_one() {
    let library = half_cleaned();
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    catalog.execute("UPDATE root SET device = device + 1", []).unwrap();
    drop(catalog);
    // Neither is what a killed run left there settled before.
    for command in ["recover", "scan", "clean --apply", "doctor"] {
        let run = library.run(command).to_string();
        assert!(run.contains("on another device than at the last scan"), "{run}");
        assert!(run.contains("a person runs `shelflife scan --accept-missing`"), "{run}");
    }
    let run = library.run("scan --accept-missing").expect(ExitCode::Success);
    assert!(run.stdout.contains("root uploads is taken for the right one"), "{run}");
    assert!(run.stdout.contains("an unfinished quarantine of 3 files is taken back"), "{run}");
    assert_eq!(accepted(&library).len(), 1);
    library.run("scan").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
}

#[test]
fn a_disk_that_is_not_mounted_is_neither_marked_nor_believed() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    fs::remove_file(marker(&library)).unwrap();
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    catalog.execute("UPDATE root SET device = device + 1", []).unwrap();
    drop(catalog);
    let run = library.run("scan").expect(ExitCode::Guard);
    assert!(run.stdout.contains("a folder where no disk is mounted looks like this"), "{run}");
    let run = library.run("scan --accept-missing").expect(ExitCode::Guard);
    let uuid = library.scanned_catalog().uuid().unwrap();
    assert!(run.stdout.contains(&format!("by hand, with the one line {uuid}")), "{run}");
    // That is a way.
    fs::write(marker(&library), format!("{uuid}\n")).unwrap();
    library.run("scan --accept-missing").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
}

#[test]
fn what_is_behind_a_folder_that_became_a_link_is_not_in_the_library_any_more() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    fs::rename(library.path("uploads/2026/03"), library.path("elsewhere")).unwrap();
    symlink(library.path("elsewhere"), library.path("uploads/2026/03")).unwrap();
    assert_eq!(figure(&library, "scan", "files missing"), 4);
}

#[test]
fn a_library_that_lost_most_of_its_files_is_not_believed_unless_told_so() {
    let library = TestLibrary::new();
    for number in 0..60 {
        let name = format!("uploads/{number:02}-tea.png");
        library.write(name, png((4, 4), &[number]));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    for number in 0..40 {
        fs::remove_file(library.path(format!("uploads/{number:02}-tea.png"))).unwrap();
    }
    library.run("scan").expect(ExitCode::Guard);
    assert_eq!(rows(&library, "list --standing missing"), []);
    library.run("scan --accept-missing").expect(ExitCode::Success);
    assert_eq!(rows(&library, "list --standing missing").len(), 40);
}

#[test]
fn files_that_were_cleaned_away_are_not_missed_and_others_are() {
    let library = TestLibrary::new();
    for number in 0..60 {
        let name = format!("uploads/{number:02}-tea.png");
        library.write(name, png((4, 4), &[number]));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let config = config.replace("max_percent = 10", "max_percent = 90");
    let config = config.replace("max_percent_per_day = 20", "max_percent_per_day = 90");
    library.write_config(&config);
    library.run("scan").expect(ExitCode::Success);
    let ended: Vec<_> = (1..=30).map(|number| number.to_string()).collect();
    library.run(&format!("reject {} --reason 'off brand'", ended.join(" ")));
    library.advance_days(1);
    library.run("clean --apply").expect(ExitCode::Success);
    library.run("scan --full").expect(ExitCode::Success);
    library.advance_days(2);
    library.run("restore 1 2 3").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.run("reject 31 32 33 --reason 'off brand'").expect(ExitCode::Success);
    library.advance_days(1);
    library.run("clean --apply").expect(ExitCode::Success);
    for number in 34..58 {
        fs::remove_file(library.path(format!("uploads/{number:02}-tea.png"))).unwrap();
    }
    let run = library.run("scan").expect(ExitCode::Guard);
    let told = "it holds 6 files and held 33 at the last scan; since then runs took 3 away and \
                brought 0 in";
    assert!(run.stdout.contains(told), "{run}");
}

#[test]
fn files_that_were_restored_do_not_hide_that_others_are_gone() {
    let library = rejected(60);
    library.advance_days(1);
    library.run("clean --apply").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.advance_days(1);
    let numbers: Vec<_> = (1..=30).map(|number: i64| number.to_string()).collect();
    library.run(&format!("restore {}", numbers.join(" "))).expect(ExitCode::Success);
    library.run("scan --root uploads").expect(ExitCode::Success);
    library.advance_days(1);
    library.run("restore --state quarantined").expect(ExitCode::Success);
    for asset in 0..20 {
        for (suffix, _) in FILES {
            let path = format!("uploads/2026/{:02}/tea{asset}{suffix}.png", asset % 12);
            fs::remove_file(library.path(path)).unwrap();
        }
    }
    let run = library.run("scan").expect(ExitCode::Guard);
    let told = "it holds 120 files and held 90 at the last scan; since then runs took 0 away and \
                brought 90 in";
    assert!(run.stdout.contains(told), "{run}");
}

#[test]
fn links_and_other_catalogs_are_left_alone() {
    let library = library();
    let outside = library.write("outside/secret.png", png((9, 9), b"secret"));
    symlink(&outside, library.path("uploads/link.png")).unwrap();
    symlink(library.path("outside"), library.path("uploads/folder")).unwrap();
    let run = library.run("scan").expect(ExitCode::Success);
    assert!(!run.stdout.contains("secret.png  "), "{run}");
    assert_eq!(rows(&library, "list").len(), 3);
    fs::write(library.path("drafts/.shelflife-root"), "another\n").unwrap();
    library.run("scan").expect(ExitCode::Guard);
}

#[test]
fn a_quarantine_or_catalog_beneath_a_served_root_is_refused_before_anything_is_written() {
    let library = TestLibrary::new();
    library.write("uploads/a.png", png((4, 4), b"a"));
    for places in ["--quarantine uploads/q --catalog c.db", "--catalog uploads/c.db"] {
        library.run(&format!("init --root uploads {places}")).expect(ExitCode::Config);
        let left: Vec<_> = fs::read_dir(library.path("uploads")).unwrap().collect();
        assert_eq!(left.len(), 1, "{places}");
        assert!(!library.path("shelflife.toml").exists());
    }
}

#[test]
fn a_second_init_changes_nothing() {
    let library = library();
    let config = fs::read(library.path("shelflife.toml")).unwrap();
    library.run("init --root uploads --catalog state/other.db").expect(ExitCode::Usage);
    assert_eq!(fs::read(library.path("shelflife.toml")).unwrap(), config);
    assert!(!library.path("state/other.db").exists());
}

#[test]
fn while_the_environment_pauses_it_no_file_is_moved() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    library.run("reject 1 --reason 'off brand'").expect(ExitCode::Success);
    library.set_variable("SHELFLIFE_PAUSED", "1");
    let run = library.run("clean").expect(ExitCode::Paused);
    assert!(run.stdout.contains("would quarantine"), "the plan is still shown\n{run}");
    library.run("clean --apply").expect(ExitCode::Paused);
    assert!(library.path("uploads/2026/03/garden.png").exists());
    library.run("list").expect(ExitCode::Success);
    library.remove_variable("SHELFLIFE_PAUSED");
    library.run("clean --apply").expect(ExitCode::Success);
    assert!(!library.path("uploads/2026/03/garden.png").exists());
}

#[test]
fn a_scan_learns_what_originals_and_their_sidecars_say() {
    let library = TestLibrary::new();
    let samples: BTreeMap<_, _> = samples().into_iter().collect();
    library.write("uploads/tea.jpg", &samples["tea.jpg"]);
    library.write("uploads/plain.png", png((3, 2), b""));
    library.run("init --root uploads --catalog catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    let shown = |path: &str| {
        let report = library.run(&format!("show {path} --format json")).json();
        report["items"][0]["fields"]["claims"].clone()
    };
    let claims = shown("tea.jpg");
    assert_eq!(claims["alt"][1]["text"], "tea.jpg");
    assert_eq!(claims["generation"]["prompt"], "a tin of tea");
    assert_eq!(claims["credentials"]["generator"], "tea 1.0");
    assert_eq!(claims["expires_on"], "2027-01-31");
    assert_eq!(shown("plain.png"), serde_json::json!({}));

    // A sidecar that comes later speaks first, and is heard without reading the picture again.
    library.write("uploads/tea.jpg.xmp", xmp("From the sidecar", "x"));
    let scanned = library.run("scan --format json").json();
    assert_eq!(scanned["summary"]["figures"]["files read"], 1);
    let claims = shown("tea.jpg");
    assert_eq!(claims["alt"][1]["text"], "From the sidecar");
    assert_eq!(claims["keywords"], serde_json::json!(["tea", "tin"]));

    // Other bytes, other claims; what was reviewed is not touched by any of it.
    library.write("uploads/tea.jpg", &samples["tea.png"]);
    fs::remove_file(library.path("uploads/tea.jpg.xmp")).unwrap();
    library.run("scan").expect(ExitCode::Success);
    let claims = shown("tea.jpg");
    assert_eq!(claims["alt"][1]["text"], "tea.png");
    assert!(claims.get("keywords").is_none());
    let report = library.run("show tea.jpg --format json").json();
    assert_eq!(report["items"][0]["fields"]["alt"], serde_json::json!([]));
}

#[test]
fn originals_that_an_older_program_did_not_look_into_are_read_once() {
    let library = TestLibrary::new();
    library.write("uploads/tea.jpg", &samples()[0].1);
    library.write("uploads/tea-8x8.jpg", &samples()[0].1);
    library.run("init --root uploads --catalog catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    let database = rusqlite::Connection::open(library.path("catalog.db")).unwrap();
    database.execute("UPDATE file_claims SET edition = 0, claims = NULL", []).unwrap();
    let read =
        || library.run("scan --format json").json()["summary"]["figures"]["files read"].clone();
    assert_eq!(read(), 1);
    assert!(read().is_null());
    let report = library.run("show tea.jpg --format json").json();
    assert_eq!(report["items"][0]["fields"]["claims"]["tool"], serde_json::Value::Null);
    assert_eq!(report["items"][0]["fields"]["claims"]["title"][0]["text"], "Tea");
}

#[test]
fn a_root_that_gets_another_name_is_not_put_on_record_twice() {
    let library = library();
    library.run("scan").expect(ExitCode::Success);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let of = |name: &str| [format!("name = \"{name}\""), format!("root = \"{name}\"")];
    let renamed =
        of("uploads").iter().zip(of("media")).fold(config.clone(), |config, (old, new)| {
            assert!(config.contains(old), "{config}");
            config.replace(old, &new)
        });
    library.write_config(&renamed);
    let run = library.run("scan").expect(ExitCode::Guard);
    assert!(run.stdout.contains("call it `uploads` again"), "{run}");
    library.write_config(&config);
    let run = library.run("scan").expect(ExitCode::Success);
    assert!(!run.stdout.contains("added"), "{run}");
}
