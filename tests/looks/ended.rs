//! What is remembered of each way in which a use ends.

use image::ImageFormat;
use shelflife::exit::ExitCode;

use super::{NEW, library, looked_at, rejected, shown, small};
use crate::support::TestLibrary;
use crate::support::pictures::{jpeg, lossless, scene, shrunk};
use crate::support::scanned::FULL;

/// A library with one approved asset whose approval saw nothing, as before there were look hashes.
fn approved() -> TestLibrary {
    let library = library();
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    catalog.execute_batch("DELETE FROM look; DELETE FROM look_pack").unwrap();
    library
}

/// Brings the content back in two ways, and tells what a scan says of them.
fn comes_back(library: &TestLibrary) -> String {
    library.write(format!("{NEW}.webp"), lossless(&scene(1), ImageFormat::WebP));
    library.write("uploads/tea-small.jpg", small());
    library.tell("scan")
}

fn assert_recognized(library: &TestLibrary, how: &str) {
    let told = comes_back(library);
    assert!(told.contains("the same pixels"), "{told}");
    assert!(told.contains("256 bits of the look differ"), "{told}");
    assert!(told.contains(how), "{told}");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn expired_content_is_recognized() {
    let library = approved();
    library.run("expire 1 --reason 'the offer is over'").expect(ExitCode::Success);
    assert_recognized(&library, "expired");
}

#[test]
fn content_that_a_sweep_expired_is_recognized() {
    for saved in [false, true] {
        let library = approved();
        library.advance_days(150);
        if saved {
            library.run("sweep --save").expect(ExitCode::Success);
            library.run("sweep --apply --plan 1").expect(ExitCode::Success);
        } else {
            library.run("sweep").expect(ExitCode::Success);
            assert_eq!(looked_at(&library), (0, 0), "a plan looks at nothing");
            library.run("sweep --apply").expect(ExitCode::Success);
        }
        assert_recognized(&library, "expired");
    }
}

#[test]
fn withdrawn_content_is_recognized_whether_its_files_go_or_stay() {
    for line in ["withdraw 1 --reason unsafe", "withdraw 1 --reason unsafe --leave-files"] {
        let library = approved();
        library.run(line).expect(ExitCode::Success);
        assert_eq!(looked_at(&library), (1, 1), "{line}");
        assert_recognized(&library, "withdrawn");
    }
}

#[test]
fn a_takedown_names_what_is_served_with_the_same_pixels_or_look() {
    let library = rejected();
    comes_back(&library);
    library.write("uploads/other.jpg", jpeg(&scene(2), 70));
    library.run("reconsider 1 --reason 'once more'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("withdraw 1 --reason unsafe"), @"
    exit: 0
    withdrawn  #1 old-tea-tin.png  draft → withdrawn  (unsafe)
    quarantined  #1 old-tea-tin.png  withdrawn → quarantined (was withdrawn)
        1 file, 7877 bytes
        undo with `shelflife restore 1`
    Which pages break is not known: no source was read. See `shelflife references read`.
    Purge from caches:

    ASSET  URL
        1  /wp-content/uploads/old-tea-tin.png

    No address of the site is known: name it in `addresses` of the [site] section.
    Look at these too, they are still served:

    OF  ASSET  PATH              BECAUSE           NEXT
     1      2  new-tea-tin.webp  the same pixels   shelflife withdraw 2 --reason TEXT
     1      3  tea-small.jpg     it looks like it  shelflife withdraw 3 --reason TEXT

    Removed is not gone: once caches and pages were looked at, `shelflife withdraw --confirm 1 --note TEXT`
    2 changed, 3 rows, 1 URL to purge, 7877 bytes, 1 file, 2 look-alikes
    ");
}

#[test]
fn deleted_content_is_recognized_by_its_pixels_and_its_look() {
    let library = rejected();
    library.write("uploads/other.jpg", jpeg(&scene(2), 70));
    let config = std::fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&config.replace("# after_days = 90", "after_days = 7"));
    library.run("clean --apply").expect(ExitCode::Success);
    for day in 0..9 {
        library.advance_days(1);
        library.run("scan").expect(ExitCode::Success);
        if day == 7 {
            library.run("purge --mark").expect(ExitCode::Success);
        }
    }
    library.run("purge --apply --yes-delete 1 --reason old").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1, "state"), "purged (was rejected)");
    assert_recognized(&library, "rejected");
    assert_eq!(shown(&library, 3, "return_of"), "#1");
    library.run("reconsider 3 --reason 'another tin'").expect(ExitCode::Success);
    library.run(&format!("describe 3 4 {FULL}")).expect(ExitCode::Success);
    let told = library.tell("approve 3");
    assert!(told.contains("#1 has the same pixels and is rejected"), "{told}");
}

#[test]
fn a_renewal_is_refused_what_an_approval_is() {
    let library = approved();
    library.run("expire 1 --reason 'the offer is over'").expect(ExitCode::Success);
    comes_back(&library);
    library.run("reconsider 2 --reason 'a draft of another'").expect(ExitCode::Success);
    library.run("reject 2 --reason 'the tin is old'").expect(ExitCode::Success);
    let refused = library.run("renew 1 --expires-on 2026-12-31 --review-on 2026-12-01");
    let refused = refused.expect(ExitCode::No);
    assert!(refused.stdout.contains("#2 has the same pixels and is rejected"), "{refused}");
}

#[test]
fn a_dry_run_looks_at_nothing_for_the_record() {
    let library = library();
    library.run("reject 1 --reason x --dry-run").expect(ExitCode::Success);
    library.run("withdraw 1 --reason x --dry-run").expect(ExitCode::Success);
    assert_eq!(looked_at(&library), (0, 0));
}

#[test]
fn many_are_remembered_at_once() {
    let library = library();
    for seed in 2..14 {
        let image = shrunk(&scene(seed), 60);
        library.write(format!("uploads/many-{seed:02}.png"), lossless(&image, ImageFormat::Png));
    }
    library.run("scan").expect(ExitCode::Success);
    library.run("reject --state draft --reason x").expect(ExitCode::Success);
    for seed in 2..14 {
        library.write(format!("uploads/again-{seed:02}.jpg"), jpeg(&scene(seed), 80));
    }
    let told = library.tell("scan");
    assert_eq!(told.matches("of the look differ").count(), 12, "{told}");
}

#[test]
fn an_approved_original_with_rejected_bytes_is_told_as_the_draft_that_it_becomes() {
    let library = library();
    library.write(format!("{NEW}.png"), lossless(&scene(2), ImageFormat::Png));
    library.run("scan").expect(ExitCode::Success);
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    library.run("approve 2").expect(ExitCode::Success);
    library.run("reject 1 --reason 'the tin is old'").expect(ExitCode::Success);
    library.write(format!("{NEW}.png"), lossless(&scene(1), ImageFormat::Png));
    insta::assert_snapshot!(library.tell("scan"), @"
    exit: 0
    PATH             OF  WHICH IS  BECAUSE         RECORDED AS
    new-tea-tin.png   1  rejected  the same bytes  draft

    voided  #2 new-tea-tin.png  approved → draft  (the bytes of new-tea-tin.png changed after the approval)
    1 changed, 1 row, 1 file read, 2 files seen, 1 file written, 1 returned
    ");
}
