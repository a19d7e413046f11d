//! Licenses: what is recorded about a right, and what is not.

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
    KEY    HOLDER  STARTS ON  ENDS ON     PERPETUAL  TERRITORIES                                                                                                 PLACEMENTS  ASSETS
    bare   -       -          -           no         -                                                                                                           -                0
    full   -       -          -           yes        worldwide                                                                                                   any              0
    union  -       -          2026-12-31  no         AT, BE, BG, CY, CZ, DE, DK, EE, ES, FI, FR, GR, HR, HU, IE, IT, LT, LU, LV, MT, NL, PL, PT, RO, SE, SI, SK  -                0

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
