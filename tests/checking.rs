//! `check`: what may not ship is found, whatever the export looks like.

mod evasion;
mod folders;
mod real;
mod sharing;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::{FULL, picture};
use crate::support::wxr::{export, meta};

const GOOD_ALT: &str = "A green tin of tea on a shelf";

/// An attachment of one line: number, path and alternative text.
fn entry(id: u32, path: &str, alt: Option<&str>) -> String {
    let alt = alt.map_or(String::new(), |alt| meta("_wp_attachment_image_alt", alt));
    let metas = (meta("_wp_attached_file", path) + &alt).replace('\n', "");
    format!(
        "<item><wp:post_id>{id}</wp:post_id><wp:post_type>attachment</wp:post_type>{metas}</item>\n"
    )
}

fn site(entries: &[(u32, &str, Option<&str>)]) -> String {
    export(&entries.iter().map(|(id, path, alt)| entry(*id, path, *alt)).collect::<String>())
}

/// Five described pictures: approved, draft, rejected, withdrawn, and one that ends on 2026-03-20.
fn shop() -> TestLibrary {
    let paths = ["tea-tin-open.png", "tea-tin-red.png", "tea-tin-old.png", "tea-tin-bad.png"];
    let library = TestLibrary::scanned(&[&paths[..], &["tea-tin-sale.png"]].concat());
    library.add_context("campaign/spring", None);
    library.run(&format!("describe --under tea-tin {FULL}")).expect(ExitCode::Success);
    for (path, what) in [
        ("tea-tin-open.png", "approve"),
        ("tea-tin-old.png", "reject --reason 'off brand'"),
        ("tea-tin-bad.png", "withdraw --leave-files --reason 'claim is wrong'"),
    ] {
        library.run(&format!("{what} {path}")).expect(ExitCode::Success);
    }
    library
        .run("describe tea-tin-sale.png --expires-on 2026-03-20 --review-on 2026-03-10")
        .expect(ExitCode::Success);
    library.run("approve tea-tin-sale.png").expect(ExitCode::Success);
    library
}

/// The rules of each item, in the order of the report: `tea-tin-red.png SL702`.
fn told(library: &TestLibrary, line: &str) -> (ExitCode, Vec<String>) {
    let run = library.run(&format!("{line} --format json"));
    let report = run.json();
    let items = report["items"].as_array().unwrap().iter();
    let findings = items.filter(|item| item["type"] == "finding");
    let told = findings.map(|finding| {
        let item = finding["location"]["item"].as_str().unwrap_or("-");
        format!("{item} {}", finding["code"].as_str().unwrap())
    });
    (run.exit, told.collect())
}

