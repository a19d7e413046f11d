//! What a dry run says beforehand is what the run itself then says, and a name is judged before it is
//! given.

use std::fs;

use shelflife::exit::ExitCode;

use super::{PUBLISH, approve_only, check_whole, library_of, names, set_publish};
use crate::support::TestLibrary;
use crate::support::pictures::png;

/// The lines of a run that begin with `refused`.
fn refusals(library: &TestLibrary, line: &str) -> Vec<String> {
    let run = library.run(line).expect(ExitCode::No);
    let refused = run.stdout.lines().filter(|line| line.starts_with("refused"));
    refused.map(str::to_owned).collect()
}

#[test]
fn a_dry_run_refuses_the_second_of_two_drafts_that_would_get_one_name() {
    let library = library_of(2);
    set_publish(&library, "{title}-{id}", "{title}");
    approve_only(&library, "2 3");
    let refused = refusals(&library, "publish 2 3 --dry-run");
    let told = "refused  publish #3 gen/out002.png: there is something at \
                `2026/03/tin-of-tea.png` already";
    assert_eq!(refused, [told]);
    assert_eq!(refusals(&library, "publish 2 3"), refused);
    assert_eq!(names(&library, "drafts/gen"), ["out002.png".to_owned()].into());
}

#[test]
fn a_dry_run_refuses_a_name_that_is_on_record_for_a_missing_file() {
    let library = library_of(1);
    library.write("uploads/2026/03/tin-of-tea-2.png", png((9, 9), b"theirs"));
    library.run("scan").expect(ExitCode::Success);
    fs::remove_file(library.path("uploads/2026/03/tin-of-tea-2.png")).unwrap();
    approve_only(&library, "2");
    let refused = refusals(&library, "publish 2 --dry-run");
    let told = "refused  publish #2 gen/out001.png: `2026/03/tin-of-tea-2.png` of asset #2 belongs \
                to asset #3 by now";
    assert_eq!(refused, [told]);
    assert_eq!(refusals(&library, "publish 2"), refused);
}

#[test]
fn a_dry_run_of_a_restore_refuses_what_the_restore_does() {
    let library = TestLibrary::scanned(&["tea.png", "tin.png"]);
    for (old, new) in [(1, 3), (3, 4)] {
        library.run(&format!("reject {old} --reason 'off brand'")).expect(ExitCode::Success);
        library.run("clean --apply").expect(ExitCode::Success);
        library.write("uploads/tea.png", png((9, new), b"new"));
        library.run("scan").expect(ExitCode::Success);
    }
    // Two in quarantine come from the path that a third one has, whose file is gone for the moment.
    fs::remove_file(library.path("uploads/tea.png")).unwrap();
    let refused = refusals(&library, "restore 1 3 --dry-run");
    let told = ["1", "3"].map(|number| {
        format!("refused  restore #{number} tea.png: `tea.png` of asset #{number} belongs to asset #4 by now")
    });
    assert_eq!(refused, told);
    assert_eq!(refusals(&library, "restore 1 3"), refused);
    // Once that one is in quarantine too, the first of the three gets the path.
    library.write("uploads/tea.png", png((9, 4), b"new"));
    library.run("reject 4 --reason 'off brand'").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    let refused = refusals(&library, "restore 1 3 4 --dry-run");
    let told = ["3", "4"].map(|number| {
        format!("refused  restore #{number} tea.png: there is something at `tea.png` already")
    });
    assert_eq!(refused, told);
    assert_eq!(refusals(&library, "restore 1 3 4"), refused);
}

#[test]
fn a_name_that_somebody_gives_is_judged_before_it_is_served() {
    let library = library_of(1);
    approve_only(&library, "2");
    for line in ["publish 2 --name dsc-0042 --dry-run", "publish 2 --name dsc-0042"] {
        let run = library.run(line).expect(ExitCode::No);
        assert!(run.stdout.contains("SL102 filename-camera-default"), "{run}");
        let refused = "refused  publish #2 gen/out001.png: 1 finding stands in the way";
        assert!(run.stdout.contains(refused), "{run}");
    }
    assert_eq!(names(&library, "uploads/2026/03").len(), 1);
    library.run("publish 2 --name tea-tin").expect(ExitCode::Success);
    check_whole(&library);
}

