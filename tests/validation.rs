//! Rules and their explanations, through the front door and on many names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use shelflife::cli::command_line;
use shelflife::domain::asset::{Asset, AssetId, Content, Digest};
use shelflife::domain::lifecycle::{Standing, State, Verdict};
use shelflife::domain::metadata::Metadata;
use shelflife::domain::path::RelPath;
use shelflife::domain::policy::Policy;
use shelflife::domain::time::Timestamp;
use shelflife::domain::validation::{Kin, Knowledge, Reading, Subject, rules, validate};
use shelflife::exit::ExitCode;

use crate::support::scanned::FULL;
use crate::support::{self, TestLibrary};

/// The rules that tell names which a tool gave by itself.
const DEFAULTS: [&str; 6] = ["SL101", "SL102", "SL103", "SL104", "SL105", "SL106"];

/// The codes of the filename rules that complain about a name, whatever its content.
fn complaints(name: &str) -> Vec<&'static str> {
    complaints_about(RelPath::new(format!("2026/05/{name}")).unwrap())
}

fn complaints_about(path: RelPath) -> Vec<&'static str> {
    let asset = Asset {
        id: AssetId(1),
        state: State::Draft,
        version: 1,
        root: 1,
        path,
        digest: Digest([0; 32]),
        content: Content::default(),
        attachment: None,
        added: Timestamp::from_millis(0),
    };
    let metadata = Metadata::default();
    let subject = Subject {
        asset: &asset,
        metadata: &metadata,
        files: &[],
        claims: None,
        verdict: &Verdict { standing: Standing::Draft, causes: Vec::new() },
        rejected_for: &[],
        contexts: &[],
        licenses: &[],
        policy: &Policy::default(),
        reading: &Reading::of(&asset, &metadata),
        listed: &[],
        kin: &Kin::default(),
        waivers: &[],
        now: Timestamp::from_millis(0),
        known: Knowledge::BY_CATALOG,
        exported: None,
    };
    let codes = validate(&subject).into_iter().map(|finding| finding.code);
    codes.filter(|code| code.starts_with("SL1")).collect()
}

/// What WordPress makes of a name on upload, by its `sanitize_file_name`.
fn sanitized(name: &str) -> String {
    let deleted = "?[]/\\=<>:;,'\"&$#*()|~`!{}’«»”“";
    let kept: String = name.replace("%20", "-").chars().filter(|c| !deleted.contains(*c)).collect();
    let mut dashed = String::new();
    for character in kept.chars() {
        let dash = character.is_whitespace() || matches!(character, '-' | '+');
        match (dash, character) {
            (true, _) if dashed.ends_with('-') => {}
            (true, _) => dashed.push('-'),
            (false, '.') if dashed.ends_with('.') => {}
            (false, other) => dashed.push(other),
        }
    }
    dashed.replace('%', "").trim_matches(['.', '-', '_']).to_owned()
}

/// The name as written and as uploaded, each also with what WordPress appends.
fn variants(name: &str) -> Vec<String> {
    let mut variants = Vec::new();
    for name in [name.to_owned(), sanitized(name)] {
        let (stem, extension) = name.rsplit_once('.').unwrap();
        for suffix in
            ["", "-1", "-150x150", "-scaled", "-e1746759125951", "-e1746759125951-300x200"]
        {
            variants.push(format!("{stem}{suffix}.{extension}"));
        }
    }
    variants
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().skip(1);
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/filenames").join(name)
}

#[test]
fn default_names_are_told_by_their_rule_whatever_was_appended() {
    for row in rows(&fixture("defaults.tsv")) {
        let [_, code, name] = row.as_slice() else { panic!("{row:?}") };
        for variant in variants(name) {
            assert!(complaints(&variant).contains(&code.as_str()), "{code}: {variant}");
        }
    }
}

#[test]
fn descriptive_names_raise_no_alarm() {
    let text = fs::read_to_string(fixture("descriptive.txt")).unwrap();
    let names: BTreeSet<_> = text.lines().collect();
    assert!(names.len() >= 250, "{} names", names.len());
    let alarmed: Vec<_> = names
        .into_iter()
        .flat_map(|name| variants(name).into_iter().take(6))
        .map(|name| (complaints(&name), name))
        .filter(|(codes, _)| !codes.is_empty())
        .collect();
    assert_eq!(alarmed, []);
}