#[test]
fn every_standing_that_may_not_ship_is_found() {
    let library = shop();
    let all = [
        (1, "tea-tin-open.png", Some(GOOD_ALT)),
        (2, "tea-tin-red.png", Some("A red tin of tea on a shelf")),
        (3, "tea-tin-old.png", Some("An old tin of tea on a shelf")),
        (4, "tea-tin-bad.png", Some("A dented tin of tea on a shelf")),
        (5, "tea-tin-sale.png", Some("A tin of tea with a price tag")),
        (6, "tea-tin-new.png", Some("A new tin of tea on a shelf")),
        (7, "tea-tin-open.png", None),
    ];
    library.write("site.xml", site(&all));
    insta::assert_snapshot!(library.tell("check site.xml"), @"
    exit: 1
    #4 tea-tin-red.png  (site.xml:7)
      error SL702 draft-asset: nobody has approved it
    #2 tea-tin-old.png  (site.xml:8)
      error SL703 rejected-asset: rejected
    #1 tea-tin-bad.png  (site.xml:9)
      error SL705 withdrawn-asset: withdrawn as unsafe
    tea-tin-new.png  (site.xml:11)
      error SL701 unknown-asset: neither its content nor its number nor its name is in the catalog
    #3 tea-tin-open.png  (site.xml:12)
      error SL201 alt-text-missing: there is no alternative text for `en`
    `shelflife rules SL702` says why that matters and what to do
    5 errors, 7 items checked
    ");
    let (_, later) = told(&library, "check site.xml --as-of 2026-03-21");
    assert!(later.contains(&"tea-tin-sale.png SL704".to_owned()), "{later:?}");
    let (_, window) = told(&library, "check site.xml --within 30d");
    assert!(window.contains(&"tea-tin-sale.png SL708".to_owned()), "{window:?}");
    let (_, short) = told(&library, "check site.xml --within 14d");
    assert!(!short.contains(&"tea-tin-sale.png SL708".to_owned()), "{short:?}");
    library.write("good.xml", site(&all[..1]));
    assert_eq!(told(&library, "check good.xml"), (ExitCode::Success, Vec::new()));
}

#[test]
fn a_use_is_held_against_placements_and_licenses() {
    let library = shop();
    library.write("site.xml", site(&[(1, "tea-tin-open.png", Some(GOOD_ALT))]));
    let told = |words: &str| told(&library, &format!("check site.xml --placement {words}"));
    assert_eq!(told("homepage"), (ExitCode::Success, vec!["tea-tin-open.png SL715".to_owned()]));
    let elsewhere = ["tea-tin-open.png SL713", "tea-tin-open.png SL715"].map(str::to_owned);
    assert_eq!(told("shop"), (ExitCode::No, elsewhere.to_vec()));
    library
        .run(
            "license add stock --holder Li --placement homepage --territory DE --perpetual \
              --reviewed-by li --reviewed-on 2026-03-01",
        )
        .expect(ExitCode::Success);
    library.run("describe tea-tin-open.png --license stock").expect(ExitCode::Success);
    library.run("approve tea-tin-open.png").expect(ExitCode::Success);
    assert_eq!(told("homepage --territory DE"), (ExitCode::Success, Vec::new()));
    let abroad = (ExitCode::No, vec!["tea-tin-open.png SL714".to_owned()]);
    assert_eq!(told("homepage --territory FR"), abroad);
    let change = |terms: &str| {
        let line = format!("license change stock {terms} --reason 'they wrote' --apply");
        library.run(&line).expect(ExitCode::Success);
    };
    change("--worldwide --any-placement --exclude-territory EU");
    assert_eq!(told("homepage --territory FR"), abroad);
    assert_eq!(told("homepage --territory US"), (ExitCode::Success, Vec::new()));
    let unsaid = (ExitCode::Success, vec!["tea-tin-open.png SL715".to_owned()]);
    assert_eq!(told("homepage"), unsaid);
    change("--forget excluded-territories --exclude-placement homepage");
    assert_eq!(told("homepage --territory DE"), abroad);
    library.run("check site.xml --territory FR").expect(ExitCode::Usage);
    library.run("check site.xml --placement homepage --without-catalog").expect(ExitCode::Usage);
}

#[test]
fn without_a_catalog_names_texts_and_the_export_itself_are_checked() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    let entries = [
        (1, "2026/01/tea-tin-open.png", Some(GOOD_ALT)),
        (2, "2026/01/IMG_4815.png", Some("  ")),
        (3, "../../wp-config.php", Some("The settings of the site")),
        (4, "2026/01/garden-in-spring.png", None),
        (5, "2026/01/annual-report.pdf", None),
    ];
    library.write("site.xml", site(&entries));
    insta::assert_snapshot!(library.tell("check site.xml"), @"
    exit: 1
    No catalog was asked: what is approved and what has ended is not known.
    site.xml
      warning SL724 catalog-not-asked: no configuration and no `--catalog` says which catalog to ask
    2026/01/IMG_4815.png  (site.xml:7)
      error SL102 filename-camera-default: the name is the default of a camera
      error SL202 alt-text-blank: the text for `en` is blank
    wp:3  (site.xml:8)
      error SL721 entry-refused: `_wp_attached_file` is refused: the path has a part that is empty, `.` or `..`: `../../wp-config.php`
    2026/01/garden-in-spring.png  (site.xml:9)
      error SL201 alt-text-missing: there is no alternative text for `en`
    `shelflife rules SL102` says why that matters and what to do
    4 errors, 1 warning, 5 items checked
    ");
}

#[test]
fn what_an_export_cannot_tell_is_never_called_missing() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    library.write("site.xml", site(&[(1, "2026/01/tea-tin-open.png", Some(GOOD_ALT))]));
    assert_eq!(told(&library, "check site.xml --without-catalog"), (ExitCode::Success, Vec::new()));
}

