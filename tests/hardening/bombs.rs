//! Exports that are small or simple and would fill the memory of whoever believes them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::crash::say;
use crate::support::archives::{Member, archive, overlapping};
use crate::support::many::watched;
use crate::support::{split_words, wxr};

/// The most memory that a reader may have, in KiB.
const MOST: u64 = 128 * 1024;
const LONG: usize = 32 << 20;
const DEEP: usize = 1_000_000;

/// A name and the whole of each file.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let level = |level: u32| {
        let inner = format!("&l{};", level - 1).repeat(10);
        format!("<!ENTITY l{level} \"{inner}\">")
    };
    let laughs = (1..10).map(level).collect::<Vec<_>>().concat();
    let laughs = format!("<!DOCTYPE rss [<!ENTITY l0 \"ha\">{laughs}]><rss>&l9;</rss>");
    let entity = "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss>&x;</rss>";
    let twice = format!(
        "<!DOCTYPE rss [<!ENTITY a \"{}\">]><rss>{}</rss>",
        "a".repeat(100_000),
        "&a;".repeat(100_000)
    );
    let title = wxr::export(&format!(
        "<item><title><![CDATA[{}]]></title><wp:post_type>attachment</wp:post_type></item>",
        "long ".repeat(LONG / 5)
    ));
    let attribute = wxr::export(&format!("<item a=\"{}\"/>", "a".repeat(LONG)));
    let count = wxr::with_meta(&wxr::meta("_wp_attachment_metadata", "a:999999999:{i:0;"));
    let picture = Member::stored("tea.png", &vec![7; 100_000]);
    vec![
        ("laughs.xml", laughs.into_bytes()),
        ("entity.xml", entity.into()),
        ("twice.xml", twice.into_bytes()),
        ("nested.xml", wxr::export(&"<a>".repeat(DEEP)).into_bytes()),
        ("attribute.xml", attribute.into_bytes()),
        ("title.xml", title.into_bytes()),
        ("count.xml", count.into_bytes()),
        ("nested.json", "[".repeat(DEEP).into_bytes()),
        ("objects.json", format!("[{}", "{\"a\":".repeat(DEEP)).into_bytes()),
        ("text.json", format!("[{{\"id\":1,\"x\":\"{}\"", "a".repeat(LONG)).into_bytes()),
        ("cell.csv", format!("path,title\na.png,\"{}", "a".repeat(LONG)).into_bytes()),
        ("columns.csv", format!("path{}\n", ",a".repeat(DEEP)).into_bytes()),
        ("zeros.zip", archive(&[Member::deflated("bomb.png", &vec![0; 64 << 20])])),
        ("overlap.zip", overlapping(&picture, 1_000)),
    ]
}

/// What a check of the export ends with, the most memory it had in KiB, and what it said.
fn checked(folder: &Path, export: &Path) -> (Option<i32>, u64, String) {
    let said = fs::File::create(folder.join("said")).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_shelflife"))
        .env_clear()
        .env("HOME", folder)
        .args(split_words("check --without-catalog --format json"))
        .arg(export)
        .stdin(Stdio::null())
        .stderr(said.try_clone().unwrap())
        .stdout(said)
        .spawn()
        .unwrap();
    let (peak, status) = watched(child);
    let said = fs::read(folder.join("said")).unwrap();
    (status.code(), peak, String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn an_export_that_swells_is_refused_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (mut count, mut most) = (0, 0);
    for (name, bytes) in bombs() {
        let export = folder.path().join(name);
        fs::write(&export, bytes).unwrap();
        let (code, peak, said) = checked(folder.path(), &export);
        let told: String = said.chars().take(600).collect();
        assert!(matches!(code, Some(1 | 2 | 3 | 65)), "{name} ended with {code:?}: {told}");
        assert!(peak <= MOST, "{name} took {peak} KiB");
        assert!(!said.contains("root:"), "{name}: {told}");
        fs::remove_file(&export).unwrap();
        (count, most) = (count + 1, most.max(peak));
    }
    say(&format!("hardening: {count} exports that swell, all refused, in {most} KiB at most"));
}
