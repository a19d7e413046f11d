//! What a takedown leaves to be done: pages, caches, and the same content elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Alike, Catalog, FoundReference, ServedFile};
use crate::domain::asset::{Asset, AssetId, RootKind};
use crate::domain::path::RelPath;
use crate::domain::reference::{Horizon, Source, horizon_of, in_address, is_address, served_under};
use crate::domain::text::printable;
use crate::error::Error;
use crate::files::Root;
use crate::report::Value;

use super::super::Context;
use super::super::usage::limits;

/// The most assets that the last line names.
const MOST_NAMED: usize = 20;
/// More places than these are not told of one asset.
const MOST_PLACES: u32 = 100_000;

/// A table with a line above it, if it has any row.
pub(super) struct List {
    above: Option<&'static str>,
    kind: &'static str,
    figure: &'static str,
}

impl List {
    pub(super) fn new(above: &'static str, kind: &'static str, figure: &'static str) -> Self {
        Self { above: Some(above), kind, figure }
    }

    pub(super) fn row(&mut self, ctx: &mut Context<'_>, fields: Vec<(&'static str, Value)>) {
        if let Some(above) = self.above.take() {
            ctx.report.text(above);
        }
        ctx.report.figure(self.figure, 1);
        ctx.report.row(self.kind, fields);
    }
}

/// What a takedown left where it was.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Why files of an asset stay.
    pub(super) why: BTreeMap<AssetId, String>,
    /// What was found in served folders that the catalog does not know there, and what it is.
    pub(super) back: BTreeMap<(AssetId, RelPath), String>,
    /// What of them is served.
    public: BTreeSet<(AssetId, RelPath)>,
}

impl Left {
    pub(super) fn is_public(&self) -> bool {
        !self.public.is_empty()
    }
}

/// Tells the addresses of assets that were not taken down, and why.
pub(super) fn say_still_public(
    ctx: &mut Context<'_>,
    (catalog, roots): (&Catalog, &BTreeMap<i64, Root>),
    left: &mut Left,
) -> Result<(), Error> {
    let bases = bases(ctx, catalog)?;
    let mut list = List::new("STILL PUBLIC:", "still public", "URLs still public");
    for (asset, why) in &left.why {
        let files = catalog.served_files_of(*asset)?.into_iter();
        let files = files.chain(catalog.arriving_files_of(*asset)?);
        let there = files.filter(|file| !is_gone(roots.get(&file.root), &file.path));
        let back = left.back.iter().filter(|((of, _), _)| of == asset);
        let back = back.map(|((_, path), why)| (path.clone(), why));
        let paths: BTreeMap<_, _> = there.map(|file| (file.path, why)).chain(back).collect();
        for (path, why) in paths {
            if !left.public.insert((*asset, path.clone())) {
                continue;
            }
            for url in urls(&bases, &path) {
                let because = why.as_str().into();
                let fields =
                    vec![("asset", asset.0.into()), ("url", url.into()), ("because", because)];
                list.row(ctx, fields);
            }
        }
    }
    Ok(())
}

/// Whether nothing is at the path. Where the root cannot be asked, the catalog is believed.
fn is_gone(root: Option<&Root>, path: &RelPath) -> bool {
    let Some(root) = root else { return false };
    match root.folder(path.folder()).and_then(|folder| folder.stat(path.name())) {
        Ok(found) => found.is_none(),
        Err(error) => error.is_missing() || error.is_no_folder(),
    }
}

