//! What is remembered of ended content once its record has another original.

use std::fs;

use image::ImageFormat;
use shelflife::exit::ExitCode;

use super::{NEW, OLD, library, shown};
use crate::support::TestLibrary;
use crate::support::pictures::{lossless, scene, shrunk};
use crate::support::scanned::FULL;

fn picture(seed: u32) -> Vec<u8> {
    lossless(&scene(seed), ImageFormat::Png)
}

/// A library in which the first asset was ended by a command, its file stayed, and has another
/// picture by now.
fn overwritten(end: &str) -> TestLibrary {
    let library = library();
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.run(end).expect(ExitCode::Success);
    library.write(OLD, picture(2));
    let run = library.run("scan").expect(ExitCode::Success);
    assert!(
        run.stdout.contains("has other bytes now; that was decided about those before"),
        "{run}"
    );
    library
}

fn verify(library: &TestLibrary) {
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn content_is_remembered_whose_file_was_overwritten_in_place() {
    for (end, state) in [
        ("withdraw 1 --reason unsafe --leave-files", "withdrawn"),
        ("reject 1 --reason 'the tin is old'", "rejected"),
        ("expire 1 --reason 'the offer is over'", "expired"),
    ] {
        let library = overwritten(end);
        assert_eq!(shown(&library, 1, "state"), state);
        library.write(format!("{NEW}.png"), picture(1));
        library.write("uploads/again.webp", lossless(&scene(1), ImageFormat::WebP));
        library.write("uploads/other-tin.png", picture(2));
        library.run("scan").expect(ExitCode::Success);
        for copy in [2, 3] {
            assert_eq!(shown(&library, copy, "state"), state);
            assert_eq!(shown(&library, copy, "return_of"), "#1");
        }
        assert_eq!(shown(&library, 4, "state"), "draft", "nobody decided about that");
        library.run("validate 4 --rule SL610").expect(ExitCode::Success);
        verify(&library);
        library.run("clean --apply").expect(ExitCode::Success);
        library.run("restore 1").expect(ExitCode::Success);
        verify(&library);
    }
}

#[test]
fn content_is_remembered_of_which_only_a_size_is_left() {
    let library = library();
    let size = lossless(&shrunk(&scene(1), 50), ImageFormat::Png);
    library.write("uploads/old-tea-tin-120x80.png", &size);
    library.write("uploads/other.png", picture(3));
    library.run("scan").expect(ExitCode::Success);
    library.run("reject 1 --reason 'the tin is old'").expect(ExitCode::Success);
    fs::remove_file(library.path(OLD)).unwrap();
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1, "path"), "old-tea-tin-120x80.png");
    library.write(format!("{NEW}.png"), picture(1));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(shown(&library, 3, "state"), "rejected");
    assert_eq!(shown(&library, 3, "return_of"), "#1");
    verify(&library);
}

#[test]
fn a_decision_that_is_taken_back_leaves_a_draft_of_what_is_there_by_now() {
    let library = overwritten("expire 1 --reason 'the offer is over'");
    let renew = "renew 1 --expires-on 2026-12-31 --review-on 2026-12-01";
    let refused = library.run(renew).expect(ExitCode::No);
    assert!(refused.stdout.contains("has other bytes by now: `reconsider` it first"), "{refused}");
    let before = shown(&library, 1, "sha256");
    let run = library.run("reconsider 1 --reason 'a new tin'").expect(ExitCode::Success);
    assert!(run.stdout.contains("those that were ended are not remembered any more"), "{run}");
    assert_ne!(shown(&library, 1, "sha256"), before);
    verify(&library);
    library.run("approve 1").expect(ExitCode::Success);
    library.write(format!("{NEW}.png"), picture(1));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(shown(&library, 2, "state"), "draft");
    verify(&library);
}

#[test]
fn whoever_withdraws_what_had_ended_withdraws_what_is_there_by_now() {
    let library = overwritten("expire 1 --reason 'the offer is over'");
    library.run("withdraw 1 --reason unsafe").expect(ExitCode::Success);
    library.write(format!("{NEW}.png"), picture(2));
    library.write("uploads/again.webp", lossless(&scene(2), ImageFormat::WebP));
    library.run("scan").expect(ExitCode::Success);
    for copy in [2, 3] {
        assert_eq!(shown(&library, copy, "state"), "withdrawn");
    }
    verify(&library);
}

#[test]
fn content_that_is_put_back_is_what_had_ended() {
    let library = overwritten("expire 1 --reason 'the offer is over'");
    library.write(OLD, picture(1));
    library.run("scan").expect(ExitCode::Success);
    library.run("renew 1 --expires-on 2026-12-31 --review-on 2026-12-01").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1, "state"), "approved");
    verify(&library);
}
