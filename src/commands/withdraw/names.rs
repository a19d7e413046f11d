//! Other names of the files that were taken down (hard links): the same bytes in reach.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::domain::asset::{AssetId, RootKind};
use crate::domain::path::RelPath;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{Linked, Names};
use crate::exit::ExitCode;
use crate::files::Identity;
use crate::report::Item;

use super::super::Context;
use super::outcome::{List, bases, urls};

/// Tells under which other names the files can be reached still, and what was not found of them.
pub(super) fn say_other_names(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    (linked, names): (&[(AssetId, Linked)], &BTreeMap<Identity, Names>),
) -> Result<(), Error> {
    let served = served_roots(catalog)?;
    let bases = bases(ctx, catalog)?;
    let mut list =
        List::new("STILL PUBLIC under other names:", "still public", "URLs still public");
    for (asset, Linked { path, identity, links }) in linked {
        // Where nobody could look, the name in quarantine is known all the same.
        let unlooked = Names { library: Vec::new(), quarantine: 1 };
        let found = names.get(identity).unwrap_or(&unlooked);
        let because = format!("another name (hard link) of `{path}`");
        for (root, name) in &found.library {
            ctx.report.outcome(ExitCode::Partial);
            if !served.contains(root) {
                ctx.report.text(format!("`{name}`, which is not served, is {because}"));
                continue;
            }
            for url in urls(&bases, name) {
                let fields = [
                    ("asset", asset.0.into()),
                    ("url", url.into()),
                    ("because", because.as_str().into()),
                ];
                list.row(ctx, fields.into());
            }
        }
        say_unseen(ctx, (path, *identity), links.saturating_sub(found.count()));
    }
    if names.values().any(|found| !found.library.is_empty()) {
        ctx.report.text("Run `shelflife scan`, and withdraw what it finds under these names.");
    }
    Ok(())
}

fn say_unseen(ctx: &mut Context<'_>, (path, identity): (&RelPath, Identity), unseen: u64) {
    if unseen > 0 {
        let (_, inode) = identity;
        let names = counted(unseen, "other name");
        ctx.report.say(&Item::Failure {
            what: path.to_string(),
            why: format!("it has {names} that no look into the library found"),
            hint: Some(format!("look whether anything serves it: `find / -inum {inode}`")),
        });
    }
}

fn served_roots(catalog: &Catalog) -> Result<BTreeSet<i64>, Error> {
    let roots = catalog.roots()?.into_iter();
    Ok(roots.filter(|root| root.kind == RootKind::Production).map(|root| root.id).collect())
}
