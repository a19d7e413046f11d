//! The subcommands: each file is one, with its arguments and its `run`.
//!
//! A command loads, decides, applies and reports, in this order, and never prints. To add one:
//! write its file, then add its `mod`, its variant, its arm in [`dispatch`] and its row in
//! [`COMMANDS`] (`table.rs`).

mod act;
mod approve;
mod audit;
mod backup;
mod behind;
mod bulk;
mod check;
mod claims;
mod clean;
mod clearing;
mod completions;
mod context;
mod days;
mod decide;
mod demo;
mod describe;
mod doctor;
mod dossier;
mod errand;
mod expire;
mod exported;
mod eyes;
mod flag;
mod for_placement;
mod foretold;
mod history;
mod hold;
mod impact;
mod import;
mod init;
mod leftovers;
mod library;
mod license;
mod list;
mod list_file;
mod looks;
mod man;
mod naming;
mod older;
mod opening;
mod pause;
mod plan;
mod policy;
mod progress;
mod publish;
mod purge;
mod rebuild;
mod reconsider;
mod recover;
mod references;
mod reject;
mod release;
mod renew;
mod replace;
mod restore;
mod resume;
mod reuse;
mod roots;
mod rules;
mod saved;
mod scan;
mod selection;
mod settings;
mod settled;
mod show;
mod siblings;
mod survey;
mod sweep;
mod table;
mod turn;
mod usage;
mod validate;
mod why;
mod withdraw;
mod words;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::config::Config;
use crate::domain::actor::Actor;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::Report;

pub use errand::Errand;
pub use progress::Progress;
pub use settings::Settings;
pub use table::{COMMANDS, Class, CommandRow, Start};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Approve(approve::ApproveArgs),
    Audit(audit::AuditArgs),
    Backup(backup::BackupArgs),
    Check(Box<check::CheckArgs>),
    Clean(clean::CleanArgs),
    Completions(completions::CompletionsArgs),
    Context(context::ContextArgs),
    Demo(demo::DemoArgs),
    Describe(Box<describe::DescribeArgs>),
    Doctor(doctor::DoctorArgs),
    Expire(expire::ExpireArgs),
    Flag(flag::FlagArgs),
    History(history::HistoryArgs),
    Hold(hold::HoldArgs),
    Import(import::ImportArgs),
    Init(init::InitArgs),
    Leftovers(leftovers::LeftoversArgs),
    License(license::LicenseArgs),
    List(list::ListArgs),
    Man(man::ManArgs),
    Pause(pause::PauseArgs),
    Plan(plan::PlanArgs),
    Policy(policy::PolicyArgs),
    Publish(publish::PublishArgs),
    Purge(purge::PurgeArgs),
    Reconsider(reconsider::ReconsiderArgs),
    Recover(recover::RecoverArgs),
    References(references::ReferencesArgs),
    Reject(reject::RejectArgs),
    Release(release::ReleaseArgs),
    Renew(renew::RenewArgs),
    Replace(replace::ReplaceArgs),
    Restore(restore::RestoreArgs),
    Resume(resume::ResumeArgs),
    Reuse(reuse::ReuseArgs),
    Rules(rules::RulesArgs),
    Scan(scan::ScanArgs),
    Show(show::ShowArgs),
    Sweep(sweep::SweepArgs),
    Validate(validate::ValidateArgs),
    Why(why::WhyArgs),
    Withdraw(withdraw::WithdrawArgs),
}

