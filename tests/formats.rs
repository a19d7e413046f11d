//! One report, in every format: what people read and what scripts read say the same.

use std::io::{self, Write};

use shelflife::domain::asset::AssetId;
use shelflife::domain::lifecycle::{Ended, State};
use shelflife::domain::text::is_unsafe_to_show;
use shelflife::domain::time::Timestamp;
use shelflife::domain::validation::{Finding, Severity};
use shelflife::exit::ExitCode;
use shelflife::output::{Color, Format, Heading, Style, Verbosity, renderer};
use shelflife::report::{ErrorLine, Found, Item, Report, Subject, Value};

const PLAIN: Style = Style { color: Color::None, verbosity: Verbosity::Normal, width: None };

fn heading() -> Heading {
    let now = Timestamp::parse("2026-03-02T09:00:00Z").unwrap();
    Heading { command: "clean", now, apply_with: Some("--apply") }
}

/// What `say` makes a command say, and the exit code.
fn rendered(
    format: Format,
    style: Style,
    error: Option<&ErrorLine>,
    say: impl FnOnce(&mut Report<'_>),
) -> String {
    let mut out = Vec::new();
    let mut sink = renderer(format, &mut out, heading(), style);
    let mut report = Report::new(&mut *sink);
    say(&mut report);
    report.finish(error);
    drop(sink);
    String::from_utf8(out).unwrap()
}

fn human(say: impl FnOnce(&mut Report<'_>)) -> String {
    rendered(Format::Human, PLAIN, None, say)
}

fn json(say: impl FnOnce(&mut Report<'_>)) -> String {
    rendered(Format::Json, PLAIN, None, say)
}

fn tea() -> Subject {
    Subject { id: AssetId(12), path: "2025/03/tea.jpg".to_owned() }
}

fn change(why: &[&str]) -> Item {
    Item::Change {
        subject: tea(),
        action: "approve",
        from: State::Draft,
        to: State::Approved,
        why: why.iter().map(|&text| text.to_owned()).collect(),
    }
}

fn finding(severity: Severity) -> Item {
    let finding = Finding {
        code: "SL201",
        name: "alt-text-missing",
        severity,
        message: "there is no alternative text in `en`".to_owned(),
        waived: None,
    };
    Item::Finding(Found::new(Some(tea()), finding))
}

/// One item of each kind.
fn everything(report: &mut Report<'_>) {
    report.text("The plan:");
    report.say(&change(&[]));
    report.say(&change(&["all five answers are pass"]));
    report.say(&Item::Change {
        subject: tea(),
        action: "quarantine",
        from: State::Expired,
        to: State::Quarantined(Ended::Expired),
        why: vec!["offer/spring ended".to_owned(), "packaging/tin is at 4".to_owned()],
    });
    report.say(&Item::Edit { subject: Some(tea()), what: "alt text (en)".to_owned() });
    report.say(&Item::Edit { subject: None, what: "context packaging/tin".to_owned() });
    report.say(&Item::Refusal {
        subject: tea(),
        action: "approve",
        why: "it has no owner".to_owned(),
    });
    report.say(&finding(Severity::Error));
    report.say(&finding(Severity::Warning));
    report.say(&Item::Kept { subject: tea(), because: "held by Nina".to_owned() });
    report.say(&Item::Failure {
        what: "2025/03/cup.jpg".to_owned(),
        why: "permission denied".to_owned(),
        hint: Some("look at its folder".to_owned()),
    });
    report.figure("assets looked at", 40);
    report.summary.audit = Some((7, "3f2a".repeat(16)));
}

fn sheet(report: &mut Report<'_>) {
    let file = |path: &str, bytes| {
        Value::Record(vec![("path", path.into()), ("bytes", Value::Number(bytes))])
    };
    let fields = vec![
        ("id", Value::Number(12)),
        ("review_on", Value::Nothing),
        ("held", Value::Truth(false)),
        ("placements", vec!["hero", "footer"].into()),
        ("causes", vec!["offer/spring ended, on 1 March", "b"].into()),
        (
            "dates",
            Value::Record(vec![("starts_on", "2026-01-01".into()), ("ends_on", Value::Nothing)]),
        ),
        ("files", Value::List(vec![file("tea.jpg", 10), file("tea-300x200.jpg", 5)])),
        ("notes", Value::List(Vec::new())),
    ];
    report.sheet("asset", fields);
}

#[test]
fn people_read_a_line_per_fact_and_a_summary() {
    insta::assert_snapshot!(human(everything), @"
    The plan:
    approved  #12 2025/03/tea.jpg  draft → approved
    approved  #12 2025/03/tea.jpg  draft → approved  (all five answers are pass)
    quarantined  #12 2025/03/tea.jpg  expired → quarantined (was expired)
        offer/spring ended
        packaging/tin is at 4
    recorded  #12 2025/03/tea.jpg  alt text (en)
    recorded  context packaging/tin
    refused  approve #12 2025/03/tea.jpg: it has no owner
    #12 2025/03/tea.jpg
      error SL201 alt-text-missing: there is no alternative text in `en`
      warning SL201 alt-text-missing: there is no alternative text in `en`
    kept  #12 2025/03/tea.jpg: held by Nina
    failed  2025/03/cup.jpg: permission denied
      hint: look at its folder
    `shelflife rules SL201` says why that matters and what to do
    3 changed, 2 edited, 1 refused, 1 error, 1 warning, 1 kept, 1 failed, 40 assets looked at
    audit log: 7 entries, head 3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a
    ");
}

#[test]
fn a_dry_run_says_would_and_how_to_do_it() {
    insta::assert_snapshot!(human(|report| {
        report.summary.dry_run = true;
        report.say(&change(&[]));
        report.say(&Item::Edit { subject: Some(tea()), what: "alt text (en)".to_owned() });
    }), @"
    would approve  #12 2025/03/tea.jpg  draft → approved
    would record  #12 2025/03/tea.jpg  alt text (en)
    1 changed, 1 edited
    dry run: nothing was changed; add --apply
    ");
    let kept = human(|report| {
        report.summary.dry_run = true;
        report.say(&Item::Kept { subject: tea(), because: "held".to_owned() });
    });
    assert!(!kept.contains("dry run"), "there was nothing to do:\n{kept}");
}

#[test]
fn scripts_read_the_same_facts() {
    insta::assert_snapshot!(json(everything), @r#"
    {"schema":1,"command":"clean","now":"2026-03-02T09:00:00.000Z","items":[
    {"type":"text","text":"The plan:"},
    {"type":"change","id":12,"path":"2025/03/tea.jpg","action":"approve","from":{"state":"draft"},"to":{"state":"approved"},"why":[],"dry_run":false},
    {"type":"change","id":12,"path":"2025/03/tea.jpg","action":"approve","from":{"state":"draft"},"to":{"state":"approved"},"why":["all five answers are pass"],"dry_run":false},
    {"type":"change","id":12,"path":"2025/03/tea.jpg","action":"quarantine","from":{"state":"expired"},"to":{"state":"quarantined","was":"expired"},"why":["offer/spring ended","packaging/tin is at 4"],"dry_run":false},
    {"type":"edit","id":12,"path":"2025/03/tea.jpg","what":"alt text (en)","dry_run":false},
    {"type":"edit","what":"context packaging/tin","dry_run":false},
    {"type":"refusal","id":12,"path":"2025/03/tea.jpg","action":"approve","why":"it has no owner"},
    {"type":"finding","id":12,"path":"2025/03/tea.jpg","code":"SL201","name":"alt-text-missing","severity":"error","message":"there is no alternative text in `en`","decides":true,"fingerprint":"be20c2ce40da241f"},
    {"type":"finding","id":12,"path":"2025/03/tea.jpg","code":"SL201","name":"alt-text-missing","severity":"warning","message":"there is no alternative text in `en`","decides":false,"fingerprint":"be20c2ce40da241f"},
    {"type":"kept","id":12,"path":"2025/03/tea.jpg","because":"held by Nina"},
    {"type":"failure","what":"2025/03/cup.jpg","why":"permission denied","hint":"look at its folder"}
    ],"summary":{"dry_run":false,"changed":3,"edited":2,"refused":1,"errors":1,"warnings":1,"notes":0,"accepted":0,"kept":1,"failed":1,"rows":0,"figures":{"assets looked at":40},"audit":{"length":7,"head":"3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a3f2a"},"exit_code":3}}
    "#);
}

#[test]
fn a_thing_in_full_is_shown_field_by_field() {
    insta::assert_snapshot!(human(sheet), @"
    id: 12
    review on: -
    held: no
    placements: hero, footer
    causes:
      - offer/spring ended, on 1 March
      - b
    dates:
      starts on: 2026-01-01
      ends on: -
    files:
      - path tea.jpg, bytes 10
      - path tea-300x200.jpg, bytes 5
    notes: -
    ");
    insta::assert_snapshot!(json(sheet), @r#"
    {"schema":1,"command":"clean","now":"2026-03-02T09:00:00.000Z","items":[
    {"type":"row","kind":"asset","fields":{"id":12,"review_on":null,"held":false,"placements":["hero","footer"],"causes":["offer/spring ended, on 1 March","b"],"dates":{"starts_on":"2026-01-01","ends_on":null},"files":[{"path":"tea.jpg","bytes":10},{"path":"tea-300x200.jpg","bytes":5}],"notes":[]}}
    ],"summary":{"dry_run":false,"changed":0,"edited":0,"refused":0,"errors":0,"warnings":0,"notes":0,"accepted":0,"kept":0,"failed":0,"rows":0,"figures":{},"audit":null,"exit_code":0}}
    "#);
}

#[test]
fn saying_nothing_is_said_and_is_valid_json() {
    insta::assert_snapshot!(human(|_| {}), @"nothing to report");
    insta::assert_snapshot!(json(|_| {}), @r#"{"schema":1,"command":"clean","now":"2026-03-02T09:00:00.000Z","items":[],"summary":{"dry_run":false,"changed":0,"edited":0,"refused":0,"errors":0,"warnings":0,"notes":0,"accepted":0,"kept":0,"failed":0,"rows":0,"figures":{},"audit":null,"exit_code":0}}"#);
}

#[test]
fn an_error_ends_the_document() {
    let error = ErrorLine {
        message: "the catalog is busy".to_owned(),
        excerpt: Vec::new(),
        causes: vec!["database is locked".to_owned()],
        hint: None,
        code: ExitCode::Busy,
    };
    let text = rendered(Format::Json, PLAIN, Some(&error), |report| report.say(&change(&[])));
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["error"]["message"], "the catalog is busy");
    assert_eq!(document["error"]["exit_code"], 75);
    assert_eq!(document["summary"]["changed"], 1);
    assert_eq!(document["summary"]["exit_code"], 75);

    let text = rendered(Format::Human, PLAIN, Some(&error), |_| {});
    assert_eq!(text, "", "an error at once is told on standard error alone");
}

#[test]
fn quiet_leaves_the_facts() {
    let style = Style { verbosity: Verbosity::Quiet, ..PLAIN };
    let text = rendered(Format::Human, style, None, |report| {
        report.text("Hello.");
        report.say(&change(&[]));
    });
    assert_eq!(text, "approved  #12 2025/03/tea.jpg  draft → approved\n");
}

fn rows(count: i64) -> impl FnOnce(&mut Report<'_>) {
    move |report| {
        for id in 0..count {
            let path = if id == 250 { "a longer path than before.jpg" } else { "tea.jpg" };
            let fields = vec![
                ("id", Value::Number(id * 1_000)),
                ("review_on", "2026-03-02".into()),
                ("path", path.into()),
                ("state", "draft".into()),
            ];
            report.row("asset", fields);
        }
    }
}

#[test]
fn rows_are_aligned_under_one_header() {
    insta::assert_snapshot!(human(rows(3)), @"
      ID  REVIEW ON   PATH     STATE
       0  2026-03-02  tea.jpg  draft
    1000  2026-03-02  tea.jpg  draft
    2000  2026-03-02  tea.jpg  draft

    3 rows
    ");
}

#[test]
fn a_long_listing_keeps_its_columns() {
    let text = human(rows(450));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 1 + 450 + 2, "header, rows, summary");
    assert_eq!(lines.iter().filter(|line| line.contains("STATE")).count(), 1);
    let column = lines[0].find("PATH").unwrap();
    assert_eq!(lines[200].find("tea.jpg"), Some(column), "first chunk");
    assert_eq!(lines[450].find("tea.jpg"), Some(column), "last chunk");
    assert!(lines[251].contains("a longer path than before.jpg  draft"), "never cut");
}

#[test]
fn a_narrow_terminal_breaks_cells_not_lines() {
    let style = Style { width: Some(30), ..PLAIN };
    let text = rendered(Format::Human, style, None, |report| {
        let path = "a rather long path that does not fit.jpg";
        report.row("asset", vec![("id", Value::Number(1)), ("path", path.into())]);
    });
    assert!(text.lines().all(|line| line.chars().count() <= 30), "{text}");
    assert!(text.contains("not fit"), "{text}");
}

#[test]
fn wide_characters_keep_columns_aligned() {
    let rows = [("日本茶.jpg", "draft"), ("e\u{301}te\u{301}.jpg", "live"), ("x.jpg", "draft")];
    let text = human(|report| {
        for (path, state) in rows {
            report.row("asset", vec![("path", path.into()), ("state", state.into())]);
        }
    });
    let columns = [
        "PATH        STATE\n日本茶.jpg  draft\n",
        "e\u{301}te\u{301}.jpg     live\nx.jpg       draft\n",
    ];
    assert!(text.starts_with(&columns.concat()), "{text}");
}

#[test]
fn another_kind_of_row_begins_another_table() {
    insta::assert_snapshot!(human(|report| {
        report.text("Before.");
        report.row("asset", vec![("id", Value::Number(1))]);
        report.row("hold", vec![("asset", Value::Number(1)), ("why", "legal".into())]);
        report.text("After.");
    }), @"
    Before.

    ID
     1

    ASSET  WHY
        1  legal

    After.
    2 rows
    ");
}

#[test]
fn color_marks_words_and_leaves_the_text_alone() {
    let style = Style { color: Color::Ansi, ..PLAIN };
    let colored = rendered(Format::Human, style, None, everything);
    assert!(colored.contains("\u{1b}[1m\u{1b}[31mrefused\u{1b}[0m"), "{colored:?}");
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('m').unwrap() + 1..];
    }
    plain.push_str(rest);
    assert_eq!(plain, human(everything));
}

/// Everything that a name or a text from outside could carry.
fn hostile() -> String {
    let mut text =
        "a\u{1b}]0;owned\u{7}\r\n\u{9b}2J\u{202e}gpj\u{2066}\u{200b}\u{feff}\u{7f}".to_owned();
    text.extend((0..=0x20_u32).chain(0x7f..=0xa0).filter_map(char::from_u32));
    text.push_str("\u{e0041}\u{e007f}\u{2028}\u{2029}\"\\");
    text
}

#[test]
fn nothing_from_outside_can_steer_a_terminal() {
    let say = |report: &mut Report<'_>| {
        let text = hostile();
        let subject = Subject { id: AssetId(1), path: text.clone() };
        let finding = Finding {
            code: "SL101",
            name: "x",
            severity: Severity::Note,
            message: text.clone(),
            waived: None,
        };
        report.text(text.clone());
        let record = Value::Record(vec![("name", text.as_str().into())]);
        let values = vec![Value::from(text.as_str()), record];
        report.row(
            "asset",
            vec![("path", text.as_str().into()), ("all", Value::List(values.clone()))],
        );
        report.sheet("asset", vec![("path", text.as_str().into()), ("all", Value::List(values))]);
        report.say(&Item::Change {
            subject: subject.clone(),
            action: "approve",
            from: State::Draft,
            to: State::Approved,
            why: vec![text.clone(), text.clone()],
        });
        report.say(&Item::Edit { subject: Some(subject.clone()), what: text.clone() });
        report.say(&Item::Refusal {
            subject: subject.clone(),
            action: "approve",
            why: text.clone(),
        });
        report.say(&Item::Finding(Found::new(Some(subject.clone()), finding)));
        report.say(&Item::Kept { subject, because: text.clone() });
        report.say(&Item::Failure { what: text.clone(), why: text.clone(), hint: Some(text) });
    };
    for format in [Format::Human, Format::Json] {
        let text = rendered(format, PLAIN, None, say);
        let unsafe_ones: String =
            text.chars().filter(|c| *c != '\n' && is_unsafe_to_show(*c)).collect();
        assert_eq!(unsafe_ones, "", "{format:?}");
    }
    let document: serde_json::Value = serde_json::from_str(&json(say)).unwrap();
    assert_eq!(document["items"][0]["text"], hostile(), "escaped, not changed");
}

#[test]
fn a_text_of_its_own_format_is_written_as_it_is() {
    let say = |report: &mut Report<'_>| {
        report.say(&Item::Document("path,alt\n".to_owned()));
        report.say(&Item::Document("a\u{202e}b,\"x\"\n".to_owned()));
    };
    assert_eq!(human(say), "path,alt\na\u{202e}b,\"x\"\n");
    let terminal = Style { width: Some(80), ..PLAIN };
    let seen = rendered(Format::Human, terminal, None, say);
    assert_eq!(seen, "path,alt\na\u{fffd}b,\"x\"\n", "a terminal is not steered");
    let document: serde_json::Value = serde_json::from_str(&json(say)).unwrap();
    assert_eq!(document["items"][1]["text"], "a\u{202e}b,\"x\"\n");
}

#[test]
fn what_is_said_is_written_at_once() {
    #[derive(Default)]
    struct Counting(usize);
    impl Write for Counting {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            // A renderer that gathered everything would stay below this until the end.
            if self.0 > 1_000_000 {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(bytes.len())
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for format in [Format::Human, Format::Json] {
        let mut out = Counting::default();
        let mut sink = renderer(format, &mut out, heading(), PLAIN);
        let mut report = Report::new(&mut *sink);
        rows(30_000)(&mut report);
        assert_eq!(report.finish(None).0, ExitCode::Io);
        drop(sink);
        assert!(out.0 < 1_200_000, "it stopped at the first failed write: {}", out.0);
    }
}
