//! Catalogs whose bytes were changed by a bad disk.

use std::collections::BTreeMap;
use std::fs;

use super::site::{Codes, Site, bytes_of};
use super::some;
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

    /// Of ten numbers in a row, each makes a damage of a kind of its own.
    fn damage(&mut self, number: usize, length: usize) -> Damage {
        let pages = (length / 4_096).max(2);
        // Headers of the file and of its pages are hit more often than they would be by chance.
        let near = [length, 100, 4_096][self.below(3)];
        let page = if near == 100 { self.below(pages) * 4_096 } else { 0 };
        let at = (page + self.below(near.min(length))).min(length - 1);
        match number % 10 {
            0..=4 => Damage::Flip { at, bit: u8::try_from(self.below(8)).unwrap() },
            5 | 6 => Damage::Byte { at, value: self.byte() },
            7 => Damage::Zeros { at, length: 1 + self.below(5_000) },
            8 => Damage::Swap { one: self.below(pages), other: self.below(pages) },
            _ if number % 30 != 29 => Damage::Cut { length: self.below(length) },
            _ => Damage::Longer { by: 1 + self.below(20_000) },
        }
    }
}

/// Kinds of damage that are noticed more or less often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Bits,
    Zeros,
    Swap,
    Cut,
    Longer,
    /// To what SQLite goes by in a page: how many cells it has and where they are.
    Head,
}

impl Kind {
    /// Of a hundred, so many are noticed at least. Most of a catalog that is small is in no use, and of
    /// texts that are wrong nothing tells but the log, if they are in it; what is longer has all that
    /// it had.
    fn share(self) -> usize {
        match self {
            Self::Bits => 6,
            Self::Zeros => 50,
            Self::Swap => 85,
            Self::Cut | Self::Head => 100,
            Self::Longer => 0,
        }
    }
}

/// How many damages there were, and how many of them a command noticed.
#[derive(Debug, Default)]
struct Noticed(BTreeMap<Kind, (usize, usize)>);

impl Noticed {
    fn count(&mut self, kind: Kind, codes: &[i32]) {
        let (tried, noticed) = self.0.entry(kind).or_default();
        *tried += 1;
        *noticed += usize::from(codes.iter().any(|code| matches!(code, 65 | 74 | 78)));
    }

    fn all(&self) -> usize {
        self.0.values().map(|(_, noticed)| noticed).sum()
    }

    /// No kind was noticed less often than four deviations below its share.
    fn check(&self) {
        for (kind, (tried, noticed)) in &self.0 {
            let share = kind.share();
            let spread = 4 * (tried * share * (100 - share)).isqrt();
            let least = (tried * share).saturating_sub(spread).div_ceil(100);
            assert!(*noticed >= least, "{kind:?}: {noticed} of {tried}, not {least}: {self:?}");
        }
    }
}

impl Damage {
    fn kind(self) -> Kind {
        let is_of_head = |at: usize| {
            // The first page begins with the header of the file. What kind of page it is may be
            // wrong of one that is empty.
            let head = if at < 4_096 { 101..108 } else { 1..8 };
            head.contains(&(at % 4_096))
        };
        match self {
            Self::Flip { at, .. } | Self::Byte { at, .. } if is_of_head(at) => Kind::Head,
            Self::Flip { .. } | Self::Byte { .. } => Kind::Bits,
            Self::Zeros { .. } => Kind::Zeros,
            Self::Swap { .. } => Kind::Swap,
            Self::Cut { .. } => Kind::Cut,
            Self::Longer { .. } => Kind::Longer,
        }
    }

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

/// How commands ended on a catalog, and how many of them moved files.
#[derive(Debug, Default)]
pub(super) struct Ended {
    pub(super) codes: Vec<i32>,
    pub(super) moved: usize,
    /// Of those that moved files, the ones that met damage amid their work.
    pub(super) amid: usize,
}

/// Runs every command on a catalog and its log, and makes sure that no byte of the library is lost.
pub(super) fn go_through(site: &Site, files: &[(&str, Vec<u8>)], about: &str) -> Ended {
    let before = site.files();
    let mut ended = Ended::default();
    for line in LOOKS.iter().chain(&ACTS) {
        lay_out(site, files);
        let (code, said) = site.survive(line, about);
        assert!(
            matches!(code, 0..=3 | 5 | 6 | 65 | 74 | 78),
            "{about}, {line} ended with {code}: {said}"
        );
        // Whoever meets damage may have done something before.
        assert!(code != 65 || !said.contains("nothing was changed"), "{about}, {line}: {said}");
        ended.codes.push(code);
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
            ended.moved += 1;
            if matches!(code, 65 | 78) {
                // What it says of itself is left for a rebuild of the catalog.
                assert_announced(site, &format!("{about}: {line}"));
                ended.amid += 1;
            }
            site.put_back();
        }
    }
    ended
}

