//! The real program one of whose calls fails.
//!
//! Whichever it is and however it fails: nothing is half done, what the program says it has done is
//! done, and it ends with the exit code for what was not.

use std::collections::BTreeMap;
use std::thread;

use super::acts::Act;
use super::disk::Kind;
use super::machine::{Layout, Template};
use super::traced::Moment;
use super::{can_mount, chosen, is_full};
use crate::crash::say;

const ERRORS: [&str; 7] = ["EACCES", "EDQUOT", "EINTR", "EIO", "EMFILE", "ENOSPC", "EROFS"];

/// What another asset need not meet.
const OF_ONE: [&str; 3] = ["EACCES", "EINTR", "EMFILE"];

/// What the program says of an asset that is done.
fn done(act: Act) -> &'static str {
    match act {
        Act::Clean => "quarantined  #",
        Act::Restore => "restored  #",
        Act::Purge => "purged  #",
        Act::Publish => "recorded  #",
        Act::TakeBack => unreachable!("it says nothing of the kind"),
    }
}

/// Lets one call fail, and looks. Tells the exit code.
fn fail(template: &Template, act: Act, (moment, error): (Moment, &'static str)) -> i32 {
    let machine = template.machine();
    let output = machine.failing(act.words(), (moment, error));
    let place = format!("{act:?} with {error} at {moment:?}");
    let [said, told] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    let done = said.matches(done(act)).count();
    let ended = told.contains("shelflife: error: ");
    let fits = match output.status.code() {
        // It was not needed, as to clear away what is left, or went well at the next try.
        Some(0) => done == 2 && told.is_empty(),
        Some(3) => done == 1 && OF_ONE.contains(&error) && said.contains("failed  #") && !ended,
        Some(74) => ended,
        // The lock cannot be made.
        Some(77) => done == 0 && error == "EACCES" && ended,
        _ => false,
    };
    assert!(fits, "{place}: {output:?}");
    assert_eq!(machine.promises_broken(), [""; 0], "{place}");
    assert_eq!(machine.violations(), [""; 0], "{place}");
    output.status.code().unwrap_or_default()
}

/// The calls to let fail, with what each fails with: all with everything, or each with something.
fn failures(template: &Template, act: Act, layout: Layout) -> Vec<(Moment, &'static str)> {
    let mut moments = template.machine().moments(act.words());
    moments.retain(|Moment(call, _)| *call != "exit_group");
    if layout == Layout::Together {
        moments.into_iter().flat_map(|moment| ERRORS.map(|error| (moment, error))).collect()
    } else {
        moments.into_iter().zip(ERRORS.into_iter().cycle()).collect()
    }
}

#[test]
fn whatever_call_fails_nothing_is_half_done_and_the_exit_code_tells_of_it() {
    if !can_mount() {
        return;
    }
    let layouts = [Layout::Together, Layout::QuarantineApart];
    let layouts = &layouts[..if is_full() { 2 } else { 1 }];
    let on = |act: Act| {
        let mut codes = Vec::new();
        for layout in layouts {
            let template = act.template(Kind::Ext4, *layout);
            let failures = chosen(&failures(&template, act, *layout), 15);
            codes.extend(failures.into_iter().map(|failure| fail(&template, act, failure)));
        }
        codes
    };
    let acts = [Act::Clean, Act::Restore, Act::Purge, Act::Publish];
    let mut counts = BTreeMap::<i32, usize>::new();
    thread::scope(|scope| {
        for act in acts.map(|act| scope.spawn(move || on(act))) {
            for code in act.join().unwrap() {
                *counts.entry(code).or_default() += 1;
            }
        }
    });
    let runs: usize = counts.values().sum();
    say(&format!("errno: {runs} runs in which a call failed, by exit code: {counts:?}"));
}
