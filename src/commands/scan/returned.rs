//! Content that comes back: originals that are new or have other bytes, held against what was
//! rejected, withdrawn or expired.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, FolderChange};
use crate::commands::Context;
use crate::commands::eyes::look_at;
use crate::domain::asset::{AssetId, Look};
use crate::domain::intake::FoundFile;
use crate::domain::lifecycle::{Ended, State};
use crate::domain::memory::{Reach, rank};
use crate::domain::path::RelPath;
use crate::domain::text::printable;
use crate::error::Error;
use crate::files::Root;
use crate::media;
use crate::report::Value;

use super::approvals::joined;

/// So many pictures are looked at before that is written down: what an interruption can lose.
const PICTURES_PER_WRITE: usize = 32;

/// The number of an asset that has none yet.
const NEW: AssetId = AssetId(0);

/// What can be recognized; asked for once there is an original to recognize.
#[derive(Default)]
pub(super) struct Memory(Option<Reach>);

impl Memory {
    /// Tells which originals of the folder show ended content again, and notes of the new ones what
    /// they are recorded as. Pictures are only decoded if the catalog knows what any of that looks
    /// like.
    pub(super) fn say_returned(
        &mut self,
        ctx: &mut Context<'_>,
        (catalog, root): (&mut Catalog, &Root),
        change: &mut FolderChange,
    ) -> Result<(), Error> {
        let FolderChange { folder, plan, .. } = change;
        let new = plan.new_assets.iter().enumerate().map(|(at, found)| Original {
            asset: NEW,
            found,
            at: Some(at),
        });
        let changed = plan.originals.iter();
        let changed = changed.map(|(asset, found)| Original { asset: *asset, found, at: None });
        let voided: BTreeSet<_> = plan.voided.iter().map(|voided| voided.asset).collect();
        let originals: Vec<_> = new.chain(changed).collect();
        if originals.is_empty() {
            return Ok(());
        }
        let reach = match self.0 {
            Some(reach) => reach,
            None => *self.0.insert(catalog.remembers()?),
        };
        if reach == Reach::Nothing {
            return Ok(());
        }
        for some in originals.chunks(PICTURES_PER_WRITE) {
            if reach == Reach::Looks {
                look(ctx, (catalog, root), (folder, some))?;
            }
            for original in some {
                let returned = say(ctx, catalog, (folder, original, &voided))?;
                plan.returned.extend(original.at.zip(returned));
            }
        }
        Ok(())
    }
}

/// An original of the folder that the catalog does not know like this.
struct Original<'a> {
    asset: AssetId,
    found: &'a FoundFile,
    /// Its place among the new ones, if it is one.
    at: Option<usize>,
}

/// Looks at pictures that nobody has seen yet, and records what is seen.
fn look(
    ctx: &Context<'_>,
    (catalog, root): (&mut Catalog, &Root),
    (folder, originals): (&[u8], &[Original<'_>]),
) -> Result<(), Error> {
    let mut looks = Vec::new();
    for Original { found, .. } in originals {
        ctx.stop_if_interrupted()?;
        let known = catalog.look_of(found.digest)?;
        let is_seen = known.is_some_and(|look| look.pixels.is_none() || look.look_hash.is_some());
        let wanted = media::has_pixels(&found.content) && !is_seen;
        let Ok(path) = RelPath::new(joined(folder, &found.name)) else { continue };
        let look = wanted.then(|| look_at(root, &path, found.digest)).flatten();
        looks.extend(look.map(|look| (found.digest, look)));
    }
    Ok(catalog.record_looks(&looks)?)
}

/// Tells what an original shows again, if it is not the one that was ended; a new one that is to be
/// recorded as ended too is returned with that. An approval that is voided is a draft from now on.
fn say(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    (folder, original, voided): (&[u8], &Original<'_>, &BTreeSet<AssetId>),
) -> Result<Option<(AssetId, Ended)>, Error> {
    let Original { asset, found, at } = *original;
    let known = catalog.asset(asset)?.map(|known| known.state);
    if known.is_some_and(|state| state.ended().is_some()) {
        return Ok(None);
    }
    let look = catalog.look_of(found.digest)?.unwrap_or_default();
    let Some(returned) = returned(catalog, (asset, found), &look)? else { return Ok(None) };
    let (of, how) = returned.ended;
    // A copy of what somebody has in use is theirs to decide about.
    let ends = at.is_some() && returned.is_same && !catalog.is_in_use(found.digest, &look)?;
    let stays = known.filter(|_| !voided.contains(&asset)).unwrap_or(State::Draft);
    let recorded_as = if ends { how.state() } else { stays };
    let kind = if returned.is_same { "returned" } else { "look-alike" };
    ctx.report.figure(if returned.is_same { "returned" } else { "look-alikes" }, 1);
    let fields: Vec<(_, Value)> = vec![
        ("path", printable(&joined(folder, &found.name)).into()),
        ("of", of.0.into()),
        ("which_is", how.name().into()),
        ("because", returned.because.into()),
        ("recorded_as", recorded_as.name().into()),
    ];
    ctx.report.row(kind, fields);
    Ok(ends.then_some((of, how)))
}

/// What an original shows again.
struct Returned {
    ended: (AssetId, Ended),
    /// The same bytes or pixels, and no mere likeness.
    is_same: bool,
    because: String,
}

fn returned(
    catalog: &Catalog,
    (asset, found): (AssetId, &FoundFile),
    look: &Look,
) -> Result<Option<Returned>, Error> {
    let bytes = catalog.twins_of(asset, &found.digest)?.ended;
    // What comes back may be a rendition alone, or an original that a rendition stood in for.
    let bytes =
        bytes.map_or_else(|| catalog.ended_with_file(asset, &found.digest), |b| Ok(Some(b)));
    let bytes = bytes?.map(|ended| (ended, "bytes"));
    let pixels = catalog.recalled_pixels(asset, look)?.pixels.map(|ended| (ended, "pixels"));
    let same = bytes.into_iter().chain(pixels).min_by_key(|(ended, _)| rank(*ended));
    if let Some((ended, what)) = same {
        let because = format!("the same {what}");
        return Ok(Some(Returned { ended, is_same: true, because }));
    }
    let near = catalog.recalled(asset, look)?.near;
    Ok(near.map(|near| Returned {
        ended: (near.asset, near.how),
        is_same: false,
        because: format!("{} of 256 bits of the look differ", near.distance),
    }))
}