/// Tells what is still to be done about assets that are withdrawn. Only one that left nothing
/// behind counts as removed.
pub(super) fn say_aftermath(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    (assets, left): (&[AssetId], &Left),
) -> Result<(), Error> {
    if assets.is_empty() {
        return Ok(());
    }
    say_pages(ctx, catalog, assets)?;
    say_addresses(ctx, catalog, (assets, left))?;
    say_elsewhere(ctx, catalog, assets)?;
    let removed = assets.iter().filter(|asset| !left.why.contains_key(asset));
    let numbers: Vec<_> = removed.map(|asset| asset.0.to_string()).collect();
    let numbers = match numbers.len() {
        0 => return Ok(()),
        1..=MOST_NAMED => numbers.join(" "),
        _ => "ASSET…".to_owned(),
    };
    ctx.report.text(format!(
        "Removed is not gone: once caches and pages were looked at, \
         `shelflife withdraw --confirm {numbers} --note TEXT`"
    ));
    Ok(())
}

fn say_pages(ctx: &mut Context<'_>, catalog: &Catalog, assets: &[AssetId]) -> Result<(), Error> {
    let sources = catalog.reference_sources()?;
    let mut list =
        List::new("Pages and places that show it:", "breaks", "pages and places that show it");
    for asset in assets {
        for found in catalog.references_to(*asset, MOST_PLACES)? {
            let fields = place(ctx, *asset, found, &sources);
            list.row(ctx, fields);
        }
    }
    let horizon = horizon_of(&sources, ctx.now, ctx.config()?.policy.reference_days);
    for line in unseen(&horizon) {
        ctx.report.text(line);
    }
    Ok(())
}

fn place(
    ctx: &Context<'_>,
    asset: AssetId,
    found: FoundReference,
    sources: &[Source],
) -> Vec<(&'static str, Value)> {
    let FoundReference { source, reference } = found;
    let holder = reference.holder;
    let made = sources.iter().find(|known| known.name == source).map(|known| known.made);
    let (url, title) = match holder.label {
        label if is_address(&label) => (Some(label), None),
        label => (holder.address, Some(label)),
    };
    vec![
        ("asset", asset.0.into()),
        ("holder", format!("{} {}", holder.kind, holder.id).trim().into()),
        ("title", title.into()),
        ("url", url.into()),
        ("status", holder.status.name().into()),
        ("means", reference.means.name().into()),
        ("detail", reference.detail.into()),
        ("source", source.into()),
        ("made", made.map(|made| made.relative_to(ctx.now)).into()),
    ]
}

/// What the list of pages cannot rest on.
fn unseen(horizon: &Horizon) -> Vec<String> {
    if horizon.has_no_source() {
        return vec![
            "Which pages break is not known: no source was read. See `shelflife references read`."
                .to_owned(),
        ];
    }
    let stale = horizon.stale.iter().map(|name| format!("`{name}` is old: pages may have changed"));
    stale.chain(limits(horizon)).collect()
}

fn say_addresses(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    (assets, left): (&[AssetId], &Left),
) -> Result<(), Error> {
    let bases = bases(ctx, catalog)?;
    let mut list = List::new("Purge from caches:", "purge", "URLs to purge");
    for asset in assets {
        for path in catalog.public_paths_of(*asset)? {
            // A cache would only take it again.
            if left.public.contains(&(*asset, path.clone())) {
                continue;
            }
            for url in urls(&bases, &path) {
                list.row(ctx, vec![("asset", asset.0.into()), ("url", url.into())]);
            }
        }
    }
    if bases.iter().any(|base| base.starts_with('/')) {
        ctx.report
            .text("No address of the site is known: name it in `addresses` of the [site] section.");
    }
    Ok(())
}

/// Where the library is served, as configured and as sources told.
pub(super) fn bases(ctx: &mut Context<'_>, catalog: &Catalog) -> Result<BTreeSet<String>, Error> {
    let sources = catalog.reference_sources()?;
    let hosts = sources.iter().filter_map(|source| source.site.as_deref());
    Ok(served_under(&ctx.config()?.addresses, hosts))
}

pub(super) fn urls(bases: &BTreeSet<String>, path: &RelPath) -> impl Iterator<Item = String> {
    let path = in_address(path);
    bases.iter().map(move |base| format!("{base}{path}"))
}

