//! Exports that are small or simple and would fill the memory of whoever believes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::crash::say;
use crate::disks::has;
use crate::support::archives::{Member, archive, overlapping};
use crate::support::many::{Used, watched};
use crate::support::{skip, split_words, wxr};

/// The most memory that a reader may have, in KiB.
const MOST: u64 = 128 * 1024;
/// The longest that it may work, also where nothing is optimized.
const LONGEST: Duration = Duration::from_secs(5);
const LONG: usize = 32 << 20;
const DEEP: usize = 1_000_000;

/// What no reader of an export may look into.
const SECRET: &str = "nobody-asked-for-this";

/// An export, what a check of it ends with, and words of what it says.
struct Bomb {
    name: &'static str,
    code: i32,
    told: &'static str,
    bytes: Vec<u8>,
}

/// One whose structure is refused.
fn refused(name: &'static str, told: &'static str, bytes: impl Into<Vec<u8>>) -> Bomb {
    Bomb { name, code: 2, told, bytes: bytes.into() }
}

/// One whose structure is in order, and whose only entry is not.
fn judged(name: &'static str, told: &'static str, bytes: impl Into<Vec<u8>>) -> Bomb {
    Bomb { name, code: 1, told, bytes: bytes.into() }
}

fn bombs_of_markup(folder: &Path) -> Vec<Bomb> {
    const DOCTYPE: &str = "a document type declaration is refused";
    let level = |level: u32| {
        let inner = format!("&l{};", level - 1).repeat(10);
        format!("<!ENTITY l{level} \"{inner}\">")
    };
    let laughs = (1..10).map(level).collect::<Vec<_>>().concat();
    let laughs = format!("<!DOCTYPE rss [<!ENTITY l0 \"ha\">{laughs}]><rss>&l9;</rss>");
    let secret = folder.join("secret");
    let entity = format!(
        "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file://{}\">]><rss>&x;</rss>",
        secret.display()
    );
    let remote = "<!DOCTYPE rss [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x\"> %x;]><rss>&x;</rss>";
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
    vec![
        refused("laughs.xml", DOCTYPE, laughs),
        refused("entity.xml", DOCTYPE, entity),
        refused("remote.xml", DOCTYPE, remote),
        refused("twice.xml", DOCTYPE, twice),
        refused("nested.xml", "nested more than 64 deep", wxr::export(&"<a>".repeat(DEEP))),
        refused("attribute.xml", "not well-formed", attribute),
        judged("title.xml", "`title` is longer than 1048576 bytes and was cut", title),
        judged("count.xml", "is not readable: its lengths do not fit its contents", count),
    ]
}

fn bombs_of_values() -> Vec<Bomb> {
    const CUT: &str = "the item is cut off at the end of the file";
    let picture = Member::stored("tea.png", &vec![7; 100_000]);
    vec![
        refused("nested.json", CUT, "[".repeat(DEEP)),
        refused("objects.json", CUT, format!("[{}", "{\"a\":".repeat(DEEP))),
        refused("text.json", CUT, format!("[{{\"id\":1,\"x\":\"{}\"", "a".repeat(LONG))),
        refused(
            "cell.csv",
            "the row is longer than",
            format!("path,title\na.png,\"{}", "a".repeat(LONG)),
        ),
        refused("columns.csv", "the export has no entries", format!("path{}\n", ",a".repeat(DEEP))),
        refused(
            "zeros.zip",
            "the member would grow from",
            archive(&[Member::deflated("bomb.png", &vec![0; 64 << 20])]),
        ),
        judged(
            "overlap.zip",
            "members lie on top of each other; nothing after this one is read",
            overlapping(&picture, 1_000),
        ),
    ]
}

/// Exports of every kind in which there is nothing to find.
fn harmless() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("harmless.xml", wxr::export(&wxr::attachment(1)).into_bytes()),
        ("harmless.json", b"[{\"id\":1}]".to_vec()),
        ("harmless.csv", b"path,title\na.png,A\n".to_vec()),
        ("harmless.zip", archive(&[Member::stored("tea.png", b"tea")])),
    ]
}

