//! The program as cron runs it: with next to nothing around it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::site::{Site, said};
use crate::crash::say;
use crate::support::here::needs_mounts;
use crate::support::{skip, split_words};

/// What is told for programs at a fixed instant, and has to be the same wherever it is asked.
const LINES: &[&str] = &[
    "list",
    "show --under ''",
    "why --under ''",
    "validate",
    "history garden.png",
    "audit log",
    "audit verify",
    "context show campaign/spring",
    "license list",
    "plan list",
    "plan show 1",
    "rules waivers",
    "reuse check garden.png --placement homepage --from 2026-12-24 --to 2027-03-28",
    "check notes.csv",
    "leftovers",
];

/// Ways to run the program. `$0` is it.
const WORLDS: &[(&str, &str)] = &[
    ("an empty environment", "exec env -i \"$0\" \"$@\""),
    ("another zone", "TZ=Asia/Tokyo exec \"$0\" \"$@\""),
    ("a zone that there is not", "TZ=:/no/such/zone exec \"$0\" \"$@\""),
    ("another language", "LANG=de_DE.UTF-8 LC_ALL=tr_TR.UTF-8 exec \"$0\" \"$@\""),
    ("no language", "LANG= LC_ALL=C exec \"$0\" \"$@\""),
    ("a narrow terminal", "TERM=xterm COLUMNS=20 exec \"$0\" \"$@\""),
    ("no input", "exec \"$0\" \"$@\" 0<&-"),
    ("nowhere to complain", "exec \"$0\" \"$@\" 2>&-"),
    ("no terminal", "exec setsid -w \"$0\" \"$@\""),
    ("another folder", "cd / && exec \"$0\" \"$@\""),
    ("little room", "ulimit -n 32; exec \"$0\" \"$@\""),
    ("a low priority", "exec nice -n 19 \"$0\" \"$@\""),
];

fn shell(site: &Site, script: &str, line: &str) -> Command {
    let mut shell = Command::new("bash");
    shell.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", site.path(""));
    shell.args(["-c", script, env!("CARGO_BIN_EXE_shelflife")]).current_dir(site.path(""));
    shell.arg("--config").arg(site.path("shelflife.toml")).args(split_words(line));
    shell.stdin(Stdio::null());
    shell
}

/// The line with everything that may differ between two moments and two places taken out of it.
fn fixed(site: &Site, line: &str) -> String {
    let notes = site.path("notes.csv");
    let line = line.replace("notes.csv", notes.to_str().unwrap());
    format!("{line} --format json --as-of 2026-12-24T22:30:00Z")
}

fn here(site: &Site, line: &str) -> Output {
    site.program().args(split_words(&fixed(site, line))).output().unwrap()
}

#[test]
fn wherever_it_runs_it_tells_the_same() {
    let site = Site::new();
    let mut compared = 0;
    for line in LINES {
        let usual = here(&site, line);
        assert!(matches!(usual.status.code(), Some(0 | 1)), "{line}: {}", said(&usual));
        serde_json::from_slice::<serde_json::Value>(&usual.stdout).unwrap();
        for (world, script) in WORLDS {
            if line.starts_with("check") && script.contains("cd /") {
                continue; // The file is named as one would name it from there.
            }
            let output = shell(&site, script, &fixed(&site, line)).output().unwrap();
            assert_eq!(output.status.code(), usual.status.code(), "{world}: {}", said(&output));
            assert!(output.stdout == usual.stdout, "{line}, {world}: {}", said(&output));
            compared += 1;
        }
    }
    say(&format!("hardening: {compared} reports from {} worlds, all the same", WORLDS.len()));
}

#[test]
fn the_rules_of_time_zones_are_its_own() {
    let mount = "mount -t tmpfs none /usr/share/zoneinfo && exec \"$0\" \"$@\"";
    if !needs_mounts("reports of a machine without time zones") {
        return;
    }
    if !Path::new("/usr/share/zoneinfo").is_dir() {
        skip::<()>("there are no time zones to be hidden");
        return;
    }
    let site = Site::new();
    let config = fs::read_to_string(site.path("shelflife.toml")).unwrap();
    let zoned = config.replace("time_zone = \"UTC\"", "time_zone = \"America/New_York\"");
    assert_ne!(zoned, config);
    fs::write(site.path("shelflife.toml"), zoned).unwrap();
    for line in LINES {
        let usual = here(&site, line);
        let mut hidden = Command::new("unshare");
        let inner = shell(&site, mount, &fixed(&site, line));
        hidden.arg("-m").arg(inner.get_program()).args(inner.get_args());
        hidden
            .env_clear()
            .current_dir(site.path(""))
            .env("PATH", std::env::var_os("PATH").unwrap());
        let output = hidden.env("TZ", "Europe/Berlin").output().unwrap();
        assert_eq!(output.status.code(), usual.status.code(), "{line}: {}", said(&output));
        assert!(output.stdout == usual.stdout, "{line}: {}", said(&output));
    }
}

#[test]
fn a_run_whose_reader_left_does_all_of_its_work() {
    for (script, code) in [
        ("\"$0\" \"$@\" | true; exit ${PIPESTATUS[0]}", 0),
        ("\"$0\" \"$@\" | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}", 0),
        ("\"$0\" \"$@\" 2>&1 | true; exit ${PIPESTATUS[0]}", 0),
        ("exec \"$0\" \"$@\" 0<&- 1>&- 2>&-", 0),
        ("exec env -i \"$0\" \"$@\" >/dev/full", 74),
    ] {
        for format in ["human", "json"] {
            let site = Site::new();
            let line = format!("clean --apply --format {format}");
            let output = shell(&site, script, &line).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{script}: {}", said(&output));
            for file in ["tea-tin.png", "tea-tin-30x20.png", "poster.png"] {
                assert!(!site.path("uploads").join(file).exists(), "{script}: {file} is there");
            }
            let verified = site.run("audit verify --replay --disk=full");
            assert!(verified.status.success(), "{script}: {}", said(&verified));
            let log = said(&site.run("audit log"));
            assert!(log.contains("run.end"), "{log}");
        }
    }
}

#[test]
fn without_a_home_and_a_configuration_it_says_so_and_asks_nothing() {
    let site = Site::new();
    for line in ["list", "scan", "clean --apply", "init", "init --root uploads"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_shelflife"));
        program.env_clear().current_dir(site.path("")).stdin(Stdio::null());
        let output = program.args(split_words(line)).output().unwrap();
        assert!(matches!(output.status.code(), Some(2 | 78)), "{line}: {}", said(&output));
    }
}
