//! What withdrawn assets look like, so that they are recognized when they come back.

use crate::commands::Context;
use crate::commands::eyes::{look_at, look_in};
use crate::domain::asset::{Asset, AssetId, Look};
use crate::error::Error;
use crate::executor::{Target, stored_original};
use crate::media;

/// Looks at what was taken down, wherever it is now: nothing stays public for that. What cannot be
/// looked at is recognized by its bytes.
pub(super) fn remember(
    ctx: &Context<'_>,
    target: &mut Target<'_>,
    assets: &[AssetId],
) -> Result<(), Error> {
    for id in assets {
        if ctx.stop_if_interrupted().is_err() {
            break;
        }
        let Some(asset) = target.catalog.asset(*id)? else { continue };
        let known = target.catalog.look_of(asset.digest)?;
        let ended = asset.state.ended().is_some() && media::has_pixels(&asset.content);
        if !ended || known.is_some_and(|look| look.look_hash.is_some()) {
            continue;
        }
        if let Some(look) = look(target, &asset) {
            target.catalog.record_looks(&[(asset.digest, look)])?;
        }
    }
    Ok(())
}

fn look(target: &Target<'_>, asset: &Asset) -> Option<Look> {
    if asset.state.was().is_none() {
        return look_at(target.roots.get(&asset.root)?, &asset.path, asset.digest);
    }
    let (folder, name) = stored_original(target, asset)?;
    look_in(&folder, name.as_bytes(), asset.digest)
}
