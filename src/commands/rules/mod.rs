//! `rules`: what is checked, and why; and what somebody accepts for a while.

mod revoke;
mod waive;
mod waivers;

use crate::domain::validation::{Gate, Rule, rules};
use crate::error::Error;
use crate::report::Value;

use super::Context;

/// List what is checked, or explain one rule
///
/// Severities are those that rules have by themselves; the table [rules] of shelflife.toml sets
/// others.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RulesArgs {
    /// Code or name of a rule: SL201, alt-text-missing
    #[arg(value_name = "CODE")]
    code: Option<String>,

    #[command(subcommand)]
    step: Option<RulesCommand>,
}

#[derive(Debug, clap::Subcommand)]
enum RulesCommand {
    Revoke(revoke::RevokeArgs),
    Waive(waive::WaiveArgs),
    Waivers(waivers::WaiversArgs),
}

pub(super) fn run(args: &RulesArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.step {
        Some(RulesCommand::Revoke(args)) => revoke::run(args, ctx),
        Some(RulesCommand::Waive(args)) => waive::run(args, ctx),
        Some(RulesCommand::Waivers(args)) => waivers::run(args, ctx),
        None => explain(args, ctx),
    }
}

fn explain(args: &RulesArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.code {
        Some(code) => {
            let rule = rules::named(code).ok_or_else(|| unknown(code))?;
            ctx.report.sheet("rule", explanation(rule));
        }
        None => rules::ALL.iter().for_each(|rule| ctx.report.row("rule", line(rule))),
    }
    Ok(())
}

fn line(rule: &Rule) -> Vec<(&'static str, Value)> {
    vec![
        ("code", rule.code.into()),
        ("name", rule.name.into()),
        ("severity", rule.severity.name().into()),
        ("gates_approval", gates(rule)),
    ]
}

fn explanation(rule: &Rule) -> Vec<(&'static str, Value)> {
    let mut fields = line(rule);
    fields.extend([
        ("summary", rule.summary.into()),
        ("why", rule.why.into()),
        ("fix", rule.fix.into()),
        ("source", rule.source.into()),
        ("told_from", told_from(rule).into()),
    ]);
    fields
}

fn told_from(rule: &Rule) -> String {
    rule.needs.iter().map(|need| need.words()).collect::<Vec<_>>().join(", ")
}

fn gates(rule: &Rule) -> Value {
    Value::Truth(rule.gates_approval == Gate::Approval)
}

fn unknown(text: &str) -> Error {
    let near: Vec<_> =
        rules::near(text).iter().map(|rule| format!("{} ({})", rule.code, rule.name)).collect();
    let hint = if near.is_empty() {
        "`shelflife rules` lists them".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    Error::Usage { message: format!("there is no rule `{text}`"), hint: Some(hint) }
}
