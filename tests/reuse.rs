//! Reuse: five questions about one asset, and a search among what may be used.

mod deciding;
mod taking;

use serde_json::{Value, json};
use shelflife::domain::lifecycle::Action;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::stock::Approval;

const PICTURES: [&str; 3] = ["tin.jpg", "garden.jpg", "plain.jpg"];

/// Two approvals with everything on record, and one that only has a placement.
fn teas() -> TestLibrary {
    let library = TestLibrary::new();
    library.configure("[site]\ntime_zone = \"Europe/Berlin\"\n");
    library.stock(&PICTURES);
    for line in [
        "context add campaign/spring --ends-on 2026-05-31",
        "context add packaging/tea-tin --note 'v3 tin'",
        "context add product/green-tea",
        "context add brand/house",
        "context add claim/none",
        "license add studio --territory EU --any-placement --ends-on 2026-12-31 --reviewed-by mia",
    ] {
        library.run(line).expect(ExitCode::Success);
    }
    let tin = ["campaign/spring", "packaging/tea-tin", "brand/house", "claim/none"];
    let garden = ["campaign/spring", "product/green-tea", "brand/house", "claim/none"];
    let hero = Approval {
        licenses: &["studio"],
        placements: &["homepage-hero"],
        expires_on: Some("2026-12-31"),
        ..Approval::default()
    };
    library.approve("tin.jpg", Approval { contexts: &tin, alt: "A tin of tea", ..hero });
    library.approve("garden.jpg", Approval { contexts: &garden, alt: "A tea garden", ..hero });
    library.approve("plain.jpg", Approval { licenses: &[], alt: "Cup of tea", ..hero });
    library
}

const USE: &str = "--placement homepage-hero --campaign spring --territory DE";

fn answer(run: &crate::support::Run) -> String {
    run.json()["items"][0]["fields"]["answer"].as_str().unwrap().to_owned()
}

