//! The configuration file: what is accepted, what is refused, and how that is said.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use shelflife::config::{
    self, Answers, Config, ConfigError, PublishConfig, RootConfig, commented_example,
};
use shelflife::domain::asset::RootKind;
use shelflife::domain::cleanup::{HardLinks, UnknownUses};
use shelflife::domain::policy::{ApprovalTerms, Caps, Policy};
use shelflife::domain::publication::Template;
use shelflife::domain::requirement::{RequiredField, Requirements};
use shelflife::domain::review::Demand;
use shelflife::domain::validation::Severity;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;

const FOLDERS: &str = "\
[catalog]
path = 'catalog.db'
[quarantine]
path = 'quarantine'
[[root]]
name = 'uploads'
path = 'uploads'
kind = 'production'
";

fn parse(text: &str) -> Result<Config, ConfigError> {
    config::parse(Path::new("/srv/shelflife.toml"), text)
}

/// What a person sees of the error, without its hint.
fn complaint(text: &str) -> String {
    match parse(text).unwrap_err() {
        ConfigError::Invalid { place, message } => {
            let head = format!("{}:{}: {message}", place.line, place.column);
            std::iter::once(head).chain(place.excerpt).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

fn with_folders(more: &str) -> String {
    format!("{FOLDERS}{more}")
}

#[test]
fn what_is_not_said_is_the_default_policy() {
    let config = parse(FOLDERS).unwrap();
    assert_eq!(config.policy, Policy::default());
    assert_eq!(config.catalog, Path::new("/srv/catalog.db"));
    assert_eq!(config.quarantine, Path::new("/srv/quarantine"));
    let uploads = RootConfig {
        name: "uploads".to_owned(),
        path: "/srv/uploads".into(),
        kind: RootKind::Production,
    };
    assert_eq!(config.roots, [uploads]);
}

#[test]
fn every_key_reaches_the_policy() {
    let config = parse(&with_folders(
        "[site]\ntime_zone = 'Europe/Berlin'\nlocale = 'de_DE'\nterritories = ['ch', 'AT']\n\
         [policy]\nstale_draft_days = 1\nreview_grace_days = 2\nrestore_hold_hours = 3\nreference_days = 4\n\
         approve_with_waivers = true\n\
         [clean]\nmax_items = 4\nmax_bytes = 5\nmax_percent = 6\nunknown_uses = \"block\"\nhard_links = \"move\"\n\
         max_items_per_day = 7\nmax_bytes_per_day = 8\nmax_percent_per_day = 9\n\
         [plans]\nvalid_hours = 10\nsecond_person_above = 11\n\
         [purge]\nafter_days = 7\n\
         [people]\nowners = ['zoe', ' nina ']\napprovers = ['li']\naccounts = { u1017 = 'li' }\n\
         [review]\nquestions = 'required'\nfour_eyes = true\n\
         [rules]\nSL201 = 'warning'\n\
         [placement.blog.rules]\nalt-text-too-long = 'off'\n\
         [placement.blog]\nlocales = ['DE_at', 'en']\nrequired = ['title', 'end']\n",
    ))
    .unwrap();
    let Policy { zone, locale, severities, owners, caps, .. } = &config.policy;
    assert_eq!((zone.name(), locale.as_str()), ("Europe/Berlin", "de_DE"));
    assert_eq!(config.policy.stale_draft_days, 1);
    assert_eq!(config.policy.review_grace_days, Some(2));
    assert_eq!(config.policy.restore_hold_hours, 3);
    assert_eq!(config.policy.reference_days, 4);
    assert_eq!(*caps, Caps { max_items: 4, max_bytes: 5, max_percent: 6 });
    let day = Caps { max_items: 7, max_bytes: 8, max_percent: 9 };
    assert_eq!(config.policy.day_caps, day);
    assert_eq!((config.policy.plan_hours, config.policy.second_person_above), (10, 11));
    assert_eq!(config.policy.unknown_uses, UnknownUses::Block);
    assert_eq!(config.policy.hard_links, HardLinks::Move);
    assert_eq!(config.policy.purge_after_days, Some(7));
    assert_eq!(owners, &Some(["nina", "zoe"].map(str::to_owned).into()));
    assert_eq!(severities.get("SL201"), Some(&Severity::Warning));
    assert_eq!(config.policy.territories, ["AT", "CH"].map(str::to_owned).into());
    assert!(config.policy.approve_with_waivers);
    let terms = ApprovalTerms {
        questions: Demand::Required,
        approvers: Some(["li".to_owned()].into()),
        accounts: [("u1017".to_owned(), "li".to_owned())].into(),
        four_eyes: true,
    };
    assert_eq!(config.policy.approval, terms);
    let blog = [("SL208".to_owned(), Severity::Off)].into();
    assert_eq!(config.policy.placement_severities, [("blog".to_owned(), blog)].into());
    let blog = Requirements {
        locales: ["de_at", "en"].map(str::to_owned).into(),
        fields: [RequiredField::Title, RequiredField::End].into(),
    };
    assert_eq!(config.policy.placement_requirements, [("blog".to_owned(), blog)].into());
    let text = config.policy.canonical_text();
    for line in [
        "placement.blog.rule.SL208=off",
        "placement.blog.locale=de_at",
        "placement.blog.locale=en",
        "placement.blog.required=title",
        "placement.blog.required=end",
        "territories=AT CH",
        "approve_with_waivers=true",
    ] {
        assert!(text.lines().any(|told| told == line), "{text}");
    }
}

#[test]
fn where_drafts_are_published_is_a_root_and_two_templates() {
    assert_eq!(parse(FOLDERS).unwrap().publish, None);
    let table = "[publish]\nroot = 'uploads'\nfolder = '{year}'\nname = '{title}'\n";
    let publish = PublishConfig {
        root: "uploads".to_owned(),
        folder: Template::of_folder("{year}").unwrap(),
        name: Template::of_name("{title}").unwrap(),
    };
    assert_eq!(parse(&with_folders(table)).unwrap().publish, Some(publish));
}

#[test]
fn the_example_holds_the_defaults_and_every_key() {
    let roots = [
        RootConfig {
            name: "uploads".to_owned(),
            path: "/var/www/wp-content/uploads".into(),
            kind: RootKind::Production,
        },
        RootConfig {
            name: "drafts".to_owned(),
            path: "/srv/a \"quoted\" \\ folder".into(),
            kind: RootKind::Draft,
        },
    ];
    let answers = Answers {
        catalog: Path::new("/srv/state/catalog.db"),
        quarantine: Path::new("/srv/quarantine"),
        roots: &roots,
        time_zone: "UTC",
        locale: "en",
    };
    let text = commented_example(&answers).unwrap();
    let config = parse(&text).unwrap();
    assert_eq!(config.policy, Policy::default());
    assert_eq!(config.roots, roots);
    assert_eq!(config.catalog, answers.catalog);
    assert!(config.publish.is_some_and(|publish| publish.root == "uploads"));
    let served = Answers { roots: &roots[..1], ..answers.clone() };
    assert_eq!(parse(&commented_example(&served).unwrap()).unwrap().publish, None);

    let uncommented = text.replace("# review_grace_days", "review_grace_days");
    let uncommented = uncommented.replace("# SL201", "SL201").replace("# owners", "owners");
    let uncommented = uncommented.replace("# [placement.homepage", "[placement.homepage");
    let uncommented = uncommented.replace("# locales", "locales").replace("# required", "required");
    let config = parse(&uncommented).unwrap();
    assert_eq!(config.policy.review_grace_days, Some(14));
    assert_eq!(config.policy.severities.len(), 1);
    let required = &config.policy.placement_requirements["homepage-hero"];
    assert_eq!((required.locales.len(), required.fields.len()), (2, 3));
    assert_eq!(config.policy.owners.map(|owners| owners.len()), Some(2));
}

#[test]
fn a_path_that_toml_cannot_hold_is_not_written() {
    use std::os::unix::ffi::OsStringExt as _;
    let odd = PathBuf::from(std::ffi::OsString::from_vec(b"/srv/\xff".to_vec()));
    let answers = Answers {
        catalog: &odd,
        quarantine: Path::new("/srv/quarantine"),
        roots: &[],
        time_zone: "UTC",
        locale: "en",
    };
    assert_eq!(commented_example(&answers), None);
}

#[test]
fn an_error_shows_its_place() {
    insta::assert_snapshot!(complaint(&with_folders("[policy]\nstale_draft_dyas = 3\n")), @"
    10:1: unknown field `stale_draft_dyas`, expected one of `stale_draft_days`, `review_grace_days`, `restore_hold_hours`, `reference_days`, `approve_with_waivers`, `snapshot_max_age_days`, `credential_anchors`
    10 | stale_draft_dyas = 3
       | ^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(complaint(&with_folders("[policy]\nstale_draft_days = 'x'\n")), @r#"
    10:20: invalid type: string "x", expected u32
    10 | stale_draft_days = 'x'
       |                    ^^^
    "#);
    insta::assert_snapshot!(complaint(&with_folders("[policy]\nstale_draft_days = -1\n")), @"
    10:20: invalid value: integer `-1`, expected u32
    10 | stale_draft_days = -1
       |                    ^^
    ");
    insta::assert_snapshot!(complaint("[catalog]\npath = 'x\n"), @"
    2:10: invalid literal string, expected `'`
    2 | path = 'x
      |          ^
    ");
    insta::assert_snapshot!(complaint("[site]\nlocale = 'en'\n"), @"
    1:1: missing field `catalog`
    1 | [site]
      | ^
    ");
    insta::assert_snapshot!(complaint(&with_folders("[polcy]\n")), @"
    9:2: unknown field `polcy`, expected one of `site`, `catalog`, `quarantine`, `root`, `publish`, `people`, `policy`, `review`, `clean`, `plans`, `purge`, `rules`, `placement`
    9 | [polcy]
      |  ^^^^^
    ");
    insta::assert_snapshot!(
        complaint(&with_folders("[site]\ntime_zone = 'Europe/Brelin' # \u{202e}\n")),
        @r#"
    10:13: `Europe/Brelin` is not a time zone of the IANA database (write Europe/Berlin or UTC)
    10 | time_zone = 'Europe/Brelin' # \u{202e}
       |             ^^^^^^^^^^^^^^^
    "#
    );
    insta::assert_snapshot!(complaint(&with_folders("[site]\nlocale = 'english!'\n")), @"
    10:10: `english!` is not a locale (write en, de_DE or pt-BR)
    10 | locale = 'english!'
       |          ^^^^^^^^^^
    ");
    insta::assert_snapshot!(complaint(&with_folders("[clean]\nmax_percent = 101\n")), @"
    10:15: a percentage is at most 100
    10 | max_percent = 101
       |               ^^^
    ");
    insta::assert_snapshot!(complaint("[catalog]\npath='c'\n[quarantine]\npath='q'\n"), @"
    1:1: no [[root]] is configured
    1 | [catalog]
      | ^
    ");
}

#[test]
fn a_placement_is_a_name_and_its_rules_are_known() {
    insta::assert_snapshot!(
        complaint(&with_folders("[placement.blog.rules]\nSL201 = 'off'\nSL999 = 'off'\n")),
        @"
    11:1: there is no rule `SL999`
    11 | SL999 = 'off'
       | ^^^^^
    "
    );
    insta::assert_snapshot!(complaint(&with_folders("[placement.'a b'.rules]\n")), @"
    9:12: `a b` is not a placement (a name without spaces)
    9 | [placement.'a b'.rules]
      |            ^^^^^
    ");
    insta::assert_snapshot!(complaint(&with_folders("[placement.blog]\nrule = 'off'\n")), @"
    10:1: unknown field `rule`, expected one of `rules`, `locales`, `required`
    10 | rule = 'off'
       | ^^^^
    ");
    insta::assert_snapshot!(complaint(&with_folders("[site]\nterritories = ['DE', 'UK']\n")), @"
    10:22: `UK` is not a code of ISO 3166-1 (the United Kingdom is GB)
    10 | territories = ['DE', 'UK']
       |                      ^^^^
    ");
}

#[test]
fn a_rule_is_one_that_there_is() {
    insta::assert_snapshot!(complaint(&with_folders("[rules]\nSL201 = 'fatal'\n")), @"
    10:9: `fatal` is not a severity (off, note, warning, error)
    10 | SL201 = 'fatal'
       |         ^^^^^^^
    ");
    insta::assert_snapshot!(complaint(&with_folders("[rules]\nSL999 = 'off'\n")), @"
    10:1: there is no rule `SL999`
    10 | SL999 = 'off'
       | ^^^^^
    ");
    insta::assert_snapshot!(complaint(&with_folders("[rules]\nSL20l = 'off'\n")), @"
    10:1: there is no rule `SL20l` (SL201, SL202, SL203, SL204, SL205?)
    10 | SL20l = 'off'
       | ^^^^^
    ");
    insta::assert_snapshot!(
        complaint(&with_folders("[rules]\nSL201 = 'off'\nalt-text-missing = 'note'\n")),
        @"
    11:1: SL201 is set twice
    11 | alt-text-missing = 'note'
       | ^^^^^^^^^^^^^^^^
    "
    );
}

#[test]
fn owners_are_names_and_somebody_is_one() {
    let owners = |list: &str| complaint(&with_folders(&format!("[people]\nowners = {list}\n")));
    insta::assert_snapshot!(owners("[]"), @"
    10:10: nobody could own an asset; without the key anybody can
    10 | owners = []
       |          ^^
    ");
    insta::assert_snapshot!(owners("['nina', ' ']"), @"
    10:19: this is not a name
    10 | owners = ['nina', ' ']
       |                   ^^^
    ");
    insta::assert_snapshot!(owners("['nina', 'nina']"), @"
    10:19: `nina` is listed twice
    10 | owners = ['nina', 'nina']
       |                   ^^^^^^
    ");
    insta::assert_snapshot!(owners("'nina'"), @r#"
    10:10: invalid type: string "nina", expected a sequence
    10 | owners = 'nina'
       |          ^^^^^^
    "#);
}

#[test]
fn a_root_is_checked_where_it_is_written() {
    let root = |name: &str, path: &str, kind: &str| {
        let root = format!("[[root]]\nname = '{name}'\npath = '{path}'\nkind = '{kind}'\n");
        complaint(&with_folders(&root))
    };
    insta::assert_snapshot!(root("uploads", "b", "draft"), @"
    10:8: there is already a root `uploads`
    10 | name = 'uploads'
       |        ^^^^^^^^^
    ");
    insta::assert_snapshot!(root("b", "b", "served"), @"
    12:8: `served` is not a kind of root (production or draft)
    12 | kind = 'served'
       |        ^^^^^^^^
    ");
    insta::assert_snapshot!(root("a b", "b", "draft"), @"
    10:8: `a b` is not a root's name (letters, digits, `-`, `_` and `.`)
    10 | name = 'a b'
       |        ^^^^^
    ");
    insta::assert_snapshot!(root("b", "~/b", "draft"), @"
    11:8: the path is taken as written: `~` and `$` are not expanded
    11 | path = '~/b'
       |        ^^^^^
    ");
    insta::assert_snapshot!(root("b", "", "draft"), @"
    11:8: the path is empty
    11 | path = ''
       |        ^^
    ");
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let text = with_folders(&format!("[site]\nlocale = '{}'\n", "x".repeat(5_000)));
    let longest = complaint(&text).lines().skip(1).map(str::len).max().unwrap();
    assert!(longest < 160, "{longest}");
}

#[test]
fn folders_keep_out_of_each_other() {
    let separated = |catalog: &str, quarantine: &str, roots: &[&str]| {
        let mut text = format!("[catalog]\npath='{catalog}'\n[quarantine]\npath='{quarantine}'\n");
        for (at, root) in roots.iter().enumerate() {
            let root = format!("[[root]]\nname='r{at}'\npath='{root}'\nkind='draft'\n");
            text.push_str(&root);
        }
        parse(&text).unwrap().check_separation().map_err(|error| error.to_string())
    };
    assert_eq!(separated("/n/c.db", "/n/q", &["/n/a", "/n/b", "/n/ab"]), Ok(()));
    let refused = [
        ("/n/a/c.db", "/n/q", vec!["/n/a"], "the catalog /n/a/c.db lies within root `r0` /n/a"),
        ("/n/c.db", "/n/a/q", vec!["/n/a"], "the quarantine /n/a/q lies within root `r0` /n/a"),
        ("/n/c.db", "/n/q", vec!["/n/q/a"], "root `r0` /n/q/a lies within the quarantine /n/q"),
        ("/n/c.db", "/n/q", vec!["/n/a", "/n/a/b"], "root `r1` /n/a/b lies within root `r0` /n/a"),
        ("/n/c.db", "/n/q", vec!["/n/a/b", "/n/a"], "root `r0` /n/a/b lies within root `r1` /n/a"),
        (
            "/n/c.db",
            "/n/q",
            vec!["/n/a", "/n/./b/../a"],
            "root `r1` /n/b/../a lies within root `r0` /n/a",
        ),
    ];
    for (catalog, quarantine, roots, message) in refused {
        assert_eq!(separated(catalog, quarantine, &roots), Err(message.to_owned()));
    }
}

#[test]
fn a_link_does_not_hide_that_the_quarantine_is_served() {
    let library = TestLibrary::new();
    fs::create_dir(library.path("uploads")).unwrap();
    symlink(library.path("uploads"), library.path("elsewhere")).unwrap();
    library.write_config(&FOLDERS.replace("'quarantine'", "'elsewhere/new/quarantine'"));
    let error = config::load(&library.path("shelflife.toml")).unwrap_err();
    assert!(matches!(error, ConfigError::Within { .. }), "{error}");
}

#[test]
fn only_a_file_that_nobody_else_can_write_is_read() {
    let library = TestLibrary::new();
    library.configure("");
    let path = library.path("shelflife.toml");
    for (mode, accepted) in [(0o600, true), (0o644, true), (0o664, false), (0o602, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(config::load(&path).is_ok(), accepted, "{mode:o}");
    }
    let run = library.run("completions bash --as-of today").expect(ExitCode::Config);
    insta::assert_snapshot!(run.stderr, @"
    shelflife: error: others may write to the configuration [library]/shelflife.toml (mode 0602)
      hint: run `chmod go-w [library]/shelflife.toml` after looking at what it says
    ");
}

#[test]
fn only_our_own_file_or_that_of_root_is_read() {
    let library = TestLibrary::new();
    library.configure("");
    let path = library.path("shelflife.toml");
    // Only root can give a file away; elsewhere there is nothing to try.
    if std::os::unix::fs::chown(&path, Some(12_345), None).is_ok() {
        let error = config::load(&path).unwrap_err();
        assert!(matches!(error, ConfigError::ForeignOwner { owner: 12_345, .. }), "{error}");
    }
}

#[test]
fn what_is_no_small_text_file_is_refused() {
    let library = TestLibrary::new();
    let refused = |name: &str| config::load(&library.path(name)).unwrap_err();
    assert!(matches!(refused("nothing.toml"), ConfigError::Read { .. }));
    fs::create_dir(library.path("folder")).unwrap();
    assert!(matches!(refused("folder"), ConfigError::NotAFile { .. }));
    let pipe = library.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    assert!(matches!(refused("pipe"), ConfigError::NotAFile { .. }), "and it does not block");
    library.write("binary.toml", b"# \xff\n");
    assert!(matches!(refused("binary.toml"), ConfigError::NotText { .. }));
    library.write("huge.toml", " ".repeat((1 << 20) + 1));
    assert!(matches!(refused("huge.toml"), ConfigError::TooLarge { .. }));
}

#[test]
fn a_file_in_the_current_folder_is_not_loaded_by_itself() {
    let library = TestLibrary::new();
    library.configure("");
    library.remove_variable("SHELFLIFE_CONFIG");
    library.run("completions bash --as-of today").expect(ExitCode::Config);
    library.run("completions bash --as-of today --config shelflife.toml").expect(ExitCode::Success);
}

#[test]
fn the_call_names_a_configuration_before_the_environment_and_the_home() {
    let library = TestLibrary::at("2026-03-02T23:30:00Z");
    let configure = |file: &str, zone: &str| {
        library.configure(&format!("[site]\ntime_zone = '{zone}'\n"));
        let text = fs::read_to_string(library.path("shelflife.toml")).unwrap();
        let path = library.write(file, text);
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    let now = |options: &str| {
        let line = format!("completions bash --as-of today --format json {options}");
        library.run(&line).json()["now"].as_str().unwrap().to_owned()
    };
    configure("home/.config/shelflife/shelflife.toml", "Asia/Tokyo");
    configure("xdg/shelflife/shelflife.toml", "Asia/Kathmandu");
    configure("environment.toml", "Europe/Berlin");
    configure("call.toml", "America/New_York");

    library.remove_variable("SHELFLIFE_CONFIG");
    assert_eq!(now(""), "2026-03-02T15:00:00.000Z");
    library.set_variable("XDG_CONFIG_HOME", library.path("xdg"));
    assert_eq!(now(""), "2026-03-02T18:15:00.000Z");
    library.set_variable("SHELFLIFE_CONFIG", "environment.toml");
    assert_eq!(now(""), "2026-03-02T23:00:00.000Z");
    assert_eq!(now("--config call.toml"), "2026-03-02T05:00:00.000Z");
}

#[test]
fn a_catalog_named_in_the_call_must_not_be_served_either() {
    let library = TestLibrary::new();
    library.configure("");
    let run = library.run("completions bash --as-of today --catalog uploads/c.db");
    insta::assert_snapshot!(run.expect(ExitCode::Config), @"
    exit: 78
    --- stderr
    shelflife: error: the catalog [library]/uploads/c.db lies within root `uploads` [library]/uploads
      hint: give each its own folder, outside of every root
    ");
}

#[test]
fn the_policy_hash_depends_on_the_policy_alone() {
    let hash = |more: &str| parse(&with_folders(more)).unwrap().policy_hash();
    let plain = hash("");
    assert_eq!(plain, hash("# a comment\n[site]\ntime_zone = 'UTC'\n"));
    let more = [
        "[site]\nlocale = 'de'\n",
        "[clean]\nmax_items = 1\n",
        "[clean]\nmax_items_per_day = 1\n",
        "[plans]\nvalid_hours = 1\n",
        "[plans]\nsecond_person_above = 1\n",
        "[people]\nowners = ['a']\n",
        "[review]\nquestions = 'required'\n",
        "[review]\nfour_eyes = true\n",
        "[people]\napprovers = ['a']\n",
        "[people.accounts]\nu1 = 'a'\n",
        "[rules]\nSL201 = 'off'\n",
        "[placement.blog]\nlocales = ['de']\n",
        "[placement.blog]\nlocales = ['de', 'en']\n",
        "[placement.blog]\nrequired = ['title']\n",
        "[placement.shop]\nrequired = ['title']\n",
    ];
    for more in more {
        assert_ne!(plain, hash(more), "{more}");
    }
    insta::assert_snapshot!(Policy::default().canonical_text(), @"
    zone=UTC
    locale=en
    territories=
    stale_draft_days=30
    review_grace_days=never
    restore_hold_hours=72
    reference_days=14
    approve_with_waivers=false
    snapshot_max_age_days=7
    plan_hours=24
    second_person_above=100
    unknown_uses=block-on-sites
    hard_links=leave
    purge_after_days=never
    review_questions=optional
    four_eyes=false
    approvers=anybody
    max_items=500
    max_bytes=21474836480
    max_percent=10
    max_items_per_day=1000
    max_bytes_per_day=42949672960
    max_percent_per_day=20
    owners=anybody
    ");
}
