//! Two people who log in to accounts of their own and share the one that the catalog belongs to.

use std::fs;
use std::process::Output;

use super::site::{Site, said};
use crate::support::here::needs_root;
use crate::support::{skip, split_words};

/// Accounts that need not exist.
const OLGA: &str = "61001";
const MIA: &str = "61002";

/// Runs the program as the test's own account, for somebody who logged in to another.
fn logged_in_as(site: &Site, uid: &str, line: &str) -> Output {
    let script = "echo \"$LOGIN\" > /proc/self/loginuid && exec \"$0\" \"$@\"";
    let mut command = site.around(&["bash", "-c", script]);
    command.env("LOGIN", uid).args(split_words(line)).output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn two_people_are_told_apart_by_the_accounts_that_they_logged_in_to() {
    if !needs_root("accounts that people logged in to") {
        return;
    }
    if !fs::exists("/proc/self/loginuid").unwrap() {
        skip::<()>("nobody can log in here");
        return;
    }
    let site = Site::with(&[
        "init --root uploads --catalog state/catalog.db",
        "scan",
        "reject mug.png old.png poster.png --reason 'off brand'",
    ]);
    let configuration = site.path("shelflife.toml");
    let text = fs::read_to_string(&configuration).unwrap();
    let strict = text.replace("second_person_above = 100", "second_person_above = 2");
    assert_ne!(strict, text);
    fs::write(&configuration, strict).unwrap();

    let made = logged_in_as(&site, OLGA, "--actor olga clean --save");
    assert_eq!(code(&made), Some(0), "{}", said(&made));
    let hers = logged_in_as(&site, OLGA, "--actor mia plan approve 1");
    assert_eq!(code(&hers), Some(5), "{}", said(&hers));
    assert!(said(&hers).contains("made it from the account uid 61001"), "{}", said(&hers));
    let approved = logged_in_as(&site, MIA, "--actor mia plan approve 1");
    assert_eq!(code(&approved), Some(0), "{}", said(&approved));
    let done = logged_in_as(&site, OLGA, "--actor olga clean --apply --plan 1");
    assert_eq!(code(&done), Some(0), "{}", said(&done));
    let log = logged_in_as(&site, OLGA, "audit log --format json");
    for who in ["uid 61001", "uid 61002"] {
        assert!(said(&log).contains(who), "{}", said(&log));
    }
}
