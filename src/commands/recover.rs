//! `recover`: settles what interrupted runs left behind.

use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::recovery::Toward;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{Foreseen, Orphan, Prospect, plan_recovery};
use crate::exit::ExitCode;
use crate::report::{Item, Value};

use super::Context;
use super::act::{WhilePaused, say_recovered, waits};
use super::library::subject_of;
use super::rebuild::{self, Order};
use crate::catalog::Catalog;

/// Settle what interrupted runs left behind
///
/// A move that was under way when the program was stopped is finished if all of its files had
/// arrived, and is taken back otherwise; a removal that cannot be, because something else has the path
/// of a file by now, is finished too. A purge is finished, unless it is paused or the asset is
/// held; then it is taken back, if no file is deleted yet. Every command that moves files does this first. Folders in
/// quarantine that the catalog knows nothing of are listed, never removed. While it is paused, only
/// the catalog is brought up to what is on disk: nothing moves, and what would have to waits.
///
/// After the loss of the catalog, or with an older one in its place, --rebuild shows which records
/// can be made again of what the folders in quarantine say of themselves, and --apply makes them.
/// Only the catalog is changed, and the marker of roots that are taken over.
#[derive(Debug, clap::Args)]
pub struct RecoverArgs {
    /// Show what would change and change nothing
    #[arg(long, conflicts_with = "apply")]
    dry_run: bool,

    /// Make records again for folders in quarantine that the catalog does not know; shows a plan
    #[arg(long)]
    rebuild: bool,

    /// Carry out the plan of --rebuild; makes a new catalog where there is none
    #[arg(long, requires = "rebuild", requires = "reason")]
    apply: bool,

    /// Catalog that is lost for good: its roots and folders are taken over; may be repeated
    #[arg(long, value_name = "CATALOG", requires = "rebuild", value_parser = super::words::said)]
    lost: Vec<String>,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", requires = "rebuild", value_parser = super::words::said)]
    reason: Option<String>,
}

pub(super) fn run(args: &RecoverArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if args.rebuild {
        let apply = args.reason.as_deref().filter(|_| args.apply);
        return rebuild::run(&Order { lost: &args.lost, apply }, ctx);
    }
    if args.dry_run {
        return ctx.foresee(|ctx, target| {
            let prospects = plan_recovery(target)?;
            for prospect in &prospects {
                say_prospect(ctx, target.catalog, prospect)?;
            }
            if prospects.iter().any(|prospect| prospect.foreseen == Foreseen::Waits) {
                return Err(Error::Paused { by: target.paused() });
            }
            Ok(())
        });
    }
    ctx.act(WhilePaused::WriteDown, |ctx, target, recovered| {
        say_recovered(ctx, target.catalog, &recovered)?;
        for orphan in &recovered.orphans {
            say_orphan(ctx, orphan);
        }
        if !recovered.orphans.is_empty() {
            ctx.report.text("`shelflife recover --rebuild` shows what can be made of them.");
        }
        if !recovered.waiting.is_empty() {
            return Err(Error::Paused { by: target.paused() });
        }
        if recovered.is_empty() {
            ctx.report.text("Nothing was left half done.");
        }
        Ok(())
    })
}

fn say_prospect(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    prospect: &Prospect,
) -> Result<(), Error> {
    let Prospect { operation, foreseen } = prospect;
    let subject = Some(subject_of(catalog, operation.asset)?);
    let kind = operation.kind.name();
    let files = counted(u64::try_from(operation.files.len()).unwrap_or(u64::MAX), "file");
    let (end, side) = match foreseen {
        Foreseen::Purge(OperationState::Done) => (OperationState::Done, "deleted for good"),
        Foreseen::Purge(end) => (*end, "in quarantine"),
        Foreseen::Move(recovery) => (recovery.end, side(operation.kind, recovery.toward)),
        Foreseen::Waits => {
            let what = waits(kind);
            ctx.report.say(&Item::Edit { subject, what });
            return Ok(());
        }
    };
    let what = match end {
        OperationState::Done => format!("finish the {kind} of {files}: all {side}"),
        OperationState::Aborted => format!("take back the {kind} of {files}: all {side}"),
        _ => format!("the {kind} of {files} cannot be settled without a person"),
    };
    ctx.report.say(&Item::Edit { subject, what });
    Ok(())
}

/// Where all files of an operation are by then.
fn side(kind: OperationKind, toward: Toward) -> &'static str {
    match (kind, toward) {
        (OperationKind::Publish, Toward::Library) => "in the draft root",
        (OperationKind::Publish, Toward::Store) => "published",
        (_, Toward::Library) => "in the library",
        (_, Toward::Store) => "in quarantine",
    }
}

fn say_orphan(ctx: &mut Context<'_>, orphan: &Orphan) {
    ctx.report.outcome(ExitCode::No);
    let manifest = orphan.manifest.as_ref();
    let paths =
        manifest.map(|manifest| manifest.paths.iter().map(ToString::to_string).collect::<Vec<_>>());
    let asset = manifest.and_then(|manifest| manifest.asset);
    ctx.report.row(
        "orphan",
        vec![
            ("folder", orphan.store.as_str().into()),
            ("catalog", manifest.map(|manifest| manifest.catalog.clone()).into()),
            ("asset", asset.map(|asset| asset.0).into()),
            ("opened", manifest.map(|manifest| manifest.opened.clone()).into()),
            ("by", manifest.map(|manifest| manifest.actor.clone()).into()),
            ("paths", paths.map_or(Value::Nothing, Into::into)),
        ],
    );
}
