//! `scan`: learns what the library's folders hold.

mod approvals;
mod found;
mod returned;
mod root;

pub(in crate::commands) use found::plan;

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

    /// Believe it that most files of a root are gone, and note them as missing
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
        let _lock = ctx.settle_first(catalog)?;
        let mut drafts = 0;
        for root in &config.roots {
            if args.root.is_empty() || args.root.contains(&root.name) {
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
