//! `init`: a configuration, a catalog and a quarantine for a library.

use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Genesis};
use crate::config::{self, Answers, Config, RootConfig};
use crate::domain::asset::RootKind;
use crate::domain::time::Zone;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::files;
use crate::files::selftest::check_moves;
use crate::report::Item;

use super::opening::refuse_network;
use super::{Asking, Context};

/// Set up shelflife for a media library
///
/// Writes a commented configuration, an empty catalog and a quarantine folder, and marks the roots
/// as part of this library. Asks for what no flag says, if there is a terminal. Nothing that exists
/// is overwritten.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// Folder that is served to the public, such as wp-content/uploads; may be repeated
    #[arg(long, value_name = "DIR")]
    root: Vec<PathBuf>,

    /// Folder of drafts that is not served; may be repeated
    #[arg(long, value_name = "DIR")]
    draft_root: Vec<PathBuf>,

    /// Folder that cleaned files go to [default: beside the catalog]
    #[arg(long, value_name = "DIR")]
    quarantine: Option<PathBuf>,

    /// Zone of dates that name none, such as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,

    /// Locale whose alt text every asset needs [default: en]
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,
}

pub(super) fn run(args: &InitArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let config = plan(args, ctx)?;
    let text = config_text(&config)?;
    let parsed = config::parse(&config.path, &text)?;
    parsed.check_separation()?;
    refuse_existing(&parsed)?;
    refuse_network(&parsed.catalog)?;
    for root in &parsed.roots {
        let opened = files::Root::open(&root.path)?;
        if opened.read_marker()?.is_none() {
            check_moves(&opened)?;
        }
    }
    write(ctx, &parsed, &text)
}

/// What the configuration is to say, from flags, answers and defaults.
fn plan(args: &InitArgs, ctx: &mut Context<'_>) -> Result<Config, Error> {
    let mut production = args.root.clone();
    if production.is_empty() && args.draft_root.is_empty() {
        production.push(ask_root(ctx)?);
    }
    let zone = match &args.time_zone {
        Some(zone) => zone.clone(),
        None => ask(ctx, "Time zone of the site's dates", "UTC")?,
    };
    let locale = match &args.locale {
        Some(locale) => locale.clone(),
        None => ask(ctx, "Locale that every asset needs alt text in", "en")?,
    };
    let mut policy = crate::domain::policy::Policy { locale, ..Default::default() };
    policy.zone = Zone::named(&zone)?;
    let catalog = catalog_path(ctx)?;
    let beside = catalog.parent().unwrap_or(&ctx.current_dir).join("quarantine");
    let quarantine = args.quarantine.as_ref().map(|path| ctx.current_dir.join(path));
    let quarantine = quarantine.unwrap_or(beside);
    let path = config_path(ctx)?;
    let roots = name_roots(ctx, &production, &args.draft_root);
    Ok(Config { path, policy, catalog, quarantine, roots, publish: None, addresses: Vec::new() })
}

fn ask_root(ctx: &mut Context<'_>) -> Result<PathBuf, Error> {
    if ctx.asking == Asking::Impossible {
        return Err(Error::Usage {
            message: "no folder is named".to_owned(),
            hint: Some("say which with `--root DIR`, such as wp-content/uploads".to_owned()),
        });
    }
    let answer = ctx.ask("Folder that is served to the public", "wp-content/uploads")?;
    Ok(PathBuf::from(answer))
}

fn ask(ctx: &mut Context<'_>, question: &str, usual: &str) -> Result<String, Error> {
    match ctx.asking {
        Asking::Possible => ctx.ask(question, usual),
        Asking::Impossible => Ok(usual.to_owned()),
    }
}

fn config_path(ctx: &Context<'_>) -> Result<PathBuf, Error> {
    let settings = &ctx.settings;
    let usual = || Some(settings.config_home.as_ref()?.join("shelflife").join("shelflife.toml"));
    settings.lookup.named.clone().or_else(usual).ok_or_else(|| Error::Usage {
        message: "there is no home folder to put the configuration in".to_owned(),
        hint: Some("say where with `--config FILE`".to_owned()),
    })
}

fn catalog_path(ctx: &Context<'_>) -> Result<PathBuf, Error> {
    let settings = &ctx.settings;
    let usual = || Some(settings.state_home.as_ref()?.join("shelflife").join("catalog.db"));
    settings.catalog.clone().or_else(usual).ok_or_else(|| Error::Usage {
        message: "there is no home folder to put the catalog in".to_owned(),
        hint: Some("say where with `--catalog FILE`".to_owned()),
    })
}

