//! `audit verify`: whether the log is as it was written, and what else says the same.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::catalog::{AuditVerdict, Catalog};
use crate::domain::checkpoint::{SignedCheckpoint, VerifierKey, Vouched};
use crate::domain::text::printable;
use crate::error::Error;
use crate::exit::ExitCode;

use super::super::Context;
use super::disk::{self, Depth};
use super::replay;

/// A note or a key is a few lines; a longer file is neither.
const MOST: u64 = 64 * 1024;

/// Recompute the chain of the audit log
///
/// Every entry seals the one before it. An edited, removed or inserted entry breaks the chain, and
/// the command ends with exit code 65. That the newest entries were cut off, or the whole log made
/// anew, only shows against a checkpoint that somebody kept elsewhere.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// Compare the log with this checkpoint; may be given more than once
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,

    /// Public key that every checkpoint must be signed with: its line, or a file that holds it
    #[arg(long, value_name = "KEY", requires = "checkpoint")]
    key: Option<String>,

    /// Fold all entries and compare what comes out with the tables
    #[arg(long)]
    replay: bool,

    /// Compare the catalog with the files in library and quarantine: by size, or with `full` by hash
    #[arg(
        long,
        value_name = "DEPTH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "size"
    )]
    disk: Option<Depth>,
}

pub(super) fn run(args: &VerifyArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let key = args.key.as_ref().map(|key| read_key(ctx, key)).transpose()?;
    let notes = args.checkpoint.iter().map(|file| read_note(ctx, file));
    let notes = notes.collect::<Result<Vec<_>, _>>()?;
    let config = ctx.config()?;
    let catalog = ctx.settings.open_at_a_moment(&config.catalog)?;
    let length = match catalog.verify_audit()? {
        AuditVerdict::Intact { length, head } => {
            ctx.report.summary.audit = Some((length, head));
            ctx.report.text("The audit log is intact: every entry follows the one before it.");
            length
        }
        AuditVerdict::Broken { seq, what } => {
            ctx.report.outcome(ExitCode::Integrity);
            let seq = i64::try_from(seq).unwrap_or(i64::MAX);
            ctx.report.row("broken", vec![("entry", seq.into()), ("because", what.into())]);
            return Ok(());
        }
    };
    for (file, note) in &notes {
        let verdict = compare(&catalog, length, note, key.as_ref())?;
        say(ctx, file, note, verdict);
    }
    if args.replay {
        replay::run(ctx, &catalog)?;
    }
    match args.disk {
        Some(depth) => disk::run(ctx, &catalog, depth),
        None => Ok(()),
    }
}

/// Why a checkpoint does not speak for the log, or what it says for it.
type Verdict = Result<&'static str, &'static str>;

fn compare(
    catalog: &Catalog,
    length: u64,
    note: &SignedCheckpoint,
    key: Option<&VerifierKey>,
) -> Result<Verdict, Error> {
    let signed = match key.map(|key| note.vouched_by(key)) {
        Some(Vouched::Yes) => "the log still has it, signed with the key",
        Some(Vouched::NotSigned) => return Ok(Err("it is not signed with the key")),
        Some(Vouched::Forged) => return Ok(Err("its signature is not of this text")),
        None if note.is_signed() => "the log still has it; its signature was not checked",
        None => "the log still has it; it is unsigned",
    };
    let checkpoint = &note.checkpoint;
    if checkpoint.catalog != catalog.uuid()? {
        return Ok(Err("it is of another catalog"));
    }
    if checkpoint.size > length {
        return Ok(Err("rolled back: the log is shorter than it was"));
    }
    let then = catalog.audit_head_at(checkpoint.size)?;
    let same = then == Some(checkpoint.head);
    Ok(if same { Ok(signed) } else { Err("rewritten: the log had another entry there") })
}

fn say(ctx: &mut Context<'_>, file: &Path, note: &SignedCheckpoint, verdict: Verdict) {
    let (result, says) = match verdict {
        Ok(says) => ("ok", says),
        Err(says) => {
            ctx.report.outcome(ExitCode::Integrity);
            ctx.report.figure("checkpoints that do not fit", 1);
            ("broken", says)
        }
    };
    let size = i64::try_from(note.checkpoint.size).unwrap_or(i64::MAX);
    let fields = vec![
        ("file", shown(file).into()),
        ("entries", size.into()),
        ("result", result.into()),
        ("says", says.into()),
    ];
    ctx.report.row("checkpoint", fields);
}

fn read_note<'f>(ctx: &Context<'_>, file: &'f Path) -> Result<(&'f Path, SignedCheckpoint), Error> {
    let text = read(&ctx.current_dir.join(file))?;
    let note = SignedCheckpoint::read(&text)
        .map_err(|error| Error::usage(format!("{} is no checkpoint: {error}", shown(file))))?;
    Ok((file, note))
}

/// The key that the argument is, or that the file it names holds.
fn read_key(ctx: &Context<'_>, given: &str) -> Result<VerifierKey, Error> {
    let refused = |error| Error::usage(format!("`--key`: {error}"));
    if given.matches('+').count() > 1 && !ctx.current_dir.join(given).exists() {
        return VerifierKey::read(given).map_err(refused);
    }
    VerifierKey::read(&read(&ctx.current_dir.join(given))?).map_err(refused)
}

fn read(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MOST).read_to_end(&mut text).map_err(failed)?;
    String::from_utf8(text).map_err(|_| Error::usage(format!("{} is no text", shown(path))))
}

fn shown(file: &Path) -> String {
    printable(file.as_os_str().as_encoded_bytes())
}
