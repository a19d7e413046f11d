//! `reuse`: whether something old may be used again, and what may.

mod check;
mod decide;
mod decided;
mod find;
mod take;

use std::collections::BTreeSet;

use crate::catalog::FactsRow;
use crate::domain::context::{ContextKey, ContextKeyError, ContextKind};
use crate::domain::metadata::Metadata;
use crate::domain::reuse::{Candidate, Territory, Use};
use crate::domain::territory;
use crate::error::Error;

use super::Context;
use super::library::Court;

pub(super) use decided::decided_field;

/// Ask whether assets may be used again
#[derive(Debug, clap::Args)]
pub struct ReuseArgs {
    #[command(subcommand)]
    command: ReuseCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ReuseCommand {
    Check(check::CheckArgs),
    Decide(Box<decide::DecideArgs>),
    Find(find::FindArgs),
    Take(Box<take::TakeArgs>),
}

pub(super) fn run(args: &ReuseArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.command {
        ReuseCommand::Check(args) => check::run(args, ctx),
        ReuseCommand::Decide(args) => decide::run(args, ctx),
        ReuseCommand::Find(args) => find::run(args, ctx),
        ReuseCommand::Take(args) => take::run(args, ctx),
    }
}

/// The use that somebody has in mind, beside its placement.
#[derive(Debug, Clone, clap::Args)]
struct UseArgs {
    /// Campaign that it is for, such as campaign/spring or spring
    #[arg(long, value_name = "KEY", value_parser = campaign)]
    campaign: Option<ContextKey>,

    /// Country where it is to be seen, by its ISO 3166-1 code such as DE, or EU for its members; may
    /// be repeated
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = territory::codes_of)]
    territory: Vec<&'static [&'static str]>,

    /// It is to be seen everywhere
    #[arg(long, conflicts_with = "territory")]
    worldwide: bool,

    /// First day of the use, in the site's time zone [default: today]
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
}

/// The last day of a use, where nothing else has that name.
#[derive(Debug, Clone, clap::Args)]
struct LastDay {
    /// Last day of the use, which still belongs to it [default: the first]
    #[arg(long, visible_alias = "until", value_name = "DATE")]
    to: Option<String>,
}

impl UseArgs {
    /// Whether nothing was said about the use.
    fn is_empty(&self) -> bool {
        self.campaign.is_none()
            && self.territory.is_empty()
            && !self.worldwide
            && self.from.is_none()
    }

    /// The use in instants. It can begin now at the earliest: nobody knows any more what an asset
    /// could be used for before.
    fn wanted(
        &self,
        ctx: &mut Context<'_>,
        placement: &str,
        last: Option<&str>,
    ) -> Result<Use, Error> {
        let zone = ctx.zone(None)?;
        let today = zone.date_at(ctx.now);
        let day = |text: Option<&str>| text.map(|text| ctx.day(text, &zone));
        let first = day(self.from.as_deref()).transpose()?.unwrap_or(today);
        let last = day(last).transpose()?.unwrap_or(first);
        if first < today {
            return Err(Error::usage(format!("a use from {first} on has begun already")));
        }
        if last < first {
            let message = format!("the last day of the use, {last}, is before the first, {first}");
            return Err(Error::usage(message));
        }
        Ok(Use {
            placement: placement.to_owned(),
            campaign: self.campaign.clone(),
            territory: self.territory(),
            from: zone.start_of(first).max(ctx.now),
            until: zone.cutoff(last).before(),
        })
    }

    fn territory(&self) -> Territory {
        let codes: BTreeSet<_> = self.territory.iter().copied().flatten().collect();
        match (self.worldwide, codes.is_empty()) {
            (true, _) => Territory::Worldwide,
            (false, true) => Territory::Unsaid,
            (false, false) => Territory::In(codes.into_iter().map(ToString::to_string).collect()),
        }
    }
}

/// What the answers about an asset are made of.
fn candidate<'a>(row: &'a FactsRow, metadata: &'a Metadata, court: &'a Court) -> Candidate<'a> {
    Candidate {
        facts: &row.facts,
        metadata,
        world: &court.world,
        policy: court.policy(),
        digest: row.asset.digest,
    }
}

/// Where a use is to be seen, in words; nothing where nobody said.
fn territory_in_words(territory: &Territory) -> Option<String> {
    match territory {
        Territory::Unsaid => None,
        Territory::Worldwide => Some("worldwide".to_owned()),
        Territory::In(codes) => Some(codes.join(", ")),
    }
}

/// A campaign by its key, or by its name alone.
fn campaign(text: &str) -> Result<ContextKey, String> {
    let kind = ContextKind::Campaign;
    let whole =
        if text.contains('/') { text.to_owned() } else { format!("{}/{text}", kind.name()) };
    let key: ContextKey = whole.parse().map_err(|error: ContextKeyError| error.to_string())?;
    if key.kind == kind { Ok(key) } else { Err(format!("`{key}` is not a campaign")) }
}