#[test]
fn descriptive_names_are_so_when_a_mac_writes_them() {
    use unicode_normalization::UnicodeNormalization as _;
    let text = fs::read_to_string(fixture("descriptive.txt")).unwrap();
    for name in text.lines() {
        let codes = complaints(&name.nfd().collect::<String>());
        assert!(codes.iter().all(|code| *code == "SL114"), "{name}: {codes:?}");
    }
}

#[test]
fn real_default_names_are_all_told() {
    let Some(path) = support::shared("data/corpus/filenames.tsv") else { return };
    let mut names = 0;
    for row in rows(&path) {
        let [_, name, ..] = row.as_slice() else { panic!("{row:?}") };
        names += 1;
        for variant in variants(name) {
            let codes = complaints(&variant);
            assert!(codes.iter().any(|code| DEFAULTS.contains(code)), "{variant}: {codes:?}");
        }
    }
    assert!(names >= 60, "only {names} names");
}

#[test]
fn every_known_tool_has_a_made_up_name_here() {
    let Some(path) = support::shared("data/filename-patterns.tsv") else { return };
    let made_up: BTreeSet<_> =
        rows(&fixture("defaults.tsv")).into_iter().map(|row| row[0].clone()).collect();
    let known: BTreeSet<_> = rows(&path).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(known.len(), 31);
    assert_eq!(made_up, known);
}

#[test]
fn a_name_of_any_bytes_is_judged() {
    let names: [&[u8]; 5] =
        [b"\xff\xfe.jpg", &[b'-'; 255], b"\x01\xe2\x80\xae.png", &[0x80; 255], &[b'('; 255]];
    for name in names {
        assert!(!complaints_about(RelPath::new(name).unwrap()).is_empty(), "{name:?}");
    }
}

