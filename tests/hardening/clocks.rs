//! A machine whose clock is wrong, told by the C library that every program asks.

use std::fs;
use std::process::Output;

use super::site::{Site, said};
use crate::crash::say;
use crate::disks::has;
use crate::support::{skip, split_words};

/// Runs a command as if the clock were off by so much.
fn at(site: &Site, offset: &str, line: &str) -> Output {
    let mut command = site.around(&["faketime", "-f", offset]);
    command.args(split_words(line)).output().unwrap()
}

/// A site with one rejected asset in quarantine, two that are still served, and approved ones that
/// end one day.
fn site() -> Option<Site> {
    if !has("faketime") {
        return skip("there is no faketime");
    }
    let site = Site::new();
    let seen = said(&at(&site, "+10y", "list -v"));
    let year = &said(&at(&site, "+0", "list -v"));
    let year_of = |text: &str| text.split("now: ").nth(1).unwrap()[..4].parse::<u32>().unwrap();
    assert_eq!(year_of(&seen), year_of(year) + 10, "the clock is not believed: {seen}");
    Some(site)
}

fn stored(site: &Site) -> usize {
    let quarantine = walkdir::WalkDir::new(site.path("state/quarantine")).into_iter();
    quarantine
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "bin"))
        .count()
}

#[test]
fn a_clock_that_is_wrong_deletes_nothing() {
    let Some(site) = site() else { return };
    let stored_before = stored(&site);
    assert!(stored_before >= 2);
    let mut runs = 0;
    let mut try_all = |offset: &str| {
        for line in [
            "scan",
            "sweep --apply",
            "purge",
            "purge --mark",
            "purge --apply --yes-delete 0",
            "purge --apply --yes-delete 1",
            "purge --apply --yes-delete 2",
        ] {
            let output = at(&site, offset, line);
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 1 | 5)), "{offset}, {line}: {}", said(&output));
            assert!(stored(&site) >= stored_before, "{offset}, {line}: {}", said(&output));
            runs += 1;
        }
    };
    // Behind first: a log that a clock ahead has written to makes every purge refuse.
    let jumps = ["-10y", "+1d", "+10y", "-10y", "+20y", "+0", "+10y", "+30d"];
    let to_and_fro = ["+40y", "-1d"].into_iter().cycle().take(5);
    jumps.into_iter().chain(to_and_fro).for_each(&mut try_all);
    let verified = site.run("audit verify --replay --disk=full");
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
    say(&format!("hardening: {runs} runs under wrong clocks, 0 of {stored_before} files deleted"));
}

#[test]
fn a_clock_years_ahead_that_ends_everything_empties_no_library() {
    let Some(site) = site() else { return };
    // A library in which enough is approved that all of it is too much for a run.
    for number in 0..40 {
        let bytes = crate::support::pictures::png((9, 9), format!("{number}").as_bytes());
        site.write(format!("uploads/more/picture-of-tea-{number}.png"), &bytes);
    }
    assert!(site.run("scan").status.success());
    let describe = "describe --under more/ --title Tea --alt 'A cup of tea on a table outside' \
        --source-note studio --rights-note own --rights-reviewed-by li --owner anna \
        --placement homepage --campaign spring --license studio --review-on +90d";
    assert!(site.run(describe).status.success());
    let approved = site.run("approve --under more/");
    assert!(matches!(approved.status.code(), Some(0 | 1)), "{}", said(&approved));
    let live = said(&site.run("list --state approved"));
    let approved = live.lines().filter(|line| line.contains("picture-of-tea")).count();
    assert!(approved >= 30, "{live}");
    let served = || fs::read_dir(site.path("uploads/more")).unwrap().count();
    let swept = at(&site, "+10y", "sweep --apply");
    assert_eq!(swept.status.code(), Some(0), "{}", said(&swept));
    let cleaned = at(&site, "+10y", "clean --apply");
    assert_eq!(cleaned.status.code(), Some(5), "{}", said(&cleaned));
    assert!(said(&cleaned).contains("nothing is moved"), "{}", said(&cleaned));
    assert_eq!(served(), 40);
    say(&format!("hardening: {approved} assets ended by a clock ten years ahead, 0 moved"));
}

#[test]
fn a_clock_that_lost_ten_days_moves_nothing_and_a_takedown_goes_on() {
    let Some(site) = site() else { return };
    let served = || walkdir::WalkDir::new(site.path("uploads")).into_iter().count();
    let before = served();
    let cleaned = at(&site, "-10d", "clean --apply");
    assert_eq!(cleaned.status.code(), Some(5), "{}", said(&cleaned));
    assert!(said(&cleaned).contains("the clock says"), "{}", said(&cleaned));
    assert_eq!(served(), before);
    let away = stored(&site);
    let withdrawn = at(&site, "-10d", "withdraw tea-tin.png --reason unsafe");
    assert!(stored(&site) > away, "{}", said(&withdrawn));
}