/// Each root by its folder's name; a number follows where two have the same.
fn name_roots(ctx: &Context<'_>, production: &[PathBuf], drafts: &[PathBuf]) -> Vec<RootConfig> {
    let mut roots: Vec<RootConfig> = Vec::new();
    let production = production.iter().map(|path| (path, RootKind::Production));
    for (path, kind) in production.chain(drafts.iter().map(|path| (path, RootKind::Draft))) {
        let path = resolved(&ctx.current_dir.join(path));
        let last = path.file_name().map_or_else(|| "root".into(), |name| name.to_string_lossy());
        let taken = |name: &str| roots.iter().any(|root| root.name == name);
        let numbered = (2..).map(|number| format!("{last}-{number}"));
        let mut names = std::iter::once(last.to_string()).chain(numbered);
        let name = names.find(|name| !taken(name)).unwrap_or_default();
        roots.push(RootConfig { name, path, kind });
    }
    roots
}

/// The path without `.` and `..` parts where the folder exists, else as it is.
fn resolved(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut resolved, part| {
        match part {
            std::path::Component::ParentDir => {
                resolved.pop();
            }
            std::path::Component::CurDir => {}
            other => resolved.push(other),
        }
        resolved
    })
}

fn config_text(config: &Config) -> Result<String, Error> {
    let answers = Answers {
        catalog: &config.catalog,
        quarantine: &config.quarantine,
        roots: &config.roots,
        time_zone: config.policy.zone.name(),
        locale: &config.policy.locale,
    };
    config::commented_example(&answers)
        .ok_or_else(|| Error::usage("a path is not UTF-8, and the configuration is text"))
}

fn refuse_existing(config: &Config) -> Result<(), Error> {
    for (what, path) in [("configuration", &config.path), ("catalog", &config.catalog)] {
        if path.symlink_metadata().is_ok() {
            return Err(Error::Usage {
                message: format!("there is a {what} at {} already", path.display()),
                hint: Some(
                    "use it, or name another place with `--config` and `--catalog`".to_owned(),
                ),
            });
        }
    }
    Ok(())
}

/// Writes everything, the configuration last: without it nothing is found half made.
fn write(ctx: &mut Context<'_>, config: &Config, text: &str) -> Result<(), Error> {
    for folder in [config.catalog.parent(), config.path.parent()].into_iter().flatten() {
        files::create_private_dir(folder)?;
    }
    files::Quarantine::create(&config.quarantine)?;
    let genesis = Genesis { uuid: *uuid::Uuid::new_v4().as_bytes() };
    let mut catalog = Catalog::create(&config.catalog, &genesis, ctx.session(config))?;
    let uuid = catalog.uuid()?;
    for root in &config.roots {
        let opened = files::Root::open(&root.path)?;
        match opened.read_marker()? {
            Some(other) if other != uuid => leave_alone(ctx, root, &other),
            _ => {
                opened.write_marker(&uuid)?;
                catalog.add_root(&root.name, root.kind, opened.device()?)?;
            }
        }
    }
    ctx.report.summary.audit = catalog.finish_run(ctx.report.summary.exit_code().number())?;
    files::write_new_private(&config.path, text.as_bytes())?;
    for (what, path) in [
        ("configuration", &config.path),
        ("catalog", &config.catalog),
        ("quarantine", &config.quarantine),
    ] {
        let what = format!("{what} {}", path.display());
        ctx.report.say(&Item::Edit { subject: None, what });
    }
    for root in &config.roots {
        let what = format!("{} root {} at {}", root.kind.name(), root.name, root.path.display());
        ctx.report.say(&Item::Edit { subject: None, what });
    }
    ctx.report.text("Next: `shelflife scan` learns what the folders hold.");
    Ok(())
}

/// A root of another catalog is configured, and nothing more: only a person knows whether that
/// catalog is lost.
fn leave_alone(ctx: &mut Context<'_>, root: &RootConfig, catalog: &str) {
    ctx.report.outcome(ExitCode::Guard);
    let because = format!("it is marked as part of catalog {catalog}");
    let fields = vec![
        ("root", root.name.as_str().into()),
        ("path", root.path.display().to_string().into()),
        ("because", because.into()),
    ];
    ctx.report.row("root left alone", fields);
    ctx.report.text(format!(
        "If that catalog is lost for good, `shelflife recover --rebuild --lost {catalog}` shows \
         what can be brought back."
    ));
}
