//! Ends: the instant at which an asset may no longer be used, and the sweep that records it.

use serde_json::json;
use shelflife::catalog::{OpenOperation, Operation};
use shelflife::domain::lifecycle::{Action, Ended, Reason, State, Transition, Who};
use shelflife::domain::operation::{OperationKind, OperationState};
use shelflife::domain::pause::Heed;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::moving::announced;
use crate::support::stock::Approval;

/// Standing of the only asset, as `why` tells it.
fn standing(library: &TestLibrary, as_of: &str) -> String {
    let run =
        library.run(&format!("why 1 --format json --as-of {as_of}")).expect(ExitCode::Success);
    run.json()["items"][0]["fields"]["standing"].as_str().unwrap().to_owned()
}

/// State by path, as the catalog has it.
fn states(library: &TestLibrary) -> Vec<(String, String)> {
    let run = library.run("list --format json").expect(ExitCode::Success);
    let rows = run.json()["items"].as_array().unwrap().clone();
    let text =
        |row: &serde_json::Value, field: &str| row["fields"][field].as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(row, "path"), text(row, "state"))).collect()
}

/// What a sweep says it changes: path, states and causes.
fn changes(library: &TestLibrary, line: &str) -> Vec<serde_json::Value> {
    let run = library.run(&format!("{line} --format json")).expect(ExitCode::Success);
    let items = run.json()["items"].as_array().unwrap().clone();
    let mut changes: Vec<_> = items.into_iter().filter(|item| item["type"] == "change").collect();
    for change in &mut changes {
        change.as_object_mut().unwrap().remove("dry_run");
    }
    changes
}

#[test]
fn an_asset_may_be_used_through_its_last_day_where_its_dates_are_meant() {
    for (zone, last, first) in [
        ("UTC", "2026-03-29T23:59:59.999Z", "2026-03-30T00:00:00.000Z"),
        ("Europe/Berlin", "2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00.000Z"),
        ("America/New_York", "2026-03-30T03:59:59.999Z", "2026-03-30T04:00:00.000Z"),
        ("Asia/Tokyo", "2026-03-29T14:59:59.999Z", "2026-03-29T15:00:00.000Z"),
    ] {
        let library = TestLibrary::stocked(&["a.jpg"]);
        let dates = Approval { zone: Some(zone), ..Approval::default() };
        library.approve("a.jpg", Approval { expires_on: Some("2026-03-29"), ..dates });
        assert_eq!(standing(&library, last), "live", "{zone}");
        assert_eq!(standing(&library, first), "expired", "{zone}");
    }
}

#[test]
fn an_asset_may_be_used_from_the_first_instant_of_its_first_day() {
    let library = TestLibrary::stocked(&["a.jpg"]);
    let cairo = Approval { zone: Some("Africa/Cairo"), ..Approval::default() };
    library.approve("a.jpg", Approval { starts_on: Some("2026-04-24"), ..cairo });
    assert_eq!(standing(&library, "2026-04-23T21:59:59.999Z"), "scheduled");
    assert_eq!(standing(&library, "2026-04-23T22:00:00Z"), "live", "the day begins at 01:00");
}

#[test]
fn the_end_of_a_license_ends_what_it_allowed() {
    let library = TestLibrary::stocked(&["a.jpg"]);
    library
        .run("license add stock-4815 --ends-on 2026-05-31 --time-zone Europe/Berlin")
        .expect(ExitCode::Success);
    library.run("license add studio --perpetual").expect(ExitCode::Success);
    library
        .approve("a.jpg", Approval { licenses: &["stock-4815", "studio"], ..Approval::default() });
    assert_eq!(standing(&library, "2026-05-31T21:59:59.999Z"), "live");
    assert_eq!(standing(&library, "2026-05-31T22:00:00Z"), "expired");
    library.set_now("2026-06-01T00:00:00Z");
    let why = &changes(&library, "sweep")[0]["why"];
    assert_eq!(*why, json!(["license stock-4815 ended at 2026-05-31T22:00:00.000Z"]));
}

/// Six assets: one past its own end, one past two ends, and four that a sweep leaves alone.
fn mixed() -> TestLibrary {
    let paths = ["over.jpg", "twice.jpg", "live.jpg", "draft.jpg", "withdrawn.jpg", "review.jpg"];
    let library = TestLibrary::stocked(&paths);
    library.run("context add campaign/spring --ends-on 2026-03-15").expect(ExitCode::Success);
    let over = Approval { expires_on: Some("2026-03-20"), ..Approval::default() };
    library.approve("over.jpg", over);
    library.approve("twice.jpg", Approval { contexts: &["campaign/spring"], ..over });
    library.approve("live.jpg", Approval { expires_on: Some("2026-12-31"), ..over });
    library.describe("draft.jpg", over);
    library.approve("withdrawn.jpg", over);
    library.decide("withdrawn.jpg", Action::Withdraw);
    let review = Approval { review_on: Some("2026-03-10"), ..Approval::default() };
    library.approve("review.jpg", review);
    library.set_now("2026-04-01T09:00:00Z");
    library
}

