//! The command line: parses it, builds what a command may touch, runs it, prints errors.

mod environment;
mod global;

use std::error::Error as _;
use std::ffi::OsString;
use std::io::{self, Write};

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};

use crate::clock::FixedClock;
use crate::commands::{self, COMMANDS, Command, CommandRow, Context, Errand, Start};
use crate::domain::text::printable;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::output::{self, Color, Heading};
use crate::report::{ErrorLine, Report};

pub use environment::{Environment, Process, Terminals, VARIABLES};
use global::{Beginning, GlobalOptions};

/// Manage the life of generated marketing images in a media library
#[derive(Debug, Parser)]
#[command(name = "shelflife", version, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: GlobalOptions,

    #[command(subcommand)]
    command: Command,
}

/// The whole command line as `clap` knows it, for reference pages.
pub fn command_line() -> clap::Command {
    Cli::command()
}

/// Runs one call of the program.
pub fn run(environment: Environment<'_>) -> ExitCode {
    match parse(&environment) {
        Ok((cli, row)) => run_command(&cli, row, environment),
        Err(message) => print_usage(&message, environment),
    }
}

/// What is wrong with a call is told in its own words, which may be somebody else's: made safe to
/// show, as all text from outside is.
fn parse(environment: &Environment<'_>) -> Result<(Cli, CommandRow), clap::Error> {
    let width = environment.width.map_or(100, usize::from);
    parse_words(&environment.args, width).map_err(|error| {
        let shown = |word: &OsString| OsString::from(printable(word.as_encoded_bytes()));
        let words: Vec<_> = environment.args.iter().map(shown).collect();
        let same = parse_words(&words, width).err();
        // Wrong as it is and not as it is shown: then no word of it is told.
        same.unwrap_or_else(|| clap::Error::new(error.kind()).with_cmd(&command_line()))
    })
}

fn parse_words(words: &[OsString], width: usize) -> Result<(Cli, CommandRow), clap::Error> {
    let mut command_line = command_line().term_width(width);
    let matches = command_line.try_get_matches_from_mut(words)?;
    let row = row_of(&matches).ok_or_else(|| {
        command_line.error(ErrorKind::InvalidSubcommand, "the command is not in the table")
    })?;
    let cli = Cli::from_arg_matches(&matches)?;
    if cli.global.format.is_for_findings() && !row.is_answered_by_findings() {
        let message = format!(
            "`{}` has no findings, and this format holds nothing else; use human or json",
            row.name
        );
        return Err(command_line.error(ErrorKind::ArgumentConflict, message));
    }
    Ok((cli, row))
}

/// The row of the command that was called, found by its full name.
fn row_of(matches: &ArgMatches) -> Option<CommandRow> {
    let mut words = Vec::new();
    let mut level = matches;
    while let Some((name, below)) = level.subcommand() {
        words.push(name);
        level = below;
    }
    let name = words.join(" ");
    COMMANDS.iter().copied().find(|row| row.name == name)
}

/// Prints help to standard output, and what is wrong with a call to standard error.
fn print_usage(message: &clap::Error, environment: Environment<'_>) -> ExitCode {
    let wrong = message.use_stderr();
    let terminals = environment.terminals;
    let complaints = environment.color(terminals.stderr);
    let color = if wrong { complaints } else { environment.color(terminals.stdout) };
    let text = match color {
        Color::Ansi => message.render().ansi().to_string(),
        Color::None => message.render().to_string(),
    };
    let Environment { stdout, stderr, .. } = environment;
    let out = if wrong { &mut *stderr } else { stdout };
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        _ if wrong => ExitCode::Usage,
        Err(broken) if broken.kind() != io::ErrorKind::BrokenPipe => {
            output::write_error(&unwritten(&broken, false), complaints, stderr).ok();
            ExitCode::Io
        }
        _ => ExitCode::Success,
    }
}

