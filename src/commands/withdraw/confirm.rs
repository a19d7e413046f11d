//! `withdraw --confirm`: a person says that what was taken down is gone.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, CatalogError, FactsRow};
use crate::domain::actor::Authority;
use crate::domain::asset::{AssetFile, AssetId, Digest, RootKind};
use crate::error::Error;
use crate::files::{FileError, Root, hash_file};
use crate::report::{Item, Subject};

use super::super::Context;
use super::super::act::guarded_roots;
use super::super::decide::{AssetChange, Bench, Decided, decide_each, each_on_its_own};
use super::super::library::{Mode, subject};
use super::WithdrawArgs;

/// What was seen, about to be recorded.
struct Seen {
    asset: AssetId,
    version: i64,
    note: String,
}

/// The served folders, by their numbers; `None` for one that nobody can look into.
type Served = BTreeMap<i64, Option<Root>>;

pub(super) fn run(args: &WithdrawArgs, ctx: &mut Context<'_>, mode: Mode) -> Result<(), Error> {
    let mut served = None;
    decide_each(ctx, mode, &args.selection, |ctx, bench, row| {
        let served = match &mut served {
            Some(served) => served,
            none => none.insert(served_folders(bench)?),
        };
        Ok(match objection(ctx, (bench.catalog, served), &row)? {
            None => Decided::Change(Seen {
                asset: row.asset.id,
                version: row.asset.version,
                note: args.reason.clone(),
            }),
            Some(why) => {
                let subject = subject(&row.asset);
                Decided::Nothing(vec![Item::Refusal { subject, action: "confirm", why }])
            }
        })
    })
}

fn served_folders(bench: Bench<'_>) -> Result<Served, Error> {
    let mut roots = guarded_roots(&bench.court.config, bench.catalog)?;
    let known = bench.catalog.roots()?.into_iter();
    let served = known.filter(|root| root.kind == RootKind::Production);
    Ok(served.map(|root| (root.id, roots.remove(&root.id))).collect())
}

/// Why it cannot be said to be gone.
fn objection(
    ctx: &Context<'_>,
    (catalog, served): (&Catalog, &Served),
    row: &FactsRow,
) -> Result<Option<String>, Error> {
    if ctx.actor.authority() != Authority::Human {
        return Ok(Some("only a person may confirm it".to_owned()));
    }
    let Some(takedown) = catalog.takedown_of(&row.asset)? else {
        return Ok(Some(format!("it is {}, not withdrawn", row.asset.state)));
    };
    if let Some(why) = takedown.objection() {
        return Ok(Some(why));
    }
    let files = catalog.files_of(row.asset.id)?;
    let bytes: BTreeSet<_> = files.iter().map(|(_, file)| file.digest).collect();
    for (_, file) in &files {
        let found = match served.get(&file.root) {
            None => continue,
            Some(None) => {
                let what = "is beneath a root that is not configured: nobody can look there";
                return Ok(Some(format!("`{}` {what}", file.path)));
            }
            Some(Some(root)) => found_at(root, file)?,
        };
        if found.is_some_and(|digest| bytes.contains(&digest)) {
            return Ok(Some(format!("`{}` is there again", file.path)));
        }
    }
    Ok(None)
}

/// The bytes that are at the path of a file now, if it is a file.
pub(super) fn found_at(root: &Root, file: &AssetFile) -> Result<Option<Digest>, Error> {
    let found =
        root.folder(file.path.folder()).and_then(|folder| hash_file(&folder, file.path.name()));
    match found {
        Ok((digest, _)) => Ok(Some(digest)),
        Err(FileError::NotRegular { .. }) => Ok(None),
        Err(error) if error.is_missing() || error.is_no_folder() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl AssetChange for Seen {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
        each_on_its_own(changes, |Self { asset, version, note }| {
            catalog.confirm_takedown(*asset, *version, note)
        })
    }

    fn items(&self, subject: &Subject) -> Vec<Item> {
        let what = format!("confirmed to be gone: {}", self.note);
        vec![Item::Edit { subject: Some(subject.clone()), what }]
    }
}
