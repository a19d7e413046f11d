//! `audit verify`: whether the log is as it was written.

use crate::catalog::AuditVerdict;
use crate::error::Error;
use crate::exit::ExitCode;

use super::super::Context;

/// Recompute the chain of the audit log
///
/// Every entry seals the one before it. An edited, removed or inserted entry breaks the chain, and
/// the command ends with exit code 65. That the newest entries were cut off, or the whole log made
/// anew, only shows against a length and head that somebody kept elsewhere.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {}

pub(super) fn run(_args: &VerifyArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    match catalog.verify_audit()? {
        AuditVerdict::Intact { length, head } => {
            ctx.report.summary.audit = Some((length, head));
            ctx.report.text("The audit log is intact: every entry follows the one before it.");
        }
        AuditVerdict::Broken { seq, what } => {
            ctx.report.outcome(ExitCode::Integrity);
            let seq = i64::try_from(seq).unwrap_or(i64::MAX);
            ctx.report.row("broken", vec![("entry", seq.into()), ("because", what.into())]);
        }
    }
    Ok(())
}
