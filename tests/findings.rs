//! The formats that hold findings, each read back by a parser that is not ours.

use std::io::Write as _;
use std::process::{Command, Stdio};

use shelflife::domain::asset::AssetId;
use shelflife::domain::text::is_unsafe_to_show;
use shelflife::domain::time::Timestamp;
use shelflife::domain::validation::{Finding, Severity, rules};
use shelflife::exit::ExitCode;
use shelflife::output::{Color, Format, Heading, MOST_RESULTS, Style, Verbosity, renderer};
use shelflife::report::{Effect, ErrorLine, Found, Item, Location, Report, Subject};

use crate::support::{TestLibrary, skip};

const FORMATS: [Format; 6] =
    [Format::Human, Format::Json, Format::Sarif, Format::Junit, Format::Github, Format::Csv];
/// Those that hold nothing but findings, as typed.
const FOR_FINDINGS: [&str; 4] = ["sarif", "junit", "github", "csv"];

fn rendered(format: Format, say: impl FnOnce(&mut Report<'_>)) -> (String, ExitCode) {
    ended(format, None, say)
}

fn ended(
    format: Format,
    error: Option<&ErrorLine>,
    say: impl FnOnce(&mut Report<'_>),
) -> (String, ExitCode) {
    let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
    let heading = Heading { command: "check", now, apply_with: None };
    let style = Style { color: Color::None, verbosity: Verbosity::Normal, width: None };
    let mut out = Vec::new();
    let mut sink = renderer(format, &mut out, heading, style);
    let mut report = Report::new(&mut *sink);
    say(&mut report);
    let (code, _) = report.finish(error);
    drop(sink);
    (String::from_utf8(out).unwrap(), code)
}

fn finding(code: &str, message: &str) -> Finding {
    let rule = rules::named(code).unwrap();
    let message = message.to_owned();
    Finding { code: rule.code, name: rule.name, severity: rule.severity, message, waived: None }
}

fn at(line: u64, item: &str) -> Location {
    let file = "exports/site 1.xml".to_owned();
    Location { file, line: Some(line), item: Some(item.to_owned()) }
}

/// An error and an accepted one about one item, a warning about another, and a failure.
fn several(report: &mut Report<'_>) {
    let tea = Subject { id: AssetId(12), path: "2025/03/tea.jpg".to_owned() };
    let found = Found::new(Some(tea), finding("SL201", "there is no text in `en`"));
    let found = Found { location: Some(at(120, "2025/03/tea.jpg")), ..found };
    report.say(&Item::Finding(found.clone()));
    let effect = Effect::Accepted("until 2026-06-30, by Nina".to_owned());
    let finding_of_owner = finding("SL401", "nobody owns it");
    report.say(&Item::Finding(Found { finding: finding_of_owner, effect, ..found }));
    let cup = Found::new(None, finding("SL206", "it begins with `Image of`"));
    report.say(&Item::Finding(Found { location: Some(at(180, "wp:7388")), ..cup }));
    report.say(&Item::Failure {
        what: "exports/site 1.xml, line 9".to_owned(),
        why: "100% broken: a, b".to_owned(),
        hint: None,
    });
    report.text("Nothing else was read.");
    report.figure("items checked", 2);
}

#[test]
fn people_read_findings_beneath_what_they_are_about() {
    insta::assert_snapshot!(rendered(Format::Human, several).0, @"
    #12 2025/03/tea.jpg  (exports/site 1.xml:120)
      error SL201 alt-text-missing: there is no text in `en`
      accepted SL401 owner-missing: nobody owns it (until 2026-06-30, by Nina)
    wp:7388  (exports/site 1.xml:180)
      warning SL206 alt-text-image-of: it begins with `Image of`
    failed  exports/site 1.xml, line 9: 100% broken: a, b
    Nothing else was read.
    `shelflife rules SL201` says why that matters and what to do
    1 error, 1 warning, 1 accepted, 1 failed, 2 items checked
    ");
}

#[test]
fn a_workflow_shows_findings_beside_their_lines() {
    insta::assert_snapshot!(rendered(Format::Github, several).0, @"
    ::error file=exports/site 1.xml,line=120,title=SL201 alt-text-missing::2025/03/tea.jpg: there is no text in `en`
    ::notice file=exports/site 1.xml,line=120,title=SL401 owner-missing::accepted (until 2026-06-30, by Nina): 2025/03/tea.jpg: nobody owns it
    ::warning file=exports/site 1.xml,line=180,title=SL206 alt-text-image-of::wp:7388: it begins with `Image of`
    ::error title=shelflife check::exports/site 1.xml, line 9: 100%25 broken: a, b
    ::notice title=shelflife check::Nothing else was read.
    ::notice title=shelflife check::1 error, 1 warning, 1 accepted, 1 failed, 2 items checked
    ");
}

#[test]
fn a_spreadsheet_has_a_row_for_each() {
    insta::assert_snapshot!(rendered(Format::Csv, several).0.replace('\r', ""), @r##"
    "severity","code","name","asset","item","file","line","message","accepted","fingerprint"
    "error","SL201","alt-text-missing","#12","2025/03/tea.jpg","exports/site 1.xml","120","there is no text in `en`","","0f278b7bb5f447a3"
    "error","SL401","owner-missing","#12","2025/03/tea.jpg","exports/site 1.xml","120","nobody owns it","until 2026-06-30, by Nina","71db4186be1ec307"
    "warning","SL206","alt-text-image-of","","wp:7388","exports/site 1.xml","180","it begins with `Image of`","","e7fac2d53078af34"
    "failed","","","","exports/site 1.xml, line 9","","","100% broken: a, b","",""
    "##);
}

#[test]
fn a_ci_server_has_a_suite_for_each_item() {
    insta::assert_snapshot!(rendered(Format::Junit, several).0, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="shelflife check">
     <testsuite name="2025/03/tea.jpg" tests="2" failures="1" errors="0" skipped="1" timestamp="2026-03-02T09:00:00.000Z">
      <testcase classname="2025/03/tea.jpg" name="SL201 alt-text-missing">
       <failure message="there is no text in `en`"/>
       <system-out>error in exports/site 1.xml:120</system-out>
      </testcase>
      <testcase classname="2025/03/tea.jpg" name="SL401 owner-missing">
       <skipped message="accepted: until 2026-06-30, by Nina"/>
       <system-out>error in exports/site 1.xml:120: nobody owns it</system-out>
      </testcase>
     </testsuite>
     <testsuite name="wp:7388" tests="1" failures="0" errors="0" skipped="0" timestamp="2026-03-02T09:00:00.000Z">
      <testcase classname="wp:7388" name="SL206 alt-text-image-of">
       <system-out>warning in exports/site 1.xml:180: it begins with `Image of`</system-out>
      </testcase>
     </testsuite>
     <testsuite name="exports/site 1.xml, line 9" tests="1" failures="0" errors="1" skipped="0" timestamp="2026-03-02T09:00:00.000Z">
      <testcase classname="exports/site 1.xml, line 9" name="read">
       <error message="100% broken: a, b"/>
      </testcase>
     </testsuite>
     <testsuite name="shelflife check" tests="1" failures="0" errors="0" skipped="0" timestamp="2026-03-02T09:00:00.000Z">
      <testcase classname="shelflife check" name="runs to its end">
       <system-out>Nothing else was read.
    1 error, 1 warning, 1 accepted, 1 failed, 2 items checked</system-out>
      </testcase>
     </testsuite>
    </testsuites>
    "#);
}

#[test]
fn code_scanning_has_a_result_for_each() {
    let (text, _) = rendered(Format::Sarif, several);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let run = &document["runs"][0];
    let rules = &run["tool"]["driver"]["rules"];
    let mut results = run["results"].as_array().unwrap().clone();
    for result in &mut results {
        let index = result.as_object_mut().unwrap().remove("ruleIndex").unwrap();
        assert_eq!(
            rules[usize::try_from(index.as_u64().unwrap()).unwrap()]["id"],
            result["ruleId"]
        );
    }
    let results = results.iter().chain([&run["invocations"]]);
    let lines: Vec<_> = results.map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"level":"error","locations":[{"logicalLocations":[{"fullyQualifiedName":"2025/03/tea.jpg","kind":"resource"}],"physicalLocation":{"artifactLocation":{"uri":"exports/site%201.xml"},"region":{"startLine":120}}}],"message":{"text":"2025/03/tea.jpg: there is no text in `en`"},"partialFingerprints":{"primaryLocationLineHash":"0f278b7bb5f447a3:1","shelflife/v1":"0f278b7bb5f447a3"},"properties":{"asset":12,"path":"2025/03/tea.jpg"},"ruleId":"SL201"}
    {"level":"error","locations":[{"logicalLocations":[{"fullyQualifiedName":"2025/03/tea.jpg","kind":"resource"}],"physicalLocation":{"artifactLocation":{"uri":"exports/site%201.xml"},"region":{"startLine":120}}}],"message":{"text":"2025/03/tea.jpg: nobody owns it"},"partialFingerprints":{"primaryLocationLineHash":"71db4186be1ec307:1","shelflife/v1":"71db4186be1ec307"},"properties":{"asset":12,"path":"2025/03/tea.jpg"},"ruleId":"SL401","suppressions":[{"justification":"until 2026-06-30, by Nina","kind":"external"}]}
    {"level":"warning","locations":[{"logicalLocations":[{"fullyQualifiedName":"wp:7388","kind":"resource"}],"physicalLocation":{"artifactLocation":{"uri":"exports/site%201.xml"},"region":{"startLine":180}}}],"message":{"text":"wp:7388: it begins with `Image of`"},"partialFingerprints":{"primaryLocationLineHash":"e7fac2d53078af34:1","shelflife/v1":"e7fac2d53078af34"},"ruleId":"SL206"}
    [{"executionSuccessful":false,"exitCode":3,"startTimeUtc":"2026-03-02T09:00:00.000Z","toolExecutionNotifications":[{"level":"error","message":{"text":"exports/site 1.xml, line 9: 100% broken: a, b"}},{"level":"note","message":{"text":"Nothing else was read."}}]}]
    "#);
    assert_eq!(run["automationDetails"]["id"], "shelflife-check/");
}

#[test]
fn code_scanning_gets_every_rule_with_its_help() {
    let (text, _) = rendered(Format::Sarif, |_| {});
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let listed = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let codes: Vec<_> = listed.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(codes, rules::ALL.iter().map(|rule| rule.code).collect::<Vec<_>>());
    for (told, rule) in listed.iter().zip(rules::ALL) {
        assert!(told["help"]["text"].as_str().unwrap().contains(rule.fix), "{}", rule.code);
        assert!(told["help"]["markdown"].as_str().unwrap().contains(rule.why), "{}", rule.code);
        for description in ["shortDescription", "fullDescription"] {
            let text = told[description]["text"].as_str().unwrap();
            assert!(text.ends_with('.') && text.chars().count() <= 1024, "{text}");
        }
    }
}

/// Everything that a name or a text from outside could carry.
fn hostile() -> String {
    let mut text = "=1+1\"'<a>&]]>,:%0A::error::\r\n[x](http://a) {0} \u{1b}[2J\u{202e}".to_owned();
    text.extend((0..=0xa0_u32).filter_map(char::from_u32));
    text.push_str("\u{feff}\u{fffe}\u{ffff}\u{e0041}\u{2028}\u{10ffff}\u{fdd0}日本 é/../%2e#?");
    text
}

fn hostile_finding(report: &mut Report<'_>) {
    let text = hostile();
    let subject = Subject { id: AssetId(1), path: text.clone() };
    let location = Location { file: text.clone(), line: Some(0), item: Some(text.clone()) };
    let found = Found::new(Some(subject), finding("SL201", &text));
    report.say(&Item::Finding(found.clone()));
    let effect = Effect::Accepted(text.clone());
    report.say(&Item::Finding(Found { location: Some(location), effect, ..found }));
    report.say(&Item::Failure { what: text.clone(), why: text.clone(), hint: Some(text.clone()) });
    report.text(text);
}

#[test]
fn no_format_lets_anything_from_outside_steer_a_terminal() {
    for format in FORMATS {
        let (text, _) = rendered(format, hostile_finding);
        let harmful = |c: &char| !matches!(c, '\n' | '\r') && is_unsafe_to_show(*c);
        assert_eq!(text.chars().filter(harmful).collect::<String>(), "", "{format:?}");
    }
}

/// Runs another program on a text; `None` if it is not there.
fn piped(program: &str, arguments: &[&str], text: &str) -> Option<std::process::Output> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().unwrap();
    let bytes = text.as_bytes().to_owned();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().ok();
    Some(output)
}

const WELL_FORMED: &str = "
import sys, xml.dom.minidom as dom
document = dom.parse(sys.stdin.buffer)
for suite in document.getElementsByTagName('testsuite'):
    cases = suite.getElementsByTagName('testcase')
    assert int(suite.getAttribute('tests')) == len(cases) > 0
    for what in ['failure', 'error', 'skipped']:
        found = suite.getElementsByTagName(what)
        name = what + ('' if what == 'skipped' else 's')
        assert int(suite.getAttribute(name)) == len(found), (what, len(found))
        assert all(one.getAttribute('message') for one in found)
";

#[test]
fn junit_is_well_formed_whatever_the_texts_are() {
    for say in [several, hostile_finding, |_: &mut Report<'_>| {}] {
        let (text, _) = rendered(Format::Junit, say);
        let Some(read) =
            piped("python3", &["-c", WELL_FORMED], &text).or_else(|| skip("there is no python3"))
        else {
            return;
        };
        assert!(read.status.success(), "{text}\n{}", String::from_utf8_lossy(&read.stderr));
    }
}

const VALID: &str = "
import json, sys
from jsonschema import Draft7Validator
schema = json.load(open(sys.argv[1]))
schema['$schema'] = 'http://json-schema.org/draft-07/schema#'
errors = list(Draft7Validator(schema).iter_errors(json.load(sys.stdin)))
sys.exit('\\n'.join(f'{list(e.absolute_path)}: {e.message[:300]}' for e in errors[:5]) or 0)
";

/// The official schema, from the package of a crate that is fetched and never compiled.
fn sarif_schema() -> Option<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let metadata = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif")?;
    let manifest = package["manifest_path"].as_str().unwrap();
    let schema = manifest.replace("Cargo.toml", "src/schema.json");
    std::path::Path::new(&schema).is_file().then_some(schema)
}

#[track_caller]
fn assert_valid_sarif(text: &str, schema: &str) {
    let read = piped("python3", &["-c", VALID, schema], text).unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}

fn can_validate_sarif() -> Option<String> {
    let schema = sarif_schema().or_else(|| skip("the schema of SARIF cannot be fetched"))?;
    let python = piped("python3", &["-c", "import jsonschema"], "");
    let can = python.is_some_and(|output| output.status.success());
    if can { Some(schema) } else { skip("python3 has no jsonschema") }
}

#[test]
fn sarif_is_valid_by_the_official_schema() {
    let Some(schema) = can_validate_sarif() else { return };
    let error = ErrorLine {
        message: "the catalog is busy".to_owned(),
        excerpt: Vec::new(),
        causes: vec!["database is locked".to_owned()],
        hint: None,
        code: ExitCode::Busy,
    };
    assert_valid_sarif(&rendered(Format::Sarif, several).0, &schema);
    assert_valid_sarif(&ended(Format::Sarif, Some(&error), hostile_finding).0, &schema);
    let broken = "{\"version\":\"2.1.0\",\"runs\":[{\"results\":[]}]}";
    let read = piped("python3", &["-c", VALID, &schema], broken).unwrap();
    assert!(!read.status.success(), "a run without a tool is not valid");
}

#[test]
fn what_code_scanning_does_not_take_is_counted_and_told() {
    let many = |report: &mut Report<'_>| {
        for number in 0..MOST_RESULTS + 7 {
            // Warnings first: errors have their room whatever came before.
            let rule = if number < MOST_RESULTS - 3 { "SL206" } else { "SL705" };
            let found = Found::new(None, finding(rule, "it begins with `Image of`"));
            let location = Some(at(number + 1, &format!("wp:{number}")));
            report.say(&Item::Finding(Found { location, ..found }));
        }
        for number in 0..150 {
            let (what, why) = (format!("line {number}"), "broken".to_owned());
            report.say(&Item::Failure { what, why, hint: None });
        }
    };
    let (text, _) = rendered(Format::Sarif, many);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let run = &document["runs"][0];
    let results = run["results"].as_array().unwrap();
    let levels: Vec<_> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels.len(), 15_010);
    assert_eq!(levels[15_000..], ["error"; 10]);
    let told = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let texts: Vec<_> = told.iter().map(|told| told["message"]["text"].as_str().unwrap()).collect();
    assert_eq!(
        texts[100..],
        [
            "50 more are not listed",
            "9997 results are left out: code scanning takes 25000 of one run"
        ]
    );
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn addresses_are_relative_and_percent_encoded() {
    let address = |file: &str| {
        let location = Location { file: file.to_owned(), line: None, item: None };
        let found = Found::new(None, finding("SL201", "there is no text"));
        let found = Found { location: Some(location), ..found };
        let (text, _) = rendered(Format::Sarif, |report| report.say(&Item::Finding(found)));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["region"]["startLine"], 1);
        place["artifactLocation"]["uri"].as_str().unwrap().to_owned()
    };
    assert_eq!(address("exports/site 1.xml"), "exports/site%201.xml");
    assert_eq!(address("c:x#é?%.xml"), "c%3Ax%23%C3%A9%3F%25.xml");
    assert_eq!(address("/srv/site.xml"), "file:///srv/site.xml");
}

#[test]
fn a_finding_keeps_its_fingerprint_when_its_line_moves() {
    let of = |code: &str, line: u64, item: &str, message: &str| {
        let location = Some(at(line, item));
        Found { location, ..Found::new(None, finding(code, message)) }.fingerprint()
    };
    let first = of("SL201", 1, "a.jpg", "no text");
    assert_eq!(first.len(), 16);
    assert_eq!(of("SL201", 900, "a.jpg", "no text"), first);
    assert_ne!(of("SL202", 1, "a.jpg", "no text"), first);
    assert_ne!(of("SL201", 1, "b.jpg", "no text"), first);
    assert_ne!(of("SL201", 1, "a.jpg", "another text"), first);
}

#[test]
fn no_cell_begins_a_formula() {
    for payload in ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "\u{a0}@a", "＝1", "\tx"]
    {
        let (text, _) = rendered(Format::Csv, |report| {
            report.say(&Item::Finding(Found::new(None, finding("SL201", payload))));
        });
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let row = table.records().next().unwrap().unwrap();
        assert!(row[7].starts_with('\''), "{payload:?} became {:?}", &row[7]);
    }
    let (text, _) = rendered(Format::Csv, hostile_finding);
    let mut table = csv::Reader::from_reader(text.as_bytes());
    for row in table.records() {
        let row = row.unwrap();
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])));
    }
}