#[test]
fn a_damaged_export_does_not_pass_unseen() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    let whole = site(&[(1, "tea-tin-open.png", Some(GOOD_ALT)), (2, "b.png", Some(GOOD_ALT))]);
    let (cut, _) = whole.split_at(whole.find("<wp:post_id>2").unwrap() + 20);
    library.write("cut.xml", cut);
    let (code, codes) = told(&library, "check cut.xml");
    assert_eq!(code, ExitCode::No);
    assert!(codes.iter().any(|told| told.ends_with("SL722")), "{codes:?}");
    library.write("dirty.xml", whole.replace("shelf", "sh\u{8}elf"));
    let (code, codes) = told(&library, "check dirty.xml --fail-on warning");
    assert_eq!(code, ExitCode::No);
    assert!(codes.contains(&"- SL723".to_owned()), "{codes:?}");
    let run = library.run("check dirty.xml --format json");
    let line = run.json()["items"].as_array().unwrap().iter().any(|i| i["location"]["line"] == 6);
    assert!(line, "{run}");
}

#[test]
fn an_export_without_entries_is_a_mistake_unless_allowed() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    library.write("site.xml", export(""));
    let run = library.run("check site.xml").expect(ExitCode::Usage);
    assert!(run.stderr.contains("the export has no entries"), "{run}");
    library.run("check site.xml --allow-empty").expect(ExitCode::Success);
    library.run("check none.xml").expect(ExitCode::Io);
}

#[test]
fn the_mildest_severity_that_fails_can_be_chosen() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    library.write("site.xml", site(&[(1, "tea.png", Some("Image of a tin of tea on a shelf"))]));
    assert_eq!(told(&library, "check site.xml").0, ExitCode::Success);
    assert_eq!(told(&library, "check site.xml --fail-on warning").0, ExitCode::No);
    assert_eq!(told(&library, "check site.xml --fail-on note").0, ExitCode::No);
    library.run("check site.xml --fail-on off").expect(ExitCode::Usage);
}

#[test]
fn every_format_ends_with_the_same_code_and_has_the_same_findings() {
    let library = shop();
    for (entries, code) in [
        (&[(1, "tea-tin-open.png", Some(GOOD_ALT))], ExitCode::Success),
        (&[(2, "tea-tin-red.png", Some(GOOD_ALT))], ExitCode::No),
    ] {
        library.write("site.xml", site(entries));
        for format in ["human", "json", "sarif", "junit", "github", "csv"] {
            let run = library.run(&format!("check site.xml --format {format}")).expect(code);
            assert_eq!(run.stdout.contains("nobody has approved it"), code == ExitCode::No);
        }
        library.run("check site.xml -q").expect(code);
    }
    library.write("site.xml", "");
    for format in ["human", "json", "sarif", "junit", "github", "csv"] {
        library.run(&format!("check site.xml --format {format}")).expect(ExitCode::Usage);
    }
}

#[test]
fn findings_name_the_line_and_the_same_export_gives_the_same_report() {
    let library = shop();
    let entries: Vec<_> = (1..40).map(|id| (id, "tea-tin-red.png", None)).collect();
    library.write("exports/site.xml", site(&entries));
    let first = library.run("check exports/site.xml --format github").expect(ExitCode::No);
    let line = "::error file=exports/site.xml,line=6,title=SL702 draft-asset::tea-tin-red.png: ";
    assert!(first.stdout.contains(line), "{first}");
    let absolute = library.path("exports/site.xml");
    let again = library.run(&format!("check {} --format github", absolute.display()));
    assert_eq!(again.stdout, first.stdout);
}

