//! The real program, paused at random moments while it cleans.

use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

use shelflife::catalog::AuditEntry;
use shelflife::exit::ExitCode;

use super::FILE;
use crate::crash::say;
use crate::support::many::{Dice, check_whole, program, rejected};
use crate::support::moving::{Tree, tree};
use crate::support::{TestLibrary, cases};

const ASSETS: i64 = 300;
const SEED: u64 = 0x5348_4C46;

/// How the clean is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Command,
    Hard,
    FileAlone,
}

fn start_clean(library: &TestLibrary) -> Child {
    program(library, &["clean", "--apply"]).spawn().unwrap()
}

fn count(entries: &[AuditEntry], kind: &str) -> usize {
    entries.iter().filter(|entry| entry.kind == kind).count()
}

/// The part of the log from which on nothing may begin.
fn since_pause(library: &TestLibrary, way: Way, known: usize) -> Vec<AuditEntry> {
    let mut entries = library.audit_entries();
    let begin = entries.iter().rposition(|entry| entry.kind == "pause.begin");
    let from = if way == Way::FileAlone { known } else { begin.unwrap() + 1 };
    entries.split_off(from)
}

/// From the return of a pause to the end of the clean, for 99 of 100.
const SOON: Duration = Duration::from_secs(2);

/// What a pause met.
#[derive(Debug, Default)]
struct Met {
    /// How long each clean went on after it.
    went_on: Vec<Duration>,
    /// Cleans that had begun an asset.
    at_work: usize,
    /// Cleans that left an asset open.
    amid: usize,
}

/// Pauses a clean after `delay` and looks at what it did from then on.
fn pause_after(library: &TestLibrary, before: &Tree, (way, delay): (Way, Duration), met: &mut Met) {
    let earlier = library.audit_entries().len();
    let place = format!("{way:?} after {delay:?}");
    let mut clean = start_clean(library);
    std::thread::sleep(delay);
    match way {
        Way::Command => drop(library.run("pause --reason x").expect(ExitCode::Success)),
        Way::Hard => drop(library.run("pause --hard --reason x").expect(ExitCode::Success)),
        Way::FileAlone => drop(library.write(FILE, "")),
    }
    let paused = Instant::now();
    let known = library.audit_entries().len();
    let code = clean.wait().unwrap().code().unwrap();
    met.went_on.push(paused.elapsed());
    assert!([0, 4].contains(&code), "{place}: ended with {code}");
    let later = since_pause(library, way, known);
    let begun = count(&later, "quarantine.intent");
    assert!(begun <= usize::from(way == Way::FileAlone), "{place}: {begun} were begun after it");
    assert!(count(&later, "quarantine.done") <= 1, "{place}: more than one was finished");
    let open = library.scanned_catalog().open_operations().unwrap().len();
    assert!(open == 0 || way == Way::Hard && open == 1, "{place}: {open} are open");
    if open > 0 {
        let disk = || (tree(&library.path("uploads")), tree(&library.path("state/quarantine")));
        let found = disk();
        library.run("recover");
        assert!(disk() == found, "{place}: a recovery moved something while paused");
    }
    library.run("resume --reason x").expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Success);
    check_whole((library, ASSETS), before, &place);
    let begun = count(&library.audit_entries().split_off(earlier), "quarantine.intent");
    met.at_work += usize::from(code == 4 && begun > 0);
    met.amid += usize::from(open > 0);
}

/// Pauses the cleans of one library, until there were enough or its log is long: it is read whole
/// each time.
fn pause_one_library(dice: &mut Dice, (wanted, first): (usize, usize), met: &mut Met) -> usize {
    const MOST: usize = 60;
    let library = rejected(ASSETS);
    let before = tree(&library.path("uploads"));
    let mut rounds = 0;
    while met.at_work < wanted && rounds < MOST {
        let way = [Way::Command, Way::Hard, Way::FileAlone][(first + rounds) % 3];
        let delay = Duration::from_millis(dice.below(400));
        pause_after(&library, &before, (way, delay), met);
        rounds += 1;
        if library.scanned_catalog().count_in_library().unwrap() < 20 {
            library.run("restore --state quarantined").expect(ExitCode::Success);
        }
    }
    library.run("restore --state quarantined");
    assert!(tree(&library.path("uploads")) == before);
    assert!(fs::metadata(library.path(FILE)).is_err());
    rounds
}

#[test]
fn after_a_pause_no_asset_is_begun_and_at_most_one_is_finished() {
    let wanted = cases(40, 1_000);
    let mut dice = Dice(SEED);
    let (mut met, mut rounds) = (Met::default(), 0);
    while met.at_work < wanted {
        rounds += pause_one_library(&mut dice, (wanted, rounds), &mut met);
        assert!(rounds < wanted * 10, "the clean is never at work");
    }
    let Met { mut went_on, at_work, amid } = met;
    went_on.sort();
    let almost_all = went_on[(went_on.len() * 99).div_ceil(100) - 1];
    assert!(almost_all <= SOON, "{almost_all:?}");
    say(&format!(
        "pause: paused {rounds} cleans, {at_work} of them at work, {amid} amid an asset; 99 of 100 \
         ended within {} ms, all within {} ms",
        almost_all.as_millis(),
        went_on[went_on.len() - 1].as_millis()
    ));
}
