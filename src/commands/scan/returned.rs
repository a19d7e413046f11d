//! Content that comes back: originals that are new or have other bytes, held against what was
//! rejected, withdrawn or expired.

use crate::catalog::{Catalog, FolderChange};
use crate::commands::Context;
use crate::commands::eyes::look_at;
use crate::domain::asset::{AssetId, Look};
use crate::domain::intake::FoundFile;
use crate::domain::lifecycle::Ended;
use crate::domain::memory::{Reach, Recalled};
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
    /// Tells which originals of the folder show ended content again. Pictures are only decoded if
    /// the catalog knows what any of that looks like.
    pub(super) fn say_returned(
        &mut self,
        ctx: &mut Context<'_>,
        (catalog, root): (&mut Catalog, &Root),
        change: &FolderChange,
    ) -> Result<(), Error> {
        let new = change.plan.new_assets.iter().map(|found| (NEW, found));
        let changed = change.plan.originals.iter().map(|(asset, found)| (*asset, found));
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
                look(ctx, (catalog, root), (&change.folder, some))?;
            }
            for (asset, found) in some {
                say(ctx, catalog, (&change.folder, *asset, found))?;
            }
        }
        Ok(())
    }
}

/// Looks at pictures that nobody has seen yet, and records what is seen.
fn look(
    ctx: &Context<'_>,
    (catalog, root): (&mut Catalog, &Root),
    (folder, originals): (&[u8], &[(AssetId, &FoundFile)]),
) -> Result<(), Error> {
    let mut looks = Vec::new();
    for (_, found) in originals {
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

/// Tells what an original shows again, if it is not the one that was ended.
fn say(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    (folder, asset, found): (&[u8], AssetId, &FoundFile),
) -> Result<(), Error> {
    if catalog.asset(asset)?.is_some_and(|known| known.state.ended().is_some()) {
        return Ok(());
    }
    let look = catalog.look_of(found.digest)?.unwrap_or_default();
    let Some((kind, figure, (of, how), because)) = returned(catalog, (asset, found), &look)? else {
        return Ok(());
    };
    ctx.report.figure(figure, 1);
    let fields: Vec<(_, Value)> = vec![
        ("path", printable(&joined(folder, &found.name)).into()),
        ("of", of.0.into()),
        ("which_is", how.name().into()),
        ("because", because.into()),
    ];
    ctx.report.row(kind, fields);
    Ok(())
}

type Returned = (&'static str, &'static str, (AssetId, Ended), String);

fn returned(
    catalog: &Catalog,
    (asset, found): (AssetId, &FoundFile),
    look: &Look,
) -> Result<Option<Returned>, Error> {
    let same =
        |ended, what: &str| Some(("returned", "returned", ended, format!("the same {what}")));
    if let Some(ended) = catalog.twins_of(asset, &found.digest)?.ended {
        return Ok(same(ended, "bytes"));
    }
    let Recalled { pixels, near } = catalog.recalled(asset, look)?;
    if let Some(ended) = pixels {
        return Ok(same(ended, "pixels"));
    }
    Ok(near.map(|near| {
        let because = format!("{} of 256 bits of the look differ", near.distance);
        ("look-alike", "look-alikes", (near.asset, near.how), because)
    }))
}
