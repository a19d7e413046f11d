//! `leftovers`: what was left behind on disk and in the catalog.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::domain::asset::{Asset, AssetId};
use crate::domain::group::possible_original;
use crate::domain::leftover::{Places, check_places, rendition_of_ended};
use crate::domain::path::RelPath;
use crate::domain::text::{counted, printable};
use crate::error::{Error, file_hint};
use crate::exit::ExitCode;
use crate::files::{self, FolderListing, Oddity, OddityKind, Quarantine, WalkOptions};
use crate::report::Item;

use super::Context;
use super::audit::{Depth, Side, open_root, visit_differences};
use super::older::waiting;

/// List what belongs to no asset, and assets that are not whole
///
/// Files that no scan has seen, files in no group, groups with files missing or on both sides,
/// sizes made anew of something that was taken away, records without a file, and what is in
/// quarantine and nothing is known of; each with what to do. Reads names and sizes, no contents, and
/// changes nothing. The exit code is 1 if there is any, 65 if something in quarantine is damaged.
#[derive(Debug, clap::Args)]
pub struct LeftoversArgs {}

pub(super) fn run(_: &LeftoversArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let config = ctx.config()?;
    let catalog = ctx.settings.open_at_a_moment(&config.catalog)?;
    let names = catalog.roots()?.into_iter().map(|root| (root.id, root.name)).collect();
    let waiting = waiting(&config, &catalog)?;
    let waiting = waiting.own + waiting.others;
    if waiting > 0 {
        ctx.report.text(format!(
            "{} in quarantine are of operations that the catalog does not know, as if it were older \
             than they are: run `shelflife recover --rebuild` first. A scan before it gives the numbers \
             of what is there to other files.",
            counted(waiting, "folder")
        ));
    }
    let unknown = if waiting > 0 { REBUILD_FIRST } else { "shelflife scan" };
    let open = catalog.open_operations()?;
    let files = open.iter().flat_map(|open| &open.files);
    let kept = files.map(|file| (file.root, file.path.clone())).collect();
    let search = Search { catalog: &catalog, names, unknown, kept };
    search.assets(ctx)?;
    search.ambiguous(ctx)?;
    search.unknown_files(ctx)?;
    visit_differences(ctx, &catalog, Depth::Size, &mut |ctx, found| {
        let (kind, next) = match found.side {
            Side::Library => ("record", "shelflife scan"),
            Side::Quarantine => ("damage", "shelflife audit verify --disk=full"),
            Side::Stranger => ("stranger", TAKE_OUT),
            Side::Orphan => (
                "orphan",
                "shelflife recover --rebuild shows what can be made of it; keep it until then",
            ),
        };
        ctx.report.outcome(found.side.exit_code());
        say(ctx, kind, (found.asset, &found.file), (&found.says, next));
    })?;
    strangers(ctx)?;
    let open = u64::try_from(open.len()).unwrap_or(u64::MAX);
    if open > 0 {
        let open = counted(open, "operation");
        ctx.report.text(format!("{open} not finished: run `shelflife recover`, then look again."));
    }
    Ok(())
}

const TAKE_OUT: &str = "look what it is, and take it out by hand";
const SETTLE_FIRST: &str = "first shelflife recover, then shelflife scan";
const REBUILD_FIRST: &str = "first shelflife recover --rebuild, then shelflife scan";

fn say(
    ctx: &mut Context<'_>,
    kind: &'static str,
    (asset, path): (Option<AssetId>, &str),
    (because, next): (&str, &str),
) {
    ctx.report.outcome(ExitCode::No);
    let number = asset.map(|asset| asset.0);
    let next = match number {
        Some(number) => next.replace("ASSET", &number.to_string()),
        None => next.to_owned(),
    };
    let fields = vec![
        ("leftover", kind.into()),
        ("asset", number.into()),
        ("path", path.into()),
        ("because", because.into()),
        ("next", next.into()),
    ];
    ctx.report.row("leftover", fields);
}

/// What is in quarantine and of no operation at all.
fn strangers(ctx: &mut Context<'_>) -> Result<(), Error> {
    let quarantine = Quarantine::open(&ctx.config()?.quarantine)?;
    for path in quarantine.strangers()? {
        let path = format!("quarantine {}", printable(&path));
        say(ctx, "stranger", (None, &path), ("shelflife did not put it there", TAKE_OUT));
    }
    Ok(())
}

struct Search<'c> {
    catalog: &'c Catalog,
    /// Of roots, by their numbers.
    names: BTreeMap<i64, String>,
    /// What is to be done about a file that no scan has seen.
    unknown: &'static str,
    /// The paths of files that an open operation is about.
    kept: BTreeSet<(i64, RelPath)>,
}

