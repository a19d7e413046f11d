//! `reuse decide`: a person answers what the record leaves open, for one use and for a time.

use std::fs;

use serde_json::{Value, json};
use shelflife::catalog::CatalogError;
use shelflife::domain::lifecycle::Action;
use shelflife::exit::ExitCode;

use super::{USE, answer, find, teas};
use crate::support::pictures::png;
use crate::support::scanned::FULL;
use crate::support::stock::Approval;
use crate::support::{Run, TestLibrary};

/// The three questions that are open about `tin.jpg`.
const ANSWERS: &str = "--answer license=yes --answer claims-and-offers=yes --answer brand-fit=yes";
const REST: &str = "--note 'the studio wrote' --until 2026-04-30";

/// A tin that is approved with packaging and campaign, without brand and claims, and under a
/// license that nobody has reviewed; li decides.
fn tins() -> TestLibrary {
    tins_in(None)
}

/// [`tins`] whose dates are in this zone.
fn tins_in(zone: Option<&str>) -> TestLibrary {
    let library = TestLibrary::new();
    library.configure("[site]\ntime_zone = \"Europe/Berlin\"\n");
    library.stock(&["tin.jpg"]);
    for line in [
        "context add campaign/spring --ends-on 2026-05-31",
        "context add packaging/tea-tin --note 'v3 tin' --rule ignore",
        "license add studio --worldwide --any-placement --perpetual",
    ] {
        library.run(line).expect(ExitCode::Success);
    }
    let approval = Approval {
        contexts: &["campaign/spring", "packaging/tea-tin"],
        licenses: &["studio"],
        placements: &["homepage-hero", "newsletter"],
        zone,
        expires_on: Some("2026-12-31"),
        ..Approval::default()
    };
    library.approve("tin.jpg", approval);
    library.set_actor("li");
    library
}

fn decide(library: &TestLibrary, more: &str) -> Run {
    library.run(&format!("reuse decide tin.jpg {more}"))
}

/// Answers all that is open about the tin.
fn decided() -> TestLibrary {
    let library = tins();
    decide(&library, &format!("{USE} {ANSWERS} {REST}")).expect(ExitCode::Success);
    library
}

fn check(library: &TestLibrary, more: &str) -> Run {
    library.run(&format!("reuse check tin.jpg {more}"))
}

/// What `show` tells of the decisions.
fn shown(library: &TestLibrary) -> Vec<Value> {
    let show = library.run("show 1 --format json").expect(ExitCode::Success).json();
    show["items"][0]["fields"]["reuse_decisions"].as_array().unwrap().clone()
}

fn entries(library: &TestLibrary) -> u64 {
    library.catalog().audit_head().unwrap().0
}

