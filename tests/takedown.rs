//! `withdraw` as the emergency: what it takes down, and what it says is left to do.

mod again;
mod amid;
mod back;
mod confirming;
mod left;
mod links;
mod pages;

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;

use serde_json::Value;
use shelflife::catalog::{OpenOperation, Operation, OperationFile};
use shelflife::domain::asset::AssetId;
use shelflife::domain::lifecycle::{Action, State, Transition};
use shelflife::domain::operation::{OperationKind, OperationState};
use shelflife::domain::pause::Heed;
use shelflife::exit::ExitCode;
use shelflife::files::{Locking, RunLock};

use crate::support::TestLibrary;
use crate::support::moving::{announced, ended, tree};
use crate::support::pictures::png;

/// The smallest file of the tea tin.
const SIZE: &str = "uploads/2026/03/tea-tin-15x10.png";

/// An export of one attachment on `2026/03/tea-tin.png` with a backup size that is not on disk, and
/// of posts that show it.
pub(crate) fn export() -> String {
    let post = |id: u32, status: &str, content: &str| {
        format!(
            "<item><title>Tea {id}</title><wp:post_id>{id}</wp:post_id>\
             <wp:post_type>post</wp:post_type><wp:status>{status}</wp:status>\
             <content:encoded><![CDATA[{content}]]></content:encoded></item>\n"
        )
    };
    let backups = "a:1:{s:9:\"full-orig\";a:3:{s:4:\"file\";s:18:\"tea tin é-old.png\";\
                   s:5:\"width\";i:60;s:6:\"height\";i:40;}}";
    format!(
        "<?xml version=\"1.0\"?>\n<!-- generator=\"WordPress/6.8\" created=\"2026-03-01 12:00\" -->\n\
         <rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel>\
         <wp:wxr_version>1.2</wp:wxr_version>\n\
         <wp:base_site_url>https://shop.example</wp:base_site_url>\n\
         <wp:category><wp:term_id>1</wp:term_id></wp:category>\n\
         <item><title>Tin</title><wp:post_id>7</wp:post_id>\
         <wp:post_type>attachment</wp:post_type>\
         <wp:postmeta><wp:meta_key>_wp_attached_file</wp:meta_key>\
         <wp:meta_value>2026/03/tea-tin.png</wp:meta_value></wp:postmeta>\
         <wp:postmeta><wp:meta_key>_wp_attachment_backup_sizes</wp:meta_key>\
         <wp:meta_value>{backups}</wp:meta_value></wp:postmeta></item>\n{}{}</channel></rss>\n",
        post(9, "publish", "<img class=\"wp-image-7\">"),
        post(11, "draft", "<img src=\"/wp-content/uploads/2026/03/tea-tin-30x20.png\">"),
    )
}

/// A garden, and a tea tin of three files as #2 that a published post shows.
fn library() -> TestLibrary {
    let library = ended();
    library.write("export.xml", export());
    library.run("import wxr export.xml").expect(ExitCode::Success);
    library.run("references read export.xml").expect(ExitCode::Success);
    library
}

/// The rows of one kind in a report as JSON, each by its fields.
fn rows(report: &Value, kind: &str) -> Vec<Value> {
    let items = report["items"].as_array().unwrap().iter();
    let rows = items.filter(|item| item["kind"] == kind);
    rows.map(|item| item["fields"].clone()).collect()
}

fn column(report: &Value, kind: &str, field: &str) -> Vec<String> {
    let text = |row: &Value| row[field].as_str().unwrap_or_default().to_owned();
    rows(report, kind).iter().map(text).collect()
}

fn withdraw(library: &TestLibrary, words: &str, exit: ExitCode) -> Value {
    let line = format!("withdraw {words} --reason 'wrong claim' --format json");
    library.run(&line).expect(exit).json()
}

pub(crate) fn state(library: &TestLibrary, number: i64) -> String {
    library.asset(number).state.to_string()
}