/// What is still served, each file once, for the first reason that was found.
struct Elsewhere {
    list: List,
    taken: BTreeSet<AssetId>,
    told: BTreeSet<(i64, RelPath)>,
}

/// Tells what is still served that has the bytes or the name of a taken asset.
fn say_elsewhere(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    assets: &[AssetId],
) -> Result<(), Error> {
    let list = List::new("Look at these too, they are still served:", "elsewhere", "look-alikes");
    let taken = assets.iter().copied().collect();
    let mut elsewhere = Elsewhere { list, taken, told: BTreeSet::new() };
    let mut names = BTreeMap::new();
    for asset in assets {
        let Some(known) = catalog.asset(*asset)? else { continue };
        names.insert(known.path.name().to_vec(), *asset);
        let (pixels, looks) = served_alike(catalog, &known)?;
        let beside = catalog.ambiguous_beside(*asset)?.into_iter();
        let beside = beside.filter(|file| is_named_after(&file.path, &known.path)).collect();
        let at_paths = catalog.served_at_paths_of(*asset)?.into_iter();
        let (at_path, at_path_elsewhere) = at_paths.partition(|file| file.root == known.root);
        for (files, why) in [
            (catalog.served_with_bytes_of(*asset)?, "the same bytes"),
            (pixels, "the same pixels"),
            (looks, "it looks like it"),
            (at_path, "at its path now"),
            (at_path_elsewhere, "the same path in another root"),
            (beside, "named after it, and of no asset"),
        ] {
            for file in files {
                elsewhere.say(ctx, *asset, (file, why));
            }
        }
    }
    let wanted = names.keys().cloned().collect();
    for file in catalog.served_originals_named(&wanted)? {
        if let Some(asset) = names.get(file.path.name()) {
            elsewhere.say(ctx, *asset, (file, "the same name"));
        }
    }
    Ok(())
}

/// The originals of other assets that have the same pixels, and those that look like it, as far as
/// anybody has looked at them.
fn served_alike(
    catalog: &Catalog,
    asset: &Asset,
) -> Result<(Vec<ServedFile>, Vec<ServedFile>), Error> {
    let look = catalog.look_of(asset.digest)?.unwrap_or_default();
    let roots = catalog.roots()?.into_iter();
    let served = roots.filter(|root| root.kind == RootKind::Production).map(|root| root.id);
    let served: BTreeSet<_> = served.collect();
    let files = |alike: Vec<Alike>| {
        let there = |one: &Alike| one.state.was().is_none() && served.contains(&one.root);
        let files = alike.into_iter().filter(there);
        files
            .map(|one| ServedFile { asset: Some(one.asset), root: one.root, path: one.path })
            .collect()
    };
    let pixels = files(catalog.with_pixels(asset.id, &look)?);
    Ok((pixels, files(catalog.near(asset.id, &look)?)))
}

impl Elsewhere {
    /// Tells a file, unless it is being taken down itself.
    fn say(&mut self, ctx: &mut Context<'_>, of: AssetId, (file, why): (ServedFile, &str)) {
        let is_taken = file.asset.is_some_and(|other| self.taken.contains(&other));
        if is_taken || !self.told.insert((file.root, file.path.clone())) {
            return;
        }
        let next = match file.asset {
            Some(other) => format!("shelflife withdraw {} --reason TEXT", other.0),
            None => "take the file out by hand, then `shelflife scan`".to_owned(),
        };
        self.list.row(
            ctx,
            vec![
                ("of", of.0.into()),
                ("asset", file.asset.map(|other| other.0).into()),
                ("path", printable(file.path.as_bytes()).into()),
                ("because", why.into()),
                ("next", next.into()),
            ],
        );
    }
}

/// Whether a name begins with that of an original, and then goes on as renditions do.
fn is_named_after(path: &RelPath, original: &RelPath) -> bool {
    let rest = path.name().strip_prefix(original.stem());
    rest.is_some_and(|rest| rest.first().is_some_and(|byte| b"-.@".contains(byte)))
}