#[test]
fn a_baseline_accepts_until_its_day_and_not_longer() {
    let library = shop();
    let entries = [(2, "tea-tin-red.png", Some(GOOD_ALT)), (3, "tea-tin-old.png", None)];
    library.write("site.xml", site(&entries));
    library.run("check site.xml --to-baseline").expect(ExitCode::Usage);
    library.run("check site.xml --to-baseline --until 2026-03-01").expect(ExitCode::Usage);
    let made = library.run("check site.xml --to-baseline --until +4w").expect(ExitCode::Success);
    assert_eq!(made.stdout.lines().count(), 3, "{made}");
    library.write("baseline.jsonl", &made.stdout);
    let line = "check site.xml --baseline baseline.jsonl";
    let run = library.run(&format!("{line} --format json")).expect(ExitCode::Success);
    let report = run.json();
    assert_eq!(report["summary"]["accepted"], 3);
    assert_eq!(report["summary"]["errors"], 0);
    assert_eq!(report["items"][0]["accepted"], "until 2026-03-30");

    let moved = format!("{}\n\n\n", site(&[])).replace("<channel>", "\n\n\n<channel>");
    assert!(moved.contains("channel"));
    library.write("site.xml", site(&entries).replace("<channel>", "\n\n\n<channel>"));
    library.run(line).expect(ExitCode::Success);

    let more = [&entries[..], &[(4, "tea-tin-bad.png", Some(GOOD_ALT))]].concat();
    library.write("site.xml", site(&more));
    assert_eq!(
        told(&library, line),
        (
            ExitCode::No,
            vec![
                "tea-tin-red.png SL702".to_owned(),
                "tea-tin-old.png SL201".to_owned(),
                "tea-tin-old.png SL703".to_owned(),
                "tea-tin-bad.png SL705".to_owned(),
            ]
        )
    );

    library.write("site.xml", site(&entries[..1]));
    let run = library.run(line).expect(ExitCode::Success);
    assert!(run.stdout.contains("baseline: nothing was found for SL703"), "{run}");
    assert!(run.stdout.contains("2 lines of the baseline unused"), "{run}");
    library.set_now("2026-03-30T23:59:59Z");
    library.run(line).expect(ExitCode::Success);
    library.set_now("2026-03-31T00:00:00Z");
    let run = library.run(line).expect(ExitCode::No);
    assert!(run.stdout.contains("1 line of the baseline over"), "{run}");
}

#[test]
fn a_baseline_that_is_not_one_is_refused_with_its_line() {
    let library = shop();
    library.write("site.xml", site(&[(2, "tea-tin-red.png", None)]));
    let made = library.run("check site.xml --to-baseline --until +4w").stdout;
    for (text, why) in [
        ("{}".to_owned(), "line 1"),
        (made.replace("2026-03-30", "soon"), "`soon` is no date"),
        (made.replace("\"until\"", "\"untill\""), "unknown field"),
        (format!("{made}\nnot json"), "line 4"),
    ] {
        library.write("baseline.jsonl", text);
        let run = library.run("check site.xml --baseline baseline.jsonl").expect(ExitCode::Usage);
        assert!(run.stderr.contains(why), "{why}: {run}");
    }
}

#[test]
fn a_snapshot_is_believed_only_while_it_is_young() {
    let library = shop();
    let good = site(&[(1, "tea-tin-open.png", Some(GOOD_ALT))]);
    library.write("site.xml", &good);
    library.run("backup snapshot.db").expect(ExitCode::Success);
    let snapshot = library.path("snapshot.db");
    assert_eq!(fs::metadata(&snapshot).unwrap().permissions().mode() & 0o777, 0o600);
    let run = library.run("backup snapshot.db").expect(ExitCode::Usage);
    assert!(run.stderr.contains("is there already"), "{run}");
    symlink(library.path("state/quarantine"), library.path("into")).unwrap();
    for (place, where_it_lies) in [
        ("uploads/snapshot.db", "lies beneath root `uploads`"),
        ("state/quarantine/snapshot.db", "lies beneath the quarantine"),
        ("state/quarantine/v1/snapshot.db", "lies beneath the quarantine"),
        ("into/snapshot.db", "lies beneath the quarantine"),
    ] {
        let run = library.run(&format!("backup {place}")).expect(ExitCode::Usage);
        assert!(run.stderr.contains(where_it_lies), "{place}: {run}");
        assert!(!library.path(place).exists(), "{place}");
    }
    library.run("check site.xml --catalog snapshot.db").expect(ExitCode::Success);

    library.advance_days(7);
    library.run("check site.xml --catalog snapshot.db").expect(ExitCode::Success);
    library.advance_days(1);
    let run = library.run("check site.xml --catalog snapshot.db").expect(ExitCode::Guard);
    assert!(run.stderr.contains("more than 168 hours ago"), "{run}");
    library.run("check site.xml --catalog snapshot.db --max-age 9d").expect(ExitCode::Success);
    library.run("check site.xml --catalog snapshot.db --max-age 2h").expect(ExitCode::Guard);
    library.run("check site.xml --catalog snapshot.db --max-age soon").expect(ExitCode::Usage);
    library.run("check site.xml").expect(ExitCode::Success);

    library.set_now("2026-03-01T00:00:00Z");
    let run = library.run("check site.xml --catalog snapshot.db").expect(ExitCode::Guard);
    assert!(run.stderr.contains("still to come"), "{run}");
}

