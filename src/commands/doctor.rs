//! `doctor`: looks whether everything that shelflife relies on is as it should be.

use std::path::{Path, PathBuf};

use crate::catalog::{AuditVerdict, Catalog, CatalogError};
use crate::config::{Config, RootConfig};
use crate::domain::actor::shared_accounts;
use crate::domain::pause::{self, Paused};
use crate::domain::takedown::Progress;
use crate::domain::text::{counted, with_causes};
use crate::domain::time::{Timestamp, zone_rules_version};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::files::selftest::{Use, try_abilities};
use crate::files::{FileError, Quarantine, Root, check_writable, is_beneath, network_file_system};
use crate::media::Trust;

use super::Context;
use super::behind::behind;
use super::older::waiting;
use super::roots::doubt;

/// Look whether everything that shelflife relies on is as it should be
///
/// Reads the whole catalog and verifies the whole audit log; changes nothing.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Try instead what the file system of this folder can do, in a new folder that is removed
    #[arg(long, value_name = "DIR")]
    selftest: Option<PathBuf>,
}

pub(super) fn run(args: &DoctorArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if let Some(dir) = &args.selftest {
        return selftest(&ctx.current_dir.join(dir), ctx);
    }
    let config = ctx.config()?;
    say(ctx, "program", Ok(format!("shelflife {}", env!("CARGO_PKG_VERSION"))));
    say(ctx, "time zones", Ok(format!("rules {} are built in", zone_rules_version())));
    let credentials = if Trust::is_told() {
        "signatures are verified"
    } else {
        "their presence is told; built without the feature `c2pa`, no signature is verified"
    };
    say(ctx, "content credentials", Ok(credentials.to_owned()));
    say(ctx, "configuration", Ok(config.path.display().to_string()));
    let catalog = look_at_catalog(ctx, &config);
    let clock = look_at_clock(&config, catalog.as_ref(), ctx.wall_clock);
    say(ctx, "clock", clock);
    let paused = ctx.switch(&config).look(catalog.as_ref());
    say(ctx, "kill switch", look_at_pause(&paused));
    for root in &config.roots {
        let found = look_at_root(root, catalog.as_ref());
        say(ctx, "root", found.map(|says| format!("{}: {says}", root.name)));
    }
    say(ctx, "quarantine", look_at_quarantine(&config, catalog.as_ref()));
    say(ctx, "separation", look_at_separation(&config));
    Ok(())
}

/// Whether a folder is fit for a root, the quarantine and the catalog, and why.
fn selftest(dir: &Path, ctx: &mut Context<'_>) -> Result<(), Error> {
    let trials = try_abilities(dir)?;
    for trial in &trials {
        let fields = vec![
            ("ability", trial.ability.into()),
            ("found", trial.found.clone().into()),
            ("follows", trial.follows.into()),
        ];
        ctx.report.row("trial", fields);
    }
    for part in Use::ALL {
        let against = trials.iter().filter(|trial| trial.unfit.contains(&part));
        let against: Vec<_> = against.map(|trial| trial.ability).collect();
        if !against.is_empty() {
            ctx.report.outcome(ExitCode::No);
        }
        let fit = if against.is_empty() { "yes" } else { "no" };
        let fields = vec![
            ("for", part.name().into()),
            ("fit", fit.into()),
            ("because", against.join(", ").into()),
        ];
        ctx.report.row("fitness", fields);
    }
    Ok(())
}

/// Something that is not as it should be.
struct Problem {
    says: String,
    code: ExitCode,
}

impl Problem {
    fn new(says: impl Into<String>) -> Self {
        Self { says: says.into(), code: ExitCode::No }
    }
}

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        let error = error.into();
        let says = with_causes(&error);
        let code = if error.exit_code() == ExitCode::Integrity {
            ExitCode::Integrity
        } else {
            ExitCode::No
        };
        Self { says, code }
    }
}

fn say(ctx: &mut Context<'_>, check: &'static str, found: Result<String, Problem>) {
    let (result, says) = match found {
        Ok(says) => ("ok", says),
        Err(problem) => {
            ctx.report.outcome(problem.code);
            ctx.report.figure("problems", 1);
            ("problem", problem.says)
        }
    };
    row(ctx, check, (result, says));
}

