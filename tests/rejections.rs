//! Rejections: by a code, in words, or both.

use serde_json::{Value, json};
use shelflife::domain::rejection::RejectionCode;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;

/// The field `rejection` of `show`.
fn shown(library: &TestLibrary, asset: u32) -> Value {
    let run = library.run(&format!("show {asset} --format json"));
    run.json()["items"][0]["fields"]["rejection"].clone()
}

#[test]
fn a_rejection_says_why_by_a_code_in_words_or_both() {
    let library = TestLibrary::scanned(&["a.png", "b.png", "c.png", "d.png"]);
    library.run("reject 1").expect(ExitCode::Usage);
    library.run("reject 1 --code mood").expect(ExitCode::Usage);
    insta::assert_snapshot!(library.tell("reject 1 --code off-brand"), @"
    exit: 0
    rejected  #1 a.png  draft → rejected  (off-brand)
    1 changed
    ");
    insta::assert_snapshot!(library.tell("reject 2 --code duplicate --reason 'of c.png'"), @"
    exit: 0
    rejected  #2 b.png  draft → rejected
        duplicate
        of c.png
    1 changed
    ");
    insta::assert_snapshot!(library.tell("reject 3 --reason 'too dark'"), @"
    exit: 0
    rejected  #3 c.png  draft → rejected  (too dark)
    1 changed
    ");
    let (by, at) = ("olga", "2026-03-02T09:00:00.000Z");
    let told =
        |code: Value, reason: Value| json!({"code": code, "reason": reason, "by": by, "at": at});
    assert_eq!(shown(&library, 1), told(json!("off-brand"), Value::Null));
    assert_eq!(shown(&library, 2), told(json!("duplicate"), json!("of c.png")));
    assert_eq!(shown(&library, 3), told(Value::Null, json!("too dark")));
    assert_eq!(shown(&library, 4), Value::Null);
    assert!(library.tell("history 2").contains("duplicate: of c.png"));
    library.run("clean --apply").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1)["code"], "off-brand", "also in quarantine");
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn what_is_reconsidered_is_not_shown_as_rejected() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.run("reject 1 --code quality").expect(ExitCode::Success);
    library.run("reconsider 1 --reason 'sharp enough'").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1), Value::Null);
    library.run("reject 1 --code rights").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1)["code"], "rights");
}

#[test]
fn every_code_can_be_typed_and_is_named_in_the_help() {
    let library = TestLibrary::scanned(&["a.png"]);
    let help = library.run("reject --help").stdout;
    for code in RejectionCode::ALL {
        assert!(help.contains(code.name()), "{}", code.name());
        let line = format!("reject 1 --code {} --dry-run", code.name());
        library.run(&line).expect(ExitCode::Success);
    }
}
