//! Approved drafts on their way out of a draft root, under a name from a template.

mod foretold;
mod half_done;
mod scans;
mod several;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::pictures::png;
use crate::support::scanned::FULL;

/// What `init` writes, but for the name.
const PUBLISH: &str =
    "[publish]\nroot = \"uploads\"\nfolder = \"{year}/{month}\"\nname = \"{title}\"\n";

/// A library with a described draft of three files, as a generator named them, in a draft root. In the
/// configuration `publish` stands where `init` writes [`PUBLISH`].
fn library_with(publish: &str) -> TestLibrary {
    let library = TestLibrary::new();
    for (name, size) in [
        ("ChatGPT Image May 8, 2026, 03_54_11 PM.png", (60, 40)),
        ("ChatGPT Image May 8, 2026, 03_54_11 PM-30x20.png", (30, 20)),
        ("ChatGPT Image May 8, 2026, 03_54_11 PM-15x10.png", (15, 10)),
    ] {
        library.write(format!("drafts/gen/{name}"), png(size, name.as_bytes()));
    }
    library.write("uploads/2026/03/old.png", png((8, 8), b"old"));
    library
        .run("init --root uploads --draft-root drafts --catalog state/catalog.db")
        .expect(ExitCode::Success);
    set_publish(&library, PUBLISH, publish);
    library.run("scan").expect(ExitCode::Success);
    library.run("context add campaign/spring --owner anna").expect(ExitCode::Success);
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    library
}

/// A library with so many described drafts of one file each, from #2 on, that get names of their own.
fn library_of(drafts: u32) -> TestLibrary {
    let library = TestLibrary::new();
    for number in 1..=drafts {
        let name = format!("drafts/gen/out{number:03}.png");
        library.write(&name, png((8, 6), name.as_bytes()));
    }
    library.write("uploads/2026/03/old.png", png((8, 8), b"old"));
    library
        .run("init --root uploads --draft-root drafts --catalog state/catalog.db")
        .expect(ExitCode::Success);
    set_publish(&library, PUBLISH, &PUBLISH.replace("{title}", "{title}-{id}"));
    library.run("scan").expect(ExitCode::Success);
    library.run("context add campaign/spring --owner anna").expect(ExitCode::Success);
    library.run(&format!("describe --under gen {FULL}")).expect(ExitCode::Success);
    library
}

/// Approves assets, which stay where they are because it is paused.
fn approve_only(library: &TestLibrary, assets: &str) {
    library.set_variable("SHELFLIFE_PAUSED", "1");
    library.run(&format!("approve {assets}")).expect(ExitCode::Paused);
    library.remove_variable("SHELFLIFE_PAUSED");
}

fn set_publish(library: &TestLibrary, from: &str, to: &str) {
    let text = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    assert!(text.contains(from), "{text}");
    library.write_config(&text.replace(from, to));
}

fn library() -> TestLibrary {
    library_with(&PUBLISH.replace("{title}", "{campaign}-{title}"))
}

fn names(library: &TestLibrary, folder: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(library.path(folder)) else { return BTreeSet::new() };
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    entries.map(|entry| name(entry).into_string().unwrap()).collect()
}

fn path_of_the_asset(library: &TestLibrary) -> Value {
    library.run("show 2 --format json").json()["items"][0]["fields"]["path"].clone()
}

/// Log, tables and disk say the same, and nothing is left for a recovery or a scan.
fn check_whole(library: &TestLibrary) {
    library.run("audit verify --replay --disk").expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Success);
    let scan = library.run("scan --format json").expect(ExitCode::Success).json();
    let figure = |name: &str| scan["summary"]["figures"][name].as_u64();
    assert!(figure("files seen") >= Some(1), "{scan}");
    assert_eq!(figure("assets added").unwrap_or(0), 0, "{scan}");
    assert_eq!(figure("files read").unwrap_or(0), 0, "{scan}");
}