#[test]
fn an_annotation_stays_on_its_line() {
    let (text, _) = rendered(Format::Github, hostile_finding);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 5, "two findings, a failure, a sentence, the summary:\n{text}");
    for line in lines {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        assert!(
            ["error ", "warning ", "notice "].iter().any(|word| head.starts_with(word)),
            "{head}"
        );
        assert!(!message.contains('%') || message.contains("%25"), "{message}");
    }
}

#[test]
fn every_format_ends_with_the_same_code() {
    let severe = |severity| {
        move |report: &mut Report<'_>| {
            let finding = Finding { severity, ..finding("SL201", "there is no text") };
            report.say(&Item::Finding(Found::new(None, finding)));
        }
    };
    for format in FORMATS {
        assert_eq!(rendered(format, |_| {}).1, ExitCode::Success, "{format:?}");
        assert_eq!(rendered(format, severe(Severity::Warning)).1, ExitCode::Success, "{format:?}");
        assert_eq!(rendered(format, severe(Severity::Error)).1, ExitCode::No, "{format:?}");
        assert_eq!(rendered(format, several).1, ExitCode::Partial, "{format:?}");
    }
}

#[test]
fn a_command_without_findings_has_nothing_to_say_in_their_formats() {
    let library = TestLibrary::stocked(&["2025/03/tea.jpg"]);
    for format in FOR_FINDINGS {
        let run = library.run(&format!("list --format {format}")).expect(ExitCode::Usage);
        assert_eq!(run.stdout, "", "{format}");
        assert!(run.stderr.contains("`list` has no findings"), "{}", run.stderr);
        let run = library.run(&format!("validate --format {format}")).expect(ExitCode::No);
        assert!(run.stdout.contains("SL201"), "{format}: {}", run.stdout);
    }
}
