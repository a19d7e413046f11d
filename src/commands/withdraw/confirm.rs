//! `withdraw --confirm`: a person says that what was taken down is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::catalog::{Catalog, CatalogError, FactsRow};
use crate::domain::actor::Authority;
use crate::domain::asset::{AssetId, RootKind};
use crate::domain::text::printable;
use crate::error::Error;
use crate::executor::linked_of;
use crate::files::{FoundFile, Quarantine, Root, WalkOptions, walk};
use crate::report::{Item, Subject};

use super::super::Context;
use super::super::act::reachable_roots;
use super::super::decide::{AssetChange, Bench, Decided, decide_each, each_on_its_own};
use super::super::library::{Mode, subject};
use super::WithdrawArgs;
use super::back::{Back, back_at};

/// What was seen, about to be recorded.
struct Seen {
    asset: AssetId,
    version: i64,
    note: String,
}

/// What is served now.
struct Served {
    /// By their numbers; `None` for one that nobody can look into.
    roots: BTreeMap<i64, Option<Root>>,
    /// Files with several names, which may be those of a file that is in quarantine.
    linked: Vec<(i64, FoundFile)>,
    /// A folder or file that could not be looked at, or a root, printable.
    hidden: Option<String>,
    quarantine: PathBuf,
}

pub(super) fn run(args: &WithdrawArgs, ctx: &mut Context<'_>, mode: Mode) -> Result<(), Error> {
    let mut served = None;
    decide_each(ctx, mode, &args.selection, |ctx, bench, row| {
        let served = match &mut served {
            Some(served) => served,
            none => none.insert(look_around(ctx, bench)?),
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

fn look_around(ctx: &Context<'_>, bench: Bench<'_>) -> Result<Served, Error> {
    let (mut roots, _) = reachable_roots(&bench.court.config, bench.catalog)?;
    let known = bench.catalog.roots()?.into_iter();
    let served = known.filter(|root| root.kind == RootKind::Production);
    let roots: BTreeMap<_, _> = served.map(|root| (root.id, roots.remove(&root.id))).collect();
    let options = WalkOptions { now: ctx.now, settle_seconds: 0 };
    let known = bench.catalog.roots()?.into_iter();
    let mut unseen = known.filter(|root| roots.get(&root.id).is_some_and(Option::is_none));
    let mut hidden = unseen.next().map(|root| printable(root.name.as_bytes()));
    let mut linked = Vec::new();
    for (number, root) in roots.iter().filter_map(|(number, root)| Some((*number, root.as_ref()?)))
    {
        for listing in walk(root, options) {
            hidden = hidden.or_else(|| listing.hidden().next().map(printable));
            let files = listing.files.into_iter().filter(|file| file.links > 1);
            linked.extend(files.map(|file| (number, file)));
        }
    }
    let quarantine = bench.court.config.quarantine.clone();
    Ok(Served { roots, linked, hidden, quarantine })
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
        let back = match served.roots.get(&file.root) {
            None => continue,
            Some(None) => {
                let what =
                    "is beneath a root that is not configured, or not there: nobody can look there";
                return Ok(Some(format!("`{}` {what}", file.path)));
            }
            Some(Some(root)) => back_at(root, &file.path, &bytes)?,
        };
        if let Some(back) = back {
            return Ok(Some(back.in_words(&file.path)));
        }
    }
    let sizes: BTreeSet<_> = files.iter().map(|(_, file)| file.stamp.bytes).collect();
    for (number, linked) in
        served.linked.iter().filter(|(_, file)| sizes.contains(&file.stamp.bytes))
    {
        let Some(Some(root)) = served.roots.get(number) else { continue };
        match back_at(root, &linked.path, &bytes)? {
            None => {}
            Some(Back::Bytes) => {
                return Ok(Some(format!("`{}` has the same bytes and is served", linked.path)));
            }
            Some(back) => return Ok(Some(back.in_words(&linked.path))),
        }
    }
    let Some(hidden) = &served.hidden else { return Ok(None) };
    if row.asset.state.was().is_none() {
        return Ok(None);
    }
    let quarantine = Quarantine::open(&served.quarantine)?;
    let linked = linked_of((catalog, &quarantine), row.asset.id)?;
    Ok(linked.first().map(|linked| {
        let path = &linked.path;
        format!("`{path}` has another name, and nobody can look into `{hidden}`, which is served")
    }))
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
