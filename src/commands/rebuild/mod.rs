//! `recover --rebuild`: records again for what a lost catalog knew.

mod roots;
mod telling;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::{Catalog, Genesis, refuse_stray_log};
use crate::commands::Context;
use crate::commands::act::{refuse_while_paused, say_recovered, target_on};
use crate::commands::library::{Mode, new_id};
use crate::commands::opening::refuse_network;
use crate::commands::turn::begin_turn;
use crate::config::Config;
use crate::domain::asset::AssetId;
use crate::domain::path::RelPath;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::rebuild::{
    Became, Examined, Part, Rebuild, Rumors, adopt, count_waiting, examine, examine_known, listen,
    record_astray, record_left, unknown_stores,
};
use crate::executor::{Obstacle, Target, recover};
use crate::files::{create_private_dir, make_new_private};

use self::telling::{say_astray, say_examined, say_obstacle};

/// What a person said about the rebuild.
pub(super) struct Order<'a> {
    /// Catalogs that are lost.
    pub(super) lost: &'a [String],
    /// Why; `None` for a plan.
    pub(super) apply: Option<&'a str>,
}

pub(super) fn run(order: &Order<'_>, ctx: &mut Context<'_>) -> Result<(), Error> {
    let config = ctx.config()?;
    match order.apply {
        None => plan(order, ctx, &config),
        Some(reason) => apply(order, ctx, (&config, reason)),
    }
}

fn plan(order: &Order<'_>, ctx: &mut Context<'_>, config: &Arc<Config>) -> Result<(), Error> {
    ctx.report.summary.dry_run = true;
    let mut catalog = if is_there(config) {
        Catalog::open_to_read(&config.catalog)?
    } else {
        refuse_stray_log(&config.catalog)?;
        ctx.report.text("There is no catalog; --apply makes a new one.");
        in_memory(ctx, config)?
    };
    let seen = roots::survey(config, &catalog, order.lost)?;
    roots::say(ctx, &seen);
    let (roots, names) = roots::numbered(seen);
    let switch = ctx.switch(config);
    let mut target = target_on((ctx, config), &mut catalog, switch, roots)?;
    let ids = ids(ctx);
    let wanted = Rebuild { roots: names, lost: order.lost, reason: "", new_id: &ids };
    if rebuild(ctx, &mut target, &wanted, Mode::DryRun)? > 0 {
        ctx.report.text("To make these records, add --apply --reason TEXT.");
    }
    let waiting = count_waiting(target.catalog, &target.quarantine)?.own;
    if waiting > 0 {
        ctx.report.text(format!(
            "No scan is made while {} of this catalog wait for --apply. What stays without a record \
             then is noted, and does not wait any more.",
            counted(waiting, "folder")
        ));
    }
    Ok(())
}

fn apply(
    order: &Order<'_>,
    ctx: &mut Context<'_>,
    (config, reason): (&Arc<Config>, &str),
) -> Result<(), Error> {
    if !is_there(config) {
        make_catalog(order, ctx, config)?;
    }
    ctx.with_catalog(Mode::Real, |ctx, catalog| {
        let switch = ctx.switch(config);
        refuse_while_paused(&switch, catalog)?;
        let _lock = begin_turn(ctx, (config, catalog))?;
        // It may have waited for long.
        refuse_while_paused(&switch, catalog)?;
        let seen = roots::survey(config, catalog, order.lost)?;
        roots::take_over(ctx, catalog, (&seen, reason))?;
        let (roots, names) = roots::numbered(roots::survey(config, catalog, order.lost)?);
        let mut target = target_on((ctx, config), catalog, switch, roots)?;
        let recovered = recover(&mut target)?;
        say_recovered(ctx, target.catalog, &recovered)?;
        let ids = ids(ctx);
        let wanted = Rebuild { roots: names, lost: order.lost, reason, new_id: &ids };
        if rebuild(ctx, &mut target, &wanted, Mode::Real)? > 0 {
            ctx.report.text("Bring files back with `shelflife restore --state quarantined`.");
        }
        Ok(())
    })
}

fn is_there(config: &Config) -> bool {
    config.catalog.symlink_metadata().is_ok()
}

fn in_memory(ctx: &Context<'_>, config: &Config) -> Result<Catalog, Error> {
    let genesis = Genesis { uuid: *uuid::Uuid::new_v4().as_bytes() };
    Ok(Catalog::in_memory(&genesis, ctx.session(config))?)
}

