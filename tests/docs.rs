//! Reference pages are made from the code. `UPDATE_DOCS=1 cargo test docs` writes them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use shelflife::cli::{VARIABLES, command_line};
use shelflife::commands::{COMMANDS, Class, CommandRow, Start};
use shelflife::domain::lifecycle::{Reason, Standing, State, TRANSITIONS};
use shelflife::exit::ExitCode;

const NOTE: &str = "<!-- Made from the code by `UPDATE_DOCS=1 cargo test docs`. -->\n\n";

/// The page as it should be, compared with the one that is there.
#[track_caller]
fn check(page: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/{page} is out of date; run UPDATE_DOCS=1 cargo test docs");
}

/// A table whose cells are written as they are, but for `|`.
fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut page = line(&head.map(str::to_owned));
    page.push_str(&line(&head.map(|_| "---".to_owned())));
    page.extend(rows.into_iter().map(|row| line(&row)));
    page
}

fn code(text: impl std::fmt::Display) -> String {
    format!("`{text}`")
}

#[test]
fn the_page_of_exit_codes_is_up_to_date() {
    let rows = ExitCode::ALL.map(|exit| {
        [exit.number().to_string(), exit.meaning().to_owned(), exit.reaction().to_owned()]
    });
    let mut strongest = ExitCode::ALL;
    strongest.sort_by_key(|exit| std::cmp::Reverse(exit.weight()));
    let order: Vec<_> = strongest.iter().map(|exit| exit.number().to_string()).collect();
    let page = format!(
        "# Exit codes\n\n{NOTE}They are the same for every `--format`.\n\n{}\n\
         If several apply, the first of these is told: {}.\n\n\
         The first SIGINT or SIGTERM lets a command finish the item it is at; it then ends with 130 or \
         143, unless there was nothing left to do. \
         A second one ends it at once, with 128 and the signal's number.\n",
        table(["code", "meaning", "what to do"], rows),
        order.join(", "),
    );
    check("exit-codes.md", &page);
}

#[test]
fn the_page_of_the_lifecycle_is_up_to_date() {
    let rows = TRANSITIONS.iter().map(|step| {
        let reason = match step.reason {
            Reason::Required => "required",
            Reason::Optional => "",
        };
        [
            step.from.to_string(),
            code(step.action),
            step.to.to_string(),
            step.who.describe().to_owned(),
            reason.to_owned(),
        ]
    });
    let standings = Standing::ALL.map(|standing| {
        let may = if standing.may_be_used() { "yes" } else { "no" };
        [code(standing), may.to_owned()]
    });
    let page = format!(
        "# Lifecycle\n\n{NOTE}The state of an asset is the decision that was recorded about it. \
         What is not in the table is refused.\n\n```mermaid\n{}```\n\n{}\n\
         A withdrawn asset is taken down in the same call: `withdraw` takes the first step and, for each \
         asset whose files can be moved, `quarantine` after it, also while it is paused. Its takedown is \
         *still served* while a file is in a served folder, then *removed*, and *confirmed* once a person \
         said with `withdraw --confirm` that caches and pages don't have it any more. A restore ends a \
         confirmation. See [the guide](guide.md#take-it-down-now).\n\n\
         ## Standing\n\nWhat an asset may be used for at an instant is computed from its state, \
         dates, licenses, contexts and open risk flags, never stored. The first that applies counts.\n\n{}\n\
         ## For good\n\nA purge is the one step that nothing undoes: the files of the asset are \
         deleted, its record stays. What has to be true before is in \
         [reliability](reliability.md).\n",
        diagram(),
        table(["from", "action", "to", "who", "reason"], rows),
        table(["standing", "may be used"], standings),
    );
    check("lifecycle.md", &page);
}

fn diagram() -> String {
    let id = |state: State| match state.was() {
        Some(was) => format!("{}_{}", state.name(), was.name()),
        None => state.name().to_owned(),
    };
    let mut diagram = "stateDiagram-v2\n    [*] --> draft: scan\n".to_owned();
    for state in State::ALL.into_iter().filter(|state| state.was().is_some()) {
        writeln!(diagram, "    state \"{state}\" as {}", id(state)).unwrap();
    }
    for step in TRANSITIONS {
        writeln!(diagram, "    {} --> {}: {}", id(step.from), id(step.to), step.action).unwrap();
    }
    for last in State::ALL.into_iter().filter(|s| TRANSITIONS.iter().all(|t| t.from != *s)) {
        writeln!(diagram, "    {} --> [*]", id(last)).unwrap();
    }
    diagram
}

#[test]
fn the_page_of_the_rules_is_up_to_date() {
    check("rules.md", &shelflife::domain::validation::page::page());
}

#[test]
fn the_page_of_the_command_line_is_up_to_date() {
    let mut program = command_line().term_width(90);
    program.build();
    let mut page = format!(
        "# Command line\n\n{NOTE}{}\n## Classes\n\nA command of class *read* writes nothing, one \
         of class *decide* writes to the catalog only, one of class *act* to files too. A command \
         that works out by itself what to change plans first, and changes it with `--apply`.\n\n{}\n\
         ## Environment\n\nNo other variable has any effect: {}.\n",
        help_of(&mut program, None),
        table(["command", "class", "plans first"], COMMANDS.iter().map(class_row)),
        VARIABLES.iter().map(code).collect::<Vec<_>>().join(", "),
    );
    write_commands(&mut program, &mut page);
    check("cli.md", &page);
}

fn class_row(row: &CommandRow) -> [String; 3] {
    let class = match row.class {
        Class::Read => "read",
        Class::Decide => "decide",
        Class::Act => "act",
    };
    let plans = match row.start {
        Start::AtOnce => "",
        Start::WithApply => "yes",
    };
    [code(row.name), class.to_owned(), plans.to_owned()]
}

/// A section per command, in the order of the help.
fn write_commands(above: &mut clap::Command, page: &mut String) {
    for command in above.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        let name = command.get_bin_name().unwrap_or_default().to_owned();
        write!(page, "\n## `{name}`\n\n{}", help_of(command, Some("Global options:"))).unwrap();
        write_commands(command, page);
    }
}

/// The help as the program prints it, up to the line `end`.
fn help_of(command: &mut clap::Command, end: Option<&str>) -> String {
    let help = command.render_long_help().to_string();
    let kept: Vec<_> =
        help.lines().take_while(|line| Some(*line) != end).map(str::trim_end).collect();
    format!("```text\n{}\n```\n", kept.join("\n").trim_end())
}
