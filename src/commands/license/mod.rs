//! `license`: the rights that assets share.

mod add;
mod change;
mod list;
mod scope;
mod show;

use std::collections::BTreeSet;

use super::Context;
use crate::catalog::Catalog;
use crate::domain::license::{License, Scope};
use crate::error::Error;
use crate::report::Value;

/// Record the rights to use assets
///
/// A license is a record of its own, and assets come to have it with `describe`. What is not
/// recorded is unknown: a missing territory does not mean everywhere, and no end does not mean for
/// ever. What a license excludes it forbids, whatever else it says.
#[derive(Debug, clap::Args)]
pub struct LicenseArgs {
    #[command(subcommand)]
    command: LicenseCommand,
}

#[derive(Debug, clap::Subcommand)]
enum LicenseCommand {
    Add(Box<add::AddArgs>),
    Change(Box<change::ChangeArgs>),
    List(list::ListArgs),
    Show(show::ShowArgs),
}

pub(super) fn run(args: &LicenseArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.command {
        LicenseCommand::Add(args) => add::run(args, ctx),
        LicenseCommand::Change(args) => change::run(args, ctx),
        LicenseCommand::List(args) => list::run(args, ctx),
        LicenseCommand::Show(args) => show::run(args, ctx),
    }
}

fn find_license(catalog: &Catalog, key: &str) -> Result<License, Error> {
    catalog.license(key)?.ok_or_else(|| Error::Usage {
        message: format!("there is no license `{key}`"),
        hint: Some("see `shelflife license list`".to_owned()),
    })
}

/// The codes of a scope, the `word` for an unrestricted one, nothing if it is unknown.
fn scope(scope: &Scope, word: &'static str) -> Value {
    match scope {
        Scope::Unknown => Value::Nothing,
        Scope::Unrestricted => word.into(),
        Scope::Only(codes) => codes.clone().into(),
    }
}

/// The codes that are excluded, none as an empty list.
fn excluded(codes: &BTreeSet<String>) -> Value {
    codes.iter().cloned().collect::<Vec<_>>().into()
}