#[test]
fn what_a_check_asks_is_answered_by_a_person_with_a_note_and_an_end() {
    let library = tins();
    check(&library, USE).expect(ExitCode::No);
    let run = decide(&library, &format!("{USE} {ANSWERS} {REST}")).expect(ExitCode::Success);
    let says = "recorded  #1 tin.jpg  decided for homepage-hero, campaign/spring, DE until 2026-04-30: \
                brand fit yes, license yes, claims and offers yes: the studio wrote\n";
    assert!(run.stdout.starts_with(says) && run.stdout.contains("answer: yes"), "{run}");
    insta::assert_snapshot!(check(&library, USE), @"
    exit: 0
    --- stdout
    id: 1
    path: tin.jpg
    placement: homepage-hero
    campaign: campaign/spring
    territory: DE
    from: 2026-03-02T09:00:00.000Z
    until: 2026-03-02T22:59:59.999Z
    answer: yes

    QUESTION           ANSWER  BECAUSE
    standing           yes     it is live all the time
    product accuracy   yes     packaging/tea-tin is still at revision 1, as approved
    campaign context   yes     campaign/spring is still at revision 1, as approved
    brand fit          yes     decided by li on 2026-03-02 until 2026-04-30: the studio wrote
    license            yes     decided by li on 2026-03-02 until 2026-04-30: the studio wrote
    claims and offers  yes     decided by li on 2026-03-02 until 2026-04-30: the studio wrote

    6 rows
    ");
    let history = library.run("history tin.jpg --format json").json();
    let event = history["items"].as_array().unwrap().last().unwrap()["fields"].clone();
    assert_eq!(
        (&event["what"], &event["why"]),
        (&json!("reuse decide: homepage-hero"), &json!("the studio wrote"))
    );
    assert_eq!(event["by"], "li (olga) at desk");
    let (paths, _) = find(&library, &format!("tin {USE}"));
    assert_eq!(paths, ["tin.jpg"]);
    library.run("audit verify").expect(ExitCode::Success);
}

#[test]
fn a_search_for_a_use_heeds_what_was_decided_about_it() {
    let library = teas();
    let best = || find(&library, &format!("tea {USE}")).0;
    assert_eq!(best(), ["garden.jpg", "tin.jpg", "plain.jpg"]);
    let refuse = format!("reuse decide garden.jpg {USE} --answer brand-fit=no {REST}");
    library.run(&refuse).expect(ExitCode::Success);
    let (paths, figures) = find(&library, &format!("tea {USE}"));
    assert_eq!(paths, ["tin.jpg", "plain.jpg"]);
    assert_eq!(figures, json!({"usable": 2, "not for this use": 1}));
    let all = "product-accuracy campaign-context brand-fit license claims-and-offers";
    let all: Vec<_> = all.split(' ').map(|of| format!("--answer {of}=yes")).collect();
    let allow = format!("reuse decide plain.jpg {USE} {} {REST}", all.join(" "));
    let run = library.run(&format!("{allow} --format json")).expect(ExitCode::Success);
    assert_eq!(run.json()["items"][1]["fields"]["answer"], "yes", "{run}");
}

#[test]
fn a_decision_is_kept_with_its_use_and_all_that_it_relies_on() {
    let library = decided();
    let catalog = library.catalog();
    let entry = catalog.newest_audit(None, Some("reuse.decide"), 1).unwrap().remove(0);
    let mut payload: Value = serde_json::from_str(&entry.payload).unwrap();
    for field in ["description", "sha256"] {
        let hash = payload["relied_on"][field].take();
        assert_eq!(hash.as_str().unwrap().len(), 64, "{field}");
    }
    payload["row"].take();
    assert_eq!(
        payload,
        json!({
            "answers": {"brand fit": "yes", "claims and offers": "yes", "license": "yes"},
            "by": "li", "campaign": "campaign/spring", "day": "2026-03-02",
            "first": "2026-03-02T09:00:00.000Z", "last": "2026-04-30T21:59:59.999Z",
            "placement": "homepage-hero", "reason": "the studio wrote",
            "relied_on": {
                "contexts": {"campaign/spring": 1, "packaging/tea-tin": 1},
                "description": null, "licenses": {"studio": 1}, "sha256": null,
                "since_ms": library.now().millis(), "state": "approved",
            },
            "row": null, "territory": ["DE"],
            "until": "2026-04-30", "until_ms": 1_777_586_400_000_i64,
        })
    );
    let read = catalog.reuse_decisions_of(library.id_of("tin.jpg")).unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(
        read[0].to_string(),
        "decided by li on 2026-03-02 until 2026-04-30: the studio wrote"
    );
}

#[test]
fn every_territory_and_a_use_without_a_campaign_are_kept_as_they_were_said() {
    let library = tins();
    for territory in ["", "--worldwide", "--territory DE,AT", "--territory EU"] {
        let wanted = format!("--placement newsletter {territory}");
        let line = format!("{wanted} {ANSWERS} --answer campaign-context=yes {REST}");
        assert_eq!(answer(&check(&library, &format!("{wanted} --format json"))), "ask");
        decide(&library, &line).expect(ExitCode::Success);
        check(&library, &wanted).expect(ExitCode::Success);
    }
    assert_eq!(shown(&library).len(), 4);
}

#[test]
fn what_was_decided_is_shown_in_one_line_or_in_fields() {
    let library = decided();
    let text = library.run("show tin.jpg").expect(ExitCode::Success).stdout;
    let says = "reuse decisions:\n  - on 2026-03-02, by li, placement homepage-hero, \
                campaign campaign/spring, territory DE, from 2026-03-02T09:00:00.000Z, \
                until 2026-04-30T21:59:59.999Z, answers brand fit yes, license yes, \
                claims and offers yes, ends on 2026-04-30, note the studio wrote, alive yes\n";
    assert!(text.contains(says), "{text}");
    let shown = &shown(&library)[0];
    assert_eq!(
        shown["answers"],
        json!({"brand fit": "yes", "license": "yes", "claims and offers": "yes"})
    );
    assert_eq!((&shown["alive"], &shown["lapsed"]), (&json!(true), &Value::Null));
}

#[test]
fn a_decision_about_what_changed_meanwhile_is_not_recorded() {
    let library = decided();
    let asset = library.id_of("tin.jpg");
    let catalog = library.catalog();
    let decision = catalog.reuse_decisions_of(asset).unwrap().remove(0);
    let read = catalog.asset(asset).unwrap().unwrap().version;
    library.run("hold tin.jpg --reason dispute").expect(ExitCode::Success);
    let recorded = library.change("shelflife reuse decide", |catalog| {
        catalog.record_reuse_decision(asset, read, &decision)
    });
    assert!(matches!(recorded, Err(CatalogError::Changed { .. })), "{recorded:?}");
    assert_eq!(shown(&library).len(), 1);
}

#[test]
fn no_answer_overrules_a_no() {
    let library = tins();
    library
        .run("license change studio --territory AT --reason 'new terms' --apply")
        .expect(ExitCode::Success);
    let before = entries(&library);
    let refused = |more: &str, says: &str| {
        let run = decide(&library, more).expect(ExitCode::No);
        assert!(run.stderr.contains(says) || run.stdout.contains(says), "{says}\n{run}");
        assert!(shown(&library).is_empty() && entries(&library) == before, "{run}");
    };
    let says = "decide #1 tin.jpg: license is no: license studio does not cover DE";
    for ruling in ["yes", "no"] {
        refused(&format!("{USE} --answer brand-fit=yes --answer license={ruling} {REST}"), says);
    }
    let longer = "--answer brand-fit=yes --note x --until 2026-06-01";
    refused(&format!("{USE} {longer}"), "during the use it becomes expired: campaign/spring ended");
    refused(&format!("{USE} {longer} --to 2026-06-01"), "during the use it becomes expired");
    library.decide("tin.jpg", Action::Withdraw);
    let before = entries(&library);
    let run = decide(&library, &format!("{USE} --answer brand-fit=yes {REST}"));
    assert!(run.expect(ExitCode::No).stdout.contains("it is unsafe"));
    assert_eq!(entries(&library), before);
}

#[test]
fn a_decision_never_brings_back_what_has_become_a_no() {
    for (command, says) in [
        ("reject tin.jpg --reason 'wrong green'", "it is rejected"),
        ("withdraw tin.jpg --reason 'recalled' --leave-files", "it is unsafe"),
        ("expire tin.jpg --reason 'sold out'", "it is expired"),
        (
            "license change studio --placement newsletter --reason 'new terms' --apply",
            "license studio does not cover homepage-hero",
        ),
        ("context end campaign/spring --on 2026-03-02 --note 'sold out' --apply", "ends at"),
    ] {
        let library = decided();
        check(&library, USE).expect(ExitCode::Success);
        library.run(command).expect(ExitCode::Success);
        let day = "--from 2026-03-10 --to 2026-03-11";
        let run = check(&library, &format!("{USE} {day}")).expect(ExitCode::No);
        assert!(run.stdout.contains("answer: no") && run.stdout.contains(says), "{command}\n{run}");
    }
}

#[test]
fn a_yes_can_be_answered_no_and_the_no_taken_back() {
    let library = teas();
    let decide = |answer: &str| {
        let line = format!("reuse decide garden.jpg {USE} --answer {answer} {REST}");
        library.run(&line).expect(ExitCode::Success)
    };
    let now = || answer(&library.run(&format!("reuse check garden.jpg {USE} --format json")));
    let run = decide("brand-fit=yes");
    assert!(
        run.stdout.contains("kept  #2 garden.jpg: brand fit is yes without a decision"),
        "{run}"
    );
    assert_eq!(library.catalog().newest_audit(None, Some("reuse"), 9).unwrap(), []);
    decide("brand-fit=no");
    assert_eq!(now(), "no");
    let told = library.run(&format!("reuse check garden.jpg {USE}")).stdout;
    assert!(told.contains("decided by olga on 2026-03-02 until 2026-04-30: the studio wrote"));
    decide("brand-fit=yes");
    assert_eq!(now(), "yes");
}

#[test]
fn a_decision_is_about_one_placement_territory_campaign_and_time() {
    let library = tins();
    library.run("context add campaign/summer").expect(ExitCode::Success);
    let days = "--from 2026-03-10 --to 2026-03-20";
    decide(&library, &format!("{USE} {days} {ANSWERS} {REST}")).expect(ExitCode::Success);
    let hero = "--placement homepage-hero";
    for (wanted, expected) in [
        (format!("{USE} {days}"), "yes"),
        (format!("{USE} --from 2026-03-12 --to 2026-03-13"), "yes"),
        (format!("{hero} --campaign campaign/spring --territory de {days}"), "yes"),
        (format!("--placement newsletter --campaign spring --territory DE {days}"), "ask"),
        (format!("{hero} --campaign spring --territory AT {days}"), "ask"),
        (format!("{hero} --campaign spring --territory DE,AT {days}"), "ask"),
        (format!("{hero} --campaign spring --worldwide {days}"), "ask"),
        (format!("{hero} --campaign spring {days}"), "ask"),
        (format!("{hero} --campaign summer --territory DE {days}"), "ask"),
        (format!("{hero} --territory DE {days}"), "ask"),
        (format!("{USE} --from 2026-03-09 --to 2026-03-20"), "ask"),
        (format!("{USE} --from 2026-03-10 --to 2026-03-21"), "ask"),
        (USE.to_owned(), "ask"),
    ] {
        let run = check(&library, &format!("{wanted} --format json"));
        assert_eq!(answer(&run), expected, "{wanted}\n{run}");
    }
    let run = check(&library, USE);
    let says = "the decision of 2026-03-02 by li is about a use from 2026-03-09T23:00:00.000Z to \
                2026-03-20T22:59:59.999Z";
    assert!(run.stdout.contains(says), "{run}");
}

#[test]
fn a_decision_lapses_with_all_that_it_relies_on() {
    for (command, says) in [
        (
            "context change packaging/tea-tin --note 'v4' --apply",
            "packaging/tea-tin is now at revision 2",
        ),
        (
            "context change packaging/tea-tin --note 'v4' --effective 2026-04-30 --apply",
            "packaging/tea-tin is now at revision 2",
        ),
        (
            "context change campaign/spring --note 'again' --effective 2026-04-01 --apply",
            "campaign/spring is now at revision 2",
        ),
        (
            "license change studio --credit 'Photo: Oak' --reason 'asked for' --apply",
            "license studio is now at version 2",
        ),
        ("describe tin.jpg --title 'Tin'", "the description of the asset changed"),
        (
            "describe tin.jpg --source-note 'by another model'",
            "the description of the asset changed",
        ),
        (
            "describe tin.jpg --alt 'A tin'",
            "the asset is draft now; the description of the asset changed",
        ),
        ("expire tin.jpg --reason 'sold out'", "the asset is expired now"),
    ] {
        let library = decided();
        library.run(command).expect(ExitCode::Success);
        let run = check(&library, &format!("{USE} --to 2026-04-01 --format json"));
        let run = run.expect(ExitCode::No);
        let told = format!("; the decision of 2026-03-02 by li lapsed: {says}\"");
        assert!(run.stdout.contains(&told), "{command}\n{run}");
        let shown = shown(&library);
        assert_eq!((&shown[0]["alive"], &shown[0]["lapsed"]), (&json!(false), &json!(says)));
    }
}

#[test]
fn what_does_not_concern_the_answers_leaves_a_decision_alive() {
    let library = decided();
    for command in [
        "describe tin.jpg --owner anna",
        "hold tin.jpg --reason dispute",
        "context change packaging/tea-tin --note 'v4' --effective 2026-05-01 --apply",
        "context add product/other",
        "license add other",
    ] {
        library.run(command).expect(ExitCode::Success);
        check(&library, USE).expect(ExitCode::Success);
    }
}

#[test]
fn a_new_approval_needs_new_decisions() {
    let library = decided();
    library.advance_days(1);
    library.decide("tin.jpg", Action::Renew);
    let run = check(&library, USE).expect(ExitCode::No);
    let says = "lapsed: the asset is approved anew since 2026-03-03T09:00:00.000Z";
    assert!(run.stdout.contains(says), "{run}");
    decide(&library, &format!("{USE} {ANSWERS} {REST}")).expect(ExitCode::Success);
    check(&library, USE).expect(ExitCode::Success);
    let alive: Vec<_> = shown(&library).iter().map(|it| it["alive"].clone()).collect();
    assert_eq!(alive, [json!(false), json!(true)]);
}

#[test]
fn a_decision_holds_through_its_last_day_in_the_zone_of_the_asset() {
    let library = decided();
    library.set_now("2026-04-30T21:59:59.999Z");
    check(&library, USE).expect(ExitCode::Success);
    library.set_now("2026-04-30T22:00:00Z");
    let run = check(&library, USE).expect(ExitCode::No);
    let says = "the decision of 2026-03-02 by li lapsed: its last day, 2026-04-30, has passed";
    assert!(run.stdout.contains("answer: ask") && run.stdout.contains(says), "{run}");

    let library = tins_in(Some("America/New_York"));
    decide(&library, &format!("{USE} {ANSWERS} {REST}")).expect(ExitCode::Success);
    for (now, alive) in [("2026-05-01T03:59:59Z", true), ("2026-05-01T04:00:00Z", false)] {
        library.set_now(now);
        assert_eq!(shown(&library)[0]["alive"], alive, "{now}");
    }
}

#[test]
fn the_latest_living_decision_counts() {
    let library = tins();
    let decide = |answer: &str, rest: &str| {
        let line = format!(
            "{USE} --answer brand-fit=yes --answer claims-and-offers=yes --answer {answer}"
        );
        decide(&library, &format!("{line} {rest}")).expect(ExitCode::Success);
    };
    decide("license=yes", "--note 'all year' --until 2026-05-15");
    decide("license=no", "--note 'not in March' --until 2026-03-31");
    let march = check(&library, USE).expect(ExitCode::No);
    assert!(march.stdout.contains("until 2026-03-31: not in March"), "{march}");
    check(&library, &format!("{USE} --to 2026-04-15")).expect(ExitCode::No);
    check(&library, &format!("{USE} --from 2026-04-01 --to 2026-04-15")).expect(ExitCode::Success);
    library.set_now("2026-04-01T09:00:00Z");
    let april = check(&library, USE).expect(ExitCode::Success);
    assert!(april.stdout.contains("until 2026-05-15: all year"), "{april}");
}

#[test]
fn only_a_person_decides() {
    let library = tins();
    library.set_variable("SHELFLIFE_JOB", "nightly");
    let before = entries(&library);
    let run = decide(&library, &format!("{USE} {ANSWERS} {REST}")).expect(ExitCode::No);
    assert!(run.stdout.contains("only a person may decide about a use"), "{run}");
    assert_eq!(entries(&library), before);
}

#[test]
fn a_dry_run_tells_the_same_and_records_nothing() {
    let library = tins();
    let before = entries(&library);
    let line = format!("{USE} {ANSWERS} {REST} --format json");
    let dry = decide(&library, &format!("{line} --dry-run")).expect(ExitCode::Success).json();
    assert_eq!((entries(&library), shown(&library).len()), (before, 0));
    let real = decide(&library, &line).expect(ExitCode::Success).json();
    let verdict = |report: &Value| report["items"].as_array().unwrap()[1..].to_vec();
    assert_eq!(verdict(&dry), verdict(&real));
    assert_eq!(dry["items"][0]["what"], real["items"][0]["what"]);
    assert_eq!(real["items"][1]["fields"]["answer"], "yes");
    assert_eq!(shown(&library).len(), 1);
}

#[test]
fn a_decision_that_makes_no_sense_is_a_usage_error() {
    let library = tins();
    let before = entries(&library);
    for (more, says) in [
        (format!("{USE} {REST}"), "--answer <QUESTION=yes|no>"),
        (format!("{USE} {ANSWERS} --note x"), "--until <DATE>"),
        (format!("{USE} {ANSWERS} --until 2026-04-30"), "--note <TEXT>"),
        (format!("{USE} {ANSWERS} --note ' ' --until 2026-04-30"), "it is empty"),
        (format!("{ANSWERS} {REST}"), "--placement <PLACEMENT>"),
        (format!("{USE} --answer license {REST}"), "not an answer"),
        (format!("{USE} --answer license=ask {REST}"), "`ask` is neither yes nor no"),
        (format!("{USE} --answer standing=yes {REST}"), "`standing` is not a question"),
        (format!("{USE} {ANSWERS} --answer license=no {REST}"), "answered more than once"),
        (format!("{USE} {ANSWERS} --to 2026-05-01 {REST}"), "outlasts the decision"),
        (format!("{USE} {ANSWERS} --from 2026-05-01 {REST}"), "outlasts the decision"),
        (format!("{USE} {ANSWERS} --from 2026-03-01 {REST}"), "has begun already"),
    ] {
        let run = decide(&library, &more).expect(ExitCode::Usage);
        assert!(run.stderr.contains(says), "{more}\n{run}");
    }
    let over = format!("{USE} {ANSWERS} --note x --until 2026-03-01");
    let run = decide(&library, &over).expect(ExitCode::No);
    assert!(run.stdout.contains("a decision until 2026-03-01 would be over already"), "{run}");
    assert_eq!(entries(&library), before);
}

/// An approved picture on disk, and what is open about it.
#[test]
fn what_was_decided_about_can_be_taken_until_the_file_has_other_bytes() {
    let library = TestLibrary::new();
    library.write("uploads/tea.png", png((8, 6), b"one"));
    fs::create_dir(library.path("out")).unwrap();
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    let wanted = "1 --placement homepage --campaign spring --until 2026-04-30";
    let take = |to: &str| library.run(&format!("reuse take {wanted} --to {to}"));
    take("out").expect(ExitCode::No);
    let answers = "--answer 'product accuracy=yes' --answer brand-fit=yes --answer license=yes \
                   --answer claims-and-offers=yes --note 'seen by the studio'";
    library.run(&format!("reuse decide {wanted} {answers}")).expect(ExitCode::Success);
    take("out").expect(ExitCode::Success);
    assert!(library.path("out/tea.png").exists());

    library.write("uploads/tea.png", png((8, 6), b"two"));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(1).state.to_string(), "approved", "the same pixels");
    fs::create_dir(library.path("more")).unwrap();
    let run = take("more").expect(ExitCode::No);
    assert!(run.stdout.contains("lapsed: the file has other bytes now"), "{run}");
    assert!(!library.path("more/tea.png").exists());
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}
