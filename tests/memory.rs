//! Readers of exports need the same memory for ten times the export.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::archives::{Member, archive};
use crate::support::many::{Used, watched};
use crate::support::{TestLibrary, wxr};

const FEW: u32 = 1_500;
const MANY: u32 = 10 * FEW;
/// What may come on top for ten times as much: allocators do not give everything back.
const SLACK_KIB: u64 = 4 * 1024;
const NOISE: &str = "Made for the spring campaign. ";

/// The most memory that the program had while it read the export, in KiB.
fn peak(library: &TestLibrary, kind: &str, export: &Path) -> u64 {
    let child = Command::new(env!("CARGO_BIN_EXE_shelflife"))
        .env_clear()
        .env("SHELFLIFE_CONFIG", library.path("shelflife.toml"))
        .env("HOME", library.path("home"))
        .env("SHELFLIFE_ACTOR", "olga")
        .args(["import", kind, "--dry-run", "--format", "json"])
        .arg(export)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let Used { memory, status, .. } = watched(child, Duration::from_mins(2));
    assert!(status.success(), "{kind}: {status}");
    assert!(memory > 0);
    memory
}

/// Writes an export of so many attachments.
type Writer = fn(u32, &mut dyn Write);

fn write_wxr(count: u32, out: &mut dyn Write) {
    let empty = wxr::export("");
    let (head, tail) = empty.split_at(empty.find("</channel>").unwrap());
    out.write_all(head.as_bytes()).unwrap();
    for id in 1..=count {
        let item = wxr::attachment(id).replace(&format!("About {id}"), &NOISE.repeat(20));
        out.write_all(item.as_bytes()).unwrap();
    }
    out.write_all(tail.as_bytes()).unwrap();
}

/// On one line, as WordPress sends it.
fn write_json(count: u32, out: &mut dyn Write) {
    for id in 1..=count {
        let open = if id == 1 { '[' } else { ',' };
        let text = NOISE.repeat(20);
        write!(
            out,
            "{open}{{\"id\":{id},\"title\":{{\"raw\":\"Picture {id}\"}},\"alt_text\":\"A tin\",\
             \"description\":{{\"raw\":\"{text}\"}},\"media_details\":{{\"file\":\"2026/01/{id}.jpg\",\
             \"sizes\":{{\"medium\":{{\"file\":\"{id}-300x200.jpg\",\"width\":300}}}}}}}}"
        )
        .unwrap();
    }
    out.write_all(b"]").unwrap();
}

fn write_csv(count: u32, out: &mut dyn Write) {
    out.write_all(b"ID,post_title,post_content,_wp_attached_file\n").unwrap();
    for id in 1..=count {
        writeln!(out, "{id},Picture {id},\"{}\",2026/01/{id}.jpg", NOISE.repeat(20)).unwrap();
    }
}

/// Many small members, and an export.
fn write_zip(count: u32, out: &mut dyn Write) {
    let mut page = Vec::new();
    write_json(count, &mut page);
    let media =
        (1..=count).map(|id| Member::stored(&format!("2026/01/{id}.jpg"), NOISE.as_bytes()));
    let members: Vec<_> = media.chain([Member::deflated("media.json", &page)]).collect();
    out.write_all(&archive(&members)).unwrap();
}

#[test]
fn an_export_of_ten_times_the_size_needs_the_same_memory() {
    let library = TestLibrary::scanned(&["tea.png"]);
    let kinds: [(&str, Writer); 4] =
        [("wxr", write_wxr), ("rest", write_json), ("csv", write_csv), ("rest", write_zip)];
    for (kind, write) in kinds {
        let [few, many] = [FEW, MANY].map(|count| {
            let path = library.path(format!("export-{count}"));
            let mut out = BufWriter::new(File::create(&path).unwrap());
            write(count, &mut out);
            out.into_inner().unwrap();
            (std::fs::metadata(&path).unwrap().len(), peak(&library, kind, &path))
        });
        assert!(many.0 > 8 << 20 || kind != "wxr", "the export is big enough to tell");
        assert!(many.1 < few.1 + SLACK_KIB, "{kind}: {few:?} and {many:?} bytes and KiB");
    }
}