#[test]
fn a_yes_shows_the_fact_behind_each_answer() {
    let library = teas();
    insta::assert_snapshot!(library.run(&format!("reuse check garden.jpg {USE}")), @"
    exit: 0
    --- stdout
    id: 2
    path: garden.jpg
    placement: homepage-hero
    campaign: campaign/spring
    territory: DE
    from: 2026-03-02T09:00:00.000Z
    until: 2026-03-02T22:59:59.999Z
    answer: yes

    QUESTION           ANSWER  BECAUSE
    standing           yes     it is live all the time
    product accuracy   yes     product/green-tea is still at revision 1, as approved
    campaign context   yes     campaign/spring is still at revision 1, as approved
    brand fit          yes     brand/house is still at revision 1, as approved
    license            yes     license studio lasts until 2026-12-31T23:00:00.000Z; it covers homepage-hero; it covers DE
    claims and offers  yes     claim/none is still at revision 1, as approved

    6 rows
    ");
}

#[test]
fn what_nobody_recorded_is_asked_and_is_no_success() {
    let library = teas();
    let run = library.run(&format!("reuse check plain.jpg {USE}"));
    insta::assert_snapshot!(run, @"
    exit: 1
    --- stdout
    id: 3
    path: plain.jpg
    placement: homepage-hero
    campaign: campaign/spring
    territory: DE
    from: 2026-03-02T09:00:00.000Z
    until: 2026-03-02T22:59:59.999Z
    answer: ask

    QUESTION           ANSWER  BECAUSE
    standing           yes     it is live all the time
    product accuracy   ask     no product or packaging is recorded, nor that it shows none (product/none)
    campaign context   ask     it was approved for no campaign, so not for campaign/spring
    brand fit          ask     no brand is recorded
    license            ask     no license is recorded
    claims and offers  ask     no claim or offer is recorded, nor that it makes none (claim/none)

    6 rows
    ");
}

#[test]
fn a_change_of_the_packaging_turns_a_yes_into_a_no() {
    let library = teas();
    library.run(&format!("reuse check tin.jpg {USE}")).expect(ExitCode::Success);
    let change = "context change packaging/tea-tin --note 'v4 tin' --effective 2026-04-01 --apply";
    library.run(change).expect(ExitCode::Success);
    let until = |day: &str| library.run(&format!("reuse check tin.jpg {USE} --to {day}"));
    until("2026-03-31").expect(ExitCode::Success);
    let no = until("2026-04-01").expect(ExitCode::No);
    let says = "packaging/tea-tin changed since revision 1 was approved: v4 tin";
    assert!(no.stdout.contains(says), "{no}");
    assert!(no.stdout.contains("during the use it becomes expired"), "{no}");
}

#[test]
fn a_use_is_asked_about_through_its_last_day_in_the_zone_of_the_site() {
    let library = teas();
    let run =
        |days: &str| library.run(&format!("reuse check garden.jpg {USE} {days} --format json"));
    let last = run("--from 2026-05-01 --to 2026-05-31").expect(ExitCode::Success).json();
    let fields = &last["items"][0]["fields"];
    assert_eq!(fields["from"], "2026-04-30T22:00:00.000Z");
    assert_eq!(fields["until"], "2026-05-31T21:59:59.999Z");
    assert_eq!(answer(&run("--from 2026-05-01 --to 2026-06-01").expect(ExitCode::No)), "no");
    let today = run("").expect(ExitCode::Success).json();
    let fields = &today["items"][0]["fields"];
    assert_eq!(fields["from"], "2026-03-02T09:00:00.000Z", "now, not this morning");
    assert_eq!(fields["until"], "2026-03-02T22:59:59.999Z");
}

#[test]
fn what_is_over_is_never_a_yes() {
    let library = teas();
    for (action, says) in [
        (Action::Expire, "it is expired: its expiry is on record"),
        (Action::Withdraw, "it is unsafe: withdrawn as unsafe"),
    ] {
        library.decide("garden.jpg", action);
        let run = library.run(&format!("reuse check garden.jpg {USE}")).expect(ExitCode::No);
        assert!(run.stdout.contains(says), "{run}");
    }
    let later = format!("reuse check tin.jpg {USE} --as-of 2026-06-01");
    let run = library.run(&later).expect(ExitCode::No);
    assert!(run.stdout.contains("campaign/spring ends at 2026-05-31T22:00:00.000Z"), "{run}");
}

#[test]
fn the_territory_of_a_use_is_a_country_a_group_or_everywhere() {
    let library = teas();
    for (territory, exit, found) in [
        ("--territory de", ExitCode::Success, "yes"),
        ("--territory EU", ExitCode::Success, "yes"),
        ("--territory DE,AT --territory FR", ExitCode::Success, "yes"),
        ("--territory DE --territory CH", ExitCode::No, "no"),
        ("--worldwide", ExitCode::No, "no"),
        ("", ExitCode::No, "ask"),
    ] {
        let line = format!(
            "reuse check garden.jpg --placement homepage-hero --campaign spring {territory}"
        );
        let run = library.run(&format!("{line} --format json")).expect(exit);
        assert_eq!(answer(&run), found, "{territory}");
    }
}

#[test]
fn a_question_that_makes_no_sense_is_a_usage_error() {
    let library = teas();
    for (line, says) in [
        ("reuse check garden.jpg", "--placement <PLACEMENT>"),
        ("reuse check garden.jpg --placement 'two words'", "not a placement"),
        ("reuse check garden.jpg --placement x --territory XX", "`XX` is not a country code"),
        ("reuse check garden.jpg --placement x --campaign brand/house", "is not a campaign"),
        ("reuse check garden.jpg --placement x --from 2026-03-01", "has begun already"),
        (
            "reuse check garden.jpg --placement x --from 2026-05-02 --to 2026-05-01",
            "the last day of the use, 2026-05-01, is before the first, 2026-05-02",
        ),
        ("reuse check nothing.jpg --placement x", "no asset `nothing.jpg`"),
        ("reuse find tea --territory DE", "with --placement"),
        ("reuse find", "<WORD>"),
    ] {
        let run = library.run(line).expect(ExitCode::Usage);
        assert!(run.stderr.contains(says), "{line}\n{run}");
    }
}

/// Paths that a search lists, best first, and its figures.
fn find(library: &TestLibrary, more: &str) -> (Vec<String>, Value) {
    let run = library.run(&format!("reuse find --format json {more}")).expect(ExitCode::Success);
    let report = run.json();
    let rows = report["items"].as_array().unwrap().iter().filter(|item| item["type"] == "row");
    let paths = rows.map(|row| row["fields"]["path"].as_str().unwrap().to_owned()).collect();
    (paths, report["summary"]["figures"].clone())
}

#[test]
fn a_search_lists_what_may_be_used_and_counts_what_may_not() {
    let library = teas();
    library.decide("tin.jpg", Action::Withdraw);
    insta::assert_snapshot!(library.run("reuse find tea"), @"
    exit: 0
    --- stdout
    ID  PATH        STANDING  ANSWER  ALT
     3  plain.jpg   live      -       Cup of tea
     2  garden.jpg  live      -       A tea garden

    match but may not be used: 1 unsafe
    2 rows, 1 unsafe, 2 usable
    ");
    let (paths, figures) = find(&library, "tea --as-of 2026-06-01");
    assert_eq!(paths, ["plain.jpg"]);
    assert_eq!(figures, json!({"usable": 1, "expired": 1, "unsafe": 1}));
    assert_eq!(find(&library, "tea --limit 1").0.len(), 1);
    assert_eq!(find(&library, "tea cup").0, ["plain.jpg"]);
    assert_eq!(find(&library, "coffee"), (Vec::new(), json!({"usable": 0})));
}

/// 520 tins of which the last 15 are drafts, and the others are approved.
fn many_tins() -> TestLibrary {
    let paths: Vec<_> = (1..=520).map(|number| format!("tin-{number:03}.jpg")).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let library = TestLibrary::stocked(&paths);
    library.approve_all(&paths[..505], Approval { alt: "Tin of tea", ..Approval::default() });
    library
}

#[test]
fn a_search_that_finds_too_much_looks_at_the_newest_and_says_so() {
    let library = many_tins();
    let run = library.run("reuse find tin --limit 2");
    insta::assert_snapshot!(run, @"
    exit: 0
    --- stdout
     ID  PATH         STANDING  ANSWER  ALT
    505  tin-505.jpg  live      -       Tin of tea
    504  tin-504.jpg  live      -       Tin of tea

    483 more match and may be used: see them with --limit
    match but may not be used: 15 draft
    more than 500 match: only 500 were looked at, the newest; say more words, or look at all with --all
    2 rows, 15 draft, 500 looked at, 485 usable
    ");
    let (paths, figures) = find(&library, "tin --limit 2");
    assert_eq!(paths, ["tin-505.jpg", "tin-504.jpg"], "the newest that may be used");
    assert_eq!(figures, json!({"usable": 485, "draft": 15, "looked at": 500}));
    let (paths, figures) = find(&library, "tin --limit 500");
    assert_eq!(paths.len(), 500, "it looks further until it has as many as were asked for");
    assert_eq!(figures, json!({"usable": 500, "draft": 15, "looked at": 515}));
    let (_, figures) = find(&library, "tin --limit 1000");
    assert_eq!(figures, json!({"usable": 505, "draft": 15}), "it has looked at all there is");
}

#[test]
fn what_has_the_words_as_they_are_comes_before_what_has_them_as_beginnings() {
    let library = TestLibrary::stocked(&["tea-tin.jpg", "teapot.jpg", "tea.jpg", "steam.jpg"]);
    let tea = Approval { alt: "Something hot", ..Approval::default() };
    library.approve_all(&["tea-tin.jpg", "teapot.jpg", "tea.jpg", "steam.jpg"], tea);
    let (paths, figures) = find(&library, "tea");
    assert_eq!(paths, ["tea.jpg", "tea-tin.jpg", "teapot.jpg"]);
    assert_eq!(figures, json!({"usable": 3}));
    assert_eq!(
        find(&library, "te").0,
        ["tea.jpg", "teapot.jpg", "tea-tin.jpg"],
        "the newest first"
    );
}

#[test]
fn what_begins_with_the_words_is_found_behind_many_that_may_not_be_used() {
    let paths: Vec<_> = (1..=502).map(|number| format!("tin-{number:03}.jpg")).collect();
    let paths: Vec<_> =
        ["tins.jpg", "tinware.jpg"].into_iter().chain(paths.iter().map(String::as_str)).collect();
    let library = TestLibrary::stocked(&paths);
    library.approve_all(&paths[..3], Approval { alt: "Something", ..Approval::default() });
    let (paths, figures) = find(&library, "tin");
    assert_eq!(paths, ["tin-001.jpg", "tinware.jpg", "tins.jpg"]);
    assert_eq!(figures, json!({"usable": 3, "draft": 501}), "it has looked at all there is");
    insta::assert_snapshot!(library.run("reuse find tin --limit 1"), @"
    exit: 0
    --- stdout
    ID  PATH         STANDING  ANSWER  ALT
     3  tin-001.jpg  live      -       Something

    match but may not be used: 501 draft
    502 have the words as they are: beginnings were not looked at; say more words, or look at all with --all
    1 row, 501 draft, 502 looked at, 1 usable
    ");
    let told = library.run("reuse find tin --limit 2").stdout;
    assert!(told.contains("more than 500 match: only 503 were looked at"), "{told}");
    assert_eq!(find(&library, "tin --limit 2 --all").1, json!({"usable": 3, "draft": 501}));
}

#[test]
fn a_search_looks_at_everything_that_matches_when_it_is_told_to() {
    let library = many_tins();
    let (paths, figures) = find(&library, "tin --limit 2 --all");
    assert_eq!(paths, ["tin-001.jpg", "tin-002.jpg"], "the best, of which all are as good");
    assert_eq!(figures, json!({"usable": 505, "draft": 15}));
    assert_eq!(find(&library, "tin 012").1, json!({"usable": 1}), "few are ranked");
}

#[test]
fn a_search_for_a_use_lists_what_is_right_before_what_has_to_be_asked_for() {
    let library = teas();
    let newest = find(&library, "tea").0;
    assert_eq!(newest, ["plain.jpg", "garden.jpg", "tin.jpg"]);
    let (paths, figures) = find(&library, &format!("tea {USE}"));
    assert_eq!(paths, ["garden.jpg", "tin.jpg", "plain.jpg"]);
    assert_eq!(figures, json!({"usable": 3}));
    let (paths, figures) = find(&library, &format!("tea {USE} --territory US"));
    assert_eq!(paths, ["plain.jpg"], "only a question, as no license is recorded");
    assert_eq!(figures, json!({"usable": 1, "not for this use": 2}));
}

#[test]
fn words_are_found_in_any_language_and_spelling() {
    let texts = [
        ("a.jpg", "Crème brûlée auf dem Tisch"),
        ("b.jpg", "緑茶の缶と湯のみ"),
        ("c.jpg", "Чай в саду"),
        ("d.jpg", "हरी चाय का डिब्बा"),
        ("e.jpg", "กระป๋องชาเขียว"),
        ("f.jpg", "녹차 깡통"),
        ("SummerSale2026_hero.jpg", "Sun"),
    ];
    let library = TestLibrary::stocked(&texts.map(|(path, _)| path));
    for (path, alt) in texts {
        library.approve(path, Approval { alt, ..Approval::default() });
    }
    for (words, path) in [
        ("creme brulee", "a.jpg"),
        ("CRÈME", "a.jpg"),
        ("cre\u{300}me", "a.jpg"),
        ("茶", "b.jpg"),
        ("緑茶", "b.jpg"),
        ("湯のみ 缶", "b.jpg"),
        ("чай сад", "c.jpg"),
        ("चाय", "d.jpg"),
        ("ชา", "e.jpg"),
        ("녹차", "f.jpg"),
        ("\u{1102}\u{1169}\u{11a8}\u{110e}\u{1161}", "f.jpg"),
        ("sale", "SummerSale2026_hero.jpg"),
        ("2026 hero", "SummerSale2026_hero.jpg"),
        ("summersale2026_hero", "SummerSale2026_hero.jpg"),
    ] {
        assert_eq!(find(&library, &format!("'{words}'")).0, [path], "{words}");
    }
    assert_eq!(find(&library, "茶緑").0, [""; 0], "the order counts where there are no blanks");
}

#[test]
fn nothing_that_people_type_is_query_syntax() {
    let library = teas();
    for words in [
        "'tea\" OR \"x'",
        "'NEAR(tea tin)'",
        "'words: tea'",
        "'*'",
        "'; --'",
        "'^tea'",
        "'tea AND'",
        "'(((((('",
        "'{a b}: tea'",
        "'\\'",
    ] {
        find(&library, words);
    }
    let many = "tea ".repeat(5_000);
    assert_eq!(find(&library, &many).0.len(), 3);
}
