//! What `leftovers` finds on disk and in the catalog, and that nothing whole is among it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::moving::{cleaned, ended};
use crate::support::pictures::png;

/// Kind, asset and path.
type Left = (String, Option<i64>, String);

/// Every leftover, in order.
fn found(library: &TestLibrary, exit: ExitCode) -> Vec<Left> {
    let report = library.run("leftovers --format json").expect(exit).json();
    let text = |fields: &Value, name: &str| fields[name].as_str().unwrap().to_owned();
    let rows = report["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "leftover");
    rows.map(|item| {
        let fields = &item["fields"];
        assert!(!text(fields, "because").is_empty() && !text(fields, "next").is_empty());
        assert!(!text(fields, "next").contains("ASSET"), "{fields}");
        (text(fields, "leftover"), fields["asset"].as_i64(), text(fields, "path"))
    })
    .collect()
}

fn of(kind: &str, asset: Option<i64>, path: &str) -> Left {
    (kind.to_owned(), asset, path.to_owned())
}

#[test]
fn a_library_that_is_whole_has_none() {
    for library in [ended(), cleaned()] {
        assert_eq!(found(&library, ExitCode::Success), []);
        let before = library.scanned_catalog().audit_head().unwrap();
        library.run("leftovers").expect(ExitCode::Success);
        assert_eq!(library.scanned_catalog().audit_head().unwrap(), before, "it only looks");
    }
}

#[test]
fn each_kind_is_told_with_its_path_until_it_is_dealt_with() {
    type Case<'a> = (&'a str, &'a dyn Fn(&TestLibrary), Vec<Left>);
    let tin = "uploads/2026/03/tea-tin.png";
    let scan: fn(&TestLibrary) = |library| drop(library.run("scan"));
    let cases: &[Case<'_>] = &[
        (
            "a file that no scan has seen",
            &|l| drop(l.write("uploads/2026/new/hat.png", png((5, 5), b"hat"))),
            vec![of("unknown", None, "uploads/2026/new/hat.png")],
        ),
        (
            "a size whose pixels contradict its name",
            &|l| {
                l.write("uploads/2026/03/garden-20x20.png", png((9, 9), b"odd"));
                scan(l);
            },
            vec![of("ambiguous", None, "uploads/2026/03/garden-20x20.png")],
        ),
        (
            "renditions whose original is gone",
            &|l| {
                fs::remove_file(l.path(tin)).unwrap();
                scan(l);
            },
            vec![of("without-original", Some(2), "uploads/2026/03/tea-tin-30x20.png")],
        ),
        (
            "an asset without any file",
            &|l| {
                fs::remove_file(l.path("uploads/2026/03/garden.png")).unwrap();
                scan(l);
            },
            vec![of("without-files", Some(1), "uploads/2026/03/garden.png")],
        ),
        (
            "one that is gone since the scan",
            &|l| fs::remove_file(l.path("uploads/2026/03/garden.png")).unwrap(),
            vec![of("record", Some(1), "uploads/2026/03/garden.png")],
        ),
        (
            "a link",
            &|l| symlink("/", l.path("uploads/2026/out")).unwrap(),
            vec![of("odd", None, "uploads/2026/out")],
        ),
        (
            "something withdrawn that is still there",
            &|l| drop(l.run("withdraw 2 --leave-files --reason unsafe")),
            vec![of("not-taken-down", Some(2), tin)],
        ),
    ];
    for (name, arrange, expected) in cases {
        let library = ended();
        arrange(&library);
        assert_eq!(found(&library, ExitCode::No), *expected, "{name}");
    }
}

#[test]
fn what_comes_back_beside_a_quarantined_original_is_told_with_it() {
    let library = cleaned();
    let rendition = "uploads/2026/03/tea-tin-30x20.png";
    library.write(rendition, png((30, 20), b"made anew"));
    assert_eq!(found(&library, ExitCode::No), [of("unknown", Some(2), rendition)]);
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(found(&library, ExitCode::No), [of("rendition", Some(3), rendition)]);
    let told = library.run("leftovers").expect(ExitCode::No);
    assert!(told.stdout.contains("asset that was rejected and is away: #2"), "{told}");
    library.run("withdraw 3 --reason 'of a rejected one'").expect(ExitCode::Success);
    assert_eq!(found(&library, ExitCode::Success), []);
}

#[test]
fn strangers_and_damage_in_quarantine_are_told_apart() {
    let library = cleaned();
    let stores = library.path("state/quarantine/v1");
    let store = fs::read_dir(&stores).unwrap().next().unwrap().unwrap().path();
    let stranger = "01jz0000000000000000000001";
    fs::create_dir(stores.join(stranger)).unwrap();
    fs::set_permissions(stores.join(stranger), fs::Permissions::from_mode(0o700)).unwrap();
    let orphan = of("orphan", None, &format!("quarantine {stranger}"));
    assert_eq!(found(&library, ExitCode::No), std::slice::from_ref(&orphan));
    fs::remove_file(store.join("0001.bin")).unwrap();
    let name = store.file_name().unwrap().to_str().unwrap();
    let damage = of("damage", Some(2), &format!("quarantine {name}/0001.bin"));
    assert_eq!(found(&library, ExitCode::Integrity), [damage, orphan]);
}

#[test]
fn whatever_is_in_quarantine_beside_the_folders_of_operations_is_told() {
    let library = cleaned();
    let quarantine = library.path("state/quarantine");
    fs::create_dir(quarantine.join("lost+found")).unwrap();
    assert_eq!(found(&library, ExitCode::Success), [], "some file systems have that");
    library.write("state/quarantine/stray/deep.png", b"x");
    library.write("state/quarantine/v1/junk", b"x");
    symlink("/", quarantine.join("v1/out")).unwrap();
    library.write("state/quarantine/purging/note", b"x");
    let strangers = ["stray", "v1/junk", "v1/out", "purging/note"];
    let strangers = strangers.map(|path| of("stranger", None, &format!("quarantine {path}")));
    assert_eq!(found(&library, ExitCode::No), strangers);
}

#[test]
fn a_root_that_is_not_there_is_left_out_and_no_record_of_it_is_called_lost() {
    let library = ended();
    fs::rename(library.path("uploads"), library.path("away")).unwrap();
    let report = library.run("leftovers --format json").expect(ExitCode::Guard).json();
    let kinds: Vec<_> = report["items"].as_array().unwrap().iter().map(|i| &i["kind"]).collect();
    assert_eq!(kinds, ["left out"]);
}