fn row(ctx: &mut Context<'_>, check: &'static str, (result, says): (&'static str, String)) {
    let fields = vec![("check", check.into()), ("result", result.into()), ("says", says.into())];
    ctx.report.row("check", fields);
}

fn look_at_catalog(ctx: &mut Context<'_>, config: &Config) -> Option<Catalog> {
    let path = config.catalog.display();
    // Asked first: SQLite may take away what is in its way when it reads.
    let permissions = look_at_permissions(config);
    let opened = ctx.settings.open_to_read(&config.catalog);
    let catalog = match opened {
        Ok(catalog) => catalog,
        Err(error) => {
            say(ctx, "catalog", Err(error.into()));
            say(ctx, "permissions", permissions);
            return None;
        }
    };
    say(ctx, "database", Ok(format!("SQLite {}", Catalog::engine_version())));
    let sound = catalog.check_integrity();
    say(ctx, "catalog", sound.map(|()| format!("{path} is sound")).map_err(Problem::from));
    say(ctx, "permissions", permissions);
    say(ctx, "file system", look_at_file_system(config));
    say(ctx, "audit log", verify(&catalog));
    say(ctx, "operations", look_at_operations(&catalog));
    say(ctx, "assets", count_states(&catalog).map_err(Problem::from));
    say(ctx, "takedowns", look_at_takedowns(&catalog, ctx.wall_clock));
    look_at_accounts(ctx, &catalog);
    Some(catalog)
}

/// Who may only read the catalog may ask as well, so what a file system refuses to everybody is no
/// problem.
fn look_at_permissions(config: &Config) -> Result<String, Problem> {
    match check_writable(&config.catalog) {
        Err(error @ FileError::Unwritable { .. }) => Err(error.into()),
        _ => Ok("this account may write to the catalog".to_owned()),
    }
}

/// Several names from one account may be several people, or one who is to be taken for several: that
/// is told, and is no problem by itself.
fn look_at_accounts(ctx: &mut Context<'_>, catalog: &Catalog) {
    let signers = match catalog.signers() {
        Ok(signers) => signers,
        Err(error) => return say(ctx, "accounts", Err(error.into())),
    };
    let shared = shared_accounts(&signers);
    if shared.is_empty() {
        return say(ctx, "accounts", Ok("none has acted under two names".to_owned()));
    }
    let told = |(account, names): (&str, Vec<&str>)| format!("{account} as {}", names.join(", "));
    let told: Vec<_> = shared.into_iter().map(told).collect();
    let says = format!("under several names acted {}", told.join("; "));
    row(ctx, "accounts", ("warning", says));
}

fn look_at_clock(
    config: &Config,
    catalog: Option<&Catalog>,
    now: Timestamp,
) -> Result<String, Problem> {
    match catalog.map(|catalog| behind(catalog, now)).transpose()?.flatten() {
        None => Ok(config.policy.zone.show(now, now)),
        Some(why) => Err(Problem::new(format!("{why}: nothing is cleaned or purged by it"))),
    }
}

fn look_at_pause(paused: &[Paused]) -> Result<String, Problem> {
    if paused.is_empty() {
        return Ok("not paused".to_owned());
    }
    let says = format!("paused {}", pause::in_words(paused));
    Err(Problem { says, code: ExitCode::Paused })
}

fn look_at_file_system(config: &Config) -> Result<String, Problem> {
    match network_file_system(&config.catalog)? {
        None => Ok("the catalog is on a local disk".to_owned()),
        Some(name) => Err(Problem::new(format!(
            "the catalog is on {name}, where locks and syncs cannot be relied on"
        ))),
    }
}

fn verify(catalog: &Catalog) -> Result<String, Problem> {
    match catalog.verify_audit()? {
        AuditVerdict::Intact { length, head } => Ok(format!("{length} entries, head {head}")),
        AuditVerdict::Broken { seq, what } => {
            Err(Problem { says: format!("entry {seq}: {what}"), code: ExitCode::Integrity })
        }
    }
}

fn look_at_operations(catalog: &Catalog) -> Result<String, Problem> {
    let open = catalog.open_operations()?;
    if open.is_empty() {
        return Ok("none is open".to_owned());
    }
    let count = counted(u64::try_from(open.len()).unwrap_or(u64::MAX), "operation");
    Err(Problem::new(format!("{count} not finished: run `shelflife recover`")))
}

/// Whether it is private, and every folder in it on record.
fn look_at_quarantine(config: &Config, catalog: Option<&Catalog>) -> Result<String, Problem> {
    let quarantine = Quarantine::open(&config.quarantine)?;
    let (mut stores, mut unknown) = (quarantine.list_ops()?, 0);
    stores.extend(quarantine.list_purging()?);
    for store in &stores {
        let known = catalog.map(|catalog| catalog.operation(store)).transpose()?.flatten();
        unknown += u64::from(known.is_none());
    }
    if unknown == 0 {
        return Ok(format!("{} is ours alone", config.quarantine.display()));
    }
    let folders = counted(unknown, "folder");
    let waiting = catalog.map(|catalog| waiting(config, catalog)).transpose()?;
    if let Some(own) = waiting.map(|waiting| waiting.own).filter(|own| *own > 0) {
        let own = counted(own, "folder");
        return Err(Problem::new(format!(
            "the catalog is older than its quarantine: it does not know {own} of its own; run \
             `shelflife recover --rebuild` first, then scan"
        )));
    }
    Err(Problem::new(format!(
        "{folders} of no record: `shelflife recover --rebuild` shows what can be brought back"
    )))
}

/// Whether neither catalog nor quarantine is beneath a root, be it by a mount.
fn look_at_separation(config: &Config) -> Result<String, Problem> {
    config.check_separation().map_err(Error::from)?;
    for root in &config.roots {
        for (what, path) in [("catalog", &config.catalog), ("quarantine", &config.quarantine)] {
            if is_beneath(path, &root.path)? {
                let (path, root) = (path.display(), &root.name);
                return Err(Problem::new(format!(
                    "the {what} {path} is also seen beneath the root {root}: look at what is mounted \
                     there"
                )));
            }
        }
    }
    Ok("neither catalog nor quarantine is served".to_owned())
}

fn count_states(catalog: &Catalog) -> Result<String, CatalogError> {
    let states = catalog.count_by_state()?;
    let states: Vec<_> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    Ok(if states.is_empty() { "none yet".to_owned() } else { states.join(", ") })
}

/// What was withdrawn and is still served is a problem, what waits for a confirmation is told.
fn look_at_takedowns(catalog: &Catalog, now: Timestamp) -> Result<String, Problem> {
    let waiting = catalog.unconfirmed_takedowns()?;
    let Some(oldest) = waiting.iter().map(|(_, takedown)| takedown.at).min() else {
        return Ok("none waits to be confirmed".to_owned());
    };
    let served = waiting.iter().filter(|(_, one)| one.progress() == Progress::StillServed);
    let served: Vec<_> = served.map(|(asset, _)| asset.to_string()).collect();
    if !served.is_empty() {
        return Err(Problem::new(format!("withdrawn and still served: {}", served.join(", "))));
    }
    let count = counted(u64::try_from(waiting.len()).unwrap_or(u64::MAX), "takedown");
    let oldest = oldest.relative_to(now);
    Ok(format!("{count} not confirmed, the oldest {oldest}: `shelflife list --unconfirmed`"))
}

fn look_at_root(configured: &RootConfig, catalog: Option<&Catalog>) -> Result<String, Problem> {
    let root = Root::open(&configured.path)?;
    let Some(catalog) = catalog else { return Ok("is there".to_owned()) };
    let known = catalog.roots()?.into_iter().find(|known| known.name == configured.name);
    let Some(known) = known else {
        return Ok("is there; the next scan takes it up".to_owned());
    };
    if let Some(doubt) = doubt(&root, &known, &catalog.uuid()?)? {
        let (name, next) = (&configured.name, doubt.next());
        return Err(Problem::new(format!("{name}: {doubt}; {next}")));
    }
    Ok(match known.scanned {
        Some(at) => format!("{} at {at}", counted(known.files, "file")),
        None => "is ours; not scanned yet".to_owned(),
    })
}
