//! `context end`: the last day of a context, and what it does to the assets that depend on it.

use crate::domain::context::{ContextChange, ContextKey};
use crate::error::Error;

use super::super::Context;
use super::super::library::{Court, Mode};
use super::super::selection::find_context;
use super::super::words::said;
use super::impact;

/// Show what the end of a context does to assets, and record it with --apply
///
/// Assets that depend on it may be used through its last day. An end that lies ahead can be moved;
/// one that has passed stays.
#[derive(Debug, clap::Args)]
pub(super) struct EndArgs {
    /// Such as campaign/spring-2026
    #[arg(value_name = "KEY")]
    key: ContextKey,

    /// Why it ends
    #[arg(long, value_name = "TEXT", value_parser = said)]
    note: String,

    /// Its last day, which still belongs to it
    #[arg(long, value_name = "DATE", default_value = "today")]
    on: String,

    /// Record the end
    #[arg(long)]
    apply: bool,
}

pub(super) fn run(args: &EndArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::only_with_apply(args.apply);
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let read = find_context(catalog, &args.key)?;
        let zone = ctx.zone(read.zone.as_deref())?;
        let on = ctx.day(&args.on, &zone)?;
        let change = ContextChange::End { on, at: zone.cutoff(on), note: args.note.clone() };
        impact::carry_out(ctx, (catalog, &court), (&read, &change), (mode, &zone))
    })
}
