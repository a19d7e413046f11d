//! `scan`: learns what the library's folders hold.

mod approvals;
mod found;
mod guards;
mod returned;
mod root;

pub(in crate::commands) use found::plan;

use std::collections::BTreeSet;

use crate::config::RootConfig;
use crate::domain::policy::Policy;
use crate::error::Error;
use crate::report::Item;

use super::Context;
use super::library::Mode;

/// Catalog what the folders of the library hold
///
/// Files that did not change since the last scan are not read again. New pictures become drafts;
/// nothing is moved or removed. Links are reported and never followed. While the catalog is older than
/// its quarantine, as after a backup was put back, `recover --rebuild --apply` comes first.
#[derive(Debug, clap::Args)]
pub struct ScanArgs {
    /// Only this root, by its name in the configuration; may be repeated
    #[arg(long, value_name = "NAME")]
    root: Vec<String>,

    /// Read every file again, whatever its time says
    #[arg(long)]
    full: bool,

    /// Believe it that more than a tenth of a root's files, and more than 20, are gone, and note them as
    /// missing; and that a root is the right one which lost its marker, or is on another device
    #[arg(long)]
    accept_missing: bool,
}

pub(super) fn run(args: &ScanArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let config = ctx.config()?;
    for name in &args.root {
        if !config.roots.iter().any(|root| root.name == *name) {
            let names: Vec<_> = config.roots.iter().map(|root| root.name.as_str()).collect();
            return Err(Error::Usage {
                message: format!("no root is called `{name}`"),
                hint: Some(format!("the configuration knows {}", names.join(", "))),
            });
        }
    }
    ctx.with_catalog(Mode::Real, |ctx, catalog| {
        let _lock = ctx.take_turn(catalog)?;
        let is_wanted = |root: &&RootConfig| args.root.is_empty() || args.root.contains(&root.name);
        let wanted: Vec<&RootConfig> = config.roots.iter().filter(is_wanted).collect();
        // First: what an earlier run left half-way is settled on roots that are believed only.
        let left_alone = if args.accept_missing {
            guards::accept(ctx, catalog, (&config, &wanted))?
        } else {
            BTreeSet::new()
        };
        ctx.settle_first(catalog)?;
        let mut drafts = 0;
        for root in wanted {
            if !left_alone.contains(root.name.as_str()) {
                drafts += root::scan(args, ctx, (catalog, &config, root))?;
            }
        }
        if drafts > 0 {
            say_drafts(ctx, &config.policy);
        }
        Ok(())
    })
}

/// A library that existed before shelflife is all drafts, and that is no reason to remove it.
fn say_drafts(ctx: &mut Context<'_>, policy: &Policy) {
    ctx.report.say(&Item::Text(format!(
        "New assets are drafts until a person approves them; nothing is removed for being a draft, \
         and after {} days a draft is called stale.",
        policy.stale_draft_days
    )));
}
