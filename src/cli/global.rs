//! The options that every command takes, and what they mean together with the environment.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::environment::{Environment, Terminals};
use crate::commands::{Asking, Class, CommandRow, Settings, Watching};
use crate::config::Lookup;
use crate::domain::actor::Actor;
use crate::domain::text::{printable, printable_text};
use crate::domain::time::{CivilDate, Timestamp};
use crate::error::Error;
use crate::output::{Format, Style, Verbosity};

const CONFIG_HELP: &str = "Configuration file [env: SHELFLIFE_CONFIG] [default: \
    shelflife/shelflife.toml in the configuration folder of the user, else of the system]";
const ACTOR_HELP: &str =
    "Person on whose behalf this is done [env: SHELFLIFE_ACTOR] [default: the account]";

/// Of a terminal that does not say how wide it is.
const USUAL_WIDTH: u16 = 80;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalOptions {
    #[arg(long, value_name = "FILE", global = true, display_order = 900, help = CONFIG_HELP)]
    config: Option<PathBuf>,

    /// Catalog to use instead of the configured one
    #[arg(long, value_name = "FILE", global = true, display_order = 900)]
    catalog: Option<PathBuf>,

    /// How the report is written
    #[arg(
        long,
        value_name = "FORMAT",
        global = true,
        display_order = 900,
        default_value = "human"
    )]
    pub(super) format: Format,

    /// Answer as if it were then: an instant such as 2026-12-31T09:00:00Z, or the first instant of
    /// a date such as 2026-12-31 or +90d; only for commands that change nothing
    #[arg(long, value_name = "TIME", global = true, display_order = 900)]
    as_of: Option<String>,

    #[arg(long, value_name = "NAME", global = true, display_order = 900, help = ACTOR_HELP)]
    actor: Option<String>,

    /// Wait for another run to end, at most this long: 90s, 10min or 2h; for commands that scan or
    /// move files
    #[arg(
        long,
        value_name = "TIME",
        global = true,
        display_order = 900,
        value_parser = span,
        default_value = "0s",
        hide_default_value = true
    )]
    wait: Duration,

    /// Never ask a question
    #[arg(long, global = true, display_order = 900)]
    no_input: bool,

    /// Say only facts: no sentences, no summary, no progress
    #[arg(short, long, global = true, display_order = 900, conflicts_with = "verbose")]
    quiet: bool,

    /// Say first, on standard error, what the command was started with
    #[arg(short, long, global = true, display_order = 900)]
    verbose: bool,
}

/// What a command is begun with.
pub(super) struct Beginning {
    pub(super) now: Timestamp,
    pub(super) actor: Actor,
    pub(super) settings: Settings,
}

impl GlobalOptions {
    pub(super) fn begin(
        &self,
        row: CommandRow,
        wall_clock: Timestamp,
        environment: &Environment<'_>,
    ) -> Result<Beginning, Error> {
        let mut settings = self.settings(environment);
        let actor = self.actor(environment)?;
        let now = match &self.as_of {
            None => wall_clock,
            Some(_) if row.class != Class::Read => {
                return Err(Error::AsOfChanges { command: row.name });
            }
            Some(text) => instant(text, wall_clock, &mut settings)?,
        };
        Ok(Beginning { now, actor, settings })
    }

    /// Says what the command was started with, if that was asked for.
    pub(super) fn announce(&self, row: CommandRow, beginning: &Beginning, out: &mut dyn Write) {
        if !self.verbose {
            return;
        }
        let Beginning { now, actor, settings } = beginning;
        let config = settings.lookup.find().map_or("none".to_owned(), shown);
        let catalog = settings.catalog.as_deref().map_or("as configured".to_owned(), shown);
        let job = actor.job.as_deref().map_or(String::new(), |job| format!(", job {job}"));
        let who = format!("{} ({}{job}) on {}", actor.name(), actor.os_user, actor.host);
        let lines = format!(
            "shelflife {}: {}\n  now: {now}\n  actor: {}\n  configuration: {config}\n  catalog: {catalog}\n",
            env!("CARGO_PKG_VERSION"),
            row.name,
            printable_text(&who),
        );
        // A diagnostic that cannot be written is no reason not to run.
        out.write_all(lines.as_bytes()).ok();
    }

    pub(super) fn style(&self, environment: &Environment<'_>) -> Style {
        let terminal = environment.terminals.stdout;
        let verbosity = match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        // Where no width is known it is a terminal all the same, and shown only what is harmless.
        let width = terminal.then(|| environment.width.unwrap_or(USUAL_WIDTH));
        Style { color: environment.color(terminal), verbosity, width }
    }

    pub(super) fn asking(&self, terminals: Terminals) -> Asking {
        let possible = terminals.stdin && terminals.stderr && !self.no_input;
        if possible { Asking::Possible } else { Asking::Impossible }
    }

    pub(super) fn watching(&self, terminals: Terminals) -> Watching {
        let watched = terminals.stderr && !self.quiet;
        if watched { Watching::Terminal } else { Watching::Nobody }
    }

    fn settings(&self, environment: &Environment<'_>) -> Settings {
        let here = |path: PathBuf| environment.current_dir.join(path);
        let config_home = environment.home("XDG_CONFIG_HOME", ".config");
        let system = PathBuf::from("/etc");
        let usual = config_home.iter().chain([&system]).map(|home| in_home(home)).collect();
        let named = self.config.clone().or_else(|| environment.path("SHELFLIFE_CONFIG"));
        Settings {
            lookup: Lookup { named: named.map(here), usual },
            catalog: self.catalog.clone().map(here),
            config_home,
            state_home: environment.home("XDG_STATE_HOME", ".local/state"),
            temporary: environment
                .path("TMPDIR")
                .filter(|path| path.is_absolute())
                .unwrap_or_else(|| PathBuf::from("/tmp")),
            wait: self.wait,
            paused: environment.lossy("SHELFLIFE_PAUSED"),
            loaded: None,
        }
    }

    fn actor(&self, environment: &Environment<'_>) -> Result<Actor, Error> {
        let person = match &self.actor {
            Some(person) => Some(person.clone()),
            None => environment.text("SHELFLIFE_ACTOR")?,
        };
        let os_user = environment.os_user.clone();
        let person = person.map(|name| name.trim().to_owned());
        Ok(Actor {
            person: person.filter(|name| !name.is_empty() && *name != os_user),
            os_user,
            job: environment.text("SHELFLIFE_JOB")?,
            host: environment.host.clone(),
        })
    }
}

fn shown(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

fn in_home(home: &Path) -> PathBuf {
    home.join("shelflife/shelflife.toml")
}

/// A time to wait: a number and `s`, `min` (or `m`) or `h`.
fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time to wait (write 90s, 10min or 2h)");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
    let number: u32 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

/// The instant that `--as-of` names. A date means its first instant in the site's zone.
fn instant(text: &str, wall_clock: Timestamp, settings: &mut Settings) -> Result<Timestamp, Error> {
    if text.contains(['T', 't', ' ']) && text != "today" && text != "tomorrow" {
        return Ok(Timestamp::parse(text)?);
    }
    let config = settings.config()?;
    let zone = &config.policy.zone;
    let date = CivilDate::parse(text, zone.date_at(wall_clock))?;
    Ok(zone.start_of(date))
}
