//! How far a takedown has come, until a person says that it is gone.

use std::fs;

use shelflife::exit::ExitCode;

use super::{column, library, rows, withdraw};
use crate::support::TestLibrary;
use crate::support::moving::ended;

#[test]
fn a_takedown_is_removed_until_a_person_confirms_it_and_again_once_it_came_back() {
    let library = library();
    let waiting = |library: &TestLibrary| {
        let report = library.run("list --unconfirmed --format json").json();
        let progress = column(&report, "takedown", "takedown");
        (progress, column(&report, "takedown", "age"))
    };
    library.run("withdraw --confirm 2 --note seen").expect(ExitCode::No);
    withdraw(&library, "2", ExitCode::Success);
    library.advance_days(3);
    let (progress, age) = waiting(&library);
    assert_eq!(progress, ["removed"]);
    assert!(age[0].contains('3'), "{age:?}");
    library.set_actor("li");
    insta::assert_snapshot!(library.tell("withdraw --confirm 2 --note 'CDN purged, both posts mended'"), @"
    exit: 0
    recorded  #2 2026/03/tea-tin.png  confirmed to be gone: CDN purged, both posts mended
    1 edited
    ");
    assert_eq!(waiting(&library).0, [""; 0]);
    let sheet = library.run("show 2 --format json").json();
    let takedown = &sheet["items"][0]["fields"]["takedown"];
    assert_eq!(takedown["progress"], "confirmed");
    assert_eq!(takedown["confirmed"]["by"], "li");
    assert_eq!(takedown["confirmed"]["note"], "CDN purged, both posts mended");
    let again = library.run("withdraw --confirm 2 --note again").expect(ExitCode::No);
    assert!(again.stdout.contains("li has confirmed it"), "{again}");

    library.run("restore 2").expect(ExitCode::Success);
    assert_eq!(waiting(&library).0, ["still-served"]);
    library.run("release 2 --reason 'not again'").expect(ExitCode::Success);
    withdraw(&library, "2", ExitCode::Success);
    assert_eq!(waiting(&library).0, ["removed"], "the old confirmation does not count any more");
}

#[test]
fn nothing_is_confirmed_while_the_same_bytes_are_at_its_path() {
    let library = library();
    let path = library.path("uploads/2026/03/tea-tin.png");
    let tin = fs::read(&path).unwrap();
    withdraw(&library, "2", ExitCode::Success);
    fs::write(&path, &tin).unwrap();
    let refused = library.run("withdraw --confirm 2 --note seen").expect(ExitCode::No);
    assert!(refused.stdout.contains("tea-tin.png` is there again"), "{refused}");
    fs::write(&path, "another picture").unwrap();
    library.run("withdraw --confirm 2 --note seen --dry-run").expect(ExitCode::Success);
    library.run("withdraw --confirm 2 --note seen").expect(ExitCode::Success);
    let replay = library.run("audit verify --replay");
    assert_eq!(replay.exit, ExitCode::Success, "{replay}");
}

#[test]
fn the_doctor_tells_what_waits_and_what_is_still_served() {
    let library = ended();
    let told = |library: &TestLibrary, exit| {
        let run = library.run("doctor --format json").expect(exit).json();
        let checks = rows(&run, "check").into_iter();
        let of = checks.filter(|check| check["check"] == "takedowns");
        of.map(|check| check["says"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(told(&library, ExitCode::Success), "none waits to be confirmed");
    library.run("withdraw 2 --leave-files --reason unsafe").expect(ExitCode::Success);
    assert_eq!(told(&library, ExitCode::No), "withdrawn and still served: #2");
    withdraw(&library, "2", ExitCode::Success);
    library.advance_days(3);
    let says = told(&library, ExitCode::Success);
    assert!(says.starts_with("1 takedown not confirmed, the oldest 3 days ago"), "{says}");
}

#[test]
fn what_was_never_in_quarantine_is_confirmed_without_it() {
    let library = library();
    library.run("withdraw 2 --leave-files --reason unsafe").expect(ExitCode::Success);
    fs::remove_dir_all(library.path("uploads/2026/03")).unwrap();
    library.run("scan --accept-missing").expect(ExitCode::Success);
    fs::remove_dir_all(library.path("state/quarantine")).unwrap();
    library.run("withdraw --confirm 2 --note 'nowhere'").expect(ExitCode::Success);
}
