//! Catalogs whose bytes were changed by a bad disk.

use std::fs;

use super::site::{Codes, Site, bytes_of};
use crate::crash::say;
use crate::support::cases;

/// Commands that only look, and commands that would move files.
pub(super) const LOOKS: [&str; 6] =
    ["list", "show --under ''", "validate", "doctor", "audit verify --replay", "plan list"];
pub(super) const ACTS: [&str; 3] = ["scan", "clean --apply", "recover"];

/// A way to damage bytes. Printed when a test fails, so that it can be repeated.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Flip { at: usize, bit: u8 },
    Byte { at: usize, value: u8 },
    Zeros { at: usize, length: usize },
    Swap { one: usize, other: usize },
    Cut { length: usize },
    Longer { by: usize },
}

/// Numbers that differ from run to run.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        Self(uuid::Uuid::new_v4().as_u64_pair().0 | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn damage(&mut self, length: usize) -> Damage {
        let pages = (length / 4_096).max(2);
        // Headers of the file and of its pages are hit more often than they would be by chance.
        let near = [length, 100, 4_096][self.below(3)];
        let page = if near == 100 { self.below(pages) * 4_096 } else { 0 };
        let at = (page + self.below(near.min(length))).min(length - 1);
        match self.below(10) {
            0..=4 => Damage::Flip { at, bit: u8::try_from(self.below(8)).unwrap() },
            5 | 6 => Damage::Byte { at, value: self.byte() },
            7 => Damage::Zeros { at, length: 1 + self.below(5_000) },
            8 => Damage::Swap { one: self.below(pages), other: self.below(pages) },
            _ if self.below(3) > 0 => Damage::Cut { length: self.below(length) },
            _ => Damage::Longer { by: 1 + self.below(20_000) },
        }
    }
}

impl Damage {
    fn done_to(self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        match self {
            Self::Flip { at, bit } => bytes[at] ^= 1 << bit,
            Self::Byte { at, value } => bytes[at] = value,
            Self::Zeros { at, length } => {
                let end = (at + length).min(bytes.len());
                bytes[at..end].fill(0);
            }
            Self::Swap { one, other } => {
                for offset in 0..4_096 {
                    let (one, other) = (one * 4_096 + offset, other * 4_096 + offset);
                    if one.max(other) < bytes.len() {
                        bytes.swap(one, other);
                    }
                }
            }
            Self::Cut { length } => bytes.truncate(length),
            Self::Longer { by } => bytes.extend((0..by).map(|at| u8::try_from(at % 251).unwrap())),
        }
        bytes
    }
}

/// Runs every command on a catalog and its log, and makes sure that no byte of the library is lost.
/// Tells how each command ended, and how many files were moved.
pub(super) fn go_through(site: &Site, files: &[(&str, Vec<u8>)], about: &str) -> (Vec<i32>, usize) {
    let before = site.files();
    let mut moved = 0;
    let mut codes = Vec::new();
    for line in LOOKS.iter().chain(&ACTS) {
        lay_out(site, files);
        let (code, said) = site.survive(line, about);
        assert!(
            matches!(code, 0..=3 | 5 | 6 | 65 | 74 | 78),
            "{about}, {line} ended with {code}: {said}"
        );
        codes.push(code);
        let after = site.files();
        if LOOKS.contains(line) {
            for (name, bytes) in files {
                assert!(
                    fs::read(site.path(name)).unwrap() == *bytes,
                    "{about}: {line} wrote {name}"
                );
            }
            assert_eq!(after, before, "{about}: {line} moved files");
        }
        if after != before {
            assert_eq!(bytes_of(&after), bytes_of(&before), "{about}: {line} lost files");
            moved += 1;
            site.put_back();
        }
    }
    (codes, moved)
}

/// Puts the catalog and its log in place, and nothing else beside them.
fn lay_out(site: &Site, files: &[(&str, Vec<u8>)]) {
    for name in ["state/catalog.db-wal", "state/catalog.db-shm", "state/catalog.db-journal"] {
        fs::remove_file(site.path(name)).unwrap_or_default();
    }
    for (name, bytes) in files {
        fs::write(site.path(name), bytes).unwrap();
    }
}

#[test]
fn a_catalog_with_damaged_bytes_crashes_nothing_and_loses_no_file() {
    let site = Site::new();
    site.keep();
    let whole = fs::read(site.path("state/catalog.db")).unwrap();
    let mut dice = Dice::new();
    let (mut codes, mut moved, mut noticed) = (Codes::default(), 0, 0);
    let count = cases(24, 1_000);
    for number in 0..count {
        let damage = dice.damage(whole.len());
        let files = [("state/catalog.db", damage.done_to(&whole))];
        let (ended, runs) = go_through(&site, &files, &format!("{number}: {damage:?}"));
        noticed += usize::from(ended.iter().any(|code| matches!(code, 65 | 74 | 78)));
        codes.count(&ended);
        moved += runs;
    }
    say(&format!(
        "hardening: {count} damaged catalogs, {noticed} of them noticed, {moved} runs moved files, \
         none was lost; exit codes {}",
        codes.told()
    ));
    assert!(noticed > 0, "{noticed} of {count}");
}

/// The second page has the table with the flag of the kill switch.
#[test]
fn damage_about_the_flag_of_the_kill_switch_is_told_as_damage_and_not_as_a_pause() {
    let site = Site::new();
    site.keep();
    let whole = fs::read(site.path("state/catalog.db")).unwrap();
    for at in 4_104..4_109 {
        for value in [110, 200] {
            let damage = Damage::Byte { at, value };
            let files = [("state/catalog.db", damage.done_to(&whole))];
            let (ended, _) = go_through(&site, &files, &format!("{damage:?}"));
            assert!(ended.contains(&65), "{damage:?}: {ended:?}");
        }
    }
}

#[test]
fn a_damaged_log_beside_the_catalog_crashes_nothing_and_loses_no_file() {
    let site = Site::new();
    let reader = rusqlite::Connection::open(site.path("state/catalog.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM meta").unwrap();
    // While somebody reads, the log is not written back.
    for line in ["release mug.png --reason 'legal is done'", "reject mug.png --reason 'off brand'"]
    {
        assert!(site.run(line).status.success(), "{line}");
    }
    let catalog = fs::read(site.path("state/catalog.db")).unwrap();
    let log = fs::read(site.path("state/catalog.db-wal")).unwrap();
    assert!(log.len() > 4_096, "{}", log.len());
    drop(reader);
    site.keep();
    let mut dice = Dice::new();
    let (mut codes, mut moved) = (Codes::default(), 0);
    let count = cases(6, 200);
    for number in 0..count {
        let damage = dice.damage(log.len());
        let log = damage.done_to(&log);
        let files = [("state/catalog.db", catalog.clone()), ("state/catalog.db-wal", log)];
        let (ended, runs) = go_through(&site, &files, &format!("{number}: {damage:?} of the log"));
        codes.count(&ended);
        moved += runs;
    }
    say(&format!(
        "hardening: {count} damaged write-ahead logs, {moved} runs moved files, none was lost; \
         exit codes {}",
        codes.told()
    ));
}
