//! `context change`: a new revision, and what it does to the assets that depend on it.

use crate::domain::context::{ContextChange, ContextKey};
use crate::error::Error;

use super::super::Context;
use super::super::days::Days;
use super::super::library::{Court, Mode};
use super::super::selection::find_context;
use super::super::words::said;
use super::{StatedFacts, impact, window_of};

/// Show what a new revision of a context does to assets, and record it with --apply
///
/// Assets that were approved against an older revision expire or become due for review when the new
/// one begins to count, as the context's rule says. A season or another thing that recurs brings its
/// new days along: what was approved for the last time stays ended.
#[derive(Debug, clap::Args)]
pub(super) struct ChangeArgs {
    /// Such as packaging/tea-tin
    #[arg(value_name = "KEY")]
    key: ContextKey,

    /// What changed, such as "v4 tin"
    #[arg(long, value_name = "TEXT", value_parser = said)]
    note: String,

    /// When it begins to count: a date, from its first instant on, or an instant [default: now]
    #[arg(long, value_name = "TIME", conflicts_with_all = ["starts_on", "ends_on"])]
    effective: Option<String>,

    #[command(flatten)]
    days: Days,

    #[command(flatten)]
    facts: StatedFacts,

    /// A fact that the new revision is without, by its name; may be repeated
    #[arg(long, value_name = "NAME")]
    remove_fact: Vec<String>,

    /// Record the revision
    #[arg(long)]
    apply: bool,
}

pub(super) fn run(args: &ChangeArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::only_with_apply(args.apply);
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let read = find_context(catalog, &args.key)?;
        let zone = ctx.zone(read.zone.as_deref())?;
        let effective = args.effective.as_deref().map(|text| ctx.instant(text, &zone));
        let window = (!args.days.is_empty())
            .then(|| args.days.window(ctx, window_of(&read), &zone))
            .transpose()?;
        let effective_at = effective.transpose()?.unwrap_or(ctx.now);
        let before = read.facts_at(effective_at);
        let facts = args.facts.beside(args.key.kind, &before, &args.remove_fact)?;
        let (note, facts) = (args.note.clone(), Some(facts));
        let change = ContextChange::Revise { effective_at, window, note, facts };
        impact::carry_out(ctx, (catalog, &court), (&read, &change), (mode, &zone))
    })
}
