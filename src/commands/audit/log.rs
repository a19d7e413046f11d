//! `audit log`: the entries, as they were written.

use crate::catalog::AuditEntry;
use crate::domain::asset::Digest;
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::super::library::find_asset;

/// List the entries of the audit log, oldest first
#[derive(Debug, clap::Args)]
pub(super) struct LogArgs {
    /// Only entries about this asset
    #[arg(value_name = "ASSET")]
    asset: Option<String>,

    /// Only entries from this number on
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    since: u64,

    /// Only entries of this kind, such as asset.approve, or of this group of kinds, such as asset
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,

    /// At most so many entries, the oldest
    #[arg(long, value_name = "COUNT")]
    limit: Option<u64>,

    /// Only the newest so many entries
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["since", "limit"])]
    last: Option<u32>,
}

/// The way out of a listing that has given all it should.
enum Stop {
    Enough,
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

pub(super) fn run(args: &LogArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let named = args.asset.as_ref().map(|name| find_asset(ctx, &catalog, name)).transpose()?;
    let asset = named.map(|row| row.asset.id);
    if let Some(count) = args.last {
        let newest = catalog.newest_audit(asset, args.kind.as_deref(), count)?;
        for entry in newest {
            ctx.report.row("entry", fields(entry));
        }
        return Ok(());
    }
    let mut left = args.limit.unwrap_or(u64::MAX);
    let listed = catalog.visit_audit(asset, args.since.checked_sub(1), |entry| {
        ctx.stop_if_interrupted()?;
        if !args.wants(&entry.kind) {
            return Ok(());
        }
        left = left.checked_sub(1).ok_or(Stop::Enough)?;
        ctx.report.row("entry", fields(entry));
        Ok(())
    });
    match listed {
        Ok(()) | Err(Stop::Enough) => Ok(()),
        Err(Stop::Failed(error)) => Err(error),
    }
}

impl LogArgs {
    fn wants(&self, found: &str) -> bool {
        let Some(kind) = &self.kind else { return true };
        let rest = found.strip_prefix(kind.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

fn fields(entry: AuditEntry) -> Vec<(&'static str, Value)> {
    vec![
        ("seq", i64::try_from(entry.seq).unwrap_or(i64::MAX).into()),
        ("at", entry.at.to_string().into()),
        ("kind", entry.kind.into()),
        ("asset", entry.asset.map(|asset| asset.0).into()),
        ("actor", entry.actor.into()),
        ("run", entry.run.into()),
        ("operation", entry.operation.into()),
        ("payload", entry.payload.into()),
        ("hash", Digest(entry.hash).to_string().into()),
    ]
}
