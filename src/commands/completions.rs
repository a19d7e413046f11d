//! Completion scripts for shells.

use clap_complete::Shell;

use super::Context;
use crate::report::Item;

/// Print a script that completes shelflife's commands in a shell
///
/// For bash: shelflife completions bash > ~/.local/share/bash-completion/completions/shelflife
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// Shell to complete in
    pub shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, ctx: &mut Context<'_>) {
    let name = ctx.command_line.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut ctx.command_line, name, &mut script);
    ctx.report.say(&Item::Document(String::from_utf8_lossy(&script).into_owned()));
}
