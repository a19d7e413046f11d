//! `audit checkpoint`: the head of the log as a note to be kept elsewhere.

use std::path::{Path, PathBuf};

use crate::catalog::{AuditVerdict, Catalog};
use crate::domain::checkpoint::{Checkpoint, SigningKey};
use crate::domain::text::printable;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::files::{is_beneath, random_bytes, read_secret, write_new_private};

use super::super::Context;

/// Print the length and the head of the audit log as a note to be kept elsewhere
///
/// Whoever has the note can tell later that the log was cut, replaced or rewritten before it: give
/// it to `audit verify --checkpoint`. With a key, the note is signed. The log is verified first.
#[derive(Debug, clap::Args)]
pub(super) struct CheckpointArgs {
    /// File with the secret key to sign with; only its owner may read it
    #[arg(long, value_name = "FILE", conflicts_with = "new_key")]
    key: Option<PathBuf>,

    /// Make a secret key in this file, which must not be there yet, and print the public one
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,

    /// Name of the new key, instead of shelflife/ and the catalog's identity
    #[arg(long, value_name = "NAME", requires = "new_key")]
    name: Option<String>,
}

pub(super) fn run(args: &CheckpointArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if let Some(file) = &args.new_key {
        return make_key(ctx, file, args.name.as_deref());
    }
    let key = args.key.as_ref().map(|file| read_key(ctx, file)).transpose()?;
    let catalog = ctx.catalog_to_read()?;
    match catalog.verify_audit()? {
        AuditVerdict::Intact { length, .. } => {
            let checkpoint = checkpoint_of(&catalog, length)?;
            let note = match &key {
                Some(key) => checkpoint.signed(key),
                None => checkpoint.text(),
            };
            ctx.report.document(note);
        }
        AuditVerdict::Broken { seq, what } => {
            ctx.report.outcome(ExitCode::Integrity);
            let seq = i64::try_from(seq).unwrap_or(i64::MAX);
            ctx.report.row("broken", vec![("entry", seq.into()), ("because", what.into())]);
        }
    }
    Ok(())
}

/// An entry that was verified is there for ever, so later ones do not matter.
fn checkpoint_of(catalog: &Catalog, size: u64) -> Result<Checkpoint, Error> {
    let head = catalog.audit_head_at(size)?;
    let head = head.ok_or_else(|| Error::Internal(anyhow::anyhow!("an empty log is intact")))?;
    Ok(Checkpoint { catalog: catalog.uuid()?, size, head })
}

fn make_key(ctx: &mut Context<'_>, file: &Path, name: Option<&str>) -> Result<(), Error> {
    let path = outside_of_roots(ctx, file)?;
    let name = match name {
        Some(name) => name.to_owned(),
        None => format!("shelflife/{}", ctx.catalog_to_read()?.uuid()?),
    };
    let key = SigningKey::from_seed(&name, &random_bytes()?)
        .map_err(|error| Error::usage(error.to_string()))?;
    write_new_private(&path, key.secret_line().as_bytes()).map_err(|error| {
        if error.is_taken() {
            let message = format!("{} is there already", shown(file));
            let hint = Some("name another file; nothing is overwritten".to_owned());
            return Error::Usage { message, hint };
        }
        error.into()
    })?;
    ctx.report.document(format!("{}\n", key.verifier()));
    Ok(())
}

fn read_key(ctx: &mut Context<'_>, file: &Path) -> Result<SigningKey, Error> {
    let path = outside_of_roots(ctx, file)?;
    let text = read_secret(&path)?;
    SigningKey::read(&text).map_err(|error| Error::usage(format!("{}: {error}", shown(file))))
}

/// What lies beneath a root is served, or looked at by whoever works there.
fn outside_of_roots(ctx: &mut Context<'_>, file: &Path) -> Result<PathBuf, Error> {
    let path = ctx.current_dir.join(file);
    for root in &ctx.config()?.roots {
        if is_beneath(&path, &root.path)? {
            let message = format!("{} lies beneath root `{}`", shown(file), root.name);
            let hint = Some("a secret key must not be where files are served".to_owned());
            return Err(Error::Usage { message, hint });
        }
    }
    Ok(path)
}

fn shown(file: &Path) -> String {
    printable(file.as_os_str().as_encoded_bytes())
}
