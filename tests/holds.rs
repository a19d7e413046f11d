//! Holds: placing and releasing them.

use shelflife::domain::asset::AssetId;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;

impl TestLibrary {
    fn holds(&self, number: i64) -> usize {
        self.scanned_catalog().holds_on(AssetId(number), self.now()).unwrap().len()
    }
}

#[test]
fn a_hold_is_placed_shown_and_released() {
    let library = TestLibrary::scanned(&["a.png", "b.png"]);
    insta::assert_snapshot!(library.tell("hold 1 2 --reason 'legal dispute' --dry-run"), @"
    exit: 0
    would record  #1 a.png  held until it is released: legal dispute
    would record  #2 b.png  held until it is released: legal dispute
    2 edited
    dry run: nothing was changed
    ");
    assert_eq!(library.holds(1), 0);
    insta::assert_snapshot!(library.tell("hold 1 2 --reason 'legal dispute'"), @"
    exit: 0
    recorded  #1 a.png  held until it is released: legal dispute
    recorded  #2 b.png  held until it is released: legal dispute
    2 edited
    ");
    library.run("hold 1 --reason 'brand review' --until +2d").expect(ExitCode::Success);
    let shown = library.tell("show 1");
    assert!(shown.contains("legal dispute (olga)"), "{shown}");
    assert!(shown.contains("brand review (olga, until 2026-03-05 00:00 UTC"), "{shown}");
    insta::assert_snapshot!(library.tell("release 1 --reason settled"), @"
    exit: 0
    recorded  #1 a.png  released (settled): legal dispute
    recorded  #1 a.png  released (settled): brand review
    2 edited
    ");
    assert_eq!((library.holds(1), library.holds(2)), (0, 1));
    insta::assert_snapshot!(library.tell("release 1 --reason settled"), @"
    exit: 0
    kept  #1 a.png: nothing holds it
    1 kept
    ");
}

#[test]
fn a_hold_lasts_through_its_last_day_in_the_zone_of_the_asset() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.run("describe 1 --time-zone America/New_York").expect(ExitCode::Success);
    library.run("hold 1 --reason dispute --until 2026-03-08").expect(ExitCode::Success);
    library.set_now("2026-03-09T03:59:59.999Z");
    assert_eq!(library.holds(1), 1, "clocks went forward that day: it has 23 hours");
    library.set_now("2026-03-09T04:00:00Z");
    assert_eq!(library.holds(1), 0);
}

#[test]
fn a_hold_that_would_be_over_is_refused() {
    let library = TestLibrary::scanned(&["a.png"]);
    insta::assert_snapshot!(library.tell("hold 1 --reason dispute --until 2026-03-01"), @"
    exit: 1
    refused  hold #1 a.png: a hold until 2026-03-01 would be over already
    1 refused
    ");
    library.run("hold 1 --reason dispute --until today").expect(ExitCode::Success);
    library.run("hold 1 --reason dispute --until someday").expect(ExitCode::Usage);
    library.run("hold 1 --reason ' '").expect(ExitCode::Usage);
}

#[test]
fn automation_may_hold_and_never_release() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.set_variable("SHELFLIFE_JOB", "nightly");
    library.run("hold 1 --reason 'page still shows it'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("release 1 --reason done"), @"
    exit: 1
    refused  release #1 a.png: only a person may release it
    1 refused
    ");
    assert_eq!(library.holds(1), 1);
}
