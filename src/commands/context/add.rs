//! `context add`: something new that assets can depend on.

use crate::catalog::{CatalogError, NewContext};
use crate::domain::context::{ContextKey, ContextRule};
use crate::domain::context_fact::{ContextFacts, InWords};
use crate::domain::window::Window;
use crate::error::Error;
use crate::report::Item;

use super::super::Context;
use super::super::days::Days;
use super::super::library::Mode;
use super::super::words::said;
use super::{StatedFacts, window_in_words};

/// Add a context
///
/// Its first revision counts at once. Assets come to depend on it with `describe`.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// KIND/NAME; the kinds are campaign, offer, season, product, packaging, brand, claim, template
    /// and provider
    #[arg(value_name = "KEY")]
    key: ContextKey,

    /// What people call it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    title: Option<String>,

    /// Who answers for it
    #[arg(long, value_name = "OWNER", value_parser = said)]
    owner: Option<String>,

    /// What a newer revision or the end does to the assets that depend on it: `expire`, `review` or
    /// `ignore` [default: review for templates and providers, else expire]
    #[arg(long, value_name = "RULE", value_parser = rule)]
    rule: Option<ContextRule>,

    /// Time zone of its days, such as Europe/Berlin [default: the site's]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,

    #[command(flatten)]
    days: Days,

    #[command(flatten)]
    facts: StatedFacts,

    /// What its first revision is
    #[arg(long, value_name = "TEXT", value_parser = said)]
    note: Option<String>,

    /// Show what would be recorded and record nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &AddArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let zone = ctx.zone(args.time_zone.as_deref())?;
    let facts = args.facts.beside(args.key.kind, &ContextFacts::new(), &[])?;
    let new = NewContext {
        key: args.key.clone(),
        title: args.title.clone(),
        owner: args.owner.clone(),
        rule: args.rule.unwrap_or_else(|| args.key.kind.default_rule()),
        zone: args.time_zone.as_ref().map(|_| zone.name().to_owned()),
        window: args.days.window(ctx, Window::default(), &zone)?,
        note: args.note.clone().unwrap_or_else(|| "as first recorded".to_owned()),
        facts,
    };
    let mode = Mode::unless_dry_run(args.dry_run);
    ctx.with_catalog(mode, |ctx, catalog| {
        if catalog.context(&new.key)?.is_some() {
            let key = new.key.to_string();
            return Err(CatalogError::Exists { what: "context", key }.into());
        }
        if mode == Mode::Real {
            catalog.add_context(&new)?;
        }
        ctx.report.say(&Item::Edit { subject: None, what: in_words(&new) });
        Ok(())
    })
}

fn in_words(new: &NewContext) -> String {
    let window = window_in_words(&new.window).map_or(String::new(), |days| format!(", {days}"));
    let facts = InWords(&new.facts).to_string();
    let facts = if facts.is_empty() { facts } else { format!(" ({facts})") };
    format!("context {}{window}, rule {}: {}{facts}", new.key, new.rule.name(), new.note)
}

fn rule(text: &str) -> Result<ContextRule, String> {
    ContextRule::named(text).ok_or_else(|| {
        let names: Vec<_> = ContextRule::ALL.iter().map(|rule| rule.name()).collect();
        format!("not a rule (one of {})", names.join(", "))
    })
}
