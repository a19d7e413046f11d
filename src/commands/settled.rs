//! What is said of operations that an earlier run began and did not end.

use crate::catalog::Catalog;
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::recovery::Ending;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{Linked, Recovered, Settled};
use crate::exit::ExitCode;
use crate::report::{Item, Subject};

use super::Context;
use super::library::subject_of;

/// Tells what was settled before the command itself began.
pub(super) fn say_recovered(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    recovered: &Recovered,
) -> Result<(), Error> {
    for settled in &recovered.settled {
        say_settled(ctx, catalog, settled)?;
    }
    for settled in &recovered.waiting {
        let subject = Some(subject_of(catalog, settled.asset)?);
        let what = waits(settled.kind.name());
        ctx.report.say(&Item::Edit { subject, what });
    }
    for (operation, obstacle) in &recovered.unsettled {
        let (what, hint) = (format!("operation {}", operation.id), Some(OPEN.to_owned()));
        ctx.report.say(&Item::Failure { what, why: obstacle.in_words(), hint });
    }
    for left in &recovered.left {
        ctx.report.text(left.clone());
    }
    Ok(())
}

/// What is said of an operation that a recovery leaves open.
pub(super) fn waits(kind: &str) -> String {
    format!(
        "an unfinished {kind} waits for the end of the pause; the catalog has where its files are"
    )
}

const OPEN: &str = "mend the cause and run `shelflife recover`; until then the asset is locked";

fn say_settled(ctx: &mut Context<'_>, catalog: &Catalog, settled: &Settled) -> Result<(), Error> {
    let subject = subject_of(catalog, settled.asset)?;
    let files = counted(u64::try_from(settled.files.len()).unwrap_or(u64::MAX), "file");
    let kind = settled.kind.name();
    let what = match settled.end {
        OperationState::Done => format!("an unfinished {kind} of {files} is finished"),
        OperationState::Aborted => format!("an unfinished {kind} of {files} is taken back"),
        _ => {
            say_unsettled(ctx, &subject, settled);
            return Ok(());
        }
    };
    let what = std::iter::once(what).chain(remarks(settled)).collect::<Vec<_>>().join("; ");
    ctx.report.say(&Item::Edit { subject: Some(subject), what });
    for Linked { path, links, .. } in &settled.linked {
        let names = counted(links.saturating_sub(1), "other name");
        let (what, why) = (path.to_string(), format!("it has {names} still: it is in reach there"));
        ctx.report.say(&Item::Failure { what, why, hint: None });
    }
    Ok(())
}

/// An operation that stays open or lost something.
pub(super) fn say_unsettled(ctx: &mut Context<'_>, subject: &Subject, settled: &Settled) {
    let remarks: Vec<_> = remarks(settled).collect();
    let hint = if settled.end == OperationState::Lost {
        ctx.report.outcome(ExitCode::Integrity);
        "bring back the bytes from a backup; what is in quarantine was left as it is"
    } else {
        OPEN
    };
    let what = format!("{} {}", subject.id, subject.path);
    let why = format!("its {} is not settled: {}", settled.kind.name(), remarks.join("; "));
    ctx.report.say(&Item::Failure { what, why, hint: Some(hint.to_owned()) });
}

fn remarks(settled: &Settled) -> impl Iterator<Item = String> {
    let files = settled.files.iter().filter_map(|file| {
        let path = &file.path;
        match file.ending {
            Ending::Settled => None,
            Ending::PathTaken => Some(format!("something else is at `{path}` now and stays")),
            Ending::Drifted => Some(format!("`{path}` has other bytes and was left alone")),
            Ending::Stuck if settled.kind == OperationKind::Purge => {
                Some(format!("`{path}` is not deleted yet"))
            }
            Ending::Stuck => Some(format!("`{path}` could not be moved")),
            Ending::Lost => Some(format!("the bytes of `{path}` are in neither place")),
        }
    });
    files.chain(settled.notes.iter().cloned())
}
