//! `context`: what assets depend on outside of themselves.

mod add;
mod change;
mod end;
mod impact;
mod list;
mod show;

use super::Context;
use super::words::said;
use crate::domain::context::{Context as AssetContext, ContextKind};
use crate::domain::context_fact::{ContextFacts, Stated, restated};
use crate::domain::window::Window;
use crate::error::Error;

/// Record what assets depend on, and what became of it
///
/// A context is something outside of an asset that decides how long the asset is right: a campaign,
/// an offer, a season, a product, its packaging, the brand, a claim, a prompt template or a
/// provider's terms. Its key is KIND/NAME, such as packaging/tea-tin. An approval keeps the revision
/// of each context that it saw.
#[derive(Debug, clap::Args)]
pub struct ContextArgs {
    #[command(subcommand)]
    command: ContextCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ContextCommand {
    Add(add::AddArgs),
    Change(change::ChangeArgs),
    End(end::EndArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
}

/// What is on record about a revision.
#[derive(Debug, clap::Args)]
struct StatedFacts {
    /// A fact about it, such as utm-campaign=spring26 or evidence=report.pdf; may be repeated. A name
    /// that there is not for its kind is refused with those that there are
    #[arg(long, value_name = "NAME=VALUE", value_parser = stated)]
    fact: Vec<Stated>,
}

impl StatedFacts {
    /// The facts after some are taken out and these are stated.
    fn beside(
        &self,
        kind: ContextKind,
        before: &ContextFacts,
        removed: &[String],
    ) -> Result<ContextFacts, Error> {
        restated(kind, before, (removed, &self.fact))
            .map_err(|error| Error::usage(error.to_string()))
    }
}

fn stated(text: &str) -> Result<Stated, String> {
    let (name, value) = text.split_once('=').ok_or("not a fact (write NAME=VALUE)")?;
    Ok(Stated { name: name.trim().to_owned(), value: said(value)? })
}

pub(super) fn run(args: &ContextArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.command {
        ContextCommand::Add(args) => add::run(args, ctx),
        ContextCommand::Change(args) => change::run(args, ctx),
        ContextCommand::End(args) => end::run(args, ctx),
        ContextCommand::List(args) => list::run(args, ctx),
        ContextCommand::Show(args) => show::run(args, ctx),
    }
}

/// The days on which the context holds.
fn window_of(context: &AssetContext) -> Window {
    Window {
        starts_on: context.starts_on,
        ends_on: context.ends_on,
        starts_at: context.starts_at,
        ends_at: context.ends_at,
    }
}

/// The window in words: `from 2026-03-01 through 2026-05-31`; nothing if it is open on both sides.
fn window_in_words(window: &Window) -> Option<String> {
    match (window.starts_on, window.ends_on) {
        (None, None) => None,
        (Some(first), None) => Some(format!("from {first} on")),
        (None, Some(last)) => Some(format!("through {last}")),
        (Some(first), Some(last)) => Some(format!("from {first} through {last}")),
    }
}