/// Beside every file in quarantine it is written what it is.
fn assert_announced(site: &Site, about: &str) {
    for entry in walkdir::WalkDir::new(site.path("state/quarantine")) {
        let file = entry.unwrap().into_path();
        if file.extension().is_some_and(|extension| extension == "bin") {
            assert!(file.with_file_name("manifest.json").is_file(), "{about}: {}", file.display());
        }
    }
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
    let (mut codes, mut noticed) = (Codes::default(), Noticed::default());
    let (mut moved, mut amid) = (0, 0);
    let count = cases(24, 1_000);
    for number in 0..count {
        let damage = dice.damage(number, whole.len());
        let bytes = damage.done_to(&whole);
        let is_damaged = bytes != whole;
        let files = [("state/catalog.db", bytes)];
        let ended = go_through(&site, &files, &format!("{number}: {damage:?}"));
        if is_damaged {
            noticed.count(damage.kind(), &ended.codes);
        }
        if damage.kind() == Kind::Cut {
            let refused = ended.codes.iter().all(|code| matches!(code, 65 | 78));
            assert!(refused && ended.moved == 0, "{damage:?}: {ended:?}");
        }
        codes.count(&ended.codes);
        (moved, amid) = (moved + ended.moved, amid + ended.amid);
    }
    say(&format!(
        "hardening: {count} damaged catalogs, {} of them noticed, {moved} runs moved files, {amid} \
         of them before they met the damage, none was lost; exit codes {}",
        noticed.all(),
        codes.told()
    ));
    noticed.check();
    assert!(amid <= 2 + count / 50, "{amid} of {count}");
}

/// SQLite itself takes what is gone of the last page for zeros.
#[test]
fn a_catalog_that_ends_amid_its_last_page_is_refused_by_every_command() {
    let site = Site::new();
    site.keep();
    let whole = fs::read(site.path("state/catalog.db")).unwrap();
    for short in [1, 1_000, 2_048, 4_095] {
        let cut = Damage::Cut { length: whole.len() - short };
        let ended =
            go_through(&site, &[("state/catalog.db", cut.done_to(&whole))], &format!("{cut:?}"));
        assert!(
            ended.codes.iter().all(|code| *code == 65) && ended.moved == 0,
            "{cut:?}: {ended:?}"
        );
    }
}

/// Where the cells of a page are, and how many: all that is read of it goes by that.
#[test]
fn a_bit_that_is_flipped_in_the_head_of_any_page_is_noticed() {
    let site = Site::new();
    let whole = fs::read(site.path("state/catalog.db")).unwrap();
    let before = site.files();
    let heads = (0..whole.len() / 4_096).map(|page| page * 4_096 + if page == 0 { 100 } else { 0 });
    let places: Vec<_> = heads.flat_map(|head| head + 1..head + 8).collect();
    let (mut dice, mut noticed) = (Dice::new(), 0);
    for at in some(&places, 40) {
        let damage = Damage::Flip { at: *at, bit: u8::try_from(dice.below(8)).unwrap() };
        lay_out(&site, &[("state/catalog.db", damage.done_to(&whole))]);
        let (code, said) = site.survive("doctor", &format!("{damage:?}"));
        assert!(matches!(code, 65 | 78), "{damage:?}: {code} {said}");
        noticed += 1;
    }
    assert_eq!(site.files(), before);
    say(&format!("hardening: {noticed} flipped bits in heads of pages, all of them noticed"));
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
            let ended = go_through(&site, &files, &format!("{damage:?}"));
            assert!(ended.codes.contains(&65), "{damage:?}: {ended:?}");
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
        let damage = dice.damage(number, log.len());
        let log = damage.done_to(&log);
        let files = [("state/catalog.db", catalog.clone()), ("state/catalog.db-wal", log)];
        let ended = go_through(&site, &files, &format!("{number}: {damage:?} of the log"));
        codes.count(&ended.codes);
        moved += ended.moved;
    }
    say(&format!(
        "hardening: {count} damaged write-ahead logs, {moved} runs moved files, none was lost; \
         exit codes {}",
        codes.told()
    ));
}