#[test]
fn every_file_leaves_at_once_whatever_shows_it_and_the_addresses_are_named() {
    let library = library();
    let report = withdraw(&library, "2", ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)");
    assert_eq!(tree(&library.path("uploads")).len(), 1, "the garden stays");
    let both = |path: &str| {
        ["", "www."].map(|www| format!("https://{www}shop.example/wp-content/uploads/{path}"))
    };
    let mut expected: Vec<_> = [
        "2026/03/tea%20tin%20%C3%A9-old.png",
        "2026/03/tea-tin-15x10.png",
        "2026/03/tea-tin-30x20.png",
        "2026/03/tea-tin.png",
    ]
    .iter()
    .flat_map(|path| both(path))
    .collect();
    let mut purged = column(&report, "purge", "url");
    expected.sort_unstable();
    purged.sort_unstable();
    assert_eq!(purged, expected);
    let pages = rows(&report, "breaks");
    let told: Vec<_> =
        pages.iter().map(|page| (page["holder"].as_str().unwrap(), &page["status"])).collect();
    assert_eq!(told, [("post 9", &"published".into()), ("post 11", &"draft".into())]);
    assert_eq!(pages[0]["means"], "class");
    assert_eq!(pages[0]["source"], "[library]/export.xml");
    assert!(pages[0]["made"].as_str().unwrap().contains("ago"), "{pages:?}");
    let kinds: Vec<_> = library.audit_entries().into_iter().map(|entry| entry.kind).collect();
    let end = ["asset.withdraw", "quarantine.intent", "quarantine.done", "run.end"];
    assert_eq!(kinds[kinds.len() - 4..], end);
}

#[test]
fn what_no_source_looked_at_is_said() {
    let library = ended();
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    for words in ["no source was read", "No address of the site", "/wp-content/uploads/2026/03/"] {
        assert!(run.stdout.contains(words), "{words}: {run}");
    }
    let library = self::library();
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    assert!(run.stdout.contains("nothing can be said to be unused before"), "{run}");
}

#[test]
fn a_dry_run_shows_all_of_it_and_changes_nothing() {
    let library = library();
    let before = (tree(&library.path("uploads")), library.audit_entries().len());
    let shown = withdraw(&library, "2 --dry-run", ExitCode::Success);
    assert_eq!((tree(&library.path("uploads")), library.audit_entries().len()), before);
    let done = withdraw(&library, "2", ExitCode::Success);
    for kind in ["breaks", "purge", "elsewhere"] {
        assert_eq!(rows(&shown, kind), rows(&done, kind), "{kind}");
    }
    assert_eq!(shown["summary"]["changed"], done["summary"]["changed"]);
    assert_eq!(shown["summary"]["figures"], done["summary"]["figures"]);
}

#[test]
fn a_pause_and_caps_do_not_stop_it_and_the_log_says_that_it_was_paused() {
    let library = ended();
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let capped: Vec<_> = config
        .lines()
        .map(|line| if line.starts_with("max_items =") { "max_items = 0" } else { line })
        .collect();
    library.write_config(&capped.join("\n"));
    library.run("clean --apply").expect(ExitCode::Guard);
    let intents = |library: &TestLibrary| -> Vec<bool> {
        let entries = library.audit_entries().into_iter();
        let intents = entries.filter(|entry| entry.kind == "quarantine.intent");
        intents.map(|entry| entry.payload.contains("\"while_paused\":true")).collect()
    };
    library.run("withdraw 1 --reason unsafe").expect(ExitCode::Success);
    assert_eq!(intents(&library), [false], "nobody had paused");
    for hard in ["", " --hard"] {
        library.run(&format!("pause{hard} --reason 'wrong folder'")).expect(ExitCode::Success);
    }
    library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    assert_eq!(intents(&library), [false, true]);
    assert!(tree(&library.path("uploads")).is_empty());
    library.run("pause --show").expect(ExitCode::Paused);
}