#[test]
fn rules_are_listed_and_one_is_explained() {
    let library = TestLibrary::new();
    let listed = library.run("rules").expect(ExitCode::Success).stdout;
    for rule in rules::ALL {
        assert!(listed.contains(rule.code) && listed.contains(rule.name), "{}", rule.code);
    }
    let explained = library.run("rules SL401").expect(ExitCode::Success);
    insta::assert_snapshot!(explained, @"
    exit: 0
    --- stdout
    code: SL401
    name: owner-missing
    severity: error
    gates approval: yes
    summary: nobody owns the asset
    why: Reminders, reviews and questions go to the owner. Without one they go to nobody.
    fix: Name a person with `describe --owner`.
    source: product policy
    told from: the record in the catalog
    ");
    assert_eq!(library.run("rules owner-missing").stdout, explained.stdout);
    assert_eq!(library.run("rules sl401").stdout, explained.stdout);
}

#[test]
fn rules_are_the_same_for_scripts() {
    let library = TestLibrary::new();
    let json = library.run("--format json rules SL401").expect(ExitCode::Success);
    let rule = &json.json()["items"][0]["fields"];
    assert_eq!(rule["code"], "SL401");
    assert_eq!(rule["gates_approval"], true);
    assert_eq!(rule["source"], "product policy");
    let listed = library.run("--format json rules").expect(ExitCode::Success).stdout;
    let severities: BTreeMap<_, _> =
        rules::ALL.iter().map(|r| (r.code, r.severity.name())).collect();
    for (code, severity) in severities {
        let start = format!(r#""code":"{code}""#);
        let line = listed.lines().find(|line| line.contains(&start)).unwrap();
        assert!(line.contains(&format!(r#""severity":"{severity}""#)), "{line}");
    }
}

#[test]
fn an_unknown_rule_is_a_usage_error_that_names_near_ones() {
    let library = TestLibrary::new();
    insta::assert_snapshot!(library.run("rules alt-text-mising"), @"
    exit: 2
    --- stderr
    shelflife: error: there is no rule `alt-text-mising`
      hint: did you mean SL201 (alt-text-missing)?
    ");
    insta::assert_snapshot!(library.run("rules nonsense"), @"
    exit: 2
    --- stderr
    shelflife: error: there is no rule `nonsense`
      hint: `shelflife rules` lists them
    ");
}

/// The commands that a text quotes: `describe --owner` and the like.
fn quoted_commands(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.map(|command| command.split(' ').collect::<Vec<_>>())
}

#[test]
fn a_fix_names_commands_and_options_that_are_there() {
    let program = command_line();
    let mut seen = 0;
    for rule in rules::ALL {
        for words in quoted_commands(rule.fix) {
            let Some(mut command) = program.find_subcommand(words[0]) else { continue };
            let mut words = words.into_iter().skip(1).peekable();
            while let Some(inner) = words.peek().and_then(|word| command.find_subcommand(word)) {
                command = inner;
                words.next();
            }
            let is_group = command.has_subcommands() && command.get_positionals().next().is_none();
            let stranger = words.peek().filter(|word| is_group && !word.starts_with("--"));
            assert!(
                stranger.is_none(),
                "{}: `{}` has no {stranger:?}",
                rule.code,
                command.get_name()
            );
            for option in words.filter_map(|word| word.strip_prefix("--")) {
                seen += 1;
                let known = command.get_arguments().any(|known| known.get_long() == Some(option));
                assert!(known, "{}: `{}` has no --{option}", rule.code, command.get_name());
            }
        }
    }
    assert!(seen > 20, "{seen} options are named");
}

/// Two drafts: one described as an approval needs it, one not at all.
fn half_described() -> TestLibrary {
    let library = TestLibrary::scanned(&["a.png", "green-tea-tin.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    library
}

#[test]
fn findings_are_told_by_asset_and_code() {
    let library = half_described();
    insta::assert_snapshot!(library.tell("validate"), @"
    exit: 1
    #1 a.png
      error SL108 filename-generic: `a` describes nothing
      error SL201 alt-text-missing: there is no alternative text for `en`
      error SL301 source-note-missing: no source note is recorded
      error SL302 rights-note-missing: no rights note is recorded
      error SL303 rights-review-missing: no review of the rights is recorded
      note SL311 license-missing: no license is linked
      error SL401 owner-missing: no owner is recorded
      error SL403 placement-missing: no placement is recorded
      error SL501 context-missing: no context is linked
      error SL502 end-missing: no expiry date, and no license or context that ends its use
      error SL505 review-date-missing: no review date is set
    #2 green-tea-tin.png
      note SL311 license-missing: no license is linked
    `shelflife rules SL108` says why that matters and what to do
    10 errors, 2 notes, 2 assets checked
    ");
    insta::assert_snapshot!(library.tell("validate 2"), @"
    exit: 0
    #2 green-tea-tin.png
      note SL311 license-missing: no license is linked
    `shelflife rules SL311` says why that matters and what to do
    1 note, 1 asset checked
    ");
    let json = library.run("validate --format json").json();
    assert_eq!(json["summary"]["figures"]["assets checked"], 2);
    assert_eq!(json["items"][0]["code"], "SL108");
}

#[test]
fn one_rule_is_asked_alone_and_selects_assets() {
    let library = half_described();
    insta::assert_snapshot!(library.tell("validate --rule SL201 --rule owner-missing"), @"
    exit: 1
    #1 a.png
      error SL201 alt-text-missing: there is no alternative text for `en`
      error SL401 owner-missing: no owner is recorded
    `shelflife rules SL201` says why that matters and what to do
    2 errors, 2 assets checked
    ");
    insta::assert_snapshot!(library.tell("list --where-rule sl201"), @"
    exit: 0
    ID  PATH   STATE  STANDING  BECAUSE
     1  a.png  draft  draft     nobody has approved it

    1 row
    ");
    insta::assert_snapshot!(library.tell("describe --where-rule SL401 --owner li --dry-run"), @"
    exit: 0
    would record  #1 a.png  owner: nothing → `li`
    1 edited
    dry run: nothing was changed
    ");
    insta::assert_snapshot!(library.tell("validate 2 1 --where-rule SL401 --rule SL401"), @"
    exit: 1
    #1 a.png
      error SL401 owner-missing: no owner is recorded
    `shelflife rules SL401` says why that matters and what to do
    1 error, 1 asset checked
    ");
    let run = library.run("list --where-rule SL999").expect(ExitCode::Usage);
    assert!(run.stderr.contains("not a rule"), "{run}");
}

#[test]
fn a_rule_that_is_off_finds_nothing_and_one_that_warns_does_not_fail() {
    let library = half_described();
    library.set_severity("off", &["SL401"]);
    library.run("validate --rule SL401").expect(ExitCode::Success);
    assert!(library.tell("list --where-rule SL401").contains("nothing to report"));
    library.set_severity("warning", &["SL201"]);
    let run = library.run("validate --rule SL201").expect(ExitCode::Success);
    assert!(run.stdout.contains("#1 a.png\n  warning SL201 alt-text-missing:"), "{run}");
}

#[test]
fn what_validate_calls_clean_can_be_approved() {
    let library = half_described();
    library.run("validate 2").expect(ExitCode::Success);
    library.run("approve 2").expect(ExitCode::Success);
    library.run("validate 1").expect(ExitCode::No);
    library.run("approve 1").expect(ExitCode::No);
}
