//! Licenses: what is recorded about a right, and what is not.

mod exclusions;

use shelflife::domain::lifecycle::Action;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::stock::Approval;

#[test]
fn a_license_is_shown_as_it_was_recorded() {
    let library = TestLibrary::stocked(&["a.jpg"]);
    let add = "license add stock-4815 --holder 'Oak Studio' --document contract.pdf \
               --note 'print too' --starts-on 2026-01-01 --ends-on 2026-12-31 \
               --time-zone Europe/Berlin --territory at --territory DE,CH --territory de \
               --placement newsletter --placement homepage-hero --credit 'Photo: Oak' \
               --reviewed-by mia --reviewed-on 2026-02-28";
    library.run(add).expect(ExitCode::Success);
    library.approve("a.jpg", Approval { licenses: &["stock-4815"], ..Approval::default() });
    insta::assert_snapshot!(library.run("license show stock-4815"), @"
    exit: 0
    --- stdout
    key: stock-4815
    holder: Oak Studio
    document: contract.pdf
    note: print too
    time zone: Europe/Berlin
    starts on: 2026-01-01
    starts at: 2026-01-01 00:00 Europe/Berlin (2025-12-31T23:00:00Z, 60 days ago)
    ends on: 2026-12-31
    ends at: 2027-01-01 00:00 Europe/Berlin (2026-12-31T23:00:00Z, in 304 days)
    perpetual: no
    territories: AT, CH, DE
    placements: homepage-hero, newsletter
    excluded territories: -
    excluded placements: -
    credit: Photo: Oak
    reviewed by: mia
    reviewed on: 2026-02-28
    assets: 1
    ");
}

#[test]
fn what_is_not_recorded_is_unknown_and_said_to_be() {
    let library = TestLibrary::stocked(&[]);
    let bare = library.run("license add bare").expect(ExitCode::Success);
    let says = "its end, its territories, its placements, who reviewed it\n";
    assert!(bare.stdout.contains(says), "{bare}");
    let full = "license add full --perpetual --worldwide --any-placement --reviewed-by mia";
    let full = library.run(full).expect(ExitCode::Success);
    assert!(!full.stdout.contains("not recorded"), "{full}");
    library.run("license add union --territory EU --ends-on 2026-12-31").expect(ExitCode::Success);
    insta::assert_snapshot!(library.run("license list"), @"
    exit: 0
    --- stdout
    KEY    HOLDER  STARTS ON  ENDS ON     PERPETUAL  TERRITORIES                                                                                                 PLACEMENTS  EXCLUDED TERRITORIES  EXCLUDED PLACEMENTS  ASSETS
    bare   -       -          -           no         -                                                                                                           -           -                     -                         0
    full   -       -          -           yes        worldwide                                                                                                   any         -                     -                         0
    union  -       -          2026-12-31  no         AT, BE, BG, CY, CZ, DE, DK, EE, ES, FI, FR, GR, HR, HU, IE, IT, LT, LU, LV, MT, NL, PL, PT, RO, SE, SI, SK  -           -                     -                         0

    3 rows
    ");
}

#[test]
fn what_makes_no_sense_is_refused_and_recorded_nowhere() {
    let library = TestLibrary::stocked(&[]);
    library.run("license add taken").expect(ExitCode::Success);
    let length = library.catalog().audit_head().unwrap();
    for (line, exit, says) in [
        ("license add taken", ExitCode::No, "license `taken` exists already"),
        ("license add 'two words'", ExitCode::Usage, "not a license's name"),
        ("license add x --territory USA", ExitCode::Usage, "`USA` is not a country code"),
        ("license add x --territory UK", ExitCode::Usage, "the United Kingdom is GB"),
        ("license add x --territory DE --worldwide", ExitCode::Usage, "cannot be used with"),
        ("license add x --placement '*'", ExitCode::Usage, "not a placement"),
        ("license add x --placement 'home page'", ExitCode::Usage, "not a placement"),
        ("license add x --perpetual --ends-on 2026-12-31", ExitCode::Usage, "cannot be used with"),
        (
            "license add x --starts-on 2026-12-31 --ends-on 2026-12-30",
            ExitCode::Usage,
            "the end 2026-12-30 is before the beginning 2026-12-31",
        ),
        (
            "license add x --reviewed-by mia --reviewed-on 2026-03-03",
            ExitCode::Usage,
            "a review on 2026-03-03 is yet to come",
        ),
        ("license show x", ExitCode::Usage, "there is no license `x`"),
    ] {
        let run = library.run(line).expect(exit);
        assert!(run.stderr.contains(says), "{line}\n{run}");
    }
    assert_eq!(library.catalog().audit_head().unwrap(), length);
}

#[test]
fn a_dry_run_of_an_addition_records_nothing() {
    let library = TestLibrary::stocked(&[]);
    library.run("license add x --dry-run").expect(ExitCode::Success);
    assert_eq!(library.catalog().license("x").unwrap(), None);
}

/// A library in which `hero.jpg`, for the homepage, and `card.jpg`, for newsletters, are approved
/// under one license that ends with the year, and `other.jpg` is approved under another.
fn licensed() -> TestLibrary {
    let library = TestLibrary::stocked(&["hero.jpg", "card.jpg", "other.jpg"]);
    for line in [
        "license add stock --holder Oak --note 'print too' --document contract.pdf \
         --ends-on 2026-12-31 --worldwide --any-placement --reviewed-by mia --reviewed-on 2026-02-01",
        "license add own --holder Li --note 'our own' --document none.pdf --perpetual --worldwide \
         --any-placement --reviewed-by mia --reviewed-on 2026-02-01",
    ] {
        library.run(line).expect(ExitCode::Success);
    }
    library.approve("hero.jpg", Approval { licenses: &["stock"], ..Approval::default() });
    library.approve("card.jpg", Approval { licenses: &["stock"], ..Approval::default() });
    library.approve("other.jpg", Approval { licenses: &["own"], ..Approval::default() });
    library.run("describe hero.jpg --placement homepage").expect(ExitCode::Success);
    library
}

/// The log leads to the licenses that the catalog has. (What tests stock is in no log.)
#[track_caller]
fn assert_is_replayed(library: &TestLibrary) {
    let run = library.run("audit verify --replay --format json").json();
    let rows = run["items"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["fields"]["table"] == "license"), "{run}");
    let differs = rows.iter().filter(|row| row["fields"]["about"].is_string());
    let tables: Vec<_> = differs.map(|row| row["fields"]["table"].as_str().unwrap()).collect();
    assert!(tables.contains(&"asset_license") && !tables.contains(&"license"), "{tables:?}");
}

fn standing(library: &TestLibrary, path: &str) -> String {
    let row = library.run(&format!("list {path} --format json")).expect(ExitCode::Success).json();
    row["items"][0]["fields"]["standing"].as_str().unwrap().to_owned()
}

#[test]
fn other_terms_are_shown_before_they_are_recorded() {
    let library = licensed();
    let head = library.catalog().audit_head().unwrap();
    let line = "license change stock --ends-on 2026-02-28 --reason 'the contract says so'";
    let plan = library.run(line).expect(ExitCode::Success);
    assert_eq!(library.catalog().audit_head().unwrap(), head, "nothing is recorded");
    assert_eq!(standing(&library, "card.jpg"), "live");
    assert!(plan.stdout.contains("card.jpg"), "{plan}");
    assert!(!plan.stdout.contains("other.jpg"), "{plan}");
    let done = library.run(&format!("{line} --apply")).expect(ExitCode::Success);
    assert_eq!(
        plan.stdout.lines().filter(|line| line.contains("card.jpg")).collect::<Vec<_>>(),
        done.stdout.lines().filter(|line| line.contains("card.jpg")).collect::<Vec<_>>()
    );
    assert_eq!(standing(&library, "card.jpg"), "expired");
    assert_eq!(standing(&library, "other.jpg"), "live");
    assert_is_replayed(&library);
}

#[test]
fn a_right_that_was_taken_back_ends_at_once_and_does_not_come_back() {
    let library = licensed();
    let revoke = "license change stock --revoked --reason 'the holder wrote' --apply";
    library.run(revoke).expect(ExitCode::Success);
    assert_eq!(standing(&library, "card.jpg"), "expired");
    let why = library.run("why card.jpg").expect(ExitCode::Success);
    assert!(why.stdout.contains("license stock ended"), "{why}");
    let asked = library.run("reuse check card.jpg --placement newsletter").expect(ExitCode::No);
    assert!(asked.stdout.contains("license stock ends at 2026-03-02"), "{asked}");
    for later in ["--ends-on 2027-12-31", "--perpetual", "--forget ends-on"] {
        let line = format!("license change stock {later} --reason 'they said yes' --apply");
        let refused = library.run(&line).expect(ExitCode::Usage);
        assert!(
            refused.stderr.contains("a later end would revive what ended with it"),
            "{refused}"
        );
    }
    assert_is_replayed(&library);
}

#[test]
fn an_end_that_lies_ahead_moves_and_takes_those_along_that_have_no_other() {
    let library = licensed();
    let line = "license change stock --ends-on 2027-12-31 --reason 'renewed' --apply";
    let run = library.run(line).expect(ExitCode::Success);
    assert!(run.stdout.contains("the end, now through 2027-12-31, of license stock"), "{run}");
    let show = library.run("license show stock").expect(ExitCode::Success);
    assert!(show.stdout.contains("ends on: 2027-12-31"), "{show}");
    assert!(show.stdout.contains("holder: Oak"), "what is not named stays: {show}");
    library.run("license change stock --ends-on 2027-12-31 --reason again").expect(ExitCode::Usage);
    assert_is_replayed(&library);
}

#[test]
fn a_longer_license_says_which_expired_assets_could_be_renewed_with_it() {
    let library = licensed();
    library.decide("card.jpg", Action::Expire);
    let line = "license change stock --ends-on 2027-12-31 --reason 'renewed'";
    insta::assert_snapshot!(library.run(line), @"
    exit: 0
    --- stdout
    standings without and with the change, at 2027-01-01 00:00 UTC (2027-01-01T00:00:00Z, in 304 days):
    kept  #1 hero.jpg: stays draft: nobody has approved it; undecided since 2026-03-02T09:00:00.000Z, longer than 30 days
    kept  #2 card.jpg: stays expired: its expiry is on record; it may be renewed then
    to use again what had ended: `shelflife renew 2`
    would record  the end, now through 2027-12-31, of license stock: renewed
    1 edited, 2 kept, 2 considered, 1 to be renewed
    dry run: nothing was changed; add --apply
    ");
    assert_eq!(standing(&library, "card.jpg"), "expired");
}

#[test]
fn uses_that_are_covered_no_more_are_named_with_the_assets_that_are_meant_for_them() {
    let library = licensed();
    let line = "license change stock --placement newsletter --reason 'no web use' --apply";
    let run = library.run(line).expect(ExitCode::Success);
    assert!(run.stdout.contains("hero.jpg: stays draft"), "{run}");
    assert!(run.stdout.contains("not covered any more: homepage"), "{run}");
    let asked = library.run("reuse check card.jpg --placement homepage").expect(ExitCode::No);
    assert!(asked.stdout.contains("license stock does not cover homepage"), "{asked}");
    let line = "license change stock --forget placements --forget review --reason 'not proven'";
    library.run(&format!("{line} --apply")).expect(ExitCode::Success);
    let asked = library.run("reuse check card.jpg --placement homepage").expect(ExitCode::No);
    assert!(asked.stdout.contains("the placements of license stock are not recorded"), "{asked}");
    assert_is_replayed(&library);
}