#[test]
fn what_stays_is_named_with_its_addresses_and_why_and_the_code_is_3() {
    type Way<'a> = (&'a dyn Fn(&TestLibrary), &'a str, usize);
    let ways: &[Way<'_>] = &[
        (&|l| drop(l.write("uploads/2026/03/tea-tin-30x20.png", "new")), "has other bytes", 3),
        (
            &|l| fs::remove_file(l.path("uploads/2026/03/tea-tin-30x20.png")).unwrap(),
            "is not there any more",
            2,
        ),
        (&|l| drop(l.run("hold 2 --reason 'court order'")), "court order", 3),
    ];
    for (spoil, why, served) in ways {
        let library = library();
        spoil(&library);
        let run = library.run("withdraw 2 1 --reason unsafe").expect(ExitCode::Partial);
        assert!(run.stdout.contains(why), "{why}: {run}");
        assert_eq!(state(&library, 2), "withdrawn", "nothing may use it all the same");
        assert_eq!(state(&library, 1), "quarantined (was withdrawn)", "the others go on");
        let report = withdraw(&library, "2", ExitCode::Partial);
        let public = column(&report, "still public", "url");
        assert_eq!(public.len(), served * 2, "{why}: {public:?}");
        assert!(public[0].ends_with("2026/03/tea-tin-15x10.png"), "{public:?}");
        let because = column(&report, "still public", "because");
        assert!(because.iter().all(|text| text.contains(why)), "{because:?}");
        let confirm = library.run("withdraw --confirm 2 --note seen").expect(ExitCode::No);
        assert!(confirm.stdout.contains("still served"), "{confirm}");
    }
}

#[test]
fn it_goes_on_record_even_if_another_run_is_at_work_and_a_second_call_takes_the_files() {
    let library = library();
    let lock = RunLock::take(&library.path("state/run.lock"), "another run").unwrap();
    assert!(matches!(lock, Locking::Taken(_)));
    let report = withdraw(&library, "2", ExitCode::Busy);
    assert_eq!(state(&library, 2), "withdrawn");
    assert_eq!(column(&report, "still public", "url").len(), 6);
    let waiting = library.run("list --unconfirmed --format json").json();
    assert_eq!(column(&waiting, "takedown", "takedown"), ["still-served"]);
    drop(lock);
    withdraw(&library, "2", ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)");
    let kinds = library.audit_entries().into_iter().filter(|e| e.kind == "asset.withdraw").count();
    assert_eq!(kinds, 1, "it was withdrawn once");
}

#[test]
fn a_root_that_is_not_the_catalogs_is_not_touched_and_counts_as_public() {
    let library = library();
    fs::remove_file(library.path("uploads/.shelflife-root")).unwrap();
    let before = tree(&library.path("uploads"));
    let report = withdraw(&library, "2", ExitCode::Partial);
    assert_eq!(tree(&library.path("uploads")), before);
    assert_eq!(column(&report, "still public", "url").len(), 6);
    library.run("withdraw --confirm 2 --note seen").expect(ExitCode::No);
}

#[test]
fn an_automation_takes_nothing_down() {
    let library = library();
    library.run("withdraw 2 --leave-files --reason unsafe").expect(ExitCode::Success);
    library.set_variable("SHELFLIFE_JOB", "nightly");
    let before = tree(&library.path("uploads"));
    for line in ["withdraw 1 2 --reason unsafe", "withdraw --confirm 2 --note seen"] {
        library.run(line).expect(ExitCode::No);
    }
    assert_eq!(tree(&library.path("uploads")), before);
}

#[test]
fn the_same_content_elsewhere_is_named_with_the_command_that_takes_it_down() {
    let library = ended();
    let tin = fs::read(library.path("uploads/2026/03/tea-tin.png")).unwrap();
    library.write("uploads/2026/04/green.png", &tin);
    library.write("uploads/2026/04/tea-tin.png", png((70, 40), b"another"));
    library.write("uploads/2026/03/tea-tin-20x20.png", png((9, 9), b"odd"));
    library.run("scan").expect(ExitCode::Success);
    let report = withdraw(&library, "2026/03/tea-tin.png", ExitCode::Success);
    let told: Vec<_> = column(&report, "elsewhere", "path")
        .into_iter()
        .zip(column(&report, "elsewhere", "because"))
        .collect();
    let expected = [
        ("2026/04/green.png", "the same bytes"),
        ("2026/03/tea-tin-20x20.png", "named after it, and of no asset"),
        ("2026/04/tea-tin.png", "the same name"),
    ];
    assert_eq!(told, expected.map(|(path, why)| (path.to_owned(), why.to_owned())));
    let next = column(&report, "elsewhere", "next")[0].replace("TEXT", "unsafe");
    library.run(next.strip_prefix("shelflife ").unwrap()).expect(ExitCode::Success);
    assert!(!library.path("uploads/2026/04/green.png").exists());
}

#[test]
fn files_may_be_left_where_they_are() {
    let library = ended();
    library.run("withdraw 2 --leave-files --reason unsafe").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 4);
    let files = library.scanned_catalog().served_files_of(AssetId(2)).unwrap();
    assert_eq!(files.len(), 3);
}