#[test]
fn a_sweep_shows_what_it_would_record_then_records_it_once() {
    let library = mixed();
    insta::assert_snapshot!(library.run("sweep"), @"
    exit: 0
    --- stdout
    would expire  #1 over.jpg  approved → expired  (its own end passed at 2026-03-21T00:00:00.000Z)
    would expire  #2 twice.jpg  approved → expired
        its own end passed at 2026-03-21T00:00:00.000Z
        campaign/spring ended at 2026-03-16T00:00:00.000Z
    2 changed, 4 considered, 2 expired
    dry run: nothing was changed; add --apply
    ");
    let before = states(&library);
    let planned = changes(&library, "sweep");
    assert_eq!(states(&library), before, "a plan records nothing");
    assert_eq!(changes(&library, "sweep --apply"), planned);
    let expired: Vec<_> = states(&library).into_iter().filter(|(_, s)| s == "expired").collect();
    let expired: Vec<_> = expired.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(expired, ["over.jpg", "twice.jpg"]);

    let length = library.catalog().audit_head().unwrap();
    insta::assert_snapshot!(library.run("sweep --apply"), @"
    exit: 0
    --- stdout
    2 considered
    ");
    assert_eq!(library.catalog().audit_head().unwrap(), length, "nothing was written");
}

#[test]
fn what_a_sweep_recorded_stays_expired_whatever_becomes_of_the_dates() {
    let library = mixed();
    library.run("sweep --apply").expect(ExitCode::Success);
    library
        .describe("over.jpg", Approval { expires_on: Some("2099-12-31"), ..Approval::default() });
    let why = library.run("why over.jpg").expect(ExitCode::Success);
    assert!(why.stdout.contains("its expiry is on record"), "{why}");
}

#[test]
fn a_job_may_sweep() {
    let library = mixed();
    library.set_variable("SHELFLIFE_JOB", "nightly");
    assert_eq!(changes(&library, "sweep --apply").len(), 2);
}

#[test]
fn one_asset_in_other_hands_does_not_stop_the_sweep() {
    let library = mixed();
    let asset = library.id_of("over.jpg");
    let version = library.decision("over.jpg", Action::Expire).version;
    let transition = Transition {
        from: State::Expired,
        action: Action::Quarantine,
        to: State::Quarantined(Ended::Expired),
        who: Who::Anyone,
        reason: Reason::Optional,
    };
    let operation = Operation {
        id: "op-1".to_owned(),
        kind: OperationKind::Quarantine,
        asset,
        state: OperationState::Intent,
        opened_at: library.now(),
        store: "op-1".to_owned(),
        to: None,
        files: announced(library.catalog().files_of(asset).unwrap()),
    };
    let open = OpenOperation {
        operation,
        version,
        transition: Some(transition),
        reason: None,
        causes: Vec::new(),
        heed: Heed::Stop,
    };
    library.change("shelflife clean", |catalog| catalog.open_operation(&open)).unwrap();
    let run = library.run("sweep --apply").expect(ExitCode::Changed);
    let kept = "kept  #1 over.jpg: files of asset #1 are being moved by operation op-1";
    assert!(run.stdout.contains(kept), "{run}");
    assert!(run.stdout.contains("expired  #2 twice.jpg"), "{run}");
    assert_eq!(states(&library)[1], ("twice.jpg".to_owned(), "expired".to_owned()));
}

#[test]
fn a_sweep_of_many_records_all_of_them() {
    let paths: Vec<_> = (0..1203).map(|number| format!("{number:04}.jpg")).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let library = TestLibrary::stocked(&paths);
    library.run("context add brand/house").expect(ExitCode::Success);
    let house = Approval { contexts: &["brand/house"], ..Approval::default() };
    library.approve_all(&paths, house);
    library.run("context change brand/house --note 2027 --apply").expect(ExitCode::Success);
    let planned = changes(&library, "sweep");
    assert_eq!(planned.len(), 1203);
    let run = library.run("sweep --apply --format json").expect(ExitCode::Success).json();
    assert_eq!(run["summary"]["figures"], json!({"considered": 1203, "expired": 1203}));
    assert!(states(&library).iter().all(|(_, state)| state == "expired"));
    assert_eq!(changes(&library, "sweep").len(), 0);
}

#[test]
fn a_sweep_that_is_asked_to_stop_says_so() {
    let library = mixed();
    library.interrupted.store(2, std::sync::atomic::Ordering::Relaxed);
    let run = library.run("sweep --apply").expect(ExitCode::Interrupted);
    assert!(run.stderr.contains("stopped by a signal"), "{run}");
    library.interrupted.store(0, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(changes(&library, "sweep --apply").len(), 2, "the next one goes on");
}