/// A folder with something beside the exports that they might be after, and all of them.
fn laid_out() -> (tempfile::TempDir, Vec<Bomb>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), SECRET).unwrap();
    let mut bombs = bombs_of_markup(folder.path());
    bombs.extend(bombs_of_values());
    for bomb in &mut bombs {
        fs::write(folder.path().join(bomb.name), std::mem::take(&mut bomb.bytes)).unwrap();
    }
    (folder, bombs)
}

fn check(folder: &Path, words: &[&str], export: &str) -> Command {
    let mut command = Command::new(words[0]);
    command.env_clear().env("HOME", folder).env("PATH", std::env::var_os("PATH").unwrap());
    command.args(&words[1..]).args(split_words("check --without-catalog --format json"));
    command.arg(folder.join(export)).stdin(Stdio::null());
    command
}

/// What a check of the export used, and what it said.
fn checked(folder: &Path, export: &str) -> (Used, String) {
    let said = fs::File::create(folder.join("said")).unwrap();
    let mut check = check(folder, &[env!("CARGO_BIN_EXE_shelflife")], export);
    let child = check.stderr(said.try_clone().unwrap()).stdout(said).spawn().unwrap();
    let used = watched(child, LONGEST);
    let said = fs::read(folder.join("said")).unwrap();
    (used, String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn an_export_that_swells_is_refused_soon_and_in_little_memory() {
    let (folder, bombs) = laid_out();
    let (mut most, mut longest) = (0, Duration::ZERO);
    for Bomb { name, code, told, .. } in &bombs {
        let (used, said) = checked(folder.path(), name);
        let begins: String = said.chars().take(600).collect();
        let Used { memory, time, status } = used;
        assert!(time <= LONGEST, "{name} was at it for {time:?}: {begins}");
        assert_eq!(status.code(), Some(*code), "{name}: {begins}");
        assert!(memory <= MOST, "{name} took {memory} KiB");
        assert!(said.contains(told), "{name}: {begins}");
        assert!(!said.contains(SECRET), "{name}: {begins}");
        (most, longest) = (most.max(memory), longest.max(time));
    }
    say(&format!(
        "hardening: {} exports that swell, all refused, in {most} KiB and {} ms at most",
        bombs.len(),
        longest.as_millis()
    ));
}

/// The paths of what a check of the export tried to open. It asks for no connection.
fn opened(folder: &Path, export: &str) -> BTreeSet<String> {
    let trace = folder.join("trace");
    let calls = "trace=%network,open,openat,openat2,creat,execve";
    let strace = ["strace", "-f", "-qq", "-e", calls, "-o", trace.to_str().unwrap()];
    let words: Vec<_> = strace.into_iter().chain([env!("CARGO_BIN_EXE_shelflife")]).collect();
    check(folder, &words, export).output().unwrap();
    let trace = fs::read_to_string(trace).unwrap();
    for call in ["socket(", "connect(", "sendto("] {
        assert!(!trace.contains(call), "{export}: {trace}");
    }
    let paths = trace.lines().filter_map(|line| Some(line.split('"').nth(1)?.to_owned()));
    let mut paths: BTreeSet<_> = paths.collect();
    let own = folder.join(export).to_str().unwrap().to_owned();
    assert!(paths.remove(&own), "{export} was not opened: {trace}");
    paths
}

#[test]
fn of_an_export_that_names_others_it_is_the_only_one_that_is_opened() {
    if !has("strace") {
        skip::<()>("there is no strace");
        return;
    }
    let (folder, bombs) = laid_out();
    let mut always = BTreeSet::new();
    for (name, bytes) in harmless() {
        fs::write(folder.path().join(name), bytes).unwrap();
        always.extend(opened(folder.path(), name));
    }
    for Bomb { name, .. } in &bombs {
        let more: Vec<_> = opened(folder.path(), name).difference(&always).cloned().collect();
        assert_eq!(more, [""; 0], "{name}");
    }
    say(&format!(
        "hardening: {} exports that swell opened no other file, no connection",
        bombs.len()
    ));
}
