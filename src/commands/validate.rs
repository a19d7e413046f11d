//! `validate`: what is wrong with assets.

use crate::catalog::Dossier;
use crate::domain::lifecycle::Verdict;
use crate::domain::validation::{Census, Finding, Rule, findings_of_each, rules};
use crate::error::Error;
use crate::report::{Found, Item, Subject};

use super::Context;
use super::dossier::Brief;
use super::library::{Court, subject};
use super::selection::{Empty, Selection, rule};
use super::survey::Beside;

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
    let now = ctx.now;
    let judge = |dossiers: Vec<Dossier>, verdicts: Vec<Verdict>, census: Option<&Census>| {
        let brief = |(dossier, verdict)| Brief::new(dossier, verdict, &court).among(census);
        let briefs: Vec<_> = dossiers.iter().zip(&verdicts).map(brief).collect();
        let subjects: Vec<_> = briefs.iter().map(|brief| brief.subject(now)).collect();
        let findings = findings_of_each(asked.iter().copied(), &subjects);
        let told = dossiers.iter().zip(findings).map(|(dossier, findings)| {
            ((!findings.is_empty()).then(|| subject(&dossier.row.asset)), findings)
        });
        told.collect()
    };
    let mut tell = |ctx: &mut Context<'_>, (subject, findings): (Option<Subject>, Vec<Finding>)| {
        ctx.report.figure("assets checked", 1);
        for finding in findings {
            ctx.report.say(&Item::Finding(Found::new(subject.clone(), finding)));
        }
        Ok(())
    };
    let how = (Empty::All, Beside::wanted_by(asked.iter().copied()));
    args.selection.visit_judged(ctx, (&catalog, &court), how, (&judge, &mut tell))
}