impl Search<'_> {
    fn shown(&self, root: i64, path: &[u8]) -> String {
        let name = self.names.get(&root).map_or("", String::as_str);
        printable(&[name.as_bytes(), b"/", path].concat())
    }

    fn assets(&self, ctx: &mut Context<'_>) -> Result<(), Error> {
        self.catalog.visit_places(|asset, places| {
            ctx.stop_if_interrupted()?;
            let path = self.shown(asset.root, asset.path.as_bytes());
            let stands_in = places.missing > 0 && self.is_stand_in(&asset)?;
            let places = Places { has_original: places.has_original && !stands_in, ..places };
            if let Some(found) = check_places(asset.state, places) {
                let words = (found.says(), found.next());
                say(ctx, found.name(), (Some(asset.id), &path), (&words.0, words.1));
            } else if let Some((ended, why)) = self.ended_original(&asset)? {
                let why = format!("{why}: {ended}");
                let next = "shelflife withdraw ASSET --reason TEXT; or reject it and clean";
                say(ctx, "rendition", (Some(asset.id), &path), (&why, next));
            }
            Ok(())
        })
    }

    /// Whether the asset goes on under the name of a rendition because its original is missing.
    fn is_stand_in(&self, asset: &Asset) -> Result<bool, Error> {
        let there = self.catalog.content_at_path(asset)?;
        let original = possible_original(&asset.path, there.and_then(|is| is.dimensions));
        Ok(match original {
            Some(original) => {
                self.catalog.assets_at(Some(asset.root), &original)?.contains(&asset.id)
            }
            None => false,
        })
    }

    /// The asset that left the library and that this one, an original of its own since, is named
    /// after as its renditions are: WordPress makes sizes anew.
    fn ended_original(&self, asset: &Asset) -> Result<Option<(AssetId, &'static str)>, Error> {
        if asset.state.was().is_some() {
            return Ok(None);
        }
        let Some(original) = possible_original(&asset.path, asset.content.dimensions) else {
            return Ok(None);
        };
        for id in self.catalog.assets_at(Some(asset.root), &original)? {
            let was = self.catalog.asset(id)?.and_then(|found| found.state.was());
            if let Some(was) = was {
                return Ok(Some((id, rendition_of_ended(was))));
            }
        }
        Ok(None)
    }

    fn ambiguous(&self, ctx: &mut Context<'_>) -> Result<(), Error> {
        self.catalog.visit_ambiguous(|file| {
            ctx.stop_if_interrupted()?;
            let path = self.shown(file.root, file.path.as_bytes());
            let why = format!("it is in no group: {}", file.why);
            let next = "import the attachments of the site, or take it out by hand and scan";
            say(ctx, "ambiguous", (None, &path), (&why, next));
            Ok::<_, Error>(())
        })
    }

    /// Walks every root, and tells what the catalog has no name for.
    fn unknown_files(&self, ctx: &mut Context<'_>) -> Result<(), Error> {
        for record in self.catalog.roots()? {
            // One that is left out is told with the differences.
            let Ok(root) = open_root(ctx, self.catalog, &record)? else { continue };
            let progress = ctx.progress(record.files, "files");
            let options = WalkOptions { now: ctx.wall_clock, settle_seconds: 0 };
            for listing in files::walk(&root, options) {
                ctx.stop_if_interrupted()?;
                progress.advance(u64::try_from(listing.files.len()).unwrap_or(0));
                self.in_folder(ctx, record.id, &listing)?;
            }
        }
        Ok(())
    }

    fn in_folder(
        &self,
        ctx: &mut Context<'_>,
        root: i64,
        listing: &FolderListing,
    ) -> Result<(), Error> {
        let known = self.catalog.names_in(root, &listing.folder)?;
        let is_known = |path: &RelPath| {
            known.binary_search_by(|name| name.as_slice().cmp(path.name())).is_ok()
        };
        for file in listing.files.iter().filter(|file| !is_known(&file.path)) {
            let path = self.shown(root, file.path.as_bytes());
            let former = self.catalog.assets_at(Some(root), &file.path)?.first().copied();
            let why = match former {
                Some(asset) => {
                    format!("no scan has seen it; files of {asset} were taken from here")
                }
                None => "no scan has seen it".to_owned(),
            };
            let is_kept = self.kept.contains(&(root, file.path.clone()));
            let next = if is_kept { SETTLE_FIRST } else { self.unknown };
            say(ctx, "unknown", (former, &path), (&why, next));
        }
        for oddity in &listing.oddities {
            self.oddity(ctx, root, oddity);
        }
        Ok(())
    }

    fn oddity(&self, ctx: &mut Context<'_>, root: i64, oddity: &Oddity) {
        let path = self.shown(root, &oddity.path);
        if let OddityKind::Unreadable(error) = &oddity.kind {
            let (why, hint) = (oddity.kind.to_string(), file_hint(error));
            ctx.report.say(&Item::Failure { what: path, why, hint });
            return;
        }
        let why = format!("it is {}", oddity.kind);
        say(ctx, "odd", (None, &path), (&why, "take it out by hand: no scan takes it up"));
    }
}