#[test]
fn nothing_is_left_out_of_a_takedown_that_ends_before_its_time() {
    let library = library();
    library.run("withdraw 1 2 --leave-files --reason unsafe").expect(ExitCode::Success);
    let quarantine = library.path("state/quarantine");
    fs::rename(&quarantine, library.path("state/away")).unwrap();
    let line = "withdraw 1 2 --reason unsafe --format json";
    let run = library.run(line);
    assert_ne!(run.exit, ExitCode::Success, "{run}");
    assert_eq!(column(&run.json(), "still public", "url").len(), 8, "{run}");
}

/// The operation of a run that died.
const DEAD: &str = "0123456789abcdef0123456789abcdef";

/// A removal of #2 that is about to be announced.
fn removal_of_two(library: &TestLibrary) -> OpenOperation {
    let asset = AssetId(2);
    let catalog = library.scanned_catalog();
    let operation = Operation {
        id: DEAD.to_owned(),
        kind: OperationKind::Quarantine,
        asset,
        state: OperationState::Intent,
        opened_at: library.now(),
        store: DEAD.to_owned(),
        to: None,
        files: announced(catalog.files_of(asset).unwrap()),
    };
    OpenOperation {
        operation,
        version: catalog.asset(asset).unwrap().unwrap().version,
        transition: Transition::of(State::Rejected, Action::Quarantine),
        reason: None,
        causes: Vec::new(),
        heed: Heed::Stop,
    }
}

/// Leaves #2 as a run that died after its first file would: announced, and one file in the store.
fn die_half_way(library: &TestLibrary) {
    die_after_moving(library, 0);
}

fn die_after_moving(library: &TestLibrary, at: usize) {
    let open = removal_of_two(library);
    let OperationFile { path, stored_name, .. } = &open.operation.files[at];
    library.open_to_write().open_operation(&open).unwrap();
    let store = library.path("state/quarantine/v1").join(DEAD);
    fs::DirBuilder::new().mode(0o700).create(&store).unwrap();
    fs::rename(library.path("uploads").join(path.to_string()), store.join(stored_name)).unwrap();
}

#[test]
fn what_a_dead_run_left_half_moved_is_settled_first_but_not_while_it_is_paused() {
    let library = ended();
    die_half_way(&library);
    library.run("pause --reason 'something is wrong'").expect(ExitCode::Success);
    let report = withdraw(&library, "2", ExitCode::Changed);
    let public = column(&report, "still public", "url");
    let half = ["tea-tin-15x10.png", "tea-tin-30x20.png"];
    assert_eq!(public, half.map(|name| format!("/wp-content/uploads/2026/03/{name}")));
    library.run("resume --reason 'it is known'").expect(ExitCode::Success);
    withdraw(&library, "2", ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)");
    assert_eq!(tree(&library.path("uploads")).len(), 1);
}

#[test]
fn a_file_that_is_back_since_the_last_scan_is_told_and_the_code_is_3() {
    let library = library();
    let path = library.path(SIZE);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    library.run("scan").expect(ExitCode::Success);
    fs::write(&path, bytes).unwrap();
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Partial);
    assert!(run.stdout.contains("tea-tin-15x10.png` is there again: scan first"), "{run}");
    library.run("scan").expect(ExitCode::Success);
}

#[test]
fn a_takedown_that_is_repeated_once_it_is_done_changes_nothing_and_is_no_failure() {
    let library = ended();
    withdraw(&library, "2", ExitCode::Success);
    let entries = library.audit_entries().len();
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    assert!(run.stdout.contains("it was withdrawn before, and its files were taken out"), "{run}");
    assert_eq!(library.audit_entries().len(), entries);
}

#[test]
fn a_condition_that_is_empty_selects_nothing_and_is_a_mistake() {
    let library = ended();
    let before = tree(&library.path("."));
    let commands = ["withdraw --reason unsafe", "reject --reason unsafe", "hold --reason asked"];
    for condition in ["--under ''", "--under ' '", "--owner ''", "--placement ''", "--campaign ''"]
    {
        for command in commands {
            library.run(&format!("{command} {condition}")).expect(ExitCode::Usage);
        }
    }
    assert!(tree(&library.path(".")) == before);
}
