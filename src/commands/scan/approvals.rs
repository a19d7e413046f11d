//! Approvals of originals that have other bytes now: kept where they show the same.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::commands::Context;
use crate::commands::eyes::look_at;
use crate::commands::library::{subject, subject_of};
use crate::domain::asset::{AssetId, PixelHash};
use crate::domain::intake::{FoundFile, Kept, KnownFile, Voided, changed_approvals};
use crate::domain::lifecycle::State;
use crate::domain::path::RelPath;
use crate::error::Error;
use crate::files::Root;
use crate::report::Item;

/// The originals of approved assets that were written anew with the pixels that were approved, by
/// name. Nothing but the new bytes of such originals is decoded.
pub(super) fn rewritten(
    catalog: &Catalog,
    (root, folder): (&Root, &[u8]),
    (found, known): (&[FoundFile], &[KnownFile]),
) -> Result<BTreeMap<Vec<u8>, PixelHash>, Error> {
    let mut same = BTreeMap::new();
    for (known, found) in changed_approvals(found, known) {
        let approved = catalog.look_of(known.found.digest)?.and_then(|look| look.pixels);
        let Some(approved) = approved else { continue };
        let Ok(path) = RelPath::new(joined(folder, &found.name)) else { continue };
        let now = look_at(root, &path, found.digest).and_then(|look| look.pixels);
        if now == Some(approved) {
            same.insert(found.name.clone(), approved);
        }
    }
    Ok(same)
}

pub(super) fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

pub(super) fn say(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    (kept, voided): (&[Kept], &[Voided]),
) -> Result<(), Error> {
    for kept in kept {
        let subject = subject_of(catalog, kept.asset)?;
        let what = "other bytes with the same pixels; the approval stays".to_owned();
        ctx.report.say(&Item::Edit { subject: Some(subject), what });
    }
    for voided in voided {
        say_voided(ctx, catalog, voided.asset, &voided.reason)?;
    }
    Ok(())
}

fn say_voided(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    asset: AssetId,
    reason: &str,
) -> Result<(), Error> {
    let Some(asset) = catalog.asset(asset)? else { return Ok(()) };
    ctx.report.say(&Item::Change {
        subject: subject(&asset),
        action: "void",
        from: State::Approved,
        to: State::Draft,
        why: vec![reason.to_owned()],
    });
    Ok(())
}
