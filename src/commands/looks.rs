//! What an asset looks like, and which others show the same.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::domain::asset::{Asset, AssetId, Look};
use crate::domain::lifecycle::State;
use crate::domain::memory::Recalled;
use crate::error::Error;
use crate::report::Value;

/// The hashes of the original; of an asset whose use has not ended what of ended content it shows
/// again, and of one whose use was ended in which assets it has come back.
pub(super) fn looks(asset: &Asset, catalog: &Catalog) -> Result<Vec<(&'static str, Value)>, Error> {
    let look = catalog.look_of(asset.digest)?.unwrap_or_default();
    let (recalled, returned) = if asset.state.ended().is_none() {
        (catalog.recalled(asset.id, &look)?, Vec::new())
    } else {
        (Recalled::default(), returned_as(catalog, asset, &look)?)
    };
    let same = recalled.pixels.map(|(asset, how)| format!("{asset}, which is {}", how.name()));
    Ok(vec![
        ("pixel_hash", look.pixels.map(|pixels| pixels.to_string()).into()),
        ("look_hash", look.look_hash.map(|hash| hash.to_string()).into()),
        ("same_pixels_as", same.into()),
        ("looks_like", recalled.near.map(|near| near.to_string()).into()),
        ("return_of", catalog.return_of(asset.id)?.map(|of| of.to_string()).into()),
        ("returned_as", returned.into()),
    ])
}

/// The assets in use, or to be, that have the same bytes or pixels or look like this, and those that
/// were recorded as this one again; each once.
fn returned_as(catalog: &Catalog, asset: &Asset, look: &Look) -> Result<Vec<String>, Error> {
    let mut found = BTreeMap::new();
    for alike in catalog.near(asset.id, look)? {
        let how = format!("{} of 256 bits differ", alike.distance);
        found.insert(alike.asset, (alike.state, how));
    }
    for same in catalog.with_pixels(asset.id, look)? {
        found.insert(same.asset, (same.state, "the same pixels".to_owned()));
    }
    for (copy, state) in catalog.with_same_bytes(&asset.digest)? {
        found.insert(copy, (state, "the same bytes".to_owned()));
    }
    // Itself is among those of its bytes, and others were ended by a decision of their own.
    let mut returned = Vec::new();
    for (other, told) in found {
        if told.0.ended().is_none() || catalog.return_of(other)? == Some(asset.id) {
            returned.push((other, told));
        }
    }
    let words = |(asset, (state, how)): (AssetId, (State, String))| {
        format!("{asset}, which is {state}: {how}")
    };
    Ok(returned.into_iter().map(words).collect())
}
