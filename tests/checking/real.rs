//! `check` on exports that WordPress and other programs wrote, and on made ones whose truth is
//! known.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::{TestLibrary, must_run_everything, shared};

fn run(library: &TestLibrary, words: &[&str], export: &Path) -> (ExitCode, String) {
    let mut all: Vec<_> = ["check"].iter().chain(words).map(OsString::from).collect();
    all.push(export.into());
    let run = library.run_words(&all, b"");
    (run.exit, run.stdout)
}

/// How often each rule found something, and how many items there are.
fn counted(report: &str) -> (BTreeMap<String, u64>, u64) {
    let report: Value = serde_json::from_str(report).unwrap();
    let mut codes = BTreeMap::new();
    for item in report["items"].as_array().unwrap() {
        if let Some(code) = item["code"].as_str() {
            *codes.entry(code.to_owned()).or_default() += 1;
        }
    }
    let items = report["summary"]["figures"]["items checked"].as_u64().unwrap();
    (codes, items)
}

/// Every export beneath a folder of the data, the biggest first.
fn exports(folder: &str) -> Vec<PathBuf> {
    let Some(folder) = shared(folder) else { return Vec::new() };
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = entries.map(|entry| entry.unwrap().into_path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "xml")).collect()
}

#[test]
fn every_export_of_others_is_checked_to_its_end() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    let all = [exports("data/wordpress/wxr"), exports("data/corpus/wxr")].concat();
    let mut items = 0;
    for export in &all {
        let words = ["--allow-empty", "--format", "json"];
        let (code, report) = run(&library, &words, export);
        let (codes, count) = counted(&report);
        items += count;
        let errors = serde_json::from_str::<Value>(&report).unwrap()["summary"]["errors"].clone();
        let expected = if errors == 0 { ExitCode::Success } else { ExitCode::No };
        assert_eq!(code, expected, "{} {codes:?}", export.display());
        let formats = ["sarif", "junit", "github", "csv", "human"];
        for format in formats.into_iter().filter(|_| count < 200) {
            let (same, _) = run(&library, &["--allow-empty", "--format", format], export);
            assert_eq!(same, code, "{format} of {}", export.display());
        }
        let (again, second) = run(&library, &words, export);
        assert_eq!((again, &second), (code, &report), "{}", export.display());
    }
    assert!(all.is_empty() || items > 200, "{items} items in {} exports", all.len());
}

/// A library of 300 pictures, with the export and what is true of each.
fn made(folder: &Path) -> Option<Vec<Value>> {
    let script = shared("tools/gen_library.py")?;
    let ran = Command::new("python3")
        .arg(script)
        .arg(folder)
        .args(["--originals", "300", "--pool", "12", "--seed", "check", "--renditions", "2"])
        .args(["--edited-share", "0", "--webp-twins", "0", "--dup-share", "0"])
        .output();
    let is_made = ran.as_ref().is_ok_and(|ran| ran.status.success());
    assert!(is_made || !must_run_everything(), "gen_library.py did not run: {ran:?}");
    let media = std::fs::read_to_string(folder.join("media.json")).ok().filter(|_| is_made)?;
    Some(serde_json::from_str(&media).unwrap())
}

#[test]
fn a_made_library_is_judged_as_it_was_made() {
    let library = TestLibrary::new();
    let Some(truth) = made(&library.path("site")) else { return };
    let silent = truth.iter().filter(|entry| entry["alt_text"] == "").count() as u64;
    assert!(silent > 20, "{silent}");
    let config = library.path("shelflife.toml").into_os_string();
    library.remove_variable("SHELFLIFE_CONFIG");
    for export in ["export.xml", "media.json"] {
        let words = ["--without-catalog", "--format", "json"];
        let (code, report) = run(&library, &words, &library.path("site").join(export));
        let (codes, items) = counted(&report);
        assert_eq!((code, items), (ExitCode::No, 300), "{export}");
        assert_eq!(codes.get("SL201"), Some(&silent), "{export}: {codes:?}");
        assert_eq!(codes.keys().filter(|code| code.starts_with("SL7")).count(), 0, "{codes:?}");
    }

    library.set_variable("SHELFLIFE_CONFIG", config);
    library.run("init --root site/uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.run("import wxr site/export.xml").expect(ExitCode::Success);
    for number in 1..=40 {
        library.run(&format!("reject {number} --reason 'off brand'")).expect(ExitCode::Success);
    }
    library
        .run("withdraw --leave-files 41 42 43 --reason 'claim is wrong'")
        .expect(ExitCode::Success);
    let standings = [("SL702", 257), ("SL703", 40), ("SL705", 3)];
    for export in ["site/export.xml", "site/media.json", "site/uploads"] {
        let (code, report) = run(&library, &["--format", "json"], &library.path(export));
        let (codes, _) = counted(&report);
        assert_eq!(code, ExitCode::No);
        let found: Vec<_> = codes.iter().filter(|(code, _)| code.starts_with("SL7")).collect();
        let expected: Vec<_> =
            standings.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect();
        let found: Vec<_> = found.into_iter().map(|(code, count)| (code.clone(), *count)).collect();
        assert_eq!(found, expected, "{export}");
    }
    assert_alt_texts_count_once(&library, silent);
}

/// A folder has no texts of its own: those of the record count, and only for files that have one.
fn assert_alt_texts_count_once(library: &TestLibrary, silent: u64) {
    let (_, report) = run(library, &["--format", "json"], &library.path("site/uploads"));
    assert_eq!(counted(&report).0.get("SL201"), Some(&silent));
}
