//! `validate`: what is wrong with assets.

use crate::domain::validation::{Rule, findings_of, rules};
use crate::error::Error;
use crate::report::{Found, Item};

use super::Context;
use super::dossier::Brief;
use super::library::{Court, subject};
use super::selection::{Empty, Selection, rule};

/// Find what is wrong with assets
///
/// Without a selection, with all of them. Each finding names its rule; `shelflife rules CODE` says
/// why it matters and what to do. An asset without errors of gating rules can be approved.
#[derive(Debug, clap::Args)]
pub struct ValidateArgs {
    #[command(flatten)]
    selection: Selection,

    /// Ask only this rule, by code or name; may be repeated
    #[arg(long, value_name = "CODE", value_parser = rule)]
    rule: Vec<&'static Rule>,
}

pub(super) fn run(args: &ValidateArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let wanted = |rule: &&&Rule| {
        args.rule.is_empty() || args.rule.iter().any(|wanted| wanted.code == rule.code)
    };
    let asked: Vec<&'static Rule> = rules::ALL.iter().filter(wanted).copied().collect();
    ctx.report.figure("assets checked", 0);
    let from = (&catalog, &court);
    args.selection.visit_dossiers(ctx, from, Empty::All, |ctx, dossier, verdict| {
        ctx.report.figure("assets checked", 1);
        let brief = Brief::new(&dossier, &verdict, &court);
        for finding in findings_of(asked.iter().copied(), &brief.subject(ctx.now)) {
            let subject = Some(subject(&dossier.row.asset));
            ctx.report.say(&Item::Finding(Found::new(subject, finding)));
        }
        Ok(())
    })
}
