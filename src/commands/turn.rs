//! Whose turn it is to move files: one run at a time.

use std::time::Duration;

use crate::catalog::Catalog;
use crate::config::Config;
use crate::error::Error;
use crate::files::{Locking, RunLock};

use super::Context;

/// The file beside the catalog that a run locks.
pub(super) const LOCK: &str = "run.lock";

/// How long a command that waits sleeps before it looks again.
const INTERVAL: Duration = Duration::from_millis(100);

/// Takes the lock, and lets a run that still believes to have it change nothing any more. The instant
/// that everything is decided at is that of the turn, not that at which somebody began to wait for it.
pub(super) fn begin_turn(
    ctx: &mut Context<'_>,
    (config, catalog): (&Config, &mut Catalog),
) -> Result<RunLock, Error> {
    let (lock, waited) = take_lock(ctx, config)?;
    let now = ctx.now.plus(waited);
    if catalog.begin_later(now) {
        (ctx.now, ctx.wall_clock) = (now, ctx.wall_clock.plus(waited));
    }
    catalog.begin_epoch()?;
    Ok(lock)
}

/// Takes the lock, after waiting for another run as long as was asked for, and tells how long that was, at
/// least.
fn take_lock(ctx: &Context<'_>, config: &Config) -> Result<(RunLock, Duration), Error> {
    let who = ctx.actor.name();
    let host = &ctx.actor.host;
    let (id, since) = (std::process::id(), ctx.now);
    let holder = format!("process {id} of {who} on {host} since {since}: {}", ctx.typed);
    let path = config.catalog.with_file_name(LOCK);
    let turns = ctx.settings.wait.as_millis() / INTERVAL.as_millis();
    let turns = u64::try_from(turns).unwrap_or(u64::MAX);
    let progress = ctx.progress(turns, "waiting for another run");
    let mut turn = 0_u64;
    loop {
        match RunLock::take(&path, &holder)? {
            Locking::Taken(lock) => {
                let waited = INTERVAL.saturating_mul(u32::try_from(turn).unwrap_or(u32::MAX));
                return Ok((lock, waited));
            }
            Locking::Busy { holder } if turn == turns => return Err(Error::RunLocked { holder }),
            Locking::Busy { .. } => {}
        }
        ctx.stop_if_interrupted()?;
        std::thread::sleep(INTERVAL.saturating_sub(RunLock::MOMENT));
        turn += 1;
        progress.advance(1);
    }
}

/// Whether another run is at work now.
pub(super) fn is_busy(config: &Config) -> Result<bool, Error> {
    Ok(RunLock::holder(&config.catalog.with_file_name(LOCK))?.is_some())
}
