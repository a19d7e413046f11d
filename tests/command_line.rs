//! The frame around every command: options, errors, formats.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt as _;

use shelflife::cli::{Terminals, command_line};
use shelflife::commands::{COMMANDS, Class};
use shelflife::domain::text::is_unsafe_to_show;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::terminal::without_color;

#[test]
fn every_command_is_in_the_table_once() {
    fn leaves(command: &clap::Command, above: &str, names: &mut Vec<String>) {
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            let name = format!("{above} {}", below.get_name()).trim().to_owned();
            leaves(below, &name, names);
            if !below.is_subcommand_required_set() {
                names.push(name);
            }
        }
    }
    let mut typed = Vec::new();
    leaves(&command_line(), "", &mut typed);
    typed.sort();
    let listed: Vec<_> = COMMANDS.iter().map(|row| row.name.to_owned()).collect();
    assert_eq!(listed, typed);
}

#[test]
fn the_command_line_is_consistent() {
    command_line().debug_assert();
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    let run = TestLibrary::new().run("bake").expect(ExitCode::Usage);
    assert!(run.stderr.contains("unrecognized subcommand 'bake'"), "{run}");
    assert_eq!(run.stdout, "");
}

#[test]
fn help_and_version_are_answers() {
    let library = TestLibrary::new();
    let help = library.run("--help").expect(ExitCode::Success);
    assert!(help.stdout.contains("Usage: shelflife"), "{help}");
    let version = library.run("--version").expect(ExitCode::Success);
    assert_eq!(version.stdout, format!("shelflife {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn as_of_is_refused_where_something_would_change() {
    let library = TestLibrary::new();
    for row in COMMANDS.iter().filter(|row| row.class != Class::Read) {
        if row.name == "man" {
            let run = library.run("man --as-of 2027-01-01T00:00:00Z").expect(ExitCode::Usage);
            insta::assert_snapshot!(run, @"
            exit: 2
            --- stderr
            shelflife: error: `--as-of` asks what would be, and `man` changes what is
              hint: leave `--as-of` out, or ask `show`, `why` or `list` with it
            ");
        }
    }
}

#[test]
fn a_date_in_as_of_begins_in_the_zone_of_the_site() {
    let library = TestLibrary::at("2026-03-02T23:30:00Z");
    library.configure("[site]\ntime_zone = \"Europe/Berlin\"\n");
    let now = |time: &str| {
        let line = format!("--format json completions bash --as-of {time}");
        library.run(&line).expect(ExitCode::Success).json()["now"].clone()
    };
    assert_eq!(now("2026-07-01"), "2026-06-30T22:00:00.000Z");
    assert_eq!(now("today"), "2026-03-02T23:00:00.000Z", "it is the 3rd in Berlin");
    assert_eq!(now("2026-07-01T00:00:00Z"), "2026-07-01T00:00:00.000Z");
}

#[test]
fn an_error_is_told_in_every_format() {
    let library = TestLibrary::new();
    insta::assert_snapshot!(library.run("completions bash --as-of 2027-01-01"), @"
    exit: 78
    --- stderr
    shelflife: error: cannot read the configuration [library]/shelflife.toml
      caused by: No such file or directory (os error 2)
      hint: run `shelflife init` to write [library]/shelflife.toml
    ");
    let run = library.run("completions bash --as-of 2027-01-01 --format json");
    insta::assert_snapshot!(run.expect(ExitCode::Config), @r#"
    exit: 78
    --- stdout
    {"schema":1,"command":"completions","now":"2026-03-02T09:00:00.000Z","items":[],"error":{"message":"cannot read the configuration [library]/shelflife.toml","excerpt":[],"causes":["No such file or directory (os error 2)"],"hint":"run `shelflife init` to write [library]/shelflife.toml","exit_code":78},"summary":{"dry_run":false,"changed":0,"edited":0,"refused":0,"errors":0,"warnings":0,"notes":0,"accepted":0,"kept":0,"failed":0,"rows":0,"figures":{},"audit":null,"exit_code":78}}
    --- stderr
    shelflife: error: cannot read the configuration [library]/shelflife.toml
      caused by: No such file or directory (os error 2)
      hint: run `shelflife init` to write [library]/shelflife.toml
    "#);
}

#[test]
fn without_a_configuration_the_usual_places_are_named() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    insta::assert_snapshot!(library.run("completions bash --as-of today"), @"
    exit: 78
    --- stderr
    shelflife: error: no configuration found
      hint: run `shelflife init`, or name a file with `--config` (looked at [library]/home/.config/shelflife/shelflife.toml, /etc/shelflife/shelflife.toml)
    ");
}

#[test]
fn an_argument_that_is_not_text_is_a_usage_error() {
    let words = [OsString::from("completions"), OsString::from_vec(b"ba\xffsh".to_vec())];
    let run = TestLibrary::new().run_words(&words, b"").expect(ExitCode::Usage);
    assert!(run.stderr.contains("invalid"), "{run}");
}

/// A stream that fails in one way.
struct Broken(io::ErrorKind);

impl io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}

#[test]
fn a_closed_pipe_is_no_failure_and_a_full_disk_is() {
    let library = TestLibrary::new();
    for call in ["completions bash", "man", "--help", "--format json man"] {
        let words: Vec<_> = call.split(' ').map(OsString::from).collect();
        let exit =
            |kind| library.run_into(&words, &mut io::empty(), &mut Broken(kind), &mut io::sink());
        assert_eq!(exit(io::ErrorKind::BrokenPipe), ExitCode::Success, "{call}");
        assert_eq!(exit(io::ErrorKind::StorageFull), ExitCode::Io, "{call}");
    }
}

#[test]
fn an_output_that_takes_nothing_is_told_and_so_is_that_the_changes_are_recorded() {
    let library = TestLibrary::scanned(&["a.png"]);
    let recorded = "what was changed is recorded all the same";
    for (call, is_recorded) in [
        ("hold 1 --reason asked", true),
        ("hold 1 --reason asked --dry-run", false),
        ("--help", false),
    ] {
        let words: Vec<_> = call.split(' ').map(OsString::from).collect();
        for (kind, is_told) in
            [(io::ErrorKind::StorageFull, true), (io::ErrorKind::BrokenPipe, false)]
        {
            let mut complaints = Vec::new();
            library.run_into(&words, &mut io::empty(), &mut Broken(kind), &mut complaints);
            let said = String::from_utf8(complaints).unwrap();
            assert_eq!(
                said.contains("error: the report could not be written"),
                is_told,
                "{call}: {said}"
            );
            assert_eq!(said.contains(recorded), is_told && is_recorded, "{call}: {said}");
        }
    }
    let holds = library.audit_entries().into_iter().filter(|entry| entry.kind == "asset.hold");
    assert_eq!(holds.count(), 2);
}

#[test]
fn quiet_and_verbose_exclude_each_other() {
    TestLibrary::new().run("man -q -v").expect(ExitCode::Usage);
}

#[test]
fn verbose_says_first_what_the_command_was_started_with() {
    let library = TestLibrary::new();
    library.set_actor("Nina \u{202e}N");
    library.set_variable("SHELFLIFE_JOB", "nightly");
    let run = library.run("completions bash -v").expect(ExitCode::Success);
    insta::assert_snapshot!(run.stderr, @r#"
    shelflife 0.1.0: completions
      now: 2026-03-02T09:00:00.000Z
      actor: Nina \u{202e}N (olga, job nightly) on desk
      configuration: [library]/shelflife.toml
      catalog: as configured
    "#);
}

#[test]
fn completions_are_made_for_every_shell() {
    let library = TestLibrary::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = library.run(&format!("completions {shell}")).expect(ExitCode::Success);
        assert!(run.stdout.contains("completions"), "{shell}");
        assert!(!run.stdout.contains("nothing to report"), "{shell}");
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn one_manual_page_is_written_per_command() {
    let library = TestLibrary::new();
    std::fs::create_dir(library.path("pages")).unwrap();
    let run = library.run("man --dir pages").expect(ExitCode::Success);
    insta::assert_snapshot!(run, @"
    exit: 0
    --- stdout
    recorded  manual pages in [library]/pages
    1 edited
    ");
    let page = std::fs::read_to_string(library.path("pages/shelflife-completions.1")).unwrap();
    assert!(page.contains("Shell to complete in"), "{page}");
    library.run("man --dir nowhere").expect(ExitCode::Io);
}

#[test]
fn what_is_wrong_with_a_call_is_told_in_words_that_are_safe_to_show() {
    let library = TestLibrary::new();
    let all = Terminals { stdin: true, stdout: true, stderr: true };
    for (words, told) in [
        (&["list", "--state", "x\u{1b}[2J\u{202e}"][..], "\\u{1b}[2J\\u{202e}"),
        (&["list", "--no\u{1b}]0;x\u{7}\n::error::x"], "'--no\\u{1b}]0;x\\u{7}\\u{a}::error::x'"),
        (&["li\u{8}st"], "'li\\u{8}st'"),
        // As it would be shown, there would be something in it.
        (&["hold", "1", "--reason", "\u{2028}"], "invalid value for one of the arguments"),
    ] {
        let words: Vec<_> = words.iter().map(OsString::from).collect();
        for terminals in [Terminals::default(), all] {
            library.set_terminals(terminals);
            let run = library.run_words(&words, b"").expect(ExitCode::Usage);
            let plain = without_color(&run.stderr);
            assert!(plain.contains(told), "{plain}");
            assert!(!plain.contains(|c| c != '\n' && is_unsafe_to_show(c)), "{plain:?}");
        }
    }
}

#[test]
fn only_a_terminal_without_no_color_sees_color() {
    let library = TestLibrary::new();
    let colored = || library.run("--help").stdout.contains('\u{1b}');
    assert!(!colored(), "not a terminal");
    library.set_terminals(Terminals { stdout: true, ..Terminals::default() });
    assert!(colored());
    for (name, value, expected) in
        [("NO_COLOR", "", true), ("NO_COLOR", "1", false), ("TERM", "dumb", false)]
    {
        library.set_variable(name, value);
        assert_eq!(colored(), expected, "{name}={value}");
        library.remove_variable(name);
    }
}
