//! Histories that real commands write, in random order.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::picture;

/// Numbers that repeat with their seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`, which is more than zero.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    pub(super) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let index = self.below(choices.len() as u64);
        &choices[usize::try_from(index).unwrap()]
    }
}

const PATHS: [&str; 5] =
    ["tea.png", "tea-150x150.png", "garden.png", "2026/03/hat.png", "2026/03/caf\u{e9}.png"];

/// A library of a few pictures with a context and a license.
pub(super) fn library() -> TestLibrary {
    let library = TestLibrary::scanned(&PATHS);
    library.set_actor("mia");
    library.add_context("packaging/tin", None);
    library.add_context("campaign/spring", None);
    library.add_context("campaign/autumn", Some("2026-11-30"));
    library
        .run(
            "license add stock-1 --holder Shop --territory DE --exclude-territory CH \
             --exclude-placement packaging --reviewed-by li",
        )
        .expect(ExitCode::Success);
    library
}

/// Records all that an approval needs.
fn full(asset: u64) -> String {
    format!(
        "describe {asset} --title 'Tin {asset}' --alt 'Green tin number {asset} on a wooden shelf' \
         --source-note 'Photograph by the studio, March 2026' --rights-note 'Own work of the studio' \
         --rights-reviewed-by li --owner anna --placement homepage --campaign spring \
         --expires-on 2026-12-30 --review-on 2026-12-01 --context packaging/tin"
    )
}

/// A library after `steps` random commands. Some of them are refused, as in life.
pub(super) fn played(seed: u64, steps: u64) -> TestLibrary {
    let (library, mut dice) = (library(), Dice::new(seed));
    for _ in 0..steps {
        step(&library, &mut dice);
    }
    library
}

pub(super) fn step(library: &TestLibrary, dice: &mut Dice) {
    let asset = 1 + dice.below(5);
    let text = format!("text {}", dice.below(1_000));
    let commands = [
        format!("{} --license stock-1", full(asset)),
        format!("describe {asset} --title '{text}' --alt 'de={text}' --placement blog"),
        format!("describe {asset} --remove-context packaging/tin --starts-on 2026-03-01"),
        format!("describe {asset} --time-zone America/New_York --clear owner"),
        format!("approve {asset}"),
        format!("approve {asset}"),
        format!("reject {asset} --reason '{text}'"),
        format!("expire {asset} --reason '{text}'"),
        format!("withdraw {asset} --reason '{text}'"),
        format!("withdraw {asset} --leave-files --reason '{text}'"),
        format!("withdraw --confirm {asset} --note '{text}'"),
        format!("withdraw --confirm --state quarantined --note '{text}'"),
        format!("reconsider {asset} --reason '{text}'"),
        format!("renew {asset} --expires-on 2026-08-31 --review-on 2026-08-01"),
        format!("hold {asset} --reason '{text}'"),
        format!("hold {asset} --reason '{text}' --until 2026-03-20"),
        format!("release 1 2 3 4 5 --reason '{text}'"),
        format!("rules waive SL401 {asset} --reason '{text}' --until 2026-04-08"),
        format!("rules revoke SL401 {asset} --reason '{text}'"),
        format!("flag {asset} --risk likeness --note '{text}'"),
        format!("flag 1 2 3 4 5 --clear likeness --note '{text}'"),
        format!("reject {asset} --for-placement press --reason '{text}'"),
        format!("reconsider 1 2 3 4 5 --for-placement press --reason '{text}'"),
        format!("describe {asset} --alt-reviewed-by '{text}'"),
        format!("context change packaging/tin --note '{text}' --apply"),
        format!("context add product/p{} --owner anna --note '{text}'", dice.below(9)),
        format!("context end campaign/autumn --note '{text}' --apply"),
        format!("license add l-{} --holder '{text}' --ends-on 2026-12-31", dice.below(9)),
        "sweep --apply".to_owned(),
        "clean --apply".to_owned(),
        "clean --apply".to_owned(),
        format!("restore {asset} --reason '{text}'"),
        format!("restore {asset} --reason '{text}'"),
    ];
    match dice.below(8) {
        0 => library.advance_days(i64::try_from(dice.below(9)).unwrap()),
        1 => {
            meddle(library, dice);
            library.run("scan");
        }
        2 | 3 => {
            library.run(&full(asset));
            library.run(&format!("approve {asset}"));
        }
        4 => plan(library, dice, &commands),
        _ => {}
    }
    let command = dice.of::<String>(&commands);
    // Another test that starts a program holds every lock of this process for a moment.
    let run = library.run(&format!("{command} --wait 10s"));
    let fine = [ExitCode::Success, ExitCode::No, ExitCode::Guard, ExitCode::Partial];
    // What ended once is not ended again.
    let again = run.exit == ExitCode::Usage && command.starts_with("context end");
    assert!(again || fine.contains(&run.exit), "{command}\n{run}");
}

/// Saves a plan, lets something happen, and carries it out as far as it still holds.
fn plan(library: &TestLibrary, dice: &mut Dice, commands: &[String]) {
    let kind = dice.of(&["clean", "clean", "sweep"]);
    library.run(&format!("{kind} --save")).expect(ExitCode::Success);
    let plans = library.run("plan list --format json").json();
    let last = plans["items"].as_array().unwrap().len();
    if dice.below(3) == 0 {
        library.run(dice.of::<String>(commands));
    }
    library.run(&format!("plan approve {last}"));
    let run = library.run(&format!("{kind} --apply --plan {last}"));
    let others = [ExitCode::Usage, ExitCode::Changed, ExitCode::Guard, ExitCode::Partial];
    assert!(run.exit == ExitCode::Success || others.contains(&run.exit), "{run}");
}

/// What people do to files: add, change, remove and put back.
fn meddle(library: &TestLibrary, dice: &mut Dice) {
    let path = format!("uploads/{}", dice.of(&PATHS));
    let shade = u8::try_from(dice.below(250)).unwrap();
    match dice.below(4) {
        0 => {
            library.write(format!("uploads/new-{shade}.png"), picture(shade));
        }
        1 if library.path(&path).exists() => {
            library.write(&path, picture(shade));
        }
        2 if library.path(&path).exists() => {
            fs::rename(library.path(&path), library.path("aside.png")).unwrap();
        }
        _ if library.path("aside.png").exists() && !library.path(&path).exists() => {
            fs::rename(library.path("aside.png"), library.path(&path)).unwrap();
        }
        _ => {}
    }
}

/// A copy of the catalog as it stands, in a file of its own that can be tampered with.
pub(super) fn copy(library: &TestLibrary, name: &str) -> PathBuf {
    let path = library.path(name);
    let log = fs::metadata(library.path("state/catalog.db-wal"));
    assert!(!log.is_ok_and(|log| log.len() > 0), "everything is in the file itself");
    fs::copy(library.path("state/catalog.db"), &path).unwrap();
    path
}

/// Opens a copy to tamper with it. Nothing needs to outlast a power cut.
pub(super) fn open(path: &Path) -> Connection {
    let catalog = Connection::open(path).unwrap();
    catalog.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;").unwrap();
    catalog
}
