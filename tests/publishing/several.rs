//! Several drafts that are approved and published by one command, and what happens in between.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

use shelflife::exit::ExitCode;

use super::{approve_only, check_whole, library_of, names};
use crate::support::{Run, TestLibrary, split_words};

/// Standard output on which something happens once a word is on it.
struct Overheard<F> {
    text: Vec<u8>,
    word: &'static str,
    then: Option<F>,
}

impl<F: FnOnce()> Write for Overheard<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        if String::from_utf8_lossy(&self.text).contains(self.word)
            && let Some(then) = self.then.take()
        {
            then();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a command, and `then` once the word was said.
fn run_until(library: &TestLibrary, line: &str, word: &'static str, then: impl FnOnce()) -> Run {
    let words: Vec<_> = split_words(line).into_iter().map(OsString::from).collect();
    let mut stdout = Overheard { text: Vec::new(), word, then: Some(then) };
    let mut stderr = Vec::new();
    let exit = library.run_into(&words, &mut io::empty(), &mut stdout, &mut stderr);
    assert!(stdout.then.is_none(), "{word} was never said");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { exit, stdout: text(stdout.text), stderr: text(stderr) }
}

#[test]
fn each_of_several_approved_drafts_is_published_once() {
    let library = library_of(2);
    insta::assert_snapshot!(library.tell("approve 2 3"), @"
    exit: 0
    approved  #2 gen/out001.png  draft → approved
    approved  #3 gen/out002.png  draft → approved
    recorded  #2 gen/out001.png  published as uploads/2026/03/tin-of-tea-2.png (1 file)
    recorded  #3 gen/out002.png  published as uploads/2026/03/tin-of-tea-3.png (1 file)
    2 changed, 2 edited, 2 files
    ");
    assert!(names(&library, "drafts/gen").is_empty());
    check_whole(&library);
}

#[test]
fn a_set_of_which_none_is_approved_publishes_none() {
    let library = library_of(2);
    library.run("context add claim/organic --owner anna").expect(ExitCode::Success);
    library.run("describe 3 --context claim/organic").expect(ExitCode::Success);
    let run = library.run("approve 2 3").expect(ExitCode::No);
    assert!(run.stdout.contains("none is approved"), "{run}");
    assert!(!run.stdout.contains("publish"), "{run}");
    assert_eq!(names(&library, "drafts/gen").len(), 2);
}

#[test]
fn the_hint_after_a_pause_names_each_draft_that_waits_once() {
    let library = library_of(2);
    library.set_variable("SHELFLIFE_PAUSED", "1");
    library.run("approve 2 3 --dry-run").expect(ExitCode::Paused);
    let run = library.run("approve 2 3").expect(ExitCode::Paused);
    assert!(run.stdout.contains("to publish it: `shelflife publish 2 3`\n"), "{run}");
    library.run("publish 2 3 --dry-run").expect(ExitCode::Paused);
    library.remove_variable("SHELFLIFE_PAUSED");
    library.run("publish 2 3").expect(ExitCode::Success);
    check_whole(&library);
}

#[test]
fn the_hint_after_a_pause_amid_publishing_names_what_is_left() {
    let library = library_of(3);
    let pause = || drop(library.write("state/PAUSED", ""));
    let run = run_until(&library, "approve 2 3 4", "published as", pause);
    assert_eq!(run.exit, ExitCode::Paused, "{run}");
    assert!(run.stdout.contains("to publish it: `shelflife publish 3 4`\n"), "{run}");
    fs::remove_file(library.path("state/PAUSED")).unwrap();
    library.run("publish 3 4").expect(ExitCode::Success);
    check_whole(&library);
}

#[test]
fn an_approval_that_a_signal_ends_tells_what_is_approved_and_not_published() {
    let library = library_of(102);
    let signal = || library.interrupted.store(2, Ordering::Relaxed);
    let run = run_until(&library, "approve --under gen", "approved  #", signal);
    library.interrupted.store(0, Ordering::Relaxed);
    assert_eq!(run.exit, ExitCode::Interrupted, "{run}");
    let recorded: Vec<_> = (2..=101).map(|number| number.to_string()).collect();
    let told = format!("to publish it: `shelflife publish {}`\n", recorded.join(" "));
    assert!(run.stdout.contains(&told), "{run}");
    assert_eq!(names(&library, "uploads/2026/03").len(), 1, "{run}");
    let approved = library.run("list --state approved --format json").json();
    assert_eq!(approved["summary"]["rows"], 100);
}

#[test]
fn a_draft_whose_context_ends_while_another_is_published_is_refused() {
    let library = library_of(3);
    library.run("context add campaign/summer --owner anna").expect(ExitCode::Success);
    library.run("describe 3 --context campaign/summer").expect(ExitCode::Success);
    approve_only(&library, "2 4");
    approve_only(&library, "3");
    let end = || {
        let line = "context end campaign/summer --on 2026-03-01 --note 'sold out' --apply";
        library.run(line).expect(ExitCode::Success);
    };
    let run = run_until(&library, "publish 2 3 4", "published as", end);
    assert_eq!(run.exit, ExitCode::No, "{run}");
    let refused = "refused  publish #3 gen/out002.png: it may not be used: it is expired \
                   (campaign/summer ended at ";
    assert!(run.stdout.contains(refused), "{run}");
    assert_eq!(names(&library, "drafts/gen"), ["out002.png".to_owned()].into());
    assert_eq!(names(&library, "uploads/2026/03").len(), 3, "the others are published");
    check_whole(&library);
}