fn run_command(cli: &Cli, row: CommandRow, environment: Environment<'_>) -> ExitCode {
    let wall_clock = environment.clock.now();
    let beginning = cli.global.begin(row, wall_clock, &environment);
    let heading = Heading {
        command: row.name,
        now: beginning.as_ref().map_or(wall_clock, |beginning| beginning.now),
        apply_with: (row.start == Start::WithApply).then_some("--apply"),
    };
    let style = cli.global.style(&environment);
    let typed = typed(&environment.args);
    let terminals = environment.terminals;
    let complaints = environment.color(terminals.stderr);
    let mut sink = output::renderer(cli.global.format, environment.stdout, heading, style);
    let report = Report::new(&mut *sink);
    let beginning = match beginning {
        Ok(beginning) => beginning,
        Err(error) => return conclude(report, Some(&error), complaints, environment.stderr),
    };
    cli.global.announce(row, &beginning, environment.stderr);
    let Beginning { now, actor, settings } = beginning;
    let mut ctx = Context {
        report,
        now,
        wall_clock,
        actor,
        typed,
        settings,
        current_dir: environment.current_dir,
        stdin: environment.stdin,
        questions: environment.stderr,
        asking: cli.global.asking(terminals),
        watching: cli.global.watching(terminals),
        interrupted: environment.interrupted,
        run_errand,
        command_line: command_line(),
    };
    let ended = commands::dispatch(&cli.command, &mut ctx);
    conclude(ctx.report, ended.err().as_ref(), complaints, ctx.questions)
}

/// Runs a call made from within another: no terminal, no input, no environment but what it brings.
fn run_errand(errand: Errand) -> (ExitCode, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let words = std::iter::once("shelflife".to_owned()).chain(errand.words);
    let variables = [
        ("SHELFLIFE_CONFIG", Some(errand.config.into_os_string())),
        ("SHELFLIFE_ACTOR", errand.actor.person.map(Into::into)),
    ];
    let variables = variables.into_iter();
    let code = run(Environment {
        args: words.map(Into::into).collect(),
        variables: variables.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect(),
        current_dir: errand.folder,
        stdin: &mut io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        terminals: Terminals::default(),
        width: Some(100),
        clock: &FixedClock(errand.now),
        os_user: errand.actor.os_user,
        host: errand.actor.host,
        interrupted: errand.interrupted,
    });
    stdout.append(&mut stderr);
    (code, String::from_utf8_lossy(&stdout).into_owned())
}

/// The call as one could type it: printable, with quotes where a shell needs them.
fn typed(args: &[OsString]) -> String {
    let words = args.iter().skip(1).map(|arg| {
        let word = printable(arg.as_encoded_bytes());
        let plain = |c: char| c.is_alphanumeric() || "-_./:=+@%,#".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    });
    std::iter::once("shelflife".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// Ends the report, then says on standard error what ended the command.
fn conclude(
    report: Report<'_>,
    error: Option<&Error>,
    color: Color,
    stderr: &mut dyn Write,
) -> ExitCode {
    let error = error.map(error_line);
    let is_recorded = report.summary.audit.is_some();
    let (code, broken) = report.finish(error.as_ref());
    let broken = broken.map(|broken| unwritten(&broken, is_recorded));
    for error in error.iter().chain(&broken) {
        // If standard error is gone too, there is nobody left to tell.
        output::write_error(error, color, stderr).ok();
    }
    code
}

/// What is said where standard output takes no report.
fn unwritten(broken: &io::Error, is_recorded: bool) -> ErrorLine {
    let recorded = "what was changed is recorded all the same: `shelflife audit log` tells it";
    ErrorLine {
        message: "the report could not be written to standard output".to_owned(),
        excerpt: Vec::new(),
        causes: vec![broken.to_string()],
        hint: is_recorded.then(|| recorded.to_owned()),
        code: ExitCode::Io,
    }
}

fn error_line(error: &Error) -> ErrorLine {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    ErrorLine {
        message: error.to_string(),
        excerpt: error.excerpt(),
        causes: causes.map(ToString::to_string).collect(),
        hint: error.hint(),
        code: error.exit_code(),
    }
}
