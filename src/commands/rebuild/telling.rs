//! What a rebuild says of each folder in quarantine.

use crate::catalog::{Adoption, Catalog, CatalogError};
use crate::commands::Context;
use crate::commands::library::subject_of;
use crate::domain::asset::AssetId;
use crate::domain::testimony::Whereabouts;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::Obstacle;
use crate::executor::rebuild::{Astray, Became, Examined, Part};
use crate::exit::ExitCode;
use crate::report::{Item, Subject};

/// A folder in quarantine as people find it.
fn shown(part: Part, store: &str) -> String {
    match part {
        Part::Kept => format!("quarantine {store}"),
        Part::Purging => format!("quarantine purging/{store}"),
    }
}

/// Tells what a folder is, and the number that its asset has by now.
pub(super) fn say_examined(
    ctx: &mut Context<'_>,
    (part, store): (Part, &str),
    examined: &Examined,
    asset: Option<AssetId>,
) {
    let folder = shown(part, store);
    match examined {
        Examined::Whole(adoption, others) => {
            say_adopted(ctx, (adoption, &folder), asset);
            for other in others {
                ctx.report.outcome(ExitCode::No);
                left_alone(ctx, &format!("{folder}/{other}"), "it is no file of the asset");
            }
        }
        Examined::Empty => {
            ctx.report.outcome(ExitCode::No);
            left_alone(ctx, &folder, "nothing is in it: nothing had been moved; remove it by hand");
        }
        Examined::Foreign { catalog } => {
            ctx.report.outcome(ExitCode::Guard);
            let why = format!(
                "it is of catalog {catalog}; if that is lost, say so with --lost {catalog}"
            );
            left_alone(ctx, &folder, &why);
        }
        Examined::Damaged { why } => {
            ctx.report.outcome(ExitCode::Integrity);
            let hint = "bring back the bytes from a backup; the folder was left as it is";
            failure(ctx, &folder, why.clone(), hint);
        }
        Examined::Homeless { root } => {
            let why = format!("its files are of the root `{root}`, which is not configured");
            failure(ctx, &folder, why, "add a root of that name, and run it again");
        }
    }
}

fn left_alone(ctx: &mut Context<'_>, folder: &str, because: &str) {
    let fields = vec![("folder", folder.into()), ("because", because.into())];
    ctx.report.row("left alone", fields);
}

fn failure(ctx: &mut Context<'_>, what: &str, why: String, hint: &str) {
    let (what, hint) = (what.to_owned(), Some(hint.to_owned()));
    ctx.report.say(&Item::Failure { what, why, hint });
}

fn say_adopted(
    ctx: &mut Context<'_>,
    (adoption, folder): (&Adoption, &str),
    asset: Option<AssetId>,
) {
    let path = adoption.told.asset.path.to_string();
    let files = u64::try_from(adoption.told.files.len()).unwrap_or(u64::MAX);
    let (was, files_of) = (adoption.told.asset.was, counted(files, "file"));
    let where_now = match (&adoption.purge, adoption.whereabouts) {
        (Some(purge), _) if purge.hold.is_some() => {
            "its purge had begun; it is held, and `shelflife recover` takes the purge back"
        }
        (Some(_), _) => "a purge has deleted them; `shelflife recover` finishes it",
        (None, Whereabouts::Library) => {
            "all are in the library; `shelflife recover` clears the folder"
        }
        (None, Whereabouts::Between) => {
            "some are in the library, some in quarantine; `shelflife recover` brings them together"
        }
        (None, _) => "all there",
    };
    let what = format!("{}; {files_of} of {folder}: {where_now}", was.name());
    let subject = asset.map(|id| Subject { id, path: path.clone() });
    let what = if subject.is_some() { what } else { format!("{path}: {what}") };
    ctx.report.figure("files", files);
    ctx.report.say(&Item::Edit { subject, what });
}

/// Tells what became of files that should be in quarantine.
pub(super) fn say_astray(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    astray: &Astray,
) -> Result<(), CatalogError> {
    let subject = subject_of(catalog, astray.taken.asset)?;
    let what = match astray.became {
        Became::Restored => "restored since: its files are in the library",
        Became::TakenAgain => "restored since, and taken away again",
        Became::HalfRestored => {
            "half restored; `shelflife recover` brings its files back to quarantine"
        }
        Became::NearlyPurged => {
            "its purge had begun; it is held, and `shelflife recover` takes the purge back"
        }
        Became::Purged => "a purge has deleted its files; `shelflife recover` finishes it",
        Became::Damaged => {
            ctx.report.outcome(ExitCode::Integrity);
            let what = format!("{} {}", subject.id, subject.path);
            let why = "files of it are neither in quarantine nor at their paths".to_owned();
            let hint = "it was purged since, or lost: bring back the bytes from a backup";
            failure(ctx, &what, why, hint);
            return Ok(());
        }
    };
    ctx.report.say(&Item::Edit { subject: Some(subject), what: what.to_owned() });
    Ok(())
}

/// What stands in the way of one folder. Fails with what would be in the way of the next one too.
pub(super) fn say_obstacle(
    ctx: &mut Context<'_>,
    store: &str,
    obstacle: Obstacle,
) -> Result<(), Error> {
    if obstacle.ends_the_run() {
        return Err(obstacle.into());
    }
    let hint = match obstacle {
        Obstacle::Catalog(CatalogError::PathTaken { .. }) => {
            "decide which of the two belongs there, and run it again"
        }
        _ => "mend the cause, and run it again",
    };
    failure(ctx, &format!("quarantine {store}"), obstacle.in_words(), hint);
    Ok(())
}