#[test]
fn an_approval_publishes_all_files_under_the_name_of_the_template() {
    let library = library();
    insta::assert_snapshot!(library.tell("approve 2"), @"
    exit: 0
    approved  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png  draft → approved
    recorded  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png  published as uploads/2026/03/spring-tin-of-tea.png (3 files)
    1 changed, 1 edited, 3 files
    ");
    assert!(names(&library, "drafts/gen").is_empty());
    let published =
        ["spring-tin-of-tea.png", "spring-tin-of-tea-30x20.png", "spring-tin-of-tea-15x10.png"];
    let mut expected: BTreeSet<_> = published.map(str::to_owned).into();
    expected.insert("old.png".to_owned());
    assert_eq!(names(&library, "uploads/2026/03"), expected);
    assert_eq!(path_of_the_asset(&library), "2026/03/spring-tin-of-tea.png");
    check_whole(&library);
    insta::assert_snapshot!(library.tell("history 2"), @"
    exit: 0
    AT                                                WHAT                                                                                                                                                 WHY  BY            SEQ
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset add: gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png                                                                                            -    olga at desk    8
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset describe: alt:en, contexts, expires_on, owner, placements, review_on, rights_note, rights_reviewed_by, rights_reviewed_on, source_note, title  -    olga at desk   15
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset approve: draft → approved                                                                                                                      -    olga at desk   18
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  publish intent                                                                                                                                       -    olga at desk   21
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  publish done: 2026/03/spring-tin-of-tea.png                                                                                                          -    olga at desk   22

    5 rows
    ");
    let found = library.run("reuse find spring --format json").json();
    assert_eq!(found["items"][0]["fields"]["path"], "2026/03/spring-tin-of-tea.png");
    insta::assert_snapshot!(library.tell("publish 2"), @"
    exit: 0
    kept  #2 2026/03/spring-tin-of-tea.png: it is in no draft root
    1 kept
    ");
}

#[test]
fn what_was_approved_while_it_was_paused_is_published_later() {
    let library = library();
    library.set_variable("SHELFLIFE_PAUSED", "1");
    insta::assert_snapshot!(library.tell("approve 2"), @"
    exit: 4
    approved  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png  draft → approved
    what was approved is on record; to publish it: `shelflife publish 2`
    1 changed
    --- stderr
    shelflife: error: paused by SHELFLIFE_PAUSED: it is set to `1`
      hint: once the cause is known: unset SHELFLIFE_PAUSED
    ");
    assert_eq!(names(&library, "drafts/gen").len(), 3);
    library.remove_variable("SHELFLIFE_PAUSED");
    insta::assert_snapshot!(library.tell("publish 2 --dry-run"), @"
    exit: 0
    would record  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png  published as uploads/2026/03/spring-tin-of-tea.png (3 files)
    1 edited, 3 files
    dry run: nothing was changed
    ");
    assert_eq!(names(&library, "drafts/gen").len(), 3);
    insta::assert_snapshot!(library.tell("publish --ready"), @"
    exit: 0
    recorded  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png  published as uploads/2026/03/spring-tin-of-tea.png (3 files)
    1 edited, 3 files
    ");
    insta::assert_snapshot!(library.tell("publish --ready"), @"
    exit: 0
    nothing to report
    ");
    check_whole(&library);
}

#[test]
fn what_is_in_the_way_stays_and_another_name_can_be_given() {
    let library = library();
    let theirs = library.write("uploads/2026/03/spring-tin-of-tea-15x10.png", "theirs");
    insta::assert_snapshot!(library.tell("approve 2"), @"
    exit: 1
    approved  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png  draft → approved
    refused  publish #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png: there is something at `2026/03/spring-tin-of-tea-15x10.png` already
    1 changed, 1 refused
    ");
    assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
    assert_eq!(names(&library, "drafts/gen").len(), 3, "none of it was moved");
    insta::assert_snapshot!(library.tell("publish 2 --name 'Tea Tin'"), @"
    exit: 2
    --- stderr
    error: invalid value 'Tea Tin' for '--name <NAME>': not a name in lower-case words between hyphens (`tea-tin`?)

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(library.tell("publish 2 --name tea-tin --reason 'the other is taken'"), @"
    exit: 0
    recorded  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png  published as uploads/2026/03/tea-tin.png (3 files)
    1 edited, 3 files
    ");
    assert_eq!(path_of_the_asset(&library), "2026/03/tea-tin.png");
    library.run("audit verify --replay --disk").expect(ExitCode::Success);
}

#[test]
fn a_path_that_belongs_to_a_missing_file_is_taken() {
    let library = library();
    let theirs = library.write("uploads/2026/03/spring-tin-of-tea.png", png((9, 9), b"theirs"));
    library.run("scan").expect(ExitCode::Success);
    fs::remove_file(theirs).unwrap();
    let run = library.run("approve 2").expect(ExitCode::No);
    let says = "`2026/03/spring-tin-of-tea.png` of asset #2 belongs to asset #3 by now";
    assert!(run.stdout.contains(says), "{run}");
    assert_eq!(names(&library, "drafts/gen").len(), 3);
}

#[test]
fn a_name_whose_asset_was_taken_away_is_free() {
    let library = library();
    library.write("uploads/2026/03/spring-tin-of-tea.png", png((9, 9), b"theirs"));
    for command in ["scan", "reject 3 --reason 'off brand'", "clean --apply", "approve 2"] {
        library.run(command).expect(ExitCode::Success);
    }
    assert_eq!(path_of_the_asset(&library), "2026/03/spring-tin-of-tea.png");
    library.run("restore 3").expect(ExitCode::No);
    check_whole(&library);
}

#[test]
fn what_may_not_be_used_yet_is_published_when_it_may() {
    let library = library();
    library.run("describe 2 --starts-on 2026-03-10").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("approve 2"), @"
    exit: 0
    approved  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png  draft → approved
    kept  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png: it is scheduled, and not published before it may be used: `shelflife publish --ready`
    1 changed, 1 kept
    ");
    assert_eq!(names(&library, "drafts/gen").len(), 3);
    insta::assert_snapshot!(library.tell("publish --ready"), @"
    exit: 0
    nothing to report
    ");
    library.set_now("2026-03-10T00:00:00Z");
    library.run("publish --ready").expect(ExitCode::Success);
    assert!(names(&library, "drafts/gen").is_empty());
    check_whole(&library);
}

#[test]
fn an_approval_is_for_the_name_that_is_published() {
    let generated = library_with("");
    let run = generated.run("approve 2").expect(ExitCode::No);
    assert!(run.stdout.contains("SL101 filename-generator-default"), "{run}");
    // Without a season there is no such name, and the one that it has counts.
    let library = library_with(&PUBLISH.replace("{title}", "{season}-{title}"));
    let run = library.run("approve 2").expect(ExitCode::No);
    assert!(run.stdout.contains("SL101 filename-generator-default"), "{run}");
    library.run("context add season/winter").expect(ExitCode::Success);
    library.run("describe 2 --context season/winter").expect(ExitCode::Success);
    library.run("approve 2").expect(ExitCode::Success);
    assert_eq!(path_of_the_asset(&library), "2026/03/winter-tin-of-tea.png");
    check_whole(&library);
}

#[test]
fn a_file_that_changed_since_its_approval_is_not_published() {
    let library = library();
    approve_only(&library, "2");
    library.write("drafts/gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png", "swapped");
    insta::assert_snapshot!(library.tell("publish 2"), @"
    exit: 3
    failed  #2 gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png: `gen/ChatGPT Image May 8, 2026, 03_54_11 PM.png` has other bytes than the catalog says
      hint: run `shelflife scan`, then decide about the asset again
    1 failed
    ");
    assert_eq!(names(&library, "drafts/gen").len(), 3);
    assert_eq!(names(&library, "uploads/2026/03").len(), 1);
}

#[test]
fn what_the_configuration_cannot_mean_is_told_with_its_line() {
    let library = library_with("");
    let whole = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    for (table, says) in [
        (PUBLISH.replace("uploads", "drafts"), "the root `drafts` is one of drafts"),
        (PUBLISH.replace("uploads", "elsewhere"), "there is no root `elsewhere`"),
        (PUBLISH.replace("{title}", "{tittle}"), "`{tittle}` is nothing that is known of an asset"),
        (PUBLISH.replace("{year}/", "../"), "it names no path"),
        (PUBLISH.replace("{title}", "x/{title}"), "`/` is nothing for a name that is served"),
    ] {
        library.write_config(&format!("{whole}\n{table}"));
        let run = library.run("publish 2").expect(ExitCode::Config);
        assert!(run.stderr.contains(says), "{run}");
        assert!(run.stderr.contains("shelflife.toml:"), "{run}");
    }
    library.write_config(&whole);
    let run = library.run("publish 2").expect(ExitCode::Usage);
    assert!(run.stderr.contains("the configuration has no [publish]"), "{run}");
}
