//! What is left of an asset whose files were deleted, and what it is good for.

use shelflife::exit::ExitCode;

use super::ripe;
use crate::support::TestLibrary;
use crate::support::pictures::png;

fn purged() -> TestLibrary {
    let library = ripe();
    library.run("describe 2 --alt 'A tea tin'").expect(ExitCode::Success);
    library
        .run("purge --apply --yes-delete 1 --reason 'the tins are gone'")
        .expect(ExitCode::Success);
    library
}

#[test]
fn the_record_stays_and_says_who_deleted_the_files_when_and_why() {
    let library = purged();
    insta::assert_snapshot!(library.tell("list --state purged"), @"
    exit: 0
    ID  PATH                 STATE   STANDING  BECAUSE
     2  2026/03/tea-tin.png  purged  purged    purged after it was rejected

    1 row
    ");
    insta::assert_snapshot!(library.tell("why 2"), @"
    exit: 0
    id: 2
    path: 2026/03/tea-tin.png
    state: purged (was rejected)
    standing: purged
    may be used: no
    as of: 2026-04-02 09:00 UTC (2026-04-02T09:00:00Z, now)
    causes:
      - cause purged, standing purged, says purged after it was rejected
    allowed next: -
    ");
    let shown = library.run("show 2 --format json").expect(ExitCode::Success).json();
    let fields = &shown["items"][0]["fields"];
    assert_eq!(fields["state"], "purged (was rejected)");
    assert_eq!(fields["alt"][0]["text"], "A tea tin");
    let places = fields["files"].as_array().unwrap().iter().map(|file| &file["place"]);
    assert_eq!(places.collect::<Vec<_>>(), ["gone", "gone", "gone"]);
    let history = library.run("history 2 --format json").expect(ExitCode::Success).json();
    let events = history["items"].as_array().unwrap().iter().map(|item| &item["fields"]);
    let events = events.map(|event| (event["what"].as_str().unwrap(), event["why"].as_str()));
    let intent = "purge intent: quarantined (was rejected) → purged (was rejected)";
    let why = "the tins are gone: in quarantine since 2026-03-02T09:00:00.000Z; \
               marked 2026-04-01T09:00:00.000Z";
    let told = [(intent, Some(why)), ("purge done: purged (was rejected)", None)];
    assert_eq!(events.collect::<Vec<_>>()[6..], told);
    let log = library.audit_entries();
    let announced = log.iter().find(|entry| entry.kind == "purge.intent").unwrap();
    let digest = fields["sha256"].as_str().unwrap();
    assert!(announced.payload.contains(digest) && announced.payload.contains("tea-tin.png"));
}

#[test]
fn what_was_deleted_is_not_restored() {
    let library = purged();
    insta::assert_snapshot!(library.tell("restore 2"), @"
    exit: 1
    refused  restore #2 2026/03/tea-tin.png: its files were deleted for good at 2026-04-02T09:00:00.000Z
    1 refused
    ");
    library.run("restore 2 --dry-run").expect(ExitCode::No);
    library.run("clean 2").expect(ExitCode::Success);
}

#[test]
fn deleted_content_is_recognized_when_it_comes_back() {
    let library = purged();
    library.write("uploads/2026/05/new-name.png", png((60, 40), b"tea-tin.png"));
    library.run("scan").expect(ExitCode::Success);
    let fields =
        &library.run("show 2026/05/new-name.png --format json").json()["items"][0]["fields"];
    assert_eq!((&fields["state"], &fields["return_of"]), (&"rejected".into(), &"#2".into()));
    library.run("reconsider 2026/05/new-name.png --reason 'another tin'").expect(ExitCode::Success);
    let told = library.tell("validate 2026/05/new-name.png");
    assert!(told.contains("SL610") && told.contains("#2"), "{told}");
    library.write("export/fresh.png", png((60, 40), b"tea-tin.png"));
    let told = library.run("check export").expect(ExitCode::No).to_string();
    assert!(told.contains("#2") && told.contains("rejected"), "{told}");
}

#[test]
fn a_pause_tells_that_nothing_undoes_it() {
    let library = purged();
    let paused = library.run("pause --reason 'what was that' --format json").json();
    let runs = paused["items"].as_array().unwrap().iter().map(|item| &item["fields"]);
    let runs: Vec<_> = runs.filter(|fields| fields["moved"].is_string()).collect();
    assert_eq!(runs[0]["moved"], "1 asset purged");
    assert_eq!(runs[0]["undo"], "what was deleted is gone for good");
    assert_eq!(runs[1]["undo"], "nothing to undo", "the clean took away what is gone by now");
}