#[test]
fn a_snapshot_can_be_read_where_nobody_may_write() {
    let library = shop();
    library.write("ci/site.xml", site(&[(2, "tea-tin-red.png", Some(GOOD_ALT))]));
    library.run("backup ci/snapshot.db").expect(ExitCode::Success);
    library.remove_variable("SHELFLIFE_CONFIG");
    let folder = library.path("ci");
    let before: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    let header = fs::read(folder.join("snapshot.db")).unwrap();
    assert_eq!(header[18..20], [1, 1], "it needs no log beside it");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    fs::set_permissions(folder.join("snapshot.db"), fs::Permissions::from_mode(0o400)).unwrap();
    let told = told(&library, "check ci/site.xml --catalog ci/snapshot.db");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(told, (ExitCode::No, vec!["tea-tin-red.png SL702".to_owned()]));
    let after: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(after.len(), before.len());
}

#[test]
fn a_snapshot_that_people_go_on_working_with_is_a_catalog_again() {
    let library = shop();
    library.run("backup state/again.db").expect(ExitCode::Success);
    library.write("site.xml", site(&[(1, "tea-tin-open.png", Some(GOOD_ALT))]));
    library.run("--catalog state/again.db hold 1 --reason legal").expect(ExitCode::Success);
    library.advance_days(30);
    library.run("--catalog state/again.db check site.xml").expect(ExitCode::Success);
}

#[test]
fn a_policy_of_its_own_decides_severities() {
    let library = shop();
    library.write("site.xml", site(&[(2, "tea-tin-red.png", Some(GOOD_ALT))]));
    let mut policy = String::from("[rules]\n");
    writeln!(policy, "SL702 = \"note\"").unwrap();
    let path = library.write("policy.toml", policy);
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    library.run("check site.xml").expect(ExitCode::No);
    library.run("check site.xml --policy policy.toml").expect(ExitCode::Success);
    library.write("policy.toml", "[rules]\nSL999 = \"note\"\n");
    library.run("check site.xml --policy policy.toml").expect(ExitCode::Config);
}

#[test]
fn a_waived_finding_ships_until_its_last_day() {
    let library = shop();
    library.write("site.xml", site(&[(2, "tea-tin-red.png", Some(GOOD_ALT))]));
    library
        .run("rules waive SL702 tea-tin-red.png --reason 'approved by mail' --until 2026-03-09")
        .expect(ExitCode::Success);
    let run = library.run("check site.xml").expect(ExitCode::Success);
    assert!(run.stdout.contains("accepted SL702 draft-asset: nobody has approved it"), "{run}");
    assert!(run.stdout.contains("approved by mail"), "{run}");
    library.set_now("2026-03-10T00:00:00Z");
    library.run("check site.xml").expect(ExitCode::No);
}

#[test]
fn an_approval_that_was_taken_back_does_not_ship() {
    let library = shop();
    library.write("site.xml", site(&[(1, "tea-tin-open.png", Some(GOOD_ALT))]));
    library.run("check site.xml").expect(ExitCode::Success);
    library.write("uploads/tea-tin-open.png", picture(200));
    library.run("scan --full").expect(ExitCode::Success);
    let draft = (ExitCode::No, vec!["tea-tin-open.png SL702".to_owned()]);
    assert_eq!(told(&library, "check site.xml"), draft);
}