#[test]
fn a_template_that_came_after_the_approval_is_judged_too() {
    let library = library_of(1);
    approve_only(&library, "2");
    set_publish(
        &library,
        &PUBLISH.replace("{title}", "{title}-{id}"),
        &PUBLISH.replace("{title}", "{id}"),
    );
    let run = library.run("publish --ready").expect(ExitCode::No);
    assert!(run.stdout.contains("SL106 filename-identifier-only"), "{run}");
    assert_eq!(names(&library, "uploads/2026/03").len(), 1);
}

#[test]
fn a_draft_with_another_name_gets_a_hint_of_its_own() {
    let library = library_of(1);
    fs::hard_link(library.path("drafts/gen/out001.png"), library.path("other.png")).unwrap();
    approve_only(&library, "2");
    for line in ["publish 2 --dry-run", "publish 2"] {
        let run = library.run(line).expect(ExitCode::Partial);
        let hint = "hint: remove the other name, or put a copy in the place of the file\n";
        assert!(run.stdout.contains(hint), "{run}");
    }
    let draft = library.path("drafts/gen/out001.png");
    fs::copy(library.path("other.png"), library.path("copy.png")).unwrap();
    fs::rename(library.path("copy.png"), draft).unwrap();
    library.run("publish 2").expect(ExitCode::Success);
}

#[test]
fn what_becomes_of_an_interrupted_publication_is_foretold_in_its_own_words() {
    let library = library_of(1);
    approve_only(&library, "2");
    let announced = "
        INSERT INTO operation (id, kind, asset_id, run_id, state, opened_ms, store, to_root_id,
                               to_folder)
        SELECT '0198aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'publish', a.id, run.id, 'intent', a.since_ms,
               '0198aaaaaaaaaaaaaaaaaaaaaaaaaaaa', r.id, CAST('2026/03' AS BLOB)
        FROM asset a, root r, (SELECT id FROM run LIMIT 1) run WHERE a.id = 2 AND r.name = 'uploads';
        INSERT INTO operation_file (operation_id, number, file_id, stored_name, sha256, bytes, mode,
                                    modified_ns, state, from_root_id, from_folder, from_name)
        SELECT '0198aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1, id, 'tea.png', sha256, bytes, 33188,
               modified_ns, 'pending', root_id, folder, name FROM file WHERE asset_id = 2;";
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    catalog.execute_batch(announced).unwrap();
    drop(catalog);
    insta::assert_snapshot!(library.tell("recover --dry-run"), @"
    exit: 0
    would record  #2 gen/out001.png  take back the publish of 1 file: all in the draft root
    1 edited
    dry run: nothing was changed
    ");
    let draft = library.path("drafts/gen/out001.png");
    fs::rename(draft, library.path("uploads/2026/03/tea.png")).unwrap();
    insta::assert_snapshot!(library.tell("recover --dry-run"), @"
    exit: 0
    would record  #2 gen/out001.png  finish the publish of 1 file: all published
    1 edited
    dry run: nothing was changed
    ");
}

#[test]
fn a_dry_run_of_an_approval_tells_where_the_drafts_would_be_published() {
    let library = library_of(2);
    insta::assert_snapshot!(library.tell("approve 2 3 --dry-run"), @"
    exit: 0
    would approve  #2 gen/out001.png  draft → approved
    would approve  #3 gen/out002.png  draft → approved
    would record  #2 gen/out001.png  published as uploads/2026/03/tin-of-tea-2.png (1 file)
    would record  #3 gen/out002.png  published as uploads/2026/03/tin-of-tea-3.png (1 file)
    2 changed, 2 edited, 2 files
    dry run: nothing was changed
    ");
    library.write("uploads/2026/03/tin-of-tea-2.png", b"something");
    let refused = refusals(&library, "approve 2 --dry-run");
    let told = "refused  publish #2 gen/out001.png: there is something at \
                `2026/03/tin-of-tea-2.png` already";
    assert_eq!(refused, [told]);
    assert_eq!(refusals(&library, "approve 2"), refused);
    library.run("approve 3").expect(ExitCode::Success);
}

#[test]
fn an_approval_that_cannot_publish_tells_the_head_of_the_log_that_it_wrote() {
    let library = library_of(1);
    library.run("pause --reason lunch").expect(ExitCode::Success);
    let told = library.run("approve 2 --format json").expect(ExitCode::Paused).json();
    let length = library.audit_entries().len();
    assert_eq!(told["summary"]["audit"]["length"].as_u64(), Some(length as u64), "{told}");
}
