//! Ways in which something that may not ship could slip through, and what `check` says of each.

use std::fs;

use shelflife::exit::ExitCode;

use super::{GOOD_ALT, shop, site, told};
use crate::support::TestLibrary;
use crate::support::archives::{Member, archive};
use crate::support::pictures::png;
use crate::support::scanned::{FULL, picture};
use crate::support::wxr::{export, meta};

/// An approved, a withdrawn and a rejected picture, each with a size of its own.
fn gallery() -> TestLibrary {
    let library = TestLibrary::new();
    for name in ["tea-tin-open", "tea-tin-unsafe", "tea-tin-old"] {
        library.write(format!("uploads/{name}.png"), png((60, 40), name.as_bytes()));
        library.write(format!("uploads/{name}-30x20.png"), png((30, 20), name.as_bytes()));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe --under tea-tin {FULL}")).expect(ExitCode::Success);
    library.run("approve tea-tin-open.png").expect(ExitCode::Success);
    library
        .run("withdraw --leave-files tea-tin-unsafe.png --reason 'wrong claim'")
        .expect(ExitCode::Success);
    library.run("reject tea-tin-old.png --reason 'off brand'").expect(ExitCode::Success);
    library
}

fn ship(library: &TestLibrary, from: &str, to: &str) {
    let bytes = fs::read(library.path(format!("uploads/{from}"))).unwrap();
    library.write(format!("ship/{to}"), bytes);
}

/// The codes that are told of what lies in `ship`, after which it is empty again.
fn shipped(library: &TestLibrary) -> Vec<String> {
    let (code, found) = told(library, "check ship");
    let decided = if found.is_empty() { ExitCode::Success } else { ExitCode::No };
    assert_eq!(code, decided, "{found:?}");
    #[expect(clippy::disallowed_methods, reason = "the scene is cleared")]
    fs::remove_dir_all(library.path("ship")).unwrap();
    found
}

#[test]
fn a_size_of_what_was_ended_is_known_by_its_bytes_under_any_name() {
    let library = gallery();
    for name in ["tea-tin-open-30x20.png", "garden-in-spring.png", "tea-tin-open-15x10.png"] {
        ship(&library, "tea-tin-unsafe-30x20.png", name);
        let found = shipped(&library);
        assert!(found.iter().any(|told| told.ends_with("SL705")), "{name}: {found:?}");
        ship(&library, "tea-tin-old-30x20.png", name);
        let found = shipped(&library);
        assert!(found.iter().any(|told| told.ends_with("SL703")), "{name}: {found:?}");
    }
    ship(&library, "tea-tin-open-30x20.png", "tea-tin-open-30x20.png");
    assert_eq!(shipped(&library), Vec::<String>::new());
}

#[test]
fn the_name_of_a_size_vouches_for_no_bytes() {
    let library = gallery();
    library.write("ship/tea-tin-open-15x10.png", png((15, 10), b"made elsewhere"));
    assert_eq!(shipped(&library), ["tea-tin-open-15x10.png SL709"]);
}

#[test]
fn two_approved_pictures_in_each_others_place_are_found() {
    let library = TestLibrary::scanned(&["tea-tin-green.png", "tea-tin-red.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe --under tea-tin {FULL}")).expect(ExitCode::Success);
    library.run("approve tea-tin-green.png tea-tin-red.png").expect(ExitCode::Success);
    ship(&library, "tea-tin-green.png", "tea-tin-red.png");
    ship(&library, "tea-tin-red.png", "tea-tin-green.png");
    assert_eq!(shipped(&library), ["tea-tin-green.png SL709", "tea-tin-red.png SL709"]);
}

#[test]
fn a_copy_that_was_withdrawn_as_unsafe_stops_the_approved_one() {
    let library = TestLibrary::new();
    for name in ["tea-tin-copy.png", "tea-tin-open.png"] {
        library.write(format!("uploads/{name}"), picture(1));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe --under tea-tin {FULL}")).expect(ExitCode::Success);
    library.set_severity("warning", &["SL609"]);
    library.run("approve tea-tin-open.png").expect(ExitCode::Success);
    ship(&library, "tea-tin-open.png", "tea-tin-open.png");
    library.run("reject tea-tin-copy.png --reason duplicate").expect(ExitCode::Success);
    assert_eq!(shipped(&library), Vec::<String>::new(), "a copy too many is no danger");
    library
        .run("withdraw --leave-files tea-tin-copy.png --reason unsafe")
        .expect(ExitCode::Success);
    ship(&library, "tea-tin-open.png", "tea-tin-open.png");
    assert!(shipped(&library).contains(&"tea-tin-open.png SL705".to_owned()));
}

#[test]
fn of_any_number_of_copies_the_worst_counts() {
    let library = TestLibrary::new();
    for number in 10..40 {
        library.write(format!("uploads/tea-tin-{number}.png"), picture(1));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.run("withdraw --leave-files tea-tin-39.png --reason unsafe").expect(ExitCode::Success);
    ship(&library, "tea-tin-10.png", "garden-in-spring.png");
    assert!(shipped(&library).contains(&"garden-in-spring.png SL705".to_owned()));
}

/// The metadata of an attachment with one size, as WordPress serializes it.
fn with_size(file: &str, size: &str) -> String {
    let text = |text: &str| format!("s:{}:\"{text}\";", text.len());
    let size = format!("a:1:{{{}a:1:{{{}{}}}}}", text("medium"), text("file"), text(size));
    let serialized = format!("a:2:{{{}{}{}{size}}}", text("file"), text(file), text("sizes"));
    meta("_wp_attachment_metadata", &serialized)
}

#[test]
fn every_file_that_an_entry_names_is_looked_up() {
    let library = gallery();
    let alt = meta("_wp_attachment_image_alt", GOOD_ALT);
    let file = meta("_wp_attached_file", "tea-tin-open.png");
    let url = "<wp:attachment_url>https://shop.example/wp-content/uploads/tea-tin-unsafe.png\
               </wp:attachment_url>";
    let original = "a:1:{s:14:\"original_image\";s:18:\"tea-tin-unsafe.png\";}";
    for (name, says) in [
        ("address", url.to_owned()),
        ("size", with_size("tea-tin-open.png", "tea-tin-unsafe-30x20.png")),
        ("original", meta("_wp_attachment_metadata", original)),
    ] {
        let item = format!("<item>{file}{alt}{says}<wp:post_type>attachment</wp:post_type></item>");
        library.write("site.xml", export(&item));
        let (code, found) = told(&library, "check site.xml");
        assert!(found.iter().any(|told| told.ends_with("SL705")), "{name}: {found:?}");
        assert_eq!(code, ExitCode::No);
    }
}

#[test]
fn the_text_of_the_locale_that_is_asked_for_may_not_be_missing() {
    let library = shop();
    library.write("site.xml", site(&[(1, "tea-tin-open.png", None)]));
    let missing = vec!["tea-tin-open.png SL201".to_owned()];
    for locale in ["en", "de", "pt-BR"] {
        let (_, found) = told(&library, &format!("check site.xml --locale {locale}"));
        assert_eq!(found, missing, "{locale}");
    }
    library.remove_variable("SHELFLIFE_CONFIG");
    library.write("site.xml", site(&[(1, "tea.png", Some("Eine grüne Teedose auf dem Tisch"))]));
    let line = "check site.xml --without-catalog --locale de";
    assert_eq!(told(&library, line), (ExitCode::Success, Vec::new()));
}

#[test]
fn a_baseline_accepts_the_bytes_that_were_there_and_no_others() {
    let library = shop();
    library.write("ship/tea-tin-open.png", picture(200));
    library.write("ship/garden-in-spring.png", picture(201));
    let made = library.run("check ship --to-baseline --until +4w").expect(ExitCode::Success);
    library.write("baseline.jsonl", &made.stdout);
    library.run("check ship --baseline baseline.jsonl").expect(ExitCode::Success);
    for name in ["tea-tin-open.png", "garden-in-spring.png"] {
        let before = fs::read(library.path(format!("ship/{name}"))).unwrap();
        library.write(format!("ship/{name}"), picture(202));
        library.run("check ship --baseline baseline.jsonl").expect(ExitCode::No);
        library.write(format!("ship/{name}"), before);
    }
    let forged = made.stdout.replace("garden", "meadow");
    library.write("baseline.jsonl", forged);
    let run = library.run("check ship --baseline baseline.jsonl").expect(ExitCode::Usage);
    assert!(run.stderr.contains("its fingerprint is not that of"), "{run}");
}

#[test]
fn a_new_size_changes_no_fingerprint() {
    let library = gallery();
    library.run("reconsider tea-tin-old.png --reason again").expect(ExitCode::Success);
    ship(&library, "tea-tin-old.png", "tea-tin-old.png");
    let made = library.run("check ship --to-baseline --until +4w").expect(ExitCode::Success);
    library.write("baseline.jsonl", &made.stdout);
    ship(&library, "tea-tin-old-30x20.png", "tea-tin-old-30x20.png");
    library.run("check ship --baseline baseline.jsonl").expect(ExitCode::Success);
}

#[test]
fn a_copy_of_a_snapshot_is_as_old_as_the_snapshot() {
    let library = shop();
    library.write("site.xml", site(&[(1, "tea-tin-open.png", Some(GOOD_ALT))]));
    library.run("backup old.db").expect(ExitCode::Success);
    library.advance_days(30);
    library.run("--catalog old.db backup new.db").expect(ExitCode::Success);
    library.run("check site.xml --catalog new.db").expect(ExitCode::Guard);
    library.run("check site.xml --catalog new.db --max-age 31d").expect(ExitCode::Success);
}

#[test]
fn a_catalog_that_nobody_named_is_missed() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    library.write("site.xml", site(&[(1, "tea-tin-open.png", Some(GOOD_ALT))]));
    let missed = vec!["- SL724".to_owned()];
    assert_eq!(told(&library, "check site.xml"), (ExitCode::Success, missed.clone()));
    assert_eq!(told(&library, "check site.xml --fail-on warning"), (ExitCode::No, missed));
    let meant = told(&library, "check site.xml --without-catalog --fail-on note");
    assert_eq!(meant, (ExitCode::Success, Vec::new()));
}

#[test]
fn a_day_through_which_an_asset_may_be_used_is_within_its_time() {
    let library = shop();
    library.write("site.xml", site(&[(5, "tea-tin-sale.png", Some(GOOD_ALT))]));
    assert_eq!(told(&library, "check site.xml --within 2026-03-20").0, ExitCode::Success);
    let ends = vec!["tea-tin-sale.png SL708".to_owned()];
    assert_eq!(told(&library, "check site.xml --within 2026-03-21"), (ExitCode::No, ends));
}

#[test]
fn a_picture_is_an_export_of_one_item() {
    let library = shop();
    ship(&library, "tea-tin-red.png", "tea-tin-red.png");
    let draft = vec!["tea-tin-red.png SL702".to_owned()];
    assert_eq!(told(&library, "check ship/tea-tin-red.png"), (ExitCode::No, draft));
    // A picture stays one, whatever is written into it.
    let mut picture = picture(7);
    picture.extend_from_slice(b"<rss xmlns:wp=\"http://wordpress.org/export/1.2/\">");
    library.write("ship/garden-in-spring.png", picture);
    let unknown = vec!["garden-in-spring.png SL701".to_owned()];
    assert_eq!(told(&library, "check ship/garden-in-spring.png"), (ExitCode::No, unknown));
    library.write("ship/tea-tin-cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0");
    let (code, found) = told(&library, "check ship/tea-tin-cut.png --without-catalog");
    assert_eq!(code, ExitCode::No);
    assert!(found.iter().any(|told| told.starts_with("tea-tin-cut.png SL6")), "{found:?}");
}

#[test]
fn an_archive_in_which_a_bad_picture_is_a_size_does_not_pass() {
    let library = gallery();
    let bytes = fs::read(library.path("uploads/tea-tin-unsafe-30x20.png")).unwrap();
    let members = [Member::deflated("tea-tin-open-30x20.png", &bytes)];
    library.write("ship.zip", archive(&members));
    let (code, found) = told(&library, "check ship.zip");
    assert_eq!(code, ExitCode::No);
    assert!(found.iter().any(|told| told.ends_with("SL705")), "{found:?}");
}
