//! Texts from outside that would be commands where they are shown.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use shelflife::cli::Terminals;
use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::many::program;
use crate::support::terminal::{on_terminal, without_color};
use crate::support::{Run, TestLibrary, cases, skip, split_words};

/// What begins or ends something somewhere.
const BEGINNINGS: [&str; 15] = [
    "",
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r\n=",
    " =",
    "\u{ff1d}",
    "::error::",
    "\n::error file=a::",
    "\"",
    "]]>",
    "'\"><",
    "\u{feff}=",
];
/// What would be carried out, hidden or turned around there.
const PAYLOADS: [&str; 20] = [
    "cmd|' /C calc'!A0",
    "HYPERLINK(\"http://a.invalid\")",
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}]0;owned\u{7}",
    "\u{1b}]8;;http://a.invalid\u{1b}\\x",
    "\u{9b}31m\u{9d}0;x\u{9c}",
    "\u{8}\u{8}\u{8}\u{7f}",
    "a\rb\nc\u{b}d\u{c}e",
    "\u{202e}gnp.exe\u{202c}",
    "\u{2066}x\u{2069}\u{200f}\u{061c}",
    "a\u{200b}b\u{200d}c\u{2060}d\u{ad}",
    "\u{e0041}\u{e0042}\u{e007f}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>&amp;",
    "</testsuite><testcase name=\"x\"/>",
    "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>&b;",
    "%0A::set-output name=a::b%0D",
    "{\"a\": \"\\u0000\"}\\",
    "'; DROP TABLE asset; --",
    "\u{fffe}\u{ffff}\u{2028}x\u{2029}",
];

fn payloads() -> Vec<String> {
    let all: Vec<_> = BEGINNINGS
        .iter()
        .flat_map(|begin| PAYLOADS.iter().map(move |payload| format!("{begin}{payload}")))
        .collect();
    assert_eq!(all.len(), 300);
    let stride = all.len() / cases(30, all.len());
    let random = usize::from(uuid::Uuid::new_v4().as_bytes()[0]);
    all.into_iter().skip(random % stride).step_by(stride).collect()
}

/// The payload as a name of a file, with bytes that are no text.
fn name_of(number: usize, payload: &str) -> OsString {
    let mut bytes = payload.replace('/', "\\").into_bytes();
    bytes.truncate(200);
    if number.is_multiple_of(3) {
        bytes.extend([0xff, 0x1b]);
    }
    bytes.extend(format!("-{number}.png").into_bytes());
    OsStr::from_bytes(&bytes).to_owned()
}