/// Runs one command.
pub fn dispatch(command: &Command, ctx: &mut Context<'_>) -> Result<(), Error> {
    match command {
        Command::Approve(args) => approve::run(args, ctx),
        Command::Audit(args) => audit::run(args, ctx),
        Command::Backup(args) => backup::run(args, ctx),
        Command::Check(args) => check::run(args, ctx),
        Command::History(args) => history::run(args, ctx),
        Command::Clean(args) => clean::run(args, ctx),
        Command::Completions(args) => {
            completions::run(args, ctx);
            Ok(())
        }
        Command::Context(args) => context::run(args, ctx),
        Command::Demo(args) => demo::run(args, ctx),
        Command::Describe(args) => describe::run(args, ctx),
        Command::Doctor(args) => doctor::run(args, ctx),
        Command::Expire(args) => expire::run(args, ctx),
        Command::Flag(args) => flag::run(args, ctx),
        Command::Hold(args) => hold::run(args, ctx),
        Command::Import(args) => import::run(args, ctx),
        Command::Init(args) => init::run(args, ctx),
        Command::Leftovers(args) => leftovers::run(args, ctx),
        Command::License(args) => license::run(args, ctx),
        Command::List(args) => list::run(args, ctx),
        Command::Man(args) => man::run(args, ctx),
        Command::Pause(args) => pause::run(args, ctx),
        Command::Plan(args) => plan::run(args, ctx),
        Command::Policy(args) => policy::run(args, ctx),
        Command::Publish(args) => publish::run(args, ctx),
        Command::Purge(args) => purge::run(args, ctx),
        Command::Reconsider(args) => reconsider::run(args, ctx),
        Command::Recover(args) => recover::run(args, ctx),
        Command::References(args) => references::run(args, ctx),
        Command::Reject(args) => reject::run(args, ctx),
        Command::Release(args) => release::run(args, ctx),
        Command::Renew(args) => renew::run(args, ctx),
        Command::Replace(args) => replace::run(args, ctx),
        Command::Restore(args) => restore::run(args, ctx),
        Command::Resume(args) => resume::run(args, ctx),
        Command::Reuse(args) => reuse::run(args, ctx),
        Command::Rules(args) => rules::run(args, ctx),
        Command::Scan(args) => scan::run(args, ctx),
        Command::Show(args) => show::run(args, ctx),
        Command::Sweep(args) => sweep::run(args, ctx),
        Command::Validate(args) => validate::run(args, ctx),
        Command::Why(args) => why::run(args, ctx),
        Command::Withdraw(args) => withdraw::run(args, ctx),
    }
}

/// What a command may touch, and all that it knows of the outside.
pub struct Context<'a> {
    pub report: Report<'a>,
    /// The one instant that everything in the command is decided at.
    ///
    /// It is the clock's, or that of `--as-of` in a command of [`Class::Read`].
    pub now: Timestamp,
    /// What the clock said when the command began.
    pub wall_clock: Timestamp,
    pub actor: Actor,
    /// The command line as one could type it, for the audit log.
    pub typed: String,
    pub settings: Settings,
    pub current_dir: PathBuf,
    pub stdin: &'a mut dyn Read,
    /// Where questions are put: standard error.
    pub questions: &'a mut dyn Write,
    pub asking: Asking,
    pub watching: Watching,
    /// The number of the signal that asked the command to stop between two items; 0 without one.
    pub interrupted: Arc<AtomicUsize>,
    /// Runs a command of its own, as the demo does, and gives its code and all it said.
    pub run_errand: fn(Errand) -> (ExitCode, String),
    /// The whole command line, for completions and man pages.
    pub command_line: clap::Command,
}

/// Whether a question can be put to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// There is a terminal, and nobody said `--no-input`.
    Possible,
    Impossible,
}

/// Whether somebody watches the command at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watching {
    /// Progress is drawn on the terminal.
    Terminal,
    Nobody,
}

impl Context<'_> {
    /// The configuration, read when it is first asked for.
    pub fn config(&mut self) -> Result<Arc<Config>, Error> {
        self.settings.config()
    }

    /// Asks the person at the terminal; an empty answer, or none, means `usual`.
    pub fn ask(&mut self, question: &str, usual: &str) -> Result<String, Error> {
        let asked = write!(self.questions, "{question} [{usual}]: ");
        asked.and_then(|()| self.questions.flush()).map_err(Error::Input)?;
        let mut line = Vec::new();
        let mut byte = [0];
        while self.stdin.read(&mut byte).map_err(Error::Input)? == 1 && byte != *b"\n" {
            line.extend_from_slice(&byte);
        }
        let answer = String::from_utf8_lossy(&line).trim().to_owned();
        Ok(if answer.is_empty() { usual.to_owned() } else { answer })
    }

    /// Everything on standard input, as the argument `-` asks for; at most `limit` bytes.
    pub fn read_input(&mut self, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let mut input = Read::take(&mut *self.stdin, limit.saturating_add(1));
        input.read_to_end(&mut bytes).map_err(Error::Input)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
            return Err(Error::usage(format!("standard input is longer than {limit} bytes")));
        }
        Ok(bytes)
    }

    /// Whether a signal asked the command to stop. Asked between two items, never inside one.
    pub fn is_interrupted(&self) -> bool {
        self.signal() != 0
    }

    fn signal(&self) -> usize {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Fails once a signal asked the command to stop.
    pub fn stop_if_interrupted(&self) -> Result<(), Error> {
        match self.signal() {
            0 => Ok(()),
            signal => Err(Error::Interrupted { signal }),
        }
    }

    /// A progress bar over `length` steps of `what`, seen only where somebody watches.
    pub fn progress(&self, length: u64, what: &'static str) -> Progress {
        Progress::new(length, what, self.watching)
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("report", &self.report)
            .field("now", &self.now)
            .field("actor", &self.actor)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
