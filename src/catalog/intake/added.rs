//! New assets: drafts, but for content that comes back.

use rusqlite::{Transaction, named_params};
use serde_json::json;

use super::super::audit::About;
use super::super::cells;
use super::super::census::state_of;
use super::super::decisions::last_actor;
use super::super::error::Result;
use super::super::rejections::remembered;
use super::super::search::index_words;
use super::{FolderChange, Writing};
use crate::domain::asset::AssetId;
use crate::domain::intake::FoundFile;
use crate::domain::lifecycle::{Action, Ended, State};

impl Writing<'_, '_> {
    pub(super) fn add_asset(
        &mut self,
        change: &FolderChange,
        original: &FoundFile,
        returned: Option<(AssetId, Ended)>,
    ) -> Result<()> {
        let returned =
            returned.map(|returned| still_ended(self.tx, returned)).transpose()?.flatten();
        let state = returned.as_ref().map_or(State::Draft, |(_, how, _)| how.state());
        let id = self.next_asset;
        self.next_asset += 1;
        let path = cells::joined(&change.folder, &original.name)?;
        let now = self.session.now.millis();
        let size = original.content.dimensions;
        self.tx
            .prepare_cached(
                "INSERT INTO asset (id, state, since_ms, version, root_id, path, sha256, media_type,
                                    width, height, added_ms)
                 VALUES (:id, :state, :now, 1, :root, :path, :sha256, :type, :width, :height, :now)",
            )?
            .execute(named_params! {
                ":id": id, ":state": state.name(), ":now": now, ":root": change.root,
                ":path": path.as_bytes(), ":sha256": original.digest.0, ":type": original.content.media_type,
                ":width": size.map(|size| size.width), ":height": size.map(|size| size.height),
            })?;
        index_words(self.tx, AssetId(id))?;
        self.counts.assets_added += 1;
        self.counts.drafts_added += u64::from(state == State::Draft);
        let mut payload = json!({
            "height": size.map(|size| size.height), "path": path.to_string(),
            "root": change.root, "sha256": original.digest.to_string(),
            "type": original.content.media_type, "width": size.map(|size| size.width),
        });
        if let (Some((of, how, by)), Some(fields)) = (returned, payload.as_object_mut()) {
            fields.insert("of".to_owned(), of.0.into());
            fields.insert("state".to_owned(), how.name().into());
            fields.extend(by.map(|by| ("told".to_owned(), json!({ "withdrawn_by": by }))));
        }
        self.log.append(self.tx, "asset.add", About::asset(AssetId(id)), &payload)
    }
}

/// What came back, unless somebody took the decision back meanwhile; of a withdrawal with whoever
/// withdrew, who cannot take it back.
fn still_ended(
    tx: &Transaction<'_>,
    (of, how): (AssetId, Ended),
) -> Result<Option<(AssetId, Ended, Option<String>)>> {
    if remembered(tx, of, state_of(tx, of)?)? != Some(how) {
        return Ok(None);
    }
    let by = match how {
        Ended::Withdrawn => last_actor(tx, of, Action::Withdraw)?,
        Ended::Rejected | Ended::Expired => None,
    };
    Ok(Some((of, how, by)))
}