/// A picture that says the payload of itself.
fn picture(number: usize, payload: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 8, 6);
    encoder.set_color(png::ColorType::Grayscale);
    for keyword in ["Description", "parameters", "Copyright"] {
        encoder.add_itxt_chunk(keyword.to_owned(), payload.replace('\0', "")).unwrap();
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[u8::try_from(number % 256).unwrap(); 48]).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A library in which every text that anybody can give is a payload.
fn library(payloads: &[String]) -> TestLibrary {
    let library = TestLibrary::new();
    for (number, payload) in payloads.iter().enumerate() {
        library
            .write(Path::new("uploads").join(name_of(number, payload)), picture(number, payload));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let percent = config.replace("max_percent = 10", "max_percent = 100");
    library.write_config(&percent);
    library.run("scan").expect(ExitCode::Success);
    for (number, payload) in payloads.iter().enumerate() {
        let asset = (number + 1).to_string();
        let key = format!("key-{number}");
        for words in [
            &[
                "describe",
                &asset,
                "--title",
                payload,
                "--alt",
                payload,
                "--source-note",
                payload,
                "--rights-note",
                payload,
                "--owner",
                payload,
                "--rights-reviewed-by",
                payload,
            ][..],
            &["hold", &asset, "--reason", payload],
            &["flag", &asset, "--risk", "likeness", "--note", payload],
            &["rules", "waive", "SL401", &asset, "--until", "+2w", "--reason", payload],
            &[
                "license",
                "add",
                &key,
                "--perpetual",
                "--holder",
                payload,
                "--note",
                payload,
                "--document",
                payload,
                "--credit",
                payload,
            ],
            &["context", "add", &format!("claim/{key}"), "--owner", payload, "--note", payload],
        ] {
            give(&library, words);
        }
        if number % 3 == 0 {
            give(&library, &["reject", &asset, "--actor", payload, "--reason", payload]);
        }
    }
    library.run("clean --save");
    library
}

/// Gives a command its words as they are. It may refuse them, and then says so harmlessly.
fn give(library: &TestLibrary, words: &[&str]) {
    let words: Vec<_> = words.iter().map(OsString::from).collect();
    let run = library.run_words(&words, b"");
    assert!(
        matches!(run.exit, ExitCode::Success | ExitCode::No | ExitCode::Usage | ExitCode::Partial),
        "{words:?}: {run}"
    );
    assert_harmless(&run, &format!("{words:?}"));
}

/// Everything that moves, hides or turns around what is beside it.
fn is_harmful(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[track_caller]
fn assert_harmless(run: &Run, about: &str) {
    for text in [&run.stdout, &run.stderr] {
        let text = text.replace("\r\n", "\n");
        let at = text.find(is_harmful);
        let around: String =
            text.chars().skip(at.unwrap_or(0).saturating_sub(40)).take(80).collect();
        assert_eq!(at, None, "{about}: {around:?}");
    }
}

const LINES: &[&str] = &[
    "list",
    "show --under ''",
    "why --under ''",
    "validate",
    "history 1",
    "audit log",
    "audit verify --replay",
    "plan list",
    "plan show 1",
    "context list",
    "context show claim/key-0",
    "license list",
    "license show key-1",
    "rules waivers",
    "leftovers",
    "references list",
    "reuse find key",
    "reuse check 1 --placement homepage",
    "clean",
    "sweep",
    "doctor",
    "scan --full",
    "check uploads",
    "check table.csv",
];

/// A table of descriptions, to be read back.
const SHEET: &str = "describe --under '' --to-csv";

fn table(payloads: &[String]) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["id", "file", "title", "alt_text"]).unwrap();
    for (number, payload) in payloads.iter().enumerate() {
        let name = format!("2026/03/{payload}-{number}.png");
        table.write_record([&number.to_string(), &name, payload, payload]).unwrap();
    }
    table.into_inner().unwrap()
}

#[test]
fn no_text_from_outside_becomes_a_command_anywhere() {
    let payloads = payloads();
    let library = library(&payloads);
    library.write("table.csv", table(&payloads));
    let (mut reports, mut cells) = (0, 0);
    for line in LINES {
        assert_harmless(&library.run(line), line);
        let run = library.run(&format!("{line} --format json"));
        assert_harmless(&run, line);
        run.json();
        reports += 2;
    }
    for line in ["validate", "check uploads", "check table.csv"] {
        let say = |format: &str| library.run(&format!("{line} --format {format}"));
        for format in ["junit", "github", "sarif", "csv"] {
            assert_harmless(&say(format), &format!("{line} as {format}"));
            reports += 1;
        }
        cells += assert_no_formulas(&say("csv"));
        assert_annotations(&say("github"));
        say("sarif").json();
        assert_well_formed(&say("junit"));
    }
    // In a file it is what was given, so that it can be read back; on a terminal it is harmless.
    cells += assert_no_formulas(&library.run(SHEET));
    assert_kept(&library, &payloads);
    let shown = assert_harmless_on_terminals(&library);
    say(&format!(
        "hardening: {} payloads in {reports} reports and {shown} on terminals, 0 control \
         characters; {cells} cells, 0 formulas",
        payloads.len()
    ));
}