/// An empty catalog in place of the lost one, whole or not at all, unless the roots may be somebody's.
fn make_catalog(order: &Order<'_>, ctx: &mut Context<'_>, config: &Config) -> Result<(), Error> {
    refuse_network(&config.catalog)?;
    refuse_stray_log(&config.catalog)?;
    let mut made = in_memory(ctx, config)?;
    refuse_while_paused(&ctx.switch(config), &made)?;
    roots::refuse_foreign(&roots::survey(config, &made, order.lost)?)?;
    made.finish_run(0)?;
    if let Some(folder) = config.catalog.parent() {
        create_private_dir(folder)?;
    }
    make_new_private(&config.catalog, |part| Ok::<_, Error>(made.save_to(part)?))?;
    ctx.report.text(format!("A new catalog was made at {}.", config.catalog.display()));
    Ok(())
}

/// Gives identifiers that sort by the command's instant.
fn ids(ctx: &Context<'_>) -> impl Fn() -> String + use<> {
    let now = ctx.now;
    move || new_id(now)
}

/// Looks at everything that the catalog does not know, and at what it knows wrongly; makes the
/// records if it is to. Tells how many.
fn rebuild(
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    wanted: &Rebuild<'_>,
    mode: Mode,
) -> Result<u64, Error> {
    let unknown = unknown_stores(target.catalog, &target.quarantine)?;
    let mut rumors = listen(target, &unknown)?;
    let mut count = 0;
    for store in target.catalog.stores_in_use()? {
        ctx.stop_if_interrupted()?;
        match known(ctx, target, wanted, (&store, &rumors.own, mode)) {
            Ok(None | Some((_, Became::Damaged))) => {}
            Ok(Some((asset, _))) => {
                rumors.came_back.insert(asset);
                count += 1;
            }
            Err(obstacle) => say_obstacle(ctx, &store, obstacle)?,
        }
    }
    let progress = ctx.progress(u64::try_from(unknown.len()).unwrap_or(0), "folders");
    let mut left = Vec::new();
    for (part, store) in &unknown {
        ctx.stop_if_interrupted()?;
        match unknown_store(ctx, target, wanted, ((*part, store), &rumors, mode)) {
            Ok(None) => count += 1,
            Ok(Some(why)) => left.push((*part, store.clone(), why)),
            Err(obstacle) => {
                left.push((*part, store.clone(), obstacle.in_words()));
                say_obstacle(ctx, store, obstacle)?;
            }
        }
        progress.advance(1);
    }
    if mode == Mode::Real {
        note_left(ctx, target, (&left, wanted.reason))?;
    }
    if count == 0 && ctx.report.summary.exit_code() == crate::exit::ExitCode::Success {
        ctx.report.text("The catalog knows everything that is in quarantine.");
    }
    Ok(count)
}

/// Notes which folders of this catalog stay without a record: a scan does not wait for them.
fn note_left(
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    (left, reason): (&[(Part, String, String)], &str),
) -> Result<(), Error> {
    let noted = record_left(target, left, reason)?;
    if noted > 0 {
        let folders = counted(noted, "folder");
        ctx.report.text(format!(
            "{folders} of this catalog without a record: noted in the log. They stay as they are, \
             and no scan waits for them."
        ));
    }
    Ok(())
}

fn known(
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    wanted: &Rebuild<'_>,
    (store, told_of, mode): (&str, &BTreeSet<(AssetId, RelPath)>, Mode),
) -> Result<Option<(AssetId, Became)>, Obstacle> {
    let Some(astray) = examine_known(target, store, told_of)? else { return Ok(None) };
    if mode == Mode::Real {
        record_astray(target, wanted, &astray)?;
    }
    say_astray(ctx, target.catalog, &astray)?;
    Ok(Some((astray.taken.asset, astray.became)))
}

/// Makes the record of a folder, if that is asked and possible; else tells why it stays without one.
fn unknown_store(
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    wanted: &Rebuild<'_>,
    ((part, store), rumors, mode): ((Part, &str), &Rumors, Mode),
) -> Result<Option<String>, Obstacle> {
    let examined = examine(target, wanted, (part, store), rumors)?;
    let asset = match (&examined, mode) {
        (Examined::Whole(adoption, _), Mode::Real) => Some(adopt(target, adoption)?),
        (Examined::Whole(adoption, _), Mode::DryRun) => {
            target.catalog.foresee_adoption(adoption)?
        }
        _ => None,
    };
    say_examined(ctx, (part, store), &examined, asset);
    Ok(match examined {
        Examined::Whole(..) => None,
        Examined::Damaged { why } => Some(why),
        Examined::Homeless { root } => Some(format!("the root `{root}` is not configured")),
        Examined::Empty => Some("nothing is in it".to_owned()),
        Examined::Foreign { catalog } => Some(format!("it is of catalog {catalog}")),
    })
}
