//! An approval is bound to the pixels: the same picture in other bytes keeps it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

use rusqlite::Connection;
use serde_json::{Value, json};
use shelflife::catalog::FolderChange;
use shelflife::domain::asset::{AssetId, Digest};
use shelflife::domain::group::Group;
use shelflife::domain::intake::plan_folder;
use shelflife::domain::lifecycle::State;
use shelflife::exit::ExitCode;
use shelflife::media::pixels;

use crate::support::pictures::png;
use crate::support::scanned::{FULL, picture};
use crate::support::{TestLibrary, shared};

const ORIGINAL: &str = "uploads/green-tea-tin.png";

/// A library with one described draft.
fn described() -> TestLibrary {
    let library = TestLibrary::scanned(&["green-tea-tin.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library
}

/// A library with one approved asset.
fn approved() -> TestLibrary {
    let library = described();
    library.run("approve 1").expect(ExitCode::Success);
    library
}

/// The pixels of [`picture`], packed in another way and with a text, if there is one.
fn repacked(shade: u8, packing: png::Compression, text: Option<&str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 8, 6);
    encoder.set_compression(packing);
    if let Some(text) = text {
        encoder.add_text_chunk("Comment".to_owned(), text.to_owned()).unwrap();
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[shade; 48]).unwrap();
    writer.finish().unwrap();
    bytes
}

fn stored(shade: u8) -> Vec<u8> {
    repacked(shade, png::Compression::NoCompression, None)
}

fn webp(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
    encoder.encode(&[shade; 48 * 3], 8, 6, image::ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// The payload of the newest entry of a kind.
fn newest(library: &TestLibrary, kind: &str) -> Value {
    let entries = library.audit_entries();
    let entry = entries.iter().rev().find(|entry| entry.kind == kind).unwrap();
    serde_json::from_str(&entry.payload).unwrap()
}

fn shown(library: &TestLibrary) -> Value {
    library.run("show 1 --format json").json()["items"][0]["fields"]["pixel_hash"].clone()
}

/// How many pictures were looked at.
fn looks(library: &TestLibrary) -> i64 {
    let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
    catalog.query_row("SELECT count(*) FROM look", [], |row| row.get(0)).unwrap()
}

fn hash_of(bytes: &[u8]) -> Option<String> {
    pixels(&mut Cursor::new(bytes)).pixels.map(|hash| hash.to_string())
}

#[test]
fn the_same_pixels_in_other_bytes_keep_an_approval() {
    let library = approved();
    library.write(ORIGINAL, stored(0));
    insta::assert_snapshot!(library.tell("scan"), @"
    exit: 0
    recorded  #1 green-tea-tin.png  other bytes with the same pixels; the approval stays
    1 edited, 1 file read, 1 file seen, 1 file written
    ");
    let asset = library.asset(1);
    assert_eq!(asset.state, State::Approved);
    let digest = asset.digest.to_string();
    assert_eq!(newest(&library, "asset.original")["sha256"], digest);
    let approval = newest(&library, "asset.approve");
    assert_eq!(
        newest(&library, "asset.keep"),
        json!({
            "by": "olga", "reason": "same pixels", "pixels": hash_of(&picture(0)),
            "sha256": digest, "sha256_was": approval["sha256"],
            "row": newest(&library, "asset.keep")["row"],
        })
    );
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    let history = library.run("history 1").stdout;
    assert!(history.contains("asset keep") && history.contains("same pixels"), "{history}");
    insta::assert_snapshot!(library.tell("scan --full"), @"
    exit: 0
    1 file read, 1 file seen
    ");
}

#[test]
fn an_approval_outlives_every_lossless_rewriting_one_after_the_other() {
    let library = approved();
    for (name, bytes) in [
        ("stored", stored(0)),
        ("small", repacked(0, png::Compression::High, None)),
        ("with a text", repacked(0, png::Compression::High, Some("optimized"))),
        ("with another text", repacked(0, png::Compression::High, Some("and once more"))),
        ("as WebP", webp(0)),
        ("as it was", picture(0)),
    ] {
        library.advance_days(1);
        library.write(ORIGINAL, &bytes);
        library.run("scan").expect(ExitCode::Success);
        assert_eq!(library.asset(1).state, State::Approved, "{name}");
        assert_eq!(shown(&library), json!(hash_of(&picture(0))), "{name}");
    }
    let kept = library.audit_entries().into_iter().filter(|entry| entry.kind == "asset.keep");
    assert_eq!(kept.count(), 6);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

/// The approved picture with one pixel a shade lighter.
fn one_pixel_lighter() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::new(&mut bytes, 8, 6).write_header().unwrap();
    let mut samples = [0; 48];
    samples[47] = 1;
    writer.write_image_data(&samples).unwrap();
    writer.finish().unwrap();
    bytes
}

#[test]
fn other_pixels_and_unknown_ones_void_an_approval() {
    for (name, bytes) in [
        ("one pixel", one_pixel_lighter()),
        ("another picture", stored(1)),
        ("cut off", stored(0)[..60].to_vec()),
        ("no picture", b"<?php echo 1;".to_vec()),
        ("nothing", Vec::new()),
    ] {
        let library = approved();
        library.write(ORIGINAL, bytes);
        let run = library.run("scan").expect(ExitCode::Success);
        assert!(run.stdout.contains("voided  #1 green-tea-tin.png"), "{name}: {}", run.stdout);
        assert_eq!(library.asset(1).state, State::Draft, "{name}");
        let void = newest(&library, "asset.void");
        let why = "the bytes of green-tea-tin.png changed after the approval";
        assert_eq!(void["reason"], why, "{name}");
        assert_eq!(shown(&library), Value::Null, "{name}");
        library.run("audit verify --replay").expect(ExitCode::Success);
    }
}

/// A scan has read the other bytes when the draft is approved, and writes them down afterwards.
#[test]
fn an_approval_amid_a_scan_is_not_for_the_bytes_that_the_scan_found() {
    let library = described();
    let mut catalog = library.open_to_write();
    let known = catalog.files_in(1, b"", library.now()).unwrap();
    let mut found = known[0].found.clone();
    found.digest = Digest([7; 32]);
    let group = Group {
        original: found.name.clone(),
        members: Vec::new(),
        attachments: Vec::new(),
        asset: Some(AssetId(1)),
    };
    let plan = plan_folder(&[found], &known, (&[group], &[]), &BTreeMap::new());
    library.run("approve 1").expect(ExitCode::Success);
    let change = FolderChange { root: 1, folder: Vec::new(), plan };
    let counts = catalog.record_intake(&[change]).unwrap();
    assert_eq!(counts.voided.len(), 1);
    let asset = library.asset(1);
    assert_eq!((asset.state, asset.digest), (State::Draft, Digest([7; 32])));
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn a_picture_that_cannot_be_decoded_loses_its_approval_with_any_change() {
    let library = TestLibrary::new();
    let drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='6'/>";
    library.write("uploads/green-tea-tin.svg", drawing);
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    assert_eq!((looks(&library), shown(&library)), (1, Value::Null));
    assert_eq!(newest(&library, "asset.approve").get("pixels"), None);
    library.write("uploads/green-tea-tin.svg", format!("{drawing}\n"));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(1).state, State::Draft);
}

#[test]
fn an_approval_that_could_not_see_the_approved_bytes_is_voided_by_any_change() {
    for meanwhile in [None, Some(stored(0))] {
        let library = described();
        match &meanwhile {
            None => fs::remove_file(library.path(ORIGINAL)).unwrap(),
            Some(other) => drop(library.write(ORIGINAL, other)),
        }
        library.run("approve 1").expect(ExitCode::Success);
        assert_eq!((looks(&library), shown(&library)), (0, Value::Null));
        library.write(ORIGINAL, stored(0));
        library.run("scan").expect(ExitCode::Success);
        assert_eq!(library.asset(1).state, State::Draft);
    }
}

#[test]
fn only_what_is_approved_is_looked_at() {
    let library = described();
    library.write(ORIGINAL, stored(0));
    library.run("scan").expect(ExitCode::Success);
    library.run("approve 1 --dry-run").expect(ExitCode::Success);
    assert_eq!((looks(&library), shown(&library)), (0, Value::Null));
    library.run("approve 1").expect(ExitCode::Success);
    assert_eq!((looks(&library), shown(&library)), (1, json!(hash_of(&picture(0)))));
    assert_eq!(newest(&library, "asset.approve")["pixels"], shown(&library));
}

#[test]
fn a_renewal_sees_the_pixels_too() {
    let library = approved();
    let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
    catalog.execute("DELETE FROM look", []).unwrap();
    library.run("audit verify --replay").expect(ExitCode::Success);
    library.run("renew 1 --expires-on 2026-08-31").expect(ExitCode::Success);
    assert_eq!(newest(&library, "asset.renew")["pixels"], json!(hash_of(&picture(0))));
    library.write(ORIGINAL, stored(0));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(1).state, State::Approved);
}

#[test]
fn a_rendition_with_other_bytes_voids_although_the_original_shows_the_same() {
    let library = TestLibrary::new();
    library.write("uploads/tea-tin.png", png((60, 40), b"one"));
    library.write("uploads/tea-tin-30x20.png", png((30, 20), b"one"));
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.write("uploads/tea-tin.png", png((60, 40), b"two"));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(1).state, State::Approved);
    library.write("uploads/tea-tin.png", png((60, 40), b"three"));
    library.write("uploads/tea-tin-30x20.png", png((30, 20), b"three"));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(1).state, State::Draft);
    let kept = library.audit_entries().into_iter().filter(|entry| entry.kind == "asset.keep");
    assert_eq!(kept.count(), 1);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

/// Every file beneath a folder.
fn files_in(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).collect()
}

#[test]
fn a_file_has_a_hash_only_if_its_format_is_decoded_and_it_is_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/embedded");
    for file in files_in(&folder) {
        // Of the JPEG, the WebP and the GIF there is no more than a header and what they claim.
        let is_whole = file.ends_with("tea.png");
        let hash = hash_of(&fs::read(&file).unwrap());
        assert_eq!(hash.is_some(), is_whole, "{}", file.display());
    }
}

/// Larger pictures are whole ones that take their time.
const LARGE: usize = 256 * 1024;

#[test]
fn no_picture_of_the_corpus_stops_the_program() {
    for folder in ["data/corpus/robustness", "data/corpus/images"] {
        let Some(folder) = shared(folder) else { continue };
        let files = files_in(&folder);
        assert!(!files.is_empty());
        for file in files {
            let bytes = fs::read(&file).unwrap();
            if bytes.len() <= LARGE {
                let _any_answer_will_do = hash_of(&bytes);
            }
        }
    }
}
