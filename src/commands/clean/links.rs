//! Files with several names (hard links), as a clean meets them.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::commands::Context;
use crate::commands::act::guarded_roots;
use crate::commands::library::Court;
use crate::domain::asset::{AssetFile, AssetId, Place};
use crate::domain::cleanup::HardLinks;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{Linked, Obstacle};
use crate::exit::ExitCode;
use crate::files::{FileKind, FileStat, Root};

/// Where files are looked at before a move is planned; nowhere if it does not matter whether they
/// have other names. A plan can be made where a root cannot be looked at, but not carried out.
pub(super) fn roots_to_look_at(court: &Court, catalog: &Catalog) -> BTreeMap<i64, Root> {
    match court.policy().hard_links {
        HardLinks::Leave => guarded_roots(&court.config, catalog).unwrap_or_default(),
        HardLinks::Move => BTreeMap::new(),
    }
}

/// Says of the first file of an asset that has other names how many it has.
pub(super) fn linked_file(
    (catalog, roots): (&Catalog, &BTreeMap<i64, Root>),
    asset: AssetId,
) -> Result<Option<Obstacle>, Error> {
    if roots.is_empty() {
        return Ok(None);
    }
    for (_, file) in catalog.files_of(asset)? {
        let Some(root) = roots.get(&file.root) else { continue };
        let stat = root.folder(file.path.folder()).and_then(|folder| folder.stat(file.path.name()));
        match stat {
            Ok(Some(stat)) if is_linked(&file, &stat) => {
                let (path, links) = (file.path.to_string(), stat.links);
                return Ok(Some(Obstacle::SeveralNames { path, links }));
            }
            _ => {}
        }
    }
    Ok(None)
}

fn is_linked(file: &AssetFile, stat: &FileStat) -> bool {
    file.place == Place::Library && stat.kind == FileKind::Regular && stat.links > 1
}

/// Tells what was moved while it had other names. Where such files are to be left, somebody made
/// another name after it was looked at.
pub(super) fn say_linked(ctx: &mut Context<'_>, linked: &[Linked], policy: HardLinks) {
    for Linked { path, links, .. } in linked {
        if policy == HardLinks::Leave {
            ctx.report.outcome(ExitCode::Partial);
        }
        let others = counted(links.saturating_sub(1), "other name");
        ctx.report
            .text(format!("`{path}` was moved, and has {others} still: it is in reach there"));
    }
}