/// Reports on a terminal with colors, and those of the real program on one without. Tells how many.
fn assert_harmless_on_terminals(library: &TestLibrary) -> usize {
    let lines: Vec<_> = LINES.iter().chain(&[SHEET]).collect();
    library.set_terminals(Terminals { stdin: false, stdout: true, stderr: true });
    for line in &lines {
        let run = library.run(line);
        let [stdout, stderr] = [&run.stdout, &run.stderr].map(|text| without_color(text));
        assert_harmless(&Run { stdout, stderr, ..run }, &format!("{line} in color"));
    }
    library.set_terminals(Terminals::default());
    for line in &lines {
        let words = split_words(line);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let mut program = program(library, &words);
        program.env("NO_COLOR", "1").env("TERM", "xterm").env("HOME", library.path("home"));
        let Some(output) = on_terminal(&program) else {
            skip::<()>("there is no python3");
            return lines.len();
        };
        let run = Run {
            exit: ExitCode::Success,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(matches!(output.status.code(), Some(0..=2)) && !run.stdout.is_empty(), "{run}");
        assert_harmless(&run, &format!("{line} on a terminal"));
    }
    2 * lines.len()
}

/// Makes sure that no cell of a table is a formula. Tells how many there are.
fn assert_no_formulas(run: &Run) -> usize {
    let mut reader = csv::ReaderBuilder::new();
    let mut table = reader.has_headers(false).from_reader(run.stdout.as_bytes());
    let mut cells = 0;
    for row in table.records() {
        for cell in &row.unwrap() {
            let begins = cell.trim_start().chars().next();
            let is_formula =
                begins.is_some_and(|c| "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(c));
            // Some that were taken as numbers or ids begin with a digit, and no formula does.
            assert!(!is_formula && !cell.starts_with(['\t', '\r', '\n']), "{cell:?}");
            cells += 1;
        }
    }
    assert!(cells > 20, "{cells}");
    cells
}

/// Every line is a command of ours, and there are as many as there are findings.
fn assert_annotations(run: &Run) {
    for line in run.stdout.lines() {
        let ours = [
            "::error file=",
            "::warning file=",
            "::notice file=",
            "::error title=shelflife ",
            "::warning title=shelflife ",
            "::notice title=shelflife ",
        ];
        assert!(ours.iter().any(|begin| line.starts_with(begin)), "{line}");
        let (_, message) = line[2..].split_once("::").unwrap();
        assert!(!message.replace("%25", "").contains('%'), "{line}");
    }
}

fn assert_well_formed(run: &Run) {
    use std::io::Write as _;
    let program = "import sys, xml.dom.minidom as dom\n\
        document = dom.parse(sys.stdin.buffer)\n\
        assert document.doctype is None\n\
        names = {e.tagName for e in document.getElementsByTagName('*')}\n\
        known = {'testsuites', 'testsuite', 'testcase', 'failure', 'error', 'skipped', 'system-out'}\n\
        assert names <= known, names";
    let python = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else {
        skip::<()>("there is no python3");
        return;
    };
    python.stdin.take().unwrap().write_all(run.stdout.as_bytes()).unwrap();
    let read = python.wait_with_output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}

/// A program that reads a report gets the texts as they were given.
fn assert_kept(library: &TestLibrary, payloads: &[String]) {
    let shown = library.run("show --under '' --format json").json();
    let shown: Vec<_> = shown["items"].as_array().unwrap().iter().collect();
    assert_eq!(shown.len(), payloads.len());
    let mut same = 0;
    for item in shown {
        let fields = &item["fields"];
        let id = usize::try_from(fields["id"].as_u64().unwrap()).unwrap();
        let given = payloads[id - 1].trim();
        if let Some(title) = fields["title"].as_str() {
            assert_eq!(title, given, "{fields}");
            same += 1;
        }
    }
    assert!(same * 2 > payloads.len(), "{same} of {}", payloads.len());
}
