//! `reuse`: whether something old may be used again, and what may.

mod check;
mod find;

use crate::domain::context::ContextKey;
use crate::domain::reuse::Use;
use crate::domain::time::CivilDate;
use crate::error::Error;

use super::Context;

/// Ask whether assets may be used again
#[derive(Debug, clap::Args)]
pub struct ReuseArgs {
    #[command(subcommand)]
    command: ReuseCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ReuseCommand {
    Check(check::CheckArgs),
    Find(find::FindArgs),
}

pub(super) fn run(args: &ReuseArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.command {
        ReuseCommand::Check(args) => check::run(args, ctx),
        ReuseCommand::Find(args) => find::run(args, ctx),
    }
}

/// The use that somebody has in mind.
#[derive(Debug, Clone, clap::Args)]
struct UseArgs {
    /// Campaign that it is for, such as campaign/spring
    #[arg(long, value_name = "KEY", value_parser = campaign)]
    campaign: Option<ContextKey>,

    /// Country that it is for, as two letters such as DE
    #[arg(long, value_name = "CODE", value_parser = country)]
    territory: Option<String>,

    /// First day of the use [default: today]
    #[arg(long, value_name = "DATE")]
    from: Option<String>,

    /// Last day of the use, inclusive [default: the first]
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
}

impl UseArgs {
    /// The use in instants, by the civil days of the site's zone.
    fn wanted(&self, ctx: &mut Context<'_>, placement: &str) -> Result<Use, Error> {
        let zone = ctx.config()?.policy.zone.clone();
        let today = zone.date_at(ctx.now);
        let day = |text: &Option<String>| {
            text.as_deref().map(|text| CivilDate::parse(text, today)).transpose()
        };
        let first = day(&self.from)?;
        let last = day(&self.to)?.or(first).unwrap_or(today);
        if first.unwrap_or(today) > last {
            return Err(Error::usage("the last day of the use is before the first"));
        }
        Ok(Use {
            placement: placement.to_owned(),
            campaign: self.campaign.clone(),
            territory: self.territory.clone(),
            from: first.map_or(ctx.now, |day| zone.start_of(day)),
            until: zone.cutoff(last).before(),
        })
    }
}

fn campaign(text: &str) -> Result<ContextKey, String> {
    let key = if text.contains('/') { text.to_owned() } else { format!("campaign/{text}") };
    key.parse().map_err(|error: crate::domain::context::ContextKeyError| error.to_string())
}

/// ISO 3166-1 alpha-2, upper case.
fn country(text: &str) -> Result<String, String> {
    let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if fits {
        return Ok(text.to_ascii_uppercase());
    }
    Err("not a country code (two letters, such as DE)".to_owned())
}
