//! Describing assets.

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;

#[test]
fn what_is_described_is_shown() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.add_context("campaign/spring", None);
    insta::assert_snapshot!(library.tell(&format!("describe a.png {FULL}")), @"
    exit: 0
    recorded  #1 a.png  alt:en: nothing → `A green tin of tea on a shelf`
    recorded  #1 a.png  contexts: nothing → `campaign/spring`
    recorded  #1 a.png  expires_on: nothing → `2026-06-30`
    recorded  #1 a.png  owner: nothing → `anna`
    recorded  #1 a.png  placements: nothing → `homepage`
    recorded  #1 a.png  review_on: nothing → `2026-06-01`
    recorded  #1 a.png  rights_note: nothing → `Own work of the studio`
    recorded  #1 a.png  rights_reviewed_by: nothing → `li`
    recorded  #1 a.png  rights_reviewed_on: nothing → `2026-03-02`
    recorded  #1 a.png  source_note: nothing → `Photograph by the studio, March 2026`
    recorded  #1 a.png  title: nothing → `Tin of tea`
    11 edited
    ");
    insta::assert_snapshot!(library.tell(&format!("describe a.png {FULL}")), @"
    exit: 0
    kept  #1 a.png: that is recorded already
    1 kept
    ");
}

#[test]
fn lists_are_replaced_extended_and_cut() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.add_context("campaign/spring", None);
    library.add_context("packaging/tin", None);
    insta::assert_snapshot!(library.tell("describe 1 --placement shop --placement homepage --campaign spring"), @"
    exit: 0
    recorded  #1 a.png  contexts: nothing → `campaign/spring`
    recorded  #1 a.png  placements: nothing → `homepage, shop`
    2 edited
    ");
    insta::assert_snapshot!(library.tell("describe 1 --add-placement blog --remove-placement shop --context packaging/tin --remove-context campaign/spring"), @"
    exit: 0
    recorded  #1 a.png  contexts: `campaign/spring` → `packaging/tin`
    recorded  #1 a.png  placements: `homepage, shop` → `blog, homepage`
    2 edited
    ");
    insta::assert_snapshot!(library.tell("describe 1 --placement shop --clear context"), @"
    exit: 0
    recorded  #1 a.png  contexts: `packaging/tin` → nothing
    recorded  #1 a.png  placements: `blog, homepage` → `shop`
    2 edited
    ");
}

#[test]
fn alternative_texts_are_by_locale() {
    let library = TestLibrary::scanned(&["a.png"]);
    insta::assert_snapshot!(library.tell("describe 1 --alt 'A tin' --alt DE=Dose --decorative=fr"), @"
    exit: 0
    recorded  #1 a.png  alt:de: nothing → `Dose`
    recorded  #1 a.png  alt:en: nothing → `A tin`
    recorded  #1 a.png  alt:fr: nothing → (decorative)
    3 edited
    ");
    insta::assert_snapshot!(library.tell("describe 1 --decorative --clear alt:de --alt 'fr=1 + 1 = 2'"), @"
    exit: 0
    recorded  #1 a.png  alt:de: `Dose` → nothing
    recorded  #1 a.png  alt:en: `A tin` → (decorative)
    recorded  #1 a.png  alt:fr: (decorative) → `1 + 1 = 2`
    3 edited
    ");
    insta::assert_snapshot!(library.tell("describe 1 --alt ''"), @"
    exit: 2
    --- stderr
    error: invalid value '' for '--alt <TEXT>': it is empty; say --decorative if that is meant

    For more information, try '--help'.
    ");
}

#[test]
fn who_reviewed_an_alternative_text_is_recorded_until_the_text_is_another() {
    let library = TestLibrary::scanned(&["a.png"]);
    insta::assert_snapshot!(library.tell("describe 1 --alt-reviewed-by li"), @"
    exit: 1
    refused  describe #1 a.png: there is no alternative text for `en` that could be reviewed
    1 refused
    ");
    let both =
        "describe 1 --alt 'A tin' --alt de=Dose --alt-reviewed-by li --alt-reviewed-by de=mo";
    insta::assert_snapshot!(library.tell(both), @"
    exit: 0
    recorded  #1 a.png  alt:de: nothing → `Dose`
    recorded  #1 a.png  alt:en: nothing → `A tin`
    recorded  #1 a.png  alt_reviewed:de: nothing → `mo on 2026-03-02`
    recorded  #1 a.png  alt_reviewed:en: nothing → `li on 2026-03-02`
    4 edited
    ");
    let shown = || library.run("show 1 --format json").json()["items"][0]["fields"]["alt"].clone();
    assert_eq!(
        shown(),
        serde_json::json!([
            {"locale": "de", "text": "Dose", "reviewed": "by mo on 2026-03-02"},
            {"locale": "en", "text": "A tin", "reviewed": "by li on 2026-03-02"},
        ])
    );
    library.run("audit verify --replay").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("describe 1 --alt 'A cup'"), @"
    exit: 0
    recorded  #1 a.png  alt:en: `A tin` → `A cup`
    recorded  #1 a.png  alt_reviewed:en: `li on 2026-03-02` → nothing
    2 edited
    ");
    assert_eq!(shown()[1]["reviewed"], "by nobody");
    insta::assert_snapshot!(library.tell("describe 1 --clear alt-reviewed-by:de"), @"
    exit: 0
    recorded  #1 a.png  alt_reviewed:de: `mo on 2026-03-02` → nothing
    1 edited
    ");
    let twice = "describe 1 --alt-reviewed-by li --alt-reviewed-by en=mo";
    insta::assert_snapshot!(library.tell(twice), @"
    exit: 2
    --- stderr
    shelflife: error: the flags say more than one thing of who read the text in `en`
    ");
    library.run("describe 1 --clear alt:de").expect(ExitCode::Success);
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn relative_dates_count_in_the_zone_of_the_asset() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.set_now("2026-03-02T11:00:00Z");
    insta::assert_snapshot!(library.tell("describe 1 --time-zone Pacific/Kiritimati --expires-on today --rights-reviewed-by li"), @"
    exit: 0
    recorded  #1 a.png  expires_on: nothing → `2026-03-03`
    recorded  #1 a.png  rights_reviewed_by: nothing → `li`
    recorded  #1 a.png  rights_reviewed_on: nothing → `2026-03-03`
    recorded  #1 a.png  time_zone: nothing → `Pacific/Kiritimati`
    4 edited
    ");
    insta::assert_snapshot!(library.tell("describe 1 --time-zone UTC --expires-on +2w"), @"
    exit: 0
    recorded  #1 a.png  expires_on: `2026-03-03` → `2026-03-16`
    recorded  #1 a.png  time_zone: `Pacific/Kiritimati` → `UTC`
    2 edited
    ");
}

#[test]
fn dates_that_contradict_are_refused_and_the_others_go_on() {
    let library = TestLibrary::scanned(&["a.png", "b.png"]);
    library.run("describe 1 --starts-on 2026-05-01").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("describe 1 2 --expires-on 2026-04-01"), @"
    exit: 1
    refused  describe #1 a.png: the end 2026-04-01 is before the beginning 2026-05-01
    recorded  #2 b.png  expires_on: nothing → `2026-04-01`
    1 edited, 1 refused
    ");
    insta::assert_snapshot!(library.tell("describe 2 --no-expiry --reason 'the logo'"), @"
    exit: 1
    refused  describe #2 b.png: an asset without an end needs a review date
    1 refused
    ");
    insta::assert_snapshot!(library.tell("describe 2 --no-expiry --reason 'the logo' --review-on +1y"), @"
    exit: 0
    recorded  #2 b.png  expires_on: `2026-04-01` → nothing
    recorded  #2 b.png  no_expiry_reason: nothing → `the logo`
    recorded  #2 b.png  review_on: nothing → `2027-03-02`
    3 edited
    ");
    insta::assert_snapshot!(library.tell("describe 2 --expires-on 2026-12-31"), @"
    exit: 0
    recorded  #2 b.png  expires_on: nothing → `2026-12-31`
    recorded  #2 b.png  no_expiry_reason: `the logo` → nothing
    2 edited
    ");
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let library = TestLibrary::scanned(&["a.png"]);
    for line in [
        "describe 1",
        "describe --owner anna",
        "describe 1 --title ' '",
        "describe 1 --title x --clear title",
        "describe 1 --clear color",
        "describe 1 --placement 'home page'",
        "describe 1 --no-expiry",
        "describe 1 --reason x --owner anna",
        "describe 1 --no-expiry --reason x --expires-on today",
        "describe 1 --expires-on soon",
        "describe 1 --time-zone Mars/Base",
        "describe 1 --decorative=x",
        "describe 1 --alt 'A tin' --decorative",
        "describe 1 --alt 'A tin' --alt 'en=A box'",
        "describe 1 --alt 'A tin' --clear alt",
        "describe 1 --placement 'home*'",
    ] {
        library.run(line).expect(ExitCode::Usage);
    }
    insta::assert_snapshot!(library.tell("describe 1 --context packaging/tin --campaign x --license l"), @"
    exit: 2
    --- stderr
    shelflife: error: there is no context `packaging/tin`, `campaign/x`
      hint: see `shelflife context list`, or add it with `shelflife context add`
    ");
}
