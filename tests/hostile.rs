//! A library whose names and files were made to do harm.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use shelflife::domain::text::printable;

use crate::support::{TestLibrary, shared, skip};

/// A small generated library with every odd name and broken file the generator knows.
fn library() -> Option<TestLibrary> {
    let generator = shared("tools/gen_library.py")?;
    let library = TestLibrary::new();
    let made = Command::new("python3")
        .arg(generator)
        .arg(library.path("made"))
        .args(["--originals", "60", "--pool", "4", "--hostile", "--fifo"])
        .output();
    match made {
        Ok(made) if made.status.success() => Some(library),
        Ok(made) => skip(&String::from_utf8_lossy(&made.stderr)),
        Err(error) => skip(&error.to_string()),
    }
}

/// What lstat says of everything beneath a folder, without the marker.
fn tree(folder: &Path) -> BTreeMap<PathBuf, (u32, u64, u64, i64)> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let entries = entries.filter(|entry| entry.file_name() != ".shelflife-root");
    let entries = entries.filter(|entry| entry.path() != folder);
    entries
        .map(|entry| {
            let m = entry.metadata().unwrap();
            (entry.into_path(), (m.mode(), m.ino(), m.size(), m.mtime()))
        })
        .collect()
}

fn paths_in(report: &Value, wanted: &str) -> BTreeSet<String> {
    let items = report["items"].as_array().unwrap().iter();
    let rows = items.filter(|item| item["kind"] == wanted);
    rows.map(|item| item["fields"]["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_odd_name_is_catalogued_or_reported_and_nothing_is_touched() {
    let Some(library) = library() else { return };
    let uploads = library.path("made/uploads");
    let before = tree(&uploads);
    library.run("init --root made/uploads --catalog state/catalog.db");
    let scan = library.run("scan --format json");
    let report = scan.json();
    let mut known = paths_in(&report, "left alone");
    known.extend(paths_in(&report, "ambiguous"));
    for item in report["items"].as_array().unwrap() {
        known.extend(item["what"].as_str().map(str::to_owned));
    }
    let shown = library.run("show --under hostile/ --format json").json();
    for asset in shown["items"].as_array().unwrap() {
        for file in asset["fields"]["files"].as_array().unwrap() {
            known.insert(file["path"].as_str().unwrap().to_owned());
        }
    }
    let mut odd = 0;
    for path in before.keys().filter(|path| path.starts_with(uploads.join("hostile"))) {
        if path.symlink_metadata().unwrap().is_dir() {
            continue;
        }
        let relative = path.strip_prefix(&uploads).unwrap().as_os_str().as_encoded_bytes();
        let name = printable(relative);
        assert!(known.iter().any(|found| found.ends_with(&name)), "{name} is nowhere\n{scan}");
        odd += 1;
    }
    assert!(odd > 55, "only {odd} odd files were made");
    assert_eq!(tree(&uploads), before);
    assert!(!shown.to_string().contains("/etc/"), "a link out of the root was followed");
}

#[test]
fn nothing_that_is_printed_can_steer_a_terminal() {
    let Some(library) = library() else { return };
    library.run("init --root made/uploads --catalog state/catalog.db");
    for command in ["scan", "list", "show --under hostile/", "why --under hostile/", "validate"] {
        let run = library.run(command);
        let said = format!("{}{}", run.stdout, run.stderr);
        let harmful = |c: char| {
            (c.is_control() && c != '\n')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(said.chars().find(|c| harmful(*c)), None, "{command}");
    }
}
